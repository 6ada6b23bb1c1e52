/* study-options: each figure has options that it needs and options that it takes. */
#include "plots/study-options.h"

#include <string.h>

#include "plots/theory.h"
#include "sim/error.h"
#include "sim/quantity.h"

/* What a figure needs, and whether formulas can lie over it. */
static const struct {
  const char *figure, *needs[4];
  bool theory;
} figures[] = {
    {"lines", {"x", "y", NULL}, true},         {"scatter", {"x", "y", NULL}, true},
    {"heatmap", {"x", "y", "z", NULL}, false}, {"cdf", {"x", NULL}, false},
    {"box", {"x", "y", NULL}, false},
};

static const char *const words[] = {"x",      "y",      "z",     "by",     "log",
                                    "xunit",  "yunit",  "zunit", "xlabel", "ylabel",
                                    "zlabel", "theory", NULL};

static void
free_filter(gpointer data)
{
  StudyFilter *filter = data;
  g_free(filter->name);
  g_free(filter->value);
  g_free(filter);
}

void
study_options_free(StudyOptions *options)
{
  g_free(options->x);
  g_free(options->y);
  g_free(options->z);
  g_free(options->log);
  for (int i = 0; i < 3; i++) {
    g_free(options->unit[i]);
    g_free(options->label[i]);
  }
  g_strfreev(options->by);
  g_clear_pointer(&options->theories, g_ptr_array_unref);
  g_ptr_array_unref(options->filters);
  g_free(options);
}

/* Where the option is kept; NULL: it is no word of ours. */
static char **
place_of(StudyOptions *options, const char *name)
{
  const struct {
    const char *name;
    char **place;
  } places[] = {
      {"x", &options->x},
      {"y", &options->y},
      {"z", &options->z},
      {"log", &options->log},
      {"xunit", &options->unit[0]},
      {"yunit", &options->unit[1]},
      {"zunit", &options->unit[2]},
      {"xlabel", &options->label[0]},
      {"ylabel", &options->label[1]},
      {"zlabel", &options->label[2]},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
    if (strcmp(places[i].name, name) == 0)
      return places[i].place;
  return NULL;
}

static bool
take(StudyOptions *options, const char *name, const char *value, GError **error)
{
  char **place = place_of(options, name);
  if (place != NULL) {
    g_free(*place);
    *place = g_strdup(value);
  } else if (strcmp(name, "by") == 0) {
    g_strfreev(options->by);
    options->by = g_strsplit(value, ",", -1);
  } else if (strcmp(name, "theory") == 0) {
    g_clear_pointer(&options->theories, g_ptr_array_unref);
    options->theories = theory_parse(value, error);
    return options->theories != NULL;
  } else {
    StudyFilter *filter = g_new0(StudyFilter, 1);
    *filter = (StudyFilter){g_strdup(name), g_strdup(value)};
    g_ptr_array_add(options->filters, filter);
  }
  return true;
}

static bool
read_text(StudyOptions *options, const char *text, GError **error)
{
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text || equals[1] == '\0') {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\": an option of the figure is wanted, such as x=loss, y=goodput, by=cc",
                text);
    return false;
  }
  g_autofree char *name = g_strndup(text, (gsize)(equals - text));
  return take(options, name, equals + 1, error);
}

static bool
check_values(const StudyOptions *options, GError **error)
{
  static const char *const logs[] = {"x", "y", "xy", "none", NULL};
  static const char *const unit_names[] = {"xunit", "yunit", "zunit"};
  if (options->log != NULL && !g_strv_contains(logs, options->log))
    return sim_error_unknown(error, "value of log", options->log, logs);
  for (int i = 0; i < 3; i++) {
    SimQuantity quantity;
    if (options->unit[i] == NULL)
      continue;
    g_autofree char *one = g_strconcat("1 ", options->unit[i], NULL);
    if (!sim_quantity_parse(one, &quantity, error)) {
      g_prefix_error(error, "%s: ", unit_names[i]);
      return false;
    }
  }
  return true;
}

static bool
check_needs(const StudyOptions *options, const char *name, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
    if (strcmp(figures[i].figure, name) != 0)
      continue;
    for (const char *const *need = figures[i].needs; *need != NULL; need++) {
      const char *given = **need == 'x' ? options->x : **need == 'y' ? options->y : options->z;
      if (given != NULL)
        continue;
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "the figure \"%s\" needs %s=NAME, a parameter or a result of the study", name,
                  *need);
      return false;
    }
    if (options->theories != NULL && !figures[i].theory) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "theory lies over \"lines\" and \"scatter\", not over \"%s\"", name);
      return false;
    }
    return true;
  }
  g_assert_not_reached();
}

/* A filter of a name that looks like one of our words is a slip. */
static bool
check_filters(const StudyOptions *options, GError **error)
{
  for (guint i = 0; i < options->filters->len; i++) {
    const StudyFilter *filter = options->filters->pdata[i];
    const char *near = strlen(filter->name) >= 4 ? sim_error_nearest(filter->name, words) : NULL;
    if (near != NULL)
      return sim_error_unknown(error, "option of the figure", filter->name, words);
  }
  return true;
}

StudyOptions *
study_options_read(const char *name, const char *const *texts, GError **error)
{
  g_autoptr(StudyOptions) options = g_new0(StudyOptions, 1);
  options->filters = g_ptr_array_new_with_free_func(free_filter);
  for (; texts != NULL && *texts != NULL; texts++)
    if (!read_text(options, *texts, error))
      return NULL;
  if (options->x == NULL && strcmp(name, "cdf") == 0) {
    options->x = g_steal_pointer(&options->y); /* whose value is spread: said either way */
    options->unit[0] =
        options->unit[0] != NULL ? options->unit[0] : g_steal_pointer(&options->unit[1]);
    options->label[0] =
        options->label[0] != NULL ? options->label[0] : g_steal_pointer(&options->label[1]);
  }
  if (!check_values(options, error) || !check_needs(options, name, error) ||
      !check_filters(options, error))
    return NULL;
  return g_steal_pointer(&options);
}

bool
study_options_check(const char *name, const char *const *texts, GError **error)
{
  g_autoptr(StudyOptions) options = study_options_read(name, texts, error);
  return options != NULL;
}
