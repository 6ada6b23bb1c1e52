/* parallel-replay: reading the logs of all parts as one. */
#include <string.h>

#include "models/net/link.h"
#include "models/net/packet-pack.h"
#include "scenarios/runner/parallel/parallel-log-private.h"

static Node *
node_of(const ParallelReader *reader, uint32_t index)
{
  return g_ptr_array_index(reader->net->nodes, index);
}

static void
take_packet(const ParallelReader *reader, LogKind kind, const uint8_t *at, const uint8_t *end)
{
  LogPacket body;
  memcpy(&body, at, sizeof body);
  at += sizeof body;
  NetPacketRecord record = body.record;
  record.node = node_of(reader, body.node);
  record.direction =
      body.direction != LOG_NO_DIRECTION ? net_part_direction(reader->net, body.direction) : NULL;
  record.reason = body.reason_length > 0 ? (const char *)at : NULL;
  at += body.reason_length;
  Packet *packet = packet_unpack(reader->net, &at, end);
  record.packet = packet;
  if (kind == LOG_DROP)
    summary_take_drop(reader->summary, &record);
  else
    record_take_packet(reader->record, &record);
  packet_free(reader->net, packet);
}

static void
take_state(const ParallelReader *reader, const uint8_t *at)
{
  LogState body;
  memcpy(&body, at, sizeof body);
  body.state.node = node_of(reader, body.node);
  summary_take_state(reader->summary, &body.state);
}

static void
take_open(const ParallelReader *reader, const uint8_t *at)
{
  LogOpen body;
  memcpy(&body, at, sizeof body);
  summary_take_open(reader->summary, body.key, &body.info, body.error);
}

static void
take_listener(const ParallelReader *reader, const uint8_t *at)
{
  LogListener body;
  memcpy(&body, at, sizeof body);
  body.record.listener = NULL;
  body.record.node = node_of(reader, body.node);
  summary_take_listener(reader->summary, body.key, &body.record);
  if (reader->record != NULL)
    record_take_listener(reader->record, &body.record);
}

static void
take_flow(const ParallelReader *reader, LogKind kind, const uint8_t *at)
{
  AppPartEnd end;
  AppPartCame came;
  if (kind == LOG_FLOW) {
    memcpy(&end, at, sizeof end);
    app_part_count(g_ptr_array_index(reader->loads, end.load), &end);
  } else {
    memcpy(&came, at, sizeof came);
    app_part_note(g_ptr_array_index(reader->loads, came.load), &came);
  }
}

static void
take_end(const ParallelReader *reader, LogKind kind, const uint8_t *at, size_t length)
{
  LogEnd body;
  g_assert(length <= sizeof body);
  memcpy(&body, at, length);
  body.end.node = node_of(reader, body.node);
  if (kind == LOG_END_STATE)
    record_take_state(reader->record, &body.end, &body.event.state);
  else if (kind == LOG_END_TIMER)
    record_take_timer(reader->record, &body.end, &body.event.timer);
  else if (kind == LOG_END_RECOVERY)
    record_take_recovery(reader->record, &body.end, &body.event.recovery, &body.info);
  else
    record_take_sample(reader->record, &body.end, &body.event.sample, &body.info);
}

static void
take(const ParallelReader *reader, const LogHead *head, const uint8_t *at)
{
  LogKind kind = (LogKind)head->kind;
  switch (kind) {
  case LOG_STATE:
    take_state(reader, at);
    break;
  case LOG_OPEN:
    take_open(reader, at);
    break;
  case LOG_LISTENER:
    take_listener(reader, at);
    break;
  case LOG_FLOW:
  case LOG_CAME:
    take_flow(reader, kind, at);
    break;
  case LOG_DROP:
  case LOG_PACKET:
    take_packet(reader, kind, at, at + head->length);
    break;
  case LOG_END_STATE:
  case LOG_END_TIMER:
  case LOG_END_RECOVERY:
  case LOG_END_SAMPLE:
    take_end(reader, kind, at, head->length);
    break;
  }
}

/* The part whose next record comes first; `count`: none has one. */
static unsigned
choose(const ParallelLogPart *parts, const LogHead *heads, unsigned count)
{
  unsigned chosen = count;
  for (unsigned i = 0; i < count; i++)
    if (parts[i].at < parts[i].end &&
        (chosen == count || net_part_is_before(&heads[i].moment, &heads[chosen].moment)))
      chosen = i;
  return chosen;
}

static void
read_head(const ParallelLogPart *part, LogHead *head)
{
  if (part->at < part->end)
    memcpy(head, part->at, sizeof *head);
}

void
parallel_replay(const ParallelReader *reader, ParallelLogPart *parts, unsigned count)
{
  g_autofree LogHead *heads = g_new0(LogHead, count);
  for (unsigned i = 0; i < count; i++)
    read_head(&parts[i], &heads[i]);
  for (unsigned i; (i = choose(parts, heads, count)) < count;) {
    take(reader, &heads[i], parts[i].at + sizeof *heads);
    parts[i].at += sizeof *heads + heads[i].length;
    read_head(&parts[i], &heads[i]);
  }
}
