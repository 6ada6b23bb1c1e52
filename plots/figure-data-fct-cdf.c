/* figure-data-fct-cdf: how long flows took: the share of completed ones that took no longer than
 * that, a curve for each load. */
#include "plots/figure-data.h"

#include <math.h>
#include <string.h>

#include "plots/csv-reader.h"
#include "sim/error.h"

#define MAX_LOADS 6
#define POINTS 500 /* a curve */

enum { LOAD, DURATION, OUTCOME, COLUMNS };

static const char *const column_names[COLUMNS + 1] = {"load", "duration", "outcome", NULL};

typedef struct Load {
  char *name;
  GArray *durations; /* of double, s */
} Load;

typedef struct Flows {
  GPtrArray *loads; /* of Load, in order of appearance */
  Load *load;       /* of the row under way */
  double duration;
  bool completed;
} Flows;

static void
load_free(gpointer data)
{
  Load *load = data;
  g_free(load->name);
  g_array_unref(load->durations);
  g_free(load);
}

static Load *
load_of(GPtrArray *loads, const char *name)
{
  for (guint i = loads->len; i-- > 0;)
    if (strcmp(((Load *)loads->pdata[i])->name, name) == 0)
      return loads->pdata[i];
  Load *load = g_new0(Load, 1);
  load->name = g_strdup(name);
  load->durations = g_array_new(FALSE, FALSE, sizeof(double));
  g_ptr_array_add(loads, load);
  return load;
}

static bool
store(CsvReader *reader, int column, void *data, GError **error)
{
  Flows *flows = data;
  const char *text = reader->field->str;
  if (column == LOAD) {
    flows->load = load_of(flows->loads, text);
  } else if (column == OUTCOME) {
    flows->completed = strcmp(text, "completed") == 0;
  } else {
    char *end;
    flows->duration = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(flows->duration) || flows->duration < 0)
      return csv_reader_fail_value(reader, column, "a time in seconds", error);
  }
  return true;
}

static bool
read_flows(Flows *flows, const char *run, GError **error)
{
  g_autofree char *path = g_build_filename(run, "flows.csv", NULL);
  CsvReader reader;
  bool good = csv_reader_open(&reader, path, column_names, "a flows.csv", error);
  while (good && csv_reader_more(&reader)) {
    good = csv_reader_row(&reader, store, flows, error);
    if (good && flows->completed)
      g_array_append_val(flows->load->durations, flows->duration);
  }
  csv_reader_close(&reader);
  return good;
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
write_load(FigureData *data, Load *load, guint number)
{
  GArray *durations = load->durations;
  g_autofree char *block = g_strdup_printf("load-%u", number);
  g_array_sort(durations, compare);
  figure_data_block(data, block, "s, share; the first row is its name", "NaN NaN");
  figure_data_text(data, load->name);
  figure_data_row(data);
  guint step = MAX(durations->len / POINTS, 1);
  for (guint i = 0; i < durations->len; i++) {
    if (i % step != 0 && i + 1 < durations->len)
      continue;
    figure_data_number(data, g_array_index(durations, double, i), 9);
    figure_data_number(data, (double)(i + 1) / durations->len, 6);
    figure_data_row(data);
  }
}

bool
figure_data_fct_cdf(FigureData *data, GError **error)
{
  g_autoptr(GPtrArray) loads = g_ptr_array_new_with_free_func(load_free);
  Flows flows = {.loads = loads};
  if (!read_flows(&flows, data->request->run, error))
    return false;
  double least = HUGE_VAL, most = 0;
  for (guint i = loads->len; i-- > 0;) {
    const GArray *durations = ((Load *)loads->pdata[i])->durations;
    for (guint k = 0; k < durations->len; k++) {
      double duration = g_array_index(durations, double, k);
      least = duration > 0 ? MIN(least, duration) : least;
      most = MAX(most, duration);
    }
    if (durations->len == 0)
      g_ptr_array_remove_index(loads, i);
  }
  if (most == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s/flows.csv has no flow that was completed",
                data->request->run);
    return false;
  }
  if (loads->len > MAX_LOADS)
    g_ptr_array_set_size(loads, MAX_LOADS);
  figure_data_set(data, "x_from", least * 0.9, 9);
  figure_data_set(data, "x_to", most * 1.1, 9);
  figure_data_set(data, "log_x", most / least > 20, 0);
  figure_data_set(data, "loads", loads->len, 0);
  for (guint i = 0; i < loads->len; i++)
    write_load(data, loads->pdata[i], i);
  figure_data_end(data);
  return true;
}
