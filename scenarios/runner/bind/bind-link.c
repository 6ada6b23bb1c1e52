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
    {.name = "delay",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(delay),
     .help = "propagation, one way"},
    {.name = "mtu",
     .kind = SIM_PARAM_SIZE,
     .offset = FIELD(mtu),
     .min = 68,
     .max = 65535,
     .help = "the largest IP packet"},
    {.name = "overhead",
     .kind = SIM_PARAM_SIZE,
     .offset = FIELD(overhead),
     .max = 65535,
     .help = "what each packet takes on the wire beyond its IP length"},
    {.name = "corrupt",
     .kind = SIM_PARAM_RATIO,
     .offset = FIELD(corrupt),
     .help = "share of packets that arrive with a wrong checksum"},
    {.name = "duplicate",
     .kind = SIM_PARAM_RATIO,
     .offset = FIELD(duplicate),
     .help = "share of packets that arrive twice"},
    {.name = NULL},
};

static const LinkOptions link_defaults = {.mtu = LINK_MTU_DEFAULT};

#define MODEL_FIELDS                                                                               \
  {"rate", "Rate|\"unlimited\"|RateTrace", "bits that leave in a second (unlimited)"},             \
      {"queue", "Queue", "what waits before the transmitter (\"100 pkt\")"},                       \
      {"loss", "Loss", "which packets are lost (none)"},                                           \
      {"jitter", "Jitter", "what is added to the delay of each packet (nothing)"},                 \
      {"reorder", "Ratio|ReorderOptions", "share of packets that let others pass (none)"},         \
      {"policer", "false|TokenBucket", "drops before the queue what comes too fast (none)"},       \
  {                                                                                                \
    "shaper", "false|TokenBucket", "lets wait behind the queue what comes too fast (none)"         \
  }

static const BindField direction_extras[] = {MODEL_FIELDS, {.name = NULL}};
static const BindField link_extras[] = {
    MODEL_FIELDS,
    {"forward", "DirectionOptions", "options of the direction from a to b alone"},
    {"backward", "DirectionOptions", "options of the direction from b to a alone"},
    {.name = NULL},
};

const BindOptions bind_direction_options = {
    .name = "DirectionOptions",
    .what = "option of a link's direction",
    .params = link_params,
    .extras = direction_extras,
    .defaults = &link_defaults,
    .help = "one direction of a link; each may be assigned while the run goes on",
};

static const BindOptions link_options = {
    .name = "LinkOptions",
    .what = "option of a link",
    .params = link_params,
    .extras = link_extras,
    .defaults = &link_defaults,
    .help = "link(a, b, {...}); all but forward and backward may be assigned while the run goes on",
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
  LinkOptions options = link_defaults;
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
  bind_check_loading(L, "link");
  bind_value_count(L, 3, "link(a, b, [options])");
  const BindNode *a = end_of_link(L, 1), *b = end_of_link(L, 2);
  lua_settop(L, 3);
  lua_pushnil(L); /* 4: forward */
  lua_pushnil(L); /* 5: backward */
  if (bind_options_check(L, 3, &link_options)) {
    lua_getfield(L, 3, "forward");
    lua_replace(L, 4);
    lua_getfield(L, 3, "backward");
    lua_replace(L, 5);
    bind_options_check(L, 4, &bind_direction_options);
    bind_options_check(L, 5, &bind_direction_options);
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

static void
open_links(lua_State *L)
{
  bind_model_open(L);
  bind_packet_open(L);
}

static const BindFunction functions[] = {
    {"link", make_link, "a: Node, b: Node, options?: LinkOptions", "Link",
     "a full-duplex link, called \"a-b\", a second one \"a-b.2\""},
    {.name = NULL},
};

static const BindType *const types_of_link[] = {&bind_link_type, &bind_direction_type,
                                                &bind_rule_type, &bind_packet_type, NULL};
static const BindOptions *const options_of_link[] = {
    &link_options,         &bind_direction_options, &bind_rate_options,
    &bind_reorder_options, &bind_bucket_options,    &bind_rule_fields,
    &bind_rule_window,     &bind_rule_behind,       NULL};

const BindGroup bind_group_link = {
    .name = "links",
    .title = "Links",
    .help = "wires, and what happens to packets on them",
    .functions = functions,
    .types = types_of_link,
    .options = options_of_link,
    .open = open_links,
};
