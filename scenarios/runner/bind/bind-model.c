/* bind-model: loss = ..., queue = ... and jitter = ...: a short form, a table with a kind, or a
 * function.
 *
 * A model's state is filled in an object of Lua's that frees it when something raises, and handed
 * to the link when it is complete. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

/* What of an ops struct the reading of a table needs. */
typedef struct Model {
  const char *what; /* "loss" */
  const char *name;
  size_t state_size;
  const SimParam *params;
  bool (*check)(const void *state, GError **error); /* NULL: nothing */
  void (*clear)(void *state);                       /* NULL: nothing */
} Model;

/* A state on its way to a link. */
typedef struct Draft {
  BindObject object;
  Model model;
  void *state; /* owned; NULL: it has been handed over */
} Draft;

static void
draft_collect(void *self)
{
  Draft *draft = self;
  if (draft->state != NULL && draft->model.clear != NULL)
    draft->model.clear(draft->state);
  g_free(draft->state);
}

static const BindType draft_type = {.name = "model", .example = "model", .collect = draft_collect};

void
bind_model_open(lua_State *L)
{
  bind_type_open(L, &draft_type);
}

/* Zeroed state of the model, in a draft on the stack. */
static Draft *
draft_new(lua_State *L, const Model *model)
{
  Draft *draft = bind_object_new(L, &draft_type, sizeof *draft, 0);
  draft->model = *model;
  draft->state = g_malloc0(model->state_size);
  return draft;
}

static void *
draft_finish(lua_State *L, Draft *draft)
{
  GError *error = NULL;
  if (draft->model.check != NULL && !draft->model.check(draft->state, &error))
    bind_raise_in(L, draft->model.what, error);
  return g_steal_pointer(&draft->state);
}

/* The value of "kind" in the table at `index`; it stays on the stack. */
static const char *
read_kind(lua_State *L, int index, const char *what, const char *const *known)
{
  lua_getfield(L, index, "kind");
  if (lua_isnil(L, -1)) {
    char *accepted = g_strjoinv(", ", (char **)(uintptr_t)known);
    char text[512];
    g_strlcpy(text, accepted, sizeof text);
    g_free(accepted);
    bind_error(L, "%s = {...}: kind is missing; accepted: %s", what, text);
  }
  return bind_value_text(L, -1, what, "kind");
}

/* The list among the parameters that may be written without its name: {kind = "list", 3, 7}. */
static const SimParam *
list_param(const SimParam *params)
{
  for (; params->name != NULL; params++)
    if (params->kind == SIM_PARAM_NUMBERS)
      return params;
  return NULL;
}

/* Pushes a copy of the table at `index` without its nameless part. */
static void
push_named(lua_State *L, int index)
{
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -4);
    } else {
      lua_pop(L, 1);
    }
  }
}

/* Reads the table at `index` into the draft's state; `extra` is one more key that it may have. */
static void
read_table(lua_State *L, int index, Draft *draft, const char *extra)
{
  const Model *model = &draft->model;
  const BindField extras[] = {{.name = "kind"}, {.name = extra}, {.name = NULL}};
  const SimParam *list = list_param(model->params);
  char what[64];
  g_snprintf(what, sizeof what, "option of %s %s", model->name, model->what);
  if (list != NULL && luaL_len(L, index) > 0) {
    bind_value_param(L, index, model->what, list, draft->state);
    push_named(L, index);
    index = lua_gettop(L);
  }
  const BindOptions options = {.what = what, .params = model->params, .extras = extras};
  bind_options_check(L, index, &options);
  bind_options_read(L, index, model->what, model->params, draft->state);
}

/* The names of a NULL-terminated list of ops, whose first field is the name. */
#define KINDS_MAX 64
static void
names_of(const void *const *list, const char *names[KINDS_MAX])
{
  size_t i = 0;
  for (; list[i] != NULL && i + 1 < KINDS_MAX; i++)
    names[i] = *(const char *const *)list[i];
  names[i] = NULL;
}

/* -- loss -- */

static void
set_bernoulli(LinkDirection *direction, double probability)
{
  if (probability == 0) {
    link_set_loss(direction, NULL, NULL);
    return;
  }
  void *state = g_malloc0(loss_bernoulli.state_size);
  GError *error = NULL;
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = probability};
  if (!sim_param_set(sim_param_find(loss_bernoulli.params, "p"), state, &value, &error))
    g_error("%s", error->message); /* a bug: the probability was checked */
  link_set_loss(direction, &loss_bernoulli, state);
}

static void
set_loss_table(lua_State *L, int index, LinkDirection *direction)
{
  const char *names[KINDS_MAX];
  names_of((const void *const *)loss_list(), names);
  const char *kind = read_kind(L, index, "loss", names);
  const LossOps *ops = loss_find(kind);
  if (ops == NULL)
    bind_error_unknown(L, "kind of loss", kind, names);
  Model model = {"loss", ops->name, ops->state_size, ops->params, ops->check, ops->clear};
  Draft *draft = draft_new(L, &model);
  if (ops->init != NULL)
    ops->init(draft->state);
  read_table(L, index, draft, NULL);
  link_set_loss(direction, ops, draft_finish(L, draft));
}

void
bind_model_set_loss(lua_State *L, int index, LinkDirection *direction)
{
  static const SimParam param = {.name = "loss", .kind = SIM_PARAM_RATIO};
  double probability = 0;
  switch (lua_type(L, index)) {
  case LUA_TFUNCTION:
    bind_rule_set_loss(L, index, direction);
    return;
  case LUA_TTABLE:
    set_loss_table(L, index, direction);
    return;
  case LUA_TNUMBER:
  case LUA_TSTRING:
    bind_value_param(L, index, direction->name, &param, &probability);
    set_bernoulli(direction, probability);
    return;
  default:
    bind_error(L,
               "%s: loss: a probability such as \"1 %%\", a table {kind = ...} or a function is "
               "wanted, not %s",
               direction->name, bind_value_describe(L, index));
  }
}

/* -- queue -- */

static void
set_droptail(LinkDirection *direction, int64_t packets, int64_t bytes)
{
  QdiscDroptail *state = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(state, direction);
  state->limit_packets = packets;
  state->limit_bytes = bytes;
  link_set_queue(direction, &qdisc_droptail, state);
}

static G_NORETURN void
refuse_queue(lua_State *L, int index, const LinkDirection *direction)
{
  const char *given = lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER
                          ? luaL_tolstring(L, index, NULL)
                          : bind_value_describe(L, index);
  bind_error(L,
             "%s: queue = %s: a length with its unit is wanted, such as \"100 pkt\", \"64 KiB\" or "
             "\"1 BDP\", or a table {kind = ...}",
             direction->name, given);
}

static void
set_queue_text(lua_State *L, int index, LinkDirection *direction)
{
  const char *text = lua_tostring(L, index);
  if (strcmp(text, "unlimited") == 0) {
    set_droptail(direction, -1, -1);
    return;
  }
  if (qdisc_find(text) != NULL)
    bind_error(L,
               "%s: queue = \"%s\": a length is wanted, such as \"100 pkt\"; a kind is chosen by "
               "queue = {kind = \"%s\"}",
               direction->name, text, text);
  SimQuantity quantity;
  GError *error = NULL;
  if (!sim_quantity_parse(text, &quantity, &error)) {
    g_prefix_error(&error, "%s: queue = ", direction->name);
    bind_raise(L, error);
  }
  if (quantity.value < 0)
    bind_error(L, "%s: queue = \"%s\": must be at least 0", direction->name, text);
  double bdp = (double)direction->rate / 8 * 2 * sim_time_to_seconds(direction->delay);
  switch (quantity.kind) {
  case SIM_QUANTITY_PACKETS:
    set_droptail(direction, (int64_t)quantity.value, -1);
    return;
  case SIM_QUANTITY_SIZE:
    set_droptail(direction, -1, (int64_t)quantity.value);
    return;
  case SIM_QUANTITY_BDP:
    if (bdp == 0)
      bind_error(L, "%s: queue = \"%s\": this direction has no %s, so it has no such product",
                 direction->name, text, direction->rate == 0 ? "rate" : "delay");
    set_droptail(direction, -1, (int64_t)(quantity.value * bdp));
    return;
  default:
    refuse_queue(L, index, direction);
  }
}

/* classes = {rule, ...} */
static void
read_classes(lua_State *L, int index, const QdiscOps *ops, Draft *draft)
{
  if (lua_getfield(L, index, "classes") == LUA_TNIL)
    return;
  if (lua_type(L, -1) != LUA_TTABLE)
    bind_error(L, "queue: classes: a list of rules is wanted, not %s", bind_value_describe(L, -1));
  int list = lua_gettop(L);
  lua_Integer count = luaL_len(L, list);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, list, i);
    PacketMatch *rule = bind_rule_match(L, lua_gettop(L), "queue: classes");
    if (!ops->add_class(draft->state, rule)) {
      packet_match_free(rule);
      bind_error(L, "queue: classes: there are too many");
    }
  }
}

static void
set_queue_table(lua_State *L, int index, LinkDirection *direction)
{
  const char *names[KINDS_MAX];
  names_of((const void *const *)qdisc_list(), names);
  const char *kind = read_kind(L, index, "queue", names);
  const QdiscOps *ops = qdisc_find(kind);
  if (ops == NULL)
    bind_error_unknown(L, "kind of queue", kind, names);
  Model model = {"queue", ops->name, ops->state_size, ops->params, ops->check, ops->clear};
  Draft *draft = draft_new(L, &model);
  if (ops->init != NULL)
    ops->init(draft->state, direction);
  read_table(L, index, draft, ops->add_class != NULL ? "classes" : NULL);
  if (ops->add_class != NULL)
    read_classes(L, index, ops, draft);
  link_set_queue(direction, ops, draft_finish(L, draft));
}

void
bind_model_set_queue(lua_State *L, int index, LinkDirection *direction)
{
  if (lua_type(L, index) == LUA_TTABLE)
    set_queue_table(L, index, direction);
  else if (lua_type(L, index) == LUA_TSTRING)
    set_queue_text(L, index, direction);
  else
    refuse_queue(L, index, direction);
}

/* -- jitter -- */

static void
set_jitter_table(lua_State *L, int index, LinkDirection *direction)
{
  const char *names[KINDS_MAX];
  names_of((const void *const *)jitter_list(), names);
  const char *kind = read_kind(L, index, "jitter", names);
  const JitterOps *ops = jitter_find(kind);
  if (ops == NULL)
    bind_error_unknown(L, "kind of jitter", kind, names);
  lua_getfield(L, index, "reorder");
  bool reorders = !lua_isnil(L, -1) && bind_value_bool(L, -1, "jitter", "reorder");
  Model model = {"jitter", ops->name, ops->state_size, ops->params, ops->check, ops->clear};
  Draft *draft = draft_new(L, &model);
  if (ops->init != NULL)
    ops->init(draft->state);
  read_table(L, index, draft, "reorder");
  link_set_jitter(direction, ops, draft_finish(L, draft), reorders);
}

/* A time alone: anything from nothing to that. */
static void
set_jitter_most(LinkDirection *direction, SimTime most)
{
  if (most == 0) {
    link_set_jitter(direction, NULL, NULL, false);
    return;
  }
  void *state = g_malloc0(jitter_uniform.state_size);
  GError *error = NULL;
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = sim_time_to_seconds(most)};
  if (!sim_param_set(sim_param_find(jitter_uniform.params, "high"), state, &value, &error))
    g_error("%s", error->message); /* a bug: the time was checked */
  link_set_jitter(direction, &jitter_uniform, state, false);
}

void
bind_model_set_jitter(lua_State *L, int index, LinkDirection *direction)
{
  static const SimParam param = {.name = "jitter", .kind = SIM_PARAM_TIME, .max = 3600};
  SimTime most = 0;
  switch (lua_type(L, index)) {
  case LUA_TTABLE:
    set_jitter_table(L, index, direction);
    return;
  case LUA_TNUMBER:
  case LUA_TSTRING:
    bind_value_param(L, index, direction->name, &param, &most);
    set_jitter_most(direction, most);
    return;
  default:
    bind_error(L, "%s: jitter: a time such as \"5 ms\" or a table {kind = ...} is wanted, not %s",
               direction->name, bind_value_describe(L, index));
  }
}
