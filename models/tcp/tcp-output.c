/* tcp-output: what is sent, and when: one ladder of reasons. Packets are made in tcp-send.c.
 *
 * Retransmissions go first, then new data, then a FIN on the last of it. Data waits for the peer's
 * window (and then the persist timer keeps asking), for cwnd, and, when it is less than a segment,
 * for Nagle (RFC 1122 4.2.3.4; Minshall's variant waits only behind another short segment) and for
 * the sender's half of silly-window avoidance (RFC 9293 3.8.6.2.1). A cork (Linux's TCP_CORK) holds
 * what is less than a segment, too. What may go waits for its time where the connection paces
 * (tcp-pacing.c).
 * PSH stands where tcp_send() marked it.
 * Supported standards: RFC 9293 3.7.4, 3.8.6, 3.10.7.1; RFC 1122 4.2.3.4. */
#include "models/tcp/tcp-conn.h"

#include "models/net/path-mtu.h"

/* Bytes of data between SND.UNA and SND.NXT. */
static uint64_t
flight(const TcpConn *conn)
{
  return conn->snd_nxt - conn->snd_una - (conn->fin_sent && !conn->fin_acked);
}

SIM_HOT uint64_t
tcp_pipe(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  if (sending->lost_out + sending->sacked_out + sending->dup_acks == 0)
    return conn->profile->cwnd_counts_segments ? (uint64_t)sending->segments_out * conn->mss
                                               : flight(conn);
  /* What SACK reported has left the network; without it each duplicate ACK is a segment that has.
   * RFC 3042: before recovery this lets new data out, if the profile allows. */
  bool counts = conn->recovery >= TCP_RECOVERY_FAST || conn->profile->limited_transmit;
  uint32_t left = counts ? sending->sacked_out + sending->dup_acks : 0;
  if (conn->profile->cwnd_counts_segments) {
    uint32_t gone = sending->lost_out + left;
    uint32_t out = sending->segments_out + sending->twice_out;
    return gone < out ? (uint64_t)(out - gone) * conn->mss : 0;
  }
  uint64_t out = flight(conn) + sending->twice_bytes, gone = sending->lost_bytes;
  if (counts)
    gone += sending->sacked_bytes + (uint64_t)sending->dup_acks * conn->mss;
  return gone < out ? out - gone : 0;
}

typedef enum {
  SEND_NOTHING,    /* nothing to send, or it waits for something that will come */
  SEND_AGAIN,      /* a segment that is believed lost */
  SEND_NEW,        /* new data, perhaps with the FIN, or the FIN alone */
  SEND_WHEN_ASKED, /* the window is shut (or a cork is in) and nothing is out: the persist timer */
  SEND_CWND,       /* cwnd is used up */
  SEND_LATER,      /* it is paced: its time has not come */
} SendAct;

typedef struct SendPlan {
  SendAct act;
  TcpSegment *segment; /* AGAIN */
  uint32_t length;     /* NEW: payload */
  uint32_t count;      /* NEW: so many of them in a row, nothing else being possible in between */
  bool fin;            /* NEW: with the FIN */
  bool then_cwnd;      /* NEW: behind them cwnd is known to be used up */
} SendPlan;

/* Does less than a segment wait for more? A cork holds it whatever is in flight; switching Nagle
 * off lets out what was held, past the cork too (Linux's TCP_NAGLE_PUSH). */
static bool
short_one_waits(const TcpConn *conn, uint32_t length)
{
  const TcpSending *sending = conn->sending;
  if (conn->fin_queued || length >= conn->mss || conn->push_now || tcp_urgent_mode(conn))
    return false;
  if (conn->profile->cork)
    return true;
  if (!conn->profile->nagle || sending->segments == NULL)
    return false;
  /* Bounded on both sides: a short segment of 2 GB ago is not ahead. */
  return !conn->profile->minshall || (seq_after(sending->small_end, conn->snd_una) &&
                                      seq_at_or_before(sending->small_end, conn->snd_nxt));
}

static uint64_t
position_of_next(const TcpConn *conn)
{
  return tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
}

/* May `length` bytes (less than a segment, not the last) go out? RFC 9293 3.8.6.2.1: not unless
 * they fill half the largest window the peer ever offered. */
static bool
silly(const TcpConn *conn, uint32_t length)
{
  return length < conn->mss && length < conn->max_window / 2;
}

/* Full segments that go one behind the other: each takes as much of every limit. */
static void
plan_row(const TcpConn *conn, SendPlan *plan, uint64_t unsent, uint32_t window, uint64_t room)
{
  uint32_t mss = conn->mss;
  uint32_t by_data = (uint32_t)MIN((unsent - 1) / mss, UINT32_MAX), by_window = window / mss;
  uint32_t by_cwnd = (uint32_t)MIN(room / mss, UINT32_MAX);
  plan->count = MIN(MIN(by_data, by_window), by_cwnd);
  plan->then_cwnd = by_cwnd < by_data && by_cwnd < by_window;
}

/* RFC 6675 5, steps 3.3 and C: a segment goes out "if cwnd - pipe >= 1 SMSS", a short one too. */
static SIM_RARE bool
wants_whole_room(const TcpConn *conn)
{
  return tcp_nextseg_recovers(conn) ||
         (conn->recovery < TCP_RECOVERY_FAST && conn->sending->sack_dup_acks > 0);
}

static SendPlan
decide(TcpConn *conn)
{
  TcpSegment *lost = tcp_recovery_next(conn);
  uint64_t pipe = tcp_pipe(conn);
  uint64_t cost = conn->profile->cwnd_counts_segments || wants_whole_room(conn) ? conn->mss : 0;
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  /* Of what lies beyond a window that has come down only the oldest goes out, as its probe. */
  if (lost != NULL && lost != conn->sending->segments && seq_at_or_after(lost->seq, edge))
    return (SendPlan){.act = SEND_NOTHING};
  if (lost != NULL)
    return pipe + (cost ? cost : lost->length) > conn->cc.cwnd && pipe > 0
               ? (SendPlan){.act = SEND_CWND}
               : (SendPlan){.act = SEND_AGAIN, .segment = lost};
  uint64_t unsent = conn->written - position_of_next(conn);
  bool fin = conn->fin_queued && !conn->fin_sent && tcp_synchronized(conn);
  if ((unsent == 0 && !fin) || conn->fin_sent)
    return (SendPlan){.act = SEND_NOTHING};
  uint32_t window = seq_after(edge, conn->snd_nxt) ? edge - conn->snd_nxt : 0;
  uint32_t length = (uint32_t)MIN(MIN(unsent, conn->mss), window);
  fin = fin && length == unsent;
  /* The FIN takes a sequence number, and so room in the window. */
  bool fin_waits = fin && window == length;
  if ((unsent > 0 && (length == 0 || (length < unsent && silly(conn, length)))) ||
      (fin_waits && (length == 0 || conn->profile->fin_holds_data)))
    return (SendPlan){.act = conn->sending->segments == NULL ? SEND_WHEN_ASKED : SEND_NOTHING};
  if (pipe + (cost ? cost : length) > conn->cc.cwnd && pipe > 0)
    return (SendPlan){.act = SEND_CWND};
  /* The cork's ceiling is the persist timer, one time-out; Linux's manual says 200 ms, which is
   * what its kernel waits where the round trip takes no time. */
  if (length > 0 && short_one_waits(conn, length))
    return (SendPlan){.act = conn->sending->segments == NULL ? SEND_WHEN_ASKED : SEND_NOTHING};
  SendPlan plan = {.act = SEND_NEW, .length = length, .count = 1, .fin = fin && !fin_waits};
  bool in_a_row = length == conn->mss && unsent > length && pipe > 0 &&
                  conn->sending->lost_out == 0 && conn->sending->pacer == NULL;
  if (in_a_row)
    plan_row(conn, &plan, unsent, window, conn->cc.cwnd - pipe);
  return plan;
}

/* The first mark is used up: the next takes its place. */
static void
next_push(TcpSending *sending)
{
  GArray *more = sending->push_more;
  sending->push_at = UINT64_MAX;
  if (more == NULL || more->len == 0)
    return;
  sending->push_at = g_array_index(more, uint64_t, 0);
  g_array_remove_index(more, 0);
}

/* Was a PSH marked exactly at `end`? Marks that a segment's end has passed are gone. */
static bool
wants_push(TcpSending *sending, uint64_t end)
{
  bool push = false;
  while (sending->push_at <= end) {
    push = sending->push_at == end;
    next_push(sending);
  }
  return push;
}

SIM_INLINE TcpSegment *
append_segment(TcpConn *conn, uint32_t length, bool fin)
{
  TcpSending *sending = conn->sending;
  TcpSegment *segment = tcp_segment_new(conn);
  segment->seq = conn->snd_nxt;
  segment->length = length;
  if (sending->push_at != UINT64_MAX && length > 0 &&
      wants_push(sending, position_of_next(conn) + length))
    segment->flags |= TCP_PSH;
  if (fin)
    segment->flags |= length == 0 && sending->fin_cut_off ? TCP_FIN | TCP_PSH : TCP_FIN;
  if (sending->segments_tail != NULL) {
    sending->segments_tail->next = segment;
  } else {
    sending->segments = segment;
    conn->unacked_since = tcp_now(conn);
  }
  sending->segments_tail = segment;
  sending->segments_out++;
  conn->snd_nxt += length + fin;
  conn->fin_sent |= fin;
  if (length < conn->mss)
    sending->small_end = conn->snd_nxt;
  return segment;
}

static void
send_new(TcpConn *conn, uint32_t length, bool fin)
{
  bool again = conn->syn_data > 0 && tcp_fastopen_is_repeated(conn, position_of_next(conn));
  tcp_send_segment(conn, append_segment(conn, length, fin),
                   again ? PACKET_CAUSE_FAST_OPEN : PACKET_CAUSE_NEW);
}

SimTime
tcp_output_persist_wait(const TcpConn *conn)
{
  SimTime wait = conn->rto;
  for (unsigned i = 0; i < conn->probe_backoff && wait < conn->profile->max_rto; i++)
    wait *= 2;
  const TcpProfile *profile = conn->profile;
  return CLAMP(wait, profile->persist_min,
               profile->persist_max > 0 ? profile->persist_max : profile->max_rto);
}

void
tcp_output_persist(TcpConn *conn)
{
  tcp_timer_set(conn, TCP_TIMER_PERSIST, tcp_after(conn, tcp_output_persist_wait(conn)));
}

static void
stop_persist(TcpConn *conn)
{
  tcp_timer_cancel(conn, TCP_TIMER_PERSIST);
  conn->probe_backoff = 0;
  conn->sending->probing_since = -1;
}

/* RFC 9293 3.8.6: when the window has come down a sender "SHOULD retransmit normally the old
 * unacknowledged data between SND.UNA and SND.UNA+SND.WND": of a segment across the edge the part
 * inside, as Linux. The whole of it a receiver may drop (Linux does), and its ACK with it. */
static void
send_again(TcpConn *conn, TcpSegment *segment)
{
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  if (seq_after(edge, segment->seq) && segment->length > edge - segment->seq)
    tcp_mtu_split(conn, segment, edge - segment->seq);
  tcp_send_segment(conn, segment, segment->cause);
  tcp_nextseg_sent(conn, segment);
}

/* RFC 4821 7: a segment that is longer than usual, to see whether it passes. False: what there is
 * waits until it can be sent. */
static SIM_RARE bool
probe_mtu(TcpConn *conn)
{
  uint32_t length;
  TcpMtuProbe probe = tcp_mtu_probe(conn, conn->written - position_of_next(conn), &length);
  if (probe == TCP_MTU_PROBE_SEND) {
    TcpSegment *segment = append_segment(conn, length, false);
    tcp_send_segment(conn, segment, PACKET_CAUSE_MTU_PROBE);
    tcp_mtu_probe_sent(conn, segment);
  }
  return probe != TCP_MTU_PROBE_WAIT;
}

/* Is a full segment waiting behind what is out? More data changes nothing for it. */
static bool
has_full_segment(const TcpConn *conn)
{
  return conn->written - position_of_next(conn) >= conn->mss && conn->sending->segments != NULL &&
         !conn->sending->search.enabled;
}

bool
tcp_output_has_stopped(const TcpConn *conn)
{
  return conn->sending->stopped_at == tcp_now(conn);
}

/* What was written is out, the FIN too if one is due, nothing of it is lost, and nobody asks for a
 * window: there is nothing to decide. */
static bool
is_all_out(const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  return conn->written == position_of_next(conn) && conn->fin_queued == conn->fin_sent &&
         sending->lost_out == 0 && sending->cc_begun && sending->validation == NULL &&
         !sending->search.enabled && !tcp_timer_armed(conn, TCP_TIMER_PERSIST) &&
         !path_mtu_may_differ(conn->host->node, conn->mtu_epoch);
}

/* Reason by reason, until one says that nothing more may go. */
static G_GNUC_NO_INLINE SIM_HOT void
send_what_may_go(TcpConn *conn)
{
  TcpSending *sending = tcp_work_sending(conn);
  if (!sending->cc_begun)
    tcp_cwnd_begin(conn);
  tcp_validation_before_sending(conn);
  if (sending->segments != NULL && tcp_timer_armed(conn, TCP_TIMER_PERSIST) &&
      sending->lost_out == 0)
    return; /* a probe's byte is out: its answer says what comes next */
  if (G_UNLIKELY(path_mtu_may_differ(conn->host->node, conn->mtu_epoch)))
    tcp_mtu_look(conn);
  if (G_UNLIKELY(sending->search.enabled) && !probe_mtu(conn))
    return;
  bool sent_new = false;
  for (bool sent = false;; sent = true) {
    SendPlan plan = decide(conn);
    if ((plan.act == SEND_AGAIN || plan.act == SEND_NEW) && tcp_pacing_holds(conn))
      plan.act = SEND_LATER;
    switch (plan.act) {
    case SEND_AGAIN:
      stop_persist(conn);
      send_again(conn, plan.segment);
      continue;
    case SEND_NEW:
      stop_persist(conn);
      for (uint32_t i = 0; i < plan.count; i++)
        send_new(conn, plan.length, plan.fin);
      sent_new = true;
      if (!plan.then_cwnd)
        continue;
      sent = true;
      plan.act = SEND_CWND;
      break;
    case SEND_WHEN_ASKED:
      if (tcp_synchronized(conn) && !tcp_timer_armed(conn, TCP_TIMER_PERSIST))
        tcp_output_persist(conn);
      break;
    case SEND_NOTHING:
      if (sending->segments == NULL)
        stop_persist(conn);
      break;
    case SEND_CWND:
    case SEND_LATER:
      break;
    }
    bool waits = plan.act == SEND_CWND || plan.act == SEND_NOTHING;
    sending->stopped_at = waits && has_full_segment(conn) ? tcp_now(conn) : -1;
    bool limited = tcp_pipe(conn) + conn->mss > conn->cc.cwnd;
    if (sent || plan.act == SEND_CWND)
      tcp_validation_sent(conn, limited);
    if (sent_new && tcp_synchronized(conn) && /* before, the timer is the SYN+ACK's */
        tcp_rack_schedule_probe(conn, false))
      sending->rearm_due = false;
    return;
  }
}

/* Nothing that is lost is left, and nothing new may go, where cwnd still has room. */
static SIM_RARE void
send_last_resort(TcpConn *conn)
{
  if (tcp_timer_armed(conn, TCP_TIMER_PERSIST)) /* a probe's byte is out */
    return;
  for (TcpSegment *segment; (segment = tcp_nextseg_last_resort(conn)) != NULL;) {
    if (tcp_pacing_holds(conn))
      return;
    send_again(conn, segment);
  }
}

SIM_HOT void
tcp_output(TcpConn *conn)
{
  if (conn->dead || !tcp_is_open(conn) || conn->state == TCP_TIME_WAIT ||
      conn->state == TCP_FIN_WAIT_2 || (conn->written == 0 && !conn->fin_queued))
    return;
  if (!is_all_out(conn)) {
    send_what_may_go(conn);
  } else {
    conn->sending->stopped_at = -1;
    if (conn->sending->segments == NULL)
      stop_persist(conn);
  }
  if (G_UNLIKELY(conn->recovery == TCP_RECOVERY_FAST) && conn->profile->last_resort)
    send_last_resort(conn);
}

static uint32_t
new_length(const TcpConn *conn)
{
  uint64_t unsent = conn->written - position_of_next(conn);
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  uint32_t window = seq_after(edge, conn->snd_nxt) ? edge - conn->snd_nxt : 0;
  return (uint32_t)MIN(MIN(unsent, conn->mss), window);
}

bool
tcp_output_has_new(const TcpConn *conn)
{
  return new_length(conn) > 0;
}

bool
tcp_output_new_segment(TcpConn *conn)
{
  uint32_t length = new_length(conn);
  if (length == 0 || conn->fin_sent)
    return false;
  bool fin = conn->fin_queued && conn->written == position_of_next(conn) + length;
  tcp_send_segment(conn, append_segment(conn, length, fin), PACKET_CAUSE_NEW);
  return true;
}

/* The persist timer. A window that is open but too small to be worth a segment is used now (RFC
 * 1122 4.2.3.4, the override time-out), and what a cork holds goes out. A shut one is asked for:
 * RFC 1122 4.2.2.17 has "at least one octet of new data". */
void
tcp_output_probe(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  uint64_t unsent = conn->written - position_of_next(conn);
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  uint32_t window = seq_after(edge, conn->snd_nxt) ? edge - conn->snd_nxt : 0;
  if (sending->segments == NULL && window > 0 && unsent > 0) {
    uint32_t length = (uint32_t)MIN(MIN(unsent, window), conn->mss);
    sending->fin_cut_off = conn->profile->fin_holds_data && conn->fin_queued && length == unsent;
    stop_persist(conn);
    TcpSegment *segment = append_segment(conn, length, false);
    segment->flags |= TCP_PSH;
    tcp_send_segment(conn, segment, PACKET_CAUSE_NEW);
    return;
  }
  if (conn->probes < UINT8_MAX)
    conn->probes++;
  if (conn->probe_backoff < 30)
    conn->probe_backoff++;
  tcp_output_persist(conn);
  if (!conn->profile->probe_with_data || unsent == 0)
    tcp_send_probe(conn, PACKET_CAUSE_WINDOW_PROBE);
  else if (sending->segments == NULL)
    tcp_send_segment(conn, append_segment(conn, 1, false), PACKET_CAUSE_NEW);
  else
    tcp_send_segment(conn, sending->segments, PACKET_CAUSE_WINDOW_PROBE);
}
