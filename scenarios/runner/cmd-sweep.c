/* cmd-sweep: `roundtrip sweep`: many runs of a scenario, and what they have in common.
 *
 * What is varied comes from the command line or from study{} in the scenario; plan.c makes a plan
 * of it and refuses what is wrong before the first run. The runs are made by worker processes
 * (pool.c) or by the ranks of an MPI job (remote.c); this process alone writes. An interrupt keeps
 * what has come back; the same command goes on from there. */
#include "scenarios/runner/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "plots/figure.h"
#include "scenarios/runner/bind/scenario.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/last-words.h"
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/study/export.h"
#include "scenarios/runner/study/finish.h"
#include "scenarios/runner/study/pool.h"
#include "scenarios/runner/study/progress.h"
#include "scenarios/runner/study/remote.h"
#include "scenarios/runner/watchdog.h"

#define USAGE "SCENARIO [NAME=V1,V2,...] [NAME=LO..HI:STEP] [--seeds N] [-j N] [-o DIR]"
#define WALL_DEFAULT 600. /* seconds a run may take */
#define JOBS_ALL G_MININT
#define JOBS_MOST 4096
#define MEMORY_DEFAULT (UINT64_C(1) << 30)

static const char about[] =
    "Runs a scenario for every combination of the values, with every seed, on every core, and\n"
    "leaves a study: results.csv (a row a run), summary.csv (means, 95 % intervals, quantiles),\n"
    "study.db (SQLite) and the figures that the scenario's study{} asks for.\n";

static const char more[] =
    "Values\n"
    "  loss=0,0.01,0.05         these\n"
    "  delay=10ms..200ms:10ms   from, to, step\n"
    "  loss=1e-4..1e-1:log:13   so many, each the same multiple of the one before\n"
    "  loss=0..0.1:lin:11       so many, evenly spread\n"
    "  loss=0,1e-3..1e-1:log:5  a list of all of these\n"
    "  loss=1e-4..1e-1:log      with --sample: drawn between them (:log: evenly in the logarithm)\n"
    "Either each number of a range has its unit or none has one (0 needs none).\n"
    "\n"
    "Every point has the same seeds, so that the variants meet the same chance; --vs cc=reno "
    "writes\n"
    "the differences between pairs of runs to differences.csv.\n"
    "\n"
    "The same command again makes only the runs that are not there, after an interrupt, a kill or\n"
    "a power cut, too: a run is there when scenario, version, parameters and seed are the same.\n"
    "\n"
    "Many machines: mpirun -n 64 roundtrip sweep ..., or shards:\n"
    "  roundtrip sweep S.lua loss=0..0.1:lin:11 --seeds 100 --shard 3/16 -o part-3\n"
    "  roundtrip merge part-* -o whole\n"
    "\n"
    "Examples\n"
    "  roundtrip sweep scenarios/transfer/random-loss.lua loss=0,0.01,0.02 --seeds 20\n"
    "  roundtrip sweep scenarios/transfer/random-loss.lua loss=0,0.01 --until \"ci(seconds) < 2 "
    "%\"\n"
    "  roundtrip sweep scenarios/studies/connect-time.lua\n"
    "\n"
    "Exit status: 0 all well; 1 runs failed, an expectation did not hold, or runs are missing;\n"
    "2 the command line or the scenario is wrong; 3 a file could not be read or written;\n"
    "130 interrupted.\n";

/* The command line; strings are owned. */
typedef struct Options {
  char **rest;   /* SCENARIO NAME=... */
  char **params; /* -p NAME=VALUE, which is the same */
  char *seeds, *output, *shard, *sample, *until, *max_seeds, *vs, *max_wall, *max_memory,
      *max_steps;
  gint jobs; /* JOBS_ALL: as many as there are cores */
  gboolean zip, retry, quiet;
} Options;

#define ARG(member) CMD_ARG(Options, member)

static const GOptionEntry option_table[] = {
    {"seeds", 0, 0, G_OPTION_ARG_STRING, ARG(seeds),
     "runs of each point: seeds 1 to N (1), or from A to B", "N|A..B"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, ARG(jobs), "worker processes (all cores)", "N"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, ARG(output),
     "the study's folder (out/SCENARIO.study)", "DIR"},
    {"zip", 0, 0, G_OPTION_ARG_NONE, ARG(zip),
     "take the values together: the first of each, the second of each ...", NULL},
    {"sample", 0, 0, G_OPTION_ARG_STRING, ARG(sample),
     "draw N points from the ranges, as a Latin hypercube", "lhs:N"},
    {"until", 0, 0, G_OPTION_ARG_STRING, ARG(until),
     "add seeds to a point until \"ci(RESULT) < 2 %\" (or \"< 5 ms\")", "RULE"},
    {"max-seeds", 0, 0, G_OPTION_ARG_STRING, ARG(max_seeds),
     "the most that --until gives a point (1000)", "N"},
    {"vs", 0, 0, G_OPTION_ARG_STRING, ARG(vs),
     "write the differences to the points with this value", "NAME=VALUE"},
    {"shard", 0, 0, G_OPTION_ARG_STRING, ARG(shard), "make only the K-th of N parts", "K/N"},
    {"retry", 0, 0, G_OPTION_ARG_NONE, ARG(retry), "make runs again that failed", NULL},
    {"max-wall", 0, 0, G_OPTION_ARG_STRING, ARG(max_wall), "real time that a run may take (10 min)",
     "TIME"},
    {"max-memory", 0, 0, G_OPTION_ARG_STRING, ARG(max_memory), "memory that a run may take (1 GiB)",
     "SIZE"},
    {"max-steps", 0, 0, G_OPTION_ARG_STRING, ARG(max_steps),
     "instructions of Lua that one event may take (300000000)", "N"},
    {"param", 'p', 0, G_OPTION_ARG_STRING_ARRAY, ARG(params), "the same as NAME=VALUE",
     "NAME=VALUE"},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, ARG(quiet), "say nothing but errors", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

typedef struct Job {
  const Options *options;
  PlanLimits limits;
  StudyRequest *request;
  char *scenario; /* owned: path of what is run */
  char *folder;   /* owned: of the study */
  Plan *plan;
  Store *store;
  Study *study;
  Pool *pool;     /* NULL: others do the work */
  Remote *remote; /* NULL: no MPI job */
  Progress progress;
} Job;

/* -- the command line -- */

static bool
check_options(const Options *options, GError **error)
{
  bool jobs = options->jobs == JOBS_ALL || (options->jobs >= 1 && options->jobs <= JOBS_MOST);
  if (options->rest != NULL && jobs)
    return true;
  if (options->rest == NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "which scenario? roundtrip sweep SCENARIO NAME=VALUES ...; `roundtrip list "
                "scenarios` shows those that come with the program");
  else
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "-j %d: a number from 1 to %d is wanted",
                options->jobs, JOBS_MOST);
  return false;
}

static bool
parse_options(Options *options, int argc, char **argv, GError **error)
{
  if (!cmd_parse(&cmd_sweep, options, argc, argv, error))
    return false;
  return check_options(options, error);
}

static bool
read_limits(Job *job, GError **error)
{
  SimTime wall = sim_time_from_seconds(WALL_DEFAULT);
  job->limits.memory = MEMORY_DEFAULT;
  if (!cmd_check_folder(job->options->output, error) ||
      !cmd_parse_quantity("--max-wall", job->options->max_wall, SIM_PARAM_TIME, &wall, error) ||
      !cmd_parse_quantity("--max-memory", job->options->max_memory, SIM_PARAM_SIZE,
                          &job->limits.memory, error) ||
      !cmd_parse_steps(job->options->max_steps, &job->limits.steps, error))
    return false;
  job->limits.wall = sim_time_to_seconds(wall);
  return true;
}

/* What the command line asks for. */
static StudyRequest *
asked(const Options *options)
{
  StudyRequest *request = request_new();
  for (char **axis = options->rest + 1; *axis != NULL; axis++)
    request_add_axis(request, *axis, NULL);
  for (char **axis = options->params; axis != NULL && *axis != NULL; axis++)
    request_add_axis(request, *axis, NULL);
  request->seeds = g_strdup(options->seeds);
  request->until = g_strdup(options->until);
  request->max_seeds = g_strdup(options->max_seeds);
  request->sample = g_strdup(options->sample);
  request->vs = g_strdup(options->vs);
  request->zip = options->zip;
  return request;
}

/* What the file asks for with study{}, under what the command line says. A file that is wrong is
 * plan.c's to report, at the values that are asked for, unless it is not the one that is run. */
static bool
read_request(Job *job, GError **error)
{
  g_autoptr(StudyRequest) given = asked(job->options);
  ScenarioSettings settings = {.path = job->options->rest[0],
                               .seed = 1,
                               .quiet = true,
                               .memory_limit = job->limits.memory,
                               .steps_limit = job->limits.steps,
                               .wall_limit = job->limits.wall,
                               .until = SIM_TIME_NEVER};
  g_autoptr(Scenario) scenario = scenario_read(&settings);
  if (scenario->text == NULL) {
    g_propagate_error(error, g_steal_pointer(&scenario->error));
    return false;
  }
  bool elsewhere = scenario->study != NULL && scenario->study->scenario != NULL;
  bool plain = scenario->study == NULL && scenario->params->len == 0;
  if (scenario->error != NULL && (elsewhere || plain)) {
    g_propagate_error(error, g_steal_pointer(&scenario->error));
    return false;
  }
  job->request = request_merge(given, scenario->study);
  const char *other = job->request->scenario;
  job->scenario =
      other == NULL ? g_strdup(settings.path) : g_build_filename(scenario->folder, other, NULL);
  return true;
}

/* -- the work -- */

static bool
is_interrupted(void *data)
{
  if (!interrupt_asked())
    return false;
  last_words_stopping();
  return true;
}

static void
looked(const Study *study, void *data)
{
  Job *job = data;
  progress_show(&job->progress, study);
}

static char *
default_folder(const Job *job)
{
  g_autofree char *run = run_dir_default(job->options->rest[0]);
  if (job->plan->shards == 1)
    return g_strconcat(run, ".study", NULL);
  return g_strdup_printf("%s.study.%u-of-%u", run, job->plan->shard, job->plan->shards);
}

static MessageSetup
setup_of(const Job *job)
{
  return (MessageSetup){.path = job->plan->scenario,
                        .text = job->plan->text,
                        .length = job->plan->length,
                        .memory = job->limits.memory,
                        .steps = job->limits.steps,
                        .wall = job->limits.wall};
}

static guint
workers_of(const Job *job)
{
  guint workers =
      job->options->jobs != JOBS_ALL ? (guint)job->options->jobs : g_get_num_processors();
  uint64_t most = job->plan->until != NULL ? job->plan->points * job->plan->max_seeds
                                           : job->study->counts.planned;
  return (guint)MIN(workers, MAX(most, 1));
}

static double
seconds_of(const struct rusage *usage)
{
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1e-6;
}

/* What all of it took, once the workers are gone. Of other ranks only what their runs took is
 * known. */
static void
count_cost(StudyCounts *counts, bool remote)
{
  struct rusage own, workers;
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &workers);
  counts->other_cpu_s = seconds_of(&own);
  if (!remote)
    counts->other_cpu_s += MAX(seconds_of(&workers) - counts->cpu_s, 0);
  counts->own_peak = (uint64_t)own.ru_maxrss * 1024;
  counts->worker_peak = (uint64_t)workers.ru_maxrss * 1024;
}

static bool
make_runs(Job *job, GError **error)
{
  StudyWatch watch = {.stop = is_interrupted, .looked = looked, .data = job};
  MessageSetup setup = setup_of(job);
  Crew crew;
  if (job->remote != NULL) {
    if (!remote_begin(job->remote, &setup, error))
      return false;
    crew = remote_crew(job->remote);
  } else {
    job->pool = pool_new(workers_of(job), &setup, error);
    if (job->pool == NULL)
      return false;
    crew = pool_crew(job->pool);
  }
  progress_start(&job->progress, job->options->quiet);
  bool good = study_run(job->study, &crew, &watch, error);
  job->study->counts.seconds = progress_seconds(&job->progress);
  progress_end(&job->progress);
  g_clear_pointer(&job->pool, pool_free);
  count_cost(&job->study->counts, job->remote != NULL);
  return good;
}

static bool
prepare(Job *job, GError **error)
{
  job->plan = plan_new(job->request, job->scenario, job->options->shard, &job->limits, error);
  if (job->plan == NULL)
    return false;
  job->folder = job->options->output != NULL ? g_strdup(job->options->output) : default_folder(job);
  job->store = store_open(job->folder, true, error);
  if (job->store == NULL)
    return false;
  g_autofree char *path = g_build_filename(job->folder, "study.json", NULL);
  if (!plan_write(job->plan, path, error))
    return false;
  job->study = study_new(job->plan, job->store);
  job->study->retry = job->options->retry;
  return true;
}

/* An exit status; with *error set the error's counts. */
static int
run_job(Job *job, GError **error)
{
  if (!read_request(job, error) || !prepare(job, error))
    return EXIT_WRONG;
  interrupt_block();
  if (!make_runs(job, error))
    return EXIT_FILE;
  if (job->study->interrupted) {
    const StudyCounts *counts = &job->study->counts;
    fprintf(stderr,
            "roundtrip: interrupted: %" PRIu64 " of %" PRIu64 " runs are kept in %s, and the same "
            "command goes on from there\n",
            counts->made + counts->found, counts->planned, job->folder);
    return EXIT_INTERRUPTED;
  }
  interrupt_unblock();
  return finish_study(job->study, job->folder, job->options->quiet, error);
}

static void
job_clear(Job *job)
{
  g_clear_pointer(&job->pool, pool_free);
  g_clear_pointer(&job->study, study_free);
  g_clear_pointer(&job->store, store_close);
  g_clear_pointer(&job->plan, plan_free);
  g_clear_pointer(&job->request, request_free);
  g_free(job->scenario);
  g_free(job->folder);
}

static void
options_clear(Options *options)
{
  char *texts[] = {options->seeds,     options->output,   options->shard,    options->sample,
                   options->until,     options->vs,       options->max_wall, options->max_memory,
                   options->max_seeds, options->max_steps};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_strfreev(options->rest);
  g_strfreev(options->params);
}

/* The scenario is read here, which may have no end, either: in a process of its own, but in an MPI
 * job, whose daemon expects those that it has started. */
static int
run_watched(Job *job, GError **error)
{
  g_autofree char *bug = g_strdup_printf("version %s", cmd_version());
  WatchdogJob watched = {.scenario = job->options->rest[0],
                         .bug = bug,
                         .wall = job->limits.wall,
                         .memory = job->limits.memory};
  int status = EXIT_FILE;
  if (!remote_is_asked() && !watchdog_begin(&watched, &status, error))
    return status;
  if (!remote_join(&job->remote, error))
    return EXIT_WRONG;
  if (job->remote != NULL && !remote_is_first(job->remote))
    return remote_serve(job->remote, error);
  return run_job(job, error);
}

static int
run(int argc, char **argv)
{
  Options options = {.jobs = JOBS_ALL};
  Job job = {.options = &options};
  GError *error = NULL;
  int status = EXIT_WRONG;
  if (parse_options(&options, argc, argv, &error) && read_limits(&job, &error))
    status = run_watched(&job, &error);
  if (error != NULL)
    status = cmd_fail(error);
  if (job.remote != NULL)
    remote_leave(job.remote);
  job_clear(&job);
  options_clear(&options);
  return status;
}

const Command cmd_sweep = {
    .name = "sweep",
    .usage = USAGE,
    .summary = "run a scenario many times, with error bars",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
