/* drill-batch: see the header. The ladder of a script is drawn from what was recorded of it, in a
 * folder that is gone afterwards. */
#include "scenarios/runner/drill/drill-batch.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "plots/ladder.h"
#include "scenarios/runner/terminal.h"

#define OPEN_FOLDERS 8

typedef struct Work {
  const DrillBatch *batch;
  DrillJob job;
  DrillResult result;
  char *ladder; /* owned; NULL: none */
  bool done;
} Work;

/* POSIX's locks and threads in place of GLib's: ThreadSanitizer knows what they keep apart. */
typedef struct Shared {
  Work *all;
  guint count, next; /* which nobody has begun */
  pthread_mutex_t mutex;
  pthread_cond_t changed; /* a script is done */
} Shared;

/* -- one script -- */

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
  return remove(path);
}

static char *
draw_ladder(const Work *work, const char *folder)
{
  g_autoptr(RunLog) log = run_log_read(folder, NULL);
  LadderOptions options = {.to = SIM_TIME_NEVER};
  g_autoptr(Ladder) ladder = log != NULL ? ladder_new(log, &options, NULL) : NULL;
  if (ladder == NULL) /* nothing happened that could be shown */
    return NULL;
  const Terminal *terminal = &work->batch->terminal;
  LadderTextOptions text = {
      .width = terminal->width, .ascii = !terminal->unicode, .colour = terminal->colour};
  return ladder_text(ladder, &text);
}

/* "handshake/syn-lost.pkt" gives "handshake-syn-lost.pcapng". */
static void
keep_capture(Work *work, const char *folder)
{
  g_autofree char *name = g_strdup(work->job.path);
  if (g_str_has_suffix(name, ".pkt"))
    name[strlen(name) - 4] = '\0';
  const char *start = name + strspn(name, "./");
  g_autofree char *flat = g_strdelimit(g_strdup(start), "/", '-');
  g_autofree char *file = g_strconcat(flat, ".pcapng", NULL);
  g_autofree char *to = g_build_filename(work->batch->pcap, file, NULL);
  g_autofree char *from = g_build_filename(folder, "pcap", "host.pcapng", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  g_autoptr(GError) error = NULL;
  if (!g_file_test(from, G_FILE_TEST_EXISTS)) /* it was skipped before anything was sent */
    return;
  if (g_file_get_contents(from, &bytes, &length, &error) &&
      g_file_set_contents(to, bytes, (gssize)length, &error))
    return;
  drill_result_clear(&work->result);
  work->result.outcome = DRILL_UNREADABLE;
  work->result.message = g_strdup(error->message);
}

static void
run_recorded(Work *work)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("roundtrip-drill-XXXXXX", &error);
  if (folder == NULL) {
    work->result.outcome = DRILL_UNREADABLE;
    work->result.message = g_strdup(error->message);
    return;
  }
  work->job.record = folder;
  drill_run_file(&work->job, &work->result);
  if (work->batch->verbose)
    work->ladder = draw_ladder(work, folder);
  if (work->batch->pcap != NULL)
    keep_capture(work, folder);
  nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static void
run_one(Work *work)
{
  if (work->batch->verbose || work->batch->pcap != NULL)
    run_recorded(work);
  else
    drill_run_file(&work->job, &work->result);
}

/* A thread: one script after the other. */
static void *
run_scripts(void *data)
{
  Shared *shared = data;
  pthread_mutex_lock(&shared->mutex);
  while (shared->next < shared->count) {
    Work *work = &shared->all[shared->next++];
    pthread_mutex_unlock(&shared->mutex);
    run_one(work);
    pthread_mutex_lock(&shared->mutex);
    work->done = true;
    pthread_cond_signal(&shared->changed);
  }
  pthread_mutex_unlock(&shared->mutex);
  return NULL;
}

/* -- all of them -- */

static void
tell(const Work *work, DrillTotals *totals)
{
  static const char *const words[] = {[DRILL_PASSED] = "pass",
                                      [DRILL_OUTCOME_FAILED] = "FAIL",
                                      [DRILL_SKIPPED] = "skip",
                                      [DRILL_NOT_A_SCRIPT] = "FAIL",
                                      [DRILL_UNREADABLE] = "FAIL"};
  const DrillResult *result = &work->result;
  totals->passed += result->outcome == DRILL_PASSED;
  totals->skipped += result->outcome == DRILL_SKIPPED;
  totals->broken += result->outcome == DRILL_NOT_A_SCRIPT;
  totals->unreadable += result->outcome == DRILL_UNREADABLE;
  if (work->ladder != NULL)
    printf("%s\n", work->ladder);
  if (result->printed != NULL)
    terminal_put(stdout, result->printed);
  g_autofree char *message = result->message != NULL ? terminal_plain(result->message) : NULL;
  if (message != NULL)
    printf("%s %s\n", words[result->outcome], message);
  else if (work->batch->verbose)
    printf("%s %s (%u compared)\n", words[result->outcome], work->job.path, result->compared);
}

static void
wait_and_tell(Shared *shared, DrillTotals *totals)
{
  for (guint i = 0; i < shared->count; i++) {
    Work *work = &shared->all[i];
    pthread_mutex_lock(&shared->mutex);
    while (!work->done)
      pthread_cond_wait(&shared->changed, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    tell(work, totals);
    drill_result_clear(&work->result);
    g_free(work->ladder);
  }
}

void
drill_batch_run(const DrillBatch *batch, char **paths, DrillTotals *totals)
{
  guint count = g_strv_length(paths);
  Shared shared = {.all = g_new0(Work, count), .count = count};
  pthread_mutex_init(&shared.mutex, NULL);
  pthread_cond_init(&shared.changed, NULL);
  *totals = (DrillTotals){0};
  for (guint i = 0; i < count; i++) {
    shared.all[i].batch = batch;
    shared.all[i].job = (DrillJob){.path = paths[i],
                                   .profile = batch->profile,
                                   .settings = batch->settings,
                                   .defines = batch->defines};
  }
  guint wanted = batch->threads > 0 ? (guint)batch->threads : g_get_num_processors();
  guint threads = 0;
  g_autofree pthread_t *ids = g_new0(pthread_t, MIN(wanted, count) + 1);
  while (threads < MIN(wanted, count) &&
         pthread_create(&ids[threads], NULL, run_scripts, &shared) == 0)
    threads++;
  if (threads == 0) /* the system gives none: this one does the work */
    run_scripts(&shared);
  wait_and_tell(&shared, totals);
  for (guint i = 0; i < threads; i++)
    pthread_join(ids[i], NULL);
  pthread_mutex_destroy(&shared.mutex);
  pthread_cond_destroy(&shared.changed);
  g_free(shared.all);
  totals->failed = count - totals->passed - totals->skipped;
}
