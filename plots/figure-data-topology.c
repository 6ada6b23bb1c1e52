/* figure-data-topology: the drawing of topology.c as data. */
#include "plots/figure-data.h"
#include "plots/text-width.h"
#include "plots/topology.h"

#define POINTS (72 / 25.4) /* in a millimetre */
#define LINE 1.2           /* of the font */
#define DECIMALS 2
/* gnuplot stumbles over labels at NaN: a block of none has one that is not on the page. */
#define NO_TEXT "-999 -999 \" \""

static void
put_row(FigureData *data, const double *values, guint count, const char *text)
{
  for (guint i = 0; i < count; i++)
    figure_data_number(data, values[i], DECIMALS);
  if (text != NULL)
    figure_data_text(data, text);
  figure_data_row(data);
}

static void
put_nodes(FigureData *data, const Topology *topology)
{
  static const char *const blocks[TOPOLOGY_KINDS] = {"hosts", "routers", "boxes"};
  for (int kind = 0; kind < TOPOLOGY_KINDS; kind++) {
    figure_data_block(data, blocks[kind], "x y width height name", "-999 -999 0 0 \" \"");
    for (guint i = 0; i < topology->nodes->len; i++) {
      const TopologyNode *node = &g_array_index(topology->nodes, TopologyNode, i);
      if ((int)node->kind == kind)
        put_row(data, (double[]){node->x, node->y, node->width, node->height}, 4, node->name);
    }
  }
}

static void
put_links(FigureData *data, const Topology *topology)
{
  figure_data_block(data, "links", "x0 y0 x1 y1", "NaN NaN NaN NaN");
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    put_row(data, (double[]){link->x[0], link->y[0], link->x[1], link->y[1]}, 4, NULL);
  }
  figure_data_block(data, "backing", "x y width height", "NaN NaN NaN NaN");
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    if (link->labelled)
      put_row(data, (double[]){link->label_x, link->label_y, link->label_width, link->label_height},
              4, NULL);
  }
}

static void
put_labels(FigureData *data, const Topology *topology)
{
  double line = data->size.font * LINE;
  figure_data_block(data, "labels", "x y text", NO_TEXT);
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = &g_array_index(topology->links, TopologyLink, i);
    if (!link->labelled)
      continue;
    g_auto(GStrv) lines = g_strsplit(link->label, "\n", -1);
    double top = link->label_y - (g_strv_length(lines) - 1) * line / 2;
    for (guint k = 0; lines[k] != NULL; k++)
      put_row(data, (double[]){link->label_x, top + k * line}, 2, lines[k]);
  }
}

/* One more line of text below the drawing. */
static void
put_caption(FigureData *data, Topology *topology, const char *text)
{
  double line = data->size.font * LINE;
  topology->height += line;
  put_row(data, (double[]){topology->width / 2, topology->height - line / 2}, 2, text);
}

/* The keys of the numbers in the drawing, in as many columns as the widest one lets. */
static void
put_keys(FigureData *data, Topology *topology)
{
  double line = data->size.font * LINE, widest = 1;
  for (guint i = 0; i < topology->keys->len; i++)
    widest = MAX(widest, text_width(topology->keys->pdata[i]) + 2);
  guint most = (guint)(topology->width / (widest * TEXT_WIDTH_LETTER * data->size.font));
  guint columns = CLAMP(most, 1, MAX(topology->keys->len, 1));
  guint rows = (topology->keys->len + columns - 1) / columns;
  for (guint i = 0; i < topology->keys->len; i++) {
    double x = topology->width * (i / rows + 0.5) / columns;
    put_row(data, (double[]){x, topology->height + (i % rows + 0.5) * line}, 2,
            topology->keys->pdata[i]);
  }
  topology->height += rows * line;
}

/* What is said below the drawing. */
static void
put_captions(FigureData *data, Topology *topology)
{
  figure_data_block(data, "captions", "x y text", NO_TEXT);
  if (topology->common != NULL)
    put_caption(data, topology, topology->common);
  if (topology->keys->len > 0)
    put_keys(data, topology);
  if (topology->unlabelled > 0) {
    g_autofree char *text =
        g_strdup_printf("%u more have no room for a label: summary.json", topology->unlabelled);
    put_caption(data, topology, text);
  }
}

bool
figure_data_topology(FigureData *data, GError **error)
{
  g_autoptr(Topology) topology = topology_read(data->request->run, error);
  if (topology == NULL)
    return false;
  topology_place(topology, data->size.width * POINTS, data->size.font);
  put_nodes(data, topology);
  put_links(data, topology);
  put_labels(data, topology);
  put_captions(data, topology);
  figure_data_end(data);
  double title = data->request->title != NULL ? data->size.font * 2 : 0;
  figure_data_set(data, "paper_width", topology->width, DECIMALS);
  figure_data_set(data, "paper_height", topology->height, DECIMALS);
  figure_data_set(data, "paper_title", title, DECIMALS);
  data->size.height = (topology->height + title) / POINTS;
  return true;
}
