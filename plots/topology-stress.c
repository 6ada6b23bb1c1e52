/* topology-stress: nodes whose distances on paper are like those in hops.
 *
 * The stress of Kamada and Kawai is made less by Gansner, Koren and North's majorization (2004)
 * from several beginnings, of which the best is kept; then the longer side is laid along the page,
 * and leaves of the same node change places until they stand in the order of the scenario. */
#include <math.h>
#include <string.h>

#include "plots/topology-parts.h"

#define STARTS 8   /* beginnings */
#define ROUNDS 200 /* of majorization each, ... */
#define MANY 100   /* ... but of more nodes than so many ... */
#define ROUNDS_OF_MANY 50
#define FLAT 0.3 /* hops: what is less high is a line */

/* The next of a sequence between -1 and 1 that looks like chance and is none. */
static double
scatter(guint64 *state)
{
  *state =
      *state * G_GUINT64_CONSTANT(6364136223846793005) + G_GUINT64_CONSTANT(1442695040888963407);
  return (double)(*state >> 11) / (double)(G_GUINT64_CONSTANT(1) << 52) - 1;
}

/* A beginning: by the distances from two nodes that are far apart, or (start > 0) anyhow. */
static void
begin(const Layout *layout, guint start)
{
  guint64 state = start + 1;
  guint far[2] = {0, 0};
  for (int turn = 0; turn < 3; turn++)
    for (guint i = 0; i < layout->count; i++)
      if (topology_hops_from(layout, far[turn % 2])[i] >
          topology_hops_from(layout, far[turn % 2])[far[1 - turn % 2]])
        far[1 - turn % 2] = i;
  for (guint i = 0; i < layout->count; i++) {
    double x = topology_hops_from(layout, far[0])[i] - topology_hops_from(layout, far[1])[i];
    layout->nodes[i].x = (start == 0 ? x : 0) + scatter(&state) * (start == 0 ? 0.3 : 2);
    layout->nodes[i].y = scatter(&state) * (start == 0 ? 0.3 : 2);
  }
}

static double
distance(const TopologyNode *a, const TopologyNode *b)
{
  double dx = a->x - b->x, dy = a->y - b->y;
  return sqrt(dx * dx + dy * dy);
}

static double
stress(const Layout *layout)
{
  double sum = 0;
  for (guint i = 0; i < layout->count; i++)
    for (guint k = 0; k < i; k++) {
      double wanted = topology_hops_from(layout, i)[k];
      double off = (distance(&layout->nodes[i], &layout->nodes[k]) - wanted) / wanted;
      sum += off * off;
    }
  return sum;
}

/* One node to where the others together would have it. */
static void
majorize(const Layout *layout, guint i)
{
  double x = 0, y = 0, weights = 0;
  TopologyNode *node = &layout->nodes[i];
  for (guint k = 0; k < layout->count; k++) {
    const TopologyNode *other = &layout->nodes[k];
    double wanted = topology_hops_from(layout, i)[k], is = distance(node, other);
    if (k == i)
      continue;
    double weight = 1 / (wanted * wanted), pull = is > 1e-9 ? wanted / is : 0;
    x += weight * (other->x + pull * (node->x - other->x));
    y += weight * (other->y + pull * (node->y - other->y));
    weights += weight;
  }
  if (weights > 0) {
    node->x = x / weights;
    node->y = y / weights;
  }
}

/* The way in which the nodes are spread most becomes the x axis; the first node is left and not
 * below the middle. */
static void
turn(const Layout *layout)
{
  double x = 0, y = 0, a = 0, b = 0, c = 0;
  for (guint i = 0; i < layout->count; i++) {
    x += layout->nodes[i].x / layout->count;
    y += layout->nodes[i].y / layout->count;
  }
  for (guint i = 0; i < layout->count; i++) {
    double dx = layout->nodes[i].x - x, dy = layout->nodes[i].y - y;
    a += dx * dx;
    b += dx * dy;
    c += dy * dy;
  }
  double half = (a - c) / 2, root = sqrt(half * half + b * b);
  double ux = half + root, uy = b, length = sqrt(ux * ux + uy * uy);
  if (length < 1e-9) {
    ux = half >= 0 ? 1 : 0;
    uy = half >= 0 ? 0 : 1;
    length = 1;
  }
  ux /= length;
  uy /= length;
  const TopologyNode first = layout->nodes[0];
  double flip_x = (first.x - x) * ux + (first.y - y) * uy > 0 ? -1 : 1;
  double flip_y = (first.y - y) * ux - (first.x - x) * uy > 0 ? -1 : 1;
  for (guint i = 0; i < layout->count; i++) {
    double dx = layout->nodes[i].x - x, dy = layout->nodes[i].y - y;
    layout->nodes[i].x = flip_x * (dx * ux + dy * uy);
    layout->nodes[i].y = flip_y * (dy * ux - dx * uy);
  }
}

/* -- leaves -- */

/* Where v stands, seen from u, on a turn from 0 to 4 that begins at u and goes by the upper side
 * (to the right when u points straight up or down). */
static double
turn_of(double ux, double uy, double vx, double vy)
{
  double length = sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy));
  if (length < 1e-9)
    return 0;
  double along = (ux * vx + uy * vy) / length, aside = (uy * vx - ux * vy) / length;
  bool upper_first = ux > 1e-6 ? aside >= 0 : aside <= 0;
  return upper_first ? 1 - along : 3 + along;
}

typedef struct Leaf {
  double turn, x, y;
} Leaf;

static int
compare_leaves(gconstpointer a, gconstpointer b)
{
  double one = ((const Leaf *)a)->turn, other = ((const Leaf *)b)->turn;
  return one < other ? -1 : one > other;
}

/* The only neighbour of each node; count: it has several, or none. */
static guint *
find_hubs(const Layout *layout)
{
  guint *hub = g_new(guint, layout->count);
  for (guint i = 0; i < layout->count; i++) {
    guint links = 0;
    hub[i] = layout->count;
    for (guint k = 0; k < layout->link_count; k++)
      for (int way = 0; way < 2; way++)
        if (layout->links[k].ends[way] == i) {
          links++;
          hub[i] = layout->links[k].ends[1 - way];
        }
    if (links != 1)
      hub[i] = layout->count;
  }
  return hub;
}

/* Leaves around the same node may change places: they stand in the order of the scenario, around it
 * from the side where the rest of the network is. */
static void
order_leaves(const Layout *layout)
{
  g_autofree guint *hub = find_hubs(layout);
  for (guint h = 0; h < layout->count; h++) {
    const TopologyNode centre = layout->nodes[h];
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Leaf));
    double ux = -centre.x, uy = -centre.y; /* the middle of all is (0, 0) */
    if (ux * ux + uy * uy < 0.01) {
      ux = 0;
      uy = -1;
    }
    for (guint i = 0; i < layout->count; i++) {
      const TopologyNode *node = &layout->nodes[i];
      Leaf leaf = {turn_of(ux, uy, node->x - centre.x, node->y - centre.y), node->x, node->y};
      if (hub[i] == h)
        g_array_append_val(places, leaf);
    }
    g_array_sort(places, compare_leaves);
    for (guint i = 0, next = 0; i < layout->count; i++)
      if (hub[i] == h) {
        const Leaf *leaf = &g_array_index(places, Leaf, next++);
        layout->nodes[i].x = leaf->x;
        layout->nodes[i].y = leaf->y;
      }
  }
}

/* -- on paper -- */

/* From hops to points: the width of the page, and a height that goes with it. */
static void
fit(const Layout *layout)
{
  double left = TOPOLOGY_FAR, right = -TOPOLOGY_FAR, top = TOPOLOGY_FAR, bottom = -TOPOLOGY_FAR,
         widest = 0, font = layout->font;
  for (guint i = 0; i < layout->count; i++) {
    left = MIN(left, layout->nodes[i].x);
    right = MAX(right, layout->nodes[i].x);
    top = MIN(top, layout->nodes[i].y);
    bottom = MAX(bottom, layout->nodes[i].y);
    widest = MAX(widest, layout->nodes[i].width);
  }
  double across = layout->topology->width - widest - font;
  double scale_x = right - left > 1e-6 ? across / (right - left) : 0;
  /* The more nodes, the higher; a hop upwards has room for two lines of a label. */
  double most = layout->topology->width * CLAMP(0.3 + 0.02 * layout->count, 0.35, 1);
  double scale_y = MIN(MAX(scale_x, 5 * font), most / MAX(bottom - top, 1e-6));
  if (bottom - top < FLAT)
    scale_y = 0;
  for (guint i = 0; i < layout->count; i++) {
    TopologyNode *node = &layout->nodes[i];
    node->x = scale_x > 0 ? (widest + font) / 2 + (node->x - left) * scale_x
                          : layout->topology->width / 2;
    node->y = (node->y - top) * scale_y;
  }
}

void
topology_stress_place(const Layout *layout)
{
  g_autofree TopologyNode *best = g_new(TopologyNode, layout->count);
  double least = TOPOLOGY_FAR * TOPOLOGY_FAR;
  for (guint start = 0; start < STARTS; start++) {
    begin(layout, start);
    for (guint round = 0; round < (layout->count > MANY ? ROUNDS_OF_MANY : ROUNDS); round++)
      for (guint i = 0; i < layout->count; i++)
        majorize(layout, i);
    double now = stress(layout);
    if (now < least - 1e-9) {
      least = now;
      memcpy(best, layout->nodes, layout->count * sizeof *best);
    }
  }
  memcpy(layout->nodes, best, layout->count * sizeof *best);
  turn(layout);
  order_leaves(layout);
  fit(layout);
}
