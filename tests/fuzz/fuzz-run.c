/* fuzz-run: the folder of a run as somebody may have edited it. The first byte says which file the
 * rest is; the others are as in a small run (the seeds have them whole). */
#include <stddef.h>
#include <stdint.h>

#include "plots/ladder.h"
#include "plots/links-log.h"
#include "plots/run-log.h"
#include "plots/tcp-log.h"
#include "tests/fuzz/fuzz-folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_timeline(const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(folder, &error);
  if ((log == NULL) != (error != NULL))
    abort();
  if (log == NULL)
    return;
  LadderOptions options = {.from = 0, .to = SIM_TIME_NEVER};
  g_autoptr(Ladder) ladder = ladder_new(log, &options, NULL);
  if (ladder != NULL) {
    LadderTextOptions look = {.width = 80};
    g_free(ladder_text(ladder, &look));
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const names[] = {"timeline.csv", "tcp.csv", "links.csv"};
  if (size == 0)
    return 0;
  unsigned which = *data % G_N_ELEMENTS(names);
  const char *folder = fuzz_folder();
  fuzz_write(folder, "run.json", (const uint8_t *)"{}", 2);
  fuzz_write(folder, names[which], data + 1, size - 1);
  g_autoptr(GError) error = NULL;
  if (which == 0) {
    read_timeline(folder);
  } else if (which == 1) {
    g_autoptr(TcpLog) log = tcp_log_read(folder, &error);
    if ((log == NULL) != (error != NULL))
      abort();
  } else {
    g_autoptr(LinksLog) log = links_log_read(folder, &error);
    if ((log == NULL) != (error != NULL))
      abort();
  }
  return 0;
}
