/* tcp-input: SEGMENT ARRIVES (RFC 9293 3.10.7), check by check in the order of the RFC.
 *
 * What a segment does to the connection is decided here; what is sent because of it follows at the
 * end, once: data first (it carries the ACK), else the ACK that is due.
 * Resets are in tcp-reset.c. Supported standards: RFC 9293 3.10.7, RFC 5961 (challenge ACKs), RFC
 * 7323 5 (PAWS), RFC 2883 (duplicates are reported). */
#include "models/tcp/tcp-conn.h"

/* Linux's tcp_invalid_ratelimit: a connection answers doubtful segments no more often than this. */
#define CHALLENGE_INTERVAL (500 * SIM_MILLISECOND)

void
tcp_challenge(TcpConn *conn, PacketCause cause)
{
  SimTime now = tcp_now(conn);
  if (conn->challenged_at >= 0 && now - conn->challenged_at < CHALLENGE_INTERVAL)
    return;
  conn->challenged_at = now;
  tcp_send_ack(conn, cause);
}

/* An ACK for a segment that was not taken. An empty one may itself be such an answer: the limit
 * keeps two ends that disagree from answering each other for ever. */
static SIM_RARE void
answer_duplicate(TcpConn *conn, const Packet *packet)
{
  if (packet_tcp_length(packet) > 0)
    tcp_send_ack(conn, PACKET_CAUSE_DUPLICATE_ACK);
  else
    tcp_challenge(conn, PACKET_CAUSE_DUPLICATE_ACK);
}

/* -- first: sequence number -- */

static uint32_t
right_edge(const TcpConn *conn)
{
  return seq_max(conn->rcv_wup + conn->rcv_wnd, conn->rcv_nxt);
}

/* RFC 9293 3.4, the table of four cases. */
static bool
acceptable(const TcpConn *conn, const Packet *packet)
{
  uint32_t seq = packet->tcp.seq, length = packet_tcp_length(packet);
  uint32_t end = right_edge(conn);
  if (length == 0)
    return seq == conn->rcv_nxt || (seq_at_or_after(seq, conn->rcv_nxt) && seq_before(seq, end));
  if (end == conn->rcv_nxt)
    return false;
  if (!conn->profile->trim_to_window && seq_after(seq + packet->payload, end))
    return false;
  uint32_t last = seq + length - 1;
  return (seq_at_or_after(seq, conn->rcv_nxt) && seq_before(seq, end)) ||
         (seq_at_or_after(last, conn->rcv_nxt) && seq_before(last, end));
}

/* RFC 2883 4.1: data that was already received is reported by the ACK it draws. */
static SIM_RARE void
note_duplicate(TcpConn *conn, const Packet *packet)
{
  uint32_t seq = packet->tcp.seq, end = seq + packet_tcp_length(packet);
  if (end != seq && seq_before(seq, conn->rcv_nxt) && conn->profile->dsack && conn->sack_ok) {
    TcpReceiving *receiving = tcp_work_receiving(conn);
    receiving->dsack_seq_start = seq;
    receiving->dsack_seq_end = seq_before(end, conn->rcv_nxt) ? end : conn->rcv_nxt;
  }
}

/* The peer's SYN once more. With data (Fast Open) that reaches beyond what was taken of it, it lies
 * in the window, and yet is no other connection's. */
static bool
is_repeated_syn(const TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  return conn->state == TCP_SYN_RECEIVED && tcp->seq == conn->irs &&
         (tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* RFC 5961 4.2: "If the SYN bit is set, irrespective of the sequence number, TCP MUST send an ACK
 * (also referred to as challenge ACK)". */
static SIM_RARE bool
challenges_syn(const TcpConn *conn, const Packet *packet)
{
  return packet->tcp.flags & TCP_SYN && conn->profile->challenge_ack &&
         (tcp_synchronized(conn) || conn->opener);
}

static SIM_RARE void
answer_unacceptable(TcpConn *conn, const Packet *packet)
{
  if (packet->tcp.flags & TCP_RST) {
    if (tcp_reset_is_after_fin(conn, packet->tcp.seq))
      tcp_reset_take(conn);
    return;
  }
  /* Where both ends sent a SYN, the peer's repeated one is a SYN as any other to Linux, too. */
  if (is_repeated_syn(conn, packet) && conn->profile->synack_for_repeated_syn && !conn->opener) {
    tcp_accecn_on_repeated_syn(conn, packet);
    tcp_send_syn(conn, PACKET_CAUSE_REPEATED_SYN);
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, tcp_handshake_timeout(conn)));
    return;
  }
  if (challenges_syn(conn, packet)) {
    tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
    return;
  }
  /* "If an incoming segment is not acceptable, an acknowledgment should be sent in reply". */
  note_duplicate(conn, packet);
  conn->quick = MAX(conn->quick, 2);
  answer_duplicate(conn, packet);
}

/* -- fourth: SYN -- */

/* RFC 9293 3.10.7.4, fourth: "SYN-RECEIVED STATE: If the connection was initiated with a passive
 * OPEN, then return this connection to the LISTEN state". Linux's tcp_check_req() says so to the
 * peer, and looks at the ACK first. */
static SIM_RARE void
input_syn_half_open(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (conn->profile->reset_for_half_open_syn) {
    tcp_reply_reset(conn->host, packet, PACKET_CAUSE_NO_CONNECTION);
    /* "We try not to reset the local connection unless it's really necessary": it is in use. */
    if (conn->fast_open == TCP_FAST_OPEN_TAKEN ||
        (tcp->flags & TCP_ACK && tcp->ack != conn->snd_nxt))
      return;
  }
  tcp_conn_die(conn, TCP_ERROR_RESET);
}

static SIM_RARE void
input_syn(TcpConn *conn, const Packet *packet)
{
  if (conn->state == TCP_SYN_RECEIVED && !conn->opener)
    input_syn_half_open(conn, packet);
  else if (conn->profile->challenge_ack)
    tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
  else {
    tcp_send_reset(conn, PACKET_CAUSE_ABORT);
    tcp_conn_die(conn, TCP_ERROR_RESET);
  }
}

/* -- sixth to eighth: text and FIN (the fifth, ACK, is in tcp-input-ack.c) -- */

/* Data that comes after the user has said that he will read no more, and our FIN is out (RFC 1122
 * 4.2.2.13: "if new data is received after CLOSE is called, its TCP SHOULD send a RST"). */
static G_GNUC_NO_INLINE bool
nobody_reads(const TcpConn *conn, const Packet *packet)
{
  bool gap_fin = conn->profile->reset_for_gap_fin && packet->tcp.flags & TCP_FIN;
  return (packet->payload > 0 || gap_fin) &&
         seq_after(packet->tcp.seq + packet->payload, conn->rcv_nxt) &&
         (conn->state == TCP_FIN_WAIT_1 || conn->state == TCP_FIN_WAIT_2);
}

SIM_INLINE void
input_text(TcpConn *conn, const Packet *packet)
{
  if (conn->ecn && packet->payload > 0)
    tcp_ecn_on_data(conn, packet);
  if (G_UNLIKELY(conn->unread) && nobody_reads(conn, packet)) {
    tcp_reply_reset(conn->host, packet, PACKET_CAUSE_ABORT);
    tcp_conn_die(conn, conn->closed_by_user ? TCP_ERROR_ABORTED : TCP_ERROR_RESET);
    return;
  }
  tcp_urgent_take(conn, packet);
  if ((packet->payload > 0 || packet->tcp.flags & TCP_FIN) &&
      (tcp_can_receive(conn) || conn->state == TCP_SYN_RECEIVED))
    tcp_receive_data(conn, packet);
  if (conn->fin_known && !conn->fin_taken && conn->nxt_position == conn->fin_position)
    tcp_receive_fin(conn);
}

void
tcp_input_text(TcpConn *conn, const Packet *packet)
{
  input_text(conn, packet);
}

/* SYN-RECEIVED: does this ACK complete the handshake? False: the segment is dropped. */
static G_GNUC_NO_INLINE bool
input_ack_syn_received(TcpConn *conn, Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (seq_at_or_before(tcp->ack, conn->iss) || seq_after(tcp->ack, conn->snd_nxt)) {
    tcp_reply_reset(conn->host, packet, PACKET_CAUSE_NO_CONNECTION);
    return false;
  }
  if (tcp_listener_defers(conn, packet) || !tcp_handshake_established(conn, packet))
    return false;
  if (conn->fin_queued)
    tcp_set_state(conn, TCP_FIN_WAIT_1);
  return true;
}

/* Both ends sent a SYN: the peer's SYN+ACK stands before our window, and is what we wait for
 * (RFC 9293 figure 7, line 6; by the letter of 3.10.7.4 it would be answered and dropped). */
static bool
simultaneous_synack(const TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  return conn->state == TCP_SYN_RECEIVED && conn->opener && tcp->seq == conn->irs &&
         (tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK) &&
         tcp->ack == conn->snd_nxt;
}

static SIM_RARE void
input_simultaneous_synack(TcpConn *conn, Packet *packet)
{
  if (!input_ack_syn_received(conn, packet))
    return;
  tcp_input_window(conn, packet);
  note_duplicate(conn, packet);
  tcp_send_ack(conn, PACKET_CAUSE_DUPLICATE_ACK);
  tcp_output(conn);
}

/* RFC 9293 3.8.6: with a closed window no text is acceptable, but an ACK in it counts. */
static bool
closed_window_ack(const TcpConn *conn, const Packet *packet)
{
  return packet->tcp.seq == conn->rcv_nxt && right_edge(conn) == conn->rcv_nxt &&
         (packet->tcp.flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK && tcp_synchronized(conn);
}

/* RFC 7323 3.2: "If a non-<RST> segment is received without a TSopt, a TCP SHOULD silently drop the
 * segment." */
static bool
lacks_timestamp(const TcpConn *conn, const Packet *packet)
{
  return conn->profile->drop_without_timestamp && conn->timestamps &&
         !(packet->tcp.options & TCP_OPT_TIMESTAMPS) && !(packet->tcp.flags & TCP_RST);
}

/* Header prediction (Jacobson 1990): the segment that everybody expects, behind the one before,
 * within the window and with nothing but an ACK in its flags, passes every check there is. */
static bool
is_expected(const TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  uint32_t room = conn->rcv_wup + conn->rcv_wnd - tcp->seq;
  if ((tcp->flags & ~TCP_PSH) != TCP_ACK || tcp->seq != conn->rcv_nxt ||
      conn->state == TCP_SYN_RECEIVED || (int32_t)room < (int32_t)packet->payload)
    return false;
  return !conn->timestamps ||
         (tcp->options & TCP_OPT_TIMESTAMPS && seq_at_or_after(tcp->ts_value, conn->ts_recent));
}

/* An ACK was taken: what it lets out, and the timer for what is out. */
static SIM_HOT void
output_after_ack(TcpConn *conn)
{
  tcp_output(conn);
  if (conn->sending->rearm_due) {
    conn->sending->rearm_due = false;
    tcp_timer_rearm(conn);
  }
}

/* RFC 9293 3.10.7.4, first to fifth check: may the segment's ACK and text be looked at? False: it
 * is dealt with. */
static G_GNUC_NO_INLINE bool
passes_checks(TcpConn *conn, Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (tcp_bucket_is(conn)) {
    tcp_bucket_input(conn, packet);
    return false;
  }
  if (simultaneous_synack(conn, packet)) {
    input_simultaneous_synack(conn, packet);
    return false;
  }
  if (lacks_timestamp(conn, packet))
    return false;
  if (tcp_options_paws_reject(conn, packet)) {
    if (challenges_syn(conn, packet)) {
      tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
      return false;
    }
    note_duplicate(conn, packet);
    answer_duplicate(conn, packet);
    return false;
  }
  if (!acceptable(conn, packet) || is_repeated_syn(conn, packet)) {
    if (closed_window_ack(conn, packet) && tcp_input_ack(conn, packet))
      output_after_ack(conn);
    if (!conn->dead)
      answer_unacceptable(conn, packet);
    return false;
  }
  if (tcp->flags & TCP_RST) {
    tcp_reset_input(conn, tcp);
    return false;
  }
  if (tcp->flags & TCP_SYN) {
    input_syn(conn, packet);
    return false;
  }
  return tcp->flags & TCP_ACK &&
         (conn->state != TCP_SYN_RECEIVED || input_ack_syn_received(conn, packet));
}

/* RFC 9293 3.10.7.4: OTHER STATES. */
static SIM_HOT void
input_other(TcpConn *conn, Packet *packet)
{
  if (G_UNLIKELY(!is_expected(conn, packet)) && !passes_checks(conn, packet))
    return;
  tcp_options_take_timestamp(conn, packet);
  if (conn->accecn != NULL)
    tcp_accecn_on_segment(conn, packet);
  if (!tcp_input_ack(conn, packet))
    return;
  input_text(conn, packet);
  if (conn->dead)
    return;
  output_after_ack(conn);
  tcp_ack_wanted(conn);
}

static SIM_RARE void
input_closed(TcpHost *host, const Packet *packet)
{
  if (!(packet->tcp.flags & TCP_RST))
    tcp_reply_reset(host, packet, PACKET_CAUSE_NO_CONNECTION);
}

static SIM_HOT void
input_conn(TcpConn *conn, Packet *packet)
{
  conn->segments_received++;
  conn->heard_at = tcp_now(conn);
  conn->keepalives = 0;
  /* Of what is out, two segments have come as a rule, and the third is looked at. */
  const TcpSegment *oldest = conn->sending->segments;
  if (oldest != NULL && oldest->next != NULL)
    __builtin_prefetch(oldest->next->next);
  if (conn->state == TCP_SYN_SENT)
    tcp_handshake_syn_sent(conn, packet);
  else
    input_other(conn, packet);
}

/* The ACK that brought a SYN cookie back: the connection is made by it, or not at all. */
static SIM_RARE void
input_cookie(TcpConn *conn, Packet *packet)
{
  bool outer = tcp_begin(conn);
  input_conn(conn, packet);
  if (conn->state == TCP_SYN_RECEIVED)
    tcp_conn_die(conn, TCP_ERROR_RESET);
  tcp_finish(conn, outer);
}

/* A connection that was not looked at for a round trip is in no near cache: its lines come
 * together. */
static inline void
fetch(const TcpConn *conn)
{
  for (size_t line = 64; line < 320; line += 64)
    __builtin_prefetch((const char *)conn + line);
}

/* Its ends as we see them. */
static inline TcpEndpoints
ends_of(const Packet *packet)
{
  return (TcpEndpoints){
      .local = packet->destination,
      .remote = packet->source,
      .local_port = packet->tcp.destination_port,
      .remote_port = packet->tcp.source_port,
  };
}

/* For no connection, or one in TIME-WAIT, which a SYN may end (RFC 9293 3.10.7.4, RFC 6191). */
static G_GNUC_NO_INLINE void
input_to_host(TcpHost *host, TcpConn *conn, Packet *packet)
{
  TcpEndpoints ends = ends_of(packet);
  int64_t iss = -1;
  if (conn != NULL) {
    uint32_t next_iss = tcp_close_next_iss(conn);
    bool outer = tcp_begin(conn);
    bool reopen = tcp_close_time_wait_input(conn, packet);
    tcp_finish(conn, outer);
    if (!reopen)
      return;
    iss = next_iss;
  }
  TcpListener *listener = tcp_listener_find(host, ends.local_port);
  if (listener == NULL)
    input_closed(host, packet);
  else if ((conn = tcp_listen_input(listener, packet, &ends, iss)) != NULL)
    input_cookie(conn, packet);
}

SIM_HOT void
tcp_input(void *self, Packet *packet, LinkDirection *arrived_on)
{
  TcpHost *host = self;
  TcpEndpoints ends = ends_of(packet);
  TcpConn *conn = tcp_host_find(host, &ends);
  if (G_LIKELY(conn != NULL && conn->state != TCP_TIME_WAIT)) {
    fetch(conn);
    bool outer = tcp_begin(conn);
    input_conn(conn, packet);
    tcp_finish(conn, outer);
  } else {
    input_to_host(host, conn, packet);
  }
  packet_free(host->net, packet);
}
