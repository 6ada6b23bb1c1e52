/* middlebox-nat: network address and port translation (NAPT) of IPv4: the hosts inside share the
 * one address of the box.
 *
 * What stands for whom is nat-map.c's; here packets are rewritten:
 *
 *   leaving:   source a:p -> box:m     for a flow from inside; made when there is none
 *   arriving:  destination box:m -> a:p   when `filtering` lets its sender pass
 *   inside to box:m (hairpin): both
 *
 * An ICMP error has its quoted packet translated back, so that who is told recognizes it; one that
 * the box itself makes is translated as it leaves, like those from inside. Fragments are put
 * together first, since only the first of them has ports. Checksums follow, being made from the
 * fields (wire.c).
 * Left out: IPv6 (passes as it is), protocols without ports (dropped), application gateways.
 * Supported standards: RFC 3022; RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP) with the
 * defaults that they ask for. */
#include "models/net/middlebox-nat.h"

#include "models/net/fragment.h"
#include "models/net/link.h"
#include "models/net/nat-map.h"

#define NO_MAPPING "NAT: no mapping"

typedef struct Nat {
  NatMap map;
  Middlebox *box; /* borrowed */
} Nat;

/* -- rewriting -- */

static void
set_port(Packet *packet, uint16_t *port, uint16_t value)
{
  if (packet->protocol == NET_PROTO_ICMP)
    packet->icmp.id = value;
  else
    *port = value;
}

static void
set_source(Packet *packet, FlowEnd end)
{
  packet->source = end.address;
  set_port(packet, &packet->tcp.source_port, end.port);
}

static void
set_destination(Packet *packet, FlowEnd end)
{
  packet->destination = end.address;
  set_port(packet, &packet->tcp.destination_port, end.port);
}

static SIM_RARE Packet *
refuse(Nat *nat, Packet *packet, const char *reason)
{
  middlebox_drop(nat->box, packet, reason);
  return NULL;
}

/* -- from inside -- */

/* The mapping of a packet from inside, whose flow goes on with it; NULL and a reason. */
static NatMapping *
take_outbound(Nat *nat, const Packet *packet, const FlowEnd ends[2], const char **reason)
{
  int side = 0;
  Flow *flow = flow_track_find(&nat->map.track, packet->protocol, ends, &side);
  if (flow == NULL) {
    bool reset = packet->protocol == NET_PROTO_TCP && packet->tcp.flags & TCP_RST;
    *reason = NO_MAPPING;
    if (reset || !nat_map_has_ports(packet->protocol))
      return NULL;
    NatMapping *mapping = nat_map_for(&nat->map, packet->protocol, ends);
    *reason = "NAT: no port left";
    if (mapping == NULL)
      return NULL;
    flow = nat_map_add_flow(&nat->map, mapping, ends);
  }
  flow_track_take(&nat->map.track, flow, side, packet);
  return flow->owner;
}

/* An error about a packet that came from outside: who sent that knows it by our address. RFC 5508,
 * REQ-5: "Revert the IP and transport headers of the embedded IP packet to their original form". */
static Packet *
leave_error(Nat *nat, Packet *packet, Packet *quoted)
{
  FlowEnd ends[2] = {0};
  flow_ends(quoted, ends);
  int side = 0;
  const Flow *flow = flow_track_find(&nat->map.track, quoted->protocol, ends, &side);
  if (flow != NULL)
    set_destination(quoted, nat_map_outside(&nat->map, flow->owner));
  else if (quoted->destination != node_address(nat->box->node))
    return refuse(nat, packet, NO_MAPPING);
  packet->source = node_address(nat->box->node);
  return packet;
}

static Packet *
leave(Middlebox *box, Packet *packet, LinkDirection *to)
{
  Nat *nat = box->state;
  if (packet->family == 6 || middlebox_is_inside(box, to->to))
    return packet;
  Packet *quoted = flow_quoted(packet);
  if (quoted != NULL)
    return leave_error(nat, packet, quoted);
  if (packet->source == node_address(nat->box->node))
    return packet;
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  const char *reason = NO_MAPPING;
  const NatMapping *mapping = take_outbound(nat, packet, ends, &reason);
  if (mapping == NULL)
    return refuse(nat, packet, reason);
  set_source(packet, nat_map_outside(&nat->map, mapping));
  return packet;
}

/* -- to the box -- */

/* To the end inside that `port` stands for. */
static Packet *
deliver_inside(Nat *nat, Packet *packet, uint16_t port)
{
  NatMapping *mapping = nat_map_peek(&nat->map, packet->protocol, port);
  if (mapping == NULL)
    return refuse(nat, packet, NO_MAPPING);
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  ends[1] = mapping->inside;
  if (packet->protocol == NET_PROTO_ICMP)
    ends[0].port = ends[1].port; /* both have the identifier */
  int side = 0;
  Flow *flow = flow_track_find(&nat->map.track, packet->protocol, ends, &side);
  if (flow == NULL) { /* the mapping may have gone with a flow that is over */
    mapping = nat_map_at(&nat->map, packet->protocol, port);
    if (mapping == NULL)
      return refuse(nat, packet, NO_MAPPING);
    if (!nat_map_lets_in(&nat->map, mapping, ends[0]))
      return refuse(nat, packet, "NAT: filtered");
    flow = nat_map_add_flow(&nat->map, mapping, ends);
  }
  flow_track_take(&nat->map.track, flow, side, packet);
  set_destination(packet, ends[1]);
  return packet;
}

/* An error about what left as one of our ports: its sender inside knows it by its own address. */
static Packet *
arrive_error(Nat *nat, Packet *packet, Packet *quoted)
{
  FlowEnd ends[2] = {0};
  flow_ends(quoted, ends);
  const NatMapping *mapping = quoted->source == node_address(nat->box->node)
                                  ? nat_map_at(&nat->map, quoted->protocol, ends[0].port)
                                  : NULL;
  if (mapping == NULL)
    return refuse(nat, packet, NO_MAPPING);
  set_source(quoted, mapping->inside);
  packet->destination = mapping->inside.address;
  return packet;
}

/* RFC 4787 6: "A NAT MUST support 'Hairpinning'", with its own address as the source. */
static Packet *
hairpin(Nat *nat, Packet *packet, uint16_t port)
{
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  const char *reason = NO_MAPPING;
  const NatMapping *own = nat_map_at(&nat->map, packet->protocol, port) != NULL
                              ? take_outbound(nat, packet, ends, &reason)
                              : NULL;
  if (own == NULL)
    return refuse(nat, packet, reason);
  set_source(packet, nat_map_outside(&nat->map, own));
  return deliver_inside(nat, packet, port);
}

/* What is for the box's own address. */
static Packet *
arrive_here(Nat *nat, Packet *packet, bool from_inside)
{
  Packet *quoted = flow_quoted(packet);
  if (quoted != NULL)
    return arrive_error(nat, packet, quoted);
  bool request =
      packet->protocol == NET_PROTO_ICMP && icmp_kind_of(&packet->icmp, 4) == ICMP_ECHO_REQUEST;
  if (request) /* the box answers for itself */
    return packet;
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  return from_inside ? hairpin(nat, packet, ends[1].port)
                     : deliver_inside(nat, packet, ends[1].port);
}

static Packet *
arrive(Middlebox *box, Packet *packet, LinkDirection *from)
{
  Nat *nat = box->state;
  if (packet->family == 6)
    return packet;
  if (packet->fragment != 0 && (packet = fragment_take(box->node, packet)) == NULL)
    return NULL;
  bool from_inside = middlebox_is_inside(box, from->from);
  if (packet->destination == node_address(nat->box->node))
    return arrive_here(nat, packet, from_inside);
  return from_inside ? packet : refuse(nat, packet, NO_MAPPING);
}

/* -- the plug-in -- */

bool
middlebox_nat_forward(Middlebox *box, const MiddleboxForward *forward, GError **error)
{
  Nat *nat = box->state;
  FlowEnd inside = {forward->to, forward->to_port};
  return nat_map_fix(&nat->map, forward->protocol, inside, forward->port, error) != NULL;
}

void
middlebox_nat_resolve(const Net *net, uint8_t protocol, FlowEnd *end)
{
  for (;;) {
    const Node *node = net_address_node(net, end->address);
    if (node == NULL || node->middlebox == NULL || node->middlebox->ops != &middlebox_nat)
      return;
    Nat *nat = node->middlebox->state;
    const NatMapping *mapping = nat_map_at(&nat->map, protocol, end->port);
    if (mapping == NULL)
      return;
    *end = mapping->inside;
  }
}

static void
init(void *state, Middlebox *box)
{
  Nat *nat = state;
  nat->box = box;
  nat_map_init(&nat->map, box->node);
}

static bool
check(void *state, GError **error)
{
  const Nat *nat = state;
  if (nat->map.first_port <= nat->map.last_port)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "first_port = %" G_GINT64_FORMAT " is above last_port = %" G_GINT64_FORMAT,
              nat->map.first_port, nat->map.last_port);
  return false;
}

static void
settle(void *state)
{
  flow_track_sweep(&((Nat *)state)->map.track);
}

static void
clear(void *state)
{
  nat_map_clear(&((Nat *)state)->map);
}

#define FIELD(member) offsetof(Nat, map.member)

static const char *const dependences[] = {"endpoint independent", "address dependent",
                                          "address and port dependent", NULL};
static const SimParam params[] = {
    {.name = "mapping",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIELD(mapping),
     .choices = dependences,
     .help = "what shares a port of the box: all that an end inside sends, or by where to"},
    {.name = "filtering",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIELD(filtering),
     .choices = dependences,
     .help = "who may use the port from outside: all, or those that were sent to"},
    {.name = "first_port",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(first_port),
     .min = 1,
     .max = UINT16_MAX,
     .help = "ports of the box from here on"},
    {.name = "last_port",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(last_port),
     .min = 1,
     .max = UINT16_MAX,
     .help = "up to here"},
    {.name = "keep_port",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(keep_port),
     .help = "the port that the host uses, if it is free"},
    FLOW_TIME_PARAMS(FIELD(times)),
    {.name = NULL},
};

static const MiddleboxCounter counters[] = {{"mappings", FIELD(mappings)},
                                            {"most_mappings", FIELD(most_mappings)},
                                            {"mappings_made", FIELD(made)},
                                            {NULL, 0}};

const MiddleboxOps middlebox_nat = {
    .name = "nat",
    .help = "the hosts inside share its address",
    .state_size = sizeof(Nat),
    .params = params,
    .counters = counters,
    .has_sides = true,
    .init = init,
    .check = check,
    .arrive = arrive,
    .leave = leave,
    .settle = settle,
    .clear = clear,
};
