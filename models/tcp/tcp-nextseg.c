/* tcp-nextseg: recovery by SACK where losses are counted and not timed (RACK is off): RFC 6675.
 *
 * A segment is lost when enough has arrived beyond it, IsLost(). A recovery begins with the third
 * duplicate ACK, each of which tells something new by SACK, or as soon as the first segment is
 * lost; it ends when all is acknowledged that was out then (`recover`, RecoveryPoint). In between
 * each ACK says how much is in the network, SetPipe(), and while that is a segment below cwnd,
 * NextSeg() says which is next: (1) the first that is lost and was not sent again in this recovery,
 * (2) new data, and as a last resort, when the profile allows, (3) one that is not lost but has
 * reported data beyond it, and (4), once a recovery, the last that is out. (1) is
 * tcp_recovery_next(), (2) stands in tcp-output.c's ladder.
 *
 * What IsLost() is true of is a stretch at the beginning of the list that only grows: its end is
 * kept (`rack_passed`, which RACK does not need meanwhile), and each ACK looks from there to the
 * last reported segment. HighRxt, RescueRxt and RecoveryPoint are kept as the numbers behind them.
 * DupThresh is `reordering`: three, and more on a path that was seen to reorder (RFC 6675 2:
 * "consult any updates to [RFC5681] to determine the current value for DupThresh (or method for
 * determining its value)").
 *
 * Where it is read with care: a segment is reported whole or not at all; of a block's ends that lie
 * within one nothing is kept. The rescue is for "loss at the end of the window" (RFC 6675 2,
 * RescueRxt): a hole that this recovery has sent again already is none, though the letter of rule 4
 * has it sent once more, for nothing whenever the last two holes of a transfer are repaired one
 * behind the other. A FIN that is alone in its segment is rescued only when no data is to be: no
 * SACK tells of it.
 * Supported standards: RFC 6675 2 to 5.1. */
#include "models/tcp/tcp-conn.h"

/* The first segment that IsLost() was not true of. */
static TcpSegment *
behind_lost(const TcpSending *sending)
{
  return sending->rack_passed != NULL ? sending->rack_passed->next : sending->segments;
}

/* RFC 6675 4: "The routine returns true when either DupThresh discontiguous SACKed sequences have
 * arrived above 'SeqNum' or more than (DupThresh - 1) * SMSS bytes with sequence numbers greater
 * than 'SeqNum' have been SACKed." */
static bool
is_lost(const TcpConn *conn, uint32_t sequences, uint64_t bytes)
{
  uint32_t threshold = conn->sending->reordering;
  return sequences >= threshold || bytes > (uint64_t)(threshold - 1) * conn->mss;
}

void
tcp_nextseg_detect(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  TcpSegment *segment = behind_lost(sending);
  uint32_t sequences = 0;
  uint64_t bytes = 0;
  bool within = false;
  if (sending->sacked_out == 0)
    return;
  uint32_t end = tcp_segment_end(sending->sack_last);
  for (const TcpSegment *s = segment; s != NULL && seq_before(s->seq, end); s = s->next) {
    sequences += s->sacked && !within;
    bytes += s->sacked ? s->length : 0;
    within = s->sacked;
  }
  for (; segment != NULL && seq_before(segment->seq, end); segment = segment->next) {
    if (segment->sacked) {
      bytes -= segment->length;
      sequences -= segment->next == NULL || !segment->next->sacked;
    } else if (!is_lost(conn, sequences, bytes)) {
      return;
    } else if (seq_at_or_after(segment->seq, sending->high_rxt)) {
      seen->newly_lost += tcp_recovery_mark_lost(conn, segment, PACKET_CAUSE_SACK);
    }
    sending->rack_passed = segment;
  }
}

/* RFC 6675 4, SetPipe(): of what is not SACKed counts once (a) what IsLost() is false of, and once
 * (b) what is at or below HighRxt. "Note that octets retransmitted without being considered lost
 * are counted twice by the above mechanism." tcp_pipe() has the rest. */
void
tcp_nextseg_set_pipe(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->twice_out = 0;
  sending->twice_bytes = 0;
  for (const TcpSegment *segment = behind_lost(sending);
       segment != NULL && seq_before(segment->seq, sending->high_rxt); segment = segment->next)
    if (segment->resent) {
      sending->twice_out++;
      sending->twice_bytes += segment->length;
    }
}

/* RFC 6675 2: a duplicate ACK is "a segment that arrives carrying a SACK block that identifies
 * previously unacknowledged and un-SACKed octets between HighACK and HighData", whatever else it
 * does. */
static bool
is_duplicate(const TcpConn *conn, const TcpAckSeen *seen)
{
  return seen->newly_sacked > 0 && conn->sending->sacked_out > 0;
}

bool
tcp_nextseg_begins(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  /* RFC 6675 5: "If the incoming ACK is a cumulative acknowledgment, the TCP MUST reset DupAcks to
   * zero." */
  if (seen->advanced)
    sending->sack_dup_acks = 0;
  if (!is_duplicate(conn, seen))
    return false;
  sending->sack_dup_acks++;
  sending->high_rxt = conn->snd_una; /* step 3.1 */
  tcp_nextseg_detect(conn, seen);
  /* Step 1: "If DupAcks >= DupThresh", which "covers the case when a TCP receives SACK information
   * for multiple segments smaller than SMSS". Step 2: "IsLost (HighACK + 1) returns true". */
  if (sending->sack_dup_acks >= sending->reordering)
    seen->newly_lost += tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_SACK);
  return seen->newly_lost > 0;
}

/* RFC 6675 5, step 4.3: "To prevent repeated retransmission of the same data or a premature rescue
 * retransmission, set both HighRxt and RescueRxt to the highest sequence number in the
 * retransmitted segment." HighRxt follows when it is sent, which with PRR is later. */
void
tcp_nextseg_begin(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->high_rxt = conn->snd_una;
  sending->rescue_rxt = tcp_segment_end(sending->segments);
  tcp_nextseg_set_pipe(conn);
}

/* RFC 6675 4, NextSeg() (3): "there exists an unSACKed sequence number 'S3' that meets the criteria
 * for detecting loss given in steps (1.a) and (1.b) above": greater than HighRxt, and "less than
 * the highest octet covered by any received SACK". */
static TcpSegment *
with_reports_beyond(const TcpSending *sending)
{
  TcpSegment *segment = behind_lost(sending);
  const TcpSegment *highest = sending->sack_last;
  if (highest == NULL)
    return NULL;
  for (; segment != NULL && seq_before(segment->seq, highest->seq); segment = segment->next)
    if (!segment->sacked && seq_at_or_after(segment->seq, sending->high_rxt))
      return segment;
  return NULL;
}

/* "the highest outstanding unSACKed sequence number", above HighRxt: see the top. */
static TcpSegment *
last_unreported(const TcpSending *sending)
{
  TcpSegment *last = NULL;
  for (TcpSegment *segment = behind_lost(sending); segment != NULL; segment = segment->next)
    if (!segment->sacked && seq_at_or_after(segment->seq, sending->high_rxt) &&
        (segment->length > 0 || last == NULL))
      last = segment;
  return last;
}

/* RFC 6675 4, NextSeg() (4): "If HighACK is greater than RescueRxt (or RescueRxt is undefined),
 * then one segment of up to SMSS octets that MUST include the highest outstanding unSACKed sequence
 * number SHOULD be returned, and RescueRxt set to RecoveryPoint." */
static TcpSegment *
to_rescue(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (!seq_after(conn->snd_una, sending->rescue_rxt))
    return NULL;
  TcpSegment *segment = last_unreported(sending);
  if (segment == NULL || segment->length <= conn->mss)
    return segment;
  tcp_mtu_split(conn, segment, segment->length - conn->mss);
  return segment->next;
}

TcpSegment *
tcp_nextseg_last_resort(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  if (!tcp_nextseg_recovers(conn) || tcp_pipe(conn) + conn->mss > conn->cc.cwnd)
    return NULL;
  PacketCause cause = PACKET_CAUSE_LAST_RESORT;
  TcpSegment *segment = with_reports_beyond(sending);
  if (segment == NULL) {
    cause = PACKET_CAUSE_RESCUE;
    segment = to_rescue(conn);
  }
  if (segment == NULL || !seq_before(segment->seq, edge))
    return NULL;
  segment->cause = (uint8_t)cause;
  return segment;
}

/* RFC 6675 5, step C.2: "HighRxt MUST be set to the highest sequence number of the retransmitted
 * segment unless NextSeg () rule (4) was invoked for this retransmission"; C.4: pipe follows. */
void
tcp_nextseg_sent(TcpConn *conn, const TcpSegment *segment)
{
  TcpSending *sending = conn->sending;
  if (!tcp_nextseg_recovers(conn))
    return;
  if (segment->cause == PACKET_CAUSE_RESCUE)
    sending->rescue_rxt = sending->recover;
  else if (seq_after(tcp_segment_end(segment), sending->high_rxt))
    sending->high_rxt = tcp_segment_end(segment);
  tcp_nextseg_set_pipe(conn);
}

/* What was found lost and not yet sent again is that no more: whether it is, is asked when the next
 * recovery may begin. What was SACKed stays: RFC 6675 5 (A): "Any information contained in the
 * scoreboard for sequence numbers greater than the new value of HighACK SHOULD NOT be cleared". */
void
tcp_nextseg_end(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  sending->sack_dup_acks = 0;
  sending->rack_passed = NULL;
  for (TcpSegment *segment = sending->segments; sending->lost_out > 0 && segment != NULL;
       segment = segment->next)
    if (segment->cause == PACKET_CAUSE_SACK)
      tcp_sack_clear_lost(conn, segment);
}
