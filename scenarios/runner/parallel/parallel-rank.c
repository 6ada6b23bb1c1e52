/* parallel-rank: joining a job, one message from each rank to each other, and agreeing. */
#include <sched.h>
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/parallel/parallel-private.h"

#define LOOKS_TO_YIELD 200 /* in vain, before others get the processor */
#define LOOKS_TO_ASK 10000 /* in vain, before it is asked whether it is interrupted */

/* -- joining and leaving -- */

bool
parallel_is_asked(void)
{
  return remote_is_asked();
}

bool
parallel_is_first(void)
{
  const char *rank = g_getenv("OMPI_COMM_WORLD_RANK");
  return rank == NULL || strcmp(rank, "0") == 0;
}

Parallel *
parallel_new(GError **error)
{
  int rank, ranks;
  const RemoteOps *ops = remote_ops_join(&rank, &ranks, error);
  if (ops == NULL)
    return NULL;
  Parallel *parallel = g_new0(Parallel, 1);
  *parallel = (Parallel){.ops = ops,
                         .rank = (unsigned)rank,
                         .ranks = (unsigned)ranks,
                         .out = g_new0(GByteArray *, (gsize)ranks),
                         .in = g_new0(GByteArray *, (gsize)ranks),
                         .early = g_new0(GByteArray *, (gsize)ranks)};
  for (int i = 0; i < ranks; i++) {
    parallel->out[i] = g_byte_array_new();
    parallel->in[i] = g_byte_array_new();
  }
  return parallel;
}

void
parallel_free(Parallel *parallel)
{
  parallel->ops->leave();
  for (unsigned i = 0; i < parallel->ranks; i++) {
    g_byte_array_unref(parallel->out[i]);
    g_byte_array_unref(parallel->in[i]);
    g_clear_pointer(&parallel->early[i], g_byte_array_unref);
  }
  g_free(parallel->out);
  g_free(parallel->in);
  g_free(parallel->early);
  g_clear_pointer(&parallel->slabs, g_array_unref);
  g_clear_pointer(&parallel->slab_list, g_ptr_array_unref);
  g_free(parallel);
}

int
parallel_status(const Parallel *parallel)
{
  return parallel->status;
}

/* -- a round -- */

/* Takes a message that has come; false: none has. `*from`: whose. */
static bool
receive(Parallel *parallel, GByteArray **message, int *from)
{
  int length = parallel->ops->probe(from);
  if (length < 0)
    return false;
  *message = g_byte_array_sized_new((guint)length);
  g_byte_array_set_size(*message, (guint)length);
  parallel->ops->receive(*from, (*message)->data, length);
  return true;
}

/* Nothing has come yet: the processor is wanted by others, perhaps, and the user may want an end.
 * This rank still waits, and says so in the next round, where all come to the end together. Where
 * no next round comes, since another rank is gone, who watches this one ends it. */
static void
wait_more(Parallel *parallel, unsigned *looks)
{
  ++*looks;
  if (*looks % LOOKS_TO_YIELD == 0)
    sched_yield();
  if (*looks % LOOKS_TO_ASK == 0 && parallel->scenario != NULL && interrupt_asked())
    parallel->scenario->interrupted = true;
}

void
parallel_exchange(Parallel *parallel)
{
  for (unsigned i = 0; i < parallel->ranks; i++)
    if (i != parallel->rank) {
      g_assert(parallel->out[i]->len <= PARALLEL_MESSAGE_MOST); /* who made it has looked */
      parallel->ops->send((int)i, parallel->out[i]->data, (int)parallel->out[i]->len);
    }
  unsigned missing = parallel->ranks - 1, looks = 0;
  g_autofree bool *there = g_new0(bool, parallel->ranks);
  for (unsigned i = 0; i < parallel->ranks; i++)
    if (parallel->early[i] != NULL) {
      g_byte_array_unref(parallel->in[i]);
      parallel->in[i] = g_steal_pointer(&parallel->early[i]);
      there[i] = true;
      missing--;
    }
  while (missing > 0) {
    GByteArray *message;
    int from;
    if (!receive(parallel, &message, &from)) {
      wait_more(parallel, &looks);
      continue;
    }
    if (there[from]) { /* of the next round: whoever is there waits for this rank's message of it */
      g_assert(parallel->early[from] == NULL);
      parallel->early[from] = message;
      continue;
    }
    g_byte_array_unref(parallel->in[from]);
    parallel->in[from] = message;
    there[from] = true;
    missing--;
  }
}

/* -- agreeing -- */

void
parallel_begin_messages(Parallel *parallel, const ParallelHead *head)
{
  for (unsigned i = 0; i < parallel->ranks; i++) {
    g_byte_array_set_size(parallel->out[i], 0);
    g_byte_array_append(parallel->out[i], (const guint8 *)head, sizeof *head);
  }
}

ParallelHead
parallel_head_of(const Parallel *parallel, unsigned rank)
{
  ParallelHead head;
  const GByteArray *message = parallel->in[rank];
  g_assert(message->len >= sizeof head);
  memcpy(&head, message->data, sizeof head);
  g_assert(head.magic == PARALLEL_MAGIC && "all ranks run the same program");
  return head;
}

/* Of all messages of the round: the first rank's status that is not EXIT_OK. */
int
parallel_status_of(const Parallel *parallel, int own)
{
  for (unsigned i = 0; i < parallel->ranks; i++) {
    int status = i == parallel->rank ? own : parallel_head_of(parallel, i).status;
    if (status != EXIT_OK)
      return status;
  }
  return EXIT_OK;
}

bool
parallel_is_told(const Parallel *parallel)
{
  for (unsigned i = 0; i < parallel->rank; i++)
    if (parallel_head_of(parallel, i).status != EXIT_OK)
      return true;
  return false;
}

bool
parallel_agree(Parallel *parallel, int *status, GError **error)
{
  ParallelHead head = {.magic = PARALLEL_MAGIC, .status = *status};
  parallel_begin_messages(parallel, &head);
  parallel_exchange(parallel);
  *status = parallel_status_of(parallel, *status);
  if (*status == EXIT_OK)
    return true;
  parallel->status = *status;
  if (parallel_is_told(parallel))
    g_clear_error(error);
  return false;
}
