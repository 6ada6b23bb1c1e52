/* until: the rule of --until: a point gets more seeds until its interval is narrow enough.
 *
 *   ci(connect_time) < 2 %      half the 95 % interval, as a part of the mean
 *   ci(connect_time) < 5 ms     the same in the unit of the result
 *
 * Whether a point is done follows from its first so many seeds alone, in their order, so that the
 * number of seeds does not depend on who ran what when. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/stats.h"

#define UNTIL_SEEDS 10       /* when --seeds does not say with how many to begin */
#define UNTIL_MAX_SEEDS 1000 /* when --max-seeds does not say where to end */

typedef struct Until {
  char *result;  /* owned */
  bool relative; /* to the mean */
  double width;
} Until;

Until *until_parse(const char *text, GError **error);
void until_free(Until *until);
/* Whether the interval of these values is narrow enough. Not below two of them. */
bool until_holds(const Until *until, const SimMoments *moments);
/* How many seeds to try after `seeds` did not do: a quarter more, at least five. */
guint64 until_more(guint64 seeds, guint64 most);
