/* diff-trace: a run or a capture as flows of packets, each with what caused it. Private to diff. */
#pragma once

#include "plots/run-log.h"

#define DIFF_NONE G_MAXUINT

typedef struct DiffPacket {
  const RunRow *row;  /* where it was sent, or seen */
  SimTime time;       /* of the row */
  SimTime arrived;    /* at its destination; SIM_TIME_NEVER: it did not, or nobody knows; of a
                         packet seen at one place only, `time` */
  const char *lost;   /* why it was lost; NULL: it was not, or nobody knows */
  const char *class;  /* "SYN", "SYN+ACK", "RST", "FIN", "DATA", "REXMIT", "ACK", "TCP", or the
                         protocol; one pointer for each */
  guint nth;          /* of its class and direction, from 1 */
  guint direction;    /* 0: from the flow's opener */
  char *kinds;        /* owned: kinds of its options, sorted: "mss sackOK ts ws" */
  bool cut;           /* seen with a part of its headers only: options may be missing */
  guint cause;        /* index of the flow's packet whose arrival or sending caused it;
                         DIFF_NONE: the first of the flow */
  bool by_arrival;    /* the cause's arrival, not its sending */
  bool packet_driven; /* and it came at most 1 ms after that arrival */
} DiffPacket;

typedef struct DiffFlow {
  const char *opener, *responder; /* endpoints: "10.0.0.1:49152" */
  const char *proto;
  GArray *packets; /* of DiffPacket, in order */
  bool closed;     /* a reset, or a FIN both ways: a new SYN begins another flow */
  bool fin[2];
  bool has_syn;
  guint32 syn;           /* raw sequence number of the opener's SYN */
  guint32 reach[2];      /* the furthest end of data, relative */
  guint last_sent[2];    /* index of the last packet of a direction; DIFF_NONE */
  guint last_arrival[2]; /* of the last packet that arrived at that direction's sender */
} DiffFlow;

typedef struct DiffTrace {
  GPtrArray *flows; /* of DiffFlow, owned, in order of opening */
  SimTime start;    /* of the first packet */
  bool fates;       /* it is known which packets were lost */
  guint packets;    /* over all flows */
} DiffTrace;

/* What was sent (`at` NULL), what node `at` sent and received, or what a capture saw. */
DiffTrace *diff_trace_new(const RunLog *log, const char *at);
/* Takes out what is of a protocol that `other` has none of: a real network is never silent. */
void diff_trace_ignore_noise(DiffTrace *trace, const DiffTrace *other);
void diff_trace_free(DiffTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffTrace, diff_trace_free)

/* The length of "10.0.0.1:80" without its port; of "fd00::1", which has none, all of it. */
size_t diff_host_length(const char *endpoint);
bool diff_same_host(const char *a, const char *b);

static inline DiffPacket *
diff_flow_packet(const DiffFlow *flow, guint index)
{
  return &g_array_index(flow->packets, DiffPacket, index);
}
