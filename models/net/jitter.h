/* jitter: models of a delay that differs from packet to packet.
 *
 * A model is a const ops struct and a row in the list of jitter.c. It is asked once for each packet
 * that a direction has sent, in order, for what is added to the direction's delay. It may be
 * negative; the sum of both is never below zero. Whether packets may overtake each other is the
 * link's choice (LinkJitter.reorder), not the model's. */
#pragma once

#include <stdbool.h>

#include "sim/error.h"
#include "sim/param.h"
#include "sim/rng.h"

typedef struct JitterOps {
  const char *name;  /* "normal" */
  const char *help;  /* half a sentence */
  size_t state_size; /* bytes; parameters first, as `params` says */
  const SimParam *params;
  void (*init)(void *state);                        /* defaults, into zeroed state; NULL: none */
  bool (*check)(const void *state, GError **error); /* parameters together; NULL: nothing */
  SimTime (*delay)(void *state, SimRng *rng);
  void (*clear)(void *state); /* frees what the state owns, checked or not; NULL: nothing */
} JitterOps;

extern const JitterOps jitter_uniform, jitter_normal, jitter_exponential, jitter_pareto,
    jitter_trace;

const JitterOps *const *jitter_list(void); /* NULL-terminated */
const JitterOps *jitter_find(const char *name);

/* Seconds as a time of either sign; beyond LIMIT it is the limit. */
SimTime jitter_time(double seconds);
#define JITTER_LIMIT (3600 * SIM_SECOND)
