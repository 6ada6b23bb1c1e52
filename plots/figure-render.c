/* figure-render: makes the files of a figure in a folder beside their place and moves them there.
 *
 * gnuplot is started without a shell, without its start-up files and in that folder, so that what
 * it writes does not depend on where it is. Nothing a user wrote is part of a command: names of
 * files are checked, texts are data (figure-data.c). */
#include "plots/figure-parts.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sim/error.h"
#include "sim/file.h"

#define MARK "# Roundtrip: " /* how our scripts and data begin: only these are ever replaced */
#define TEX_PICTURE "-inc"   /* what is drawn of a figure in LaTeX: NAME-inc.pdf */
#define TEXT_COLUMNS 100

static const char *
basename_of(const FigureRequest *request)
{
  return request->basename != NULL ? request->basename : request->name;
}

static char *
path_of(const FigureRequest *request, const char *ending)
{
  g_autofree char *name = g_strconcat(basename_of(request), ending, NULL);
  return g_build_filename(request->directory, name, NULL);
}

static bool
fail_file(GError **error, const char *what, const char *path)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot %s %s: %s", what, path, g_strerror(errno));
  return false;
}

/* The name stands in the script and, for LaTeX, in \includegraphics. */
static bool
check_basename(const FigureRequest *request, GError **error)
{
  const char *name = basename_of(request);
  bool valid = *name != '\0' && *name != '-' && g_utf8_validate(name, -1, NULL);
  for (const char *c = name; *c != '\0'; c++) {
    bool plain = g_ascii_isalnum(*c) || strchr("-_.+=", *c) != NULL;
    bool for_files = plain || strchr(" ,()", *c) != NULL || (guchar)*c >= 0x80;
    valid = valid && (request->format == FIGURE_TEX ? plain : for_files);
  }
  if (!valid)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\" cannot be the name of a figure: use letters, digits%s, not \"-\" in front",
                name,
                request->format == FIGURE_TEX ? " and - _ . + = (LaTeX reads it)"
                                              : ", blanks and - _ . + = , ( )");
  return valid;
}

/* A file of that name is ours, or there is none. */
static bool
check_ours(const char *path, GError **error)
{
  char start[sizeof MARK] = "";
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return true;
  FILE *file =
      sim_file_stream(path, "a figure's script and data stand beside it under that name", error);
  if (file == NULL)
    return false;
  size_t length = fread(start, 1, sizeof MARK - 1, file);
  fclose(file);
  if (length == strlen(MARK) && memcmp(start, MARK, length) == 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
              "%s is there already and was not made by Roundtrip, which keeps a figure's script "
              "and data beside it: choose another folder or name",
              path);
  return false;
}

bool
figure_check_files(const FigureRequest *request, GError **error)
{
  if (!check_basename(request, error))
    return false;
  if (request->format == FIGURE_TEXT)
    return true;
  g_autofree char *script = path_of(request, ".gp");
  g_autofree char *data = path_of(request, ".dat");
  g_autofree char *style = g_build_filename(request->directory, "style.gp", NULL);
  return check_ours(script, error) && check_ours(data, error) && check_ours(style, error);
}

/* -- the temporary folder -- */

typedef struct Work {
  const FigureRequest *request;
  char *folder;     /* owned */
  GPtrArray *files; /* of char *, owned: names within it, in the order they are moved */
} Work;

static bool
work_open(Work *work, const FigureRequest *request, GError **error)
{
  work->request = request;
  work->files = g_ptr_array_new_with_free_func(g_free);
  work->folder = g_build_filename(request->directory, ".figure-XXXXXX", NULL);
  if (g_mkdir_with_parents(request->directory, 0777) != 0)
    return fail_file(error, "make", request->directory);
  if (g_mkdtemp_full(work->folder, 0777) == NULL)
    return fail_file(error, "make a folder in", request->directory);
  return true;
}

static bool
work_write(Work *work, const char *name, const char *text, gssize size, GError **error)
{
  g_autofree char *path = g_build_filename(work->folder, name, NULL);
  g_autoptr(GError) cause = NULL;
  g_ptr_array_add(work->files, g_strdup(name));
  if (g_file_set_contents(path, text, size, &cause))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s", cause->message);
  return false;
}

/* `from` in the folder becomes `to` in its place. */
static bool
work_move(const Work *work, const char *from, const char *to, GError **error)
{
  g_autofree char *old = g_build_filename(work->folder, from, NULL);
  g_autofree char *new = g_build_filename(work->request->directory, to, NULL);
  return g_rename(old, new) == 0 || fail_file(error, "write", new);
}

static bool
work_commit(Work *work, GError **error)
{
  for (guint i = 0; i < work->files->len; i++) {
    const char *name = g_ptr_array_index(work->files, i);
    if (!work_move(work, name, name, error))
      return false;
  }
  return true;
}

/* Removes the folder and what is left in it. */
static void
work_close(Work *work)
{
  GDir *folder = g_dir_open(work->folder, 0, NULL);
  for (const char *name; folder != NULL && (name = g_dir_read_name(folder)) != NULL;) {
    g_autofree char *path = g_build_filename(work->folder, name, NULL);
    g_unlink(path);
  }
  if (folder != NULL)
    g_dir_close(folder);
  g_rmdir(work->folder);
  g_free(work->folder);
  g_ptr_array_unref(work->files);
}

/* -- gnuplot -- */

/* The line of what gnuplot said that tells the error: not a warning, not the script's echo. */
static char *
complaint(const char *output)
{
  g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *text = g_strstrip(*line);
    if (strstr(text, "warning:") == NULL && strstr(text, "line ") != NULL)
      return g_strdup(text);
  }
  return g_strdup(lines[0] != NULL && *lines[0] != '\0' ? g_strstrip(lines[0]) : "it says nothing");
}

static bool
run_gnuplot(const Work *work, const char *script, GError **error)
{
  const char *argv[] = {"gnuplot", "-d", script, NULL};
  g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C.UTF-8", TRUE);
  environment = g_environ_unsetenv(environment, "GNUPLOT_LIB");
  environment = g_environ_unsetenv(environment, "GNUTERM");
  g_autofree char *output = NULL;
  g_autoptr(GError) cause = NULL;
  int status;
  if (!g_spawn_sync(work->folder, (char **)(gpointer)argv, environment, G_SPAWN_SEARCH_PATH, NULL,
                    NULL, NULL, &output, &status, &cause)) {
    if (g_error_matches(cause, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                  "gnuplot, which draws the figures, is not installed (or not in PATH): install "
                  "it (Debian: gnuplot-nox), or use --script-only to draw elsewhere");
    else
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "gnuplot cannot be started: %s",
                  cause->message);
    return false;
  }
  if (g_spawn_check_wait_status(status, NULL))
    return true;
  g_autofree char *said = complaint(output);
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "gnuplot could not draw %s: %s", script, said);
  return false;
}

/* Puts what gnuplot drew into the list of files to be moved. In LaTeX it is two of them. */
static bool
take_picture(Work *work, GError **error)
{
  const FigureRequest *request = work->request;
  const char *name = basename_of(request);
  bool tex = request->format == FIGURE_TEX;
  g_autofree char *made =
      g_strconcat(name, tex ? TEX_PICTURE : "", figure_format_ending(request->format), NULL);
  g_autofree char *path = g_build_filename(work->folder, made, NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "gnuplot drew no %s", made);
    return false;
  }
  if (!tex) {
    g_ptr_array_add(work->files, g_steal_pointer(&made));
    return true;
  }
  g_autofree char *wanted = g_strconcat(name, ".tex", NULL);
  g_autofree char *new = g_build_filename(work->folder, wanted, NULL);
  if (g_rename(path, new) != 0)
    return fail_file(error, "write", new);
  g_ptr_array_add(work->files, g_strconcat(name, TEX_PICTURE, ".pdf", NULL));
  g_ptr_array_add(work->files, g_steal_pointer(&wanted));
  return true;
}

/* The script is a few assignments and then the file of plots/ as it stands. */
static char *
compose_script(const FigureData *data)
{
  const FigureRequest *request = data->request;
  const char *format = figure_format_ending(request->format) + 1;
  char width[G_ASCII_DTOSTR_BUF_SIZE], height[G_ASCII_DTOSTR_BUF_SIZE];
  char font[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup_printf(
      MARK "%s, made by `roundtrip plot`. Change what you like and run, in this folder:\n"
           "#   gnuplot '%s.gp'\n"
           "basename = '%s'\n"
           "if (!exists('format')) { format = '%s' } # svg, pdf, png or tex\n"
           "figure_width = %s # mm\n"
           "figure_height = %s # mm\n"
           "font_size = %s # pt\n"
           "%s\n%s",
      request->name, basename_of(request), basename_of(request), format,
      g_ascii_formatd(width, sizeof width, "%.3f", data->size.width),
      g_ascii_formatd(height, sizeof height, "%.3f", data->size.height),
      g_ascii_formatd(font, sizeof font, "%g", data->size.font), data->settings->str,
      figure_script(request->name));
}

static char *
compose_data(const FigureData *data)
{
  return g_strdup_printf(MARK "data of the figure %s\n%s", data->request->name, data->text->str);
}

static void
add_part(FigureData *data, const FigureData *part, const char *ending, char *text)
{
  FigurePart *kept = g_new0(FigurePart, 1);
  const char *number = basename_of(part->request) + strlen(basename_of(data->request));
  kept->ending = g_strconcat(number, ending, NULL);
  kept->text = text;
  g_ptr_array_add(data->parts, kept);
}

void
figure_add_parts(FigureData *data, const FigureData *part)
{
  add_part(data, part, ".gp", compose_script(part));
  add_part(data, part, ".dat", compose_data(part));
}

static bool
write_parts(Work *work, const FigureData *data, GError **error)
{
  for (guint i = 0; i < data->parts->len; i++) {
    const FigurePart *part = data->parts->pdata[i];
    g_autofree char *place = path_of(data->request, part->ending);
    g_autofree char *name = g_strconcat(basename_of(data->request), part->ending, NULL);
    if (!check_ours(place, error) || !work_write(work, name, part->text, -1, error))
      return false;
  }
  return true;
}

static bool
fill_and_draw(Work *work, const FigureData *data, GError **error)
{
  const FigureRequest *request = data->request;
  g_autofree char *script = g_strconcat(basename_of(request), ".gp", NULL);
  g_autofree char *data_name = g_strconcat(basename_of(request), ".dat", NULL);
  g_autofree char *composed = compose_script(data);
  g_autofree char *rows = compose_data(data);
  if (!work_write(work, "style.gp", figure_script("style"), -1, error) ||
      !work_write(work, data_name, rows, -1, error) ||
      !work_write(work, script, composed, -1, error) || !write_parts(work, data, error))
    return false;
  if (request->script_only)
    return true;
  return run_gnuplot(work, script, error) && take_picture(work, error);
}

bool
figure_render(const FigureData *data, GError **error)
{
  Work work;
  bool done = work_open(&work, data->request, error) && fill_and_draw(&work, data, error) &&
              work_commit(&work, error);
  work_close(&work);
  return done;
}

LadderOptions
figure_ladder_options(const FigureRequest *request)
{
  return (LadderOptions){.from = request->from,
                         .to = request->to,
                         .conn = request->conn,
                         .raw = request->raw,
                         .fields = request->fields,
                         .group = request->group,
                         .serialisation = request->format != FIGURE_TEXT};
}

bool
figure_make_text(const FigureRequest *request, GError **error)
{
  if (strcmp(request->name, "ladder") != 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the figure \"%s\" has no text form, only \"ladder\" has: accepted are .svg, .pdf, "
                ".png and .tex",
                request->name);
    return false;
  }
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  LadderOptions options = figure_ladder_options(request);
  g_autoptr(Ladder) ladder = log == NULL ? NULL : ladder_new(log, &options, error);
  if (ladder == NULL)
    return false;
  LadderTextOptions look = {.width = TEXT_COLUMNS};
  g_autofree char *text = ladder_text(ladder, &look);
  g_autofree char *name = g_strconcat(basename_of(request), ".txt", NULL);
  Work work;
  bool done = work_open(&work, request, error) && work_write(&work, name, text, -1, error) &&
              work_commit(&work, error);
  work_close(&work);
  return done;
}
