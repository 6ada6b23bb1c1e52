/* summary: connections and drops, as they come.
 *
 * A connection's two ends make one entry, under the name of its flow. When the same two endpoints
 * open another one later, that is "NAME.2", as links are called. An end's numbers are read when it
 * closes, since it may be freed then, or else at the end of the run. */
#include "scenarios/runner/summary.h"

#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/summary-private.h"

static void
conn_free(void *data)
{
  SummaryConn *conn = data;
  g_free(conn->name);
  g_array_unref(conn->drops);
  g_free(conn);
}

static void
drops_free(void *drops)
{
  if (drops != NULL)
    g_array_unref(drops);
}

static SummaryConn *
conn_new(Summary *summary, const ConnFlow *flow)
{
  guint index = flow->index;
  if (index >= summary->latest->len)
    g_ptr_array_set_size(summary->latest, (gint)index + 1);
  const SummaryConn *before = g_ptr_array_index(summary->latest, index);
  SummaryConn *conn = g_new0(SummaryConn, 1);
  conn->generation = before != NULL ? before->generation + 1 : 1;
  conn->name = before == NULL ? g_strdup(flow->name)
                              : g_strdup_printf("%s.%u", flow->name, conn->generation);
  conn->drops = g_array_new(FALSE, FALSE, sizeof(SummaryDrops));
  g_ptr_array_index(summary->latest, index) = conn;
  g_ptr_array_add(summary->conns, conn);
  return conn;
}

/* The newest connection of the flow; NULL: none. */
static SummaryConn *
latest_of(const Summary *summary, const ConnFlow *flow)
{
  return flow->index < summary->latest->len ? g_ptr_array_index(summary->latest, flow->index)
                                            : NULL;
}

/* The end that `conn` is, a new one when it was not known. */
static SummaryEnd *
end_of(Summary *summary, const TcpConn *conn)
{
  uint64_t key = (uint64_t)(uintptr_t)conn;
  uint32_t number;
  if (id_map_get(&summary->open, key, &number))
    return &((SummaryConn *)g_ptr_array_index(summary->conns, number / 2))->ends[number % 2];
  int side;
  const ConnFlow *flow = conn_names_flow(summary->names, conn, &side);
  SummaryConn *entry = latest_of(summary, flow);
  bool joins = entry != NULL && entry->ends[side].node == NULL;
  if (!joins) {
    entry = conn_new(summary, flow);
    entry->index = summary->conns->len - 1;
  }
  SummaryEnd *end = &entry->ends[side];
  *end = (SummaryEnd){.conn = conn,
                      .node = tcp_host_node(tcp_conn_host(conn))->name,
                      .opener = tcp_conn_is_opener(conn),
                      .closed_at = SIM_TIME_NEVER};
  id_map_put(&summary->open, key, 2 * entry->index + (uint32_t)side);
  return end;
}

void
summary_end_read(SummaryEnd *end)
{
  if (end->conn == NULL)
    return;
  tcp_info(end->conn, &end->info);
  end->error = tcp_error(end->conn);
}

static void
on_state(Sim *sim, const void *data, void *self)
{
  Summary *summary = self;
  const TcpStateRecord *record = data;
  SummaryEnd *end = end_of(summary, record->conn);
  if (record->to != TCP_CLOSED && record->to != TCP_LISTEN)
    return;
  summary_end_read(end);
  end->info.state = record->to;
  end->closed_at = record->time;
  end->conn = NULL;
  id_map_take(&summary->open, (uint64_t)(uintptr_t)record->conn, NULL);
}

static void
on_listener(Sim *sim, const void *data, void *self)
{
  Summary *summary = self;
  const TcpListenerRecord *record = data;
  uint64_t key = (uint64_t)(uintptr_t)record->listener;
  uint32_t index;
  if (!id_map_get(&summary->listening, key, &index)) {
    index = summary->listeners->len;
    SummaryListener first = {.node = record->node->name, .port = record->port};
    g_array_append_val(summary->listeners, first);
    id_map_put(&summary->listening, key, index);
  }
  g_array_index(summary->listeners, SummaryListener, index).info = record->info;
  if (record->closed)
    id_map_take(&summary->listening, key, NULL);
}

static void
count_drop(Summary *summary, GArray *drops, const char *reason)
{
  for (guint i = 0; i < drops->len; i++) {
    SummaryDrops *known = &g_array_index(drops, SummaryDrops, i);
    if (strcmp(known->reason, reason) == 0) {
      known->packets++;
      return;
    }
  }
  SummaryDrops first = {.reason = g_string_chunk_insert_const(summary->reasons, reason),
                        .packets = 1};
  g_array_append_val(drops, first);
}

/* The list of the direction, or of the node when it happens within one. */
static GArray *
drops_of(Summary *summary, const NetPacketRecord *record)
{
  guint owner = record->direction != NULL ? record->direction->owner.id : record->node->owner.id;
  if (owner >= summary->drops->len)
    g_ptr_array_set_size(summary->drops, (gint)owner + 1);
  if (g_ptr_array_index(summary->drops, owner) == NULL)
    g_ptr_array_index(summary->drops, owner) = g_array_new(FALSE, FALSE, sizeof(SummaryDrops));
  return g_ptr_array_index(summary->drops, owner);
}

static void
on_drop(Sim *sim, const void *data, void *self)
{
  Summary *summary = self;
  const NetPacketRecord *record = data;
  count_drop(summary, drops_of(summary, record), record->reason);
  ConnView view;
  conn_names_view(summary->names, record->packet, false, &view);
  SummaryConn *conn = view.flow != NULL ? latest_of(summary, view.flow) : NULL;
  if (conn != NULL)
    count_drop(summary, conn->drops, record->reason);
}

const GArray *
summary_drops(const Summary *summary, const SimOwner *owner)
{
  return owner->id < summary->drops->len ? g_ptr_array_index(summary->drops, owner->id) : NULL;
}

Summary *
summary_new(Net *net)
{
  Summary *summary = g_new0(Summary, 1);
  summary->net = net;
  summary->names = conn_names_new(net);
  summary->conns = g_ptr_array_new_with_free_func(conn_free);
  summary->latest = g_ptr_array_new();
  summary->drops = g_ptr_array_new_with_free_func(drops_free);
  summary->listeners = g_array_new(FALSE, FALSE, sizeof(SummaryListener));
  summary->reasons = g_string_chunk_new(256);
  sim_trace_listen(net->sim, TCP_TRACE_STATE, on_state, summary);
  sim_trace_listen(net->sim, NET_TRACE_DROP, on_drop, summary);
  sim_trace_listen(net->sim, TCP_TRACE_LISTENER, on_listener, summary);
  return summary;
}

void
summary_free(Summary *summary)
{
  sim_trace_ignore(summary->net->sim, TCP_TRACE_STATE, on_state, summary);
  sim_trace_ignore(summary->net->sim, NET_TRACE_DROP, on_drop, summary);
  sim_trace_ignore(summary->net->sim, TCP_TRACE_LISTENER, on_listener, summary);
  conn_names_free(summary->names);
  id_map_clear(&summary->open);
  id_map_clear(&summary->listening);
  g_array_unref(summary->listeners);
  g_ptr_array_unref(summary->conns);
  g_ptr_array_unref(summary->latest);
  g_ptr_array_unref(summary->drops);
  g_string_chunk_free(summary->reasons);
  g_free(summary);
}
