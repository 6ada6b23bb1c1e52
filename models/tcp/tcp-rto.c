/* tcp-rto: how long to wait for an ACK (RFC 6298), and how long to go on.
 *
 * The estimator is RFC 6298's with alpha 1/8, beta 1/4, K 4 and no clock granularity. Linux puts
 * its floor under the variance term only, the RFC under the sum.
 * BSD until the middle of the nineties counted in ticks of half a second, in whole numbers with the
 * fraction of srtt in three bits and that of rttvar in two; a round trip is the ticks that it saw.
 * Karn's rule: without timestamps a segment that was sent twice gives no sample. */
#include "models/tcp/tcp-conn.h"

/* time * parts / tick and its inverse, also of a round trip of weeks (a timestamp may say so), whose
 * product is beyond 64 bits. */
static int64_t
parts_of(SimTime time, SimTime tick, int64_t parts)
{
  return time / tick * parts + time % tick * parts / tick;
}

static SimTime
time_of(int64_t count, SimTime tick, int64_t parts)
{
  return count / parts * tick + count % parts * tick / parts;
}

/* 4.4BSD-Lite's tcp_xmit_timer() for a round trip of `crossed` ticks, with its rounding; srtt and
 * rttvar are kept as times. Of what went before it, 4.3BSD-Tahoe differs in rto_variances alone. */
static SIM_RARE void
sample_ticks(TcpConn *conn, int64_t crossed)
{
  SimTime tick = conn->profile->timer_tick;
  int64_t srtt = parts_of(conn->srtt, tick, 8), rttvar = parts_of(conn->rttvar, tick, 4);
  if (srtt == 0) {
    srtt = (crossed + 1) * 8;
    rttvar = (crossed + 1) * 2;
  } else {
    int64_t delta = crossed - (srtt >> 3);
    srtt = MAX(srtt + delta, 1);
    rttvar = MAX(rttvar + (delta < 0 ? -delta : delta) - (rttvar >> 2), 1);
  }
  conn->srtt = time_of(srtt, tick, 8);
  conn->rttvar = time_of(rttvar, tick, 4);
  /* "((tp)->t_srtt >> TCP_RTT_SHIFT) + (tp)->t_rttvar", whose scale of 4 is the factor. */
  int64_t ticks = ((srtt >> 1) + rttvar * conn->profile->rto_variances) >> 2;
  ticks = MIN(ticks, conn->profile->max_rto / tick + 1);
  conn->rto = CLAMP(ticks * tick, conn->profile->min_rto, conn->profile->max_rto);
}

/* How many ticks ended within the `rtt` that ends now. */
static int64_t
ticks_within(const TcpConn *conn, SimTime rtt)
{
  SimTime tick = conn->profile->timer_tick, now = tcp_now(conn);
  return now / tick - (now - rtt) / tick;
}

bool
tcp_rto_is_timed(const TcpConn *conn)
{
  return conn->profile->timer_tick == 0 || conn->timestamps ||
         seq_after(conn->snd_una, conn->sending->timed_end);
}

/* RFC 6298 2.2 and 2.3. */
SIM_HOT void
tcp_rto_on_sample(TcpConn *conn, SimTime rtt)
{
  if (conn->min_rtt == 0 || rtt < conn->min_rtt)
    conn->min_rtt = rtt;
  if (conn->profile->timer_tick > 0) {
    sample_ticks(conn, ticks_within(conn, rtt));
    return;
  }
  if (conn->srtt == 0) {
    conn->srtt = rtt;
    conn->rttvar = rtt / 2;
  } else {
    SimTime error = conn->srtt - rtt;
    conn->rttvar += ((error < 0 ? -error : error) - conn->rttvar) / 4;
    conn->srtt += (rtt - conn->srtt) / 8;
  }
  const TcpProfile *profile = conn->profile;
  if (profile->rto_floor_on_variance)
    conn->rto = conn->srtt + MAX(profile->min_rto, profile->rto_variances * conn->rttvar);
  else
    conn->rto = MAX(profile->min_rto, conn->srtt + profile->rto_variances * conn->rttvar);
  conn->rto = MIN(conn->rto, profile->max_rto);
}

SIM_HOT SimTime
tcp_rto_current(const TcpConn *conn)
{
  if (!tcp_synchronized(conn) && conn->state != TCP_CLOSED)
    return tcp_handshake_timeout(conn);
  SimTime rto = conn->rto;
  for (unsigned i = 0; i < conn->backoff && rto < conn->profile->max_rto; i++)
    rto *= 2;
  return MIN(rto, conn->profile->max_rto);
}

/* The time that `retries` retransmissions take that start from `first` and double up to max_rto:
 * Linux's measure for "too long", whatever the path's own RTO. */
static SimTime
span_of(const TcpProfile *profile, int64_t retries, SimTime first)
{
  SimTime total = 0, wait = first;
  for (int64_t i = 0; i <= retries; i++) {
    total = sim_time_add(total, MIN(wait, profile->max_rto));
    if (wait < profile->max_rto)
      wait *= 2;
  }
  return total;
}

bool
tcp_rto_is_past(const TcpConn *conn, int64_t retries)
{
  SimTime since = conn->sending->first_timeout_at;
  SimTime first = MAX(conn->profile->min_rto, SIM_MILLISECOND);
  return since >= 0 && tcp_now(conn) - since >= span_of(conn->profile, retries, first);
}

/* RFC 9293 3.8.3: "the connection is to be closed when the number of retransmissions reaches R2".
 */
bool
tcp_rto_gives_up(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  const TcpProfile *profile = conn->profile;
  if (profile->user_timeout != SIM_TIME_NEVER)
    return tcp_now(conn) - conn->unacked_since >= profile->user_timeout;
  int64_t retries = conn->closed_by_user ? profile->orphan_retries : profile->retries;
  if (profile->retries_as_time && sending->first_timeout_at >= 0)
    return tcp_now(conn) - sending->first_timeout_at >=
           span_of(profile, retries, MAX(profile->min_rto, SIM_MILLISECOND));
  return sending->retries >= retries;
}
