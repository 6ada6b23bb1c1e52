/* tcp-user: what the user of a connection may ask: to open one, to send, what it is and how it
 * fares, and to change its options (tcp.h). Receiving is in tcp-receive.c, closing in tcp-close.c.
 *
 * Data is queued as a count, and as bytes where bytes were given. What of it may leave is decided
 * in tcp-output.c; where PSH stands is decided here, when it is written. */
#include "models/tcp/tcp-conn.h"

/* A connection between these ends, which are free; it follows one in TIME-WAIT, if one is there. */
static TcpConn *
new_between(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile)
{
  TcpConn *there = tcp_host_find(host, ends);
  if (there == NULL)
    return tcp_conn_new(host, ends, profile);
  uint32_t iss = tcp_close_next_iss(there);
  bool outer = tcp_begin(there);
  tcp_conn_die(there, TCP_OK);
  TcpConn *conn = tcp_conn_new(host, ends, profile);
  if (profile->isn < 0)
    tcp_conn_set_iss(conn, iss);
  tcp_finish(there, outer);
  return conn;
}

TcpConn *
tcp_connect(TcpHost *host, const TcpConnectArgs *args, GError **error)
{
  const TcpProfile *profile = args->profile != NULL ? args->profile : &host->profile;
  TcpEndpoints ends = {
      .local = node_address_of(host->node, net_address(host->net, args->destination)->family),
      .remote = args->destination,
      .local_port = args->from_port,
      .remote_port = args->port,
  };
  if (args->from_port == 0 && !tcp_ports_choose(host, &ends, profile)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "host \"%s\" has no free port left towards port %u", host->node->name, args->port);
    return NULL;
  }
  if (!tcp_ports_are_free(host, &ends, profile)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "host \"%s\" already has a connection from port %u to that port", host->node->name,
                ends.local_port);
    return NULL;
  }
  TcpConn *conn = new_between(host, &ends, profile);
  conn->opener = true;
  conn->held = true;
  conn->ops = args->ops;
  conn->user = args->user;
  bool outer = tcp_begin(conn);
  if (node_mtu(host->node, ends.remote) == 0)
    tcp_conn_die(conn, TCP_ERROR_UNREACHABLE);
  else {
    tcp_fastopen_begin(conn, args);
    tcp_handshake_open(conn);
  }
  tcp_finish(conn, outer);
  return conn;
}

static uint64_t
send_buffer(const TcpConn *conn)
{
  if (!conn->profile->autotune)
    return conn->profile->send_buffer;
  /* Linux keeps room for twice the window, and more where the congestion control asks for it. */
  unsigned windows = MAX(tcp_cwnd_ops(conn)->buffered, 2);
  return CLAMP(windows * conn->cc.cwnd, conn->profile->send_buffer, conn->profile->send_buffer_max);
}

SIM_HOT bool
tcp_may_send(const TcpConn *conn)
{
  return !conn->dead && !conn->fin_queued &&
         (conn->state <= TCP_ESTABLISHED || conn->state == TCP_CLOSE_WAIT);
}

static void
mark_push(TcpConn *conn, uint64_t position)
{
  TcpSending *sending = conn->sending;
  sending->pushed = position;
  if (sending->push_at == UINT64_MAX) {
    sending->push_at = position;
    return;
  }
  if (sending->push_more == NULL)
    sending->push_more = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  g_array_append_val(sending->push_more, position);
}

/* PSH is decided when data is written: at the end of a write, and within a long one where half the
 * peer's largest window has gone by since the last (Linux's forced_push()). */
static void
mark_pushes(TcpConn *conn, uint64_t from, bool whole)
{
  uint64_t step = conn->mss;
  for (uint64_t at = from + step; step > 0 && at < conn->written; at += step)
    if (at - conn->sending->pushed > conn->max_window / 2)
      mark_push(conn, at);
  if (whole)
    mark_push(conn, conn->written);
}

SIM_HOT uint64_t
tcp_send_room(const TcpConn *conn)
{
  uint64_t queued = conn->written - conn->una_position;
  uint64_t limit = send_buffer(conn);
  return tcp_may_send(conn) && queued < limit ? limit - queued : 0;
}

SIM_HOT uint64_t
tcp_send(TcpConn *conn, uint64_t count, const void *bytes)
{
  if (!tcp_may_send(conn) || count == 0)
    return 0;
  tcp_rate_check_app_limited(conn);
  uint64_t taken = MIN(count, tcp_send_room(conn));
  bool outer = tcp_begin(conn);
  tcp_work_sending(conn);
  conn->push_now = false;
  if (taken > 0) {
    if (bytes != NULL)
      stream_put(&conn->sending->out, conn->written, bytes, taken);
    conn->written += taken;
  }
  mark_pushes(conn, conn->written - taken, taken == count);
  conn->writer_waits |= taken < count;
  if (!tcp_output_has_stopped(conn))
    tcp_output(conn);
  tcp_finish(conn, outer);
  return taken;
}

SIM_HOT uint64_t
tcp_receivable(const TcpConn *conn)
{
  return conn->nxt_position - conn->taken;
}

SIM_HOT bool
tcp_at_end(const TcpConn *conn)
{
  return tcp_receivable(conn) == 0 && (conn->fin_taken || conn->dead);
}

TcpEndpoints
tcp_endpoints(const TcpConn *conn)
{
  return conn->ends;
}

TcpHost *
tcp_conn_host(const TcpConn *conn)
{
  return conn->host;
}

TcpState
tcp_state(const TcpConn *conn)
{
  return conn->state;
}

TcpError
tcp_error(const TcpConn *conn)
{
  return conn->error;
}

bool
tcp_conn_is_opener(const TcpConn *conn)
{
  return conn->opener;
}

void *
tcp_user(const TcpConn *conn)
{
  return conn->user;
}

void
tcp_set_user(TcpConn *conn, const TcpUserOps *ops, void *user)
{
  conn->ops = ops;
  conn->user = user;
}

const TcpProfile *
tcp_conn_profile(const TcpConn *conn)
{
  return conn->profile;
}

void
tcp_conn_set_profile(TcpConn *conn, const TcpProfile *profile)
{
  TcpSharedProfiles *shared = &conn->host->profiles;
  const TcpProfile *before = conn->profile;
  bool other_cc = profile->cc != before->cc || profile->cc_settings != before->cc_settings;
  bool push = before->nagle && !profile->nagle;
  bool idle_time = profile->keepalive_idle != before->keepalive_idle;
  bool outer = tcp_begin(conn);
  if (profile->receive_buffer != before->receive_buffer)
    conn->receive_buffer = profile->receive_buffer;
  if (other_cc)
    tcp_cwnd_free_state(conn);
  conn->profile = tcp_shared_take(shared, profile);
  tcp_shared_drop(shared, before);
  if (other_cc)
    tcp_cwnd_change(conn);
  conn->push_now |= push;
  conn->window_settled = false;
  conn->mtu_epoch = conn->host->net->mtu_epoch - 1; /* look again: the MSS may be another */
  if (tcp_synchronized(conn)) {
    tcp_pacing_configure(conn);
    tcp_validation_configure(conn);
    if (idle_time)
      tcp_keepalive_restart(conn);
    tcp_output(conn);
  }
  tcp_finish(conn, outer);
}

void
tcp_info(const TcpConn *conn, TcpInfo *info)
{
  *info = (TcpInfo){
      .state = conn->state,
      .recovery = conn->recovery,
      .cwnd = conn->cc.cwnd,
      .ssthresh = conn->cc.ssthresh,
      .flight = conn->dead ? 0 : tcp_pipe(conn),
      .snd_wnd = conn->snd_wnd,
      .rcv_wnd = conn->rcv_wnd,
      .srtt = conn->srtt,
      .rttvar = conn->rttvar,
      .rto = tcp_rto_current(conn),
      .backoff = conn->backoff,
      .mss = conn->mss,
      .path_mtu = conn->path_mtu,
      .soft_error = conn->soft_error,
      .pacing_rate = tcp_pacing_rate(conn),
      .bytes_sent = conn->bytes_sent,
      .bytes_acked = conn->una_position,
      .bytes_received = conn->nxt_position,
      .segments_sent = conn->segments_sent,
      .segments_received = conn->segments_received,
      .retransmits = conn->retransmits,
      .lost = conn->lost,
      .timeouts = conn->timeouts,
      .duplicate_acks_received = conn->duplicate_acks,
      .opened_at = conn->opened_at,
      .connect_time = conn->connect_time,
  };
}
