/* math: log, exp, pow and cbrt from + - * / and sqrt alone.
 *
 * Each reduces its argument exactly and sums a plain power series, long enough that its rest is
 * below the rounding: no fitted coefficients. pow carries its logarithm as a sum of two doubles
 * ("double-double", Dekker 1971), since an error in it is multiplied by as much as 745. The
 * compiler must not fuse a multiplication with an addition (-ffp-contract=off). */
#include "sim/math.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define SQRT2 0x1.6a09e667f3bcdp+0

/* ln 2 in two parts: the first has 32 bits, so that its product with an exponent is exact. */
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LN2_INVERSE 0x1.71547652b82fep+0

static uint64_t
to_bits(double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static double
from_bits(uint64_t bits)
{
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* 2^exponent for -1022 ... 1023. */
static double
power_of_two(int exponent)
{
  return from_bits((uint64_t)(exponent + EXPONENT_BIAS) << MANTISSA_BITS);
}

/* x 2^exponent for x near 1, with overflow and gradual underflow. */
static double
scale(double x, int exponent)
{
  if (exponent > EXPONENT_BIAS)
    return x * 2 * power_of_two(exponent - 1);
  if (exponent < 1 - EXPONENT_BIAS)
    return x * power_of_two(exponent + 64) * 0x1p-64;
  return x * power_of_two(exponent);
}

/* The mantissa, 1 <= m < 2, and exponent of a finite x > 0. */
static double
split_exponent(double x, int *exponent)
{
  int extra = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    extra = -54;
  }
  uint64_t bits = to_bits(x);
  *exponent = (int)(bits >> MANTISSA_BITS) - EXPONENT_BIAS + extra;
  uint64_t mantissa = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
  return from_bits(mantissa | (uint64_t)EXPONENT_BIAS << MANTISSA_BITS);
}

/* The same with sqrt(1/2) <= m <= sqrt(2), where log m is small. */
static double
split_near_one(double x, int *exponent)
{
  double m = split_exponent(x, exponent);
  if (m > SQRT2) {
    m /= 2;
    ++*exponent;
  }
  return m;
}

/* With s = f / (2 + f):  log(1 + f) = 2 (s + s^3/3 + s^5/5 + ...), and |s| < 0.172. */
static double
log_series(double z)
{
  double sum = 2.0 / 23;
  for (int n = 21; n >= 3; n -= 2)
    sum = sum * z + 2.0 / n;
  return sum;
}

double
sim_log(double x)
{
  if (!(x > 0) || x > 0x1.fffffffffffffp+1023)
    return x > 0 ? x : x < 0 ? NAN : x == 0 ? -INFINITY : x;
  int exponent;
  double f = split_near_one(x, &exponent) - 1;
  double s = f / (2 + f);
  double z = s * s;
  double half = f * f / 2;
  double rest = z * log_series(z);
  /* 2s = f - f^2/2 + s f^2/2: the leading term f is exact. */
  double k = exponent;
  return k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f);
}

typedef struct Pair {
  double high, low; /* the value is high + low; |low| is at most half a unit of high's last place */
} Pair;

static Pair
pair_sum(double a, double b)
{
  double sum = a + b;
  double b_part = sum - a;
  return (Pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

/* Veltkamp's split: the upper 26 bits. */
static double
upper_half(double a)
{
  double c = a * 134217729.0;
  return c - (c - a);
}

static Pair
pair_product(double a, double b)
{
  double product = a * b;
  double a_high = upper_half(a), a_low = a - a_high;
  double b_high = upper_half(b), b_low = b - b_high;
  double error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
  return (Pair){product, error};
}

static Pair
pair_add(Pair a, Pair b)
{
  Pair sum = pair_sum(a.high, b.high);
  return pair_sum(sum.high, sum.low + (a.low + b.low));
}

static Pair
pair_multiply(Pair a, Pair b)
{
  Pair product = pair_product(a.high, b.high);
  return pair_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/* log x to about 2^-65 of its value, for a finite x > 0: as in sim_log(), the first two terms of
 * the series in pairs. */
static Pair
log_pair(double x)
{
  static const Pair two_thirds = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
  int exponent;
  double m = split_near_one(x, &exponent);
  double f = m - 1;
  Pair divisor = pair_sum(m, 1);
  double quotient = f / divisor.high;
  Pair back = pair_product(quotient, divisor.high);
  double left = ((f - back.high) - back.low) - quotient * divisor.low;
  Pair s = pair_sum(quotient, left / divisor.high);
  Pair z = pair_multiply(s, s);
  Pair second = pair_multiply(pair_multiply(s, z), two_thirds);
  double sum = 2.0 / 23;
  for (int n = 21; n >= 5; n -= 2)
    sum = sum * z.high + 2.0 / n;
  double tail = s.high * z.high * z.high * sum;

  double k = exponent;
  Pair total = {k * LN2_HIGH, 0};
  total = pair_add(total, (Pair){2 * s.high, 2 * s.low});
  total = pair_add(total, second);
  return pair_add(total, (Pair){tail, k * LN2_LOW});
}

/* exp(high + low): k ln 2 is taken off, which leaves |r| <= 0.347, and r^14 / 14! < 2^-57. */
static double
exp_pair(double high, double low)
{
  if (high > 710)
    return INFINITY;
  if (high < -746)
    return 0;
  int k = (int)(high * LN2_INVERSE + (high < 0 ? -0.5 : 0.5));
  Pair r = pair_sum(high - k * LN2_HIGH, low - k * LN2_LOW);
  double sum = 1;
  for (int n = 14; n >= 3; n--)
    sum = 1 + sum * r.high / n;
  double rest = r.high * r.high / 2 * sum;
  return scale(1 + (r.high + (r.low + rest)), k);
}

double
sim_exp(double x)
{
  return isnan(x) ? x : exp_pair(x, 0);
}

/* x^y for x or y where the logarithm's way does not lead. Returns whether it is one of those. */
static bool
pow_special(double x, double y, double *result)
{
  if (y == 0 || x == 1)
    *result = 1;
  else if (isnan(x) || isnan(y) || x < 0)
    *result = NAN;
  else if (x == 0 || isinf(x))
    *result = (x == 0) == (y > 0) ? 0 : INFINITY;
  else if (fabs(y) > 0x1p70) /* |log x| is at least 2^-53 */
    *result = (x < 1) == (y > 0) ? 0 : INFINITY;
  else
    return false;
  return true;
}

double
sim_pow(double x, double y)
{
  double result;
  if (pow_special(x, y, &result))
    return result;
  Pair product = pair_multiply(log_pair(x), (Pair){y, 0});
  return exp_pair(product.high, product.low);
}

double
sim_cbrt(double x)
{
  if (x == 0 || isnan(x) || isinf(x))
    return x;
  int exponent;
  double m = split_exponent(fabs(x), &exponent);
  int third = (exponent + 3 * EXPONENT_BIAS) / 3 - EXPONENT_BIAS; /* rounded down */
  m *= power_of_two(exponent - 3 * third);                        /* 1 <= m < 8 */
  double y = (m + 6.5) / 7;
  for (int i = 0; i < 5; i++) /* Newton: the error is below a tenth, and squares each time */
    y -= (y * y * y - m) / (3 * y * y);
  Pair cube = pair_multiply(pair_product(y, y), (Pair){y, 0});
  y += ((m - cube.high) - cube.low) / (3 * y * y);
  y *= power_of_two(third);
  return x < 0 ? -y : y;
}
