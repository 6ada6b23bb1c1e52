/* bind-rule: rules on a link. A rule is a text ("SYN#1"), a table of fields or a function of the
 * packet (bind-packet.c). */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

typedef struct BindRule {
  BindObject object;
  LinkRule *rule;
} BindRule;

static bool
ask(const Packet *packet, void *asked)
{
  if (!bind_asked_call(asked, packet, NULL, NULL))
    return false;
  lua_State *L = bind_asked_scenario(asked)->side;
  bool meant = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return meant;
}

static bool
ask_loss(const Packet *packet, SimTime now, void *data)
{
  return ask(packet, data);
}

void
bind_rule_set_loss(lua_State *L, int index, LinkDirection *direction)
{
  BindAsked *asked = bind_asked_new(L, index, "a loss model");
  void *state = g_malloc0(loss_function.state_size);
  loss_function_set(state, ask_loss, asked, bind_asked_free);
  link_set_loss(direction, &loss_function, state);
}

/* -- reading a rule -- */

uint16_t
bind_rule_flags(lua_State *L, int index, const char *where, const char *name)
{
  static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK",
                                      "URG", "ECE", "CWR", "AE",  NULL};
  const char *text = bind_value_text(L, index, where, name);
  uint16_t flags = 0;
  if (strcmp(text, "none") == 0)
    return 0;
  for (const char *at = text; at != NULL;) {
    const char *plus = strchr(at, '+');
    char flag[16];
    size_t length = plus != NULL ? (size_t)(plus - at) : strlen(at);
    g_strlcpy(flag, at, MIN(length + 1, sizeof flag));
    int which = 0;
    while (names[which] != NULL && strcmp(names[which], flag) != 0)
      which++;
    if (names[which] == NULL && *flag == '\0')
      bind_error(L,
                 "%s: %s = \"%s\": a flag's name is missing; accepted: names with + between "
                 "them, such as \"SYN+ACK\", or \"none\"",
                 where, name, text);
    if (names[which] == NULL)
      bind_error_unknown(L, "TCP flag", flag, names);
    flags |= (uint16_t)(1 << which); /* TCP_FIN is 0x01, and so on in this order */
    at = plus != NULL ? plus + 1 : NULL;
  }
  return flags;
}

typedef struct RuleFields {
  int64_t seq, ack, sport, dport, number;
  uint64_t len;
} RuleFields;

#define FIELD(member) offsetof(RuleFields, member)
#define SEQUENCE_MAX 4294967295.0

static const SimParam rule_params[] = {
    {.name = "seq",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(seq),
     .max = SEQUENCE_MAX,
     .help = "sequence number, relative to the first"},
    {.name = "ack",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(ack),
     .max = SEQUENCE_MAX,
     .help = "acknowledgment number, likewise"},
    {.name = "len", .kind = SIM_PARAM_SIZE, .offset = FIELD(len), .max = 65535, .help = "payload"},
    {.name = "sport",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(sport),
     .min = 1,
     .max = 65535,
     .help = "source port"},
    {.name = "dport",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(dport),
     .min = 1,
     .max = 65535,
     .help = "destination port"},
    {.name = "number",
     .kind = SIM_PARAM_INTEGER,
     .offset = FIELD(number),
     .min = 1,
     .max = 1e15,
     .help = "of the packets that are as the rest says, the so-many-th alone"},
    {.name = NULL},
};

static const BindField rule_extras[] = {
    {"flags", "string", "exactly these: \"SYN+ACK\", \"none\""},
    {"from", "Host|string", "who sent it"},
    {.name = NULL},
};

static const RuleFields rule_defaults = {
    .seq = -1, .ack = -1, .sport = -1, .dport = -1, .len = UINT64_MAX};

const BindOptions bind_rule_fields = {
    .name = "RuleFields",
    .what = "field of a rule",
    .params = rule_params,
    .extras = rule_extras,
    .help = "a rule as a table: packets of which all of this is true",
};

static PacketMatch *
match_fields(lua_State *L, int index, GError **error)
{
  RuleFields read = rule_defaults;
  bind_options_check(L, index, &bind_rule_fields);
  bind_options_read(L, index, "rule", rule_params, &read);
  PacketMatchFields fields = {
      .has_seq = read.seq >= 0,
      .has_ack = read.ack >= 0,
      .has_length = read.len != UINT64_MAX,
      .has_source_port = read.sport >= 0,
      .has_destination_port = read.dport >= 0,
      .seq = (uint32_t)read.seq,
      .ack = (uint32_t)read.ack,
      .length = (uint32_t)read.len,
      .source_port = (uint16_t)read.sport,
      .destination_port = (uint16_t)read.dport,
      .first = (uint64_t)read.number,
      .last = (uint64_t)read.number,
  };
  lua_getfield(L, index, "flags");
  fields.has_flags = !lua_isnil(L, -1);
  if (fields.has_flags)
    fields.flags = bind_rule_flags(L, -1, "rule", "flags");
  lua_getfield(L, index, "from");
  const BindNode *from = bind_node_test(L, -1);
  if (from != NULL)
    fields.from = from->node->name;
  else if (!lua_isnil(L, -1))
    fields.from = bind_value_text(L, -1, "rule", "from");
  return packet_match_fields(bind_scenario(L)->net, &fields, error);
}

PacketMatch *
bind_rule_match(lua_State *L, int index, const char *call)
{
  PacketMatch *match = NULL;
  GError *error = NULL;
  switch (lua_type(L, index)) {
  case LUA_TSTRING:
    match = packet_match_parse(bind_scenario(L)->net, lua_tostring(L, index), &error);
    break;
  case LUA_TTABLE:
    match = match_fields(L, index, &error);
    break;
  case LUA_TFUNCTION:
    match = packet_match_function(ask, bind_asked_new(L, index, "a rule"), bind_asked_free);
    break;
  default:
    bind_error(L,
               "%s: the rule: a text such as \"SYN#1\", a table of fields or a function is "
               "wanted, not %s",
               call, bind_value_describe(L, index));
  }
  if (match == NULL)
    bind_raise_in(L, call, error);
  return match;
}

/* -- adding one -- */

typedef struct RuleOptions {
  SimTime from, to, delay;
  int64_t behind;
} RuleOptions;

static const SimParam window_params[] = {
    {.name = "from",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(RuleOptions, from),
     .help = "the rule holds from then on"},
    {.name = "to",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(RuleOptions, to),
     .help = "the rule holds until then"},
    {.name = NULL},
};

static const RuleOptions window_defaults = {.to = SIM_TIME_NEVER};

const BindOptions bind_rule_window = {
    .name = "RuleWindow",
    .what = "field of a rule's time",
    .params = window_params,
    .defaults = &window_defaults,
    .help = "the last argument of drop, hold, copy, damage and mark",
};

static const SimParam behind_params[] = {
    {.name = "behind",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(RuleOptions, behind),
     .min = 1,
     .max = 1e6,
     .help = "until so many later packets have passed"},
    {.name = NULL},
};

const BindOptions bind_rule_behind = {
    .name = "RuleBehind",
    .what = "field of hold",
    .params = behind_params,
    .help = "link:hold(rule, {behind = n})",
};

static void
read_window(lua_State *L, int index, const char *call, RuleOptions *options)
{
  if (bind_options_check(L, index, &bind_rule_window))
    bind_options_read(L, index, call, window_params, options);
  if (options->from > options->to)
    bind_error(L, "%s: from must not be later than to", call);
}

/* The arguments behind the rule. */
static void
read_rule_options(lua_State *L, RuleAction action, const char *call, RuleOptions *options)
{
  int window = 3;
  if (action == RULE_HOLD) {
    window = 4;
    if (lua_type(L, 3) == LUA_TTABLE) {
      bind_options_check(L, 3, &bind_rule_behind);
      bind_options_read(L, 3, call, behind_params, options);
      if (options->behind == 0)
        bind_error(L, "%s: behind is missing: {behind = 2}", call);
    } else if (lua_isnoneornil(L, 3)) {
      bind_error(L, "%s: how long? a time such as \"50 ms\", or {behind = 2}, is wanted", call);
    } else {
      options->delay = bind_value_time(L, 3, call, "time");
    }
  } else if (action == RULE_COPY && lua_type(L, 3) != LUA_TTABLE) {
    window = 4;
    if (!lua_isnoneornil(L, 3))
      options->delay = bind_value_time(L, 3, call, "after");
  }
  if (lua_gettop(L) > window)
    bind_error(L, "%s: too many arguments: behind the rule%s comes {from =, to =}", call,
               window == 4 ? " and the time" : "");
  read_window(L, window, call, options);
}

int
bind_rule_add(lua_State *L, RuleAction action, Link *link, LinkDirection *direction)
{
  Scenario *scenario = bind_scenario(L);
  char call[32];
  g_snprintf(call, sizeof call, "link:%s", rule_action_name(action));
  bind_check_acting(L, call);
  if (lua_gettop(L) < 2)
    lua_settop(L, 2); /* what is pushed must not take the place of a missing rule */
  RuleOptions options = window_defaults;
  read_rule_options(L, action, call, &options);
  int line = bind_line(L, NULL);
  BindRule *bound = bind_object_new(L, &bind_rule_type, sizeof *bound, 0);
  int top = lua_gettop(L);
  LinkRule *rule = link_rule_new(action, bind_rule_match(L, 2, call));
  lua_settop(L, top);
  rule->direction = direction;
  rule->from = options.from;
  rule->to = options.to;
  rule->delay = options.delay;
  rule->behind = (uint32_t)options.behind;
  bound->rule = link_add_rule(link, rule);
  ScenarioRule *remembered = g_new0(ScenarioRule, 1);
  *remembered = (ScenarioRule){.rule = rule, .line = line};
  g_ptr_array_add(scenario->rules, remembered);
  return 1;
}

static bool
rule_get(lua_State *L, void *self, const char *field)
{
  const LinkRule *rule = ((BindRule *)self)->rule;
  if (strcmp(field, "hits") == 0)
    lua_pushinteger(L, (lua_Integer)rule->hits);
  else
    lua_pushstring(L, rule->text);
  return true;
}

static void
rule_print(void *self, char *text, size_t size)
{
  g_snprintf(text, size, "rule \"%s\"", ((BindRule *)self)->rule->text);
}

static const BindField rule_object_fields[] = {
    {"hits", "integer", "how often it has matched"},
    {"text", "string", "as it was written"},
    {.name = NULL},
};

const BindType bind_rule_type = {
    .name = "rule",
    .class = "Rule",
    .help = "a rule on a link",
    .example = "rule",
    .fields = rule_object_fields,
    .get = rule_get,
    .print = rule_print,
};
