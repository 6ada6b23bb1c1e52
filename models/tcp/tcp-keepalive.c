/* tcp-keepalive: asking a silent peer whether it is still there.
 *
 * Off unless it is asked for. After `idle` of silence an old, empty segment goes out, which draws
 * an ACK from anybody who knows the connection; unanswered ones follow each other at `interval`,
 * and after so many the connection is given up with a reset. Data in flight needs no probe: its own
 * time-out asks; data that waits for the window, or in a cork, has the persist timer. The timer is
 * not touched by what arrives; it looks when it comes up. Supported standards: RFC 9293 3.8.4, RFC
 * 1122 4.2.3.6, RFC 5482 4.2. */
#include "models/tcp/tcp-conn.h"

void
tcp_keepalive_start(TcpConn *conn)
{
  bool wanted = conn->profile->keepalive_idle != SIM_TIME_NEVER;
  bool armed = tcp_timer_armed(conn, TCP_TIMER_KEEPALIVE);
  if (!wanted)
    tcp_timer_cancel(conn, TCP_TIMER_KEEPALIVE);
  else if (!armed && conn->state != TCP_TIME_WAIT && !tcp_timer_armed(conn, TCP_TIMER_FIN_WAIT_2))
    tcp_timer_set(conn, TCP_TIMER_KEEPALIVE,
                  MAX(conn->heard_at + conn->profile->keepalive_idle, tcp_now(conn)));
}

/* The idle time is another: it counts from the last segment, too. */
void
tcp_keepalive_restart(TcpConn *conn)
{
  tcp_timer_cancel(conn, TCP_TIMER_KEEPALIVE);
  tcp_keepalive_start(conn);
}

/* As Linux: with a user timeout that is the measure, whatever the number of probes (RFC 5482 4.2: a
 * keepalive that is sooner would end what the user timeout lets live). */
static bool
is_given_up(const TcpConn *conn, SimTime silent)
{
  const TcpProfile *profile = conn->profile;
  if (profile->user_timeout != SIM_TIME_NEVER)
    return conn->keepalives > 0 && silent >= profile->user_timeout;
  return conn->keepalives >= profile->keepalive_probes;
}

void
tcp_keepalive_on_timer(TcpConn *conn)
{
  const TcpProfile *profile = conn->profile;
  SimTime now = tcp_now(conn), silent = now - conn->heard_at;
  if (profile->keepalive_idle == SIM_TIME_NEVER)
    return;
  /* The answer to a keepalive would put the persist timer off, again and again. */
  bool asks = conn->written > conn->una_position || (conn->fin_queued && !conn->fin_acked);
  if (asks || (conn->keepalives == 0 && silent < profile->keepalive_idle)) {
    SimTime due = sim_time_add(conn->heard_at, profile->keepalive_idle);
    tcp_timer_set(conn, TCP_TIMER_KEEPALIVE,
                  due > now ? due : tcp_after(conn, profile->keepalive_idle));
    return;
  }
  if (is_given_up(conn, silent)) {
    tcp_send_reset(conn, PACKET_CAUSE_ABORT);
    tcp_conn_die(conn, TCP_ERROR_TIMED_OUT);
    return;
  }
  if (conn->keepalives < UINT8_MAX)
    conn->keepalives++;
  tcp_send_probe(conn, PACKET_CAUSE_KEEPALIVE);
  tcp_timer_set(conn, TCP_TIMER_KEEPALIVE, tcp_after(conn, profile->keepalive_interval));
}
