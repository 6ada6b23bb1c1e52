/* app-load: many flows over TCP, without a script in the loop.
 *
 * A load opens connections from its hosts to others, one after another by its distribution of gaps,
 * and each does the same: `rounds` times, with a think time between, it sends a request and, where
 * a response is asked for, waits for it. The time of a round is from its beginning (the first one's
 * includes the handshake) until the receiver has its last byte: the flow-completion time.
 *
 * A connection is closed by who opened it, or by the other side when `server_closes`. What fails is
 * counted with its reason. Flows are objects of a slab; nothing else is allocated for one but what
 * TCP needs. Left out: several requests at a time on one connection. */
#pragma once

#include "models/app/app-dist.h"
#include "models/tcp/tcp.h"
#include "sim/stats.h"

typedef struct AppLoad AppLoad;

typedef struct AppLoadSettings {
  const char *name;                 /* copied: "bulk-1"; names the stream of random numbers */
  TcpHost *const *from, *const *to; /* borrowed; copied; at least one each */
  unsigned n_from, n_to;
  bool random_ends; /* each flow's ends are drawn; else they take turns: the i-th with the i-th of
                       two lists of one length, else all pairs */
  uint16_t port;    /* it listens on, at each of `to` */
  SimTime start;
  AppDist gap;     /* between the beginnings of two flows, s; taken over */
  uint64_t count;  /* flows; UINT64_MAX: any number */
  SimTime until;   /* no flow begins after that; SIM_TIME_NEVER: no limit */
  AppDist request; /* bytes from `from` to `to`; taken over */
  bool endless;    /* the request never ends, whatever `request` says */
  bool idle;       /* nothing is sent at all: a round is over with the handshake, and the connection
                      stays open */
  AppDist response;   /* bytes back; constant 0: none; taken over */
  AppDist think;      /* s between a response and the next request; taken over */
  uint64_t rounds;    /* of request and response, on one connection; UINT64_MAX: any number */
  bool server_closes; /* first */
  const TcpProfile *profile; /* of both ends; copied; NULL: their hosts' */
} AppLoadSettings;

/* What has become of a load so far. */
typedef struct AppLoadCounters {
  uint64_t started;   /* flows */
  uint64_t completed; /* rounds that ended as they should */
  uint64_t failed;    /* flows that did not */
  uint64_t bytes;     /* that receivers got, of requests and responses */
  SimMoments fct;     /* of completed rounds, s */
} AppLoadCounters;

/* NULL and an error when a port is taken. */
AppLoad *app_load_new(Sim *sim, const AppLoadSettings *settings, GError **error);
/* Without a word to TCP: after its hosts have been freed. */
void app_load_free(AppLoad *load);
const char *app_load_name(const AppLoad *load);
const AppLoadCounters *app_load_counters(const AppLoad *load);
const SimSlab *app_load_slab(const AppLoad *load); /* of its flows */
/* The time below which a share `q` of the completed rounds stayed, to 1 %; 0: there is none. */
double app_load_fct(const AppLoad *load, double q);

/* A round that is over, or a flow that failed (APP_TRACE_FLOW). */
typedef struct AppFlowRecord {
  SimTime time;
  const char *name; /* of the load */
  uint64_t flow;    /* number within the load, from 1 */
  const Node *from, *to;
  SimTime start;       /* of the round */
  uint64_t bytes;      /* of request and response */
  const char *outcome; /* "completed", or why it failed: "timed out", "reset" ... */
} AppFlowRecord;
