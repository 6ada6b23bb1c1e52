/* progress: done, failed, rate, time left, and the widest interval of the result that is watched:
 * the first one of the scenario, or the one of --until. */
#include "scenarios/runner/study/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/student.h"

#define BAR_EVERY (G_USEC_PER_SEC / 4)
#define BAR_AFTER (G_USEC_PER_SEC / 2)
#define LINE_EVERY (10 * G_USEC_PER_SEC)
#define BAR_CELLS 20
#define POINTS_LOOKED_AT 5000 /* of more, the first ones */
#define FACTORS_MAX 4096

void
progress_start(Progress *progress, bool quiet)
{
  *progress = (Progress){.terminal = terminal_of(STDERR_FILENO),
                         .quiet = quiet,
                         .started = g_get_monotonic_time(),
                         .factors = g_array_new(FALSE, TRUE, sizeof(double))};
}

double
progress_seconds(const Progress *progress)
{
  return (double)(g_get_monotonic_time() - progress->started) * 1e-6;
}

/* Half an interval as a part of the mean, with the factors kept. */
static double
relative_half(Progress *progress, const SimMoments *moments)
{
  if (moments->n < 2 || moments->mean == 0)
    return 0;
  guint n = (guint)MIN(moments->n, FACTORS_MAX);
  if (progress->factors->len <= n)
    g_array_set_size(progress->factors, n + 1);
  double *factor = &g_array_index(progress->factors, double, n);
  if (*factor == 0)
    *factor = sim_student_t(0.95, n - 1);
  return fabs(*factor * sqrt(sim_moments_variance(moments) / (double)moments->n) / moments->mean);
}

static void
append_interval(Progress *progress, const Study *study, GString *line)
{
  uint64_t widest = 0;
  double most = -1;
  for (uint64_t i = 0; i < MIN(study->plan->points, POINTS_LOOKED_AT); i++) {
    double half = study->moments[i].n < 2 ? -1 : relative_half(progress, &study->moments[i]);
    if (half > most) {
      most = half;
      widest = i;
    }
  }
  if (study->watched == NULL || most < 0)
    return;
  g_autofree char *label = plan_label(study->plan, widest);
  char mean[G_ASCII_DTOSTR_BUF_SIZE], part[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(mean, sizeof mean, "%.4g", study->moments[widest].mean);
  g_ascii_formatd(part, sizeof part, "%.2g", 100 * most);
  g_string_append_printf(line, "; %s %s %s %s %%%s%s", study->watched, mean,
                         progress->terminal.unicode ? "\u00b1" : "+-", part,
                         *label != '\0' ? " at " : "", label);
}

static void
append_left(GString *line, double seconds)
{
  guint64 left = (guint64)ceil(seconds);
  if (left < 3600)
    g_string_append_printf(line, ", %u:%02u left", (guint)(left / 60), (guint)(left % 60));
  else
    g_string_append_printf(line, ", %" G_GUINT64_FORMAT ":%02u h left", left / 3600,
                           (guint)(left / 60 % 60));
}

static void
append_bar(const Progress *progress, GString *line, double part)
{
  int full = (int)(part * BAR_CELLS);
  g_string_append_c(line, '[');
  for (int i = 0; i < BAR_CELLS; i++)
    g_string_append(line, i < full ? (progress->terminal.unicode ? "\u2588" : "#") : " ");
  g_string_append(line, "] ");
}

/* As many columns as the terminal has. */
static void
cut(GString *line, guint width)
{
  if (g_utf8_strlen(line->str, -1) >= (glong)width)
    g_string_truncate(line,
                      (gsize)(g_utf8_offset_to_pointer(line->str, (glong)width - 1) - line->str));
}

void
progress_show(Progress *progress, const Study *study)
{
  const StudyCounts *counts = &study->counts;
  gint64 now = g_get_monotonic_time();
  bool bar = progress->terminal.is_terminal;
  gint64 since = progress->last != 0 ? progress->last : progress->started;
  gint64 wanted = !bar ? LINE_EVERY : progress->last != 0 ? BAR_EVERY : BAR_AFTER;
  if (progress->quiet || now - since < wanted)
    return;
  progress->last = now;
  uint64_t done = counts->made + counts->found;
  double rate = (double)counts->made / progress_seconds(progress);
  g_autoptr(GString) line = g_string_new(NULL);
  if (bar)
    append_bar(progress, line, (double)done / (double)MAX(counts->planned, 1));
  g_string_append_printf(line, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " runs", done,
                         counts->planned);
  if (counts->failed > 0)
    g_string_append_printf(line, ", %" G_GUINT64_FORMAT " failed", counts->failed);
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(line, ", %s/s", g_ascii_formatd(text, sizeof text, "%.3g", rate));
  if (rate > 0 && counts->planned > done)
    append_left(line, (double)(counts->planned - done) / rate);
  append_interval(progress, study, line);
  if (bar)
    cut(line, progress->terminal.width);
  fprintf(stderr, bar ? "\r\033[K%s" : "%s\n", line->str);
  fflush(stderr);
}

void
progress_end(Progress *progress)
{
  if (progress->terminal.is_terminal && progress->last != 0)
    fputs("\r\033[K", stderr);
  g_array_unref(progress->factors);
}
