/* link-rates: see the header. A rate that follows a trace or was assigned under way is not one
 * number, so nothing is said of such a direction. */
#include "plots/link-rates.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdbool.h>

#include "plots/json-file.h"

#define PICOSECONDS 1e12

struct LinkRates {
  GHashTable *directions; /* name -> Direction; look-up only */
};

typedef struct Direction {
  double rate;     /* bit/s */
  double overhead; /* bytes a packet */
} Direction;

/* A number that is not negative; 0: it is not there, or something else. */
static double
number_of(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  double value = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
  return isfinite(value) && value > 0 ? value : 0;
}

static void
read_direction(LinkRates *rates, const char *name, JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
    return;
  JsonObject *object = json_node_get_object(node);
  JsonNode *varies = json_object_get_member(object, "rate_varies");
  double rate = number_of(object, "rate");
  bool constant = varies != NULL && JSON_NODE_HOLDS_VALUE(varies) && !json_node_get_boolean(varies);
  if (!constant || rate == 0)
    return;
  Direction *direction = g_new0(Direction, 1);
  direction->rate = rate;
  direction->overhead = number_of(object, "overhead");
  g_hash_table_insert(rates->directions, g_strdup(name), direction);
}

LinkRates *
link_rates_read(const char *run)
{
  g_autofree char *path = g_build_filename(run, "summary.json", NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  g_autoptr(JsonParser) parser = json_file_read(path, NULL);
  if (parser == NULL)
    return NULL;
  JsonNode *root = json_parser_get_root(parser);
  JsonNode *links = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                        ? json_object_get_member(json_node_get_object(root), "links")
                        : NULL;
  if (links == NULL || !JSON_NODE_HOLDS_OBJECT(links))
    return NULL;
  LinkRates *rates = g_new0(LinkRates, 1);
  rates->directions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  JsonObject *directions = json_node_get_object(links);
  g_autoptr(GList) names = json_object_get_members(directions);
  for (const GList *at = names; at != NULL; at = at->next)
    read_direction(rates, at->data, json_object_get_member(directions, at->data));
  return rates;
}

void
link_rates_free(LinkRates *rates)
{
  if (rates == NULL)
    return;
  g_hash_table_unref(rates->directions);
  g_free(rates);
}

SimTime
link_rates_time(const LinkRates *rates, const char *link, guint32 size)
{
  const Direction *direction = rates != NULL ? g_hash_table_lookup(rates->directions, link) : NULL;
  if (direction == NULL)
    return 0;
  return (SimTime)(8 * (size + direction->overhead) / direction->rate * PICOSECONDS + 0.5);
}
