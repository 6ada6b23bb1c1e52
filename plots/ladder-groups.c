/* ladder-groups: nodes that share a lifeline, so that a server of a hundred clients is a ladder of
 * two.
 *
 * "clients=c*,servers=s1" gives each node the name of the first group whose pattern it fits. */
#include "plots/ladder-parts.h"

#include <string.h>

#include "sim/error.h"

typedef struct Group {
  char *name, *pattern; /* owned */
} Group;

struct LadderGroups {
  GArray *groups; /* of Group */
};

static void
group_clear(gpointer data)
{
  Group *group = data;
  g_free(group->name);
  g_free(group->pattern);
}

static bool
read_group(LadderGroups *groups, const char *text, const GPtrArray *nodes, GError **error)
{
  const char *sign = strchr(text, '=');
  if (sign == NULL || sign == text || sign[1] == '\0') {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\" is not a group of nodes: accepted is NAME=PATTERN, as in "
                "\"clients=client*\"",
                text);
    return false;
  }
  Group group = {.name = g_strndup(text, (gsize)(sign - text)), .pattern = g_strdup(sign + 1)};
  g_array_append_val(groups->groups, group);
  for (guint i = 0; i < nodes->len; i++)
    if (g_pattern_match_simple(group.pattern, nodes->pdata[i]))
      return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
              "the group \"%s\" is empty: no node is called \"%s\"", group.name, group.pattern);
  return false;
}

LadderGroups *
ladder_groups_new(const char *text, const GPtrArray *nodes, GError **error)
{
  LadderGroups *groups = g_new0(LadderGroups, 1);
  groups->groups = g_array_new(FALSE, FALSE, sizeof(Group));
  g_array_set_clear_func(groups->groups, group_clear);
  g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip(parts[i]) != '\0' && !read_group(groups, parts[i], nodes, error)) {
      ladder_groups_free(groups);
      return NULL;
    }
  return groups;
}

void
ladder_groups_free(LadderGroups *groups)
{
  if (groups == NULL)
    return;
  g_array_unref(groups->groups);
  g_free(groups);
}

const char *
ladder_groups_of(const LadderGroups *groups, const char *node)
{
  for (guint i = 0; i < groups->groups->len; i++) {
    const Group *group = &g_array_index(groups->groups, Group, i);
    if (g_pattern_match_simple(group->pattern, node))
      return group->name;
  }
  return node;
}
