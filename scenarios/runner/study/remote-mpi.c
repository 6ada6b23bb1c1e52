/* remote-mpi: bytes between ranks by Open MPI, as a module of its own.
 *
 * Sending never waits: a message is copied and kept until MPI has taken it, or two ranks that send
 * to each other would wait for each other. */
#include <glib.h>
#include <mpi.h>

#include "scenarios/runner/study/remote.h"

#define TAG 1

typedef struct Sent {
  MPI_Request request;
  uint8_t *bytes; /* owned */
} Sent;

static GArray *sent; /* of Sent: not taken yet. MPI itself is one a process. */

static bool
join(int *rank, int *ranks)
{
  if (MPI_Init(NULL, NULL) != MPI_SUCCESS)
    return false;
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, ranks);
  sent = g_array_new(FALSE, FALSE, sizeof(Sent));
  return true;
}

/* Forgets the messages that were taken; `all`: waits for them. */
static void
clean(bool all)
{
  for (guint i = sent->len; i-- > 0;) {
    Sent *one = &g_array_index(sent, Sent, i);
    int done = 1;
    if (all)
      MPI_Wait(&one->request, MPI_STATUS_IGNORE);
    else
      MPI_Test(&one->request, &done, MPI_STATUS_IGNORE);
    if (done) {
      g_free(one->bytes);
      g_array_remove_index_fast(sent, i);
    }
  }
}

static void
send_bytes(int rank, const uint8_t *bytes, int length)
{
  Sent one = {.bytes = length > 0 ? g_memdup2(bytes, (gsize)length) : NULL};
  MPI_Isend(one.bytes, length, MPI_BYTE, rank, TAG, MPI_COMM_WORLD, &one.request);
  g_array_append_val(sent, one);
}

static int
probe(int *rank)
{
  MPI_Status status;
  int there, length;
  clean(false);
  MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &status);
  if (!there)
    return -1;
  MPI_Get_count(&status, MPI_BYTE, &length);
  *rank = status.MPI_SOURCE;
  return length;
}

static void
receive_bytes(int rank, uint8_t *bytes, int length)
{
  MPI_Recv(bytes, length, MPI_BYTE, rank, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void
leave(void)
{
  clean(true);
  g_array_unref(sent);
  MPI_Finalize();
}

const RemoteOps remote_mpi_ops = {
    .join = join,
    .send = send_bytes,
    .probe = probe,
    .receive = receive_bytes,
    .leave = leave,
};
