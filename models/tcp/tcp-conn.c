/* tcp-conn: the life of one end of a connection. What its user may ask of it is in tcp-user.c.
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
  conn->family = net_address(host->net, ends->remote)->family;
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

SIM_HOT TcpSegment *
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

SIM_HOT void
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
  tcp_sack_unhint(sending);
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

G_GNUC_NO_INLINE void
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

G_GNUC_NO_INLINE void
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
  tcp_work_retire(conn);
  /* RFC 9293 3.10.7.4: a passive opening that comes to nothing returns to LISTEN. */
  bool returns = conn->state == TCP_SYN_RECEIVED && conn->listener != NULL && !conn->queued;
  tcp_set_state(conn, returns ? TCP_LISTEN : TCP_CLOSED);
  conn->state = TCP_CLOSED;
  tcp_host_remove(conn->host, conn);
  if (conn->listener != NULL && !conn->queued)
    tcp_listener_forget(conn);
  conn->events |= TCP_EVENT_CLOSED;
}

static G_GNUC_NO_INLINE void
sample(TcpConn *conn)
{
  Sim *sim = conn->host->sim;
  TcpSampleRecord record = {sim_now(sim), conn};
  sim_trace_emit(sim, TCP_TRACE_SAMPLE, &record);
}

SIM_HOT void
tcp_finish(TcpConn *conn, bool outer)
{
  if (!outer)
    return;
  if (sim_traced(conn->host->sim, TCP_TRACE_SAMPLE))
    sample(conn);
  if (conn->listener != NULL)
    tcp_listener_tell(conn->listener);
  while (conn->events != 0 && conn->ops != NULL) {
    unsigned events = conn->events;
    conn->events = 0;
    if (conn->ops->event != NULL)
      conn->ops->event(conn, events, conn->user);
  }
  conn->busy = false;
  if (G_UNLIKELY(conn->state == TCP_TIME_WAIT) && !conn->held)
    tcp_work_rest(conn);
#ifdef SIM_CHECKS
  const char *broken = tcp_check(conn);
  if (broken != NULL)
    sim_assert_failed(__FILE__, __LINE__, broken, tcp_now(conn));
#endif
  if (conn->dead && !conn->held && !conn->queued)
    conn_free(conn);
}
