/* figure-asked: run.json has a list of the figures that the scenario asked for. A file that
 * somebody has edited, or that an earlier version left, asks for nothing. */
#include "plots/figure-asked.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "plots/json-file.h"
#include "sim/quantity.h"

static JsonNode *
value_of(JsonObject *figure, const char *name)
{
  JsonNode *node = json_object_get_member(figure, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? node : NULL;
}

static void
take_text(JsonObject *figure, const char *name, const char **text)
{
  JsonNode *node = value_of(figure, name);
  const char *value = node != NULL ? json_node_get_string(node) : NULL;
  if (value != NULL)
    *text = g_intern_string(value);
}

static void
take_time(JsonObject *figure, const char *name, SimTime *time)
{
  const char *text = NULL;
  SimQuantity quantity;
  take_text(figure, name, &text);
  if (text != NULL && sim_quantity_parse(text, &quantity, NULL) &&
      quantity.kind == SIM_QUANTITY_TIME && quantity.time >= 0)
    *time = quantity.time;
}

static void
take(FigureRequest *request, JsonObject *figure)
{
  JsonNode *raw = value_of(figure, "raw");
  take_text(figure, "width", &request->width);
  take_text(figure, "title", &request->title);
  take_text(figure, "conn", &request->conn);
  take_text(figure, "link", &request->link);
  take_text(figure, "fields", &request->fields);
  take_text(figure, "group", &request->group);
  take_time(figure, "from", &request->from);
  take_time(figure, "to", &request->to);
  request->raw = raw != NULL && json_node_get_boolean(raw);
}

/* The list in the file; NULL: there is none. */
static JsonArray *
figures_of(JsonParser *parser)
{
  JsonNode *root = parser != NULL ? json_parser_get_root(parser) : NULL;
  JsonNode *list = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                       ? json_object_get_member(json_node_get_object(root), "figures")
                       : NULL;
  return list != NULL && JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;
}

void
figure_take_asked(FigureRequest *request)
{
  g_autofree char *path = g_build_filename(request->run, "run.json", NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return;
  g_autoptr(JsonParser) parser = json_file_read(path, NULL);
  JsonArray *list = figures_of(parser);
  for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
    JsonNode *node = json_array_get_element(list, i);
    JsonObject *figure = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *name = NULL;
    if (figure != NULL)
      take_text(figure, "name", &name);
    if (name == NULL || strcmp(name, request->name) != 0)
      continue;
    take(request, figure);
    return;
  }
}
