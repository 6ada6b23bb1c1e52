/* Options: what is stored, what is refused and how it is said, and how it is shown. */
#include "sim/param.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"

typedef struct Settings {
  bool nagle;
  int64_t retries;
  SimTime min_rto;
  SimTime user_timeout;
  SimTime initial_rto;
  uint64_t mss;
  uint64_t rate;
  double loss;
  double factor;
  double gain;
  int cookies;
} Settings;

static const SimParamWord off_never[] = {{"off", SIM_TIME_NEVER}, {NULL, 0}};
static const SimParamWord auto_off[] = {{"auto", 0}, {"off", UINT32_MAX}, {NULL, 0}};
static const char *const cookies[] = {"off", "when full", "always", NULL};

static const SimParam params[] = {
    {"nagle", SIM_PARAM_BOOL, offsetof(Settings, nagle)},
    {"retries", SIM_PARAM_INTEGER, offsetof(Settings, retries), .min = 1, .max = 255},
    {"min_rto", SIM_PARAM_TIME, offsetof(Settings, min_rto)},
    {"user_timeout", SIM_PARAM_TIME, offsetof(Settings, user_timeout), .words = off_never},
    {"initial_rto", SIM_PARAM_TIME, offsetof(Settings, initial_rto), .min = 0.001, .max = 120},
    {"mss", SIM_PARAM_SIZE, offsetof(Settings, mss), .min = 48, .max = 65535, .words = auto_off},
    {"rate", SIM_PARAM_RATE, offsetof(Settings, rate)},
    {"loss", SIM_PARAM_RATIO, offsetof(Settings, loss)},
    {"factor", SIM_PARAM_NUMBER, offsetof(Settings, factor)},
    {"gain", SIM_PARAM_NUMBER, offsetof(Settings, gain), .min = -1, .max = 2.5},
    {"syn_cookies", SIM_PARAM_CHOICE, offsetof(Settings, cookies), .choices = cookies},
    {NULL},
};

static SimParamValue
text(const char *text)
{
  return (SimParamValue){.type = SIM_VALUE_TEXT, .text = text};
}

static SimParamValue
number(double number)
{
  return (SimParamValue){.type = SIM_VALUE_NUMBER, .number = number};
}

static SimParamValue
boolean(bool boolean)
{
  return (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = boolean};
}

static void
set(Settings *settings, const char *name, SimParamValue value)
{
  g_autoptr(GError) error = NULL;
  bool good = sim_param_set(sim_param_find(params, name), settings, &value, &error);
  g_assert_no_error(error);
  g_assert_true(good);
}

static void
values_are_stored(void)
{
  Settings s = {0};
  set(&s, "nagle", boolean(true));
  g_assert_true(s.nagle);
  set(&s, "retries", number(15));
  g_assert_cmpint(s.retries, ==, 15);
  set(&s, "retries", text("6"));
  g_assert_cmpint(s.retries, ==, 6);
  set(&s, "min_rto", text("200 ms"));
  g_assert_cmpint(s.min_rto, ==, 200 * SIM_MILLISECOND);
  set(&s, "min_rto", number(0.05));
  g_assert_cmpint(s.min_rto, ==, 50 * SIM_MILLISECOND);
  set(&s, "min_rto", text("0.1"));
  g_assert_cmpint(s.min_rto, ==, 100 * SIM_MILLISECOND);
  set(&s, "mss", text("1 KiB"));
  g_assert_cmpuint(s.mss, ==, 1024);
  set(&s, "mss", number(1460));
  g_assert_cmpuint(s.mss, ==, 1460);
  set(&s, "rate", text("10 Mbit/s"));
  g_assert_cmpuint(s.rate, ==, 10000000);
  set(&s, "rate", number(0));
  g_assert_cmpuint(s.rate, ==, 0);
  set(&s, "loss", text("1 %"));
  g_assert_cmpfloat(s.loss, ==, 0.01);
  set(&s, "loss", number(1));
  g_assert_cmpfloat(s.loss, ==, 1);
  set(&s, "factor", number(1e9));
  g_assert_cmpfloat(s.factor, ==, 1e9);
  set(&s, "gain", number(-1));
  g_assert_cmpfloat(s.gain, ==, -1);
  set(&s, "syn_cookies", text("when full"));
  g_assert_cmpint(s.cookies, ==, 1);
}

static void
words_stand_for_values(void)
{
  Settings s = {0};
  set(&s, "user_timeout", text("off"));
  g_assert_cmpint(s.user_timeout, ==, SIM_TIME_NEVER);
  set(&s, "user_timeout", number(30));
  g_assert_cmpint(s.user_timeout, ==, 30 * SIM_SECOND);
  set(&s, "user_timeout", boolean(false));
  g_assert_cmpint(s.user_timeout, ==, SIM_TIME_NEVER);
  set(&s, "mss", text("off")); /* no check against min and max */
  g_assert_cmpuint(s.mss, ==, UINT32_MAX);
  set(&s, "mss", text("auto"));
  g_assert_cmpuint(s.mss, ==, 0);
  s.cookies = 2;
  set(&s, "syn_cookies", boolean(false));
  g_assert_cmpint(s.cookies, ==, 0);
}

static void
assert_refused(const char *name, SimParamValue value, const char *message)
{
  Settings settings, before;
  memset(&settings, 0x5a, sizeof settings);
  memcpy(&before, &settings, sizeof before);
  g_autoptr(GError) error = NULL;
  g_assert_false(sim_param_set(sim_param_find(params, name), &settings, &value, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_VALUE);
  g_assert_cmpstr(error->message, ==, message);
  g_assert_cmpmem(&settings, sizeof settings, &before, sizeof before); /* nothing stored */
  g_assert_false(sim_param_set(sim_param_find(params, name), &settings, &value, NULL));
}

static void
wrong_kinds_are_refused(void)
{
  assert_refused("min_rto", text("1 kB"),
                 "min_rto = \"1 kB\": a time is wanted, such as \"50 ms\" or 0.05");
  assert_refused("min_rto", text("soon"),
                 "min_rto = \"soon\": a time is wanted, such as \"50 ms\" or 0.05");
  assert_refused("min_rto", boolean(false),
                 "min_rto = false: a time is wanted, such as \"50 ms\" or 0.05");
  assert_refused("min_rto", text("off"),
                 "min_rto = \"off\": a time is wanted, such as \"50 ms\" or 0.05");
  assert_refused("min_rto", number(NAN),
                 "min_rto = nan: a time is wanted, such as \"50 ms\" or 0.05");
  assert_refused("user_timeout", boolean(true),
                 "user_timeout = true: a time is wanted, such as \"50 ms\" or 0.05, or \"off\"");
  assert_refused("mss", text("1 ms"),
                 "mss = \"1 ms\": a size is wanted, such as \"64 KiB\" or "
                 "65536, \"auto\" or \"off\"");
  assert_refused("rate", text("5 ms"),
                 "rate = \"5 ms\": a rate is wanted, such as \"10 Mbit/s\" or 1e7");
  assert_refused("nagle", number(1), "nagle = 1: true or false is wanted");
  assert_refused("nagle", text("yes"), "nagle = \"yes\": true or false is wanted");
  assert_refused("retries", text("3 pkt"),
                 "retries = \"3 pkt\": a whole number is wanted, such as 10");
  assert_refused("retries", number(2.5), "retries = 2.5: a whole number is wanted");
  assert_refused("factor", text("3 s"), "factor = \"3 s\": a number is wanted, such as 0.5");
}

static void
misspelt_units_are_named(void)
{
  SimParamValue value = text("50 mss");
  Settings settings;
  g_autoptr(GError) error = NULL;
  g_assert_false(sim_param_set(&params[2], &settings, &value, &error));
  g_assert_true(g_str_has_prefix(
      error->message,
      "min_rto = \"50 mss\": unknown unit \"mss\"; did you mean \"ms\"? accepted:"));
}

static void
values_out_of_range_are_refused(void)
{
  assert_refused("min_rto", number(-1), "min_rto = -1: must be at least 0");
  assert_refused("min_rto", text("-5 ms"), "min_rto = \"-5 ms\": must be at least 0");
  assert_refused("min_rto", number(1e9),
                 "min_rto = 1000000000: simulated time ends before that, after 106 days");
  assert_refused("min_rto", number(INFINITY),
                 "min_rto = inf: simulated time ends before that, after 106 days");
  assert_refused("initial_rto", text("1 us"), "initial_rto = \"1 us\": must be at least 1 ms");
  assert_refused("initial_rto", number(121), "initial_rto = 121: must be at most 120 s");
  assert_refused("retries", number(0), "retries = 0: must be at least 1");
  assert_refused("retries", number(256), "retries = 256: must be at most 255");
  assert_refused("mss", number(47), "mss = 47: must be at least 48 B");
  assert_refused("mss", number(100.5), "mss = 100.5: a whole number of bytes is wanted");
  assert_refused("rate", number(-1), "rate = -1: must be at least 0");
  assert_refused("rate", number(0.4), "rate = 0.4: must be at least 1 bit/s");
  assert_refused("rate", number(INFINITY), "rate = inf: this number is too large");
  assert_refused("loss", number(5), "loss = 5: must be at most 1 (100 %)");
  assert_refused("loss", text("101 %"), "loss = \"101 %\": must be at most 1 (100 %)");
  assert_refused("loss", number(-0.1), "loss = -0.1: must be at least 0");
  assert_refused("factor", number(INFINITY), "factor = inf: this number is too large");
  assert_refused("gain", number(2.6), "gain = 2.6: must be at most 2.5");
  assert_refused("gain", number(-2), "gain = -2: must be at least -1");
}

static void
unknown_choices_list_the_known(void)
{
  assert_refused("syn_cookies", text("allways"),
                 "syn_cookies = \"allways\": did you mean \"always\"? accepted: \"off\", "
                 "\"when full\" or \"always\"");
  assert_refused("syn_cookies", boolean(true),
                 "syn_cookies = true: accepted: \"off\", \"when full\" or \"always\"");
  assert_refused("syn_cookies", number(1),
                 "syn_cookies = 1: accepted: \"off\", \"when full\" or \"always\"");
}

static void
assert_printed(const Settings *settings, const char *name, const char *expected)
{
  g_autofree char *printed = sim_param_print(sim_param_find(params, name), settings);
  g_assert_cmpstr(printed, ==, expected);
}

static void
stored_values_print_as_one_would_write_them(void)
{
  Settings s = {.nagle = true,
                .retries = 6,
                .min_rto = 200 * SIM_MILLISECOND,
                .user_timeout = SIM_TIME_NEVER,
                .mss = 1460,
                .rate = 10000000,
                .loss = 0.01,
                .factor = 0.7,
                .cookies = 1};
  assert_printed(&s, "nagle", "true");
  assert_printed(&s, "retries", "6");
  assert_printed(&s, "min_rto", "200 ms");
  assert_printed(&s, "user_timeout", "off");
  assert_printed(&s, "mss", "1460 B");
  assert_printed(&s, "rate", "10 Mbit/s");
  assert_printed(&s, "loss", "1 %");
  assert_printed(&s, "factor", "0.7");
  assert_printed(&s, "syn_cookies", "when full");
  s.mss = 0;
  assert_printed(&s, "mss", "auto");
  s.min_rto = SIM_TIME_NEVER; /* no word for it */
  assert_printed(&s, "min_rto", "never");
}

static void
assert_accepts(const char *name, const char *expected)
{
  g_autofree char *accepts = sim_param_accepts(sim_param_find(params, name));
  g_assert_cmpstr(accepts, ==, expected);
}

static void
accepts_says_kind_range_and_words(void)
{
  assert_accepts("nagle", "true or false");
  assert_accepts("min_rto", "a time such as \"50 ms\" or 0.05");
  assert_accepts("user_timeout", "a time such as \"50 ms\" or 0.05, or \"off\"");
  assert_accepts("initial_rto", "a time such as \"50 ms\" or 0.05, from 1 ms to 120 s");
  assert_accepts("retries", "a whole number such as 10, from 1 to 255");
  assert_accepts("loss", "a ratio such as \"1 %\" or 0.01, from 0 to 1 (100 %)");
  assert_accepts("syn_cookies", "\"off\", \"when full\" or \"always\"");
}

static void
names_are_found_and_listed(void)
{
  g_assert_true(sim_param_find(params, "mss") == &params[5]);
  g_assert_null(sim_param_find(params, "MSS"));
  g_autofree const char **names = sim_param_names(params);
  g_assert_cmpstr(names[0], ==, "nagle");
  g_assert_cmpstr(names[10], ==, "syn_cookies");
  g_assert_null(names[11]);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/param/values-are-stored", values_are_stored);
  g_test_add_func("/param/words-stand-for-values", words_stand_for_values);
  g_test_add_func("/param/wrong-kinds-are-refused", wrong_kinds_are_refused);
  g_test_add_func("/param/misspelt-units-are-named", misspelt_units_are_named);
  g_test_add_func("/param/values-out-of-range-are-refused", values_out_of_range_are_refused);
  g_test_add_func("/param/unknown-choices-list-the-known", unknown_choices_list_the_known);
  g_test_add_func("/param/stored-values-print-as-one-would-write-them",
                  stored_values_print_as_one_would_write_them);
  g_test_add_func("/param/accepts-says-kind-range-and-words", accepts_says_kind_range_and_words);
  g_test_add_func("/param/names-are-found-and-listed", names_are_found_and_listed);
  return g_test_run();
}
