/* summary-private: what summary.c collects, and summary-write.c and summary-run.c write. Nobody
 * else includes it. */
#pragma once

#include "models/tcp/tcp.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/json-out.h"
#include "scenarios/runner/summary.h"

typedef struct SummaryDrops {
  const char *reason; /* interned */
  uint64_t packets;
} SummaryDrops;

/* One end of a connection. */
typedef struct SummaryEnd {
  const char *node; /* its name; NULL: there never was this end */
  bool opener;      /* made by connect */
  TcpInfo info;     /* of its end, or the run's */
  TcpError error;
  SimTime closed_at; /* SIM_TIME_NEVER: not yet */
} SummaryEnd;

typedef struct SummaryConn {
  char *name;          /* owned: the flow's, "FLOW.2" for the second one of a flow */
  uint32_t index;      /* in Summary.conns */
  uint32_t generation; /* 1, 2, 3 ... of its flow */
  SummaryEnd ends[2];  /* by side of the flow: its opener's first */
  GArray *drops;       /* of SummaryDrops, in order of appearance; both directions, all links;
                          NULL: nothing was dropped */
} SummaryConn;

#define TCP_ERROR_COUNT (TCP_ERROR_ABORTED + 1)

/* The ends of connections that are not listed, added up. */
typedef struct SummaryRest {
  uint64_t connections; /* those whose opener is among the ends */
  uint64_t ends, open;  /* open: at the end of the run */
  uint64_t sent_packets, sent_bytes, received_packets, received_bytes;
  uint64_t retransmits, timeouts, lost;
  uint64_t errors[TCP_ERROR_COUNT]; /* by TcpError */
} SummaryRest;

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
  guint limit;       /* of conns; those that come later are not listed */
  SummaryRest rest;
  IdMap open;        /* key of a listed end -> 2 x index in conns + side */
  GArray *listeners; /* of SummaryListener, in the order in which they first changed */
  IdMap listening;   /* listener's address -> index in listeners */
  GPtrArray *drops;  /* by the number as an owner of a direction or a node: GArray of SummaryDrops;
                        NULL: none there */
  GStringChunk *reasons;
};

/* What a direction or a node has dropped; NULL: nothing. */
const GArray *summary_drops(const Summary *summary, const SimOwner *owner);

/* summary-write.c: DIRECTORY/NAME; ends and frees `out`. */
bool summary_write_file(JsonOut *out, const char *directory, const char *name, GError **error);
/* summary-run.c: run.json. */
bool summary_write_run(const SummaryRun *run, const char *directory, GError **error);
