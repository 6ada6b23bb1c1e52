/* tcp-reset: resets that come for a connection: which of them count, and what one does (RFC 9293
 * 3.10.7.4, second check; RFC 5961 3.2). In SYN-SENT, in TIME-WAIT and to a bucket they are looked
 * at where those are. Supported standards: RFC 9293 3.10.7.4, RFC 5961 3. */
#include "models/tcp/tcp-conn.h"

SIM_RARE void
tcp_reset_take(TcpConn *conn)
{
  switch ((TcpState)conn->state) {
  case TCP_SYN_RECEIVED:
    /* "If this connection was initiated with a passive OPEN, then return this connection to the
     * LISTEN state ... The user need not be informed." */
    tcp_conn_die(conn, conn->opener ? TCP_ERROR_REFUSED : TCP_ERROR_RESET);
    return;
  case TCP_CLOSING:
  case TCP_LAST_ACK:
    tcp_conn_die(conn, TCP_OK);
    return;
  default:
    tcp_conn_die(conn, TCP_ERROR_RESET);
    return;
  }
}

/* Linux's tcp_reset_check(): macOS, when a program is interrupted, sends its FIN and then a reset
 * of the same number, and hardly answers a challenge. */
SIM_RARE bool
tcp_reset_is_after_fin(const TcpConn *conn, uint32_t seq)
{
  return conn->profile->reset_after_fin && seq == conn->rcv_nxt - 1 &&
         (conn->state == TCP_CLOSE_WAIT || conn->state == TCP_LAST_ACK ||
          conn->state == TCP_CLOSING);
}

/* Linux: who aborts while something of his is missing sends his reset from where he stands, which
 * is behind the last block that we report. A blind attacker does not know that number either. */
static SIM_RARE bool
is_behind_the_last_block(const TcpConn *conn, uint32_t seq)
{
  const TcpReceiving *receiving = conn->receiving;
  uint64_t last = 0;
  for (unsigned i = 0; i < receiving->recent_count; i++)
    last = MAX(last, receiving->recent[i].end);
  return last > 0 && conn->sack_ok && seq == tcp_receive_seq(conn, last);
}

/* RFC 5961 3.2: exactly the next expected byte resets; elsewhere in the window draws a challenge.
 */
SIM_RARE void
tcp_reset_input(TcpConn *conn, const TcpHeader *tcp)
{
  if (tcp->seq == conn->rcv_nxt || !conn->profile->challenge_ack ||
      tcp_reset_is_after_fin(conn, tcp->seq) ||
      (conn->profile->reset_beyond_hole && is_behind_the_last_block(conn, tcp->seq)))
    tcp_reset_take(conn);
  else
    tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
}
