/* figure-data-backlog: the SYN queue and the accept queue of a listener against time, and what was
 * done with what found them full.
 *
 * One listener is shown: the one whose queues changed most often. Values hold until the next row.
 * Of each slice of time that is one thousandth of the run the greatest and the last values stay. */
#include "plots/figure-curves.h"

#include <string.h>

#include "plots/csv-reader.h"
#include "sim/error.h"

#define SLICES 1000

enum { TIME, NODE, PORT, HALF_OPEN, READY, DROPPED, COOKIES_SENT, COLUMNS };

static const char *const column_names[COLUMNS + 1] = {
    "time", "node", "port", "half_open", "ready", "dropped", "cookies_sent", NULL};

/* A row of listeners.csv. */
typedef struct Row {
  SimTime time;
  guint listener; /* in Rows.names */
  guint64 values[COLUMNS];
} Row;

typedef struct Rows {
  GArray *rows;     /* of Row */
  GPtrArray *names; /* of char *, owned: "server:80" */
  GArray *counts;   /* of guint: rows of each */
  Row row;          /* under way */
  char *node;       /* of it; owned */
} Rows;

static bool
store(CsvReader *reader, int column, void *data, GError **error)
{
  Rows *rows = data;
  const char *text = reader->field->str;
  if (column == TIME)
    return csv_reader_time(reader, column, &rows->row.time, error);
  if (column == NODE) {
    g_free(rows->node);
    rows->node = g_strdup(text);
    return true;
  }
  if (!csv_reader_digits(&text, G_MAXINT64, &rows->row.values[column]) || *text != '\0')
    return csv_reader_fail_value(reader, column, "a count", error);
  return true;
}

static guint
number_of(Rows *rows)
{
  g_autofree char *name = g_strdup_printf("%s:%u", rows->node, (unsigned)rows->row.values[PORT]);
  for (guint i = 0; i < rows->names->len; i++)
    if (strcmp(g_ptr_array_index(rows->names, i), name) == 0)
      return i;
  guint none = 0;
  g_ptr_array_add(rows->names, g_steal_pointer(&name));
  g_array_append_val(rows->counts, none);
  return rows->names->len - 1;
}

static bool
read_rows(const FigureRequest *request, Rows *rows, GError **error)
{
  g_autofree char *path = g_build_filename(request->run, "listeners.csv", NULL);
  CsvReader reader;
  bool good = csv_reader_open(&reader, path, column_names, "a run's listeners", error);
  while (good && csv_reader_more(&reader)) {
    good = csv_reader_row(&reader, store, rows, error);
    if (!good || rows->row.time < request->from || rows->row.time > request->to)
      continue;
    rows->row.listener = number_of(rows);
    g_array_index(rows->counts, guint, rows->row.listener)++;
    g_array_append_val(rows->rows, rows->row);
  }
  csv_reader_close(&reader);
  if (good && rows->rows->len == 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s/listeners.csv has no row of the time asked for", request->run);
  return good && rows->rows->len > 0;
}

static guint
busiest(const Rows *rows)
{
  guint best = 0;
  for (guint i = 1; i < rows->counts->len; i++)
    if (g_array_index(rows->counts, guint, i) > g_array_index(rows->counts, guint, best))
      best = i;
  return best;
}

/* One curve, thinned. */
static void
write_curve(FigureData *data, const Rows *rows, guint listener, int column, SimTime slice)
{
  const Row *greatest = NULL, *last = NULL;
  for (guint i = 0; i <= rows->rows->len; i++) {
    const Row *row = i < rows->rows->len ? &g_array_index(rows->rows, Row, i) : NULL;
    if (row != NULL && row->listener != listener)
      continue;
    if (last != NULL && (row == NULL || row->time / slice != last->time / slice)) {
      for (int k = greatest == last ? 1 : 0; k < 2; k++) {
        const Row *kept = k == 0 ? greatest : last;
        figure_data_time(data, kept->time);
        figure_data_integer(data, (gint64)kept->values[column]);
        figure_data_row(data);
      }
      greatest = NULL;
    }
    last = row;
    if (row != NULL && (greatest == NULL || row->values[column] > greatest->values[column]))
      greatest = row;
  }
}

static void
write_all(FigureData *data, const Rows *rows)
{
  static const struct {
    const char *block;
    int column;
  } curves[] = {{"syn-queue", HALF_OPEN},
                {"accept-queue", READY},
                {"dropped", DROPPED},
                {"cookies", COOKIES_SENT}};
  guint listener = busiest(rows);
  const Row *first = &g_array_index(rows->rows, Row, 0);
  const Row *last = &g_array_index(rows->rows, Row, rows->rows->len - 1);
  guint64 most[COLUMNS] = {0};
  for (const Row *row = first; row <= last; row++)
    for (int column = HALF_OPEN; row->listener == listener && column < COLUMNS; column++)
      most[column] = MAX(most[column], row->values[column]);
  SimTime slice = MAX((last->time - first->time) / SLICES, 1);
  for (guint i = 0; i < G_N_ELEMENTS(curves); i++) {
    figure_data_block(data, curves[i].block, "time count", "NaN NaN");
    write_curve(data, rows, listener, curves[i].column, slice);
  }
  bool later = last->time > first->time;
  figure_data_set(data, "x_from", sim_time_to_seconds(first->time), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(later ? last->time : first->time + SIM_SECOND),
                  12);
  figure_data_set(data, "y_to", 1.15 * (double)MAX(MAX(most[HALF_OPEN], most[READY]), 1), 2);
  figure_data_set(data, "y2_to", 1.15 * (double)MAX(most[DROPPED], most[COOKIES_SENT]), 2);
  figure_data_set(data, "drops", (double)most[DROPPED], 0);
  figure_data_set(data, "cookies", (double)most[COOKIES_SENT], 0);
}

static void
open_rows(Rows *rows)
{
  *rows = (Rows){.rows = g_array_new(FALSE, FALSE, sizeof(Row)),
                 .names = g_ptr_array_new_with_free_func(g_free),
                 .counts = g_array_new(FALSE, FALSE, sizeof(guint))};
}

static void
close_rows(Rows *rows)
{
  g_array_unref(rows->rows);
  g_ptr_array_unref(rows->names);
  g_array_unref(rows->counts);
  g_free(rows->node);
}

bool
figure_data_backlog(FigureData *data, GError **error)
{
  Rows rows;
  open_rows(&rows);
  bool good = read_rows(data->request, &rows, error);
  if (good)
    write_all(data, &rows);
  figure_data_end(data);
  close_rows(&rows);
  return good;
}

/* Both queues of the busiest listener. */
bool
figure_curves_backlog(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  static const struct {
    const char *name;
    int column;
  } queues[] = {{"SYN queue", HALF_OPEN}, {"accept queue", READY}};
  Rows rows;
  open_rows(&rows);
  bool good = read_rows(request, &rows, error);
  guint listener = good ? busiest(&rows) : 0;
  curves->xlabel = "Time";
  curves->ylabel = "In the queue [connections]";
  for (guint q = 0; good && q < G_N_ELEMENTS(queues); q++) {
    FigureCurve *curve = figure_curves_add(curves, queues[q].name);
    for (guint i = 0; i < rows.rows->len; i++) {
      const Row *row = &g_array_index(rows.rows, Row, i);
      if (row->listener == listener)
        figure_curve_point(curve, sim_time_to_seconds(row->time),
                           (double)row->values[queues[q].column]);
    }
  }
  close_rows(&rows);
  return good;
}
