/* cc-reno: slow start and congestion avoidance (RFC 5681).
 *
 * The window grows by what was acknowledged while it is below ssthresh, then by one segment for
 * each window's worth of acknowledged bytes ("a TCP implementation SHOULD ... increment cwnd by at
 * most SMSS bytes [per RTT]", counted in bytes as RFC 3465 and RFC 5681 3.1 recommend). A loss
 * halves it, to at least two segments (RFC 5681 equation 4). Fast recovery itself, RFC 6582, is
 * in tcp-recovery.c.
 * One segment and one half are settings: AIMD(alpha, beta), as congestion control is studied.
 * Supported standards: RFC 5681, RFC 3465, RFC 8511. */
#include "models/tcp/cc.h"

#include <glib.h>

uint64_t
cc_reno_slow_start(TcpCc *cc, uint64_t acked)
{
  if (cc->cwnd >= cc->ssthresh)
    return acked;
  /* What takes the window over ssthresh counts for congestion avoidance. */
  uint64_t grow = MIN(acked, cc->ack_limit);
  uint64_t room = MIN(grow, cc->ssthresh - cc->cwnd);
  cc->cwnd += room;
  return grow - room;
}

void
cc_reno_add(TcpCc *cc, uint64_t window, uint64_t acked)
{
  /* Credit from a larger window is worth one segment, not a burst (as in Linux). */
  if (cc->acked_unused >= window) {
    cc->acked_unused = 0;
    cc->cwnd += cc->mss;
  }
  cc->acked_unused += acked;
  cc->cwnd += cc->acked_unused / window * cc->mss;
  cc->acked_unused %= window;
}

void
cc_reno_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  if (!ack->cwnd_limited)
    return;
  uint64_t acked = cc_reno_slow_start(cc, ack->acked);
  if (acked > 0)
    cc_reno_add(cc, cc->cwnd, acked);
}

void
cc_reno_halve(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  cc->ssthresh = MAX(window / 2, 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

/* -- the control itself -- */

const SimParam cc_reno_params[] = {
    {.name = "alpha",
     .kind = SIM_PARAM_NUMBER,
     .offset = offsetof(CcRenoSettings, alpha),
     .min = 0.01,
     .max = 100,
     .help = "segments that a round trip adds in congestion avoidance (RFC 5681: 1)"},
    {.name = "beta",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(CcRenoSettings, beta),
     .min = 0.1,
     .max = 0.99,
     .help = "what a loss leaves of the window (RFC 5681: half)"},
    {.name = "beta_ecn",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(CcRenoSettings, beta_ecn),
     .min = 0.1,
     .max = 0.99,
     .help = "what a mark leaves of it, with the option abe (RFC 8511: 0.8)"},
    {.name = "per_ack",
     .kind = SIM_PARAM_BOOL,
     .offset = offsetof(CcRenoSettings, per_ack),
     .help = "an ACK counts as one segment, whatever it acknowledges (before RFC 3465)"},
    {.name = "constant",
     .kind = SIM_PARAM_RATIO,
     .offset = offsetof(CcRenoSettings, constant),
     .max = 1,
     .help = "of a segment, that each ACK adds besides (4.3BSD-Reno: 1/8, see RFC 2525 2.3)"},
    {.name = NULL},
};

const CcRenoSettings cc_reno_defaults = {.alpha = 1, .beta = 0.5, .beta_ecn = 0.8};
const CcRenoSettings cc_reno_1988 = {.alpha = 1, .beta = 0.5, .beta_ecn = 0.8, .per_ack = true};
const CcRenoSettings cc_reno_1990 = {
    .alpha = 1, .beta = 0.5, .beta_ecn = 0.8, .per_ack = true, .constant = 0.125};

void
cc_reno_set_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  const CcRenoSettings *settings = cc_settings(cc, &cc_reno);
  if (!ack->cwnd_limited)
    return;
  uint64_t acked = cc_reno_slow_start(cc, settings->per_ack ? cc->mss : ack->acked);
  if (acked > 0)
    cc_reno_add(cc, MAX((uint64_t)((double)cc->cwnd / settings->alpha), 1),
                acked + (uint64_t)(settings->constant * (double)cc->cwnd));
}

void
cc_reno_set_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  const CcRenoSettings *settings = cc_settings(cc, &cc_reno);
  cc->ssthresh = MAX((uint64_t)((double)window * settings->beta), 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

/* RFC 8511 3.1: a mark comes from a queue that is shorter than one that drops. */
void
cc_reno_set_on_mark(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  const CcRenoSettings *settings = cc_settings(cc, &cc_reno);
  cc->ssthresh = MAX((uint64_t)((double)window * settings->beta_ecn), 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

const TcpCcOps cc_reno = {
    .name = "reno",
    .help = "slow start and congestion avoidance, half the window after a loss (RFC 5681)",
    .params = cc_reno_params,
    .settings_size = sizeof(CcRenoSettings),
    .defaults = &cc_reno_defaults,
    .on_ack = cc_reno_set_on_ack,
    .on_mark = cc_reno_set_on_mark,
    .on_loss = cc_reno_set_on_loss,
    .on_rto = cc_reno_set_on_loss,
};
