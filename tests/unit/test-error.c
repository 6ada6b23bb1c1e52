/* Messages for slips, and what an assertion says. */
#include "sim/error.h"

#include "sim/sim.h"

static const char *const names[] = {"delay", "rate", "loss", "queue", "mtu", "initial_rto", NULL};

static void
nearest_finds_slips(void)
{
  g_assert_cmpstr(sim_error_nearest("delya", names), ==, "delay"); /* swap */
  g_assert_cmpstr(sim_error_nearest("dely", names), ==, "delay");  /* left out */
  g_assert_cmpstr(sim_error_nearest("ratee", names), ==, "rate");  /* too many */
  g_assert_cmpstr(sim_error_nearest("lost", names), ==, "loss");   /* another */
  g_assert_cmpstr(sim_error_nearest("MTU", names), ==, "mtu");     /* case is no change */
  g_assert_cmpstr(sim_error_nearest("inital_rot", names), ==, "initial_rto"); /* two changes */
}

static void
nearest_leaves_strangers_alone(void)
{
  g_assert_null(sim_error_nearest("bandwidth", names));
  g_assert_null(sim_error_nearest("ra", names)); /* two changes of four letters */
  g_assert_null(sim_error_nearest("", names));
  g_assert_null(sim_error_nearest("intal_rot", names)); /* three changes */
  g_autofree char *endless = g_strnfill(5000, 'x');
  g_assert_null(sim_error_nearest(endless, names));
}

static void
nearest_prefers_the_closest(void)
{
  static const char *const close[] = {"packets", "packet", "pocket", NULL};
  g_assert_cmpstr(sim_error_nearest("packet", close), ==, "packet");
  g_assert_cmpstr(sim_error_nearest("packt", close), ==, "packet");
}

static void
unknown_lists_what_is_accepted(void)
{
  static const char *const few[] = {"rate", "delay", NULL};
  g_autoptr(GError) error = NULL;
  g_assert_false(sim_error_unknown(&error, "option", "rat", few));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_NAME);
  g_assert_cmpstr(error->message, ==,
                  "unknown option \"rat\"; did you mean \"rate\"? accepted: rate, delay");
  g_clear_error(&error);
  g_assert_false(sim_error_unknown(&error, "option", "colour", few));
  g_assert_cmpstr(error->message, ==, "unknown option \"colour\"; accepted: rate, delay");
}

static void
assertion_says_where_and_when(void)
{
  if (g_test_subprocess()) {
    Sim *sim = sim_new(1);
    sim->now = 1500 * SIM_MILLISECOND;
    sim_assert(sim, 1 + 1 == 3);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*test-error.c:*at 1.5 s: assertion failed: 1 + 1 == 3*");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/error/nearest-finds-slips", nearest_finds_slips);
  g_test_add_func("/error/nearest-leaves-strangers-alone", nearest_leaves_strangers_alone);
  g_test_add_func("/error/nearest-prefers-the-closest", nearest_prefers_the_closest);
  g_test_add_func("/error/unknown-lists-what-is-accepted", unknown_lists_what_is_accepted);
  g_test_add_func("/error/assertion-says-where-and-when", assertion_says_where_and_when);
  return g_test_run();
}
