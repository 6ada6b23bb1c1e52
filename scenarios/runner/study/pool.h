/* pool: worker processes on this machine.
 *
 * Each is this program again (worker.h), with a socket to it. It is given a few runs ahead, so
 * that it never waits for work, and answers them in their order: the oldest one that is not
 * answered is the one under way. A worker that dies, or takes much longer than the limit, costs
 * that run, which fails with what the process said last; a new one takes the rest. */
#pragma once

#include "scenarios/runner/study/crew.h"

typedef struct Pool Pool;

/* Starts the processes. `setup` is copied. */
Pool *pool_new(guint workers, const MessageSetup *setup, GError **error);
/* Kills what still runs. */
void pool_free(Pool *pool);
Crew pool_crew(Pool *pool);
