/* bind-packet-edit: what a middlebox of the scenario's changes in a packet.
 *
 * Checksums follow, being made from the fields where somebody looks. Sequence numbers that are
 * moved take along what they are relative to: for the timeline the stream begins at 1 on both
 * sides. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

#include "models/net/wire.h"

#define WHERE "packet"
#define SEQUENCE_MAX INT64_C(4294967295)

static G_NORETURN void
refuse(lua_State *L, const Packet *packet, const char *field)
{
  const char *protocol = packet->protocol == NET_PROTO_TCP   ? "TCP"
                         : packet->protocol == NET_PROTO_UDP ? "UDP"
                                                             : "ICMP";
  bind_error(L, "packet.%s: a packet of %s has no such field", field, protocol);
}

static void
set_address(lua_State *L, const Packet *packet, const char *field, int index, NetAddressId *address)
{
  const Net *net = bind_scenario(L)->net;
  NetAddressId given = bind_address(L, index, WHERE, field);
  if (net_address(net, given)->family != packet->family)
    bind_error(L, "packet.%s: a packet of IPv%u has addresses of IPv%u", field, packet->family,
               packet->family);
  *address = given;
}

uint8_t
bind_packet_option(const char *field)
{
  static const struct {
    const char *name;
    uint8_t option;
  } options[] = {{"mss", TCP_OPT_MSS},
                 {"window_scale", TCP_OPT_WSCALE},
                 {"sack_permitted", TCP_OPT_SACK_PERMITTED},
                 {"timestamps", TCP_OPT_TIMESTAMPS},
                 {"sack", TCP_OPT_SACK},
                 {"fastopen", TCP_OPT_FAST_OPEN},
                 {"accecn", TCP_OPT_ACCECN}};
  for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
    if (strcmp(options[i].name, field) == 0)
      return options[i].option;
  return 0;
}

/* Gives mss or window_scale a value, or takes an option out (nil, false). */
static void
set_option(lua_State *L, Packet *packet, const char *field, int index, uint8_t option)
{
  TcpHeader *tcp = &packet->tcp;
  bool out = lua_isnil(L, index) || (lua_isboolean(L, index) && !lua_toboolean(L, index));
  if (out)
    tcp->options &= (uint8_t)~option;
  else if (option == TCP_OPT_MSS)
    tcp->mss = (uint16_t)bind_value_integer(L, index, WHERE, field, 1, 65535);
  else if (option == TCP_OPT_WSCALE)
    tcp->window_scale = (uint8_t)bind_value_integer(L, index, WHERE, field, 0, 14);
  else if (!lua_isboolean(L, index) || !(tcp->options & option))
    bind_error(L, "packet.%s: this option can be taken out (nil or false), not put in", field);
  if (!out && (option == TCP_OPT_MSS || option == TCP_OPT_WSCALE)) {
    if (!(tcp->options & option) && tcp->header_length > 56)
      bind_error(L, "packet.%s: there is no room for one more option", field);
    tcp->options |= option;
  }
  tcp->header_length = (uint8_t)(20 + wire_tcp_options_length(tcp, packet->ext));
}

static void
edit_ports(lua_State *L, Packet *packet, const char *field, int index)
{
  if (packet->protocol != NET_PROTO_TCP && packet->protocol != NET_PROTO_UDP)
    refuse(L, packet, field);
  uint16_t port = (uint16_t)bind_value_integer(L, index, WHERE, field, 1, 65535);
  if (strcmp(field, "sport") == 0)
    packet->tcp.source_port = port; /* those of UDP are in the same place */
  else
    packet->tcp.destination_port = port;
}

static void
edit_tcp(lua_State *L, Packet *packet, const char *field, int index)
{
  TcpHeader *tcp = &packet->tcp;
  if (packet->protocol != NET_PROTO_TCP)
    refuse(L, packet, field);
  if (bind_packet_option(field) != 0) {
    set_option(L, packet, field, index, bind_packet_option(field));
  } else if (strcmp(field, "flags") == 0) {
    tcp->flags = bind_rule_flags(L, index, WHERE, field);
  } else if (strcmp(field, "seq_raw") == 0) {
    uint32_t seq = (uint32_t)bind_value_integer(L, index, WHERE, field, 0, SEQUENCE_MAX);
    tcp->iss += seq - tcp->seq;
    tcp->seq = seq;
  } else if (strcmp(field, "ack_raw") == 0) {
    uint32_t ack = (uint32_t)bind_value_integer(L, index, WHERE, field, 0, SEQUENCE_MAX);
    tcp->irs += ack - tcp->ack;
    tcp->ack = ack;
  } else {
    int64_t most = INT64_C(65535) << packet->window_scale;
    tcp->window =
        (uint16_t)(bind_value_integer(L, index, WHERE, field, 0, most) >> packet->window_scale);
  }
}

void
bind_packet_edit(lua_State *L, Packet *packet, const char *field, int index)
{
  unsigned traffic_class = packet->traffic_class;
  if (strcmp(field, "ttl") == 0) {
    packet->ttl = (uint8_t)bind_value_integer(L, index, WHERE, field, 1, 255);
  } else if (strcmp(field, "ecn") == 0) {
    unsigned ecn = (unsigned)bind_value_integer(L, index, WHERE, field, 0, 3);
    packet->traffic_class = (uint8_t)((traffic_class & ~3u) | ecn);
  } else if (strcmp(field, "dscp") == 0) {
    unsigned dscp = (unsigned)bind_value_integer(L, index, WHERE, field, 0, 63);
    packet->traffic_class = (uint8_t)((traffic_class & 3u) | dscp << 2);
  } else if (strcmp(field, "dont_fragment") == 0) {
    packet->marks &= (uint8_t)~PACKET_DONT_FRAGMENT;
    if (bind_value_bool(L, index, WHERE, field))
      packet->marks |= PACKET_DONT_FRAGMENT;
  } else if (strcmp(field, "src") == 0) {
    set_address(L, packet, field, index, &packet->source);
  } else if (strcmp(field, "dst") == 0) {
    set_address(L, packet, field, index, &packet->destination);
  } else if (packet->fragment != 0) {
    bind_error(L, "packet.%s: a fragment has no such field", field);
  } else if (strcmp(field, "sport") == 0 || strcmp(field, "dport") == 0) {
    edit_ports(L, packet, field, index);
  } else {
    edit_tcp(L, packet, field, index);
  }
}
