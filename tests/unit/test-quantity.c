/* Numbers with units, read exactly and written so that they read back. */
#include "sim/quantity.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/rng.h"

static SimQuantity
parse(const char *text)
{
  SimQuantity quantity = {0};
  g_autoptr(GError) error = NULL;
  bool good = sim_quantity_parse(text, &quantity, &error);
  g_assert_no_error(error);
  g_assert_true(good);
  return quantity;
}

static void
assert_parse(const char *text, SimQuantityKind kind, double value)
{
  SimQuantity quantity = parse(text);
  g_assert_cmpint(quantity.kind, ==, kind);
  g_assert_cmpfloat(quantity.value, ==, value);
  if (kind != SIM_QUANTITY_TIME)
    g_assert_cmpint(quantity.time, ==, 0);
}

static void
every_unit_is_read(void)
{
  assert_parse("1500", SIM_QUANTITY_NUMBER, 1500);
  assert_parse("-0.05", SIM_QUANTITY_NUMBER, -0.05);
  assert_parse("1e6", SIM_QUANTITY_NUMBER, 1e6);
  assert_parse("+2.5E-3", SIM_QUANTITY_NUMBER, 2.5e-3);
  assert_parse(".5", SIM_QUANTITY_NUMBER, 0.5);
  assert_parse("5.", SIM_QUANTITY_NUMBER, 5);
  assert_parse("0.1", SIM_QUANTITY_NUMBER, 0.1);
  assert_parse("000", SIM_QUANTITY_NUMBER, 0);
  assert_parse("50 ms", SIM_QUANTITY_TIME, 0.05);
  assert_parse("50ms", SIM_QUANTITY_TIME, 0.05);
  assert_parse("1.5 s", SIM_QUANTITY_TIME, 1.5);
  assert_parse("2 min", SIM_QUANTITY_TIME, 120);
  assert_parse("1.5 h", SIM_QUANTITY_TIME, 5400);
  assert_parse("10 us", SIM_QUANTITY_TIME, 1e-5);
  assert_parse("10 µs", SIM_QUANTITY_TIME, 1e-5);
  assert_parse("10 μs", SIM_QUANTITY_TIME, 1e-5);
  assert_parse("5 ns", SIM_QUANTITY_TIME, 5e-9);
  assert_parse("3 ps", SIM_QUANTITY_TIME, 3e-12);
  assert_parse("10 Mbit/s", SIM_QUANTITY_RATE, 1e7);
  assert_parse("1 Gbps", SIM_QUANTITY_RATE, 1e9);
  assert_parse("100 kB/s", SIM_QUANTITY_RATE, 8e5);
  assert_parse("1 MiB/s", SIM_QUANTITY_RATE, 8388608);
  assert_parse("9600 bit/s", SIM_QUANTITY_RATE, 9600);
  assert_parse("1 Tibit/s", SIM_QUANTITY_RATE, 0x1p40);
  assert_parse("1500 B", SIM_QUANTITY_SIZE, 1500);
  assert_parse("10 kB", SIM_QUANTITY_SIZE, 1e4);
  assert_parse("1.5 kB", SIM_QUANTITY_SIZE, 1500);
  assert_parse("64 KiB", SIM_QUANTITY_SIZE, 65536);
  assert_parse("1 GB", SIM_QUANTITY_SIZE, 1e9);
  assert_parse("12000 bit", SIM_QUANTITY_SIZE, 1500);
  assert_parse("12 kbit", SIM_QUANTITY_SIZE, 1500);
  assert_parse("1 %", SIM_QUANTITY_RATIO, 0.01);
  assert_parse("0.5%", SIM_QUANTITY_RATIO, 0.005);
  assert_parse("100 pkt", SIM_QUANTITY_PACKETS, 100);
  assert_parse("1 packet", SIM_QUANTITY_PACKETS, 1);
  assert_parse("7 packets", SIM_QUANTITY_PACKETS, 7);
  assert_parse("1.5 BDP", SIM_QUANTITY_BDP, 1.5);
}

/* A product of doubles would give 1.1000000000000001e9, 4349999.9999999991 and the like. */
static void
values_are_rounded_once(void)
{
  assert_parse("4.35 Mbit/s", SIM_QUANTITY_RATE, 4350000);
  assert_parse("1.1 Gbit/s", SIM_QUANTITY_RATE, 1100000000);
  assert_parse("0.29 %", SIM_QUANTITY_RATIO, 0.0029);
  assert_parse("0.7 MB/s", SIM_QUANTITY_RATE, 5600000);
  assert_parse("2.3 ms", SIM_QUANTITY_TIME, 0.0023);
  assert_parse("1.1 min", SIM_QUANTITY_TIME, 66);
}

static void
assert_time(const char *text, SimTime time)
{
  g_assert_cmpint(parse(text).time, ==, time);
}

static void
times_are_exact(void)
{
  assert_time("50 ms", 50 * SIM_MILLISECOND);
  assert_time("0.000000000001 s", 1);
  assert_time("9007199.254740993 s", INT64_C(9007199254740993000)); /* a double would lose this */
  assert_time("9223372.036854775806 s", SIM_TIME_NEVER - 1);
  assert_time("1.000000000001 s", SIM_SECOND + 1);
  assert_time("1234567.890123456789 s", INT64_C(1234567890123456789));
  assert_time("106 h", 106 * 3600 * SIM_SECOND);
  assert_time("0.1 min", 6 * SIM_SECOND);
  assert_time("1e-3 ms", SIM_MICROSECOND);
  assert_time("5e5 s", 500000 * SIM_SECOND);
  assert_time("0e999 s", 0);
  assert_time("0 h", 0);
}

static void
times_round_half_up_below_a_picosecond(void)
{
  assert_time("0.4999999999999999999999999999 ps", 0);
  assert_time("0.5 ps", 1);
  assert_time("1.5 ps", 2);
  assert_time("2.49 ps", 2);
  assert_time("0.05 ps", 0);
  assert_time("0.9 ps", 1);
  assert_time("1e-40 s", 0);
  assert_time("0.0000000000001388888888888888 h", 500); /* 499.99... */
  assert_time("-1.5 ps", -2);                           /* by magnitude; the caller refuses it */
  assert_time("-50 ms", -50 * SIM_MILLISECOND);
}

static void
assert_refused(const char *text, const char *pattern)
{
  SimQuantity quantity = {.value = 42};
  g_autoptr(GError) error = NULL;
  g_assert_false(sim_quantity_parse(text, &quantity, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_VALUE);
  g_assert_cmpfloat(quantity.value, ==, 42); /* untouched */
  g_autofree char *start = g_strdup_printf("\"%s\": ", text);
  g_assert_true(g_str_has_prefix(error->message, start));
  if (!g_pattern_match_simple(pattern, error->message))
    g_error("%s does not match %s", error->message, pattern);
}

static void
nonsense_is_refused(void)
{
  static const char *const texts[] = {"",   " ", "ms", "fast", "inf", "nan",     "-",
                                      "e5", ".", "-.", " 5",   "--5", "infinity"};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    assert_refused(texts[i], "*a number is wanted, with a unit (time h min s ms us ns ps, rate *");
}

static void
unknown_units_are_refused_with_the_nearest(void)
{
  assert_refused("50 mss", "*unknown unit \"mss\"; did you mean \"ms\"? accepted: h min s *");
  assert_refused("10 mbit/s", "*did you mean \"Mbit/s\"?*");
  assert_refused("10 Mbits", "*unknown unit \"Mbits\"; did you mean \"Mbit/s\"?*");
  assert_refused("1 parsec", "*unknown unit \"parsec\"; accepted: *");
  assert_refused("0x10", "*unknown unit \"x10\"*");
  assert_refused("1.2.3", "*unknown unit \".3\"*");
  assert_refused("5  ms", "*unknown unit \" ms\"*"); /* two spaces */
  assert_refused("5 ", "*unknown unit \" \"*");
  assert_refused("5 ms ", "*unknown unit \"ms \"*");
  assert_refused("5 e3", "*unknown unit \"e3\"*");
  assert_refused("5e", "*unknown unit \"e\"*");
  assert_refused("5e-", "*unknown unit \"e-\"*");
  assert_refused("5 Kis", "*unknown unit \"Kis\"*");
  assert_refused("1,5 s", "*unknown unit \",5 s\"*");
}

static void
values_out_of_range_are_refused(void)
{
  assert_refused("9223372.036854775807 s", "*simulated time ends before that, after 106 days");
  assert_refused("107000 h", "*after 106 days");
  assert_refused("1e30 s", "*after 106 days");
  assert_refused("-1e8 s", "*after 106 days");
  assert_refused("1e400", "*too large");
  assert_refused("1e99999999999999999999", "*too large");
  assert_refused("1e20 B", "*too large");
  g_autofree char *digits = g_strnfill(65, '1');
  assert_refused(digits, "*more than 64 digits");
  assert_refused("1.5 B", "*a whole number of bytes is wanted");
  assert_refused("12 bit", "*a whole number of bytes is wanted");
  assert_refused("0.5 pkt", "*a whole number of packets is wanted");
}

/* Any text gives a quantity or an error, and is not read beyond its end (each has a block of its
 * own, for AddressSanitizer). */
static void
any_text_is_taken_or_refused(void)
{
  static const char alphabet[] = "0159.+-eE %kMiGBbits/puhnmkKTPD\xc2\xb5";
  int taken = 0;
  SimRng rng;
  sim_rng_init(&rng, 1, "any-text");
  for (int i = 0; i < 50000; i++) {
    size_t length = sim_rng_below(&rng, 10);
    g_autofree char *text = g_malloc(length + 1);
    for (size_t j = 0; j < length; j++)
      text[j] = alphabet[sim_rng_below(&rng, j < 2 ? 9 : sizeof alphabet - 1)];
    text[length] = '\0';
    SimQuantity quantity;
    g_autoptr(GError) error = NULL;
    bool good = sim_quantity_parse(text, &quantity, &error);
    g_assert_true(good == (error == NULL));
    g_assert_true(!good || isfinite(quantity.value));
    taken += good;
  }
  g_assert_cmpint(taken, >, 1000);
  g_assert_cmpint(taken, <, 49000);
}

static void
assert_print(SimQuantityKind kind, double value, const char *expected)
{
  g_autofree char *text = sim_quantity_print(kind, value);
  g_assert_cmpstr(text, ==, expected);
  g_assert_cmpfloat(parse(text).value, ==, value);
}

static void
print_chooses_the_unit(void)
{
  assert_print(SIM_QUANTITY_TIME, 0, "0 s");
  assert_print(SIM_QUANTITY_TIME, 0.05, "50 ms");
  assert_print(SIM_QUANTITY_TIME, 1.5, "1.5 s");
  assert_print(SIM_QUANTITY_TIME, -1.5e-6, "-1.5 us");
  assert_print(SIM_QUANTITY_TIME, 60, "60 s");
  assert_print(SIM_QUANTITY_TIME, 240, "240 s");
  assert_print(SIM_QUANTITY_TIME, 7200, "2 h");
  assert_print(SIM_QUANTITY_TIME, 1500, "25 min");
  assert_print(SIM_QUANTITY_TIME, 100000, "100000 s");
  assert_print(SIM_QUANTITY_TIME, 1e-15, "0.001 ps");
  assert_print(SIM_QUANTITY_TIME, 1.0 / 3, "333.3333333333333 ms");
  assert_print(SIM_QUANTITY_RATE, 0, "0 bit/s");
  assert_print(SIM_QUANTITY_RATE, 1e7, "10 Mbit/s");
  assert_print(SIM_QUANTITY_RATE, 9600, "9.6 kbit/s");
  assert_print(SIM_QUANTITY_RATE, 1e15, "1000 Tbit/s");
  assert_print(SIM_QUANTITY_SIZE, 0, "0 B");
  assert_print(SIM_QUANTITY_SIZE, 1460, "1460 B");
  assert_print(SIM_QUANTITY_SIZE, 1500, "1500 B");
  assert_print(SIM_QUANTITY_SIZE, 10000, "10 kB");
  assert_print(SIM_QUANTITY_SIZE, 65536, "64 KiB");
  assert_print(SIM_QUANTITY_SIZE, 65537, "65.537 kB");
  assert_print(SIM_QUANTITY_SIZE, 1e9, "1 GB");
  assert_print(SIM_QUANTITY_SIZE, 0x1p30, "1 GiB");
  assert_print(SIM_QUANTITY_RATIO, 0, "0 %");
  assert_print(SIM_QUANTITY_RATIO, 0.01, "1 %");
  assert_print(SIM_QUANTITY_RATIO, 1, "100 %");
  assert_print(SIM_QUANTITY_RATIO, 1e-6, "0.0001 %");
  assert_print(SIM_QUANTITY_PACKETS, 100, "100 pkt");
  assert_print(SIM_QUANTITY_BDP, 1.5, "1.5 BDP");
  assert_print(SIM_QUANTITY_NUMBER, 0, "0");
  assert_print(SIM_QUANTITY_NUMBER, 1500, "1500");
  assert_print(SIM_QUANTITY_NUMBER, -0.05, "-0.05");
  assert_print(SIM_QUANTITY_NUMBER, 0.1 + 0.2, "0.30000000000000004");
  assert_print(SIM_QUANTITY_NUMBER, 1.25e300, "1.25e300");
  assert_print(SIM_QUANTITY_NUMBER, 5e-324, "5e-324");
}

static void
print_reads_back(void)
{
  static const SimQuantityKind kinds[] = {SIM_QUANTITY_NUMBER, SIM_QUANTITY_TIME, SIM_QUANTITY_RATE,
                                          SIM_QUANTITY_RATIO};
  SimRng rng;
  sim_rng_init(&rng, 1, "print");
  for (int i = 0; i < 3000; i++) {
    double value = ldexp(sim_rng_uniform(&rng), (int)sim_rng_below(&rng, 60) - 40);
    for (size_t j = 0; j < G_N_ELEMENTS(kinds); j++) {
      g_autofree char *text = sim_quantity_print(kinds[j], value);
      g_assert_cmpfloat(parse(text).value, ==, value);
      g_assert_cmpint(parse(text).kind, ==, kinds[j]);
    }
    g_autofree char *size = sim_quantity_print(SIM_QUANTITY_SIZE, floor(value * 0x1p30));
    g_assert_cmpfloat(parse(size).value, ==, floor(value * 0x1p30));
  }
}

/* A locale with a decimal comma changes nothing; skipped where there is none. */
static void
the_locale_does_not_matter(void)
{
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ru_RU.UTF-8"};
  bool found = false;
  for (size_t i = 0; i < G_N_ELEMENTS(names) && !found; i++)
    found = setlocale(LC_NUMERIC, names[i]) != NULL;
  assert_parse("1.5 s", SIM_QUANTITY_TIME, 1.5);
  assert_print(SIM_QUANTITY_NUMBER, 2.25, "2.25");
  setlocale(LC_NUMERIC, "C");
  if (!found)
    g_test_skip("no locale with a decimal comma is installed");
}

static void
examples_are_of_their_kind(void)
{
  for (int kind = SIM_QUANTITY_TIME; kind <= SIM_QUANTITY_BDP; kind++) {
    const char *example = sim_quantity_kind_example((SimQuantityKind)kind);
    g_auto(GStrv) parts = g_strsplit(example, "\"", 3);
    g_assert_cmpint(parse(parts[1]).kind, ==, kind);
  }
  g_assert_cmpstr(sim_quantity_kind_name(SIM_QUANTITY_TIME), ==, "time");
  g_assert_cmpstr(sim_quantity_kind_example(SIM_QUANTITY_TIME), ==, "\"50 ms\" or 0.05");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/quantity/every-unit-is-read", every_unit_is_read);
  g_test_add_func("/quantity/values-are-rounded-once", values_are_rounded_once);
  g_test_add_func("/quantity/times-are-exact", times_are_exact);
  g_test_add_func("/quantity/times-round-half-up-below-a-picosecond",
                  times_round_half_up_below_a_picosecond);
  g_test_add_func("/quantity/nonsense-is-refused", nonsense_is_refused);
  g_test_add_func("/quantity/unknown-units-are-refused-with-the-nearest",
                  unknown_units_are_refused_with_the_nearest);
  g_test_add_func("/quantity/values-out-of-range-are-refused", values_out_of_range_are_refused);
  g_test_add_func("/quantity/any-text-is-taken-or-refused", any_text_is_taken_or_refused);
  g_test_add_func("/quantity/print-chooses-the-unit", print_chooses_the_unit);
  g_test_add_func("/quantity/print-reads-back", print_reads_back);
  g_test_add_func("/quantity/the-locale-does-not-matter", the_locale_does_not_matter);
  g_test_add_func("/quantity/examples-are-of-their-kind", examples_are_of_their_kind);
  return g_test_run();
}
