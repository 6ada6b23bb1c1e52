/* topology: reading it. The two directions of a link stand together in summary.json, forward
 * first. */
#include "plots/topology.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "plots/json-file.h"
#include "sim/error.h"

#define RATE_MAX 1e18 /* bit/s that are believed */

static void
node_clear(gpointer data)
{
  g_free(((TopologyNode *)data)->name);
}

static void
link_clear(gpointer data)
{
  g_free(((TopologyLink *)data)->label);
}

void
topology_free(Topology *topology)
{
  g_array_unref(topology->nodes);
  g_array_unref(topology->links);
  g_ptr_array_unref(topology->keys);
  g_free(topology->common);
  g_free(topology);
}

/* A member that is a text; NULL: it is not there or something else. */
static const char *
member_text(JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
  bool text = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
              json_node_get_value_type(node) == G_TYPE_STRING;
  return text ? json_node_get_string(node) : NULL;
}

/* The same of a number; 0: it is not there. */
static double
member_number(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
}

static JsonObject *
member_object(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static TopologyKind
kind_of(const char *text)
{
  if (strcmp(text, "host") == 0)
    return TOPOLOGY_HOST;
  return strcmp(text, "router") == 0 ? TOPOLOGY_ROUTER : TOPOLOGY_BOX;
}

/* `places`: name -> index + 1. False: it is not the summary of a run. */
static bool
read_nodes(Topology *topology, JsonObject *nodes, GHashTable *places)
{
  g_autoptr(GList) names = json_object_get_members(nodes);
  for (const GList *at = names; at != NULL; at = at->next) {
    const char *kind = member_text(member_object(nodes, at->data), "kind");
    if (kind == NULL)
      return false;
    TopologyNode node = {.name = g_strdup(at->data), .kind = kind_of(kind)};
    g_array_append_val(topology->nodes, node);
    g_hash_table_insert(places, node.name, GUINT_TO_POINTER(topology->nodes->len));
  }
  return true;
}

static bool
read_direction(TopologyLink *link, int way, JsonObject *direction, GHashTable *places)
{
  const char *from = member_text(direction, "from");
  if (from == NULL)
    return false;
  guint place = GPOINTER_TO_UINT(g_hash_table_lookup(places, from));
  link->ends[way] = place - 1;
  link->rate[way] = (guint64)CLAMP(member_number(direction, "rate"), 0, RATE_MAX);
  link->delay[way] = sim_time_from_seconds(MAX(member_number(direction, "delay"), 0));
  return place > 0;
}

static bool
read_links(Topology *topology, JsonObject *links, GHashTable *places)
{
  g_autoptr(GList) names = json_object_get_members(links);
  for (const GList *at = names; at != NULL; at = at->next->next) {
    TopologyLink link = {0};
    if (at->next == NULL || !read_direction(&link, 0, member_object(links, at->data), places) ||
        !read_direction(&link, 1, member_object(links, at->next->data), places))
      return false;
    g_array_append_val(topology->links, link);
  }
  return true;
}

/* Which links are between the same two nodes. */
static void
count_parallel(Topology *topology)
{
  TopologyLink *links = (TopologyLink *)(void *)topology->links->data;
  for (guint i = 0; i < topology->links->len; i++)
    for (guint k = 0; k < topology->links->len; k++) {
      guint low = MIN(links[k].ends[0], links[k].ends[1]);
      guint high = MAX(links[k].ends[0], links[k].ends[1]);
      bool same = low == MIN(links[i].ends[0], links[i].ends[1]) &&
                  high == MAX(links[i].ends[0], links[i].ends[1]);
      links[i].of += same;
      links[i].place += same && k < i;
    }
}

static bool
read_summary(Topology *topology, const char *path, JsonObject *summary, GError **error)
{
  g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
  JsonObject *nodes = member_object(summary, "nodes"), *links = member_object(summary, "links");
  if (nodes == NULL || links == NULL || !read_nodes(topology, nodes, places) ||
      !read_links(topology, links, places)) {
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_FILE,
        "%s does not say which nodes and links there are: another version wrote it; run the "
        "scenario again",
        path);
    return false;
  }
  guint count = topology->nodes->len;
  if (count > 0 && count <= TOPOLOGY_NODES_MAX)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "the figure \"topology\" draws networks of 1 to %d nodes; this one has %u",
              TOPOLOGY_NODES_MAX, count);
  return false;
}

Topology *
topology_read(const char *run, GError **error)
{
  g_autofree char *path = g_build_filename(run, "summary.json", NULL);
  g_autoptr(JsonParser) parser = json_file_read(path, error);
  if (parser == NULL)
    return NULL;
  JsonNode *root = json_parser_get_root(parser);
  g_autoptr(Topology) topology = g_new0(Topology, 1);
  topology->nodes = g_array_new(FALSE, TRUE, sizeof(TopologyNode));
  topology->keys = g_ptr_array_new_with_free_func(g_free);
  topology->links = g_array_new(FALSE, TRUE, sizeof(TopologyLink));
  g_array_set_clear_func(topology->nodes, node_clear);
  g_array_set_clear_func(topology->links, link_clear);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the summary of a run", path);
    return NULL;
  }
  if (!read_summary(topology, path, json_node_get_object(root), error))
    return NULL;
  count_parallel(topology);
  return g_steal_pointer(&topology);
}

void
topology_place(Topology *topology, double width, double font)
{
  topology->width = width;
  topology_layout(topology, font);
  topology_label(topology, font);
}
