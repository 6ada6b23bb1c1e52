/* bind-wire: the objects that link() gives: the link and its two directions. What both can do is
 * written once; on the link it means both directions. */
#include "scenarios/runner/bind/bind-link.h"

#include <string.h>

static void
direction_set(lua_State *L, void *self, const char *field, int index)
{
  bind_link_set(L, ((BindDirection *)self)->direction, field, index);
}

static void
link_set(lua_State *L, void *self, const char *field, int index)
{
  Link *link = ((BindLink *)self)->link;
  bind_link_set(L, &link->forward, field, index);
  bind_link_set(L, &link->backward, field, index);
}

#define COUNTER(member) offsetof(LinkCounters, member)

static const struct {
  const char *name;
  size_t offset;
} counters[] = {
    {"sent_packets", COUNTER(sent_packets)},
    {"sent_bytes", COUNTER(sent_bytes)},
    {"delivered_packets", COUNTER(delivered_packets)},
    {"delivered_bytes", COUNTER(delivered_bytes)},
    {"dropped_queue", COUNTER(dropped_queue)},
    {"dropped_loss", COUNTER(dropped_loss)},
    {"dropped_rule", COUNTER(dropped_rule)},
    {"dropped_down", COUNTER(dropped_down)},
    {"dropped_policer", COUNTER(dropped_policer)},
    {"corrupted", COUNTER(corrupted)},
    {"duplicated", COUNTER(duplicated)},
    {"held", COUNTER(held)},
    {"reordered", COUNTER(reordered)},
    {"marked", COUNTER(marked)},
};

static bool
direction_get(lua_State *L, void *self, const char *field)
{
  LinkDirection *direction = ((BindDirection *)self)->direction;
  for (size_t i = 0; i < G_N_ELEMENTS(counters); i++)
    if (strcmp(counters[i].name, field) == 0) {
      uint64_t count;
      memcpy(&count, (const char *)link_counters(direction) + counters[i].offset, sizeof count);
      lua_pushinteger(L, (lua_Integer)count);
      return true;
    }
  if (strcmp(field, "name") == 0)
    lua_pushstring(L, direction->name);
  else if (strcmp(field, "rate") == 0)
    lua_pushinteger(L, (lua_Integer)direction->rate);
  else if (strcmp(field, "delay") == 0)
    lua_pushnumber(L, sim_time_to_seconds(direction->delay));
  else if (strcmp(field, "mtu") == 0)
    lua_pushinteger(L, direction->mtu);
  else if (strcmp(field, "overhead") == 0)
    lua_pushinteger(L, direction->overhead);
  else if (strcmp(field, "corrupt") == 0)
    lua_pushnumber(L, direction->corrupt);
  else if (strcmp(field, "duplicate") == 0)
    lua_pushnumber(L, direction->duplicate);
  else if (strcmp(field, "queue_packets") == 0)
    lua_pushinteger(L, link_queue_packets(direction));
  else if (strcmp(field, "queue_bytes") == 0)
    lua_pushinteger(L, (lua_Integer)link_queue_bytes(direction));
  else if (strcmp(field, "dropped_packets") == 0)
    lua_pushinteger(L, (lua_Integer)link_dropped(direction));
  else
    return false;
  return true;
}

static bool
link_get(lua_State *L, void *self, const char *field)
{
  if (strcmp(field, "name") == 0)
    lua_pushstring(L, ((BindLink *)self)->link->name);
  else
    lua_getiuservalue(L, 1, strcmp(field, "forward") == 0 ? 1 : 2);
  return true;
}

static int
link_toward_node(lua_State *L)
{
  BindLink *bound = bind_self(L, &bind_link_type, "toward");
  bind_value_count(L, 2, "link:toward(node)");
  const BindNode *node = bind_node_test(L, 2);
  if (node == NULL)
    bind_error(L, "link:toward: a host or router is wanted, not %s", bind_value_describe(L, 2));
  const LinkDirection *direction = link_toward(bound->link, node->node);
  if (direction == NULL)
    bind_error(L, "link:toward: %s does not end at \"%s\"", bound->link->name, node->node->name);
  lua_getiuservalue(L, 1, direction == &bound->link->forward ? 1 : 2);
  return 1;
}

/* -- methods that the link and a direction have in common -- */

/* Argument 1: the link, and the direction or NULL for both. */
static Link *
either_self(lua_State *L, const char *method, LinkDirection **direction)
{
  const BindDirection *one = bind_test(L, 1, &bind_direction_type);
  if (one != NULL) {
    *direction = one->direction;
    return one->direction->link;
  }
  const BindLink *both = bind_self(L, &bind_link_type, method);
  *direction = NULL;
  return both->link;
}

static int
act(lua_State *L, const char *method, void (*change)(LinkDirection *))
{
  LinkDirection *direction;
  Link *link = either_self(L, method, &direction);
  char call[32], usage[32];
  g_snprintf(call, sizeof call, "link:%s", method);
  g_snprintf(usage, sizeof usage, "link:%s()", method);
  bind_check_acting(L, call);
  bind_value_count(L, 1, usage);
  char text[192];
  g_snprintf(text, sizeof text, "%s %s", direction != NULL ? direction->name : link->name, method);
  scenario_note(bind_scenario(L), "call", NULL, NULL, text);
  if (direction != NULL) {
    change(direction);
  } else {
    change(&link->forward);
    change(&link->backward);
  }
  return 0;
}

static int
either_down(lua_State *L)
{
  return act(L, "down", link_down);
}

static int
either_up(lua_State *L)
{
  return act(L, "up", link_up);
}

static int
either_pause(lua_State *L)
{
  return act(L, "pause", link_pause);
}

static int
either_resume(lua_State *L)
{
  return act(L, "resume", link_resume);
}

static int
add_rule(lua_State *L, RuleAction action)
{
  LinkDirection *direction;
  Link *link = either_self(L, rule_action_name(action), &direction);
  return bind_rule_add(L, action, link, direction);
}

static int
either_drop(lua_State *L)
{
  return add_rule(L, RULE_DROP);
}

static int
either_hold(lua_State *L)
{
  return add_rule(L, RULE_HOLD);
}

static int
either_copy(lua_State *L)
{
  return add_rule(L, RULE_COPY);
}

static int
either_damage(lua_State *L)
{
  return add_rule(L, RULE_DAMAGE);
}

static int
either_mark(lua_State *L)
{
  return add_rule(L, RULE_MARK);
}

static void
link_print(void *self, char *text, size_t size)
{
  g_snprintf(text, size, "link %s", ((BindLink *)self)->link->name);
}

static void
direction_print(void *self, char *text, size_t size)
{
  g_snprintf(text, size, "direction %s", ((BindDirection *)self)->direction->name);
}

/* Of the whole link they mean both directions. */
#define EITHER_METHODS                                                                             \
  {"drop", either_drop, "rule: PacketRule, window?: RuleWindow", "Rule",                           \
   "loses exactly these packets"},                                                                 \
      {"hold", either_hold,                                                                        \
       "rule: PacketRule, time_or_behind: Time|RuleBehind, window?: RuleWindow", "Rule",           \
       "delays them by so much more, or until so many later ones have passed"},                    \
      {"copy", either_copy, "rule: PacketRule, after?: Time|RuleWindow, window?: RuleWindow",      \
       "Rule", "delivers them twice, the copy so much later"},                                     \
      {"damage", either_damage, "rule: PacketRule, window?: RuleWindow", "Rule",                   \
       "delivers them with a wrong checksum"},                                                     \
      {"mark", either_mark, "rule: PacketRule, window?: RuleWindow", "Rule",                       \
       "marks them with CE, as a congested router does"},                                          \
      {"down", either_down, NULL, NULL, "cuts it: what is under way is lost"},                     \
      {"up", either_up, NULL, NULL, "restores it"},                                                \
      {"pause", either_pause, NULL, NULL,                                                          \
       "stops the transmitter: the queue waits, and may overflow"},                                \
  {                                                                                                \
    "resume", either_resume, NULL, NULL, "lets the transmitter go on"                              \
  }

static const BindFunction link_methods[] = {
    EITHER_METHODS,
    {"toward", link_toward_node, "node: Node", "Direction", "the direction that ends there"},
    {.name = NULL},
};
static const BindFunction direction_methods[] = {EITHER_METHODS, {.name = NULL}};
static const BindField link_fields[] = {
    {"name", "string", "\"client-server\""},
    {"forward", "Direction", "from the first to the second"},
    {"backward", "Direction", "from the second to the first"},
    {.name = NULL},
};
static const BindField direction_fields[] = {
    {"name", "string", "\"client>server\""},
    {"rate", "rate", "bit/s; 0: unlimited"},
    {"delay", "seconds", "propagation"},
    {"mtu", "bytes", "the largest IP packet"},
    {"overhead", "bytes", "beyond the IP length"},
    {"corrupt", "number", "share of packets"},
    {"duplicate", "number", "share of packets"},
    {"queue_packets", "integer", "packets that wait now"},
    {"queue_bytes", "bytes", "bytes that wait now"},
    {"sent_packets", "integer", "what a node has handed to it, before the queue"},
    {"sent_bytes", "bytes", "the same in bytes"},
    {"delivered_packets", "integer", "what arrived"},
    {"delivered_bytes", "bytes", "the same in bytes"},
    {"dropped_packets", "integer", "what was lost, for any reason"},
    {"dropped_queue", "integer", "by the queue"},
    {"dropped_loss", "integer", "by the loss model"},
    {"dropped_rule", "integer", "by a rule"},
    {"dropped_down", "integer", "because the link was down"},
    {"dropped_policer", "integer", "by the policer"},
    {"corrupted", "integer", "delivered with a wrong checksum"},
    {"duplicated", "integer", "delivered once more"},
    {"held", "integer", "delayed by a rule or by reordering"},
    {"reordered", "integer", "passed by one that was sent later"},
    {"marked", "integer", "marked with CE"},
    {.name = NULL},
};

const BindType bind_link_type = {
    .name = "link",
    .class = "Link",
    .help = "a wire between two nodes",
    .example = "link",
    .methods = link_methods,
    .fields = link_fields,
    .get = link_get,
    .assigns = &bind_direction_options,
    .set = link_set,
    .print = link_print,
};

const BindType bind_direction_type = {
    .name = "direction of a link",
    .class = "Direction",
    .help = "one direction of a link, with its counters",
    .example = "link.forward",
    .methods = direction_methods,
    .fields = direction_fields,
    .get = direction_get,
    .assigns = &bind_direction_options,
    .set = direction_set,
    .print = direction_print,
};
