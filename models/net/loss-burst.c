/* loss-burst: now and then so many packets in a row.
 *
 * Outside of a burst each packet begins one with probability p; a burst takes `length` packets,
 * that one included. The loss rate is p length / (p length + 1 - p). */
#include "models/net/loss.h"

typedef struct Burst {
  double p;       /* probability that a packet begins a burst */
  int64_t length; /* packets */
  int64_t left;   /* of the burst under way; 0: none is */
} Burst;

static void
burst_init(void *state)
{
  ((Burst *)state)->length = 3;
}

/* A number is drawn within a burst too, so that the numbers of the next do not depend on it. */
static bool
burst_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  Burst *burst = state;
  bool begins = sim_rng_chance(rng, burst->p);
  if (burst->left == 0 && begins)
    burst->left = burst->length;
  if (burst->left == 0)
    return false;
  burst->left--;
  return true;
}

static const SimParam burst_params[] = {
    {.name = "p",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(Burst, p),
     .help = "probability that a packet begins a burst"},
    {.name = "length",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(Burst, length),
     .min = 1,
     .max = 1e9,
     .help = "packets that a burst loses"},
    {.name = NULL},
};

const LossOps loss_burst = {
    .name = "burst",
    .help = "bursts of a fixed length that begin at random",
    .state_size = sizeof(Burst),
    .params = burst_params,
    .init = burst_init,
    .lose = burst_lose,
};
