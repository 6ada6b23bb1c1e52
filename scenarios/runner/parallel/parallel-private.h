/* parallel-private: what the files of parallel/ share. Nobody else includes it. */
#pragma once

#include "models/net/part.h"
#include "scenarios/runner/parallel/parallel-log.h"
#include "scenarios/runner/parallel/parallel.h"
#include "scenarios/runner/study/remote.h"

struct Parallel {
  const RemoteOps *ops;
  unsigned rank, ranks;
  GByteArray **out;   /* owned: by rank, the message of this round */
  GByteArray **in;    /* owned: by rank, what came in this round */
  GByteArray **early; /* owned: by rank, the next round's, of who is ahead; NULL: not yet there */
  int status;         /* of the first rank that failed; EXIT_OK: none has */

  Scenario *scenario;      /* borrowed; NULL: not divided yet */
  NetPart *part;           /* owned */
  ParallelLog *log;        /* owned */
  AppPartOps ops_of_loads; /* what they are told by */
  ParallelReader reader;   /* the first rank's */
  SimTime end;             /* the clock of who is ahead */
  SimTime step; /* the longest window, so that what is logged in one fits the memory; the same on
                   all ranks; SIM_TIME_NEVER: nothing is recorded */

  GArray *slabs; /* of SimSlab, owned: what all ranks' slabs took; the first rank, after the run */
  GPtrArray *slab_list;               /* owned: to them */
  uint64_t event_places, event_bytes; /* the same */
};

/* parallel-rank.c. Sends out[i] to each other rank and waits for what they sent: in[i]. */
void parallel_exchange(Parallel *parallel);

#define PARALLEL_MESSAGE_MOST G_MAXINT /* bytes: MPI counts them in an int */

#define PARALLEL_MAGIC UINT32_C(0x52545034) /* "RTP4": changes with what messages hold */

/* What begins each message. */
typedef struct ParallelHead {
  uint32_t magic;
  int32_t status;      /* an exit status: why this rank can not go on */
  SimTime next;        /* of the first event that is left, of this rank's or that it causes */
  SimTime now;         /* its clock */
  uint64_t scenario;   /* a mark of what was read; before the network is divided */
  uint64_t part_bytes; /* packets and messages for the part; the rest is the log's */
  uint64_t log_bytes;  /* what was logged since the last round */
} ParallelHead;

/* Makes all messages of the next round begin with it, and end there. */
void parallel_begin_messages(Parallel *parallel, const ParallelHead *head);
/* Of what came from another rank in this round. */
ParallelHead parallel_head_of(const Parallel *parallel, unsigned rank);
/* The first rank's status that is not EXIT_OK, of all messages and this rank's own. */
int parallel_status_of(const Parallel *parallel, int own);
/* Of the same messages: a rank before this one cannot go on, and says why. It is said once. */
bool parallel_is_told(const Parallel *parallel);

/* parallel-sum.c: writes what this rank has counted; adds it to the first rank's network, loads and
 * rules; makes the first rank say the sums. */
typedef struct ParallelSum ParallelSum;
void parallel_sum_write(Parallel *parallel, GByteArray *bytes);
ParallelSum *parallel_sum_new(Parallel *parallel);
void parallel_sum_add(ParallelSum *sum, const uint8_t *bytes, size_t length);
void parallel_sum_finish(ParallelSum *sum); /* frees it */
