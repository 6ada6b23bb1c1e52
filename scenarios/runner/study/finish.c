/* finish: a figure that cannot be drawn is a warning, as after a run. */
#include "scenarios/runner/study/finish.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plots/figure.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/study/export.h"
#include "scenarios/runner/study/report.h"
#include "sim/error.h"

#define RATE_AFTER 0.2 /* CPU seconds of runs: of less, what a start takes says nothing */

static void
draw_figure(const Study *study, const StudyFigure *figure, const char *folder)
{
  g_autofree char *directory = g_build_filename(folder, "figures", NULL);
  g_autofree char *ending = g_strconcat(".", figure->format != NULL ? figure->format : "svg", NULL);
  FigureRequest request = figure_request(figure->name, folder);
  GError *error = NULL;
  request.directory = directory;
  request.basename = figure->file;
  request.width = figure->width;
  request.title = figure->title;
  request.options = (const char *const *)figure->options->pdata;
  if (!figure_format_parse(ending, &request.format))
    g_set_error(&error, SIM_ERROR, SIM_ERROR_VALUE,
                "unknown format \"%s\"; accepted: svg, pdf, png, tex", figure->format);
  if (error == NULL && figure_make(&request, &error))
    return;
  fprintf(stderr, "roundtrip: warning: %s: figure \"%s\": %s\n", study->plan->scenario,
          figure->name, error->message);
  g_error_free(error);
}

static void
print_rate(const StudyCounts *counts)
{
  if (counts->found > 0)
    printf("%" PRIu64 " %s there\n", counts->found, counts->found == 1 ? "run was" : "runs were");
  if (counts->made == 0)
    return;
  double made = (double)counts->made, cpu = counts->cpu_s + counts->other_cpu_s;
  printf("%" PRIu64 " %s in %.3g s", counts->made, counts->made == 1 ? "run" : "runs",
         counts->seconds);
  if (counts->cpu_s < RATE_AFTER) {
    printf("\n");
    return;
  }
  printf(
      ": %.4g a second; a core alone makes %.4g (%.2g %% of all CPU time was not the runs' own)\n",
      made / counts->seconds, made / counts->cpu_s, 100 * counts->other_cpu_s / cpu);
  printf("Memory: %.3g MB", (double)counts->own_peak * 1e-6);
  if (counts->worker_peak > 0)
    printf(", and %.3g MB for each worker", (double)counts->worker_peak * 1e-6);
  printf("\n");
}

static void
print_files(const Study *study, const char *folder)
{
  printf("Files in %s\n  results.csv summary.csv%s study.db study.json", folder,
         study->plan->vs_axis >= 0 ? " differences.csv" : "");
  for (guint i = 0; study->plan->figures != NULL && i < study->plan->figures->len; i++) {
    const StudyFigure *figure = study->plan->figures->pdata[i];
    printf(" figures/%s.%s", figure->file != NULL ? figure->file : figure->name,
           figure->format != NULL ? figure->format : "svg");
  }
  printf("\n");
}

/* What is not as it should be, on the standard error. */
static int
complain(const StudyCounts *counts)
{
  if (counts->failed > 0)
    fprintf(stderr, "roundtrip: %" PRIu64 " of %" PRIu64 " runs failed; --retry makes them again\n",
            counts->failed, counts->planned);
  if (counts->unmet > 0)
    fprintf(stderr, "roundtrip: in %" PRIu64 " of %" PRIu64 " runs an expectation did not hold\n",
            counts->unmet, counts->planned);
  if (counts->missing > 0)
    fprintf(stderr, "roundtrip: %" PRIu64 " of %" PRIu64 " runs are missing\n", counts->missing,
            counts->planned);
  if (counts->wide > 0)
    fprintf(stderr,
            "roundtrip: at %" PRIu64 " points the interval is still too wide after the most seeds "
            "(--max-seeds)\n",
            counts->wide);
  bool well = counts->failed + counts->unmet + counts->missing + counts->wide == 0;
  return well ? EXIT_OK : EXIT_DIFFERENT;
}

int
finish_study(const Study *study, const char *folder, bool quiet, GError **error)
{
  const Plan *plan = study->plan;
  if (!store_begin(study->store, error) || !export_all(study, folder, error))
    return EXIT_FILE;
  /* A part of a study is for merging: its figures would not be those of the whole. */
  for (guint i = 0; plan->figures != NULL && plan->shards == 1 && i < plan->figures->len; i++)
    draw_figure(study, plan->figures->pdata[i], folder);
  if (!quiet) {
    if (!report_print(study, error))
      return EXIT_FILE;
    print_rate(&study->counts);
    print_files(study, folder);
    fflush(stdout);
  }
  return complain(&study->counts);
}
