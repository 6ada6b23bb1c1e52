/* parallel-log: writing. What the recorder is told of has a function a trace point, which stand in
 * a table as those of record.c do. */
#include "scenarios/runner/parallel/parallel-log.h"

#include <string.h>

#include "models/net/link.h"
#include "models/net/packet-pack.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/parallel/parallel-log-private.h"

#define RANK_SHIFT 48 /* above every pointer of a process */

struct ParallelLog {
  Net *net;
  uint32_t points; /* at which the recorder's records are written */
  uint64_t rank;   /* in its place in a key */
  GByteArray *bytes;
  guint most;           /* bytes, behind which no record begins */
  IdMap open;           /* connections that are; the value means nothing */
  uint32_t *directions; /* owned: by a direction's number as an owner, its number */
};

/* -- writing -- */

/* Where not, the run is over: what is left out is missed by nobody. */
static bool
has_room(const ParallelLog *log)
{
  if (G_LIKELY(log->bytes->len <= log->most))
    return true;
  sim_stop(log->net->sim);
  return false;
}

/* A record of `size` bytes; where it is, for who makes it longer. */
static guint
add(ParallelLog *log, LogKind kind, const void *body, size_t size)
{
  LogHead head = {.moment = net_part_moment(log->net), .kind = kind, .length = (uint32_t)size};
  guint at = log->bytes->len;
  g_byte_array_set_size(log->bytes, at + (guint)(sizeof head + size));
  memcpy(log->bytes->data + at, &head, sizeof head);
  memcpy(log->bytes->data + at + sizeof head, body, size);
  return at;
}

static void
put(ParallelLog *log, LogKind kind, const void *body, size_t size)
{
  if (has_room(log))
    add(log, kind, body, size);
}

static void
put_packet(ParallelLog *log, LogKind kind, const NetPacketRecord *record)
{
  if (!has_room(log))
    return;
  const LinkDirection *direction = record->direction;
  LogPacket body = {
      .record = *record,
      .node = record->node->index,
      .direction = direction != NULL ? log->directions[direction->owner.id] : LOG_NO_DIRECTION,
      .reason_length = record->reason != NULL ? (uint32_t)strlen(record->reason) + 1 : 0};
  guint at = add(log, kind, &body, sizeof body);
  if (body.reason_length > 0)
    g_byte_array_append(log->bytes, (const guint8 *)record->reason, body.reason_length);
  packet_pack(log->bytes, record->packet);
  uint32_t length = log->bytes->len - at - (guint)sizeof(LogHead);
  memcpy(log->bytes->data + at + offsetof(LogHead, length), &length, sizeof length);
}

void
parallel_log_flow(ParallelLog *log, const AppPartEnd *end)
{
  put(log, LOG_FLOW, end, sizeof *end);
}

void
parallel_log_came(ParallelLog *log, const AppPartCame *came)
{
  put(log, LOG_CAME, came, sizeof *came);
}

/* -- for the summary -- */

static void
on_state(Sim *sim, const void *data, void *self)
{
  ParallelLog *log = self;
  const TcpStateRecord *record = data;
  if (!summary_wants_state(record))
    return;
  LogState body = {.state = summary_state(record)};
  uint64_t key = body.state.key;
  if (body.state.over)
    id_map_take(&log->open, key, NULL);
  else
    id_map_put(&log->open, key, 0);
  body.node = body.state.node->index;
  body.state.key |= log->rank;
  put(log, LOG_STATE, &body, sizeof body);
}

static void
on_listener(Sim *sim, const void *data, void *self)
{
  ParallelLog *log = self;
  const TcpListenerRecord *record = data;
  LogListener body = {.key = (uint64_t)(uintptr_t)record->listener | log->rank,
                      .record = *record,
                      .node = record->node->index};
  put(log, LOG_LISTENER, &body, sizeof body);
}

static void
on_drop(Sim *sim, const void *data, void *self)
{
  put_packet(self, LOG_DROP, data);
}

static void
put_open(uint64_t key, uint32_t value, void *self)
{
  ParallelLog *log = self;
  const TcpConn *conn = (const TcpConn *)(uintptr_t)key;
  LogOpen body = {.key = key | log->rank, .error = tcp_error(conn)};
  tcp_info(conn, &body.info);
  put(log, LOG_OPEN, &body, sizeof body);
}

void
parallel_log_open_ends(ParallelLog *log)
{
  id_map_each(&log->open, put_open, log);
}

/* -- for the recorder -- */

static void
on_packet(Sim *sim, const void *data, void *self)
{
  put_packet(self, LOG_PACKET, data);
}

static LogEnd
end_of(const ParallelLog *log, const TcpConn *conn)
{
  LogEnd body = {.end = record_end_of(conn)};
  body.node = body.end.node->index;
  body.end.key |= log->rank;
  return body;
}

static void
on_end_state(Sim *sim, const void *data, void *self)
{
  const TcpStateRecord *record = data;
  LogEnd body = end_of(self, record->conn);
  body.event.state = *record;
  put(self, LOG_END_STATE, &body, offsetof(LogEnd, info));
}

static void
on_end_timer(Sim *sim, const void *data, void *self)
{
  const TcpTimerRecord *record = data;
  LogEnd body = end_of(self, record->conn);
  body.event.timer = *record;
  put(self, LOG_END_TIMER, &body, offsetof(LogEnd, info));
}

static void
on_end_recovery(Sim *sim, const void *data, void *self)
{
  const TcpRecoveryRecord *record = data;
  LogEnd body = end_of(self, record->conn);
  body.event.recovery = *record;
  tcp_info(record->conn, &body.info);
  put(self, LOG_END_RECOVERY, &body, sizeof body);
}

static void
on_end_sample(Sim *sim, const void *data, void *self)
{
  const TcpSampleRecord *record = data;
  LogEnd body = end_of(self, record->conn);
  body.event.sample = *record;
  tcp_info(record->conn, &body.info);
  put(self, LOG_END_SAMPLE, &body, sizeof body);
}

/* -- listening -- */

static const struct {
  SimTracePointId point;
  SimTraceFn fn;
} always[] =
    {
        {TCP_TRACE_STATE, on_state},
        {NET_TRACE_DROP, on_drop},
        {TCP_TRACE_LISTENER, on_listener},
},
  recorded[] = {
      {NET_TRACE_PACKET, on_packet},         {NET_TRACE_HOP, on_packet},
      {TCP_TRACE_STATE, on_end_state},       {TCP_TRACE_TIMER, on_end_timer},
      {TCP_TRACE_RECOVERY, on_end_recovery}, {TCP_TRACE_SAMPLE, on_end_sample},
};

static void
for_each_point(ParallelLog *log, void (*act)(Sim *, SimTracePointId, SimTraceFn, void *))
{
  for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
    act(log->net->sim, always[i].point, always[i].fn, log);
  for (size_t i = 0; i < G_N_ELEMENTS(recorded); i++)
    if (log->points & SIM_TRACE_BIT(recorded[i].point))
      act(log->net->sim, recorded[i].point, recorded[i].fn, log);
}

GByteArray *
parallel_log_bytes(ParallelLog *log)
{
  return log->bytes;
}

ParallelLog *
parallel_log_new(Net *net, unsigned rank, uint32_t points, guint most)
{
  ParallelLog *log = g_new0(ParallelLog, 1);
  *log = (ParallelLog){.net = net,
                       .points = points,
                       .rank = (uint64_t)rank << RANK_SHIFT,
                       .bytes = g_byte_array_new(),
                       .most = MIN(most, PARALLEL_LOG_MOST),
                       .directions = g_new0(uint32_t, net->sim->owners + 1)};
  for (guint i = 0; i < 2 * net->links->len; i++)
    log->directions[net_part_direction(net, i)->owner.id] = i;
  for_each_point(log, sim_trace_listen);
  return log;
}

void
parallel_log_free(ParallelLog *log)
{
  for_each_point(log, sim_trace_ignore);
  id_map_clear(&log->open);
  g_free(log->directions);
  g_byte_array_unref(log->bytes);
  g_free(log);
}
