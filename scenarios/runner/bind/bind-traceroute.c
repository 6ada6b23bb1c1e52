/* bind-traceroute: host:traceroute(destination, {...}): UDP datagrams whose TTL grows until one
 * arrives where nobody listens.
 *
 * As the real one: each probe goes to a port of its own, from 33434 on, by which the error that
 * comes back is known; the next is sent when there is an answer or its time is over. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

#define FIRST_PORT 33434

typedef struct Probe {
  bool answered;
  UdpError error;
  SimTime sent, rtt;
} Probe;

typedef struct Trace {
  Scenario *scenario;
  UdpSocket *udp; /* closed with the host when the run ends first */
  NetAddressId destination;
  unsigned probes; /* a hop */
  unsigned sent;   /* probes in all */
  unsigned most;   /* of them */
  SimTime timeout;
  uint64_t size;
  Coroutine *waiters;
  Probe probe[];
} Trace;

typedef struct TraceOptions {
  int64_t max_hops, probes;
  SimTime timeout;
  uint64_t size;
} TraceOptions;

#define FIELD(member) offsetof(TraceOptions, member)

static const SimParam params[] = {
    {.name = "max_hops",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(max_hops),
     .min = 1,
     .max = 255,
     .help = "the largest TTL that is tried"},
    {.name = "probes",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(probes),
     .min = 1,
     .max = 10,
     .help = "a hop"},
    {.name = "timeout",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(timeout),
     .min = 0,
     .max = 86400,
     .help = "how long an answer may take"},
    {.name = "size",
     .kind = SIM_PARAM_SIZE,
     .offset = FIELD(size),
     .max = 65507,
     .help = "data of a probe"},
    {.name = NULL},
};

static const TraceOptions trace_defaults = {
    .max_hops = 30, .probes = 3, .timeout = SIM_SECOND, .size = 32};

const BindOptions bind_traceroute_options = {
    .name = "TracerouteOptions",
    .what = "option of traceroute",
    .params = params,
    .defaults = &trace_defaults,
    .help = "host:traceroute(destination, {...})",
};

static const BindField result_fields[] = {
    {"[integer]", "TracerouteHop", "the hops, in order"},
    {"reached", "boolean", "the destination has answered"},
    {.name = NULL},
};
static const BindField hop_fields[] = {
    {"ttl", "integer", "which hop"},
    {"rtts", "seconds[]", "of the probes that were answered"},
    {"from", "string?", "who answered"},
    {"name", "string?", "the node with that address"},
    {"error", "string?", "\"time exceeded\", \"port unreachable\" ..."},
    {.name = NULL},
};

const BindRecord bind_traceroute_result = {"TracerouteResult", "what host:traceroute returns",
                                           result_fields};
const BindRecord bind_traceroute_hop = {"TracerouteHop", "of TracerouteResult", hop_fields};

static void
on_error(UdpSocket *socket, const UdpError *error, void *user)
{
  Trace *trace = user;
  if (trace->scenario->closing || error->port < FIRST_PORT ||
      error->port >= FIRST_PORT + trace->sent)
    return;
  Probe *probe = &trace->probe[error->port - FIRST_PORT];
  if (probe->answered)
    return;
  probe->answered = true;
  probe->error = *error;
  probe->rtt = sim_now(trace->scenario->sim) - probe->sent;
  bind_wake_all(&trace->waiters);
}

static const UdpUserOps ops = {.error = on_error};

/* -- the table -- */

/* {ttl =, from =, name =, rtts = {...}, error =}; without `from` nobody answered. */
static void
push_hop(lua_State *L, const Trace *trace, unsigned hop)
{
  const Net *net = trace->scenario->net;
  const Probe *first = &trace->probe[hop * trace->probes];
  lua_createtable(L, 0, 5);
  lua_pushinteger(L, hop + 1);
  lua_setfield(L, -2, "ttl");
  lua_newtable(L);
  const Probe *answered = NULL;
  lua_Integer count = 0;
  for (unsigned i = 0; i < trace->probes; i++) {
    if (!first[i].answered)
      continue;
    answered = answered != NULL ? answered : &first[i];
    lua_pushnumber(L, sim_time_to_seconds(first[i].rtt));
    lua_rawseti(L, -2, ++count);
  }
  lua_setfield(L, -2, "rtts");
  if (answered == NULL)
    return;
  const NetAddress *from = net_address(net, answered->error.from);
  const Node *node = net_address_node(net, answered->error.from);
  char text[NET_ADDRESS_TEXT];
  lua_pushstring(L, net_address_print(from, text));
  lua_setfield(L, -2, "from");
  lua_pushstring(L, node != NULL ? node->name : NULL);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, icmp_kind_name(answered->error.kind, from->family));
  lua_setfield(L, -2, "error");
}

static int
push_result(lua_State *L, Trace *trace, bool reached)
{
  udp_close(g_steal_pointer(&trace->udp));
  unsigned hops = trace->sent / trace->probes;
  lua_createtable(L, (int)hops, 1);
  for (unsigned hop = 0; hop < hops; hop++) {
    push_hop(L, trace, hop);
    lua_rawseti(L, -2, hop + 1);
  }
  lua_pushboolean(L, reached);
  lua_setfield(L, -2, "reached");
  return 1;
}

/* -- the call -- */

static void
send_probe(Trace *trace)
{
  trace->probe[trace->sent].sent = sim_now(trace->scenario->sim);
  UdpSendArgs args = {
      .destination = trace->destination,
      .port = (uint16_t)(FIRST_PORT + trace->sent),
      .length = (uint32_t)trace->size,
      .ttl = (uint8_t)(trace->sent / trace->probes + 1),
  };
  trace->sent++;
  udp_send(trace->udp, &args); /* without a route it is never answered */
}

/* A hop is complete; does the way end there? */
static bool
is_over(const Trace *trace, bool *reached)
{
  bool over = trace->sent == trace->most;
  *reached = false;
  for (unsigned i = trace->sent - trace->probes; i < trace->sent; i++) {
    const Probe *probe = &trace->probe[i];
    if (!probe->answered || probe->error.kind == ICMP_TTL_EXCEEDED)
      continue;
    over = true;
    *reached = *reached || probe->error.kind == ICMP_PORT_UNREACHABLE;
  }
  return over;
}

static int
trace_more(lua_State *L, int status, lua_KContext context)
{
  Trace *trace = lua_touserdata(L, 1);
  SimTime now = sim_now(trace->scenario->sim);
  if (trace->sent > 0) {
    const Probe *last = &trace->probe[trace->sent - 1];
    SimTime deadline = sim_time_add(last->sent, trace->timeout);
    if (!last->answered && now < deadline)
      return bind_wait(L, "host:traceroute", &trace->waiters, deadline, trace_more);
    bool reached;
    if (trace->sent % trace->probes == 0 && is_over(trace, &reached))
      return push_result(L, trace, reached);
  }
  send_probe(trace);
  return bind_wait(L, "host:traceroute", &trace->waiters, sim_time_add(now, trace->timeout),
                   trace_more);
}

int
bind_host_traceroute(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindNode *host = bind_self(L, &bind_node_type, "traceroute");
  bind_wait_check(L, "host:traceroute");
  bind_value_count(L, 3, "host:traceroute(destination, [options])");
  NetAddressId destination = bind_address(L, 2, "host:traceroute", "destination");
  lua_settop(L, 3);
  TraceOptions options = trace_defaults;
  if (bind_options_check(L, 3, &bind_traceroute_options))
    bind_options_read(L, 3, "host:traceroute", params, &options);
  unsigned most = (unsigned)(options.max_hops * options.probes);
  size_t size = sizeof(Trace) + most * sizeof(Probe);
  Trace *trace = lua_newuserdatauv(L, size, 0);
  memset(trace, 0, size);
  trace->scenario = scenario;
  trace->destination = destination;
  trace->probes = (unsigned)options.probes;
  trace->most = most;
  trace->timeout = options.timeout;
  trace->size = options.size;
  GError *error = NULL;
  trace->udp = udp_open(host->udp, &(UdpOpenArgs){.ops = &ops, .user = trace}, &error);
  if (trace->udp == NULL)
    bind_raise_in(L, "host:traceroute", error);
  lua_replace(L, 1);
  lua_settop(L, 1);
  bind_note_call(scenario, host->node, "traceroute", destination);
  return trace_more(L, LUA_OK, 0);
}
