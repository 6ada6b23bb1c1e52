/* reference-repairs: what a sender sent to repair a loss, and why then: every retransmission of
 * data, and new data that a timer let out (a tail-loss probe may carry it). */
#pragma once

#include "plots/run-log.h"

typedef struct ReferenceRepair {
  gint64 seq;       /* relative */
  guint nth;        /* transmission of this byte, from 1: 1 is new data */
  bool by_timer;    /* else an arrival caused it */
  guint backoff;    /* timers that fired in a row before this one; each doubles the next */
  SimTime time;     /* of sending */
  SimTime interval; /* since its cause. By a timer: since the last packet in or out, from which
                       the timer ran. By an arrival: since the data that the application or a timer
                       let out last, from which all is clocked by ACKs */
} ReferenceRepair;

/* An array of ReferenceRepair: those of `node`, in the order of sending. */
GArray *reference_repairs(const RunLog *log, const char *node);

/* New segments that `node` sent between its first repair and the arrival of the ACK for all that
 * was out at the time; and those of them that left within `soon` of the repair. */
typedef struct ReferenceNewData {
  guint all, soon;
} ReferenceNewData;
ReferenceNewData reference_new_data(const RunLog *log, const char *node, SimTime soon);
