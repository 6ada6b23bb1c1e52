/* drill-record: from what a run recorded at one host to a script that this host passes.
 *
 * The first connection of the host is told: its calls, what it received, and what it sent as
 * expected packets. Reads follow each segment from the moment the application asked for data. What
 * the timeline does not hold is not in the script: ECN marks, and the host's profile and its
 * options where they are not Linux's. They are given once more, and stand in the script's first
 * lines. */
#pragma once

#include <glib.h>

typedef struct DrillRecordArgs {
  const char *run;     /* a run's folder */
  const char *node;    /* a host of it; NULL: who has the first connection */
  const char *profile; /* what the host had ... */
  char **settings;     /* ... with these changes, "OPTION=VALUE"; NULL: none */
} DrillRecordArgs;

/* The script is run once more: when it does not pass, *doubt says why (g_free), else it is NULL.
 * g_free; NULL and an error. */
char *drill_record_script(const DrillRecordArgs *args, char **doubt, GError **error);
