/* How long things take, against bounds that a slow machine keeps too; what was measured is printed.
 *
 * A handshake, with every output but figures: the median of a few runs, in CPU time of the whole
 * program. A hundred megabytes over a fast link, untraced: hops (packets over links) per second of
 * CPU time in the event loop. Bounds are for an optimised build (FAST); in others the figures are
 * printed and not judged. */
#include <stdlib.h>
#include <string.h>

#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

#define RUNS 5
#define HANDSHAKE_CPU 0.020 /* seconds, the most */
#define HOPS_PER_SECOND 1e6 /* the least */
#define TIMES_REAL_TIME 10. /* how much faster than the simulated world, the least */

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The scenario without its requests for figures. */
static char *
without_figures(const char *text)
{
  GError *error = NULL;
  g_autoptr(GRegex) regex = g_regex_new("^figure.*$", G_REGEX_MULTILINE, 0, &error);
  g_assert_no_error(error);
  g_assert_true(g_regex_match(regex, text, 0, NULL));
  return g_regex_replace_literal(regex, text, -1, 0, "", 0, &error);
}

static void
test_handshake(void)
{
  double cpu[RUNS];
  char *folder = folder_new();
  g_autofree char *text = gallery_text("handshake/clean"), *plain = without_figures(text);
  folder_put(folder, "clean.lua", plain);
  const char *const arguments[] = {"run", "clean.lua", NULL};
  for (guint i = 0; i < RUNS; i++) {
    g_auto(GalleryRun) run = gallery_run(folder, arguments);
    gallery_assert_ran(&run, 0);
    cpu[i] = run.cpu_s;
  }
  g_assert_true(folder_has(folder, "out/clean/pcap/client.pcapng"));
  g_assert_false(folder_has(folder, "out/clean/figures"));
  qsort(cpu, RUNS, sizeof *cpu, compare);
  g_test_message("a handshake with all outputs but figures: %.1f ms of CPU time (%.1f to %.1f)",
                 cpu[RUNS / 2] * 1e3, cpu[0] * 1e3, cpu[RUNS - 1] * 1e3);
  if (FAST)
    g_assert_cmpfloat(cpu[RUNS / 2], <, HANDSHAKE_CPU);
  folder_free(folder);
}

static gint64
count_hops(JsonObject *summary)
{
  JsonObject *links = json_object_get_object_member(summary, "links");
  g_autoptr(GList) names = json_object_get_members(links);
  gint64 hops = 0;
  for (GList *name = names; name != NULL; name = name->next)
    hops += json_object_get_int_member(json_object_get_object_member(links, name->data),
                                       "sent_packets");
  return hops;
}

static void
test_bulk(void)
{
  char *folder = folder_new();
  const char *const arguments[] = {"run", gallery_environment("BULK"), "--no-trace", "-o", "out",
                                   NULL};
  g_auto(GalleryRun) run = gallery_run(folder, arguments);
  gallery_assert_ran(&run, 0);
  g_autofree char *left = g_build_filename(folder, "out", NULL);
  g_autoptr(JsonParser) parser = gallery_json(left, "summary.json");
  JsonObject *summary = gallery_object(parser);
  g_autoptr(JsonParser) other = gallery_json(left, "machine.json");
  JsonObject *machine = gallery_object(other);
  double loop = json_object_get_double_member(machine, "loop_cpu_s");
  double simulated =
      json_object_get_double_member(json_object_get_object_member(summary, "results"), "seconds");
  gint64 hops = count_hops(summary);
  g_assert_cmpfloat(loop, >, 0);
  g_test_message("100 MB: %" G_GINT64_FORMAT " hops, %.1f s simulated, in %.3f s of CPU time: "
                 "%.1f million hops a second, %.0f times real time; %.3f s for the whole program",
                 hops, simulated, loop, (double)hops / loop * 1e-6, simulated / loop, run.cpu_s);
  g_assert_cmpint(hops, >, 100000000 / 1448); /* it did carry them */
  if (FAST) {
    g_assert_cmpfloat((double)hops / loop, >, HOPS_PER_SECOND);
    g_assert_cmpfloat(simulated / loop, >, TIMES_REAL_TIME);
  }
  folder_free(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_unsetenv("MALLOC_PERTURB_"); /* meson sets it: every free would be written over */
  g_test_add_func("/speed/handshake", test_handshake);
  g_test_add_func("/speed/bulk-transfer", test_bulk);
  return g_test_run();
}
