/* cmd-run: the command line of `roundtrip run SCENARIO`; the run itself is run-job.c's. */
#include <stdio.h>
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/parallel/parallel.h"
#include "scenarios/runner/run-job.h"

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

/* All of standard input as the scenario's text, *text: g_free. mpirun gives it to the first rank
 * alone. */
static bool
read_stdin(const Options *options, ScenarioSettings *settings, char **text, GError **error)
{
  if (options->parallel && parallel_is_asked()) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "--stdin: one rank of several has it; --parallel reads a file");
    return false;
  }
  GString *all = g_string_new(NULL);
  char part[4096];
  for (size_t got; (got = fread(part, 1, sizeof part, stdin)) > 0;)
    g_string_append_len(all, part, (gssize)got);
  bool good = ferror(stdin) == 0;
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot read the standard input");
  settings->length = all->len;
  settings->text = *text = g_string_free(all, FALSE);
  return good;
}

static bool
read_settings(const Options *options, RunJob *job, GError **error)
{
  ScenarioSettings *settings = &job->settings;
  SimTime wall = 0;
  *settings = (ScenarioSettings){.path = options->scenario[0],
                                 .params = (const char *const *)options->params,
                                 .quiet = options->quiet || !run_job_speaks(options->parallel),
                                 .parallel = options->parallel,
                                 .memory_limit = MEMORY_DEFAULT,
                                 .until = SIM_TIME_NEVER};
  job->output = options->output;
  job->until = options->until;
  job->no_trace = options->no_trace;
  job->no_figures = options->no_figures;
  job->page = options->report;
  job->data = options->data;
  job->trace_limit = TRACE_DEFAULT;
  if (!parse_seed(options->seed, &settings->seed, error) || !check_params(options->params, error) ||
      !cmd_check_folder(options->output, error) ||
      !cmd_parse_quantity("--until", options->until, SIM_PARAM_TIME, &settings->until, error) ||
      !cmd_parse_quantity("--max-wall", options->max_wall, SIM_PARAM_TIME, &wall, error) ||
      !cmd_parse_quantity("--max-memory", options->max_memory, SIM_PARAM_SIZE,
                          &settings->memory_limit, error) ||
      !cmd_parse_steps(options->max_steps, &settings->steps_limit, error) ||
      !cmd_parse_quantity("--trace-limit", options->trace_limit, SIM_PARAM_SIZE, &job->trace_limit,
                          error))
    return false;
  settings->wall_limit = sim_time_to_seconds(wall);
  return true;
}

static void
options_clear(Options *options)
{
  g_strfreev(options->scenario);
  g_strfreev(options->params);
  char *texts[] = {options->seed,      options->output,   options->until,      options->max_memory,
                   options->max_steps, options->max_wall, options->trace_limit};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}

static int
run(int argc, char **argv)
{
  Options options = {0};
  RunJob job = {.started = g_get_monotonic_time()};
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  int status;
  if (!parse_options(&options, argc, argv, &error) || !read_settings(&options, &job, &error) ||
      (options.from_stdin && !read_stdin(&options, &job.settings, &text, &error))) {
    /* An option may be what is wrong. */
    bool together = options.parallel || job.settings.path == NULL;
    status = run_job_fail(run_job_speaks(together), g_steal_pointer(&error));
  } else {
    status = run_job(&job);
  }
  options_clear(&options);
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
