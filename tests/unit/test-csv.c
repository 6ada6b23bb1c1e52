/* Tests of csv: the cells, the texts that could do harm, and a disk that is full. */
#include "scenarios/runner/csv.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/run-folder.h"

static void
assert_text(const char *text, const char *cell)
{
  char room[256] = "";
  g_assert_cmpuint(csv_text_room(text), <, sizeof room);
  *csv_put_text(room, text) = '\0';
  g_assert_cmpstr(room, ==, cell);
}

static void
test_text(void)
{
  assert_text("", "");
  assert_text("rule SYN#1", "rule SYN#1");
  assert_text("rule DATA#20,22", "\"rule DATA#20,22\"");
  assert_text("she said \"no\"", "\"she said \"\"no\"\"\"");
  assert_text("\xc3\xa4", "\xc3\xa4");
}

static void
test_formula(void)
{
  assert_text("=1+1", "'=1+1");
  assert_text("+1", "'+1");
  assert_text("-1", "'-1");
  assert_text("@SUM(A1)", "'@SUM(A1)");
  assert_text("=A1,B1", "\"'=A1,B1\"");
  assert_text("1=1", "1=1");
}

static void
test_control(void)
{
  assert_text("a\nb\tc\rd", "a\\nb\\tc\\rd");
  assert_text("\x1b[31m\x7f", "\\x1b[31m\\x7f");
  assert_text("\xc2\x9b", "\\xc2\\x9b"); /* CSI in one character */
  assert_text("\xff\xfe!", "\\xff\\xfe!");
  assert_text("cut \xe2\x82", "cut \\xe2\\x82");
}

static void
assert_digits(uint64_t value)
{
  char got[32], expected[32];
  *csv_put_u64(got, value) = '\0';
  g_snprintf(expected, sizeof expected, "%" G_GUINT64_FORMAT, value);
  g_assert_cmpstr(got, ==, expected);
}

static void
assert_number(int64_t value, const char *cell)
{
  char room[32] = "";
  *csv_put_i64(room, value) = '\0';
  g_assert_cmpstr(room, ==, cell);
}

static void
test_numbers(void)
{
  uint64_t power = 1; /* each number of digits, and its neighbours */
  for (int digits = 1; digits <= 20; digits++, power *= 10)
    for (int i = -1; i <= 1; i++)
      assert_digits(power + (uint64_t)i);
  for (uint64_t value = 0; value < 100000; value++) { /* each pair of digits at each place */
    assert_digits(value);
    assert_digits(value * 1000 + 999);
  }
  assert_number(0, "0");
  assert_number(9, "9");
  assert_number(10, "10");
  assert_number(100, "100");
  assert_number(-299, "-299");
  assert_number(INT64_MAX, "9223372036854775807");
  assert_number(INT64_MIN, "-9223372036854775808");
  for (int64_t value = 1; value < INT64_MAX / 7; value *= 7) {
    char expected[32];
    g_snprintf(expected, sizeof expected, "%" G_GINT64_FORMAT, value);
    assert_number(value, expected);
  }
}

static void
test_times(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "t.csv", NULL);
  CsvFile *file = csv_open(path, "time", NULL);
  const SimTime times[] = {0,
                           1,
                           SIM_SECOND,
                           50 * SIM_MILLISECOND,
                           SIM_SECOND + 1,
                           SIM_TIME_NEVER - 1,
                           120 * SIM_SECOND,
                           123456789};
  for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
    char expected[SIM_TIME_TEXT];
    sim_time_print(times[i], expected);
    for (int again = 0; again < 3; again++) { /* anew, and from the row before */
      char *row = csv_begin(file, 64), *end = csv_put_time(file, row, times[i]);
      *end = '\0';
      g_assert_cmpstr(row, ==, expected);
      if (again > 0)
        csv_end(file, end); /* the first is not kept */
    }
  }
  g_assert_true(csv_close(file, NULL));
  folder_free(folder);
}

static void
test_rows(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "t.csv", NULL);
  CsvFile *file = csv_open(path, "a,b", NULL);
  csv_put_word(csv_begin(file, 64), "never kept");
  g_autofree char *long_text = g_strnfill(300 * 1024, 'x'); /* longer than the buffer */
  csv_end(file, csv_put_word(csv_begin(file, strlen(long_text) + 1), long_text));
  csv_end(file, csv_put_word(csv_begin(file, 64), "1,2"));
  uint64_t size = csv_size(file);
  g_assert_true(csv_close(file, NULL));
  gsize length;
  g_autofree char *text = folder_read(folder, "t.csv", &length);
  g_assert_cmpuint(length, ==, size);
  g_assert_true(g_str_has_prefix(text, "a,b\nxxx"));
  g_assert_true(g_str_has_suffix(text, "xxx\n1,2\n"));
  folder_free(folder);
}

static void
test_no_folder(void)
{
  GError *error = NULL;
  g_assert_null(csv_open("/nonexistent/t.csv", "a", &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/t.csv"));
  g_error_free(error);
}

/* A limit on the size of files stands for a full disk. */
static void
test_full(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "t.csv", NULL);
  CsvFile *file = csv_open(path, "a", NULL);
  struct rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 100 * 1024;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  for (int i = 0; i < 200000; i++)
    csv_end(file, csv_put_u64(csv_begin(file, 32), (uint64_t)i));
  GError *error = NULL;
  bool good = csv_close(file, &error);
  setrlimit(RLIMIT_FSIZE, &before);
  g_assert_false(good);
  g_assert_nonnull(strstr(error->message, "t.csv"));
  g_assert_nonnull(strstr(error->message, g_strerror(EFBIG)));
  g_error_free(error);
  folder_free(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/csv/text-is-quoted-where-the-rfc-asks", test_text);
  g_test_add_func("/csv/text-is-no-formula", test_formula);
  g_test_add_func("/csv/control-characters-are-escaped", test_control);
  g_test_add_func("/csv/numbers", test_numbers);
  g_test_add_func("/csv/times-as-sim-time-print", test_times);
  g_test_add_func("/csv/rows-are-whole", test_rows);
  g_test_add_func("/csv/no-folder-is-an-error-with-the-path", test_no_folder);
  g_test_add_func("/csv/full-disk-is-told-with-the-file", test_full);
  return g_test_run();
}
