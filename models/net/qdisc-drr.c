/* qdisc-drr: deficit round robin (Shreedhar and Varghese 1995).
 *
 * Queues that have packets take turns; a turn adds `quantum` bytes to the queue's deficit, and it
 * sends what that covers. A queue is a flow (hashed to one of `flows`), or a class when `classes`
 * are given; a class may have a weight, by which its quantum is multiplied. When the limit is
 * reached the longest queue loses its head ("buffer stealing"), so that none keeps others out. */
#include "models/net/flow-hash.h"
#include "models/net/link-private.h"
#include "models/net/packet-classes.h"

typedef struct Turn {
  PacketFifo fifo;
  int64_t deficit; /* bytes it may send in this turn */
  int64_t quantum;
  struct Turn *next; /* in the round */
  bool in_round;     /* it has packets */
} Turn;

typedef struct QdiscDrr {
  int64_t limit;      /* packets that may wait, over all queues */
  int64_t flows;      /* queues, without classes */
  int64_t quantum;    /* bytes a turn */
  SimNumbers weights; /* of the classes, in order; empty: all 1 */
  PacketClasses classes;
  LinkDirection *direction;
  uint64_t perturbation;
  Turn *turns; /* owned: `count` of them; NULL: nothing has come yet */
  unsigned count;
  Turn *head, *tail; /* the round; the head's turn has begun when `begun` */
  bool begun;
  uint32_t packets;
  uint64_t bytes;
} QdiscDrr;

static void
drr_init(void *state, LinkDirection *direction)
{
  SimRng rng;
  qdisc_rng_init(&rng, direction);
  *(QdiscDrr *)state = (QdiscDrr){.limit = 1000,
                                  .flows = 1024,
                                  .quantum = 1500,
                                  .direction = direction,
                                  .perturbation = sim_rng_u64(&rng)};
}

static bool
drr_check(const void *state, GError **error)
{
  const QdiscDrr *drr = state;
  unsigned classes = drr->classes.count + 1;
  if (drr->weights.count == 0 || (drr->classes.count > 0 && drr->weights.count == classes))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "weights: one for each of the classes and one for the rest are wanted, not %u",
              drr->weights.count);
  return false;
}

static bool
drr_add_class(void *state, PacketMatch *rule)
{
  return packet_classes_add(&((QdiscDrr *)state)->classes, rule);
}

static void
make_turns(QdiscDrr *drr)
{
  drr->count = drr->classes.count > 0 ? drr->classes.count + 1 : (unsigned)drr->flows;
  drr->turns = g_new0(Turn, drr->count);
  for (unsigned i = 0; i < drr->count; i++) {
    double weight = i < drr->weights.count ? drr->weights.values[i] : 1;
    drr->turns[i].quantum = MAX((int64_t)((double)drr->quantum * weight), 1);
  }
}

static void
round_append(QdiscDrr *drr, Turn *turn)
{
  turn->next = NULL;
  turn->in_round = true;
  if (drr->head == NULL)
    drr->head = turn;
  else
    drr->tail->next = turn;
  drr->tail = turn;
}

static Turn *
round_pop(QdiscDrr *drr)
{
  Turn *turn = drr->head;
  drr->head = turn->next;
  turn->in_round = false;
  drr->begun = false;
  return turn;
}

/* NULL when it is empty. */
static Packet *
pop(QdiscDrr *drr, Turn *turn)
{
  Packet *packet = packet_fifo_pop(&turn->fifo);
  if (packet == NULL)
    return NULL;
  drr->packets--;
  drr->bytes -= packet_size(packet);
  return packet;
}

static void
steal(QdiscDrr *drr)
{
  Turn *longest = drr->turns;
  for (unsigned i = 1; i < drr->count; i++)
    if (drr->turns[i].fifo.bytes > longest->fifo.bytes)
      longest = &drr->turns[i];
  Packet *packet = pop(drr, longest);
  if (packet != NULL)
    qdisc_drop(drr->direction, packet, "queue full");
}

static const char *
drr_enqueue(void *state, Packet *packet, SimTime now)
{
  QdiscDrr *drr = state;
  if (drr->turns == NULL)
    make_turns(drr);
  unsigned number = drr->classes.count > 0 ? packet_classes_find(&drr->classes, packet)
                                           : flow_hash(packet, drr->perturbation, drr->count);
  Turn *turn = &drr->turns[number];
  packet_fifo_push(&turn->fifo, packet);
  drr->packets++;
  drr->bytes += packet_size(packet);
  if (!turn->in_round) {
    turn->deficit = 0;
    round_append(drr, turn);
  }
  if (drr->packets > drr->limit)
    steal(drr);
  return NULL;
}

static Packet *
drr_dequeue(void *state, SimTime now)
{
  QdiscDrr *drr = state;
  while (drr->head != NULL) {
    Turn *turn = drr->head;
    if (!drr->begun) {
      turn->deficit += turn->quantum;
      drr->begun = true;
    }
    if (turn->fifo.head == NULL) { /* its credit does not outlast its packets */
      round_pop(drr);
    } else if (packet_size(turn->fifo.head) <= turn->deficit) {
      turn->deficit -= packet_size(turn->fifo.head);
      return pop(drr, turn);
    } else {
      round_append(drr, round_pop(drr));
    }
  }
  return NULL;
}

static uint32_t
drr_packets(const void *state)
{
  return ((const QdiscDrr *)state)->packets;
}

static uint64_t
drr_bytes(const void *state)
{
  return ((const QdiscDrr *)state)->bytes;
}

static void
drr_clear(void *state)
{
  QdiscDrr *drr = state;
  packet_classes_clear(&drr->classes);
  sim_numbers_clear(&drr->weights);
  g_free(drr->turns);
}

static const SimNumbersForm drr_weights = {.columns = 1, .min = 0.001, .max = 1000};

static const SimParam drr_params[] = {
    {.name = "quantum",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscDrr, quantum),
     .min = 1,
     .max = 1e9,
     .help = "IP bytes that a turn adds; 1500 unless given"},
    {.name = "weights",
     .kind = SIM_PARAM_NUMBERS,
     .offset = offsetof(QdiscDrr, weights),
     .form = &drr_weights,
     .help = "of the classes and of the rest, by which the quantum is multiplied"},
    {.name = "flows",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(QdiscDrr, flows),
     .min = 1,
     .max = 65536,
     .help = "queues that flows are hashed to, without classes; 1024 unless given"},
    {.name = "limit",
     .kind = SIM_PARAM_PACKETS,
     .offset = offsetof(QdiscDrr, limit),
     .min = 1,
     .max = 1e9,
     .help = "packets that may wait over all queues; 1000 unless given"},
    {.name = NULL},
};

const QdiscOps qdisc_drr = {
    .name = "drr",
    .help = "deficit round robin between flows, or between classes = {rule, ...}",
    .state_size = sizeof(QdiscDrr),
    .params = drr_params,
    .init = drr_init,
    .check = drr_check,
    .add_class = drr_add_class,
    .enqueue = drr_enqueue,
    .dequeue = drr_dequeue,
    .packets = drr_packets,
    .bytes = drr_bytes,
    .clear = drr_clear,
};
