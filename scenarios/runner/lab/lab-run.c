/* lab-run: runs, each in a process of the program and a folder of its own.
 *
 * A view of a page has one run at a time: a newer one ends the process of the one under way, whose
 * `done` then hears that it was replaced. The folder of the last run that came to its end stays,
 * for exports, until the next does; views that were not used for long lose theirs. All folders lie
 * in one temporary folder that nobody else can read, and go with it. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/runner/lab/lab-private.h"
#include "sim/error.h"

#define VIEWS_MOST 16 /* that have a folder or a process */
#define WORDS_MOST 20000
#define BODY_MOST (64 << 20) /* bytes of a run's data or of a file that is exported */
#define TRACE_LIMIT "20 MB"
#define GRACE_MS 5000 /* beyond the limit that the process itself keeps */
#define PLOT_MS 20000 /* for a figure or a report */
#define OPEN_FOLDERS 16
#define FOLDER_MODE 0700
#define RUN "run" /* a run's folder, in a folder of its own */

typedef struct View {
  char *name;       /* owned */
  char *folder;     /* owned: around that of its last whole run; NULL: none yet */
  struct Task *run; /* under way; NULL: none */
  guint64 used;     /* when, counted in runs */
} View;

struct LabRuns {
  const LabSettings *settings; /* borrowed */
  char *folder;                /* owned: of all that is written */
  GPtrArray *views;            /* of View, owned */
  guint64 count;               /* of tasks so far: their folders' and files' names */
};

/* A process under way. */
typedef struct Task {
  LabRuns *runs;
  View *view; /* of a run; NULL: an export, or the view is gone */
  GSubprocess *process;
  char *made;   /* owned: the folder or file that it makes */
  char *wanted; /* owned: the file that is the answer */
  guint alarm;  /* source; 0: it has rung */
  bool late, replaced;
  LabDone done;
  gpointer data;
} Task;

bool
lab_is_word(const char *text)
{
  if (text == NULL || *text == '\0' || *text == '.' || *text == '-' || strlen(text) > 64)
    return false;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum(*text) && strchr("-_.", *text) == NULL)
      return false;
  return true;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
  return remove(path);
}

static void
remove_all(const char *path)
{
  if (path != NULL)
    nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

/* -- views -- */

static void
view_free(gpointer data)
{
  View *view = data;
  if (view->run != NULL) {
    view->run->view = NULL;
    view->run->replaced = true;
    g_subprocess_force_exit(view->run->process);
  }
  remove_all(view->folder);
  g_free(view->folder);
  g_free(view->name);
  g_free(view);
}

static View *
find_view(const LabRuns *runs, const char *name)
{
  for (guint i = 0; i < runs->views->len; i++) {
    View *view = runs->views->pdata[i];
    if (strcmp(view->name, name) == 0)
      return view;
  }
  return NULL;
}

/* The one of this name, perhaps new in the place of the one that was not used for longest. */
static View *
take_view(LabRuns *runs, const char *name)
{
  View *view = find_view(runs, name);
  if (view == NULL) {
    guint oldest = 0;
    for (guint i = 1; i < runs->views->len; i++)
      if (((View *)runs->views->pdata[i])->used < ((View *)runs->views->pdata[oldest])->used)
        oldest = i;
    if (runs->views->len >= VIEWS_MOST)
      g_ptr_array_remove_index(runs->views, oldest);
    view = g_new0(View, 1);
    view->name = g_strdup(name);
    g_ptr_array_add(runs->views, view);
  }
  view->used = ++runs->count;
  return view;
}

LabRuns *
lab_runs_new(const LabSettings *settings, GError **error)
{
  char *folder = g_dir_make_tmp("roundtrip-lab-XXXXXX", error);
  if (folder == NULL)
    return NULL;
  LabRuns *runs = g_new0(LabRuns, 1);
  *runs = (LabRuns){
      .settings = settings, .folder = folder, .views = g_ptr_array_new_with_free_func(view_free)};
  return runs;
}

void
lab_runs_free(LabRuns *runs)
{
  g_ptr_array_unref(runs->views);
  remove_all(runs->folder);
  g_free(runs->folder);
  g_free(runs);
}

/* -- processes -- */

/* At most so much of it. NULL: it is not there, or too large. */
static GBytes *
read_file(const char *path)
{
  GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
  if (file == NULL)
    return NULL;
  GBytes *bytes =
      g_mapped_file_get_length(file) <= BODY_MOST ? g_mapped_file_get_bytes(file) : NULL;
  g_mapped_file_unref(file);
  return bytes;
}

/* The program's own words, without its name, as long as they may be. g_free. */
static char *
words_of(const Task *task, const char *said)
{
  if (task->late)
    return g_strdup("the run took too long and was ended");
  if (said == NULL || *said == '\0')
    return g_strdup("the run ended without a word: was it too large?");
  g_autofree char *part = g_strndup(said, WORDS_MOST);
  char *words = g_utf8_make_valid(part, -1);
  if (g_str_has_prefix(words, "roundtrip: "))
    memmove(words, words + strlen("roundtrip: "), strlen(words) - strlen("roundtrip: ") + 1);
  return g_strchomp(words);
}

/* A run that is whole: its folder takes the place of the one before. */
static void
keep_folder(Task *task)
{
  remove_all(task->view->folder);
  g_free(task->view->folder);
  task->view->folder = g_steal_pointer(&task->made);
}

static void
on_end(GObject *source, GAsyncResult *result, gpointer data)
{
  Task *task = data;
  char *said = NULL;
  g_subprocess_communicate_utf8_finish(task->process, result, NULL, &said, NULL);
  if (task->alarm != 0)
    g_source_remove(task->alarm);
  bool ended = g_subprocess_get_if_exited(task->process) &&
               g_subprocess_get_exit_status(task->process) <= 1; /* 1: an expectation failed */
  GBytes *body = ended && !task->replaced ? read_file(task->wanted) : NULL;
  char *words = body == NULL ? words_of(task, said) : NULL;
  LabOutcome outcome = {body, words, task->replaced};
  if (task->view != NULL)
    task->view->run = NULL;
  if (task->view != NULL && body != NULL)
    keep_folder(task);
  task->done(&outcome, task->data);
  remove_all(task->made);
  g_clear_pointer(&body, g_bytes_unref);
  g_free(words);
  g_free(said);
  g_object_unref(task->process);
  g_free(task->made);
  g_free(task->wanted);
  g_free(task);
}

static gboolean
on_alarm(gpointer data)
{
  Task *task = data;
  task->alarm = 0;
  task->late = true;
  g_subprocess_force_exit(task->process);
  return G_SOURCE_REMOVE;
}

/* Starts the task's process with `input` on its standard input. When it cannot, `done` hears why
 * and the task is gone. */
static bool
start(Task *task, const char *folder, const char *const *arguments, const char *input, guint limit)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_cwd(launcher, folder);
  task->process = g_subprocess_launcher_spawnv(launcher, arguments, &error);
  if (task->process == NULL) {
    LabOutcome outcome = {.words = error->message};
    task->done(&outcome, task->data);
    remove_all(task->made);
    g_free(task->made);
    g_free(task->wanted);
    g_free(task);
    return false;
  }
  task->alarm = g_timeout_add(limit, on_alarm, task);
  g_subprocess_communicate_utf8_async(task->process, input, NULL, on_end, task);
  return true;
}

void
lab_runs_start(LabRuns *runs, const LabOrder *order, LabDone done, gpointer data)
{
  View *view = take_view(runs, order->view);
  if (view->run != NULL) {
    view->run->view = NULL;
    view->run->replaced = true;
    g_subprocess_force_exit(view->run->process);
    view->run = NULL;
  }
  Task *task = g_new0(Task, 1);
  *task = (Task){.runs = runs, .view = view, .done = done, .data = data};
  task->made = g_strdup_printf("%s/run-%" G_GUINT64_FORMAT, runs->folder, ++runs->count);
  g_autofree char *output = g_build_filename(task->made, RUN, NULL);
  task->wanted = g_build_filename(output, "report.json", NULL);
  /* Around the run, so that what one leaves that is ended goes with it. */
  g_mkdir_with_parents(task->made, FOLDER_MODE);
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  const char *const fixed[] = {
      runs->settings->program,
      "run",
      order->scenario->path,
      "--stdin",
      "--quiet",
      "--no-figures",
      "--report-data",
      "--seed",
      order->seed,
      "--output",
      output,
      "--max-memory",
      runs->settings->max_memory,
      "--max-steps",
      runs->settings->max_steps,
      "--max-wall",
      runs->settings->max_wall,
      "--trace-limit",
      TRACE_LIMIT,
  };
  for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
    g_ptr_array_add(arguments, (gpointer)(guintptr)fixed[i]);
  for (const char *const *param = order->params; *param != NULL; param++) {
    g_ptr_array_add(arguments, (gpointer)(guintptr) "--param");
    g_ptr_array_add(arguments, (gpointer)(guintptr)*param);
  }
  g_ptr_array_add(arguments, NULL);
  if (start(task, order->scenario->root, (const char *const *)arguments->pdata, order->text,
            runs->settings->max_wall_ms + GRACE_MS))
    view->run = task;
}

/* -- exports -- */

static void
refuse(const char *why, LabDone done, gpointer data)
{
  LabOutcome outcome = {.words = why};
  done(&outcome, data);
}

void
lab_runs_export(LabRuns *runs, const LabExport *wanted, LabDone done, gpointer data)
{
  const View *view = find_view(runs, wanted->view);
  if (view == NULL || view->folder == NULL)
    return refuse("there is no run to export yet", done, data);
  if (strcmp(wanted->what, "capture") == 0) {
    g_autofree char *file = lab_is_word(wanted->name) ? g_strdup_printf("%s/" RUN "/pcap/%s.pcapng",
                                                                        view->folder, wanted->name)
                                                      : NULL;
    g_autoptr(GBytes) body = file != NULL ? read_file(file) : NULL;
    LabOutcome outcome = {.body = body, .words = "there is no capture of this node"};
    return done(&outcome, data);
  }
  bool report = strcmp(wanted->what, "report") == 0;
  const char *const formats[] = {"svg", "pdf", "png", NULL};
  if (!report && (!lab_is_word(wanted->name) || wanted->format == NULL ||
                  !g_strv_contains(formats, wanted->format)))
    return refuse("which figure, as svg, pdf or png?", done, data);
  Task *task = g_new0(Task, 1);
  *task = (Task){.runs = runs, .done = done, .data = data};
  task->made = g_strdup_printf("%s/export-%" G_GUINT64_FORMAT, runs->folder, ++runs->count);
  g_mkdir_with_parents(task->made, FOLDER_MODE);
  task->wanted = g_strdup_printf("%s/%s.%s", task->made, report ? "report" : wanted->name,
                                 report ? "html" : wanted->format);
  g_autofree char *run = g_build_filename(view->folder, RUN, NULL);
  const char *const of_report[] = {
      runs->settings->program, "report", run, "-o", task->wanted, NULL};
  const char *const of_figure[] = {
      runs->settings->program, "plot", wanted->name, run, "-o", task->wanted, NULL};
  start(task, runs->folder, report ? of_report : of_figure, "", PLOT_MS);
}
