/* sock-tcp: what the calls do on a TCP socket, in which order Linux looks at errors, data and ends.
 *
 * A connection's errors become an errno (RFC 9293 3.9.1 leaves the words to the system), which the
 * next call gives once: data that has arrived is read before it. After that a reader sees the end
 * and a writer EPIPE.
 *
 * Of urgent data the TCP knows a mark in the stream and no more (RFC 6093). That the byte before
 * the mark is taken out of the stream, to be read by MSG_OOB, is the sockets' doing, unless
 * SO_OOBINLINE is set; and no call reads across the mark. */
#include "models/sock/sock-private.h"

/* -- what the connection tells -- */

static int
errno_of(const Socket *socket)
{
  switch (tcp_error(socket->conn)) {
  case TCP_ERROR_TIMED_OUT:
    return SOCK_ETIMEDOUT;
  case TCP_ERROR_REFUSED:
    return SOCK_ECONNREFUSED;
  case TCP_ERROR_RESET:
    /* Linux: who has been told the end of the stream learns of a broken pipe. */
    return socket->before_closed == TCP_CLOSE_WAIT ? SOCK_EPIPE : SOCK_ECONNRESET;
  case TCP_ERROR_UNREACHABLE:
    return SOCK_EHOSTUNREACH;
  default:
    return 0;
  }
}

static void
on_state(TcpConn *conn, TcpState from, TcpState to, void *user)
{
  Socket *socket = user;
  if (to == TCP_CLOSED)
    socket->before_closed = from;
  else if (socket->fd < 0 && (to == TCP_FIN_WAIT_2 || to == TCP_TIME_WAIT))
    sock_end_wait(socket); /* our FIN is acknowledged: nothing is left to linger for */
}

static SIM_HOT void
on_event(TcpConn *conn, unsigned events, void *user)
{
  Socket *socket = user;
  if (events & TCP_EVENT_CLOSED)
    socket->error = errno_of(socket);
  if (events & TCP_EVENT_URGENT)
    socket->urgent_taken = false;
  sock_retry(socket->host);
}

const TcpUserOps sock_tcp_ops = {.event = on_event, .state = on_state};

static void
on_accepted(TcpListener *listener, void *user)
{
  Socket *socket = user;
  sock_retry(socket->host);
}

static bool
is_opening(const Socket *socket)
{
  TcpState state = tcp_state(socket->conn);
  return state == TCP_SYN_SENT || state == TCP_SYN_RECEIVED;
}

void
sock_tcp_apply(Socket *socket)
{
  if (socket->conn != NULL)
    tcp_conn_set_profile(socket->conn, &socket->profile);
  if (socket->listener != NULL)
    tcp_listener_set_profile(socket->listener, &socket->profile);
}

/* -- opening -- */

int64_t
sock_tcp_listen(Socket *socket, int64_t backlog)
{
  /* As unsigned as Linux takes it: a negative one is more than any. */
  socket->profile.backlog = backlog < 0 ? INT32_MAX : backlog;
  if (socket->listener != NULL) { /* only the backlog changes */
    sock_tcp_apply(socket);
    return 0;
  }
  TcpListenArgs args = {.port = socket->local.port,
                        .profile = &socket->profile,
                        .accepted = on_accepted,
                        .user = socket};
  socket->listener = tcp_listen(socket->host->tcp, &args, NULL);
  return socket->listener != NULL ? 0 : -SOCK_EADDRINUSE;
}

int64_t
sock_tcp_accept(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (socket->listener == NULL)
    return -SOCK_EINVAL;
  if (tcp_listener_ready(socket->listener) == 0)
    return SOCK_PENDING;
  Socket *accepted = sock_new(socket->host, socket->domain, socket->type, socket->protocol);
  if (accepted == NULL)
    return -SOCK_EMFILE;
  int fd = accepted->fd;
  *accepted = *socket; /* options go over to what is accepted */
  accepted->fd = fd;
  accepted->listener = NULL;
  accepted->flags = LINUX_O_RDWR | (wait->flags & LINUX_SOCK_NONBLOCK ? LINUX_O_NONBLOCK : 0);
  accepted->error = 0;
  accepted->conn = tcp_accept(socket->listener, &sock_tcp_ops, accepted);
  TcpEndpoints ends = tcp_endpoints(accepted->conn);
  accepted->local = (SockAddress){ends.local, ends.local_port};
  accepted->peer = (SockAddress){ends.remote, ends.remote_port};
  accepted->profile = *tcp_conn_profile(accepted->conn);
  if (tcp_state(accepted->conn) == TCP_CLOSED)
    accepted->error = errno_of(accepted);
  return fd;
}

/* The opening came to nothing: the socket is as before connect(). */
static int64_t
opening_failed(Socket *socket)
{
  int64_t error = sock_take_error(socket);
  tcp_release(socket->conn);
  socket->conn = NULL;
  socket->connecting = false;
  socket->peer = (SockAddress){0};
  return error != 0 ? error : -SOCK_ECONNABORTED;
}

static int64_t
attempt_connect(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (tcp_state(socket->conn) == TCP_CLOSED)
    return opening_failed(socket);
  if (is_opening(socket))
    return SOCK_PENDING;
  socket->connecting = false;
  return 0;
}

/* `early` bytes may go out with the SYN (RFC 7413); `fast` asks for that. */
static int64_t
open_connection(Socket *socket, const SockAddress *to, bool fast, uint64_t early)
{
  TcpConnectArgs args = {.destination = to->address,
                         .port = to->port,
                         .from_port = socket->local.port,
                         .profile = &socket->profile,
                         .ops = &sock_tcp_ops,
                         .user = socket,
                         .fast_open = fast,
                         .early = early};
  socket->error = 0;
  socket->conn = tcp_connect(socket->host->tcp, &args, NULL);
  if (socket->conn == NULL)
    return -SOCK_EADDRNOTAVAIL;
  socket->connecting = true;
  TcpEndpoints ends = tcp_endpoints(socket->conn);
  socket->local = (SockAddress){ends.local, ends.local_port};
  socket->peer = *to;
  if (tcp_state(socket->conn) != TCP_CLOSED)
    return 0;
  socket->error = SOCK_ENETUNREACH; /* no way there, which is known at once */
  return opening_failed(socket);
}

int64_t
sock_tcp_connect(Socket *socket, const SockAddress *to, SockWait *wait)
{
  if (socket->listener != NULL || (socket->conn != NULL && !socket->connecting))
    return -SOCK_EISCONN;
  bool first = socket->conn == NULL;
  if (first) {
    int64_t opened = open_connection(socket, to, false, 0);
    if (opened < 0)
      return opened;
  }
  SockWait blank = {.attempt = attempt_connect};
  if (wait != NULL) {
    wait->attempt = attempt_connect;
    wait->progress = 0;
  }
  int64_t result = sock_begin(socket, wait, &blank, 0, socket->send_timeout);
  if (result == SOCK_PENDING && wait != NULL)
    wait->expired = -SOCK_EINPROGRESS;
  if (result == -SOCK_EAGAIN)
    return first ? -SOCK_EINPROGRESS : -SOCK_EALREADY;
  return result;
}

/* -- data -- */

/* MSG_FASTOPEN: the SYN carries data when a cookie is known; else it asks for one, and the data
 * waits as behind connect(). */
static int64_t
send_fast(SockWait *wait)
{
  Socket *socket = wait->socket;
  int64_t opened = open_connection(socket, &wait->to, true, wait->count);
  if (opened < 0)
    return opened;
  wait->progress = tcp_early(socket->conn);
  wait->expired = -SOCK_EINPROGRESS;
  return wait->progress == wait->count ? (int64_t)wait->count : SOCK_PENDING;
}

int64_t
sock_tcp_send(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (wait->flags & LINUX_MSG_FASTOPEN && socket->conn == NULL && socket->error == 0)
    return send_fast(wait);
  if (socket->error != 0)
    return wait->progress > 0 ? (int64_t)wait->progress : sock_take_error(socket);
  if (socket->conn == NULL || socket->write_shut)
    return wait->progress > 0 ? (int64_t)wait->progress : -SOCK_EPIPE;
  if (is_opening(socket))
    return SOCK_PENDING;
  if (!tcp_may_send(socket->conn))
    return wait->progress > 0 ? (int64_t)wait->progress : -SOCK_EPIPE;
  uint64_t left = wait->count - wait->progress;
  wait->progress += wait->flags & LINUX_MSG_OOB ? tcp_send_urgent(socket->conn, left, NULL)
                                                : tcp_send(socket->conn, left, NULL);
  return wait->progress == wait->count ? (int64_t)wait->count : SOCK_PENDING;
}

/* The peer's urgent byte has arrived, and MSG_OOB may still read it. */
static bool
urgent_ready(const Socket *socket)
{
  uint64_t before = tcp_before_mark(socket->conn);
  return before != UINT64_MAX && !socket->urgent_inline && !socket->urgent_taken &&
         tcp_receivable(socket->conn) > before;
}

/* MSG_OOB: the one byte, which never waits: EINVAL when there is none to come. */
static int64_t
receive_urgent(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (tcp_before_mark(socket->conn) == UINT64_MAX || socket->urgent_inline || socket->urgent_taken)
    return -SOCK_EINVAL;
  if (!urgent_ready(socket))
    return -SOCK_EAGAIN;
  if (!(wait->flags & LINUX_MSG_PEEK))
    socket->urgent_taken = true;
  return wait->count > 0;
}

/* What one call may read: up to the mark, or from it on when it begins there; then the urgent byte,
 * which is not of the stream, is passed over. */
static uint64_t
stream_there(SockWait *wait)
{
  Socket *socket = wait->socket;
  uint64_t there = tcp_receivable(socket->conn), before = tcp_before_mark(socket->conn);
  if (before > 0 || wait->progress > 0)
    return MIN(there, before);
  if (socket->urgent_inline || there == 0)
    return there;
  if (!(wait->flags & LINUX_MSG_PEEK))
    tcp_receive(socket->conn, 1, NULL, NULL);
  return there - 1;
}

int64_t
sock_tcp_receive(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (socket->conn == NULL)
    return socket->error != 0 ? sock_take_error(socket) : -SOCK_ENOTCONN;
  if (wait->flags & LINUX_MSG_OOB)
    return receive_urgent(wait);
  bool all = wait->flags & LINUX_MSG_WAITALL, peek = wait->flags & LINUX_MSG_PEEK;
  uint64_t left = wait->count - wait->progress;
  uint64_t there = left > 0 ? stream_there(wait) : 0;
  uint64_t least = all ? left : MIN((uint64_t)socket->receive_least, left);
  bool over = tcp_at_end(socket->conn) || tcp_state(socket->conn) == TCP_CLOSED ||
              socket->read_shut || socket->error != 0;
  bool marked = there > 0 && tcp_before_mark(socket->conn) == there; /* no further than this */
  if (there > 0 && left > 0) {
    uint64_t count = MIN(there, left);
    if (peek)
      return there >= least || over || marked ? (int64_t)count : SOCK_PENDING;
    if (there >= least || over || marked || all)
      wait->progress += tcp_receive(socket->conn, count, NULL, NULL);
    if (count >= least || marked || tcp_at_end(socket->conn))
      return (int64_t)wait->progress;
    return over ? (int64_t)wait->progress : SOCK_PENDING;
  }
  if (wait->progress > 0 && (over || left == 0))
    return (int64_t)wait->progress;
  if (socket->error != 0)
    return sock_take_error(socket);
  return over || wait->count == 0 ? 0 : SOCK_PENDING;
}

/* -- ending -- */

int64_t
sock_tcp_shutdown(Socket *socket, int how)
{
  bool reads = how != LINUX_SHUT_WR, writes = how != LINUX_SHUT_RD;
  if (socket->listener != NULL) {
    if (!reads)
      return 0;
    tcp_listener_close(socket->listener);
    socket->listener = NULL;
    return 0;
  }
  if (socket->conn == NULL || tcp_state(socket->conn) == TCP_CLOSED)
    return -SOCK_ENOTCONN;
  socket->read_shut |= reads;
  socket->write_shut |= writes;
  if (reads)
    tcp_stop_reading(socket->conn);
  if (writes)
    tcp_shutdown(socket->conn);
  return 0;
}

void
sock_tcp_gone(Socket *socket)
{
  g_ptr_array_remove(socket->host->lingering, socket);
  sock_drop(socket);
}

static int64_t
attempt_close(SockWait *wait)
{
  if (tcp_lingers(wait->socket->conn))
    return SOCK_PENDING;
  sock_tcp_gone(wait->socket);
  return 0;
}

int64_t
sock_tcp_close(Socket *socket, SockWait *wait)
{
  SimTime linger = socket->profile.linger; /* 0: closing resets */
  bool waits = socket->conn != NULL && wait != NULL && linger > 0 && linger != SIM_TIME_NEVER;
  if (waits)
    tcp_close(socket->conn);
  if (!waits || !tcp_lingers(socket->conn)) {
    sock_drop(socket);
    return 0;
  }
  g_ptr_array_add(socket->host->lingering, socket);
  socket->flags &= ~LINUX_O_NONBLOCK; /* it waits whatever the descriptor says */
  wait->attempt = attempt_close;
  wait->progress = 0;
  int64_t result = sock_begin(socket, wait, NULL, 0, linger);
  wait->expired = 0;
  return result;
}

/* -- poll -- */

int
sock_tcp_poll(Socket *socket)
{
  if (socket->listener != NULL)
    return tcp_listener_ready(socket->listener) > 0 ? LINUX_POLLIN | LINUX_POLLRDNORM : 0;
  if (socket->conn == NULL)
    return LINUX_POLLOUT | LINUX_POLLWRNORM | LINUX_POLLHUP;
  bool closed = tcp_state(socket->conn) == TCP_CLOSED;
  bool no_more = socket->read_shut || closed || tcp_at_end(socket->conn);
  bool no_write = socket->write_shut || closed;
  int ready = 0;
  if (no_more && no_write)
    ready |= LINUX_POLLHUP;
  if (no_more)
    ready |= LINUX_POLLIN | LINUX_POLLRDNORM | LINUX_POLLRDHUP;
  if (socket->error != 0)
    ready |= LINUX_POLLERR;
  if (!closed && is_opening(socket))
    return ready;
  /* Linux: a byte that MSG_OOB alone reads does not count. */
  bool apart = !socket->urgent_inline && tcp_before_mark(socket->conn) == 0;
  if (tcp_receivable(socket->conn) >= (uint64_t)socket->receive_least + apart)
    ready |= LINUX_POLLIN | LINUX_POLLRDNORM;
  if (urgent_ready(socket))
    ready |= LINUX_POLLPRI;
  TcpDetails details;
  tcp_details(socket->conn, &details);
  /* Linux: a third of the buffer has to be free. */
  if (no_write || details.send_room >= MAX(details.queued / 2, 1))
    ready |= LINUX_POLLOUT | LINUX_POLLWRNORM;
  return ready;
}
