/* tcp-close: ending a connection: in order, by reset, or by simply going away.
 *
 * Closing with unread data, and data that comes when nobody will read it, draw a reset (RFC 1122
 * 4.2.2.13, RFC 2525 2.17): the peer must learn that its data was lost.
 * Supported standards: RFC 9293 3.6, 3.10.4, 3.10.5; RFC 1122 4.2.2.13, 4.2.2.20; RFC 1337. */
#include "models/tcp/tcp-conn.h"

/* Queues our FIN behind what is written. */
static void
queue_fin(TcpConn *conn)
{
  if (conn->fin_queued)
    return;
  conn->fin_queued = true;
  if (conn->state == TCP_ESTABLISHED || conn->state == TCP_SYN_RECEIVED)
    tcp_set_state(conn, TCP_FIN_WAIT_1);
  else if (conn->state == TCP_CLOSE_WAIT)
    tcp_set_state(conn, TCP_LAST_ACK);
  tcp_output(conn);
}

void
tcp_shutdown(TcpConn *conn)
{
  if (conn->dead)
    return;
  bool outer = tcp_begin(conn);
  /* RFC 9293 3.10.4: CLOSE in SYN-SENT deletes the TCB. In SYN-RECEIVED it waits. */
  if (conn->state == TCP_SYN_SENT)
    tcp_conn_die(conn, TCP_ERROR_ABORTED);
  else if (conn->state == TCP_SYN_RECEIVED)
    conn->fin_queued = true;
  else
    queue_fin(conn);
  tcp_finish(conn, outer);
}

void
tcp_close(TcpConn *conn)
{
  if (conn->dead || conn->closed_by_user)
    return;
  bool outer = tcp_begin(conn);
  if (tcp_synchronized(conn) && conn->state != TCP_TIME_WAIT && tcp_receivable(conn) > 0) {
    tcp_send_reset(conn, PACKET_CAUSE_ABORT);
    tcp_conn_die(conn, TCP_ERROR_ABORTED);
  } else {
    conn->closed_by_user = true;
    tcp_shutdown(conn);
    if (conn->state == TCP_FIN_WAIT_2 && conn->profile->fin_timeout != SIM_TIME_NEVER)
      tcp_timer_set(conn, TCP_TIMER_FIN_WAIT_2, tcp_now(conn) + conn->profile->fin_timeout);
  }
  tcp_finish(conn, outer);
}

/* RFC 9293 3.10.5: ABORT. */
void
tcp_abort(TcpConn *conn)
{
  if (conn->dead)
    return;
  bool outer = tcp_begin(conn);
  if (conn->state == TCP_SYN_RECEIVED || conn->state == TCP_ESTABLISHED ||
      conn->state == TCP_FIN_WAIT_1 || conn->state == TCP_FIN_WAIT_2 ||
      conn->state == TCP_CLOSE_WAIT)
    tcp_send_reset(conn, PACKET_CAUSE_ABORT);
  tcp_conn_die(conn, TCP_ERROR_ABORTED);
  tcp_finish(conn, outer);
}

void
tcp_vanish(TcpConn *conn)
{
  if (conn->dead)
    return;
  bool outer = tcp_begin(conn);
  tcp_conn_die(conn, TCP_ERROR_ABORTED);
  tcp_finish(conn, outer);
}

void
tcp_release(TcpConn *conn)
{
  bool outer = tcp_begin(conn);
  conn->ops = NULL;
  conn->held = false;
  tcp_close(conn);
  tcp_finish(conn, outer);
}

/* Our FIN is acknowledged. */
void
tcp_close_on_fin_acked(TcpConn *conn)
{
  if (conn->state == TCP_FIN_WAIT_1) {
    tcp_set_state(conn, TCP_FIN_WAIT_2);
    if (conn->closed_by_user && conn->profile->fin_timeout != SIM_TIME_NEVER)
      tcp_timer_set(conn, TCP_TIMER_FIN_WAIT_2, tcp_now(conn) + conn->profile->fin_timeout);
  } else if (conn->state == TCP_CLOSING) {
    tcp_close_time_wait(conn);
  } else if (conn->state == TCP_LAST_ACK) {
    tcp_conn_die(conn, TCP_OK);
  }
}

/* The peer's FIN was taken: RFC 9293 3.10.7.4, eighth check. */
void
tcp_close_on_fin(TcpConn *conn)
{
  if (conn->state == TCP_ESTABLISHED || conn->state == TCP_SYN_RECEIVED)
    tcp_set_state(conn, TCP_CLOSE_WAIT);
  else if (conn->state == TCP_FIN_WAIT_1)
    tcp_set_state(conn, TCP_CLOSING); /* our FIN is not acknowledged, or it would be FIN-WAIT-2 */
  else if (conn->state == TCP_FIN_WAIT_2)
    tcp_close_time_wait(conn);
}

/* RFC 9293 3.6.1: 2 MSL, restarted by each repeated FIN. */
void
tcp_close_time_wait(TcpConn *conn)
{
  tcp_timer_cancel(conn, TCP_TIMER_RETRANSMIT);
  tcp_timer_cancel(conn, TCP_TIMER_PERSIST);
  tcp_set_state(conn, TCP_TIME_WAIT);
  tcp_timer_set(conn, TCP_TIMER_TIME_WAIT, tcp_now(conn) + conn->profile->time_wait);
}

/* RFC 9293 3.10.7.4 and RFC 1122 4.2.2.13: a new SYN may reopen the connection when its number (or
 * its timestamp) is beyond what the old one used; else it is an old duplicate. */
static bool
may_reopen(const TcpConn *conn, const TcpHeader *tcp)
{
  if ((tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
    return false;
  if (conn->timestamps && tcp->options & TCP_OPT_TIMESTAMPS &&
      seq_after(tcp->ts_value, conn->ts_recent))
    return true;
  return seq_after(tcp->seq, conn->rcv_nxt);
}

bool
tcp_close_time_wait_input(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (may_reopen(conn, tcp) && tcp_listener_find(conn->host, conn->ends.local_port) != NULL) {
    tcp_conn_die(conn, TCP_OK);
    return true;
  }
  if (tcp->flags & TCP_RST) {
    /* RFC 1337: a reset must not cut TIME-WAIT short; Linux lets it, when it is in place. */
    if (!conn->profile->rfc1337 && tcp->seq == conn->rcv_nxt)
      tcp_conn_die(conn, TCP_OK);
    return false;
  }
  /* "The only thing that can arrive in this state is a retransmission of the remote FIN.
   * Acknowledge it, and restart the 2 MSL timeout." A stray ACK that is in place says nothing. */
  if (packet_tcp_length(packet) > 0) {
    if (tcp->flags & TCP_FIN)
      tcp_timer_set(conn, TCP_TIMER_TIME_WAIT, tcp_now(conn) + conn->profile->time_wait);
    tcp_send_ack(conn, PACKET_CAUSE_DUPLICATE_ACK);
  } else if (tcp->seq != conn->rcv_nxt) {
    tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
  }
  return false;
}
