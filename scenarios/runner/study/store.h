/* store: study.db, an SQLite database with every run that was ever made in the study's folder.
 *
 *   points        scenario, sha256, version, params (a JSON object): what a run is made of
 *   runs          point, seed, status, message, results and expectations (JSON), wall_s, cpu_s,
 *                 sim_s, events
 *   everything    a view of both, a row a result: scenario, sha256, version, params, seed, status,
 *                 message, name, value
 *
 * One process writes; what it wrote is kept when a transaction ends (store_commit), which waits for
 * the disk: after a power cut or a kill -9 the database is as it was after the last one. A run that
 * is there is not repeated. Rows of earlier versions of the scenario stay. */
#pragma once

#include "scenarios/runner/study/message.h"

#define STORE_FILE "study.db"

typedef struct Store Store;

/* Makes the folder and the database when `create` says so. An error when another process has it,
 * or when the folder holds something else. */
Store *store_open(const char *folder, bool create, GError **error);
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

typedef struct StorePoint {
  const char *scenario, *sha256, *version;
  const char *params; /* plan_key() */
} StorePoint;

/* The number of a point; with `create` it is made when it is new. 0: it is not there; -1: error. */
int64_t store_point(Store *store, const StorePoint *point, bool create, GError **error);
/* Whether there is such a run. False with *error set: it could not be asked. */
bool store_has(Store *store, int64_t point, uint64_t seed, OutcomeStatus *status, GError **error);
/* Sees a run, whose texts live for the call; false: no more. */
typedef bool (*StoreFn)(const Outcome *outcome, void *data);
/* Calls `fn`, which must not ask the same store, for the runs of a point whose seeds are from
 * `first` to `last`, in their order. */
bool store_each(Store *store, int64_t point, uint64_t first, uint64_t last, StoreFn fn, void *data,
                GError **error);
/* Adds a run, or puts it in the place of one that failed. */
bool store_put(Store *store, int64_t point, const Outcome *outcome, GError **error);
/* One transaction for all that is read from now on, which is faster than many. */
bool store_begin(Store *store, GError **error);
/* Ends the transaction that store_begin() or the first store_put() began. */
bool store_commit(Store *store, GError **error);
