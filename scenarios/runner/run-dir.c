/* run-dir: moves by rename(), so that DIR is whole at every moment. */
#include "scenarios/runner/run-dir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/error.h"

#define GALLERY "scenarios" /* the folder below which scenarios are named by their path */
#define OUT "out"
#define FOLDER_MODE 0777
#define OPEN_FOLDERS 16 /* at most, while one is removed */
#define ATTEMPTS 20     /* of a commit, when another run is put in the same place meanwhile */

struct RunDir {
  char *path;   /* owned: as given, without a slash at its end */
  char *target; /* owned: path, with symbolic links followed when it exists */
  char *part;   /* owned */
  char *older;  /* owned: target.1 */
  char *there;  /* owned: the nearest folder above `target` that was there before; it stays */
};

static bool
file_error(GError **error, const char *what, const char *path, int code)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot %s %s: %s", what, path, g_strerror(code));
  return false;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
  return remove(path);
}

/* What is not there is removed. Symbolic links are removed, not followed. */
static bool
remove_all(const char *path, GError **error)
{
  if (nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
    return true;
  return file_error(error, "remove", path, errno);
}

/* Whether what is at `path`, if anything, may be replaced by a run. */
static bool
check_replaceable(const char *path, GError **error)
{
  struct stat status;
  if (lstat(path, &status) != 0)
    return errno == ENOENT || file_error(error, "look at", path, errno);
  if (!S_ISDIR(status.st_mode)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s is a file, not a folder; choose another place with -o", path);
    return false;
  }
  g_autofree char *mark = g_build_filename(path, "run.json", NULL);
  if (access(mark, F_OK) == 0)
    return true;
  GError *failed = NULL;
  GDir *folder = g_dir_open(path, 0, &failed);
  if (folder == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s", failed->message);
    g_error_free(failed);
    return false;
  }
  const char *first = g_dir_read_name(folder);
  if (first != NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "%s holds files that are not of a run (\"%s\", no run.json) and is not replaced; "
                "choose another place with -o",
                path, first);
  g_dir_close(folder);
  return first == NULL;
}

/* "x/." and ".." cannot be renamed; a link's aim can. */
static char *
target_of(const char *path)
{
  char *real = realpath(path, NULL);
  if (real == NULL)
    return g_canonicalize_filename(path, NULL);
  char *target = g_strdup(real);
  free(real);
  return target;
}

/* The nearest folder above `path` that is there. */
static char *
nearest_folder(const char *path)
{
  char *folder = g_path_get_dirname(path);
  while (access(folder, F_OK) != 0 && strcmp(folder, "/") != 0) {
    char *above = g_path_get_dirname(folder);
    g_free(folder);
    folder = above;
  }
  return folder;
}

static bool
make_part(const RunDir *dir, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(dir->target);
  if (g_mkdir_with_parents(parent, FOLDER_MODE) != 0)
    return file_error(error, "create the folder", parent, errno);
  /* Left by a run that was killed and had the same number. */
  if (!remove_all(dir->part, error))
    return false;
  return mkdir(dir->part, FOLDER_MODE) == 0 ||
         file_error(error, "create the folder", dir->part, errno);
}

static void
dir_free(RunDir *dir)
{
  g_free(dir->path);
  g_free(dir->target);
  g_free(dir->part);
  g_free(dir->older);
  g_free(dir->there);
  g_free(dir);
}

RunDir *
run_dir_open(const char *path, GError **error)
{
  if (*path == '\0') {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "the output folder's name is empty");
    return NULL;
  }
  RunDir *dir = g_new0(RunDir, 1);
  dir->path = g_strdup(path);
  for (size_t length = strlen(path); length > 1 && dir->path[length - 1] == '/'; length--)
    dir->path[length - 1] = '\0';
  dir->target = target_of(dir->path);
  dir->part = g_strdup_printf("%s.part-%ld", dir->target, (long)getpid());
  dir->older = g_strconcat(dir->target, ".1", NULL);
  dir->there = nearest_folder(dir->target);
  if (check_replaceable(dir->target, error) && check_replaceable(dir->older, error) &&
      make_part(dir, error))
    return dir;
  run_dir_abandon(dir);
  return NULL;
}

const char *
run_dir_part(const RunDir *dir)
{
  return dir->part;
}

const char *
run_dir_there(const RunDir *dir)
{
  return dir->there;
}

const char *
run_dir_final(const RunDir *dir)
{
  return dir->path;
}

/* Moves what is in the place to DIR.1. It may be gone by then. */
static bool
move_older(const RunDir *dir, GError **error)
{
  if (!check_replaceable(dir->target, error) || !check_replaceable(dir->older, error))
    return false;
  g_autofree char *mark = g_build_filename(dir->target, "run.json", NULL);
  if (access(mark, F_OK) != 0) /* nothing, or an empty folder, onto which one can move */
    return true;
  if (!remove_all(dir->older, error))
    return false;
  if (rename(dir->target, dir->older) == 0 || errno == ENOENT)
    return true;
  /* Another run has put its own older one there: the next attempt removes it. */
  return errno == ENOTEMPTY || errno == EEXIST ||
         file_error(error, "move away", dir->target, errno);
}

static bool
move_all(const RunDir *dir, GError **error)
{
  int failed = 0;
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (!move_older(dir, error))
      return false;
    if (rename(dir->part, dir->target) == 0)
      return true;
    failed = errno;
    if (failed != ENOTEMPTY && failed != EEXIST)
      break;
  }
  return file_error(error, "move the run to", dir->target, failed);
}

bool
run_dir_commit(RunDir *dir, GError **error)
{
  bool good = move_all(dir, error);
  if (!good)
    g_prefix_error(error, "the run is in %s: ", dir->part);
  dir_free(dir);
  return good;
}

void
run_dir_remove_part(const char *part, const char *there)
{
  remove_all(part, NULL);
  char *folder = g_path_get_dirname(part);
  while (strcmp(folder, there) != 0 && rmdir(folder) == 0) {
    char *above = g_path_get_dirname(folder);
    g_free(folder);
    folder = above;
  }
  g_free(folder);
}

void
run_dir_abandon(RunDir *dir)
{
  run_dir_remove_part(dir->part, dir->there);
  dir_free(dir);
}

char *
run_dir_scenario(const char *scenario)
{
  /* The whole path, so that it does not matter from which folder the scenario is called. */
  g_autofree char *whole = g_canonicalize_filename(scenario, NULL);
  char *below = g_strrstr(whole, "/" GALLERY "/");
  return below != NULL ? g_strdup(below + 1) : g_path_get_basename(whole);
}

char *
run_dir_default(const char *scenario)
{
  g_autofree char *name = run_dir_scenario(scenario);
  if (g_str_has_suffix(name, ".lua"))
    name[strlen(name) - strlen(".lua")] = '\0';
  const char *below = g_str_has_prefix(name, GALLERY "/") ? name + strlen(GALLERY "/") : name;
  return g_build_filename(OUT, below, NULL);
}
