/* student: Student's t distribution, for intervals about the mean of a few values.
 *
 * The mean of n independent values of one distribution lies within half = t(0.95, n - 1) s / sqrt n
 * of the true mean in 95 of 100 cases (exactly so when the values are normal, and nearly so
 * otherwise once n is no longer small). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim/stats.h"

/* P(|T| <= t) with `freedom` >= 1 degrees of freedom; t >= 0. */
double sim_student_within(double t, uint64_t freedom);
/* The t with sim_student_within(t, freedom) = confidence; 0 < confidence < 1. 12.706 for 0.95 and
 * 1. */
double sim_student_t(double confidence, uint64_t freedom);
/* Half the width of the 95 % interval about the mean; NaN below two values. */
double sim_student_half(const SimMoments *moments);

/* The part q of `n` > 0 sorted values: linear between the two nearest, as R and NumPy have it by
 * default (Hyndman and Fan's definition 7). */
double sim_student_quantile(const double *sorted, size_t n, double q);
