/* worker: a run is a scenario read, run and checked; nothing is recorded.
 *
 * Everything of a run is made anew, so that no run can leave anything to the next: Lua state,
 * network, streams of random numbers. What is kept is the scenario's text. A run that asks for
 * too much memory is ended by the limit of the process (RLIMIT_DATA), one that never ends by the
 * clock inside (wall) or, when it does not come round to look at the clock, by the process that
 * started this one (pool.c). */
#include "scenarios/runner/study/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "scenarios/runner/bind/scenario.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/last-words.h"
#include "scenarios/runner/study/json-text.h"
#include "scenarios/runner/study/message.h"

#define READ_SIZE 65536

typedef struct Worker {
  GByteArray *in;     /* what has come and is not done; the setup stays at its beginning */
  GByteArray *out;    /* what is to be written */
  MessageSetup setup; /* its texts are in `kept` */
  GByteArray *kept;   /* the setup's message; NULL: it has not come */
  GString *results, *expectations; /* of the run under way, as JSON */
  GStringChunk *names;             /* of its results */
  GPtrArray *params;               /* of the run under way, for the scenario; NULL-terminated */
  LastWords words;
} Worker;

/* So that they outlive the scenario. */
static void
take_results(Worker *worker, const Scenario *scenario, Outcome *outcome)
{
  GString *json = worker->results;
  g_string_chunk_clear(worker->names);
  g_string_assign(json, "{");
  for (guint i = 0; i < scenario->results->len; i++) {
    const ScenarioResult *result = scenario->results->pdata[i];
    OutcomeResult one = {.name = g_string_chunk_insert(worker->names, result->name),
                         .value = result->value};
    g_array_append_val(outcome->results, one);
    g_string_append(json, i > 0 ? "," : "");
    json_text_append_string(json, result->name);
    g_string_append_c(json, ':');
    json_text_append_number(json, result->value);
  }
  g_string_append_c(json, '}');
  outcome->json = json->str;
}

/* As JSON. */
static void
write_expectations(const Scenario *scenario, GString *text)
{
  g_string_assign(text, "[");
  for (guint i = 0; i < scenario->expectations->len; i++) {
    const SummaryExpectation *one =
        &((const ScenarioExpectation *)scenario->expectations->pdata[i])->summary;
    g_string_append(text, i > 0 ? ",{\"text\":" : "{\"text\":");
    json_text_append_string(text, one->text);
    g_string_append(text, one->passed ? ",\"passed\":true" : ",\"passed\":false,\"seen\":");
    if (!one->passed)
      json_text_append_string(text, one->seen);
    g_string_append_c(text, '}');
  }
  g_string_append_c(text, ']');
}

/* The first expectation that did not hold, as the message. g_free. */
static char *
unmet(const Scenario *scenario)
{
  for (guint i = 0; i < scenario->expectations->len; i++) {
    const ScenarioExpectation *one = scenario->expectations->pdata[i];
    if (!one->summary.passed && *one->summary.seen != '\0')
      return g_strdup_printf("%s: it saw %s", one->summary.text, one->summary.seen);
    if (!one->summary.passed)
      return g_strdup(one->summary.text);
  }
  return g_strdup("");
}

/* The scenario with a run's parameters and seed. NULL and an error. */
static Scenario *
read_scenario(Worker *worker, const MessageRun *run, GError **error)
{
  const MessageSetup *setup = &worker->setup;
  g_ptr_array_set_size(worker->params, 0);
  for (const char *at = run->params; at < run->params + run->length; at += strlen(at) + 1)
    g_ptr_array_add(worker->params, (gpointer)(uintptr_t)at);
  g_ptr_array_add(worker->params, NULL);
  ScenarioSettings settings = {.path = setup->path,
                               .text = setup->text,
                               .length = setup->length,
                               .params = (const char *const *)worker->params->pdata,
                               .seed = run->seed,
                               .quiet = true,
                               .memory_limit = setup->memory,
                               .steps_limit = setup->steps,
                               .wall_limit = setup->wall,
                               .until = SIM_TIME_NEVER};
  return scenario_new(&settings, error);
}

static void
run_one(Worker *worker, const MessageRun *run)
{
  gint64 started = g_get_monotonic_time();
  double cpu = scenario_cpu_seconds();
  GError *error = NULL;
  g_autofree char *message = NULL;
  Outcome outcome;
  outcome_init(&outcome);
  outcome.point = run->point;
  outcome.seed = run->seed;
  Scenario *scenario = read_scenario(worker, run, &error);
  if (scenario != NULL && scenario_run(scenario, &error)) {
    bool met = scenario_check(scenario);
    message = met ? g_strdup("") : unmet(scenario);
    outcome.status = met ? OUTCOME_OK : OUTCOME_UNMET;
    outcome.sim_s = sim_time_to_seconds(sim_now(scenario->sim));
    outcome.events = scenario->sim->events;
    take_results(worker, scenario, &outcome);
    write_expectations(scenario, worker->expectations);
    outcome.expectations = worker->expectations->str;
  } else {
    message = g_strdup(error->message);
    outcome.status = OUTCOME_FAILED;
    g_error_free(error);
  }
  if (scenario != NULL)
    scenario_free(scenario);
  outcome.message = message;
  outcome.wall_s = (double)(g_get_monotonic_time() - started) * 1e-6;
  outcome.cpu_s = scenario_cpu_seconds() - cpu;
  message_put_outcome(worker->out, &outcome);
  outcome_clear(&outcome);
}

static bool
write_out(Worker *worker)
{
  const guint8 *at = worker->out->data;
  for (guint left = worker->out->len; left > 0;) {
    ssize_t written = write(STDOUT_FILENO, at, left);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    at += written;
    left -= (guint)written;
  }
  g_byte_array_set_size(worker->out, 0);
  return true;
}

static bool
handle(Worker *worker, const uint8_t *message, uint32_t length)
{
  MessageRun run;
  if (worker->kept == NULL) {
    worker->kept = g_byte_array_new();
    g_byte_array_append(worker->kept, message, length);
    if (!message_get_setup(worker->kept->data, &worker->setup))
      return false;
    last_words_limit_memory(worker->setup.memory);
    message_put_ready(worker->out);
    return write_out(worker);
  }
  if (!message_get_run(message, &run))
    return false;
  run_one(worker, &run);
  return write_out(worker);
}

/* Does every whole message that is there. False: it is over. */
static bool
handle_all(Worker *worker)
{
  guint done = 0;
  uint32_t length;
  while ((length = message_length(worker->in->data + done, worker->in->len - done)) > 0) {
    if (length == UINT32_MAX || !handle(worker, worker->in->data + done, length))
      return false;
    done += length;
  }
  g_byte_array_remove_range(worker->in, 0, done);
  return true;
}

int
worker_main(void)
{
  Worker worker = {.in = g_byte_array_new(),
                   .out = g_byte_array_new(),
                   .results = g_string_new(NULL),
                   .expectations = g_string_new(NULL),
                   .names = g_string_chunk_new(512),
                   .params = g_ptr_array_new()};
  int status = EXIT_OK;
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would take what it finds out */
  signal(SIGINT, SIG_IGN);          /* the process that started it decides */
  signal(SIGPIPE, SIG_IGN);
  last_words_take(&worker.words, STDERR_FILENO);
  for (;;) {
    guint had = worker.in->len;
    g_byte_array_set_size(worker.in, had + READ_SIZE);
    ssize_t got = read(STDIN_FILENO, worker.in->data + had, READ_SIZE);
    g_byte_array_set_size(worker.in, had + (got > 0 ? (guint)got : 0));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    if (!handle_all(&worker)) {
      status = EXIT_WRONG;
      break;
    }
  }
  g_byte_array_unref(worker.in);
  g_byte_array_unref(worker.out);
  if (worker.kept != NULL)
    g_byte_array_unref(worker.kept);
  g_string_free(worker.results, TRUE);
  g_string_free(worker.expectations, TRUE);
  g_string_chunk_free(worker.names);
  g_ptr_array_unref(worker.params);
  return status;
}
