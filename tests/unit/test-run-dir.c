/* Tests of run-dir: what is replaced, what is kept, and what is left alone. */
#include "scenarios/runner/run-dir.h"

#include <unistd.h>

#include "tests/unit/run-folder.h"

/* Writes a run that says `text` to folder/name. */
static void
make_run(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  GError *error = NULL;
  RunDir *dir = run_dir_open(path, &error);
  g_assert_no_error(error);
  g_autofree char *final =
      g_str_has_suffix(path, "/") ? g_strndup(path, strlen(path) - 1) : g_strdup(path);
  g_assert_cmpstr(run_dir_final(dir), ==, final);
  folder_put(run_dir_part(dir), "run.json", text);
  g_assert_true(run_dir_commit(dir, &error));
  g_assert_no_error(error);
}

static void
assert_run(const char *folder, const char *name, const char *text)
{
  g_autofree char *file = g_build_filename(name, "run.json", NULL);
  g_autofree char *found = folder_read(folder, file, NULL);
  g_assert_cmpstr(found, ==, text);
}

/* Opening folder/name must fail and say each of the words. */
static void
assert_refused(const char *folder, const char *name, const char *word)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(run_dir_open(path, &error));
  g_assert_nonnull(strstr(error->message, name));
  if (strstr(error->message, word) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, word);
}

static guint
count_entries(const char *folder)
{
  GDir *dir = g_dir_open(folder, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(dir) != NULL)
    count++;
  g_dir_close(dir);
  return count;
}

static void
test_first(void)
{
  char *folder = folder_new();
  make_run(folder, "out/handshake/clean", "1");
  assert_run(folder, "out/handshake/clean", "1");
  g_autofree char *parent = g_build_filename(folder, "out/handshake", NULL);
  g_assert_cmpuint(count_entries(parent), ==, 1);
  folder_free(folder);
}

static void
test_second_and_third(void)
{
  char *folder = folder_new();
  make_run(folder, "r", "1");
  make_run(folder, "r", "2");
  assert_run(folder, "r", "2");
  assert_run(folder, "r.1", "1");
  make_run(folder, "r/", "3"); /* final keeps what was given but for the slash */
  assert_run(folder, "r", "3");
  assert_run(folder, "r.1", "2");
  g_assert_cmpuint(count_entries(folder), ==, 2);
  folder_free(folder);
}

static void
test_abandon(void)
{
  char *folder = folder_new();
  make_run(folder, "r", "1");
  g_autofree char *path = g_build_filename(folder, "r", NULL);
  RunDir *dir = run_dir_open(path, NULL);
  folder_put(run_dir_part(dir), "timeline.csv", "half");
  g_assert_cmpuint(count_entries(folder), ==, 2);
  run_dir_abandon(dir);
  g_assert_cmpuint(count_entries(folder), ==, 1);
  assert_run(folder, "r", "1");
  folder_free(folder);
}

static void
test_abandon_parents(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "out/a/b", NULL);
  run_dir_abandon(run_dir_open(path, NULL));
  g_assert_cmpuint(count_entries(folder), ==, 0);
  folder_free(folder);
}

static void
test_strangers(void)
{
  char *folder = folder_new();
  g_autofree char *thesis = g_build_filename(folder, "thesis", NULL);
  g_mkdir(thesis, 0777);
  make_run(folder, "thesis", "1"); /* empty: may be used */
  g_autofree char *mark = g_build_filename(thesis, "run.json", NULL);
  g_unlink(mark);
  folder_put(thesis, "thesis.tex", "ten months");
  assert_refused(folder, "thesis", "thesis.tex");
  assert_refused(folder, "thesis", "-o");
  assert_refused(folder, "thesis/thesis.tex", "is a file");
  g_assert_true(folder_has(thesis, "thesis.tex"));
  g_assert_cmpuint(count_entries(folder), ==, 1);
  folder_free(folder);
}

/* DIR.1 would be removed: it has to be a run as well. */
static void
test_stranger_in_older(void)
{
  char *folder = folder_new();
  make_run(folder, "r", "1");
  g_autofree char *older = g_build_filename(folder, "r.1", NULL);
  g_mkdir(older, 0777);
  folder_put(older, "notes.txt", "mine");
  assert_refused(folder, "r", "notes.txt");
  g_assert_true(folder_has(older, "notes.txt"));
  folder_free(folder);
}

/* Files put there while the run went on are not lost either. */
static void
test_stranger_meanwhile(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "r", NULL);
  RunDir *dir = run_dir_open(path, NULL);
  folder_put(run_dir_part(dir), "run.json", "1");
  g_autofree char *part = g_strdup(run_dir_part(dir));
  g_mkdir(path, 0777);
  folder_put(path, "notes.txt", "mine");
  g_autoptr(GError) error = NULL;
  g_assert_false(run_dir_commit(dir, &error));
  g_assert_nonnull(strstr(error->message, part));
  g_assert_nonnull(strstr(error->message, "notes.txt"));
  g_assert_true(folder_has(path, "notes.txt"));
  g_assert_true(folder_has(part, "run.json"));
  folder_free(folder);
}

/* Two runs into one folder: the one that ends later is in its place. */
static void
test_two_at_once(void)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "r", NULL);
  RunDir *dir = run_dir_open(path, NULL);
  folder_put(run_dir_part(dir), "run.json", "slow");
  g_autofree char *other = g_build_filename(folder, "r.part-0", NULL);
  g_mkdir(other, 0777);
  folder_put(other, "run.json", "fast");
  g_assert_cmpint(rename(other, path), ==, 0);
  g_assert_true(run_dir_commit(dir, NULL));
  assert_run(folder, "r", "slow");
  assert_run(folder, "r.1", "fast");
  folder_free(folder);
}

static void
test_symlink(void)
{
  char *folder = folder_new();
  make_run(folder, "real", "1");
  g_autofree char *link = g_build_filename(folder, "link", NULL);
  g_assert_cmpint(symlink("real", link), ==, 0);
  make_run(folder, "link", "2");
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
  assert_run(folder, "real", "2");
  assert_run(folder, "real.1", "1");
  folder_free(folder);
}

static void
test_no_way(void)
{
  char *folder = folder_new();
  folder_put(folder, "file", "x");
  assert_refused(folder, "file/below", "file/below");
  g_autoptr(GError) error = NULL;
  g_assert_null(run_dir_open("", &error));
  g_assert_nonnull(error);
  folder_free(folder);
}

static void
assert_default(const char *scenario, const char *folder, const char *name)
{
  g_autofree char *by_default = run_dir_default(scenario);
  g_autofree char *canonical = run_dir_scenario(scenario);
  g_assert_cmpstr(by_default, ==, folder);
  g_assert_cmpstr(canonical, ==, name);
}

static void
test_default(void)
{
  char *folder = folder_new(), *before = g_get_current_dir();
  g_autofree char *gallery = g_build_filename(folder, "scenarios", "handshake", NULL);
  g_mkdir_with_parents(gallery, 0777);
  g_assert_cmpint(g_chdir(folder), ==, 0);
  assert_default("scenarios/handshake/syn-lost.lua", "out/handshake/syn-lost",
                 "scenarios/handshake/syn-lost.lua");
  assert_default("./scenarios/x/../close.lua", "out/close", "scenarios/close.lua");
  assert_default("x/my.lua", "out/my", "my.lua");
  assert_default("my", "out/my", "my");
  g_assert_cmpint(g_chdir(gallery), ==, 0);
  assert_default("syn-lost.lua", "out/handshake/syn-lost", "scenarios/handshake/syn-lost.lua");
  g_assert_cmpint(g_chdir(before), ==, 0);
  g_free(before);
  folder_free(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/run-dir/first-run-makes-its-folders", test_first);
  g_test_add_func("/run-dir/run-before-is-kept-as-1", test_second_and_third);
  g_test_add_func("/run-dir/abandoned-run-leaves-nothing", test_abandon);
  g_test_add_func("/run-dir/abandoned-run-leaves-no-parents", test_abandon_parents);
  g_test_add_func("/run-dir/other-files-are-never-replaced", test_strangers);
  g_test_add_func("/run-dir/other-files-in-1-are-never-removed", test_stranger_in_older);
  g_test_add_func("/run-dir/files-that-came-meanwhile-stay", test_stranger_meanwhile);
  g_test_add_func("/run-dir/two-runs-into-one-folder", test_two_at_once);
  g_test_add_func("/run-dir/symbolic-link-is-followed", test_symlink);
  g_test_add_func("/run-dir/no-way-is-an-error-with-the-path", test_no_way);
  g_test_add_func("/run-dir/default-by-the-scenario", test_default);
  return g_test_run();
}
