/* study-axis: which unit, which scale, and what stands along an axis. */
#include "plots/study-axis.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/math.h"

#define LOG_SPAN 50       /* greatest over least value from which on an even spread is no good */
#define DIGITS_MOST 1e5   /* from which on, */
#define DIGITS_LEAST 1e-3 /* and below which, ticks would have powers of ten */

static const char axis_names[3] = {'x', 'y', 'z'};

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

/* The power of a thousand in which numbers without a unit are drawn: of ticks such as 2e+06 there
 * is no room for a second one. */
static int
power_for(double least, double most)
{
  double greatest = MAX(fabs(least), fabs(most));
  int power = 0;
  if (!isfinite(greatest) || greatest == 0 || (greatest < DIGITS_MOST && greatest >= DIGITS_LEAST))
    return 0;
  for (; greatest >= 1000; greatest /= 1000)
    power += 3;
  for (; greatest < 1; greatest *= 1000)
    power -= 3;
  return power;
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
set_unit(const StudyPlot *plot, int which, StudyAxis *axis, double most, bool words)
{
  g_autofree char *thousands = NULL;
  const char *unit = plot->options->unit[which];
  const char *name = plot->options->label[which];
  SimQuantity quantity;
  if (unit == NULL && axis->column->param >= 0 && !words)
    unit =
        unit_for(((const StudyParam *)plot->table->params->pdata[axis->column->param])->kind, most);
  axis->unit = 1;
  axis->has_unit = unit != NULL;
  if (unit != NULL) {
    g_autofree char *one = g_strconcat("1 ", unit, NULL);
    if (sim_quantity_parse(one, &quantity, NULL))
      axis->unit = quantity.value;
  }
  int power = unit == NULL && !axis->category ? power_for(axis->least, most) : 0;
  if (power != 0) {
    axis->unit = sim_pow(10, power);
    thousands = g_strdup_printf("10^%d", power);
    unit = thousands;
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

/* Whether some of the values are names: "codel" beside "100 pkt". */
static bool
has_words(const StudyColumn *column, const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    guint row = g_array_index(rows, guint, i);
    if (isnan(study_column_number(column, row)) && *study_column_text(column, row) != '\0')
      return true;
  }
  return false;
}

/* What stands at a row's place: a number in the axis' unit, or the text. g_free. */
static char *
category_name(const StudyPlot *plot, const StudyAxis *axis, guint row)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double number = study_column_number(axis->column, row);
  if (!axis->has_unit || isnan(number))
    return study_column_print(plot->table, axis->column, row);
  return g_strdup(g_ascii_formatd(text, sizeof text, "%.12g", number / axis->unit));
}

static void
name_categories(const StudyPlot *plot, StudyAxis *axis, const GArray *rows, bool words)
{
  axis->names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_vals(order, rows->data, rows->len);
  if (!words)
    g_array_sort_with_data(order, compare_numbers, (gpointer)(uintptr_t)axis->column);
  for (guint i = 0; i < order->len; i++) {
    char *name = category_name(plot, axis, g_array_index(order, guint, i));
    if (g_hash_table_contains(seen, name)) {
      g_free(name);
      continue;
    }
    g_hash_table_add(seen, name);
    g_ptr_array_add(axis->names, name);
  }
}

bool
study_axis_open(StudyPlot *plot, int which, const char *name, const GArray *rows, bool category,
                GError **error)
{
  StudyAxis *axis = &plot->axes[which];
  char what[2] = {axis_names[which], '\0'};
  axis->column = study_table_column(plot->table, what, name, error);
  if (axis->column == NULL)
    return false;
  double least, most;
  find_range(axis->column, rows, &least, &most);
  bool words = has_words(axis->column, rows);
  if (most < least && !words) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: %s has no values", what, name);
    return false;
  }
  axis->least = least;
  axis->category = category || words;
  const char *log = plot->options->log;
  axis->logarithmic =
      !axis->category && least > 0 &&
      (log != NULL ? strchr(log, *what) != NULL && strcmp(log, "none") != 0
                   : which == 0 && axis->column->param >= 0 && most >= LOG_SPAN * least);
  set_unit(plot, which, axis, most, words);
  if (axis->category && which < 2)
    name_categories(plot, axis, rows, words);
  return true;
}

double
study_plot_place(const StudyPlot *plot, int axis, guint row)
{
  const StudyAxis *one = &plot->axes[axis];
  if (!one->category)
    return study_column_number(one->column, row) / one->unit;
  g_autofree char *name = category_name(plot, one, row);
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
  figure_data_set(data, "y_negative", plot->axes[1].least < 0, 0);
  figure_data_set(data, "x_names", plot->axes[0].names != NULL ? plot->axes[0].names->len : 0, 0);
  figure_data_set(data, "y_names", plot->axes[1].names != NULL ? plot->axes[1].names->len : 0, 0);
  figure_data_set(data, "groups", plot->groups->len, 0);
}
