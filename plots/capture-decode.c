/* capture-decode: from the bytes of a frame to fields, one layer a function.
 *
 * A Cursor is what is left of the frame: where it starts, how much of it was captured, and how
 * much there was on the wire. Taking bytes off its front is the only way to read on.
 *
 * Supported: RAW, IPV4, IPV6, EN10MB (with VLAN tags), LINUX_SLL, LINUX_SLL2, NULL, LOOP.
 * Left out: tunnels, reassembly of fragments. */
#include "plots/capture-decode.h"

#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
#define ETHERTYPE_IPV6 0x86dd
#define MAX_VLAN_TAGS 4
#define MAX_IPV6_EXTENSIONS 16

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMPV6 = 58 };
enum { IPV6_HOP_BY_HOP = 0, IPV6_ROUTING = 43, IPV6_FRAGMENT = 44, IPV6_DESTINATION = 60 };

typedef struct Cursor {
  const uint8_t *at;
  size_t captured; /* bytes that can be read */
  size_t wire;     /* bytes that there were; at least `captured` */
} Cursor;

static uint16_t
read16(const uint8_t *bytes)
{
  return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t
read32(const uint8_t *bytes)
{
  return (uint32_t)read16(bytes) << 16 | read16(bytes + 2);
}

/* `count` bytes off the front; NULL when not all of them were captured. */
static const uint8_t *
take(Cursor *cursor, size_t count)
{
  if (count > cursor->captured)
    return NULL;
  const uint8_t *taken = cursor->at;
  cursor->at += count;
  cursor->captured -= count;
  cursor->wire -= count;
  return taken;
}

/* Nothing behind `length` belongs to the packet: Ethernet pads short frames. */
static void
limit(Cursor *cursor, size_t length)
{
  if (cursor->wire > length)
    cursor->wire = length;
  if (cursor->captured > length)
    cursor->captured = length;
}

static bool
known_ethertype(uint16_t type)
{
  return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
}

/* The type behind any VLAN tags; 0 when it is cut off. */
static uint16_t
skip_vlan_tags(Cursor *cursor, uint16_t type)
{
  for (int tags = 0; tags < MAX_VLAN_TAGS; tags++) {
    if (type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ)
      return type;
    const uint8_t *tag = take(cursor, 4);
    if (tag == NULL)
      return 0;
    type = read16(tag + 2);
  }
  return type;
}

bool
capture_decode_knows(int link_type)
{
  switch (link_type) {
  case DLT_RAW:
  case DLT_IPV4:
  case DLT_IPV6:
  case DLT_EN10MB:
  case DLT_LINUX_SLL:
  case DLT_LINUX_SLL2:
  case DLT_NULL:
  case DLT_LOOP:
    return true;
  default:
    return false;
  }
}

/* Takes the link layer off. False when what it carries is not IP. */
static bool
decode_link(int link_type, Cursor *cursor)
{
  const uint8_t *header;
  switch (link_type) {
  case DLT_RAW:
  case DLT_IPV4:
  case DLT_IPV6:
    return true;
  case DLT_NULL: /* four bytes of address family; IP's own version says the same */
  case DLT_LOOP:
    return take(cursor, 4) != NULL;
  case DLT_EN10MB:
    header = take(cursor, 14);
    return header != NULL && known_ethertype(skip_vlan_tags(cursor, read16(header + 12)));
  case DLT_LINUX_SLL:
    header = take(cursor, 16);
    return header != NULL && known_ethertype(skip_vlan_tags(cursor, read16(header + 14)));
  case DLT_LINUX_SLL2:
    header = take(cursor, 20);
    return header != NULL && known_ethertype(skip_vlan_tags(cursor, read16(header)));
  default:
    return false;
  }
}

static bool
decode_ipv4(Cursor *cursor, CaptureFrame *frame)
{
  size_t wire = cursor->wire;
  const uint8_t *ip = take(cursor, 20);
  if (ip == NULL)
    return false;
  size_t header = (size_t)(ip[0] & 0x0f) * 4, total = read16(ip + 2);
  if (total == 0 || total > wire) /* 0: segmentation was left to the network card */
    total = wire;
  if (header < 20 || header > total || take(cursor, header - 20) == NULL)
    return false;
  limit(cursor, total - header);
  frame->family = 4;
  frame->protocol = ip[9];
  frame->fragment = (read16(ip + 6) & 0x1fff) != 0;
  frame->size = (uint32_t)total;
  inet_ntop(AF_INET, ip + 12, frame->source, sizeof frame->source);
  inet_ntop(AF_INET, ip + 16, frame->destination, sizeof frame->destination);
  return true;
}

/* Skips extension headers; a chain that is cut or too long ends at the header that is reached. */
static void
skip_ipv6_extensions(Cursor *cursor, CaptureFrame *frame)
{
  for (int n = 0; n < MAX_IPV6_EXTENSIONS; n++) {
    uint8_t type = frame->protocol;
    if (type != IPV6_HOP_BY_HOP && type != IPV6_ROUTING && type != IPV6_FRAGMENT &&
        type != IPV6_DESTINATION)
      return;
    const uint8_t *extension = take(cursor, 8);
    if (extension == NULL)
      return;
    if (type == IPV6_FRAGMENT)
      frame->fragment = (read16(extension + 2) & 0xfff8) != 0;
    else if (take(cursor, (size_t)extension[1] * 8) == NULL)
      return;
    frame->protocol = extension[0];
    if (frame->fragment)
      return;
  }
}

static bool
decode_ipv6(Cursor *cursor, CaptureFrame *frame)
{
  const uint8_t *ip = take(cursor, 40);
  if (ip == NULL)
    return false;
  size_t length = read16(ip + 4);
  if (length == 0 || length > cursor->wire) /* 0: a jumbogram, or left to the network card */
    length = cursor->wire;
  limit(cursor, length);
  frame->family = 6;
  frame->protocol = ip[6];
  frame->size = (uint32_t)(40 + length);
  inet_ntop(AF_INET6, ip + 8, frame->source, sizeof frame->source);
  inet_ntop(AF_INET6, ip + 24, frame->destination, sizeof frame->destination);
  skip_ipv6_extensions(cursor, frame);
  return true;
}

static void
decode_ports(const Cursor *cursor, CaptureFrame *frame)
{
  if (cursor->captured < 4)
    return;
  frame->has_ports = true;
  frame->source_port = read16(cursor->at);
  frame->destination_port = read16(cursor->at + 2);
}

static void
decode_tcp(Cursor *cursor, CaptureFrame *frame)
{
  size_t wire = cursor->wire;
  decode_ports(cursor, frame);
  const uint8_t *tcp = take(cursor, 20);
  if (tcp == NULL) {
    frame->cut = true;
    frame->payload = wire > 20 ? (uint32_t)(wire - 20) : 0;
    return;
  }
  size_t header = (size_t)(tcp[12] >> 4) * 4;
  if (header < 20)
    header = 20;
  if (header > wire)
    header = wire;
  frame->has_tcp = true;
  frame->cut = header - 20 > cursor->captured;
  frame->seq = read32(tcp + 4);
  frame->ack = read32(tcp + 8);
  frame->flags = (uint16_t)((tcp[12] & 1) << 8 | tcp[13]);
  frame->window = read16(tcp + 14);
  frame->payload = (uint32_t)(wire - header);
  frame->options = cursor->at;
  frame->options_length = header - 20 < cursor->captured ? header - 20 : cursor->captured;
}

static void
decode_icmp(Cursor *cursor, CaptureFrame *frame)
{
  frame->payload = cursor->wire > 8 ? (uint32_t)(cursor->wire - 8) : 0;
  const uint8_t *icmp = take(cursor, 8);
  if (icmp == NULL) {
    frame->cut = true;
    return;
  }
  frame->has_icmp = true;
  frame->icmp_type = icmp[0];
  frame->icmp_code = icmp[1];
  frame->icmp_sequence = read16(icmp + 6);
  /* RFC 1191 4: 16 bits behind 16 unused ones; RFC 4443 3.2: 32 bits. */
  frame->icmp_mtu = frame->family == 6 ? read32(icmp + 4) : frame->icmp_sequence;
  frame->quoted = cursor->at;
  frame->quoted_length = cursor->captured;
}

bool
capture_decode(int link_type, const uint8_t *bytes, size_t captured, size_t original,
               CaptureFrame *frame)
{
  Cursor cursor = {bytes, captured, original > captured ? original : captured};
  memset(frame, 0, sizeof *frame);
  if (!decode_link(link_type, &cursor) || cursor.captured == 0)
    return false;
  int version = cursor.at[0] >> 4;
  if (version == 4 ? !decode_ipv4(&cursor, frame) : version != 6 || !decode_ipv6(&cursor, frame))
    return false;
  frame->payload = (uint32_t)cursor.wire;
  if (frame->fragment)
    return true;
  if (frame->protocol == PROTO_TCP) {
    decode_tcp(&cursor, frame);
  } else if (frame->protocol == PROTO_UDP) {
    decode_ports(&cursor, frame);
    frame->payload = cursor.wire > 8 ? (uint32_t)(cursor.wire - 8) : 0;
  } else if (frame->protocol == PROTO_ICMP || frame->protocol == PROTO_ICMPV6) {
    decode_icmp(&cursor, frame);
  }
  return true;
}
