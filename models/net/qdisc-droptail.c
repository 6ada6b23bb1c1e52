/* qdisc-droptail: first in, first out; what finds the queue full is refused.
 *
 * With `mark` it sets congestion experienced on what comes while so many packets wait already: the
 * instantaneous threshold K of DCTCP's switches (RFC 8257 3.1). */
#include "models/net/qdisc.h"

#define DEFAULT_LIMIT_PACKETS 100

static void
droptail_init(void *state, struct LinkDirection *direction)
{
  *(QdiscDroptail *)state = (QdiscDroptail){
      .limit_packets = DEFAULT_LIMIT_PACKETS,
      .limit_bytes = -1,
      .mark = -1,
      .direction = direction,
  };
}

static const char *
droptail_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscDroptail *queue = state;
  if (!qdisc_droptail_fits(queue, queue->fifo.packets, queue->fifo.bytes, packet_size(packet)))
    return "queue full";
  if (queue->mark >= 0 && queue->fifo.packets >= queue->mark)
    qdisc_mark(queue->direction, packet, "queue threshold");
  packet_fifo_push(&queue->fifo, packet);
  return NULL;
}

static Packet *
droptail_dequeue(void *state, SimTime now)
{
  return packet_fifo_pop(&((QdiscDroptail *)state)->fifo);
}

static uint32_t
droptail_packets(const void *state)
{
  return ((const QdiscDroptail *)state)->fifo.packets;
}

static uint64_t
droptail_bytes(const void *state)
{
  return ((const QdiscDroptail *)state)->fifo.bytes;
}

static const SimParam droptail_params[] = {
    {.name = "packets",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscDroptail, limit_packets),
     .min = -1,
     .max = 1e9,
     .help = "packets that may wait, the one being sent not counted; -1: any number"},
    {.name = "bytes",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscDroptail, limit_bytes),
     .min = -1,
     .max = 1e15,
     .help = "IP bytes that may wait, the packet being sent not counted; -1: any number"},
    {.name = "mark",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscDroptail, mark),
     .min = -1,
     .max = 1e9,
     .help = "an ECN packet that finds so many waiting is marked, as DCTCP wants it; -1: never"},
    {.name = NULL},
};

const QdiscOps qdisc_droptail = {
    .name = "droptail",
    .help = "first in, first out; what finds the queue full is dropped",
    .state_size = sizeof(QdiscDroptail),
    .params = droptail_params,
    .init = droptail_init,
    .enqueue = droptail_enqueue,
    .dequeue = droptail_dequeue,
    .packets = droptail_packets,
    .bytes = droptail_bytes,
};
