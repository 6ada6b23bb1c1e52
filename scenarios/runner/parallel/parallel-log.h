/* parallel-log: what the parts of a run tell, so that one of them can write the summary and the
 * records.
 *
 * Each part writes what it sees with its moment (models/net/part.h): connections, drops, listeners
 * and flows for the summary, and the records of all trace points at which a recorder would listen.
 * The first part takes the logs of all, a window of time after the other, and reads them in the
 * order in which one process would have seen it, by always taking the part whose next record comes
 * first (parallel-replay.c). So the summary and the recorder are those of one process and are told
 * the same; nothing of theirs is ordered or numbered anew. */
#pragma once

#include "models/app/app-part.h"
#include "scenarios/runner/record.h"
#include "scenarios/runner/summary.h"

typedef struct ParallelLog ParallelLog;

/* Listens, for the summary and at `points` for the recorder (record_points()); `rank` makes numbers
 * unique. Where more than `most` bytes are logged, at most PARALLEL_LOG_MOST, what comes then is
 * left out and the run stops: who empties it has to look. Before the network is divided. */
ParallelLog *parallel_log_new(Net *net, unsigned rank, uint32_t points, guint most);
#define PARALLEL_LOG_MOST (G_MAXUINT - (16u << 20)) /* a GByteArray's, less any record */
void parallel_log_free(ParallelLog *log);
/* A flow's round is over; more of a flow's request has come. */
void parallel_log_flow(ParallelLog *log, const AppPartEnd *end);
void parallel_log_came(ParallelLog *log, const AppPartCame *came);
/* At the end of the run: the connections that are still open. */
void parallel_log_open_ends(ParallelLog *log);
/* What was written since it was emptied last; the log's. */
GByteArray *parallel_log_bytes(ParallelLog *log);

/* One part's log of the window, or what is left of it. */
typedef struct ParallelLogPart {
  const uint8_t *at, *end;
} ParallelLogPart;

/* Who is told. */
typedef struct ParallelReader {
  Net *net;               /* borrowed, as the rest */
  const GPtrArray *loads; /* of AppLoad: their counts, and their flows */
  Summary *summary;
  Record *record; /* NULL: nothing is recorded */
} ParallelReader;

/* Reads all logs, merged. */
void parallel_replay(const ParallelReader *reader, ParallelLogPart *parts, unsigned count);
