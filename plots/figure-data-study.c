/* figure-data-study: the figures of a study: what is drawn is computed here, gnuplot draws. */
#include <math.h>

#include "plots/figure-data.h"
#include "plots/study-plot.h"
#include "sim/error.h"
#include "sim/student.h"

#define DECIMALS 12

/* Begins the block of a group; its label is the first row. */
static void
begin_group(FigureData *data, const StudyPlot *plot, guint group, const char *columns,
            const char *nan)
{
  g_autofree char *block = g_strdup_printf("group-%u", group);
  figure_data_block(data, block, columns, nan);
  figure_data_text(data, ((const StudyGroup *)plot->groups->pdata[group])->label);
  figure_data_row(data);
}

static void
put_numbers(FigureData *data, const double *values, guint count)
{
  for (guint i = 0; i < count; i++)
    figure_data_number(data, values[i], DECIMALS);
  figure_data_row(data);
}

/* From the least to the greatest place on x, or from one category to the other. */
static void
find_x(const StudyPlot *plot, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < plot->groups->len; i++) {
    const GArray *rows = ((const StudyGroup *)plot->groups->pdata[i])->rows;
    for (guint k = 0; k < rows->len; k++) {
      double x = study_plot_place(plot, 0, g_array_index(rows, guint, k));
      *low = isnan(x) ? *low : MIN(*low, x);
      *high = isnan(x) ? *high : MAX(*high, x);
    }
  }
  if (*high < *low)
    *low = *high = 0;
}

static void
set_x(const StudyPlot *plot, FigureData *data, double low, double high)
{
  double margin = plot->axes[0].category ? 0.5 : high > low ? 0.03 * (high - low) : 1;
  double from = low - margin, to = high + margin;
  if (plot->axes[0].logarithmic) {
    from = low / 1.15;
    to = high * 1.15;
  }
  figure_data_set(data, "x_from", from, DECIMALS);
  figure_data_set(data, "x_to", to, DECIMALS);
}

/* What figures with numbers along x have in common: the plot, with its axes written. */
static StudyPlot *
begin(FigureData *data, double *low, double *high, GError **error)
{
  StudyPlot *plot = study_plot_new(data, false, error);
  if (plot == NULL)
    return NULL;
  find_x(plot, low, high);
  set_x(plot, data, *low, *high);
  study_plot_write_axes(plot, data);
  return plot;
}

bool
figure_data_lines(FigureData *data, GError **error)
{
  double low, high;
  g_autoptr(StudyPlot) plot = begin(data, &low, &high, error);
  if (plot == NULL)
    return false;
  for (guint i = 0; i < plot->groups->len; i++) {
    g_autoptr(GArray) means = study_plot_means(plot, plot->groups->pdata[i]);
    begin_group(data, plot, i, "x mean low high; the first row is its name", "NaN NaN NaN NaN");
    for (guint k = 0; k < means->len; k++) {
      const StudyMean *mean = &g_array_index(means, StudyMean, k);
      double row[] = {mean->x, mean->mean, mean->low, mean->high};
      put_numbers(data, row, G_N_ELEMENTS(row));
    }
  }
  bool good = study_plot_write_theories(plot, data, low, high, error);
  figure_data_end(data);
  return good;
}

bool
figure_data_scatter(FigureData *data, GError **error)
{
  double low, high;
  g_autoptr(StudyPlot) plot = begin(data, &low, &high, error);
  if (plot == NULL)
    return false;
  for (guint i = 0; i < plot->groups->len; i++) {
    const GArray *rows = ((const StudyGroup *)plot->groups->pdata[i])->rows;
    begin_group(data, plot, i, "x y; the first row is its name", "NaN NaN");
    for (guint k = 0; k < rows->len; k++) {
      guint row = g_array_index(rows, guint, k);
      double place[] = {study_plot_place(plot, 0, row), study_plot_place(plot, 1, row)};
      put_numbers(data, place, G_N_ELEMENTS(place));
    }
  }
  bool good = study_plot_write_theories(plot, data, low, high, error);
  figure_data_end(data);
  return good;
}

bool
figure_data_heatmap(FigureData *data, GError **error)
{
  g_autoptr(StudyPlot) plot = study_plot_new(data, true, error);
  if (plot == NULL)
    return false;
  if (plot->groups->len > 1) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "a heatmap has one field: fix the parameter, NAME=VALUE, in place of by=");
    return false;
  }
  guint columns = plot->axes[0].names->len, rows = plot->axes[1].names->len;
  g_autofree SimMoments *cells = g_new0(SimMoments, (gsize)columns * rows);
  const GArray *chosen = ((const StudyGroup *)plot->groups->pdata[0])->rows;
  for (guint i = 0; i < chosen->len; i++) {
    guint row = g_array_index(chosen, guint, i);
    double z = study_plot_place(plot, 2, row);
    guint x = (guint)study_plot_place(plot, 0, row), y = (guint)study_plot_place(plot, 1, row);
    if (!isnan(z))
      sim_moments_add(&cells[y * columns + x], z);
  }
  study_plot_write_axes(plot, data);
  figure_data_block(data, "cells", "column row mean", "NaN NaN NaN");
  for (guint i = 0; i < columns * rows; i++) {
    double cell[] = {i % columns, i / columns, cells[i].mean};
    if (cells[i].n > 0)
      put_numbers(data, cell, G_N_ELEMENTS(cell));
  }
  figure_data_end(data);
  return true;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The values of an axis in a group, sorted; of one place on x when `x` is not NaN. */
static GArray *
sorted_values(const StudyPlot *plot, const StudyGroup *group, int axis, double x)
{
  GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < group->rows->len; i++) {
    guint row = g_array_index(group->rows, guint, i);
    double value = study_plot_place(plot, axis, row);
    if (!isnan(value) && (isnan(x) || study_plot_place(plot, 0, row) == x))
      g_array_append_val(values, value);
  }
  g_array_sort(values, compare);
  return values;
}

bool
figure_data_cdf(FigureData *data, GError **error)
{
  double low, high;
  g_autoptr(StudyPlot) plot = begin(data, &low, &high, error);
  if (plot == NULL)
    return false;
  for (guint i = 0; i < plot->groups->len; i++) {
    g_autoptr(GArray) values = sorted_values(plot, plot->groups->pdata[i], 0, NAN);
    begin_group(data, plot, i, "value part; the first row is its name", "NaN NaN");
    for (guint k = 0; k <= values->len && values->len > 0; k++) {
      double at = g_array_index(values, double, k == 0 ? 0 : k - 1);
      double step[] = {at, (double)k / values->len};
      put_numbers(data, step, G_N_ELEMENTS(step));
    }
  }
  figure_data_end(data);
  return true;
}

bool
figure_data_box(FigureData *data, GError **error)
{
  static const double parts[] = {0, 0.25, 0.5, 0.75, 1};
  g_autoptr(StudyPlot) plot = study_plot_new(data, true, error);
  if (plot == NULL)
    return false;
  study_plot_write_axes(plot, data);
  for (guint i = 0; i < plot->groups->len; i++) {
    begin_group(data, plot, i, "place min q1 median q3 max mean; the first row is its name",
                "NaN NaN NaN NaN NaN NaN NaN");
    for (guint x = 0; x < plot->axes[0].names->len; x++) {
      g_autoptr(GArray) values = sorted_values(plot, plot->groups->pdata[i], 1, x);
      SimMoments moments = {0};
      double row[7] = {x};
      if (values->len == 0)
        continue;
      for (guint k = 0; k < G_N_ELEMENTS(parts); k++)
        row[k + 1] =
            sim_student_quantile((const double *)(const void *)values->data, values->len, parts[k]);
      for (guint k = 0; k < values->len; k++)
        sim_moments_add(&moments, g_array_index(values, double, k));
      row[6] = moments.mean;
      put_numbers(data, row, G_N_ELEMENTS(row));
    }
  }
  figure_data_end(data);
  return true;
}
