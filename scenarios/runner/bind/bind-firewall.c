/* bind-firewall: the rules of a firewall, each a table: what becomes of the packet, and then what
 * is to be so for the rule to mean it:
 *
 *   {"accept", protocol = "TCP", to = server, port = 80}
 *   {"drop", direction = "in", from = "192.0.2.0/24"}
 *   {"reset", match = "SYN"}
 *
 * A rule is read into an object of Lua's that frees what it owns when something raises. */
#include "scenarios/runner/bind/bind-middlebox.h"

#include <stdlib.h>
#include <string.h>

#include "models/net/middlebox-firewall.h"

typedef struct DraftRule {
  BindObject object;
  FirewallRule rule;
} DraftRule;

static void
draft_collect(void *self)
{
  firewall_rule_clear(&((DraftRule *)self)->rule);
}

static const BindType draft_type = {
    .name = "rule of a firewall", .example = "rule", .collect = draft_collect};

typedef struct RuleOptions {
  int direction, protocol;
} RuleOptions;

static const char *const directions[] = {"both", "in", "out", NULL};
static const char *const protocols[] = {"any", "TCP", "UDP", "ICMP", NULL};
static const uint8_t protocol_numbers[] = {0, NET_PROTO_TCP, NET_PROTO_UDP, NET_PROTO_ICMP};
static const SimParam rule_params[] = {
    {.name = "direction",
     .kind = SIM_PARAM_CHOICE,
     .offset = offsetof(RuleOptions, direction),
     .choices = directions,
     .help = "coming in, or going out"},
    {.name = "protocol",
     .kind = SIM_PARAM_CHOICE,
     .offset = offsetof(RuleOptions, protocol),
     .choices = protocols,
     .help = "of which protocol"},
    {.name = NULL},
};

static const RuleOptions rule_defaults = {0};

static const BindField rule_extras[] = {
    {"from", "Node|string", "source: a node, an address or a prefix"},
    {"to", "Node|string", "destination, likewise"},
    {"from_port", "integer|string", "source port, or \"1000-2000\""},
    {"port", "integer|string", "destination port, likewise"},
    {"match", "PacketRule", "what a rule on a link would mean"},
    {.name = NULL},
};

const BindOptions bind_firewall_rule = {
    .name = "FirewallRule",
    .what = "field of a firewall's rule",
    .params = rule_params,
    .extras = rule_extras,
    .defaults = &rule_defaults,
    .help = "rules = {...} of a firewall",
};

static void
read_action(lua_State *L, int index, const char *where, FirewallRule *rule)
{
  lua_rawgeti(L, index, 1);
  if (lua_type(L, -1) != LUA_TSTRING)
    bind_error(L, "%s: it begins with accept, drop, reject or reset: {\"accept\", port = 80}",
               where);
  const char *action = lua_tostring(L, -1);
  int i = 0;
  while (firewall_action_names[i] != NULL && strcmp(firewall_action_names[i], action) != 0)
    i++;
  if (firewall_action_names[i] == NULL)
    bind_error_unknown(L, "action of a rule", action, firewall_action_names);
  rule->action = (FirewallAction)i;
  lua_pop(L, 1);
}

static void
read_prefix(lua_State *L, int index, const char *where, const char *name, FirewallPrefix *prefix)
{
  if (lua_getfield(L, index, name) != LUA_TNIL) {
    NetAddressId id = bind_prefix(L, lua_gettop(L), where, name, &prefix->length);
    prefix->prefix = *net_address(bind_scenario(L)->net, id);
  }
  lua_pop(L, 1);
}

/* 80, or "1000-2000" */
static void
read_ports(lua_State *L, int index, const char *where, const char *name, FirewallPorts *ports)
{
  int type = lua_getfield(L, index, name);
  if (type == LUA_TSTRING) {
    const char *text = lua_tostring(L, -1);
    char *end = (char *)(uintptr_t)text;
    unsigned long first = strtoul(text, &end, 10);
    unsigned long last = first;
    if (*end == '-' && g_ascii_isdigit(end[1]))
      last = strtoul(end + 1, &end, 10);
    if (!g_ascii_isdigit(*text) || *end != '\0' || first < 1 || last < first || last > 65535)
      bind_error(L,
                 "%s: %s = \"%s\": a port or two with '-' between them, such as \"1000-2000\", "
                 "are wanted",
                 where, name, text);
    *ports = (FirewallPorts){(uint16_t)first, (uint16_t)last};
  } else if (type != LUA_TNIL) {
    uint16_t port = (uint16_t)bind_value_integer(L, -1, where, name, 1, 65535);
    *ports = (FirewallPorts){port, port};
  }
  lua_pop(L, 1);
}

static void
read_rule(lua_State *L, int index, const char *where, FirewallRule *rule)
{
  RuleOptions options = {0};
  bind_options_read(L, index, where, rule_params, &options);
  read_action(L, index, where, rule);
  read_prefix(L, index, where, "from", &rule->from);
  read_prefix(L, index, where, "to", &rule->to);
  read_ports(L, index, where, "from_port", &rule->source);
  read_ports(L, index, where, "port", &rule->destination);
  rule->direction = (unsigned)options.direction;
  rule->protocol = protocol_numbers[options.protocol];
  if (lua_getfield(L, index, "match") != LUA_TNIL)
    rule->match = bind_rule_match(L, lua_gettop(L), where);
  lua_pop(L, 1);
}

/* A copy of the table at `index` without its first, nameless part, for the check of names. */
static void
push_named(lua_State *L, int index)
{
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) != 1) {
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, -5);
    }
}

void
bind_firewall_open(lua_State *L)
{
  bind_type_open(L, &draft_type);
}

void
bind_firewall_rules(lua_State *L, int index, Middlebox *box)
{
  if (lua_type(L, index) != LUA_TTABLE)
    bind_error(L, "firewall: rules: a list of tables is wanted, not %s",
               bind_value_describe(L, index));
  lua_Integer count = luaL_len(L, index);
  for (lua_Integer i = 1; i <= count; i++) {
    char where[48];
    g_snprintf(where, sizeof where, "firewall: rule %d", (int)i);
    int top = lua_gettop(L);
    if (lua_geti(L, index, i) != LUA_TTABLE)
      bind_error(L, "%s: a table such as {\"accept\", port = 80} is wanted, not %s", where,
                 bind_value_describe(L, -1));
    push_named(L, top + 1);
    bind_options_check(L, top + 2, &bind_firewall_rule);
    DraftRule *draft = bind_object_new(L, &draft_type, sizeof *draft, 0);
    read_rule(L, top + 1, where, &draft->rule);
    middlebox_firewall_add(box, &draft->rule);
    draft->rule = (FirewallRule){0};
    lua_settop(L, top);
  }
}
