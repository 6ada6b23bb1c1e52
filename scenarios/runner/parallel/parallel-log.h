/* parallel-log: what the parts of a run tell about connections, drops, listeners and flows, so that
 * the summary can be written by one of them.
 *
 * Each part writes what it sees with the key of the event in which it happens. The first part takes
 * the logs of all, a window of time after the other, and reads them in the order in which one
 * process would have seen it: by always taking the part whose next record has the least key. That
 * key is the greatest one of its moment so far (sim_run_part()), since a chain of zero delays may
 * go on to a lower owner, and would else be read ahead of what it waited for. */
#pragma once

#include "models/app/app-part.h"
#include "scenarios/runner/summary.h"

typedef struct ParallelLog ParallelLog;

/* Listens; `rank` makes numbers unique. */
ParallelLog *parallel_log_new(Net *net, unsigned rank);
void parallel_log_free(ParallelLog *log);
/* A flow has completed or failed. */
void parallel_log_flow(ParallelLog *log, const AppPartEnd *end);
/* At the end of the run: the connections that are still open. */
void parallel_log_open_ends(ParallelLog *log);
/* What was written since it was emptied last; the log's. */
GByteArray *parallel_log_bytes(ParallelLog *log);

/* One part's log of the window, or what is left of it. */
typedef struct ParallelLogPart {
  const uint8_t *at, *end;
} ParallelLogPart;

/* Reads all of them, merged, into the summary and the counts of the loads (of AppLoad). */
void parallel_log_replay(Summary *summary, Net *net, const GPtrArray *loads, ParallelLogPart *parts,
                         unsigned count);
