/* sock-udp: what the calls do on a datagram socket.
 *
 * A datagram is taken whole: what does not fit the reader's buffer is lost. Errors of ICMP are told
 * to connected sockets only, once (RFC 1122 4.1.3.3). Left out: broadcast, MSG_PEEK. */
#include "models/sock/sock-private.h"

static int
errno_of(IcmpKind kind)
{
  switch (kind) {
  case ICMP_OTHER:
    return 0;
  case ICMP_PORT_UNREACHABLE:
    return SOCK_ECONNREFUSED;
  case ICMP_PROTOCOL_UNREACHABLE:
    return SOCK_ENOPROTOOPT;
  case ICMP_TOO_BIG:
    return SOCK_EMSGSIZE;
  default:
    return SOCK_EHOSTUNREACH;
  }
}

static void
on_readable(UdpSocket *udp, void *user)
{
  Socket *socket = user;
  sock_retry(socket->host);
}

static void
on_error(UdpSocket *udp, const UdpError *error, void *user)
{
  Socket *socket = user;
  int number = errno_of(udp_take_error(udp));
  if (number != 0)
    socket->error = number;
  sock_retry(socket->host);
}

static const UdpUserOps ops = {.readable = on_readable, .error = on_error};

/* The socket with a port: the one that was bound, or any. */
static int64_t
open_socket(Socket *socket)
{
  if (socket->udp != NULL)
    return 0;
  UdpOpenArgs args = {.port = socket->local.port, .ops = &ops, .user = socket};
  socket->udp = udp_open(socket->host->udp, &args, NULL);
  if (socket->udp == NULL)
    return -SOCK_EADDRINUSE;
  socket->local.port = udp_port(socket->udp);
  return 0;
}

int64_t
sock_udp_bind(Socket *socket)
{
  return open_socket(socket);
}

int64_t
sock_udp_connect(Socket *socket, const SockAddress *to)
{
  int64_t opened = open_socket(socket);
  if (opened < 0)
    return opened;
  udp_connect(socket->udp, to->address, to->port);
  socket->peer = *to;
  return 0;
}

int64_t
sock_udp_send(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (wait->flags & LINUX_MSG_OOB)
    return -SOCK_EOPNOTSUPP;
  if (socket->error != 0)
    return sock_take_error(socket);
  const SockAddress *to = wait->to.port != 0 ? &wait->to : &socket->peer;
  if (to->port == 0)
    return -SOCK_EDESTADDRREQ;
  if (wait->count > UDP_PAYLOAD_MAX)
    return -SOCK_EMSGSIZE;
  int64_t opened = open_socket(socket);
  if (opened < 0)
    return opened;
  UdpSendArgs args = {
      .destination = to->address, .port = to->port, .length = (uint32_t)wait->count};
  switch (udp_send(socket->udp, &args)) {
  case UDP_OK:
    return (int64_t)wait->count;
  case UDP_TOO_LONG:
    return -SOCK_EMSGSIZE;
  default:
    return -SOCK_ENETUNREACH;
  }
}

int64_t
sock_udp_receive(SockWait *wait)
{
  Socket *socket = wait->socket;
  if (wait->flags & LINUX_MSG_PEEK)
    return -SOCK_EOPNOTSUPP;
  if (socket->error != 0)
    return sock_take_error(socket);
  UdpDatagram datagram;
  if (socket->udp == NULL || !udp_receive(socket->udp, &datagram))
    return SOCK_PENDING;
  g_free(datagram.bytes);
  if (wait->from != NULL)
    *wait->from = (SockAddress){datagram.source, datagram.port};
  bool whole = wait->flags & LINUX_MSG_TRUNC;
  return whole ? (int64_t)datagram.length : (int64_t)MIN(wait->count, datagram.length);
}

int
sock_udp_poll(const Socket *socket)
{
  int ready = LINUX_POLLOUT | LINUX_POLLWRNORM;
  if (socket->error != 0)
    ready |= LINUX_POLLERR;
  if (socket->udp != NULL && udp_receivable(socket->udp) > 0)
    ready |= LINUX_POLLIN | LINUX_POLLRDNORM;
  return ready;
}
