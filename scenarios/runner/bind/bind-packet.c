/* bind-packet: the packet that a function of a rule or a model is asked about.
 *
 * One object stands for all of them: it is read while the function runs, and is empty otherwise. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

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
  else if (strcmp(field, "protocol") == 0)
    lua_pushstring(L, packet->protocol == NET_PROTO_TCP   ? "TCP"
                      : packet->protocol == NET_PROTO_UDP ? "UDP"
                                                          : "ICMP");
  else
    return false;
  return true;
}

/* Relative numbers where the initial ones are known, as the timeline shows them. */
static bool
push_tcp(lua_State *L, const Packet *packet, const char *field)
{
  const TcpHeader *tcp = &packet->tcp;
  char flags[PACKET_FLAGS_TEXT];
  if (packet->protocol != NET_PROTO_TCP)
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
  else if (strcmp(field, "sport") == 0)
    lua_pushinteger(L, tcp->source_port);
  else
    lua_pushinteger(L, tcp->destination_port);
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
  return push_common(L, scenario->net, packet, field) || push_tcp(L, packet, field);
}

static const char *const fields[] = {"flags", "seq",  "ack", "seq_raw",    "ack_raw",  "len",
                                     "size",  "src",  "dst", "sport",      "dport",    "win",
                                     "ttl",   "from", "to",  "retransmit", "protocol", NULL};

const BindType bind_packet_type = {
    .name = "packet",
    .example = "packet",
    .fields = fields,
    .get = packet_get,
};

void
bind_packet_open(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_type_open(L, &bind_packet_type);
  BindPacket *packet = bind_object_new(L, &bind_packet_type, sizeof *packet, 0);
  packet->scenario = scenario;
  scenario->packet_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
