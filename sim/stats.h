/* stats: small summaries of many numbers, without keeping them.
 *
 * SimMoments: count, mean, variance, least and greatest (Welford). SimTimeMean: the mean of a level
 * over time (queue length). SimQuantiles: log-linear buckets, good to 1 % of the value. */
#pragma once

#include <stdint.h>

#include "sim/time.h"

typedef struct SimMoments {
  uint64_t n;
  double mean, m2; /* m2: sum of squared differences from the mean */
  double min, max; /* 0 while n is 0 */
} SimMoments;

void sim_moments_add(SimMoments *moments, double value);
double sim_moments_variance(const SimMoments *moments); /* of the sample, n - 1; 0 for n < 2 */

typedef struct SimTimeMean {
  SimTime since; /* of the first level */
  SimTime last;  /* when `level` began */
  double level;
  double area; /* level x seconds up to `last` */
  double max;
} SimTimeMean;

void sim_time_mean_init(SimTimeMean *mean, SimTime now, double level);
void sim_time_mean_set(SimTimeMean *mean, SimTime now, double level);
double sim_time_mean_value(const SimTimeMean *mean, SimTime now);

typedef struct SimQuantiles SimQuantiles;
SimQuantiles *sim_quantiles_new(void);
void sim_quantiles_free(SimQuantiles *quantiles);
void sim_quantiles_add(SimQuantiles *quantiles, double value);       /* value >= 0 */
double sim_quantiles_value(const SimQuantiles *quantiles, double q); /* q in [0, 1]; 0 when empty */
uint64_t sim_quantiles_count(const SimQuantiles *quantiles);
