/* lab-folder: the scenarios of the gallery and of the user's folder.
 *
 * A page asks for a scenario by its id, and gets it only when the list has it: no path that
 * somebody sends is ever opened. A symbolic link is no scenario, so that none leads out of its
 * folder. */
#include <stdio.h>
#include <string.h>

#include "scenarios/runner/lab/lab-private.h"
#include "sim/file.h"

#define DEPTH_MOST 3
#define SCENARIOS_MOST 2000
#define GALLERY "gallery/"
#define OWN "own/"

void
lab_scenario_free(LabScenario *scenario)
{
  g_free(scenario->id);
  g_free(scenario->root);
  g_free(scenario->path);
  g_free(scenario);
}

/* lib and runner of the gallery hold no scenarios; what a run left neither; hidden is hidden. */
static bool
is_passed_over(const char *name, bool gallery, int depth)
{
  if (gallery && depth == 0 && (strcmp(name, "lib") == 0 || strcmp(name, "runner") == 0))
    return true;
  return name[0] == '.' || name[0] == '-' || strcmp(name, "out") == 0;
}

/* Those below root/below, as paths from the root. */
static void
collect(GPtrArray *paths, const char *root, const char *below, bool gallery, int depth)
{
  g_autofree char *folder = g_build_filename(root, below, NULL);
  GDir *dir = g_dir_open(folder, 0, NULL);
  if (dir == NULL)
    return;
  for (const char *name; (name = g_dir_read_name(dir)) != NULL && paths->len < SCENARIOS_MOST;) {
    g_autofree char *path = *below != '\0' ? g_build_filename(below, name, NULL) : g_strdup(name);
    g_autofree char *real = g_build_filename(root, path, NULL);
    if (is_passed_over(name, gallery, depth) || !g_utf8_validate(name, -1, NULL) ||
        strpbrk(name, "\t\n") != NULL || g_file_test(real, G_FILE_TEST_IS_SYMLINK))
      continue;
    if (g_file_test(real, G_FILE_TEST_IS_DIR) && depth < DEPTH_MOST)
      collect(paths, root, path, gallery, depth + 1);
    else if (g_str_has_suffix(name, ".lua") && !g_str_has_suffix(name, ".meta.lua") &&
             g_file_test(real, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add(paths, g_steal_pointer(&path));
  }
  g_dir_close(dir);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted. */
static GPtrArray *
paths_of(const char *root, const char *below, bool gallery)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  if (root != NULL)
    collect(paths, root, below, gallery, 0);
  g_ptr_array_sort(paths, compare);
  return paths;
}

/* What the first comment of a file says. g_free. */
static char *
first_comment(const char *root, const char *path)
{
  g_autofree char *real = g_build_filename(root, path, NULL);
  char line[256] = "";
  FILE *file = sim_file_stream(real, "", NULL);
  while (file != NULL && fgets(line, sizeof line, file) != NULL && strncmp(line, "--", 2) != 0)
    line[0] = '\0';
  if (file != NULL)
    fclose(file);
  g_autofree char *text = g_utf8_make_valid(line + strspn(line, "-[ \t"), -1);
  return g_strdelimit(g_strchomp(g_steal_pointer(&text)), "\t\n\r", ' ');
}

static void
append_list(GString *list, const char *root, const char *below, const char *prefix)
{
  g_autoptr(GPtrArray) paths = paths_of(root, below, *below != '\0');
  for (guint i = 0; i < paths->len; i++) {
    const char *path = paths->pdata[i];
    g_autofree char *comment = first_comment(root, path);
    const char *name = *below != '\0' ? path + strlen(below) + 1 : path;
    g_string_append_printf(list, "%s%s\t%s\n", prefix, name, comment);
  }
}

char *
lab_folder_list(const LabSettings *settings)
{
  GString *list = g_string_new(NULL);
  append_list(list, settings->gallery, "scenarios", GALLERY);
  append_list(list, settings->folder, "", OWN);
  return g_string_free(list, FALSE);
}

LabScenario *
lab_folder_find(const LabSettings *settings, const char *id)
{
  bool gallery = g_str_has_prefix(id, GALLERY);
  if (!gallery && !g_str_has_prefix(id, OWN))
    return NULL;
  const char *root = gallery ? settings->gallery : settings->folder;
  g_autofree char *path = gallery ? g_build_filename("scenarios", id + strlen(GALLERY), NULL)
                                  : g_strdup(id + strlen(OWN));
  g_autoptr(GPtrArray) paths = paths_of(root, gallery ? "scenarios" : "", gallery);
  for (guint i = 0; i < paths->len; i++)
    if (strcmp(paths->pdata[i], path) == 0) {
      LabScenario *found = g_new0(LabScenario, 1);
      *found = (LabScenario){g_strdup(id), g_strdup(root), g_steal_pointer(&path)};
      return found;
    }
  return NULL;
}
