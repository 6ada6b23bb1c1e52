/* lab: a page on 127.0.0.1 on which one plays with scenarios.
 *
 * It is a module, roundtrip-lab.so, that `roundtrip lab` loads, since libsoup and what it brings
 * would make each start of the program several times as long. The module serves the page and its
 * files, reads scenarios from two folders, and starts the program again for every run: nothing is
 * simulated in the process that listens. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define LAB_MODULE "roundtrip-lab.so"
#define LAB_SYMBOL "lab_serve"

typedef struct LabSettings {
  const char *program; /* this program's path, to be started for each run */
  const char *folder;  /* with scenarios of the user's own */
  const char
      *gallery; /* the folder in which scenarios/ of the program lies; NULL: it is not there */
  const char *const *figures;                    /* that can be exported; NULL-terminated */
  guint16 port;                                  /* 0: any that is free */
  const char *max_memory, *max_steps, *max_wall; /* of a run, as `run` takes them */
  guint max_wall_ms;                             /* the same as max_wall */
} LabSettings;

/* Serves until SIGINT or SIGTERM. False and an error when it could not begin. */
typedef bool (*LabServe)(const LabSettings *settings, GError **error);
bool lab_serve(const LabSettings *settings, GError **error);
