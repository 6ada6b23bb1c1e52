/* interrupt: the pending set is the state. */
#include "scenarios/runner/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static sigset_t
signals(void)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void
interrupt_block(void)
{
  sigset_t set = signals();
  sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
interrupt_asked(void)
{
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM);
}

void
interrupt_unblock(void)
{
  sigset_t set = signals();
  const struct timespec none = {0};
  while (sigtimedwait(&set, NULL, &none) > 0)
    continue;
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}
