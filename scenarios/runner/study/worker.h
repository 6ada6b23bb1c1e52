/* worker: the program as a worker process of a sweep: reads messages on its standard input, runs
 * what they say, one after the other, and answers on its standard output. */
#pragma once

/* The first argument with which the program becomes a worker. */
#define WORKER_WORD "sweep-worker"

/* Returns an exit status when its input ends. */
int worker_main(void);
