/* process: a worker process: this program again (worker.h), with a socket to it and a file in
 * memory for what it says on its standard error. pool.c gives it work. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Process {
  GPid pid;        /* 0: not running */
  int fd;          /* its socket, which never makes wait; -1 */
  int words;       /* its standard error; -1 */
  GByteArray *in;  /* owned: what has come from it and was not taken */
  GByteArray *out; /* owned: what is to be written to it */
} Process;

void process_init(Process *process);
/* Ends it and frees what it has. */
void process_clear(Process *process);
/* Starts one, with nothing in `in` and `out`. */
bool process_start(Process *process, GError **error);
/* Write and read as much as goes without waiting. False: it is gone. */
bool process_write(Process *process);
bool process_read(Process *process);
/* The last line that it said. g_free. */
char *process_last_words(const Process *process);
/* Asks it to say where it is and to end (last-words.h); waits for that, but not long. */
void process_ask(const Process *process);
/* Ends it if it has not ended, and gives its resources back. Returns its wait status. */
int process_end(Process *process);
