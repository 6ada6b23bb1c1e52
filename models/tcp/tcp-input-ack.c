/* tcp-input-ack: the ACK field of a segment (the fifth check of RFC 9293 3.10.7.4): what it takes
 * off the list of segments, which round trip it tells, what it says about the peer's window, and
 * whether it is a duplicate. What follows for the congestion window is in tcp-recovery.c. Supported
 * standards: RFC 9293 3.10.7.4, RFC 5961 5, RFC 5681 2, RFC 6298 3, RFC 7323 4. */
#include "models/tcp/tcp-conn.h"

/* The oldest segment has arrived. */
static void
drop_head(TcpConn *conn, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  TcpSegment *segment = sending->segments;
  if (seen->acked_segments == 0)
    seen->rtt = tcp_now(conn) - segment->sent_at;
  seen->acked_segments++;
  seen->acked_bytes += segment->length;
  conn->fin_acked |= !!(segment->flags & TCP_FIN);
  sending->segments = segment->next;
  sending->segments_out--;
  tcp_segment_free(conn, segment);
}

/* Of the oldest segment only a part has arrived. */
static SIM_RARE void
cut_head(TcpConn *conn, uint32_t ack, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  TcpSegment *segment = sending->segments;
  uint32_t part = MIN(ack - segment->seq, segment->length);
  if (segment->lost)
    sending->lost_bytes -= part;
  if (segment->sacked)
    sending->sacked_bytes -= part;
  segment->seq += part;
  segment->length -= part;
  seen->acked_bytes += part;
}

/* Takes what `ack` covers off the list, and says what it was. */
static void
take_acked(TcpConn *conn, uint32_t ack, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  bool again = false;
  while (sending->segments != NULL) {
    TcpSegment *segment = sending->segments;
    if (seq_before(ack, tcp_segment_end(segment))) {
      if (seq_after(ack, segment->seq))
        cut_head(conn, ack, seen);
      break;
    }
    again |= segment->retransmits > 0;
    if (segment->sacked) {
      sending->sacked_out--;
      sending->sacked_bytes -= segment->length;
    } else {
      tcp_sack_delivered(conn, segment, seen);
    }
    tcp_sack_clear_lost(conn, segment);
    tcp_sack_clear_resent(conn, segment);
    if (sending->lost_hint == segment)
      sending->lost_hint = segment->next;
    if (sending->sack_last == segment)
      sending->sack_last = NULL;
    if (sending->rack_passed == segment)
      sending->rack_passed = NULL;
    drop_head(conn, seen);
  }
  if (sending->segments == NULL)
    sending->segments_tail = NULL;
  else
    __builtin_prefetch(sending->segments->next);
  /* Karn's rule: what a retransmission had a part in tells no time. */
  if (again)
    seen->rtt = 0;
}

/* A round-trip sample: by the clock from segments sent once, else by the echoed timestamp. */
static SIM_HOT void
sample(TcpConn *conn, const Packet *packet, TcpAckSeen *seen)
{
  if (seen->rtt == 0 && seen->advanced)
    seen->rtt = tcp_options_round_trip(conn, packet);
  if (seen->rtt == 0)
    seen->rtt = seen->sack_rtt;
  if (seen->rtt > 0) {
    conn->backoff = 0; /* RFC 6298 5: kept until a valid sample */
    if (!tcp_rto_is_timed(conn))
      return;
    tcp_rto_on_sample(conn, seen->rtt);
    conn->sending->timed_end = conn->snd_nxt;
  }
}

/* Nothing is being repaired, asked for or measured, and the segment reports nothing. */
static bool
is_calm(const TcpConn *conn, const Packet *packet)
{
  const TcpSending *sending = conn->sending;
  return conn->recovery == TCP_RECOVERY_OPEN && !sending->tlp_out && conn->probes == 0 &&
         sending->rate == NULL && conn->accecn == NULL && !(packet->tcp.options & TCP_OPT_SACK) &&
         !tcp_timer_armed(conn, TCP_TIMER_PERSIST);
}

/* Is the ACK no more than what it covers: nothing is lost, reported or sent again, and nothing that
 * was sent later than the oldest data has arrived? */
static bool
is_in_order(const TcpConn *conn, const Packet *packet)
{
  const TcpSending *sending = conn->sending;
  return conn->sack_ok && !conn->ecn && sending->segments != NULL &&
         sending->segments->sent_at >= sending->rack_sent_at &&
         (sending->lost_out | sending->sacked_out | sending->dup_acks | sending->resent_out) == 0 &&
         is_calm(conn, packet);
}

/* take_acked() for that. False: it has come to what was sent again and then, by an undo, no longer
 * counts as that. */
static bool
take_in_order(TcpConn *conn, uint32_t ack, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  for (TcpSegment *segment; (segment = sending->segments) != NULL; drop_head(conn, seen)) {
    if (segment->retransmits > 0)
      return false;
    if (seq_before(ack, tcp_segment_end(segment))) {
      if (seq_after(ack, segment->seq))
        cut_head(conn, ack, seen);
      __builtin_prefetch(segment->next);
      return true;
    }
    seen->delivered++;
    seen->delivered_bytes += segment->length;
    tcp_rack_advance(conn, segment);
  }
  sending->segments_tail = NULL;
  return true;
}

static SIM_HOT void
data_acked(TcpConn *conn, const Packet *packet, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  uint32_t ack = packet->tcp.ack;
  conn->snd_una = ack;
  conn->una_position += seen->acked_bytes;
  stream_drop(&sending->out, conn->una_position);
  sending->first_timeout_at = -1;
  sending->retries = 0;
  if (G_UNLIKELY(sending->search.size != 0))
    tcp_mtu_on_ack(conn);
  conn->unacked_since = tcp_now(conn);
  if (conn->writer_waits && tcp_may_send(conn)) {
    conn->writer_waits = false;
    conn->events |= TCP_EVENT_WRITABLE;
  }
}

/* The peer answered while the persist timer asks. A byte that a probe carried and that found no
 * room is sent again as soon as there is some; else the next probe waits its time from now. */
static void
probe_answered(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  conn->probes = 0;
  if (!tcp_timer_armed(conn, TCP_TIMER_PERSIST))
    return;
  if (conn->snd_wnd > 0 && sending->segments != NULL)
    tcp_recovery_mark_lost(conn, sending->segments, PACKET_CAUSE_WINDOW_PROBE);
  tcp_output_persist(conn);
}

void
tcp_input_window(TcpConn *conn, const Packet *packet)
{
  uint8_t scale = packet->tcp.flags & TCP_SYN ? 0 : conn->snd_scale;
  conn->snd_wnd = (uint32_t)packet->tcp.window << scale;
  conn->max_window = MAX(conn->max_window, conn->snd_wnd);
}

/* RFC 9293 3.10.7.4: SND.WND from segments that are not older than the last one used. Linux takes
 * it from a new ACK, from a segment beyond the last one, or when it grows or shuts. True: this is a
 * window update (and so no duplicate ACK). */
static bool
update_window(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  uint32_t before = conn->snd_wnd, offer = (uint32_t)tcp->window << conn->snd_scale;
  bool later = seq_before(conn->snd_wl1, tcp->seq), same = conn->snd_wl1 == tcp->seq;
  bool take = later || (same && seq_at_or_before(conn->snd_wl2, tcp->ack));
  if (conn->profile->keep_larger_window)
    take = later || seq_after(tcp->ack, conn->snd_una) || (same && (offer > before || offer == 0));
  if (!take)
    return false;
  tcp_input_window(conn, packet);
  conn->snd_wl1 = tcp->seq;
  conn->snd_wl2 = tcp->ack;
  return conn->profile->keep_larger_window || conn->snd_wnd != before;
}

/* The peer sends and we listen: nothing of ours is out. What the peer says of marks means nothing
 * then, but for the counts of accurate ECN. */
static bool
tells_nothing(const TcpConn *conn, const Packet *packet)
{
  if (conn->accecn == NULL && !tcp_work_has_sent(conn))
    return true;
  return conn->sending->segments == NULL && packet->tcp.ack == conn->snd_una && !conn->fin_acked &&
         is_calm(conn, packet);
}

/* What the ACK of data may mean, with all that may be said of what is out. */
static SIM_HOT void
take_ack(TcpConn *conn, const Packet *packet, bool may_be_duplicate, TcpAckSeen *seen)
{
  TcpSending *sending = conn->sending;
  tcp_rate_begin_ack(conn);
  tcp_sack_take(conn, packet, seen);
  if (seen->advanced) {
    take_acked(conn, packet->tcp.ack, seen);
    data_acked(conn, packet, seen);
  } else if (sending->segments != NULL && packet_tcp_length(packet) == 0 && may_be_duplicate &&
             conn->snd_wnd > 0) {
    /* RFC 5681 section 2, (a) to (e). */
    seen->duplicate = true;
    conn->duplicate_acks++;
  }
  sending->sacked_end = seen->sacked_end;
  tcp_ecn_on_ack(conn, packet, seen);
  sample(conn, packet, seen);
  probe_answered(conn);
  tcp_rack_on_probe_ack(conn, packet, seen);
  tcp_recovery_on_ack(conn, seen);
}

/* RFC 6298 5.2, 5.3. Where what is sent because of this ACK will set the timer anyway, it is left
 * to who calls. */
static void
rearm(TcpConn *conn, bool in_order)
{
  TcpSending *sending = conn->sending;
  sending->rearm_due = in_order && sending->segments != NULL && sending->pacer == NULL &&
                       tcp_timer_armed(conn, TCP_TIMER_LOSS_PROBE);
  if (!sending->rearm_due)
    tcp_timer_rearm(conn);
}

/* False when the segment is to be dropped. */
SIM_HOT bool
tcp_input_ack(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (seq_after(tcp->ack, conn->snd_nxt)) {
    /* "If the ACK acks something not yet sent ..., then send an ACK, drop the segment". */
    if (!tcp_bucket_is(conn))
      tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
    return false;
  }
  if (seq_before(tcp->ack, conn->snd_una)) {
    /* RFC 5961 5.2: acceptable is SND.UNA - MAX.SND.WND =< SEG.ACK; else a challenge. */
    if (conn->profile->challenge_ack && seq_before(tcp->ack, conn->snd_una - conn->max_window)) {
      tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
      return false;
    }
    return true;
  }
  conn->soft_error = ICMP_OTHER;                   /* the path works */
  bool first = conn->events & TCP_EVENT_CONNECTED; /* the third packet, behind data of ours */
  bool window_changed = update_window(conn, packet);
  if (tells_nothing(conn, packet))
    return true;
  TcpAckSeen seen = {.flight = tcp_pipe(conn),
                     .prior_una = conn->snd_una,
                     .advanced = seq_after(tcp->ack, conn->snd_una),
                     .outstanding = conn->sending->segments != NULL};
  if (conn->timestamps && tcp->options & TCP_OPT_TIMESTAMPS)
    seen.echo = tcp->ts_echo;
  if (!tcp_work_has_sent(conn)) {
    tcp_ecn_on_ack(conn, packet, &seen);
    return true;
  }
  bool in_order =
      seen.advanced && is_in_order(conn, packet) && take_in_order(conn, tcp->ack, &seen);
  if (in_order) {
    data_acked(conn, packet, &seen);
    sample(conn, packet, &seen);
    tcp_recovery_on_ack_in_order(conn, &seen);
  } else {
    take_ack(conn, packet, !window_changed && !first, &seen);
  }
  if (seen.acked_segments > 0 && !seen.keep_timer)
    rearm(conn, in_order);
  if (conn->fin_acked)
    tcp_close_on_fin_acked(conn);
  return !conn->dead;
}
