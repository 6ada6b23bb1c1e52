/* tcp-listen: listeners, their half-open connections and the queue of those that are ready.
 *
 * A connection in SYN-RECEIVED is a whole TcpConn that its listener counts: the SYN queue. The
 * accept queue has those that are ready. Both hold backlog + 1, as in Linux. When one is full:
 *
 * - a SYN, the SYN queue: dropped without a word, or answered by a SYN cookie (tcp-cookie.c);
 * - a SYN, the accept queue: dropped;
 * - a third packet, the accept queue: ignored. Its sender believes it is connected; the SYN+ACK
 *   timer goes on and asks again.
 *
 * What is dropped has a record with the reason on the timeline. A connection that is reset while it
 * waits in the accept queue stays: it is handed out, and its user learns of the reset.
 * With defer_accept (Linux's TCP_DEFER_ACCEPT) a third packet without data is put off: the
 * connection stays half-open and silent, until data comes or its last SYN+ACK has asked once more.
 * Left out: that known peers may use the last quarter of Linux's SYN queue (nobody is known here).
 * Supported standards: RFC 9293 3.10.7.2, RFC 4987. */
#include "models/tcp/tcp-conn.h"

/* Linux's TCP_SYNCOOKIE_VALID: cookies may come back for so long after the last one was sent. */
#define COOKIES_EXPECTED (120 * SIM_SECOND)
#define PRUNED_RETRIES 2 /* Linux never takes more of them away */

TcpListener *
tcp_listener_find(TcpHost *host, uint16_t port)
{
  if (host->ports != NULL)
    return tcp_ports_listener(host->ports, port);
  TcpListener *listener = host->listeners;
  while (listener != NULL && listener->args.port != port)
    listener = listener->next;
  return listener;
}

TcpListener *
tcp_listen(TcpHost *host, const TcpListenArgs *args, GError **error)
{
  if (tcp_listener_find(host, args->port) != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "host \"%s\" already listens on port %u",
                host->node->name, args->port);
    return NULL;
  }
  TcpListener *listener = g_new0(TcpListener, 1);
  listener->host = host;
  listener->args = *args;
  listener->profile = args->profile != NULL ? *args->profile : host->profile;
  listener->args.profile = NULL;
  listener->backlog = MIN(listener->profile.backlog, listener->profile.backlog_max);
  listener->cookie_sent_at = -1;
  listener->next = host->listeners;
  if (listener->next != NULL)
    listener->next->prev = listener;
  host->listeners = listener;
  tcp_ports_listen(listener);
  return listener;
}

static void
tell(const TcpListener *listener, bool closed)
{
  Sim *sim = listener->host->sim;
  if (!sim_traced(sim, TCP_TRACE_LISTENER))
    return;
  TcpListenerRecord record = {
      .time = sim_now(sim),
      .listener = listener,
      .node = listener->host->node,
      .port = listener->args.port,
      .closed = closed,
      .info = listener->info,
  };
  sim_trace_emit(sim, TCP_TRACE_LISTENER, &record);
}

static void
changed(TcpListener *listener)
{
  TcpListenerInfo *info = &listener->info;
  info->most_half_open = MAX(info->most_half_open, info->half_open);
  info->most_ready = MAX(info->most_ready, info->ready);
  tell(listener, false);
}

/* -- the two queues -- */

static bool
accept_queue_full(const TcpListener *listener)
{
  return listener->info.ready > listener->backlog;
}

static bool
syn_queue_full(const TcpListener *listener)
{
  return listener->info.half_open > listener->backlog;
}

/* Linux's tcp_conn_request(): "Without syncookies last quarter of backlog is filled with
 * destinations, proven to be alive." */
static bool
last_quarter(const TcpListener *listener)
{
  int64_t size = listener->profile.syn_backlog;
  return size - listener->info.half_open < size / 4;
}

static void
drop(TcpListener *listener, const Packet *packet, const char *reason)
{
  listener->info.dropped++;
  node_tell_drop(listener->host->node, packet, reason);
  changed(listener);
}

static void
drop_accept_queue_full(TcpListener *listener, const Packet *packet)
{
  listener->info.overflows++;
  drop(listener, packet, "accept queue full");
}

static void
enter_syn_queue(TcpConn *conn, TcpListener *listener)
{
  conn->listener = listener;
  conn->young = true;
  listener->young++;
  listener->info.half_open++;
}

static void
leave_syn_queue(TcpConn *conn)
{
  tcp_listener_no_longer_young(conn);
  conn->listener->info.half_open--;
}

/* -- SYN+ACKs that draw no answer -- */

/* It has been sent a second SYN+ACK, or is none any more. */
void
tcp_listener_no_longer_young(TcpConn *conn)
{
  if (!conn->young)
    return;
  conn->young = false;
  conn->listener->young--;
}

/* How often Linux tries again by its reqsk_timer_handler(): "we reserve half of room for young
 * embrions; and abort old ones without pity, if old ones are about to clog our table". */
static int64_t
retries_left(const TcpListener *listener, int64_t retries)
{
  uint32_t length = listener->info.half_open;
  if (!listener->profile.syn_queue_prunes || 2 * (int64_t)length <= MAX(8, listener->backlog))
    return retries;
  for (uint64_t young = 2 * (uint64_t)listener->young; retries > PRUNED_RETRIES; young *= 2) {
    if (length < young)
      break;
    retries--;
  }
  return retries;
}

/* Linux's rskq_defer_accept: so many time-outs cover the time that was asked for. */
static unsigned
deferrals(const TcpConn *conn)
{
  SimTime wait = conn->profile->initial_rto, covered = wait;
  if (conn->profile->defer_accept == 0)
    return 0;
  unsigned n = 1;
  for (; covered < conn->profile->defer_accept && n < UINT8_MAX; n++) {
    wait = MIN(2 * wait, conn->profile->max_rto);
    covered += wait;
  }
  return n;
}

int64_t
tcp_listener_synack_retries(const TcpConn *conn)
{
  int64_t retries = conn->profile->synack_retries;
  if (conn->listener == NULL || conn->queued)
    return retries;
  retries = retries_left(conn->listener, retries);
  return conn->deferred ? MAX(retries, deferrals(conn)) : retries;
}

/* "Do not resend while waiting for data after ACK, start to resend on end of deferring period to
 * give last chance for data or ACK to create established socket." */
bool
tcp_listener_is_deferred(const TcpConn *conn)
{
  return conn->deferred && conn->backoff + 1u < deferrals(conn);
}

bool
tcp_listener_defers(TcpConn *conn, const Packet *packet)
{
  if (conn->listener == NULL || conn->queued || packet_tcp_length(packet) > 0 ||
      conn->backoff >= deferrals(conn))
    return false;
  conn->deferred = true;
  conn->listener->info.deferred++;
  changed(conn->listener);
  return true;
}

/* -- segments for a listener -- */

static void
begin(TcpListener *listener, const Packet *syn, const TcpEndpoints *ends, int64_t iss)
{
  TcpConn *conn = tcp_conn_new(listener->host, ends, &listener->profile);
  bool outer = tcp_begin(conn);
  if (iss >= 0 && listener->profile.isn < 0)
    tcp_conn_set_iss(conn, (uint32_t)iss);
  conn->state = TCP_LISTEN; /* the listener's, which this connection leaves by its SYN+ACK */
  enter_syn_queue(conn, listener);
  changed(listener);
  conn->segments_received++;
  tcp_handshake_passive(conn, syn);
  if (conn->fast_open == TCP_FAST_OPEN_TAKEN)
    tcp_listener_offer(conn, syn); /* the queue has room, or the SYN would have been dropped */
  tcp_finish(conn, outer);
}

/* Linux's tcp_conn_request(). What ended a TIME-WAIT is from a peer that exists: it needs no place
 * and no cookie. */
static SIM_RARE void
input_syn(TcpListener *listener, const Packet *syn, const TcpEndpoints *ends, int64_t iss)
{
  int cookies = listener->profile.syn_cookies;
  bool crowded = iss < 0 && syn_queue_full(listener);
  bool cookie = iss < 0 && (crowded || cookies == TCP_COOKIES_ALWAYS);
  if (crowded && cookies == TCP_COOKIES_OFF) {
    drop(listener, syn, "SYN queue full");
  } else if (accept_queue_full(listener)) {
    drop_accept_queue_full(listener, syn);
  } else if (cookie) {
    listener->info.cookies_sent++;
    listener->cookie_sent_at = sim_now(listener->host->sim);
    tcp_cookie_answer(listener, syn, ends);
    changed(listener);
  } else if (iss < 0 && cookies == TCP_COOKIES_OFF && last_quarter(listener)) {
    drop(listener, syn, "SYN queue full");
  } else {
    begin(listener, syn, ends, iss);
  }
}

/* An ACK that may bring a cookie back. */
static SIM_RARE TcpConn *
input_cookie(TcpListener *listener, const Packet *packet, const TcpEndpoints *ends)
{
  SimTime now = sim_now(listener->host->sim);
  if (listener->profile.syn_cookies == TCP_COOKIES_OFF || packet->tcp.flags & TCP_SYN ||
      listener->cookie_sent_at < 0 || now - listener->cookie_sent_at > COOKIES_EXPECTED) {
    tcp_reply_reset(listener->host, packet, PACKET_CAUSE_NO_CONNECTION);
    return NULL;
  }
  TcpConn *conn = tcp_cookie_open(listener, packet, ends);
  if (conn == NULL) {
    listener->info.cookies_failed++;
    tcp_reply_reset(listener->host, packet, PACKET_CAUSE_NO_CONNECTION);
    changed(listener);
    return NULL;
  }
  listener->info.cookies_received++;
  if (accept_queue_full(listener)) {
    tcp_conn_discard(conn);
    drop_accept_queue_full(listener, packet);
    return NULL;
  }
  enter_syn_queue(conn, listener); /* for the moment: it leaves by this very packet */
  tcp_set_state(conn, TCP_SYN_RECEIVED);
  return conn;
}

G_GNUC_NO_INLINE TcpConn *
tcp_listen_input(TcpListener *listener, const Packet *packet, const TcpEndpoints *ends, int64_t iss)
{
  /* First: "An incoming RST segment could not be valid ... ignore it". */
  if (packet->tcp.flags & TCP_RST)
    return NULL;
  /* Second: "Any acknowledgment is bad if it arrives on a connection still in the LISTEN state. An
   * acceptable reset segment should be formed". Unless it is for a connection that we have, and
   * kept nothing of. */
  if (packet->tcp.flags & TCP_ACK)
    return input_cookie(listener, packet, ends);
  if (packet->tcp.flags & TCP_SYN && packet->tcp.flags & TCP_FIN &&
      listener->profile.listen_drops_syn_fin)
    node_tell_drop(listener->host->node, packet, "SYN with FIN");
  else if (packet->tcp.flags & TCP_SYN)
    input_syn(listener, packet, ends, iss);
  return NULL;
}

bool
tcp_listener_offer(TcpConn *conn, const Packet *packet)
{
  TcpListener *listener = conn->listener;
  if (accept_queue_full(listener)) {
    drop_accept_queue_full(listener, packet);
    return false;
  }
  leave_syn_queue(conn);
  listener->info.ready++;
  conn->queued = true;
  conn->accept_next = NULL;
  if (listener->ready_tail != NULL)
    listener->ready_tail->accept_next = conn;
  else
    listener->ready_head = conn;
  listener->ready_tail = conn;
  listener->telling = true;
  changed(listener);
  return true;
}

void
tcp_listener_forget(TcpConn *conn)
{
  TcpListener *listener = conn->listener;
  if (!conn->queued) {
    leave_syn_queue(conn);
    conn->listener = NULL;
    changed(listener);
    return;
  }
  conn->listener = NULL;
  conn->queued = false;
  listener->info.ready--;
  TcpConn *before = NULL;
  TcpConn *at = listener->ready_head;
  for (; at != conn; at = at->accept_next)
    before = at;
  if (before != NULL)
    before->accept_next = conn->accept_next;
  else
    listener->ready_head = conn->accept_next;
  if (listener->ready_tail == conn)
    listener->ready_tail = before;
  changed(listener);
}

void
tcp_listener_tell(TcpListener *listener)
{
  if (!listener->telling)
    return;
  listener->telling = false;
  if (listener->args.accepted != NULL)
    listener->args.accepted(listener, listener->args.user);
}

TcpConn *
tcp_accept(TcpListener *listener, const TcpUserOps *ops, void *user)
{
  TcpConn *conn = listener->ready_head;
  if (conn == NULL)
    return NULL;
  tcp_listener_forget(conn);
  conn->held = true;
  conn->ops = ops;
  conn->user = user;
  conn->events = 0; /* what happened before is seen in its state */
  return conn;
}

/* Connections that nobody has accepted are among the newest of their host, and their number is
 * known: so a listener is closed without a look at all others. They end in the order in which they
 * began. */
static void
abort_waiting(TcpListener *listener)
{
  uint32_t left = listener->info.half_open + listener->info.ready;
  TcpConn *conn = NULL;
  for (uint32_t i = 0; i < left; i += conn->listener == listener)
    conn = conn != NULL ? conn->prev : listener->host->last;
  for (TcpConn *next; left > 0; conn = next) {
    next = conn->next;
    if (conn->listener != listener)
      continue;
    left--;
    bool outer = tcp_begin(conn);
    bool silent = !conn->queued && !listener->profile.listen_close_resets;
    tcp_listener_forget(conn);
    if (silent)
      tcp_vanish(conn);
    else
      tcp_abort(conn);
    tcp_finish(conn, outer);
  }
}

void
tcp_listener_close(TcpListener *listener)
{
  TcpHost *host = listener->host;
  abort_waiting(listener);
  if (listener->prev != NULL)
    listener->prev->next = listener->next;
  else
    host->listeners = listener->next;
  if (listener->next != NULL)
    listener->next->prev = listener->prev;
  tcp_ports_unlisten(listener);
  tell(listener, true);
  g_free(listener);
}

void
tcp_listener_info(const TcpListener *listener, TcpListenerInfo *info)
{
  *info = listener->info;
}

uint32_t
tcp_listener_ready(const TcpListener *listener)
{
  return listener->info.ready;
}

uint32_t
tcp_listener_half_open(const TcpListener *listener)
{
  return listener->info.half_open;
}

void
tcp_listener_set_profile(TcpListener *listener, const TcpProfile *profile)
{
  listener->profile = *profile;
}
