/* qdisc-codel: one queue under controlled delay (RFC 8289; codel.h). */
#include "models/net/codel.h"
#include "models/net/link-private.h"

typedef struct QdiscCodel {
  CodelSettings settings;
  int64_t limit; /* packets that may wait */
  LinkDirection *direction;
  PacketFifo fifo;
  Codel codel;
} QdiscCodel;

static void
codel_init(void *state, LinkDirection *direction)
{
  *(QdiscCodel *)state =
      (QdiscCodel){.settings = codel_settings_default(), .limit = 1000, .direction = direction};
}

static const char *
codel_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscCodel *queue = state;
  if (queue->fifo.packets >= queue->limit)
    return "queue full";
  packet->time = now;
  packet_fifo_push(&queue->fifo, packet);
  return NULL;
}

static Packet *
codel_next(void *state, SimTime now)
{
  QdiscCodel *queue = state;
  return codel_dequeue(&queue->codel, &queue->settings, &queue->fifo, queue->direction);
}

static Packet *
codel_take(void *state)
{
  return packet_fifo_pop(&((QdiscCodel *)state)->fifo);
}

static uint32_t
codel_packets(const void *state)
{
  return ((const QdiscCodel *)state)->fifo.packets;
}

static uint64_t
codel_bytes(const void *state)
{
  return ((const QdiscCodel *)state)->fifo.bytes;
}

static const SimParam codel_params[] = {
    {.name = "target",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(QdiscCodel, settings.target),
     .help = "the waiting time that is acceptable; 5 ms unless given"},
    {.name = "interval",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(QdiscCodel, settings.interval),
     .min = 1e-6,
     .max = 3600,
     .help = "about the longest round trip; 100 ms unless given"},
    {.name = "ecn",
     .kind = SIM_PARAM_BOOL,
     .offset = offsetof(QdiscCodel, settings.ecn),
     .help = "marks instead of drops where the sender knows ECN; true unless given"},
    {.name = "limit",
     .kind = SIM_PARAM_PACKETS,
     .offset = offsetof(QdiscCodel, limit),
     .min = 1,
     .max = 1e9,
     .help = "packets that may wait; 1000 unless given"},
    {.name = NULL},
};

const QdiscOps qdisc_codel = {
    .name = "codel",
    .help = "controlled delay (RFC 8289)",
    .state_size = sizeof(QdiscCodel),
    .params = codel_params,
    .init = codel_init,
    .enqueue = codel_enqueue,
    .dequeue = codel_next,
    .take = codel_take,
    .packets = codel_packets,
    .bytes = codel_bytes,
};
