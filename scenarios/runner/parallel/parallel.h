/* parallel: `mpirun -n 4 roundtrip run --parallel SCENARIO`: one network on several processors.
 *
 * Every rank reads the scenario, and so has the whole network with the same numbers and seeds; then
 * each runs the events of its own nodes (models/net/part.h), which is METIS's cut
 * (parallel-cut.c). They go on together, window by window: all agree on the time T of the first
 * event that is left anywhere, each runs what it has before T + the look-ahead, which is the
 * shortest way over the cut, and gives the others the packets that cross it. What the summary and
 * the recorder need goes to the first rank, which puts it in the order of events (parallel-log.h),
 * adds up what is counted (parallel-sum.c) and writes the run's folder: the same bytes as one
 * process writes, but for what memory the objects took.
 *
 * An error on one rank ends all at the next window; an interrupt does the same, and nothing is
 * kept. A job of one rank is no job at all: the run is like any other. */
#pragma once

#include "scenarios/runner/bind/scenario.h"

typedef struct Parallel Parallel;

/* Whether this process is one of several ranks, and whether it is the one that talks: the first. */
bool parallel_is_asked(void);
bool parallel_is_first(void);

/* Joins the job. */
Parallel *parallel_new(GError **error);
/* Waits for all ranks, each with the exit status of what it has done by now. False when one of them
 * is not EXIT_OK: *status is the first such one, and *error is cleared when a rank before this one
 * has something to say. */
bool parallel_agree(Parallel *parallel, int *status, GError **error);
/* What the run leaves. */
typedef struct ParallelTold {
  uint32_t points;  /* record_points() of what is recorded, on all ranks */
  Summary *summary; /* borrowed, as the next; the first rank's, told and not listening */
  Record *record;   /* the same; NULL: nothing is recorded */
} ParallelTold;

/* Divides the network, before the run. False with or without an error, as parallel_agree(). */
bool parallel_divide(Parallel *parallel, Scenario *scenario, const ParallelTold *told, int *status,
                     GError **error);
/* Lets time pass: for ScenarioSettings.loop, `data` is the Parallel. When it is over, the first
 * rank's scenario says what all have counted. */
SimRunEnd parallel_run(Scenario *scenario, SimTime until, void *data);
/* What ended another rank's run, and so this one's: an exit status; EXIT_OK: nothing did. */
int parallel_status(const Parallel *parallel);
/* The first rank's, after the run: what all have taken, as in SummaryRun. */
void parallel_memory(const Parallel *parallel, SummaryRun *run);
/* Before the scenario's end: it is no longer divided. */
void parallel_undivide(Parallel *parallel);
/* Leaves the job and frees it. */
void parallel_free(Parallel *parallel);
