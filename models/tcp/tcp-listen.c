/* tcp-listen: listeners, their half-open connections and the queue of those that are ready.
 *
 * A connection in SYN-RECEIVED is a whole TcpConn that its listener counts. The accept queue holds
 * backlog + 1 (as in Linux); when it is full new SYNs are dropped without a word, and so is the
 * third packet of a handshake under way, whose sender then believes it is connected. A connection
 * that is reset while it waits there stays: it is handed out, and its user learns of the reset.
 * Left out until the robustness rules come: SYN cookies.
 * Supported standards: RFC 9293 3.10.7.2. */
#include "models/tcp/tcp-conn.h"

TcpListener *
tcp_listener_find(TcpHost *host, uint16_t port)
{
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
  listener->next = host->listeners;
  host->listeners = listener;
  return listener;
}

static bool
accept_queue_full(const TcpListener *listener)
{
  return listener->ready > listener->profile.backlog;
}

/* A SYN for this listener begins a connection, unless a queue is full. */
static void
begin(TcpListener *listener, const Packet *syn, const TcpEndpoints *ends, int64_t iss)
{
  if (accept_queue_full(listener) ||
      listener->half_open >= (uint64_t)MAX(listener->profile.backlog, 1)) {
    return;
  }
  TcpConn *conn = tcp_conn_new(listener->host, ends, &listener->profile);
  bool outer = tcp_begin(conn);
  if (iss >= 0)
    tcp_conn_set_iss(conn, (uint32_t)iss);
  conn->listener = listener;
  conn->state = TCP_LISTEN; /* the listener's, which this connection leaves by its SYN+ACK */
  listener->half_open++;
  conn->segments_received++;
  tcp_handshake_passive(conn, syn);
  tcp_finish(conn, outer);
}

void
tcp_listen_input(TcpListener *listener, const Packet *packet, const TcpEndpoints *ends, int64_t iss)
{
  /* First: "An incoming RST segment could not be valid ... ignore it". */
  if (packet->tcp.flags & TCP_RST)
    return;
  /* Second: "Any acknowledgment is bad if it arrives on a connection still in the LISTEN state. An
   * acceptable reset segment should be formed". */
  if (packet->tcp.flags & TCP_ACK) {
    tcp_reply_reset(listener->host, packet, PACKET_CAUSE_NO_CONNECTION);
    return;
  }
  if (packet->tcp.flags & TCP_SYN)
    begin(listener, packet, ends, iss);
}

bool
tcp_listener_offer(TcpConn *conn)
{
  TcpListener *listener = conn->listener;
  if (accept_queue_full(listener)) {
    return false;
  }
  listener->half_open--;
  listener->ready++;
  conn->queued = true;
  conn->accept_next = NULL;
  if (listener->ready_tail != NULL)
    listener->ready_tail->accept_next = conn;
  else
    listener->ready_head = conn;
  listener->ready_tail = conn;
  listener->telling = true;
  return true;
}

void
tcp_listener_forget(TcpConn *conn)
{
  TcpListener *listener = conn->listener;
  conn->listener = NULL;
  if (!conn->queued) {
    listener->half_open--;
    return;
  }
  conn->queued = false;
  listener->ready--;
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

void
tcp_listener_close(TcpListener *listener)
{
  TcpHost *host = listener->host;
  for (TcpConn *conn = host->first, *next; conn != NULL; conn = next) {
    next = conn->next;
    if (conn->listener != listener)
      continue;
    bool outer = tcp_begin(conn);
    tcp_listener_forget(conn);
    tcp_abort(conn);
    tcp_finish(conn, outer);
  }
  TcpListener **at = &host->listeners;
  while (*at != listener)
    at = &(*at)->next;
  *at = listener->next;
  g_free(listener);
}

uint32_t
tcp_listener_ready(const TcpListener *listener)
{
  return listener->ready;
}

uint32_t
tcp_listener_half_open(const TcpListener *listener)
{
  return listener->half_open;
}
