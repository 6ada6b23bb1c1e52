/* link-watched: a direction that is watched: every end of a transmission is an event.
 *
 * A packet's way: enqueue, dequeue, `transmitting` until its last bit has left, then pass(): the
 * rules, the loss model, corruption, duplication, and into the pipe. At an unlimited rate it passes
 * in the same call, but never inside another's passing (`working`): it would overtake.
 *
 * Every random choice is drawn for every packet, lost already or not, in a fixed order, so that a
 * rule that is added does not move the numbers of what follows.
 *
 * Two directions may have events at the same time, and their order must not decide what fits a
 * queue: whoever looks at a direction first settles it, that is ends a transmission that ends now.
 */
#include "models/net/link.h"

#include "models/net/link-private.h"

typedef struct Held {
  Packet *packet; /* owned; time is when it goes on at the latest */
  uint32_t ahead; /* packets that have yet to pass it; at least 1 */
  SimTime delay;  /* by so much later than the one that releases it */
} Held;

/* What the rules have decided about one packet. */
typedef struct Fate {
  const char *lost_by; /* the reason of the rule that loses it; NULL: none */
  SimTime later;       /* arrives by so much later, overtaken by others */
  uint32_t behind;     /* waits until so many have passed; 0: does not */
  Packet *copies;      /* made by rules, by `next`; time is how much later they arrive */
} Fate;

static void on_transmitted(Sim *sim, SimEvent *event);
static void on_release(Sim *sim, SimTimer *timer);

void
link_watched_init(LinkDirection *direction)
{
  sim_event_init(&direction->transmitted, on_transmitted);
  sim_timer_init(&direction->release, on_release);
}

/* Changing over. */

/* Splits the pipe before `packet` (of the pipe, not its head); what is behind is returned. */
static Packet *
pipe_cut(LinkDirection *direction, Packet *packet)
{
  Packet *before = direction->pipe_head;
  while (before->next != packet)
    before = before->next;
  before->next = NULL;
  direction->pipe_tail = before;
  return packet;
}

/* The last that has begun to leave has not left yet: it goes from the pipe to the transmitter. */
static void
take_transmitting(LinkDirection *direction, SimTime end)
{
  Sim *sim = link_sim(direction);
  Packet *last = direction->pipe_tail;
  if (last == direction->pipe_head) {
    direction->pipe_head = direction->pipe_tail = NULL;
    sim_cancel(sim, &direction->arrival);
  } else {
    pipe_cut(direction, last);
  }
  last->time = end;
  direction->transmitting = last;
  sim_schedule(sim, &direction->transmitted, end, SIM_DELIVERY, &direction->owner);
}

void
link_watched_begin(LinkDirection *direction)
{
  if (direction->watched)
    return;
  link_advance(direction);
  direction->watched = true;
  SimTime now = sim_now(link_sim(direction));
  Packet *waiting = direction->next_to_leave;
  if (waiting != NULL)
    pipe_cut(direction, waiting);
  direction->next_to_leave = NULL;
  direction->waiting_packets = 0;
  direction->waiting_bytes = 0;
  if (direction->pipe_tail != NULL && direction->pipe_tail->time - direction->delay > now)
    take_transmitting(direction, direction->pipe_tail->time - direction->delay);
  direction->in_order = direction->pipe_tail;
  while (waiting != NULL) {
    Packet *next = waiting->next;
    const char *refused = direction->qdisc->enqueue(direction->qdisc_state, waiting, now);
    g_assert(refused == NULL); /* it found room by the same limits */
    waiting = next;
  }
}

/* Held packets. */

static void
release_arm(LinkDirection *direction)
{
  if (direction->held == NULL || direction->held->len == 0) {
    sim_timer_cancel(link_sim(direction), &direction->release);
    return;
  }
  const Held *first = g_ptr_array_index(direction->held, 0);
  sim_timer_set(link_sim(direction), &direction->release, first->packet->time, &direction->owner);
}

static void
hold(LinkDirection *direction, Packet *packet, const Fate *fate)
{
  if (direction->held == NULL)
    direction->held = g_ptr_array_new_with_free_func(g_free);
  Held *held = g_new(Held, 1);
  *held = (Held){.packet = packet, .ahead = fate->behind, .delay = fate->later};
  packet->time = sim_time_add(sim_now(link_sim(direction)), LINK_HOLD_LONGEST);
  g_ptr_array_add(direction->held, held);
  release_arm(direction);
}

/* Puts held packet `index` in the pipe behind `after`, or at its front when that is NULL. */
static void
let_go(LinkDirection *direction, unsigned index, Packet *after, SimTime arrival)
{
  Held *held = g_ptr_array_index(direction->held, index);
  held->packet->time = sim_time_add(arrival, held->delay);
  link_pipe_insert(direction, after, held->packet);
  g_ptr_array_remove_index(direction->held, index);
}

/* `packet` has gone into the pipe: those that waited for it follow. */
static void
count_passed(LinkDirection *direction, Packet *packet)
{
  if (G_LIKELY(direction->held == NULL || direction->held->len == 0))
    return;
  for (unsigned i = 0; i < direction->held->len;) {
    Held *held = g_ptr_array_index(direction->held, i);
    if (--held->ahead == 0)
      let_go(direction, i, packet, packet->time);
    else
      i++;
  }
  release_arm(direction);
}

static void
on_release(Sim *sim, SimTimer *timer)
{
  LinkDirection *direction = sim_container(timer, LinkDirection, release);
  SimTime now = sim_now(sim);
  while (direction->held->len > 0) {
    const Held *first = g_ptr_array_index(direction->held, 0);
    if (first->packet->time > now)
      break;
    let_go(direction, 0, NULL, sim_time_add(now, direction->delay));
  }
  release_arm(direction);
}

/* The end of a transmission. */

static Packet *
copy_make(LinkDirection *direction, const Packet *packet, const char *reason)
{
  Packet *copy = packet_copy(direction->link->net, direction->from, packet);
  direction->counters.duplicated++;
  link_trace(direction, NET_PACKET_DUPLICATE, copy, reason, packet->id);
  return copy;
}

static void
damage(LinkDirection *direction, Packet *packet)
{
  packet->marks |= PACKET_CORRUPT;
  direction->counters.corrupted++;
}

static void
apply_copy(LinkDirection *direction, const LinkRule *rule, const Packet *packet, Fate *fate)
{
  Packet **last = &fate->copies;
  while (*last != NULL)
    last = &(*last)->next;
  *last = copy_make(direction, packet, rule->reason);
  (*last)->time = rule->delay;
}

static void
apply(LinkDirection *direction, LinkRule *rule, Packet *packet, Fate *fate)
{
  rule->hits++;
  switch (rule->action) {
  case RULE_DROP:
    fate->lost_by = rule->reason;
    break;
  case RULE_HOLD:
    direction->counters.held++;
    fate->later = sim_time_add(fate->later, rule->delay);
    fate->behind = MAX(fate->behind, rule->behind);
    break;
  case RULE_COPY:
    apply_copy(direction, rule, packet, fate);
    break;
  case RULE_DAMAGE:
    damage(direction, packet);
    break;
  case RULE_MARK:
    packet->traffic_class |= NET_ECN_CE;
    direction->counters.marked++;
    link_trace(direction, NET_PACKET_MARK, packet, rule->reason, 0);
    break;
  }
}

static void
ask_rules(LinkDirection *direction, Packet *packet, Fate *fate)
{
  SimTime now = sim_now(link_sim(direction));
  const GPtrArray *rules = direction->link->rules;
  for (unsigned i = 0; i < rules->len; i++) {
    LinkRule *rule = g_ptr_array_index(rules, i);
    if (link_rule_asked(rule, direction, packet, now) && fate->lost_by == NULL)
      apply(direction, rule, packet, fate);
  }
}

/* What nobody held arrives a delay after its end, but not before the one ahead of it. */
static SimTime
arrival_in_order(const LinkDirection *direction)
{
  SimTime arrival = sim_time_add(sim_now(link_sim(direction)), direction->delay);
  const Packet *ahead = direction->in_order;
  return ahead != NULL ? MAX(arrival, ahead->time) : arrival;
}

/* Sends a packet that is not lost on its way: into the pipe, or aside. */
static void
go_on(LinkDirection *direction, Packet *packet, SimTime arrival, const Fate *fate)
{
  if (fate->behind > 0) {
    hold(direction, packet, fate);
  } else if (fate->later > 0) {
    packet->time = sim_time_add(arrival, fate->later);
    link_pipe_insert(direction, direction->in_order, packet);
  } else {
    packet->time = arrival;
    link_pipe_insert(direction, direction->in_order, packet);
    direction->in_order = packet;
    count_passed(direction, packet);
  }
}

static void
insert_copies(LinkDirection *direction, Packet *copies, SimTime arrival)
{
  while (copies != NULL) {
    Packet *next = copies->next;
    if (G_UNLIKELY(!direction->up)) { /* cut meanwhile, as in pass() */
      link_discard(direction, copies, "link down", &direction->counters.dropped_down);
    } else {
      copies->time = sim_time_add(arrival, copies->time);
      link_pipe_insert(direction, direction->in_order, copies);
    }
    copies = next;
  }
}

static bool
chance(LinkDirection *direction, double probability)
{
  return probability > 0 && sim_rng_chance(&direction->rng, probability);
}

/* The packet's last bit has left: rules, loss, corruption, duplication, then the pipe. */
static void
pass(LinkDirection *direction, Packet *packet)
{
  SimTime now = sim_now(link_sim(direction));
  Fate fate = {0};
  ask_rules(direction, packet, &fate);
  bool lost = direction->loss != NULL &&
              direction->loss->lose(direction->loss_state, packet, now, &direction->rng);
  bool corrupt = chance(direction, direction->corrupt);
  bool duplicate = chance(direction, direction->duplicate);
  SimTime arrival = arrival_in_order(direction);

  if (G_UNLIKELY(!direction->up)) { /* a rule's own function has cut the link */
    link_discard(direction, packet, "link down", &direction->counters.dropped_down);
  } else if (fate.lost_by != NULL) {
    link_discard(direction, packet, fate.lost_by, &direction->counters.dropped_rule);
  } else if (lost) {
    link_discard(direction, packet, "loss model", &direction->counters.dropped_loss);
  } else {
    if (corrupt)
      damage(direction, packet);
    Packet *copy = duplicate ? copy_make(direction, packet, "duplication") : NULL;
    if (copy != NULL)
      copy->time = fate.later;
    go_on(direction, packet, arrival, &fate);
    insert_copies(direction, copy, arrival);
  }
  insert_copies(direction, fate.copies, arrival);
}

/* The transmitter. */

static void
transmit(LinkDirection *direction, Packet *packet)
{
  Sim *sim = link_sim(direction);
  uint32_t size = packet_size(packet);
  direction->counters.transmitted_packets++;
  direction->counters.transmitted_bytes += size;
  link_trace(direction, NET_PACKET_TRANSMIT, packet, NULL, 0);
  SimTime time = link_time_to_send(direction, size);
  if (time == 0) {
    pass(direction, packet);
    return;
  }
  packet->time = sim_time_add(sim_now(sim), time);
  direction->transmitting = packet;
  sim_schedule(sim, &direction->transmitted, packet->time, SIM_DELIVERY, &direction->owner);
}

static bool
idle(const LinkDirection *direction)
{
  return direction->transmitting == NULL && direction->up && !direction->paused;
}

void
link_watched_continue(LinkDirection *direction)
{
  if (direction->working)
    return;
  direction->working = true;
  while (idle(direction)) {
    Sim *sim = link_sim(direction);
    Packet *packet = direction->qdisc->dequeue(direction->qdisc_state, sim_now(sim));
    if (packet == NULL)
      break;
    transmit(direction, packet);
  }
  direction->working = false;
}

static void
finish(LinkDirection *direction)
{
  Packet *packet = direction->transmitting;
  direction->transmitting = NULL;
  direction->working = true;
  pass(direction, packet);
  direction->working = false;
  link_watched_continue(direction);
}

static void
on_transmitted(Sim *sim, SimEvent *event)
{
  finish(sim_container(event, LinkDirection, transmitted));
}

void
link_watched_settle(LinkDirection *direction)
{
  Sim *sim = link_sim(direction);
  if (direction->transmitting == NULL || direction->transmitting->time > sim_now(sim))
    return;
  sim_cancel(sim, &direction->transmitted);
  finish(direction);
}

void
link_watched_now(LinkDirection *direction)
{
  link_watched_begin(direction);
  link_watched_settle(direction);
}

/* Drop-tail's limits are for what waits: a packet that finds the transmitter free never does. The
 * other disciplines see every packet. */
static bool
goes_at_once(const LinkDirection *direction)
{
  return direction->qdisc == &qdisc_droptail && idle(direction) && !direction->working &&
         direction->qdisc->packets(direction->qdisc_state) == 0;
}

void
link_watched_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  link_watched_settle(direction);
  if (goes_at_once(direction)) {
    direction->working = true;
    transmit(direction, packet);
    direction->working = false;
    link_watched_continue(direction); /* what a rule's function sent meanwhile */
    return;
  }
  SimTime now = sim_now(link_sim(direction));
  const char *refused = direction->qdisc->enqueue(direction->qdisc_state, packet, now);
  if (refused != NULL)
    link_discard(direction, packet, refused, &direction->counters.dropped_queue);
  else
    link_watched_continue(direction);
}

void
link_watched_empty(LinkDirection *direction, void (*take)(LinkDirection *direction, Packet *packet))
{
  Sim *sim = link_sim(direction);
  sim_cancel(sim, &direction->arrival);
  sim_cancel(sim, &direction->transmitted);
  sim_timer_cancel(sim, &direction->release);
  Packet *pipe = direction->pipe_head;
  direction->pipe_head = direction->pipe_tail = direction->in_order = NULL;
  while (pipe != NULL) {
    Packet *next = pipe->next;
    take(direction, pipe);
    pipe = next;
  }
  for (unsigned i = 0; direction->held != NULL && i < direction->held->len; i++) {
    const Held *held = g_ptr_array_index(direction->held, i);
    take(direction, held->packet);
  }
  if (direction->held != NULL)
    g_ptr_array_set_size(direction->held, 0);
  Packet *packet = direction->transmitting;
  direction->transmitting = NULL;
  if (packet != NULL)
    take(direction, packet);
  while ((packet = direction->qdisc->dequeue(direction->qdisc_state, sim_now(sim))) != NULL)
    take(direction, packet);
}
