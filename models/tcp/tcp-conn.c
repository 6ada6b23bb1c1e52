/* tcp-conn: the life of one end of a connection, and what its user may ask of it.
 *
 * A connection comes to be by tcp_connect() or by a SYN to a listener, belongs to its host, and is
 * CLOSED by tcp_conn_die() only. It is freed when it is CLOSED and its user has let go.
 * Every entry from outside (a segment, a timer, a call) stands between tcp_begin() and
 * tcp_finish(), which tells the user what happened once everything is in order again. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

#define TS_OFFSET UINT64_MAX /* beside the ports, which sequence numbers are mixed from */

static const char *const state_names[TCP_STATES] = {
    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT",
};

const char *
tcp_state_name(TcpState state)
{
  return state_names[state];
}

const char *
tcp_error_name(TcpError error)
{
  static const char *const names[] = {"closed", "timed out",   "refused",
                                      "reset",  "unreachable", "aborted"};
  return names[error];
}

const char *
tcp_recovery_name(TcpRecovery recovery)
{
  static const char *const names[] = {"open", "disorder", "cwr", "fast", "loss"};
  return names[recovery];
}

void
tcp_conn_set_iss(TcpConn *conn, uint32_t iss)
{
  conn->iss = conn->snd_una = conn->snd_nxt = iss;
}

TcpConn *
tcp_conn_new(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile)
{
  TcpConn *conn = sim_slab_alloc_zero(&host->conns);
  conn->host = host;
  conn->ends = *ends;
  conn->profile = tcp_shared_take(&host->profiles, profile);
  conn->state = TCP_CLOSED;
  conn->sending = &host->nothing_sent;
  conn->receiving = &host->nothing_received;
  tcp_conn_set_iss(conn, tcp_host_isn(host, ends, profile));
  conn->may_fragment = !profile->path_mtu_discovery;
  conn->peer_mss = 536; /* RFC 9293 3.7.1, MUST-15 */
  conn->rto = profile->initial_rto;
  conn->cc.ssthresh = UINT64_MAX;
  conn->receive_buffer = profile->receive_buffer;
  conn->challenged_at = -1;
  conn->connect_time = SIM_TIME_NEVER;
  conn->opened_at = conn->unacked_since = conn->heard_at = sim_now(host->sim);
  /* The same for all connections between two addresses: a later one's clock is never behind (RFC
   * 7323 5.4), which RFC 6191 counts on. */
  conn->ts_offset =
      (uint32_t)sim_rng_mix(host->isn_key, (uint64_t)ends->local << 32 | ends->remote, TS_OFFSET);
  conn->cc.settings = tcp_cwnd_settings(profile);
  tcp_timers_init(conn);
  tcp_host_insert(host, conn);
  return conn;
}

TcpSegment *
tcp_segment_new(TcpConn *conn)
{
  if (conn->sending->rate == NULL)
    return sim_slab_alloc_zero(&conn->host->segments);
  TcpRatedSegment *rated = sim_slab_alloc_zero(&conn->host->rated);
  rated->segment.rated = true;
  return &rated->segment;
}

TcpSegment *
tcp_segment_copy(TcpConn *conn, const TcpSegment *segment)
{
  if (segment->rated) {
    TcpRatedSegment *rated = sim_slab_alloc(&conn->host->rated);
    *rated = *(const TcpRatedSegment *)segment;
    return &rated->segment;
  }
  TcpSegment *copy = sim_slab_alloc(&conn->host->segments);
  *copy = *segment;
  return copy;
}

void
tcp_segment_free(TcpConn *conn, TcpSegment *segment)
{
  sim_slab_free(segment->rated ? &conn->host->rated : &conn->host->segments, segment);
}

static void
free_segments(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  if (sending->segments == NULL)
    return;
  while (sending->segments != NULL) {
    TcpSegment *segment = sending->segments;
    sending->segments = segment->next;
    tcp_segment_free(conn, segment);
  }
  sending->segments_tail = NULL;
  sending->segments_out = sending->lost_out = sending->dup_acks = 0;
  sending->sacked_out = sending->resent_out = 0;
  sending->sacked_bytes = 0;
  sending->lost_bytes = 0;
}

static void
conn_free(TcpConn *conn)
{
  TcpHost *host = conn->host;
  tcp_host_unlist(host, conn);
  tcp_work_free(conn);
  tcp_accecn_free(conn);
  tcp_shared_drop(&host->profiles, conn->profile);
  sim_slab_free(&host->conns, conn);
}

void
tcp_conn_discard(TcpConn *conn)
{
  tcp_host_remove(conn->host, conn);
  conn_free(conn);
}

void
tcp_set_state(TcpConn *conn, TcpState state)
{
  TcpState from = conn->state;
  if (from == state)
    return;
  conn->state = (uint8_t)state;
  tcp_close_count_orphan(conn);
  if (from == TCP_SYN_RECEIVED)
    tcp_fastopen_left_syn_received(conn);
  Sim *sim = conn->host->sim;
  if (sim_traced(sim, TCP_TRACE_STATE)) {
    TcpStateRecord record = {sim_now(sim), conn, from, state};
    sim_trace_emit(sim, TCP_TRACE_STATE, &record);
  }
  if (conn->ops != NULL && conn->ops->state != NULL)
    conn->ops->state(conn, from, state, conn->user);
}

void
tcp_conn_die(TcpConn *conn, TcpError error)
{
  if (conn->dead)
    return;
  tcp_timers_stop(conn);
  tcp_pacing_stop(conn);
  free_segments(conn);
  conn->ack_due = TCP_ACK_NONE;
  conn->error = (uint8_t)(error == TCP_ERROR_TIMED_OUT ? tcp_icmp_reason(conn, error) : error);
  conn->dead = true;
  /* RFC 9293 3.10.7.4: a passive opening that comes to nothing returns to LISTEN. */
  bool returns = conn->state == TCP_SYN_RECEIVED && conn->listener != NULL && !conn->queued;
  tcp_set_state(conn, returns ? TCP_LISTEN : TCP_CLOSED);
  conn->state = TCP_CLOSED;
  tcp_host_remove(conn->host, conn);
  if (conn->listener != NULL && !conn->queued)
    tcp_listener_forget(conn);
  conn->events |= TCP_EVENT_CLOSED;
}

void
tcp_sample(TcpConn *conn)
{
  Sim *sim = conn->host->sim;
  if (sim_traced(sim, TCP_TRACE_SAMPLE)) {
    TcpSampleRecord record = {sim_now(sim), conn};
    sim_trace_emit(sim, TCP_TRACE_SAMPLE, &record);
  }
}

void
tcp_finish(TcpConn *conn, bool outer)
{
  if (!outer)
    return;
  tcp_sample(conn);
  if (conn->listener != NULL)
    tcp_listener_tell(conn->listener);
  while (conn->events != 0 && conn->ops != NULL) {
    unsigned events = conn->events;
    conn->events = 0;
    if (conn->ops->event != NULL)
      conn->ops->event(conn, events, conn->user);
  }
  conn->busy = false;
  if (conn->dead && !conn->held && !conn->queued)
    conn_free(conn);
}

/* -- what the user asks -- */

/* Nobody is between these ends, or only a TIME-WAIT that may be taken over. */
static bool
ends_are_free(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile)
{
  const TcpConn *there = tcp_host_find(host, ends);
  return there == NULL || tcp_close_may_take_over(there, profile);
}

/* The next free port towards the other end; false: there is none. */
static bool
choose_port(TcpHost *host, TcpEndpoints *ends, const TcpProfile *profile)
{
  for (uint32_t tries = 0; tries <= 65535 - 49152; tries++) {
    ends->local_port = host->next_port;
    host->next_port = host->next_port == 65535 ? 49152 : (uint16_t)(host->next_port + 1);
    if (ends_are_free(host, ends, profile) && tcp_listener_find(host, ends->local_port) == NULL)
      return true;
  }
  return false;
}

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
  if (args->from_port == 0 && !choose_port(host, &ends, profile)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "host \"%s\" has no free port left towards port %u", host->node->name, args->port);
    return NULL;
  }
  if (!ends_are_free(host, &ends, profile)) {
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

bool
tcp_may_send(const TcpConn *conn)
{
  return !conn->dead && !conn->fin_queued &&
         (conn->state <= TCP_ESTABLISHED || conn->state == TCP_CLOSE_WAIT);
}

static void
mark_push(TcpConn *conn, uint64_t position)
{
  TcpSending *sending = conn->sending;
  if (sending->push_marks == NULL)
    sending->push_marks = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  g_array_append_val(sending->push_marks, position);
  sending->pushed = position;
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

uint64_t
tcp_send_room(const TcpConn *conn)
{
  uint64_t queued = conn->written - conn->una_position;
  uint64_t limit = send_buffer(conn);
  return tcp_may_send(conn) && queued < limit ? limit - queued : 0;
}

uint64_t
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
  tcp_output(conn);
  tcp_finish(conn, outer);
  return taken;
}

uint64_t
tcp_receivable(const TcpConn *conn)
{
  return conn->nxt_position - conn->taken;
}

bool
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
