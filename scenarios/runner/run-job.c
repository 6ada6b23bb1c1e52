/* run-job: from a scenario's path to its folder.
 *
 * Everything is written beside its place and moved there when it is whole (run-dir.h); figures are
 * drawn afterwards from what was left, so that a missing gnuplot costs the figures only. An
 * interrupt (SIGINT, SIGTERM) is looked for between events: what was recorded is kept. */
#include "scenarios/runner/run-job.h"

#include <stdio.h>

#include "models/net/net-account.h"
#include "plots/figure.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/last-words.h"
#include "scenarios/runner/parallel/parallel.h"
#include "scenarios/runner/record.h"
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/run-draw.h"
#include "scenarios/runner/run-print.h"
#include "scenarios/runner/summary.h"
#include "scenarios/runner/watchdog.h"

typedef struct Job {
  const RunJob *asked;
  ScenarioSettings settings;
  RunProgress progress;
  Scenario *scenario;
  RunDir *dir;
  Record *record;     /* NULL: nothing is recorded */
  Parallel *parallel; /* NULL: this process runs all of it */
  Summary *summary;   /* NULL: another rank writes it */
} Job;

bool
run_job_speaks(bool parallel)
{
  return !parallel || !parallel_is_asked() || parallel_is_first();
}

/* Asked between events; without a scenario only about the signals. */
static bool
interrupted(Scenario *scenario, void *data)
{
  Job *job = data;
  if (scenario != NULL)
    run_progress_show(&job->progress, scenario);
  if (!interrupt_asked())
    return false;
  last_words_stopping();
  return true;
}

/* What is recorded, but for where. */
static RecordSettings
record_settings(const Job *job)
{
  const ScenarioTrace *trace = &job->scenario->trace;
  if (job->asked->no_trace)
    return (RecordSettings){0};
  return (RecordSettings){
      .timeline = trace->timeline,
      .tcp = trace->tcp,
      .links = trace->links,
      .pcap = trace->pcap,
      .listeners = trace->listeners,
      .full_payload = trace->snaplen == 1,
      .interval = trace->interval,
      .limit = job->asked->trace_limit,
  };
}

static bool
start_recording(Job *job, GError **error)
{
  Net *net = job->scenario->net;
  bool told = job->parallel != NULL;
  guint connections = (guint)job->scenario->trace.connections;
  job->summary = (told ? summary_new_told : summary_new)(net, connections);
  RecordSettings settings = record_settings(job);
  if (record_points(&settings) == 0)
    return true;
  settings.directory = run_dir_part(job->dir);
  job->record = (told ? record_new_told : record_new)(net, &settings, error);
  return job->record != NULL;
}

static void
warn_truncated(const Job *job)
{
  if (job->record == NULL || !record_truncated(job->record))
    return;
  g_autofree char *limit = sim_quantity_print(SIM_QUANTITY_SIZE, (double)job->asked->trace_limit);
  fprintf(stderr,
          "roundtrip: warning: recording stopped at --trace-limit (%s); the run went on without "
          "it\n",
          limit);
}

/* Strings are the scenario's. g_free. */
static FigureRequest *
figures_of(const Scenario *scenario)
{
  FigureRequest *figures = g_new0(FigureRequest, scenario->figures->len + 1);
  for (guint i = 0; i < scenario->figures->len; i++)
    figures[i] = ((const ScenarioFigure *)scenario->figures->pdata[i])->request;
  return figures;
}

/* The summary as its writer wants it: arrays of what the scenario keeps one by one. */
static bool
write_summary(Job *job, GError **error)
{
  Scenario *scenario = job->scenario;
  guint n_params = scenario->params->len, n_results = scenario->results->len;
  guint n_expectations = scenario->expectations->len;
  g_autofree FigureRequest *figures = figures_of(scenario);
  g_autofree SummaryParam *params = g_new0(SummaryParam, n_params + 1);
  g_autofree const char **names = g_new0(const char *, n_results + 1);
  g_autofree double *values = g_new0(double, n_results + 1);
  g_autofree SummaryExpectation *expectations = g_new0(SummaryExpectation, n_expectations + 1);
  for (guint i = 0; i < n_params; i++) {
    const ScenarioParam *param = scenario->params->pdata[i];
    params[i] = (SummaryParam){
        .name = param->name,
        .text = param->text,
        .help = param->help,
        .kind = param->kind,
        .standard = param->standard,
        .min = param->min,
        .max = param->max,
        .choices = param->choices != NULL ? (const char *const *)param->choices->pdata : NULL};
  }
  for (guint i = 0; i < n_results; i++) {
    const ScenarioResult *result = scenario->results->pdata[i];
    names[i] = result->name;
    values[i] = result->value;
  }
  for (guint i = 0; i < n_expectations; i++)
    expectations[i] = ((const ScenarioExpectation *)scenario->expectations->pdata[i])->summary;
  g_ptr_array_add(scenario->unfinished, NULL);
  if (job->parallel == NULL)
    scenario_each_conn(scenario, summary_take_conn, job->summary);
  g_autoptr(GPtrArray) slabs = scenario_slabs(scenario);
  SummaryRun run = {
      .scenario = scenario->settings.path,
      .scenario_text = scenario->text,
      .seed = scenario->settings.seed,
      .params = params,
      .n_params = n_params,
      .until = job->asked->until != NULL ? job->asked->until : "",
      .figures = figures,
      .n_figures = scenario->figures->len,
      .result_names = names,
      .result_values = values,
      .n_results = n_results,
      .expectations = expectations,
      .n_expectations = n_expectations,
      .unfinished = (const char *const *)scenario->unfinished->pdata,
      .ended = scenario_ended(scenario),
      .end_time = sim_now(scenario->sim),
      .events = scenario->sim->events,
      .slabs = (const SimSlab *const *)slabs->pdata,
      .n_slabs = slabs->len,
      .event_places = sim_calendar_room(&scenario->sim->calendar),
      .event_bytes = sim_calendar_bytes(&scenario->sim->calendar),
  };
  if (job->parallel != NULL)
    parallel_memory(job->parallel, &run);
  SummaryMachine machine = {
      .wall_s = (double)(g_get_monotonic_time() - job->asked->started) * 1e-6,
      .cpu_s = scenario_cpu_seconds(),
      .loop_cpu_s = scenario->loop_cpu,
      .output = run_dir_final(job->dir),
  };
  bool written = summary_write(job->summary, &run, &machine, run_dir_part(job->dir), error);
  g_ptr_array_set_size(scenario->unfinished, (gint)scenario->unfinished->len - 1);
  return written;
}

/* From the end of the simulation to the folder in its place. */
static bool
finish(Job *job, GError **error)
{
  Record *record = g_steal_pointer(&job->record);
  if (record != NULL && !record_finish(record, sim_now(job->scenario->sim), error))
    return false;
  if (!write_summary(job, error))
    return false;
  last_words_whole();
  bool moved = run_dir_commit(g_steal_pointer(&job->dir), error);
  last_words_part(NULL, NULL);
  return moved;
}

static int
report(Job *job, const char *directory, bool recorded, bool all_hold)
{
  const Scenario *scenario = job->scenario;
  if (recorded && !job->asked->no_figures)
    run_draw_figures(scenario, directory);
  if (job->asked->page)
    run_draw_page(scenario, directory, false);
  if (job->asked->data)
    run_draw_page(scenario, directory, true);
  if (!job->settings.quiet)
    run_print(scenario, directory, recorded && scenario->trace.timeline);
  if (scenario->interrupted)
    return EXIT_INTERRUPTED;
  return all_hold ? EXIT_OK : EXIT_DIFFERENT;
}

/* What the report of a bug needs: "version 0.1.0, my.lua -s 1 -p loss=0.1". g_free. */
static char *
describe(const ScenarioSettings *settings)
{
  g_autofree char *params =
      settings->params != NULL ? g_strjoinv(" -p ", (char **)(uintptr_t)settings->params) : NULL;
  return g_strdup_printf("version %s, %s -s %" G_GUINT64_FORMAT "%s%s", ROUNDTRIP_VERSION,
                         settings->path, settings->seed, params != NULL ? " -p " : "",
                         params != NULL ? params : "");
}

/* A packet that is lost sight of is a bug of ours, and the message a report of it. */
static bool
check_account(const Job *job, GError **error)
{
  const Scenario *scenario = job->scenario;
  if (net_account(scenario->net, error))
    return true;
  g_autofree char *run = describe(&job->settings);
  char time[SIM_TIME_TEXT];
  g_prefix_error(error,
                 "a bug of Roundtrip, please report it with the scenario: %s, at %s s: ", run,
                 sim_time_print(sim_now(scenario->sim), time));
  return false;
}

/* Reads the scenario, and opens what is to be written unless that is another rank's. */
static int
prepare(Job *job, GError **error)
{
  job->scenario = scenario_new(&job->settings, error);
  if (job->scenario == NULL && interrupted(NULL, job)) {
    g_clear_error(error); /* that of the call which was cut short */
    return EXIT_INTERRUPTED;
  }
  if (job->scenario == NULL)
    return cmd_status(*error);
  if (job->parallel != NULL && !parallel_is_first())
    return EXIT_OK;
  g_autofree char *path = job->asked->output != NULL ? g_strdup(job->asked->output)
                                                     : run_dir_default(job->settings.path);
  job->dir = run_dir_open(path, error);
  if (job->dir == NULL)
    return EXIT_FILE;
  last_words_part(run_dir_part(job->dir), run_dir_there(job->dir));
  return start_recording(job, error) ? EXIT_OK : EXIT_FILE;
}

/* One of the ranks was interrupted, and all come to the end, which may take MPI a while. */
static void
end_together(const Job *job)
{
  last_words_stopping();
  if (parallel_is_first())
    fprintf(stderr, "roundtrip: %s: interrupted: nothing is kept of a run on several ranks\n",
            job->settings.path);
}

/* Lets time pass, here or on all ranks. */
static int
let_pass(Job *job, GError **error)
{
  int status = EXIT_OK;
  if (job->parallel != NULL) {
    RecordSettings settings = record_settings(job);
    ParallelTold told = {
        .points = record_points(&settings), .summary = job->summary, .record = job->record};
    if (!parallel_divide(job->parallel, job->scenario, &told, &status, error))
      return status;
    job->scenario->settings.loop = parallel_run;
    job->scenario->settings.loop_data = job->parallel;
  }
  bool ran = scenario_run(job->scenario, error);
  run_progress_clear(&job->progress);
  if (job->parallel != NULL && job->scenario->interrupted)
    end_together(job);
  if (job->parallel != NULL)
    return ran ? parallel_status(job->parallel) : EXIT_WRONG; /* it has looked at its account */
  return ran && check_account(job, error) ? EXIT_OK : EXIT_WRONG;
}

static int
run_here(Job *job, GError **error)
{
  int status = prepare(job, error);
  if (job->parallel != NULL)
    parallel_agree(job->parallel, &status, error);
  if (status == EXIT_OK)
    status = let_pass(job, error);
  if (status != EXIT_OK || job->dir == NULL)
    return status;
  g_autofree char *directory = g_strdup(run_dir_final(job->dir));
  bool recorded = job->record != NULL;
  bool all_hold = job->scenario->interrupted || scenario_check(job->scenario);
  last_words_arm(0);
  last_words_limit_memory(0);
  warn_truncated(job);
  if (!finish(job, error))
    return EXIT_FILE;
  interrupt_unblock();
  return report(job, directory, recorded, all_hold);
}

/* In a process of its own, which the one that was started watches. */
static int
run_watched(Job *job, GError **error)
{
  const ScenarioSettings *settings = &job->settings;
  g_autofree char *bug = describe(settings);
  WatchdogJob watched = {.scenario = settings->path,
                         .bug = bug,
                         .wall = settings->wall_limit,
                         .memory = settings->memory_limit,
                         .second = !run_job_speaks(settings->parallel)};
  int status = EXIT_FILE;
  if (!watchdog_begin(&watched, &status, error))
    return status;
  interrupt_block(); /* before MPI has threads */
  if (settings->parallel && parallel_is_asked()) {
    job->parallel = parallel_new(error); /* what it takes is not the scenario's */
    if (job->parallel == NULL)
      return EXIT_WRONG;
  }
  last_words_limit_memory(settings->memory_limit);
  run_progress_start(&job->progress, settings->quiet);
  job->settings.interrupted = interrupted;
  job->settings.interrupted_data = job;
  return run_here(job, error);
}

int
run_job_fail(bool speaks, GError *error)
{
  if (speaks)
    return cmd_fail(error);
  g_error_free(error);
  return EXIT_WRONG;
}

static void
clear(Job *job)
{
  if (job->record != NULL)
    record_abandon(job->record);
  if (job->summary != NULL)
    summary_free(job->summary);
  if (job->dir != NULL)
    run_dir_abandon(job->dir);
  if (job->parallel != NULL)
    parallel_undivide(job->parallel);
  if (job->scenario != NULL)
    scenario_free(job->scenario);
}

int
run_job(const RunJob *asked)
{
  Job job = {.asked = asked, .settings = asked->settings};
  GError *error = NULL;
  int status = run_watched(&job, &error);
  clear(&job);
  if (error != NULL) /* what all ranks find alike before they have joined, the first one says */
    status = run_job_fail(job.parallel != NULL || run_job_speaks(asked->settings.parallel), error);
  if (job.parallel != NULL)
    parallel_free(job.parallel);
  return status;
}
