/* parallel-log: records are structs as they lie in memory, for the same program elsewhere. */
#include "scenarios/runner/parallel/parallel-log.h"

#include <string.h>

#include "models/net/link.h"
#include "models/net/packet-pack.h"
#include "models/net/part.h"
#include "scenarios/runner/id-map.h"

#define RANK_SHIFT 48 /* above every pointer of a process */
#define NO_DIRECTION UINT32_MAX

typedef enum { LOG_STATE, LOG_OPEN, LOG_DROP, LOG_LISTENER, LOG_FLOW } Kind;

typedef struct Head {
  SimTime time;
  uint64_t key;  /* class and owner */
  uint64_t turn; /* where events of one key are run by all parts (part.h) */
  uint32_t kind;
  uint32_t length; /* of what follows */
} Head;

typedef struct StateBody {
  SummaryState state; /* its pointers mean nothing */
  uint32_t node;
} StateBody;

typedef struct OpenBody {
  uint64_t key;
  TcpInfo info;
  TcpError error;
} OpenBody;

typedef struct ListenerBody {
  uint64_t key;
  TcpListenerRecord record; /* its pointers mean nothing */
  uint32_t node;
} ListenerBody;

/* Behind it the reason and the packet. */
typedef struct DropBody {
  SimTime time;
  uint32_t node, direction; /* the latter by net_part_direction(), or NO_DIRECTION */
  uint32_t reason_length;
} DropBody;

struct ParallelLog {
  Net *net;
  uint64_t rank; /* in its place in a key */
  GByteArray *bytes;
  IdMap open;             /* connections that are; the value means nothing */
  GHashTable *directions; /* LinkDirection -> its number; look-up only */
};

/* -- writing -- */

static guint
begin(ParallelLog *log, Kind kind)
{
  const Sim *sim = log->net->sim;
  Head head = {.time = sim->part_time,
               .key = sim->part_key >> SIM_COUNTER_BITS,
               .turn = log->net->part->turn,
               .kind = kind};
  guint at = log->bytes->len;
  g_byte_array_append(log->bytes, (const guint8 *)&head, sizeof head);
  return at;
}

static void
finish(ParallelLog *log, guint at)
{
  uint32_t length = log->bytes->len - at - (guint)sizeof(Head);
  memcpy(log->bytes->data + at + offsetof(Head, length), &length, sizeof length);
}

static void
put(ParallelLog *log, Kind kind, const void *body, size_t size)
{
  guint at = begin(log, kind);
  g_byte_array_append(log->bytes, body, (guint)size);
  finish(log, at);
}

static void
on_state(Sim *sim, const void *data, void *self)
{
  ParallelLog *log = self;
  const TcpStateRecord *record = data;
  if (!summary_wants_state(record))
    return;
  StateBody body = {.state = summary_state(record)};
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
  ListenerBody body = {.key = (uint64_t)(uintptr_t)record->listener | log->rank,
                       .record = *record,
                       .node = record->node->index};
  put(log, LOG_LISTENER, &body, sizeof body);
}

static void
on_drop(Sim *sim, const void *data, void *self)
{
  ParallelLog *log = self;
  const NetPacketRecord *record = data;
  DropBody body = {.time = record->time,
                   .node = record->node->index,
                   .direction = NO_DIRECTION,
                   .reason_length = (uint32_t)strlen(record->reason) + 1};
  if (record->direction != NULL)
    body.direction = GPOINTER_TO_UINT(g_hash_table_lookup(log->directions, record->direction));
  guint at = begin(log, LOG_DROP);
  g_byte_array_append(log->bytes, (const guint8 *)&body, sizeof body);
  g_byte_array_append(log->bytes, (const guint8 *)record->reason, body.reason_length);
  packet_pack(log->bytes, record->packet);
  finish(log, at);
}

void
parallel_log_flow(ParallelLog *log, const AppPartEnd *end)
{
  put(log, LOG_FLOW, end, sizeof *end);
}

static void
put_open(uint64_t key, uint32_t value, void *self)
{
  ParallelLog *log = self;
  const TcpConn *conn = (const TcpConn *)(uintptr_t)key;
  OpenBody body = {.key = key | log->rank, .error = tcp_error(conn)};
  tcp_info(conn, &body.info);
  put(log, LOG_OPEN, &body, sizeof body);
}

void
parallel_log_open_ends(ParallelLog *log)
{
  id_map_each(&log->open, put_open, log);
}

GByteArray *
parallel_log_bytes(ParallelLog *log)
{
  return log->bytes;
}

ParallelLog *
parallel_log_new(Net *net, unsigned rank)
{
  ParallelLog *log = g_new0(ParallelLog, 1);
  *log = (ParallelLog){.net = net,
                       .rank = (uint64_t)rank << RANK_SHIFT,
                       .bytes = g_byte_array_new(),
                       .directions = g_hash_table_new(NULL, NULL)};
  for (guint i = 0; i < 2 * net->links->len; i++)
    g_hash_table_insert(log->directions, net_part_direction(net, i), GUINT_TO_POINTER(i));
  sim_trace_listen(net->sim, TCP_TRACE_STATE, on_state, log);
  sim_trace_listen(net->sim, NET_TRACE_DROP, on_drop, log);
  sim_trace_listen(net->sim, TCP_TRACE_LISTENER, on_listener, log);
  return log;
}

void
parallel_log_free(ParallelLog *log)
{
  sim_trace_ignore(log->net->sim, TCP_TRACE_STATE, on_state, log);
  sim_trace_ignore(log->net->sim, NET_TRACE_DROP, on_drop, log);
  sim_trace_ignore(log->net->sim, TCP_TRACE_LISTENER, on_listener, log);
  id_map_clear(&log->open);
  g_hash_table_unref(log->directions);
  g_byte_array_unref(log->bytes);
  g_free(log);
}

/* -- reading -- */

typedef struct Replay {
  Summary *summary;
  Net *net;
  const GPtrArray *loads;
} Replay;

static void
take_drop(const Replay *replay, const uint8_t *at, const uint8_t *end)
{
  DropBody body;
  memcpy(&body, at, sizeof body);
  at += sizeof body;
  const char *reason = (const char *)at;
  at += body.reason_length;
  Packet *packet = packet_unpack(replay->net, &at, end);
  NetPacketRecord record = {.time = body.time,
                            .event = NET_PACKET_DROP,
                            .node = g_ptr_array_index(replay->net->nodes, body.node),
                            .packet = packet,
                            .reason = reason};
  if (body.direction != NO_DIRECTION)
    record.direction = net_part_direction(replay->net, body.direction);
  summary_take_drop(replay->summary, &record);
  packet_free(replay->net, packet);
}

static void
take_state(const Replay *replay, const uint8_t *at)
{
  StateBody body;
  memcpy(&body, at, sizeof body);
  body.state.conn = NULL;
  body.state.node = g_ptr_array_index(replay->net->nodes, body.node);
  summary_take_state(replay->summary, &body.state);
}

static void
take_listener(const Replay *replay, const uint8_t *at)
{
  ListenerBody body;
  memcpy(&body, at, sizeof body);
  body.record.listener = NULL;
  body.record.node = g_ptr_array_index(replay->net->nodes, body.node);
  summary_take_listener(replay->summary, body.key, &body.record);
}

static void
take(const Replay *replay, const Head *head, const uint8_t *at)
{
  OpenBody open;
  AppPartEnd end;
  switch ((Kind)head->kind) {
  case LOG_STATE:
    take_state(replay, at);
    break;
  case LOG_OPEN:
    memcpy(&open, at, sizeof open);
    summary_take_open(replay->summary, open.key, &open.info, open.error);
    break;
  case LOG_DROP:
    take_drop(replay, at, at + head->length);
    break;
  case LOG_LISTENER:
    take_listener(replay, at);
    break;
  case LOG_FLOW:
    memcpy(&end, at, sizeof end);
    app_part_count(g_ptr_array_index(replay->loads, end.load), &end);
    break;
  }
}

static bool
is_before(const Head *a, const Head *b)
{
  if (a->time != b->time)
    return a->time < b->time;
  return a->key != b->key ? a->key < b->key : a->turn < b->turn;
}

/* The part whose next record comes first, and that record's head; `count`: none has one. */
static unsigned
choose(const ParallelLogPart *parts, unsigned count, Head *first)
{
  unsigned chosen = count;
  for (unsigned i = 0; i < count; i++) {
    Head head;
    if (parts[i].at == parts[i].end)
      continue;
    memcpy(&head, parts[i].at, sizeof head);
    if (chosen < count && !is_before(&head, first))
      continue;
    chosen = i;
    *first = head;
  }
  return chosen;
}

void
parallel_log_replay(Summary *summary, Net *net, const GPtrArray *loads, ParallelLogPart *parts,
                    unsigned count)
{
  Replay replay = {.summary = summary, .net = net, .loads = loads};
  Head head = {0};
  for (unsigned i; (i = choose(parts, count, &head)) < count;) {
    take(&replay, &head, parts[i].at + sizeof head);
    parts[i].at += sizeof head + head.length;
  }
}
