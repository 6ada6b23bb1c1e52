/* bind-ping: host:ping(destination, {...}): echo requests at an interval, and what came back.
 *
 * The call waits until every request was answered or its time is over, and returns a table. The
 * state of it is a userdata on its coroutine's stack, to which the echo's callback points; both end
 * with the call. */
#include "scenarios/runner/bind/bind.h"

#include <math.h>
#include <string.h>

#include "sim/stats.h"

typedef struct Reply {
  IcmpKind kind; /* ICMP_OTHER: none yet */
  NetAddressId from;
  SimTime sent, rtt;
  uint8_t ttl;
} Reply;

typedef struct Ping {
  Scenario *scenario;
  IcmpEcho *echo; /* freed with the host when the run ends first */
  NetAddressId destination;
  int64_t count, ttl;
  uint64_t size;
  SimTime interval, timeout;
  bool dont_fragment;
  uint16_t sent, answered; /* requests; answered by a reply or an error */
  Coroutine *waiters;
  Reply replies[]; /* by sequence number, from 1 */
} Ping;

typedef struct PingOptions {
  int64_t count, ttl;
  uint64_t size;
  SimTime interval, timeout;
  bool dont_fragment;
} PingOptions;

#define FIELD(member) offsetof(PingOptions, member)

static const SimParam params[] = {
    {.name = "count",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(count),
     .min = 1,
     .max = 65535,
     .help = "requests"},
    {.name = "interval",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(interval),
     .min = 0,
     .max = 86400,
     .help = "between two requests"},
    {.name = "size",
     .kind = SIM_PARAM_SIZE,
     .offset = FIELD(size),
     .max = 65507,
     .help = "data of a request"},
    {.name = "timeout",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(timeout),
     .min = 0,
     .max = 86400,
     .help = "how long the last may take"},
    {.name = "ttl",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(ttl),
     .min = 1,
     .max = 255,
     .help = "time to live, hop limit"},
    {.name = "dont_fragment",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(dont_fragment),
     .help = "routers may not cut it"},
    {.name = NULL},
};

static const PingOptions ping_defaults = {
    .count = 4, .ttl = 64, .size = 56, .interval = SIM_SECOND, .timeout = SIM_SECOND};

const BindOptions bind_ping_options = {
    .name = "PingOptions",
    .what = "option of ping",
    .params = params,
    .defaults = &ping_defaults,
    .help = "host:ping(destination, {...})",
};

static const BindField result_fields[] = {
    {"sent", "integer", "requests"},
    {"received", "integer", "replies"},
    {"lost", "integer", "requests without a reply"},
    {"rtts", "seconds[]", "of those that came back"},
    {"min", "seconds?", "the least; nil: none came back"},
    {"mean", "seconds?", "their mean"},
    {"max", "seconds?", "the most"},
    {"mdev", "seconds?", "their standard deviation, as ping prints it: that of all that came back"},
    {"replies", "PingReply[]", "one each, in the order of the requests"},
    {.name = NULL},
};
static const BindField reply_fields[] = {
    {"seq", "integer", "number of the request"},
    {"rtt", "seconds?", "until the reply came"},
    {"from", "string?", "who answered"},
    {"ttl", "integer?", "what was left of the reply's"},
    {"error", "string?", "\"timed out\", \"host unreachable\", \"time exceeded\" ..."},
    {.name = NULL},
};

const BindRecord bind_ping_result = {"PingResult", "what host:ping returns", result_fields};
const BindRecord bind_ping_reply = {"PingReply", "of PingResult.replies", reply_fields};

static void
on_answer(IcmpEcho *echo, const IcmpEchoAnswer *answer, void *user)
{
  Ping *ping = user;
  if (ping->scenario->closing || answer->sequence < 1 || answer->sequence > ping->sent)
    return;
  Reply *reply = &ping->replies[answer->sequence - 1];
  if (reply->kind != ICMP_OTHER) /* a second one */
    return;
  reply->kind = answer->kind;
  reply->from = answer->from;
  reply->rtt = sim_now(ping->scenario->sim) - reply->sent;
  reply->ttl = answer->ttl;
  ping->answered++;
  bind_wake_all(&ping->waiters);
}

/* -- the table -- */

static void
set_number(lua_State *L, const char *name, double value)
{
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void
push_reply(lua_State *L, const Ping *ping, unsigned i)
{
  const Reply *reply = &ping->replies[i];
  char text[NET_ADDRESS_TEXT];
  lua_createtable(L, 0, 4);
  lua_pushinteger(L, i + 1);
  lua_setfield(L, -2, "seq");
  if (reply->kind == ICMP_OTHER) {
    lua_pushliteral(L, "timed out");
    lua_setfield(L, -2, "error");
    return;
  }
  const NetAddress *from = net_address(ping->scenario->net, reply->from);
  lua_pushstring(L, net_address_print(from, text));
  lua_setfield(L, -2, "from");
  set_number(L, "rtt", sim_time_to_seconds(reply->rtt));
  if (reply->kind == ICMP_ECHO_REPLY) {
    lua_pushinteger(L, reply->ttl);
    lua_setfield(L, -2, "ttl");
  } else {
    lua_pushstring(L, icmp_kind_name(reply->kind, from->family));
    lua_setfield(L, -2, "error");
  }
}

static int
push_result(lua_State *L, const Ping *ping)
{
  SimMoments rtts = {0};
  lua_createtable(L, 0, 9);
  lua_newtable(L); /* rtts */
  lua_newtable(L); /* replies */
  for (unsigned i = 0; i < ping->sent; i++) {
    push_reply(L, ping, i);
    lua_rawseti(L, -2, i + 1);
    if (ping->replies[i].kind != ICMP_ECHO_REPLY)
      continue;
    double rtt = sim_time_to_seconds(ping->replies[i].rtt);
    lua_pushnumber(L, rtt);
    sim_moments_add(&rtts, rtt);
    lua_rawseti(L, -3, (lua_Integer)rtts.n);
  }
  lua_setfield(L, -3, "replies");
  lua_setfield(L, -2, "rtts");
  lua_pushinteger(L, ping->sent);
  lua_setfield(L, -2, "sent");
  lua_pushinteger(L, (lua_Integer)rtts.n);
  lua_setfield(L, -2, "received");
  lua_pushinteger(L, ping->sent - (lua_Integer)rtts.n);
  lua_setfield(L, -2, "lost");
  if (rtts.n > 0) {
    set_number(L, "min", rtts.min);
    set_number(L, "mean", rtts.mean);
    set_number(L, "max", rtts.max);
    set_number(L, "mdev", sqrt(rtts.m2 / (double)rtts.n));
  }
  return 1;
}

/* -- the call -- */

static void
send_next(Ping *ping)
{
  ping->replies[ping->sent].sent = sim_now(ping->scenario->sim);
  IcmpEchoArgs args = {
      .destination = ping->destination,
      .sequence = ++ping->sent,
      .size = (uint32_t)ping->size,
      .ttl = (uint8_t)ping->ttl,
      .dont_fragment = ping->dont_fragment,
  };
  icmp_echo_send(ping->echo, &args); /* without a route it is never answered */
}

static int
ping_more(lua_State *L, int status, lua_KContext context)
{
  Ping *ping = lua_touserdata(L, 1);
  SimTime now = sim_now(ping->scenario->sim);
  SimTime last = ping->sent > 0 ? ping->replies[ping->sent - 1].sent : now;
  if (ping->sent == 0 || (ping->sent < ping->count && now >= last + ping->interval)) {
    send_next(ping);
    last = now;
  }
  bool all = ping->sent == ping->count;
  if (all && (ping->answered == ping->sent || now >= last + ping->timeout)) {
    icmp_echo_free(ping->echo);
    return push_result(L, ping);
  }
  SimTime deadline = sim_time_add(last, all ? ping->timeout : ping->interval);
  return bind_wait(L, "host:ping", &ping->waiters, deadline, ping_more);
}

int
bind_host_ping(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindNode *host = bind_self(L, &bind_node_type, "ping");
  bind_wait_check(L, "host:ping");
  bind_value_count(L, 3, "host:ping(destination, [options])");
  NetAddressId destination = bind_address(L, 2, "host:ping", "destination");
  lua_settop(L, 3);
  PingOptions options = ping_defaults;
  if (bind_options_check(L, 3, &bind_ping_options))
    bind_options_read(L, 3, "host:ping", params, &options);
  size_t size = sizeof(Ping) + (size_t)options.count * sizeof(Reply);
  Ping *ping = lua_newuserdatauv(L, size, 0);
  memset(ping, 0, size);
  ping->scenario = scenario;
  ping->destination = destination;
  ping->count = options.count;
  ping->ttl = options.ttl;
  ping->size = options.size;
  ping->interval = options.interval;
  ping->timeout = options.timeout;
  ping->dont_fragment = options.dont_fragment;
  ping->echo = icmp_echo_new(host->icmp, on_answer, ping);
  lua_replace(L, 1);
  lua_settop(L, 1);
  bind_note_call(scenario, host->node, "ping", destination);
  return ping_more(L, LUA_OK, 0);
}
