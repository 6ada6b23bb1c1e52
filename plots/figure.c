/* figure: which figures there are, what their scripts say of themselves, and the request.
 *
 * The scripts are compiled into the program; what `roundtrip plot --list` shows stands in their
 * headers ("# Shows: ...", "# Needs: ..."), so that a script and its description are one file. */
#include "plots/figure.h"

#include <string.h>

#include "plots/figure-parts.h"
#include "plots/plots-files.h"
#include "sim/error.h"

/* The figures: a line in each of these. The script of a figure is NAME.gp. */
enum { LADDER, TIME_SEQUENCE, CWND, BACKLOG, QUEUE, THROUGHPUT, FCT_CDF, TOPOLOGY, KINDS };

static const char *const names[KINDS + 1] = {
    [LADDER] = "ladder",   [TIME_SEQUENCE] = "time-sequence",
    [CWND] = "cwnd",       [BACKLOG] = "backlog",
    [QUEUE] = "queue",     [THROUGHPUT] = "throughput",
    [FCT_CDF] = "fct-cdf", [TOPOLOGY] = "topology",
};

typedef struct FigureKind {
  bool (*write)(FigureData *data, GError **error); /* its data and settings */
  const char *width;                               /* it asks for */
} FigureKind;

static const FigureKind kinds[KINDS] = {
    [LADDER] = {figure_data_ladder, "column"},
    [TIME_SEQUENCE] = {figure_data_time_sequence, "column"},
    [CWND] = {figure_data_cwnd, "column"},
    [BACKLOG] = {figure_data_backlog, "column"},
    [QUEUE] = {figure_data_queue, "column"},
    [THROUGHPUT] = {figure_data_throughput, "column"},
    [FCT_CDF] = {figure_data_fct_cdf, "column"},
    [TOPOLOGY] = {figure_data_topology, "double"},
};

/* The figures of a study, which take options: the same. */
enum { LINES, HEATMAP, CDF, BOX, SCATTER, STUDY_KINDS };

static const char *const study_names[STUDY_KINDS + 1] = {
    [LINES] = "lines", [HEATMAP] = "heatmap", [CDF] = "cdf", [BOX] = "box", [SCATTER] = "scatter",
};

static const FigureKind study_kinds[STUDY_KINDS] = {
    [LINES] = {figure_data_lines, "column"},     [HEATMAP] = {figure_data_heatmap, "column"},
    [CDF] = {figure_data_cdf, "column"},         [BOX] = {figure_data_box, "column"},
    [SCATTER] = {figure_data_scatter, "column"},
};

/* The widths of a page of two columns, of such a page as a whole, and of a slide of 10 inches. */
static const struct {
  const char *name;
  FigureSize size;
} widths[] = {
    {"column", {.width = 85, .height = 55, .font = 7}},
    {"double", {.width = 175, .height = 80, .font = 8}},
    {"slide", {.width = 254, .height = 142.875, .font = 16}},
};

static const char *const width_names[] = {"column", "double", "slide", NULL};

G_STATIC_ASSERT(G_N_ELEMENTS(width_names) == G_N_ELEMENTS(widths) + 1);

const char *const *
figure_names(void)
{
  return names;
}

const char *const *
figure_study_names(void)
{
  return study_names;
}

static const FigureKind *
kind_of(const char *name)
{
  for (guint i = 0; i < KINDS; i++)
    if (strcmp(names[i], name) == 0)
      return &kinds[i];
  for (guint i = 0; i < STUDY_KINDS; i++)
    if (strcmp(study_names[i], name) == 0)
      return &study_kinds[i];
  return NULL;
}

const char *
figure_script(const char *name)
{
  g_autofree char *file = g_strconcat(name, ".gp", NULL);
  const char *script = sim_embedded_find(plots_files, file);
  g_assert(script != NULL); /* every kind has its script, and all have the style */
  return script;
}

/* What follows "# FIELD: " in the script's header; further lines begin with "#   ". */
static const char *
header_field(const char *name, const char *field)
{
  if (kind_of(name) == NULL)
    return NULL;
  g_auto(GStrv) lines = g_strsplit(figure_script(name), "\n", -1);
  g_autofree char *mark = g_strconcat("# ", field, ": ", NULL);
  g_autoptr(GString) value = g_string_new(NULL);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix(*line, mark))
      g_string_assign(value, *line + strlen(mark));
    else if (value->len > 0 && g_str_has_prefix(*line, "#   "))
      g_string_append_printf(value, " %s", g_strchug(*line + 1));
    else if (value->len > 0)
      break;
  return g_intern_string(value->str);
}

const char *
figure_shows(const char *name)
{
  return header_field(name, "Shows");
}

const char *
figure_needs(const char *name)
{
  return header_field(name, "Needs");
}

FigureRequest
figure_request(const char *name, const char *run)
{
  FigureRequest request = {
      .name = name, .run = run, .directory = ".", .format = FIGURE_SVG, .to = SIM_TIME_NEVER};
  return request;
}

static const struct {
  const char *ending;
  FigureFormat format;
} endings[] = {
    {".svg", FIGURE_SVG}, {".pdf", FIGURE_PDF},  {".png", FIGURE_PNG},
    {".tex", FIGURE_TEX}, {".txt", FIGURE_TEXT},
};

bool
figure_format_parse(const char *path, FigureFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(path, endings[i].ending)) {
      *format = endings[i].format;
      return true;
    }
  return false;
}

const char *
figure_format_ending(FigureFormat format)
{
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    if (endings[i].format == format)
      return endings[i].ending;
  g_assert_not_reached();
}

bool
figure_data_width(const char *name, FigureSize *size, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(widths); i++)
    if (strcmp(widths[i].name, name) == 0) {
      *size = widths[i].size;
      return true;
    }
  return sim_error_unknown(error, "width", name, width_names);
}

/* The run has the file the figure is made from; a capture stands for a timeline. */
static bool
has_input(const FigureRequest *request, GError **error)
{
  const char *needs = figure_needs(request->name);
  if (g_file_test(request->run, G_FILE_TEST_IS_REGULAR) && strcmp(needs, "timeline.csv") == 0)
    return true;
  g_autofree char *path = g_build_filename(request->run, needs, NULL);
  if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return true;
  const char *what = g_strv_contains(study_names, request->name) ? "study" : "run";
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
              "the figure \"%s\" needs %s, and there is none: \"%s\" is not a %s's folder, or the "
              "%s did not record it",
              request->name, path, request->run, what, what);
  return false;
}

/* Only a figure of a study has options of its own. */
static bool
check_options(const FigureRequest *request, GError **error)
{
  if (g_strv_contains(study_names, request->name) || request->options == NULL ||
      request->options[0] == NULL)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "\"%s\": the figure \"%s\" takes no such option",
              request->options[0], request->name);
  return false;
}

/* Only a ladder has fields and groups. */
static bool
check_ladder(const FigureRequest *request, GError **error)
{
  const char *given = request->fields != NULL ? "fields" : request->group != NULL ? "group" : NULL;
  if (given == NULL || strcmp(request->name, "ladder") == 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "%s: only the figure \"ladder\" takes it, not \"%s\"", given, request->name);
  return false;
}

static bool
unknown_figure(const char *name, GError **error)
{
  const char *all[KINDS + STUDY_KINDS + 1] = {NULL};
  for (guint i = 0; i < KINDS; i++)
    all[i] = names[i];
  for (guint i = 0; i < STUDY_KINDS; i++)
    all[KINDS + i] = study_names[i];
  return sim_error_unknown(error, "figure", name, all);
}

bool
figure_make(const FigureRequest *request, GError **error)
{
  FigureData data = {.request = request};
  const FigureKind *kind = kind_of(request->name);
  if (kind == NULL)
    return unknown_figure(request->name, error);
  if (!check_options(request, error) || !check_ladder(request, error))
    return false;
  if (!figure_data_width(request->width != NULL ? request->width : kind->width, &data.size,
                         error) ||
      !figure_check_files(request, error) || !has_input(request, error))
    return false;
  if (request->format == FIGURE_TEXT)
    return figure_make_text(request, error);
  data.settings = g_string_new(NULL);
  data.text = g_string_new(NULL);
  figure_data_block(&data, "title", "text", "\" \"");
  if (request->title != NULL) {
    figure_data_text(&data, request->title);
    figure_data_row(&data);
  }
  bool done = kind->write(&data, error) && figure_render(&data, error);
  g_string_free(data.settings, TRUE);
  g_string_free(data.text, TRUE);
  return done;
}
