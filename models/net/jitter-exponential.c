/* jitter-exponential: what a queue with random arrivals adds: most packets little, few much. */
#include "models/net/jitter.h"

typedef struct Exponential {
  SimTime mean;
} Exponential;

static SimTime
exponential_delay(void *state, SimRng *rng)
{
  return jitter_time(sim_rng_exponential(rng, sim_time_to_seconds(((Exponential *)state)->mean)));
}

static const SimParam exponential_params[] = {
    {.name = "mean",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Exponential, mean),
     .max = 3600,
     .help = "what is added to the delay in the mean"},
    {.name = NULL},
};

const JitterOps jitter_exponential = {
    .name = "exponential",
    .help = "the exponential distribution: most little, few much",
    .state_size = sizeof(Exponential),
    .params = exponential_params,
    .delay = exponential_delay,
};
