/* cc-vegas: congestion seen in the round trip before anything is lost (Brakmo and Peterson 1995),
 * as Linux has it.
 *
 * The least round trip ever is taken for the path's own. Once a round trip, the difference between
 * the rate that cwnd would have on an empty path and the rate that it has tells how many segments
 * of ours stand in queues: cwnd (rtt - base) / base. Below alpha the window grows by one, above
 * beta it shrinks by one; in slow start, more than gamma ends it. Of a round its least sample
 * counts, which keeps delayed ACKs out, and a round with at most two is left to Reno.
 * Losses are Reno's, and while one is repaired the window is Reno's too. Unlike Linux, the window
 * does not grow while the application sends less than it. */
#include "models/tcp/cc.h"

#include <glib.h>

#define FEW_SAMPLES 2

typedef struct VegasSettings {
  int64_t alpha, beta, gamma; /* segments of ours in queues */
} VegasSettings;

#define FIELD(member) offsetof(VegasSettings, member)

static const SimParam params[] = {
    {.name = "alpha",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(alpha),
     .min = 0,
     .max = 1000,
     .help = "fewer segments in queues than this: the window grows"},
    {.name = "beta",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(beta),
     .min = 0,
     .max = 1000,
     .help = "more than this: it shrinks"},
    {.name = "gamma",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(gamma),
     .min = 0,
     .max = 1000,
     .help = "more than this: slow start is over"},
    {.name = NULL},
};

static const VegasSettings defaults = {.alpha = 2, .beta = 4, .gamma = 1};

typedef struct Vegas {
  SimTime base_rtt;   /* the path's own; SIM_TIME_NEVER: not known */
  SimTime round_rtt;  /* least of this round; SIM_TIME_NEVER: none */
  uint64_t round_end; /* stream position whose ACK ends it */
  uint32_t samples;   /* of this round */
  bool watching;      /* a round is under way; false: the next ACK begins one */
  bool repairing;     /* since a loss: Reno */
} Vegas;

static void
begin_round(Vegas *vegas, const TcpCcAck *ack)
{
  vegas->round_end = ack->nxt;
  vegas->round_rtt = SIM_TIME_NEVER;
  vegas->samples = 0;
  vegas->watching = true;
}

static void
vegas_init(TcpCc *cc, void *state, SimTime now)
{
  *(Vegas *)state = (Vegas){.base_rtt = SIM_TIME_NEVER, .round_rtt = SIM_TIME_NEVER};
}

static uint64_t
microseconds(SimTime time)
{
  return (uint64_t)MAX(time / SIM_MICROSECOND, 1);
}

/* The once-a-round decision. */
static void
adjust(const Vegas *vegas, const VegasSettings *settings, TcpCc *cc, const TcpCcAck *ack)
{
  uint64_t mss = cc->mss;
  uint64_t base = microseconds(vegas->base_rtt), rtt = microseconds(vegas->round_rtt);
  int64_t queued = (int64_t)(cc->cwnd * (rtt - base) / base / mss);
  if (cc->cwnd < cc->ssthresh && queued > settings->gamma) {
    uint64_t fits = cc->cwnd / mss * base / rtt;
    cc->cwnd = MIN(cc->cwnd, (fits + 1) * mss);
    cc->ssthresh = cc->cwnd;
  } else if (cc->cwnd < cc->ssthresh) {
    if (ack->cwnd_limited)
      cc_reno_slow_start(cc, ack->acked);
  } else if (queued > settings->beta) {
    cc->cwnd -= mss;
    cc->ssthresh = MIN(cc->ssthresh, cc->cwnd);
  } else if (queued < settings->alpha && ack->cwnd_limited) {
    cc->cwnd += mss;
  }
  cc->cwnd = MAX(cc->cwnd, 2 * mss);
  cc->ssthresh = MAX(cc->ssthresh, cc->cwnd / 4 * 3);
}

static void
vegas_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Vegas *vegas = state;
  if (ack->rtt > 0) {
    vegas->base_rtt = MIN(vegas->base_rtt, ack->rtt);
    vegas->round_rtt = MIN(vegas->round_rtt, ack->rtt);
    vegas->samples++;
  }
  if (vegas->repairing) {
    cc_reno_on_ack(cc, NULL, ack);
    return;
  }
  if (vegas->watching && ack->una > vegas->round_end) {
    if (vegas->samples <= FEW_SAMPLES)
      cc_reno_on_ack(cc, NULL, ack);
    else
      adjust(vegas, cc_settings(cc, &cc_vegas), cc, ack);
    begin_round(vegas, ack);
    return;
  }
  if (!vegas->watching)
    begin_round(vegas, ack);
  if (ack->cwnd_limited && cc->cwnd < cc->ssthresh)
    cc_reno_slow_start(cc, ack->acked);
}

static void
vegas_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  Vegas *vegas = state;
  vegas->repairing = true;
  cc_reno_halve(cc, NULL, window, now);
}

static void
vegas_on_recovered(TcpCc *cc, void *state, SimTime now)
{
  Vegas *vegas = state;
  vegas->repairing = vegas->watching = false;
}

/* The path may be another one by now. */
static void
vegas_on_idle(TcpCc *cc, void *state, SimTime now)
{
  vegas_init(cc, state, now);
}

const TcpCcOps cc_vegas = {
    .name = "vegas",
    .help = "keeps 2 to 4 segments in queues, seen by the round trip (Brakmo 1995, as in Linux)",
    .state_size = sizeof(Vegas),
    .params = params,
    .settings_size = sizeof(VegasSettings),
    .defaults = &defaults,
    .init = vegas_init,
    .on_ack = vegas_on_ack,
    .on_loss = vegas_on_loss,
    .on_rto = vegas_on_loss,
    .on_recovered = vegas_on_recovered,
    .on_idle = vegas_on_idle,
};
