/* qdisc-fq-codel: flow queueing with controlled delay (RFC 8290).
 *
 * Each flow has a queue of its own with its own CoDel (two that hash to the same queue share it).
 * Queues are served by deficit round robin, `quantum` bytes a turn; one that begins to send, and
 * one that sends less than a quantum a turn, is served before the others (the list of new flows).
 * When the limit is reached, the flow with the most bytes loses packets from its head: half of
 * them, at most DROP_BATCH (4.1). */
#include "models/net/codel.h"
#include "models/net/flow-hash.h"
#include "models/net/link-private.h"

#define DROP_BATCH 64

typedef struct Flow {
  PacketFifo fifo;
  Codel codel;
  int64_t credits;   /* bytes it may still send in this turn */
  struct Flow *next; /* in its list */
  bool listed;       /* in one of both lists */
} Flow;

typedef struct FlowList {
  Flow *head, *tail;
} FlowList;

typedef struct QdiscFqCodel {
  CodelSettings settings;
  int64_t limit;   /* packets that may wait, over all flows */
  int64_t flows;   /* queues */
  int64_t quantum; /* bytes a turn */
  LinkDirection *direction;
  uint64_t perturbation;
  Flow *table; /* owned: `flows` of them; NULL: nothing has come yet */
  FlowList new_flows, old_flows;
  uint32_t packets;
  uint64_t bytes;
} QdiscFqCodel;

static void
fq_codel_init(void *state, LinkDirection *direction)
{
  SimRng rng;
  qdisc_rng_init(&rng, direction);
  *(QdiscFqCodel *)state = (QdiscFqCodel){
      .settings = codel_settings_default(),
      .limit = 10240,
      .flows = 1024,
      .quantum = 1514,
      .direction = direction,
      .perturbation = sim_rng_u64(&rng),
  };
}

static void
list_append(FlowList *list, Flow *flow)
{
  flow->next = NULL;
  if (list->tail != NULL)
    list->tail->next = flow;
  else
    list->head = flow;
  list->tail = flow;
}

static Flow *
list_pop(FlowList *list)
{
  Flow *flow = list->head;
  list->head = flow->next;
  if (list->head == NULL)
    list->tail = NULL;
  return flow;
}

/* Drops from the head of the flow that has the most bytes. */
static void
drop_from_fattest(QdiscFqCodel *queue)
{
  Flow *fattest = queue->table;
  for (int64_t i = 1; i < queue->flows; i++)
    if (queue->table[i].fifo.bytes > fattest->fifo.bytes)
      fattest = &queue->table[i];
  uint64_t half = fattest->fifo.bytes / 2;
  for (unsigned i = 0; i < DROP_BATCH && fattest->fifo.bytes > half; i++) {
    Packet *packet = packet_fifo_pop(&fattest->fifo);
    if (packet == NULL)
      return;
    queue->packets--;
    queue->bytes -= packet_size(packet);
    qdisc_drop(queue->direction, packet, "queue full");
  }
}

/* 4.1: a packet goes to its flow's queue; a flow that is in no list begins as a new one. */
static const char *
fq_codel_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscFqCodel *queue = state;
  if (queue->table == NULL)
    queue->table = g_new0(Flow, (gsize)queue->flows);
  Flow *flow = &queue->table[flow_hash(packet, queue->perturbation, (uint32_t)queue->flows)];
  packet->time = now;
  packet_fifo_push(&flow->fifo, packet);
  queue->packets++;
  queue->bytes += packet_size(packet);
  if (!flow->listed) {
    flow->listed = true;
    flow->credits = queue->quantum;
    list_append(&queue->new_flows, flow);
  }
  if (queue->packets > queue->limit)
    drop_from_fattest(queue);
  return NULL;
}

/* The flow's next packet by its CoDel, with the account of what that dropped. */
static Packet *
dequeue_from(QdiscFqCodel *queue, Flow *flow)
{
  uint32_t packets = flow->fifo.packets;
  uint64_t bytes = flow->fifo.bytes;
  Packet *packet = codel_dequeue(&flow->codel, &queue->settings, &flow->fifo, queue->direction);
  queue->packets -= packets - flow->fifo.packets;
  queue->bytes -= bytes - flow->fifo.bytes;
  return packet;
}

/* 4.2: new flows first; who has used its quantum goes to the end of the old ones with another; who
 * is empty leaves, but a new one only by way of the old ones, so that it cannot be new all the
 * time ("to prevent starvation"). */
static Packet *
fq_codel_dequeue(void *state, SimTime now)
{
  QdiscFqCodel *queue = state;
  for (;;) {
    bool is_new = queue->new_flows.head != NULL;
    FlowList *list = is_new ? &queue->new_flows : &queue->old_flows;
    Flow *flow = list->head;
    if (flow == NULL)
      return NULL;
    if (flow->credits <= 0) {
      flow->credits += queue->quantum;
      list_append(&queue->old_flows, list_pop(list));
      continue;
    }
    Packet *packet = dequeue_from(queue, flow);
    if (packet != NULL) {
      flow->credits -= packet_size(packet);
      return packet;
    }
    list_pop(list);
    if (is_new && queue->old_flows.head != NULL)
      list_append(&queue->old_flows, flow);
    else
      flow->listed = false;
  }
}

static Packet *
fq_codel_take(void *state)
{
  QdiscFqCodel *queue = state;
  for (int64_t i = 0; queue->packets > 0 && i < queue->flows; i++) {
    Packet *packet = packet_fifo_pop(&queue->table[i].fifo);
    if (packet == NULL)
      continue;
    queue->packets--;
    queue->bytes -= packet_size(packet);
    return packet;
  }
  return NULL;
}

static uint32_t
fq_codel_packets(const void *state)
{
  return ((const QdiscFqCodel *)state)->packets;
}

static uint64_t
fq_codel_bytes(const void *state)
{
  return ((const QdiscFqCodel *)state)->bytes;
}

static void
fq_codel_clear(void *state)
{
  g_free(((QdiscFqCodel *)state)->table);
}

static const SimParam fq_codel_params[] = {
    {.name = "target",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(QdiscFqCodel, settings.target),
     .help = "the waiting time that is acceptable; 5 ms unless given"},
    {.name = "interval",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(QdiscFqCodel, settings.interval),
     .min = 1e-6,
     .max = 3600,
     .help = "about the longest round trip; 100 ms unless given"},
    {.name = "ecn",
     .kind = SIM_PARAM_BOOL,
     .offset = offsetof(QdiscFqCodel, settings.ecn),
     .help = "marks instead of drops where the sender knows ECN; true unless given"},
    {.name = "limit",
     .kind = SIM_PARAM_PACKETS,
     .offset = offsetof(QdiscFqCodel, limit),
     .min = 1,
     .max = 1e9,
     .help = "packets that may wait over all flows; 10240 unless given"},
    {.name = "flows",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscFqCodel, flows),
     .min = 1,
     .max = 65536,
     .help = "queues that flows are hashed to; 1024 unless given"},
    {.name = "quantum",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscFqCodel, quantum),
     .min = 1,
     .max = 1e9,
     .help = "IP bytes a flow sends in its turn; 1514 unless given"},
    {.name = NULL},
};

const QdiscOps qdisc_fq_codel = {
    .name = "fq-codel",
    .help = "a queue for each flow, each under controlled delay (RFC 8290)",
    .state_size = sizeof(QdiscFqCodel),
    .params = fq_codel_params,
    .init = fq_codel_init,
    .enqueue = fq_codel_enqueue,
    .dequeue = fq_codel_dequeue,
    .take = fq_codel_take,
    .packets = fq_codel_packets,
    .bytes = fq_codel_bytes,
    .clear = fq_codel_clear,
};
