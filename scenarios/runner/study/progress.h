/* progress: what a study says while it goes on: a bar that is drawn over on a terminal, a line now
 * and then elsewhere. */
#pragma once

#include "scenarios/runner/study/study.h"
#include "scenarios/runner/terminal.h"

typedef struct Progress {
  Terminal terminal;
  bool quiet;
  gint64 started, last; /* g_get_monotonic_time(); last: when something was said; 0: not yet */
  GArray *factors; /* owned: of double: Student's t by the number of values; 0: not asked yet */
} Progress;

void progress_start(Progress *progress, bool quiet);
void progress_show(Progress *progress, const Study *study);
/* Takes the bar away. */
void progress_end(Progress *progress);
double progress_seconds(const Progress *progress); /* since the start */
