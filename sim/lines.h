/* lines: memory that begins with a cache line.
 *
 * What a packet makes the processor fetch costs more, in a large network, than what it makes it
 * compute. Structs that are looked at for each packet have what is needed together in their first
 * lines, which holds only when they begin with one. */
#pragma once

#include <stddef.h>

#define SIM_LINE 64 /* bytes */

/* At least `size` bytes, of no particular contents; released by free(). Memory or the end of the
 * program, as g_malloc(). */
void *sim_lines_alloc(size_t size);
void *sim_lines_alloc_zero(size_t size);
