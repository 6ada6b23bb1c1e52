/* link-private: what link.c, link-fast.c, link-told.c and link-watched.c (the ways of working) and
 * link-set.c (the settings) share. Nobody else includes it. */
#pragma once

#include "models/net/link.h"

/* Drops a packet of this direction with a trace record, and frees it. `counter` is one of
 * direction->counters. */
SIM_RARE void link_discard(LinkDirection *direction, Packet *packet, const char *reason,
                           uint64_t *counter);
/* The same for a packet whose first bit has left. */
SIM_RARE void link_lose(LinkDirection *direction, Packet *packet, const char *reason,
                        uint64_t *counter);
/* A packet that was not taken: as link_discard(), and it is counted apart. */
void link_refuse(LinkDirection *direction, Packet *packet, const char *reason, uint64_t *counter);
void link_trace(LinkDirection *direction, NetPacketEvent event, const Packet *packet,
                const char *reason, uint64_t original);

/* The rate and what follows from it, and nothing else. */
void link_set_rate_alone(LinkDirection *direction, uint64_t rate);
/* Frees the queue and the loss model. */
void link_set_clear(LinkDirection *direction);
/* link-fast.c: hands a packet over; counts out of the queue what has started to leave by now; asks
 * the loss model about what has left by now, and drops what it loses; brings the counters up to
 * now; the queue's limits have changed; the pipe's head arrives, without and with a loss model. */
void link_fast_send(LinkDirection *direction, Packet *packet, uint32_t size);
void link_fast_advance(LinkDirection *direction);
SIM_RARE void link_fast_lose(LinkDirection *direction);
void link_fast_count(LinkDirection *direction);
void link_fast_note_limits(LinkDirection *direction);
void link_fast_on_arrival(Sim *sim, SimEvent *event);
void link_fast_on_arrival_lossy(Sim *sim, SimEvent *event);
/* link-told.c: changes over from fast when nothing is under way, else to watched; hands a packet
 * over; tells of what begins to leave now though its event has yet to fire. */
SIM_RARE void link_told_begin(LinkDirection *direction);
void link_told_send(LinkDirection *direction, Packet *packet, uint32_t size);
void link_told_settle(LinkDirection *direction);
/* Makes the event of an arrival the one for the way of working and the model that are in force. */
void link_choose_arrival(LinkDirection *direction);
/* Puts a packet in the pipe by its time, behind `after` (a packet of the pipe that arrives no
 * later; NULL: its front) and behind all that arrive at the same time. */
void link_pipe_insert(LinkDirection *direction, Packet *after, Packet *packet);

static inline Sim *
link_sim(const LinkDirection *direction)
{
  return direction->sim;
}

/* How long a packet of `size` IP bytes takes to send. */
static inline SimTime
link_time_to_send(const LinkDirection *direction, uint32_t size)
{
  uint32_t wire_size = size + direction->overhead;
  if (G_LIKELY(direction->byte_time != 0)) /* sizes stay far below 2 GB */
    return (SimTime)((uint64_t)wire_size * direction->byte_time);
  return sim_time_to_send(wire_size, direction->rate);
}

/* Fast: the first of those that count as waiting has begun to leave. */
static inline void
link_fast_leaves(LinkDirection *direction)
{
  Packet *packet = direction->next_to_leave;
  direction->waiting_packets--;
  direction->waiting_bytes -= packet_size(packet);
  direction->next_leaves = packet->time - direction->delay;
  direction->next_to_leave = packet->next;
  __builtin_prefetch(packet->next); /* of a long queue the cache has neither end nor middle */
}

static inline void
link_arrival_schedule(Sim *sim, LinkDirection *direction)
{
  sim_schedule(sim, &direction->arrival, direction->pipe_head->time, SIM_DELIVERY,
               &direction->owner);
}

static inline void
link_pipe_append(LinkDirection *direction, Packet *packet)
{
  packet->next = NULL;
  if (direction->pipe_tail != NULL) {
    direction->pipe_tail->next = packet;
    direction->pipe_tail = packet;
  } else {
    direction->pipe_head = direction->pipe_tail = packet;
    link_arrival_schedule(direction->sim, direction);
  }
}

/* Takes the head out of the pipe; the next one's arrival is set, and what will be looked at is
 * fetched until then: the head's transport header where it ends its way, and the one behind. */
static inline Packet *
link_pipe_take(Sim *sim, LinkDirection *direction)
{
  Packet *packet = direction->pipe_head;
  direction->pipe_head = packet->next;
  if (direction->pipe_head != NULL) {
    link_arrival_schedule(sim, direction);
    __builtin_prefetch(direction->pipe_head->next);
    if (direction->to->kind == NODE_HOST)
      __builtin_prefetch((const char *)direction->pipe_head + 64);
  } else {
    direction->pipe_tail = NULL;
  }
  packet->next = NULL;
  return packet;
}

/* link-extra.c: frees it; ends its trace; what it says while the direction works. All but the first
 * and the policer need direction->extra. */
void link_extra_free(LinkDirection *direction);
void link_extra_end_trace(LinkDirection *direction);
/* Whether the policer drops a packet that comes now. */
bool link_extra_polices(LinkDirection *direction, uint32_t size);
/* How long the shaper keeps a packet that is next; counts it. */
SimTime link_extra_shapes(LinkDirection *direction, uint32_t size);
SimTime link_extra_time_to_send(LinkDirection *direction, uint32_t size);

typedef struct LinkDelay {
  SimTime time;      /* from the end of its transmission to its arrival */
  bool may_overtake; /* the packets ahead of it */
  uint32_t behind;   /* reordered: waits until so many have passed; 0: does not */
  SimTime longest;   /* but no longer than this */
  SimTime later;     /* reordered: by so much later */
} LinkDelay;
/* What jitter and reordering say of the next packet. */
LinkDelay link_extra_delay(LinkDirection *direction);

/* link-held.c: a packet is put aside, until packet->time at the latest; one has passed in order, so
 * that those that waited for it follow; all are taken out. */
void link_held_init(LinkDirection *direction);
void link_held_add(LinkDirection *direction, Packet *packet, uint32_t behind, SimTime delay);
void link_held_passed(LinkDirection *direction, Packet *packet);
void link_held_empty(LinkDirection *direction,
                     void (*take)(LinkDirection *direction, Packet *packet, bool on_wire));

/* link-cut.c, for a direction that has a `cut`: frees it; sends at the near end; a packet is in the
 * near end's pipe; brings the counters up to now, false: as those of a direction that has no cut;
 * what waits, false: likewise. And for any direction: the packets that are the far end's by now. */
typedef struct LinkCut LinkCut;
void link_cut_free(LinkDirection *direction);
void link_cut_send(LinkDirection *direction, Packet *packet, uint32_t size);
SIM_RARE void link_cut_entered(LinkDirection *direction, const Packet *packet);
bool link_cut_count(LinkDirection *direction);
bool link_cut_queue(LinkDirection *direction, uint64_t *packets, uint64_t *bytes);
uint64_t link_cut_given(const LinkDirection *direction);

/* Changes over from fast or told to watched; nothing when it is. */
SIM_RARE void link_watched_begin(LinkDirection *direction);
/* The same, and settles what has ended by now. */
void link_watched_now(LinkDirection *direction);
void link_watched_init(LinkDirection *direction);
void link_watched_send(LinkDirection *direction, Packet *packet, uint32_t size);
/* Ends a transmission whose end is now but whose event has yet to fire, so that the order of
 * simultaneous events does not decide what waits. */
void link_watched_settle(LinkDirection *direction);
/* Sends what waits, if the transmitter is free. */
void link_watched_continue(LinkDirection *direction);
/* Takes everything out (under way, held, being sent, waiting) and gives it to `take`. */
void link_watched_empty(LinkDirection *direction,
                        void (*take)(LinkDirection *direction, Packet *packet, bool on_wire));
