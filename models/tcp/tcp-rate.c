/* tcp-rate: how fast the path delivers, a sample an ACK, for congestion controls that ask for it.
 *
 * When a segment leaves, it is noted how much had been delivered by then, and since when; when it
 * arrives, what was delivered in between over the time in between is a sample. The time is the
 * longer of two: what it took to send that much, and what it took to hear of it, so that neither a
 * burst of data nor one of ACKs looks like bandwidth. A sample shorter than the least round trip
 * is none (a retransmission that was not needed makes such ones).
 * While the application leaves the pipe empty a sample tells of the application: segments sent
 * then are marked until the gap has been acknowledged.
 * As draft-cheng-iccrg-delivery-rate-estimation describes it and Linux's tcp_rate.c does it. What
 * is delivered is counted in the unit in which the profile counts cwnd: a segment is a whole one,
 * or its bytes. Segments of such connections come from a slab of their own, so that the others do
 * not carry the notes. What was sent before the congestion control was chosen gives no sample.
 * Left out: packets that wait in the sending host's own queue count as the network's. */
#include "models/tcp/tcp-conn.h"

#include "sim/rng.h"

struct TcpRate {
  TcpCcPath path;
  SimTime first_sent_at; /* when the latest segment that arrived was sent: a sample's beginning */
  uint64_t lost_before;  /* conn->lost when this ACK came */
  uint64_t lost_counted; /* conn->lost as far as it is in path.lost */
  TcpCcSample sample;    /* of the ACK under way */
  SimTime began_at;      /* delivered_at when the sample's segment was sent; -1: no sample */
  SimTime sent_over;     /* how long it took to send what it measures */
  uint32_t end;          /* of the sample's segment */
  bool resent;           /* something arrived that had been sent more than once */
};

static void
take_round_trips(TcpCcPath *path, const TcpConn *conn)
{
  path->srtt = conn->srtt;
  path->min_rtt = conn->min_rtt;
}

void
tcp_rate_configure(TcpConn *conn)
{
  const TcpCcOps *ops = tcp_cwnd_ops(conn);
  g_free(conn->sending->rate);
  conn->sending->rate = NULL;
  conn->cc.path = NULL;
  if (!ops->wants_rate && ops->control == NULL)
    return;
  TcpRate *rate = g_new0(TcpRate, 1);
  uint64_t ports = (uint64_t)conn->ends.local_port << 16 | conn->ends.remote_port;
  uint64_t name = (uint64_t)conn->ends.remote << 32 | conn->iss;
  rate->path.random = sim_rng_mix(conn->host->isn_key, name, ports);
  rate->path.delivered_at = rate->first_sent_at = tcp_now(conn);
  rate->lost_before = rate->lost_counted = conn->lost;
  rate->began_at = -1;
  rate->path.pacing_rate = UINT64_MAX;
  take_round_trips(&rate->path, conn);
  conn->sending->rate = rate;
  conn->cc.path = &rate->path;
}

/* -- sending -- */

G_GNUC_NO_INLINE void
tcp_rate_on_send(TcpConn *conn, TcpSegment *segment)
{
  TcpRate *rate = conn->sending->rate;
  if (!segment->rated)
    return;
  /* The first of a flight: nothing that is delivered later was under way before. */
  if (conn->sending->segments == segment && segment->next == NULL && segment->retransmits == 0)
    rate->first_sent_at = rate->path.delivered_at = tcp_now(conn);
  TcpRatedSegment *rated = (TcpRatedSegment *)segment;
  rated->first_sent_at = rate->first_sent_at;
  rated->delivered_at = rate->path.delivered_at;
  rated->delivered = rate->path.delivered;
  rated->app_limited = rate->path.app_limited > 0;
}

void
tcp_rate_check_app_limited(TcpConn *conn)
{
  TcpRate *rate = conn->sending->rate;
  if (rate == NULL)
    return;
  TcpCcPath *path = &rate->path;
  uint64_t unsent = conn->written - (tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent);
  uint64_t pipe = tcp_pipe(conn);
  if (unsent < conn->mss && pipe < conn->cc.cwnd && conn->sending->lost_out == 0)
    path->app_limited = MAX(path->delivered + pipe, 1);
}

/* -- an ACK -- */

static uint64_t
amount(const TcpConn *conn, uint32_t segments, uint64_t bytes)
{
  return conn->profile->cwnd_counts_segments ? (uint64_t)segments * conn->mss : bytes;
}

void
tcp_rate_begin_ack(TcpConn *conn)
{
  TcpRate *rate = conn->sending->rate;
  if (rate == NULL)
    return;
  rate->sample = (TcpCcSample){.prior_flight = tcp_pipe(conn)};
  rate->lost_before = conn->lost;
  rate->began_at = -1;
  rate->resent = false;
}

/* Sent last of those that this ACK says have arrived? */
static bool
is_latest(const TcpRate *rate, const TcpSegment *segment)
{
  return rate->began_at < 0 || segment->sent_at > rate->first_sent_at ||
         (segment->sent_at == rate->first_sent_at &&
          seq_after(tcp_segment_end(segment), rate->end));
}

G_GNUC_NO_INLINE void
tcp_rate_on_delivered(TcpConn *conn, TcpSegment *segment)
{
  TcpRate *rate = conn->sending->rate;
  if (!segment->rated)
    return;
  TcpRatedSegment *rated = (TcpRatedSegment *)segment;
  if (segment->retransmits == 0)
    rate->sample.rtt = tcp_now(conn) - segment->sent_at;
  else
    rate->resent = true;
  if (!is_latest(rate, segment))
    return;
  rate->began_at = rated->delivered_at;
  rate->sample.prior_delivered = rated->delivered;
  rate->sample.app_limited = rated->app_limited;
  rate->end = tcp_segment_end(segment);
  rate->first_sent_at = segment->sent_at;
  rate->sent_over = segment->sent_at - rated->first_sent_at;
}

/* Linux: an ACK of one short segment, with nothing else, may have been delayed. */
static bool
may_be_delayed(const TcpConn *conn, const TcpAckSeen *seen)
{
  return seen->acked_segments == 1 && seen->delivered == 1 && seen->newly_sacked == 0 &&
         seen->acked_bytes < conn->mss && !seen->ecn_echo;
}

/* Of `acked` bytes: as many as accurate ECN tells, or else all that an ACK with ECE acknowledges.
 */
static uint64_t
marked(const TcpConn *conn, const TcpAckSeen *seen, uint64_t acked)
{
  if (conn->accecn != NULL)
    return MIN(amount(conn, seen->marked_segments, seen->marked_bytes), acked);
  return seen->ecn_echo ? acked : 0;
}

G_GNUC_NO_INLINE const TcpCcSample *
tcp_rate_take(TcpConn *conn, const TcpAckSeen *seen)
{
  TcpRate *rate = conn->sending->rate;
  TcpCcPath *path = &rate->path;
  TcpCcSample *sample = &rate->sample;
  take_round_trips(path, conn);
  sample->acked = amount(conn, seen->delivered, seen->delivered_bytes);
  sample->acked_marked = marked(conn, seen, sample->acked);
  path->delivered += sample->acked;
  path->delivered_marked += sample->acked_marked;
  if (path->app_limited > 0 && path->delivered > path->app_limited)
    path->app_limited = 0;
  if (sample->acked > 0)
    path->delivered_at = tcp_now(conn);
  sample->lost = (conn->lost - rate->lost_before) * conn->mss;
  path->lost += (conn->lost - rate->lost_counted) * conn->mss;
  rate->lost_counted = conn->lost;
  if (rate->resent && seen->newly_sacked == 0) /* Karn's rule */
    sample->rtt = 0;
  sample->flight = tcp_pipe(conn);
  sample->ack_delayed = may_be_delayed(conn, seen);
  if (rate->began_at >= 0) {
    sample->delivered = path->delivered - sample->prior_delivered;
    SimTime interval = MAX(rate->sent_over, tcp_now(conn) - rate->began_at);
    sample->interval = interval < conn->min_rtt ? 0 : interval;
  }
  return sample;
}
