/* error: the one GError domain for what a user did wrong, and assertions that say when.
 *
 * A message names what was wrong, what is accepted, and the nearest known name when it looks like
 * a slip; the caller puts file and line in front of it. Bugs of ours stop by sim_assert(). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/hot.h"
#include "sim/time.h"

#define SIM_ERROR sim_error_quark()
GQuark sim_error_quark(void);

typedef enum {
  SIM_ERROR_VALUE, /* a value that is not accepted: unit, sign, range */
  SIM_ERROR_NAME,  /* a name nobody knows */
  SIM_ERROR_STATE, /* a call that does not fit now */
  SIM_ERROR_FILE,  /* a file that could not be read or written, or is not what it should be */
  SIM_ERROR_LIMIT, /* a limit was exceeded */
} SimErrorCode;

/* The entry of `known` (NULL-terminated) that is nearest to `name` when it looks like a slip
 * (Damerau-Levenshtein distance at most 2, and at most a third of the length), else NULL. */
const char *sim_error_nearest(const char *name, const char *const *known);

/* Sets "unknown WHAT "NAME"; did you mean "NEAREST"? accepted: A, B, C" (the middle part only
 * when something is near). Always returns false, so that it can end a function. */
bool sim_error_unknown(GError **error, const char *what, const char *name,
                       const char *const *known);

/* Stops the program with the place, the condition and the simulated time. */
G_NORETURN SIM_RARE void sim_assert_failed(const char *file, int line, const char *condition,
                                           SimTime now);

#define sim_assert(sim, condition)                                                                 \
  do {                                                                                             \
    if (G_UNLIKELY(!(condition)))                                                                  \
      sim_assert_failed(__FILE__, __LINE__, #condition, (sim)->now);                               \
  } while (0)
