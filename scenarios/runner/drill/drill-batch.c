/* drill-batch: see the header. The ladder of a script is drawn from what was recorded of it, in a
 * folder that is gone afterwards. */
#include "scenarios/runner/drill/drill-batch.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
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

typedef struct Shared {
  GMutex mutex;
  GCond changed; /* a script is done */
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
run_one(gpointer data, gpointer user)
{
  Work *work = data;
  Shared *shared = user;
  if (work->batch->verbose || work->batch->pcap != NULL)
    run_recorded(work);
  else
    drill_run_file(&work->job, &work->result);
  g_mutex_lock(&shared->mutex);
  work->done = true;
  g_cond_signal(&shared->changed);
  g_mutex_unlock(&shared->mutex);
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
wait_and_tell(Shared *shared, Work *all, guint count, DrillTotals *totals)
{
  for (guint i = 0; i < count; i++) {
    g_mutex_lock(&shared->mutex);
    while (!all[i].done)
      g_cond_wait(&shared->changed, &shared->mutex);
    g_mutex_unlock(&shared->mutex);
    tell(&all[i], totals);
    drill_result_clear(&all[i].result);
    g_free(all[i].ladder);
  }
}

void
drill_batch_run(const DrillBatch *batch, char **paths, DrillTotals *totals)
{
  guint count = g_strv_length(paths);
  Shared shared;
  g_mutex_init(&shared.mutex);
  g_cond_init(&shared.changed);
  *totals = (DrillTotals){0};
  Work *all = g_new0(Work, count);
  int threads = batch->threads > 0 ? batch->threads : (int)g_get_num_processors();
  GThreadPool *pool = g_thread_pool_new(run_one, &shared, threads, FALSE, NULL);
  for (guint i = 0; i < count; i++) {
    all[i].batch = batch;
    all[i].job = (DrillJob){.path = paths[i],
                            .profile = batch->profile,
                            .settings = batch->settings,
                            .defines = batch->defines};
    g_thread_pool_push(pool, &all[i], NULL);
  }
  wait_and_tell(&shared, all, count, totals);
  g_thread_pool_free(pool, FALSE, TRUE);
  g_mutex_clear(&shared.mutex);
  g_cond_clear(&shared.changed);
  g_free(all);
  totals->failed = count - totals->passed - totals->skipped;
}
