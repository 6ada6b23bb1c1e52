/* link-fast: a direction that nobody watches.
 *
 * Drop-tail, nobody asked and nobody listening, so the life of a packet is known when it is
 * handed over: it starts to leave when the one ahead has left, and it arrives a delay after its own
 * end. It goes into the pipe with that time and costs one event. What the queue holds is counted
 * from above: a packet stops waiting when it is found to have started to leave, which is looked for
 * along the pipe (link_fast_advance) when there seems to be no room, or when somebody asks, and
 * else seen at its arrival. A loss model is asked in the same order as the watched way asks it, but
 * late: when a packet would arrive, or somebody looks.
 * The watched way (link-watched.c) keeps to the same rules, so both drop the same packets. Where
 * somebody listens, link-told.c does the same and tells of it.
 *
 * Invariants: the pipe is in order of handing over, which is the order of arrival;
 * from next_to_leave to its tail stand waiting_packets packets, each of which starts when the one
 * ahead ends; next_to_leave is NULL or next_leaves is its start; the delay has not changed since
 * the pipe was empty, so that packet->time - delay is the end of each transmission. */
#include "models/net/link.h"

#include "models/net/link-private.h"

/* The last bit of the pipe's head is at the other end. */
SIM_HOT void
link_fast_on_arrival(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  if (direction->pipe_head == direction->next_to_leave)
    link_fast_leaves(direction);
  node_receive(direction->to, link_pipe_take(sim, direction), direction);
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
        .on_wire = true,
    };
    net_trace(net, &record);
  }
  packet_free(net, packet);
}

/* The same, where there is a loss model: a packet that was lost does not arrive, and no time passes
 * for it. */
void
link_fast_on_arrival_lossy(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, arrival);
  SimTime at, arrival = direction->pipe_head->time;
  bool lost = direction->pipe_head == direction->unasked && loses(direction, &at);
  if (direction->pipe_head == direction->next_to_leave)
    link_fast_leaves(direction);
  Packet *packet = link_pipe_take(sim, direction);
  if (lost) {
    lose(direction, packet, at);
  } else {
    sim_happens(sim, arrival);
    node_receive(direction->to, packet, direction);
  }
}

SIM_HOT void
link_fast_advance(LinkDirection *direction)
{
  if (G_UNLIKELY(direction->way == LINK_TOLD)) {
    link_told_settle(direction);
    return;
  }
  SimTime now = sim_now(direction->sim);
  while (direction->next_to_leave != NULL && direction->next_leaves <= now)
    link_fast_leaves(direction);
}

void
link_fast_lose(LinkDirection *direction)
{
  SimTime now = sim_now(direction->sim), at;
  if (direction->unasked == NULL)
    return;
  link_fast_advance(direction); /* so that nothing is lost that counts as waiting */
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
        link_arrival_schedule(direction->sim, direction);
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
link_fast_note_limits(LinkDirection *direction)
{
  const QdiscDroptail *queue = direction->qdisc_state;
  bool plain = direction->qdisc == &qdisc_droptail;
  direction->most_packets =
      plain && queue->limit_packets >= 0 ? (uint64_t)queue->limit_packets : UINT64_MAX;
  direction->most_bytes =
      plain && queue->limit_bytes >= 0 ? (uint64_t)queue->limit_bytes : UINT64_MAX;
}

/* There is room for it; it begins to leave when the one ahead has left. */
static inline void
waits(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (direction->next_to_leave == NULL) {
    direction->next_to_leave = packet;
    direction->next_leaves = direction->busy_until;
  }
  direction->waiting_packets++;
  direction->waiting_bytes += size;
}

/* Into the pipe: it begins to leave at `start` and takes `duration` for it. */
static inline void
hand_over(LinkDirection *direction, Packet *packet, SimTime start, SimTime duration)
{
  direction->busy_until = sim_time_add(start, duration);
  packet->time = sim_time_add(direction->busy_until, direction->delay);
  if (direction->lossy && direction->unasked == NULL)
    direction->unasked = packet;
  link_pipe_append(direction, packet);
}

/* By the last count there is no room, so it is counted anew. */
static G_GNUC_NO_INLINE void
send_to_full_queue(LinkDirection *direction, Packet *packet, uint32_t size, SimTime duration)
{
  link_fast_advance(direction);
  if (!fits(direction, size)) {
    link_refuse(direction, packet, "queue full", &direction->counters.dropped_queue);
    return;
  }
  waits(direction, packet, size);
  hand_over(direction, packet, direction->busy_until, duration);
}

/* What is called here is called last, so that nothing has to be kept on the stack meanwhile. */
static inline void
send(LinkDirection *direction, Packet *packet, uint32_t size, SimTime duration)
{
  SimTime now = sim_now(direction->sim);
  if (direction->busy_until <= now) {
    if (direction->next_to_leave != NULL) {
      direction->next_to_leave = NULL; /* all have left */
      direction->waiting_packets = 0;
      direction->waiting_bytes = 0;
    }
    hand_over(direction, packet, now, duration);
    return;
  }
  /* One now, when it is in the cache, is seldom one to look for when there seems to be no room. */
  if (direction->next_to_leave != NULL && direction->next_leaves <= now)
    link_fast_leaves(direction);
  if (G_UNLIKELY(!fits(direction, size))) {
    send_to_full_queue(direction, packet, size, duration);
    return;
  }
  waits(direction, packet, size);
  hand_over(direction, packet, direction->busy_until, duration);
}

static G_GNUC_NO_INLINE void
send_at_odd_rate(LinkDirection *direction, Packet *packet, uint32_t size)
{
  send(direction, packet, size, link_time_to_send(direction, size));
}

SIM_HOT void
link_fast_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  if (G_LIKELY(direction->byte_time != 0))
    send(direction, packet, size, link_time_to_send(direction, size));
  else
    send_at_odd_rate(direction, packet, size);
}

/* What follows from sending and dropping and from what is in the pipe. */
void
link_fast_count(LinkDirection *direction)
{
  link_fast_lose(direction);
  link_fast_advance(direction);
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
