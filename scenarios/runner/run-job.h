/* run-job: a run from its scenario to its folder, in a process of its own that is watched, here or
 * on the ranks of an Open MPI job. It talks: what is wrong, and the report at the end. */
#pragma once

#include "scenarios/runner/bind/scenario.h"

/* What was asked for; strings are borrowed. */
typedef struct RunJob {
  ScenarioSettings settings;
  const char *output, *until; /* as they were given; NULL: not */
  uint64_t trace_limit;       /* bytes */
  gint64 started;             /* g_get_monotonic_time() */
  bool no_trace, no_figures;
  bool page, data; /* report.html, report.json */
} RunJob;

/* Returns an exit status, as `run` has it. */
int run_job(const RunJob *asked);

/* Whether this process talks to the user: all but the further ranks of a parallel run. */
bool run_job_speaks(bool parallel);
/* Says what is wrong, or leaves that to another rank; the exit status. Takes the error. */
int run_job_fail(bool speaks, GError *error);
