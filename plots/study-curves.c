/* study-curves: formulas over x, for each group of a figure. */
#include "plots/study-plot.h"

#include <math.h>
#include <string.h>

#include "plots/theory.h"
#include "sim/error.h"
#include "sim/math.h"

#define CURVE_POINTS 100

/* What a formula's arguments mean: x under way, the rest as in the group. */
typedef struct Place {
  const StudyPlot *plot;
  guint row;
  double x; /* in SI units */
} Place;

static bool
look_up(const char *name, double *value, void *data)
{
  const Place *place = data;
  for (guint i = 0; i < place->plot->table->columns->len; i++) {
    const StudyColumn *column = place->plot->table->columns->pdata[i];
    if (column->param < 0 || strcmp(column->name, name) != 0)
      continue;
    *value =
        column == place->plot->axes[0].column ? place->x : study_column_number(column, place->row);
    return !isnan(*value);
  }
  return false;
}

static bool
write_curve(const StudyPlot *plot, FigureData *data, const TheoryCall *call, guint group,
            double low, double high, GError **error)
{
  const StudyAxis *x = &plot->axes[0], *y = &plot->axes[1];
  const StudyGroup *rows = plot->groups->pdata[group];
  for (guint i = 0; i <= CURVE_POINTS; i++) {
    double part = (double)i / CURVE_POINTS;
    double at = x->logarithmic ? low * sim_pow(high / low, part) : low + part * (high - low);
    Place place = {plot, g_array_index(rows->rows, guint, 0), at * x->unit};
    double value;
    if (!theory_value(call, look_up, &place, &value, error))
      return false;
    if (isnan(value) || isinf(value) || (at <= 0 && x->logarithmic))
      continue;
    figure_data_number(data, at, 9);
    figure_data_number(data, value / y->unit, 9);
    figure_data_row(data);
  }
  return true;
}

/* Whether the formula says the same of both groups. */
static bool
is_same_curve(const StudyPlot *plot, const TheoryCall *call, guint group, double low, double high)
{
  double parts[] = {low, low + 0.3 * (high - low), low + 0.7 * (high - low), high};
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
    double values[2] = {0, 0};
    for (guint k = 0; k < 2; k++) {
      const StudyGroup *rows = plot->groups->pdata[k == 0 ? 0 : group];
      Place place = {plot, g_array_index(rows->rows, guint, 0), parts[i] * plot->axes[0].unit};
      if (!theory_value(call, look_up, &place, &values[k], NULL))
        return false;
    }
    if (values[0] != values[1] && !(isnan(values[0]) && isnan(values[1])))
      return false;
  }
  return true;
}

bool
study_plot_write_theories(const StudyPlot *plot, FigureData *data, double low, double high,
                          GError **error)
{
  const GPtrArray *calls = plot->options->theories;
  guint count = 0;
  if (calls != NULL && plot->axes[0].category) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "theory needs numbers along x, not names");
    return false;
  }
  for (guint i = 0; calls != NULL && i < calls->len; i++) {
    const TheoryCall *call = calls->pdata[i];
    for (guint group = 0; group < plot->groups->len; group++) {
      if (group > 0 && is_same_curve(plot, call, group, low, high))
        continue;
      g_autofree char *block = g_strdup_printf("theory-%u", count++);
      figure_data_block(data, block, "x y; the first row is its title, which formula, its group",
                        "NaN NaN");
      figure_data_text(data, group == 0 ? call->ops->title : "");
      figure_data_row(data);
      if (!write_curve(plot, data, call, group, low, high, error))
        return false;
      g_autofree char *name = g_strdup_printf("theory_%u", count - 1);
      figure_data_set(data, name, i, 0);
    }
  }
  if (count == 0) /* gnuplot reads the first turn of a loop that has none */
    figure_data_set(data, "theory_0", 0, 0);
  figure_data_set(data, "theories", count, 0);
  return true;
}
