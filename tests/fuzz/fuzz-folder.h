/* fuzz-folder: a folder of a target's own, in memory where there is one. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char fuzz_folder_path[64];

static inline void
fuzz_folder_remove(void)
{
  static const char *const names[] = {"input",        "timeline.csv", "tcp.csv",  "links.csv",
                                      "summary.json", "run.json",     "flows.csv"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(fuzz_folder_path, names[i], NULL);
    unlink(path);
  }
  rmdir(fuzz_folder_path);
}

static inline const char *
fuzz_folder(void)
{
  if (*fuzz_folder_path != '\0')
    return fuzz_folder_path;
  const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  g_snprintf(fuzz_folder_path, sizeof fuzz_folder_path, "%s/roundtrip-fuzz-XXXXXX", base);
  if (mkdtemp(fuzz_folder_path) == NULL || atexit(fuzz_folder_remove) != 0)
    abort();
  return fuzz_folder_path;
}

static inline void
fuzz_write(const char *folder, const char *name, const uint8_t *data, size_t size)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
    abort();
}
