/* tcp-rack: loss found by time (RACK), and the probe for a lost tail (TLP); RFC 8985 as in Linux.
 *
 * RACK: once a segment has arrived, everything sent sufficiently before it should have arrived too.
 * "Sufficiently" is one round trip and a reordering window, which is zero until the path is seen to
 * reorder (then a quarter of the least round trip, more when DSACKs show that it was too little).
 * What is not yet due gets a timer. A lost retransmission is found the same way.
 * TLP: when nothing has come back for two round trips, the last segment (or new data) goes out, so
 * that an ACK or SACK comes back and RACK can work, long before the retransmission time-out.
 * Supported standards: RFC 8985. */
#include "models/tcp/tcp-conn.h"

#define STEPS_PERSIST 16                    /* recoveries for which a wider window is kept */
#define TIMEOUT_MIN (2 * SIM_MILLISECOND)   /* Linux's TCP_TIMEOUT_MIN_US */
#define REORDER_SLACK (2 * SIM_MILLISECOND) /* Linux adds this to the reordering timer */

static bool
sent_after(SimTime t1, uint32_t end1, SimTime t2, uint32_t end2)
{
  return t1 > t2 || (t1 == t2 && seq_after(end1, end2));
}

/* RFC 8985 6.2 step 2: the most recently sent segment that has arrived. An ACK of a retransmission
 * that comes sooner than any round trip was for the original. */
void
tcp_rack_advance(TcpConn *conn, const TcpSegment *segment)
{
  TcpSending *sending = conn->sending;
  SimTime rtt = tcp_now(conn) - segment->sent_at;
  if (segment->retransmits > 0 && conn->min_rtt > 0 && rtt < conn->min_rtt)
    return;
  sending->rack_advanced = true;
  sending->rack_rtt = rtt;
  if (sent_after(segment->sent_at, tcp_segment_end(segment), sending->rack_sent_at,
                 sending->rack_end)) {
    sending->rack_sent_at = segment->sent_at;
    sending->rack_end = tcp_segment_end(segment);
  }
}

/* RFC 8985 6.2 step 4. */
static SimTime
reordering_window(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  if (!sending->reorder_seen &&
      (conn->recovery >= TCP_RECOVERY_FAST || sending->sacked_out >= sending->reordering))
    return 0;
  return MIN(conn->min_rtt / 4 * sending->rack_steps, conn->srtt);
}

/* How long until `segment` counts as lost; not positive: now. */
static SimTime
remaining(const TcpConn *conn, const TcpSegment *segment, SimTime window)
{
  return conn->sending->rack_rtt + window - (tcp_now(conn) - segment->sent_at);
}

bool
tcp_rack_is_recent(const TcpConn *conn, const TcpSegment *segment)
{
  return remaining(conn, segment, 0) > 0;
}

/* Was it sent before something that has arrived? */
static bool
is_overtaken(const TcpSending *sending, const TcpSegment *segment)
{
  return sent_after(sending->rack_sent_at, sending->rack_end, segment->sent_at,
                    tcp_segment_end(segment));
}

/* Marks an overtaken segment, or returns how long it still has; 0: it waits no more. */
static SimTime
look_at(TcpConn *conn, TcpSegment *segment, SimTime window, TcpAckSeen *seen)
{
  SimTime left = remaining(conn, segment, window);
  if (left > 0)
    return left;
  seen->newly_lost += tcp_recovery_mark_lost(conn, segment, PACKET_CAUSE_RACK);
  return 0;
}

/* Up to rack_passed only what was sent again may be overdue, and its number is known; where nothing
 * that was sent later has arrived, detect() does not ask. */
static SimTime
look_at_resent(TcpConn *conn, SimTime window, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  const TcpSegment *end = sending->rack_passed->next;
  TcpSegment *segment = sending->segments;
  SimTime longest = 0, since = SIM_TIME_NEVER;
  uint32_t n = sending->resent_out;
  for (; n > 0 && segment != end; segment = segment->next) {
    if (!segment->resent)
      continue;
    n--;
    if (is_overtaken(sending, segment))
      longest = MAX(longest, look_at(conn, segment, window, seen));
    if (segment->resent)
      since = MIN(since, segment->sent_at);
  }
  if (n == 0 && sending->resent_out > 0)
    sending->resent_since = since;
  return longest;
}

/* RFC 8985 6.2 step 5: marks what is overdue and returns how long the rest still has; 0: nothing
 * waits. In the list's order what was never sent again is in the order of sending. */
static SIM_HOT SimTime
detect(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  SimTime window = reordering_window(conn), longest = 0;
  TcpSegment *segment = sending->segments;
  if (sending->rack_passed != NULL) {
    segment = sending->rack_passed->next;
    if (sending->resent_out > 0 && sending->rack_sent_at >= sending->resent_since)
      longest = look_at_resent(conn, window, seen);
  }
  bool passing = true;
  for (; segment != NULL; segment = segment->next) {
    if (!segment->sacked && !segment->lost) {
      if (is_overtaken(sending, segment))
        longest = MAX(longest, look_at(conn, segment, window, seen));
      else if (segment->retransmits == 0)
        break;
    }
    passing = passing && (segment->sacked || segment->lost || segment->resent);
    if (passing)
      sending->rack_passed = segment;
  }
  return longest;
}

void
tcp_rack_detect(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (!sending->rack_advanced)
    return;
  sending->rack_advanced = false;
  SimTime wait = detect(conn, seen);
  if (wait > 0) {
    tcp_timer_set(conn, TCP_TIMER_REORDER, tcp_after(conn, wait + REORDER_SLACK));
    seen->keep_timer = true;
  }
}

/* RFC 8985 6.2 step 4 (DSACK): the window was too small; once a round trip, kept for 16 recoveries.
 */
G_GNUC_NO_INLINE void
tcp_rack_on_dsack(TcpConn *conn, const TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  if (seen->dsack && seq_at_or_after(conn->snd_una, sending->rack_round)) {
    sending->rack_steps = (uint8_t)MIN(sending->rack_steps + 1, 255);
    sending->rack_round = conn->snd_nxt;
    sending->rack_persist = STEPS_PERSIST;
  } else if (sending->rack_persist == 0) {
    sending->rack_steps = 1;
  }
}

void
tcp_rack_on_reorder_timer(TcpConn *conn)
{
  TcpAckSeen seen = {.prior_una = conn->snd_una};
  SimTime wait = detect(conn, &seen);
  if (wait > 0)
    tcp_timer_set(conn, TCP_TIMER_REORDER, tcp_after(conn, wait + REORDER_SLACK));
  if (seen.newly_lost > 0)
    tcp_recovery_on_late_loss(conn);
  tcp_output(conn);
  if (!tcp_timer_armed(conn, TCP_TIMER_REORDER))
    tcp_timer_rearm_from_head(conn);
}

/* -- the tail-loss probe -- */

SIM_HOT bool
tcp_rack_schedule_probe(TcpConn *conn, bool advancing)
{
  TcpSending *sending = conn->sending;
  if (!conn->profile->tail_loss_probe || !conn->sack_ok || sending->segments == NULL ||
      (conn->recovery != TCP_RECOVERY_OPEN && conn->recovery != TCP_RECOVERY_CWR) ||
      tcp_timer_armed(conn, TCP_TIMER_PERSIST))
    return false;
  SimTime now = tcp_now(conn);
  SimTime wait = SIM_SECOND;
  if (conn->srtt > 0)
    wait = 2 * conn->srtt + (sending->segments_out == 1 ? conn->profile->min_rto : TIMEOUT_MIN);
  SimTime rto = tcp_rto_current(conn);
  SimTime to_rto = advancing ? rto : sending->segments->sent_at + rto - now;
  if (to_rto > 0)
    wait = MIN(wait, to_rto);
  tcp_timer_set(conn, TCP_TIMER_LOSS_PROBE, tcp_after(conn, wait));
  return true;
}

/* RFC 8985 7.3: one probe an episode; new data if there is any, else the last segment. */
void
tcp_rack_on_loss_probe_timer(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->tlp_out) {
    tcp_timer_rearm_from_head(conn);
  } else {
    bool sent_new = tcp_output_new_segment(conn);
    TcpSegment *last = sending->segments_tail;
    if (!sent_new && !last->sacked)
      tcp_send_segment(conn, last, PACKET_CAUSE_TAIL_LOSS_PROBE);
    sending->tlp_out = true;
    sending->tlp_resent = !sent_new;
    sending->tlp_end = conn->snd_nxt;
    /* The time-out starts anew, so that the probe has its chance. */
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, tcp_rto_current(conn)));
  }
}

/* RFC 8985 7.4: did the probe repair a loss? Then the window is cut, as for any loss. */
void
tcp_rack_on_probe_ack(TcpConn *conn, const Packet *packet, const TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  uint32_t ack = packet->tcp.ack;
  if (!sending->tlp_out || seq_before(ack, sending->tlp_end))
    return;
  if (!sending->tlp_resent || seen->dsack_of_probe) {
    sending->tlp_out = false;
  } else if (seq_after(ack, sending->tlp_end)) {
    sending->tlp_out = false;
    if (conn->recovery < TCP_RECOVERY_FAST) {
      tcp_cwnd_reduce(conn);
      tcp_cwnd_to_threshold(conn);
      tcp_validation_reset(conn);  /* nothing is left to be repaired */
      sending->undo_armed = false; /* the loss was real: nothing of an earlier episode undoes it */
      tcp_recovery_tell(conn, conn->recovery, false);
    }
  } else if (seen->duplicate && seen->newly_sacked == 0) {
    sending->tlp_out = false;
  }
}
