/* summary: connections and drops, as they come.
 *
 * A connection's two ends make one entry, under the name of its flow. When the same two endpoints
 * open another one later, that is "NAME.2", as links are called. An end's numbers are read when it
 * closes, since it may be freed then, or else at the end of the run. An end that comes when the
 * list is full joins a listed connection or none. */
#include "scenarios/runner/summary.h"

#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/summary-private.h"

static void
drops_free(void *drops)
{
  if (drops != NULL)
    g_array_unref(drops);
}

static void
conn_free(void *data)
{
  SummaryConn *conn = data;
  g_free(conn->name);
  drops_free(conn->drops);
  g_free(conn);
}

static SummaryConn *
conn_new(Summary *summary, const ConnFlow *flow)
{
  g_assert(flow != NULL);
  guint index = flow->index;
  if (index >= summary->latest->len)
    g_ptr_array_set_size(summary->latest, (gint)index + 1);
  const SummaryConn *before = g_ptr_array_index(summary->latest, index);
  SummaryConn *conn = g_new0(SummaryConn, 1);
  conn->generation = before != NULL ? before->generation + 1 : 1;
  conn->name = before == NULL ? g_strdup(flow->name)
                              : g_strdup_printf("%s.%u", flow->name, conn->generation);
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

static bool
is_full(const Summary *summary)
{
  return summary->conns->len >= summary->limit;
}

/* The listed connection that an end belongs to, a new one when it has none and there is room; NULL:
 * it is not listed, and what comes of its flow from now on is not either. */
static SummaryConn *
entry_for(Summary *summary, const ConnEnds *ends, int *side)
{
  const ConnFlow *flow = is_full(summary) ? conn_names_known(summary->names, ends, side)
                                          : conn_names_flow_of(summary->names, ends, side);
  SummaryConn *entry = flow != NULL ? latest_of(summary, flow) : NULL;
  if (entry != NULL && entry->ends[*side].node == NULL)
    return entry;
  if (!is_full(summary)) {
    entry = conn_new(summary, flow);
    entry->index = summary->conns->len - 1;
    return entry;
  }
  if (entry != NULL)
    g_ptr_array_index(summary->latest, flow->index) = NULL;
  return NULL;
}

/* The listed end that goes by that key, which it does no longer; NULL: it is not listed. */
static SummaryEnd *
take_listed(Summary *summary, uint64_t key)
{
  uint32_t number;
  if (!id_map_take(&summary->open, key, &number))
    return NULL;
  SummaryConn *conn = g_ptr_array_index(summary->conns, number / 2);
  return &conn->ends[number % 2];
}

static void
begin(Summary *summary, const SummaryState *state)
{
  int side;
  SummaryConn *entry = entry_for(summary, &state->ends, &side);
  if (entry == NULL) {
    summary->rest.ends++;
    summary->rest.connections += state->ends.opener;
    return;
  }
  entry->ends[side] = (SummaryEnd){
      .node = state->node->name, .opener = state->ends.opener, .closed_at = SIM_TIME_NEVER};
  id_map_put(&summary->open, state->key, 2 * entry->index + (uint32_t)side);
}

static void
rest_add(SummaryRest *rest, const TcpInfo *info, TcpError error)
{
  rest->sent_packets += info->segments_sent;
  rest->sent_bytes += info->bytes_sent;
  rest->received_packets += info->segments_received;
  rest->received_bytes += info->bytes_received;
  rest->retransmits += info->retransmits;
  rest->timeouts += info->timeouts;
  rest->lost += info->lost;
  rest->errors[error]++;
}

static bool
is_nowhere(TcpState state)
{
  return state == TCP_CLOSED || state == TCP_LISTEN;
}

bool
summary_wants_state(const TcpStateRecord *record)
{
  return is_nowhere(record->from) || is_nowhere(record->to);
}

SummaryState
summary_state(const TcpStateRecord *record)
{
  const TcpConn *conn = record->conn;
  SummaryState state = {.time = record->time,
                        .key = (uint64_t)(uintptr_t)conn,
                        .node = tcp_host_node(tcp_conn_host(conn)),
                        .ends = conn_names_ends(conn),
                        .begins = is_nowhere(record->from),
                        .over = is_nowhere(record->to)};
  if (state.over) {
    tcp_info(conn, &state.info);
    state.info.state = record->to;
    state.error = tcp_error(conn);
  }
  return state;
}

/* The numbers of an end as they are and stay. */
static SummaryEnd *
take_info(Summary *summary, uint64_t key, const TcpInfo *info, TcpError error)
{
  SummaryEnd *end = take_listed(summary, key);
  if (end != NULL) {
    end->info = *info;
    end->error = error;
  } else {
    rest_add(&summary->rest, info, error);
  }
  return end;
}

void
summary_take_state(Summary *summary, const SummaryState *state)
{
  if (state->begins)
    begin(summary, state);
  if (!state->over)
    return;
  SummaryEnd *end = take_info(summary, state->key, &state->info, state->error);
  if (end != NULL)
    end->closed_at = state->time;
}

void
summary_take_open(Summary *summary, uint64_t key, const TcpInfo *info, TcpError error)
{
  if (take_info(summary, key, info, error) == NULL)
    summary->rest.open++;
}

void
summary_take_conn(const TcpConn *conn, void *summary)
{
  if (is_nowhere(tcp_state(conn)))
    return;
  TcpInfo info;
  tcp_info(conn, &info);
  summary_take_open(summary, (uint64_t)(uintptr_t)conn, &info, tcp_error(conn));
}

static void
on_state(Sim *sim, const void *data, void *self)
{
  const TcpStateRecord *record = data;
  if (!summary_wants_state(record))
    return;
  SummaryState state = summary_state(record);
  summary_take_state(self, &state);
}

void
summary_take_listener(Summary *summary, uint64_t key, const TcpListenerRecord *record)
{
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
on_listener(Sim *sim, const void *data, void *self)
{
  const TcpListenerRecord *record = data;
  summary_take_listener(self, (uint64_t)(uintptr_t)record->listener, record);
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

/* The listed one; NULL: none. */
static SummaryConn *
connection_of(Summary *summary, const Packet *packet)
{
  const ConnFlow *flow;
  if (is_full(summary)) {
    flow = conn_names_known_of_packet(summary->names, packet);
  } else {
    ConnView view;
    conn_names_view(summary->names, packet, false, &view);
    flow = view.flow;
  }
  return flow != NULL ? latest_of(summary, flow) : NULL;
}

void
summary_take_drop(Summary *summary, const NetPacketRecord *record)
{
  count_drop(summary, drops_of(summary, record), record->reason);
  SummaryConn *conn = connection_of(summary, record->packet);
  if (conn == NULL)
    return;
  if (conn->drops == NULL)
    conn->drops = g_array_new(FALSE, FALSE, sizeof(SummaryDrops));
  count_drop(summary, conn->drops, record->reason);
}

static void
on_drop(Sim *sim, const void *data, void *self)
{
  summary_take_drop(self, data);
}

const GArray *
summary_drops(const Summary *summary, const SimOwner *owner)
{
  return owner->id < summary->drops->len ? g_ptr_array_index(summary->drops, owner->id) : NULL;
}

Summary *
summary_new_told(Net *net, guint limit)
{
  Summary *summary = g_new0(Summary, 1);
  summary->limit = limit;
  summary->net = net;
  summary->names = conn_names_new(net);
  summary->conns = g_ptr_array_new_with_free_func(conn_free);
  summary->latest = g_ptr_array_new();
  summary->drops = g_ptr_array_new_with_free_func(drops_free);
  summary->listeners = g_array_new(FALSE, FALSE, sizeof(SummaryListener));
  summary->reasons = g_string_chunk_new(256);
  return summary;
}

Summary *
summary_new(Net *net, guint limit)
{
  Summary *summary = summary_new_told(net, limit);
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
