/* process: started with posix_spawn's means by GLib; a zombie until process_end(). */
#include "scenarios/runner/study/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/runner/last-words.h"
#include "scenarios/runner/study/worker.h"
#include "sim/error.h"

#define READ_SIZE 65536
#define LAST_WORDS 4096 /* bytes of what it said that are looked at */
#define LAST_CHANCE_MS 500

void
process_init(Process *process)
{
  *process = (Process){.fd = -1, .words = -1, .in = g_byte_array_new(), .out = g_byte_array_new()};
}

void
process_clear(Process *process)
{
  process_end(process);
  g_byte_array_unref(process->in);
  g_byte_array_unref(process->out);
}

static bool
fail(GError **error, const char *what)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot %s: %s", what, g_strerror(errno));
  return false;
}

/* This program again, whatever it is called by now. */
static bool
spawn(Process *process, int fd, GError **error)
{
  char *argv[] = {(char *)(uintptr_t) "/proc/self/exe", (char *)(uintptr_t) "roundtrip",
                  (char *)(uintptr_t)WORKER_WORD, NULL};
  GError *why = NULL;
  if (g_spawn_async_with_fds(NULL, argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO, NULL, NULL,
                             &process->pid, fd, fd, process->words, &why))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot start a worker process: %s", why->message);
  g_error_free(why);
  process->pid = 0;
  return false;
}

bool
process_start(Process *process, GError **error)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(error, "make a socket for a worker process");
  process->words = memfd_create("worker", MFD_CLOEXEC);
  if (process->words < 0) {
    close(ends[0]);
    close(ends[1]);
    return fail(error, "make a file in memory");
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  bool good = spawn(process, ends[1], error);
  close(ends[1]);
  process->fd = ends[0];
  g_byte_array_set_size(process->in, 0);
  g_byte_array_set_size(process->out, 0);
  return good;
}

char *
process_last_words(const Process *process)
{
  char text[LAST_WORDS + 1];
  off_t size = lseek(process->words, 0, SEEK_END);
  off_t from = size > LAST_WORDS ? size - LAST_WORDS : 0;
  ssize_t got = size > 0 ? pread(process->words, text, LAST_WORDS, from) : 0;
  text[MAX(got, 0)] = '\0';
  g_strchomp(text);
  const char *line = strrchr(text, '\n');
  return g_utf8_make_valid(line != NULL ? line + 1 : text, -1);
}

void
process_ask(const Process *process)
{
  struct pollfd end = {.fd = process->fd, .events = 0}; /* POLLHUP, when it is gone */
  if (process->pid > 0 && kill(process->pid, LAST_WORDS_SIGNAL) == 0)
    poll(&end, 1, LAST_CHANCE_MS);
}

int
process_end(Process *process)
{
  int status = 0;
  if (process->pid > 0) {
    kill(process->pid, SIGKILL);
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
      continue;
  }
  if (process->fd >= 0)
    close(process->fd);
  if (process->words >= 0)
    close(process->words);
  process->pid = 0;
  process->fd = process->words = -1;
  return status;
}

bool
process_write(Process *process)
{
  while (process->out->len > 0) {
    ssize_t written = send(process->fd, process->out->data, process->out->len, MSG_NOSIGNAL);
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
      return true;
    if (written <= 0)
      return false;
    g_byte_array_remove_range(process->out, 0, (guint)written);
  }
  return true;
}

bool
process_read(Process *process)
{
  guint had = process->in->len;
  g_byte_array_set_size(process->in, had + READ_SIZE);
  ssize_t got = recv(process->fd, process->in->data + had, READ_SIZE, 0);
  g_byte_array_set_size(process->in, had + (got > 0 ? (guint)got : 0));
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}
