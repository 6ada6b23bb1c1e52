/* qdisc-droptail: first in, first out; what finds the queue full is refused. */
#include "models/net/qdisc.h"

#define DEFAULT_LIMIT_PACKETS 100

static void
droptail_init(void *state, struct LinkDirection *direction)
{
  *(QdiscDroptail *)state = (QdiscDroptail){
      .limit_packets = DEFAULT_LIMIT_PACKETS,
      .limit_bytes = -1,
  };
}

static const char *
droptail_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscDroptail *queue = state;
  uint32_t size = packet_size(packet);
  if (!qdisc_droptail_fits(queue, queue->packets, queue->bytes, size))
    return "queue full";
  packet->next = NULL;
  if (queue->tail != NULL)
    queue->tail->next = packet;
  else
    queue->head = packet;
  queue->tail = packet;
  queue->packets++;
  queue->bytes += size;
  return NULL;
}

static Packet *
droptail_dequeue(void *state, SimTime now)
{
  QdiscDroptail *queue = state;
  Packet *packet = queue->head;
  if (packet == NULL)
    return NULL;
  queue->head = packet->next;
  if (queue->head == NULL)
    queue->tail = NULL;
  packet->next = NULL;
  queue->packets--;
  queue->bytes -= packet_size(packet);
  return packet;
}

static uint32_t
droptail_packets(const void *state)
{
  return ((const QdiscDroptail *)state)->packets;
}

static uint64_t
droptail_bytes(const void *state)
{
  return ((const QdiscDroptail *)state)->bytes;
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
