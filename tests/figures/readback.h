/* readback: the run whose figures are read back, and the data of one figure after another. */
#pragma once

#include <glib.h>

#define READBACK_RUN "fixed"

/* The program with these arguments in `folder`. The test fails when it does not end well. */
void readback_call(const char *folder, const char *const *arguments);
/* The data of a figure of the run, for readback_block(); `option` NULL: none. */
void readback_plot(const char *folder, const char *kind, const char *option, const char *value);
/* The rows of a block of the figure that was made last. */
GPtrArray *readback_block(const char *folder, const char *name);
