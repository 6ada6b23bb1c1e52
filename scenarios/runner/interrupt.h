/* interrupt: Ctrl-C and SIGTERM are looked for, never caught: the signals are blocked and wait
 * until somebody asks, so that no code runs in between other code. */
#pragma once

#include <stdbool.h>

void interrupt_block(void);
/* Whether one of them has come since. */
bool interrupt_asked(void);
/* Lets them through again; those that came meanwhile are forgotten. */
void interrupt_unblock(void);
