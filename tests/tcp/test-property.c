/* test-property: a stream arrives whole, once and in order, whatever the wire does, and whatever
 * the options are; and between any two events a connection's own books are right.
 *
 * Each seed is a world of its own (property.h). ROUNDTRIP_SEEDS says how many are tried (600;
 * 10,000 a night), ROUNDTRIP_SEED=N repeats one, and both together begin at N. */
#include "tests/tcp/property.h"

#define SEEDS 600

static bool
run_seed(uint64_t seed)
{
  PropertyWorld *world = g_new(PropertyWorld, 1);
  property_fail_watch(world);
  property_world_init(world, seed);
  bool whole = property_world_run(world);
  g_free(world);
  return whole;
}

static void
stream_arrives_whole(void)
{
  const char *first = g_getenv("ROUNDTRIP_SEED"), *many = g_getenv("ROUNDTRIP_SEEDS");
  uint64_t from = first != NULL ? g_ascii_strtoull(first, NULL, 10) : 1, whole = 0;
  uint64_t seeds = many != NULL ? g_ascii_strtoull(many, NULL, 10) : first != NULL ? 1 : SEEDS;
  for (uint64_t seed = from; seed < from + seeds; seed++)
    whole += run_seed(seed);
  g_test_message("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " streams arrived whole both ways",
                 whole, seeds);
  /* Of the others an end was doomed, or had options that give up soon. */
  g_assert_true(seeds < 100 || whole * 100 >= seeds * 70);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/property/stream-arrives-whole", stream_arrives_whole);
  return g_test_run();
}
