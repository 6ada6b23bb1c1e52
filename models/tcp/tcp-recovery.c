/* tcp-recovery: what is believed lost, and the state that follows: open, disorder, fast, loss.
 *
 * With SACK losses are found by time (RACK, tcp-rack.c) or by three segments beyond (RFC 6675,
 * tcp-sack.c); without it by three duplicate ACKs and then by each partial ACK (NewReno, RFC 6582),
 * where every duplicate ACK stands for one segment that has left the network. Fast recovery and
 * limited transmit are told as "pipe": a segment may go when what is in the network is below cwnd.
 * After a time-out what was out is believed lost (RFC 5681 3.1), but F-RTO (RFC 5682) looks first
 * whether the ACKs say otherwise. A recovery that was none is undone when timestamps (Eifel, RFC
 * 3522) or DSACKs (RFC 3708) prove it. The window itself is in tcp-cwnd.c.
 * A mark (ECN) cuts the window as a loss does, with nothing to send again.
 * Supported standards: RFC 5681, RFC 6582, RFC 6675, RFC 3042, RFC 5682, RFC 3522, RFC 6298 5. */
#include "models/tcp/tcp-conn.h"

TcpSegment *
tcp_recovery_next(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->lost_out == 0 || sending->new_data_first)
    return NULL;
  while (!sending->lost_hint->lost)
    sending->lost_hint = sending->lost_hint->next;
  return sending->lost_hint;
}

uint32_t
tcp_recovery_mark_lost(TcpConn *conn, TcpSegment *segment, PacketCause cause)
{
  TcpSending *sending = conn->sending;
  if (segment->lost || segment->sacked)
    return 0;
  tcp_sack_clear_resent(conn, segment);
  segment->lost = true;
  segment->cause = (uint8_t)cause;
  if (sending->lost_out == 0 || seq_before(segment->seq, sending->lost_hint->seq))
    sending->lost_hint = segment;
  sending->lost_out++;
  sending->lost_bytes += segment->length;
  conn->lost++;
  return 1;
}

/* What RACK or the count of SACKs finds. */
static void
detect(TcpConn *conn, TcpAckSeen *seen)
{
  if (conn->profile->rack)
    tcp_rack_detect(conn, seen);
  else
    tcp_sack_detect(conn, seen);
}

/* -- undo -- */

static void
arm_undo(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->undo_armed = conn->profile->undo;
  sending->undo_marker = conn->snd_una;
  sending->undo_resent = sending->resent_out > 0 ? (int32_t)sending->resent_out : -1;
}

/* RFC 3522 3.2: the ACK echoes a timestamp from before the first retransmission. */
static bool
echo_is_older(const TcpConn *conn, const TcpAckSeen *seen)
{
  const TcpSending *sending = conn->sending;
  return sending->resent_stamp_set && seen->echo != 0 &&
         seq_before(seen->echo, sending->resent_stamp);
}

static bool
may_undo(const TcpConn *conn, const TcpAckSeen *seen)
{
  const TcpSending *sending = conn->sending;
  return sending->undo_armed && (sending->undo_resent == 0 || echo_is_older(conn, seen));
}

static void
undo(TcpConn *conn, bool losses_too)
{
  TcpSending *sending = conn->sending;
  if (losses_too)
    for (TcpSegment *segment = sending->segments; sending->lost_out > 0; segment = segment->next)
      tcp_sack_clear_lost(conn, segment);
  tcp_cwnd_undo(conn);
  sending->undo_armed = false;
  sending->rack_advanced = true; /* look again: what was marked may still be missing */
}

/* -- states -- */

static void
settle(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (conn->recovery == TCP_RECOVERY_CWR)
    return;
  bool disorder = sending->sacked_out > 0 || sending->dup_acks > 0 || sending->lost_out > 0;
  conn->recovery = disorder ? TCP_RECOVERY_DISORDER : TCP_RECOVERY_OPEN;
  if (!disorder && sending->resent_out == 0)
    sending->resent_stamp_set = false;
}

static void
leave(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->dup_acks = 0;
  sending->new_data_first = false;
  conn->recovery = TCP_RECOVERY_OPEN;
  settle(conn);
  tcp_cwnd_settled(conn);
  conn->events |= TCP_EVENT_RECOVERED;
}

/* Everything outstanding is lost, but for what was sent so lately that it cannot be known (RACK).
 */
static void
mark_all_lost(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->segments->sacked) /* the peer went back on its word (RFC 2018 8) */
    tcp_sack_forget(conn);
  sending->dup_acks = 0;
  for (TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next)
    if (segment == sending->segments || !conn->profile->rack || !conn->sack_ok ||
        !tcp_rack_is_recent(conn, segment))
      tcp_recovery_mark_lost(conn, segment, PACKET_CAUSE_RTO);
}

/* Tahoe knew no recovery: it goes back to what is missing, as after a time-out, and slow start
 * takes it from there. */
static void
restart(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  tcp_cwnd_reduce(conn);
  sending->dup_acks = 0;
  for (TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next)
    tcp_recovery_mark_lost(conn, segment, PACKET_CAUSE_FAST_RETRANSMIT);
  conn->cc.cwnd = conn->mss;
  sending->recover = conn->snd_nxt;
  sending->frto = sending->undo_armed = sending->tlp_out = false;
  conn->recovery = TCP_RECOVERY_LOSS;
  conn->events |= TCP_EVENT_LOSS;
}

static void
enter_fast(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (tcp_cwnd_restarts(conn)) {
    restart(conn);
    return;
  }
  arm_undo(conn);
  /* A mark in the same round trip has cut it already, and not for nothing. */
  if (conn->recovery == TCP_RECOVERY_CWR)
    sending->undo_ssthresh = 0;
  else
    tcp_cwnd_reduce(conn);
  sending->recover = conn->snd_nxt;
  sending->tlp_out = false;
  conn->recovery = TCP_RECOVERY_FAST;
  if (sending->rack_persist > 0)
    sending->rack_persist--;
  conn->events |= TCP_EVENT_LOSS;
  if (!conn->sack_ok)
    tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_FAST_RETRANSMIT);
  /* RFC 5681 3.2 step 2: the retransmission goes out whatever the window says. */
  if (!conn->profile->prr)
    tcp_send_segment(conn, tcp_recovery_next(conn), sending->lost_hint->cause);
}

/* RACK's timer found losses. */
void
tcp_recovery_on_late_loss(TcpConn *conn)
{
  if (conn->recovery >= TCP_RECOVERY_FAST)
    return;
  enter_fast(conn);
  if (conn->profile->prr && conn->recovery == TCP_RECOVERY_FAST)
    tcp_cwnd_prr(conn,
                 &(TcpAckSeen){.delivered = 1, .delivered_bytes = conn->mss, .newly_lost = 1});
}

/* An ACK covers all that was out when fast recovery began. */
static void
fast_is_over(TcpConn *conn, const TcpAckSeen *seen)
{
  if (may_undo(conn, seen))
    undo(conn, false);
  else
    tcp_cwnd_recovered(conn); /* a DSACK that comes later may still undo it */
  leave(conn);
}

/* RFC 6582 3.2: "If this ACK does not acknowledge all of the data up to and including recover,
 * then this is a partial ACK. ... retransmit the first unacknowledged segment. Deflate the
 * congestion window by the amount of new data acknowledged". */
static void
partial_ack(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  uint32_t left = seen->acked_segments > 0 ? seen->acked_segments - 1 : 0;
  sending->dup_acks -= MIN(sending->dup_acks, left);
  seen->newly_lost += tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_PARTIAL_ACK);
  if (!conn->profile->prr)
    tcp_send_segment(conn, sending->segments, PACKET_CAUSE_PARTIAL_ACK);
}

static void
in_fast(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  /* A partial ACK that the original drew: nothing was lost (Linux's tcp_try_undo_partial). */
  if (seen->advanced && sending->undo_armed && echo_is_older(conn, seen)) {
    if (sending->resent_out > 0)
      return;
    undo(conn, true);
    leave(conn);
    return;
  }
  if (seen->dsack && sending->undo_armed && sending->undo_resent == 0) {
    undo(conn, false);
    leave(conn);
  }
  if (conn->sack_ok)
    detect(conn, seen);
  else if (seen->advanced)
    partial_ack(conn, seen);
  else if (seen->duplicate)
    sending->dup_acks = MIN(sending->dup_acks + 1, sending->segments_out);
}

/* RFC 5682 3.1, with SACK: is the time-out real? True: it was not, or it is too early to say. */
static bool
forward_rto(TcpConn *conn, TcpAckSeen *seen, bool over)
{
  TcpSending *sending = conn->sending;
  if (!sending->frto)
    return false;
  if (seen->never_resent) { /* step 3.b: data that was sent only once has arrived */
    undo(conn, true);
    leave(conn);
    return true;
  }
  if (seq_after(conn->snd_nxt, sending->recover)) {
    if (seen->newly_sacked > 0 || seen->duplicate)
      sending->frto = false; /* step 3.a: it is real */
  } else if (seen->advanced && !over) {
    sending->recover = conn->snd_nxt; /* step 2.b: new data tells */
    sending->new_data_first = tcp_output_has_new(conn);
    sending->frto = sending->new_data_first;
    return sending->new_data_first;
  }
  return false;
}

static void
in_loss(TcpConn *conn, TcpAckSeen *seen)
{
  bool over = seq_at_or_after(conn->snd_una, conn->sending->recover);
  if (seen->advanced && may_undo(conn, seen)) {
    undo(conn, true);
    leave(conn);
    return;
  }
  if (forward_rto(conn, seen, over))
    return;
  if (over)
    leave(conn);
  else if (conn->sack_ok)
    detect(conn, seen);
}

/* RFC 3168 6.1.2: a mark counts as a loss, once a round trip; nothing is sent again. */
static void
enter_cwr(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  tcp_cwnd_reduce(conn);
  sending->undo_armed = false;
  sending->recover = conn->snd_nxt;
  conn->recovery = TCP_RECOVERY_CWR;
}

static void
in_open(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (seen->dsack && sending->undo_armed && sending->undo_resent == 0)
    undo(conn, false);
  bool lost = false;
  if (conn->sack_ok) {
    detect(conn, seen);
    lost = seen->newly_lost > 0;
  } else {
    if (seen->advanced)
      sending->dup_acks = 0;
    else if (seen->duplicate)
      sending->dup_acks = MIN(sending->dup_acks + 1, sending->segments_out);
    /* RFC 6582 3.2 step 1: not for what was already repaired. */
    lost = sending->dup_acks >= sending->reordering && seq_after(conn->snd_una, sending->recover);
  }
  if (lost)
    enter_fast(conn);
  else if (seen->ecn_echo && conn->recovery != TCP_RECOVERY_CWR)
    enter_cwr(conn);
  else
    settle(conn);
}

/* Growth in order, or in any order once the path is known to reorder (Linux). */
static bool
may_grow(const TcpConn *conn, const TcpAckSeen *seen)
{
  return seen->advanced || (conn->sending->reordering > TCP_DUP_THRESHOLD && seen->delivered > 0);
}

/* Without SACK a duplicate ACK says that one segment has arrived, and a new ACK covers those again.
 */
static void
count_without_sack(const TcpConn *conn, TcpAckSeen *seen)
{
  const TcpSending *sending = conn->sending;
  if (seen->duplicate) {
    seen->delivered = 1;
    seen->delivered_bytes = conn->mss;
  } else if (seen->advanced && sending->dup_acks > 0) {
    uint32_t known = MIN(sending->dup_acks, MAX(seen->delivered, 1) - 1);
    seen->delivered -= known;
    seen->delivered_bytes -= MIN(seen->delivered_bytes, (uint64_t)known * conn->mss);
  }
}

void
tcp_recovery_on_ack(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (!conn->sack_ok)
    count_without_sack(conn, seen);
  bool was_fast = conn->recovery == TCP_RECOVERY_FAST;
  sending->new_data_first = false;
  tcp_rack_on_dsack(conn, seen);
  if (was_fast && seq_at_or_after(conn->snd_una, sending->recover))
    fast_is_over(conn, seen);
  if (conn->recovery == TCP_RECOVERY_CWR && seq_after(conn->snd_una, sending->recover)) {
    if (conn->profile->prr) /* without it cwnd came down at once, and stays */
      tcp_cwnd_to_threshold(conn);
    conn->recovery = TCP_RECOVERY_OPEN;
    tcp_cwnd_settled(conn);
  }
  /* Kept close behind: 2 GB later it would lie ahead. */
  if (seq_after(conn->snd_una, sending->recover))
    sending->recover = conn->snd_una - 1;
  switch ((TcpRecovery)conn->recovery) {
  case TCP_RECOVERY_FAST:
    in_fast(conn, seen);
    break;
  case TCP_RECOVERY_LOSS:
    in_loss(conn, seen);
    break;
  case TCP_RECOVERY_CWR:
  case TCP_RECOVERY_DISORDER:
  case TCP_RECOVERY_OPEN:
    in_open(conn, seen);
    break;
  }
  tcp_cwnd_on_ack(conn, seen, may_grow(conn, seen) && !was_fast);
}

/* -- the time-out -- */

/* RFC 5681 3.1: "when a TCP sender detects segment loss using the retransmission timer and the
 * given segment has already been retransmitted ... ssthresh is held constant". Linux also leaves
 * it when fast recovery has cut it for the same data. */
static bool
cuts_threshold(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  if (!conn->profile->threshold_from_cwnd)
    return sending->segments->retransmits == 0 || conn->recovery == TCP_RECOVERY_FAST;
  return conn->recovery <= TCP_RECOVERY_DISORDER ||
         seq_at_or_before(sending->recover, conn->snd_una) ||
         (conn->recovery == TCP_RECOVERY_LOSS && sending->first_timeout_at < 0);
}

/* RFC 6298 5.4 to 5.6, RFC 5681 3.1: back off, one segment, everything outstanding is lost. */
void
tcp_recovery_on_rto(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->segments == NULL)
    return;
  conn->timeouts++;
  if (tcp_rto_gives_up(conn)) {
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  bool first = conn->recovery < TCP_RECOVERY_FAST, again = sending->first_timeout_at >= 0;
  bool cut = cuts_threshold(conn);
  mark_all_lost(conn);
  tcp_cwnd_on_rto(conn, cut);
  if (cut)
    arm_undo(conn);
  sending->first_timeout_at = again ? sending->first_timeout_at : tcp_now(conn);
  conn->cc.cwnd = conn->mss + tcp_pipe(conn); /* the pipe holds only what RACK calls recent */
  sending->recover = conn->snd_nxt;
  sending->tlp_out = sending->new_data_first = false;
  sending->frto = conn->profile->frto && conn->sack_ok && (first || again);
  conn->recovery = TCP_RECOVERY_LOSS;
  sending->reordering = TCP_DUP_THRESHOLD;
  if (conn->backoff < 30)
    conn->backoff++;
  conn->events |= TCP_EVENT_TIMEOUT;
  tcp_output(conn);
}
