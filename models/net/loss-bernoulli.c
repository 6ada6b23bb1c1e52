/* loss-bernoulli: each packet is lost with the same probability, whatever became of the others. */
#include "models/net/loss.h"

typedef struct Bernoulli {
  double p; /* probability of loss; 0 to 1 */
} Bernoulli;

static bool
bernoulli_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  const Bernoulli *bernoulli = state;
  return sim_rng_chance(rng, bernoulli->p);
}

static const SimParam bernoulli_params[] = {
    {.name = "p",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(Bernoulli, p),
     .help = "probability that a packet is lost"},
    {.name = NULL},
};

const LossOps loss_bernoulli = {
    .name = "bernoulli",
    .help = "each packet with the same probability, independently",
    .state_size = sizeof(Bernoulli),
    .params = bernoulli_params,
    .lose = bernoulli_lose,
};
