/* run-print: the short report of a run.
 *
 * The ladder is drawn from the folder that the run has left, so that what is printed is what was
 * recorded. */
#include "scenarios/runner/run-print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/net/link.h"
#include "models/net/net-account.h"
#include "plots/ladder.h"
#include "scenarios/runner/terminal.h"

#define LADDER_PACKETS 60
#define UNFINISHED_SHOWN 20

static void
print_ladder(const char *directory, const Terminal *terminal)
{
  GError *error = NULL;
  g_autoptr(RunLog) log = run_log_read(directory, &error);
  LadderOptions options = {.to = SIM_TIME_NEVER};
  g_autoptr(Ladder) ladder = log != NULL ? ladder_new(log, &options, &error) : NULL;
  if (ladder == NULL) { /* nothing happened that could be shown */
    g_clear_error(&error);
    return;
  }
  LadderTextOptions text_options = {
      .width = terminal->width, .ascii = !terminal->unicode, .colour = terminal->colour};
  g_autofree char *text = ladder_text(ladder, &text_options);
  printf("%s\n", text);
}

static void
print_results(const Scenario *scenario)
{
  int width = 0;
  for (guint i = 0; i < scenario->results->len; i++) {
    const ScenarioResult *result = scenario->results->pdata[i];
    g_autofree char *name = terminal_plain(result->name);
    width = MAX(width, (int)strlen(name));
  }
  for (guint i = 0; i < scenario->results->len; i++) {
    const ScenarioResult *result = scenario->results->pdata[i];
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.10g", result->value);
    g_autofree char *name = terminal_plain(result->name);
    printf("%s%-*s  %s\n", i == 0 ? "Results\n  " : "  ", width, name, number);
  }
}

/* A mark in colour, where there is colour. */
static void
print_mark(const Terminal *terminal, bool good)
{
  const char *mark = terminal->unicode ? (good ? "\u2713" : "\u2717") : good ? "ok" : "FAILED";
  if (terminal->colour)
    printf("\033[%dm%s\033[0m", good ? 32 : 31, mark);
  else
    fputs(mark, stdout);
}

static void
print_expectations(const Scenario *scenario, const Terminal *terminal)
{
  for (guint i = 0; i < scenario->expectations->len; i++) {
    const ScenarioExpectation *expectation = scenario->expectations->pdata[i];
    const SummaryExpectation *summary = &expectation->summary;
    fputs(i == 0 ? "Expectations\n  " : "  ", stdout);
    print_mark(terminal, summary->passed);
    g_autofree char *said = terminal_plain(summary->text);
    printf(" %s\n", said);
    g_autofree char *seen = terminal_plain(summary->seen != NULL ? summary->seen : "");
    if (!summary->passed && *seen != '\0')
      printf("      %s:%d: it saw %s\n", scenario->settings.path, summary->line, seen);
    else if (!summary->passed)
      printf("      %s:%d\n", scenario->settings.path, summary->line);
  }
}

static void
print_unfinished(const Scenario *scenario)
{
  guint count = scenario->unfinished->len;
  for (guint i = 0; i < MIN(count, UNFINISHED_SHOWN); i++)
    printf("%s%s\n", i == 0 ? "Still waiting at the end\n  " : "  ",
           (const char *)scenario->unfinished->pdata[i]);
  if (count > UNFINISHED_SHOWN)
    printf("  and %u more\n", count - UNFINISHED_SHOWN);
}

static void
print_unmatched(const Scenario *scenario)
{
  bool first = true;
  for (guint i = 0; i < scenario->rules->len; i++) {
    const ScenarioRule *rule = scenario->rules->pdata[i];
    /* A function that never says true may only have looked. */
    if (rule->rule->hits > 0 || g_str_has_suffix(rule->rule->text, " function"))
      continue;
    printf("%s%s:%d: %s\n", first ? "Rules that never matched\n  " : "  ", scenario->settings.path,
           rule->line, rule->rule->text);
    first = false;
  }
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted; those of its folders are followed one level down. */
static void
add_files(GPtrArray *files, const char *directory, const char *below)
{
  g_autofree char *path = g_build_filename(directory, below, NULL);
  GDir *dir = g_dir_open(path, 0, NULL);
  if (dir == NULL)
    return;
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    if (*below == '\0' && g_file_test(file, G_FILE_TEST_IS_DIR))
      add_files(files, directory, name);
    else
      g_ptr_array_add(files, *below == '\0' ? g_strdup(name) : g_build_filename(below, name, NULL));
  }
  g_dir_close(dir);
}

static void
print_files(const char *directory, const Terminal *terminal)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
  add_files(files, directory, "");
  g_ptr_array_sort(files, compare_names);
  printf("Files in %s\n ", directory);
  size_t column = 1;
  for (guint i = 0; i < files->len; i++) {
    const char *name = files->pdata[i];
    size_t length = strlen(name) + 1;
    if (column + length > terminal->width && column > 1) {
      fputs("\n ", stdout);
      column = 1;
    }
    printf(" %s", name);
    column += length;
  }
  putchar('\n');
}

void
run_print(const Scenario *scenario, const char *directory, bool has_timeline)
{
  Terminal terminal = terminal_of(STDOUT_FILENO);
  uint64_t packets = net_packets_sent(scenario->net);
  if (has_timeline && packets > 0 && packets <= LADDER_PACKETS)
    print_ladder(directory, &terminal);
  print_results(scenario);
  print_expectations(scenario, &terminal);
  print_unfinished(scenario);
  print_unmatched(scenario);
  char time[SIM_TIME_TEXT];
  const char *ended = scenario_ended(scenario);
  printf("%c%s at %s s, after %" PRIu64 " events and %" PRIu64 " packets\n",
         g_ascii_toupper(ended[0]), ended + 1, sim_time_print(sim_now(scenario->sim), time),
         scenario->sim->events, packets);
  print_files(directory, &terminal);
}

/* -- while it goes on -- */

#define PROGRESS_AFTER G_USEC_PER_SEC
#define PROGRESS_EVERY (G_USEC_PER_SEC / 4)

void
run_progress_start(RunProgress *progress, bool quiet)
{
  *progress =
      (RunProgress){.started = g_get_monotonic_time(), .wanted = !quiet && isatty(STDERR_FILENO)};
}

void
run_progress_show(RunProgress *progress, const Scenario *scenario)
{
  if (!progress->wanted)
    return;
  gint64 now = g_get_monotonic_time();
  gint64 passed = now - progress->started;
  if (passed < PROGRESS_AFTER || now - progress->last < PROGRESS_EVERY)
    return;
  progress->last = now;
  char time[SIM_TIME_TEXT];
  fprintf(stderr, "\r\033[K%s simulated, %.2g million events/s",
          sim_time_print_unit(sim_now(scenario->sim), 4, time),
          (double)scenario->sim->events / (double)passed);
  SimTime end = MIN(scenario->stop_at, scenario->settings.until);
  double done =
      end == SIM_TIME_NEVER || end == 0 ? 0 : (double)sim_now(scenario->sim) / (double)end;
  if (done > 0)
    fprintf(stderr, ", %.0f s left", (double)passed * 1e-6 * (1 - done) / done);
  fflush(stderr);
}

void
run_progress_clear(RunProgress *progress)
{
  if (progress->last != 0)
    fputs("\r\033[K", stderr);
}
