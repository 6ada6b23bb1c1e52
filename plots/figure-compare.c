/* figure-compare: one figure of several runs.
 *
 * Where its kind has curves (figure-curves.h) they are laid over one another, each with its run's
 * name. Else, or when it is asked for, every run has a panel: its figure's own script and data
 * under the names NAME-0, NAME-1 ..., which compare.gp loads one after another into their places.
 * Axes are the same in all panels, and ladders have one scale of time. What a figure places its
 * texts by has to be known before it is filled (FigureScale): such ones are filled twice. */
#include "plots/figure-parts.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"

#define RUNS_MOST 12
#define WIDE 120 /* mm, from which on panels stand side by side */

typedef struct Compare {
  FigureData *data;
  const FigureKind *kind;
  const char *of;
  bool panels;
  GPtrArray *options; /* of const char *: those of the figure itself; NULL-terminated */
} Compare;

/* -- what is asked for -- */

static bool
read_layout(Compare *compare, const char *layout, GError **error)
{
  static const char *const layouts[] = {"overlay", "panels", NULL};
  compare->panels = compare->kind->curves == NULL;
  if (layout == NULL)
    return true;
  if (!g_strv_contains(layouts, layout))
    return sim_error_unknown(error, "layout", layout, layouts);
  if (strcmp(layout, "overlay") == 0 && compare->panels) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the figure \"%s\" cannot be laid over another: accepted is layout=panels",
                compare->of);
    return false;
  }
  compare->panels = strcmp(layout, "panels") == 0;
  return true;
}

static bool
read_options(Compare *compare, GError **error)
{
  const char *const *options = compare->data->request->options;
  const char *layout = NULL;
  compare->options = g_ptr_array_new();
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    if (g_str_has_prefix(options[i], "of="))
      compare->of = options[i] + strlen("of=");
    else if (g_str_has_prefix(options[i], "layout="))
      layout = options[i] + strlen("layout=");
    else
      g_ptr_array_add(compare->options, (gpointer)(guintptr)options[i]);
  g_ptr_array_add(compare->options, NULL);
  if (compare->of == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "compare: say which figure, of=NAME, as in of=cwnd");
    return false;
  }
  compare->kind = figure_kind(compare->of);
  if (compare->kind == NULL)
    return figure_unknown(compare->of, error);
  if (compare->kind->write == figure_data_compare) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "compare: of=%s: a figure of one run is wanted",
                compare->of);
    return false;
  }
  return read_layout(compare, layout, error);
}

static guint
count_runs(const FigureRequest *request)
{
  return request->runs != NULL ? g_strv_length((char **)(guintptr)request->runs) : 0;
}

/* The folder's name, or its whole path where two have the same. */
static char *
label_of(const FigureRequest *request, guint index)
{
  g_autofree char *name = g_path_get_basename(request->runs[index]);
  for (guint i = 0; request->runs[i] != NULL; i++) {
    g_autofree char *other = g_path_get_basename(request->runs[i]);
    if (i != index && strcmp(name, other) == 0)
      return g_strdup(request->runs[index]);
  }
  return g_steal_pointer(&name);
}

/* What is asked of one run. */
static FigureRequest
request_of(const Compare *compare, guint index)
{
  FigureRequest request = *compare->data->request;
  request.name = compare->of;
  request.run = request.runs[index];
  request.runs = NULL;
  request.options = (const char *const *)compare->options->pdata;
  return request;
}

/* -- one over another -- */

static bool
take_run(const Compare *compare, guint index, FigureCurves *all, GError **error)
{
  FigureRequest request = request_of(compare, index);
  g_autofree char *label = label_of(compare->data->request, index);
  FigureCurves own;
  figure_curves_init(&own);
  bool good = figure_has_input(&request, error) && figure_check_request(&request, error) &&
              compare->kind->curves(&request, &own, error);
  for (guint i = 0; good && i < own.curves->len; i++) {
    const FigureCurve *curve = own.curves->pdata[i];
    g_autofree char *both = g_strdup_printf("%s: %s", label, curve->name);
    FigureCurve *copy = figure_curves_add(all, own.curves->len == 1 ? label : both);
    g_array_append_vals(copy->points, curve->points->data, curve->points->len);
  }
  if (good) {
    GPtrArray *curves = all->curves;
    *all = own;
    all->curves = curves;
  }
  g_clear_pointer(&own.curves, g_ptr_array_unref);
  return good;
}

static bool
overlay(const Compare *compare, GError **error)
{
  FigureCurves all;
  bool good = true;
  figure_curves_init(&all);
  for (guint i = 0; good && i < count_runs(compare->data->request); i++)
    good = take_run(compare, i, &all, error);
  figure_data_set(compare->data, "panels", 0, 0);
  if (good)
    figure_curves_write(&all, compare->data);
  figure_curves_clear(&all);
  return good;
}

/* -- side by side -- */

typedef struct Panel {
  FigureRequest request;
  FigureData data;
  char *label, *basename; /* owned */
  double x, y;            /* mm, from the top left corner */
} Panel;

static void
panel_free(gpointer data)
{
  Panel *panel = data;
  g_string_free(panel->data.settings, TRUE);
  g_string_free(panel->data.text, TRUE);
  g_free(panel->label);
  g_free(panel->basename);
  g_free(panel);
}

/* Writes the panel's data, anew the second time. */
static bool
fill(const Compare *compare, Panel *panel, FigureSize size, GError **error)
{
  g_string_truncate(panel->data.settings, 0);
  g_string_truncate(panel->data.text, 0);
  panel->data.size = size;
  return figure_fill(&panel->data, compare->kind, error);
}

static Panel *
panel_new(const Compare *compare, guint index, GPtrArray *panels)
{
  const FigureRequest *whole = compare->data->request;
  Panel *panel = g_new0(Panel, 1);
  panel->request = request_of(compare, index);
  panel->label = label_of(whole, index);
  panel->basename =
      g_strdup_printf("%s-%u", whole->basename != NULL ? whole->basename : whole->name, index);
  panel->request.title = panel->label;
  panel->request.basename = panel->basename;
  if (panel->request.width == NULL)
    panel->request.width = "double"; /* its panel decides, not what it has to show */
  panel->data.request = &panel->request;
  panel->data.settings = g_string_new(NULL);
  panel->data.text = g_string_new(NULL);
  g_ptr_array_add(panels, panel);
  return panel;
}

/* The value of a setting; NaN: there is none. */
static double
setting(const Panel *panel, const char *name)
{
  g_autofree char *mark = g_strdup_printf("\n%s = ", name);
  g_autofree char *text = g_strconcat("\n", panel->data.settings->str, NULL);
  const char *at = strstr(text, mark);
  return at != NULL ? g_ascii_strtod(at + strlen(mark), NULL) : NAN;
}

/* A later assignment holds: what is said at the end is said for all. Returns it. */
static double
unify(const GPtrArray *panels, const char *name, bool greatest)
{
  double value = NAN;
  for (guint i = 0; i < panels->len; i++) {
    double own = setting(panels->pdata[i], name);
    if (isnan(value) || (greatest ? own > value : own < value))
      value = own;
  }
  for (guint i = 0; !isnan(value) && i < panels->len; i++)
    figure_data_set(&((Panel *)panels->pdata[i])->data, name, value, 12);
  return value;
}

/* The unit of the one with the greatest values. */
static void
unify_unit(const GPtrArray *panels)
{
  const Panel *most = panels->pdata[0];
  for (guint i = 1; i < panels->len; i++)
    if (setting(panels->pdata[i], "unit") > setting(most, "unit"))
      most = panels->pdata[i];
  double unit = setting(most, "unit");
  const char *name = strstr(most->data.settings->str, "unit_name = '");
  if (isnan(unit))
    return;
  g_autofree char *line = name != NULL ? g_strndup(name, strcspn(name, "\n")) : g_strdup("");
  for (guint i = 0; i < panels->len; i++) {
    GString *settings = ((Panel *)panels->pdata[i])->data.settings;
    figure_data_set(&((Panel *)panels->pdata[i])->data, "unit", unit, unit < 1 ? 9 : 0);
    g_string_append_printf(settings, "%s\n", line);
  }
}

static void
unify_axes(const GPtrArray *panels)
{
  static const struct {
    const char *name;
    bool greatest;
  } settings[] = {{"x_from", false}, {"x_to", true}, {"y_from", false}, {"y_to", true},
                  {"y2_to", true},   {"most", true}, {"log_y", true},   {"strip", true}};
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
    unify(panels, settings[i].name, settings[i].greatest);
  double least = unify(panels, "x_least", false);
  bool logarithmic = unify(panels, "log_x", true) == 1;
  for (guint i = 0; logarithmic && !isnan(least) && i < panels->len; i++)
    figure_data_set(&((Panel *)panels->pdata[i])->data, "x_from", least, 12);
  unify_unit(panels);
}

/* Rows of panels, as high as the highest of each. */
static void
place(const Compare *compare, const GPtrArray *panels, guint columns, double width)
{
  FigureData *data = compare->data;
  double y = 0, height = 0;
  for (guint i = 0; i < panels->len; i++) {
    Panel *panel = panels->pdata[i];
    if (i % columns == 0) {
      y += height;
      height = 0;
    }
    panel->x = (i % columns) * width;
    panel->y = y;
    height = MAX(height, panel->data.size.height);
  }
  data->size.height = y + height;
  for (guint i = 0; i < panels->len; i++) {
    const Panel *panel = panels->pdata[i];
    const struct {
      const char *name;
      double value;
    } edges[] = {
        {"left", panel->x / data->size.width},
        {"right", (panel->x + width) / data->size.width},
        {"bottom", 1 - (panel->y + panel->data.size.height) / data->size.height},
        {"top", 1 - panel->y / data->size.height},
    };
    for (guint k = 0; k < G_N_ELEMENTS(edges); k++) {
      g_autofree char *name = g_strdup_printf("%s_%u", edges[k].name, i);
      figure_data_set(data, name, edges[k].value, 6);
    }
  }
}

static bool
fill_all(const Compare *compare, GPtrArray *panels, FigureSize size, GError **error)
{
  FigureScale common = {.from = G_MAXDOUBLE};
  for (guint i = 0; i < count_runs(compare->data->request); i++) {
    Panel *panel = panel_new(compare, i, panels);
    if (!figure_has_input(&panel->request, error) ||
        !figure_check_request(&panel->request, error) || !fill(compare, panel, size, error))
      return false;
    const FigureScale *own = &panel->data.scale;
    common.second = MAX(common.second, own->second);
    common.from = MIN(common.from, own->from);
    common.to = MAX(common.to, own->to);
    common.left = MAX(common.left, own->left);
  }
  bool scaled = common.second > 0 || common.to > 0;
  for (guint i = 0; scaled && i < panels->len; i++) { /* the largest scale holds for all */
    Panel *panel = panels->pdata[i];
    panel->data.scale = common;
    if (!fill(compare, panel, size, error))
      return false;
  }
  return true;
}

static bool
side_by_side(const Compare *compare, GError **error)
{
  FigureData *data = compare->data;
  const FigureRequest *request = data->request;
  guint runs = count_runs(request);
  if (request->width == NULL && !figure_data_width("double", &data->size, error))
    return false;
  bool drawn = strcmp(compare->of, "ladder") == 0, bars = strcmp(compare->of, "states") == 0;
  /* Bars stand one above another, as within a run. */
  guint columns = data->size.width < WIDE || bars ? 1 : MIN(runs, drawn ? 3 : 2);
  FigureSize size = data->size;
  size.width /= columns;
  if (!drawn && columns > 1)
    size.height *= 0.8;
  g_autoptr(GPtrArray) panels = g_ptr_array_new_with_free_func(panel_free);
  if (!fill_all(compare, panels, size, error))
    return false;
  /* Cairo's terminals keep the font that the picture began with, whatever a panel asks for. */
  data->size.font = ((Panel *)panels->pdata[0])->data.size.font;
  /* Those that place everything themselves have no axes, or have them by their scale. */
  if (isnan(setting(panels->pdata[0], "paper_width")) && !bars)
    unify_axes(panels);
  figure_data_set(data, "panels", runs, 0);
  place(compare, panels, columns, size.width);
  for (guint i = 0; i < panels->len; i++)
    figure_add_parts(data, &((Panel *)panels->pdata[i])->data);
  figure_data_end(data);
  return true;
}

bool
figure_data_compare(FigureData *data, GError **error)
{
  Compare compare = {.data = data};
  guint runs = count_runs(data->request);
  bool good = read_options(&compare, error);
  if (good && (runs < 2 || runs > RUNS_MOST)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "compare needs 2 to %d runs, %u given",
                RUNS_MOST, runs);
    good = false;
  }
  good = good && (compare.panels ? side_by_side(&compare, error) : overlay(&compare, error));
  g_ptr_array_unref(compare.options);
  return good;
}
