/* The values of a study's parameters, and the rule of --until. */
#include "scenarios/runner/study/axis.h"

#include <string.h>

#include "scenarios/runner/study/json-text.h"
#include "scenarios/runner/study/until.h"

/* The values as one text. */
static void
assert_values(const char *text, const char *wanted)
{
  GError *error = NULL;
  Axis *axis = axis_parse(text, false, &error);
  g_assert_no_error(error);
  g_ptr_array_add(axis->values, NULL);
  g_autofree char *joined = g_strjoinv("|", (char **)axis->values->pdata);
  g_assert_cmpstr(joined, ==, wanted);
  axis_free(axis);
}

static void
assert_refused(const char *text, const char *why)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(axis_parse(text, false, &error));
  g_assert_nonnull(error);
  if (strstr(error->message, why) == NULL)
    g_error("%s: \"%s\" has not \"%s\"", text, error->message, why);
}

static void
lists_and_ranges(void)
{
  assert_values("loss=0,0.01,0.05", "0|0.01|0.05");
  assert_values("cc=reno", "reno");
  assert_values("delay=10ms..40ms:10ms", "10 ms|20 ms|30 ms|40 ms");
  assert_values("delay=10 ms .. 35 ms : 10 ms", "10 ms|20 ms|30 ms");
  assert_values("delay=0..20ms:10ms", "0 s|10 ms|20 ms"); /* 0 needs no unit */
  assert_values("loss=0..10%:5 %", "0 %|5 %|10 %");
  assert_values("n=1..3:1", "1|2|3");
  assert_values("n=-1..1:1", "-1|0|1");
  assert_values("n=2..2:1", "2");
  assert_values("loss=0..0.3:0.1", "0|0.1|0.2|0.3"); /* not 0.30000000000000004 */
  assert_values("loss=1e-3..1e-1:log:3", "0.001|0.01|0.1");
  assert_values("loss=0..1:lin:3", "0|0.5|1");
  assert_values("loss=0,1e-3..1e-1:log:3,1", "0|0.001|0.01|0.1|1");
  assert_values("queue=5pkt..1000pkt:log:3", "5 pkt|71 pkt|1000 pkt"); /* there is no half */
  assert_values("file=../other", "../other");
  assert_values("file=a..b", "a..b");
}

static void
what_is_refused(void)
{
  assert_refused("loss", "NAME=VALUE");
  assert_refused("=3", "NAME=VALUE");
  assert_refused("loss=", "NAME=VALUE");
  assert_refused("loss=0,,1", "a value is missing");
  assert_refused("loss=0..1", "its step is missing");
  assert_refused("loss=1..0:0.1", "it is empty");
  assert_refused("loss=0..1:0", "more than 0");
  assert_refused("loss=0..1:-1", "more than 0");
  assert_refused("loss=0..1:1e-9", "more than 100000 values");
  assert_refused("loss=0..1:log:3", "begins above 0");
  assert_refused("loss=0.1..1:log", "how many values");
  assert_refused("loss=0.1..1:log:0", "how many values");
  assert_refused("loss=0..1:lin:1", "at least 2");
  assert_refused("loss=0..1:2", "longer than the range");
  assert_refused("delay=10ms..1Mbit/s:1", "different kinds");
  assert_refused("delay=10ms..20ms:1Mbit/s", "different kinds");
  assert_refused("loss=0..1ms:3", "some have none");
  assert_refused("loss=0..0.1:1ms", "some have none");
  assert_refused("delay=10..200ms:10", "some have none");
  assert_refused("delay=10ms..1:log:3", "some have none");
  assert_refused("loss=1%..10%:5ms", "different kinds");
  assert_refused("delay=10ms..1furlong:1", "unknown unit");
}

static void
ranges_to_draw_from(void)
{
  GError *error = NULL;
  Axis *axis = axis_parse("delay=10ms..1s:log", true, &error);
  g_assert_no_error(error);
  g_assert_true(axis->drawn && axis->logarithmic);
  g_autofree char *low = axis_draw(axis, 0), *middle = axis_draw(axis, 0.5);
  g_assert_cmpstr(low, ==, "10 ms");
  g_assert_cmpstr(middle, ==, "100 ms");
  axis_free(axis);
}

static void
rules(void)
{
  GError *error = NULL;
  Until *until = until_parse("ci(connect_time) < 2 %", &error);
  g_assert_no_error(error);
  g_assert_cmpstr(until->result, ==, "connect_time");
  SimMoments moments = {0};
  g_assert_false(until_holds(until, &moments));
  sim_moments_add(&moments, 100);
  g_assert_false(until_holds(until, &moments));
  sim_moments_add(&moments, 100.1);
  g_assert_true(until_holds(until, &moments)); /* 12.7 x 0.05 = 0.64 */
  sim_moments_add(&moments, 110);
  g_assert_false(until_holds(until, &moments));
  until_free(until);
  until = until_parse("ci( fct )<5 ms", &error);
  g_assert_no_error(error);
  g_assert_cmpstr(until->result, ==, "fct");
  g_assert_false(until->relative);
  g_assert_cmpfloat(until->width, ==, 0.005);
  until_free(until);
  static const char *const wrong[] = {
      "", "ci(x)", "ci() < 2 %", "ci(x) > 2 %", "ci(x) < 0 %", "mean(x) < 2"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_null(until_parse(wrong[i], &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
  }
  g_assert_cmpuint(until_more(10, 1000), ==, 15);
  g_assert_cmpuint(until_more(100, 1000), ==, 125);
  g_assert_cmpuint(until_more(100, 110), ==, 110);
}

static void
collect(const char *name, double value, void *data)
{
  g_string_append_printf(data, "%s:%.17g;", name, value);
}

static void
results_as_json(void)
{
  static const double values[] = {0, -0.0, 0.1, 1e300, -1.0 / 3, 123456789, 5e-324};
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autoptr(GString) text = g_string_new("{"), seen = g_string_new(NULL);
    json_text_append_string(text, "a \"quoted\\\n name");
    g_string_append_c(text, ':');
    json_text_append_number(text, values[i]);
    g_string_append_c(text, '}');
    g_assert_true(json_text_read_numbers(text->str, collect, seen));
    g_autofree char *wanted = g_strdup_printf("a \"quoted\\\n name:%.17g;", values[i] + 0.0);
    g_assert_cmpstr(seen->str, ==, wanted);
  }
  static const char *const wrong[] = {"",         "[]",       "{",          "{\"a\"}",
                                      "{\"a\":}", "{\"a\":1", "{\"a\":1}x", "{\"a\\"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_false(json_text_read_numbers(wrong[i], collect, seen));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/axis/lists-and-ranges", lists_and_ranges);
  g_test_add_func("/axis/what-is-refused", what_is_refused);
  g_test_add_func("/axis/ranges-to-draw-from", ranges_to_draw_from);
  g_test_add_func("/axis/rules-of-until", rules);
  g_test_add_func("/axis/results-as-json", results_as_json);
  return g_test_run();
}
