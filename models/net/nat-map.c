/* nat-map: mappings are found by the end inside through a hash table, by their port through an
 * array a protocol.
 *
 * A new mapping gets the first port, from `next_port` on, that has none or one that is over.
 * Ordinarily a few are tried; NatPorts is for who has tried PORT_TRIES in vain, and chooses the
 * same port. Mappings end without an event, so it knows of each 64 ports a time before which none
 * can be over, and looks at them then. Packets do not tell it: one that passes can bring the end of
 * its flow no nearer than the shortest of the times is long. Supported standards: RFC 4787 4, 5 and
 * RFC 5382 5 (how long), RFC 5508 3. */
#include "models/net/nat-map.h"

#include "models/net/port-set.h"
#include "sim/error.h"
#include "sim/rng.h"

#define PORTS 65536

typedef struct NatWord {
  uint64_t taken;  /* a bit a port that has a mapping, be it over */
  SimTime over_at; /* none of these mappings is over before */
} NatWord;

struct NatPorts {
  PortRange range;
  NatWord words[]; /* port_words() */
};

static unsigned
mapping_hash(gconstpointer key)
{
  const NatMapping *mapping = key;
  uint64_t inside = (uint64_t)mapping->inside.address << 16 | mapping->inside.port;
  uint64_t remote = (uint64_t)mapping->remote.address << 16 | mapping->remote.port;
  return (unsigned)sim_rng_mix(mapping->protocol, inside, remote);
}

static gboolean
mapping_equal(gconstpointer a, gconstpointer b)
{
  const NatMapping *one = a, *other = b;
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
own_address(const NatMap *map)
{
  return node_address(map->node);
}

static bool
in_range(const NatMap *map, uint16_t port)
{
  return port >= map->first_port && port <= map->last_port;
}

static void
mapping_free(NatMap *map, NatMapping *mapping)
{
  int place = place_of(mapping->protocol);
  NatPorts *ports = map->ports[place];
  if (ports != NULL && in_range(map, mapping->port))
    ports->words[port_word_in(ports->range, mapping->port)].taken &=
        ~port_bit_in(ports->range, mapping->port);
  map->by_port[place][mapping->port] = NULL;
  map->taken[place] -= in_range(map, mapping->port);
  map->mappings--;
  g_hash_table_remove(map->by_inside, mapping);
}

/* A FlowRemovedFn: a mapping goes with its last flow. */
static void
on_removed(Flow *flow, void *user)
{
  NatMap *map = user;
  NatMapping *mapping = flow->owner;
  *flow->back = flow->sibling;
  if (flow->sibling != NULL)
    flow->sibling->back = flow->back;
  if (mapping->flows == NULL && !mapping->fixed && !mapping->pinned)
    mapping_free(map, mapping);
}

/* Forgets those of its flows that are over; false: it went with them. */
static bool
is_alive(NatMap *map, NatMapping *mapping)
{
  mapping->pinned = true;
  for (Flow *flow = mapping->flows, *next; flow != NULL; flow = next) {
    next = flow->sibling;
    if (flow_track_is_over(&map->track, flow))
      flow_track_remove(&map->track, flow);
  }
  mapping->pinned = false;
  if (mapping->flows != NULL || mapping->fixed)
    return true;
  mapping_free(map, mapping);
  return false;
}

NatMapping *
nat_map_peek(const NatMap *map, uint8_t protocol, uint16_t port)
{
  int place = place_of(protocol);
  return place >= 0 && map->by_port[place] != NULL ? map->by_port[place][port] : NULL;
}

NatMapping *
nat_map_at(NatMap *map, uint8_t protocol, uint16_t port)
{
  NatMapping *mapping = nat_map_peek(map, protocol, port);
  return mapping != NULL && is_alive(map, mapping) ? mapping : NULL;
}

static NatMapping
mapping_key(const NatMap *map, uint8_t protocol, const FlowEnd ends[2])
{
  NatMapping key = {.inside = ends[0], .protocol = protocol};
  if (map->mapping >= NAT_BY_ADDRESS)
    key.remote.address = ends[1].address;
  if (map->mapping == NAT_BY_ADDRESS_AND_PORT)
    key.remote.port = ends[1].port;
  return key;
}

/* -- the choice of a port -- */

/* The shortest that a flow of that protocol may be silent. */
static SimTime
shortest_time(const FlowTimes *times, int place)
{
  if (place == place_of(NET_PROTO_TCP))
    return MIN(MIN(times->opening, times->established), times->closing);
  return place == place_of(NET_PROTO_UDP) ? MIN(times->udp, times->udp_stream) : times->icmp;
}

/* When it is over unless another packet of it passes. */
static SimTime
over_at(const NatMapping *mapping)
{
  SimTime at = mapping->fixed ? SIM_TIME_NEVER : 0;
  for (const Flow *flow = mapping->flows; flow != NULL; flow = flow->sibling)
    at = MAX(at, flow->expires);
  return at;
}

static void
ports_new(NatMap *map, int place)
{
  PortRange range = {(uint16_t)map->first_port, (uint16_t)map->last_port};
  unsigned words = port_words(range);
  NatPorts *ports = map->ports[place] = g_malloc0(sizeof *ports + words * sizeof(NatWord));
  ports->range = range;
  for (uint32_t port = range.first; port <= range.last; port++)
    if (map->by_port[place][port] != NULL)
      ports->words[port_word_in(range, (uint16_t)port)].taken |= port_bit_in(range, (uint16_t)port);
}

typedef struct Search {
  NatMap *map;
  int place;
} Search;

/* Looks at the mappings of 64 ports anew. Returns those that are over. */
static uint64_t
look(const Search *search, unsigned index)
{
  const NatMap *map = search->map;
  NatWord *word = &map->ports[search->place]->words[index];
  NatMapping *const *mappings = &map->by_port[search->place][map->first_port + index * 64];
  SimTime now = sim_now(map->track.sim);
  uint64_t over = 0;
  word->over_at = sim_time_add(now, shortest_time(&map->times, search->place));
  for (uint64_t left = word->taken; left != 0; left &= left - 1) {
    SimTime at = over_at(mappings[__builtin_ctzll(left)]);
    word->over_at = MIN(word->over_at, at);
    if (at <= now)
      over |= left & -left;
  }
  return over;
}

static uint64_t
taken(unsigned index, const void *user)
{
  const Search *search = user;
  const NatWord *word = &search->map->ports[search->place]->words[index];
  bool may_be_over = word->over_at <= sim_now(search->map->track.sim);
  return may_be_over ? word->taken & ~look(search, index) : word->taken;
}

/* The first that is free from `next_port` on; 0: none is. */
static uint16_t
next_free(NatMap *map, uint8_t protocol)
{
  int place = place_of(protocol);
  uint16_t port = map->next_port[place];
  if (!in_range(map, port))
    port = (uint16_t)map->first_port;
  uint16_t from = port;
  for (unsigned tries = 0; map->ports[place] == NULL && tries < PORT_TRIES; tries++) {
    if (nat_map_at(map, protocol, port) == NULL)
      return port;
    port = port < map->last_port ? (uint16_t)(port + 1) : (uint16_t)map->first_port;
  }
  if (map->ports[place] == NULL)
    ports_new(map, place);
  Search search = {map, place};
  port = port_next_free(map->ports[place]->range, from, taken, &search);
  if (port != 0)
    nat_map_at(map, protocol, port); /* frees what is over */
  return port;
}

/* RFC 4787 4.2: the port that the host uses, if it is free; else the next that is. 0: none is. */
static uint16_t
choose_port(NatMap *map, uint8_t protocol, uint16_t wanted)
{
  int place = place_of(protocol);
  if (map->keep_port && in_range(map, wanted) && nat_map_at(map, protocol, wanted) == NULL)
    return wanted;
  uint32_t ports = (uint32_t)(map->last_port - map->first_port + 1);
  bool full = map->taken[place] >= ports && map->track.soonest > sim_now(map->track.sim);
  uint16_t port = full ? 0 : next_free(map, protocol);
  if (port != 0)
    map->next_port[place] = (uint16_t)(port + 1);
  return port;
}

static void
tell(const NatMap *map, const NatMapping *mapping)
{
  Net *net = map->node->net;
  if (!sim_traced(net->sim, NET_TRACE_NOTE))
    return;
  char inside[NET_ADDRESS_TEXT], outside[NET_ADDRESS_TEXT], text[3 * NET_ADDRESS_TEXT];
  g_snprintf(text, sizeof text, "NAT: %s:%u is %s:%u outside",
             net_address_print(net_address(net, mapping->inside.address), inside),
             mapping->inside.port, net_address_print(net_address(net, own_address(map)), outside),
             mapping->port);
  NetNoteRecord note = {
      .time = sim_now(net->sim), .event = "note", .node = map->node, .text = text};
  sim_trace_emit(net->sim, NET_TRACE_NOTE, &note);
}

/* Of `key`, at a port that is free. */
static NatMapping *
mapping_add(NatMap *map, const NatMapping *key, uint16_t port)
{
  int place = place_of(key->protocol);
  NatMapping *mapping = g_new(NatMapping, 1);
  *mapping = *key;
  mapping->port = port;
  if (map->by_port[place] == NULL)
    map->by_port[place] = g_new0(NatMapping *, PORTS);
  map->by_port[place][port] = mapping;
  map->taken[place] += in_range(map, port);
  NatPorts *ports = map->ports[place];
  if (ports != NULL && in_range(map, port)) /* `over_at` holds: what begins lasts for longer */
    ports->words[port_word_in(ports->range, port)].taken |= port_bit_in(ports->range, port);
  g_hash_table_add(map->by_inside, mapping);
  map->made++;
  map->mappings++;
  map->most_mappings = MAX(map->most_mappings, map->mappings);
  tell(map, mapping);
  return mapping;
}

NatMapping *
nat_map_for(NatMap *map, uint8_t protocol, const FlowEnd ends[2])
{
  NatMapping key = mapping_key(map, protocol, ends);
  NatMapping *mapping = g_hash_table_lookup(map->by_inside, &key);
  if (mapping != NULL && is_alive(map, mapping))
    return mapping;
  NatMapping fixed = {.inside = ends[0], .protocol = protocol};
  mapping = g_hash_table_lookup(map->by_inside, &fixed);
  if (mapping != NULL && mapping->fixed)
    return mapping;
  uint16_t port = choose_port(map, protocol, ends[0].port);
  return port != 0 ? mapping_add(map, &key, port) : NULL;
}

Flow *
nat_map_add_flow(NatMap *map, NatMapping *mapping, const FlowEnd ends[2])
{
  mapping->pinned = true; /* a sweep for room must not take it */
  Flow *flow = flow_track_add(&map->track, mapping->protocol, ends);
  mapping->pinned = false;
  flow->owner = mapping;
  flow->sibling = mapping->flows;
  flow->back = &mapping->flows;
  if (flow->sibling != NULL)
    flow->sibling->back = &flow->sibling;
  mapping->flows = flow;
  return flow;
}

NatMapping *
nat_map_fix(NatMap *map, uint8_t protocol, FlowEnd inside, uint16_t port, GError **error)
{
  const char *name = map->node->name;
  NatMapping key = {.inside = inside, .protocol = protocol, .fixed = true};
  if (nat_map_at(map, protocol, port) != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "port %u of \"%s\" is in use already", port,
                name);
    return NULL;
  }
  NatMapping *same = g_hash_table_lookup(map->by_inside, &key);
  if (same != NULL && is_alive(map, same)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE,
                "port %u of that host has port %u of \"%s\" already", inside.port, same->port,
                name);
    return NULL;
  }
  return mapping_add(map, &key, port);
}

bool
nat_map_lets_in(const NatMap *map, const NatMapping *mapping, FlowEnd from)
{
  if (mapping->fixed || map->filtering == NAT_BY_NOTHING)
    return true;
  for (const Flow *flow = mapping->flows; flow != NULL; flow = flow->sibling) {
    const FlowEnd *remote = &flow->end[flow->end[0].address == mapping->inside.address ? 1 : 0];
    if (remote->address == from.address &&
        (map->filtering == NAT_BY_ADDRESS || remote->port == from.port))
      return true;
  }
  return false;
}

FlowEnd
nat_map_outside(const NatMap *map, const NatMapping *mapping)
{
  return (FlowEnd){own_address(map), mapping->port};
}

bool
nat_map_has_ports(uint8_t protocol)
{
  return place_of(protocol) >= 0;
}

void
nat_map_init(NatMap *map, Node *node)
{
  map->node = node;
  map->mapping = NAT_BY_NOTHING;   /* RFC 4787 REQ-1 */
  map->filtering = NAT_BY_ADDRESS; /* REQ-8 */
  map->first_port = 1024;
  map->last_port = PORTS - 1;
  map->keep_port = true;
  map->times = (FlowTimes){
      .opening = 240 * SIM_SECOND,      /* RFC 5382 REQ-5 */
      .established = 7440 * SIM_SECOND, /* RFC 5382 REQ-5: 2 hours 4 minutes */
      .closing = 240 * SIM_SECOND,
      .udp = 300 * SIM_SECOND, /* RFC 4787 REQ-5 */
      .udp_stream = 300 * SIM_SECOND,
      .icmp = 60 * SIM_SECOND, /* RFC 5508 REQ-2 */
  };
  flow_track_init(&map->track, node->net->sim, &map->times);
  map->track.removed = on_removed;
  map->track.user = map;
  map->by_inside = g_hash_table_new_full(mapping_hash, mapping_equal, g_free, NULL);
}

void
nat_map_clear(NatMap *map)
{
  flow_track_clear(&map->track);
  g_hash_table_unref(map->by_inside);
  for (int i = 0; i < NAT_PROTOCOLS; i++) {
    g_free(map->by_port[i]);
    g_free(map->ports[i]);
  }
}
