/* wire: a packet's fields as bytes in network order.
 *
 * The headers are written with their checksum fields zero, then the checksums are filled in. The
 * payload that is only a count is zeros, which add nothing to a checksum, so that a cut packet gets
 * the checksum of the whole one without making it. Damage flips bits of the transport checksum:
 * the rest stays readable, and it is as wrong as damage anywhere else would make it.
 * Supported standards: RFC 791, RFC 8200, RFC 1071, RFC 1624, RFC 9293 3.1, RFC 7323, RFC 2018, RFC
 * 7413, RFC 768, RFC 792, RFC 4443 (an error quotes the packet that it is about as it stood on the
 * wire). Other protocols get eight zero bytes for a header. */
#include "models/net/wire.h"

#include <string.h>

#define TCP_HEADER_LENGTH 20
#define UDP_HEADER_LENGTH 8
#define TCP_CHECKSUM_OFFSET 16
#define UDP_CHECKSUM_OFFSET 6
#define ICMP_CHECKSUM_OFFSET 2
#define FRAGMENT_HEADER 44 /* as IPv6's next header */
#define ICMPV6 58          /* as IPv6's next header */

enum {
  OPTION_NOP = 1,
  OPTION_MSS = 2,
  OPTION_WSCALE = 3,
  OPTION_SACK_PERMITTED = 4,
  OPTION_SACK = 5,
  OPTION_TIMESTAMPS = 8,
  OPTION_FAST_OPEN = 34,
  OPTION_ACCECN0 = 172,
  OPTION_ACCECN1 = 174,
};

static uint8_t *
put8(uint8_t *at, uint8_t value)
{
  *at = value;
  return at + 1;
}

static uint8_t *
put16(uint8_t *at, uint16_t value)
{
  uint16_t wire = GUINT16_TO_BE(value);
  memcpy(at, &wire, sizeof wire);
  return at + sizeof wire;
}

static uint8_t *
put32(uint8_t *at, uint32_t value)
{
  uint32_t wire = GUINT32_TO_BE(value);
  memcpy(at, &wire, sizeof wire);
  return at + sizeof wire;
}

static uint8_t *
put_bytes(uint8_t *at, const uint8_t *bytes, size_t count)
{
  memcpy(at, bytes, count);
  return at + count;
}

/* RFC 1071 2(B): "The sum of 16-bit integers can be computed in either byte order": numbers are
 * added as they lie in memory, and so does the sum; 32 bits at a time, whose carries come in at the
 * end. */
static uint64_t
sum_add(uint64_t sum, const uint8_t *data, size_t length)
{
  for (; length >= 8; data += 8, length -= 8) {
    uint32_t words[2];
    memcpy(words, data, sizeof words);
    sum += (uint64_t)words[0] + words[1];
  }
  if (length >= 4) {
    uint32_t word;
    memcpy(&word, data, sizeof word);
    sum += word;
    data += 4;
    length -= 4;
  }
  if (length == 0)
    return sum;
  uint32_t rest = 0;
  memcpy(&rest, data, length);
  return sum + rest;
}

/* "the 16-bit one's complement of the one's complement sum", as it lies in memory. */
static uint16_t
sum_finish(uint64_t sum)
{
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/* TCP options. */

SIM_HOT uint8_t
wire_tcp_options_length(const TcpHeader *header, const PacketExt *ext)
{
  if (G_LIKELY(header->options == TCP_OPT_TIMESTAMPS))
    return 12;
  if (header->options & TCP_OPT_RAW)
    return ext->options_length;
  bool timestamps = header->options & TCP_OPT_TIMESTAMPS;
  unsigned length = 0;
  if (header->options & TCP_OPT_MSS)
    length += 4;
  if (timestamps)
    length += 12;
  else if (header->options & TCP_OPT_SACK_PERMITTED)
    length += 4;
  if (header->options & TCP_OPT_WSCALE)
    length += 4;
  if (header->options & TCP_OPT_SACK)
    length += 4 + 8 * header->sack_count;
  if (header->options & TCP_OPT_FAST_OPEN)
    length += 2 + ext->cookie_length;
  if (header->options & TCP_OPT_ACCECN)
    length += 2 + 3 * ext->accecn_fields;
  return (length + 3) / 4 * 4;
}

/* Linux fills the place of the two NOPs before the timestamps with SACK-permitted. */
static uint8_t *
put_timestamps(uint8_t *at, const TcpHeader *tcp)
{
  if (tcp->options & TCP_OPT_SACK_PERMITTED)
    at = put16(at, OPTION_SACK_PERMITTED << 8 | 2);
  else
    at = put16(at, OPTION_NOP << 8 | OPTION_NOP);
  at = put16(at, OPTION_TIMESTAMPS << 8 | 10);
  at = put32(at, tcp->ts_value);
  return put32(at, tcp->ts_echo);
}

static uint8_t *
put_sack(uint8_t *at, const TcpHeader *tcp)
{
  at = put16(at, OPTION_NOP << 8 | OPTION_NOP);
  at = put16(at, OPTION_SACK << 8 | (2 + 8 * tcp->sack_count));
  for (unsigned i = 0; i < tcp->sack_count; i++) {
    at = put32(at, tcp->sack[i].start);
    at = put32(at, tcp->sack[i].end);
  }
  return at;
}

/* RFC 9768 3.2.3: three bytes a count. */
static uint8_t *
put_accecn(uint8_t *at, const PacketExt *ext)
{
  unsigned fields = ext->accecn_fields;
  at = put8(at, ext->accecn_ect1_first ? OPTION_ACCECN1 : OPTION_ACCECN0);
  at = put8(at, (uint8_t)(2 + 3 * fields));
  for (unsigned i = 0; i < fields; i++) {
    uint32_t count = ext->accecn[ext->accecn_ect1_first ? 2 - i : i];
    at = put8(at, count >> 16 & 0xff);
    at = put16(at, count & 0xffff);
  }
  return at;
}

static uint8_t *
put_options(uint8_t *at, const TcpHeader *tcp, const PacketExt *ext)
{
  const uint8_t *start = at;
  if (tcp->options & TCP_OPT_RAW)
    return put_bytes(at, ext->options, ext->options_length);
  if (tcp->options & TCP_OPT_MSS) {
    at = put16(at, OPTION_MSS << 8 | 4);
    at = put16(at, tcp->mss);
  }
  if (tcp->options & TCP_OPT_TIMESTAMPS)
    at = put_timestamps(at, tcp);
  else if (tcp->options & TCP_OPT_SACK_PERMITTED)
    at = put32(at, OPTION_NOP << 24 | OPTION_NOP << 16 | OPTION_SACK_PERMITTED << 8 | 2);
  if (tcp->options & TCP_OPT_WSCALE)
    at = put32(at, OPTION_NOP << 24 | OPTION_WSCALE << 16 | 3 << 8 | tcp->window_scale);
  if (tcp->options & TCP_OPT_SACK)
    at = put_sack(at, tcp);
  if (tcp->options & TCP_OPT_FAST_OPEN) {
    at = put16(at, OPTION_FAST_OPEN << 8 | (2 + ext->cookie_length));
    at = put_bytes(at, ext->cookie, ext->cookie_length);
  }
  if (tcp->options & TCP_OPT_ACCECN)
    at = put_accecn(at, ext);
  while ((at - start) % 4 != 0)
    at = put8(at, OPTION_NOP);
  return at;
}

/* Headers. */

/* The number on the wire. */
static uint8_t
protocol_number(const Packet *packet)
{
  return packet->protocol == NET_PROTO_ICMP && packet->family == 6 ? ICMPV6 : packet->protocol;
}

static void
set_ipv4_checksum(uint8_t *header)
{
  memset(header + 10, 0, 2);
  uint16_t checksum = sum_finish(sum_add(0, header, 20));
  memcpy(header + 10, &checksum, sizeof checksum);
}

static uint8_t *
put_ipv4(uint8_t *at, const Net *net, const Packet *packet)
{
  uint8_t *start = at;
  at = put16(at, 0x4500 | packet->traffic_class);
  at = put16(at, packet_size(packet));
  at = put16(at, packet->fragment != 0 ? packet->identification : packet->id & 0xffff);
  at = put16(at, packet->fragment | (packet->marks & PACKET_DONT_FRAGMENT ? 0x4000 : 0));
  at = put8(at, packet->ttl);
  at = put8(at, packet->protocol);
  at = put16(at, 0);
  at = put_bytes(at, net_address(net, packet->source)->bytes, 4);
  at = put_bytes(at, net_address(net, packet->destination)->bytes, 4);
  set_ipv4_checksum(start);
  return at;
}

static uint8_t *
put_ipv6(uint8_t *at, const Net *net, const Packet *packet)
{
  at = put32(at, UINT32_C(6) << 28 | (uint32_t)packet->traffic_class << 20);
  at = put16(at, packet_size(packet) - 40);
  at = put8(at, packet->fragment != 0 ? FRAGMENT_HEADER : protocol_number(packet));
  at = put8(at, packet->ttl);
  at = put_bytes(at, net_address(net, packet->source)->bytes, 16);
  at = put_bytes(at, net_address(net, packet->destination)->bytes, 16);
  if (packet->fragment == 0)
    return at;
  at = put16(at, protocol_number(packet) << 8);
  at = put16(at, (packet->fragment & PACKET_FRAGMENT_OFFSET) << 3 |
                     !!(packet->fragment & PACKET_MORE_FRAGMENTS));
  return put32(at, packet->identification);
}

/* A fragment's part of what stands behind the IP header of the whole datagram. */
static uint8_t *
put_part(uint8_t *at, const Net *net, const Packet *packet)
{
  const Packet *whole = packet->ext->quoted;
  g_autofree uint8_t *all = g_malloc(packet_size(whole));
  wire_put(all, net, whole);
  uint32_t start = (whole->family == 6 ? 40 : 20) + (packet->fragment & PACKET_FRAGMENT_OFFSET) * 8;
  at = put_bytes(at, all + start, packet->payload);
  if (packet->marks & PACKET_CORRUPT)
    at[-1] ^= 0xff;
  return at;
}

static uint8_t *
put_tcp(uint8_t *at, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  at = put16(at, tcp->source_port);
  at = put16(at, tcp->destination_port);
  at = put32(at, tcp->seq);
  at = put32(at, tcp->ack);
  at = put16(at, (tcp->header_length / 4) << 12 | (tcp->flags & 0x1ff));
  at = put16(at, tcp->window);
  at = put16(at, 0);
  at = put16(at, tcp->urgent);
  return put_options(at, tcp, packet->ext);
}

static uint8_t *
put_udp(uint8_t *at, const Packet *packet)
{
  at = put16(at, packet->udp.source_port);
  at = put16(at, packet->udp.destination_port);
  at = put16(at, UDP_HEADER_LENGTH + packet->payload);
  return put16(at, 0);
}

static uint8_t *
put_icmp(uint8_t *at, const Net *net, const Packet *packet)
{
  const IcmpHeader *icmp = &packet->icmp;
  const Packet *quoted = packet->ext != NULL ? packet->ext->quoted : NULL;
  at = put8(at, icmp->type);
  at = put8(at, icmp->code);
  at = put16(at, 0);
  if (quoted == NULL) {
    at = put16(at, icmp->id);
    return put16(at, icmp->sequence);
  }
  at = put32(at, icmp->mtu); /* of ICMPv4 16 bits, behind 16 unused ones (RFC 1191 4) */
  g_autofree uint8_t *all = g_malloc(packet_size(quoted));
  wire_put(all, net, quoted);
  return put_bytes(at, all, MIN(packet->payload, packet_size(quoted)));
}

/* Over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) and what is written in [start, end); as it
 * lies in memory. */
static uint16_t
transport_checksum(const uint8_t *start, const uint8_t *end, const Net *net, const Packet *packet)
{
  unsigned network = packet->family == 6 ? 40 : 20;
  unsigned address = packet->family == 6 ? 16 : 4;
  uint64_t sum = 0;
  if (packet->protocol != NET_PROTO_ICMP || packet->family == 6) { /* ICMPv4 has no pseudo header */
    sum = (uint64_t)GUINT32_TO_BE(packet_size(packet) - network) +
          GUINT16_TO_BE((uint16_t)protocol_number(packet));
    sum = sum_add(sum, net_address(net, packet->source)->bytes, address);
    sum = sum_add(sum, net_address(net, packet->destination)->bytes, address);
  }
  return sum_finish(sum_add(sum, start, (size_t)(end - start)));
}

static void
set_checksum(uint8_t *start, const uint8_t *end, const Net *net, const Packet *packet)
{
  bool udp = packet->protocol == NET_PROTO_UDP;
  unsigned offset = udp                                 ? UDP_CHECKSUM_OFFSET
                    : packet->protocol == NET_PROTO_TCP ? TCP_CHECKSUM_OFFSET
                                                        : ICMP_CHECKSUM_OFFSET;
  uint16_t checksum = GUINT16_FROM_BE(transport_checksum(start, end, net, packet));
  if (udp && checksum == 0)
    checksum = 0xffff; /* RFC 768: zero says that none was made */
  if (packet->marks & PACKET_CORRUPT)
    checksum ^= udp && checksum == 0x00ff ? 0x0f : 0xff;
  put16(start + offset, checksum);
}

SIM_HOT uint8_t *
wire_put_cut(uint8_t *at, const Net *net, const Packet *packet)
{
  at = packet->family == 6 ? put_ipv6(at, net, packet) : put_ipv4(at, net, packet);
  if (packet->fragment != 0)
    return put_part(at, net, packet);
  uint8_t *transport = at;
  if (packet->protocol == NET_PROTO_TCP)
    at = put_tcp(at, packet);
  else if (packet->protocol == NET_PROTO_UDP)
    at = put_udp(at, packet);
  else if (packet->protocol == NET_PROTO_ICMP)
    at = put_icmp(at, net, packet);
  else
    at = put32(put32(at, 0), 0);
  if (packet->ext != NULL && packet->ext->payload != NULL)
    at = put_bytes(at, packet->ext->payload, packet->payload);
  if (packet->protocol == NET_PROTO_TCP || packet->protocol == NET_PROTO_UDP ||
      packet->protocol == NET_PROTO_ICMP)
    set_checksum(transport, at, net, packet);
  return at;
}

uint8_t *
wire_put(uint8_t *at, const Net *net, const Packet *packet)
{
  uint8_t *end = wire_put_cut(at, net, packet);
  size_t missing = packet_size(packet) - (size_t)(end - at);
  memset(end, 0, missing);
  return end + missing;
}

/* RFC 1624 3: "HC' = ~(~HC + ~m + m')", for the 16-bit word at `at`, which becomes `word`. */
static void
replace_word(uint8_t *at, uint16_t word, uint8_t *checksum)
{
  uint16_t old, sum;
  memcpy(&old, at, sizeof old);
  memcpy(&sum, checksum, sizeof sum);
  sum = sum_finish((uint64_t)(uint16_t)~sum + (uint16_t)~old + word);
  memcpy(at, &word, sizeof word);
  memcpy(checksum, &sum, sizeof sum);
}

void
wire_set_hop(uint8_t *bytes, const Packet *packet)
{
  if (packet->family == 6) {
    put32(bytes, UINT32_C(6) << 28 | (uint32_t)packet->traffic_class << 20);
    bytes[7] = packet->ttl;
    return;
  }
  if (bytes[8] != packet->ttl)
    replace_word(bytes + 8, GUINT16_TO_BE(packet->ttl << 8 | packet->protocol), bytes + 10);
  if (bytes[1] != packet->traffic_class)
    replace_word(bytes, GUINT16_TO_BE(0x4500 | packet->traffic_class), bytes + 10);
}

/* Appends what `put` makes. */
static void
append(const Net *net, const Packet *packet, GByteArray *bytes,
       uint8_t *(*put)(uint8_t *, const Net *, const Packet *))
{
  guint start = bytes->len;
  g_byte_array_set_size(bytes, start + packet_size(packet));
  uint8_t *end = put(bytes->data + start, net, packet);
  g_byte_array_set_size(bytes, (guint)(end - bytes->data));
}

void
wire_write_cut(const Net *net, const Packet *packet, GByteArray *bytes)
{
  append(net, packet, bytes, wire_put_cut);
}

void
wire_write(const Net *net, const Packet *packet, GByteArray *bytes)
{
  append(net, packet, bytes, wire_put);
}
