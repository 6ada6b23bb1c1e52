/* topology: a run's network as a drawing: its nodes and links, read from summary.json, placed on a
 * page, and labelled.
 *
 * Lengths are in points from the top left corner of the page; y grows downwards. The same network
 * always gives the same drawing, on every machine: no chance, and nothing but sums, products and
 * square roots. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef enum { TOPOLOGY_HOST, TOPOLOGY_ROUTER, TOPOLOGY_BOX, TOPOLOGY_KINDS } TopologyKind;

typedef struct TopologyNode {
  char *name; /* owned */
  TopologyKind kind;
  double x, y;          /* of its centre */
  double width, height; /* of what is drawn around the name */
} TopologyNode;

typedef struct TopologyLink {
  guint ends[2];     /* its nodes: 0 is where `forward` comes from */
  guint64 rate[2];   /* bit/s of forward and backward; 0: no limit */
  SimTime delay[2];  /* the same */
  guint place, of;   /* it is the place-th (from 0) of so many links between the same two nodes */
  double x[2], y[2]; /* what is drawn: from centre to centre, aside when there are several */
  char *label;       /* owned: lines of text; NULL: none, or `common` says it */
  bool labelled;     /* there was room for the label, ... */
  double label_x, label_y, label_width, label_height; /* ... here (its centre) */
} TopologyLink;

typedef struct Topology {
  GArray *nodes, *links; /* of TopologyNode, of TopologyLink, in their order in the scenario */
  char *common;          /* owned: what is true of the links without a label; NULL: nothing */
  GPtrArray *keys; /* of char *: "2: 10 Mbit/s, 20 ms", of labels that found no room and are numbers
                      in the drawing */
  guint unlabelled;     /* links that had no room even for the number */
  double width, height; /* of the page; the height follows from the drawing */
} Topology;

#define TOPOLOGY_NODES_MAX 300 /* more are no drawing */

/* From RUN/summary.json. An error when it is not there, older, or has too many nodes. */
Topology *topology_read(const char *run, GError **error);
/* Places everything on a page of that width [points] for a font of that size, and labels it. */
void topology_place(Topology *topology, double width, double font);
void topology_free(Topology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Topology, topology_free)

/* topology-layout.c and topology-label.c: the two parts of topology_place(). */
void topology_layout(Topology *topology, double font);
void topology_label(Topology *topology, double font);
