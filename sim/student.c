/* student: the distribution as a finite sum, and its inverse by halving.
 *
 * With whole degrees of freedom the integral is a sum of powers of cos(theta), tan(theta) = t /
 * sqrt(freedom) (Abramowitz and Stegun, 26.7.3 and 26.7.4): exact, without a series that is cut.
 * Beyond a few thousand degrees Fisher's expansion about the normal distribution is used (26.7.5),
 * whose error is then far below the rounding of what is printed. Only operations that IEEE 754
 * fixes: the same bytes in every summary.csv. */
#include "sim/student.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "sim/math.h"

#define SUM_FREEDOM 4000 /* above: the expansion */
#define PI 0x1.921fb54442d18p+1

/* atan(x) for x >= 0: the angle is halved until the series is short. */
static double
arc_tangent(double x)
{
  double scale = 1;
  if (x > 1)
    return PI / 2 - arc_tangent(1 / x);
  for (int i = 0; i < 3; i++) {
    x = x / (1 + sqrt(1 + x * x));
    scale *= 2;
  }
  double sum = 0, square = x * x;
  for (int n = 21; n >= 1; n -= 2)
    sum = 1.0 / n - square * sum;
  return scale * x * sum;
}

double
sim_student_within(double t, uint64_t freedom)
{
  g_assert(freedom >= 1 && t >= 0);
  double tangent = t / sqrt((double)freedom);
  double cosine = 1 / sqrt(1 + tangent * tangent);
  double sine = tangent * cosine;
  bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (uint64_t k = odd ? 3 : 2; k <= freedom; k += 2) { /* k: the power's place in 26.7.3, .4 */
    sum += term;
    term *= cosine * cosine * (double)(k - 1) / (double)k;
  }
  return odd ? 2 / PI * (arc_tangent(tangent) + sine * sum) : sine * sum;
}

/* The z that a standard normal value stays within with this probability: the error function's
 * series (7.1.6), whose terms are all positive, is inverted by halving. */
static double
normal_within(double z)
{
  double term = z, sum = z;
  for (int n = 1; term > sum * 0x1p-60; n++) {
    term *= z * z / (2 * n + 1);
    sum += term;
  }
  return sum * 2 * sim_exp(-z * z / 2) / sqrt(2 * PI);
}

static double
invert(double confidence, uint64_t freedom)
{
  double low = 0, high = 1;
  while ((freedom > 0 ? sim_student_within(high, freedom) : normal_within(high)) < confidence)
    high *= 2;
  for (int i = 0; i < 100 && low < high; i++) {
    double middle = low + (high - low) / 2;
    if (middle == low || middle == high)
      break;
    if ((freedom > 0 ? sim_student_within(middle, freedom) : normal_within(middle)) < confidence)
      low = middle;
    else
      high = middle;
  }
  return low + (high - low) / 2;
}

double
sim_student_t(double confidence, uint64_t freedom)
{
  g_assert(confidence > 0 && confidence < 1 && freedom >= 1);
  if (freedom <= SUM_FREEDOM)
    return invert(confidence, freedom);
  double z = invert(confidence, 0), n = (double)freedom;
  double z3 = z * z * z, z5 = z3 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

double
sim_student_half(const SimMoments *moments)
{
  if (moments->n < 2)
    return NAN;
  double deviation = sqrt(sim_moments_variance(moments));
  return sim_student_t(0.95, moments->n - 1) * deviation / sqrt((double)moments->n);
}

double
sim_student_quantile(const double *sorted, size_t n, double q)
{
  g_assert(n > 0 && q >= 0 && q <= 1);
  double place = q * (double)(n - 1);
  size_t below = (size_t)place;
  if (below + 1 >= n)
    return sorted[n - 1];
  return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}
