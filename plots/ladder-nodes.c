/* ladder-nodes: which node stands beside which.
 *
 * A walk in depth along the arrows, from a node at an end (one with a single neighbour): the one
 * that opened the first connection, else the first to send, and on to the neighbours in the order
 * of their appearance. So a chain of hosts
 * and routers becomes a row in which every arrow goes to the next line; in a star the arms stand
 * in order around the hub. */
#include "plots/ladder-parts.h"

#include <string.h>

typedef struct Walk {
  guint n;
  bool *linked;  /* n x n: an arrow goes between them */
  bool *visited; /* n */
  guint *place;  /* n: its column */
  guint next;    /* column to give out */
} Walk;

static guint
neighbours(const Walk *walk, guint node)
{
  guint count = 0;
  for (guint i = 0; i < walk->n; i++)
    count += walk->linked[node * walk->n + i] && i != node ? 1 : 0;
  return count;
}

static void
visit(Walk *walk, guint node)
{
  walk->visited[node] = true;
  walk->place[node] = walk->next++;
  for (guint i = 0; i < walk->n; i++)
    if (walk->linked[node * walk->n + i] && !walk->visited[i])
      visit(walk, i);
}

static void
renumber(Ladder *ladder, const guint *place)
{
  for (guint i = 0; i < ladder->arrows->len; i++) {
    LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    arrow->from = place[arrow->from];
    arrow->to = place[arrow->to];
  }
  for (guint i = 0; i < ladder->states->len; i++) {
    LadderState *state = &g_array_index(ladder->states, LadderState, i);
    state->node = place[state->node];
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    timer->node = place[timer->node];
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    if (note->node != G_MAXUINT)
      note->node = place[note->node];
  }
}

/* The name of a connection begins with its opener: "client:49152-server:80". */
static bool
is_opener(const Ladder *ladder, const char *node)
{
  if (ladder->conns->len == 0)
    return false;
  const char *conn = ladder->conns->pdata[0];
  return g_str_has_prefix(conn, node) && conn[strlen(node)] == ':';
}

void
ladder_nodes_arrange(Ladder *ladder)
{
  Walk walk = {.n = ladder->nodes->len};
  walk.linked = g_new0(bool, (gsize)walk.n *walk.n + 1);
  walk.visited = g_new0(bool, walk.n + 1);
  walk.place = g_new0(guint, walk.n + 1);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    walk.linked[arrow->from * walk.n + arrow->to] = true;
    walk.linked[arrow->to * walk.n + arrow->from] = true;
  }
  for (guint i = 0; i < walk.n; i++)
    if (!walk.visited[i] && neighbours(&walk, i) == 1 && is_opener(ladder, ladder->nodes->pdata[i]))
      visit(&walk, i);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    guint from = g_array_index(ladder->arrows, LadderArrow, i).from;
    if (!walk.visited[from] && neighbours(&walk, from) == 1)
      visit(&walk, from);
  }
  for (guint i = 0; i < walk.n; i++)
    if (!walk.visited[i])
      visit(&walk, i);
  GPtrArray *nodes = g_ptr_array_sized_new(walk.n);
  g_ptr_array_set_size(nodes, (gint)walk.n);
  for (guint i = 0; i < walk.n; i++)
    nodes->pdata[walk.place[i]] = ladder->nodes->pdata[i];
  g_ptr_array_unref(ladder->nodes);
  ladder->nodes = nodes;
  renumber(ladder, walk.place);
  g_free(walk.linked);
  g_free(walk.visited);
  g_free(walk.place);
}
