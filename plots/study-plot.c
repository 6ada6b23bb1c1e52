/* study-plot: chooses rows, makes groups, takes means. */
#include "plots/study-plot.h"

#include <math.h>
#include <string.h>

#include "plots/study-axis.h"
#include "sim/error.h"
#include "sim/student.h"

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
  if (rows == NULL || !study_axis_open(plot, 0, options->x, rows, categories, error) ||
      (options->y != NULL &&
       !study_axis_open(plot, 1, options->y, rows, categories && options->z != NULL, error)) ||
      (options->z != NULL && !study_axis_open(plot, 2, options->z, rows, false, error)) ||
      !make_groups(plot, rows, error) || !check_varied(plot, error))
    return NULL;
  return g_steal_pointer(&plot);
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
