/* tcp-recovery-rto: the time-out: all that is out is believed lost, and what the ACKs say then.
 *
 * One segment goes out, and slow start repairs the rest (RFC 5681 3.1), but F-RTO (RFC 5682) looks
 * first whether the ACKs say that the time-out was none. How long it takes is in tcp-rto.c, the
 * window in tcp-cwnd.c.
 * Supported standards: RFC 5681 3.1, RFC 5682, RFC 6298 5. */
#include "models/tcp/tcp-conn.h"

/* Everything outstanding is lost, but for what was sent so lately that it cannot be known (RACK).
 */
static SIM_RARE void
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
tcp_recovery_rto_on_timer(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->segments == NULL)
    return;
  conn->timeouts++;
  if (tcp_rto_gives_up(conn)) {
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  tcp_mtu_on_timeout(conn);
  bool first = conn->recovery < TCP_RECOVERY_FAST, again = sending->first_timeout_at >= 0;
  bool cut = cuts_threshold(conn);
  mark_all_lost(conn);
  tcp_cwnd_on_rto(conn, cut);
  if (cut)
    tcp_undo_arm(conn);
  sending->first_timeout_at = again ? sending->first_timeout_at : tcp_now(conn);
  conn->cc.cwnd = conn->mss + tcp_pipe(conn); /* the pipe holds only what RACK calls recent */
  sending->recover = conn->snd_nxt;
  sending->tlp_out = sending->new_data_first = false;
  sending->frto = conn->profile->frto && conn->sack_ok && (first || again);
  tcp_recovery_set(conn, TCP_RECOVERY_LOSS, true);
  sending->reordering = TCP_DUP_THRESHOLD;
  if (conn->backoff < UINT8_MAX)
    conn->backoff++;
  if (sending->retries < UINT8_MAX)
    sending->retries++;
  conn->events |= TCP_EVENT_TIMEOUT;
  tcp_output(conn);
  /* RFC 6298 5.6; sending has done so, unless it is paced and what is lost waits for its time. */
  if (!sim_timer_armed(&conn->timers[TCP_SLOT_SEND]))
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, tcp_rto_current(conn)));
}

/* RFC 5682 3.1, with SACK: is the time-out real? True: it was not, or it is too early to say. */
static SIM_RARE bool
forward_rto(TcpConn *conn, TcpAckSeen *seen, bool over)
{
  TcpSending *sending = conn->sending;
  if (!sending->frto)
    return false;
  if (seen->never_resent) { /* step 3.b: data that was sent only once has arrived */
    tcp_undo(conn, true, TCP_UNDO_FORWARD_RTO);
    tcp_recovery_leave(conn);
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

void
tcp_recovery_rto_on_ack(TcpConn *conn, TcpAckSeen *seen)
{
  bool over = seq_at_or_after(conn->snd_una, conn->sending->recover);
  TcpUndo proof = seen->advanced ? tcp_undo_proof(conn, seen) : TCP_UNDO_NONE;
  if (proof != TCP_UNDO_NONE) {
    tcp_undo(conn, true, proof);
    tcp_recovery_leave(conn);
    return;
  }
  if (forward_rto(conn, seen, over))
    return;
  if (over)
    tcp_recovery_leave(conn);
  else if (conn->sack_ok)
    tcp_recovery_detect(conn, seen);
}
