/* time: conversions and text, exact wherever the result can be.
 *
 * Text is made of whole numbers only: no printf of a double, no locale. */
#include "sim/time.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define DECIMALS 12 /* of a second in picoseconds */
#define BITS_A_BYTE 8
#define EXACT_IN_DOUBLE (INT64_C(1) << 53)

SimTime
sim_time_from_seconds(double seconds)
{
  g_assert(!isnan(seconds));
  double magnitude = fabs(seconds);
  if (magnitude >= (double)(SIM_TIME_NEVER / SIM_SECOND) + 1)
    return seconds > 0 ? SIM_TIME_NEVER : -SIM_TIME_NEVER;
  /* Both parts are exact, and the fraction's product is off by less than 0.001 ps. */
  int64_t whole = (int64_t)magnitude;
  int64_t rest = (int64_t)((magnitude - (double)whole) * (double)SIM_SECOND + 0.5);
  int64_t time = whole * SIM_SECOND;
  time = rest > SIM_TIME_NEVER - time ? SIM_TIME_NEVER : time + rest;
  return seconds < 0 ? -time : time;
}

double
sim_time_to_seconds(SimTime time)
{
  if (time <= EXACT_IN_DOUBLE && time >= -EXACT_IN_DOUBLE)
    return (double)time / (double)SIM_SECOND;
  /* Beyond 2.5 hours the conversion of `time` itself would round. */
  return (double)(time / SIM_SECOND) + (double)(time % SIM_SECOND) / (double)SIM_SECOND;
}

SimTime
sim_time_to_send(uint64_t bytes, uint64_t bits_per_second)
{
  __extension__ typedef unsigned __int128 Wide;
  const uint64_t scale = (uint64_t)BITS_A_BYTE * SIM_SECOND; /* bit/s x ps a byte */
  if (bits_per_second == 0 || bytes == 0)
    return 0;
  if (G_LIKELY(bytes <= UINT64_MAX / scale)) { /* 2.3 MB: a division of 64 bits does */
    uint64_t time = (bytes * scale - 1) / bits_per_second + 1;
    return time > SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)time;
  }
  Wide time = ((Wide)bytes * scale - 1) / bits_per_second + 1;
  return time > SIM_TIME_NEVER ? SIM_TIME_NEVER : (SimTime)time;
}

static uint64_t
magnitude_of(SimTime time)
{
  return time < 0 ? -(uint64_t)time : (uint64_t)time;
}

/* Writes `value` / 10^decimals without trailing zeros, and returns the end. */
static char *
print_decimal(uint64_t value, int decimals, char *text)
{
  char digits[24];
  int count = 0;
  for (; decimals > 0 && value % 10 == 0; decimals--)
    value /= 10;
  for (; value > 0 || count <= decimals; value /= 10)
    digits[count++] = (char)('0' + value % 10);
  while (count > 0) {
    *text++ = digits[--count];
    if (count == decimals && count > 0)
      *text++ = '.';
  }
  *text = '\0';
  return text;
}

char *
sim_time_print(SimTime time, char text[SIM_TIME_TEXT])
{
  if (time == SIM_TIME_NEVER)
    return strcpy(text, "never");
  *text = '-';
  print_decimal(magnitude_of(time), DECIMALS, text + (time < 0));
  return text;
}

/* `value` rounded half up to `digits` significant ones. */
static uint64_t
round_to(uint64_t value, int digits)
{
  uint64_t step = 1;
  for (uint64_t rest = value; rest >= 10; rest /= 10)
    if (--digits <= 0)
      step *= 10;
  return step == 1 ? value : (value / step + (value % step >= step / 2)) * step;
}

char *
sim_time_print_unit(SimTime time, int digits, char text[SIM_TIME_TEXT])
{
  if (time == SIM_TIME_NEVER)
    return strcpy(text, "never");
  static const struct {
    uint64_t scale;
    int decimals;
    const char *name;
  } units[] = {{SIM_SECOND, 12, " s"},
               {SIM_MILLISECOND, 9, " ms"},
               {SIM_MICROSECOND, 6, " us"},
               {SIM_NANOSECOND, 3, " ns"},
               {SIM_PICOSECOND, 0, " ps"}};
  uint64_t value = round_to(magnitude_of(time), digits);
  size_t unit = 0;
  while (value > 0 && value < units[unit].scale)
    unit++;
  *text = '-';
  strcpy(print_decimal(value, units[unit].decimals, text + (time < 0)), units[unit].name);
  return text;
}
