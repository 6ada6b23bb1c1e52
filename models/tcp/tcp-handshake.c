/* tcp-handshake: opening a connection, actively, passively and from both sides at once.
 *
 * Both ends keep a timer: the SYN's (with Linux's linear time-outs before the back-off, where the
 * profile has them) and the SYN+ACK's. A SYN is kept in no queue: it is made again when needed.
 * Supported standards: RFC 9293 3.5, 3.10.7.3; RFC 6298 2.1, 5.7. */
#include "models/tcp/tcp-conn.h"

uint8_t
tcp_handshake_backoff(const TcpConn *conn)
{
  int64_t doublings = conn->backoff;
  if (conn->opener && conn->state == TCP_SYN_SENT)
    doublings -= conn->profile->syn_linear_timeouts;
  return (uint8_t)MAX(doublings, 0);
}

SimTime
tcp_handshake_timeout(const TcpConn *conn)
{
  unsigned backoff = tcp_handshake_backoff(conn);
  SimTime rto = conn->profile->initial_rto;
  if (backoff > 0 && conn->profile->syn_backoff_from > 0)
    rto = conn->profile->syn_backoff_from;
  for (unsigned i = backoff; i > 0 && rto < conn->profile->max_rto; i--)
    rto *= 2;
  return MIN(rto, conn->profile->max_rto);
}

static void
start_timer(TcpConn *conn)
{
  SimTime due = tcp_after(conn, tcp_handshake_timeout(conn));
  if (conn->profile->connect_timeout != SIM_TIME_NEVER)
    due =
        MAX(MIN(due, sim_time_add(conn->opened_at, conn->profile->connect_timeout)), tcp_now(conn));
  tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, due);
}

/* RFC 9293 3.10.1: OPEN, active. */
void
tcp_handshake_open(TcpConn *conn)
{
  tcp_window_start(conn);
  tcp_set_state(conn, TCP_SYN_SENT);
  conn->snd_nxt = conn->iss + 1 + conn->syn_data;
  tcp_send_syn(conn, PACKET_CAUSE_NEW);
  start_timer(conn);
}

/* The SYN that a listener took, RFC 9293 3.10.7.2, third check. */
void
tcp_handshake_take_syn(TcpConn *conn, const Packet *syn)
{
  conn->irs = syn->tcp.seq;
  conn->rcv_nxt = conn->rcv_wup = conn->last_ack_sent = syn->tcp.seq + 1;
  tcp_options_from_syn(conn, syn);
  tcp_ecn_from_syn(conn, syn);
  tcp_window_start(conn);
  tcp_input_window(conn, syn);
}

void
tcp_handshake_passive(TcpConn *conn, const Packet *syn)
{
  tcp_handshake_take_syn(conn, syn);
  tcp_set_state(conn, TCP_SYN_RECEIVED);
  conn->snd_nxt = conn->iss + 1;
  tcp_fastopen_on_syn(conn, syn);
  tcp_send_syn(conn, PACKET_CAUSE_NEW);
  start_timer(conn);
}

/* The SYN timer or the SYN+ACK timer went off. RFC 9293 3.8.3: R2 for a SYN is given by a count. */
G_GNUC_NO_INLINE void
tcp_handshake_retransmit(TcpConn *conn)
{
  const TcpProfile *profile = conn->profile;
  int64_t retries = conn->state == TCP_SYN_SENT
                        ? profile->syn_retries + profile->syn_linear_timeouts
                        : tcp_listener_synack_retries(conn);
  conn->timeouts++;
  bool over = profile->user_timeout != SIM_TIME_NEVER
                  ? tcp_now(conn) - conn->unacked_since >= profile->user_timeout
                  : conn->backoff >= retries;
  over |= profile->connect_timeout != SIM_TIME_NEVER &&
          tcp_now(conn) - conn->opened_at >= profile->connect_timeout;
  if (over) {
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  tcp_listener_no_longer_young(conn);
  bool silent = tcp_listener_is_deferred(conn);
  conn->backoff++;
  conn->events |= TCP_EVENT_TIMEOUT;
  if (!silent)
    tcp_send_syn(conn, PACKET_CAUSE_RTO);
  start_timer(conn);
}

/* The round trip of our SYN: exact when it was sent once; else by the timestamp that came back. */
static void
sample_round_trip(TcpConn *conn, const Packet *packet)
{
  if (conn->syn_sent == 1)
    tcp_rto_on_sample(conn, tcp_now(conn) - conn->opened_at);
  else if (tcp_options_round_trip(conn, packet) > 0)
    tcp_rto_on_sample(conn, tcp_options_round_trip(conn, packet));
  else if (conn->syn_sent > 0) /* 0: a SYN cookie came back, and nobody knows when it went out */
    /* RFC 6298 5.7: "If the timer expires awaiting the ACK of a SYN segment and the TCP
     * implementation is using an RTO less than 3 seconds, the RTO MUST be re-initialized to 3
     * seconds when data transmission begins". */
    conn->rto = MAX(conn->rto, 3 * SIM_SECOND);
}

G_GNUC_NO_INLINE bool
tcp_handshake_established(TcpConn *conn, const Packet *packet)
{
  bool early = conn->fast_open == TCP_FAST_OPEN_TAKEN; /* it is in use already */
  if (conn->listener != NULL && !conn->queued && !tcp_listener_offer(conn, packet))
    return false;
  conn->snd_una = conn->iss + 1;
  tcp_accecn_on_third(conn, packet);
  tcp_timer_cancel(conn, TCP_TIMER_RETRANSMIT);
  sample_round_trip(conn, packet);
  conn->backoff = 0;
  conn->soft_error = ICMP_OTHER;
  conn->connect_time = tcp_now(conn) - conn->opened_at;
  tcp_keepalive_start(conn);
  tcp_set_state(conn, TCP_ESTABLISHED);
  conn->snd_wl1 = packet->tcp.seq;
  conn->snd_wl2 = packet->tcp.ack;
  tcp_input_window(conn, packet);
  tcp_mtu_start(conn);
  if (!early)
    tcp_cwnd_start(conn);
  tcp_fastopen_on_established(conn, packet);
  tcp_timer_rearm(conn);
  conn->events |= TCP_EVENT_CONNECTED;
  return true;
}

/* RFC 9293 3.5, figure 7: both ends sent a SYN. */
static void
simultaneous(TcpConn *conn, const Packet *packet)
{
  tcp_input_window(conn, packet);
  tcp_set_state(conn, TCP_SYN_RECEIVED);
  conn->backoff = 0;
  tcp_send_syn(conn, PACKET_CAUSE_NEW);
  start_timer(conn);
}

/* The ACK is of something that we never sent. By the RFC the reset is all that comes of it; Linux
 * does not wait a whole time-out until it asks the peer, which now knows better, once more. */
static SIM_RARE void
input_bad_ack(TcpConn *conn, const Packet *packet)
{
  if (!(packet->tcp.flags & TCP_RST))
    tcp_reply_reset(conn->host, packet, PACKET_CAUSE_NO_CONNECTION);
  if (conn->profile->syn_after_bad_ack == SIM_TIME_NEVER || conn->backoff > 0)
    return;
  tcp_timer_cancel(conn, TCP_TIMER_RETRANSMIT);
  tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, conn->profile->syn_after_bad_ack));
}

/* RFC 9293 3.10.7.3: SYN-SENT STATE. */
G_GNUC_NO_INLINE void
tcp_handshake_syn_sent(TcpConn *conn, Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  bool ack = tcp->flags & TCP_ACK;
  /* First: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set ...)"
   */
  if (ack && (seq_at_or_before(tcp->ack, conn->iss) || seq_after(tcp->ack, conn->snd_nxt))) {
    input_bad_ack(conn, packet);
    return;
  }
  /* Second: "If the RST bit is set ... If the ACK was acceptable, signal to the user 'error:
   * connection reset' ... Otherwise (no ACK), drop the segment". */
  if (tcp->flags & TCP_RST) {
    if (ack)
      tcp_conn_die(conn, TCP_ERROR_REFUSED);
    return;
  }
  /* Fourth: the SYN. */
  if (!(tcp->flags & TCP_SYN))
    return;
  conn->irs = tcp->seq;
  conn->rcv_nxt = conn->rcv_wup = conn->last_ack_sent = tcp->seq + 1;
  tcp_options_from_syn(conn, packet);
  tcp_ecn_from_syn(conn, packet);
  if (!ack) {
    simultaneous(conn, packet);
    return;
  }
  tcp_handshake_established(conn, packet);
  conn->ack_due = TCP_ACK_NOW;
  conn->ack_cause = PACKET_CAUSE_NEW;
  if (conn->profile->synack_text || packet_tcp_length(packet) == 1)
    tcp_input_text(conn, packet);
  tcp_fastopen_send_waiting(conn);
  /* The ACK that completes the handshake goes out before any other data. */
  if (conn->ack_due == TCP_ACK_NOW)
    tcp_send_ack(conn, conn->ack_cause);
  tcp_output(conn);
}
