/* qdisc-pie: PIE's state, for qdisc-pie.c and its test. */
#pragma once

#include "models/net/qdisc.h"

typedef struct QdiscPie {
  SimTime target; /* "QDELAY_REF" */
  SimTime t_update;
  SimTime max_burst;  /* for so long after an idle time nothing is dropped */
  double alpha, beta; /* 1/s */
  bool ecn;
  int64_t limit; /* packets that may wait */
  struct LinkDirection *direction;
  PacketFifo fifo;
  double drop_prob, accu_prob;
  SimTime qdelay, qdelay_old;
  SimTime burst_allowance;
  SimTime updated; /* when the last update was due; -1: nothing has come yet */
  SimRng rng;
} QdiscPie;

/* One update of the probability, from `qdelay` and `qdelay_old`: "calculate_drop_prob" (4.2). */
void qdisc_pie_update(QdiscPie *pie);
