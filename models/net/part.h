/* part: one of the parts of a network that several processes run together, each the events of its
 * own nodes.
 *
 * Every process has the whole network, made by the same scenario, so that numbers, names and routes
 * are the same everywhere; a node belongs to one part, and nothing ever happens at the others'
 * twins of it. Where a link joins two parts, its directions are cut (link-cut.h). Packets over a
 * cut, and what else one part has to tell another, are collected as messages by part; who made the
 * NetPart carries them over now and then. No message is needed earlier than `ahead` after it was
 * written: that is what lets each part run so far without asking the others.
 *
 * What parts tell can be put in the order in which one process would have told it: each says with
 * which NetPartMoment it happens. Some events are run by all parts alike, such as the arrivals of a
 * load's flows: they have a `turn`, which is counted in all parts alike. */
#pragma once

#include "models/net/net.h"

typedef struct NetPart {
  Net *net;         /* borrowed */
  unsigned number;  /* which part this is */
  unsigned count;   /* of parts */
  uint32_t *of;     /* owned: by the index of a node, the part that has it */
  GByteArray **out; /* owned: by part, the messages to it */
  size_t most;   /* bytes of `out[i]`; where they are more, packets are left out and the run stops:
                    who made the part has to say why. SIZE_MAX unless it sets it */
  SimTime ahead; /* from handing over to arrival, at least, over any cut; SIM_TIME_NEVER: none */
  SimTime next_arrival; /* the first of the packets in `out`; SIM_TIME_NEVER: none */
  uint64_t turn;       /* counts beginnings and ends of events that all parts run: odd within one */
  LinkDirection **cut; /* owned: by the number as an owner; NULL: not cut */
  /* Takes a message that is no packet, which begins at `at`; returns its end. */
  const uint8_t *(*take)(void *self, const uint8_t *at, const uint8_t *end);
  void *self;
} NetPart;

/* Divides the network: `of` is by the index of a node, and taken over. Before anything is sent;
 * links between two parts must be link_cut_possible(). It becomes net->part. */
NetPart *net_part_new(Net *net, unsigned number, unsigned count, uint32_t *of);
void net_part_free(NetPart *part); /* before its network */

/* Whether the node's events are run here. */
static inline bool
net_part_has(const Net *net, uint32_t node)
{
  return net->part == NULL || net->part->of[node] == net->part->number;
}

/* Directions are numbered in the order of their links, forward and backward. */
LinkDirection *net_part_direction(const Net *net, uint32_t number);
/* Begins a message that is no packet to the part that has `node`; its bytes are appended. */
GByteArray *net_part_message(NetPart *part, uint32_t node);
/* What another part has put together for this one. */
void net_part_take(NetPart *part, const uint8_t *bytes, size_t length);
/* The messages have been carried over. */
void net_part_sent(NetPart *part);

/* Where something stands among all that parts tell. */
typedef struct NetPartMoment {
  SimTime time;
  uint64_t key;  /* class and owner: the greatest of its time so far (sim_run_part()) */
  uint64_t turn; /* among those of one key */
} NetPartMoment;

/* Of what happens now. */
NetPartMoment net_part_moment(const Net *net);

static inline bool
net_part_is_before(const NetPartMoment *a, const NetPartMoment *b)
{
  if (a->time != b->time)
    return a->time < b->time;
  return a->key != b->key ? a->key < b->key : a->turn < b->turn;
}

/* Begins and ends an event that all parts run. Nothing where the network is not divided. */
static inline void
net_part_turn(Net *net)
{
  if (G_UNLIKELY(net->part != NULL))
    net->part->turn++;
}
