/* Slabs: memory that is apart, used again, counted. */
#include "sim/slab.h"

#include <stdbool.h>
#include <string.h>

#include "sim/rng.h"

#define OBJECTS 5000

static void
objects_are_apart_and_aligned(void)
{
  SimSlab slab;
  sim_slab_init(&slab, "thing", 40, NULL);
  g_assert_cmpuint(slab.size, ==, 48);
  unsigned char **objects = g_new(unsigned char *, OBJECTS);
  for (int i = 0; i < OBJECTS; i++) {
    objects[i] = sim_slab_alloc(&slab);
    g_assert_cmpuint((uintptr_t)objects[i] % 16, ==, 0);
    memset(objects[i], i & 0xff, 48);
  }
  for (int i = 0; i < OBJECTS; i++) {
    for (int j = 0; j < 48; j++)
      g_assert_cmpuint(objects[i][j], ==, i & 0xff);
    sim_slab_free(&slab, objects[i]);
  }
  g_free(objects);
  sim_slab_clear(&slab);
}

static void
zeroed_on_request_even_when_used_before(void)
{
  static const unsigned char zeros[64];
  SimSlab slab;
  sim_slab_init(&slab, "thing", 64, NULL);
  for (int i = 0; i < 3; i++) {
    unsigned char *object = sim_slab_alloc_zero(&slab);
    g_assert_cmpmem(object, 64, zeros, 64);
    memset(object, 0xff, 64);
    sim_slab_free(&slab, object);
  }
  sim_slab_clear(&slab);
}

static void
live_and_peak_are_counted(void)
{
  SimSlab slab;
  SimRng rng;
  void *objects[100] = {NULL};
  uint64_t live = 0, peak = 0;
  sim_slab_init(&slab, "thing", 16, NULL);
  sim_rng_init(&rng, 1, "slab");
  for (int step = 0; step < 20000; step++) {
    void **object = &objects[sim_rng_below(&rng, G_N_ELEMENTS(objects))];
    if (*object == NULL) {
      *object = sim_slab_alloc(&slab);
      live++;
      peak = MAX(peak, live);
    } else {
      sim_slab_free(&slab, g_steal_pointer(object));
      live--;
    }
    g_assert_cmpuint(slab.live, ==, live);
    g_assert_cmpuint(slab.peak, ==, peak);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(objects); i++)
    if (objects[i] != NULL)
      sim_slab_free(&slab, objects[i]);
  g_assert_cmpuint(slab.live, ==, 0);
  sim_slab_clear(&slab);
}

/* However often objects come and go, the memory is that of the peak. */
static void
memory_is_used_again(void)
{
#ifdef SIM_SLAB_MALLOC
  g_test_skip("every object is a malloc of its own");
#else
  SimSlab slab;
  sim_slab_init(&slab, "thing", 128, NULL);
  sim_slab_free(&slab, sim_slab_alloc(&slab));
  guint chunks = slab.chunks->len;
  for (int i = 0; i < 100000; i++) {
    void *one = sim_slab_alloc(&slab), *two = sim_slab_alloc(&slab);
    sim_slab_free(&slab, one);
    sim_slab_free(&slab, two);
  }
  g_assert_cmpuint(slab.chunks->len, ==, chunks);
  sim_slab_clear(&slab);
#endif
}

/* What the chunks take is counted where the slab was told, and taken off at its end. */
static void
memory_is_counted(void)
{
  uint64_t memory = 0;
  SimSlab slab;
  sim_slab_init(&slab, "thing", 64, &memory);
  g_assert_cmpuint(memory, ==, 0);
  void *objects[2000];
  for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
    objects[i] = sim_slab_alloc(&slab);
    g_assert_cmpuint(memory, ==, slab.bytes);
    g_assert_cmpuint(memory, >=, (i + 1) * 64);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(objects); i++)
    sim_slab_free(&slab, objects[i]);
  sim_slab_clear(&slab);
  g_assert_cmpuint(memory, ==, 0);
}

static void
a_leak_is_named(void)
{
  if (g_test_subprocess()) {
    SimSlab slab;
    sim_slab_init(&slab, "packet", 32, NULL);
    sim_slab_alloc(&slab);
    sim_slab_clear(&slab);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*slab \"packet\": 1 still live*");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/slab/objects-are-apart-and-aligned", objects_are_apart_and_aligned);
  g_test_add_func("/slab/zeroed-on-request-even-when-used-before",
                  zeroed_on_request_even_when_used_before);
  g_test_add_func("/slab/live-and-peak-are-counted", live_and_peak_are_counted);
  g_test_add_func("/slab/memory-is-used-again", memory_is_used_again);
  g_test_add_func("/slab/memory-is-counted", memory_is_counted);
  g_test_add_func("/slab/a-leak-is-named", a_leak_is_named);
  return g_test_run();
}
