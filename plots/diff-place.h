/* diff-place: from where two sides are looked at. Private to diff. */
#pragma once

#include "plots/run-log.h"

/* `*at` becomes the node whose view is compared: `wanted` when it is not NULL, NULL between two
 * runs (what was sent) or two captures, else the node of the run at which the capture was made.
 * Borrowed. An error when no node is called so, or the capture does not tell. */
bool diff_place(const RunLog *a, const RunLog *b, const char *wanted, const char **at,
                GError **error);
