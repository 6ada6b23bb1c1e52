/* run-draw: what cannot be drawn is a warning, since the run itself is in its folder by then. */
#include "scenarios/runner/run-draw.h"

#include <stdio.h>
#include <string.h>

#include "plots/figure.h"
#include "plots/report.h"

void
run_draw_figures(const Scenario *scenario, const char *directory)
{
  g_autofree char *figures = g_build_filename(directory, "figures", NULL);
  for (guint i = 0; i < scenario->figures->len; i++) {
    const ScenarioFigure *figure = scenario->figures->pdata[i];
    FigureRequest request = figure->request;
    request.run = directory;
    request.directory = figures;
    guint same = 1;
    for (guint j = 0; j < i; j++)
      same += strcmp(((const ScenarioFigure *)scenario->figures->pdata[j])->request.name,
                     request.name) == 0;
    g_autofree char *numbered = g_strdup_printf("%s-%u", request.name, same);
    if (request.basename == NULL && same > 1)
      request.basename = numbered;
    GError *error = NULL;
    if (!figure_make(&request, &error)) {
      fprintf(stderr, "roundtrip: warning: %s:%d: figure \"%s\": %s\n", scenario->settings.path,
              figure->line, request.name, error->message);
      g_error_free(error);
    }
  }
}

void
run_draw_page(const Scenario *scenario, const char *directory, bool as_data)
{
  GError *error = NULL;
  ReportRequest request = report_request(directory);
  g_autofree char *file =
      g_build_filename(directory, as_data ? "report.json" : "report.html", NULL);
  g_autofree char *data = as_data ? report_data(&request, &error) : NULL;
  if (as_data ? data == NULL || !g_file_set_contents(file, data, -1, &error)
              : !report_make(&request, file, &error)) {
    fprintf(stderr, "roundtrip: warning: %s: report: %s\n", scenario->settings.path,
            error->message);
    g_error_free(error);
  }
}
