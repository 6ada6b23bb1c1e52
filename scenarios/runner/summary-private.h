/* summary-private: what summary.c collects and summary-write.c writes. Nobody else includes it. */
#pragma once

#include "models/tcp/tcp.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/summary.h"

typedef struct SummaryDrops {
  const char *reason; /* interned */
  uint64_t packets;
} SummaryDrops;

/* One end of a connection. */
typedef struct SummaryEnd {
  const TcpConn *conn; /* borrowed; NULL: CLOSED by now */
  const char *node;    /* its name; NULL: there never was this end */
  bool opener;         /* made by connect */
  TcpInfo info;        /* of when it was read last */
  TcpError error;
  SimTime closed_at; /* SIM_TIME_NEVER: not yet */
} SummaryEnd;

typedef struct SummaryConn {
  char *name;          /* owned: the flow's, "FLOW.2" for the second one of a flow */
  uint32_t index;      /* in Summary.conns */
  uint32_t generation; /* 1, 2, 3 ... of its flow */
  SummaryEnd ends[2];  /* by side of the flow: its opener's first */
  GArray *drops;       /* of SummaryDrops, in order of appearance; both directions, all links */
} SummaryConn;

/* A listener, as it was when it changed last. */
typedef struct SummaryListener {
  const char *node;
  uint16_t port;
  TcpListenerInfo info;
} SummaryListener;

struct Summary {
  Net *net;          /* borrowed */
  ConnNames *names;  /* owned */
  GPtrArray *conns;  /* of SummaryConn, owned, in order of appearance */
  GPtrArray *latest; /* by flow: its newest SummaryConn; NULL: none */
  IdMap open;        /* connection's address -> 2 x index in conns + side */
  GArray *listeners; /* of SummaryListener, in the order in which they first changed */
  IdMap listening;   /* listener's address -> index in listeners */
  GPtrArray *drops;  /* by the number as an owner of a direction or a node: GArray of SummaryDrops;
                        NULL: none there */
  GStringChunk *reasons;
};

/* Reads an end's numbers now; nothing when it is CLOSED. */
void summary_end_read(SummaryEnd *end);
/* What a direction or a node has dropped; NULL: nothing. */
const GArray *summary_drops(const Summary *summary, const SimOwner *owner);
