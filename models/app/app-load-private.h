/* app-load-private: what app-load.c (when flows begin, and between whom) and app-flow.c (what
 * becomes of each) share. Nobody else includes it. */
#pragma once

#include "models/app/app-load.h"
#include "models/app/app-part.h"

/* What a process that runs a part of the network has of a load besides. */
typedef struct AppPart {
  uint32_t number; /* the load's, the same everywhere */
  const AppPartOps *ops;
  void *self;
  GHashTable *awaited; /* flow number -> AppFlow that was not accepted yet and whose opener is
                          another process's; look-up only */
  GArray *accepted;    /* of AppAccepted: those that were since the last look */
  GHashTable *judged;  /* where flows are counted: the numbers of those whose end was told once
                          and is to be told again; look-up only */
  GHashTable *came; /* likewise: of flows that are not over, AppPartCame by number; look-up only */
} AppPart;

typedef struct AppAccepted {
  uint64_t flow;
  SimTime time;
} AppAccepted;

/* In a network that several processes run (app-part.c) each end's process has a flow of its own,
 * whose other end never comes. */
typedef struct AppFlow {
  AppLoad *load;
  struct AppFlow *next, *previous; /* in the load's list */
  struct AppServer *server;        /* where it goes */
  Node *from;                      /* whence; borrowed */
  TcpConn *client, *accepted;      /* both ends; NULL: not yet, or let go */
  uint64_t key;                    /* the client's address and port, in server->flows */
  uint64_t number, round;          /* both from 1 */
  uint64_t request, response;      /* bytes of the round under way */
  uint64_t to_send, to_come;       /* of the request: not yet queued, not yet taken */
  uint64_t to_reply, to_answer;    /* of the response: the same */
  SimTime start;                   /* of the round */
  SimEvent think;                  /* the next round begins */
  bool awaited;                    /* it was put into server->flows and not accepted yet */
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
  AppPart *part; /* owned; NULL: this process runs all nodes */
};

/* app-part.c, with `load->part`: whether this process has the node; the flow's server is told the
 * opener's address and port, and that its opener is gone; a flow whose opener is elsewhere begins,
 * was accepted, and is about to be freed; its server is about to take what has come; it is over (as
 * told to app_load_count()); frees `load->part`. */
bool app_part_has(const AppLoad *load, const Node *node);
void app_part_tell_key(const AppFlow *flow, uint64_t key);
void app_part_tell_gone(const AppFlow *flow);
void app_part_await(AppFlow *flow);
void app_part_accepted(AppFlow *flow);
void app_part_forget(AppFlow *flow);
SIM_RARE void app_part_came(const AppFlow *flow);
SIM_RARE void app_part_ended(const AppFlow *flow, const AppFlowRecord *record, bool completed);
void app_part_end(AppLoad *load);

/* A round has completed, or a flow failed: counts it and tells who listens. */
void app_load_count(AppLoad *load, const AppFlowRecord *record, bool completed);
/* One more flow, between these two of the load's ends. */
void app_flow_start(AppLoad *load, unsigned from, unsigned to);
void app_flow_free(AppFlow *flow);
/* Lets the opener's address and port lead to the flow. */
void app_flow_await(AppFlow *flow, uint64_t key);
/* For the listeners; `server` is an AppServer. */
void app_flow_accepted(TcpListener *listener, void *server);
