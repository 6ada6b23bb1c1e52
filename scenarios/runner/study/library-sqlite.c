/* library-sqlite: what we use of SQLite. */
#include "scenarios/runner/study/library-sqlite.h"

#include <sqlite3.h>
#include <stdarg.h>

static const char *const files[] = {"libsqlite3.so.0", NULL};

const SimLibrary library_sqlite = {.name = "SQLite, which keeps the runs of studies",
                                   .files = files};

#define STUB(type, name, parameters, arguments)                                                    \
  SIM_LIBRARY_STUB(&library_sqlite, type, name, parameters, arguments)

/* The only one with arguments of any number; those that we set have one that is a number, or none.
 */
int
sqlite3_config(int option, ...)
{
  uintptr_t function = sim_library_function(&library_sqlite, "sqlite3_config");
  int (*config)(int, ...) = (int (*)(int, ...))function;
  if (option == SQLITE_CONFIG_SINGLETHREAD)
    return config(option);
  va_list arguments;
  va_start(arguments, option);
  int value = va_arg(arguments, int);
  va_end(arguments);
  return config(option, value);
}

STUB(int, sqlite3_open_v2, (const char *path, sqlite3 **db, int flags, const char *vfs),
     (path, db, flags, vfs))
STUB(int, sqlite3_close, (sqlite3 * db), (db))
STUB(int, sqlite3_errcode, (sqlite3 * db), (db))
STUB(const char *, sqlite3_errmsg, (sqlite3 * db), (db))
STUB(sqlite3_int64, sqlite3_last_insert_rowid, (sqlite3 * db), (db))
STUB(int, sqlite3_exec,
     (sqlite3 * db, const char *text, int (*each)(void *, int, char **, char **), void *data,
      char **message),
     (db, text, each, data, message))

STUB(int, sqlite3_prepare_v2,
     (sqlite3 * db, const char *text, int length, sqlite3_stmt **statement, const char **rest),
     (db, text, length, statement, rest))
STUB(int, sqlite3_prepare_v3,
     (sqlite3 * db, const char *text, int length, unsigned flags, sqlite3_stmt **statement,
      const char **rest),
     (db, text, length, flags, statement, rest))
STUB(int, sqlite3_step, (sqlite3_stmt * statement), (statement))
STUB(int, sqlite3_reset, (sqlite3_stmt * statement), (statement))
STUB(int, sqlite3_finalize, (sqlite3_stmt * statement), (statement))

STUB(int, sqlite3_bind_double, (sqlite3_stmt * statement, int place, double value),
     (statement, place, value))
STUB(int, sqlite3_bind_int64, (sqlite3_stmt * statement, int place, sqlite3_int64 value),
     (statement, place, value))
STUB(int, sqlite3_bind_text,
     (sqlite3_stmt * statement, int place, const char *text, int length, void (*release)(void *)),
     (statement, place, text, length, release))

STUB(double, sqlite3_column_double, (sqlite3_stmt * statement, int column), (statement, column))
STUB(int, sqlite3_column_int, (sqlite3_stmt * statement, int column), (statement, column))
STUB(sqlite3_int64, sqlite3_column_int64, (sqlite3_stmt * statement, int column),
     (statement, column))
STUB(const unsigned char *, sqlite3_column_text, (sqlite3_stmt * statement, int column),
     (statement, column))
