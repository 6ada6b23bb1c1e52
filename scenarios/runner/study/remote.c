/* remote: rank 0 gives each other rank a few runs ahead, as a pool does with its processes. */
#include "scenarios/runner/study/remote.h"

#include <dlfcn.h>
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/study/pool.h"
#include "sim/error.h"

#define MODULE "roundtrip-mpi.so"
#define AHEAD_LEAST 2
#define AHEAD_MOST 256
#define AHEAD_SECONDS 0.2
#define PAUSE_US 500 /* between two looks for a message */
#define POOL_MS 5    /* a rank waits for its process so long before it looks for a message */

struct Remote {
  const RemoteOps *ops;
  int rank, ranks;
  guint *queued;     /* owned: runs that a rank has, by rank */
  double mean;       /* seconds a run took lately; 0: not known */
  GByteArray *bytes; /* owned: a message under way */
};

/* -- joining and leaving -- */

/* Beside the program (as it is built) or in the library folder (as it is installed). */
void *
remote_open_module(const char *name)
{
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(self != NULL ? self : ".");
  g_autofree char *beside = g_build_filename(folder, name, NULL);
  g_autofree char *installed = g_build_filename(ROUNDTRIP_LIBDIR, name, NULL);
  /* Global: Open MPI's own plug-ins look for its symbols. */
  void *module = dlopen(beside, RTLD_NOW | RTLD_GLOBAL);
  return module != NULL ? module : dlopen(installed, RTLD_NOW | RTLD_GLOBAL);
}

bool
remote_is_asked(void)
{
  const char *size = g_getenv("OMPI_COMM_WORLD_SIZE");
  return size != NULL && strcmp(size, "1") != 0;
}

const RemoteOps *
remote_ops_join(int *rank, int *ranks, GError **error)
{
  void *module = remote_open_module(MODULE);
  const RemoteOps *ops = module != NULL ? dlsym(module, REMOTE_SYMBOL) : NULL;
  if (ops != NULL && ops->join(rank, ranks))
    return ops;
  g_set_error(
      error, SIM_ERROR, SIM_ERROR_STATE,
      "this is a job of mpirun, and the program was built without Open MPI (libopenmpi-dev, "
      "and then a new build)");
  return NULL;
}

bool
remote_join(Remote **remote, GError **error)
{
  *remote = NULL;
  if (!remote_is_asked())
    return true;
  int rank, ranks;
  const RemoteOps *ops = remote_ops_join(&rank, &ranks, error);
  if (ops == NULL) {
    g_prefix_error(error, "use --shard K/N and merge: ");
    return false;
  }
  *remote = g_new0(Remote, 1);
  **remote = (Remote){.ops = ops,
                      .rank = rank,
                      .ranks = ranks,
                      .queued = g_new0(guint, (gsize)ranks),
                      .bytes = g_byte_array_new()};
  return true;
}

bool
remote_is_first(const Remote *remote)
{
  return remote->rank == 0;
}

/* A message that has come, in remote->bytes, and from whom; false: none. */
static bool
receive(Remote *remote, int *rank)
{
  int length = remote->ops->probe(rank);
  if (length < 0)
    return false;
  g_byte_array_set_size(remote->bytes, (guint)length);
  remote->ops->receive(*rank, remote->bytes->data, length);
  return true;
}

/* An empty message is the end. What others have sent by then is taken and thrown away, or they
 * would wait for it to be taken. */
void
remote_leave(Remote *remote)
{
  int first = remote_is_first(remote) ? 1 : 0;
  int last = remote_is_first(remote) ? remote->ranks : 1;
  for (int rank = first; rank < last; rank++)
    remote->ops->send(rank, (const uint8_t *)"", 0);
  for (int left = first == 1 ? remote->ranks - 1 : 0, from; left > 0;) {
    if (!receive(remote, &from))
      g_usleep(PAUSE_US);
    else if (remote->bytes->len == 0)
      left--;
  }
  remote->ops->leave();
  g_free(remote->queued);
  g_byte_array_unref(remote->bytes);
  g_free(remote); /* the module stays: MPI does not like to be unloaded */
}

static bool
fail(GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
              "a message between the ranks is none of ours: is it the same program everywhere?");
  return false;
}

static bool
is_whole(const Remote *remote)
{
  return message_length(remote->bytes->data, remote->bytes->len) == remote->bytes->len;
}

/* -- the first rank -- */

bool
remote_begin(Remote *remote, const MessageSetup *setup, GError **error)
{
  g_autoptr(GByteArray) message = g_byte_array_new();
  message_put_setup(message, setup);
  for (int rank = 1; rank < remote->ranks; rank++)
    remote->ops->send(rank, message->data, (int)message->len);
  return true;
}

static guint
remote_room(void *self)
{
  const Remote *remote = self;
  guint room = 0;
  guint most = remote->mean <= 0
                   ? AHEAD_LEAST
                   : (guint)CLAMP(AHEAD_SECONDS / remote->mean, AHEAD_LEAST, AHEAD_MOST);
  for (int rank = 1; rank < remote->ranks; rank++)
    room += most - MIN(most, remote->queued[rank]);
  return room;
}

static bool
remote_give(void *self, const MessageRun *run, GError **error)
{
  Remote *remote = self;
  int least = 1;
  for (int rank = 2; rank < remote->ranks; rank++)
    if (remote->queued[rank] < remote->queued[least])
      least = rank;
  g_autoptr(GByteArray) message = g_byte_array_new();
  message_put_run(message, run);
  remote->ops->send(least, message->data, (int)message->len);
  remote->queued[least]++;
  return true;
}

static bool
remote_wait(void *self, int milliseconds, CrewFn take, void *data, GError **error)
{
  Remote *remote = self;
  gint64 until = g_get_monotonic_time() + (gint64)milliseconds * 1000;
  bool some = false, good = true;
  Outcome outcome;
  outcome_init(&outcome);
  for (;;) {
    int rank;
    if (!receive(remote, &rank)) {
      if (some || g_get_monotonic_time() >= until)
        break;
      g_usleep(PAUSE_US);
      continue;
    }
    some = true;
    good = is_whole(remote) && message_get_outcome(remote->bytes->data, &outcome) &&
           remote->queued[rank] > 0;
    if (!good) {
      fail(error);
      break;
    }
    remote->queued[rank]--;
    remote->mean =
        remote->mean == 0 ? outcome.wall_s : remote->mean + (outcome.wall_s - remote->mean) / 16;
    take(&outcome, remote->bytes->data, remote->bytes->len, data);
  }
  outcome_clear(&outcome);
  return good;
}

Crew
remote_crew(Remote *remote)
{
  static const CrewOps ops = {.room = remote_room, .give = remote_give, .wait = remote_wait};
  return (Crew){.ops = &ops, .self = remote};
}

/* -- the others -- */

static void
send_back(const Outcome *outcome, const uint8_t *message, uint32_t length, void *data)
{
  const Remote *remote = data;
  remote->ops->send(0, message, (int)length);
}

/* A message of the first rank. False with *error NULL: it was the end. */
static bool
handle(Remote *remote, Pool **pool, GError **error)
{
  MessageSetup setup;
  MessageRun run;
  const uint8_t *message = remote->bytes->data;
  if (remote->bytes->len == 0)
    return false;
  if (!is_whole(remote))
    return fail(error);
  if (*pool == NULL) {
    if (!message_get_setup(message, &setup))
      return fail(error);
    *pool = pool_new(1, &setup, error);
    return *pool != NULL;
  }
  if (!message_get_run(message, &run))
    return fail(error);
  Crew crew = pool_crew(*pool);
  return crew.ops->give(crew.self, &run, error);
}

int
remote_serve(Remote *remote, GError **error)
{
  Pool *pool = NULL;
  GError *failed = NULL;
  for (bool over = false; !over && failed == NULL;) {
    int from;
    bool came = false;
    while (!over && failed == NULL && receive(remote, &from)) {
      came = true;
      over = !handle(remote, &pool, &failed);
    }
    if (pool == NULL && !came)
      g_usleep(PAUSE_US);
    if (pool != NULL && !over) {
      Crew crew = pool_crew(pool);
      crew.ops->wait(crew.self, POOL_MS, send_back, remote, &failed);
    }
  }
  if (pool != NULL)
    pool_free(pool);
  if (failed == NULL)
    return EXIT_OK;
  g_propagate_error(error, failed);
  return EXIT_FILE;
}
