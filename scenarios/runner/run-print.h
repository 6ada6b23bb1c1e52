/* run-print: what `roundtrip run` says at its end, and while it goes on. */
#pragma once

#include "scenarios/runner/bind/scenario.h"

/* Ladder (when there is a timeline and few packets), results, expectations, what still waits,
 * rules that never matched, and the files in `directory`. */
void run_print(const Scenario *scenario, const char *directory, bool has_timeline);

/* A line on standard error that is written over and over, on a terminal only. */
typedef struct RunProgress {
  gint64 started; /* g_get_monotonic_time() */
  gint64 last;    /* when it was written; 0: not yet */
  bool wanted;
} RunProgress;

void run_progress_start(RunProgress *progress, bool quiet);
void run_progress_show(RunProgress *progress, const Scenario *scenario);
void run_progress_clear(RunProgress *progress);
