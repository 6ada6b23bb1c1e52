/* packet: one IP packet as a struct of fields, with one owner.
 *
 * There are no wire bytes and no reference counts: passing a packet on gives it away, and it is
 * delivered or freed exactly once. Wire bytes are made where someone looks at them (wire.h).
 * Payload is a length; bytes exist only where a scenario gave bytes (ext->payload).
 * A packet is at most 128 bytes, from the network's slab. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/net/address.h"
#include "sim/time.h"

struct Net;
struct Node;

#define NET_PROTO_ICMP 1 /* ICMPv6 too: the wire has 58 for it */
#define NET_PROTO_TCP 6
#define NET_PROTO_UDP 17

/* The low two bits of the traffic class (RFC 3168). */
enum { NET_ECN_NOT = 0, NET_ECN_ECT1 = 1, NET_ECN_ECT0 = 2, NET_ECN_CE = 3 };

/* TCP header flags, as on the wire. */
enum {
  TCP_FIN = 0x01,
  TCP_SYN = 0x02,
  TCP_RST = 0x04,
  TCP_PSH = 0x08,
  TCP_ACK = 0x10,
  TCP_URG = 0x20,
  TCP_ECE = 0x40,
  TCP_CWR = 0x80,
  TCP_AE = 0x100,
};

/* Which TCP options a packet carries. */
enum {
  TCP_OPT_MSS = 0x01,
  TCP_OPT_WSCALE = 0x02,
  TCP_OPT_SACK_PERMITTED = 0x04,
  TCP_OPT_TIMESTAMPS = 0x08,
  TCP_OPT_SACK = 0x10,      /* sack_count blocks */
  TCP_OPT_FAST_OPEN = 0x20, /* cookie in ext */
  TCP_OPT_ACCECN = 0x80,    /* counts in ext (RFC 9768) */
  TCP_OPT_RAW = 0x40,       /* exactly the bytes of ext->options instead of all of these */
};

/* Packet.marks */
enum {
  PACKET_CORRUPT = 0x01,  /* damaged on the way: the receiver's checksum will not match */
  PACKET_COPY = 0x02,     /* made by a link, not by its sender */
  PACKET_HAS_ISS = 0x04,  /* tcp.iss is known */
  PACKET_HAS_IRS = 0x08,  /* tcp.irs is known */
  PACKET_INJECTED = 0x10, /* put on the wire by the scenario; belongs to no connection */
  PACKET_DONT_FRAGMENT = 0x20,
};

/* Packet.fragment */
#define PACKET_MORE_FRAGMENTS 0x2000
#define PACKET_FRAGMENT_OFFSET 0x1fff

/* Why a segment was sent: for the timeline and the captures, never for an outcome. */
typedef enum {
  PACKET_CAUSE_NEW,             /* first transmission, or an ACK that was due */
  PACKET_CAUSE_RTO,             /* retransmission time-out */
  PACKET_CAUSE_FAST_RETRANSMIT, /* three duplicate ACKs */
  PACKET_CAUSE_PARTIAL_ACK,     /* the next hole of a recovery */
  PACKET_CAUSE_REPEATED_SYN,    /* a repeated SYN was answered with another SYN+ACK */
  PACKET_CAUSE_DELAYED_ACK,     /* the delayed-ACK timer */
  PACKET_CAUSE_DUPLICATE_ACK,   /* data out of order or already received */
  PACKET_CAUSE_CHALLENGE_ACK,   /* RFC 5961, RFC 9293 3.10.7.4 */
  PACKET_CAUSE_WINDOW_PROBE,    /* the persist timer */
  PACKET_CAUSE_WINDOW_UPDATE,   /* the application made room */
  PACKET_CAUSE_KEEPALIVE,
  PACKET_CAUSE_TAIL_LOSS_PROBE,
  PACKET_CAUSE_RACK,          /* found lost by time */
  PACKET_CAUSE_SACK,          /* a hole that SACK showed */
  PACKET_CAUSE_LAST_RESORT,   /* perhaps a hole, and nothing else may go (RFC 6675) */
  PACKET_CAUSE_RESCUE,        /* the last that is out, for the same reason */
  PACKET_CAUSE_PATH_MTU,      /* what was out is too large for the path as it is now known */
  PACKET_CAUSE_MTU_PROBE,     /* does a segment of this size pass? (RFC 4821); new data */
  PACKET_CAUSE_SYN_COOKIE,    /* a SYN+ACK for which nothing is kept (RFC 4987) */
  PACKET_CAUSE_FAST_OPEN,     /* the SYN's data, which was not taken (RFC 7413) */
  PACKET_CAUSE_NO_CONNECTION, /* a reset: nothing matches what came */
  PACKET_CAUSE_ABORT,         /* a reset: the application gave up or left data unread */
  PACKET_CAUSE_FIREWALL,      /* a reset: it lets nothing to there pass */
  PACKET_CAUSE_COUNT
} PacketCause;

/* "fast retransmit"; "" for PACKET_CAUSE_NEW. */
const char *packet_cause_name(PacketCause cause);

/* PacketExt.accecn: bytes that came as ECT(0), CE and ECT(1). */
enum { PACKET_ACCECN_E0B, PACKET_ACCECN_CEB, PACKET_ACCECN_E1B };

/* The rarely needed part, from its own slab; freed with the packet. */
typedef struct PacketExt {
  uint8_t *payload;       /* owned (g_malloc) bytes, packet->payload of them; NULL: only a count */
  uint8_t *options;       /* owned raw TCP options (TCP_OPT_RAW); NULL: none */
  struct Packet *quoted;  /* owned: the packet that an ICMP error is about, as it was then, or the
                             datagram that this is a fragment of; NULL: neither */
  uint8_t options_length; /* bytes, a multiple of 4, at most 40 */
  uint8_t cookie_length;  /* Fast Open: 0 asks for a cookie, else 4 to 16 */
  uint8_t cookie[16];
  uint8_t accecn_fields;  /* TCP_OPT_ACCECN: the first so many of e0b, ceb, e1b, ... */
  bool accecn_ect1_first; /* ... or of e1b, ceb, e0b (kind 174, not 172) */
  uint32_t accecn[3];     /* by PACKET_ACCECN_..., 24 bits each */
} PacketExt;

typedef struct TcpSackBlock {
  uint32_t start, end; /* sequence numbers; [start, end) */
} TcpSackBlock;

#define TCP_SACK_BLOCKS 4

/* The first eight bytes share a cache line with what comes before them in a packet, so that a
 * router, which looks no further, needs that line alone. */
typedef struct TcpHeader {
  uint16_t source_port, destination_port;
  uint16_t flags;        /* TCP_SYN ... */
  uint8_t header_length; /* bytes with options: 20 to 60 */
  uint8_t options;       /* TCP_OPT_... */
  uint32_t seq, ack;     /* ack is 0 unless TCP_ACK */
  uint16_t window;       /* as on the wire, before scaling */
  uint16_t urgent;
  uint16_t mss;               /* TCP_OPT_MSS */
  uint8_t window_scale;       /* TCP_OPT_WSCALE */
  uint8_t sack_count;         /* TCP_OPT_SACK: 1 to 4 blocks, the most recent first */
  uint32_t ts_value, ts_echo; /* TCP_OPT_TIMESTAMPS */
  TcpSackBlock sack[TCP_SACK_BLOCKS];
  uint32_t iss, irs; /* the sender's and the receiver's initial sequence numbers as the sender
                        believes them (PACKET_HAS_ISS, PACKET_HAS_IRS): for relative numbers */
} TcpHeader;

typedef struct UdpHeader {
  uint16_t source_port, destination_port;
} UdpHeader;

/* Of IPv4 and IPv6, by packet->family. `payload` is what stands behind these eight bytes: the data
 * of an echo, or so many bytes of ext->quoted. */
typedef struct IcmpHeader {
  uint8_t type, code;    /* as on the wire; icmp-kind.h has their names */
  uint16_t id, sequence; /* of an echo; else 0 */
  uint32_t mtu;          /* of the next hop, in "too big"; else 0 */
} IcmpHeader;

typedef struct Packet {
  struct Packet *next; /* for whoever owns it: a ring, a free list */
  uint64_t id;         /* creating node's owner number << 40 | its count */
  SimTime time;        /* for the link it is on: end of transmission, then arrival */
  PacketExt *ext;      /* owned; NULL nearly always */
  NetAddressId source, destination;
  uint32_t payload; /* bytes behind the transport header */
  uint8_t protocol; /* NET_PROTO_... */
  uint8_t ttl;
  uint8_t traffic_class; /* DSCP << 2 | ECN */
  uint8_t marks;         /* PACKET_... */
  uint8_t cause;         /* PacketCause */
  uint8_t retransmit;    /* 0 first, 1 first retransmission ...; saturates */
  uint8_t family;        /* 4 or 6 */
  uint8_t window_scale;  /* the shift that applies to tcp.window, as its sender knows (0 on SYN) */
  uint16_t identification; /* of the datagram that this is a fragment of; else 0 */
  uint16_t fragment;       /* 0: a whole packet; else as on the wire: its offset in units of eight
                              bytes, and whether more follow. `payload` counts all behind IP then */
  union {
    TcpHeader tcp;
    UdpHeader udp;
    IcmpHeader icmp;
  };
} Packet;

G_STATIC_ASSERT(sizeof(Packet) <= 128);
G_STATIC_ASSERT(offsetof(Packet, tcp.seq) == 64);

/* A new packet of `net`, zeroed but for id (from `creator`), ttl 64 and family. */
Packet *packet_new(struct Net *net, struct Node *creator);
Packet *packet_new_of(struct Net *net, struct Node *creator, uint8_t family); /* or of this one */
/* A copy with an id of its own, PACKET_COPY set. `creator` counts it. */
Packet *packet_copy(struct Net *net, struct Node *creator, const Packet *packet);
void packet_free(struct Net *net, Packet *packet);
PacketExt *packet_ext(struct Net *net, Packet *packet); /* made when there is none */
/* What an ICMP error quotes: all of the packet as it is, with its id. Freed by packet_free(). */
Packet *packet_quote(struct Net *net, const Packet *packet);
/* The extension of a packet that has one, for a copy of the struct; by packet_ext_free(). */
PacketExt *packet_ext_copy(struct Net *net, const Packet *packet);
void packet_ext_free(struct Net *net, PacketExt *ext);

#define PACKET_ID_COUNT_BITS 40

/* The number of the owner that made it. */
static inline uint32_t
packet_maker(const Packet *packet)
{
  return (uint32_t)(packet->id >> PACKET_ID_COUNT_BITS);
}

/* IP length: network header + transport header + payload. */
static inline uint32_t
packet_size(const Packet *packet)
{
  uint32_t network = packet->family == 6 ? 40 : 20;
  if (packet->fragment != 0) /* IPv6 has an extension header for it */
    return network + (packet->family == 6 ? 8 : 0) + packet->payload;
  uint32_t transport = packet->protocol == NET_PROTO_TCP ? packet->tcp.header_length : 8;
  return network + transport + packet->payload;
}

/* Sequence space it takes: payload, plus one each for SYN and FIN. */
static inline uint32_t
packet_tcp_length(const Packet *packet)
{
  return packet->payload + !!(packet->tcp.flags & TCP_SYN) + !!(packet->tcp.flags & TCP_FIN);
}

/* "SYN", "SYN+ACK", "PSH+ACK", "FIN+ACK", "RST+ACK": SYN FIN RST PSH URG ACK ECE CWR AE in this
 * order, "none" when there is none. Returns `text`. */
#define PACKET_FLAGS_TEXT 48
char *packet_flags_print(uint16_t flags, char text[PACKET_FLAGS_TEXT]);
