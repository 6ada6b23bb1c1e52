/* interrupt: the pending set is the state. */
#include "scenarios/runner/interrupt.h"

#include <stddef.h>
#include <time.h>

sigset_t
interrupt_signals(void)
{
  static const int all[] = {SIGINT, SIGTERM, SIGHUP};
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    struct sigaction action;
    if (sigaction(all[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
      sigaddset(&set, all[i]);
  }
  return set;
}

void
interrupt_block(void)
{
  sigset_t set = interrupt_signals();
  sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
interrupt_asked(void)
{
  sigset_t pending, set = interrupt_signals();
  sigpending(&pending);
  sigandset(&pending, &pending, &set);
  return !sigisemptyset(&pending);
}

void
interrupt_unblock(void)
{
  sigset_t set = interrupt_signals();
  const struct timespec none = {0};
  while (sigtimedwait(&set, NULL, &none) > 0)
    continue;
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}
