/* summary: summary.json, run.json and machine.json of a run.
 *
 * Collected during the run by listeners (connections, by their names; what was dropped and why) and
 * from the network's counters at its end (links, rules). Listening does not make the links slower:
 * it is only to what is rare. Objects keep the order in which things came to be.
 *
 * The first SUMMARY_CONNECTIONS connections, or as many as asked for, are listed. Of those that
 * come later nothing is kept but sums, so that memory does not grow with connections that have
 * gone. */
#pragma once

#include "models/net/net.h"
#include "models/tcp/tcp.h"
#include "plots/figure.h"
#include "scenarios/runner/conn-names.h"
#include "scenarios/runner/record.h"

typedef struct SummaryExpectation {
  char *text; /* owned */
  bool passed;
  char *seen; /* owned: the values it looked at, or the error; "" */
  int line;   /* in the scenario */
} SummaryExpectation;

typedef struct SummaryParam {
  const char *name;
  const char *text; /* as printed, with its unit: "50 ms" */
  /* As it was declared. */
  const char *help;
  const char *kind;                 /* "time", "rate" ..., "number", "text", "true or false" */
  const char *standard, *min, *max; /* as printed; min, max NULL: none */
  const char *const *choices;       /* as printed; NULL: no list */
} SummaryParam;

typedef struct SummaryRun {
  const char *scenario;      /* path as given */
  const char *scenario_text; /* for its SHA-256 and for repeating the run */
  uint64_t seed;
  const SummaryParam *params; /* n_params of them, in order of declaration */
  size_t n_params;
  const char *until;            /* "" when not given */
  const FigureRequest *figures; /* n_figures of them, as the scenario asks for them */
  size_t n_figures;
  const char *const *result_names; /* in order */
  const double *result_values;
  size_t n_results;
  const SummaryExpectation *expectations;
  size_t n_expectations;
  const char *const *unfinished; /* coroutines that still wait, as text; NULL-terminated */
  const char *ended;             /* "finished", "stopped", "interrupted" */
  SimTime end_time;
  uint64_t events;
  const SimSlab *const
      *slabs; /* where the run's objects are kept; those of one name are added up */
  size_t n_slabs;
  uint64_t event_places, event_bytes; /* of the event queue */
} SummaryRun;

typedef struct SummaryMachine {
  double wall_s, cpu_s, loop_cpu_s;
  const char *output; /* path */
} SummaryMachine;

typedef struct Summary Summary;

#define SUMMARY_CONNECTIONS 10000u

/* Starts to listen: before the run. With it, connections are known after they are gone; `limit` of
 * them are listed. */
Summary *summary_new(Net *net, guint limit);
/* The same without listening: it is told what happened, by the functions below, in the order of
 * events and by whoever listened where that was (scenarios/runner/parallel/). */
Summary *summary_new_told(Net *net, guint limit);

/* A connection's end that comes into being or is over. */
typedef struct SummaryState {
  SimTime time;
  uint64_t key; /* of the end among those that are open; not 0 */
  const Node *node;
  ConnEnds ends;
  bool begins, over;
  TcpInfo info;   /* over only */
  TcpError error; /* the same */
} SummaryState;

/* Whether a change of state is one, and which. */
bool summary_wants_state(const TcpStateRecord *record);
SummaryState summary_state(const TcpStateRecord *record);
void summary_take_state(Summary *summary, const SummaryState *state);
/* At the end of the run, of each end that is open; the second one of all that a host still has, for
 * tcp_host_each(). */
void summary_take_open(Summary *summary, uint64_t key, const TcpInfo *info, TcpError error);
void summary_take_conn(const TcpConn *conn, void *summary);
void summary_take_drop(Summary *summary, const NetPacketRecord *record);
/* `key`: of the listener, for record->listener is not asked. */
void summary_take_listener(Summary *summary, uint64_t key, const TcpListenerRecord *record);
/* While the network is still there. */
bool summary_write(Summary *summary, const SummaryRun *run, const SummaryMachine *machine,
                   const char *directory, GError **error);
void summary_free(Summary *summary);
