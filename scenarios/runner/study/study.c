/* study: hands out runs, takes them back, and decides which points are done. */
#include "scenarios/runner/study/study.h"

#include <string.h>

#include "sim/error.h"

#define WAIT_MS 100
#define STEPS_MOST 1000 /* between two looks at who waits: an interrupt, workers */
#define COMMIT_EVERY (G_USEC_PER_SEC / 10)

Study *
study_new(Plan *plan, Store *store)
{
  Study *study = g_new0(Study, 1);
  study->plan = plan;
  study->store = store;
  study->points = g_new0(StudyPoint, plan->points);
  study->moments = g_new0(SimMoments, plan->points);
  study->watched = plan->until != NULL ? g_strdup(plan->until->result) : NULL;
  study->unsettled = plan->points;
  for (uint64_t i = 0; i < plan->points; i++)
    study->points[i].target = plan->seeds;
  study->counts.planned = plan_runs(plan);
  return study;
}

void
study_free(Study *study)
{
  g_clear_error(&study->error);
  g_free(study->points);
  g_free(study->moments);
  g_free(study->watched);
  g_free(study);
}

/* -- what is there -- */

static bool
identify(Study *study, uint64_t point, bool create, GError **error)
{
  const Plan *plan = study->plan;
  StudyPoint *state = &study->points[point];
  if (state->id > 0)
    return true;
  g_autoptr(GString) key = g_string_new(NULL), sha256 = g_string_new(NULL);
  plan_key(plan, point, key);
  plan_sha256(plan, point, sha256);
  StorePoint where = {
      .scenario = plan->name, .sha256 = sha256->str, .version = plan->version, .params = key->str};
  state->id = store_point(study->store, &where, create, error);
  return state->id >= 0;
}

static bool
has_result(const Outcome *outcome, const char *name, double *value)
{
  for (guint i = 0; i < outcome->results->len; i++) {
    const OutcomeResult *result = &g_array_index(outcome->results, OutcomeResult, i);
    if (strcmp(result->name, name) == 0) {
      *value = result->value;
      return true;
    }
  }
  return false;
}

/* Looks for runs of a point. */
typedef struct Look {
  const Study *study;
  uint64_t point;
  StoreFn fn;
  void *data;
} Look;

static bool
see(const Outcome *outcome, void *data)
{
  const Look *look = data;
  return !plan_is_ours(look->study->plan, look->point, outcome->seed) ||
         look->fn(outcome, look->data);
}

bool
study_each_run(const Study *study, uint64_t point, StoreFn fn, void *data, GError **error)
{
  const StudyPoint *state = &study->points[point];
  uint64_t first = study->plan->seed;
  Look look = {study, point, fn, data};
  return state->id <= 0 ||
         store_each(study->store, state->id, first, first + state->target - 1, see, &look, error);
}

/* Takes the values of the result that is watched. */
typedef struct Watched {
  const char *name;
  SimMoments *moments;
} Watched;

static bool
add_watched(const Outcome *outcome, void *data)
{
  const Watched *watched = data;
  double value;
  if (has_result(outcome, watched->name, &value))
    sim_moments_add(watched->moments, value);
  return true;
}

/* A run that is there, made now or before. */
static void
count_run(Study *study, OutcomeStatus status)
{
  study->counts.failed += status == OUTCOME_FAILED;
  study->counts.unmet += status == OUTCOME_UNMET;
}

/* All seeds of a point are there that it was to have: does it need more? */
static bool
settle(Study *study, uint64_t point, GError **error)
{
  const Plan *plan = study->plan;
  StudyPoint *state = &study->points[point];
  if (state->settled || state->next < state->target || state->open > 0)
    return true;
  if (plan->until != NULL && plan_is_ours(plan, point, plan->seed)) {
    SimMoments moments = {0};
    Watched watched = {study->watched, &moments};
    if (!study_each_run(study, point, add_watched, &watched, error))
      return false;
    if (!until_holds(plan->until, &moments) && !state->gaps) {
      uint64_t more = until_more(state->target, plan->max_seeds);
      study->counts.planned += more - state->target;
      study->counts.wide += more == state->target;
      if (more > state->target) {
        state->target = more;
        return true;
      }
    }
  }
  state->settled = true;
  study->unsettled--;
  return true;
}

/* A run that is there already. */
static bool
take_found(Study *study, uint64_t point, uint64_t seed, GError **error)
{
  Watched watched = {study->watched, &study->moments[point]};
  return study->watched == NULL || store_each(study->store, study->points[point].id, seed, seed,
                                              add_watched, &watched, error);
}

/* Whether the point's next run is there already, or another shard's. It is passed over then. */
static bool
pass_over(Study *study, uint64_t point, bool *passed, GError **error)
{
  const Plan *plan = study->plan;
  StudyPoint *state = &study->points[point];
  uint64_t seed = plan->seed + state->next;
  OutcomeStatus status;
  GError *failed = NULL;
  *passed = true;
  if (!plan_is_ours(plan, point, seed)) {
    state->next++;
    return true;
  }
  *passed = false;
  if (!identify(study, point, false, error))
    return false;
  if (state->id == 0 || state->fresh)
    return true;
  if (store_has(study->store, state->id, seed, &status, &failed) &&
      !(study->retry && status == OUTCOME_FAILED)) {
    *passed = true;
    state->next++;
    study->counts.found++;
    count_run(study, status);
    return take_found(study, point, seed, error);
  }
  if (failed != NULL)
    g_propagate_error(error, failed);
  return failed == NULL;
}

/* -- handing out -- */

static bool
give(Study *study, uint64_t point, const Crew *crew, GError **error)
{
  const Plan *plan = study->plan;
  StudyPoint *state = &study->points[point];
  g_autoptr(GString) params = g_string_new(NULL);
  state->fresh = state->fresh || state->id == 0;
  if (!identify(study, point, true, error))
    return false;
  for (guint i = 0; i < plan->axes->len; i++) {
    g_string_append_printf(params, "%s=%s", ((const Axis *)plan->axes->pdata[i])->name,
                           plan_value(plan, point, i));
    g_string_append_c(params, '\0');
  }
  MessageRun run = {.point = point,
                    .seed = plan->seed + state->next,
                    .params = params->str,
                    .length = params->len};
  state->next++;
  state->open++;
  study->open++;
  return crew->ops->give(crew->self, &run, error);
}

/* What a step of the study came to. */
typedef enum {
  STEP_GAVE,    /* a run was handed out */
  STEP_PASSED,  /* a run is there, or is missing and nobody makes it: look at the next one */
  STEP_NOTHING, /* nothing is to be done until something comes back */
} Step;

/* The next run of the next point: handed out, passed over, or counted as missing when nobody is
 * there to make it. */
static bool
advance(Study *study, const Crew *crew, Step *step, GError **error)
{
  for (uint64_t i = 0; i < study->plan->points; i++) {
    uint64_t point = study->cursor;
    StudyPoint *state = &study->points[point];
    study->cursor = (point + 1) % study->plan->points;
    if (state->settled)
      continue;
    bool passed = true;
    /* With a rule the seeds of a point are passed over one after the other, too. */
    if (state->next < state->target && !pass_over(study, point, &passed, error))
      return false;
    if (!passed && crew == NULL) {
      state->next++;
      state->gaps = true;
      study->counts.missing++;
    } else if (!passed) {
      *step = STEP_GAVE;
      return give(study, point, crew, error);
    }
    if (!settle(study, point, error))
      return false;
    if (!state->settled && state->open == 0) {
      *step = STEP_PASSED;
      return true;
    }
  }
  *step = STEP_NOTHING;
  return true;
}

/* Gives the crew as much as it takes. */
static bool
hand_out(Study *study, const Crew *crew, Step *step, GError **error)
{
  guint room = crew != NULL ? crew->ops->room(crew->self) : 1;
  *step = STEP_PASSED;
  for (guint i = 0; i < STEPS_MOST && room > 0 && *step != STEP_NOTHING; i++) {
    if (!advance(study, crew, step, error))
      return false;
    room -= *step == STEP_GAVE;
  }
  if (room == 0)
    *step = STEP_NOTHING;
  return true;
}

/* -- taking back -- */

/* The rule of --until names a result: the first run with results shows whether there is such a
 * one. */
static bool
check_watched(Study *study, const Outcome *outcome, GError **error)
{
  double value;
  if (outcome->status == OUTCOME_FAILED)
    return true;
  if (study->watched == NULL && outcome->results->len > 0)
    study->watched = g_strdup(g_array_index(outcome->results, OutcomeResult, 0).name);
  if (study->watched == NULL)
    return true;
  if (has_result(outcome, study->watched, &value)) {
    sim_moments_add(&study->moments[outcome->point], value);
    return true;
  }
  if (study->plan->until == NULL || study->counts.made > 0 || study->counts.found > 0)
    return true;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < outcome->results->len; i++)
    g_ptr_array_add(names,
                    (gpointer)(uintptr_t)g_array_index(outcome->results, OutcomeResult, i).name);
  g_ptr_array_add(names, NULL);
  sim_error_unknown(error, "result", study->watched, (const char *const *)names->pdata);
  g_prefix_error(error, "--until: ");
  return false;
}

static void
take(const Outcome *outcome, const uint8_t *message, uint32_t length, void *data)
{
  Study *study = data;
  StudyPoint *state = &study->points[outcome->point];
  if (study->error != NULL)
    return;
  if (!check_watched(study, outcome, &study->error) ||
      !store_put(study->store, state->id, outcome, &study->error))
    return;
  state->open--;
  study->open--;
  study->counts.made++;
  study->counts.cpu_s += outcome->cpu_s;
  count_run(study, outcome->status);
  if (study->watch != NULL && study->watch->ran != NULL)
    study->watch->ran(study, outcome, study->watch->data);
  settle(study, outcome->point, &study->error);
}

static bool
is_stopped(Study *study)
{
  const StudyWatch *watch = study->watch;
  if (watch != NULL && watch->looked != NULL)
    watch->looked(study, watch->data);
  study->interrupted = watch != NULL && watch->stop != NULL && watch->stop(watch->data);
  return study->interrupted;
}

static bool
work(Study *study, const Crew *crew, GError **error)
{
  gint64 committed = g_get_monotonic_time();
  while (study->unsettled > 0 && !is_stopped(study)) {
    Step step;
    if (!hand_out(study, crew, &step, error))
      return false;
    if (crew == NULL && step == STEP_NOTHING)
      break;
    int patience = step == STEP_NOTHING ? WAIT_MS : 0;
    if (study->open > 0 && !crew->ops->wait(crew->self, patience, take, study, error))
      return false;
    if (study->error != NULL) {
      g_propagate_error(error, g_steal_pointer(&study->error));
      return false;
    }
    gint64 now = g_get_monotonic_time();
    if (now - committed >= COMMIT_EVERY) {
      if (!store_commit(study->store, error))
        return false;
      committed = g_get_monotonic_time();
    }
  }
  return true;
}

bool
study_run(Study *study, const Crew *crew, const StudyWatch *watch, GError **error)
{
  study->watch = watch;
  GError *failed = NULL;
  bool good = work(study, crew, error);
  /* What came back is kept, whatever went wrong. */
  if (!store_commit(study->store, good ? error : &failed))
    good = false;
  g_clear_error(&failed);
  study->watch = NULL;
  return good;
}
