/* crew: whoever does the runs of a study: processes of this machine (pool.c), or the other ranks
 * of an MPI job (remote.c). */
#pragma once

#include "scenarios/runner/study/message.h"

/* Gets an outcome, and the message that it was read from. Borrowed for the call. */
typedef void (*CrewFn)(const Outcome *outcome, const uint8_t *message, uint32_t length, void *data);

typedef struct CrewOps {
  guint (*room)(void *self); /* how many more runs it would take now */
  bool (*give)(void *self, const MessageRun *run, GError **error); /* copies it */
  /* Waits for outcomes, at most so many milliseconds, and hands over those that are there. */
  bool (*wait)(void *self, int milliseconds, CrewFn take, void *data, GError **error);
} CrewOps;

typedef struct Crew {
  const CrewOps *ops;
  void *self;
} Crew;
