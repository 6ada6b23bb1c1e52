/* bind-wire: the objects that link() gives: the link and its two directions. What both can do is
 * written once; on the link it means both directions. */
#include "scenarios/runner/bind/bind-link.h"

#include <string.h>

static const char *const writable[] = {"rate",      "delay",  "mtu",  "overhead", "corrupt",
                                       "duplicate", "queue",  "loss", "jitter",   "reorder",
                                       "policer",   "shaper", NULL};

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

#define EITHER_METHODS                                                                             \
  {"drop", either_drop}, {"hold", either_hold}, {"copy", either_copy}, {"damage", either_damage},  \
      {"mark", either_mark}, {"down", either_down}, {"up", either_up}, {"pause", either_pause},    \
  {                                                                                                \
    "resume", either_resume                                                                        \
  }

static const luaL_Reg link_methods[] = {EITHER_METHODS, {"toward", link_toward_node}, {NULL, NULL}};
static const luaL_Reg direction_methods[] = {EITHER_METHODS, {NULL, NULL}};
static const char *const link_fields[] = {"name", "forward", "backward", NULL};
static const char *const direction_fields[] = {"name",
                                               "rate",
                                               "delay",
                                               "mtu",
                                               "overhead",
                                               "corrupt",
                                               "duplicate",
                                               "queue_packets",
                                               "queue_bytes",
                                               "sent_packets",
                                               "sent_bytes",
                                               "delivered_packets",
                                               "delivered_bytes",
                                               "dropped_packets",
                                               "dropped_queue",
                                               "dropped_loss",
                                               "dropped_rule",
                                               "dropped_down",
                                               "dropped_policer",
                                               "corrupted",
                                               "duplicated",
                                               "held",
                                               "reordered",
                                               "marked",
                                               NULL};

const BindType bind_link_type = {
    .name = "link",
    .example = "link",
    .methods = link_methods,
    .fields = link_fields,
    .get = link_get,
    .writable = writable,
    .set = link_set,
    .print = link_print,
};

const BindType bind_direction_type = {
    .name = "direction of a link",
    .example = "link.forward",
    .methods = direction_methods,
    .fields = direction_fields,
    .get = direction_get,
    .writable = writable,
    .set = direction_set,
    .print = direction_print,
};
