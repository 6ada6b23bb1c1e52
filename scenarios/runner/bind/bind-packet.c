/* bind-packet: the functions of rules, models and middleboxes, and the packet that they are asked
 * about.
 *
 * One object stands for all packets: it is read while the function runs, and is empty otherwise. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

struct BindAsked {
  Scenario *scenario;
  int function;     /* reference */
  const char *what; /* for messages: "a rule" */
};

BindAsked *
bind_asked_new(lua_State *L, int index, const char *what)
{
  bind_check_parallel(L, what);
  lua_pushvalue(L, index);
  int function = luaL_ref(L, LUA_REGISTRYINDEX);
  BindAsked *asked = g_new0(BindAsked, 1);
  *asked = (BindAsked){.scenario = bind_scenario(L), .function = function, .what = what};
  return asked;
}

void
bind_asked_free(gpointer data)
{
  BindAsked *asked = data;
  luaL_unref(asked->scenario->lua, LUA_REGISTRYINDEX, asked->function);
  g_free(asked);
}

Scenario *
bind_asked_scenario(const BindAsked *asked)
{
  return asked->scenario;
}

bool
bind_asked_call(const BindAsked *asked, const Packet *packet, Packet *editable, const char *text)
{
  Scenario *scenario = asked->scenario;
  lua_State *L = scenario->side;
  if (scenario->error != NULL || !lua_checkstack(L, 6))
    return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, asked->function);
  lua_rawgeti(L, LUA_REGISTRYINDEX, scenario->packet_ref);
  if (text != NULL)
    lua_pushstring(L, text);
  scenario->packet = packet;
  scenario->editable = editable;
  bool good = bind_side_call(scenario, asked->what, text != NULL ? 2 : 1);
  scenario->packet = scenario->editable = NULL;
  return good;
}

typedef struct BindPacket {
  BindObject object;
  Scenario *scenario;
} BindPacket;

static void
push_node(lua_State *L, const Net *net, NetAddressId id)
{
  const Node *node = net_address_node(net, id);
  if (node != NULL)
    lua_pushstring(L, node->name);
  else
    lua_pushnil(L);
}

static void
push_address(lua_State *L, const Net *net, NetAddressId id)
{
  char text[NET_ADDRESS_TEXT];
  lua_pushstring(L, net_address_print(net_address(net, id), text));
}

/* What an ICMP message says: "time exceeded". */
static void
push_icmp(lua_State *L, const Packet *packet)
{
  if (packet->protocol == NET_PROTO_ICMP)
    lua_pushstring(L, icmp_kind_name(icmp_kind_of(&packet->icmp, packet->family), packet->family));
  else
    lua_pushnil(L);
}

static bool
push_common(lua_State *L, const Net *net, const Packet *packet, const char *field)
{
  if (strcmp(field, "src") == 0)
    push_address(L, net, packet->source);
  else if (strcmp(field, "dst") == 0)
    push_address(L, net, packet->destination);
  else if (strcmp(field, "from") == 0)
    push_node(L, net, packet->source);
  else if (strcmp(field, "to") == 0)
    push_node(L, net, packet->destination);
  else if (strcmp(field, "len") == 0)
    lua_pushinteger(L, packet->payload);
  else if (strcmp(field, "size") == 0)
    lua_pushinteger(L, packet_size(packet));
  else if (strcmp(field, "ttl") == 0)
    lua_pushinteger(L, packet->ttl);
  else if (strcmp(field, "retransmit") == 0)
    lua_pushinteger(L, packet->retransmit);
  else if (strcmp(field, "ecn") == 0)
    lua_pushinteger(L, packet->traffic_class & 3);
  else if (strcmp(field, "dscp") == 0)
    lua_pushinteger(L, packet->traffic_class >> 2);
  else if (strcmp(field, "dont_fragment") == 0)
    lua_pushboolean(L, packet->marks & PACKET_DONT_FRAGMENT);
  else if (strcmp(field, "icmp") == 0)
    push_icmp(L, packet);
  else if (strcmp(field, "protocol") == 0)
    lua_pushstring(L, packet->protocol == NET_PROTO_TCP   ? "TCP"
                      : packet->protocol == NET_PROTO_UDP ? "UDP"
                                                          : "ICMP");
  else
    return false;
  return true;
}

/* The options: mss and window_scale as numbers, the others true; nil where there is none. */
static bool
push_option(lua_State *L, const Packet *packet, const char *field)
{
  uint8_t option = bind_packet_option(field);
  if (option == 0)
    return false;
  if (!(packet->tcp.options & option))
    lua_pushnil(L);
  else if (option == TCP_OPT_MSS)
    lua_pushinteger(L, packet->tcp.mss);
  else if (option == TCP_OPT_WSCALE)
    lua_pushinteger(L, packet->tcp.window_scale);
  else
    lua_pushboolean(L, true);
  return true;
}

static void
push_port(lua_State *L, const Packet *packet, uint16_t port)
{
  if (packet->protocol == NET_PROTO_TCP || packet->protocol == NET_PROTO_UDP)
    lua_pushinteger(L, port);
  else
    lua_pushnil(L);
}

/* Relative numbers where the initial ones are known, as the timeline shows them. */
static bool
push_transport(lua_State *L, const Packet *packet, const char *field)
{
  const TcpHeader *tcp = &packet->tcp; /* the ports of UDP are in the same place */
  char flags[PACKET_FLAGS_TEXT];
  if (strcmp(field, "sport") == 0)
    push_port(L, packet, tcp->source_port);
  else if (strcmp(field, "dport") == 0)
    push_port(L, packet, tcp->destination_port);
  else if (packet->protocol != NET_PROTO_TCP)
    lua_pushnil(L);
  else if (strcmp(field, "flags") == 0)
    lua_pushstring(L, packet_flags_print(tcp->flags, flags));
  else if (strcmp(field, "seq") == 0)
    lua_pushinteger(L, (uint32_t)(tcp->seq - (packet->marks & PACKET_HAS_ISS ? tcp->iss : 0)));
  else if (strcmp(field, "ack") == 0 && !(tcp->flags & TCP_ACK))
    lua_pushnil(L);
  else if (strcmp(field, "ack") == 0)
    lua_pushinteger(L, (uint32_t)(tcp->ack - (packet->marks & PACKET_HAS_IRS ? tcp->irs : 0)));
  else if (strcmp(field, "seq_raw") == 0)
    lua_pushinteger(L, tcp->seq);
  else if (strcmp(field, "ack_raw") == 0)
    lua_pushinteger(L, tcp->ack);
  else if (strcmp(field, "win") == 0)
    lua_pushinteger(L, (lua_Integer)tcp->window << packet->window_scale);
  else
    return push_option(L, packet, field);
  return true;
}

static bool
packet_get(lua_State *L, void *self, const char *field)
{
  const Scenario *scenario = ((BindPacket *)self)->scenario;
  const Packet *packet = scenario->packet;
  if (packet == NULL)
    bind_error(L, "packet.%s: a packet can be looked at only within the function it is given to",
               field);
  return push_common(L, scenario->net, packet, field) || push_transport(L, packet, field);
}

static void
packet_set(lua_State *L, void *self, const char *field, int index)
{
  const Scenario *scenario = ((BindPacket *)self)->scenario;
  if (scenario->editable == NULL)
    bind_error(L, "packet.%s: only a middlebox may change packets, while it looks at them", field);
  bind_packet_edit(L, scenario->editable, field, index);
}

static const BindField fields[] = {
    {"flags", "string", "\"SYN\", \"PSH+ACK\"; TCP only, as all that follows it but the ports is",
     .writable = true},
    {"seq", "integer", "relative to the initial one"},
    {"ack", "integer?", "relative; nil without the flag ACK"},
    {"seq_raw", "integer", "as on the wire", .writable = true},
    {"ack_raw", "integer", "as on the wire", .writable = true},
    {"len", "bytes", "payload"},
    {"size", "bytes", "IP length"},
    {"src", "string", "source address", .writable = true},
    {"dst", "string", "destination address", .writable = true},
    {"sport", "integer?", "source port, of TCP and UDP", .writable = true},
    {"dport", "integer?", "destination port", .writable = true},
    {"win", "bytes", "window, after scaling", .writable = true},
    {"ttl", "integer", "time to live, hop limit", .writable = true},
    {"from", "string?", "name of the node that has the source address"},
    {"to", "string?", "name of the node that has the destination address"},
    {"retransmit", "integer", "0: sent for the first time; else which retransmission"},
    {"protocol", "\"TCP\"|\"UDP\"|\"ICMP\"", "which"},
    {"ecn", "integer", "0 to 3; 3 is CE", .writable = true},
    {"dscp", "integer", "0 to 63", .writable = true},
    {"icmp", "string?", "what an ICMP message says: \"time exceeded\""},
    {"mss", "integer?", "the option, nil: not there", .writable = true},
    {"sack_permitted", "boolean?", "the option; it can be taken out", .writable = true},
    {"timestamps", "boolean?", "the option; it can be taken out", .writable = true},
    {"window_scale", "integer?", "the option", .writable = true},
    {"dont_fragment", "boolean", "routers may not cut it", .writable = true},
    {"sack", "boolean?", "the option; it can be taken out", .writable = true},
    {"fastopen", "boolean?", "the option; it can be taken out", .writable = true},
    {"accecn", "boolean?", "the option; it can be taken out", .writable = true},
    {.name = NULL},
};

const BindType bind_packet_type = {
    .name = "packet",
    .class = "Packet",
    .help = "what rules, loss functions and middleboxes are asked about, while they are; only a "
            "middlebox may assign",
    .example = "packet",
    .fields = fields,
    .get = packet_get,
    .unguarded = true,
    .set = packet_set,
};

void
bind_packet_open(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindPacket *packet = bind_object_new(L, &bind_packet_type, sizeof *packet, 0);
  packet->scenario = scenario;
  scenario->packet_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
