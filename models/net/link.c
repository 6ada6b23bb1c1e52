/* link: making, cutting and freeing links, and the fast way of working.
 *
 * Fast: drop-tail, nobody asked and nobody listening, so the life of a packet is known when it is
 * handed over: it starts to leave when the one ahead has left, and it arrives a delay after its own
 * end. It goes into the pipe with that time and costs one event. What the queue holds is counted
 * from above: a packet stops waiting when it is found to have started to leave, which is looked for
 * along the pipe (link_advance) when there seems to be no room, or when somebody asks, and else
 * seen at its arrival. A loss model is asked in the same order as the watched way asks it, but
 * late: when a packet would arrive, or somebody looks.
 * The watched way (link-watched.c) keeps to the same rules, so both drop the same packets.
 *
 * Invariants of the fast way: the pipe is in order of handing over, which is the order of arrival;
 * from next_to_leave to its tail stand waiting_packets packets, each of which starts when the one
 * ahead ends; next_to_leave is NULL or next_leaves is its start; the delay has not changed since
 * the pipe was empty, so that packet->time - delay is the end of each transmission. */
#include "models/net/link.h"

#include "models/net/link-private.h"
#include "models/net/route.h"

/* Making and freeing. */

LinkSettings
link_settings_default(void)
{
  return (LinkSettings){.mtu = 1500};
}

static void
direction_init(LinkDirection *direction, Link *link, Node *from, Node *to, unsigned number)
{
  Net *net = link->net;
  direction->owner = sim_owner_new(net->sim);
  direction->sim = net->sim;
  direction->link = link;
  direction->from = from;
  direction->to = to;
  direction->name = number == 1 ? g_strdup_printf("%s>%s", from->name, to->name)
                                : g_strdup_printf("%s>%s.%u", from->name, to->name, number);
  direction->up = true;
  direction->qdisc = &qdisc_droptail;
  direction->qdisc_state = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(direction->qdisc_state, direction);
  link_note_limits(direction);
  char *stream = g_strconcat("link ", direction->name, NULL);
  sim_rng_init(&direction->rng, net->sim->seed, stream);
  g_free(stream);
  sim_event_init(&direction->arrival, NULL);
  link_choose_arrival(direction);
  link_watched_init(direction);
  g_ptr_array_add(from->directions, direction);
}

static void
direction_settings(LinkDirection *direction, const LinkSettings *settings)
{
  direction->rate = settings->rate;
  direction->delay = settings->delay;
  direction->mtu = settings->mtu;
  direction->overhead = settings->overhead;
}

/* The least number that gives names of their own to the link and both directions. */
static unsigned
free_number(const Net *net, const Node *a, const Node *b)
{
  for (unsigned number = 1;; number++) {
    char suffix[16] = "";
    if (number > 1)
      g_snprintf(suffix, sizeof suffix, ".%u", number);
    char *link = g_strconcat(a->name, "-", b->name, suffix, NULL);
    char *forward = g_strconcat(a->name, ">", b->name, suffix, NULL);
    char *backward = g_strconcat(b->name, ">", a->name, suffix, NULL);
    bool is_free = !net_link(net, link) && !net_link(net, forward) && !net_link(net, backward);
    g_free(link);
    g_free(forward);
    g_free(backward);
    if (is_free)
      return number;
  }
}

Link *
link_new(Node *a, Node *b, const LinkSettings *settings, GError **error)
{
  if (a == b) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "a link joins two different nodes; both ends are \"%s\"", a->name);
    return NULL;
  }
  g_assert(a->net == b->net);
  Net *net = a->net;
  unsigned number = free_number(net, a, b);
  Link *link = aligned_alloc(_Alignof(Link), sizeof(Link));
  if (link == NULL)
    g_error("out of memory: %" G_GSIZE_FORMAT " bytes wanted", sizeof(Link));
  *link = (Link){.net = net};
  link->name = number == 1 ? g_strdup_printf("%s-%s", a->name, b->name)
                           : g_strdup_printf("%s-%s.%u", a->name, b->name, number);
  link->rules = g_ptr_array_new();
  direction_init(&link->forward, link, a, b, number);
  direction_init(&link->backward, link, b, a, number);
  direction_settings(&link->forward, settings);
  direction_settings(&link->backward, settings);
  g_ptr_array_add(net->links, link);
  g_hash_table_insert(net->link_names, link->name, link);
  g_hash_table_insert(net->link_names, link->forward.name, link);
  g_hash_table_insert(net->link_names, link->backward.name, link);
  route_invalidate(net);
  return link;
}

static void
give_back(LinkDirection *direction, Packet *packet)
{
  packet_free(direction->link->net, packet);
}

static void
direction_clear(LinkDirection *direction)
{
  link_watched_begin(direction);
  link_watched_empty(direction, give_back);
  if (direction->held != NULL)
    g_ptr_array_unref(direction->held);
  link_set_clear(direction);
  link_extra_free(direction);
  g_free(direction->name);
}

void
link_free(Link *link)
{
  direction_clear(&link->backward);
  direction_clear(&link->forward);
  for (unsigned i = 0; i < link->rules->len; i++)
    link_rule_free(g_ptr_array_index(link->rules, i));
  g_ptr_array_unref(link->rules);
  g_free(link->name);
  free(link);
}

LinkDirection *
link_toward(Link *link, const Node *to)
{
  if (to == link->forward.to)
    return &link->forward;
  return to == link->backward.to ? &link->backward : NULL;
}

/* What both ways of working share. */

G_GNUC_NO_INLINE void
link_trace(LinkDirection *direction, NetPacketEvent event, const Packet *packet, const char *reason,
           uint64_t original)
{
  const Net *net = direction->link->net;
  if (!net_traced(net, event))
    return;
  NetPacketRecord record = {
      .time = sim_now(net->sim),
      .event = event,
      .node = direction->from,
      .direction = direction,
      .packet = packet,
      .reason = reason,
      .original = original,
  };
  net_trace(net, &record);
}

void
link_discard(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter)
{
  ++*counter;
  link_trace(direction, NET_PACKET_DROP, packet, reason, 0);
  packet_free(direction->link->net, packet);
}

static inline void
arrival_schedule(LinkDirection *direction)
{
  sim_schedule(direction->sim, &direction->arrival, direction->pipe_head->time, SIM_DELIVERY,
               &direction->owner);
}

static inline void
pipe_append(LinkDirection *direction, Packet *packet)
{
  packet->next = NULL;
  if (direction->pipe_tail != NULL) {
    direction->pipe_tail->next = packet;
    direction->pipe_tail = packet;
  } else {
    direction->pipe_head = direction->pipe_tail = packet;
    arrival_schedule(direction);
  }
}

void
link_pipe_insert(LinkDirection *direction, Packet *after, Packet *packet)
{
  if (direction->pipe_tail == NULL || direction->pipe_tail->time <= packet->time) {
    pipe_append(direction, packet);
    return;
  }
  Packet **place = after != NULL ? &after->next : &direction->pipe_head;
  while ((*place)->time <= packet->time)
    place = &(*place)->next;
  packet->next = *place;
  *place = packet;
  if (direction->pipe_head == packet) {
    sim_cancel(direction->sim, &direction->arrival);
    arrival_schedule(direction);
  }
}

/* Takes the head out of the pipe; the next one's arrival is set, and it is fetched until then. */
static inline Packet *
pipe_take(LinkDirection *direction)
{
  Packet *packet = direction->pipe_head;
  direction->pipe_head = packet->next;
  if (direction->pipe_head != NULL) {
    arrival_schedule(direction);
    __builtin_prefetch(direction->pipe_head->next);
  } else {
    direction->pipe_tail = NULL;
  }
  packet->next = NULL;
  return packet;
}

/* The last bit of the pipe's head is at the other end; watched. */
static G_GNUC_NO_INLINE void
on_arrival_watched(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  Packet *packet = pipe_take(direction);
  if (packet == direction->in_order)
    direction->in_order = NULL;
  direction->counters.delivered_packets++;
  direction->counters.delivered_bytes += packet_size(packet);
  node_receive(direction->to, packet, direction);
}

/* The fast way. */

/* The first of those that count as waiting has begun to leave. */
static inline void
leaves(LinkDirection *direction, Packet *packet)
{
  direction->waiting_packets--;
  direction->waiting_bytes -= packet_size(packet);
  direction->next_leaves = packet->time - direction->delay;
  direction->next_to_leave = packet->next;
}

/* The same; fast. */
static SIM_HOT void
on_arrival(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  if (direction->pipe_head == direction->next_to_leave)
    leaves(direction, direction->pipe_head);
  node_receive(direction->to, pipe_take(direction), direction);
}

/* Asks about the packet that has not been asked about, and says when it would have been lost. */
static bool
loses(LinkDirection *direction, SimTime *at)
{
  Packet *packet = direction->unasked;
  direction->unasked = packet->next;
  *at = packet->time - direction->delay;
  return direction->loss->lose(direction->loss_state, packet, *at, &direction->rng);
}

static void
lose(LinkDirection *direction, Packet *packet, SimTime at)
{
  Net *net = direction->link->net;
  direction->counters.dropped_loss++;
  direction->lost_bytes += packet_size(packet);
  if (net_traced(net, NET_PACKET_DROP)) {
    NetPacketRecord record = {
        .time = at,
        .event = NET_PACKET_DROP,
        .node = direction->from,
        .direction = direction,
        .packet = packet,
        .reason = "loss model",
    };
    net_trace(net, &record);
  }
  packet_free(net, packet);
}

/* The same, where there is a loss model: a packet that was lost does not arrive, and no time passes
 * for it. */
static void
on_arrival_lossy(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  SimTime at, arrival = direction->pipe_head->time;
  bool lost = direction->pipe_head == direction->unasked && loses(direction, &at);
  if (direction->pipe_head == direction->next_to_leave)
    leaves(direction, direction->pipe_head);
  Packet *packet = pipe_take(direction);
  if (lost) {
    lose(direction, packet, at);
  } else {
    sim_happens(sim, arrival);
    node_receive(direction->to, packet, direction);
  }
}

void
link_choose_arrival(LinkDirection *direction)
{
  direction->arrival.fire = direction->watched        ? on_arrival_watched
                            : direction->loss != NULL ? on_arrival_lossy
                                                      : on_arrival;
  direction->arrival.tentative = direction->arrival.fire == on_arrival_lossy;
}

SIM_HOT void
link_advance(LinkDirection *direction)
{
  SimTime now = sim_now(direction->sim);
  while (direction->next_to_leave != NULL && direction->next_leaves <= now)
    leaves(direction, direction->next_to_leave);
}

void
link_lose(LinkDirection *direction)
{
  SimTime now = sim_now(direction->sim), at;
  if (direction->unasked == NULL)
    return;
  link_advance(direction); /* so that nothing is lost that counts as waiting */
  Packet *before = NULL, *packet = direction->pipe_head;
  for (; packet != direction->unasked; packet = packet->next)
    before = packet;
  while (packet != NULL && packet->time - direction->delay <= now) {
    Packet *next = packet->next;
    if (!loses(direction, &at)) {
      before = packet;
    } else {
      bool head = before == NULL;
      *(head ? &direction->pipe_head : &before->next) = next;
      if (next == NULL)
        direction->pipe_tail = before;
      if (head)
        sim_cancel(direction->sim, &direction->arrival);
      if (head && next != NULL)
        arrival_schedule(direction);
      lose(direction, packet, at);
    }
    packet = next;
  }
}

static bool
fits(const LinkDirection *direction, uint32_t size)
{
  return direction->waiting_packets < direction->most_packets &&
         direction->waiting_bytes + size <= direction->most_bytes;
}

void
link_note_limits(LinkDirection *direction)
{
  const QdiscDroptail *queue = direction->qdisc_state;
  bool plain = direction->qdisc == &qdisc_droptail;
  direction->most_packets =
      plain && queue->limit_packets >= 0 ? (uint64_t)queue->limit_packets : UINT64_MAX;
  direction->most_bytes =
      plain && queue->limit_bytes >= 0 ? (uint64_t)queue->limit_bytes : UINT64_MAX;
}

/* Drops a packet that was not taken. */
static SIM_RARE void
refuse(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter)
{
  direction->refused_bytes += packet_size(packet);
  link_discard(direction, packet, reason, counter);
}

/* It has to wait: is there room? */
static bool
finds_room(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (!fits(direction, size))
    link_advance(direction);
  if (!fits(direction, size))
    return false;
  if (direction->next_to_leave == NULL) {
    direction->next_to_leave = packet;
    direction->next_leaves = direction->busy_until;
  }
  direction->waiting_packets++;
  direction->waiting_bytes += size;
  return true;
}

static void
fast_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  SimTime start = sim_now(direction->sim);
  if (direction->busy_until > start) {
    if (!finds_room(direction, packet, size)) {
      refuse(direction, packet, "queue full", &direction->counters.dropped_queue);
      return;
    }
    start = direction->busy_until;
  } else if (direction->next_to_leave != NULL) {
    direction->next_to_leave = NULL; /* all have left */
    direction->waiting_packets = 0;
    direction->waiting_bytes = 0;
  }
  direction->busy_until = sim_time_add(start, link_time_to_send(direction, size));
  packet->time = sim_time_add(direction->busy_until, direction->delay);
  pipe_append(direction, packet);
  if (direction->unasked == NULL && direction->loss != NULL)
    direction->unasked = packet;
}

SIM_HOT void
link_send_sized(LinkDirection *direction, Packet *packet, uint32_t size)
{
  bool traced = sim_traced(link_sim(direction), NET_TRACE_PACKET);
  if (traced) /* what happens is told when it does */
    link_watched_now(direction);
  direction->counters.sent_packets++;
  direction->counters.sent_bytes += size;
  if (traced)
    link_trace(direction, NET_PACKET_SEND, packet, NULL, 0);
  if (G_UNLIKELY(!direction->up))
    refuse(direction, packet, "link down", &direction->counters.dropped_down);
  else if (G_UNLIKELY(size > direction->mtu))
    refuse(direction, packet, "larger than MTU", &direction->counters.dropped_mtu);
  else if (direction->watched)
    link_watched_send(direction, packet, size);
  else
    fast_send(direction, packet, size);
}

void
link_send(LinkDirection *direction, Packet *packet)
{
  link_send_sized(direction, packet, packet_size(packet));
}

/* Rules, cutting and pausing. */

LinkRule *
link_add_rule(Link *link, LinkRule *rule)
{
  if (rule->direction == NULL || rule->direction == &link->forward)
    link_watched_now(&link->forward);
  if (rule->direction == NULL || rule->direction == &link->backward)
    link_watched_now(&link->backward);
  g_ptr_array_add(link->rules, rule);
  return rule;
}

static void
drop_down(LinkDirection *direction, Packet *packet)
{
  link_discard(direction, packet, "link down", &direction->counters.dropped_down);
}

void
link_down(LinkDirection *direction)
{
  link_watched_now(direction);
  direction->up = false;
  route_invalidate(direction->link->net);
  link_watched_empty(direction, drop_down);
}

void
link_up(LinkDirection *direction)
{
  direction->up = true;
  route_invalidate(direction->link->net);
}

void
link_pause(LinkDirection *direction)
{
  link_watched_now(direction);
  direction->paused = true;
}

void
link_resume(LinkDirection *direction)
{
  direction->paused = false;
  link_watched_continue(direction);
}

/* What one may ask. */

uint32_t
link_queue_packets(LinkDirection *direction)
{
  if (direction->watched) {
    link_watched_settle(direction);
    return direction->qdisc->packets(direction->qdisc_state);
  }
  link_advance(direction);
  return direction->waiting_packets;
}

uint64_t
link_queue_bytes(LinkDirection *direction)
{
  if (direction->watched) {
    link_watched_settle(direction);
    return direction->qdisc->bytes(direction->qdisc_state);
  }
  link_advance(direction);
  return direction->waiting_bytes;
}

/* Fast: what follows from sending and dropping and from what is in the pipe. */
static void
count_up(LinkDirection *direction)
{
  link_lose(direction);
  link_advance(direction);
  LinkCounters *counters = &direction->counters;
  uint64_t packets = counters->sent_packets - counters->dropped_queue - counters->dropped_down -
                     counters->dropped_mtu;
  uint64_t bytes = counters->sent_bytes - direction->refused_bytes;
  counters->transmitted_packets = packets - direction->waiting_packets;
  counters->transmitted_bytes = bytes - direction->waiting_bytes;
  packets -= counters->dropped_loss;
  bytes -= direction->lost_bytes;
  for (const Packet *packet = direction->pipe_head; packet != NULL; packet = packet->next) {
    packets--;
    bytes -= packet_size(packet);
  }
  counters->delivered_packets = packets;
  counters->delivered_bytes = bytes;
}

const LinkCounters *
link_counters(LinkDirection *direction)
{
  if (!direction->watched)
    count_up(direction);
  return &direction->counters;
}

uint64_t
link_dropped(const LinkDirection *direction)
{
  const LinkCounters *counters = &direction->counters;
  return counters->dropped_queue + counters->dropped_loss + counters->dropped_rule +
         counters->dropped_down + counters->dropped_mtu + counters->dropped_policer;
}
