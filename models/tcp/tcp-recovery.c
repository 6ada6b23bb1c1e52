/* tcp-recovery: what is believed lost, and how much may be in the network meanwhile.
 *
 * Fast retransmit and fast recovery of RFC 5681 and RFC 6582 (NewReno), told as "pipe": cwnd is
 * ssthresh from the moment of the loss, each duplicate ACK is a segment that has left the network,
 * and a segment may go when what is left is below cwnd. RFC 6582 says the same by inflating and
 * deflating cwnd. After a time-out everything outstanding is believed lost (RFC 5681 3.1).
 * Left for the loss-recovery work: SACK scoreboard (RFC 6675), PRR, RACK-TLP, F-RTO, undo; the
 * segment list and the pipe are laid out for them.
 * Supported standards: RFC 5681, RFC 6582, RFC 3042, RFC 6928, RFC 3390, RFC 6298 5. */
#include "models/tcp/tcp-conn.h"

#define DUP_THRESHOLD 3

static const TcpCcOps *
ops_of(const TcpConn *conn)
{
  return cc_list()[conn->profile.cc];
}

/* RFC 3390: min(4 MSS, max(2 MSS, 4380 bytes)); RFC 6928: a number of segments. RFC 5681 3.1: one
 * segment after a lost SYN; Linux forgives the first loss. */
static uint64_t
initial_window(const TcpConn *conn)
{
  uint64_t mss = conn->mss;
  if (conn->syn_sent > 1 + conn->profile.syn_losses_forgiven)
    return mss;
  if (conn->profile.initial_window > 0)
    return (uint64_t)conn->profile.initial_window * mss;
  uint64_t full = mss + (conn->timestamps ? 12 : 0);
  return MIN(4 * full, MAX(2 * full, 4380));
}

void
tcp_recovery_start(TcpConn *conn)
{
  conn->cc.cwnd = initial_window(conn);
  conn->cc.ssthresh = UINT64_MAX;
  conn->cc.ack_limit = conn->profile.slow_start_limit > 0
                           ? (uint64_t)conn->profile.slow_start_limit * conn->mss
                           : UINT64_MAX;
  conn->max_out_seq = conn->snd_nxt;
  if (ops_of(conn)->init != NULL)
    ops_of(conn)->init(&conn->cc, conn->cc_state);
}

/* RFC 5681 4.1: after idling longer than an RTO the ACK clock is gone; "a TCP SHOULD set cwnd to
 * no more than RW". Linux halves it for each RTO that went by. */
void
tcp_recovery_on_idle(TcpConn *conn)
{
  if (!conn->profile.idle_restart || conn->last_send_at < 0 || conn->segments != NULL ||
      conn->written == conn->una_position)
    return;
  SimTime idle = tcp_now(conn) - conn->last_send_at;
  if (idle <= conn->rto)
    return;
  uint64_t restart = MIN(initial_window(conn), conn->cc.cwnd);
  if (!conn->profile.threshold_from_cwnd) {
    conn->cc.cwnd = restart;
  } else {
    conn->cc.ssthresh = MAX(conn->cc.ssthresh, conn->cc.cwnd * 3 / 4);
    while (idle > conn->rto && conn->cc.cwnd > restart) {
      conn->cc.cwnd /= 2;
      idle -= conn->rto;
    }
    conn->cc.cwnd = MAX(conn->cc.cwnd, restart);
  }
  conn->last_send_at = tcp_now(conn);
}

TcpSegment *
tcp_recovery_next(const TcpConn *conn)
{
  if (conn->lost_out == 0)
    return NULL;
  TcpSegment *segment = conn->segments;
  while (!segment->lost)
    segment = segment->next;
  return segment;
}

void
tcp_recovery_mark_lost(TcpConn *conn, TcpSegment *segment)
{
  if (segment->lost)
    return;
  segment->lost = true;
  conn->lost_out++;
  conn->lost_bytes += segment->length;
  conn->lost++;
}

/* What a loss takes half of: the flight (RFC 5681 equation 4), or cwnd itself as Linux does. */
static uint64_t
window_to_cut(const TcpConn *conn)
{
  return conn->profile.threshold_from_cwnd ? conn->cc.cwnd : conn->snd_nxt - conn->snd_una;
}

/* Whole segments, where the profile counts in segments. */
static void
round_threshold(TcpConn *conn)
{
  uint64_t mss = conn->mss;
  if (conn->profile.cwnd_counts_segments)
    conn->cc.ssthresh = MAX(conn->cc.ssthresh / mss, 2) * mss;
}

static void
enter_fast(TcpConn *conn)
{
  ops_of(conn)->on_loss(&conn->cc, conn->cc_state, window_to_cut(conn), tcp_now(conn));
  round_threshold(conn);
  conn->cc.cwnd = conn->cc.ssthresh;
  conn->recover = conn->snd_nxt;
  conn->partial_seen = false;
  conn->recovery = TCP_RECOVERY_FAST;
  tcp_recovery_mark_lost(conn, conn->segments);
  conn->events |= TCP_EVENT_LOSS;
  /* RFC 5681 3.2 step 2: the retransmission goes out whatever the window says. */
  tcp_send_segment(conn, conn->segments, PACKET_CAUSE_FAST_RETRANSMIT);
}

static void
leave(TcpConn *conn)
{
  if (conn->recovery == TCP_RECOVERY_FAST && !conn->profile.cwnd_counts_segments) {
    /* RFC 6582 3.2 step 3: "Set cwnd to either (1) min (ssthresh, max(FlightSize, SMSS) + SMSS)",
     * which lets no burst out, "or (2) ssthresh", which is Linux's choice. */
    uint64_t flight = conn->snd_nxt - conn->snd_una;
    conn->cc.cwnd = MIN(conn->cc.ssthresh, MAX(flight, conn->mss) + conn->mss);
  }
  conn->recovery = TCP_RECOVERY_OPEN;
  conn->dup_acks = 0;
  conn->events |= TCP_EVENT_RECOVERED;
}

/* RFC 6582 3.2: "If this ACK does not acknowledge all of the data up to and including recover,
 * then this is a partial ACK. ... retransmit the first unacknowledged segment. Deflate the
 * congestion window by the amount of new data acknowledged". */
static void
partial_ack(TcpConn *conn, const TcpAckSeen *seen)
{
  uint32_t left = seen->acked_segments > 0 ? seen->acked_segments - 1 : 0;
  conn->dup_acks -= MIN(conn->dup_acks, left);
  conn->partial_seen = true;
  tcp_recovery_mark_lost(conn, conn->segments);
  tcp_send_segment(conn, conn->segments, PACKET_CAUSE_PARTIAL_ACK);
}

static void
grow(TcpConn *conn, const TcpAckSeen *seen)
{
  uint64_t mss = conn->mss;
  bool slow_start = conn->cc.cwnd < conn->cc.ssthresh;
  TcpCcAck ack = {
      .now = tcp_now(conn),
      .acked = conn->profile.cwnd_counts_segments ? seen->acked_segments * mss : seen->acked_bytes,
      .flight = seen->flight,
      .rtt = seen->rtt,
      .srtt = conn->srtt,
      .min_rtt = conn->min_rtt,
      .una = conn->una_position,
      .nxt = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent,
      .cwnd_limited =
          conn->cwnd_limited || (slow_start && conn->cc.cwnd < 2 * (uint64_t)conn->max_out * mss),
  };
  ops_of(conn)->on_ack(&conn->cc, conn->cc_state, &ack);
}

static void
on_duplicate(TcpConn *conn)
{
  /* After a time-out all that was out is believed lost: what still arrives of it is no news. */
  if (conn->recovery == TCP_RECOVERY_LOSS)
    return;
  conn->dup_acks = MIN(conn->dup_acks + 1, conn->segments_out);
  if (conn->recovery == TCP_RECOVERY_FAST)
    return;
  if (conn->dup_acks < DUP_THRESHOLD)
    conn->recovery = TCP_RECOVERY_DISORDER;
  else if (seq_after(conn->snd_una, conn->recover)) /* RFC 6582 3.2 step 1 */
    enter_fast(conn);
}

void
tcp_recovery_on_ack(TcpConn *conn, const TcpAckSeen *seen)
{
  if (seen->duplicate) {
    on_duplicate(conn);
    return;
  }
  if (seen->acked_segments == 0 && seen->acked_bytes == 0)
    return;
  bool all = seq_at_or_after(conn->snd_una, conn->recover);
  if (seq_after(conn->snd_una, conn->recover))
    conn->recover = conn->snd_una - 1; /* kept close behind: 2 GB later it would lie ahead */
  switch ((TcpRecovery)conn->recovery) {
  case TCP_RECOVERY_FAST:
    if (all || conn->segments == NULL)
      leave(conn);
    else
      partial_ack(conn, seen);
    return;
  case TCP_RECOVERY_LOSS:
    if (all)
      leave(conn);
    conn->dup_acks = 0;
    break;
  case TCP_RECOVERY_DISORDER:
  case TCP_RECOVERY_OPEN:
    conn->recovery = TCP_RECOVERY_OPEN;
    conn->dup_acks = 0;
    break;
  }
  grow(conn, seen);
}

/* RFC 6298 5.4 to 5.6, RFC 5681 3.1: back off, one segment, everything outstanding is lost. */
void
tcp_recovery_on_rto(TcpConn *conn)
{
  if (conn->segments == NULL)
    return;
  conn->timeouts++;
  if (tcp_rto_gives_up(conn)) {
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  if (conn->first_timeout_at < 0)
    conn->first_timeout_at = tcp_now(conn);
  /* RFC 5681 3.1: "when a TCP sender detects segment loss using the retransmission timer and the
   * given segment has already been retransmitted ... ssthresh is held constant". */
  if (conn->segments->retransmits == 0 || conn->recovery == TCP_RECOVERY_FAST) {
    ops_of(conn)->on_rto(&conn->cc, conn->cc_state, window_to_cut(conn), tcp_now(conn));
    round_threshold(conn);
  }
  for (TcpSegment *segment = conn->segments; segment != NULL; segment = segment->next)
    tcp_recovery_mark_lost(conn, segment);
  conn->dup_acks = 0;
  conn->cc.cwnd = conn->mss;
  conn->recover = conn->snd_nxt;
  conn->recovery = TCP_RECOVERY_LOSS;
  if (conn->backoff < 30)
    conn->backoff++;
  conn->events |= TCP_EVENT_TIMEOUT;
  tcp_output(conn);
}
