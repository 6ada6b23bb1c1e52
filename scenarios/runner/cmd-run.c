/* cmd-run: `roundtrip run SCENARIO`: reads it, lets it run, and leaves a folder and a report.
 *
 * Everything is written beside its place and moved there when it is whole (run-dir.h); figures are
 * drawn afterwards from what was left, so that a missing gnuplot costs the figures only. An
 * interrupt (SIGINT, SIGTERM) is looked for between events: what was recorded is kept. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/net/net-account.h"
#include "plots/figure.h"
#include "scenarios/runner/bind/scenario.h"
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

#define MEMORY_DEFAULT (UINT64_C(1) << 30)
#define TRACE_DEFAULT UINT64_C(1000000000)

/* The command line. */
typedef struct Options {
  char **scenario;                                       /* owned: what is no option */
  char **params;                                         /* owned; NULL: none */
  char *seed, *output, *until;                           /* owned; NULL: not given */
  char *max_memory, *max_steps, *max_wall, *trace_limit; /* the same */
  gboolean no_trace, no_figures, from_stdin, report, data, quiet, parallel;
} Options;

/* The same, read. */
typedef struct Job {
  const Options *options;
  ScenarioSettings settings;
  char *text; /* owned: from standard input; NULL: the scenario is a file */
  uint64_t trace_limit;
  RunProgress progress;
  gint64 started;
  Scenario *scenario;
  RunDir *dir;
  Record *record;     /* NULL: nothing is recorded */
  Parallel *parallel; /* NULL: this process runs all of it */
  Summary *summary;   /* NULL: another rank writes it */
} Job;

static const char about[] =
    "Reads a scenario, lets its simulated time pass, and leaves a folder in out/ (or -o DIR):\n"
    "timeline.csv, tcp.csv, links.csv, captures in pcap/, summary.json and the figures that the\n"
    "scenario asks for. The run before is kept as DIR.1.\n";

static const char more[] =
    "Example\n"
    "  roundtrip run scenarios/handshake/syn-lost.lua -p delay=\"200 ms\" -s 7 -o out/slow\n"
    "  mpirun -n 4 roundtrip run --parallel scenarios/networks/fat-tree.lua -p k=16\n"
    "\n"
    "Exit status: 0 all well; 1 an expectation failed; 2 the command line or the scenario is "
    "wrong;\n"
    "3 a file could not be read or written; 4 a limit was exceeded; 130 interrupted.\n";

#define ARG(member) CMD_ARG(Options, member)

/* Whether this process talks to the user: all but the further ranks of a parallel run. */
static bool
parallel_speaks(bool parallel)
{
  return !parallel || !parallel_is_asked() || parallel_is_first();
}

static const GOptionEntry option_table[] = {
    {"param", 'p', 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(params),
     "set a parameter of the scenario (more than once)", "NAME=VALUE"},
    {"seed", 's', 0, G_OPTION_ARG_FILENAME, ARG(seed), "seed of the random numbers (1)", "N"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, ARG(output),
     "folder for what the run leaves (out/SCENARIO)", "DIR"},
    {"until", 0, 0, G_OPTION_ARG_FILENAME, ARG(until), "end at this simulated time", "TIME"},
    {"no-trace", 0, 0, G_OPTION_ARG_NONE, ARG(no_trace), "record no timeline, samples and captures",
     NULL},
    {"no-figures", 0, 0, G_OPTION_ARG_NONE, ARG(no_figures), "draw no figures", NULL},
    {"parallel", 0, 0, G_OPTION_ARG_NONE, ARG(parallel),
     "divide the network among the ranks of an mpirun job", NULL},
    {"stdin", 0, 0, G_OPTION_ARG_NONE, ARG(from_stdin),
     "read the text from standard input; SCENARIO says its name and folder", NULL},
    {"report", 0, 0, G_OPTION_ARG_NONE, ARG(report), "write report.html too, a page for a browser",
     NULL},
    {"report-data", 0, 0, G_OPTION_ARG_NONE, ARG(data),
     "write report.json, what that page shows, for programs", NULL},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, ARG(quiet), "say nothing but errors", NULL},
    {"max-memory", 0, 0, G_OPTION_ARG_FILENAME, ARG(max_memory),
     "memory that the run may take (1 GiB)", "SIZE"},
    {"max-steps", 0, 0, G_OPTION_ARG_FILENAME, ARG(max_steps),
     "instructions of Lua that one event may take (300000000)", "N"},
    {"max-wall", 0, 0, G_OPTION_ARG_FILENAME, ARG(max_wall),
     "real time that the simulation may take (no limit)", "TIME"},
    {"trace-limit", 0, 0, G_OPTION_ARG_FILENAME, ARG(trace_limit),
     "stop recording after so much (1 GB); the run goes on", "SIZE"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(scenario), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static bool
parse_options(Options *options, int argc, char **argv, GError **error)
{
  if (!cmd_parse(&cmd_run, options, argc, argv, error))
    return false;
  guint given = options->scenario != NULL ? g_strv_length(options->scenario) : 0;
  if (given == 1)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              given == 0 ? "which scenario? roundtrip run SCENARIO; `roundtrip list scenarios` "
                           "shows those that come with the program"
                         : "one scenario at a time: \"%s\" is too much",
              given == 0 ? "" : options->scenario[1]);
  return false;
}

static bool
parse_seed(const char *text, uint64_t *seed, GError **error)
{
  *seed = 1;
  if (text == NULL)
    return true;
  char *end;
  *seed = g_ascii_strtoull(text, &end, 10);
  if (g_ascii_isdigit(*text) && *end == '\0' && strlen(text) < 20)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--seed = \"%s\": a whole number is wanted", text);
  return false;
}

static bool
check_params(char **params, GError **error)
{
  for (guint i = 0; params != NULL && params[i] != NULL; i++) {
    const char *equals = strchr(params[i], '=');
    if (equals == NULL || equals == params[i]) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "-p \"%s\": NAME=VALUE is wanted, such as -p delay=\"50 ms\"", params[i]);
      return false;
    }
    for (guint j = 0; j < i; j++)
      if (strncmp(params[j], params[i], (size_t)(equals - params[i]) + 1) == 0) {
        g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "-p %s: the parameter is given twice",
                    params[i]);
        return false;
      }
  }
  return true;
}

/* All of standard input as the scenario's text. mpirun gives it to the first rank alone. */
static bool
read_stdin(Job *job, GError **error)
{
  if (job->options->parallel && parallel_is_asked()) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "--stdin: one rank of several has it; --parallel reads a file");
    return false;
  }
  GString *text = g_string_new(NULL);
  char part[4096];
  for (size_t got; (got = fread(part, 1, sizeof part, stdin)) > 0;)
    g_string_append_len(text, part, (gssize)got);
  bool good = ferror(stdin) == 0;
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot read the standard input");
  job->settings.length = text->len;
  job->text = g_string_free(text, FALSE);
  job->settings.text = job->text;
  return good;
}

static bool
read_settings(Job *job, GError **error)
{
  const Options *options = job->options;
  ScenarioSettings *settings = &job->settings;
  SimTime wall = 0;
  *settings = (ScenarioSettings){.path = options->scenario[0],
                                 .params = (const char *const *)options->params,
                                 .quiet = options->quiet || !parallel_speaks(options->parallel),
                                 .parallel = options->parallel,
                                 .memory_limit = MEMORY_DEFAULT,
                                 .until = SIM_TIME_NEVER};
  job->trace_limit = TRACE_DEFAULT;
  if (!parse_seed(options->seed, &settings->seed, error) || !check_params(options->params, error) ||
      !cmd_parse_quantity("--until", options->until, SIM_PARAM_TIME, &settings->until, error) ||
      !cmd_parse_quantity("--max-wall", options->max_wall, SIM_PARAM_TIME, &wall, error) ||
      !cmd_parse_quantity("--max-memory", options->max_memory, SIM_PARAM_SIZE,
                          &settings->memory_limit, error) ||
      !cmd_parse_steps(options->max_steps, &settings->steps_limit, error) ||
      !cmd_parse_quantity("--trace-limit", options->trace_limit, SIM_PARAM_SIZE, &job->trace_limit,
                          error))
    return false;
  settings->wall_limit = sim_time_to_seconds(wall);
  return !options->from_stdin || read_stdin(job, error);
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
  if (job->options->no_trace)
    return (RecordSettings){0};
  return (RecordSettings){
      .timeline = trace->timeline,
      .tcp = trace->tcp,
      .links = trace->links,
      .pcap = trace->pcap,
      .listeners = trace->listeners,
      .full_payload = trace->snaplen == 1,
      .interval = trace->interval,
      .limit = job->trace_limit,
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
  g_autofree char *limit = sim_quantity_print(SIM_QUANTITY_SIZE, (double)job->trace_limit);
  fprintf(stderr,
          "roundtrip: warning: recording stopped at --trace-limit (%s); the run went on without "
          "it\n",
          limit);
}

static double
cpu_seconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
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
  g_autoptr(GPtrArray) slabs = scenario_slabs(scenario);
  SummaryRun run = {
      .scenario = scenario->settings.path,
      .scenario_text = scenario->text,
      .seed = scenario->settings.seed,
      .params = params,
      .n_params = n_params,
      .until = job->options->until != NULL ? job->options->until : "",
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
      .wall_s = (double)(g_get_monotonic_time() - job->started) * 1e-6,
      .cpu_s = cpu_seconds(),
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
  if (recorded && !job->options->no_figures)
    run_draw_figures(scenario, directory);
  if (job->options->report)
    run_draw_page(scenario, directory, false);
  if (job->options->data)
    run_draw_page(scenario, directory, true);
  if (!job->options->quiet)
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
  g_autofree char *path = job->options->output != NULL ? g_strdup(job->options->output)
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
run_job(Job *job, GError **error)
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
                         .second = !parallel_speaks(job->options->parallel)};
  int status = EXIT_FILE;
  if (!watchdog_begin(&watched, &status, error))
    return status;
  interrupt_block(); /* before MPI has threads */
  if (job->options->parallel && parallel_is_asked()) {
    job->parallel = parallel_new(error); /* what it takes is not the scenario's */
    if (job->parallel == NULL)
      return EXIT_WRONG;
  }
  last_words_limit_memory(settings->memory_limit);
  run_progress_start(&job->progress, settings->quiet);
  job->settings.interrupted = interrupted;
  job->settings.interrupted_data = job;
  return run_job(job, error);
}

/* Says what is wrong; of what all ranks find alike, before they have joined, the first one does. An
 * option may be what is wrong. */
static int
fail(const Job *job, GError *error)
{
  bool together = job->options->parallel || job->settings.path == NULL;
  if (job->parallel == NULL && !parallel_speaks(together)) {
    g_error_free(error);
    return EXIT_WRONG;
  }
  return cmd_fail(error);
}

static int
run(int argc, char **argv)
{
  Options options = {0};
  Job job = {.options = &options, .started = g_get_monotonic_time()};
  GError *error = NULL;
  int status = EXIT_WRONG;
  if (parse_options(&options, argc, argv, &error) && read_settings(&job, &error))
    status = run_watched(&job, &error);
  if (job.record != NULL)
    record_abandon(job.record);
  if (job.summary != NULL)
    summary_free(job.summary);
  if (job.dir != NULL)
    run_dir_abandon(job.dir);
  if (job.parallel != NULL)
    parallel_undivide(job.parallel);
  if (job.scenario != NULL)
    scenario_free(job.scenario);
  if (error != NULL)
    status = fail(&job, error);
  if (job.parallel != NULL)
    parallel_free(job.parallel);
  g_free(job.text);
  g_strfreev(options.scenario);
  g_strfreev(options.params);
  char *texts[] = {options.seed,      options.output,   options.until,      options.max_memory,
                   options.max_steps, options.max_wall, options.trace_limit};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  return status;
}

const Command cmd_run = {
    .name = "run",
    .usage = "SCENARIO [-p NAME=VALUE]... [-s SEED] [-o DIR]",
    .summary = "run a scenario and say what happened",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
