/* link-cut: the near end keeps of a packet no more than its size and when it leaves, which is what
 * its queue is asked for. Where somebody listens to all that happens, or the direction is watched,
 * it works as one that is whole, pipe and all; but what comes to the end of its pipe there has
 * arrived at the far end, and no time passes for it. */
#include "models/net/link-cut.h"

#include "models/net/link-private.h"

#define LEAST_PACKET 20 /* bytes: a header of IPv4 */

/* A packet that waited when it was handed over. */
typedef struct Waiting {
  SimTime leaves; /* its first bit */
  uint32_t size;
} Waiting;

typedef enum { NEAR, FAR, SETTLED } Kind;

struct LinkCut {
  Kind kind;
  LinkCutFn give; /* NEAR */
  void *self;
  GArray *waiting;   /* of Waiting, in order: NEAR; owned */
  unsigned first;    /* the first that has not left as far as is known */
  uint64_t bytes;    /* of those from `first` on */
  uint64_t given;    /* packets: to the far end; told and watched: that have arrived there by now */
  uint64_t counted;  /* FAR: events of the direction before it was cut */
  LinkState settled; /* SETTLED */
};

bool
link_cut_possible(const Link *link)
{
  const LinkDirection *ways[] = {&link->forward, &link->backward};
  for (int i = 0; i < 2; i++)
    if (ways[i]->extra != NULL || ways[i]->delay == 0)
      return false;
  return link->rules->len == 0;
}

/* Whether all that happens is told: a network's parts listen before they are made. */
static bool
is_told(const LinkDirection *direction)
{
  return sim_traced(direction->sim, NET_TRACE_PACKET);
}

/* Whether the near end works as a whole direction. */
static bool
has_pipe(const LinkDirection *direction)
{
  return direction->way == LINK_WATCHED || is_told(direction);
}

/* What is known at the end of the transmission, and no sooner: what a watched direction does, and a
 * loss that is told in its time. */
SimTime
link_cut_ahead(const LinkDirection *direction)
{
  if (direction->way == LINK_WATCHED || (is_told(direction) && direction->loss != NULL))
    return direction->delay;
  return sim_time_add(direction->delay,
                      sim_time_to_send(LEAST_PACKET + direction->overhead, direction->rate));
}

static LinkCut *
cut_new(LinkDirection *direction, Kind kind)
{
  if (direction->cut == NULL)
    direction->cut = g_new0(LinkCut, 1);
  direction->cut->kind = kind;
  return direction->cut;
}

/* The pipe's head is at the far end. */
static void
on_arrival_there(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  Packet *packet = link_pipe_take(sim, direction);
  if (packet == direction->in_order)
    direction->in_order = NULL;
  direction->cut->given++;
  packet_free(direction->link->net, packet);
}

void
link_cut_near(LinkDirection *direction, LinkCutFn give, void *self)
{
  g_assert(direction->pipe_head == NULL);
  bool whole = has_pipe(direction);
  if (direction->way == LINK_FAST && whole)
    link_told_begin(direction);
  LinkCut *cut = cut_new(direction, NEAR);
  cut->give = give;
  cut->self = self;
  if (whole) {
    direction->arrival.fire = on_arrival_there;
    direction->arrival.tentative = true;
  } else {
    cut->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    direction->way = LINK_NEAR;
  }
}

void
link_cut_far(LinkDirection *direction)
{
  cut_new(direction, FAR)->counted = direction->owner.counter;
}

void
link_cut_free(LinkDirection *direction)
{
  LinkCut *cut = direction->cut;
  if (cut != NULL && cut->waiting != NULL)
    g_array_unref(cut->waiting);
  g_free(cut);
}

/* -- the near end -- */

void
link_cut_entered(LinkDirection *direction, const Packet *packet)
{
  const LinkCut *cut = direction->cut;
  if (cut->kind == NEAR)
    cut->give(cut->self, direction, packet);
}

/* Forgets those that have begun to leave. */
static void
advance(LinkDirection *direction)
{
  LinkCut *cut = direction->cut;
  SimTime now = sim_now(direction->sim);
  const Waiting *all = (const Waiting *)(const void *)cut->waiting->data;
  while (cut->first < cut->waiting->len && all[cut->first].leaves <= now)
    cut->bytes -= all[cut->first++].size;
  if (cut->first > cut->waiting->len / 2) {
    g_array_remove_range(cut->waiting, 0, cut->first);
    cut->first = 0;
  }
}

static bool
has_room(const LinkDirection *direction, uint32_t size)
{
  const LinkCut *cut = direction->cut;
  return cut->waiting->len - cut->first < direction->most_packets &&
         cut->bytes + size <= direction->most_bytes;
}

void
link_cut_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  LinkCut *cut = direction->cut;
  SimTime start = sim_now(direction->sim);
  if (direction->busy_until > start) {
    advance(direction);
    if (!has_room(direction, size)) {
      link_refuse(direction, packet, "queue full", &direction->counters.dropped_queue);
      return;
    }
    start = direction->busy_until;
    Waiting one = {.leaves = start, .size = size};
    g_array_append_val(cut->waiting, one);
    cut->bytes += size;
  }
  direction->busy_until = sim_time_add(start, link_time_to_send(direction, size));
  packet->time = sim_time_add(direction->busy_until, direction->delay);
  cut->given++;
  cut->give(cut->self, direction, packet);
  packet_free(direction->link->net, packet);
}

static void
count_near(LinkDirection *direction)
{
  LinkCounters *counters = &direction->counters;
  if (direction->way == LINK_WATCHED)
    return;
  counters->transmitted_packets = counters->sent_packets - counters->dropped_queue -
                                  counters->dropped_mtu - link_queue_packets(direction);
  counters->transmitted_bytes =
      counters->sent_bytes - direction->refused_bytes - link_queue_bytes(direction);
}

/* -- the far end -- */

void
link_cut_take(LinkDirection *direction, Packet *packet)
{
  g_assert(direction->cut->kind == FAR);
  direction->counters.sent_packets++;
  direction->counters.sent_bytes += packet_size(packet);
  link_pipe_append(direction, packet);
  if (direction->unasked == NULL && direction->loss != NULL && !has_pipe(direction))
    direction->unasked = packet;
}

/* -- what one may ask -- */

/* The far end's events are arrivals, whose keys count them; the near end tells between two. */
uint64_t
link_cut_turn(const LinkDirection *direction, uint64_t counter)
{
  const LinkCut *cut = direction->cut;
  return cut->kind == NEAR ? 2 * cut->given + 1 : 2 * (counter - cut->counted + 1);
}

bool
link_cut_count(LinkDirection *direction)
{
  if (direction->cut->kind == NEAR)
    count_near(direction);
  return direction->cut->kind != FAR;
}

uint64_t
link_cut_given(const LinkDirection *direction)
{
  return direction->cut != NULL && direction->cut->kind == NEAR ? direction->cut->given : 0;
}

bool
link_cut_queue(LinkDirection *direction, uint64_t *packets, uint64_t *bytes)
{
  const LinkCut *cut = direction->cut;
  if (cut->kind == FAR || (cut->kind == NEAR && direction->way != LINK_NEAR))
    return false;
  if (cut->kind == NEAR)
    advance(direction);
  *packets = cut->kind == NEAR ? cut->waiting->len - cut->first : cut->settled.waiting_packets;
  *bytes = cut->kind == NEAR ? cut->bytes : cut->settled.waiting_bytes;
  return true;
}

void
link_cut_state(LinkDirection *direction, LinkState *state)
{
  *state = (LinkState){.counters = *link_counters(direction)};
  if (direction->cut == NULL || direction->cut->kind == NEAR) {
    state->waiting_packets = link_queue_packets(direction);
    state->waiting_bytes = link_queue_bytes(direction);
  } else { /* the near end counts these */
    state->counters.sent_packets = state->counters.sent_bytes = 0;
    state->counters.transmitted_packets = state->counters.transmitted_bytes = 0;
  }
}

void
link_cut_settle(LinkDirection *direction, const LinkState *state)
{
  cut_new(direction, SETTLED)->settled = *state;
  direction->counters = state->counters;
}
