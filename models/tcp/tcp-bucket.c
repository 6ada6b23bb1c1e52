/* tcp-bucket: an orphan in FIN-WAIT-2, as Linux keeps it.
 *
 * A program has closed, and all that it wrote is acknowledged: nothing is expected any more but the
 * peer's FIN. Linux keeps of such a connection what it keeps of a TIME-WAIT (it calls both a
 * bucket), and answers by that little: tcp_timewait_state_process(). Unlike the connection it was,
 * it goes with any reset and any SYN in its window, answers a reset outside of it, and does not
 * look at what an ACK acknowledges. Where fin_timeout is longer than a TIME-WAIT, the connection
 * stays whole at first, and shrinks for the last of it. What is in place and no FIN is the same to
 * both: those never come here (tcp_input).
 * RFC 9293 knows nothing of the kind: a profile without fin_wait_2_bucket stays with 3.10.7.4. */
#include "models/tcp/tcp-conn.h"

bool
tcp_bucket_is(const TcpConn *conn)
{
  return conn->state == TCP_FIN_WAIT_2 && conn->profile->fin_wait_2_bucket &&
         tcp_timer_armed(conn, TCP_TIMER_FIN_WAIT_2) &&
         conn->timers[TCP_SLOT_LINGER].due - tcp_now(conn) <= conn->profile->time_wait;
}

/* Linux's tcp_in_window(): an empty segment may stand at the right edge, too. */
static bool
is_in_window(const TcpConn *conn, uint32_t seq, uint32_t end)
{
  uint32_t from = conn->rcv_nxt, to = seq_max(conn->rcv_wup + conn->rcv_wnd, conn->rcv_nxt);
  return seq == from || (seq_after(end, from) && seq_before(seq, to)) || (seq == to && seq == end);
}

static void
reset(TcpConn *conn, const Packet *packet)
{
  tcp_reply_reset(conn->host, packet, PACKET_CAUSE_NO_CONNECTION);
  tcp_conn_die(conn, TCP_ERROR_ABORTED);
}

SIM_RARE void
tcp_bucket_input(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  uint32_t length = packet_tcp_length(packet), end = tcp->seq + length;
  if (tcp_options_is_old(conn, packet) || !is_in_window(conn, tcp->seq, end)) {
    /* "Out of window, send ACK", a reset or not. */
    if (length > 0 && !(tcp->flags & TCP_SYN))
      tcp_send_ack(conn, PACKET_CAUSE_DUPLICATE_ACK);
    else
      tcp_challenge(conn, PACKET_CAUSE_DUPLICATE_ACK);
  } else if (tcp->flags & TCP_RST) {
    tcp_conn_die(conn, TCP_ERROR_RESET);
  } else if (tcp->flags & TCP_SYN && seq_at_or_after(tcp->seq, conn->rcv_nxt)) {
    reset(conn, packet);
  } else if (!(tcp->flags & TCP_ACK) || length == 0 || !seq_after(end, conn->rcv_nxt)) {
    /* It says nothing. */
  } else if (!(tcp->flags & TCP_FIN) || end != conn->rcv_nxt + 1) {
    /* "New data or FIN. If new data arrive after half-duplex close, reset." */
    reset(conn, packet);
  } else {
    tcp_options_take_timestamp(conn, packet);
    tcp_input_text(conn, packet); /* the FIN: TIME-WAIT */
    tcp_send_ack(conn, PACKET_CAUSE_NEW);
  }
}
