/* summary-run: run.json, what it takes to make the run again: the scenario's text, its parameters
 * and seed, what may be varied, and the figures that it asks for. */
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/summary-private.h"

/* What may be varied, and how: what a page makes its sliders from. */
static void
put_declared(JsonOut *out, const SummaryRun *run)
{
  json_out_array(out, "declared");
  for (size_t i = 0; i < run->n_params; i++) {
    const SummaryParam *param = &run->params[i];
    json_out_object(out, NULL);
    json_out_string(out, "name", param->name);
    json_out_string(out, "help", param->help);
    json_out_string(out, "kind", param->kind);
    json_out_string(out, "default", param->standard);
    json_out_string(out, "min", param->min);
    json_out_string(out, "max", param->max);
    json_out_array(out, "choices");
    for (const char *const *choice = param->choices; choice != NULL && *choice != NULL; choice++)
      json_out_string(out, NULL, *choice);
    json_out_array_end(out);
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

static void
put_given(JsonOut *out, const char *name, const char *text)
{
  if (text != NULL)
    json_out_string(out, name, text);
}

static void
put_figure_time(JsonOut *out, const char *name, SimTime time)
{
  char seconds[SIM_TIME_TEXT];
  g_autofree char *text = g_strconcat(sim_time_print(time, seconds), " s", NULL);
  json_out_string(out, name, text);
}

/* What the scenario asked for: `roundtrip plot` draws it so again. */
static void
put_figures(JsonOut *out, const SummaryRun *run)
{
  json_out_array(out, "figures");
  for (size_t i = 0; i < run->n_figures; i++) {
    const FigureRequest *figure = &run->figures[i];
    json_out_object(out, NULL);
    json_out_string(out, "name", figure->name);
    put_given(out, "file", figure->basename);
    put_given(out, "width", figure->width);
    put_given(out, "title", figure->title);
    put_given(out, "conn", figure->conn);
    put_given(out, "link", figure->link);
    put_given(out, "fields", figure->fields);
    put_given(out, "group", figure->group);
    if (figure->from > 0)
      put_figure_time(out, "from", figure->from);
    if (figure->to != SIM_TIME_NEVER)
      put_figure_time(out, "to", figure->to);
    if (figure->raw)
      json_out_boolean(out, "raw", true);
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

bool
summary_write_run(const SummaryRun *run, const char *directory, GError **error)
{
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, run->scenario_text, -1);
  g_autofree char *name = run_dir_scenario(run->scenario);
  JsonOut out;
  json_out_init(&out);
  json_out_string(&out, "program", "roundtrip");
  json_out_string(&out, "version", ROUNDTRIP_VERSION);
  json_out_string(&out, "scenario", name);
  json_out_string(&out, "sha256", sum);
  json_out_object(&out, "parameters");
  for (size_t i = 0; i < run->n_params; i++)
    json_out_string(&out, run->params[i].name, run->params[i].text);
  json_out_object_end(&out);
  json_out_integer(&out, "seed", run->seed);
  json_out_string(&out, "until", run->until != NULL && *run->until != '\0' ? run->until : NULL);
  json_out_string(&out, "text", run->scenario_text);
  put_declared(&out, run);
  put_figures(&out, run);
  return summary_write_file(&out, directory, "run.json", error);
}
