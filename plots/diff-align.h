/* diff-align: which flows and packets of two traces belong together. Private to diff. */
#pragma once

#include "plots/diff-trace.h"

/* Two packets that belong together, or one that has no fellow (the other is DIFF_NONE). */
typedef struct DiffPair {
  guint a, b; /* indices in their flows */
} DiffPair;

typedef struct DiffFlowPair {
  const DiffFlow *a, *b; /* NULL: only the other side has it */
  GArray *pairs;         /* owned: of DiffPair, direction 0 first, each direction in order */
  guint *match_a;        /* owned: for each packet of a its fellow in b or DIFF_NONE */
  guint *match_b;
} DiffFlowPair;

/* Of DiffFlowPair, owned: every flow of both traces once. Those of one side have no pairs. */
GPtrArray *diff_align(const DiffTrace *a, const DiffTrace *b);
