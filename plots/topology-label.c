/* topology-label: what stands at the links: their rates and delays.
 *
 * A label is two lines on the link or beside it, where it covers no node and no other label and as
 * few other links as may be. What more than COMMON links have in common is said once, below the
 * drawing; a label that finds no room is a number there, and stands below in full. */
#include <math.h>
#include <string.h>

#include "plots/text-width.h"
#include "plots/topology.h"
#include "sim/quantity.h"

#define COMMON 4        /* more links with the same label have none */
#define DIGITS 4        /* significant ones of a delay */
#define LINE_HEIGHT 1.2 /* of the font */
#define CROSSING 1.0    /* what covering a link costs, ... */
#define ASIDE 0.5       /* standing beside the own one, ... */
#define OFF_CENTRE 1.0  /* being at its end, ... */
#define OUTSIDE 0.3     /* and making the page higher */

/* -- the texts -- */

static char *
rate_text(guint64 rate)
{
  return rate > 0 ? sim_quantity_print(SIM_QUANTITY_RATE, (double)rate) : g_strdup("");
}

static char *
delay_text(SimTime delay)
{
  char text[SIM_TIME_TEXT];
  return delay > 0 ? g_strdup(sim_time_print_unit(delay, DIGITS, text)) : g_strdup("");
}

static void
add_line(GString *label, const char *name, const char *text)
{
  if (*text == '\0')
    return;
  g_string_append_printf(label, "%s%s%s", label->len > 0 ? "\n" : "", name, text);
}

/* One line for both directions, or one for each, with its name. */
static void
add_pair(GString *label, const Topology *topology, const TopologyLink *link, const char *one,
         const char *other)
{
  if (strcmp(one, other) == 0) {
    add_line(label, "", one);
    return;
  }
  const char *a = g_array_index(topology->nodes, TopologyNode, link->ends[0]).name;
  const char *b = g_array_index(topology->nodes, TopologyNode, link->ends[1]).name;
  g_autofree char *forward = g_strdup_printf("%s>%s ", a, b);
  g_autofree char *backward = g_strdup_printf("%s>%s ", b, a);
  add_line(label, forward, *one != '\0' ? one : "-");
  add_line(label, backward, *other != '\0' ? other : "-");
}

/* "10 Mbit/s\n20 ms"; NULL: nothing is to be said. g_free. */
static char *
label_of(const Topology *topology, const TopologyLink *link)
{
  g_autofree char *rates[] = {rate_text(link->rate[0]), NULL};
  g_autofree char *rate = rate_text(link->rate[1]);
  g_autofree char *there = delay_text(link->delay[0]), *back = delay_text(link->delay[1]);
  GString *label = g_string_new(NULL);
  add_pair(label, topology, link, rates[0], rate);
  add_pair(label, topology, link, there, back);
  return g_string_free(label, label->len == 0);
}

/* Takes the label that most links have, when they are many, and makes the caption of it. */
static void
take_common(Topology *topology)
{
  TopologyLink *links = (TopologyLink *)(void *)topology->links->data;
  const char *common = NULL;
  guint most = COMMON;
  for (guint i = 0; i < topology->links->len; i++) {
    guint same = 0;
    for (guint k = 0; links[i].label != NULL && k < topology->links->len; k++)
      same += g_strcmp0(links[i].label, links[k].label) == 0;
    if (same > most) {
      most = same;
      common = links[i].label;
    }
  }
  if (common == NULL)
    return;
  g_auto(GStrv) lines = g_strsplit(common, "\n", -1);
  g_autofree char *joined = g_strjoinv(", ", lines);
  topology->common = g_strdup_printf(
      most == topology->links->len ? "each link: %s" : "links without a label: %s", joined);
  g_autofree char *text = g_strdup(common);
  for (guint i = 0; i < topology->links->len; i++)
    if (links[i].label == NULL)
      links[i].label = g_strdup("unlimited");
    else if (strcmp(links[i].label, text) == 0)
      g_clear_pointer(&links[i].label, g_free);
}

/* -- their places -- */

typedef struct Box {
  double left, right, top, bottom;
} Box;

static Box
box_of(double x, double y, double width, double height)
{
  return (Box){x - width / 2, x + width / 2, y - height / 2, y + height / 2};
}

static bool
overlap(const Box *a, const Box *b)
{
  return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* Does the line from (x0, y0) to (x1, y1) touch the box? By cutting it down (Liang and Barsky). */
static bool
crosses(const Box *box, const TopologyLink *link)
{
  double dx = link->x[1] - link->x[0], dy = link->y[1] - link->y[0], from = 0, to = 1;
  const double p[] = {-dx, dx, -dy, dy};
  const double q[] = {link->x[0] - box->left, box->right - link->x[0], link->y[0] - box->top,
                      box->bottom - link->y[0]};
  for (int i = 0; i < 4; i++) {
    if (p[i] == 0 && q[i] < 0)
      return false;
    if (p[i] < 0)
      from = MAX(from, q[i] / p[i]);
    else if (p[i] > 0)
      to = MIN(to, q[i] / p[i]);
  }
  return from <= to;
}

/* What a label would cost there; HUGE_VAL: it must not be there. */
static double
cost_of(const Topology *topology, const TopologyLink *own, const Box *box, double font)
{
  double cost = 0, margin = font * 0.2;
  Box wide = {box->left - margin, box->right + margin, box->top - margin, box->bottom + margin};
  if (box->left < 0 || box->right > topology->width)
    return HUGE_VAL;
  if (box->top < 0 || box->bottom > topology->height)
    cost += OUTSIDE;
  for (guint i = 0; i < topology->nodes->len; i++) {
    const TopologyNode *node = &g_array_index(topology->nodes, TopologyNode, i);
    Box other = box_of(node->x, node->y, node->width, node->height);
    if (overlap(&wide, &other))
      return HUGE_VAL;
  }
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    Box other = box_of(link->label_x, link->label_y, link->label_width, link->label_height);
    if (link != own && link->labelled && overlap(&wide, &other))
      return HUGE_VAL;
    if (link != own && crosses(box, link))
      cost += CROSSING;
  }
  return cost;
}

static void
measure(TopologyLink *link, double font)
{
  g_auto(GStrv) lines = g_strsplit(link->label, "\n", -1);
  link->label_width = link->label_height = 0;
  for (char **line = lines; *line != NULL; line++) {
    link->label_width = MAX(link->label_width, text_width(*line) * TEXT_WIDTH_LETTER * font);
    link->label_height += LINE_HEIGHT * font;
  }
}

/* How far beside its link a label has to stand to leave it free, along the link's normal. */
static double
clearance(const TopologyLink *link, double nx, double ny, double font)
{
  return (fabs(nx) * link->label_width + fabs(ny) * link->label_height) / 2 + font * 0.25;
}

static void
place(Topology *topology, TopologyLink *link, double font)
{
  static const double along[] = {0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78};
  double dx = link->x[1] - link->x[0], dy = link->y[1] - link->y[0];
  double length = MAX(sqrt(dx * dx + dy * dy), 1), best = HUGE_VAL;
  double nx = -dy / length, ny = dx / length;
  measure(link, font);
  double away = clearance(link, nx, ny, font);
  for (guint i = 0; i < G_N_ELEMENTS(along); i++)
    for (int side = 0; side < 3; side++) {
      double aside = side == 0 ? 0 : side == 1 ? -away : away;
      double x = link->x[0] + dx * along[i] + nx * aside,
             y = link->y[0] + dy * along[i] + ny * aside;
      Box box = box_of(x, y, link->label_width, link->label_height);
      double cost = cost_of(topology, link, &box, font) + fabs(along[i] - 0.5) * OFF_CENTRE +
                    (side > 0 ? ASIDE : 0);
      if (cost < best) {
        best = cost;
        link->label_x = x;
        link->label_y = y;
      }
    }
  link->labelled = best < HUGE_VAL;
}

/* Labels above or below the page become part of it. */
static void
make_room(Topology *topology)
{
  double top = 0, bottom = topology->height;
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    if (link->labelled) {
      top = MIN(top, link->label_y - link->label_height / 2);
      bottom = MAX(bottom, link->label_y + link->label_height / 2);
    }
  }
  for (guint i = 0; i < topology->nodes->len; i++)
    g_array_index(topology->nodes, TopologyNode, i).y -= top;
  for (guint i = 0; i < topology->links->len; i++) {
    TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    link->y[0] -= top;
    link->y[1] -= top;
    link->label_y -= top;
  }
  topology->height = bottom - top;
}

/* The number that stands for a label, the same for the same one; its key is added. */
static void
take_number(Topology *topology, TopologyLink *link)
{
  g_auto(GStrv) lines = g_strsplit(link->label, "\n", -1);
  g_autofree char *text = g_strjoinv(", ", lines);
  guint number = 0;
  for (; number < topology->keys->len; number++)
    if (strcmp(strchr(topology->keys->pdata[number], ' ') + 1, text) == 0)
      break;
  if (number == topology->keys->len)
    g_ptr_array_add(topology->keys, g_strdup_printf("%u: %s", number + 1, text));
  g_free(link->label);
  link->label = g_strdup_printf("%u", number + 1);
}

void
topology_label(Topology *topology, double font)
{
  TopologyLink *links = (TopologyLink *)(void *)topology->links->data;
  for (guint i = 0; i < topology->links->len; i++)
    links[i].label = label_of(topology, &links[i]);
  take_common(topology);
  for (guint i = 0; i < topology->links->len; i++)
    if (links[i].label != NULL)
      place(topology, &links[i], font);
  for (guint i = 0; i < topology->links->len; i++) {
    if (links[i].label == NULL || links[i].labelled)
      continue;
    take_number(topology, &links[i]);
    place(topology, &links[i], font);
    topology->unlabelled += !links[i].labelled;
  }
  make_room(topology);
}
