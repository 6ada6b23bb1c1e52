/* fuzz-capture: a file that libFuzzer makes up is read as a capture (pcap, pcapng), and its ladder
 * laid out. */
#include <stddef.h>
#include <stdint.h>

#include "plots/ladder.h"
#include "plots/run-log.h"
#include "tests/fuzz/fuzz-folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const char *folder = fuzz_folder();
  fuzz_write(folder, "input", data, size);
  g_autofree char *path = g_build_filename(folder, "input", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read_capture(path, &error);
  if ((log == NULL) != (error != NULL))
    abort();
  if (log == NULL)
    return 0;
  LadderOptions options = {.from = 0, .to = SIM_TIME_NEVER};
  g_autoptr(Ladder) ladder = ladder_new(log, &options, &error);
  if (ladder != NULL) {
    LadderTextOptions look = {.width = 100};
    g_free(ladder_text(ladder, &look));
  }
  return 0;
}
