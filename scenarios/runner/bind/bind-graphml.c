/* bind-graphml: reads a GraphML file in the form of the Internet Topology Zoo (Knight et al.,
 * 2011).
 *
 * graphml_read(file) gives {name =, nodes = {{name =, label =}, ...}, edges = {{source =, target =,
 * delay =, rate =}, ...}}; topologies.lua makes routers and links of it. Of the data, those keys
 * are read whose attr.name is label, Latitude, Longitude (nodes), LinkSpeedRaw in bit/s (edges),
 * Network (graph). The delay of an edge whose nodes have coordinates is that of the great circle at
 * two thirds of the speed of light, in whole microseconds, so that the last digits of a sine do not
 * matter. Two edges between the same nodes are two links. */
#include <math.h>
#include <string.h>

#include "scenarios/runner/bind/bind.h"
#include "sim/file.h"

#define EARTH_RADIUS 6371e3 /* m */
#define FIBRE_SPEED 2e8     /* m/s */
#define LABEL_MAX 60        /* bytes of a node's name */

/* What a key stands for. */
typedef enum { KEY_OTHER, KEY_LABEL, KEY_LATITUDE, KEY_LONGITUDE, KEY_SPEED, KEY_NETWORK } KeyKind;

static const struct {
  const char *attribute;
  KeyKind kind;
} key_kinds[] = {{"label", KEY_LABEL},
                 {"Latitude", KEY_LATITUDE},
                 {"Longitude", KEY_LONGITUDE},
                 {"LinkSpeedRaw", KEY_SPEED},
                 {"Network", KEY_NETWORK}};

typedef struct Vertex {
  char *id, *label;           /* owned; label: NULL: none */
  double latitude, longitude; /* degrees; NaN: not given */
} Vertex;

typedef struct Edge {
  char *source, *target; /* owned ids */
  int line;
  double speed; /* bit/s; 0: not given */
} Edge;

typedef struct Graph {
  const char *path;
  GHashTable *keys;   /* key's id -> KeyKind */
  GHashTable *places; /* node's id -> its place in `nodes`, from 1 */
  GPtrArray *nodes;   /* of Vertex */
  GPtrArray *edges;   /* of Edge */
  char *name;         /* owned; NULL: none */
  bool has_graph;
  Vertex *node; /* the element that is open; NULL: none */
  Edge *edge;
  KeyKind key;   /* of the data that is open */
  GString *text; /* of it; NULL: none is open */
} Graph;

static void
vertex_free(gpointer data)
{
  Vertex *vertex = data;
  g_free(vertex->id);
  g_free(vertex->label);
  g_free(vertex);
}

static void
edge_free(gpointer data)
{
  Edge *edge = data;
  g_free(edge->source);
  g_free(edge->target);
  g_free(edge);
}

static int
line_of(GMarkupParseContext *context)
{
  int line;
  g_markup_parse_context_get_position(context, &line, NULL);
  return line;
}

static G_GNUC_PRINTF(4, 5) void refuse(const Graph *graph, int line, GError **error,
                                       const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%d: %s", graph->path, line, text);
}

/* The value of an attribute; NULL: it is not there. */
static const char *
attribute(const char **names, const char **values, const char *name)
{
  for (int i = 0; names[i] != NULL; i++)
    if (strcmp(names[i], name) == 0)
      return values[i];
  return NULL;
}

static void
start_key(Graph *graph, const char **names, const char **values)
{
  const char *id = attribute(names, values, "id");
  const char *name = attribute(names, values, "attr.name");
  for (size_t i = 0; id != NULL && name != NULL && i < G_N_ELEMENTS(key_kinds); i++)
    if (strcmp(name, key_kinds[i].attribute) == 0)
      g_hash_table_insert(graph->keys, g_strdup(id), GINT_TO_POINTER(key_kinds[i].kind));
}

static void
start_node(Graph *graph, int line, const char *id, GError **error)
{
  if (id == NULL) {
    refuse(graph, line, error, "a node without an id");
    return;
  }
  if (g_hash_table_contains(graph->places, id)) {
    refuse(graph, line, error, "a second node with the id \"%s\"", id);
    return;
  }
  Vertex *vertex = g_new0(Vertex, 1);
  vertex->id = g_strdup(id);
  vertex->latitude = vertex->longitude = NAN;
  g_ptr_array_add(graph->nodes, vertex);
  g_hash_table_insert(graph->places, vertex->id, GUINT_TO_POINTER(graph->nodes->len));
  graph->node = vertex;
}

static void
start_edge(Graph *graph, int line, const char *source, const char *target, GError **error)
{
  if (source == NULL || target == NULL) {
    refuse(graph, line, error, "an edge without a source or a target");
    return;
  }
  Edge *edge = g_new0(Edge, 1);
  *edge = (Edge){.source = g_strdup(source), .target = g_strdup(target), .line = line};
  g_ptr_array_add(graph->edges, edge);
  graph->edge = edge;
}

static void
on_start(GMarkupParseContext *context, const char *element, const char **names, const char **values,
         gpointer data, GError **error)
{
  Graph *graph = data;
  int line = line_of(context);
  if (strcmp(element, "key") == 0) {
    start_key(graph, names, values);
  } else if (strcmp(element, "graph") == 0) {
    graph->has_graph = true;
  } else if (strcmp(element, "node") == 0) {
    start_node(graph, line, attribute(names, values, "id"), error);
  } else if (strcmp(element, "edge") == 0) {
    start_edge(graph, line, attribute(names, values, "source"), attribute(names, values, "target"),
               error);
  } else if (strcmp(element, "data") == 0) {
    const char *key = attribute(names, values, "key");
    graph->key = key != NULL ? GPOINTER_TO_INT(g_hash_table_lookup(graph->keys, key)) : KEY_OTHER;
    graph->text = g_string_new(NULL);
  }
}

static void
on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  Graph *graph = data;
  if (graph->text != NULL)
    g_string_append_len(graph->text, text, (gssize)length);
}

static bool
read_number(const Graph *graph, int line, double least, double most, double *value, GError **error)
{
  char *end;
  double number = g_ascii_strtod(graph->text->str, &end);
  if (end != graph->text->str && *end == '\0' && number >= least && number <= most) {
    *value = number;
    return true;
  }
  refuse(graph, line, error, "\"%s\": a number from %g to %g is wanted", graph->text->str, least,
         most);
  return false;
}

static void
take_data(Graph *graph, int line, GError **error)
{
  Vertex *node = graph->node;
  const char *text = g_strstrip(graph->text->str);
  if (node != NULL && graph->key == KEY_LABEL) {
    g_free(node->label);
    node->label = g_strdup(text);
  } else if (node != NULL && graph->key == KEY_LATITUDE) {
    read_number(graph, line, -90, 90, &node->latitude, error);
  } else if (node != NULL && graph->key == KEY_LONGITUDE) {
    read_number(graph, line, -180, 180, &node->longitude, error);
  } else if (graph->edge != NULL && graph->key == KEY_SPEED) {
    read_number(graph, line, 1, 1e15, &graph->edge->speed, error);
  } else if (node == NULL && graph->edge == NULL && graph->key == KEY_NETWORK) {
    g_free(graph->name);
    graph->name = g_strdup(text);
  }
}

static void
on_end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Graph *graph = data;
  if (strcmp(element, "data") == 0 && graph->text != NULL) {
    take_data(graph, line_of(context), error);
    g_string_free(g_steal_pointer(&graph->text), TRUE);
  } else if (strcmp(element, "node") == 0) {
    graph->node = NULL;
  } else if (strcmp(element, "edge") == 0) {
    graph->edge = NULL;
  }
}

/* What fits together only when all has been read. */
static bool
check(const Graph *graph, GError **error)
{
  if (!graph->has_graph || graph->nodes->len == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: there is no graph with nodes in it",
                graph->path);
    return false;
  }
  for (guint i = 0; i < graph->edges->len; i++) {
    const Edge *edge = graph->edges->pdata[i];
    const char *const ends[] = {edge->source, edge->target};
    for (int k = 0; k < 2; k++)
      if (!g_hash_table_contains(graph->places, ends[k])) {
        refuse(graph, edge->line, error, "an edge to \"%s\", which is no node", ends[k]);
        return false;
      }
    if (strcmp(edge->source, edge->target) == 0) {
      refuse(graph, edge->line, error, "an edge from \"%s\" to itself", edge->source);
      return false;
    }
  }
  return true;
}

static bool
parse(Graph *graph, GError **error)
{
  static const GMarkupParser parser = {
      .start_element = on_start, .end_element = on_end, .text = on_text};
  size_t length;
  g_autofree char *text = sim_file_read(graph->path, "a file of GraphML is wanted", &length, error);
  if (text == NULL)
    return false;
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, graph, NULL);
  GError *why = NULL;
  bool good = g_markup_parse_context_parse(context, text, (gssize)length, &why) &&
              g_markup_parse_context_end_parse(context, &why);
  if (!good && why->domain == G_MARKUP_ERROR)
    refuse(graph, line_of(context), error, "%s", why->message);
  else if (!good)
    g_propagate_error(error, g_steal_pointer(&why));
  g_clear_error(&why);
  g_markup_parse_context_free(context);
  return good && check(graph, error);
}

/* Along the great circle (the haversine formula), in whole microseconds; NaN: unknown. */
static double
delay_between(const Vertex *a, const Vertex *b)
{
  double degree = G_PI / 180;
  double up = sin((b->latitude - a->latitude) * degree / 2);
  double along = sin((b->longitude - a->longitude) * degree / 2);
  double h = up * up + cos(a->latitude * degree) * cos(b->latitude * degree) * along * along;
  if (isnan(h))
    return NAN;
  double distance = 2 * EARTH_RADIUS * asin(sqrt(fmin(h, 1)));
  return floor(distance / FIBRE_SPEED * 1e6 + 0.5) * 1e-6;
}

/* -- to Lua: only what it raises itself may go wrong here; the graph is an object of its own -- */

typedef struct BindGraph {
  BindObject object;
  Graph graph;
} BindGraph;

static void
graph_collect(void *self)
{
  Graph *graph = &((BindGraph *)self)->graph;
  if (graph->keys == NULL)
    return;
  g_hash_table_unref(graph->keys);
  g_hash_table_unref(graph->places);
  g_ptr_array_unref(graph->nodes);
  g_ptr_array_unref(graph->edges);
  g_free(graph->name);
  if (graph->text != NULL)
    g_string_free(graph->text, TRUE);
}

static const BindType graph_type = {.name = "graph", .example = "graph", .collect = graph_collect};

/* A name that node_new() takes, of the label or the id; the same one again gets its id behind it.
 */
static void
push_name(lua_State *L, const Vertex *vertex, int names)
{
  char name[LABEL_MAX + 1];
  g_strlcpy(name, vertex->label != NULL && *vertex->label != '\0' ? vertex->label : vertex->id,
            sizeof name);
  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && *c != '-' && *c != '.')
      *c = '_';
  if (lua_getfield(L, names, name) != LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushfstring(L, "%s-%s", name, vertex->id);
  } else {
    lua_pop(L, 1);
    lua_pushstring(L, name);
  }
  lua_pushvalue(L, -1);
  lua_pushboolean(L, true);
  lua_rawset(L, names);
}

static void
push_nodes(lua_State *L, const Graph *graph)
{
  lua_newtable(L);
  int list = lua_gettop(L);
  lua_newtable(L);
  int names = lua_gettop(L);
  for (guint i = 0; i < graph->nodes->len; i++) {
    const Vertex *vertex = graph->nodes->pdata[i];
    lua_newtable(L);
    push_name(L, vertex, names);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, vertex->label != NULL ? vertex->label : vertex->id);
    lua_setfield(L, -2, "label");
    lua_rawseti(L, list, i + 1);
  }
  lua_settop(L, list);
}

static void
push_edges(lua_State *L, const Graph *graph)
{
  lua_newtable(L);
  for (guint i = 0; i < graph->edges->len; i++) {
    const Edge *edge = graph->edges->pdata[i];
    guint source = GPOINTER_TO_UINT(g_hash_table_lookup(graph->places, edge->source));
    guint target = GPOINTER_TO_UINT(g_hash_table_lookup(graph->places, edge->target));
    double delay = delay_between(graph->nodes->pdata[source - 1], graph->nodes->pdata[target - 1]);
    lua_newtable(L);
    lua_pushinteger(L, source);
    lua_setfield(L, -2, "source");
    lua_pushinteger(L, target);
    lua_setfield(L, -2, "target");
    if (!isnan(delay)) {
      lua_pushnumber(L, delay);
      lua_setfield(L, -2, "delay");
    }
    if (edge->speed > 0) {
      lua_pushnumber(L, edge->speed);
      lua_setfield(L, -2, "rate");
    }
    lua_rawseti(L, -2, i + 1);
  }
}

static int
graphml_read(lua_State *L)
{
  bind_check_loading(L, "graphml");
  const char *path = bind_file_path(L, 1, "graphml", "the file");
  BindGraph *bound = bind_object_new(L, &graph_type, sizeof *bound, 0);
  Graph *graph = &bound->graph;
  *graph = (Graph){
      .path = path,
      .keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
      .places = g_hash_table_new(g_str_hash, g_str_equal),
      .nodes = g_ptr_array_new_with_free_func(vertex_free),
      .edges = g_ptr_array_new_with_free_func(edge_free),
  };
  GError *error = NULL;
  if (!parse(graph, &error))
    bind_raise_in(L, "graphml", error);
  lua_newtable(L);
  push_nodes(L, graph);
  lua_setfield(L, -2, "nodes");
  push_edges(L, graph);
  lua_setfield(L, -2, "edges");
  if (graph->name != NULL) {
    lua_pushstring(L, graph->name);
    lua_setfield(L, -2, "name");
  }
  return 1;
}

void
bind_graphml_open(lua_State *L)
{
  static const luaL_Reg functions[] = {{"graphml_read", graphml_read}, {NULL, NULL}};
  bind_type_open(L, &graph_type);
  luaL_setfuncs(L, functions, 0);
}
