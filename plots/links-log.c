/* links-log: reads links.csv (csv-reader.h), and chooses what a figure shows. */
#include "plots/links-log.h"

#include <string.h>

#include "plots/csv-reader.h"
#include "sim/error.h"

#define LEAST_SHARE 10 /* of the greatest, for a direction to be shown */

enum { TIME, LINK, QUEUE_PACKETS, QUEUE_BYTES, DROPPED, MARKED, PACKETS, BYTES, COLUMNS };

static const char *const column_names[COLUMNS + 1] = {
    "time",    "link",   "queue_packets",     "queue_bytes",
    "dropped", "marked", "delivered_packets", "delivered_bytes",
    NULL};

typedef struct Rows {
  LinksLog *log;
  GHashTable *known; /* name -> LinksLogLane; look-up only */
  LinksLogLane *lane;
  LinksLogRow row;
} Rows;

static void
lane_free(gpointer data)
{
  LinksLogLane *lane = data;
  g_free(lane->name);
  g_array_unref(lane->rows);
  g_free(lane);
}

static LinksLogLane *
lane_of(Rows *rows, const char *name)
{
  LinksLogLane *lane = g_hash_table_lookup(rows->known, name);
  if (lane != NULL)
    return lane;
  lane = g_new0(LinksLogLane, 1);
  lane->name = g_strdup(name);
  lane->rows = g_array_new(FALSE, FALSE, sizeof(LinksLogRow));
  g_ptr_array_add(rows->log->lanes, lane);
  g_hash_table_insert(rows->known, lane->name, lane);
  return lane;
}

static bool
store(CsvReader *reader, int column, void *data, GError **error)
{
  Rows *rows = data;
  LinksLogRow *row = &rows->row;
  guint64 *const numbers[COLUMNS] = {
      [QUEUE_PACKETS] = &row->queue_packets,
      [QUEUE_BYTES] = &row->queue_bytes,
      [DROPPED] = &row->dropped,
      [MARKED] = &row->marked,
      [PACKETS] = &row->delivered_packets,
      [BYTES] = &row->delivered_bytes,
  };
  const char *text = reader->field->str;
  if (column == TIME)
    return csv_reader_time(reader, column, &row->time, error);
  if (column == LINK) {
    rows->lane = lane_of(rows, text);
    return true;
  }
  return (csv_reader_digits(&text, G_MAXINT64, numbers[column]) && *text == '\0') ||
         csv_reader_fail_value(reader, column, "a number", error);
}

LinksLog *
links_log_read(const char *run, GError **error)
{
  g_autofree char *path = g_build_filename(run, "links.csv", NULL);
  g_autoptr(LinksLog) log = g_new0(LinksLog, 1);
  log->lanes = g_ptr_array_new_with_free_func(lane_free);
  Rows rows = {.log = log, .known = g_hash_table_new(g_str_hash, g_str_equal)};
  CsvReader reader;
  bool good = csv_reader_open(&reader, path, column_names, "a links.csv", error);
  while (good && csv_reader_more(&reader)) {
    good = csv_reader_row(&reader, store, &rows, error);
    if (good)
      g_array_append_val(rows.lane->rows, rows.row);
  }
  csv_reader_close(&reader);
  g_hash_table_unref(rows.known);
  return good ? g_steal_pointer(&log) : NULL;
}

void
links_log_free(LinksLog *log)
{
  g_ptr_array_unref(log->lanes);
  g_free(log);
}

SimTime
links_log_busy_until(const GPtrArray *lanes, SimTime from, SimTime to)
{
  SimTime busy = 0, last = 0;
  for (guint i = 0; i < lanes->len; i++) {
    const GArray *rows = ((const LinksLogLane *)lanes->pdata[i])->rows;
    for (guint k = 0; k < rows->len; k++) {
      const LinksLogRow *row = &g_array_index(rows, LinksLogRow, k);
      if (row->time < from || row->time > to)
        continue;
      bool idle = row->queue_packets + row->dropped + row->marked + row->delivered_packets == 0;
      busy = idle ? busy : MAX(busy, row->time);
      last = MAX(last, row->time);
    }
  }
  return busy > 0 ? busy : last;
}

double
links_log_delivered(const LinksLogLane *lane)
{
  double sum = 0;
  for (guint i = 0; i < lane->rows->len; i++)
    sum += (double)g_array_index(lane->rows, LinksLogRow, i).delivered_bytes;
  return sum;
}

/* The least of those that are shown, given that `most` may be. */
static double
threshold(const GPtrArray *lanes, double (*weight)(const LinksLogLane *lane), guint most)
{
  double least = 0;
  for (guint i = 0; i < lanes->len; i++)
    least = MAX(least, weight(lanes->pdata[i]) / LEAST_SHARE);
  for (;;) {
    guint above = 0;
    double next = G_MAXDOUBLE;
    for (guint i = 0; i < lanes->len; i++) {
      double own = weight(lanes->pdata[i]);
      above += own >= least;
      if (own > least)
        next = MIN(next, own);
    }
    if (above <= most || next == G_MAXDOUBLE)
      return least;
    least = next;
  }
}

GPtrArray *
links_log_choose(const LinksLog *log, const char *wanted,
                 double (*weight)(const LinksLogLane *lane), guint most, GError **error)
{
  g_autoptr(GPtrArray) named = g_ptr_array_new();
  for (guint i = 0; i < log->lanes->len; i++) {
    LinksLogLane *lane = log->lanes->pdata[i];
    if (wanted == NULL || strstr(lane->name, wanted) != NULL)
      g_ptr_array_add(named, lane);
  }
  if (named->len == 0) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < MIN(log->lanes->len, 20); i++)
      g_ptr_array_add(names, ((LinksLogLane *)log->lanes->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    sim_error_unknown(error, "direction of a link", wanted != NULL ? wanted : "",
                      (const char *const *)names->pdata);
    return NULL;
  }
  double least = wanted != NULL ? 0 : threshold(named, weight, most);
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < named->len && chosen->len < most; i++)
    if (weight(named->pdata[i]) >= least)
      g_ptr_array_add(chosen, named->pdata[i]);
  return chosen;
}
