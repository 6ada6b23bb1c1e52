/* loss-gilbert-elliott: losses that come in bursts, by a chain of two states (Gilbert 1960,
 * Elliott 1963).
 *
 * Before each packet the chain may change: from good to bad with probability p, from bad to good
 * with r. A packet arrives with probability k in the good state and h in the bad one. With h = 0
 * and k = 1 (Gilbert's simple case, the default) every packet in the bad state is lost: the loss
 * rate is p / (p + r), a burst is 1 / r packets long in the mean, a gap 1 / p. It begins good. */
#include "models/net/loss.h"

typedef struct GilbertElliott {
  double p, r; /* probabilities of good to bad and of bad to good, each packet */
  double h, k; /* probability that a packet arrives in the bad and in the good state */
  bool bad;
} GilbertElliott;

static void
gilbert_elliott_init(void *state)
{
  *(GilbertElliott *)state = (GilbertElliott){.r = 1, .k = 1};
}

static bool
gilbert_elliott_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  GilbertElliott *chain = state;
  bool changes = sim_rng_chance(rng, chain->bad ? chain->r : chain->p);
  chain->bad = chain->bad != changes;
  return !sim_rng_chance(rng, chain->bad ? chain->h : chain->k);
}

#define RATIO(field, text)                                                                         \
  {                                                                                                \
    .name = #field, .kind = SIM_PARAM_RATIO, .offset = offsetof(GilbertElliott, field),            \
    .help = text                                                                                   \
  }

static const SimParam gilbert_elliott_params[] = {
    RATIO(p, "probability, each packet, of going from the good state to the bad one"),
    RATIO(r, "probability of going back; a stay in the bad state is 1/r packets long"),
    RATIO(h, "probability that a packet of the bad state arrives"),
    RATIO(k, "probability that a packet of the good state arrives"),
    {.name = NULL},
};

const LossOps loss_gilbert_elliott = {
    .name = "gilbert-elliott",
    .help = "bursts, by a chain of a good and a bad state; with h = 0, k = 1 the rate is p/(p+r)",
    .state_size = sizeof(GilbertElliott),
    .params = gilbert_elliott_params,
    .init = gilbert_elliott_init,
    .lose = gilbert_elliott_lose,
};
