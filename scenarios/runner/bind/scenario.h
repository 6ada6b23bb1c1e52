/* scenario: one Lua file, read and run: the network that it describes and what it asks for.
 *
 * scenario_new() reads the file, which builds the network; scenario_run() lets simulated time pass;
 * scenario_check() asks the expectations. In between its user may listen to the trace points. The
 * bind files fill the struct; run-job.c and run-print.c read it. */
#pragma once

#include <glib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/net/net.h"
#include "models/tcp/cc.h"
#include "plots/figure.h"
#include "scenarios/runner/conn-names.h"
#include "scenarios/runner/study/request.h"
#include "scenarios/runner/summary.h"
#include "sim/quantity.h"
#include "sim/rng.h"

/* Of what is no file: sim/file.h. */
#define SCENARIO_WANTED "a scenario is a file of Lua, such as first.lua"

typedef struct Scenario Scenario;
typedef struct Coroutine Coroutine;

typedef struct ScenarioSettings {
  const char *path;          /* of the Lua file, as given; borrowed */
  const char *text;          /* what is in it; NULL: it is read; borrowed */
  gsize length;              /* bytes of text */
  const char *const *params; /* "NAME=VALUE", NULL-terminated; NULL: none; borrowed */
  uint64_t seed;
  bool quiet;            /* print() says nothing */
  uint64_t memory_limit; /* bytes that Lua, packets, connections and pending events may take */
  uint64_t steps_limit;  /* instructions of Lua within one event, and events of one moment; 0: the
                            default */
  double wall_limit;     /* seconds of real time; 0: no limit */
  SimTime until;         /* SIM_TIME_NEVER: no limit */
  bool parallel;         /* what would run Lua while time passes is refused at its line */
  /* Lets time pass until a time, as sim_run(), with loop_data; NULL: sim_run(). */
  SimRunEnd (*loop)(Scenario *scenario, SimTime until, void *data);
  void *loop_data;
  /* Asked now and then, from Lua and from the loop; true ends the run as interrupted. Gets the
   * scenario; NULL: never. */
  bool (*interrupted)(Scenario *scenario, void *data);
  void *interrupted_data;
} ScenarioSettings;

typedef struct ScenarioParam {
  char *name;         /* owned */
  char *help;         /* owned; "" */
  char *text;         /* owned: the value as printed, "50 ms" */
  const char *kind;   /* "time", "number", "text", "true or false" ... */
  char *standard;     /* owned: its default, as printed */
  char *min, *max;    /* owned; NULL: none */
  GPtrArray *choices; /* of char *, NULL-terminated; NULL: no list */
} ScenarioParam;

typedef struct ScenarioResult {
  char *name; /* owned */
  double value;
} ScenarioResult;

typedef struct ScenarioExpectation {
  SummaryExpectation summary; /* its strings are owned */
  int function;               /* Lua reference, asked at the end; LUA_NOREF: a condition */
} ScenarioExpectation;

typedef struct ScenarioFigure {
  FigureRequest request; /* run and directory are filled in by the user; the strings are owned */
  int line;
} ScenarioFigure;

/* What trace{...} sets: its options are read into this struct. */
typedef struct ScenarioTrace {
  bool timeline, tcp, links, pcap;
  bool listeners;      /* false unless it is asked for, here or by a figure that needs it */
  int snaplen;         /* of captures; 0: headers, 1: whole payloads */
  SimTime interval;    /* 0: chosen by the recorder */
  int64_t connections; /* so many are listed in summary.json */
} ScenarioTrace;

extern const ScenarioTrace scenario_trace_default; /* bind-experiment.c */

/* A note or a call made while the file was read, kept until somebody listens. */
typedef struct ScenarioNote {
  const char *event; /* "call", "note" */
  const Node *node;  /* NULL: the scenario */
  char *text;        /* owned */
} ScenarioNote;

struct Scenario {
  ScenarioSettings settings;
  lua_State *lua;
  lua_State *side; /* for functions that may not wait: rules, models, expectations; anchored */
  lua_State *at;   /* what runs now, for who asks from outside; NULL: nothing */
  Sim *sim;
  Net *net;
  char *text;        /* owned: the file */
  gsize length;      /* bytes of text */
  char *folder;      /* owned: where the file is; require stays below it */
  GChecksum *inputs; /* owned: SHA-256 of the file and of what it has read, in that order */
  SimRng rng;        /* random() and math.random */
  TcpCcSettings *cc_settings; /* of congestion controls; profiles borrow them */
  GPtrArray *congestions;     /* of BindCongestion: of its own; profiles point to them */

  GPtrArray *nodes;         /* of BindNode, anchored in Lua */
  GPtrArray *loads;         /* of AppLoad, in order */
  GPtrArray *streams;       /* of AppStream, in order */
  GPtrArray *params;        /* of ScenarioParam */
  GPtrArray *results;       /* of ScenarioResult */
  GHashTable *result_names; /* name -> ScenarioResult, both borrowed; look-up only */
  GPtrArray *expectations;  /* of ScenarioExpectation */
  GPtrArray *figures;       /* of ScenarioFigure */
  GPtrArray *rules;         /* of ScenarioRule */
  StudyRequest *study;      /* what study{} asks for; NULL: nothing */
  GPtrArray *unfinished;    /* of char *: coroutines that still waited at the end */
  GPtrArray *early_notes;   /* of ScenarioNote; NULL once the run has begun */
  ConnNames *names;         /* of connections, for the notes; NULL when nobody listens */
  ScenarioTrace trace;

  Coroutine *first, *last; /* all that are not over, in order of creation */
  Coroutine *running;      /* NULL: none */
  bool ipv6;               /* a node was given an IPv6 address */
  bool loading;            /* the file is being read */
  const char *forbidden;   /* what runs and may neither wait nor act ("a rule"); NULL: nothing */
  const Packet *packet;    /* what that function looks at; NULL: none */
  Packet *editable;        /* the same when it may be changed; NULL: it may not */
  int packet_ref;          /* the object that stands for it in Lua */
  GString *seen;           /* what an expectation looks at; NULL: none is asked */
  uint64_t objects;        /* given out to Lua so far: their order among keys of tables */

  SimTime stop_at;        /* SIM_TIME_NEVER: not asked for */
  bool retarget;          /* stop_at changed while the run goes on */
  bool stop_asked;        /* stop() was called */
  bool was_stopped;       /* stop(), stop_at or --until ended the run */
  bool interrupted;       /* settings.interrupted said so */
  bool closing;           /* scenario_free() is at work: callbacks do nothing */
  uint32_t ticks;         /* pending events that do not keep a run alive (every) */
  uint32_t patience;      /* watches until the slow questions are asked again */
  uint32_t hook_every;    /* instructions between two looks of the hook */
  uint64_t steps;         /* instructions since the event began, in such portions */
  uint64_t moment_events; /* how many had fired when the watch first saw the present moment */
  SimTime moment;         /* that moment */
  uint64_t memory;        /* bytes that Lua has now */
  bool refused;           /* the system had none, below the limit */
  gint64 started;         /* g_get_monotonic_time() at the beginning, for wall_limit only */
  double loop_cpu;        /* CPU seconds in the event loop */
  GError *error;          /* why the run failed; NULL: it has not */
};

/* A rule, for the report of those that never matched. */
typedef struct ScenarioRule {
  const struct LinkRule *rule;
  int line;
} ScenarioRule;

/* Reads and runs the file. NULL and an error "FILE:LINE: ..." when it is wrong. */
Scenario *scenario_new(const ScenarioSettings *settings, GError **error);
/* The same, but what is wrong stays in its `error`, and it can be asked what it had declared by
 * then. It cannot be run when there is an error. */
Scenario *scenario_read(const ScenarioSettings *settings);
/* Lets time pass. False and an error when something in the scenario failed or a limit was
 * exceeded. An interrupted run returns true. */
bool scenario_run(Scenario *scenario, GError **error);
double scenario_cpu_seconds(void); /* that this process has taken so far */
/* Asks the expectations; true when all hold. After the run. */
bool scenario_check(Scenario *scenario);
/* The slabs of its network, its hosts' TCP and its loads, which scenario_free() clears; unref it.
 */
GPtrArray *scenario_slabs(const Scenario *scenario);
/* The connections of its hosts that are not freed. */
void scenario_each_conn(const Scenario *scenario, void (*each)(const TcpConn *conn, void *data),
                        void *data);
void scenario_free(Scenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

/* "finished", "stopped" or "interrupted". */
const char *scenario_ended(const Scenario *scenario);

/* Whether it failed or was interrupted: nothing of it runs any more. */
static inline bool
scenario_is_over(const Scenario *scenario)
{
  return scenario->error != NULL || scenario->interrupted;
}

/* For the bind files: ends the run with `error` (taken; the first one counts). */
void scenario_fail(Scenario *scenario, GError *error);
/* Takes the error message on top of the stack of `thread`, whose call ended with `status`. */
void scenario_fail_lua(Scenario *scenario, lua_State *thread, int status);
/* A line on the timeline, now or when the run begins. `conn` may be NULL. */
void scenario_note(Scenario *scenario, const char *event, const Node *node, const char *conn,
                   const char *text);
/* The limits (scenario-limits.c): an allocator for lua_newstate(), with the scenario as its data;
 * the hook of a state and of the threads made of it; the watch of the loop. */
void *scenario_allocate(void *data, void *block, size_t old_size, size_t new_size);
void scenario_set_hook(lua_State *L);
/* The event, or the call from outside, begins: its steps are counted from here. */
void scenario_begin_steps(Scenario *scenario);
/* "FILE:LINE" of what runs now, or "FILE"; may be called in a signal handler: it only reads. */
void scenario_where(const Scenario *scenario, char *text, size_t size);
void scenario_watch(Scenario *scenario);
/* Has every event watched from now on: something that does not keep a run alive is pending. */
void scenario_watch_ticks(Scenario *scenario);
