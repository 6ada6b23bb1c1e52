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

static void
reno_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  uint64_t acked = ack->acked;
  if (!ack->cwnd_limited)
    return;
  if (cc->cwnd < cc->ssthresh) {
    /* What takes the window over ssthresh counts for congestion avoidance. */
    uint64_t grow = MIN(acked, cc->ack_limit);
    uint64_t room = cc->ssthresh - cc->cwnd;
    if (grow <= room) {
      cc->cwnd += grow;
      return;
    }
    cc->cwnd += room;
    acked = grow - room;
  }
  uint64_t unused = cc->acked_unused + acked;
  while (unused >= cc->cwnd) {
    unused -= cc->cwnd;
    cc->cwnd += cc->mss;
  }
  cc->acked_unused = unused;
}

static void
halve(TcpCc *cc, void *state, uint64_t flight, SimTime now)
{
  cc->ssthresh = MAX(flight / 2, 2 * (uint64_t)cc->mss);
  cc->acked_unused = 0;
}

const TcpCcOps cc_reno = {
    .name = "reno",
    .help = "slow start and congestion avoidance, half the window after a loss (RFC 5681)",
    .on_ack = reno_on_ack,
    .on_loss = halve,
    .on_rto = halve,
};
