/* bind-model: loss = ... and queue = ...: a short form, a table with a kind, or a function.
 *
 * A model's state is filled in Lua's memory, where an error costs nothing, and copied when it is
 * complete. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

/* What of an ops struct the reading of a table needs. */
typedef struct Model {
  const char *what; /* "loss" */
  const char *name;
  size_t state_size;
  const SimParam *params;
} Model;

/* The copy of a state that stands in Lua's memory. */
static void *
state_copy(const void *state, size_t size)
{
  void *copy = g_malloc0(size);
  memcpy(copy, state, size);
  return copy;
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

static void
read_table(lua_State *L, int index, const Model *model, void *state)
{
  static const char *const extras[] = {"kind", NULL};
  char what[64];
  g_snprintf(what, sizeof what, "option of %s %s", model->name, model->what);
  bind_options_check(L, index, what, model->params, extras);
  bind_options_read(L, index, model->what, model->params, state);
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
  const char *names[64] = {NULL};
  for (size_t i = 0; loss_list()[i] != NULL && i + 1 < G_N_ELEMENTS(names); i++)
    names[i] = loss_list()[i]->name;
  const char *kind = read_kind(L, index, "loss", names);
  const LossOps *ops = loss_find(kind);
  if (ops == NULL)
    bind_error_unknown(L, "kind of loss", kind, names);
  Model model = {"loss", ops->name, ops->state_size, ops->params};
  void *state = lua_newuserdatauv(L, ops->state_size, 0);
  memset(state, 0, ops->state_size);
  if (ops->init != NULL)
    ops->init(state);
  read_table(L, index, &model, state);
  GError *error = NULL;
  if (ops->check != NULL && !ops->check(state, &error))
    bind_raise_in(L, "loss", error);
  link_set_loss(direction, ops, state_copy(state, ops->state_size));
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

static void
set_queue_table(lua_State *L, int index, LinkDirection *direction)
{
  const char *names[64] = {NULL};
  for (size_t i = 0; qdisc_list()[i] != NULL && i + 1 < G_N_ELEMENTS(names); i++)
    names[i] = qdisc_list()[i]->name;
  const char *kind = read_kind(L, index, "queue", names);
  const QdiscOps *ops = qdisc_find(kind);
  if (ops == NULL)
    bind_error_unknown(L, "kind of queue", kind, names);
  Model model = {"queue", ops->name, ops->state_size, ops->params};
  void *state = lua_newuserdatauv(L, ops->state_size, 0);
  memset(state, 0, ops->state_size);
  if (ops->init != NULL)
    ops->init(state, direction);
  read_table(L, index, &model, state);
  GError *error = NULL;
  if (ops->check != NULL && !ops->check(state, &error))
    bind_raise_in(L, "queue", error);
  link_set_queue(direction, ops, state_copy(state, ops->state_size));
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
