/* last-words: handlers that read and write memory and nothing more. */
#include "scenarios/runner/last-words.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scenarios/runner/bind/scenario.h"
#include "scenarios/runner/cmd.h"

#define STACK_SIZE 65536 /* of the handlers: the other one may be what ran over */
#define OWN_MEMORY                                                                                 \
  (G_GUINT64_CONSTANT(128) << 20) /* the program itself, and what is not counted                   \
                                   */
#define SOME_MEMORY 1048576       /* bytes: what the C library asks for at last, too */
#define US 1e6                    /* microseconds in a second */

typedef struct Speaker {
  LastWords *words; /* NULL: nobody listens */
  int fd;
  const Scenario *volatile scenario;
} Speaker;

static Speaker speaker = {.fd = -1};

/* Where the scenario is, for those who read memory and those who read the descriptor. */
static void
say_where(void)
{
  LastWords *words = speaker.words;
  const Scenario *scenario = speaker.scenario;
  if (scenario == NULL)
    return;
  scenario_where(scenario, words->where, sizeof words->where - 1);
  if (speaker.fd < 0)
    return;
  size_t length = strlen(words->where);
  words->where[length] = '\n';
  ssize_t written = write(speaker.fd, words->where, length + 1);
  words->where[length] = '\0';
  (void)written; /* there is nobody left to tell */
}

static void
on_asked(int number)
{
  say_where();
  _exit(EXIT_LIMIT);
}

/* Ends the process, which has no memory to go on. */
G_NORETURN static void
end_without_memory(void)
{
  static const char alone[] = "roundtrip: there is no memory left\n";
  if (speaker.words != NULL) {
    speaker.words->no_memory = true;
    say_where();
  } else {
    ssize_t written = write(STDERR_FILENO, alone, sizeof alone - 1);
    (void)written;
  }
  _exit(EXIT_LIMIT);
}

#ifndef __SANITIZE_ADDRESS__ /* which has better words for a crash */

/* With nothing left at all GLib cannot even print that, and calls itself until the stack is full.
 */
static bool
is_without_memory(void)
{
  void *some = mmap(NULL, SOME_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (some == MAP_FAILED)
    return true;
  munmap(some, SOME_MEMORY);
  return false;
}

static void
on_crash(int number)
{
  if (is_without_memory())
    end_without_memory();
  if (speaker.words != NULL)
    say_where();
  raise(number); /* which is the system's again: it leaves a core where it should */
}

#endif

/* GLib says so and aborts when there is no memory, and so do slabs and the event queue. */
static void
on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  bool fatal = (level & G_LOG_LEVEL_ERROR) != 0;
  if (fatal && message != NULL &&
      (strstr(message, "failed to allocate") != NULL || strstr(message, "out of memory") != NULL))
    end_without_memory();
  g_log_default_handler(domain, level, message, data);
}

static void
take_signal(int number, void (*handler)(int), int flags)
{
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

void
last_words_prepare(void)
{
  g_log_set_default_handler(on_log, NULL);
#ifndef __SANITIZE_ADDRESS__
  static char stack[STACK_SIZE];
  const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&other, NULL);
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < G_N_ELEMENTS(crashes); i++)
    take_signal(crashes[i], on_crash, (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK));
#endif
}

void
last_words_take(LastWords *words, int fd)
{
  speaker = (Speaker){.words = words, .fd = fd};
  take_signal(LAST_WORDS_SIGNAL, on_asked, 0);
}

void
last_words_scenario(const Scenario *scenario)
{
  speaker.scenario = scenario;
}

void
last_words_arm(double seconds)
{
  if (speaker.words != NULL)
    speaker.words->deadline = seconds > 0 ? g_get_monotonic_time() + (gint64)(seconds * US) : 0;
}

void
last_words_stopping(void)
{
  if (speaker.words != NULL)
    speaker.words->stopping = true;
}

void
last_words_part(const char *part, const char *there)
{
  LastWords *words = speaker.words;
  if (words == NULL)
    return;
  g_strlcpy(words->there, there != NULL ? there : "", sizeof words->there);
  g_strlcpy(words->part, part != NULL ? part : "", sizeof words->part);
}

void
last_words_whole(void)
{
  if (speaker.words != NULL)
    speaker.words->whole = true;
}

void
last_words_limit_memory(guint64 bytes)
{
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is data, too */
  struct rlimit limit;
  if (getrlimit(RLIMIT_DATA, &limit) != 0)
    return;
  rlim_t wanted =
      bytes == 0 || bytes > RLIM_INFINITY / 2 ? RLIM_INFINITY : bytes + bytes / 4 + OWN_MEMORY;
  limit.rlim_cur = MIN(wanted, limit.rlim_max);
  setrlimit(RLIMIT_DATA, &limit);
#endif
}
