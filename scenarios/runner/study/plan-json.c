/* plan-json: study.json, the plan as a file: for people, for `merge`, and for the figures. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "plots/json-file.h"
#include "scenarios/runner/json-out.h"
#include "scenarios/runner/study/plan.h"
#include "sim/error.h"

static void
put_texts(JsonOut *out, const char *name, const GPtrArray *texts)
{
  json_out_array(out, name);
  for (guint i = 0; i < texts->len; i++)
    json_out_string(out, NULL, texts->pdata[i]);
  json_out_array_end(out);
}

static void
put_params(JsonOut *out, const Plan *plan)
{
  json_out_array(out, "parameters");
  for (guint i = 0; i < plan->params->len; i++) {
    const PlanParam *param = plan->params->pdata[i];
    SimQuantity quantity;
    bool number = sim_quantity_parse(param->text, &quantity, NULL);
    json_out_object(out, NULL);
    json_out_string(out, "name", param->name);
    json_out_string(out, "kind", number ? sim_quantity_kind_name(quantity.kind) : "text");
    json_out_string(out, "value", param->text);
    if (param->axis >= 0) {
      const Axis *axis = plan->axes->pdata[param->axis];
      put_texts(out, "values", axis->values);
      if (axis->reads != NULL)
        put_texts(out, "reads", axis->reads);
    }
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

static void
put_figures(JsonOut *out, const GPtrArray *figures)
{
  json_out_array(out, "figures");
  for (guint i = 0; figures != NULL && i < figures->len; i++) {
    const StudyFigure *figure = figures->pdata[i];
    json_out_object(out, NULL);
    json_out_string(out, "name", figure->name);
    json_out_string(out, "file", figure->file);
    json_out_string(out, "format", figure->format);
    json_out_string(out, "width", figure->width);
    json_out_string(out, "title", figure->title);
    json_out_array(out, "options");
    for (guint k = 0; figure->options->pdata[k] != NULL; k++)
      json_out_string(out, NULL, figure->options->pdata[k]);
    json_out_array_end(out);
    json_out_object_end(out);
  }
  json_out_array_end(out);
}

bool
plan_write(const Plan *plan, const char *path, GError **error)
{
  JsonOut out;
  json_out_init(&out);
  json_out_string(&out, "program", "roundtrip");
  json_out_string(&out, "version", plan->version);
  json_out_string(&out, "scenario", plan->name);
  json_out_string(&out, "sha256", plan->sha256);
  put_params(&out, plan);
  json_out_array(&out, "vary"); /* in the order in which points are counted */
  for (guint i = 0; i < plan->axes->len; i++)
    json_out_string(&out, NULL, ((const Axis *)plan->axes->pdata[i])->name);
  json_out_array_end(&out);
  json_out_boolean(&out, "zip", plan->zip);
  json_out_integer(&out, "points", plan->points);
  json_out_integer(&out, "seed", plan->seed);
  json_out_integer(&out, "seeds", plan->seeds);
  json_out_string(&out, "until", plan->until_text);
  json_out_integer(&out, "max_seeds", plan->max_seeds);
  json_out_string(&out, "vs", plan->vs);
  json_out_integer(&out, "vs_value", plan->vs_value);
  json_out_integer(&out, "shard", plan->shard);
  json_out_integer(&out, "shards", plan->shards);
  put_figures(&out, plan->figures);
  json_out_string(&out, "text", plan->text);
  return json_out_write(&out, path, error);
}

/* -- reading; what another program wrote there is refused, not trusted -- */

static const char *
get_text(JsonObject *object, const char *name, bool *good)
{
  JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
      json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  if (node == NULL || !JSON_NODE_HOLDS_NULL(node))
    *good = false;
  return NULL;
}

static uint64_t
get_number(JsonObject *object, const char *name, bool *good)
{
  JsonNode *node = json_object_get_member(object, name);
  if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
      json_node_get_value_type(node) == G_TYPE_INT64 && json_node_get_int(node) >= 0)
    return (uint64_t)json_node_get_int(node);
  *good = false;
  return 0;
}

static JsonArray *
get_array(JsonObject *object, const char *name, bool *good)
{
  JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY(node))
    return json_node_get_array(node);
  *good = false;
  return NULL;
}

static JsonObject *
get_object_at(JsonArray *array, guint index, bool *good)
{
  JsonNode *node = json_array_get_element(array, index);
  if (JSON_NODE_HOLDS_OBJECT(node))
    return json_node_get_object(node);
  *good = false;
  return NULL;
}

/* An element of an array of texts; "" when it is none. */
static const char *
get_text_at(JsonArray *array, guint index, bool *good)
{
  JsonNode *node = json_array_get_element(array, index);
  if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  *good = false;
  return "";
}

static void
read_texts(GPtrArray *texts, JsonObject *object, const char *name, bool *good)
{
  JsonArray *array = get_array(object, name, good);
  for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
    g_ptr_array_add(texts, g_strdup(get_text_at(array, i, good)));
}

static void
read_param(Plan *plan, JsonObject *object, bool *good)
{
  PlanParam *param = g_new0(PlanParam, 1);
  param->name = g_strdup(get_text(object, "name", good));
  param->text = g_strdup(get_text(object, "value", good));
  param->axis = -1;
  g_ptr_array_add(plan->params, param);
  if (object == NULL || param->name == NULL || param->text == NULL) {
    *good = false;
    return;
  }
  for (guint i = 0; i < plan->axes->len; i++) {
    Axis *axis = plan->axes->pdata[i];
    if (strcmp(axis->name, param->name) != 0)
      continue;
    param->axis = (int)i;
    read_texts(axis->values, object, "values", good);
    if (!json_object_has_member(object, "reads"))
      continue;
    axis->reads = g_ptr_array_new_with_free_func(g_free);
    read_texts(axis->reads, object, "reads", good);
    *good = *good && axis->reads->len == axis->values->len;
  }
}

static void
read_axes(Plan *plan, JsonObject *root, bool *good)
{
  JsonArray *vary = get_array(root, "vary", good);
  for (guint i = 0; vary != NULL && i < json_array_get_length(vary); i++) {
    Axis *axis = g_new0(Axis, 1);
    axis->name = g_strdup(get_text_at(vary, i, good));
    axis->values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(plan->axes, axis);
  }
  JsonArray *params = get_array(root, "parameters", good);
  for (guint i = 0; params != NULL && i < json_array_get_length(params); i++)
    read_param(plan, get_object_at(params, i, good), good);
  uint64_t points = 1;
  for (guint i = 0; i < plan->axes->len; i++) {
    guint count = ((const Axis *)plan->axes->pdata[i])->values->len;
    points = plan->zip ? count : points * count;
    *good = *good && count > 0 && points <= PLAN_POINTS_MAX;
  }
  *good = *good && points == plan->points;
}

static void
read_figures(Plan *plan, JsonObject *root, bool *good)
{
  g_autoptr(StudyRequest) request = request_new();
  JsonArray *figures = get_array(root, "figures", good);
  for (guint i = 0; figures != NULL && i < json_array_get_length(figures); i++) {
    JsonObject *object = get_object_at(figures, i, good);
    const char *name = object != NULL ? get_text(object, "name", good) : NULL;
    if (name == NULL) {
      *good = false;
      break;
    }
    StudyFigure *figure = request_add_figure(request, name);
    figure->file = g_strdup(get_text(object, "file", good));
    figure->format = g_strdup(get_text(object, "format", good));
    figure->width = g_strdup(get_text(object, "width", good));
    figure->title = g_strdup(get_text(object, "title", good));
    JsonArray *options = get_array(object, "options", good);
    for (guint k = 0; options != NULL && k < json_array_get_length(options); k++)
      g_ptr_array_add(figure->options, g_strdup(get_text_at(options, k, good)));
    g_ptr_array_add(figure->options, NULL);
  }
  plan->figures = g_ptr_array_ref(request->figures);
}

static void
read_root(Plan *plan, JsonObject *root, bool *good)
{
  JsonNode *zip = json_object_get_member(root, "zip");
  plan->zip = zip != NULL && JSON_NODE_HOLDS_VALUE(zip) && json_node_get_boolean(zip);
  plan->name = g_strdup(get_text(root, "scenario", good));
  plan->scenario = g_strdup(plan->name);
  plan->sha256 = g_strdup(get_text(root, "sha256", good));
  plan->version = g_strdup(get_text(root, "version", good));
  plan->text = g_strdup(get_text(root, "text", good));
  plan->until_text = g_strdup(get_text(root, "until", good));
  plan->vs = g_strdup(get_text(root, "vs", good));
  plan->points = get_number(root, "points", good);
  plan->seed = get_number(root, "seed", good);
  plan->seeds = get_number(root, "seeds", good);
  plan->max_seeds = get_number(root, "max_seeds", good);
  plan->vs_value = (guint)get_number(root, "vs_value", good);
  plan->shard = (guint)get_number(root, "shard", good);
  plan->shards = (guint)get_number(root, "shards", good);
  *good = *good && plan->name != NULL && plan->sha256 != NULL && plan->version != NULL &&
          plan->text != NULL && plan->seeds > 0 && plan->shard > 0 && plan->shard <= plan->shards;
  plan->length = plan->text != NULL ? strlen(plan->text) : 0;
  read_axes(plan, root, good);
  read_figures(plan, root, good);
  if (plan->until_text != NULL)
    plan->until = until_parse(plan->until_text, NULL);
  *good = *good && (plan->until_text == NULL) == (plan->until == NULL);
  for (guint i = 0; plan->vs != NULL && i < plan->axes->len; i++) {
    const Axis *axis = plan->axes->pdata[i];
    if (strncmp(plan->vs, axis->name, strlen(axis->name)) == 0 &&
        plan->vs[strlen(axis->name)] == '=' && plan->vs_value < axis->values->len)
      plan->vs_axis = (int)i;
  }
  *good = *good && (plan->vs == NULL || plan->vs_axis >= 0);
}

Plan *
plan_read(const char *path, GError **error)
{
  g_autoptr(JsonParser) parser = json_file_read(path, error);
  if (parser == NULL)
    return NULL;
  JsonNode *root = json_parser_get_root(parser);
  bool good = root != NULL && JSON_NODE_HOLDS_OBJECT(root);
  g_autoptr(Plan) plan = plan_empty();
  if (good)
    read_root(plan, json_node_get_object(root), &good);
  if (good)
    return g_steal_pointer(&plan);
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the plan of a study", path);
  return NULL;
}

static bool
differ(GError **error, const char *what, const char *a, const char *b)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s differ: %s and %s", what, a, b);
  return false;
}

bool
plan_same(const Plan *a, const Plan *b, GError **error)
{
  if (strcmp(a->name, b->name) != 0)
    return differ(error, "the scenarios", a->name, b->name);
  if (strcmp(a->sha256, b->sha256) != 0)
    return differ(error, "the scenario's texts (SHA-256)", a->sha256, b->sha256);
  if (strcmp(a->version, b->version) != 0)
    return differ(error, "the versions of the program", a->version, b->version);
  if (a->points != b->points || a->zip != b->zip || a->seed != b->seed || a->seeds != b->seeds ||
      a->max_seeds != b->max_seeds || a->axes->len != b->axes->len) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "the parameters or seeds differ");
    return false;
  }
  if (g_strcmp0(a->until_text, b->until_text) != 0)
    return differ(error, "the rules of --until", a->until_text != NULL ? a->until_text : "none",
                  b->until_text != NULL ? b->until_text : "none");
  g_autoptr(GString) first = g_string_new(NULL);
  g_autoptr(GString) second = g_string_new(NULL);
  for (uint64_t point = 0; point < a->points; point++) {
    plan_key(a, point, first);
    plan_key(b, point, second);
    if (strcmp(first->str, second->str) != 0)
      return differ(error, "the points", first->str, second->str);
    plan_sha256(a, point, first);
    plan_sha256(b, point, second);
    if (strcmp(first->str, second->str) != 0)
      return differ(error, "the files that are read (SHA-256)", first->str, second->str);
  }
  return true;
}
