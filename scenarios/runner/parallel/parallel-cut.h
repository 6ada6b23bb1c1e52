/* parallel-cut: which part runs which node. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/net/net.h"

/* A graph as METIS takes it: what vertex i is next to stands in next_to[first[i]] and behind. */
typedef struct ParallelGraph {
  int32_t vertices;
  int32_t *first;   /* vertices + 1 */
  int32_t *next_to; /* both ways of each edge */
  int32_t *weight;  /* of vertices */
  int32_t *edge_weight;
} ParallelGraph;

/* What the module with METIS has: a part for each vertex; false: it could not. */
typedef bool (*ParallelDivideFn)(const ParallelGraph *graph, int32_t parts, int32_t *part_of);

#define PARALLEL_METIS_MODULE "roundtrip-metis.so"
#define PARALLEL_METIS_SYMBOL "parallel_metis"
extern const ParallelDivideFn parallel_metis; /* in the module */

/* The part of each node by its index, g_free; NULL and an error when the network cannot be cut into
 * so many, or the program was built without METIS. */
uint32_t *parallel_cut(const Net *net, unsigned parts, GError **error);
