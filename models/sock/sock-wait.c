/* sock-wait: calls that wait, of which poll() is one. A wait is asked again whenever something has
 * happened to any socket of its host, the oldest first, and tells its result once. */
#include "models/sock/sock-private.h"

static void
unlink_wait(SockWait *wait)
{
  SockWait **at = &wait->host->waits;
  while (*at != wait)
    at = &(*at)->next;
  *at = wait->next;
  sim_cancel(wait->host->sim, &wait->expiry);
}

static void
on_expiry(Sim *sim, SimEvent *event)
{
  SockWait *wait = sim_container(event, SockWait, expiry);
  unlink_wait(wait);
  if (wait->socket != NULL && wait->socket->fd < 0) /* it lingered long enough */
    sock_tcp_gone(wait->socket);
  wait->done(wait, wait->progress > 0 ? (int64_t)wait->progress : wait->expired);
}

/* The oldest wait that has come to an end; NULL: none has. */
static SockWait *
try_waits(SockHost *host, int64_t *result)
{
  for (SockWait *wait = host->waits; wait != NULL; wait = wait->next) {
    *result = wait->attempt(wait);
    if (*result != SOCK_PENDING)
      return wait;
  }
  return NULL;
}

void
sock_retry(SockHost *host)
{
  host->again = true;
  if (host->retrying)
    return;
  host->retrying = true;
  while (host->again) {
    host->again = false;
    int64_t result;
    for (SockWait *wait; (wait = try_waits(host, &result)) != NULL;) {
      unlink_wait(wait);
      wait->done(wait, result);
    }
  }
  host->retrying = false;
}

void
sock_end_wait(Socket *socket)
{
  Sim *sim = socket->host->sim;
  for (SockWait *wait = socket->host->waits; wait != NULL; wait = wait->next)
    if (wait->socket == socket) {
      sim_cancel(sim, &wait->expiry);
      sim_schedule(sim, &wait->expiry, sim_now(sim), SIM_TIMER,
                   &tcp_host_node(socket->host->tcp)->owner);
    }
}

static void
wait_for(SockWait *wait, SimTime timeout)
{
  SockHost *host = wait->host;
  SockWait **last = &host->waits;
  while (*last != NULL)
    last = &(*last)->next;
  *last = wait;
  wait->next = NULL;
  sim_event_init(&wait->expiry, on_expiry);
  if (timeout != SIM_TIME_NEVER)
    sim_schedule(host->sim, &wait->expiry, sim_time_add(sim_now(host->sim), timeout), SIM_TIMER,
                 &tcp_host_node(host->tcp)->owner);
}

int64_t
sock_begin(Socket *socket, SockWait *wait, SockWait *blank, int flags, SimTime timeout)
{
  bool may_block = wait != NULL && !(flags & LINUX_MSG_DONTWAIT) &&
                   !(socket->flags & LINUX_O_NONBLOCK) && timeout != 0;
  if (!may_block && wait != NULL)
    *blank = *wait;
  SockWait *used = may_block ? wait : blank;
  used->host = socket->host;
  used->socket = socket;
  used->expired = -SOCK_EAGAIN;
  int64_t result = used->attempt(used);
  if (result != SOCK_PENDING)
    return result;
  if (!may_block)
    return used->progress > 0 ? (int64_t)used->progress : used->expired;
  wait_for(wait, timeout);
  return SOCK_PENDING;
}

/* Calls that wait on what is being closed end. */
void
sock_break_waits(Socket *socket)
{
  SockHost *host = socket->host;
  for (SockWait *wait = host->waits, *next; wait != NULL; wait = next) {
    next = wait->next;
    if (wait->socket != socket)
      continue;
    unlink_wait(wait);
    wait->done(wait, -SOCK_EBADF);
    next = host->waits;
  }
}

/* -- poll -- */

static int
poll_one(Socket *socket)
{
  if (socket == NULL)
    return LINUX_POLLNVAL;
  return sock_is_udp(socket) ? sock_udp_poll(socket) : sock_tcp_poll(socket);
}

static int64_t
attempt_poll(SockWait *wait)
{
  int64_t ready = 0;
  for (uint64_t i = 0; i < wait->count; i++) {
    SockPollEntry *entry = &wait->entries[i];
    Socket *socket = sock_find(wait->host, entry->fd);
    entry->revents = 0;
    if (entry->fd < 0)
      continue;
    /* "POLLERR, POLLHUP, POLLNVAL: ignored in events", always told. */
    int told = entry->events | LINUX_POLLERR | LINUX_POLLHUP | LINUX_POLLNVAL;
    entry->revents = poll_one(socket) & told;
    ready += entry->revents != 0;
  }
  return ready > 0 ? ready : SOCK_PENDING;
}

int64_t
sock_poll(SockHost *host, SockPollEntry *entries, unsigned count, int64_t timeout, SockWait *wait)
{
  SockWait blank = {0}, *used = wait != NULL ? wait : &blank;
  used->attempt = attempt_poll;
  used->host = host;
  used->socket = NULL;
  used->entries = entries;
  used->count = count;
  used->progress = 0;
  used->expired = 0;
  int64_t ready = attempt_poll(used);
  if (ready != SOCK_PENDING)
    return ready;
  if (timeout == 0 || wait == NULL)
    return 0;
  wait_for(wait, timeout < 0 ? SIM_TIME_NEVER : timeout * SIM_MILLISECOND);
  return SOCK_PENDING;
}
