/* bind-link: link() and its options, which may be assigned while the run goes on.
 *
 * An option is of the whole link, or of one direction (forward = {...}), which goes first. */
#include "scenarios/runner/bind/bind-link.h"

#include <string.h>

typedef struct LinkOptions {
  SimTime delay;
  uint64_t mtu, overhead;
  double corrupt, duplicate;
} LinkOptions;

#define FIELD(member) offsetof(LinkOptions, member)

static const SimParam link_params[] = {
    {.name = "delay", .kind = SIM_PARAM_TIME, .offset = FIELD(delay)},
    {.name = "mtu", .kind = SIM_PARAM_SIZE, .offset = FIELD(mtu), .min = 68, .max = 65535},
    {.name = "overhead", .kind = SIM_PARAM_SIZE, .offset = FIELD(overhead), .max = 65535},
    {.name = "corrupt", .kind = SIM_PARAM_RATIO, .offset = FIELD(corrupt)},
    {.name = "duplicate", .kind = SIM_PARAM_RATIO, .offset = FIELD(duplicate)},
    {.name = NULL},
};

/* Options that are read by a function of their own, in the order in which they are set: a queue of
 * "1 BDP" needs the rate. */
static const struct {
  const char *name;
  void (*set)(lua_State *L, int index, LinkDirection *direction);
} models[] = {
    {"rate", bind_shape_set_rate},       {"queue", bind_model_set_queue},
    {"loss", bind_model_set_loss},       {"jitter", bind_model_set_jitter},
    {"reorder", bind_shape_set_reorder}, {"policer", bind_shape_set_policer},
    {"shaper", bind_shape_set_shaper},
};

/* RFC 8200 5: "IPv6 requires that every link in the Internet have an MTU of 1280 octets or
 * greater." */
#define IPV6_LEAST_MTU 1280

void
bind_link_check_mtu(lua_State *L, uint64_t mtu, const char *link)
{
  if (bind_scenario(L)->ipv6 && mtu < IPV6_LEAST_MTU)
    bind_error(
        L, "%s: mtu = %d: a node has an IPv6 address, and IPv6 needs links of at least %d bytes",
        link, (int)mtu, IPV6_LEAST_MTU);
}

/* -- making one -- */

/* Gives a direction what the table at `common` says, and then that at `own` (nil: nothing). */
static void
apply_options(lua_State *L, LinkDirection *direction, int common, int own)
{
  LinkSettings defaults = link_settings_default();
  LinkOptions options = {
      .delay = defaults.delay, .mtu = defaults.mtu, .overhead = defaults.overhead};
  bind_options_read(L, common, "link", link_params, &options);
  bind_options_read(L, own, "link", link_params, &options);
  bind_link_check_mtu(L, options.mtu, direction->name);
  link_set_delay(direction, options.delay);
  link_set_mtu(direction, (uint32_t)options.mtu);
  link_set_overhead(direction, (uint32_t)options.overhead);
  link_set_corrupt(direction, options.corrupt);
  link_set_duplicate(direction, options.duplicate);
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
    BindDirection *direction = bind_object_new(L, &bind_direction_type, sizeof *direction, 0);
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
  const char *extras[G_N_ELEMENTS(models) + 3] = {"forward", "backward", NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
    extras[i + 2] = models[i].name;
  const char *const *direction_extras = extras + 2;
  bind_check_loading(L, "link");
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

void
bind_link_set(lua_State *L, LinkDirection *direction, const char *field, int index)
{
  for (size_t i = 0; i < G_N_ELEMENTS(models); i++)
    if (strcmp(field, models[i].name) == 0) {
      models[i].set(L, index, direction);
      return;
    }
  LinkOptions options = {0};
  bind_value_param(L, index, direction->name, sim_param_find(link_params, field), &options);
  if (strcmp(field, "delay") == 0)
    link_set_delay(direction, options.delay);
  else if (strcmp(field, "mtu") == 0) {
    bind_link_check_mtu(L, options.mtu, direction->name);
    link_set_mtu(direction, (uint32_t)options.mtu);
  } else if (strcmp(field, "overhead") == 0)
    link_set_overhead(direction, (uint32_t)options.overhead);
  else if (strcmp(field, "corrupt") == 0)
    link_set_corrupt(direction, options.corrupt);
  else
    link_set_duplicate(direction, options.duplicate);
}

void
bind_link_open(lua_State *L)
{
  static const luaL_Reg functions[] = {{"link", make_link}, {NULL, NULL}};
  bind_type_open(L, &bind_link_type);
  bind_type_open(L, &bind_direction_type);
  luaL_setfuncs(L, functions, 0);
}
