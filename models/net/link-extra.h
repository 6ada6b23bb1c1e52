/* link-extra: what few links have: jitter, reordering, a rate from a trace, token buckets.
 *
 * A direction has such a struct only once one of these was asked for; it is watched then. Jitter
 * and reordering draw from a stream of their own, so that adding them does not move the losses. */
#pragma once

#include "models/net/jitter.h"
#include "models/net/rate-trace.h"
#include "models/net/token-bucket.h"

struct LinkDirection;

/* Some packets let others pass. */
typedef struct LinkReorder {
  double probability;
  int64_t distance; /* packets that pass it, then it follows; 0: by `delay` alone */
  SimTime delay;    /* it waits no longer than this for them; without a distance it arrives so much
                       later, and others may overtake it meanwhile */
} LinkReorder;

typedef struct LinkExtra {
  const JitterOps *jitter; /* NULL: none */
  void *jitter_state;      /* owned */
  bool jitter_reorders;    /* packets may overtake each other by it */
  LinkReorder reorder;
  RateTrace *trace;    /* owned; takes the place of the rate; NULL: none */
  TokenBucket policer; /* before the queue; rate 0: none */
  TokenBucket shaper;  /* behind it */
  bool shaping;        /* the packet in `transmitting` waits for the shaper */
  SimRng rng;          /* "link client>server delay": jitter, reordering, in this order */
} LinkExtra;

/* The models of one direction, changeable while the run goes on. Gives `state` to it, as
 * link_set_loss(). NULL ops: no jitter. */
void link_set_jitter(struct LinkDirection *direction, const JitterOps *ops, void *state,
                     bool reorders);
void link_set_reorder(struct LinkDirection *direction, const LinkReorder *reorder);
/* Takes the trace, which begins now. link_set_rate() ends it. */
void link_set_rate_trace(struct LinkDirection *direction, RateTrace *trace);
/* `rate` 0: none. */
void link_set_policer(struct LinkDirection *direction, uint64_t rate, uint64_t burst);
void link_set_shaper(struct LinkDirection *direction, uint64_t rate, uint64_t burst);
