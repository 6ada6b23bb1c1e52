/* wire: a packet's fields as bytes in network order.
 *
 * The headers are written with their checksum fields zero, then the checksums are filled in. The
 * payload that is only a count is zeros, which add nothing to a checksum, so that a cut packet gets
 * the checksum of the whole one without making it. Damage flips bits of the transport checksum:
 * the rest stays readable, and it is as wrong as damage anywhere else would make it.
 * Supported standards: RFC 791, RFC 8200, RFC 1071, RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413,
 * RFC 768, RFC 792, RFC 4443 (an error quotes the packet that it is about as it stood on the wire).
 * Other protocols get eight zero bytes for a header. */
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

static void
put8(GByteArray *bytes, uint8_t value)
{
  g_byte_array_append(bytes, &value, 1);
}

static void
put16(GByteArray *bytes, uint16_t value)
{
  uint8_t wire[2] = {value >> 8, value & 0xff};
  g_byte_array_append(bytes, wire, sizeof wire);
}

static void
put32(GByteArray *bytes, uint32_t value)
{
  put16(bytes, value >> 16);
  put16(bytes, value & 0xffff);
}

static void
put_zeros(GByteArray *bytes, uint32_t count)
{
  unsigned at = bytes->len;
  g_byte_array_set_size(bytes, at + count);
  if (count > 0)
    memset(bytes->data + at, 0, count);
}

static void
set16(uint8_t *at, uint16_t value)
{
  at[0] = value >> 8;
  at[1] = value & 0xff;
}

/* RFC 1071: "the 16-bit one's complement of the one's complement sum". */
static uint64_t
sum_add(uint64_t sum, const uint8_t *data, size_t length)
{
  for (size_t i = 0; i + 1 < length; i += 2)
    sum += (uint32_t)data[i] << 8 | data[i + 1];
  if (length & 1)
    sum += (uint32_t)data[length - 1] << 8;
  return sum;
}

static uint16_t
sum_finish(uint64_t sum)
{
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/* TCP options. */

uint8_t
wire_tcp_options_length(const TcpHeader *header, const PacketExt *ext)
{
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
static void
put_timestamps(GByteArray *bytes, const TcpHeader *tcp)
{
  if (tcp->options & TCP_OPT_SACK_PERMITTED)
    put16(bytes, OPTION_SACK_PERMITTED << 8 | 2);
  else
    put16(bytes, OPTION_NOP << 8 | OPTION_NOP);
  put16(bytes, OPTION_TIMESTAMPS << 8 | 10);
  put32(bytes, tcp->ts_value);
  put32(bytes, tcp->ts_echo);
}

static void
put_sack(GByteArray *bytes, const TcpHeader *tcp)
{
  put16(bytes, OPTION_NOP << 8 | OPTION_NOP);
  put16(bytes, OPTION_SACK << 8 | (2 + 8 * tcp->sack_count));
  for (unsigned i = 0; i < tcp->sack_count; i++) {
    put32(bytes, tcp->sack[i].start);
    put32(bytes, tcp->sack[i].end);
  }
}

/* RFC 9768 3.2.3: three bytes a count. */
static void
put_accecn(GByteArray *bytes, const PacketExt *ext)
{
  unsigned fields = ext->accecn_fields;
  put8(bytes, ext->accecn_ect1_first ? OPTION_ACCECN1 : OPTION_ACCECN0);
  put8(bytes, (uint8_t)(2 + 3 * fields));
  for (unsigned i = 0; i < fields; i++) {
    uint32_t count = ext->accecn[ext->accecn_ect1_first ? 2 - i : i];
    put8(bytes, count >> 16 & 0xff);
    put16(bytes, count & 0xffff);
  }
}

static void
put_options(GByteArray *bytes, const TcpHeader *tcp, const PacketExt *ext)
{
  unsigned start = bytes->len;
  if (tcp->options & TCP_OPT_RAW) {
    g_byte_array_append(bytes, ext->options, ext->options_length);
    return;
  }
  if (tcp->options & TCP_OPT_MSS) {
    put16(bytes, OPTION_MSS << 8 | 4);
    put16(bytes, tcp->mss);
  }
  if (tcp->options & TCP_OPT_TIMESTAMPS)
    put_timestamps(bytes, tcp);
  else if (tcp->options & TCP_OPT_SACK_PERMITTED)
    put32(bytes, OPTION_NOP << 24 | OPTION_NOP << 16 | OPTION_SACK_PERMITTED << 8 | 2);
  if (tcp->options & TCP_OPT_WSCALE)
    put32(bytes, OPTION_NOP << 24 | OPTION_WSCALE << 16 | 3 << 8 | tcp->window_scale);
  if (tcp->options & TCP_OPT_SACK)
    put_sack(bytes, tcp);
  if (tcp->options & TCP_OPT_FAST_OPEN) {
    put16(bytes, OPTION_FAST_OPEN << 8 | (2 + ext->cookie_length));
    g_byte_array_append(bytes, ext->cookie, ext->cookie_length);
  }
  if (tcp->options & TCP_OPT_ACCECN)
    put_accecn(bytes, ext);
  while ((bytes->len - start) % 4 != 0)
    put8(bytes, OPTION_NOP);
}

/* Headers. */

/* The number on the wire. */
static uint8_t
protocol_number(const Packet *packet)
{
  return packet->protocol == NET_PROTO_ICMP && packet->family == 6 ? ICMPV6 : packet->protocol;
}

static void
put_ipv4(GByteArray *bytes, const Net *net, const Packet *packet)
{
  unsigned start = bytes->len;
  put16(bytes, 0x4500 | packet->traffic_class);
  put16(bytes, packet_size(packet));
  put16(bytes, packet->fragment != 0 ? packet->identification : packet->id & 0xffff);
  put16(bytes, packet->fragment | (packet->marks & PACKET_DONT_FRAGMENT ? 0x4000 : 0));
  put8(bytes, packet->ttl);
  put8(bytes, packet->protocol);
  put16(bytes, 0);
  g_byte_array_append(bytes, net_address(net, packet->source)->bytes, 4);
  g_byte_array_append(bytes, net_address(net, packet->destination)->bytes, 4);
  set16(bytes->data + start + 10, sum_finish(sum_add(0, bytes->data + start, 20)));
}

static void
put_ipv6(GByteArray *bytes, const Net *net, const Packet *packet)
{
  put32(bytes, UINT32_C(6) << 28 | (uint32_t)packet->traffic_class << 20);
  put16(bytes, packet_size(packet) - 40);
  put8(bytes, packet->fragment != 0 ? FRAGMENT_HEADER : protocol_number(packet));
  put8(bytes, packet->ttl);
  g_byte_array_append(bytes, net_address(net, packet->source)->bytes, 16);
  g_byte_array_append(bytes, net_address(net, packet->destination)->bytes, 16);
  if (packet->fragment == 0)
    return;
  put16(bytes, protocol_number(packet) << 8);
  put16(bytes, (packet->fragment & PACKET_FRAGMENT_OFFSET) << 3 |
                   !!(packet->fragment & PACKET_MORE_FRAGMENTS));
  put32(bytes, packet->identification);
}

/* A fragment's part of what stands behind the IP header of the whole datagram. */
static void
put_part(GByteArray *bytes, const Net *net, const Packet *packet)
{
  const Packet *whole = packet->ext->quoted;
  GByteArray *all = g_byte_array_new();
  wire_write(net, whole, all);
  uint32_t start = (whole->family == 6 ? 40 : 20) + (packet->fragment & PACKET_FRAGMENT_OFFSET) * 8;
  g_byte_array_append(bytes, all->data + start, packet->payload);
  if (packet->marks & PACKET_CORRUPT)
    bytes->data[bytes->len - 1] ^= 0xff;
  g_byte_array_unref(all);
}

static void
put_tcp(GByteArray *bytes, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  put16(bytes, tcp->source_port);
  put16(bytes, tcp->destination_port);
  put32(bytes, tcp->seq);
  put32(bytes, tcp->ack);
  put16(bytes, (tcp->header_length / 4) << 12 | (tcp->flags & 0x1ff));
  put16(bytes, tcp->window);
  put16(bytes, 0);
  put16(bytes, tcp->urgent);
  put_options(bytes, tcp, packet->ext);
}

static void
put_udp(GByteArray *bytes, const Packet *packet)
{
  put16(bytes, packet->udp.source_port);
  put16(bytes, packet->udp.destination_port);
  put16(bytes, UDP_HEADER_LENGTH + packet->payload);
  put16(bytes, 0);
}

static void
put_icmp(GByteArray *bytes, const Net *net, const Packet *packet)
{
  const IcmpHeader *icmp = &packet->icmp;
  const Packet *quoted = packet->ext != NULL ? packet->ext->quoted : NULL;
  put8(bytes, icmp->type);
  put8(bytes, icmp->code);
  put16(bytes, 0);
  if (quoted == NULL) {
    put16(bytes, icmp->id);
    put16(bytes, icmp->sequence);
    return;
  }
  put32(bytes, icmp->mtu); /* of ICMPv4 16 bits, behind 16 unused ones (RFC 1191 4) */
  unsigned start = bytes->len;
  wire_write(net, quoted, bytes);
  g_byte_array_set_size(bytes, start + MIN(packet->payload, bytes->len - start));
}

/* Over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) and what is written from `start` on. */
static uint16_t
transport_checksum(const GByteArray *bytes, unsigned start, const Net *net, const Packet *packet)
{
  unsigned network = packet->family == 6 ? 40 : 20;
  unsigned address = packet->family == 6 ? 16 : 4;
  uint64_t sum = 0;
  if (packet->protocol != NET_PROTO_ICMP || packet->family == 6) { /* ICMPv4 has no pseudo header */
    sum = packet_size(packet) - network + protocol_number(packet);
    sum = sum_add(sum, net_address(net, packet->source)->bytes, address);
    sum = sum_add(sum, net_address(net, packet->destination)->bytes, address);
  }
  return sum_finish(sum_add(sum, bytes->data + start, bytes->len - start));
}

static void
set_checksum(GByteArray *bytes, unsigned start, const Net *net, const Packet *packet)
{
  bool udp = packet->protocol == NET_PROTO_UDP;
  unsigned offset = udp                                 ? UDP_CHECKSUM_OFFSET
                    : packet->protocol == NET_PROTO_TCP ? TCP_CHECKSUM_OFFSET
                                                        : ICMP_CHECKSUM_OFFSET;
  uint16_t checksum = transport_checksum(bytes, start, net, packet);
  if (udp && checksum == 0)
    checksum = 0xffff; /* RFC 768: zero says that none was made */
  if (packet->marks & PACKET_CORRUPT)
    checksum ^= udp && checksum == 0x00ff ? 0x0f : 0xff;
  set16(bytes->data + start + offset, checksum);
}

void
wire_write_cut(const Net *net, const Packet *packet, GByteArray *bytes)
{
  if (packet->family == 6)
    put_ipv6(bytes, net, packet);
  else
    put_ipv4(bytes, net, packet);
  if (packet->fragment != 0) {
    put_part(bytes, net, packet);
    return;
  }
  unsigned transport = bytes->len;
  if (packet->protocol == NET_PROTO_TCP)
    put_tcp(bytes, packet);
  else if (packet->protocol == NET_PROTO_UDP)
    put_udp(bytes, packet);
  else if (packet->protocol == NET_PROTO_ICMP)
    put_icmp(bytes, net, packet);
  else
    put_zeros(bytes, 8);
  if (packet->ext != NULL && packet->ext->payload != NULL)
    g_byte_array_append(bytes, packet->ext->payload, packet->payload);
  if (packet->protocol == NET_PROTO_TCP || packet->protocol == NET_PROTO_UDP ||
      packet->protocol == NET_PROTO_ICMP)
    set_checksum(bytes, transport, net, packet);
}

void
wire_write(const Net *net, const Packet *packet, GByteArray *bytes)
{
  unsigned start = bytes->len;
  wire_write_cut(net, packet, bytes);
  put_zeros(bytes, packet_size(packet) - (bytes->len - start));
}
