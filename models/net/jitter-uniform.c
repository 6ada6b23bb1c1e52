/* jitter-uniform: between two values, each as likely. */
#include "models/net/jitter.h"

typedef struct Uniform {
  SimTime low, high; /* either may be negative */
} Uniform;

static bool
uniform_check(const void *state, GError **error)
{
  const Uniform *uniform = state;
  if (uniform->low <= uniform->high)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "low must be at most high");
  return false;
}

static SimTime
uniform_delay(void *state, SimRng *rng)
{
  const Uniform *uniform = state;
  uint64_t width = (uint64_t)(uniform->high - uniform->low) + 1;
  return uniform->low + (SimTime)sim_rng_below(rng, width);
}

static const SimParam uniform_params[] = {
    {.name = "low",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Uniform, low),
     .min = -3600,
     .max = 3600,
     .help = "the least that is added to the delay; it may be negative"},
    {.name = "high",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Uniform, high),
     .min = -3600,
     .max = 3600,
     .help = "the most"},
    {.name = NULL},
};

const JitterOps jitter_uniform = {
    .name = "uniform",
    .help = "between low and high, each as likely",
    .state_size = sizeof(Uniform),
    .params = uniform_params,
    .check = uniform_check,
    .delay = uniform_delay,
};
