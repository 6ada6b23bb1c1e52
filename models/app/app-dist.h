/* app-dist: the distributions of sizes, gaps and think times that loads draw from.
 *
 *   constant     mean
 *   uniform      low to high
 *   exponential  mean
 *   pareto       mean, shape > 1: a heavy tail
 *   log-normal   mean, sigma: the standard deviation of the logarithm
 *   empirical    a table of value and cumulative probability, straight between its rows; below the
 *                first row lies what its probability says, at its value
 * Values are bytes or seconds; nothing negative is drawn. */
#pragma once

#include "sim/numbers.h"
#include "sim/rng.h"

typedef enum {
  APP_CONSTANT,
  APP_UNIFORM,
  APP_EXPONENTIAL,
  APP_PARETO,
  APP_LOG_NORMAL,
  APP_EMPIRICAL
} AppDistKind;

extern const char *const app_dist_names[]; /* "constant" ...; NULL-terminated */

typedef struct AppDist {
  AppDistKind kind;
  double mean;      /* CONSTANT, EXPONENTIAL, PARETO, LOG_NORMAL */
  double low, high; /* UNIFORM */
  double shape;     /* PARETO */
  double sigma;     /* LOG_NORMAL */
  SimNumbers table; /* EMPIRICAL: value, probability, value ...; owned */
} AppDist;

/* The form of a table's file. */
extern const SimNumbersForm app_dist_form;

static inline AppDist
app_dist_constant(double value)
{
  return (AppDist){.kind = APP_CONSTANT, .mean = value};
}

/* What is missing or does not fit together. */
bool app_dist_check(const AppDist *dist, GError **error);
double app_dist_draw(const AppDist *dist, SimRng *rng);
double app_dist_mean(const AppDist *dist);
void app_dist_clear(AppDist *dist);
