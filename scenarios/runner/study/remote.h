/* remote: the ranks of an Open MPI job as a crew: `mpirun -n 64 roundtrip sweep ...`.
 *
 * Rank 0 plans, hands out runs as they are finished, and writes; each other rank has a worker
 * process of its own (pool.c), so that a run there can be stopped, too. Runs and outcomes are the
 * messages of message.h. Only what is in remote-mpi.c knows MPI. It is a module that is loaded when
 * the program finds itself in such a job: a run that needs no MPI does not pay for its start. */
#pragma once

#include "scenarios/runner/study/crew.h"

typedef struct Remote Remote;

/* What the module gives: bytes to and from ranks, without waiting. */
typedef struct RemoteOps {
  bool (*join)(int *rank, int *ranks);
  void (*send)(int rank, const uint8_t *bytes, int length); /* copies them */
  int (*probe)(int *rank); /* the length of a message that has come, and from whom; -1: none */
  void (*receive)(int rank, uint8_t *bytes, int length);
  void (*leave)(void);
} RemoteOps;

#define REMOTE_SYMBOL "remote_mpi_ops"
extern const RemoteOps remote_mpi_ops; /* in the module */

/* dlopen() of a module of ours, which is never closed; NULL: it is not there. */
void *remote_open_module(const char *name);
/* Joins the job; NULL and an error when that cannot be done. */
const RemoteOps *remote_ops_join(int *rank, int *ranks, GError **error);

/* Whether this process is a rank of a job with others. */
bool remote_is_asked(void);
/* *remote is NULL when this process is no rank of a job with others. An error when it is one and
 * the program was built without Open MPI. */
bool remote_join(Remote **remote, GError **error);
bool remote_is_first(const Remote *remote);
/* Tells the others what to run. */
bool remote_begin(Remote *remote, const MessageSetup *setup, GError **error);
Crew remote_crew(Remote *remote);
/* What every other rank does until the first one leaves. Returns an exit status. */
int remote_serve(Remote *remote, GError **error);
void remote_leave(Remote *remote); /* frees it */
