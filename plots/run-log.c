/* run-log: the rows in memory, whoever has read them.
 *
 * The strings of a log are kept once each, so that a row is small and two equal strings are one
 * pointer. Which reader is asked depends on what stands at the path: a folder holds a run, a file
 * whose name ends in .csv is a timeline by itself, anything else has to be a capture. */
#include "plots/run-log.h"

#include <string.h>

#include "sim/error.h"

#define NAMES_MOST 20 /* connections that an error names */

const char *const run_event_names[] = {
    "send",      "transmit",   "receive",      "drop", "mark", "duplicate", "state",
    "timer-set", "timer-fire", "timer-cancel", "call", "note", "capture",   NULL,
};

RunLog *
run_log_new(const char *path)
{
  RunLog *log = g_new0(RunLog, 1);
  log->path = g_strdup(path);
  log->rows = g_array_new(FALSE, FALSE, sizeof(RunRow));
  log->nodes = g_ptr_array_new();
  log->conns = g_ptr_array_new();
  log->text = g_string_chunk_new(4096);
  log->known = g_hash_table_new(g_direct_hash, g_direct_equal);
  return log;
}

void
run_log_free(RunLog *log)
{
  if (log == NULL)
    return;
  g_free(log->path);
  g_array_unref(log->rows);
  g_ptr_array_unref(log->nodes);
  g_ptr_array_unref(log->conns);
  g_string_chunk_free(log->text);
  g_hash_table_unref(log->known);
  g_free(log);
}

const char *
run_log_intern(RunLog *log, const char *text)
{
  return text[0] == '\0' ? "" : g_string_chunk_insert_const(log->text, text);
}

/* Adds `name` to the list unless it is there. A node and a connection may share a name, so what
 * is known of a name is one bit a list. */
static void
note_name(RunLog *log, GPtrArray *names, const char *name)
{
  if (name[0] == '\0' || (names->len > 0 && names->pdata[names->len - 1] == (gconstpointer)name))
    return;
  bool is_conn = names == log->conns;
  guint bits = GPOINTER_TO_UINT(g_hash_table_lookup(log->known, name));
  guint bit = is_conn ? 2 : 1;
  if ((bits & bit) != 0)
    return;
  g_hash_table_insert(log->known, (gpointer)(guintptr)name, GUINT_TO_POINTER(bits | bit));
  g_ptr_array_add(names, (gpointer)(guintptr)name);
}

void
run_log_add(RunLog *log, const RunRow *row)
{
  note_name(log, log->nodes, row->node);
  note_name(log, log->conns, row->conn);
  g_array_append_vals(log->rows, row, 1);
}

bool
run_log_choose_conn(const GPtrArray *conns, const char *wanted, const char **conn, GError **error)
{
  const char *names[NAMES_MOST + 1] = {NULL};
  guint parts = 0;
  *conn = NULL;
  for (guint i = 0; wanted != NULL && i < conns->len; i++) {
    const char *name = conns->pdata[i];
    if (strcmp(name, wanted) == 0) {
      *conn = name;
      return true;
    }
    if (strstr(name, wanted) != NULL && parts++ == 0)
      *conn = name;
    if (i < NAMES_MOST)
      names[i] = name;
  }
  if (parts > 1)
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_NAME,
        "\"%s\" is in the names of %u connections, such as %s; say more of the one, or \"*%s*\" "
        "where several may be chosen",
        wanted, parts, *conn, wanted);
  return wanted == NULL || parts == 1 ||
         (parts == 0 && sim_error_unknown(error, "connection", wanted, names));
}

/* Adds those that `part` means. A pattern has to mean one at least. */
static bool
choose_part(const GPtrArray *conns, const char *part, GHashTable *chosen, GError **error)
{
  const char *one;
  if (strchr(part, '*') == NULL) {
    if (!run_log_choose_conn(conns, part, &one, error))
      return false;
    g_hash_table_add(chosen, (gpointer)(guintptr)one);
    return true;
  }
  guint found = 0;
  for (guint i = 0; i < conns->len; i++)
    if (g_pattern_match_simple(part, conns->pdata[i])) {
      g_hash_table_add(chosen, conns->pdata[i]);
      found++;
    }
  if (found == 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_NAME, "no connection is called \"%s\"; there %s %u%s%s",
                part, conns->len == 1 ? "is" : "are", conns->len, conns->len > 0 ? ", as " : "",
                conns->len > 0 ? (const char *)conns->pdata[0] : "");
  return found > 0;
}

bool
run_log_choose_conns(const GPtrArray *conns, const char *wanted, GHashTable **chosen,
                     GError **error)
{
  *chosen = NULL;
  if (wanted == NULL)
    return true;
  g_autoptr(GHashTable) set = g_hash_table_new(g_direct_hash, g_direct_equal);
  g_auto(GStrv) parts = g_strsplit(wanted, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip(parts[i]) != '\0' && !choose_part(conns, parts[i], set, error))
      return false;
  if (g_hash_table_size(set) == 0)
    return run_log_choose_conn(conns, wanted, &(const char *){NULL}, error);
  *chosen = g_steal_pointer(&set);
  return true;
}

RunLog *
run_log_read(const char *path, GError **error)
{
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    g_autofree char *file = g_build_filename(path, "timeline.csv", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                  "%s: this folder holds no run with a timeline (no timeline.csv in it)", path);
      return NULL;
    }
    return run_log_read_csv(path, file, error);
  }
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s: there is no such file or folder; expected the folder of a run or a capture",
                path);
    return NULL;
  }
  if (g_str_has_suffix(path, ".csv"))
    return run_log_read_csv(path, path, error);
  return run_log_read_capture(path, error);
}
