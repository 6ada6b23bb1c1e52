/* udp: the User Datagram Protocol as its users see it (RFC 768).
 *
 * One UdpHost stands on each node that speaks UDP. A socket has a port; what arrives there waits in
 * its queue until it is taken. A datagram is a length, and bytes only where bytes were given.
 *
 * Callbacks may call any function here, udp_close() of the same socket too.
 * Lifetime: a socket belongs to its host and is freed by udp_close(), or with the host. */
#pragma once

#include "models/net/node.h"

typedef struct UdpHost UdpHost;
typedef struct UdpSocket UdpSocket;

/* An ICMP error about a datagram that the socket sent. */
typedef struct UdpError {
  IcmpKind kind;
  NetAddressId from;        /* who reports */
  NetAddressId destination; /* where the datagram was to go */
  uint16_t port;
  uint32_t mtu; /* with ICMP_TOO_BIG */
} UdpError;

typedef struct UdpUserOps {
  void (*readable)(UdpSocket *socket, void *user);                     /* NULL: not told */
  void (*error)(UdpSocket *socket, const UdpError *error, void *user); /* NULL: not told */
} UdpUserOps;

/* Whether datagrams may be fragmented (RFC 791: the DF bit). */
typedef enum {
  UDP_FRAGMENT,     /* anywhere on the way; of IPv6 at the source only */
  UDP_DISCOVER_MTU, /* at the source, to what the path is known to carry; Linux's IP_PMTUDISC_WANT
                     */
  UDP_DONT_FRAGMENT /* not at all: what is too long is refused */
} UdpFragmenting;

typedef enum {
  UDP_OK,
  UDP_TOO_LONG,    /* for a datagram, or for the path when it must not be fragmented */
  UDP_UNREACHABLE, /* no route */
} UdpResult;

#define UDP_RECEIVE_BUFFER 212992 /* bytes: Linux's net.core.rmem_default */
#define UDP_PAYLOAD_MAX 65507     /* of IPv4; IPv6 takes 20 more */

UdpHost *udp_host_new(Node *node);
void udp_host_free(UdpHost *host);
Node *udp_host_node(const UdpHost *host);

typedef struct UdpOpenArgs {
  uint16_t port;           /* 0: the next free one from 49152 */
  uint64_t receive_buffer; /* IP bytes that may wait; 0: UDP_RECEIVE_BUFFER */
  UdpFragmenting fragmenting;
  const UdpUserOps *ops; /* NULL: nobody is told */
  void *user;
} UdpOpenArgs;

/* NULL and an error (SIM_ERROR_STATE) when the port is taken. */
UdpSocket *udp_open(UdpHost *host, const UdpOpenArgs *args, GError **error);
void udp_close(UdpSocket *socket);

UdpHost *udp_socket_host(const UdpSocket *socket);
uint16_t udp_port(const UdpSocket *socket);
void udp_set_user(UdpSocket *socket, const UdpUserOps *ops, void *user);
void udp_set_fragmenting(UdpSocket *socket, UdpFragmenting fragmenting);
/* From now on only datagrams from there are taken, and errors are kept for udp_take_error().
 * NET_ADDRESS_NONE: no longer. */
void udp_connect(UdpSocket *socket, NetAddressId destination, uint16_t port);
/* Where the socket is connected to; false: it is not. Either pointer may be NULL. */
bool udp_peer(const UdpSocket *socket, NetAddressId *destination, uint16_t *port);

typedef struct UdpSendArgs {
  NetAddressId destination; /* NET_ADDRESS_NONE: where the socket is connected to */
  uint16_t port;
  uint32_t length;
  const void *bytes; /* `length` of them, copied; NULL: only a count */
  uint8_t ttl;       /* 0: 64 */
  uint8_t traffic_class;
} UdpSendArgs;

UdpResult udp_send(UdpSocket *socket, const UdpSendArgs *args);

typedef struct UdpDatagram {
  NetAddressId source;
  uint16_t port;
  uint32_t length;
  uint8_t *bytes; /* for g_free; NULL: only a count */
  uint8_t ttl, traffic_class;
  SimTime arrived_at;
} UdpDatagram;

/* The oldest that waits; false: none. */
bool udp_receive(UdpSocket *socket, UdpDatagram *datagram);
uint32_t udp_receivable(const UdpSocket *socket);  /* datagrams that wait */
uint32_t udp_next_length(const UdpSocket *socket); /* of the oldest of them; there is one */
/* Of a connected socket: the last hard error (RFC 1122 4.1.3.3; "port unreachable" and others that
 * will not go away), which is forgotten; ICMP_OTHER: none. */
IcmpKind udp_take_error(UdpSocket *socket);
