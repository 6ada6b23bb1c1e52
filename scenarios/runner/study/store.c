/* store: prepared statements over one connection.
 *
 * The write-ahead log makes a transaction cost one write to the disk. The database is locked as a
 * whole for the time it is open (locking_mode EXCLUSIVE): two sweeps in one folder would run the
 * same things twice, and without the shared index of the log the folder may be on a file server. */
#include "scenarios/runner/study/store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/runner/study/json-text.h"
#include "scenarios/runner/study/library-sqlite.h"
#include "sim/error.h"
#include "sim/file.h"

#define FOLDER_MODE 0777
#define FORMAT 2 /* of the tables: user_version */

typedef enum {
  BEGIN,
  COMMIT,
  FIND_POINT,
  ADD_POINT,
  HAS_RUN,
  EACH_RUN,
  PUT_RUN,
  STATEMENTS
} Statement;

static const char *const statement_texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [FIND_POINT] = "SELECT id FROM points WHERE sha256 = ?1 AND version = ?2 AND params = ?3",
    [ADD_POINT] = "INSERT INTO points (sha256, version, params, scenario) VALUES (?1, ?2, ?3, ?4)",
    [HAS_RUN] = "SELECT status FROM runs WHERE point = ?1 AND seed = ?2",
    [EACH_RUN] =
        "SELECT seed, status, message, results, expectations, wall_s, cpu_s, sim_s, events "
        "FROM runs WHERE point = ?1 AND seed BETWEEN ?2 AND ?3 ORDER BY seed",
    [PUT_RUN] = "INSERT OR REPLACE INTO runs (point, seed, status, message, results, expectations, "
                "wall_s, cpu_s, sim_s, events) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
};

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE points (id INTEGER PRIMARY KEY, scenario TEXT NOT NULL, sha256 TEXT NOT NULL,"
    "  version TEXT NOT NULL, params TEXT NOT NULL, UNIQUE (sha256, version, params));"
    "CREATE TABLE runs (point INTEGER NOT NULL REFERENCES points, seed INTEGER NOT NULL,"
    "  status TEXT NOT NULL, message TEXT NOT NULL,"
    "  results TEXT NOT NULL, expectations TEXT NOT NULL, wall_s REAL NOT NULL, cpu_s REAL NOT "
    "NULL, sim_s REAL NOT NULL,"
    "  events INTEGER NOT NULL, PRIMARY KEY (point, seed)) WITHOUT ROWID;"
    "CREATE VIEW everything AS SELECT scenario, sha256, version, params, seed, status, message,"
    "  key AS name, value FROM points JOIN runs ON runs.point = points.id, json_each(results);"
    "PRAGMA user_version = 2;"
    "COMMIT;";

struct Store {
  char *path; /* owned: of the database, for messages */
  sqlite3 *db;
  sqlite3_stmt *statements[STATEMENTS];
  bool in_transaction;
  GStringChunk *texts; /* of the run that was read last */
};

static bool
fail(const Store *store, GError **error)
{
  int code = sqlite3_errcode(store->db);
  if (code == SQLITE_BUSY)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s is in use: another program, perhaps another sweep, has it open", store->path);
  else if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the database of a study: %s",
                store->path, sqlite3_errmsg(store->db));
  else
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write %s: %s", store->path,
                sqlite3_errmsg(store->db));
  return false;
}

/* -- opening -- */

static bool
execute(const Store *store, const char *text, GError **error)
{
  return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK || fail(store, error);
}

/* The format of the tables; 0: there are none; -1: error. */
static int
format_of(const Store *store, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int format = -1;
  if (sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    format = sqlite3_column_int(statement, 0);
  else
    fail(store, error);
  sqlite3_finalize(statement);
  return format;
}

static bool
make_tables(const Store *store, GError **error)
{
  int format = format_of(store, error);
  if (format < 0)
    return false;
  if (format == 0)
    return execute(store, schema, error);
  if (format == FORMAT)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s has format %d; this program knows format %d",
              store->path, format, FORMAT);
  return false;
}

static bool
prepare(Store *store, GError **error)
{
  for (int i = 0; i < STATEMENTS; i++)
    if (sqlite3_prepare_v3(store->db, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                           &store->statements[i], NULL) != SQLITE_OK)
      return fail(store, error);
  return true;
}

/* A folder that is there holds a study, or nothing. */
static bool
check_folder(const char *folder, bool create, GError **error)
{
  g_autofree char *path = g_build_filename(folder, STORE_FILE, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    int fd = sim_file_open(path, "the database of a study is wanted", error);
    return fd >= 0 && close(fd) == 0;
  }
  GDir *dir = g_dir_open(folder, 0, NULL);
  const char *first = dir != NULL ? g_dir_read_name(dir) : NULL;
  bool good = create && first == NULL;
  if (!create)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the folder of a study: it has no %s",
                folder, STORE_FILE);
  else if (first != NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s holds files that are not of a study (\"%s\", no %s); choose another place with "
                "-o",
                folder, first, STORE_FILE);
  if (dir != NULL)
    g_dir_close(dir);
  if (good && g_mkdir_with_parents(folder, FOLDER_MODE) != 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot create the folder %s: %s", folder,
                g_strerror(errno));
    return false;
  }
  return good;
}

Store *
store_open(const char *folder, bool create, GError **error)
{
  if (!sim_library_load(&library_sqlite, error) || !check_folder(folder, create, error))
    return NULL;
  g_autoptr(Store) store = g_new0(Store, 1);
  store->path = g_build_filename(folder, STORE_FILE, NULL);
  store->texts = g_string_chunk_new(512);
  /* One thread uses it, and nobody asks how much memory it has. */
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK) {
    fail(store, error);
    return NULL;
  }
  /* One that was killed a moment ago may still have it: its process that writes ends behind it. */
  if (!execute(
          store,
          "PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; "
          "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096",
          error) ||
      !make_tables(store, error) || !prepare(store, error))
    return NULL;
  return g_steal_pointer(&store);
}

void
store_close(Store *store)
{
  for (int i = 0; i < STATEMENTS; i++)
    sqlite3_finalize(store->statements[i]);
  sqlite3_close(store->db);
  g_string_chunk_free(store->texts);
  g_free(store->path);
  g_free(store);
}

/* -- a statement, bound and stepped -- */

static sqlite3_stmt *
ready(const Store *store, Statement statement)
{
  sqlite3_reset(store->statements[statement]);
  return store->statements[statement];
}

static void
bind_text(sqlite3_stmt *statement, int place, const char *text)
{
  sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

static void
bind_run(sqlite3_stmt *statement, int64_t point, uint64_t seed)
{
  sqlite3_bind_int64(statement, 1, point);
  sqlite3_bind_int64(statement, 2, (int64_t)seed);
}

/* Of a statement without rows. */
static bool
finish(const Store *store, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step(statement);
  if (code != SQLITE_DONE)
    fail(store, error);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

/* The next row; false: there is none, or *error is set. */
static bool
row(const Store *store, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step(statement);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    fail(store, error);
  sqlite3_reset(statement);
  return false;
}

static const char *
column_text(Store *store, sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text(statement, column);
  return g_string_chunk_insert(store->texts, text != NULL ? text : "");
}

static OutcomeStatus
column_status(sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text(statement, column);
  for (OutcomeStatus status = OUTCOME_OK; status < OUTCOME_FAILED; status++)
    if (g_strcmp0(text, outcome_status_name(status)) == 0)
      return status;
  return OUTCOME_FAILED;
}

/* -- points -- */

bool
store_begin(Store *store, GError **error)
{
  if (store->in_transaction)
    return true;
  store->in_transaction = finish(store, ready(store, BEGIN), error);
  return store->in_transaction;
}

int64_t
store_point(Store *store, const StorePoint *point, bool create, GError **error)
{
  GError *failed = NULL;
  sqlite3_stmt *find = ready(store, FIND_POINT);
  bind_text(find, 1, point->sha256);
  bind_text(find, 2, point->version);
  bind_text(find, 3, point->params);
  if (row(store, find, &failed)) {
    int64_t id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return id;
  }
  if (failed != NULL) {
    g_propagate_error(error, failed);
    return -1;
  }
  if (!create)
    return 0;
  if (!store_begin(store, error))
    return -1;
  sqlite3_stmt *add = ready(store, ADD_POINT);
  bind_text(add, 1, point->sha256);
  bind_text(add, 2, point->version);
  bind_text(add, 3, point->params);
  bind_text(add, 4, point->scenario);
  return finish(store, add, error) ? sqlite3_last_insert_rowid(store->db) : -1;
}

/* -- runs -- */

bool
store_has(Store *store, int64_t point, uint64_t seed, OutcomeStatus *status, GError **error)
{
  sqlite3_stmt *statement = ready(store, HAS_RUN);
  bind_run(statement, point, seed);
  if (!row(store, statement, error))
    return false;
  *status = column_status(statement, 0);
  sqlite3_reset(statement);
  return true;
}

typedef struct Reading {
  Store *store;
  Outcome *outcome;
} Reading;

static void
add_result(const char *name, double value, void *data)
{
  const Reading *reading = data;
  OutcomeResult result = {.name = g_string_chunk_insert_const(reading->store->texts, name),
                          .value = value};
  g_array_append_val(reading->outcome->results, result);
}

/* A row of EACH_RUN. */
static bool
read_run(Reading *reading, sqlite3_stmt *statement, GError **error)
{
  Store *store = reading->store;
  Outcome *outcome = reading->outcome;
  g_string_chunk_clear(store->texts);
  outcome->seed = (uint64_t)sqlite3_column_int64(statement, 0);
  outcome->status = column_status(statement, 1);
  outcome->message = column_text(store, statement, 2);
  outcome->json = column_text(store, statement, 3);
  outcome->expectations = column_text(store, statement, 4);
  outcome->wall_s = sqlite3_column_double(statement, 5);
  outcome->cpu_s = sqlite3_column_double(statement, 6);
  outcome->sim_s = sqlite3_column_double(statement, 7);
  outcome->events = (uint64_t)sqlite3_column_int64(statement, 8);
  g_array_set_size(outcome->results, 0);
  if (json_text_read_numbers(outcome->json, add_result, reading))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: the results of a run are not as we write them",
              store->path);
  return false;
}

bool
store_each(Store *store, int64_t point, uint64_t first, uint64_t last, StoreFn fn, void *data,
           GError **error)
{
  GError *failed = NULL;
  Outcome outcome;
  Reading reading = {store, &outcome};
  sqlite3_stmt *statement = ready(store, EACH_RUN);
  bind_run(statement, point, first);
  sqlite3_bind_int64(statement, 3, (int64_t)last);
  outcome_init(&outcome);
  outcome.point = (uint64_t)point;
  while (row(store, statement, &failed) && read_run(&reading, statement, &failed) &&
         fn(&outcome, data))
    continue;
  sqlite3_reset(statement);
  outcome_clear(&outcome);
  if (failed != NULL)
    g_propagate_error(error, failed);
  return failed == NULL;
}

bool
store_put(Store *store, int64_t point, const Outcome *outcome, GError **error)
{
  if (!store_begin(store, error))
    return false;
  sqlite3_stmt *statement = ready(store, PUT_RUN);
  bind_run(statement, point, outcome->seed);
  bind_text(statement, 3, outcome_status_name(outcome->status));
  bind_text(statement, 4, outcome->message);
  bind_text(statement, 5, outcome->json);
  bind_text(statement, 6, outcome->expectations);
  sqlite3_bind_double(statement, 7, outcome->wall_s);
  sqlite3_bind_double(statement, 8, outcome->cpu_s);
  sqlite3_bind_double(statement, 9, outcome->sim_s);
  sqlite3_bind_int64(statement, 10, (int64_t)outcome->events);
  return finish(store, statement, error);
}

bool
store_commit(Store *store, GError **error)
{
  if (!store->in_transaction)
    return true;
  store->in_transaction = false;
  return finish(store, ready(store, COMMIT), error);
}
