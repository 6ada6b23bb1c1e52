/* finish: from the last run to the tables, the figures and the report. */
#pragma once

#include "scenarios/runner/study/study.h"

/* Writes what the folder is to hold, says it, and returns the exit status: 0; 1 when runs failed,
 * did not meet an expectation or are missing, or an interval stayed too wide. */
int finish_study(const Study *study, const char *folder, bool quiet, GError **error);
