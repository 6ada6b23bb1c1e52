/* time: simulated time as whole picoseconds, and how it is written.
 *
 * 64 bits of picoseconds reach 106 days; 64 bytes at 400 Gbit/s last exactly 1,280 of them.
 * Nothing here reads a clock: time is a parameter or sim_now(). */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef int64_t SimTime; /* picoseconds since the start of the run; SIM_TIME_NEVER: not at all */

#define SIM_PICOSECOND INT64_C(1)
#define SIM_NANOSECOND INT64_C(1000)
#define SIM_MICROSECOND INT64_C(1000000)
#define SIM_MILLISECOND INT64_C(1000000000)
#define SIM_SECOND INT64_C(1000000000000)
#define SIM_TIME_NEVER INT64_MAX

/* Room for any text that sim_time_print() or sim_time_print_unit() writes, with its NUL. */
#define SIM_TIME_TEXT 32

/* `seconds` rounded to the nearest picosecond; beyond the range of SimTime it saturates (so that
 * infinity is SIM_TIME_NEVER). NaN is a bug of the caller's. */
SimTime sim_time_from_seconds(double seconds);
double sim_time_to_seconds(SimTime time);

/* a + b, or SIM_TIME_NEVER when that is out of range. Neither may be negative. */
static inline SimTime
sim_time_add(SimTime a, SimTime b)
{
  SimTime sum;
  g_assert((a | b) >= 0);
  return __builtin_add_overflow(a, b, &sum) ? SIM_TIME_NEVER : sum;
}

/* The time that `bytes` take at `bits_per_second` (0: an unlimited rate), rounded up to a whole
 * picosecond, by integers only: the same on every machine. Saturates. */
SimTime sim_time_to_send(uint64_t bytes, uint64_t bits_per_second);

/* Writes seconds without an exponent and without trailing zeros, exactly: "0", "0.05",
 * "1.000000000001"; SIM_TIME_NEVER as "never". Returns `text`. */
char *sim_time_print(SimTime time, char text[SIM_TIME_TEXT]);

/* The same with the unit that suits a reader, at most `digits` significant ones: "50 ms",
 * "1.05 s", "33.3 us". Returns `text`. */
char *sim_time_print_unit(SimTime time, int digits, char text[SIM_TIME_TEXT]);
