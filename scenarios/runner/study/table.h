/* table: what a study found, point by point, in the order of the plan. */
#pragma once

#include "scenarios/runner/study/study.h"

/* The names of the results, in the order in which they first appear. g_ptr_array_unref; NULL and an
 * error. */
GPtrArray *table_names(const Study *study, GError **error);

/* The values of one point, read again and again for one point after the other. */
typedef struct TablePoint {
  const GPtrArray *names;
  GArray **values; /* owned: of double, by name, in the order of seeds; NaN: a run without it */
  GArray *seeds;   /* owned: of uint64_t: of the runs that have results */
  guint failed;    /* runs without results */
} TablePoint;

void table_point_init(TablePoint *point, const GPtrArray *names);
void table_point_clear(TablePoint *point);
bool table_point_read(TablePoint *point, const Study *study, uint64_t number, GError **error);

typedef struct TableStats {
  SimMoments moments;
  double deviation;        /* NaN below two values, as all that follows from it */
  double half;             /* of the 95 % interval */
  double median, p90, p99; /* NaN without values */
} TableStats;

/* Of values that are not NaN. Sorts `values`. */
void table_stats(TableStats *stats, GArray *values);
/* The values of `a` less those of `b` for the seeds that both have. g_array_unref. */
GArray *table_differences(const TablePoint *a, const TablePoint *b, guint result);
