/* tcp-recovery: what is believed lost, and the state that follows: open, disorder, fast, loss.
 *
 * With SACK losses are found by time (RACK, tcp-rack.c) or by what has arrived beyond (RFC 6675,
 * tcp-nextseg.c); without it by three duplicate ACKs and then by each partial ACK (NewReno, RFC
 * 6582), where every duplicate ACK stands for one segment that has left the network. Fast recovery
 * and limited transmit are told as "pipe": a segment may go when what is in the network is below
 * cwnd. A time-out (tcp-recovery-rto.c) believes all lost that was out. A recovery that was none is
 * undone (tcp-undo.c). The window itself is in tcp-cwnd.c. A mark (ECN) cuts the window as a loss
 * does, with nothing to send again.
 * Supported standards: RFC 5681, RFC 6582, RFC 6675, RFC 3042, RFC 3522. */
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

/* What RACK or, in fast recovery, the count of SACKs finds. After a time-out the latter tells
 * nothing (RFC 6675 5.1): all that was out goes out again. */
SIM_HOT void
tcp_recovery_detect(TcpConn *conn, TcpAckSeen *seen)
{
  if (conn->profile->rack)
    tcp_rack_detect(conn, seen);
  else if (conn->recovery == TCP_RECOVERY_FAST)
    tcp_nextseg_detect(conn, seen);
}

void
tcp_recovery_tell(TcpConn *conn, TcpRecovery from, bool timeout)
{
  Sim *sim = conn->host->sim;
  if (sim_traced(sim, TCP_TRACE_RECOVERY)) {
    TcpRecoveryRecord record = {
        .time = sim_now(sim),
        .conn = conn,
        .from = from,
        .to = conn->recovery,
        .timeout = timeout,
        .undo = conn->sending->undone,
    };
    sim_trace_emit(sim, TCP_TRACE_RECOVERY, &record);
  }
  conn->sending->undone = TCP_UNDO_NONE;
}

/* The one place where the state of recovery changes. */
void
tcp_recovery_set(TcpConn *conn, TcpRecovery to, bool timeout)
{
  TcpRecovery from = conn->recovery;
  conn->recovery = (uint8_t)to;
  if (from == TCP_RECOVERY_FAST)
    conn->sending->twice_out = conn->sending->twice_bytes = 0;
  if (from != to && MAX(from, to) >= TCP_RECOVERY_CWR)
    tcp_recovery_tell(conn, from, timeout);
}

/* -- states -- */

static void
settle(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (conn->recovery == TCP_RECOVERY_CWR)
    return;
  bool disorder = sending->sacked_out > 0 || sending->dup_acks > 0 || sending->lost_out > 0;
  tcp_recovery_set(conn, disorder ? TCP_RECOVERY_DISORDER : TCP_RECOVERY_OPEN, false);
  if (!disorder && sending->resent_out == 0)
    sending->resent_stamp_set = false;
}

void
tcp_recovery_leave(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->dup_acks = 0;
  sending->new_data_first = false;
  if (tcp_nextseg_governs(conn))
    tcp_nextseg_end(conn);
  tcp_recovery_set(conn, TCP_RECOVERY_OPEN, false);
  settle(conn);
  tcp_cwnd_settled(conn);
  conn->events |= TCP_EVENT_RECOVERED;
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
  tcp_recovery_set(conn, TCP_RECOVERY_LOSS, false);
  conn->events |= TCP_EVENT_LOSS;
}

static SIM_RARE void
enter_fast(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (tcp_cwnd_restarts(conn)) {
    restart(conn);
    return;
  }
  tcp_undo_arm(conn);
  /* A mark in the same round trip has cut it already, and not for nothing. */
  if (conn->recovery == TCP_RECOVERY_CWR)
    sending->undo_ssthresh = 0;
  else
    tcp_cwnd_reduce(conn);
  sending->recover = conn->snd_nxt;
  sending->tlp_out = false;
  tcp_recovery_set(conn, TCP_RECOVERY_FAST, false);
  if (sending->rack_persist > 0)
    sending->rack_persist--;
  conn->events |= TCP_EVENT_LOSS;
  if (!conn->sack_ok)
    tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_FAST_RETRANSMIT);
  else if (!conn->profile->rack)
    tcp_nextseg_begin(conn);
  if (conn->profile->prr)
    return;
  /* RFC 5681 3.2 step 2, RFC 6675 5 step 4.3: the retransmission goes out whatever cwnd says. */
  TcpSegment *first = tcp_recovery_next(conn);
  tcp_send_segment(conn, first, first->cause);
  tcp_nextseg_sent(conn, first);
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
static SIM_RARE void
fast_is_over(TcpConn *conn, const TcpAckSeen *seen)
{
  TcpUndo proof = tcp_undo_proof(conn, seen);
  if (proof != TCP_UNDO_NONE)
    tcp_undo(conn, false, proof);
  else
    tcp_cwnd_recovered(conn); /* a DSACK that comes later may still undo it */
  tcp_recovery_leave(conn);
}

/* Without NewReno any new ACK does (RFC 2001 4: "When the next ACK arrives that acknowledges new
 * data, set cwnd to ssthresh"), and the next loss needs three duplicates of its own. */
static bool
ends_fast(const TcpConn *conn, const TcpAckSeen *seen)
{
  if (!conn->sack_ok && !conn->profile->newreno && seen->advanced)
    return true;
  return seq_at_or_after(conn->snd_una, conn->sending->recover);
}

/* RFC 6582 3.2: "If this ACK does not acknowledge all of the data up to and including recover,
 * then this is a partial ACK. ... retransmit the first unacknowledged segment. Deflate the
 * congestion window by the amount of new data acknowledged". */
static SIM_RARE void
partial_ack(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  uint32_t left = seen->acked_segments > 0 ? seen->acked_segments - 1 : 0;
  sending->dup_acks -= MIN(sending->dup_acks, left);
  seen->newly_lost += tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_PARTIAL_ACK);
  if (!conn->profile->prr)
    tcp_send_segment(conn, sending->segments, PACKET_CAUSE_PARTIAL_ACK);
}

static G_GNUC_NO_INLINE void
in_fast(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  /* A partial ACK that the original drew: nothing was lost (Linux's tcp_try_undo_partial). */
  if (seen->advanced && sending->undo_armed && tcp_undo_echo_is_older(conn, seen)) {
    if (sending->resent_out > 0)
      return;
    tcp_undo(conn, true, TCP_UNDO_TIMESTAMP);
    tcp_recovery_leave(conn);
    return;
  }
  if (seen->dsack && sending->undo_armed && sending->undo_resent == 0) {
    tcp_undo(conn, false, TCP_UNDO_DSACK);
    tcp_recovery_leave(conn);
  }
  if (conn->sack_ok)
    tcp_recovery_detect(conn, seen);
  else if (seen->advanced)
    partial_ack(conn, seen);
  else if (seen->duplicate)
    sending->dup_acks = MIN(sending->dup_acks + 1, sending->segments_out);
}

/* RFC 3168 6.1.2: a mark counts as a loss, once a round trip; nothing is sent again. */
static SIM_RARE void
enter_cwr(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  tcp_cwnd_reduce_for_mark(conn);
  sending->undo_armed = false;
  sending->recover = conn->snd_nxt;
  tcp_recovery_set(conn, TCP_RECOVERY_CWR, false);
}

static void
in_open(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (seen->dsack && sending->undo_armed && sending->undo_resent == 0) {
    tcp_undo(conn, false, TCP_UNDO_DSACK);
    tcp_recovery_tell(conn, conn->recovery, false);
  }
  bool lost = false;
  if (tcp_nextseg_governs(conn)) {
    lost = tcp_nextseg_begins(conn, seen);
  } else if (conn->sack_ok) {
    tcp_rack_detect(conn, seen);
    lost = seen->newly_lost > 0;
  } else {
    if (seen->advanced)
      sending->dup_acks = 0;
    else if (seen->duplicate)
      sending->dup_acks = MIN(sending->dup_acks + 1, sending->segments_out);
    /* RFC 6582 3.2 step 1: not for what was already repaired. */
    lost = sending->dup_acks >= sending->reordering &&
           (!conn->profile->newreno || seq_after(conn->snd_una, sending->recover));
  }
  if (lost && tcp_mtu_probe_lost(conn))
    return;
  if (lost)
    enter_fast(conn);
  else if (seen->ecn_echo && conn->recovery != TCP_RECOVERY_CWR && sending->cc_begun)
    enter_cwr(conn); /* before the first data there is nothing that could have been marked */
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

/* 2 GB later it would lie ahead. */
static void
keep_recover_close(TcpConn *conn)
{
  if (seq_after(conn->snd_una, conn->sending->recover))
    conn->sending->recover = conn->snd_una - 1;
}

/* What tcp_recovery_on_ack() comes to where nothing is, or was, believed lost. */
SIM_HOT void
tcp_recovery_on_ack_in_order(TcpConn *conn, const TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (sending->rack_persist == 0)
    sending->rack_steps = 1;
  sending->rack_advanced = false; /* nothing that was sent earlier is left */
  sending->resent_stamp_set = false;
  keep_recover_close(conn);
  tcp_cwnd_on_ack(conn, seen, true);
}

SIM_HOT void
tcp_recovery_on_ack(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (!conn->sack_ok)
    count_without_sack(conn, seen);
  bool was_fast = conn->recovery == TCP_RECOVERY_FAST;
  sending->new_data_first = false;
  tcp_rack_on_dsack(conn, seen);
  if (was_fast && ends_fast(conn, seen))
    fast_is_over(conn, seen);
  if (conn->recovery == TCP_RECOVERY_CWR && seq_after(conn->snd_una, sending->recover)) {
    if (conn->profile->prr) /* without it cwnd came down at once, and stays */
      tcp_cwnd_to_threshold(conn);
    tcp_recovery_set(conn, TCP_RECOVERY_OPEN, false);
    tcp_cwnd_settled(conn);
  }
  keep_recover_close(conn);
  switch ((TcpRecovery)conn->recovery) {
  case TCP_RECOVERY_FAST:
    in_fast(conn, seen);
    if (tcp_nextseg_recovers(conn))
      tcp_nextseg_set_pipe(conn);
    break;
  case TCP_RECOVERY_LOSS:
    tcp_recovery_rto_on_ack(conn, seen);
    /* RFC 6675 5.1: no new recovery begins before HighACK has come to RecoveryPoint; now one may.
     */
    if (conn->recovery < TCP_RECOVERY_CWR && tcp_nextseg_governs(conn))
      in_open(conn, seen);
    break;
  case TCP_RECOVERY_CWR:
  case TCP_RECOVERY_DISORDER:
  case TCP_RECOVERY_OPEN:
    in_open(conn, seen);
    break;
  }
  tcp_cwnd_on_ack(conn, seen, may_grow(conn, seen) && !was_fast);
}
