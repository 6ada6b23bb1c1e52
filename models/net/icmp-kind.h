/* icmp-kind: what ICMP messages say, by the same names for ICMPv4 and ICMPv6, and how an error is
 * handed from node to node and from protocol to protocol.
 *
 * Nodes and protocols speak of a kind; models/icmp makes a message of it and takes one apart. */
#pragma once

#include "models/net/packet.h"

typedef enum {
  ICMP_OTHER, /* a type and code that stand for none of these */
  ICMP_ECHO_REQUEST,
  ICMP_ECHO_REPLY,
  /* "destination unreachable", RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1 */
  ICMP_NET_UNREACHABLE,
  ICMP_HOST_UNREACHABLE,
  ICMP_PROTOCOL_UNREACHABLE,
  ICMP_PORT_UNREACHABLE,
  ICMP_TOO_BIG, /* "fragmentation needed", "packet too big" */
  ICMP_SOURCE_ROUTE_FAILED,
  ICMP_NET_UNKNOWN,
  ICMP_HOST_UNKNOWN,
  ICMP_SOURCE_ISOLATED,
  ICMP_NET_PROHIBITED,
  ICMP_HOST_PROHIBITED,
  ICMP_NET_UNREACHABLE_FOR_TOS,
  ICMP_HOST_UNREACHABLE_FOR_TOS,
  ICMP_PROHIBITED, /* "communication administratively prohibited", by a filter */
  ICMP_PRECEDENCE_VIOLATION,
  ICMP_PRECEDENCE_CUTOFF,
  ICMP_SOURCE_QUENCH,
  ICMP_TTL_EXCEEDED,        /* "time exceeded", in transit */
  ICMP_REASSEMBLY_EXCEEDED, /* "time exceeded", of fragments */
  ICMP_PARAMETER_PROBLEM,
  ICMP_KINDS
} IcmpKind;

/* An error that has arrived. */
typedef struct IcmpError {
  IcmpKind kind;          /* never an echo */
  uint8_t type, code;     /* as on the wire */
  uint32_t mtu;           /* TOO_BIG: of the next hop; 0: the router did not say */
  NetAddressId from;      /* who reports */
  const Packet *quoted;   /* what it is about; only what `quoted_length` covers is to be believed */
  uint32_t quoted_length; /* bytes of it behind its IP header: at least 8 */
} IcmpError;

/* "echo request", "host unreachable", "fragmentation needed" (ICMPv4), "packet too big" (ICMPv6).
 */
const char *icmp_kind_name(IcmpKind kind, uint8_t family);
IcmpKind icmp_kind_of(const IcmpHeader *icmp, uint8_t family);
/* Sets type and code. False: ICMP of that family has no such message. */
bool icmp_kind_write(IcmpKind kind, uint8_t family, IcmpHeader *icmp);
/* An error message, which never draws another (RFC 1122 3.2.2). */
bool icmp_kind_is_error(IcmpKind kind);
