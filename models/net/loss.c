/* loss: the list of models, and the one that asks a callback.
 *
 * A new model is a file of its own (loss-NAME.c) and a row of the list below. */
#include "models/net/loss.h"

#include <string.h>

static const LossOps *const list[] = {
    &loss_bernoulli, &loss_gilbert_elliott, &loss_burst, &loss_periodic,
    &loss_list_ops,  &loss_bit_error,       &loss_trace, NULL,
};

const LossOps *const *
loss_list(void)
{
  return list;
}

const LossOps *
loss_find(const char *name)
{
  for (size_t i = 0; list[i] != NULL; i++) {
    if (strcmp(list[i]->name, name) == 0)
      return list[i];
  }
  return NULL;
}

typedef struct Function {
  LossFn fn;
  void *data;               /* of the caller's */
  GDestroyNotify free_data; /* NULL: nothing to free */
} Function;

static bool
function_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  const Function *function = state;
  return function->fn(packet, now, function->data);
}

static void
function_clear(void *state)
{
  Function *function = state;
  if (function->free_data != NULL)
    function->free_data(function->data);
}

static const SimParam function_params[] = {{.name = NULL}};

const LossOps loss_function = {
    .name = "function",
    .help = "a function that says which packets are lost",
    .state_size = sizeof(Function),
    .params = function_params,
    .lose = function_lose,
    .clear = function_clear,
};

void
loss_function_set(void *state, LossFn fn, void *data, GDestroyNotify free_data)
{
  Function *function = state;
  *function = (Function){.fn = fn, .data = data, .free_data = free_data};
}
