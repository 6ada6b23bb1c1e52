/* interrupt: Ctrl-C, SIGTERM and SIGHUP (the terminal is gone) are looked for, never caught: the
 * signals are blocked and wait until somebody asks, so that no code runs in between other code.
 * What the user has set to be ignored (nohup, a job in the background of a script) stays so. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* Those that are not ignored. */
sigset_t interrupt_signals(void);
void interrupt_block(void);
/* Whether one of them has come since. */
bool interrupt_asked(void);
/* Lets them through again; those that came meanwhile are forgotten. */
void interrupt_unblock(void);
