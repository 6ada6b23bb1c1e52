/* topology-parts: what the two files of the layout share. Nobody else includes it. */
#pragma once

#include "plots/topology.h"

#define TOPOLOGY_FAR 1e6 /* more hops than there are */

typedef struct Layout {
  Topology *topology;
  TopologyNode *nodes;
  TopologyLink *links;
  guint count, link_count;
  double *hops; /* count x count, between any two; owned */
  double font;
  double gap; /* at least so much is left between two nodes */
} Layout;

static inline double *
topology_hops_from(const Layout *layout, guint root)
{
  return layout->hops + (gsize)root * layout->count;
}

/* topology-stress.c: by the distances; in points from (0, 0) on, as wide as the page. */
void topology_stress_place(const Layout *layout);
