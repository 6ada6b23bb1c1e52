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

/* What the rules have decided about one packet. */
typedef struct Fate {
  const char *lost_by; /* the reason of the rule that loses it; NULL: none */
  SimTime later;       /* arrives by so much later, overtaken by others */
  uint32_t behind;     /* waits until so many have passed; 0: does not */
  SimTime longest;     /* but no longer than this */
  Packet *copies;      /* made by rules, by `next`; time is how much later they arrive */
  bool may_overtake;   /* by jitter: its place is only where its time is */
} Fate;

static void on_transmitted(Sim *sim, SimEvent *event);

void
link_watched_init(LinkDirection *direction)
{
  sim_event_init(&direction->transmitted, on_transmitted);
  link_held_init(direction);
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
take_transmitting(LinkDirection *direction, SimTime end, uint64_t key)
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
  sim_schedule_key(sim, &direction->transmitted, end, key);
}

void
link_watched_begin(LinkDirection *direction)
{
  if (direction->way == LINK_WATCHED)
    return;
  link_counters(direction);
  sim_cancel(direction->sim, &direction->transmitted);
  direction->transmitted.fire = on_transmitted;
  uint64_t end_key = direction->way == LINK_TOLD ? direction->end_key
                                                 : sim_key_next(&direction->owner, SIM_DELIVERY);
  direction->way = LINK_WATCHED;
  direction->unasked = NULL;
  link_choose_arrival(direction);
  SimTime now = sim_now(link_sim(direction));
  Packet *waiting = direction->next_to_leave;
  if (waiting != NULL)
    pipe_cut(direction, waiting);
  direction->next_to_leave = NULL;
  direction->waiting_packets = 0;
  direction->waiting_bytes = 0;
  if (direction->pipe_tail != NULL && direction->pipe_tail->time - direction->delay > now)
    take_transmitting(direction, direction->pipe_tail->time - direction->delay, end_key);
  direction->in_order = direction->pipe_tail;
  while (waiting != NULL) {
    Packet *next = waiting->next;
    const char *refused = direction->qdisc->enqueue(direction->qdisc_state, waiting, now);
    g_assert(refused == NULL); /* it found room by the same limits */
    waiting = next;
  }
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
    fate->longest = LINK_HOLD_LONGEST;
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

/* When it arrives, `delay` after its end, but not before the one ahead of it, if it may not. */
static SimTime
arrival_of(const LinkDirection *direction, SimTime delay, const Fate *fate)
{
  SimTime arrival = sim_time_add(sim_now(link_sim(direction)), delay);
  const Packet *ahead = direction->in_order;
  return ahead != NULL && !fate->may_overtake ? MAX(arrival, ahead->time) : arrival;
}

/* Sends a packet that is not lost on its way: into the pipe, or aside. */
static void
go_on(LinkDirection *direction, Packet *packet, SimTime arrival, const Fate *fate)
{
  if (fate->behind > 0) {
    packet->time = sim_time_add(sim_now(link_sim(direction)), fate->longest);
    link_held_add(direction, packet, fate->behind, fate->later);
  } else if (fate->later > 0) {
    packet->time = sim_time_add(arrival, fate->later);
    link_pipe_insert(direction, fate->may_overtake ? NULL : direction->in_order, packet);
  } else if (fate->may_overtake) {
    packet->time = arrival;
    link_pipe_insert(direction, NULL, packet);
    link_held_passed(direction, packet);
  } else {
    packet->time = arrival;
    link_pipe_insert(direction, direction->in_order, packet);
    direction->in_order = packet;
    link_held_passed(direction, packet);
    if (G_UNLIKELY(direction->cut != NULL))
      link_cut_entered(direction, packet);
  }
}

static void
insert_copies(LinkDirection *direction, Packet *copies, SimTime arrival, bool may_overtake)
{
  while (copies != NULL) {
    Packet *next = copies->next;
    if (G_UNLIKELY(!direction->up)) { /* cut meanwhile, as in pass() */
      link_lose(direction, copies, "link down", &direction->counters.dropped_down);
    } else {
      copies->time = sim_time_add(arrival, copies->time);
      link_pipe_insert(direction, may_overtake ? NULL : direction->in_order, copies);
      if (G_UNLIKELY(direction->cut != NULL))
        link_cut_entered(direction, copies);
    }
    copies = next;
  }
}

static bool
chance(LinkDirection *direction, double probability)
{
  return probability > 0 && sim_rng_chance(&direction->rng, probability);
}

/* Jitter and reordering; returns the delay. What a rule has decided stays. */
static SimTime
ask_extra(LinkDirection *direction, Fate *fate)
{
  if (G_LIKELY(direction->extra == NULL))
    return direction->delay;
  LinkDelay delay = link_extra_delay(direction);
  fate->may_overtake = delay.may_overtake;
  if (fate->behind == 0 && fate->later == 0) {
    fate->behind = delay.behind;
    fate->longest = delay.longest;
    fate->later = delay.later;
    direction->counters.reordered += delay.behind > 0 || delay.later > 0;
  }
  return delay.time;
}

/* The packet's last bit has left: rules, loss, corruption, duplication, jitter and reordering, then
 * the pipe. */
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
  SimTime delay = ask_extra(direction, &fate);
  SimTime arrival = arrival_of(direction, delay, &fate);

  if (G_UNLIKELY(!direction->up)) { /* a rule's own function has cut the link */
    link_lose(direction, packet, "link down", &direction->counters.dropped_down);
  } else if (fate.lost_by != NULL) {
    link_lose(direction, packet, fate.lost_by, &direction->counters.dropped_rule);
  } else if (lost) {
    link_lose(direction, packet, "loss model", &direction->counters.dropped_loss);
  } else {
    if (corrupt)
      damage(direction, packet);
    Packet *copy = duplicate ? copy_make(direction, packet, "duplication") : NULL;
    if (copy != NULL)
      copy->time = fate.later;
    go_on(direction, packet, arrival, &fate);
    insert_copies(direction, copy, arrival, fate.may_overtake);
  }
  insert_copies(direction, fate.copies, arrival, fate.may_overtake);
}

/* The transmitter. */

static void
busy_until(LinkDirection *direction, Packet *packet, SimTime end)
{
  packet->time = end;
  direction->transmitting = packet;
  sim_schedule(link_sim(direction), &direction->transmitted, end, SIM_DELIVERY, &direction->owner);
}

static void
transmit(LinkDirection *direction, Packet *packet)
{
  uint32_t size = packet_size(packet);
  direction->counters.transmitted_packets++;
  direction->counters.transmitted_bytes += size;
  link_trace(direction, NET_PACKET_TRANSMIT, packet, NULL, 0);
  SimTime time = direction->extra == NULL ? link_time_to_send(direction, size)
                                          : link_extra_time_to_send(direction, size);
  if (time == 0)
    pass(direction, packet);
  else
    busy_until(direction, packet, sim_time_add(sim_now(link_sim(direction)), time));
}

/* Takes a packet from the queue: it is sent, when the shaper has let it go. */
static void
take_up(LinkDirection *direction, Packet *packet)
{
  SimTime wait = direction->extra == NULL ? 0 : link_extra_shapes(direction, packet_size(packet));
  if (wait == 0) {
    transmit(direction, packet);
    return;
  }
  direction->extra->shaping = true;
  busy_until(direction, packet, sim_time_add(sim_now(link_sim(direction)), wait));
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
    take_up(direction, packet);
  }
  direction->working = false;
}

static void
finish(LinkDirection *direction)
{
  Packet *packet = direction->transmitting;
  direction->transmitting = NULL;
  direction->working = true;
  if (direction->extra != NULL && direction->extra->shaping) {
    direction->extra->shaping = false;
    transmit(direction, packet);
  } else {
    pass(direction, packet);
  }
  direction->working = false;
  link_watched_continue(direction);
}

static void
on_transmitted(Sim *sim, SimEvent *event)
{
  finish(sim_container(event, LinkDirection, transmitted));
}

G_GNUC_NO_INLINE void
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

G_GNUC_NO_INLINE void
link_watched_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (link_extra_polices(direction, size)) {
    link_discard(direction, packet, "policer", &direction->counters.dropped_policer);
    return;
  }
  if (goes_at_once(direction)) {
    direction->working = true;
    take_up(direction, packet);
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
link_watched_empty(LinkDirection *direction,
                   void (*take)(LinkDirection *direction, Packet *packet, bool on_wire))
{
  Sim *sim = link_sim(direction);
  sim_cancel(sim, &direction->arrival);
  sim_cancel(sim, &direction->transmitted);
  Packet *pipe = direction->pipe_head;
  direction->pipe_head = direction->pipe_tail = direction->in_order = NULL;
  while (pipe != NULL) {
    Packet *next = pipe->next;
    take(direction, pipe, true);
    pipe = next;
  }
  link_held_empty(direction, take);
  Packet *packet = direction->transmitting;
  direction->transmitting = NULL;
  bool shaping = direction->extra != NULL && direction->extra->shaping;
  if (shaping)
    direction->extra->shaping = false;
  if (packet != NULL)
    take(direction, packet, !shaping);
  while ((packet = qdisc_take(direction->qdisc, direction->qdisc_state, sim_now(sim))) != NULL)
    take(direction, packet, false);
}
