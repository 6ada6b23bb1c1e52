/* drill-record: from what a run recorded at one host to a script that this host passes.
 *
 * The first connection of the host is told: its calls, what it received, and what it sent as
 * expected packets. Reads follow each segment from the moment the application asked for data. What
 * the timeline does not hold is not in the script: ECN marks, and options of the profile, which the
 * reader repeats by --set. */
#pragma once

#include <glib.h>

/* `run` is a run's folder; `node` a host of it, NULL: who has the first connection. The script is
 * run once more: when it does not pass, *doubt says why (g_free), else it is NULL. g_free; NULL and
 * an error. */
char *drill_record_script(const char *run, const char *node, char **doubt, GError **error);
