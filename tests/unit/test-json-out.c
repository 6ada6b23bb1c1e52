/* Tests of json-out: numbers that read back, text that is always UTF-8. */
#include "scenarios/runner/json-out.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "tests/unit/run-folder.h"

static char *
written(JsonOut *out)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "t.json", NULL);
  GError *error = NULL;
  json_out_write(out, path, &error);
  g_assert_no_error(error);
  char *text = folder_read(folder, "t.json", NULL);
  folder_free(folder);
  return text;
}

static void
test_form(void)
{
  JsonOut out;
  json_out_init(&out);
  json_out_object(&out, "empty");
  json_out_object_end(&out);
  json_out_array(&out, "list");
  json_out_integer(&out, NULL, 18446744073709551615u);
  json_out_string(&out, NULL, NULL);
  json_out_array_end(&out);
  json_out_boolean(&out, "yes", true);
  json_out_time(&out, "t", 50 * SIM_MILLISECOND);
  json_out_time(&out, "never", SIM_TIME_NEVER);
  g_autofree char *text = written(&out);
  g_assert_cmpstr(text, ==,
                  "{\n"
                  "  \"empty\": {},\n"
                  "  \"list\": [\n"
                  "    18446744073709551615,\n"
                  "    null\n"
                  "  ],\n"
                  "  \"yes\": true,\n"
                  "  \"t\": 0.05,\n"
                  "  \"never\": null\n"
                  "}\n");
}

static void
assert_number(double value, const char *expected)
{
  JsonOut out;
  json_out_init(&out);
  json_out_number(&out, "n", value);
  g_autofree char *text = written(&out);
  g_autofree char *whole = g_strdup_printf("{\n  \"n\": %s\n}\n", expected);
  g_assert_cmpstr(text, ==, whole);
}

static void
test_numbers(void)
{
  assert_number(0, "0");
  assert_number(-0.0, "0");
  assert_number(0.1, "0.1");
  assert_number(1.1, "1.1");
  assert_number(-3, "-3");
  assert_number(1e8, "100000000");
  assert_number(1.0 / 3, "0.3333333333333333");
  assert_number(0.1 + 0.2, "0.30000000000000004");
  assert_number(1e300, "1e+300");
  assert_number(INFINITY, "null");
  assert_number(NAN, "null");
}

static void
test_numbers_read_back(void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(3);
  JsonOut out;
  json_out_init(&out);
  json_out_array(&out, "n");
  double values[300];
  for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
    values[i] = ldexp(g_rand_double(random), (int)(i % 120) - 60);
    json_out_number(&out, NULL, values[i]);
  }
  json_out_array_end(&out);
  g_autofree char *text = written(&out);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
  JsonArray *array =
      json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "n");
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    g_assert_true(json_array_get_double_element(array, i) == values[i]);
}

static void
test_strings(void)
{
  const char *const texts[] = {"", "a \"b\" \\ c", "line\nline\ttab\x01\x7f", "\xc3\xa4"};
  JsonOut out;
  json_out_init(&out);
  json_out_array(&out, "s");
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    json_out_string(&out, NULL, texts[i]);
  json_out_string(&out, NULL, "latin \xe4");
  json_out_array_end(&out);
  g_autofree char *text = written(&out);
  g_assert_true(g_utf8_validate(text, -1, NULL));
  g_autoptr(JsonParser) parser = json_parser_new();
  g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
  JsonArray *array =
      json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "s");
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_assert_cmpstr(json_array_get_string_element(array, i), ==, texts[i]);
  g_assert_cmpstr(json_array_get_string_element(array, 4), ==, "latin \xef\xbf\xbd");
}

static void
test_no_folder(void)
{
  JsonOut out;
  json_out_init(&out);
  g_autoptr(GError) error = NULL;
  g_assert_false(json_out_write(&out, "/nonexistent/t.json", &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/t.json"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/json-out/form", test_form);
  g_test_add_func("/json-out/numbers-are-short", test_numbers);
  g_test_add_func("/json-out/numbers-read-back", test_numbers_read_back);
  g_test_add_func("/json-out/strings-read-back-and-are-utf-8", test_strings);
  g_test_add_func("/json-out/no-folder-is-an-error-with-the-path", test_no_folder);
  return g_test_run();
}
