/* tcp-undo: was a cut of the window needless, and taking it back.
 *
 * A segment that was only late draws an ACK for its original: the timestamp it echoes is older than
 * the retransmission (Eifel, RFC 3522), or DSACKs report every retransmission as a duplicate (RFC
 * 3708). Then what was believed lost is not, and cwnd and ssthresh are as they were (RFC 4015, but
 * that Linux leaves the RTO alone). When it is asked is decided in tcp-recovery.c; the third proof,
 * F-RTO, is there too.
 * Supported standards: RFC 3522, RFC 3708. */
#include "models/tcp/tcp-conn.h"

void
tcp_undo_arm(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->undo_armed = conn->profile->undo;
  sending->undo_marker = conn->snd_una;
  sending->undo_resent = sending->resent_out > 0 ? (int32_t)sending->resent_out : -1;
}

/* RFC 3522 3.2: the ACK echoes a timestamp from before the first retransmission. */
bool
tcp_undo_echo_is_older(const TcpConn *conn, const TcpAckSeen *seen)
{
  const TcpSending *sending = conn->sending;
  return sending->resent_stamp_set && seen->echo != 0 &&
         seq_before(seen->echo, sending->resent_stamp);
}

/* What proves that the cut was needless. */
TcpUndo
tcp_undo_proof(const TcpConn *conn, const TcpAckSeen *seen)
{
  const TcpSending *sending = conn->sending;
  if (!sending->undo_armed)
    return TCP_UNDO_NONE;
  if (tcp_undo_echo_is_older(conn, seen))
    return TCP_UNDO_TIMESTAMP;
  return sending->undo_resent == 0 ? TCP_UNDO_DSACK : TCP_UNDO_NONE;
}

void
tcp_undo(TcpConn *conn, bool losses_too, TcpUndo proof)
{
  TcpSending *sending = conn->sending;
  if (losses_too)
    for (TcpSegment *segment = sending->segments; sending->lost_out > 0; segment = segment->next)
      tcp_sack_clear_lost(conn, segment);
  sending->rack_passed = NULL;
  tcp_cwnd_undo(conn);
  sending->undone = (uint8_t)proof;
  sending->undo_armed = false;
  sending->rack_advanced = true; /* look again: what was marked may still be missing */
}
