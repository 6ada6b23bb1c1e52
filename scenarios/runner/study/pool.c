/* pool: one thread, poll() over the sockets. */
#include "scenarios/runner/study/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/runner/study/worker.h"
#include "sim/error.h"

#define READ_SIZE 65536
#define AHEAD_LEAST 2
#define AHEAD_MOST 256
#define AHEAD_SECONDS 0.1 /* of work that a worker has in front of it */
#define GRACE_SECONDS 2.  /* beyond 1.2 times the limit: the worker looks at its clock itself */
#define SHORT_RUN 5e-3    /* seconds: answers to such runs are taken several at a time ... */
#define NAP_US 5000       /* ... after so long */
#define STARTS_MOST 3     /* of a process that ends before it can run */
#define LAST_WORDS 4096   /* bytes of what a dead one said that are looked at */

typedef struct Given {
  MessageRun run;
  char *params; /* owned: run.params */
} Given;

typedef struct Member {
  GPid pid;         /* 0: not running */
  int fd;           /* its socket; -1 */
  int words;        /* a file in memory: its standard error; -1 */
  GByteArray *in;   /* what has come of an answer that is not whole */
  GByteArray *out;  /* what could not be written yet */
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

/* -- a process -- */

static bool
fail(GError **error, const char *what)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot %s: %s", what, g_strerror(errno));
  return false;
}

/* This program again, whatever it is called by now. */
static bool
spawn(Member *member, int fd, GError **error)
{
  char *argv[] = {(char *)(uintptr_t) "/proc/self/exe", (char *)(uintptr_t) "roundtrip",
                  (char *)(uintptr_t)WORKER_WORD, NULL};
  GError *why = NULL;
  if (g_spawn_async_with_fds(NULL, argv, NULL,
                             G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO, NULL, NULL,
                             &member->pid, fd, fd, member->words, &why))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot start a worker process: %s", why->message);
  g_error_free(why);
  member->pid = 0;
  return false;
}

static bool
start(const Pool *pool, Member *member, GError **error)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(error, "make a socket for a worker process");
  member->words = memfd_create("worker", MFD_CLOEXEC);
  if (member->words < 0) {
    close(ends[0]);
    close(ends[1]);
    return fail(error, "make a file in memory");
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  bool good = spawn(member, ends[1], error);
  close(ends[1]);
  member->fd = ends[0];
  member->ready = false;
  member->timed_out = false;
  member->since = g_get_monotonic_time();
  g_byte_array_set_size(member->in, 0);
  g_byte_array_set_size(member->out, 0);
  g_byte_array_append(member->out, pool->setup->data, pool->setup->len);
  for (guint i = 0; i < member->queue->len; i++)
    message_put_run(member->out, &((const Given *)member->queue->pdata[i])->run);
  return good;
}

/* Its last line that says something. g_free. */
static char *
last_words(const Member *member)
{
  char text[LAST_WORDS + 1];
  off_t size = lseek(member->words, 0, SEEK_END);
  off_t from = size > LAST_WORDS ? size - LAST_WORDS : 0;
  ssize_t got = size > 0 ? pread(member->words, text, LAST_WORDS, from) : 0;
  text[MAX(got, 0)] = '\0';
  g_strchomp(text);
  const char *line = strrchr(text, '\n');
  return g_utf8_make_valid(line != NULL ? line + 1 : text, -1);
}

/* Ends the process if it has not ended, and gives its resources back. Returns its wait status. */
static int
end_process(Member *member, bool kill_it)
{
  int status = 0;
  if (member->pid > 0) {
    if (kill_it)
      kill(member->pid, SIGKILL);
    while (waitpid(member->pid, &status, 0) < 0 && errno == EINTR)
      continue;
  }
  if (member->fd >= 0)
    close(member->fd);
  if (member->words >= 0)
    close(member->words);
  member->pid = 0;
  member->fd = member->words = -1;
  return status;
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
  g_autofree char *words = last_words(member);
  bool timed_out = member->timed_out;
  int status = end_process(member, true);
  const char *colon = *words != '\0' ? ": " : "";
  g_autofree char *message = NULL;
  if (timed_out)
    message = g_strdup_printf("the run took longer than --max-wall (%g s) and its process was "
                              "stopped",
                              pool->wall);
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
  while (good && (length = message_length(member->in->data + done, member->in->len - done)) > 0) {
    const uint8_t *message = member->in->data + done;
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
  g_byte_array_remove_range(member->in, 0, done);
  return good;
}

/* -- the sockets -- */

/* False: the process is gone. */
static bool
write_some(Member *member)
{
  while (member->out->len > 0) {
    ssize_t written = send(member->fd, member->out->data, member->out->len, MSG_NOSIGNAL);
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
      return true;
    if (written <= 0)
      return false;
    g_byte_array_remove_range(member->out, 0, (guint)written);
  }
  return true;
}

static bool
read_some(Member *member)
{
  guint had = member->in->len;
  g_byte_array_set_size(member->in, had + READ_SIZE);
  ssize_t got = recv(member->fd, member->in->data + had, READ_SIZE, 0);
  g_byte_array_set_size(member->in, had + (got > 0 ? (guint)got : 0));
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

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
    alive = write_some(member);
  if (alive && (events & (POLLIN | POLLHUP | POLLERR))) {
    alive = read_some(member);
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
    if (!write_some(member) || member->queue->len * pool->mean < 2 * NAP_US * 1e-6)
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
    pool->polled[i] = (struct pollfd){
        .fd = member->fd, .events = (short)(POLLIN | (member->out->len > 0 ? POLLOUT : 0))};
    left = MIN(left, MAX(time_left(pool, member), 0));
  }
  if (poll(pool->polled, pool->n_members, (int)ceil(left * 1e3)) < 0 && errno != EINTR)
    return fail(error, "wait for the worker processes");
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
  message_put_run(least->out, run);
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
    *member = (Member){.fd = -1,
                       .words = -1,
                       .in = g_byte_array_new(),
                       .out = g_byte_array_new(),
                       .queue = g_ptr_array_new_with_free_func(free_given)};
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
    end_process(member, true);
    g_byte_array_unref(member->in);
    g_byte_array_unref(member->out);
    g_ptr_array_unref(member->queue);
  }
  g_byte_array_unref(pool->setup);
  g_free(pool->members);
  g_free(pool->polled);
  g_free(pool);
}
