/* tcp-close: ending a connection: in order, by reset, or by simply going away.
 *
 * Closing with unread data, and data that comes when nobody will read it, draw a reset (RFC 1122
 * 4.2.2.13, RFC 2525 2.17): the peer must learn that its data was lost.
 * An orphan (closed, and not done with sending) costs memory for a program that is gone: a host has
 * so many and no more, and the next one is reset. Left out of Linux's rule: that an orphan whose
 * peer is silent counts double. Supported standards: RFC 9293 3.6, 3.10.4, 3.10.5; RFC
 * 1122 4.2.2.13, 4.2.2.20; RFC 1337; RFC 6191; RFC 7323 B.2. */
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
tcp_stop_reading(TcpConn *conn)
{
  conn->unread = true;
}

/* Linux's tcp_orphan_count: FIN-WAIT-2 and TIME-WAIT have nothing more to send and do not count. */
void
tcp_close_count_orphan(TcpConn *conn)
{
  bool orphan =
      conn->closed_by_user && !conn->dead &&
      (conn->state == TCP_FIN_WAIT_1 || conn->state == TCP_CLOSING || conn->state == TCP_LAST_ACK);
  if (orphan == conn->orphan)
    return;
  conn->orphan = orphan;
  if (orphan)
    conn->host->orphans++;
  else
    conn->host->orphans--;
}

static void
reset_and_die(TcpConn *conn)
{
  tcp_send_reset(conn, PACKET_CAUSE_ABORT);
  tcp_conn_die(conn, TCP_ERROR_ABORTED);
}

void
tcp_close(TcpConn *conn)
{
  if (conn->dead || conn->closed_by_user)
    return;
  bool outer = tcp_begin(conn);
  if (tcp_is_open(conn) && conn->state != TCP_TIME_WAIT && tcp_receivable(conn) > 0) {
    reset_and_die(conn);
  } else if (conn->profile->linger == 0 && conn->state != TCP_TIME_WAIT) {
    tcp_abort(conn);
  } else {
    conn->closed_by_user = conn->unread = true;
    tcp_shutdown(conn);
    tcp_close_count_orphan(conn);
    if (conn->state == TCP_FIN_WAIT_2 && conn->profile->fin_timeout != SIM_TIME_NEVER)
      tcp_timer_set(conn, TCP_TIMER_FIN_WAIT_2, tcp_after(conn, conn->profile->fin_timeout));
    /* Linux's tcp_check_oom(): nobody is there to miss the end, and memory is short. */
    if (conn->orphan && conn->host->orphans > conn->profile->max_orphans)
      reset_and_die(conn);
  }
  tcp_finish(conn, outer);
}

bool
tcp_lingers(const TcpConn *conn)
{
  return !conn->dead && (conn->state == TCP_FIN_WAIT_1 || conn->state == TCP_CLOSING ||
                         conn->state == TCP_LAST_ACK);
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
G_GNUC_NO_INLINE void
tcp_close_on_fin_acked(TcpConn *conn)
{
  if (conn->state == TCP_FIN_WAIT_1) {
    tcp_set_state(conn, TCP_FIN_WAIT_2);
    if (conn->closed_by_user && conn->profile->fin_timeout != SIM_TIME_NEVER)
      tcp_timer_set(conn, TCP_TIMER_FIN_WAIT_2, tcp_after(conn, conn->profile->fin_timeout));
  } else if (conn->state == TCP_CLOSING) {
    tcp_close_time_wait(conn);
  } else if (conn->state == TCP_LAST_ACK) {
    tcp_conn_die(conn, TCP_OK);
  }
}

/* The peer's FIN was taken: RFC 9293 3.10.7.4, eighth check. */
G_GNUC_NO_INLINE void
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
G_GNUC_NO_INLINE void
tcp_close_time_wait(TcpConn *conn)
{
  tcp_timer_cancel(conn, TCP_TIMER_RETRANSMIT);
  tcp_timer_cancel(conn, TCP_TIMER_PERSIST);
  tcp_set_state(conn, TCP_TIME_WAIT);
  if (G_UNLIKELY(conn->host->ports != NULL))
    tcp_ports_time_wait(conn);
  tcp_timer_set(conn, TCP_TIMER_TIME_WAIT, tcp_after(conn, conn->profile->time_wait));
}

/* -- what follows a TIME-WAIT -- */

#define ISN_STEP 65537         /* Linux's: beyond any window that was not scaled */
#define REUSE_DELAY SIM_SECOND /* Linux's tcp_tw_reuse_delay: the peer's clock has ticked */

/* RFC 1122 4.2.2.13 (b): "assigns its initial sequence number for the new connection to be larger
 * than the largest sequence number it used on the previous connection incarnation". */
G_GNUC_NO_INLINE uint32_t
tcp_close_next_iss(const TcpConn *conn)
{
  return conn->snd_nxt + ISN_STEP;
}

/* Linux's tcp_tw_reuse: timestamps tell the old connection's segments from the new one's, once the
 * clock behind them has ticked (RFC 7323 appendix B.2 (b)). */
bool
tcp_close_reuses(const TcpHost *host, NetAddressId remote, const TcpProfile *profile)
{
  if (profile->time_wait_reuse == TCP_REUSE_OFF ||
      (profile->time_wait_reuse == TCP_REUSE_LOOPBACK && !node_has_address(host->node, remote)))
    return false;
  return profile->timestamps;
}

SimTime
tcp_close_reusable_at(const TcpConn *conn)
{
  bool stamped = conn->state == TCP_TIME_WAIT && !conn->dead && conn->timestamps;
  return stamped ? sim_time_add(conn->ts_recent_at, REUSE_DELAY) : SIM_TIME_NEVER;
}

bool
tcp_close_may_take_over(const TcpConn *conn, const TcpProfile *profile)
{
  return tcp_close_reuses(conn->host, conn->ends.remote, profile) &&
         tcp_now(conn) >= tcp_close_reusable_at(conn);
}

/* RFC 6191 2: a SYN is from a new connection when its timestamp is beyond the old one's, or is the
 * first that there is; when the timestamps are equal or it has none, its number has to be beyond
 * what the old one used. An older timestamp is an old duplicate's, whatever its number. */
static bool
may_reopen(const TcpConn *conn, const TcpHeader *tcp)
{
  if ((tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
    return false;
  bool stamped = tcp->options & TCP_OPT_TIMESTAMPS;
  if (stamped && !conn->timestamps)
    return true;
  if (stamped && tcp->ts_value != conn->ts_recent)
    return seq_after(tcp->ts_value, conn->ts_recent);
  return seq_after(tcp->seq, conn->rcv_nxt);
}

G_GNUC_NO_INLINE bool
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
  /* RFC 6191 2: "Otherwise, silently drop the incoming SYN segment, thus leaving the previous
   * incarnation of the connection in the TIME-WAIT state." */
  if (conn->profile->time_wait_drops_syn && (tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
    return false;
  /* "The only thing that can arrive in this state is a retransmission of the remote FIN.
   * Acknowledge it, and restart the 2 MSL timeout." A stray ACK that is in place says nothing. */
  if (packet_tcp_length(packet) > 0) {
    if (tcp->flags & TCP_FIN)
      tcp_timer_set(conn, TCP_TIMER_TIME_WAIT, tcp_after(conn, conn->profile->time_wait));
    tcp_send_ack(conn, PACKET_CAUSE_DUPLICATE_ACK);
  } else if (tcp->seq != conn->rcv_nxt) {
    tcp_challenge(conn, PACKET_CAUSE_CHALLENGE_ACK);
  }
  return false;
}
