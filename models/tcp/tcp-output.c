/* tcp-output: what is sent, and when: one ladder of reasons, one place where packets are made.
 *
 * Retransmissions go first, then new data, then a FIN on the last of it. Data waits for the peer's
 * window (and then the persist timer keeps asking), for cwnd, and, when it is less than a segment,
 * for Nagle (RFC 1122 4.2.3.4; Minshall's variant waits only behind another short segment) and for
 * the sender's half of silly-window avoidance (RFC 9293 3.8.6.2.1).
 * PSH is on the segment that ends a write, and where half the peer's window went by without one.
 * Supported standards: RFC 9293 3.7.4, 3.8.6, 3.10.7.1; RFC 1122 4.2.3.4; RFC 5681 4.1. */
#include "models/tcp/tcp-conn.h"

/* -- packets -- */

static Packet *
packet_for(TcpConn *conn, uint16_t flags, uint32_t seq)
{
  TcpHost *host = conn->host;
  Packet *packet = packet_new(host->net, host->node);
  packet->protocol = NET_PROTO_TCP;
  packet->source = conn->ends.local;
  packet->destination = conn->ends.remote;
  packet->family = net_address(host->net, conn->ends.remote)->family;
  packet->marks |= PACKET_DONT_FRAGMENT | PACKET_HAS_ISS;
  TcpHeader *tcp = &packet->tcp;
  tcp->source_port = conn->ends.local_port;
  tcp->destination_port = conn->ends.remote_port;
  tcp->seq = seq;
  tcp->flags = flags;
  tcp->header_length = 20;
  tcp->iss = conn->iss;
  if (flags & TCP_ACK)
    tcp->ack = conn->rcv_nxt;
  if (conn->state != TCP_SYN_SENT) {
    tcp->irs = conn->irs;
    packet->marks |= PACKET_HAS_IRS;
  }
  return packet;
}

/* The window field, and everything that an ACK on its way out changes. */
static void
finish_packet(TcpConn *conn, Packet *packet)
{
  TcpHeader *tcp = &packet->tcp;
  if (tcp->flags & TCP_SYN) {
    tcp->window = (uint16_t)MIN(conn->rcv_wnd, 65535);
    conn->rcv_wup = conn->rcv_nxt;
  } else if (tcp->flags & TCP_RST) {
    tcp->window = (uint16_t)MIN(conn->rcv_wnd >> conn->rcv_scale, 65535);
    packet->window_scale = conn->rcv_scale;
  } else {
    tcp->window = (uint16_t)(tcp_receive_window(conn) >> conn->rcv_scale);
    packet->window_scale = conn->rcv_scale;
  }
  tcp_options_write(conn, packet);
  if (tcp->flags & TCP_ACK && !(tcp->flags & TCP_RST))
    tcp_receive_ack_sent(conn);
  conn->segments_sent++;
  node_send(conn->host->node, packet);
}

void
tcp_send_ack(TcpConn *conn, PacketCause cause)
{
  Packet *packet = packet_for(conn, TCP_ACK, conn->snd_nxt);
  packet->cause = (uint8_t)cause;
  finish_packet(conn, packet);
}

void
tcp_send_syn(TcpConn *conn, PacketCause cause)
{
  uint16_t flags = conn->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;
  Packet *packet = packet_for(conn, flags, conn->iss);
  packet->cause = (uint8_t)cause;
  packet->retransmit = conn->syn_sent;
  if (conn->syn_sent > 0)
    conn->retransmits++;
  if (conn->syn_sent < UINT8_MAX)
    conn->syn_sent++;
  finish_packet(conn, packet);
}

void
tcp_send_reset(TcpConn *conn, PacketCause cause)
{
  Packet *packet = packet_for(conn, TCP_RST | TCP_ACK, conn->snd_nxt);
  packet->cause = (uint8_t)cause;
  finish_packet(conn, packet);
}

/* RFC 9293 3.10.7.1: "If the ACK bit is off, sequence number zero is used, <SEQ=0>
 * <ACK=SEG.SEQ+SEG.LEN> <CTL=RST,ACK>; if the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>". */
void
tcp_reply_reset(TcpHost *host, const Packet *packet)
{
  const TcpHeader *in = &packet->tcp;
  Packet *reset = packet_new(host->net, host->node);
  reset->protocol = NET_PROTO_TCP;
  reset->source = packet->destination;
  reset->destination = packet->source;
  reset->family = packet->family;
  reset->cause = PACKET_CAUSE_NO_CONNECTION;
  reset->marks |= PACKET_DONT_FRAGMENT;
  TcpHeader *tcp = &reset->tcp;
  tcp->source_port = in->destination_port;
  tcp->destination_port = in->source_port;
  tcp->header_length = 20;
  if (in->flags & TCP_ACK) {
    tcp->flags = TCP_RST;
    tcp->seq = in->ack;
  } else {
    tcp->flags = TCP_RST | TCP_ACK;
    tcp->ack = in->seq + packet_tcp_length(packet);
  }
  /* Its numbers are the sender's: seen from there, ours are its irs. */
  tcp->iss = in->irs;
  tcp->irs = in->iss;
  if (packet->marks & PACKET_HAS_IRS)
    reset->marks |= PACKET_HAS_ISS;
  if (packet->marks & PACKET_HAS_ISS)
    reset->marks |= PACKET_HAS_IRS;
  node_send(host->node, reset);
}

static void
copy_payload(TcpConn *conn, Packet *packet, uint64_t position)
{
  if (!stream_has(&conn->out, position, packet->payload))
    return;
  PacketExt *ext = packet_ext(conn->host->net, packet);
  ext->payload = g_malloc(packet->payload);
  stream_get(&conn->out, position, ext->payload, packet->payload);
}

void
tcp_send_segment(TcpConn *conn, TcpSegment *segment, PacketCause cause)
{
  bool again = cause != PACKET_CAUSE_NEW;
  Packet *packet = packet_for(conn, TCP_ACK | segment->flags, segment->seq);
  packet->cause = (uint8_t)cause;
  packet->payload = segment->length;
  copy_payload(conn, packet, tcp_send_position(conn, segment->seq));
  if (again) {
    if (segment->retransmits < UINT8_MAX)
      segment->retransmits++;
    conn->retransmits++;
    if (segment->lost) {
      segment->lost = false;
      conn->lost_out--;
      conn->lost_bytes -= segment->length;
    }
  }
  packet->retransmit = segment->retransmits;
  segment->sent_at = tcp_now(conn);
  conn->last_send_at = segment->sent_at;
  conn->bytes_sent += segment->length;
  if (segment->length > 0)
    tcp_receive_data_sent(conn);
  finish_packet(conn, packet);
  /* RFC 6298 5.1; and the head that is sent again gets its whole time. */
  if (!tcp_timer_armed(conn, TCP_TIMER_PERSIST) &&
      (!tcp_timer_armed(conn, TCP_TIMER_RETRANSMIT) || (again && segment == conn->segments)))
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_now(conn) + tcp_rto_current(conn));
}

/* -- the ladder -- */

uint64_t
tcp_pipe(const TcpConn *conn)
{
  /* Each duplicate ACK is a segment that has left the network. */
  uint32_t left = conn->recovery == TCP_RECOVERY_FAST || conn->profile.limited_transmit
                    ? conn->dup_acks
                    : 0;
  if (conn->profile.cwnd_counts_segments) {
    uint32_t gone = conn->lost_out + left;
    return gone < conn->segments_out ? (uint64_t)(conn->segments_out - gone) * conn->mss : 0;
  }
  uint64_t flight = conn->snd_nxt - conn->snd_una - (conn->fin_sent && !conn->fin_acked);
  uint64_t gone = conn->lost_bytes + (uint64_t)left * conn->mss;
  return gone < flight ? flight - gone : 0;
}

typedef enum {
  SEND_NOTHING,    /* nothing to send, or it waits for something that will come */
  SEND_AGAIN,      /* a segment that is believed lost */
  SEND_NEW,        /* new data, perhaps with the FIN, or the FIN alone */
  SEND_WHEN_ASKED, /* the window is shut and nothing is out: the persist timer asks */
  SEND_CWND,       /* cwnd is used up */
} SendAct;

typedef struct SendPlan {
  SendAct act;
  TcpSegment *segment; /* AGAIN */
  uint32_t length;     /* NEW: payload */
  bool fin;            /* NEW: with the FIN */
} SendPlan;

static bool
nagle_holds(const TcpConn *conn, uint32_t length)
{
  if (!conn->profile.nagle || conn->fin_queued || length >= conn->mss || conn->segments == NULL)
    return false;
  return !conn->profile.minshall || seq_after(conn->small_end, conn->snd_una);
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

static SendPlan
decide(const TcpConn *conn)
{
  TcpSegment *lost = tcp_recovery_next(conn);
  uint64_t pipe = tcp_pipe(conn);
  uint64_t cost = conn->profile.cwnd_counts_segments ? conn->mss : 0;
  if (lost != NULL)
    return pipe + (cost ? cost : lost->length) > conn->cc.cwnd && pipe > 0
             ? (SendPlan){.act = SEND_CWND}
             : (SendPlan){.act = SEND_AGAIN, .segment = lost};
  uint64_t unsent = conn->written - position_of_next(conn);
  bool fin = conn->fin_queued && !conn->fin_sent;
  if ((unsent == 0 && !fin) || conn->fin_sent)
    return (SendPlan){.act = SEND_NOTHING};
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  uint32_t window = seq_after(edge, conn->snd_nxt) ? edge - conn->snd_nxt : 0;
  uint32_t length = (uint32_t)MIN(MIN(unsent, conn->mss), window);
  if (unsent > 0 && (length == 0 || (length < unsent && silly(conn, length))))
    return (SendPlan){.act = conn->segments == NULL ? SEND_WHEN_ASKED : SEND_NOTHING};
  if (pipe + (cost ? cost : length) > conn->cc.cwnd && pipe > 0)
    return (SendPlan){.act = SEND_CWND};
  if (length > 0 && nagle_holds(conn, length))
    return (SendPlan){.act = SEND_NOTHING};
  return (SendPlan){.act = SEND_NEW, .length = length, .fin = fin && length == unsent};
}

/* Does a write end exactly at `end`, or is it long since the peer was pushed? */
static bool
wants_push(TcpConn *conn, uint64_t end)
{
  bool push = end - conn->pushed > conn->max_window / 2;
  GArray *marks = conn->push_marks;
  guint n = 0;
  while (marks != NULL && n < marks->len && g_array_index(marks, uint64_t, n) <= end)
    push |= g_array_index(marks, uint64_t, n++) == end;
  if (n > 0)
    g_array_remove_range(marks, 0, n);
  if (push)
    conn->pushed = end;
  return push;
}

static TcpSegment *
append_segment(TcpConn *conn, uint32_t length, bool fin)
{
  TcpSegment *segment = sim_slab_alloc_zero(&conn->host->segments);
  segment->seq = conn->snd_nxt;
  segment->length = length;
  if (length > 0 && wants_push(conn, position_of_next(conn) + length))
    segment->flags |= TCP_PSH;
  if (fin)
    segment->flags |= TCP_FIN;
  if (conn->segments_tail != NULL)
    conn->segments_tail->next = segment;
  else
    conn->segments = segment;
  conn->segments_tail = segment;
  conn->segments_out++;
  conn->snd_nxt += length + fin;
  conn->fin_sent |= fin;
  if (length < conn->mss)
    conn->small_end = conn->snd_nxt;
  return segment;
}

/* Linux's tcp_cwnd_validate(): was cwnd what stopped us? Growth depends on it (RFC 7661 4). */
static void
note_usage(TcpConn *conn, bool limited)
{
  if (seq_at_or_after(conn->snd_una, conn->max_out_seq) || limited ||
      (!conn->cwnd_limited && conn->segments_out > conn->max_out)) {
    conn->cwnd_limited = limited;
    conn->max_out = conn->segments_out;
    conn->max_out_seq = conn->snd_nxt;
  }
}

void
tcp_persist_restart(TcpConn *conn)
{
  SimTime wait = conn->rto;
  for (unsigned i = 0; i < conn->probe_backoff && wait < conn->profile.max_rto; i++)
    wait *= 2;
  tcp_timer_set(conn, TCP_TIMER_PERSIST, tcp_now(conn) + MIN(wait, conn->profile.max_rto));
}

static void
stop_persist(TcpConn *conn)
{
  tcp_timer_cancel(conn, TCP_TIMER_PERSIST);
  conn->probe_backoff = 0;
}

static PacketCause
cause_of(const TcpConn *conn, const TcpSegment *segment)
{
  if (conn->recovery == TCP_RECOVERY_LOSS)
    return PACKET_CAUSE_RTO;
  if (conn->recovery == TCP_RECOVERY_FAST)
    return conn->partial_seen ? PACKET_CAUSE_PARTIAL_ACK : PACKET_CAUSE_FAST_RETRANSMIT;
  return PACKET_CAUSE_WINDOW_PROBE;
}

void
tcp_output(TcpConn *conn)
{
  if (conn->dead || !tcp_synchronized(conn) || conn->state == TCP_TIME_WAIT ||
      conn->state == TCP_FIN_WAIT_2)
    return;
  tcp_recovery_on_idle(conn);
  if (conn->segments != NULL && tcp_timer_armed(conn, TCP_TIMER_PERSIST) && conn->lost_out == 0)
    return; /* a probe's byte is out: its answer says what comes next */
  for (bool sent = false;; sent = true) {
    SendPlan plan = decide(conn);
    switch (plan.act) {
    case SEND_AGAIN:
      stop_persist(conn);
      tcp_send_segment(conn, plan.segment, cause_of(conn, plan.segment));
      continue;
    case SEND_NEW:
      stop_persist(conn);
      tcp_send_segment(conn, append_segment(conn, plan.length, plan.fin), PACKET_CAUSE_NEW);
      continue;
    case SEND_WHEN_ASKED:
      if (!tcp_timer_armed(conn, TCP_TIMER_PERSIST))
        tcp_persist_restart(conn);
      break;
    case SEND_NOTHING:
      if (conn->segments == NULL)
        stop_persist(conn);
      break;
    case SEND_CWND:
      break;
    }
    bool limited = tcp_pipe(conn) + conn->mss > conn->cc.cwnd;
    if (sent || plan.act == SEND_CWND)
      note_usage(conn, limited);
    return;
  }
}

/* An old, empty segment, which draws an ACK that tells the window: Linux's probe. */
static void
send_empty_probe(TcpConn *conn)
{
  Packet *packet = packet_for(conn, TCP_ACK, conn->snd_una - 1);
  packet->cause = PACKET_CAUSE_WINDOW_PROBE;
  finish_packet(conn, packet);
}

/* The persist timer. A window that is open but too small to be worth a segment is used now (RFC
 * 1122 4.2.3.4, the override time-out). A shut one is asked for: RFC 1122 4.2.2.17 has "at least
 * one octet of new data". */
void
tcp_send_window_probe(TcpConn *conn)
{
  uint64_t unsent = conn->written - position_of_next(conn);
  uint32_t edge = conn->snd_una + conn->snd_wnd;
  uint32_t window = seq_after(edge, conn->snd_nxt) ? edge - conn->snd_nxt : 0;
  if (conn->segments == NULL && window > 0 && unsent > 0) {
    uint32_t length = (uint32_t)MIN(MIN(unsent, window), conn->mss);
    stop_persist(conn);
    tcp_send_segment(conn, append_segment(conn, length, false), PACKET_CAUSE_NEW);
    return;
  }
  if (conn->probes < UINT8_MAX)
    conn->probes++;
  if (conn->probe_backoff < 30)
    conn->probe_backoff++;
  tcp_persist_restart(conn);
  if (!conn->profile.probe_with_data || unsent == 0)
    send_empty_probe(conn);
  else if (conn->segments == NULL)
    tcp_send_segment(conn, append_segment(conn, 1, false), PACKET_CAUSE_NEW);
  else
    tcp_send_segment(conn, conn->segments, PACKET_CAUSE_WINDOW_PROBE);
}
