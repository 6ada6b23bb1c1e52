/* stats: running moments, means over time, quantiles from log-linear buckets.
 *
 * A bucket is a binary octave's sixty-fourth part: its number is the upper bits of the double, and
 * its middle is at most 1/128 of the value away from anything in it. The array reaches from the
 * least bucket ever used to the greatest. Below the least normal double everything counts as 0. */
#include "sim/stats.h"

#include <float.h>
#include <glib.h>
#include <stddef.h>
#include <string.h>

#define BUCKET_SHIFT 46 /* 52 bits of mantissa less 6 for the sixty-fourths */

void
sim_moments_add(SimMoments *moments, double value)
{
  if (moments->n == 0 || value < moments->min)
    moments->min = value;
  if (moments->n == 0 || value > moments->max)
    moments->max = value;
  moments->n++;
  double difference = value - moments->mean;
  moments->mean += difference / (double)moments->n;
  moments->m2 += difference * (value - moments->mean);
}

double
sim_moments_variance(const SimMoments *moments)
{
  return moments->n < 2 ? 0 : moments->m2 / (double)(moments->n - 1);
}

void
sim_time_mean_init(SimTimeMean *mean, SimTime now, double level)
{
  *mean = (SimTimeMean){.since = now, .last = now, .level = level, .max = level};
}

void
sim_time_mean_set(SimTimeMean *mean, SimTime now, double level)
{
  g_assert(now >= mean->last);
  mean->area += mean->level * sim_time_to_seconds(now - mean->last);
  mean->last = now;
  mean->level = level;
  mean->max = MAX(mean->max, level);
}

double
sim_time_mean_value(const SimTimeMean *mean, SimTime now)
{
  g_assert(now >= mean->last);
  if (now == mean->since)
    return mean->level;
  double area = mean->area + mean->level * sim_time_to_seconds(now - mean->last);
  return area / sim_time_to_seconds(now - mean->since);
}

struct SimQuantiles {
  uint64_t *buckets; /* owned; counts of buckets first ... first + length - 1; NULL while empty */
  size_t first;      /* number of the first bucket there is */
  size_t length;
  uint64_t zeros; /* values below the least normal double */
  uint64_t n;
  double min, max; /* 0 while n is 0 */
};

SimQuantiles *
sim_quantiles_new(void)
{
  return g_new0(SimQuantiles, 1);
}

void
sim_quantiles_free(SimQuantiles *quantiles)
{
  if (quantiles == NULL)
    return;
  g_free(quantiles->buckets);
  g_free(quantiles);
}

static size_t
bucket_of(double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (size_t)(bits >> BUCKET_SHIFT);
}

static double
bucket_middle(size_t bucket)
{
  uint64_t bits = ((uint64_t)bucket << BUCKET_SHIFT) + (UINT64_C(1) << (BUCKET_SHIFT - 1));
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Makes the array reach `bucket`, with an octave to spare on that side. */
static void
reach(SimQuantiles *quantiles, size_t bucket)
{
  size_t first = quantiles->length == 0 ? bucket : MIN(bucket, quantiles->first);
  size_t end = MAX(bucket + 1, quantiles->length == 0 ? 0 : quantiles->first + quantiles->length);
  if (first == quantiles->first && end == quantiles->first + quantiles->length)
    return;
  size_t spare = 64;
  if (quantiles->length == 0 || first < quantiles->first)
    first -= MIN(first, spare);
  if (quantiles->length == 0 || end > quantiles->first + quantiles->length)
    end += spare;
  uint64_t *buckets = g_new0(uint64_t, end - first);
  if (quantiles->length > 0)
    memcpy(buckets + (quantiles->first - first), quantiles->buckets,
           quantiles->length * sizeof *buckets);
  g_free(quantiles->buckets);
  quantiles->buckets = buckets;
  quantiles->first = first;
  quantiles->length = end - first;
}

void
sim_quantiles_add(SimQuantiles *quantiles, double value)
{
  g_assert(value >= 0 && value <= DBL_MAX);
  if (quantiles->n == 0 || value < quantiles->min)
    quantiles->min = value;
  if (quantiles->n == 0 || value > quantiles->max)
    quantiles->max = value;
  quantiles->n++;
  if (value < DBL_MIN) {
    quantiles->zeros++;
    return;
  }
  size_t bucket = bucket_of(value);
  reach(quantiles, bucket);
  quantiles->buckets[bucket - quantiles->first]++;
}

/* The value of nearest rank: the least one that at least a part q of all do not exceed. */
double
sim_quantiles_value(const SimQuantiles *quantiles, double q)
{
  g_assert(q >= 0 && q <= 1);
  double wanted = q * (double)quantiles->n;
  if (wanted <= 1)
    return quantiles->min;
  if (q == 1)
    return quantiles->max;
  uint64_t passed = quantiles->zeros;
  if ((double)passed >= wanted)
    return 0;
  for (size_t i = 0; i < quantiles->length; i++) {
    passed += quantiles->buckets[i];
    if ((double)passed >= wanted)
      return CLAMP(bucket_middle(quantiles->first + i), quantiles->min, quantiles->max);
  }
  return quantiles->max;
}

uint64_t
sim_quantiles_count(const SimQuantiles *quantiles)
{
  return quantiles->n;
}
