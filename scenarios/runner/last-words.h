/* last-words: what a process that runs scenarios leaves for the one that watches it, when it comes
 * to an end that is not its own: where in the scenario it was.
 *
 * Two ways lead there. The watcher asks (LAST_WORDS_SIGNAL), because the process does not come
 * round to look at its clock: it is in one call of Lua's library that never ends, such as a pattern
 * that explodes, where no hook of Lua's is asked. Or it crashes. Either way a signal handler finds
 * the line, which only reads Lua's stack, and the process ends: nothing else may happen there.
 * watchdog.c shares the struct with its process; a sweep's worker writes the line to its standard
 * error. */
#pragma once

#include <glib.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>

#define LAST_WORDS_SIGNAL SIGUSR1
#define LAST_WORDS_WHERE                                                                           \
  1024 /* bytes of a place, with its NUL; longer ones lose their beginning                         \
        */

typedef struct LastWords {
  char part[PATH_MAX];          /* folder to be removed when the process dies; "": none */
  char there[PATH_MAX];         /* folder above it that stays */
  char where[LAST_WORDS_WHERE]; /* "FILE:LINE" or "FILE"; "": not known */
  volatile bool whole;          /* `part` has all of a run, and stays */
  volatile gint64 deadline;     /* g_get_monotonic_time() at which to ask; 0: never */
  volatile bool stopping;       /* an interrupt was noticed: it is coming to its end */
  volatile bool no_memory;      /* an allocation failed that nothing can do without */
} LastWords;

struct Scenario;

/* For every process of the program, first of all: what is said when it crashes, or has no memory.
 */
void last_words_prepare(void);
/* Takes the signals. `words` is filled in; the place goes to the descriptor `fd`, too (-1: none).
 * From here on the process has one LastWords, which is the one mutable static of the program: a
 * signal handler is given nothing else. */
void last_words_take(LastWords *words, int fd);
/* The scenario at work; NULL: none. */
void last_words_scenario(const struct Scenario *scenario);
/* Asks for a look from outside when it is not over after so many seconds; 0: no more. Nothing in a
 * process that nobody watches. */
void last_words_arm(double seconds);
/* An interrupt was noticed. */
void last_words_stopping(void);
/* The folder to be removed if the process dies, with the empty ones up to `there`; NULL: none. */
void last_words_part(const char *part, const char *there);
/* All is in that folder: it is not to be removed any more. */
void last_words_whole(void);
/* Bytes of data that the process may have besides what it needs itself; 0: no limit. It stands
 * behind the limit that is counted (sim/memory.h), for what is not counted. */
void last_words_limit_memory(guint64 bytes);
