/* udp: sockets by their ports, what arrives for them, and what they send.
 *
 * A datagram that nobody listens for draws "port unreachable"; one that finds the receive buffer
 * full is dropped. A damaged one is found by its checksum (node.c) and never comes here.
 * Errors about a datagram go to the socket with its source port; a connected one also keeps what is
 * hard for its next call, as Linux does.
 * Left out: several sockets on one port, broadcast, multicast, UDP-Lite.
 * Supported standards: RFC 768, RFC 1122 4.1. */
#include "models/udp/udp.h"

#include "models/net/path-mtu.h"
#include "models/net/port-set.h"
#include "sim/error.h"

#define HEADER_LENGTH 8

struct UdpSocket {
  UdpHost *host;          /* borrowed */
  UdpSocket *next, *prev; /* of the host's list */
  uint16_t port;
  bool connected;
  uint16_t peer_port;
  NetAddressId peer;
  UdpFragmenting fragmenting;
  uint64_t receive_buffer; /* IP bytes that may wait */
  uint64_t waiting_bytes;  /* of what waits */
  uint32_t waiting;
  Packet *head, *tail; /* what waits, by `next`; packet->time is its arrival */
  IcmpKind error;      /* ICMP_OTHER: none */
  const UdpUserOps *ops;
  void *user;
};

struct UdpHost {
  Node *node; /* borrowed */
  Net *net;
  Sim *sim;
  UdpSocket *sockets;  /* owned; the last that was opened is the first */
  GHashTable *by_port; /* look-up only */
  PortSet *taken;      /* owned; NULL: none has been looked for in vain PORT_TRIES times in a row */
  uint16_t next_port;  /* that is tried */
};

static UdpSocket *
socket_at(const UdpHost *host, uint16_t port)
{
  return g_hash_table_lookup(host->by_port, GUINT_TO_POINTER(port));
}

/* -- what arrives -- */

static bool
takes_from(const UdpSocket *socket, NetAddressId source, uint16_t port)
{
  return !socket->connected || (socket->peer == source && socket->peer_port == port);
}

static void
enqueue(UdpSocket *socket, Packet *packet)
{
  packet->next = NULL;
  packet->time = sim_now(socket->host->sim);
  if (socket->tail != NULL)
    socket->tail->next = packet;
  else
    socket->head = packet;
  socket->tail = packet;
  socket->waiting++;
  socket->waiting_bytes += packet_size(packet);
  if (socket->ops != NULL && socket->ops->readable != NULL)
    socket->ops->readable(socket, socket->user);
}

static void
receive(void *self, Packet *packet, LinkDirection *arrived_on)
{
  UdpHost *host = self;
  UdpSocket *socket = socket_at(host, packet->udp.destination_port);
  /* RFC 1122 4.1.3.1: "If a datagram arrives addressed to a UDP port for which there is no pending
   * LISTEN call, UDP SHOULD send an ICMP Port Unreachable message." */
  if (socket == NULL || !takes_from(socket, packet->source, packet->udp.source_port))
    node_refuse(host->node, packet, ICMP_PORT_UNREACHABLE, "no socket");
  else if (socket->waiting > 0 &&
           socket->waiting_bytes + packet_size(packet) > socket->receive_buffer)
    node_drop(host->node, packet, "receive buffer full");
  else
    enqueue(socket, packet);
}

/* RFC 1122 3.2.2.1: codes 2 to 4 are hard; Linux adds what an administrator forbids and what is
 * unknown. Net and host unreachable "MUST NOT be interpreted as proof" of anything. */
static bool
is_hard(IcmpKind kind)
{
  switch (kind) {
  case ICMP_PROTOCOL_UNREACHABLE:
  case ICMP_PORT_UNREACHABLE:
  case ICMP_NET_UNKNOWN:
  case ICMP_HOST_UNKNOWN:
  case ICMP_SOURCE_ISOLATED:
  case ICMP_NET_PROHIBITED:
  case ICMP_HOST_PROHIBITED:
  case ICMP_PROHIBITED:
  case ICMP_PRECEDENCE_VIOLATION:
  case ICMP_PRECEDENCE_CUTOFF:
  case ICMP_PARAMETER_PROBLEM:
    return true;
  default:
    return false;
  }
}

static void
on_error(void *self, const IcmpError *error)
{
  const UdpHost *host = self;
  const Packet *quoted = error->quoted;
  UdpSocket *socket = socket_at(host, quoted->udp.source_port);
  if (socket == NULL || !takes_from(socket, quoted->destination, quoted->udp.destination_port))
    return;
  if (error->kind == ICMP_TOO_BIG && socket->fragmenting != UDP_FRAGMENT)
    path_mtu_learn(host->node, quoted->destination, error->mtu);
  if (socket->connected && is_hard(error->kind))
    socket->error = error->kind;
  if (socket->ops == NULL || socket->ops->error == NULL)
    return;
  UdpError told = {
      .kind = error->kind,
      .from = error->from,
      .destination = quoted->destination,
      .port = quoted->udp.destination_port,
      .mtu = error->mtu,
  };
  socket->ops->error(socket, &told, socket->user);
}

/* -- hosts -- */

UdpHost *
udp_host_new(Node *node)
{
  UdpHost *host = g_new0(UdpHost, 1);
  host->node = node;
  host->net = node->net;
  host->sim = node->net->sim;
  host->by_port = g_hash_table_new(NULL, NULL);
  host->next_port = PORT_FIRST;
  node_set_protocol(node, NET_PROTO_UDP, receive, host);
  node_set_error(node, NET_PROTO_UDP, on_error);
  return host;
}

void
udp_host_free(UdpHost *host)
{
  while (host->sockets != NULL)
    udp_close(host->sockets);
  node_set_protocol(host->node, NET_PROTO_UDP, NULL, NULL);
  g_hash_table_unref(host->by_port);
  g_free(host->taken);
  g_free(host);
}

Node *
udp_host_node(const UdpHost *host)
{
  return host->node;
}

/* -- sockets -- */

static uint64_t
taken(unsigned word, const void *user)
{
  return ((const PortSet *)user)->taken[word];
}

static PortSet *
taken_ports(const UdpHost *host)
{
  PortSet *set = g_new0(PortSet, 1);
  for (const UdpSocket *socket = host->sockets; socket != NULL; socket = socket->next)
    port_set_put(set, socket->port);
  return set;
}

/* 0: none is free. */
static uint16_t
free_port(UdpHost *host)
{
  uint16_t port = host->next_port;
  for (unsigned tries = 0; host->taken == NULL && tries < PORT_TRIES; tries++) {
    if (socket_at(host, port) == NULL) {
      host->next_port = port_next(port);
      return port;
    }
    port = port_next(port);
  }
  if (host->taken == NULL)
    host->taken = taken_ports(host);
  port = port_next_free(PORT_DYNAMIC, host->next_port, taken, host->taken);
  if (port != 0)
    host->next_port = port_next(port);
  return port;
}

UdpSocket *
udp_open(UdpHost *host, const UdpOpenArgs *args, GError **error)
{
  uint16_t port = args->port != 0 ? args->port : free_port(host);
  if (port == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "host \"%s\" has no free UDP port left",
                host->node->name);
    return NULL;
  }
  if (socket_at(host, port) != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "host \"%s\" already has a UDP socket on port %u", host->node->name, port);
    return NULL;
  }
  UdpSocket *socket = g_new0(UdpSocket, 1);
  socket->host = host;
  socket->port = port;
  socket->fragmenting = args->fragmenting;
  socket->receive_buffer = args->receive_buffer > 0 ? args->receive_buffer : UDP_RECEIVE_BUFFER;
  socket->ops = args->ops;
  socket->user = args->user;
  socket->next = host->sockets;
  if (socket->next != NULL)
    socket->next->prev = socket;
  host->sockets = socket;
  g_hash_table_insert(host->by_port, GUINT_TO_POINTER(port), socket);
  if (host->taken != NULL)
    port_set_put(host->taken, port);
  return socket;
}

void
udp_close(UdpSocket *socket)
{
  UdpHost *host = socket->host;
  while (socket->head != NULL) {
    Packet *packet = socket->head;
    socket->head = packet->next;
    packet_free(host->net, packet);
  }
  g_hash_table_remove(host->by_port, GUINT_TO_POINTER(socket->port));
  if (host->taken != NULL)
    port_set_take_out(host->taken, socket->port);
  if (socket->prev != NULL)
    socket->prev->next = socket->next;
  else
    host->sockets = socket->next;
  if (socket->next != NULL)
    socket->next->prev = socket->prev;
  g_free(socket);
}

UdpHost *
udp_socket_host(const UdpSocket *socket)
{
  return socket->host;
}

uint16_t
udp_port(const UdpSocket *socket)
{
  return socket->port;
}

void
udp_set_user(UdpSocket *socket, const UdpUserOps *ops, void *user)
{
  socket->ops = ops;
  socket->user = user;
}

void
udp_set_fragmenting(UdpSocket *socket, UdpFragmenting fragmenting)
{
  socket->fragmenting = fragmenting;
}

void
udp_connect(UdpSocket *socket, NetAddressId destination, uint16_t port)
{
  socket->connected = destination != NET_ADDRESS_NONE;
  socket->peer = destination;
  socket->peer_port = port;
  socket->error = ICMP_OTHER;
}

bool
udp_peer(const UdpSocket *socket, NetAddressId *destination, uint16_t *port)
{
  if (destination != NULL)
    *destination = socket->peer;
  if (port != NULL)
    *port = socket->peer_port;
  return socket->connected;
}

/* -- sending -- */

static Packet *
datagram_new(UdpSocket *socket, const UdpSendArgs *args, NetAddressId destination, uint16_t port)
{
  UdpHost *host = socket->host;
  Packet *packet = packet_new(host->net, host->node);
  packet->family = net_address(host->net, destination)->family;
  packet->protocol = NET_PROTO_UDP;
  packet->source = node_address_of(host->node, packet->family);
  packet->destination = destination;
  packet->traffic_class = args->traffic_class;
  if (args->ttl > 0)
    packet->ttl = args->ttl;
  packet->udp = (UdpHeader){.source_port = socket->port, .destination_port = port};
  packet->payload = args->length;
  if (args->bytes != NULL && args->length > 0)
    packet_ext(host->net, packet)->payload = g_memdup2(args->bytes, args->length);
  return packet;
}

UdpResult
udp_send(UdpSocket *socket, const UdpSendArgs *args)
{
  UdpHost *host = socket->host;
  bool peer = args->destination == NET_ADDRESS_NONE;
  NetAddressId destination = peer ? socket->peer : args->destination;
  uint16_t port = peer ? socket->peer_port : args->port;
  sim_assert(host->sim, destination != NET_ADDRESS_NONE);
  bool ipv6 = net_address(host->net, destination)->family == 6;
  if (args->length > UDP_PAYLOAD_MAX + (ipv6 ? 20 : 0))
    return UDP_TOO_LONG;
  uint32_t mtu = node_mtu(host->node, destination);
  if (mtu == 0)
    return UDP_UNREACHABLE;
  bool fits = args->length + HEADER_LENGTH + (ipv6 ? 40 : 20) <= mtu;
  if (!fits && socket->fragmenting == UDP_DONT_FRAGMENT)
    return UDP_TOO_LONG;
  Packet *packet = datagram_new(socket, args, destination, port);
  if (fits && socket->fragmenting != UDP_FRAGMENT)
    packet->marks |= PACKET_DONT_FRAGMENT;
  node_send(host->node, packet);
  return UDP_OK;
}

/* -- receiving -- */

bool
udp_receive(UdpSocket *socket, UdpDatagram *datagram)
{
  Packet *packet = socket->head;
  if (packet == NULL)
    return false;
  socket->head = packet->next;
  if (socket->head == NULL)
    socket->tail = NULL;
  socket->waiting--;
  socket->waiting_bytes -= packet_size(packet);
  *datagram = (UdpDatagram){
      .source = packet->source,
      .port = packet->udp.source_port,
      .length = packet->payload,
      .ttl = packet->ttl,
      .traffic_class = packet->traffic_class,
      .arrived_at = packet->time,
  };
  if (packet->ext != NULL)
    datagram->bytes = g_steal_pointer(&packet->ext->payload);
  packet_free(socket->host->net, packet);
  return true;
}

uint32_t
udp_receivable(const UdpSocket *socket)
{
  return socket->waiting;
}

uint32_t
udp_next_length(const UdpSocket *socket)
{
  return socket->head->payload;
}

IcmpKind
udp_take_error(UdpSocket *socket)
{
  IcmpKind error = socket->error;
  socket->error = ICMP_OTHER;
  return error;
}
