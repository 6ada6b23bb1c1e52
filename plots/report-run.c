/* report-run: what run.json, summary.json, tcp.csv and links.csv say.
 *
 * The JSON files are looked at before they are believed: that the members which the page shows are
 * of the right kind. */
#include <math.h>
#include <string.h>

#include "plots/json-file.h"
#include "plots/links-log.h"
#include "plots/report-parts.h"
#include "plots/tcp-log.h"
#include "sim/error.h"

#define LONGEST_RUN 9e6 /* seconds that a SimTime can hold */

typedef struct Member {
  const char *name;
  JsonNodeType type;
  bool optional; /* files of earlier versions do not have it */
} Member;

static const Member run_members[] = {
    {"version", JSON_NODE_VALUE},        {"scenario", JSON_NODE_VALUE},
    {"sha256", JSON_NODE_VALUE},         {"parameters", JSON_NODE_OBJECT},
    {"seed", JSON_NODE_VALUE},           {"text", JSON_NODE_VALUE},
    {"declared", JSON_NODE_ARRAY, true}, {NULL}};

static const Member summary_members[] = {
    {"results", JSON_NODE_OBJECT}, {"expectations", JSON_NODE_ARRAY}, {"links", JSON_NODE_OBJECT},
    {"rules", JSON_NODE_ARRAY},    {"end_time", JSON_NODE_VALUE},     {"events", JSON_NODE_VALUE},
    {"ended", JSON_NODE_VALUE},    {"unfinished", JSON_NODE_ARRAY},   {NULL}};

static bool
check_members(const char *file, JsonObject *object, const Member *members, GError **error)
{
  for (; members->name != NULL; members++) {
    JsonNode *node = json_object_get_member(object, members->name);
    if (node == NULL ? members->optional : json_node_get_node_type(node) == members->type)
      continue;
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                node == NULL ? "%s: \"%s\" is missing: expected the file as a run leaves it"
                             : "%s: \"%s\" is of another kind than a run leaves it",
                file, members->name);
    return false;
  }
  return true;
}

static bool
put_file(ReportJson *json, const char *run, const char *name, const Member *members, SimTime *end,
         GError **error)
{
  g_autofree char *file = g_build_filename(run, name, NULL);
  g_autoptr(JsonParser) parser = json_file_read(file, error);
  if (parser == NULL)
    return false;
  JsonNode *root = json_parser_get_root(parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: not the file that a run leaves", file);
    return false;
  }
  JsonObject *object = json_node_get_object(root);
  if (!check_members(file, object, members, error))
    return false;
  for (; members->name != NULL; members++) {
    JsonNode *node = json_object_get_member(object, members->name);
    report_json_node(json, members->name, node);
    if (strcmp(members->name, "end_time") == 0)
      *end = sim_time_from_seconds(CLAMP(json_node_get_double(node), 0, LONGEST_RUN));
  }
  return true;
}

bool
report_put_run(ReportJson *json, const char *run, SimTime *end, GError **error)
{
  return put_file(json, run, "run.json", run_members, end, error) &&
         put_file(json, run, "summary.json", summary_members, end, error);
}

static bool
exists(const char *run, const char *name)
{
  g_autofree char *file = g_build_filename(run, name, NULL);
  return g_file_test(file, G_FILE_TEST_EXISTS);
}

/* -- tcp.csv -- */

/* [time, cwnd, ssthresh, flight, srtt, rto], null for what is not known yet. */
static void
put_sample(ReportJson *json, const TcpLogRow *row)
{
  report_json_open(json, NULL, '[');
  report_json_time(json, NULL, row->time);
  report_json_number(json, NULL, row->cwnd);
  report_json_number(json, NULL, row->ssthresh);
  report_json_number(json, NULL, row->flight);
  report_json_number(json, NULL, row->srtt > 0 ? row->srtt : NAN);
  report_json_number(json, NULL, row->rto);
  report_json_close(json, ']');
}

/* One end of a connection with its rows. */
typedef struct Series {
  const char *node, *conn;
  GPtrArray *rows; /* of const TcpLogRow * */
} Series;

static void
series_free(gpointer data)
{
  Series *series = data;
  g_ptr_array_unref(series->rows);
  g_free(series);
}

/* The rows that lie within the ladder's time, by end; the last one before it counts too, since its
 * values are still in force. */
static GPtrArray *
sort_by_end(const TcpLog *log, const Ladder *ladder)
{
  GPtrArray *all = g_ptr_array_new_with_free_func(series_free);
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < log->rows->len; i++) {
    const TcpLogRow *row = &g_array_index(log->rows, TcpLogRow, i);
    if (row->time > ladder->end)
      break;
    char *key = g_strdup_printf("%s|%s", row->node, row->conn);
    Series *series = g_hash_table_lookup(known, key);
    if (series == NULL) {
      series = g_new0(Series, 1);
      *series = (Series){row->node, row->conn, g_ptr_array_new()};
      g_ptr_array_add(all, series);
      g_hash_table_insert(known, key, series);
    } else {
      g_free(key);
    }
    if (row->time <= ladder->start)
      g_ptr_array_set_size(series->rows, 0);
    g_ptr_array_add(series->rows, (gpointer)(guintptr)row);
  }
  return all;
}

static bool
is_shown(const Ladder *ladder, const char *conn)
{
  if (ladder->nodes->len == 0) /* there is no ladder that could choose */
    return true;
  for (guint i = 0; i < ladder->conns->len; i++)
    if (strcmp(ladder->conns->pdata[i], conn) == 0)
      return true;
  return false;
}

static bool
put_tcp(ReportJson *json, const char *run, const Ladder *ladder, GError **error)
{
  report_json_open(json, "tcp", '[');
  if (exists(run, "tcp.csv")) {
    g_autoptr(TcpLog) log = tcp_log_read(run, error);
    if (log == NULL)
      return false;
    g_autoptr(GPtrArray) all = sort_by_end(log, ladder);
    for (guint i = 0; i < all->len; i++) {
      const Series *series = all->pdata[i];
      if (!is_shown(ladder, series->conn))
        continue;
      report_json_open(json, NULL, '{');
      report_json_string(json, "node", series->node);
      report_json_string(json, "conn", series->conn);
      report_json_open(json, "rows", '[');
      for (guint k = 0; k < series->rows->len; k++)
        put_sample(json, series->rows->pdata[k]);
      report_json_close(json, ']');
      report_json_close(json, '}');
    }
  }
  report_json_close(json, ']');
  return true;
}

/* -- links.csv -- */

static bool
was_used(const LinksLogLane *lane)
{
  for (guint i = 0; i < lane->rows->len; i++) {
    const LinksLogRow *row = &g_array_index(lane->rows, LinksLogRow, i);
    if (row->delivered_packets + row->queue_packets + row->dropped > 0)
      return true;
  }
  return false;
}

/* [time, packets waiting, dropped, marked] */
static void
put_lane(ReportJson *json, const LinksLogLane *lane, const Ladder *ladder)
{
  report_json_open(json, NULL, '{');
  report_json_string(json, "link", lane->name);
  report_json_open(json, "rows", '[');
  for (guint i = 0; i < lane->rows->len; i++) {
    const LinksLogRow *row = &g_array_index(lane->rows, LinksLogRow, i);
    if (row->time < ladder->start)
      continue;
    report_json_open(json, NULL, '[');
    report_json_time(json, NULL, row->time);
    report_json_integer(json, NULL, (gint64)row->queue_packets);
    report_json_integer(json, NULL, (gint64)row->dropped);
    report_json_integer(json, NULL, (gint64)row->marked);
    report_json_close(json, ']');
    if (row->time > ladder->end) /* the interval in which it ends is the last */
      break;
  }
  report_json_close(json, ']');
  report_json_close(json, '}');
}

static bool
put_queues(ReportJson *json, const char *run, const Ladder *ladder, GError **error)
{
  report_json_open(json, "queues", '[');
  if (exists(run, "links.csv")) {
    g_autoptr(LinksLog) log = links_log_read(run, error);
    if (log == NULL)
      return false;
    for (guint i = 0; i < log->lanes->len; i++)
      if (was_used(log->lanes->pdata[i]))
        put_lane(json, log->lanes->pdata[i], ladder);
  }
  report_json_close(json, ']');
  return true;
}

bool
report_put_samples(ReportJson *json, const char *run, const Ladder *ladder, GError **error)
{
  return put_tcp(json, run, ladder, error) && put_queues(json, run, ladder, error);
}
