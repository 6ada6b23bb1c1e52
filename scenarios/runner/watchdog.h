/* watchdog: runs what may not come to an end in a process of its own, and ends it from outside.
 *
 * The process that was started forks before it has done anything: the child goes on with the work,
 * the parent waits. It has no threads, no files and no scenario by then, so the fork is cheap (less
 * than half a millisecond). What the parent is there for:
 * - the time is over and the child does not notice: it is asked where it is (last-words.h), ended;
 * - Ctrl-C, and the child does not notice, the same; SIGTERM for the parent alone is passed on;
 * - the child died of a signal: what it had begun to write is removed, and the message says what
 *   happened and where in the scenario.
 * Of a run on several ranks each has its watchdog. What comes to all of them, the end of the time
 * or an interrupt, the first rank's tells; the others look later, since mpirun ends all when one
 * does. Whoever is killed takes the other one along: a parent that dies ends the child. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct WatchdogJob {
  const char *scenario; /* its path, for messages */
  const char *bug;      /* what a report of a crash needs: version, scenario, seed, parameters */
  double wall;          /* seconds, for the message; when is said by last_words_arm() */
  guint64 memory;       /* bytes, for the message */
  bool second; /* another process does the same, beside it, and says of limits what there is to say
                */
} WatchdogJob;

/* True in the child, which does the work. False in the parent, when all is over: *status is the
 * exit status then, and what had to be said was said. False with *error when there is no child. */
bool watchdog_begin(const WatchdogJob *job, int *status, GError **error);
