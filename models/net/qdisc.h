/* qdisc: what waits in front of a transmitter, and what is thrown away.
 *
 * A discipline is a const ops struct and a row in the list of qdisc.c. Drop-tail on a link that
 * nobody watches is not even called: its departures follow by arithmetic (link.c). */
#pragma once

#include "models/net/packet-fifo.h"
#include "models/net/packet-match.h"
#include "sim/error.h"
#include "sim/param.h"
#include "sim/rng.h"

struct LinkDirection;

typedef struct QdiscOps {
  const char *name; /* "droptail" */
  const char *help;
  size_t state_size;
  const SimParam *params;
  void (*init)(void *state, struct LinkDirection *direction); /* defaults, into zeroed state */
  bool (*check)(const void *state, GError **error); /* parameters together; NULL: nothing */
  /* One more class of packets, before the check: takes the rule, or false: there are too many.
   * NULL: it has no classes. */
  bool (*add_class)(void *state, PacketMatch *rule);
  /* Takes the packet, or refuses it: then the reason, and the packet is still the caller's. */
  const char *(*enqueue)(void *state, Packet *packet, SimTime now);
  /* The next to send; it may drop others on the way (qdisc_drop). NULL: nothing to send. */
  Packet *(*dequeue)(void *state, SimTime now);
  /* Gives any one up, without judging it: when a link is cut or the discipline changes. NULL: as
   * `dequeue`, which then never drops. */
  Packet *(*take)(void *state);
  uint32_t (*packets)(const void *state); /* waiting */
  uint64_t (*bytes)(const void *state);   /* waiting, IP bytes */
  void (*clear)(void *state); /* frees what it owns, checked or not; the link has taken every packet
                                 out before. NULL: nothing */
} QdiscOps;

/* For disciplines: drops a packet that waited, with a record; congestion experienced for one that
 * can say so (false: it is no ECN packet, RFC 3168 5); a stream of random numbers of its own. */
void qdisc_drop(struct LinkDirection *direction, Packet *packet, const char *reason);
bool qdisc_mark(struct LinkDirection *direction, Packet *packet, const char *reason);
void qdisc_rng_init(SimRng *rng, const struct LinkDirection *direction);

/* Takes a packet out, for the link. */
static inline Packet *
qdisc_take(const QdiscOps *ops, void *state, SimTime now)
{
  return ops->take != NULL ? ops->take(state) : ops->dequeue(state, now);
}

/* Drop-tail's state is public: the link's fast path keeps its limits in it. */
typedef struct QdiscDroptail {
  int64_t limit_packets; /* waiting packets (the one being sent is not counted); -1: no limit */
  int64_t limit_bytes;   /* waiting IP bytes; -1: no limit */
  int64_t mark;          /* marks what makes more than so many packets wait; -1: never */
  struct LinkDirection *direction;
  PacketFifo fifo; /* only while the slow path is in use */
} QdiscDroptail;

extern const QdiscOps qdisc_droptail, qdisc_red, qdisc_codel, qdisc_fq_codel, qdisc_pie,
    qdisc_priority, qdisc_drr;

/* Whether a packet of `size` finds room behind so many waiting ones. */
static inline bool
qdisc_droptail_fits(const QdiscDroptail *queue, uint32_t packets, uint64_t bytes, uint32_t size)
{
  return (queue->limit_packets < 0 || packets < (uint64_t)queue->limit_packets) &&
         (queue->limit_bytes < 0 || bytes + size <= (uint64_t)queue->limit_bytes);
}

const QdiscOps *const *qdisc_list(void); /* NULL-terminated */
const QdiscOps *qdisc_find(const char *name);
