/* middlebox-nat: network address and port translation (NAPT) of IPv4: the hosts inside share the
 * one address of the box.
 *
 * A mapping gives an end inside (address and port) a port of the box. It is made by a packet from
 * inside and lives as long as one of its flows, which is followed by flow-track.c. Which packets
 * share a mapping, and which that come from outside may use it, are the two choices of RFC 4787:
 *
 *   leaving:   source a:p -> box:m     for a flow from inside; made when there is none
 *   arriving:  destination box:m -> a:p   when `filtering` lets its sender pass
 *   inside to box:m (hairpin): both
 *
 * An ICMP error has its quoted packet translated back, so that who is told recognizes it; one that
 * the box itself makes is translated as it leaves, like those from inside. Fragments are put
 * together first, since only the first of them has ports. Checksums follow, being made from the
 * fields (wire.c). A mapping that is over is found no more; it has no event of its own.
 * Left out: IPv6 (passes as it is), protocols without ports (dropped), application gateways.
 * Supported standards: RFC 3022; RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP) with the
 * defaults that they ask for. */
#include "models/net/middlebox-nat.h"

#include "models/net/flow-track.h"
#include "models/net/fragment.h"
#include "models/net/link.h"

#define PORTS 65536
#define PROTOCOLS 3
#define NO_MAPPING "NAT: no mapping"

/* RFC 4787 4.1, 5: how much of the other end decides. */
typedef enum { DEPENDS_ON_NOTHING, DEPENDS_ON_ADDRESS, DEPENDS_ON_ADDRESS_AND_PORT } Dependence;

typedef struct Mapping {
  FlowEnd inside;
  FlowEnd remote; /* as far as `mapping` depends on it; else zeros */
  uint8_t protocol;
  bool fixed;    /* a port forwarding: stays, and lets everybody in */
  bool pinned;   /* it is being looked at: not to be freed */
  uint16_t port; /* of the box */
  Flow *flows;   /* by `sibling` */
} Mapping;

typedef struct Nat {
  int mapping, filtering; /* Dependence */
  int64_t first_port, last_port;
  bool keep_port;
  FlowTimes times;
  uint64_t mappings, most_mappings, made; /* now, at one time, altogether; fixed ones too */

  Middlebox *box; /* borrowed */
  FlowTrack track;
  GHashTable *by_inside;        /* of Mapping (key and value, owned); look-up only */
  Mapping **by_port[PROTOCOLS]; /* owned, by port; NULL: none yet */
  uint32_t taken[PROTOCOLS];    /* ports from first_port to last_port that are in use */
  uint16_t next_port[PROTOCOLS];
} Nat;

/* -- mappings -- */

static unsigned
mapping_hash(gconstpointer key)
{
  const Mapping *mapping = key;
  uint64_t inside = (uint64_t)mapping->inside.address << 16 | mapping->inside.port;
  uint64_t remote = (uint64_t)mapping->remote.address << 16 | mapping->remote.port;
  return (unsigned)sim_rng_mix(mapping->protocol, inside, remote);
}

static gboolean
mapping_equal(gconstpointer a, gconstpointer b)
{
  const Mapping *one = a, *other = b;
  return one->protocol == other->protocol && one->inside.address == other->inside.address &&
         one->inside.port == other->inside.port && one->remote.address == other->remote.address &&
         one->remote.port == other->remote.port;
}

/* The place of a protocol's tables; -1: it has no ports. */
static int
place_of(uint8_t protocol)
{
  switch (protocol) {
  case NET_PROTO_TCP:
    return 0;
  case NET_PROTO_UDP:
    return 1;
  case NET_PROTO_ICMP:
    return 2;
  default:
    return -1;
  }
}

static NetAddressId
own_address(const Nat *nat)
{
  return node_address(nat->box->node);
}

static bool
in_range(const Nat *nat, uint16_t port)
{
  return port >= nat->first_port && port <= nat->last_port;
}

static void
mapping_free(Nat *nat, Mapping *mapping)
{
  int place = place_of(mapping->protocol);
  nat->by_port[place][mapping->port] = NULL;
  nat->taken[place] -= in_range(nat, mapping->port);
  nat->mappings--;
  g_hash_table_remove(nat->by_inside, mapping);
}

/* A FlowRemovedFn: a mapping goes with its last flow. */
static void
on_removed(Flow *flow, void *user)
{
  Nat *nat = user;
  Mapping *mapping = flow->owner;
  Flow **at = &mapping->flows;
  while (*at != flow)
    at = &(*at)->sibling;
  *at = flow->sibling;
  if (mapping->flows == NULL && !mapping->fixed && !mapping->pinned)
    mapping_free(nat, mapping);
}

/* Forgets those of its flows that are over; false: it went with them. */
static bool
is_alive(Nat *nat, Mapping *mapping)
{
  mapping->pinned = true;
  for (Flow *flow = mapping->flows, *next; flow != NULL; flow = next) {
    next = flow->sibling;
    if (flow_track_is_over(&nat->track, flow))
      flow_track_remove(&nat->track, flow);
  }
  mapping->pinned = false;
  if (mapping->flows != NULL || mapping->fixed)
    return true;
  mapping_free(nat, mapping);
  return false;
}

/* NULL: none. */
static Mapping *
mapping_at(Nat *nat, uint8_t protocol, uint16_t port)
{
  int place = place_of(protocol);
  if (place < 0 || nat->by_port[place] == NULL)
    return NULL;
  Mapping *mapping = nat->by_port[place][port];
  return mapping != NULL && is_alive(nat, mapping) ? mapping : NULL;
}

static Mapping
mapping_key(const Nat *nat, uint8_t protocol, const FlowEnd ends[2])
{
  Mapping key = {.inside = ends[0], .protocol = protocol};
  if (nat->mapping >= DEPENDS_ON_ADDRESS)
    key.remote.address = ends[1].address;
  if (nat->mapping == DEPENDS_ON_ADDRESS_AND_PORT)
    key.remote.port = ends[1].port;
  return key;
}

/* RFC 4787 4.2: the port that the host uses, if it is free; else the next that is. 0: none is. */
static uint16_t
choose_port(Nat *nat, uint8_t protocol, uint16_t wanted)
{
  int place = place_of(protocol);
  if (nat->keep_port && in_range(nat, wanted) && mapping_at(nat, protocol, wanted) == NULL)
    return wanted;
  uint32_t ports = (uint32_t)(nat->last_port - nat->first_port + 1);
  if (nat->taken[place] >= ports)
    flow_track_sweep(&nat->track);
  for (uint32_t i = 0; i < ports && nat->taken[place] < ports; i++) {
    uint16_t port = nat->next_port[place];
    if (!in_range(nat, port))
      port = (uint16_t)nat->first_port;
    nat->next_port[place] = (uint16_t)(port + 1);
    if (mapping_at(nat, protocol, port) == NULL)
      return port;
  }
  return 0;
}

static void
tell(const Nat *nat, const Mapping *mapping)
{
  Net *net = nat->box->node->net;
  if (!sim_traced(net->sim, NET_TRACE_NOTE))
    return;
  char inside[NET_ADDRESS_TEXT], outside[NET_ADDRESS_TEXT], text[3 * NET_ADDRESS_TEXT];
  g_snprintf(text, sizeof text, "NAT: %s:%u is %s:%u outside",
             net_address_print(net_address(net, mapping->inside.address), inside),
             mapping->inside.port, net_address_print(net_address(net, own_address(nat)), outside),
             mapping->port);
  NetNoteRecord note = {
      .time = sim_now(net->sim), .event = "note", .node = nat->box->node, .text = text};
  sim_trace_emit(net->sim, NET_TRACE_NOTE, &note);
}

/* Of `key`, at a port that is free. */
static Mapping *
mapping_add(Nat *nat, const Mapping *key, uint16_t port)
{
  int place = place_of(key->protocol);
  Mapping *mapping = g_new(Mapping, 1);
  *mapping = *key;
  mapping->port = port;
  if (nat->by_port[place] == NULL)
    nat->by_port[place] = g_new0(Mapping *, PORTS);
  nat->by_port[place][port] = mapping;
  nat->taken[place] += in_range(nat, port);
  g_hash_table_add(nat->by_inside, mapping);
  nat->made++;
  nat->mappings++;
  nat->most_mappings = MAX(nat->most_mappings, nat->mappings);
  tell(nat, mapping);
  return mapping;
}

/* The one that a flow from inside uses; NULL: no port is left. */
static Mapping *
mapping_for(Nat *nat, uint8_t protocol, const FlowEnd ends[2])
{
  Mapping key = mapping_key(nat, protocol, ends);
  Mapping *mapping = g_hash_table_lookup(nat->by_inside, &key);
  if (mapping != NULL && is_alive(nat, mapping))
    return mapping;
  Mapping fixed = {.inside = ends[0], .protocol = protocol};
  mapping = g_hash_table_lookup(nat->by_inside, &fixed);
  if (mapping != NULL && mapping->fixed)
    return mapping;
  uint16_t port = choose_port(nat, protocol, ends[0].port);
  return port != 0 ? mapping_add(nat, &key, port) : NULL;
}

static Flow *
flow_add(Nat *nat, Mapping *mapping, const FlowEnd ends[2])
{
  mapping->pinned = true; /* a sweep for room must not take it */
  Flow *flow = flow_track_add(&nat->track, mapping->protocol, ends);
  mapping->pinned = false;
  flow->owner = mapping;
  flow->sibling = mapping->flows;
  mapping->flows = flow;
  return flow;
}

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

static FlowEnd
outside_end(const Nat *nat, const Mapping *mapping)
{
  return (FlowEnd){own_address(nat), mapping->port};
}

static Packet *
refuse(Nat *nat, Packet *packet, const char *reason)
{
  middlebox_drop(nat->box, packet, reason);
  return NULL;
}

/* -- from inside -- */

/* The mapping of a packet from inside, whose flow goes on with it; NULL and a reason. */
static Mapping *
take_outbound(Nat *nat, const Packet *packet, const FlowEnd ends[2], const char **reason)
{
  int side = 0;
  Flow *flow = flow_track_find(&nat->track, packet->protocol, ends, &side);
  if (flow == NULL) {
    bool reset = packet->protocol == NET_PROTO_TCP && packet->tcp.flags & TCP_RST;
    *reason = NO_MAPPING;
    if (reset || place_of(packet->protocol) < 0)
      return NULL;
    Mapping *mapping = mapping_for(nat, packet->protocol, ends);
    *reason = "NAT: no port left";
    if (mapping == NULL)
      return NULL;
    flow = flow_add(nat, mapping, ends);
  }
  flow_track_take(&nat->track, flow, side, packet);
  return flow->owner;
}

/* An error about a packet that came from outside: who sent that knows it by our address. RFC 5508
 * 4.2: "the NAT ... MUST translate the IP and transport header within the embedded packet". */
static Packet *
leave_error(Nat *nat, Packet *packet, Packet *quoted)
{
  FlowEnd ends[2] = {0};
  flow_ends(quoted, ends);
  int side = 0;
  const Flow *flow = flow_track_find(&nat->track, quoted->protocol, ends, &side);
  if (flow != NULL)
    set_destination(quoted, outside_end(nat, flow->owner));
  else if (quoted->destination != own_address(nat))
    return refuse(nat, packet, NO_MAPPING);
  packet->source = own_address(nat);
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
  if (packet->source == own_address(nat))
    return packet;
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  const char *reason;
  const Mapping *mapping = take_outbound(nat, packet, ends, &reason);
  if (mapping == NULL)
    return refuse(nat, packet, reason);
  set_source(packet, outside_end(nat, mapping));
  return packet;
}

/* -- to the box -- */

/* RFC 4787 5: may this end use the mapping? */
static bool
lets_in(const Nat *nat, const Mapping *mapping, FlowEnd from)
{
  if (mapping->fixed || nat->filtering == DEPENDS_ON_NOTHING)
    return true;
  for (const Flow *flow = mapping->flows; flow != NULL; flow = flow->sibling) {
    const FlowEnd *remote = &flow->end[flow->end[0].address == mapping->inside.address ? 1 : 0];
    if (remote->address == from.address &&
        (nat->filtering == DEPENDS_ON_ADDRESS || remote->port == from.port))
      return true;
  }
  return false;
}

/* To the end inside that `mapping` stands for. */
static Packet *
deliver_inside(Nat *nat, Packet *packet, Mapping *mapping)
{
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  ends[1] = mapping->inside;
  if (packet->protocol == NET_PROTO_ICMP)
    ends[0].port = mapping->inside.port; /* both have the identifier */
  int side = 0;
  Flow *flow = flow_track_find(&nat->track, packet->protocol, ends, &side);
  if (flow == NULL && !lets_in(nat, mapping, ends[0]))
    return refuse(nat, packet, "NAT: filtered");
  if (flow == NULL)
    flow = flow_add(nat, mapping, ends);
  flow_track_take(&nat->track, flow, side, packet);
  set_destination(packet, mapping->inside);
  return packet;
}

/* An error about what left as one of our ports: its sender inside knows it by its own address. */
static Packet *
arrive_error(Nat *nat, Packet *packet, Packet *quoted)
{
  FlowEnd ends[2] = {0};
  flow_ends(quoted, ends);
  const Mapping *mapping =
      quoted->source == own_address(nat) ? mapping_at(nat, quoted->protocol, ends[0].port) : NULL;
  if (mapping == NULL)
    return refuse(nat, packet, NO_MAPPING);
  set_source(quoted, mapping->inside);
  packet->destination = mapping->inside.address;
  return packet;
}

/* RFC 4787 6: "A NAT MUST support 'Hairpinning'", with its own address as the source. */
static Packet *
hairpin(Nat *nat, Packet *packet, Mapping *mapping)
{
  FlowEnd ends[2] = {0};
  flow_ends(packet, ends);
  const char *reason;
  const Mapping *own = take_outbound(nat, packet, ends, &reason);
  if (own == NULL)
    return refuse(nat, packet, reason);
  FlowEnd source = outside_end(nat, own);
  set_source(packet, source);
  return deliver_inside(nat, packet, mapping);
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
  Mapping *mapping = mapping_at(nat, packet->protocol, ends[1].port);
  if (mapping == NULL)
    return refuse(nat, packet, NO_MAPPING);
  return from_inside ? hairpin(nat, packet, mapping) : deliver_inside(nat, packet, mapping);
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
  if (packet->destination == own_address(nat))
    return arrive_here(nat, packet, from_inside);
  return from_inside ? packet : refuse(nat, packet, NO_MAPPING);
}

/* -- the plug-in -- */

bool
middlebox_nat_forward(Middlebox *box, const MiddleboxForward *forward, GError **error)
{
  Nat *nat = box->state;
  const Mapping *taken = mapping_at(nat, forward->protocol, forward->port);
  if (taken != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "port %u of \"%s\" is in use already",
                forward->port, box->node->name);
    return false;
  }
  Mapping key = {
      .inside = {forward->to, forward->to_port}, .protocol = forward->protocol, .fixed = true};
  Mapping *same = g_hash_table_lookup(nat->by_inside, &key);
  if (same != NULL && is_alive(nat, same)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "port %u of that host has port %u of \"%s\" already", forward->to_port, same->port,
                box->node->name);
    return false;
  }
  mapping_add(nat, &key, forward->port);
  return true;
}

static void
init(void *state, Middlebox *box)
{
  Nat *nat = state;
  nat->box = box;
  nat->mapping = DEPENDS_ON_NOTHING;   /* RFC 4787 REQ-1 */
  nat->filtering = DEPENDS_ON_ADDRESS; /* REQ-8 */
  nat->first_port = 1024;
  nat->last_port = PORTS - 1;
  nat->keep_port = true;
  nat->times = (FlowTimes){
      .opening = 240 * SIM_SECOND,      /* RFC 5382 REQ-5 */
      .established = 7440 * SIM_SECOND, /* RFC 5382 REQ-5: 2 hours 4 minutes */
      .closing = 240 * SIM_SECOND,
      .udp = 300 * SIM_SECOND, /* RFC 4787 REQ-5 */
      .udp_stream = 300 * SIM_SECOND,
      .icmp = 60 * SIM_SECOND, /* RFC 5508 REQ-2 */
  };
  flow_track_init(&nat->track, box->node->net->sim, &nat->times);
  nat->track.removed = on_removed;
  nat->track.user = nat;
  nat->by_inside = g_hash_table_new_full(mapping_hash, mapping_equal, g_free, NULL);
}

static bool
check(void *state, GError **error)
{
  const Nat *nat = state;
  if (nat->first_port <= nat->last_port)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "first_port = %" G_GINT64_FORMAT " is above last_port = %" G_GINT64_FORMAT,
              nat->first_port, nat->last_port);
  return false;
}

static void
settle(void *state)
{
  flow_track_sweep(&((Nat *)state)->track);
}

static void
clear(void *state)
{
  Nat *nat = state;
  flow_track_clear(&nat->track);
  g_hash_table_unref(nat->by_inside);
  for (int i = 0; i < PROTOCOLS; i++)
    g_free(nat->by_port[i]);
}

#define FIELD(member) offsetof(Nat, member)

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
     .max = PORTS - 1,
     .help = "ports of the box from here on"},
    {.name = "last_port",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(last_port),
     .min = 1,
     .max = PORTS - 1,
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
