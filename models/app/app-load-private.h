/* app-load-private: what app-load.c (when flows begin, and between whom) and app-flow.c (what
 * becomes of each) share. Nobody else includes it. */
#pragma once

#include "models/app/app-load.h"

typedef struct AppFlow {
  AppLoad *load;
  struct AppFlow *next, *previous; /* in the load's list */
  struct AppServer *server;        /* where it goes */
  Node *from;                      /* whence; borrowed */
  TcpConn *client, *accepted;      /* both ends; NULL: not yet, or let go */
  uint64_t key;                    /* the client's address and port, in server->flows */
  uint64_t number, rounds;         /* rounds that are left */
  uint64_t request, response;      /* bytes of the round under way */
  uint64_t to_send, to_come;       /* of the request: not yet queued, not yet taken */
  uint64_t to_reply, to_answer;    /* of the response: the same */
  SimTime start;                   /* of the round */
  SimEvent think;                  /* the next round begins */
  bool done;                       /* nothing more is to be said */
} AppFlow;

/* One of the hosts that a load's flows go to. */
typedef struct AppServer {
  AppLoad *load;
  TcpHost *host;
  TcpListener *listener;
  GHashTable *flows; /* key -> AppFlow that was not accepted yet; look-up only */
} AppServer;

struct AppLoad {
  Sim *sim;
  char *name;
  AppLoadSettings settings; /* its arrays are owned */
  TcpProfile *profile;      /* owned; NULL: the hosts' */
  AppServer *servers;       /* owned: settings.n_to of them */
  SimRng rng;
  SimEvent arrival;
  SimSlab slab;
  AppFlow *flows; /* all that are alive */
  AppLoadCounters counters;
  SimQuantiles *quantiles;
};

/* One more flow, between these two of the load's ends. */
void app_flow_start(AppLoad *load, unsigned from, unsigned to);
void app_flow_free(AppFlow *flow);
/* For the listeners; `server` is an AppServer. */
void app_flow_accepted(TcpListener *listener, void *server);
