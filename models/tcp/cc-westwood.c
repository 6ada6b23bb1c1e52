/* cc-westwood: Westwood+ (Mascolo et al. 2001, Grieco and Mascolo 2004): Reno whose cut is to what
 * the path has been carrying.
 *
 * The bytes acknowledged over each round trip (50 ms at least) are a sample of the bandwidth. Two
 * filters of weight 1/8 in a row smooth it, as in Linux. After a loss ssthresh is that bandwidth
 * times the least round trip, the window that would just fill the path and no queue, so that a
 * random loss costs little. It is never above the window that met the loss,
 * and half of that before anything was measured. After a time-out the
 * least round trip is measured anew: the path may be another one. */
#include "models/tcp/cc.h"

#include <glib.h>

#define WEIGHT 8

typedef struct WestwoodSettings {
  SimTime least_window; /* of one bandwidth sample */
} WestwoodSettings;

static const SimParam params[] = {
    {.name = "least_window",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(WestwoodSettings, least_window),
     .min = 1e-6,
     .max = 10,
     .help = "a sample of the bandwidth takes a round trip, and at least this"},
    {.name = NULL},
};

static const WestwoodSettings defaults = {.least_window = 50 * SIM_MILLISECOND};

typedef struct Westwood {
  double once, twice; /* bytes per second, filtered; 0: no sample yet */
  SimTime rtt;        /* the latest; 0: none */
  SimTime min_rtt;    /* 0: the next sample */
  SimTime since;      /* when this sample began; -1: with the next ACK */
  uint64_t since_una; /* what was acknowledged then */
} Westwood;

static void
westwood_init(TcpCc *cc, void *state, SimTime now)
{
  *(Westwood *)state = (Westwood){.since = -1};
}

static void
take_sample(Westwood *westwood, double bandwidth)
{
  if (westwood->twice == 0) {
    westwood->once = westwood->twice = bandwidth;
    return;
  }
  westwood->once += (bandwidth - westwood->once) / WEIGHT;
  westwood->twice += (westwood->once - westwood->twice) / WEIGHT;
}

static void
westwood_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Westwood *westwood = state;
  const WestwoodSettings *settings = cc_settings(cc, &cc_westwood);
  if (westwood->since < 0) {
    westwood->since = ack->now;
    westwood->since_una = ack->una;
  }
  if (ack->rtt > 0) {
    westwood->rtt = ack->rtt;
    westwood->min_rtt = westwood->min_rtt == 0 ? ack->rtt : MIN(westwood->min_rtt, ack->rtt);
  }
  SimTime passed = ack->now - westwood->since;
  if (westwood->rtt > 0 && passed > MAX(westwood->rtt, settings->least_window)) {
    take_sample(westwood, (double)(ack->una - westwood->since_una) / sim_time_to_seconds(passed));
    westwood->since = ack->now;
    westwood->since_una = ack->una;
  }
  cc_reno_on_ack(cc, NULL, ack);
}

static void
westwood_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  const Westwood *westwood = state;
  cc_reno_halve(cc, NULL, window, now);
  if (westwood->twice == 0 || westwood->min_rtt == 0)
    return; /* nothing measured yet */
  uint64_t fits = (uint64_t)(westwood->twice * sim_time_to_seconds(westwood->min_rtt));
  cc->ssthresh = MAX(MIN(fits, window), 2 * (uint64_t)cc->mss);
}

static void
westwood_on_rto(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  Westwood *westwood = state;
  westwood_on_loss(cc, state, window, now);
  westwood->min_rtt = 0;
}

const TcpCcOps cc_westwood = {
    .name = "westwood",
    .help = "after a loss, to the measured bandwidth times the least round trip (Westwood+)",
    .state_size = sizeof(Westwood),
    .params = params,
    .settings_size = sizeof(WestwoodSettings),
    .defaults = &defaults,
    .init = westwood_init,
    .on_ack = westwood_on_ack,
    .on_loss = westwood_on_loss,
    .on_rto = westwood_on_rto,
};
