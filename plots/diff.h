/* diff: where two runs or captures first differ, and by what.
 *
 * Both are taken apart into flows (connections) and their packets, in the order in which they were
 * sent; for a capture, in which one place saw them. Flows are paired in order of opening by their
 * addresses and ports, packets by direction, class and sequence numbers. Of each pair flags,
 * relative sequence and acknowledgment numbers, length, kinds of options and (between two runs)
 * the fate and the time on the way are compared, and when it was sent: not since the start, but
 * since what caused the packet, so that one late packet does not make all that follow it differ. */
#pragma once

#include "plots/run-log.h"

#define DIFF_TOLERANCE SIM_MILLISECOND

/* The times of one packet in A and B since what caused it, or on the way, for DiffOptions.fits. */
typedef struct DiffInterval {
  SimTime a, b;       /* b is negative when the cause comes later in B */
  bool transit;       /* on the way, from sending to arrival; else since its cause */
  bool packet_driven; /* in A it left within 1 ms of the arrival of a packet */
  bool opens;         /* the first packet of its flow; the interval is since the first of all */
  const char *class;  /* "SYN", "SYN+ACK", "ACK", "DATA", "REXMIT", "FIN", "RST" ... */
  guint nth;          /* of its class and direction, from 1 */
  bool from_opener;   /* the direction */
  const RunRow *row_a, *row_b;
} DiffInterval;

typedef struct DiffOptions {
  SimTime tolerance; /* between the intervals of two packets, either way */
  bool window;       /* compare windows too */
  const char *at;    /* what this node of a run saw; NULL: between runs what was sent, with a
                        capture the node that it was made at, if that can be seen */
  const char *name_a, *name_b;                            /* what to call them: "A" and "B" */
  bool (*fits)(const DiffInterval *interval, void *data); /* instead of tolerance; NULL: not */
  void *fits_data;
} DiffOptions;

DiffOptions diff_options(void); /* the defaults */

typedef struct DiffResult {
  bool equal;
  guint packets, flows; /* compared, of A */
  char *sentence;       /* owned: "no difference in 12 packets of 1 connection", "B sends SYN#2
                           33 ms later (...)" */
  char *ladders;        /* owned: both, side by side, around the difference; "" when equal */
} DiffResult;

/* An error when a log holds no packet, or the place of a capture cannot be told. */
DiffResult *diff_runs(const RunLog *a, const RunLog *b, const DiffOptions *options, GError **error);
void diff_result_free(DiffResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffResult, diff_result_free)
