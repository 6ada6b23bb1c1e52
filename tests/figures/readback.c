/* readback: what the tests that read figures back have in common. */
#include "tests/figures/readback.h"

#include "tests/figures/figure-files.h"
#include "tests/gallery/gallery.h"

void
readback_call(const char *folder, const char *const *arguments)
{
  g_auto(GalleryRun) made = gallery_run(folder, arguments);
  if (made.status != 0)
    g_error("%s %s: %s", arguments[0], arguments[1], made.complaints);
}

void
readback_plot(const char *folder, const char *kind, const char *option, const char *value)
{
  readback_call(folder, (const char *const[]){"plot", kind, READBACK_RUN, "--script-only", "-o",
                                              "x.svg", option, value, NULL});
}

GPtrArray *
readback_block(const char *folder, const char *name)
{
  return block_read(folder, "x.dat", name);
}
