/* pool: one thread, poll() over the sockets. */
#include "scenarios/runner/study/pool.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>

#include "scenarios/runner/study/process.h"
#include "sim/error.h"

#define AHEAD_LEAST 2
#define AHEAD_MOST 256
#define AHEAD_SECONDS 0.1 /* of work that a worker has in front of it */
#define GRACE_SECONDS 2.  /* beyond 1.2 times the limit: the worker looks at its clock itself */
#define SHORT_RUN 5e-3    /* seconds: answers to such runs are taken several at a time ... */
#define NAP_US 5000       /* ... after so long */
#define STARTS_MOST 3     /* of a process that ends before it can run */

typedef struct Given {
  MessageRun run;
  char *params; /* owned: run.params */
} Given;

typedef struct Member {
  Process process;
  GPtrArray *queue; /* of Given, owned: not answered, the one under way first */
  gint64 since;     /* when the first of the queue became that */
  bool ready;       /* it has said so: what ends it from now on is a run */
  guint unready;    /* times in a row that it ended before */
  bool timed_out;
} Member;

struct Pool {
  Member *members; /* owned */
  guint n_members;
  GByteArray *setup;     /* owned: the message */
  double wall;           /* seconds a run may take */
  double mean;           /* seconds a run took lately; 0: not known */
  struct pollfd *polled; /* owned */
};

static void
free_given(gpointer data)
{
  Given *given = data;
  g_free(given->params);
  g_free(given);
}

/* A process for the member, with the setup and all that it has to do. */
static bool
start(const Pool *pool, Member *member, GError **error)
{
  if (!process_start(&member->process, error))
    return false;
  GByteArray *out = member->process.out;
  member->ready = false;
  member->timed_out = false;
  member->since = g_get_monotonic_time();
  g_byte_array_append(out, pool->setup->data, pool->setup->len);
  for (guint i = 0; i < member->queue->len; i++)
    message_put_run(out, &((const Given *)member->queue->pdata[i])->run);
  return true;
}

/* -- outcomes -- */

static void
answered(Pool *pool, Member *member, double wall)
{
  pool->mean = pool->mean == 0 ? wall : pool->mean + (wall - pool->mean) / 16;
  g_ptr_array_remove_index(member->queue, 0);
  member->since = g_get_monotonic_time();
}

/* The run under way fails with `message`. */
static void
fail_run(Pool *pool, Member *member, const char *message, CrewFn take, void *data)
{
  const Given *given = member->queue->pdata[0];
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  Outcome outcome;
  outcome_init(&outcome);
  outcome.point = given->run.point;
  outcome.seed = given->run.seed;
  outcome.status = OUTCOME_FAILED;
  outcome.message = message;
  outcome.wall_s = (double)(g_get_monotonic_time() - member->since) * 1e-6;
  message_put_outcome(bytes, &outcome);
  take(&outcome, bytes->data, bytes->len, data);
  outcome_clear(&outcome);
  answered(pool, member, pool->mean);
}

/* The process is gone, or is to go. What it said and how it ended becomes the run's message. False
 * when it never comes to run anything. */
static bool
bury(Pool *pool, Member *member, CrewFn take, void *data, GError **error)
{
  bool timed_out = member->timed_out;
  if (timed_out)
    process_ask(&member->process);
  g_autofree char *words = process_last_words(&member->process);
  int status = process_end(&member->process);
  const char *colon = *words != '\0' ? ": " : "";
  g_autofree char *message = NULL;
  if (timed_out)
    message = g_strdup_printf("%s%sthe run took longer than --max-wall (%g s) and its process was "
                              "stopped",
                              words, *words != '\0' ? ": " : "", pool->wall);
  else if (WIFSIGNALED(status))
    message = g_strdup_printf("the process was ended by signal %d (%s)%s%s", WTERMSIG(status),
                              g_strsignal(WTERMSIG(status)), colon, words);
  else
    message =
        g_strdup_printf("the process ended with status %d%s%s", WEXITSTATUS(status), colon, words);
  if (member->ready && member->queue->len > 0)
    fail_run(pool, member, message, take, data);
  if (member->ready || ++member->unready < STARTS_MOST)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "a worker process does not come to run: %s",
              message);
  return false;
}

/* Hands over every whole answer. False: what came is none of ours. */
static bool
take_answers(Pool *pool, Member *member, CrewFn take, void *data)
{
  guint done = 0;
  uint32_t length;
  bool good = true;
  Outcome outcome;
  outcome_init(&outcome);
  while (good && (length = message_length(member->process.in->data + done,
                                          member->process.in->len - done)) > 0) {
    const uint8_t *message = member->process.in->data + done;
    if (length != UINT32_MAX && message_kind(message) == MESSAGE_READY) {
      member->ready = true;
      member->unready = 0;
      member->since = g_get_monotonic_time();
      done += length;
      continue;
    }
    good = length != UINT32_MAX && member->queue->len > 0 && message_get_outcome(message, &outcome);
    const Given *given = good ? member->queue->pdata[0] : NULL;
    good = good && outcome.point == given->run.point && outcome.seed == given->run.seed;
    if (!good)
      break;
    take(&outcome, message, length, data);
    answered(pool, member, outcome.wall_s);
    done += length;
  }
  outcome_clear(&outcome);
  g_byte_array_remove_range(member->process.in, 0, done);
  return good;
}

/* -- the sockets -- */

/* Seconds until the run under way is stopped from here. */
static double
time_left(const Pool *pool, const Member *member)
{
  if (member->queue->len == 0 || pool->wall <= 0 || !member->ready)
    return INFINITY;
  double passed = (double)(g_get_monotonic_time() - member->since) * 1e-6;
  return 1.2 * pool->wall + GRACE_SECONDS - passed;
}

static bool
serve(Pool *pool, Member *member, short events, CrewFn take, void *data, GError **error)
{
  bool alive = true;
  if (events & POLLOUT)
    alive = process_write(&member->process);
  if (alive && (events & (POLLIN | POLLHUP | POLLERR))) {
    alive = process_read(&member->process);
    if (!take_answers(pool, member, take, data))
      alive = false;
  }
  if (alive && time_left(pool, member) <= 0) {
    member->timed_out = true;
    alive = false;
  }
  if (alive)
    return true;
  return bury(pool, member, take, data, error) && start(pool, member, error);
}

/* With short runs each answer would wake this process: it lets some come together, while every
 * worker has enough in front of it. */
static void
nap(Pool *pool)
{
  if (pool->mean <= 0 || pool->mean > SHORT_RUN)
    return;
  for (guint i = 0; i < pool->n_members; i++) {
    Member *member = &pool->members[i];
    if (!process_write(&member->process) || member->queue->len * pool->mean < 2 * NAP_US * 1e-6)
      return;
  }
  g_usleep(NAP_US);
}

static bool
pool_wait(void *self, int milliseconds, CrewFn take, void *data, GError **error)
{
  Pool *pool = self;
  double left = milliseconds * 1e-3;
  nap(pool);
  for (guint i = 0; i < pool->n_members; i++) {
    const Member *member = &pool->members[i];
    pool->polled[i] =
        (struct pollfd){.fd = member->process.fd,
                        .events = (short)(POLLIN | (member->process.out->len > 0 ? POLLOUT : 0))};
    left = MIN(left, MAX(time_left(pool, member), 0));
  }
  if (poll(pool->polled, pool->n_members, (int)ceil(left * 1e3)) < 0 && errno != EINTR) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot wait for the worker processes: %s",
                g_strerror(errno));
    return false;
  }
  for (guint i = 0; i < pool->n_members; i++)
    if (!serve(pool, &pool->members[i], pool->polled[i].revents, take, data, error))
      return false;
  return true;
}

static guint
ahead(const Pool *pool)
{
  if (pool->mean <= 0)
    return AHEAD_LEAST;
  return (guint)CLAMP(AHEAD_SECONDS / pool->mean, AHEAD_LEAST, AHEAD_MOST);
}

static guint
pool_room(void *self)
{
  const Pool *pool = self;
  guint room = 0, most = ahead(pool);
  for (guint i = 0; i < pool->n_members; i++)
    room += most - MIN(most, pool->members[i].queue->len);
  return room;
}

/* To the one with the least to do. */
static bool
pool_give(void *self, const MessageRun *run, GError **error)
{
  Pool *pool = self;
  Member *least = &pool->members[0];
  for (guint i = 1; i < pool->n_members; i++)
    if (pool->members[i].queue->len < least->queue->len)
      least = &pool->members[i];
  Given *given = g_new0(Given, 1);
  given->params = g_memdup2(run->params, run->length);
  given->run = *run;
  given->run.params = given->params;
  if (least->queue->len == 0)
    least->since = g_get_monotonic_time();
  g_ptr_array_add(least->queue, given);
  message_put_run(least->process.out, run);
  return true;
}

Crew
pool_crew(Pool *pool)
{
  static const CrewOps ops = {.room = pool_room, .give = pool_give, .wait = pool_wait};
  return (Crew){.ops = &ops, .self = pool};
}

Pool *
pool_new(guint workers, const MessageSetup *setup, GError **error)
{
  Pool *pool = g_new0(Pool, 1);
  pool->n_members = workers;
  pool->members = g_new0(Member, workers);
  pool->polled = g_new0(struct pollfd, workers);
  pool->wall = setup->wall;
  pool->setup = g_byte_array_new();
  message_put_setup(pool->setup, setup);
  bool good = true;
  for (guint i = 0; i < workers; i++) {
    Member *member = &pool->members[i];
    member->queue = g_ptr_array_new_with_free_func(free_given);
    process_init(&member->process);
    good = good && start(pool, member, error);
  }
  if (good)
    return pool;
  pool_free(pool);
  return NULL;
}

void
pool_free(Pool *pool)
{
  for (guint i = 0; i < pool->n_members; i++) {
    Member *member = &pool->members[i];
    process_clear(&member->process);
    g_ptr_array_unref(member->queue);
  }
  g_byte_array_unref(pool->setup);
  g_free(pool->members);
  g_free(pool->polled);
  g_free(pool);
}
