/* bind-link: link(), its directions, what may be read and assigned while the run goes on.
 *
 * An option is of the whole link, or of one direction (forward = {...}), which goes first. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

typedef struct BindLink {
  BindObject object;
  Link *link;
} BindLink; /* user values 1 and 2: the directions forward and backward */

typedef struct BindDirection {
  BindObject object;
  LinkDirection *direction;
} BindDirection;

typedef struct LinkOptions {
  uint64_t rate;
  SimTime delay;
  uint64_t mtu, overhead;
  double corrupt, duplicate;
} LinkOptions;

#define FIELD(member) offsetof(LinkOptions, member)

static const SimParamWord unlimited[] = {{"unlimited", 0}, {NULL, 0}};

static const SimParam link_params[] = {
    {.name = "rate", .kind = SIM_PARAM_RATE, .offset = FIELD(rate), .words = unlimited},
    {.name = "delay", .kind = SIM_PARAM_TIME, .offset = FIELD(delay)},
    {.name = "mtu", .kind = SIM_PARAM_SIZE, .offset = FIELD(mtu), .min = 68, .max = 65535},
    {.name = "overhead", .kind = SIM_PARAM_SIZE, .offset = FIELD(overhead), .max = 65535},
    {.name = "corrupt", .kind = SIM_PARAM_RATIO, .offset = FIELD(corrupt)},
    {.name = "duplicate", .kind = SIM_PARAM_RATIO, .offset = FIELD(duplicate)},
    {.name = NULL},
};

/* -- making one -- */

/* Gives a direction what the table at `common` says, and then that at `own` (nil: nothing). */
static void
apply_options(lua_State *L, LinkDirection *direction, int common, int own)
{
  LinkSettings defaults = link_settings_default();
  LinkOptions options = {.rate = defaults.rate,
                         .delay = defaults.delay,
                         .mtu = defaults.mtu,
                         .overhead = defaults.overhead};
  bind_options_read(L, common, "link", link_params, &options);
  bind_options_read(L, own, "link", link_params, &options);
  link_set_rate(direction, options.rate);
  link_set_delay(direction, options.delay);
  link_set_mtu(direction, (uint32_t)options.mtu);
  link_set_overhead(direction, (uint32_t)options.overhead);
  link_set_corrupt(direction, options.corrupt);
  link_set_duplicate(direction, options.duplicate);
  static const struct {
    const char *name;
    void (*set)(lua_State *L, int index, LinkDirection *direction);
  } models[] = {{"queue", bind_model_set_queue}, {"loss", bind_model_set_loss}};
  for (size_t i = 0; i < G_N_ELEMENTS(models); i++) {
    int type = lua_isnil(L, own) ? LUA_TNIL : lua_getfield(L, own, models[i].name);
    if (type == LUA_TNIL && !lua_isnil(L, common))
      type = lua_getfield(L, common, models[i].name);
    if (type != LUA_TNIL)
      models[i].set(L, lua_gettop(L), direction);
    lua_settop(L, own);
  }
}

static void
push_link(lua_State *L, Link *link)
{
  BindLink *bound = bind_object_new(L, &bind_link_type, sizeof *bound, 2);
  bound->link = link;
  LinkDirection *const directions[] = {&link->forward, &link->backward};
  for (int i = 0; i < 2; i++) {
    BindDirection *direction =
        bind_object_new(L, &bind_direction_type, sizeof *direction, 0);
    direction->direction = directions[i];
    lua_setiuservalue(L, -2, i + 1);
  }
}

static BindNode *
end_of_link(lua_State *L, int index)
{
  BindNode *node = bind_node_test(L, index);
  if (node == NULL)
    bind_error(L, "link: %s argument: a host or router is wanted, not %s",
               index == 1 ? "the first" : "the second", bind_value_describe(L, index));
  return node;
}

static int
make_link(lua_State *L)
{
  static const char *const extras[] = {"queue", "loss", "forward", "backward", NULL};
  static const char *const direction_extras[] = {"queue", "loss", NULL};
  bind_check_acting(L, "link");
  bind_value_count(L, 3, "link(a, b, [options])");
  const BindNode *a = end_of_link(L, 1), *b = end_of_link(L, 2);
  lua_settop(L, 3);
  lua_pushnil(L); /* 4: forward */
  lua_pushnil(L); /* 5: backward */
  if (bind_options_check(L, 3, "option of a link", link_params, extras)) {
    lua_getfield(L, 3, "forward");
    lua_replace(L, 4);
    lua_getfield(L, 3, "backward");
    lua_replace(L, 5);
    bind_options_check(L, 4, "option of a link's direction", link_params, direction_extras);
    bind_options_check(L, 5, "option of a link's direction", link_params, direction_extras);
  }
  GError *error = NULL;
  LinkSettings settings = link_settings_default();
  Link *link = link_new(a->node, b->node, &settings, &error);
  if (link == NULL)
    bind_raise_in(L, "link", error);
  lua_pushvalue(L, 4);
  apply_options(L, &link->forward, 3, 6);
  lua_settop(L, 5);
  lua_pushvalue(L, 5);
  apply_options(L, &link->backward, 3, 6);
  push_link(L, link);
  return 1;
}

/* -- the directions -- */

static const char *const writable[] = {"rate",    "delay", "mtu",  "overhead", "corrupt",
                                       "duplicate", "queue", "loss", NULL};

static void
set_field(lua_State *L, LinkDirection *direction, const char *field, int index)
{
  if (strcmp(field, "queue") == 0) {
    bind_model_set_queue(L, index, direction);
    return;
  }
  if (strcmp(field, "loss") == 0) {
    bind_model_set_loss(L, index, direction);
    return;
  }
  LinkOptions options = {0};
  bind_value_param(L, index, direction->name, sim_param_find(link_params, field), &options);
  if (strcmp(field, "rate") == 0)
    link_set_rate(direction, options.rate);
  else if (strcmp(field, "delay") == 0)
    link_set_delay(direction, options.delay);
  else if (strcmp(field, "mtu") == 0)
    link_set_mtu(direction, (uint32_t)options.mtu);
  else if (strcmp(field, "overhead") == 0)
    link_set_overhead(direction, (uint32_t)options.overhead);
  else if (strcmp(field, "corrupt") == 0)
    link_set_corrupt(direction, options.corrupt);
  else
    link_set_duplicate(direction, options.duplicate);
}

static void
direction_set(lua_State *L, void *self, const char *field, int index)
{
  set_field(L, ((BindDirection *)self)->direction, field, index);
}

static void
link_set(lua_State *L, void *self, const char *field, int index)
{
  Link *link = ((BindLink *)self)->link;
  set_field(L, &link->forward, field, index);
  set_field(L, &link->backward, field, index);
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
    {"corrupted", COUNTER(corrupted)},
    {"duplicated", COUNTER(duplicated)},
    {"held", COUNTER(held)},
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
  char call[32];
  g_snprintf(call, sizeof call, "link:%s", method);
  bind_check_acting(L, call);
  bind_value_count(L, 1, call);
  char text[192];
  g_snprintf(text, sizeof text, "%s %s", direction != NULL ? direction->name : link->name,
             method);
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
static const char *const direction_fields[] = {
    "name",          "rate",         "delay",           "mtu",           "overhead",
    "corrupt",       "duplicate",    "queue_packets",   "queue_bytes",   "sent_packets",
    "sent_bytes",    "delivered_packets", "delivered_bytes", "dropped_packets", "dropped_queue",
    "dropped_loss",  "dropped_rule", "dropped_down",    "corrupted",     "duplicated",
    "held",          "marked",       NULL};

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

void
bind_link_open(lua_State *L)
{
  static const luaL_Reg functions[] = {{"link", make_link}, {NULL, NULL}};
  bind_type_open(L, &bind_link_type);
  bind_type_open(L, &bind_direction_type);
  luaL_setfuncs(L, functions, 0);
}
