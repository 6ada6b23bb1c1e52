/* loss-bit-error: each bit is wrong with the same probability, and the frame check sequence of the
 * link loses a packet with a wrong bit: a long packet is lost more often than a short one,
 * 1 - (1 - ber)^bits. The bits are those of the IP packet and of the link's overhead. */
#include "models/net/loss.h"

#include "sim/math.h"

typedef struct BitError {
  double ber;         /* probability that a bit is wrong */
  int64_t overhead;   /* bytes besides the IP packet that have to arrive whole */
  uint32_t last_size; /* IP bytes; 0: none yet */
  double last_p;      /* the probability that a packet of that size is lost */
} BitError;

/* Below it the series are exact to the last bit, and 1 - x would be rounded. */
#define SMALL 1e-4

/* 1 - (1 - ber)^bits without losing a small one's digits. */
static double
probability(double ber, double bits)
{
  if (ber >= 1)
    return 1;
  double bit = ber < SMALL ? ber * (1 + ber * (0.5 + ber * (1.0 / 3 + ber / 4)))
                           : -sim_log(1 - ber); /* -log(1 - ber) */
  double all = bits * bit;
  return all < SMALL ? all * (1 - all * (0.5 - all * (1.0 / 6 - all / 24))) : 1 - sim_exp(-all);
}

static bool
bit_error_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  BitError *link = state;
  uint32_t size = packet_size(packet);
  if (size != link->last_size) {
    link->last_size = size;
    link->last_p = probability(link->ber, 8 * ((double)size + (double)link->overhead));
  }
  return sim_rng_chance(rng, link->last_p);
}

static const SimParam bit_error_params[] = {
    {.name = "ber",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(BitError, ber),
     .help = "probability that a bit is wrong, such as 1e-6"},
    {.name = "overhead",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(BitError, overhead),
     .max = 65535,
     .help = "bytes of the frame besides the IP packet"},
    {.name = NULL},
};

const LossOps loss_bit_error = {
    .name = "bit-error",
    .help = "packets with a wrong bit, by their length: 1 - (1 - ber)^bits",
    .state_size = sizeof(BitError),
    .params = bit_error_params,
    .lose = bit_error_lose,
};
