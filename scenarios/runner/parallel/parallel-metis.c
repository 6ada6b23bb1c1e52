/* parallel-metis: METIS, as a module of its own: nothing else needs it. */
#include <metis.h>

#include "scenarios/runner/parallel/parallel-cut.h"

#define FEW_PARTS 8 /* so many are better cut in two again and again, as METIS's manual says */

G_STATIC_ASSERT(sizeof(idx_t) == sizeof(int32_t));

static bool
divide(const ParallelGraph *graph, int32_t parts, int32_t *part_of)
{
  idx_t options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = 1;
  idx_t vertices = graph->vertices, constraints = 1, wanted = parts, cut;
  int (*method)(idx_t *, idx_t *, idx_t *, idx_t *, idx_t *, idx_t *, idx_t *, idx_t *, real_t *,
                real_t *, idx_t *, idx_t *, idx_t *) =
      parts <= FEW_PARTS ? METIS_PartGraphRecursive : METIS_PartGraphKway;
  return method(&vertices, &constraints, graph->first, graph->next_to, graph->weight, NULL,
                graph->edge_weight, &wanted, NULL, NULL, options, &cut, part_of) == METIS_OK;
}

const ParallelDivideFn parallel_metis = divide;
