/* loss: models that decide which packets a link direction loses.
 *
 * A model is a const ops struct and a row in the list of loss.c. It is asked once for each packet
 * whose transmission has ended, in order, and draws from the direction's own stream. */
#pragma once

#include "models/net/packet.h"
#include "sim/error.h"
#include "sim/param.h"
#include "sim/rng.h"

typedef struct LossOps {
  const char *name;  /* "bernoulli" */
  const char *help;  /* half a sentence */
  size_t state_size; /* bytes; parameters first, as `params` says */
  const SimParam *params;
  void (*init)(void *state);                        /* defaults are zero; NULL: nothing else */
  bool (*check)(const void *state, GError **error); /* parameters together; NULL: nothing */
  bool (*lose)(void *state, const Packet *packet, SimTime now, SimRng *rng);
  void (*clear)(void *state); /* frees what the state owns, checked or not; NULL: nothing */
} LossOps;

extern const LossOps loss_bernoulli, loss_gilbert_elliott, loss_burst, loss_periodic, loss_list_ops,
    loss_bit_error, loss_trace;
/* A callback in place of a model: set up with loss_function_set(). Not in the list. */
extern const LossOps loss_function;
typedef bool (*LossFn)(const Packet *packet, SimTime now, void *data);
void loss_function_set(void *state, LossFn fn, void *data, GDestroyNotify free_data);

const LossOps *const *loss_list(void); /* NULL-terminated, for `roundtrip list loss` */
const LossOps *loss_find(const char *name);
