/* report: a table in columns, as long as it fits on a page or two. */
#include "scenarios/runner/study/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/runner/study/table.h"
#include "scenarios/runner/terminal.h"

#define POINTS_SHOWN 60
#define FAILURES_SHOWN 10
#define GAP 2 /* columns between two columns */

/* Cells of texts, row by row. */
typedef struct Grid {
  GPtrArray *cells; /* of char *, owned */
  guint columns;
} Grid;

static void
print_grid(const Grid *grid)
{
  g_autofree guint *widths = g_new0(guint, grid->columns);
  for (guint i = 0; i < grid->cells->len; i++) {
    g_autofree char *cell = terminal_plain(grid->cells->pdata[i]);
    glong width = g_utf8_strlen(cell, -1);
    widths[i % grid->columns] = MAX(widths[i % grid->columns], (guint)width);
  }
  for (guint i = 0; i < grid->cells->len; i++) {
    g_autofree char *cell = terminal_plain(grid->cells->pdata[i]);
    guint column = i % grid->columns;
    bool last = column + 1 == grid->columns;
    int pad = last ? 0 : (int)(widths[column] - (guint)g_utf8_strlen(cell, -1)) + GAP;
    printf("%s%s%*s%s", column == 0 ? "  " : "", cell, pad, "", last ? "\n" : "");
  }
}

static char *
format(double value, const char *digits)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup(g_ascii_formatd(text, sizeof text, digits, value + 0.0));
}

/* "0.2113 ± 0.0041"; the mean to the digit that the interval makes certain. */
static char *
mean_text(const TableStats *stats, bool unicode)
{
  if (stats->moments.n == 0)
    return g_strdup("-");
  double mean = stats->moments.mean;
  if (stats->moments.n < 2 || stats->half == 0)
    return format(mean, "%.6g");
  g_autofree char *half = format(stats->half, "%.2g");
  int digits = 4;
  if (mean != 0 && stats->half > 0)
    digits = CLAMP((int)ceil(log10(fabs(mean) / stats->half)) + 2, 2, 10);
  char form[8];
  g_snprintf(form, sizeof form, "%%.%dg", digits);
  g_autofree char *text = format(mean, form);
  return g_strdup_printf("%s %s %s", text, unicode ? "\u00b1" : "+-", half);
}

/* A parameter with one value is no column. */
static bool
is_varied(const Plan *plan, guint axis)
{
  return ((const Axis *)plan->axes->pdata[axis])->values->len > 1;
}

static void
add_heads(Grid *grid, const Plan *plan, const GPtrArray *names)
{
  for (guint i = 0; i < plan->axes->len; i++)
    if (is_varied(plan, i))
      g_ptr_array_add(grid->cells, g_strdup(((const Axis *)plan->axes->pdata[i])->name));
  g_ptr_array_add(grid->cells, g_strdup("runs"));
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add(grid->cells, g_strdup(names->pdata[i]));
}

static void
add_point(Grid *grid, const Plan *plan, uint64_t number, const TablePoint *point, bool unicode)
{
  for (guint i = 0; i < plan->axes->len; i++)
    if (is_varied(plan, i))
      g_ptr_array_add(grid->cells, g_strdup(plan_value(plan, number, i)));
  g_ptr_array_add(grid->cells, g_strdup_printf("%u", point->seeds->len));
  for (guint i = 0; i < point->names->len; i++) {
    TableStats stats;
    table_stats(&stats, point->values[i]);
    g_ptr_array_add(grid->cells, mean_text(&stats, unicode));
  }
}

static bool
print_points(const Study *study, const GPtrArray *names, GError **error)
{
  const Plan *plan = study->plan;
  bool unicode = terminal_of(STDOUT_FILENO).unicode, good = true;
  Grid grid = {.cells = g_ptr_array_new_with_free_func(g_free), .columns = 1 + names->len};
  for (guint i = 0; i < plan->axes->len; i++)
    grid.columns += is_varied(plan, i);
  TablePoint point;
  table_point_init(&point, names);
  add_heads(&grid, plan, names);
  for (uint64_t i = 0; good && i < MIN(plan->points, POINTS_SHOWN); i++) {
    good = table_point_read(&point, study, i, error);
    if (good && point.seeds->len > 0)
      add_point(&grid, plan, i, &point, unicode);
  }
  if (good && names->len > 0) {
    printf("Means and 95 %% intervals\n");
    print_grid(&grid);
    if (plan->points > POINTS_SHOWN)
      printf("  and %" G_GUINT64_FORMAT " points more: summary.csv has them all\n",
             plan->points - POINTS_SHOWN);
  }
  table_point_clear(&point);
  g_ptr_array_unref(grid.cells);
  return good;
}

/* The list of runs that failed, under way. */
typedef struct Failures {
  const Plan *plan;
  uint64_t point, shown;
} Failures;

static bool
print_failure(const Outcome *outcome, void *data)
{
  Failures *failures = data;
  if (outcome->status == OUTCOME_OK)
    return true;
  g_autofree char *label = plan_label(failures->plan, failures->point);
  g_autofree char *message = terminal_plain(outcome->message);
  printf("%s  %s%sseed %" G_GUINT64_FORMAT ": %s\n",
         failures->shown == 0 ? "Runs that failed\n" : "", label, *label != '\0' ? ", " : "",
         outcome->seed, message);
  return ++failures->shown < FAILURES_SHOWN;
}

/* The first runs that failed or did not meet an expectation. */
static bool
print_failures(const Study *study, GError **error)
{
  uint64_t all = study->counts.failed + study->counts.unmet;
  Failures failures = {.plan = study->plan};
  for (; failures.point < study->plan->points && failures.shown < MIN(all, FAILURES_SHOWN);
       failures.point++)
    if (!study_each_run(study, failures.point, print_failure, &failures, error))
      return false;
  if (all > failures.shown)
    printf("  and %" G_GUINT64_FORMAT " more: results.csv has them all\n", all - failures.shown);
  return true;
}

bool
report_print(const Study *study, GError **error)
{
  g_autoptr(GPtrArray) names = table_names(study, error);
  return names != NULL && print_points(study, names, error) && print_failures(study, error);
}
