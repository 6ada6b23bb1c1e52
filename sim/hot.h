/* hot: functions that every packet needs, and functions that packets seldom need.
 *
 * What every packet of a long run goes through fits a processor's first cache of instructions (32
 * KiB) only while it stands together. Functions marked SIM_HOT stand side by side; those marked
 * SIM_RARE stay out of line and apart, and so do the branches that lead to them. SIM_INLINE is made
 * anew wherever it is called, for what it is given is known there. A mistake in marking costs time
 * and nothing else; tests/bench/regress counts instructions, not misses, so look with valgrind's
 * cachegrind (ARCHITECTURE.md, "Speed"). */
#pragma once

#include <glib.h>

#define SIM_HOT __attribute__((hot))
#define SIM_INLINE static inline __attribute__((always_inline))
#define SIM_RARE __attribute__((cold, noinline))

/* GLib does not say so. */
SIM_RARE void g_assertion_message_expr(const char *domain, const char *file, int line,
                                       const char *func, const char *expr);
