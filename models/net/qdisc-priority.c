/* qdisc-priority: strict priority: a class is served while the ones before it are empty.
 *
 * Classes are rules in order, and a last one for the rest: {kind = "priority", classes = {"ACK"}}
 * sends pure acknowledgments first. Each class has its own drop-tail queue of `limit` packets. */
#include "models/net/link-private.h"
#include "models/net/packet-classes.h"

typedef struct QdiscPriority {
  int64_t limit; /* packets that may wait in each class */
  PacketClasses classes;
  PacketFifo fifos[PACKET_CLASSES_MAX];
} QdiscPriority;

static void
priority_init(void *state, LinkDirection *direction)
{
  ((QdiscPriority *)state)->limit = 100;
}

static bool
priority_check(const void *state, GError **error)
{
  if (((const QdiscPriority *)state)->classes.count > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "classes is missing: rules in order of their priority, such as {\"ACK\"}; what none "
              "of them means comes last");
  return false;
}

static bool
priority_add_class(void *state, PacketMatch *rule)
{
  return packet_classes_add(&((QdiscPriority *)state)->classes, rule);
}

static const char *
priority_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscPriority *queue = state;
  PacketFifo *fifo = &queue->fifos[packet_classes_find(&queue->classes, packet)];
  if (fifo->packets >= queue->limit)
    return "queue full";
  packet_fifo_push(fifo, packet);
  return NULL;
}

static Packet *
priority_dequeue(void *state, SimTime now)
{
  QdiscPriority *queue = state;
  for (unsigned i = 0; i <= queue->classes.count; i++)
    if (queue->fifos[i].head != NULL)
      return packet_fifo_pop(&queue->fifos[i]);
  return NULL;
}

static uint32_t
priority_packets(const void *state)
{
  const QdiscPriority *queue = state;
  uint32_t packets = 0;
  for (unsigned i = 0; i <= queue->classes.count; i++)
    packets += queue->fifos[i].packets;
  return packets;
}

static uint64_t
priority_bytes(const void *state)
{
  const QdiscPriority *queue = state;
  uint64_t bytes = 0;
  for (unsigned i = 0; i <= queue->classes.count; i++)
    bytes += queue->fifos[i].bytes;
  return bytes;
}

static void
priority_clear(void *state)
{
  packet_classes_clear(&((QdiscPriority *)state)->classes);
}

static const SimParam priority_params[] = {
    {.name = "limit",
     .kind = SIM_PARAM_PACKETS,
     .offset = offsetof(QdiscPriority, limit),
     .min = 1,
     .max = 1e9,
     .help = "packets that may wait in each class; 100 unless given"},
    {.name = NULL},
};

const QdiscOps qdisc_priority = {
    .name = "priority",
    .help = "strict priority of classes = {rule, ...}, the first first; the rest comes last",
    .state_size = sizeof(QdiscPriority),
    .params = priority_params,
    .init = priority_init,
    .check = priority_check,
    .add_class = priority_add_class,
    .enqueue = priority_enqueue,
    .dequeue = priority_dequeue,
    .packets = priority_packets,
    .bytes = priority_bytes,
    .clear = priority_clear,
};
