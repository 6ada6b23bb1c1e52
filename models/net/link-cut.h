/* link-cut: a direction whose two ends are run by different processes (part.h).
 *
 * The near end has the queue and the transmitter: when a packet is handed over, the times of its
 * departure and of its arrival follow by the same arithmetic as in link-fast.c, and it is given to
 * whoever carries it. The far end has the pipe: it takes the packet with its time of arrival, asks
 * the loss model when the packet would arrive, and delivers it. Each end counts what happens there;
 * added up, the two are what one process would have counted.
 *
 * A direction that is watched (another queue than drop-tail, corruption, duplication) has all but
 * the pipe at its near end: what becomes of a packet is known at the end of its transmission, and
 * so it is given then. A link with rules is not cut, nor one that may hold packets back (jitter,
 * policer, shaper ...: link-extra.h).
 *
 * Where somebody listens to all that happens (NET_TRACE_PACKET, before the network is divided),
 * what is told has its time and its place: the near end works as if it had the whole direction, and
 * has the losses, too. */
#pragma once

#include "models/net/link.h"

/* A packet that is to arrive at packet->time; it stays the caller's. */
typedef void (*LinkCutFn)(void *self, LinkDirection *direction, const Packet *packet);

/* Whether the link may be cut: see above; and both directions have a delay, since the time from a
 * packet's being handed over to its arrival is how far the other process may go ahead. */
bool link_cut_possible(const Link *link);
/* That time, at least. */
SimTime link_cut_ahead(const LinkDirection *direction);

/* Before the first packet: this process has that end. */
void link_cut_near(LinkDirection *direction, LinkCutFn give, void *self);
void link_cut_far(LinkDirection *direction);
/* At the far end: takes ownership. */
void link_cut_take(LinkDirection *direction, Packet *packet);
/* Where an event of the direction (the counter of its key) stands among those of both ends at the
 * same time, where the near end listens. */
uint64_t link_cut_turn(const LinkDirection *direction, uint64_t counter);

/* What a process knows of a direction. */
typedef struct LinkState {
  LinkCounters counters;
  uint64_t waiting_packets, waiting_bytes;
} LinkState;

/* Brings the counters up to now, as link_counters(). Those of all processes added up are the
 * direction's. */
void link_cut_state(LinkDirection *direction, LinkState *state);
/* When the run is over: the direction says this from now on. */
void link_cut_settle(LinkDirection *direction, const LinkState *state);
