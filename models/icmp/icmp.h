/* icmp: the Internet Control Message Protocol of one node, for IPv4 (RFC 792) and IPv6 (RFC 4443).
 *
 * An IcmpHost stands on each host and router that is to speak ICMP. It answers echo requests, tells
 * senders what became of the packets that its node dropped (models/net says when), and hands errors
 * that arrive to the protocol whose packet they quote. */
#pragma once

#include "models/net/node.h"

typedef struct IcmpHost IcmpHost;

typedef struct IcmpCounters {
  uint64_t errors_sent;       /* by this node */
  uint64_t errors_suppressed; /* would have been sent but for the rate limit */
  uint64_t errors_received;
  uint64_t echoes_answered;
} IcmpCounters;

/* Linux's icmp_ratelimit. */
#define ICMP_RATE_INTERVAL SIM_SECOND

/* An ICMP on `node`. Freed with icmp_host_free(), before the network. */
IcmpHost *icmp_host_new(Node *node);
void icmp_host_free(IcmpHost *host);
Node *icmp_host_node(const IcmpHost *host);
/* To one destination go six errors at once and then one each `interval`, as in Linux; 0: all go.
 * "Too big" is never held back. */
void icmp_host_set_rate(IcmpHost *host, SimTime interval);
const IcmpCounters *icmp_host_counters(const IcmpHost *host);

/* An error message, for those who make one themselves (a peer that a test plays). */
typedef struct IcmpErrorArgs {
  IcmpKind kind;
  uint32_t mtu;          /* TOO_BIG; else 0 */
  NetAddressId source;   /* who reports; NET_ADDRESS_NONE: the creator's address */
  const Packet *about;   /* quoted; the message goes to its source. Need not be of the network */
  uint32_t quote_length; /* bytes of it, IP header too; 0: as many as the standards let in */
} IcmpErrorArgs;

/* The caller sends it. NULL when ICMP of the family of `about` has no such message. */
Packet *icmp_error_new(Net *net, Node *creator, const IcmpErrorArgs *args);

/* -- echo -- */

typedef struct IcmpEcho IcmpEcho;

/* What came back for a request: a reply or an error. */
typedef struct IcmpEchoAnswer {
  IcmpKind kind; /* ICMP_ECHO_REPLY, or an error */
  NetAddressId from;
  uint16_t sequence; /* of the request */
  uint8_t ttl;       /* of the reply, as it arrived */
  uint32_t size;     /* data bytes of the reply */
  uint32_t mtu;      /* with ICMP_TOO_BIG */
} IcmpEchoAnswer;

typedef void (*IcmpEchoFn)(IcmpEcho *echo, const IcmpEchoAnswer *answer, void *user);

typedef struct IcmpEchoArgs {
  NetAddressId destination;
  uint16_t sequence;
  uint32_t size; /* data bytes */
  uint8_t ttl;   /* 0: 64 */
  bool dont_fragment;
} IcmpEchoArgs;

/* Who sends echo requests from `host`. Freed by icmp_echo_free(), or with the host. */
IcmpEcho *icmp_echo_new(IcmpHost *host, IcmpEchoFn answered, void *user);
void icmp_echo_free(IcmpEcho *echo);
/* False: there is no route. */
bool icmp_echo_send(IcmpEcho *echo, const IcmpEchoArgs *args);
