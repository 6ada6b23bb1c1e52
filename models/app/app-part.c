/* app-part: what the processes tell each other of a load's flows, and how they are counted. */
#include "models/app/app-part.h"

#include <string.h>

#include "models/app/app-load-private.h"
#include "models/net/part.h"

typedef struct Message {
  uint32_t load; /* first: app_part_load() */
  bool gone;     /* the opener; else `key` is told */
  uint64_t flow;
  uint64_t key;
  SimTime time;
} Message;

static void
part_free(AppPart *part)
{
  g_hash_table_unref(part->awaited);
  g_hash_table_unref(part->judged);
  g_hash_table_unref(part->came);
  g_array_unref(part->accepted);
  g_free(part);
}

void
app_part_begin(AppLoad *load, uint32_t number, const AppPartOps *ops, void *self)
{
  AppPart *part = load->part = g_new0(AppPart, 1);
  *part = (AppPart){.number = number,
                    .ops = ops,
                    .self = self,
                    .awaited = g_hash_table_new(g_int64_hash, g_int64_equal),
                    .accepted = g_array_new(FALSE, FALSE, sizeof(AppAccepted)),
                    .judged = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                    .came = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
}

void
app_part_end(AppLoad *load)
{
  if (load->part != NULL)
    part_free(g_steal_pointer(&load->part));
}

bool
app_part_has(const AppLoad *load, const Node *node)
{
  return load->part == NULL || net_part_has(node->net, node->index);
}

/* -- what is told -- */

static void
tell(const AppFlow *flow, bool gone, uint64_t key)
{
  const AppLoad *load = flow->load;
  const Node *to = tcp_host_node(flow->server->host);
  if (app_part_has(load, to))
    return;
  Message message = {.load = load->part->number,
                     .gone = gone,
                     .flow = flow->number,
                     .key = key,
                     .time = sim_now(load->sim)};
  GByteArray *out = net_part_message(to->net->part, to->index);
  g_byte_array_append(out, (const guint8 *)&message, sizeof message);
}

void
app_part_tell_key(const AppFlow *flow, uint64_t key)
{
  tell(flow, false, key);
}

void
app_part_tell_gone(const AppFlow *flow)
{
  tell(flow, true, 0);
}

void
app_part_await(AppFlow *flow)
{
  g_hash_table_insert(flow->load->part->awaited, &flow->number, flow);
}

void
app_part_accepted(AppFlow *flow)
{
  AppLoad *load = flow->load;
  if (!g_hash_table_remove(load->part->awaited, &flow->number))
    return;
  AppAccepted accepted = {.flow = flow->number, .time = sim_now(load->sim)};
  g_array_append_val(load->part->accepted, accepted);
}

/* The opener is gone. One process would have known it when it accepted the connection: what was
 * accepted since the opener went should not have been. */
static void
opener_is_gone(AppLoad *load, const Message *message)
{
  AppPart *part = load->part;
  for (guint i = 0; i < part->accepted->len; i++) {
    const AppAccepted *accepted = &g_array_index(part->accepted, AppAccepted, i);
    if (accepted->flow == message->flow && accepted->time >= message->time)
      part->ops->failed(part->self, load->name, message->flow);
  }
  AppFlow *flow = g_hash_table_lookup(part->awaited, &message->flow);
  if (flow != NULL)
    app_flow_free(flow);
}

uint32_t
app_part_load(const uint8_t *at)
{
  uint32_t load;
  memcpy(&load, at, sizeof load);
  return load;
}

const uint8_t *
app_part_take(AppLoad *load, const uint8_t *at, const uint8_t *end)
{
  Message message;
  g_assert((size_t)(end - at) >= sizeof message);
  memcpy(&message, at, sizeof message);
  if (message.gone) {
    opener_is_gone(load, &message);
  } else {
    AppFlow *flow = g_hash_table_lookup(load->part->awaited, &message.flow);
    g_assert(flow != NULL && "a flow is awaited until its opener is known");
    app_flow_await(flow, message.key);
  }
  return at + sizeof message;
}

void
app_part_settled(AppLoad *load)
{
  g_array_set_size(load->part->accepted, 0);
}

void
app_part_forget(AppFlow *flow)
{
  g_hash_table_remove(flow->load->part->awaited, &flow->number);
}

/* -- what is counted -- */

/* The server has the last byte of a flow without an answer, and its opener cannot know. */
static bool
both_judge(const AppFlow *flow)
{
  const AppLoad *load = flow->load;
  if (load->settings.idle || load->settings.endless || flow->response > 0)
    return false;
  return !app_part_has(load, flow->from) || !app_part_has(load, tcp_host_node(flow->server->host));
}

void
app_part_ended(const AppFlow *flow, const AppFlowRecord *record, bool completed)
{
  const AppPart *part = flow->load->part;
  AppPartEnd end = {.load = part->number,
                    .completed = completed,
                    .again = both_judge(flow),
                    .last = !completed || flow->round >= flow->load->settings.rounds,
                    .flow = flow->number,
                    .round = flow->round,
                    .time = record->time,
                    .start = record->start,
                    .from = record->from->index,
                    .to = record->to->index,
                    .bytes = record->bytes};
  gsize length = g_strlcpy(end.outcome, record->outcome, sizeof end.outcome);
  g_assert(length < sizeof end.outcome);
  part->ops->ended(part->self, &end);
}

void
app_part_came(const AppFlow *flow)
{
  const AppPart *part = flow->load->part;
  if (part->ops->came == NULL || flow->to_come == 0 || flow->load->settings.endless ||
      app_part_has(flow->load, flow->from))
    return;
  uint64_t taken = MIN(tcp_receivable(flow->accepted), flow->to_come);
  AppPartCame came = {.flow = flow->number,
                      .round = flow->round,
                      .bytes = flow->request - flow->to_come + taken,
                      .load = part->number};
  part->ops->came(part->self, &came);
}

/* Whether it is the first word about that flow. At the second one it is forgotten. */
static bool
is_first(AppPart *part, uint64_t flow)
{
  if (g_hash_table_remove(part->judged, &flow))
    return false;
  uint64_t *key = g_new(uint64_t, 1);
  *key = flow;
  g_hash_table_add(part->judged, key);
  return true;
}

void
app_part_count(AppLoad *load, const AppPartEnd *end)
{
  AppPart *part = load->part;
  if (end->again && !is_first(part, end->flow))
    return;
  const Net *net = tcp_host_node(load->settings.from[0])->net;
  AppFlowRecord record = {.time = end->time,
                          .name = load->name,
                          .flow = end->flow,
                          .from = g_ptr_array_index(net->nodes, end->from),
                          .to = g_ptr_array_index(net->nodes, end->to),
                          .start = end->start,
                          .bytes = end->bytes,
                          .outcome = end->outcome};
  const AppPartCame *came = g_hash_table_lookup(part->came, &end->flow);
  if (!end->completed && came != NULL && came->round == end->round)
    record.bytes += came->bytes;
  if (end->last)
    g_hash_table_remove(part->came, &end->flow);
  app_load_count(load, &record, end->completed);
}

void
app_part_note(AppLoad *load, const AppPartCame *came)
{
  AppPartCame *copy = g_memdup2(came, sizeof *came);
  g_hash_table_replace(load->part->came, &copy->flow, copy);
}

void
app_part_set_bytes(AppLoad *load, uint64_t bytes)
{
  load->counters.bytes = bytes;
}
