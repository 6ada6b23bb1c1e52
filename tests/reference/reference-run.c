/* reference-run: runs the program as a process of its own, into a scratch folder. */
#include "tests/reference/reference-run.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

const char *
reference_environment(const char *name)
{
  const char *value = g_getenv(name);
  if (value == NULL)
    g_error("%s is not set; run this test with meson test", name);
  return value;
}

char *
reference_path(const char *folder, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat(name, suffix, NULL);
  return g_build_filename(reference_environment("REFERENCE"), folder, file, NULL);
}

static void
remove_tree(const char *path)
{
  GDir *directory = g_dir_open(path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
    g_autofree char *inside = g_build_filename(path, name, NULL);
    remove_tree(inside);
  }
  if (directory != NULL)
    g_dir_close(directory);
  g_remove(path);
}

ReferenceRun *
reference_run(const char *scenario, const char *const *arguments)
{
  GError *error = NULL;
  ReferenceRun *run = g_new0(ReferenceRun, 1);
  run->scratch = g_dir_make_tmp("roundtrip-reference-XXXXXX", &error);
  g_assert_no_error(error);
  run->out = g_build_filename(run->scratch, "out", NULL);
  g_autoptr(GPtrArray) line = g_ptr_array_new();
  const char *const fixed[] = {
      reference_environment("ROUNDTRIP"), "run", scenario, "-o", run->out, "--quiet"};
  for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
    g_ptr_array_add(line, (gpointer)(guintptr)fixed[i]);
  for (; arguments != NULL && *arguments != NULL; arguments++)
    g_ptr_array_add(line, (gpointer)(guintptr)*arguments);
  g_ptr_array_add(line, NULL);
  g_autoptr(GSubprocess) program =
      g_subprocess_newv((const char *const *)line->pdata,
                        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  if (program != NULL)
    g_subprocess_communicate_utf8(program, NULL, NULL, &run->complaints, NULL, &error);
  run->ran = error == NULL && g_subprocess_get_successful(program);
  if (run->complaints == NULL)
    run->complaints = g_strdup(error != NULL ? error->message : "");
  g_clear_error(&error);
  return run;
}

double
reference_result(const ReferenceRun *run, const char *name)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autofree char *path = g_build_filename(run->out, "summary.json", NULL);
  g_autoptr(GError) error = NULL;
  bool parsed = json_parser_load_from_file(parser, path, &error);
  g_assert_no_error(error);
  if (!parsed)
    return 0;
  JsonObject *summary = json_node_get_object(json_parser_get_root(parser));
  JsonObject *results = json_object_get_object_member(summary, "results");
  bool there = results != NULL && json_object_has_member(results, name);
  g_assert_true(there);
  return there ? json_object_get_double_member(results, name) : 0;
}

void
reference_run_free(ReferenceRun *run)
{
  remove_tree(run->scratch);
  g_free(run->scratch);
  g_free(run->out);
  g_free(run->complaints);
  g_free(run);
}

SimTime
reference_lateness(SimTime nominal)
{
  SimTime step = nominal < SIM_SECOND / 4    ? 4 * SIM_MILLISECOND
                 : nominal < 2 * SIM_SECOND  ? 32 * SIM_MILLISECOND
                 : nominal < 16 * SIM_SECOND ? 256 * SIM_MILLISECOND
                                             : 2050 * SIM_MILLISECOND;
  return REFERENCE_TICK + step;
}
