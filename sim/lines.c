/* lines: see the header. */
#include "sim/lines.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

void *
sim_lines_alloc(size_t size)
{
  void *memory = aligned_alloc(SIM_LINE, (size + SIM_LINE - 1) / SIM_LINE * SIM_LINE);
  if (memory == NULL)
    g_error("out of memory: %" G_GSIZE_FORMAT " bytes wanted", size);
  return memory;
}

void *
sim_lines_alloc_zero(size_t size)
{
  return memset(sim_lines_alloc(size), 0, size);
}
