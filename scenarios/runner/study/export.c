/* export: a file is written beside its place and moved there when it is whole. */
#include "scenarios/runner/study/export.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "scenarios/runner/csv.h"
#include "scenarios/runner/study/json-text.h"
#include "sim/error.h"
#include "sim/quantity.h"

/* A file under way. */
typedef struct Sheet {
  CsvFile *csv;
  char *path, *part; /* owned */
  GString *row;      /* owned: the cells so far */
} Sheet;

/* -- cells -- */

static void
put_comma(Sheet *sheet)
{
  if (sheet->row->len > 0)
    g_string_append_c(sheet->row, ',');
}

static void
put_text(Sheet *sheet, const char *text)
{
  put_comma(sheet);
  gsize had = sheet->row->len;
  g_string_set_size(sheet->row, had + csv_text_room(text));
  const char *end = csv_put_text(sheet->row->str + had, text);
  g_string_set_size(sheet->row, (gsize)(end - sheet->row->str));
}

/* Nothing for NaN. */
static void
put_number(Sheet *sheet, double value)
{
  put_comma(sheet);
  if (!isnan(value))
    json_text_append_number(sheet->row, value);
}

static void
put_count(Sheet *sheet, uint64_t value)
{
  put_comma(sheet);
  g_string_append_printf(sheet->row, "%" G_GUINT64_FORMAT, value);
}

/* A parameter's value: the number in its SI unit, or the text. */
static void
put_value(Sheet *sheet, const char *text)
{
  SimQuantity quantity;
  if (sim_quantity_parse(text, &quantity, NULL))
    put_number(sheet, quantity.value);
  else
    put_text(sheet, text);
}

static void
put_params(Sheet *sheet, const Study *study, uint64_t point)
{
  for (guint i = 0; i < study->plan->params->len; i++)
    put_value(sheet, plan_param(study->plan, point, i));
}

/* -- files -- */

static void
end_row(Sheet *sheet)
{
  char *at = csv_begin(sheet->csv, sheet->row->len + 1);
  csv_end(sheet->csv, csv_put_plain(at, sheet->row->str, sheet->row->len));
  g_string_truncate(sheet->row, 0);
}

/* The first row is the sheet's row so far. */
static bool
sheet_open(Sheet *sheet, const char *folder, const char *name, GError **error)
{
  sheet->path = g_build_filename(folder, name, NULL);
  sheet->part = g_strconcat(sheet->path, ".part", NULL);
  sheet->csv = csv_open(sheet->part, sheet->row->str, error);
  g_string_truncate(sheet->row, 0);
  return sheet->csv != NULL;
}

/* Moves it into place when `good`; frees it in any case. */
static bool
sheet_close(Sheet *sheet, bool good, GError **error)
{
  if (sheet->csv != NULL && !csv_close(sheet->csv, good ? error : NULL))
    good = false;
  else if (good && g_rename(sheet->part, sheet->path) != 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write %s: %s", sheet->path,
                g_strerror(errno));
    good = false;
  }
  if (!good && sheet->part != NULL)
    g_unlink(sheet->part);
  g_free(sheet->path);
  g_free(sheet->part);
  g_string_free(sheet->row, TRUE);
  return good;
}

static void
put_words(Sheet *sheet, const char *const *words)
{
  for (; *words != NULL; words++)
    put_text(sheet, *words);
}

static void
put_param_names(Sheet *sheet, const Plan *plan)
{
  for (guint i = 0; i < plan->params->len; i++)
    put_text(sheet, ((const PlanParam *)plan->params->pdata[i])->name);
}

/* A result that is called like a parameter or a column of ours has "result." in front. */
static void
put_result_name(Sheet *sheet, const Plan *plan, const char *name)
{
  static const char *const ours[] = {"point", "seed", "status", "message", NULL};
  bool taken = g_strv_contains(ours, name);
  for (guint i = 0; i < plan->params->len; i++)
    taken = taken || strcmp(((const PlanParam *)plan->params->pdata[i])->name, name) == 0;
  g_autofree char *other = g_strconcat("result.", name, NULL);
  put_text(sheet, taken ? other : name);
}

/* -- results.csv -- */

/* A point's rows under way. */
typedef struct Rows {
  Sheet *sheet;
  const GPtrArray *names;
  uint64_t point;
  GString *params; /* owned: ",0.05,cubic": its cells, the same in every row */
} Rows;

static bool
put_run(const Outcome *outcome, void *data)
{
  const Rows *rows = data;
  Sheet *sheet = rows->sheet;
  put_count(sheet, rows->point + 1);
  put_count(sheet, outcome->seed);
  put_text(sheet, outcome_status_name(outcome->status));
  put_text(sheet, outcome->message);
  g_string_append_len(sheet->row, rows->params->str, (gssize)rows->params->len);
  for (guint i = 0; i < rows->names->len; i++) {
    double value = NAN;
    for (guint k = 0; k < outcome->results->len; k++) {
      const OutcomeResult *result = &g_array_index(outcome->results, OutcomeResult, k);
      if (strcmp(result->name, rows->names->pdata[i]) == 0)
        value = result->value;
    }
    put_number(sheet, value);
  }
  end_row(sheet);
  return true;
}

static bool
write_results(Sheet *sheet, const Study *study, const GPtrArray *names, GError **error)
{
  bool good = true;
  Rows rows = {.sheet = sheet, .names = names, .params = g_string_new(NULL)};
  for (; good && rows.point < study->plan->points; rows.point++) {
    Sheet cells = {.row = rows.params};
    g_string_assign(rows.params, "."); /* so that the first one has its comma, too */
    put_params(&cells, study, rows.point);
    g_string_erase(rows.params, 0, 1);
    good = study_each_run(study, rows.point, put_run, &rows, error);
  }
  g_string_free(rows.params, TRUE);
  return good;
}

static bool
export_results(const Study *study, const char *folder, const GPtrArray *names, GError **error)
{
  static const char *const first[] = {"point", "seed", "status", "message", NULL};
  Sheet sheet = {.row = g_string_new(NULL)};
  put_words(&sheet, first);
  put_param_names(&sheet, study->plan);
  for (guint i = 0; i < names->len; i++)
    put_result_name(&sheet, study->plan, names->pdata[i]);
  bool good = sheet_open(&sheet, folder, "results.csv", error) &&
              write_results(&sheet, study, names, error);
  return sheet_close(&sheet, good, error);
}

/* -- summary.csv -- */

static void
put_mean(Sheet *sheet, const TableStats *stats)
{
  double mean = stats->moments.n > 0 ? stats->moments.mean : NAN;
  put_number(sheet, mean);
  put_number(sheet, stats->deviation);
  put_number(sheet, mean - stats->half);
  put_number(sheet, mean + stats->half);
}

static void
put_summary(Sheet *sheet, const Study *study, uint64_t number, const TablePoint *point)
{
  for (guint i = 0; i < point->names->len; i++) {
    TableStats stats;
    table_stats(&stats, point->values[i]);
    bool some = stats.moments.n > 0;
    put_count(sheet, number + 1);
    put_params(sheet, study, number);
    put_text(sheet, point->names->pdata[i]);
    put_count(sheet, stats.moments.n);
    put_count(sheet, point->failed);
    put_mean(sheet, &stats);
    put_number(sheet, some ? stats.moments.min : NAN);
    put_number(sheet, stats.median);
    put_number(sheet, stats.p90);
    put_number(sheet, stats.p99);
    put_number(sheet, some ? stats.moments.max : NAN);
    end_row(sheet);
  }
}

static bool
export_summary(const Study *study, const char *folder, const GPtrArray *names, GError **error)
{
  static const char *const last[] = {"result",   "n",         "failed", "mean",   "sd",
                                     "ci95_low", "ci95_high", "min",    "median", "p90",
                                     "p99",      "max",       NULL};
  Sheet sheet = {.row = g_string_new(NULL)};
  TablePoint point;
  put_text(&sheet, "point");
  put_param_names(&sheet, study->plan);
  put_words(&sheet, last);
  table_point_init(&point, names);
  bool good = sheet_open(&sheet, folder, "summary.csv", error);
  for (uint64_t i = 0; good && i < study->plan->points; i++) {
    good = table_point_read(&point, study, i, error);
    if (good && (point.seeds->len > 0 || point.failed > 0))
      put_summary(&sheet, study, i, &point);
  }
  table_point_clear(&point);
  return sheet_close(&sheet, good, error);
}

/* -- differences.csv -- */

static void
put_differences(Sheet *sheet, const Study *study, uint64_t number, const TablePoint *point,
                const TablePoint *other)
{
  for (guint i = 0; i < point->names->len; i++) {
    g_autoptr(GArray) values = table_differences(point, other, i);
    TableStats stats;
    table_stats(&stats, values);
    put_count(sheet, number + 1);
    put_count(sheet, plan_vs_point(study->plan, number) + 1);
    put_params(sheet, study, number);
    put_text(sheet, point->names->pdata[i]);
    put_count(sheet, stats.moments.n);
    put_mean(sheet, &stats);
    end_row(sheet);
  }
}

static bool
export_differences(const Study *study, const char *folder, const GPtrArray *names, GError **error)
{
  static const char *const first[] = {"point", "vs_point", NULL};
  static const char *const last[] = {"result", "n", "mean", "sd", "ci95_low", "ci95_high", NULL};
  Sheet sheet = {.row = g_string_new(NULL)};
  TablePoint point, other;
  put_words(&sheet, first);
  put_param_names(&sheet, study->plan);
  put_words(&sheet, last);
  table_point_init(&point, names);
  table_point_init(&other, names);
  bool good = sheet_open(&sheet, folder, "differences.csv", error);
  for (uint64_t i = 0; good && i < study->plan->points; i++) {
    uint64_t vs = plan_vs_point(study->plan, i);
    if (vs == i)
      continue;
    good = table_point_read(&point, study, i, error) && table_point_read(&other, study, vs, error);
    if (good && point.seeds->len > 0 && other.seeds->len > 0)
      put_differences(&sheet, study, i, &point, &other);
  }
  table_point_clear(&point);
  table_point_clear(&other);
  return sheet_close(&sheet, good, error);
}

bool
export_all(const Study *study, const char *folder, GError **error)
{
  g_autoptr(GPtrArray) names = table_names(study, error);
  return names != NULL && export_results(study, folder, names, error) &&
         export_summary(study, folder, names, error) &&
         (study->plan->vs_axis < 0 || export_differences(study, folder, names, error));
}
