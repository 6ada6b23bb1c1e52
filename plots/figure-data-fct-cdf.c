/* figure-data-fct-cdf: how long flows took: the share of completed ones that took no longer than
 * that, a curve for each load. */
#include "plots/figure-curves.h"

#include <math.h>
#include <string.h>

#include "plots/csv-reader.h"
#include "sim/error.h"

#define MAX_LOADS 6

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

bool
figure_curves_fct_cdf(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(GPtrArray) loads = g_ptr_array_new_with_free_func(load_free);
  Flows flows = {.loads = loads};
  if (!read_flows(&flows, request->run, error))
    return false;
  curves->exact = false;
  curves->xlabel = "Flow-completion time";
  curves->ylabel = "Share of flows";
  curves->share = 1;
  for (guint i = 0; i < loads->len; i++) {
    GArray *durations = ((Load *)loads->pdata[i])->durations;
    if (durations->len > 0 && curves->curves->len < MAX_LOADS)
      figure_curve_distribution(figure_curves_add(curves, ((Load *)loads->pdata[i])->name),
                                durations, durations->len);
  }
  if (curves->curves->len > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s/flows.csv has no flow that was completed",
              request->run);
  return false;
}

bool
figure_data_fct_cdf(FigureData *data, GError **error)
{
  return figure_curves_make(data, figure_curves_fct_cdf, error);
}
