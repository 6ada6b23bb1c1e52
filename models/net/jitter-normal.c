/* jitter-normal: the bell curve around a mean, which is 0 unless given. A packet whose delay would
 * be negative arrives at once: the share of such packets is that of the curve below minus the
 * link's delay. */
#include "models/net/jitter.h"

typedef struct Normal {
  SimTime mean, deviation;
} Normal;

static SimTime
normal_delay(void *state, SimRng *rng)
{
  const Normal *normal = state;
  return jitter_time(sim_rng_normal(rng, sim_time_to_seconds(normal->mean),
                                    sim_time_to_seconds(normal->deviation)));
}

static const SimParam normal_params[] = {
    {.name = "mean",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Normal, mean),
     .min = -3600,
     .max = 3600,
     .help = "what is added to the delay in the mean; 0 unless given"},
    {.name = "deviation",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Normal, deviation),
     .max = 3600,
     .help = "standard deviation"},
    {.name = NULL},
};

const JitterOps jitter_normal = {
    .name = "normal",
    .help = "the normal distribution around a mean",
    .state_size = sizeof(Normal),
    .params = normal_params,
    .delay = normal_delay,
};
