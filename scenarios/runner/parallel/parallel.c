/* parallel: a network is divided, and the ranks let time pass together. */
#include "scenarios/runner/parallel/parallel.h"

#include <string.h>

#include "models/app/app-stream.h"
#include "models/net/link.h"
#include "models/net/net-account.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/parallel/parallel-cut.h"
#include "scenarios/runner/parallel/parallel-private.h"
#include "sim/rng.h"

#define STEP_FIRST SIM_MILLISECOND
#define STEP_MOST (16 * SIM_MILLISECOND)
#define LOG_MUCH (UINT64_C(16) << 20) /* bytes a rank and window */

/* -- dividing -- */

static const uint8_t *
take_message(void *self, const uint8_t *at, const uint8_t *end)
{
  const Parallel *parallel = self;
  return app_part_take(g_ptr_array_index(parallel->scenario->loads, app_part_load(at)), at, end);
}

static void
on_ended(void *self, const AppPartEnd *end)
{
  const Parallel *parallel = self;
  parallel_log_flow(parallel->log, end);
}

static void
on_failed(void *self, const char *load, uint64_t flow)
{
  const Parallel *parallel = self;
  Scenario *scenario = parallel->scenario;
  scenario_fail(scenario, g_error_new(SIM_ERROR, SIM_ERROR_STATE,
                                      "%s: --parallel: flow %" G_GUINT64_FORMAT
                                      " of %s was given up and accepted within one look-ahead, "
                                      "which the ranks cannot put in order: run it without "
                                      "--parallel",
                                      scenario->settings.path, flow, load));
}

static void
on_came(void *self, const AppPartCame *came)
{
  const Parallel *parallel = self;
  parallel_log_came(parallel->log, came);
}

/* The events that are pending before the run are those of loads and streams. */
static bool
check_events(const Scenario *scenario, GError **error)
{
  if (sim_pending(scenario->sim) <= scenario->loads->len + scenario->streams->len)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
              "%s: --parallel: something other than a load has to happen in this scenario",
              scenario->settings.path);
  return false;
}

/* A mark of what was read: ranks on several machines may have other files, or other versions. */
static uint64_t
mark_of(const Scenario *scenario)
{
  const Net *net = scenario->net;
  uint64_t mark =
      sim_rng_mix(scenario->sim->seed, (uint64_t)net->nodes->len << 32 | net->links->len,
                  (uint64_t)scenario->loads->len << 32 | scenario->streams->len);
  for (guint i = 0; i < net->links->len; i++) {
    const Link *link = g_ptr_array_index(net->links, i);
    mark = sim_rng_mix(mark ^ sim_rng_hash(link->name), link->forward.rate,
                       (uint64_t)link->forward.delay);
  }
  return mark;
}

static bool
have_read_the_same(const Parallel *parallel, uint64_t mark)
{
  for (unsigned i = 0; i < parallel->ranks; i++)
    if (i != parallel->rank && parallel_head_of(parallel, i).scenario != mark)
      return false;
  return true;
}

/* The first rank's cut for all: which part each node is of, by its index. */
static uint32_t *
share_cut(Parallel *parallel, const Scenario *scenario, int *status, GError **error)
{
  size_t bytes = scenario->net->nodes->len * sizeof(uint32_t);
  uint32_t *of = NULL;
  if (parallel->rank == 0 && check_events(scenario, error) &&
      (of = parallel_cut(scenario->net, parallel->ranks, error)) == NULL)
    g_prefix_error(error, "%s: ", scenario->settings.path);
  ParallelHead head = {.magic = PARALLEL_MAGIC,
                       .scenario = mark_of(scenario),
                       .status = parallel->rank == 0 && of == NULL ? EXIT_WRONG : EXIT_OK};
  parallel_begin_messages(parallel, &head);
  for (unsigned i = 1; i < parallel->ranks && of != NULL; i++)
    g_byte_array_append(parallel->out[i], (const guint8 *)of, (guint)bytes);
  parallel_exchange(parallel);
  *status = parallel_status_of(parallel, head.status);
  if (*status == EXIT_OK && !have_read_the_same(parallel, head.scenario)) {
    *status = EXIT_WRONG;
    if (parallel->rank == 0)
      g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                  "%s: --parallel: not all ranks have read the same; each machine of the job wants "
                  "the same files, options and version",
                  scenario->settings.path);
  }
  if (*status != EXIT_OK) {
    g_free(of);
    return NULL;
  }
  if (parallel->rank > 0) {
    g_assert(parallel->in[0]->len == sizeof head + bytes);
    of = g_memdup2(parallel->in[0]->data + sizeof head, bytes);
  }
  return of;
}

/* What a rank may log in one window: the first one keeps it, the others send it. */
static gsize
log_most(const Parallel *parallel)
{
  return parallel->rank == 0 ? PARALLEL_LOG_MOST : PARALLEL_MESSAGE_MOST;
}

bool
parallel_divide(Parallel *parallel, Scenario *scenario, const ParallelTold *told, int *status,
                GError **error)
{
  uint32_t *of = share_cut(parallel, scenario, status, error);
  if (of == NULL)
    return false;
  bool recorded = told->points != 0;
  parallel->scenario = scenario;
  parallel->reader = (ParallelReader){.net = scenario->net,
                                      .loads = scenario->loads,
                                      .summary = told->summary,
                                      .record = told->record};
  parallel->step = recorded ? STEP_FIRST : SIM_TIME_NEVER;
  parallel->log =
      parallel_log_new(scenario->net, parallel->rank, told->points, (guint)log_most(parallel));
  parallel->part = net_part_new(scenario->net, parallel->rank, parallel->ranks, of);
  parallel->part->most = PARALLEL_MESSAGE_MOST;
  parallel->part->take = take_message;
  parallel->part->self = parallel;
  parallel->ops_of_loads =
      (AppPartOps){.ended = on_ended, .came = recorded ? on_came : NULL, .failed = on_failed};
  for (guint i = 0; i < scenario->loads->len; i++)
    app_part_begin(g_ptr_array_index(scenario->loads, i), i, &parallel->ops_of_loads, parallel);
  for (guint i = 0; i < scenario->streams->len; i++)
    app_stream_divide(g_ptr_array_index(scenario->streams, i));
  return true;
}

void
parallel_undivide(Parallel *parallel)
{
  if (parallel->scenario == NULL)
    return;
  g_clear_pointer(&parallel->log, parallel_log_free);
  g_clear_pointer(&parallel->part, net_part_free);
  parallel->scenario = NULL;
}

/* -- running -- */

static int
own_status(const Scenario *scenario)
{
  if (scenario->interrupted)
    return EXIT_INTERRUPTED;
  if (scenario->error == NULL)
    return EXIT_OK;
  return cmd_status(scenario->error);
}

/* The first rank reads what all have logged since the last round. */
static void
replay(Parallel *parallel)
{
  GByteArray *own = parallel_log_bytes(parallel->log);
  g_autofree ParallelLogPart *parts = g_new0(ParallelLogPart, parallel->ranks);
  for (unsigned i = 0; i < parallel->ranks; i++) {
    const GByteArray *message = i == parallel->rank ? own : parallel->in[i];
    gsize skip =
        i == parallel->rank ? 0 : sizeof(ParallelHead) + parallel_head_of(parallel, i).part_bytes;
    parts[i] = (ParallelLogPart){.at = message->data + skip, .end = message->data + message->len};
  }
  if (parallel->rank == 0)
    parallel_replay(&parallel->reader, parts, parallel->ranks);
}

/* Takes what the others have told. */
static void
take_all(Parallel *parallel)
{
  const Scenario *scenario = parallel->scenario;
  for (unsigned i = 0; i < parallel->ranks; i++)
    if (i != parallel->rank)
      net_part_take(parallel->part, parallel->in[i]->data + sizeof(ParallelHead),
                    parallel_head_of(parallel, i).part_bytes);
  for (guint i = 0; i < scenario->loads->len; i++)
    app_part_settled(g_ptr_array_index(scenario->loads, i));
  replay(parallel);
}

/* Can so much be told or kept? If not, this is the end of the run. */
static bool
fits(Parallel *parallel, gsize bytes, gsize most)
{
  const Scenario *scenario = parallel->scenario;
  if (bytes <= most)
    return true;
  scenario_fail(parallel->scenario,
                g_error_new(SIM_ERROR, SIM_ERROR_LIMIT,
                            "%s: --parallel: rank %u has %" G_GSIZE_FORMAT " bytes or more to tell "
                            "at once, and at most %" G_GSIZE_FORMAT " can be told: run it on more "
                            "ranks, or without --parallel",
                            scenario->settings.path, parallel->rank, bytes, most));
  return false;
}

/* What was left out for its length (NetPart.most, parallel_log_new()) is found here, too. */
static bool
all_fit(Parallel *parallel, gsize log)
{
  gsize most = 0;
  for (unsigned i = 0; i < parallel->ranks; i++)
    most = MAX(most, parallel->part->out[i]->len + (i == 0 && parallel->rank > 0 ? log : 0));
  return fits(parallel, log, log_most(parallel)) &&
         fits(parallel, sizeof(ParallelHead) + most, PARALLEL_MESSAGE_MOST);
}

/* The next window is half as long when much was logged in this one, and longer when little was. */
static void
choose_step(Parallel *parallel, uint64_t logged)
{
  if (logged > LOG_MUCH)
    parallel->step = MAX(parallel->step / 2, 1);
  else if (logged < LOG_MUCH / 4 && parallel->step < STEP_MOST)
    parallel->step *= 2;
}

/* One round: tells the others what is new, takes what they tell, and says when the first event is
 * due that is left anywhere. Where one of them cannot go on, and may have stopped in mid-window,
 * nothing is taken. */
static void
round_of(Parallel *parallel, SimTime *next)
{
  const Scenario *scenario = parallel->scenario;
  NetPart *part = parallel->part;
  GByteArray *log = parallel_log_bytes(parallel->log);
  bool fit = all_fit(parallel, log->len);
  ParallelHead head = {.magic = PARALLEL_MAGIC,
                       .status = own_status(scenario),
                       .next = MIN(sim_next(scenario->sim), part->next_arrival),
                       .now = sim_now(scenario->sim),
                       .log_bytes = log->len};
  for (unsigned i = 0; i < parallel->ranks; i++) {
    GByteArray *out = parallel->out[i];
    head.part_bytes = part->out[i]->len;
    g_byte_array_set_size(out, 0);
    g_byte_array_append(out, (const guint8 *)&head, sizeof head);
    if (!fit)
      continue;
    g_byte_array_append(out, part->out[i]->data, part->out[i]->len);
    if (i == 0 && parallel->rank > 0)
      g_byte_array_append(out, log->data, log->len);
  }
  net_part_sent(part);
  parallel_exchange(parallel);
  parallel->status = parallel_status_of(parallel, head.status);
  *next = head.next;
  parallel->end = head.now;
  uint64_t logged = head.log_bytes;
  for (unsigned i = 0; i < parallel->ranks; i++) {
    if (i == parallel->rank)
      continue;
    ParallelHead other = parallel_head_of(parallel, i);
    *next = MIN(*next, other.next);
    parallel->end = MAX(parallel->end, other.now);
    logged = MAX(logged, other.log_bytes);
  }
  choose_step(parallel, logged);
  if (parallel->status == EXIT_OK)
    take_all(parallel);
  g_byte_array_set_size(log, 0);
}

/* Brings all counters up to the end of the run, in the order in which one process does it. */
static void
count_links(const Scenario *scenario)
{
  Sim *sim = scenario->sim;
  sim->part_time = SIM_TIME_NEVER;
  for (guint i = 0; i < 2 * scenario->net->links->len; i++) {
    sim->part_key = (uint64_t)i << SIM_COUNTER_BITS;
    link_counters(net_part_direction(scenario->net, i));
  }
}

/* The last rounds: of what happened at the end, and of all that is counted. */
static void
gather(Parallel *parallel)
{
  Scenario *scenario = parallel->scenario;
  GError *error = NULL;
  SimTime next;
  count_links(scenario);
  parallel_log_open_ends(parallel->log);
  if (!net_account(scenario->net, &error)) {
    g_prefix_error(&error, "a bug of Roundtrip, please report it with the scenario: rank %u: ",
                   parallel->rank);
    scenario_fail(scenario, error);
  }
  round_of(parallel, &next);
  if (parallel->status != EXIT_OK)
    return;
  ParallelHead head = {.magic = PARALLEL_MAGIC};
  parallel_begin_messages(parallel, &head);
  if (parallel->rank > 0)
    parallel_sum_write(parallel, parallel->out[0]);
  if (!fits(parallel, parallel->out[0]->len, PARALLEL_MESSAGE_MOST)) {
    head.status = EXIT_LIMIT;
    parallel_begin_messages(parallel, &head);
  }
  parallel_exchange(parallel);
  parallel->status = parallel_status_of(parallel, head.status);
  if (parallel->rank > 0 || parallel->status != EXIT_OK)
    return;
  ParallelSum *sum = parallel_sum_new(parallel);
  for (unsigned i = 1; i < parallel->ranks; i++)
    parallel_sum_add(sum, parallel->in[i]->data + sizeof head, parallel->in[i]->len - sizeof head);
  parallel_sum_finish(sum);
}

SimRunEnd
parallel_run(Scenario *scenario, SimTime until, void *data)
{
  Parallel *parallel = data;
  Sim *sim = scenario->sim;
  SimTime next;
  bool stopped = !sim_run_part(sim, sim_now(sim)); /* while the file was read */
  round_of(parallel, &next);
  while (parallel->status == EXIT_OK && !stopped && next <= until && next != SIM_TIME_NEVER) {
    SimTime end = sim_time_add(next, MIN(parallel->part->ahead, parallel->step));
    sim_run_part(sim, MIN(end, sim_time_add(until, 1)));
    round_of(parallel, &next);
  }
  if (parallel->status == EXIT_OK) {
    if (!stopped)
      sim->now = next == SIM_TIME_NEVER ? parallel->end : until;
    gather(parallel);
  }
  if (parallel_is_told(parallel))
    g_clear_error(&scenario->error);
  if (parallel->status == EXIT_INTERRUPTED)
    scenario->interrupted = true;
  return parallel->status != EXIT_OK || stopped ? SIM_RUN_STOPPED
         : next == SIM_TIME_NEVER               ? SIM_RUN_EMPTY
                                                : SIM_RUN_UNTIL;
}

void
parallel_memory(const Parallel *parallel, SummaryRun *run)
{
  run->slabs = (const SimSlab *const *)parallel->slab_list->pdata;
  run->n_slabs = parallel->slab_list->len;
  run->event_places = parallel->event_places;
  run->event_bytes = parallel->event_bytes;
}
