/* topology-layout: where the nodes stand.
 *
 * A network in tiers, as a fat-tree is (every link joins a tier, counted in hops from the nearest
 * host, with the next one, and there are three or more), is drawn in rows, hosts at the bottom.
 * Any other is drawn so that distances on paper are like those in hops (topology-stress.c), and
 * then what overlaps is pushed apart, a node from a node and from a link that is not its own. */
#include <math.h>

#include "plots/text-width.h"
#include "plots/topology-parts.h"

#define PUSHES 400 /* rounds of pushing apart */

/* -- distances -- */

/* By relaxing: networks that are drawn are small. Parts that are not joined are far, but not
 * infinitely. */
static void
measure(Layout *layout)
{
  guint count = layout->count;
  double most = 1;
  layout->hops = g_new(double, (gsize)count *count);
  for (guint root = 0; root < count; root++) {
    double *hops = topology_hops_from(layout, root);
    for (guint i = 0; i < count; i++)
      hops[i] = i == root ? 0 : TOPOLOGY_FAR;
    for (bool changed = true; changed;) {
      changed = false;
      for (guint k = 0; k < layout->link_count; k++)
        for (int way = 0; way < 2; way++) {
          guint from = layout->links[k].ends[way], to = layout->links[k].ends[1 - way];
          if (hops[from] + 1 < hops[to]) {
            hops[to] = hops[from] + 1;
            changed = true;
          }
        }
    }
    for (guint i = 0; i < count; i++)
      most = hops[i] < TOPOLOGY_FAR ? MAX(most, hops[i]) : most;
  }
  for (gsize i = 0; i < (gsize)count * count; i++)
    layout->hops[i] = MIN(layout->hops[i], most + 1);
}

/* -- in rows -- */

/* The tier of each node: hops from the nearest host. The number of tiers; 0: it is not built so. */
static guint
find_tiers(const Layout *layout, guint *tier)
{
  guint tiers = 0;
  for (guint i = 0; i < layout->count; i++) {
    double nearest = TOPOLOGY_FAR;
    for (guint k = 0; k < layout->count; k++)
      if (layout->nodes[k].kind == TOPOLOGY_HOST)
        nearest = MIN(nearest, topology_hops_from(layout, k)[i]);
    if (nearest >= layout->count)
      return 0;
    tier[i] = (guint)nearest;
    tiers = MAX(tiers, tier[i] + 1);
  }
  for (guint k = 0; k < layout->link_count; k++) {
    guint a = tier[layout->links[k].ends[0]], b = tier[layout->links[k].ends[1]];
    if (a + 1 != b && b + 1 != a)
      return 0;
  }
  return tiers;
}

/* Mean place (x, 0 to 1) of a node's neighbours in the tier `of`; its own when there are none. */
static double
barycentre(const Layout *layout, const guint *tier, guint node, guint of)
{
  double sum = 0;
  guint neighbours = 0;
  for (guint k = 0; k < layout->link_count; k++)
    for (int way = 0; way < 2; way++)
      if (layout->links[k].ends[way] == node && tier[layout->links[k].ends[1 - way]] == of) {
        sum += layout->nodes[layout->links[k].ends[1 - way]].x;
        neighbours++;
      }
  return neighbours > 0 ? sum / neighbours : layout->nodes[node].x;
}

typedef struct Ranked {
  double key;
  guint node;
} Ranked;

static int
compare_ranked(gconstpointer a, gconstpointer b)
{
  const Ranked *one = a, *other = b;
  if (one->key != other->key)
    return one->key < other->key ? -1 : 1;
  return one->node < other->node ? -1 : one->node > other->node;
}

/* The nodes of a tier in the order of their neighbours in the tier `by`, and where that decides
 * nothing in that of the scenario; x from 0 to 1. */
static void
order_row(const Layout *layout, const guint *tier, guint which, guint by)
{
  g_autoptr(GArray) row = g_array_new(FALSE, FALSE, sizeof(Ranked));
  for (guint i = 0; i < layout->count; i++)
    if (tier[i] == which) {
      Ranked ranked = {by != which ? barycentre(layout, tier, i, by) : i, i};
      g_array_append_val(row, ranked);
    }
  g_array_sort(row, compare_ranked);
  for (guint i = 0; i < row->len; i++)
    layout->nodes[g_array_index(row, Ranked, i).node].x = (i + 0.5) / row->len;
}

/* A row that is wider than the page is staggered in several lines. */
static double
place_row(const Layout *layout, const guint *tier, guint which, double top)
{
  double need = 0, tallest = 0, gap = layout->font * 0.6, page = layout->topology->width;
  for (guint i = 0; i < layout->count; i++)
    if (tier[i] == which) {
      need += layout->nodes[i].width + gap;
      tallest = MAX(tallest, layout->nodes[i].height);
    }
  guint lines = (guint)ceil(need / page);
  guint in_row = 0;
  for (guint i = 0; i < layout->count; i++)
    in_row += tier[i] == which;
  for (guint i = 0; i < layout->count; i++)
    if (tier[i] == which) {
      guint place = (guint)(layout->nodes[i].x * in_row);
      layout->nodes[i].y = top + tallest / 2 + place % lines * (tallest + gap);
      layout->nodes[i].x *= page;
    }
  return top + lines * (tallest + gap);
}

static void
place_in_rows(const Layout *layout, const guint *tier, guint tiers)
{
  for (guint i = 0; i < tiers; i++)
    order_row(layout, tier, i, i > 0 ? i - 1 : 0);
  for (guint i = tiers - 1; i-- > 0;)
    order_row(layout, tier, i, i + 1);
  for (guint i = 1; i < tiers; i++)
    order_row(layout, tier, i, i - 1);
  double top = layout->font;
  for (guint i = tiers; i-- > 0;)
    top = place_row(layout, tier, i, top) + (i > 0 ? layout->font * 4.5 : 0);
  layout->topology->height = top + layout->font * 0.4;
}

/* -- pushing apart -- */

static bool
push_nodes(const Layout *layout, TopologyNode *a, TopologyNode *b)
{
  double gap = layout->gap;
  double over_x = (a->width + b->width) / 2 + gap - fabs(a->x - b->x);
  double over_y = (a->height + b->height) / 2 + gap - fabs(a->y - b->y);
  if (over_x <= 0 || over_y <= 0)
    return false;
  if (over_y <= over_x) {
    double by = (over_y / 2 + 0.01) * (a->y <= b->y ? -1 : 1);
    a->y += by;
    b->y -= by;
  } else {
    double by = (over_x / 2 + 0.01) * (a->x <= b->x ? -1 : 1);
    a->x += by;
    b->x -= by;
  }
  return true;
}

/* Away from a link that crosses it and is not its own, at right angles to the link. */
static bool
push_from_link(const Layout *layout, TopologyNode *node, const TopologyLink *link)
{
  const TopologyNode *a = &layout->nodes[link->ends[0]], *b = &layout->nodes[link->ends[1]];
  double dx = b->x - a->x, dy = b->y - a->y, length = sqrt(dx * dx + dy * dy);
  if (node == a || node == b || length < 1)
    return false;
  double along = ((node->x - a->x) * dx + (node->y - a->y) * dy) / length;
  double aside = ((node->y - a->y) * dx - (node->x - a->x) * dy) / length;
  double reach =
      (fabs(dy) * node->width + fabs(dx) * node->height) / length / 2 + layout->font * 0.4;
  if (along <= 0 || along >= length || fabs(aside) >= reach)
    return false;
  double by = (reach - fabs(aside)) * 0.5 * (aside >= 0 ? 1 : -1);
  node->x -= dy / length * by;
  node->y += dx / length * by;
  return true;
}

static void
stay_on_page(const Layout *layout, TopologyNode *node)
{
  double margin = node->width / 2 + layout->font * 0.2;
  node->x = CLAMP(node->x, margin, MAX(layout->topology->width - margin, margin));
}

static void
push_apart(const Layout *layout, bool from_links)
{
  bool moved = true;
  for (guint round = 0; moved && round < PUSHES; round++) {
    moved = false;
    for (guint i = 0; i < layout->count; i++)
      for (guint k = 0; k < i; k++)
        moved |= push_nodes(layout, &layout->nodes[k], &layout->nodes[i]);
    for (guint i = 0; i < layout->count && from_links && round < PUSHES / 2; i++)
      for (guint k = 0; k < layout->link_count; k++)
        moved |= push_from_link(layout, &layout->nodes[i], &layout->links[k]);
    for (guint i = 0; i < layout->count; i++)
      stay_on_page(layout, &layout->nodes[i]);
  }
}

/* The page begins above the highest node and ends below the lowest. */
static void
set_height(const Layout *layout)
{
  double top = TOPOLOGY_FAR, bottom = -TOPOLOGY_FAR;
  for (guint i = 0; i < layout->count; i++) {
    const TopologyNode *node = &layout->nodes[i];
    top = MIN(top, node->y - node->height / 2);
    bottom = MAX(bottom, node->y + node->height / 2);
  }
  double margin = layout->font * 1.6; /* room for a label beside a link at the edge */
  for (guint i = 0; i < layout->count; i++)
    layout->nodes[i].y += margin - top;
  layout->topology->height = bottom - top + 2 * margin;
}

/* -- the links -- */

/* Those between the same two nodes lie side by side. */
static void
place_links(const Layout *layout)
{
  for (guint i = 0; i < layout->link_count; i++) {
    TopologyLink *link = &layout->links[i];
    guint low = MIN(link->ends[0], link->ends[1]), high = MAX(link->ends[0], link->ends[1]);
    const TopologyNode *a = &layout->nodes[low], *b = &layout->nodes[high];
    double dx = b->x - a->x, dy = b->y - a->y, length = MAX(sqrt(dx * dx + dy * dy), 1);
    double aside =
        (link->place - (link->of - 1) / 2.) * MIN(layout->font * 1.2, 1.2 * a->height / link->of);
    for (int end = 0; end < 2; end++) {
      const TopologyNode *node = &layout->nodes[link->ends[end]];
      link->x[end] = node->x - dy / length * aside;
      link->y[end] = node->y + dx / length * aside;
    }
  }
}

void
topology_layout(Topology *topology, double font)
{
  Layout layout = {
      .topology = topology,
      .nodes = (TopologyNode *)(void *)topology->nodes->data,
      .links = (TopologyLink *)(void *)topology->links->data,
      .count = topology->nodes->len,
      .link_count = topology->links->len,
      .font = font,
  };
  for (guint i = 0; i < layout.count; i++) {
    TopologyNode *node = &layout.nodes[i];
    double text = text_width(node->name) * TEXT_WIDTH_LETTER * font;
    node->width = MAX(text, font) + font * (node->kind == TOPOLOGY_ROUTER ? 1.4 : 0.8);
    node->height = font * (node->kind == TOPOLOGY_ROUTER ? 1.9 : 1.6);
  }
  measure(&layout);
  g_autofree guint *tier = g_new0(guint, layout.count);
  guint tiers = find_tiers(&layout, tier);
  if (tiers >= 3) {
    layout.gap = font * 0.4;
    place_in_rows(&layout, tier, tiers);
    push_apart(&layout, false);
  } else {
    layout.gap = font * 1.7; /* the number of a label fits in between */
    topology_stress_place(&layout);
    push_apart(&layout, true);
    set_height(&layout);
  }
  place_links(&layout);
  g_free(layout.hops);
}
