/* drill-batch: many scripts, on as many threads as asked for.
 *
 * Scripts share nothing. What they have to say is kept and told in the order in which they were
 * given, so that the output does not depend on the number of threads. */
#pragma once

#include "scenarios/runner/drill/drill.h"
#include "scenarios/runner/terminal.h"

typedef struct DrillBatch {
  const char *profile;
  char **settings;       /* "OPTION=VALUE"; NULL: none */
  const GArray *defines; /* of DrillDefine; NULL: none */
  const char *pcap;      /* folder for captures; NULL: none */
  bool verbose;          /* tell those that pass, too, and draw what happened */
  Terminal terminal;     /* what the ladder may look like */
  int threads;           /* 0: as many as there are processors */
} DrillBatch;

typedef struct DrillTotals {
  unsigned passed, failed, skipped;
  unsigned broken;     /* of the failed: no scripts */
  unsigned unreadable; /* of the failed: files that could not be read or written */
} DrillTotals;

/* Runs the scripts and prints on the standard output. */
void drill_batch_run(const DrillBatch *batch, char **paths, DrillTotals *totals);
