/* jitter-pareto: a heavy tail: the chance of more than x falls as x^-shape, so that now and then a
 * packet is very late. The least that is added is mean (shape - 1) / shape; the variance is finite
 * for a shape above 2 only. */
#include "models/net/jitter.h"

typedef struct Pareto {
  SimTime mean;
  double shape;
} Pareto;

static void
pareto_init(void *state)
{
  ((Pareto *)state)->shape = 3;
}

static SimTime
pareto_delay(void *state, SimRng *rng)
{
  const Pareto *pareto = state;
  return jitter_time(sim_rng_pareto(rng, sim_time_to_seconds(pareto->mean), pareto->shape));
}

static const SimParam pareto_params[] = {
    {.name = "mean",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(Pareto, mean),
     .max = 3600,
     .help = "what is added to the delay in the mean"},
    {.name = "shape",
     .kind = SIM_PARAM_NUMBER,
     .offset = offsetof(Pareto, shape),
     .min = 1.01,
     .max = 1000,
     .help = "of the tail: the nearer to 1, the heavier"},
    {.name = NULL},
};

const JitterOps jitter_pareto = {
    .name = "pareto",
    .help = "the Pareto distribution: a heavy tail",
    .state_size = sizeof(Pareto),
    .params = pareto_params,
    .init = pareto_init,
    .delay = pareto_delay,
};
