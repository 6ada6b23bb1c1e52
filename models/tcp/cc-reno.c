/* cc-reno: slow start and congestion avoidance (RFC 5681).
 *
 * The window grows by what was acknowledged while it is below ssthresh, then by one segment for
 * each window's worth of acknowledged bytes ("a TCP implementation SHOULD ... increment cwnd by at
 * most SMSS bytes [per RTT]", counted in bytes as RFC 3465 and RFC 5681 3.1 recommend). A loss
 * halves it, to at least two segments (RFC 5681 equation 4). Fast recovery itself, RFC 6582, is
 * in tcp-recovery.c.
 * Supported standards: RFC 5681, RFC 3465. */
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

const TcpCcOps cc_reno = {
    .name = "reno",
    .help = "slow start and congestion avoidance, half the window after a loss (RFC 5681)",
    .on_ack = cc_reno_on_ack,
    .on_loss = cc_reno_halve,
    .on_rto = cc_reno_halve,
};
