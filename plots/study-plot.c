/* study-plot: chooses rows, makes groups, scales axes. */
#include "plots/study-plot.h"

#include <math.h>
#include <string.h>

#include "plots/theory.h"
#include "sim/error.h"
#include "sim/math.h"
#include "sim/student.h"

#define LOG_SPAN 50 /* greatest over least value from which on an even spread is no good */
#define CURVE_POINTS 100

static const char axis_names[3] = {'x', 'y', 'z'};

static void
free_group(gpointer data)
{
  StudyGroup *group = data;
  g_free(group->label);
  g_array_unref(group->rows);
  g_free(group);
}

void
study_plot_free(StudyPlot *plot)
{
  for (int i = 0; i < 3; i++) {
    g_clear_pointer(&plot->axes[i].names, g_ptr_array_unref);
    g_free(plot->axes[i].label);
  }
  g_clear_pointer(&plot->table, study_table_free);
  g_clear_pointer(&plot->options, study_options_free);
  g_clear_pointer(&plot->groups, g_ptr_array_unref);
  g_free(plot);
}

/* -- which rows -- */

/* "50ms" and 0.05, "cubic" and "cubic". */
static bool
is_value(const StudyColumn *column, guint row, const char *value)
{
  SimQuantity quantity;
  double number = study_column_number(column, row);
  if (!isnan(number) && sim_quantity_parse(value, &quantity, NULL))
    return fabs(number - quantity.value) <= 1e-12 * fabs(number);
  return strcmp(study_column_text(column, row), value) == 0;
}

/* The rows that pass every filter. g_array_unref; NULL and an error. */
static GArray *
choose_rows(const StudyPlot *plot, GError **error)
{
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
  const GPtrArray *filters = plot->options->filters;
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  for (guint i = 0; i < filters->len; i++) {
    const StudyFilter *filter = filters->pdata[i];
    const StudyColumn *column = study_table_column(plot->table, filter->name, filter->name, error);
    if (column == NULL)
      return NULL;
    g_ptr_array_add(columns, (gpointer)(uintptr_t)column);
  }
  for (guint row = 0; row < plot->table->rows; row++) {
    bool wanted = true;
    for (guint i = 0; i < filters->len && wanted; i++)
      wanted = is_value(columns->pdata[i], row, ((const StudyFilter *)filters->pdata[i])->value);
    if (wanted)
      g_array_append_val(rows, row);
  }
  if (rows->len > 0)
    return g_steal_pointer(&rows);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "no run of the study has the values asked for");
  return NULL;
}

static bool
is_spoken_for(const StudyPlot *plot, const char *name)
{
  const StudyOptions *options = plot->options;
  if (g_strcmp0(options->x, name) == 0 || g_strcmp0(options->y, name) == 0 ||
      g_strcmp0(options->z, name) == 0 ||
      (options->by != NULL && g_strv_contains((const char *const *)options->by, name)))
    return true;
  for (guint i = 0; i < options->filters->len; i++)
    if (strcmp(((const StudyFilter *)options->filters->pdata[i])->name, name) == 0)
      return true;
  return false;
}

/* Runs that differ in what the figure does not show would be one mean. Two results against each
 * other (scatter) may come from anywhere. */
static bool
check_varied(const StudyPlot *plot, GError **error)
{
  if (plot->axes[0].column->param < 0 && plot->axes[1].column != NULL)
    return true;
  for (guint i = 0; i < plot->table->params->len; i++) {
    const StudyParam *param = plot->table->params->pdata[i];
    if (!param->varied || is_spoken_for(plot, param->name))
      continue;
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the study varies %s, too: by=%s draws a curve for each value, %s=%s only one",
                param->name, param->name, param->name, param->value);
    return false;
  }
  return true;
}

/* -- groups -- */

static char *
group_label(const StudyPlot *plot, const GPtrArray *columns, guint row)
{
  GString *label = g_string_new(NULL);
  for (guint i = 0; i < columns->len; i++) {
    const StudyColumn *column = columns->pdata[i];
    g_autofree char *value = study_column_print(plot->table, column, row);
    if (i > 0)
      g_string_append(label, ", ");
    if (!isnan(study_column_number(column, row)))
      g_string_append_printf(label, "%s ", column->name);
    g_string_append(label, value);
  }
  return g_string_free(label, FALSE);
}

static bool
make_groups(StudyPlot *plot, const GArray *rows, GError **error)
{
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
  plot->groups = g_ptr_array_new_with_free_func(free_group);
  for (char **name = plot->options->by; name != NULL && *name != NULL; name++) {
    const StudyColumn *column = study_table_column(plot->table, "by", *name, error);
    if (column == NULL)
      return false;
    g_ptr_array_add(columns, (gpointer)(uintptr_t)column);
  }
  for (guint i = 0; i < rows->len; i++) {
    guint row = g_array_index(rows, guint, i);
    g_autofree char *label = group_label(plot, columns, row);
    StudyGroup *group = g_hash_table_lookup(found, label);
    if (group == NULL) {
      group = g_new0(StudyGroup, 1);
      *group = (StudyGroup){.label = g_steal_pointer(&label),
                            .rows = g_array_new(FALSE, FALSE, sizeof(guint))};
      g_ptr_array_add(plot->groups, group);
      g_hash_table_insert(found, group->label, group);
    }
    g_array_append_val(group->rows, row);
  }
  return true;
}

/* -- axes -- */

/* The unit in which people read numbers of that kind, when the greatest is `most`. */
static const char *
unit_for(SimQuantityKind kind, double most)
{
  switch (kind) {
  case SIM_QUANTITY_TIME:
    return most < 1e-3 ? "us" : most < 1 ? "ms" : "s";
  case SIM_QUANTITY_RATE:
    return most < 1e6 ? "kbit/s" : most < 1e9 ? "Mbit/s" : "Gbit/s";
  case SIM_QUANTITY_SIZE:
    return most < 1e4 ? "B" : most < 1e7 ? "kB" : "MB";
  case SIM_QUANTITY_RATIO:
    return "%";
  case SIM_QUANTITY_PACKETS:
    return "pkt";
  case SIM_QUANTITY_BDP:
    return "BDP";
  default:
    return NULL;
  }
}

static void
find_range(const StudyColumn *column, const GArray *rows, double *least, double *most)
{
  *least = INFINITY;
  *most = -INFINITY;
  for (guint i = 0; i < rows->len; i++) {
    double value = study_column_number(column, g_array_index(rows, guint, i));
    if (isnan(value))
      continue;
    *least = MIN(*least, value);
    *most = MAX(*most, value);
  }
}

static void
set_unit(const StudyPlot *plot, int which, StudyAxis *axis, double most)
{
  const char *unit = plot->options->unit[which];
  const char *name = plot->options->label[which];
  SimQuantity quantity;
  if (unit == NULL && axis->column->param >= 0 && !axis->category)
    unit =
        unit_for(((const StudyParam *)plot->table->params->pdata[axis->column->param])->kind, most);
  axis->unit = 1;
  if (unit != NULL) {
    g_autofree char *one = g_strconcat("1 ", unit, NULL);
    if (sim_quantity_parse(one, &quantity, NULL))
      axis->unit = quantity.value;
  }
  if (name == NULL)
    name = axis->column->name;
  axis->label = unit != NULL ? g_strdup_printf("%s [%s]", name, unit) : g_strdup(name);
}

/* A category's values stand in the order of their appearance, numbers in their own. */
static gint
compare_numbers(gconstpointer a, gconstpointer b, gpointer data)
{
  const StudyColumn *column = data;
  double x = study_column_number(column, *(const guint *)a);
  double y = study_column_number(column, *(const guint *)b);
  return (x > y) - (x < y);
}

static void
name_categories(const StudyPlot *plot, StudyAxis *axis, const GArray *rows, bool numbers)
{
  axis->names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_vals(order, rows->data, rows->len);
  if (numbers)
    g_array_sort_with_data(order, compare_numbers, (gpointer)(uintptr_t)axis->column);
  for (guint i = 0; i < order->len; i++) {
    guint row = g_array_index(order, guint, i);
    char *name = study_column_print(plot->table, axis->column, row);
    if (g_hash_table_contains(seen, name)) {
      g_free(name);
      continue;
    }
    g_hash_table_add(seen, name);
    g_ptr_array_add(axis->names, name);
  }
}

static bool
open_axis(StudyPlot *plot, int which, const char *name, const GArray *rows, bool category,
          GError **error)
{
  StudyAxis *axis = &plot->axes[which];
  char what[2] = {axis_names[which], '\0'};
  axis->column = study_table_column(plot->table, what, name, error);
  if (axis->column == NULL)
    return false;
  double least, most;
  find_range(axis->column, rows, &least, &most);
  bool text = most < least;
  axis->category = category || text;
  if (axis->category && which < 2)
    name_categories(plot, axis, rows, !text);
  if (text && axis->column->param < 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: %s has no values", what, name);
    return false;
  }
  const char *log = plot->options->log;
  axis->logarithmic =
      !axis->category && least > 0 &&
      (log != NULL ? strchr(log, *what) != NULL && strcmp(log, "none") != 0
                   : which == 0 && axis->column->param >= 0 && most >= LOG_SPAN * least);
  set_unit(plot, which, axis, most);
  return true;
}

StudyPlot *
study_plot_new(const FigureData *data, bool categories, GError **error)
{
  const FigureRequest *request = data->request;
  g_autoptr(StudyPlot) plot = g_new0(StudyPlot, 1);
  plot->options = study_options_read(request->name, request->options, error);
  plot->table = plot->options != NULL ? study_table_read(request->run, error) : NULL;
  if (plot->table == NULL)
    return NULL;
  g_autoptr(GArray) rows = choose_rows(plot, error);
  const StudyOptions *options = plot->options;
  if (rows == NULL || !open_axis(plot, 0, options->x, rows, categories, error) ||
      (options->y != NULL &&
       !open_axis(plot, 1, options->y, rows, categories && options->z != NULL, error)) ||
      (options->z != NULL && !open_axis(plot, 2, options->z, rows, false, error)) ||
      !make_groups(plot, rows, error) || !check_varied(plot, error))
    return NULL;
  return g_steal_pointer(&plot);
}

double
study_plot_place(const StudyPlot *plot, int axis, guint row)
{
  const StudyAxis *one = &plot->axes[axis];
  if (!one->category)
    return study_column_number(one->column, row) / one->unit;
  g_autofree char *name = study_column_print(plot->table, one->column, row);
  for (guint i = 0; i < one->names->len; i++)
    if (strcmp(one->names->pdata[i], name) == 0)
      return i;
  return NAN;
}

/* -- writing -- */

static void
write_label(FigureData *data, const char *block, const StudyAxis *axis)
{
  figure_data_block(data, block, "text", "\" \"");
  if (axis->label != NULL) {
    figure_data_text(data, axis->label);
    figure_data_row(data);
  }
}

static void
write_tics(FigureData *data, const char *block, const StudyAxis *axis)
{
  figure_data_block(data, block, "place name", "NaN \" \"");
  for (guint i = 0; axis->names != NULL && i < axis->names->len; i++) {
    figure_data_integer(data, i);
    figure_data_text(data, axis->names->pdata[i]);
    figure_data_row(data);
  }
}

void
study_plot_write_axes(const StudyPlot *plot, FigureData *data)
{
  write_label(data, "xlabel", &plot->axes[0]);
  write_label(data, "ylabel", &plot->axes[1]);
  write_label(data, "zlabel", &plot->axes[2]);
  write_tics(data, "xtics", &plot->axes[0]);
  write_tics(data, "ytics", &plot->axes[1]);
  figure_data_set(data, "log_x", plot->axes[0].logarithmic, 0);
  figure_data_set(data, "log_y", plot->axes[1].logarithmic, 0);
  figure_data_set(data, "x_names", plot->axes[0].names != NULL ? plot->axes[0].names->len : 0, 0);
  figure_data_set(data, "y_names", plot->axes[1].names != NULL ? plot->axes[1].names->len : 0, 0);
  figure_data_set(data, "groups", plot->groups->len, 0);
}

/* -- theories -- */

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

/* -- means -- */

typedef struct Sample {
  double x, y;
} Sample;

static gint
compare_samples(gconstpointer a, gconstpointer b)
{
  const Sample *x = a, *y = b;
  return (x->x > y->x) - (x->x < y->x);
}

GArray *
study_plot_means(const StudyPlot *plot, const StudyGroup *group)
{
  GArray *means = g_array_new(FALSE, FALSE, sizeof(StudyMean));
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(Sample));
  for (guint i = 0; i < group->rows->len; i++) {
    guint row = g_array_index(group->rows, guint, i);
    Sample sample = {study_plot_place(plot, 0, row), study_plot_place(plot, 1, row)};
    if (!isnan(sample.x) && !isnan(sample.y))
      g_array_append_val(samples, sample);
  }
  g_array_sort(samples, compare_samples);
  for (guint i = 0; i < samples->len;) {
    SimMoments moments = {0};
    double x = g_array_index(samples, Sample, i).x;
    for (; i < samples->len && g_array_index(samples, Sample, i).x == x; i++)
      sim_moments_add(&moments, g_array_index(samples, Sample, i).y);
    double half = sim_student_half(&moments);
    StudyMean mean = {x, moments.mean, moments.mean - half, moments.mean + half, (guint)moments.n};
    g_array_append_val(means, mean);
  }
  return means;
}
