/* drill-inject: the peer sends: what a line with '<' says, with right checksums. */
#include "scenarios/runner/drill/drill-run-private.h"

#include <string.h>

#include "models/icmp/icmp.h"
#include "models/net/wire.h"

#define QUOTED 8 /* bytes of the packet that an error is about, behind its IP header (RFC 792) */

static uint32_t
get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void
set32(uint8_t *at, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* -- options: numbers of the script become those on the wire -- */

static bool
resolve_stamp(DrillRun *run, const DrillEvent *event, DrillOption *option)
{
  uint32_t name = get32(option->data + 4);
  const DrillStamp *stamp = drill_flow_stamp(&run->flow, name);
  if (stamp != NULL)
    set32(option->data + 4, stamp->value);
  else if (name != 0)
    drill_run_fail(run, event,
                   "ecr %u: no packet of the host has been expected with \"TS val %u\" before",
                   name, name);
  return drill_run_going(run);
}

static bool
resolve_options(DrillRun *run, const DrillEvent *event, DrillOptions *options)
{
  for (unsigned i = 0; i < options->count; i++) {
    DrillOption *option = &options->items[i];
    if (option->kind == DRILL_OPTION_TIMESTAMPS && !resolve_stamp(run, event, option))
      return false;
    if (option->kind == DRILL_OPTION_SACK)
      for (unsigned at = 0; at + 4 <= option->length; at += 4)
        set32(option->data + at, get32(option->data + at) + run->flow.host_iss);
  }
  return true;
}

/* What a receiver reads out of option bytes: options of the right length, up to the end of the list
 * or to what has no form. */
static void
read_fields(const uint8_t *at, unsigned count, Packet *packet, PacketExt *ext)
{
  TcpHeader *tcp = &packet->tcp;
  const uint8_t *end = at + count;
  while (at < end && *at != DRILL_OPTION_EOL) {
    if (*at == DRILL_OPTION_NOP) {
      at++;
      continue;
    }
    if (end - at < 2 || at[1] < 2 || at[1] > end - at)
      return;
    unsigned length = at[1];
    if (*at == DRILL_OPTION_MSS && length == 4 && tcp->flags & TCP_SYN) {
      tcp->options |= TCP_OPT_MSS;
      tcp->mss = (uint16_t)(at[2] << 8 | at[3]);
    } else if (*at == DRILL_OPTION_WSCALE && length == 3 && tcp->flags & TCP_SYN) {
      tcp->options |= TCP_OPT_WSCALE;
      tcp->window_scale = at[2];
    } else if (*at == DRILL_OPTION_SACK_PERMITTED && length == 2 && tcp->flags & TCP_SYN) {
      tcp->options |= TCP_OPT_SACK_PERMITTED;
    } else if (*at == DRILL_OPTION_TIMESTAMPS && length == 10) {
      tcp->options |= TCP_OPT_TIMESTAMPS;
      tcp->ts_value = get32(at + 2);
      tcp->ts_echo = get32(at + 6);
    } else if (*at == DRILL_OPTION_SACK && length >= 10 && (length - 2) % 8 == 0) {
      tcp->options |= TCP_OPT_SACK;
      tcp->sack_count = (uint8_t)MIN((length - 2) / 8, TCP_SACK_BLOCKS);
      for (unsigned i = 0; i < tcp->sack_count; i++)
        tcp->sack[i] = (TcpSackBlock){get32(at + 2 + 8 * i), get32(at + 6 + 8 * i)};
    } else if (*at == DRILL_OPTION_FAST_OPEN && length <= 2 + sizeof ext->cookie) {
      tcp->options |= TCP_OPT_FAST_OPEN;
      ext->cookie_length = (uint8_t)(length - 2);
      memcpy(ext->cookie, at + 2, length - 2);
    }
    at += length;
  }
}

/* Would the fields alone give these bytes? */
static bool
written_as(const DrillRun *run, const Packet *packet, const uint8_t *options, unsigned count)
{
  GByteArray *bytes = g_byte_array_new();
  wire_write_cut(run->net, packet, bytes);
  unsigned at = (packet->family == 6 ? 40 : 20) + 20;
  bool same = bytes->len >= at + count && memcmp(bytes->data + at, options, count) == 0;
  g_byte_array_free(bytes, TRUE);
  return same;
}

static void
put_options(DrillRun *run, const DrillOptions *options, Packet *packet)
{
  uint8_t bytes[DRILL_OPTIONS];
  unsigned count = drill_look_option_bytes(options, bytes);
  if (count == 0)
    return;
  while (count % 4 != 0) /* RFC 9293 3.1: padding is made of zeros */
    bytes[count++] = DRILL_OPTION_EOL;
  PacketExt *ext = packet_ext(run->net, packet);
  read_fields(bytes, count, packet, ext);
  if (wire_tcp_options_length(&packet->tcp, ext) == count) {
    packet->tcp.header_length = (uint8_t)(20 + count);
    if (written_as(run, packet, bytes, count))
      return;
  }
  packet->tcp.options |= TCP_OPT_RAW;
  ext->options = g_memdup2(bytes, count);
  ext->options_length = (uint8_t)count;
  packet->tcp.header_length = (uint8_t)(20 + count);
}

/* -- packets -- */

static Packet *
new_packet(DrillRun *run, const DrillPacket *from, uint8_t protocol)
{
  Packet *packet = packet_new(run->net, run->peer);
  packet->protocol = protocol;
  packet->family = run->config.family;
  packet->source = drill_world_peer_address(run);
  packet->destination = drill_world_host_address(run);
  if (from->ip.traffic >= 0)
    packet->traffic_class = (uint8_t)from->ip.traffic;
  if (from->ip.ecn >= 0)
    packet->traffic_class = (uint8_t)((packet->traffic_class & ~3) | from->ip.ecn);
  if (from->ip.ttl >= 0)
    packet->ttl = (uint8_t)from->ip.ttl;
  return packet;
}

static void
fill_tcp(const DrillRun *run, const DrillTcp *from, Packet *packet)
{
  const DrillFlow *flow = &run->flow;
  TcpHeader *tcp = &packet->tcp;
  bool syn = from->flags & TCP_SYN;
  packet->payload = from->length;
  tcp->source_port = flow->peer_port;
  tcp->destination_port = flow->host_port;
  tcp->flags = from->flags;
  tcp->seq = drill_flow_inbound_seq(flow, from->seq, syn);
  if (from->flags & TCP_ACK)
    tcp->ack = drill_flow_inbound_ack(flow, from->ack, syn);
  tcp->window = (uint16_t)MAX(from->window, 0);
  tcp->urgent = (uint16_t)MAX(from->urgent, 0);
  tcp->header_length = 20;
  /* For relative numbers in what is recorded. */
  tcp->iss = flow->peer_iss;
  tcp->irs = flow->host_iss;
  packet->marks |= PACKET_HAS_ISS | (flow->host_seen ? PACKET_HAS_IRS : 0);
}

static void
inject_tcp(DrillRun *run, const DrillEvent *event)
{
  const DrillPacket *from = event->packet;
  DrillOptions options = {0};
  if (from->tcp.options != NULL)
    options = *from->tcp.options;
  if (!resolve_options(run, event, &options))
    return;
  Packet *packet = new_packet(run, from, NET_PROTO_TCP);
  fill_tcp(run, &from->tcp, packet);
  put_options(run, &options, packet);
  if (packet_size(packet) > 65535) {
    packet_free(run->net, packet);
    drill_run_wrong(run, event->place, "an IP packet has at most 65535 bytes");
    return;
  }
  DrillLook look;
  drill_look_at(run, packet, sim_now(run->sim), true, &look);
  drill_look_keep(run, &look);
  node_send(run->peer, packet);
}

static void
inject_udp(DrillRun *run, const DrillPacket *from)
{
  Packet *packet = new_packet(run, from, NET_PROTO_UDP);
  packet->payload = from->udp_length;
  packet->udp.source_port = run->flow.peer_port;
  packet->udp.destination_port = run->flow.host_port;
  DrillLook look;
  drill_look_at(run, packet, sim_now(run->sim), true, &look);
  drill_look_keep(run, &look);
  node_send(run->peer, packet);
}

/* The host's packet that an error is about, as far as its first eight bytes say. */
static Packet
quoted_packet(const DrillRun *run, const DrillIcmp *icmp)
{
  const DrillFlow *flow = &run->flow;
  Packet about = {.family = run->config.family,
                  .source = drill_world_host_address(run),
                  .destination = drill_world_peer_address(run),
                  .ttl = 64,
                  .payload = icmp->length,
                  .marks = PACKET_DONT_FRAGMENT};
  if (icmp->quotes == DRILL_QUOTES_UDP) {
    about.protocol = NET_PROTO_UDP;
    about.udp.source_port = flow->host_port;
    about.udp.destination_port = flow->peer_port;
    return about;
  }
  about.protocol = NET_PROTO_TCP;
  about.tcp = (TcpHeader){.source_port = flow->host_port,
                          .destination_port = flow->peer_port,
                          .seq = flow->host_iss + icmp->seq,
                          .header_length = 20};
  return about;
}

static Packet *
new_echo(DrillRun *run, const DrillPacket *from)
{
  Packet *packet = new_packet(run, from, NET_PROTO_ICMP);
  icmp_kind_write(from->icmp.kind, packet->family, &packet->icmp);
  packet->icmp.id = (uint16_t)MAX(from->icmp.id, 0);
  packet->payload = from->icmp.payload;
  return packet;
}

static Packet *
new_error(DrillRun *run, const DrillEvent *event)
{
  const DrillIcmp *icmp = &event->packet->icmp;
  if (icmp->quotes == DRILL_QUOTES_NOTHING) {
    drill_run_wrong(run, event->place,
                    "an ICMP error quotes a packet: [1:1001(1000)] or [udp (N)]");
    return NULL;
  }
  Packet about = quoted_packet(run, icmp);
  IcmpErrorArgs args = {.kind = icmp->kind,
                        .mtu = (uint32_t)MAX(icmp->mtu, 0),
                        .about = &about,
                        .quote_length = (about.family == 6 ? 40 : 20) + QUOTED};
  Packet *packet = icmp_error_new(run->net, run->peer, &args);
  if (packet == NULL)
    drill_run_wrong(run, event->place, "ICMP for IPv%u has no such message", about.family);
  return packet;
}

static void
inject_icmp(DrillRun *run, const DrillEvent *event)
{
  IcmpKind kind = event->packet->icmp.kind;
  bool echo = kind == ICMP_ECHO_REQUEST || kind == ICMP_ECHO_REPLY;
  Packet *packet = echo ? new_echo(run, event->packet) : new_error(run, event);
  if (packet == NULL)
    return;
  DrillLook look;
  drill_look_at(run, packet, sim_now(run->sim), true, &look);
  drill_look_keep(run, &look);
  node_send(run->peer, packet);
}

void
drill_inject(DrillRun *run, const DrillEvent *event)
{
  const DrillPacket *packet = event->packet;
  if (packet->ip.flow_label > 0) {
    drill_run_unsupported(run, packet->ip.place, "a flow label");
    return;
  }
  drill_flow_for_inbound(run, packet);
  if (packet->protocol == DRILL_TCP)
    inject_tcp(run, event);
  else if (packet->protocol == DRILL_ICMP)
    inject_icmp(run, event);
  else
    inject_udp(run, packet);
  if (drill_run_going(run))
    drill_world_settle(run);
}
