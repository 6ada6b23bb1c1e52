/* link: making, cutting and freeing links, and what all ways of working share: the pipe of packets
 * under way, and drops. The ways are in link-fast.c, link-told.c, link-watched.c and
 * link-cut.c. */
#include "models/net/link.h"

#include "models/net/link-private.h"
#include "models/net/route.h"

/* Making and freeing. */

LinkSettings
link_settings_default(void)
{
  return (LinkSettings){.mtu = LINK_MTU_DEFAULT};
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
  link_fast_note_limits(direction);
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
  link_set_rate_alone(direction, settings->rate);
  direction->delay = settings->delay;
  direction->mtu = settings->mtu;
  direction->overhead = settings->overhead;
}

/* Whether a number gives names of their own to the link and both directions. */
static bool
is_free(const Net *net, const Node *a, const Node *b, unsigned number)
{
  char suffix[16] = "";
  if (number > 1)
    g_snprintf(suffix, sizeof suffix, ".%u", number);
  g_autofree char *link = g_strconcat(a->name, "-", b->name, suffix, NULL);
  g_autofree char *forward = g_strconcat(a->name, ">", b->name, suffix, NULL);
  g_autofree char *backward = g_strconcat(b->name, ">", a->name, suffix, NULL);
  return !net_link(net, link) && !net_link(net, forward) && !net_link(net, backward);
}

/* The first such number behind one that is taken; of many links side by side, few are asked. */
static unsigned
free_number(const Net *net, const Node *a, const Node *b)
{
  unsigned taken = 0, free = 1;
  for (; !is_free(net, a, b, free); free *= 2)
    taken = free;
  while (free - taken > 1) {
    unsigned middle = taken + (free - taken) / 2;
    if (is_free(net, a, b, middle))
      free = middle;
    else
      taken = middle;
  }
  return free;
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
  Link *link = sim_lines_alloc_zero(sizeof *link);
  link->net = net;
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
give_back(LinkDirection *direction, Packet *packet, bool on_wire)
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
  link_cut_free(direction);
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

/* What all ways of working share. */

SIM_HOT G_GNUC_NO_INLINE void
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

static void
tell_drop(LinkDirection *direction, const Packet *packet, const char *reason, bool on_wire)
{
  const Net *net = direction->link->net;
  if (!net_traced(net, NET_PACKET_DROP))
    return;
  NetPacketRecord record = {
      .time = sim_now(net->sim),
      .event = NET_PACKET_DROP,
      .node = direction->from,
      .direction = direction,
      .packet = packet,
      .reason = reason,
      .on_wire = on_wire,
  };
  net_trace(net, &record);
}

void
link_discard(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter)
{
  ++*counter;
  tell_drop(direction, packet, reason, false);
  packet_free(direction->link->net, packet);
}

void
link_lose(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter)
{
  ++*counter;
  tell_drop(direction, packet, reason, true);
  packet_free(direction->link->net, packet);
}

void
link_pipe_insert(LinkDirection *direction, Packet *after, Packet *packet)
{
  if (direction->pipe_tail == NULL || direction->pipe_tail->time <= packet->time) {
    link_pipe_append(direction, packet);
    return;
  }
  Packet **place = after != NULL ? &after->next : &direction->pipe_head;
  while ((*place)->time <= packet->time)
    place = &(*place)->next;
  packet->next = *place;
  *place = packet;
  if (direction->pipe_head == packet) {
    sim_cancel(direction->sim, &direction->arrival);
    link_arrival_schedule(direction->sim, direction);
  }
}

/* The last bit of the pipe's head is at the other end; watched. */
static G_GNUC_NO_INLINE void
on_arrival_watched(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  Packet *packet = link_pipe_take(sim, direction);
  if (packet == direction->in_order)
    direction->in_order = NULL;
  direction->counters.delivered_packets++;
  direction->counters.delivered_bytes += packet_size(packet);
  node_receive(direction->to, packet, direction);
}

void
link_choose_arrival(LinkDirection *direction)
{
  direction->arrival.fire = direction->way == LINK_WATCHED ? on_arrival_watched
                            : direction->loss != NULL      ? link_fast_on_arrival_lossy
                                                           : link_fast_on_arrival;
  direction->arrival.tentative = direction->arrival.fire == link_fast_on_arrival_lossy;
}

/* Drops a packet that was not taken. */
void
link_refuse(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter)
{
  direction->refused_bytes += packet_size(packet);
  link_discard(direction, packet, reason, counter);
}

/* Somebody watches or listens, or it is not taken. A link that is not up is watched. What ends now
 * is told before what comes now. */
static SIM_HOT G_GNUC_NO_INLINE void
send_slowly(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (direction->way == LINK_FAST && sim_traced(link_sim(direction), NET_TRACE_PACKET))
    link_told_begin(direction);
  if (direction->way == LINK_TOLD)
    link_told_settle(direction);
  else if (direction->way == LINK_WATCHED)
    link_watched_settle(direction);
  direction->counters.sent_packets++;
  direction->counters.sent_bytes += size;
  link_trace(direction, NET_PACKET_SEND, packet, NULL, 0);
  if (!direction->up)
    link_refuse(direction, packet, "link down", &direction->counters.dropped_down);
  else if (size > direction->mtu)
    link_refuse(direction, packet, "larger than MTU", &direction->counters.dropped_mtu);
  else if (direction->way == LINK_NEAR)
    link_cut_send(direction, packet, size);
  else if (direction->way == LINK_WATCHED)
    link_watched_send(direction, packet, size);
  else if (direction->way == LINK_TOLD)
    link_told_send(direction, packet, size);
  else
    link_fast_send(direction, packet, size);
}

SIM_HOT void
link_send_sized(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (direction->way != LINK_FAST || size > direction->mtu ||
      sim_traced_any(link_sim(direction), net_trace_points(NET_PACKET_SEND))) {
    send_slowly(direction, packet, size);
    return;
  }
  direction->counters.sent_packets++;
  direction->counters.sent_bytes += size;
  link_fast_send(direction, packet, size);
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
drop_down(LinkDirection *direction, Packet *packet, bool on_wire)
{
  uint64_t *counter = &direction->counters.dropped_down;
  (on_wire ? link_lose : link_discard)(direction, packet, "link down", counter);
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
  uint64_t packets, bytes;
  if (direction->cut != NULL && link_cut_queue(direction, &packets, &bytes))
    return (uint32_t)packets;
  if (direction->way == LINK_WATCHED) {
    link_watched_settle(direction);
    return direction->qdisc->packets(direction->qdisc_state);
  }
  link_fast_advance(direction);
  return direction->waiting_packets;
}

uint64_t
link_queue_bytes(LinkDirection *direction)
{
  uint64_t packets, bytes;
  if (direction->cut != NULL && link_cut_queue(direction, &packets, &bytes))
    return bytes;
  if (direction->way == LINK_WATCHED) {
    link_watched_settle(direction);
    return direction->qdisc->bytes(direction->qdisc_state);
  }
  link_fast_advance(direction);
  return direction->waiting_bytes;
}

const LinkCounters *
link_counters(LinkDirection *direction)
{
  bool counted = direction->cut != NULL && link_cut_count(direction);
  if (!counted && direction->way != LINK_WATCHED)
    link_fast_count(direction);
  return &direction->counters;
}

uint64_t
link_dropped(const LinkDirection *direction)
{
  const LinkCounters *counters = &direction->counters;
  return counters->dropped_queue + counters->dropped_loss + counters->dropped_rule +
         counters->dropped_down + counters->dropped_mtu + counters->dropped_policer;
}
