/* library-json: what we use of JSON-GLib, and of GObject through it. */
#include "plots/library-json.h"

#include <json-glib/json-glib.h>

static const char *const files[] = {"libjson-glib-1.0.so.0", NULL};

const SimLibrary library_json = {.name = "JSON-GLib, which reads JSON files", .files = files};

#define STUB(type, name, parameters, arguments)                                                    \
  SIM_LIBRARY_STUB(&library_json, type, name, parameters, arguments)

STUB(void, g_object_unref, (gpointer object), (object))

STUB(JsonParser *, json_parser_new_immutable, (void), ())
STUB(gboolean, json_parser_load_from_data,
     (JsonParser * parser, const gchar *data, gssize length, GError **error),
     (parser, data, length, error))
STUB(JsonNode *, json_parser_get_root, (JsonParser * parser), (parser))

STUB(JsonNodeType, json_node_get_node_type, (JsonNode * node), (node))
STUB(GType, json_node_get_value_type, (JsonNode * node), (node))
STUB(JsonArray *, json_node_get_array, (JsonNode * node), (node))
STUB(JsonObject *, json_node_get_object, (JsonNode * node), (node))
STUB(gboolean, json_node_get_boolean, (JsonNode * node), (node))
STUB(gint64, json_node_get_int, (JsonNode * node), (node))
STUB(gdouble, json_node_get_double, (JsonNode * node), (node))
STUB(const gchar *, json_node_get_string, (JsonNode * node), (node))

STUB(guint, json_array_get_length, (JsonArray * array), (array))
STUB(JsonNode *, json_array_get_element, (JsonArray * array, guint index), (array, index))

STUB(gboolean, json_object_has_member, (JsonObject * object, const gchar *name), (object, name))
STUB(JsonNode *, json_object_get_member, (JsonObject * object, const gchar *name), (object, name))
STUB(GList *, json_object_get_members, (JsonObject * object), (object))
