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
enum {
  LADDER,
  TIME_SEQUENCE,
  TCPTRACE,
  CWND,
  RTT,
  THROUGHPUT,
  GOODPUT,
  QUEUE,
  STATES,
  STATE_MACHINE,
  CONNECT_CDF,
  FCT_CDF,
  FAIRNESS,
  BACKLOG,
  TOPOLOGY,
  KINDS
};

static const char *const names[KINDS + 1] = {
    [LADDER] = "ladder",
    [TIME_SEQUENCE] = "time-sequence",
    [TCPTRACE] = "tcptrace",
    [CWND] = "cwnd",
    [RTT] = "rtt",
    [THROUGHPUT] = "throughput",
    [GOODPUT] = "goodput",
    [QUEUE] = "queue",
    [STATES] = "states",
    [STATE_MACHINE] = "state-machine",
    [CONNECT_CDF] = "connect-cdf",
    [FCT_CDF] = "fct-cdf",
    [FAIRNESS] = "fairness",
    [BACKLOG] = "backlog",
    [TOPOLOGY] = "topology",
};

#define CONN FIGURE_TAKES_CONN
#define LINK FIGURE_TAKES_LINK
#define TIMES FIGURE_TAKES_TIMES
#define RAW FIGURE_TAKES_RAW
#define LABELS FIGURE_TAKES_LABELS

static const FigureKind kinds[KINDS] = {
    [LADDER] = {figure_data_ladder, NULL, "column", CONN | TIMES | RAW | LABELS},
    [TIME_SEQUENCE] = {figure_data_time_sequence, figure_curves_time_sequence, "column",
                       CONN | TIMES | RAW},
    [TCPTRACE] = {figure_data_tcptrace, NULL, "double", CONN | TIMES | RAW},
    [CWND] = {figure_data_cwnd, figure_curves_cwnd, "column", CONN | TIMES},
    [RTT] = {figure_data_rtt, figure_curves_rtt, "column", CONN | TIMES},
    [THROUGHPUT] = {figure_data_throughput, figure_curves_throughput, "column",
                    CONN | LINK | TIMES},
    [GOODPUT] = {figure_data_goodput, figure_curves_goodput, "column", CONN | TIMES},
    [QUEUE] = {figure_data_queue, figure_curves_queue, "column", LINK | TIMES},
    [STATES] = {figure_data_states, NULL, "column", CONN | TIMES},
    [STATE_MACHINE] = {figure_data_state_machine, NULL, "double", CONN | TIMES},
    [CONNECT_CDF] = {figure_data_connect_cdf, figure_curves_connect_cdf, "column", CONN | TIMES},
    [FCT_CDF] = {figure_data_fct_cdf, figure_curves_fct_cdf, "column"},
    [FAIRNESS] = {figure_data_fairness, NULL, "column", CONN | TIMES},
    [BACKLOG] = {figure_data_backlog, figure_curves_backlog, "column", TIMES},
    [TOPOLOGY] = {figure_data_topology, NULL, "double"},
};

/* The figures of a study, which take options: the same. */
enum { LINES, HEATMAP, CDF, BOX, SCATTER, STUDY_KINDS };

static const char *const study_names[STUDY_KINDS + 1] = {
    [LINES] = "lines", [HEATMAP] = "heatmap", [CDF] = "cdf", [BOX] = "box", [SCATTER] = "scatter",
};

static const FigureKind study_kinds[STUDY_KINDS] = {
    [LINES] = {figure_data_lines, NULL, "column"},
    [HEATMAP] = {figure_data_heatmap, NULL, "column"},
    [CDF] = {figure_data_cdf, NULL, "column"},
    [BOX] = {figure_data_box, NULL, "column"},
    [SCATTER] = {figure_data_scatter, NULL, "column"},
};

static const char *const several_names[] = {"compare", NULL};
static const FigureKind compare_kind = {figure_data_compare, NULL, "column"};

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

const FigureKind *
figure_kind(const char *name)
{
  for (guint i = 0; i < KINDS; i++)
    if (strcmp(names[i], name) == 0)
      return &kinds[i];
  for (guint i = 0; i < STUDY_KINDS; i++)
    if (strcmp(study_names[i], name) == 0)
      return &study_kinds[i];
  return strcmp(name, several_names[0]) == 0 ? &compare_kind : NULL;
}

const char *const *
figure_several_names(void)
{
  return several_names;
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
  if (figure_kind(name) == NULL)
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
bool
figure_has_input(const FigureRequest *request, GError **error)
{
  const char *needs = figure_needs(request->name);
  if (g_file_test(request->run, G_FILE_TEST_IS_REGULAR) && strcmp(needs, "timeline.csv") == 0)
    return true;
  g_autofree char *path = g_build_filename(request->run, needs, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return true;
  const char *what = g_strv_contains(study_names, request->name) ? "study" : "run";
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
              "the figure \"%s\" needs %s, and there is none: \"%s\" is not a %s's folder, or the "
              "%s did not record it",
              request->name, path, request->run, what, what);
  return false;
}

/* The name of an option that is given and that the figure does not take; NULL: there is none. */
static const char *
not_taken(const FigureRequest *request)
{
  const struct {
    bool given;
    guint takes;
    const char *name;
  } options[] = {{request->conn != NULL, CONN, "conn"},
                 {request->link != NULL, LINK, "link"},
                 {request->from > 0, TIMES, "from"},
                 {request->to != SIM_TIME_NEVER, TIMES, "to"},
                 {request->raw, RAW, "raw"},
                 {request->fields != NULL, LABELS, "fields"},
                 {request->group != NULL, LABELS, "group"}};
  guint takes = figure_kind(request->name)->takes;
  for (guint i = 0; i < G_N_ELEMENTS(options); i++)
    if (options[i].given && (takes & options[i].takes) == 0)
      return options[i].name;
  return NULL;
}

/* Only a figure of a study has options in the form NAME=VALUE. */
bool
figure_check_request(const FigureRequest *request, GError **error)
{
  const char *wrong = not_taken(request);
  if (!g_strv_contains(study_names, request->name) && request->options != NULL &&
      request->options[0] != NULL)
    wrong = request->options[0];
  if (wrong != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "\"%s\": the figure \"%s\" takes no such option",
                wrong, request->name);
    return false;
  }
  char from[SIM_TIME_TEXT], to[SIM_TIME_TEXT];
  if (request->from <= request->to)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "from %s s is later than to %s s",
              sim_time_print(request->from, from), sim_time_print(request->to, to));
  return false;
}

bool
figure_unknown(const char *name, GError **error)
{
  const char *all[KINDS + STUDY_KINDS + 2] = {NULL};
  for (guint i = 0; i < KINDS; i++)
    all[i] = names[i];
  for (guint i = 0; i < STUDY_KINDS; i++)
    all[KINDS + i] = study_names[i];
  all[KINDS + STUDY_KINDS] = several_names[0];
  return sim_error_unknown(error, "figure", name, all);
}

bool
figure_fill(FigureData *data, const FigureKind *kind, GError **error)
{
  figure_data_block(data, "title", "text", "\" \"");
  if (data->request->title != NULL) {
    figure_data_text(data, data->request->title);
    figure_data_row(data);
  }
  return kind->write(data, error);
}

static void
part_free(gpointer data)
{
  FigurePart *part = data;
  g_free(part->ending);
  g_free(part->text);
  g_free(part);
}

bool
figure_make(const FigureRequest *request, GError **error)
{
  FigureData data = {.request = request};
  const FigureKind *kind = figure_kind(request->name);
  if (kind == NULL)
    return figure_unknown(request->name, error);
  bool several = kind == &compare_kind; /* which looks at its own options and runs */
  if ((!several && !figure_check_request(request, error)) ||
      !figure_data_width(request->width != NULL ? request->width : kind->width, &data.size,
                         error) ||
      !figure_check_files(request, error) || (!several && !figure_has_input(request, error)))
    return false;
  if (request->format == FIGURE_TEXT)
    return figure_make_text(request, error);
  data.settings = g_string_new(NULL);
  data.text = g_string_new(NULL);
  data.parts = g_ptr_array_new_with_free_func(part_free);
  bool done = figure_fill(&data, kind, error) && figure_render(&data, error);
  g_string_free(data.settings, TRUE);
  g_string_free(data.text, TRUE);
  g_ptr_array_unref(data.parts);
  return done;
}
