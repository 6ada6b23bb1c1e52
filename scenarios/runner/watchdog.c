/* watchdog: the parent waits for signals, of which the child's end is one, and looks up four times
 * a second whether the child has set itself a time that is over. */
#include "scenarios/runner/watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/last-words.h"
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/terminal.h"
#include "sim/error.h"
#include "sim/quantity.h"

#define LOOK_NS 250000000                    /* between two looks */
#define PATIENCE_US G_USEC_PER_SEC           /* for a child that was interrupted and says nothing */
#define AFTER_OTHERS_US (2 * G_USEC_PER_SEC) /* who is second looks so much later */
#define LAST_CHANCE_US (G_USEC_PER_SEC / 2)  /* to say where it is */
#define STATUS_OF_SIGNAL 128                 /* what a shell adds, too */

typedef enum { GOES_ON, TIME_IS_OVER, INTERRUPTED } Reason;

typedef struct Watchdog {
  const WatchdogJob *job;
  LastWords *words; /* shared with the child */
  pid_t child;
  gint64 interrupted; /* when; 0: it was not */
  Reason reason;      /* why the child was asked to end */
  gint64 asked;       /* when */
} Watchdog;

static void
interrupt(Watchdog *dog, const siginfo_t *info)
{
  if (info->si_code == SI_USER) /* a terminal tells the child itself */
    kill(dog->child, info->si_signo);
  if (dog->interrupted == 0)
    dog->interrupted = g_get_monotonic_time();
}

/* Asks the child to say where it is and to end, and makes it when it does not. */
static void
look(Watchdog *dog)
{
  gint64 now = g_get_monotonic_time();
  if (dog->reason != GOES_ON) {
    if (now - dog->asked > LAST_CHANCE_US)
      kill(dog->child, SIGKILL);
    return;
  }
  gint64 patience = dog->job->second ? AFTER_OTHERS_US : 0;
  if (dog->words->deadline != 0 && now > dog->words->deadline + patience)
    dog->reason = TIME_IS_OVER;
  else if (dog->interrupted != 0 && !dog->words->stopping &&
           now - dog->interrupted > PATIENCE_US + patience)
    dog->reason = INTERRUPTED;
  if (dog->reason == GOES_ON)
    return;
  dog->asked = now;
  kill(dog->child, LAST_WORDS_SIGNAL);
}

/* The child's wait status, once it is over. */
static int
wait_for_child(Watchdog *dog, const sigset_t *signals)
{
  const struct timespec pause = {.tv_nsec = LOOK_NS};
  for (;;) {
    siginfo_t info = {0};
    int number = sigtimedwait(signals, &info, &pause);
    int status;
    pid_t ended = waitpid(dog->child, &status, WNOHANG);
    if (ended == dog->child)
      return status;
    if (number > 0 && number != SIGCHLD)
      interrupt(dog, &info);
    look(dog);
  }
}

static int
end_of_signal(const Watchdog *dog, const char *where, int number)
{
  if (number == SIGINT || number == SIGTERM || number == SIGHUP)
    return EXIT_INTERRUPTED;
  if (number == SIGPIPE) { /* nobody reads on: no news for those who stopped */
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
  } else if (number == SIGKILL) {
    fprintf(stderr,
            "roundtrip: %s: the run was killed, by somebody or by the system for want of memory; "
            "nothing of it was kept\n",
            where);
  } else {
    fprintf(stderr,
            "roundtrip: %s: a bug of Roundtrip, please report it with the scenario: %s: ended by "
            "signal %d (%s)\n",
            where, dog->job->bug, number, strsignal(number));
  }
  return STATUS_OF_SIGNAL + number;
}

/* What the end of the child means for the user. */
static int
conclude(const Watchdog *dog, int status)
{
  const char *place = *dog->words->where != '\0' ? dog->words->where : dog->job->scenario;
  g_autofree char *where = terminal_plain(place); /* a scenario may name what it loads */
  bool asked = dog->reason != GOES_ON || dog->words->no_memory;
  bool clean = WIFEXITED(status) && !(asked && WEXITSTATUS(status) == EXIT_LIMIT);
  if (clean && *dog->words->part != '\0' && !dog->words->whole) /* a library has ended it */
    run_dir_remove_part(dog->words->part, dog->words->there);
  if (clean)
    return WEXITSTATUS(status);
  if (*dog->words->part != '\0' && dog->words->whole)
    fprintf(stderr, "roundtrip: the run is in %s: what comes next ended it\n", dog->words->part);
  else if (*dog->words->part != '\0')
    run_dir_remove_part(dog->words->part, dog->words->there);
  if (isatty(STDERR_FILENO)) /* the line about its progress, half-way */
    fputs("\r\033[K", stderr);
  if (dog->words->no_memory) {
    g_autofree char *limit = sim_quantity_print(SIM_QUANTITY_SIZE, (double)dog->job->memory);
    fprintf(
        stderr,
        "roundtrip: %s: there is no memory left: the scenario takes more than --max-memory (%s), "
        "or than the system has\n",
        where, limit);
    return EXIT_LIMIT;
  }
  if (dog->reason == TIME_IS_OVER) {
    if (!dog->job->second)
      fprintf(
          stderr,
          "roundtrip: %s: the run took longer than --max-wall (%g s) and was ended from outside: "
          "this call does not come to an end\n",
          where, dog->job->wall);
    return EXIT_LIMIT;
  }
  if (dog->reason == INTERRUPTED) {
    if (!dog->job->second)
      fprintf(stderr,
              "roundtrip: %s: interrupted, and ended from outside: this call does not come to an "
              "end, so nothing of the run was kept\n",
              where);
    return EXIT_INTERRUPTED;
  }
  return end_of_signal(dog, where, WTERMSIG(status));
}

/* What the child does before its work. */
static void
become_child(LastWords *words, pid_t parent, const sigset_t *before)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would clean up behind it */
  if (getppid() != parent)
    _exit(EXIT_INTERRUPTED);
  sigprocmask(SIG_SETMASK, before, NULL);
  last_words_take(words, -1);
}

bool
watchdog_begin(const WatchdogJob *job, int *status, GError **error)
{
  LastWords *words =
      mmap(NULL, sizeof *words, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (words == MAP_FAILED) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot share memory with a process: %s",
                g_strerror(errno));
    return false;
  }
  sigset_t signals = interrupt_signals(), before;
  sigaddset(&signals, SIGCHLD);
  sigprocmask(SIG_BLOCK, &signals, &before);
  pid_t parent = getpid();
  Watchdog dog = {.job = job, .words = words, .child = fork()};
  if (dog.child == 0) {
    become_child(words, parent, &before);
    return true;
  }
  if (dog.child < 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot start a process for the run: %s",
                g_strerror(errno));
  else
    *status = conclude(&dog, wait_for_child(&dog, &signals));
  sigprocmask(SIG_SETMASK, &before, NULL);
  munmap(words, sizeof *words);
  return false;
}
