/* rate-trace: a rate that varies as a recorded cellular path did: Mahimahi's trace format
 * (Netravali et al., USENIX ATC 2015; mm-link(1)).
 *
 * A line is a time in whole milliseconds from the beginning of the trace, at which 1,500 bytes may
 * leave; a time that stands n times lets n times as many go. Lines are in order. After the last
 * one the trace begins anew, that much later each time round. The accounting is by bytes: one
 * opportunity takes fifteen packets of 100 bytes, and a packet that needs more than is left of one
 * goes on with the next. What nobody uses is lost: an opportunity at a time before the packet came
 * is none. An opportunity of this very moment counts. */
#pragma once

#include "sim/numbers.h"
#include "sim/time.h"

#define RATE_TRACE_BYTES 1500 /* an opportunity */

typedef struct RateTrace {
  SimNumbers times; /* milliseconds, not decreasing; the last is the period */
  uint32_t next;    /* the first opportunity of this round that was not yet begun */
  SimTime base;     /* when this round began */
  uint32_t left;    /* bytes left of the one before `next`, which is at `at` */
  SimTime at;
} RateTrace;

/* Reads the file. NULL and an error with its line. */
RateTrace *rate_trace_new(const char *path, GError **error);
void rate_trace_free(RateTrace *trace);
/* When the last of `bytes` leaves, of which the first may from `now` on; takes them out. `now` is
 * never before that of an earlier call. */
SimTime rate_trace_take(RateTrace *trace, SimTime now, uint32_t bytes);
/* bit/s over a whole round. */
uint64_t rate_trace_mean(const RateTrace *trace);
