/* gallery: finds scenarios, reads what their comments propose, runs the program. */
#include "tests/gallery/gallery.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/run-folder.h"

const char *
gallery_environment(const char *name)
{
  const char *value = g_getenv(name);
  if (value == NULL)
    g_error("%s is not set; run this test with meson test", name);
  return value;
}

/* -- scenarios -- */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those of scenarios/TOPIC and of the folders in it, but for exercises, which fail as they are
 * given (tests/lessons). */
static void
add_topic(GPtrArray *names, const char *topic)
{
  g_autofree char *path = g_build_filename(gallery_environment("SCENARIOS"), topic, NULL);
  GDir *folder = g_dir_open(path, 0, NULL);
  if (folder == NULL)
    return;
  for (const char *file; (file = g_dir_read_name(folder)) != NULL;) {
    g_autofree char *name = g_build_filename(topic, file, NULL);
    if (!g_str_has_suffix(name, ".lua"))
      add_topic(names, name);
    else if (!g_str_has_suffix(name, "-exercise.lua"))
      g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".lua")));
  }
  g_dir_close(folder);
}

bool
gallery_records_packets(const char *text)
{
  return strstr(text, "trace { timeline = false") == NULL;
}

char **
gallery_names(void)
{
  static const char *const code[] = {"lib", "runner", NULL};
  GPtrArray *names = g_ptr_array_new();
  GError *error = NULL;
  GDir *root = g_dir_open(gallery_environment("SCENARIOS"), 0, &error);
  const char *topic;
  g_assert_no_error(error);
  while ((topic = g_dir_read_name(root)) != NULL)
    if (!g_strv_contains(code, topic))
      add_topic(names, topic);
  g_dir_close(root);
  g_assert_cmpuint(names->len, >, 0);
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

char *
gallery_path(const char *name)
{
  g_autofree char *file = g_strconcat(name, ".lua", NULL);
  return g_build_filename(gallery_environment("SCENARIOS"), file, NULL);
}

char *
gallery_text(const char *name)
{
  g_autofree char *path = gallery_path(name);
  char *text = NULL;
  GError *error = NULL;
  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  return text;
}

/* -- variations -- */

/* The comment with which a scenario opens, as one line. */
static char *
head_comment(const char *text)
{
  GString *head = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; g_str_has_prefix(*line != NULL ? *line : "", "--"); line++)
    g_string_append_printf(head, "%s ", *line + 2);
  return g_string_free(head, FALSE);
}

char **
gallery_variations(const char *text)
{
  /* Options that follow each other without a comma are one variation. The value ends before the
   * punctuation of the sentence. */
  g_autofree char *head = head_comment(text);
  GPtrArray *found = g_ptr_array_new();
  g_autoptr(GRegex) regex = g_regex_new(
      "(?<![\\w-])(?:(?:-p\\s+[a-z_]\\w*=(?:\"[^\"]*\"|[^\\s\"]*[^\\s\",.:;!?)])|-s\\s+[0-9]+)"
      "(?:\\s+(?=-[ps]\\s))?)+",
      0, 0, NULL);
  GMatchInfo *match;
  for (g_regex_match(regex, head, 0, &match); g_match_info_matches(match);
       g_match_info_next(match, NULL))
    g_ptr_array_add(found, g_strstrip(g_match_info_fetch(match, 0)));
  g_match_info_free(match);
  g_ptr_array_add(found, NULL);
  return (char **)g_ptr_array_free(found, FALSE);
}

/* -- running -- */

/* What was written to a file that nobody else has. */
static char *
take_text(FILE *file)
{
  GString *text = g_string_new(NULL);
  char part[4096];
  size_t length;
  rewind(file);
  while ((length = fread(part, 1, sizeof part, file)) > 0)
    g_string_append_len(text, part, (gssize)length);
  fclose(file);
  return g_string_free(text, FALSE);
}

static double
seconds(struct timeval time)
{
  return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

GalleryRun
gallery_run(const char *folder, const char *const *arguments)
{
  GError *error = NULL;
  GPid pid;
  int status;
  struct rusage used;
  FILE *printed = tmpfile(), *complaints = tmpfile(); /* not pipes: both may be filled */
  g_assert_true(printed != NULL && complaints != NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup(gallery_environment("ROUNDTRIP")));
  for (const char *const *argument = arguments; *argument != NULL; argument++)
    g_ptr_array_add(argv, g_strdup(*argument));
  g_ptr_array_add(argv, NULL);
  /* With descriptors left open GLib need not fork, for which AddressSanitizer has much to copy. */
  g_spawn_async_with_fds(folder, (char **)argv->pdata, NULL,
                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL,
                         &pid, -1, fileno(printed), fileno(complaints), &error);
  /* Not assertions, which may be told and passed by. */
  if (error != NULL)
    g_error("%s", error->message);
  while (wait4(pid, &status, 0, &used) < 0)
    if (errno != EINTR)
      g_error("%s is not waited for: %s", (char *)argv->pdata[0], g_strerror(errno));
  g_spawn_close_pid(pid);
  return (GalleryRun){.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                      .printed = take_text(printed),
                      .complaints = take_text(complaints),
                      .cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime)};
}

void
gallery_run_clear(GalleryRun *run)
{
  g_clear_pointer(&run->printed, g_free);
  g_clear_pointer(&run->complaints, g_free);
}

void
gallery_assert_ran(const GalleryRun *run, int status)
{
  if (run->status != status)
    g_test_message("%s", run->printed);
  g_assert_cmpstr(run->complaints, ==, "");
  g_assert_cmpint(run->status, ==, status);
}

JsonParser *
gallery_json(const char *folder, const char *file)
{
  GError *error = NULL;
  g_autofree char *path = g_build_filename(folder, file, NULL);
  JsonParser *parser = json_parser_new_immutable();
  if (!json_parser_load_from_file(parser, path, &error))
    g_error("%s", error->message);
  if (!JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
    g_error("%s holds no object", path);
  return parser;
}

JsonObject *
gallery_object(JsonParser *parser)
{
  return json_node_get_object(json_parser_get_root(parser));
}

RunLog *
gallery_log(const char *path)
{
  GError *error = NULL;
  RunLog *log = run_log_read(path, &error);
  if (log != NULL)
    return log;
  g_test_message("%s", error->message);
  g_test_fail();
  g_error_free(error);
  return run_log_new(path);
}
