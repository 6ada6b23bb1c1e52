/* reference-csv: a measured trace as a run's log, to be compared with a run of ours. */
#pragma once

#include "plots/run-log.h"

/* Reads linux-6.18/handshake/CASE.csv: a send row for each packet, and a receive row where it left
 * the link or a drop row where it did not. Strict: anything unexpected is an error with its line.
 */
RunLog *reference_csv_read(const char *path, GError **error);
