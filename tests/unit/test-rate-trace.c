/* Mahimahi's traces: opportunities of 1,500 bytes, accounting by bytes, wrap-around; and token
 * buckets, as a policer before the queue and as a shaper behind it. */
#include "models/net/rate-trace.h"

#include <glib/gstdio.h>

#include "tests/unit/model-fixture.h"
#include "tests/unit/net-fixture.h"

static RateTrace *
trace_of(const char *text)
{
  g_autofree char *path = model_file(text);
  GError *error = NULL;
  RateTrace *trace = rate_trace_new(path, &error);
  g_assert_no_error(error);
  g_unlink(path);
  return trace;
}

static void
fixture_trace(Fixture *f, const char *text)
{
  fixture_link(f, 0, 0);
  link_set_rate_trace(f->way, trace_of(text));
}

static void
one_packet_an_opportunity(void)
{
  Fixture f;
  fixture_trace(&f, "2\n2\n5\n");
  g_assert_cmpuint(f.way->rate, ==, 7200000); /* 36,000 bit in 5 ms */
  for (unsigned i = 1; i <= 4; i++)
    fixture_send(&f, i, 1500);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 4");
  const int expected[] = {2, 2, 5, 7}; /* the second round begins at 5 ms */
  for (unsigned i = 0; i < 4; i++)
    g_assert_cmpint(fixture_arrival(&f, i)->time, ==, expected[i] * FIXTURE_MS);
  fixture_free(&f);
}

static void
bytes_are_counted(void)
{
  Fixture f;
  fixture_trace(&f, "1\n2\n3\n10\n");
  for (unsigned i = 1; i <= 15; i++)
    fixture_send(&f, i, 100); /* all of them fit one opportunity */
  fixture_send(&f, 16, 100);
  fixture_send(&f, 17, 1500); /* 1,400 bytes at 2 ms and the rest at 3 */
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 14)->time, ==, FIXTURE_MS);
  g_assert_cmpint(fixture_arrival(&f, 15)->time, ==, 2 * FIXTURE_MS);
  g_assert_cmpint(fixture_arrival(&f, 16)->time, ==, 3 * FIXTURE_MS);
  fixture_send(&f, 18, 1400); /* the rest of the one at 3 ms, which is now */
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 17)->time, ==, 3 * FIXTURE_MS);
  fixture_free(&f);
}

static void
what_nobody_uses_is_lost(void)
{
  Fixture f;
  fixture_trace(&f, "1\n2\n3\n10\n");
  fixture_run(&f, 2500 * FIXTURE_US);
  fixture_send(&f, 1, 1500);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 3 * FIXTURE_MS);
  fixture_run(&f, 1000003500 * FIXTURE_US); /* 100,000 rounds later */
  fixture_send(&f, 2, 1500);
  fixture_send(&f, 3, 1500);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 1000010 * FIXTURE_MS);
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 1000011 * FIXTURE_MS);
  fixture_free(&f);
}

static void
a_plain_rate_ends_a_trace(void)
{
  Fixture f;
  fixture_trace(&f, "1000\n");
  link_set_rate(f.way, 8000000);
  fixture_send(&f, 1, 1000);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, FIXTURE_MS);
  fixture_free(&f);
}

static void
assert_refused(const char *text, const char *part)
{
  g_autofree char *path = model_file(text);
  GError *error = NULL;
  g_assert_null(rate_trace_new(path, &error));
  fixture_assert_error(&error, part);
  g_unlink(path);
}

static void
traces_that_are_none(void)
{
  assert_refused("1\n3\n2\n", ":3: 2: the times of a trace do not go back");
  assert_refused("0\n0\n", ":2: 0: the last time of a trace is its length");
  assert_refused("1\n2.5\n", ":2: 2.5: a whole number is wanted");
  assert_refused("1 2\n", ":1: there are 2 numbers in this line; one is wanted");
  assert_refused("-1\n", ":1: -1: must be at least 0");
  assert_refused("", "there are no numbers");
  assert_refused("1\n5ms\n", ":2: \"5ms\": a number without a unit is wanted");
}

/* 8 Mbit/s are 1 us a byte. */

static void
policer_drops_what_does_not_conform(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  link_set_policer(f.way, 8000000, 250);
  for (unsigned i = 1; i <= 4; i++)
    fixture_send(&f, i, 100); /* two are in the bucket, and 50 bytes */
  fixture_run(&f, 49 * FIXTURE_US);
  fixture_send(&f, 5, 100); /* 99 bytes are there */
  fixture_run(&f, 50 * FIXTURE_US);
  fixture_send(&f, 6, 100);
  fixture_run(&f, 1050 * FIXTURE_US);
  fixture_send(&f, 7, 251); /* never fits */
  fixture_send(&f, 8, 250);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 6 8");
  g_assert_cmpuint(link_counters(f.way)->dropped_policer, ==, 4);
  g_assert_cmpuint(link_dropped(f.way), ==, 4);
  fixture_free(&f);
}

static void
shaper_lets_packets_wait(void)
{
  Fixture f;
  fixture_link(&f, 80000000, 0); /* 0.1 us a byte on the wire */
  link_set_shaper(f.way, 8000000, 250);
  for (unsigned i = 1; i <= 4; i++)
    fixture_send(&f, i, 100);
  g_assert_cmpuint(link_queue_packets(f.way), ==, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 4");
  /* 1 and 2 go at once; at 10 us 60 bytes are in the bucket; 3 starts at 50 us, 4 at 150 us */
  const int expected[] = {10, 20, 60, 160};
  for (unsigned i = 0; i < 4; i++)
    g_assert_cmpint(fixture_arrival(&f, i)->time, ==, expected[i] * FIXTURE_US);
  fixture_run(&f, 10 * FIXTURE_MS);
  fixture_send(&f, 5, 300); /* larger than the bucket: it goes when that is full, which it is */
  fixture_send(&f, 6, 100);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 4)->time, ==, 10030 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 5)->time, ==, 10160 * FIXTURE_US);
  link_set_shaper(f.way, 0, 0);
  fixture_send(&f, 7, 100);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 6)->time, ==, 10170 * FIXTURE_US);
  fixture_free(&f);
}

static void
a_link_that_is_cut_while_it_shapes(void)
{
  Fixture f;
  fixture_link(&f, 8000000, 0);
  link_set_shaper(f.way, 8000, 100);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100); /* the shaper has it */
  fixture_run(&f, FIXTURE_MS);
  link_down(f.way);
  g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 1);
  link_up(f.way);
  link_set_shaper(f.way, 0, 0);
  fixture_send(&f, 3, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 3");
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 1100 * FIXTURE_US);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rate-trace/opportunities", one_packet_an_opportunity);
  g_test_add_func("/rate-trace/bytes", bytes_are_counted);
  g_test_add_func("/rate-trace/unused", what_nobody_uses_is_lost);
  g_test_add_func("/rate-trace/ends", a_plain_rate_ends_a_trace);
  g_test_add_func("/rate-trace/errors", traces_that_are_none);
  g_test_add_func("/token-bucket/policer", policer_drops_what_does_not_conform);
  g_test_add_func("/token-bucket/shaper", shaper_lets_packets_wait);
  g_test_add_func("/token-bucket/cut", a_link_that_is_cut_while_it_shapes);
  return g_test_run();
}
