/* sock: the table of descriptors, calls that wait, and the calls that are the same for every kind
 * of socket.
 *
 * A call that may block is an attempt that can be made again: it gives its result or SOCK_PENDING.
 * What is pending stands in the host's list and is tried whenever something happened to one of the
 * host's sockets; there are never many. */
#include "models/sock/sock.h"

#include <string.h>

#include "models/sock/sock-private.h"

#define DESCRIPTORS 1024

SockHost *
sock_host_new(TcpHost *tcp, UdpHost *udp)
{
  SockHost *host = g_new0(SockHost, 1);
  host->tcp = tcp;
  host->udp = udp;
  host->net = tcp_host_node(tcp)->net;
  host->sim = host->net->sim;
  host->sockets = g_ptr_array_new();
  host->lingering = g_ptr_array_new();
  return host;
}

void
sock_host_free(SockHost *host)
{
  for (SockWait *wait = host->waits; wait != NULL; wait = wait->next)
    sim_cancel(host->sim, &wait->expiry);
  host->waits = NULL;
  for (guint i = 0; i < host->sockets->len; i++)
    if (host->sockets->pdata[i] != NULL)
      sock_drop(host->sockets->pdata[i]);
  for (guint i = 0; i < host->lingering->len; i++)
    sock_drop(host->lingering->pdata[i]);
  g_ptr_array_unref(host->sockets);
  g_ptr_array_unref(host->lingering);
  g_free(host);
}

Socket *
sock_find(SockHost *host, int fd)
{
  return fd >= 0 && fd < (int)host->sockets->len ? host->sockets->pdata[fd] : NULL;
}

Socket *
sock_new(SockHost *host, int domain, int type, int protocol)
{
  guint fd = SOCK_FIRST_FD;
  while (fd < host->sockets->len && host->sockets->pdata[fd] != NULL)
    fd++;
  if (fd >= DESCRIPTORS)
    return NULL;
  if (fd >= host->sockets->len)
    g_ptr_array_set_size(host->sockets, (gint)fd + 1);
  Socket *socket = g_new0(Socket, 1);
  *socket = (Socket){.host = host,
                     .fd = (int)fd,
                     .domain = domain,
                     .type = type,
                     .protocol = protocol,
                     .flags = LINUX_O_RDWR,
                     .profile = *tcp_host_profile(host->tcp),
                     .receive_least = 1,
                     .receive_timeout = SIM_TIME_NEVER,
                     .send_timeout = SIM_TIME_NEVER};
  socket->keepalive = socket->profile.keepalive_idle != SIM_TIME_NEVER;
  socket->keepalive_idle = socket->keepalive ? socket->profile.keepalive_idle : TCP_KEEPALIVE_IDLE;
  host->sockets->pdata[fd] = socket;
  return socket;
}

void
sock_drop(Socket *socket)
{
  if (socket->listener != NULL)
    tcp_listener_close(socket->listener);
  if (socket->conn != NULL)
    tcp_release(socket->conn);
  if (socket->udp != NULL)
    udp_close(socket->udp);
  g_free(socket);
}

int64_t
sock_take_error(Socket *socket)
{
  int error = socket->error;
  socket->error = 0;
  return -error;
}

/* -- calls -- */

int64_t
sock_socket(SockHost *host, int domain, int type, int protocol)
{
  int flags = type & (LINUX_SOCK_NONBLOCK | LINUX_SOCK_CLOEXEC);
  type &= ~(LINUX_SOCK_NONBLOCK | LINUX_SOCK_CLOEXEC);
  if (domain != LINUX_AF_INET && domain != LINUX_AF_INET6)
    return -SOCK_EAFNOSUPPORT;
  bool datagrams = type == LINUX_SOCK_DGRAM && host->udp != NULL;
  if (type != LINUX_SOCK_STREAM && !datagrams)
    return -SOCK_ESOCKTNOSUPPORT;
  int own = datagrams ? LINUX_IPPROTO_UDP : LINUX_IPPROTO_TCP;
  if (protocol != 0 && protocol != own)
    return -SOCK_EPROTONOSUPPORT;
  Socket *socket = sock_new(host, domain, type, own);
  if (socket == NULL)
    return -SOCK_EMFILE;
  if (flags & LINUX_SOCK_NONBLOCK)
    socket->flags |= LINUX_O_NONBLOCK;
  return socket->fd;
}

/* Linux's rule: two sockets share a port when both say SO_REUSEADDR and neither listens, or both
 * say SO_REUSEPORT. */
static bool
port_taken(const Socket *socket, uint16_t port)
{
  const GPtrArray *all = socket->host->sockets;
  for (guint i = 0; i < all->len; i++) {
    const Socket *other = all->pdata[i];
    if (other == NULL || other == socket || other->protocol != socket->protocol ||
        other->local.port != port || other->peer.port != 0)
      continue;
    if (!(other->reuse_port && socket->reuse_port) &&
        !(other->reuse_address && socket->reuse_address && other->listener == NULL))
      return true;
  }
  return false;
}

int64_t
sock_bind(SockHost *host, int fd, const SockAddress *address)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  if (socket->local.port != 0 || socket->conn != NULL)
    return -SOCK_EINVAL;
  if (address->address != NET_ADDRESS_NONE &&
      !node_has_address(tcp_host_node(host->tcp), address->address))
    return -SOCK_EADDRNOTAVAIL;
  uint16_t port = address->port;
  for (uint32_t free = 32768; port == 0 && free < 61000; free++)
    if (!port_taken(socket, (uint16_t)free))
      port = (uint16_t)free;
  if (port_taken(socket, port))
    return -SOCK_EADDRINUSE;
  socket->local = (SockAddress){address->address, port};
  return sock_is_udp(socket) ? sock_udp_bind(socket) : 0;
}

int64_t
sock_listen(SockHost *host, int fd, int64_t backlog)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  if (sock_is_udp(socket))
    return -SOCK_EOPNOTSUPP;
  if (socket->conn != NULL)
    return -SOCK_EINVAL;
  if (socket->local.port == 0) {
    int64_t bound = sock_bind(host, fd, &(SockAddress){0});
    if (bound < 0)
      return bound;
  }
  return sock_tcp_listen(socket, backlog);
}

int64_t
sock_accept(SockHost *host, int fd, int flags, SockWait *wait)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  if (sock_is_udp(socket))
    return -SOCK_EOPNOTSUPP;
  SockWait blank = {0}, *used = wait != NULL ? wait : &blank;
  used->attempt = sock_tcp_accept;
  used->flags = flags;
  used->progress = 0;
  return sock_begin(socket, wait, &blank, 0, socket->receive_timeout);
}

int64_t
sock_connect(SockHost *host, int fd, const SockAddress *to, SockWait *wait)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  return sock_is_udp(socket) ? sock_udp_connect(socket, to) : sock_tcp_connect(socket, to, wait);
}

int64_t
sock_send(SockHost *host, int fd, uint64_t count, int flags, const SockAddress *to, SockWait *wait)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  SockWait blank = {0}, *used = wait != NULL ? wait : &blank;
  used->attempt = sock_is_udp(socket) ? sock_udp_send : sock_tcp_send;
  used->count = count;
  used->progress = 0;
  used->flags = flags;
  used->to = to != NULL ? *to : (SockAddress){0};
  return sock_begin(socket, wait, &blank, flags, socket->send_timeout);
}

int64_t
sock_receive(SockHost *host, int fd, uint64_t count, int flags, SockAddress *from, SockWait *wait)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  SockWait blank = {0}, *used = wait != NULL ? wait : &blank;
  used->attempt = sock_is_udp(socket) ? sock_udp_receive : sock_tcp_receive;
  used->count = count;
  used->progress = 0;
  used->flags = flags;
  used->from = from;
  return sock_begin(socket, wait, &blank, flags, socket->receive_timeout);
}

int64_t
sock_shutdown(SockHost *host, int fd, int how)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  if (how < LINUX_SHUT_RD || how > LINUX_SHUT_RDWR)
    return -SOCK_EINVAL;
  int64_t result = sock_tcp_shutdown(socket, how);
  sock_retry(host);
  return result;
}

int64_t
sock_close(SockHost *host, int fd, SockWait *wait)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  sock_break_waits(socket);
  host->sockets->pdata[fd] = NULL;
  socket->fd = -1;
  return sock_tcp_close(socket, wait);
}

int64_t
sock_fcntl(SockHost *host, int fd, int command, int64_t argument)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  switch (command) {
  case LINUX_F_GETFD:
  case LINUX_F_SETFD: /* nothing is ever executed: there is nothing to keep open or to close */
    return 0;
  case LINUX_F_GETFL:
    return socket->flags;
  case LINUX_F_SETFL:
    socket->flags = LINUX_O_RDWR | (int)(argument & LINUX_O_NONBLOCK);
    return 0;
  default:
    return -SOCK_EINVAL;
  }
}

int64_t
sock_ioctl(SockHost *host, int fd, int request, int64_t *value)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  TcpDetails details = {0};
  if (socket->conn != NULL)
    tcp_details(socket->conn, &details);
  switch (request) {
  case LINUX_FIONBIO:
    socket->flags = LINUX_O_RDWR | (*value != 0 ? LINUX_O_NONBLOCK : 0);
    return 0;
  case LINUX_FIONREAD:
    if (socket->listener != NULL)
      return -SOCK_EINVAL;
    *value = socket->conn != NULL ? (int64_t)tcp_receivable(socket->conn) : 0;
    return 0;
  case LINUX_SIOCATMARK:
    if (sock_is_udp(socket))
      return -SOCK_ENOTTY;
    *value = socket->conn != NULL && tcp_before_mark(socket->conn) == 0;
    return 0;
  case LINUX_SIOCOUTQ:
    if (socket->listener != NULL)
      return -SOCK_EINVAL;
    *value = (int64_t)details.queued;
    return 0;
  case LINUX_SIOCOUTQNSD:
    if (socket->listener != NULL)
      return -SOCK_EINVAL;
    *value = (int64_t)details.unsent;
    return 0;
  default:
    return -SOCK_ENOTTY;
  }
}

/* -- from outside -- */

bool
sock_is_datagram(SockHost *host, int fd)
{
  const Socket *socket = sock_find(host, fd);
  return socket != NULL && sock_is_udp(socket);
}

TcpConn *
sock_conn(SockHost *host, int fd)
{
  Socket *socket = sock_find(host, fd);
  return socket != NULL ? socket->conn : NULL;
}

bool
sock_names(SockHost *host, int fd, SockAddress *local, SockAddress *peer)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return false;
  *local = socket->local;
  *peer = socket->peer;
  return true;
}
