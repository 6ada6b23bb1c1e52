/* parallel-sum: what is counted, as arrays of numbers in an order that is the same on every rank.
 */
#include <string.h>

#include "models/app/app-load.h"
#include "models/app/app-stream.h"
#include "models/net/link-cut.h"
#include "models/net/middlebox.h"
#include "scenarios/runner/parallel/parallel-private.h"

/* Of all directions, nodes ... there are as many as in the network: all numbers are 64 bits wide.
 */
typedef struct NodeCounts {
  uint64_t looped_back, received, forwarded, no_route;
} NodeCounts;

typedef struct RunCounts {
  uint64_t events, event_places, event_bytes;
} RunCounts;

G_STATIC_ASSERT(sizeof(LinkState) % sizeof(uint64_t) == 0);
G_STATIC_ASSERT(sizeof(AppStreamCounters) % sizeof(uint64_t) == 0);

struct ParallelSum {
  Parallel *parallel;
  uint64_t *numbers; /* owned */
  size_t count;
};

static void
put(GByteArray *bytes, const void *counts, size_t size)
{
  g_byte_array_append(bytes, counts, (guint)size);
}

static void
write_links(const Net *net, GByteArray *bytes)
{
  LinkState state;
  for (guint i = 0; i < net->links->len; i++) {
    Link *link = g_ptr_array_index(net->links, i);
    link_cut_state(&link->forward, &state);
    put(bytes, &state, sizeof state);
    link_cut_state(&link->backward, &state);
    put(bytes, &state, sizeof state);
    for (guint k = 0; k < link->rules->len; k++) {
      const LinkRule *rule = g_ptr_array_index(link->rules, k);
      uint64_t hits = rule->hits;
      put(bytes, &hits, sizeof hits);
    }
  }
}

static void
write_nodes(const Net *net, GByteArray *bytes)
{
  for (guint i = 0; i < net->nodes->len; i++) {
    const Node *node = g_ptr_array_index(net->nodes, i);
    NodeCounts counts = {node->looped_back, node->received, node->forwarded, node->no_route};
    put(bytes, &counts, sizeof counts);
    if (node->middlebox == NULL)
      continue;
    unsigned count = middlebox_count_counters(node->middlebox);
    g_autofree uint64_t *values = g_new(uint64_t, count);
    middlebox_read_counters(node->middlebox, values);
    put(bytes, values, count * sizeof *values);
  }
}

static void
write_loads(const Scenario *scenario, GByteArray *bytes)
{
  for (guint i = 0; i < scenario->loads->len; i++) {
    uint64_t received = app_load_counters(g_ptr_array_index(scenario->loads, i))->bytes;
    put(bytes, &received, sizeof received);
  }
  for (guint i = 0; i < scenario->streams->len; i++)
    put(bytes, app_stream_counters(g_ptr_array_index(scenario->streams, i)),
        sizeof(AppStreamCounters));
}

void
parallel_sum_write(Parallel *parallel, GByteArray *bytes)
{
  const Scenario *scenario = parallel->scenario;
  const SimCalendar *calendar = &scenario->sim->calendar;
  RunCounts run = {.events = scenario->sim->events - scenario->sim->shared,
                   .event_places = sim_calendar_room(calendar),
                   .event_bytes = sim_calendar_bytes(calendar)};
  put(bytes, &run, sizeof run);
  g_autoptr(GPtrArray) slabs = scenario_slabs(scenario);
  for (guint i = 0; i < slabs->len; i++) {
    uint64_t peak = ((const SimSlab *)g_ptr_array_index(slabs, i))->peak;
    put(bytes, &peak, sizeof peak);
  }
  write_links(scenario->net, bytes);
  write_nodes(scenario->net, bytes);
  write_loads(scenario, bytes);
}

ParallelSum *
parallel_sum_new(Parallel *parallel)
{
  g_autoptr(GByteArray) own = g_byte_array_new();
  parallel_sum_write(parallel, own);
  ParallelSum *sum = g_new(ParallelSum, 1);
  *sum = (ParallelSum){.parallel = parallel, .count = own->len / sizeof(uint64_t)};
  sum->numbers = g_memdup2(own->data, own->len);
  return sum;
}

void
parallel_sum_add(ParallelSum *sum, const uint8_t *bytes, size_t length)
{
  g_assert(length == sum->count * sizeof(uint64_t));
  for (size_t i = 0; i < sum->count; i++) {
    uint64_t number;
    memcpy(&number, bytes + i * sizeof number, sizeof number);
    sum->numbers[i] += number;
  }
}

/* The next `size` bytes of the sums. */
static void
get(const uint64_t **at, void *counts, size_t size)
{
  memcpy(counts, *at, size);
  *at += size / sizeof(uint64_t);
}

static void
settle_links(const Net *net, const uint64_t **at)
{
  LinkState state;
  for (guint i = 0; i < net->links->len; i++) {
    Link *link = g_ptr_array_index(net->links, i);
    get(at, &state, sizeof state);
    link_cut_settle(&link->forward, &state);
    get(at, &state, sizeof state);
    link_cut_settle(&link->backward, &state);
    for (guint k = 0; k < link->rules->len; k++) {
      LinkRule *rule = g_ptr_array_index(link->rules, k);
      uint64_t hits;
      get(at, &hits, sizeof hits);
      rule->hits = hits;
    }
  }
}

static void
settle_nodes(const Net *net, const uint64_t **at)
{
  for (guint i = 0; i < net->nodes->len; i++) {
    Node *node = g_ptr_array_index(net->nodes, i);
    NodeCounts counts;
    get(at, &counts, sizeof counts);
    node->looped_back = counts.looped_back;
    node->received = counts.received;
    node->forwarded = counts.forwarded;
    node->no_route = counts.no_route;
    if (node->middlebox == NULL)
      continue;
    middlebox_put_counters(node->middlebox, *at);
    *at += middlebox_count_counters(node->middlebox);
  }
}

static void
settle_loads(const Scenario *scenario, const uint64_t **at)
{
  for (guint i = 0; i < scenario->loads->len; i++) {
    uint64_t received;
    get(at, &received, sizeof received);
    app_part_set_bytes(g_ptr_array_index(scenario->loads, i), received);
  }
  for (guint i = 0; i < scenario->streams->len; i++) {
    AppStreamCounters counters;
    get(at, &counters, sizeof counters);
    app_stream_set_counters(g_ptr_array_index(scenario->streams, i), &counters);
  }
}

void
parallel_sum_finish(ParallelSum *sum)
{
  Parallel *parallel = sum->parallel;
  Scenario *scenario = parallel->scenario;
  const uint64_t *at = sum->numbers;
  RunCounts run;
  get(&at, &run, sizeof run);
  scenario->sim->events = run.events;
  scenario->sim->shared = 0;
  parallel->event_places = run.event_places;
  parallel->event_bytes = run.event_bytes;
  g_autoptr(GPtrArray) slabs = scenario_slabs(scenario);
  parallel->slabs = g_array_sized_new(FALSE, FALSE, sizeof(SimSlab), slabs->len);
  for (guint i = 0; i < slabs->len; i++) {
    SimSlab slab = *(const SimSlab *)g_ptr_array_index(slabs, i);
    get(&at, &slab.peak, sizeof slab.peak);
    g_array_append_val(parallel->slabs, slab);
  }
  parallel->slab_list = g_ptr_array_new();
  for (guint i = 0; i < parallel->slabs->len; i++)
    g_ptr_array_add(parallel->slab_list, &g_array_index(parallel->slabs, SimSlab, i));
  settle_links(scenario->net, &at);
  settle_nodes(scenario->net, &at);
  settle_loads(scenario, &at);
  g_free(sum->numbers);
  g_free(sum);
}
