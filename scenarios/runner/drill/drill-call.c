/* drill-call: the host's program: calls, what they return, and the one that has not returned yet.
 *
 * A call without an end of its own ("...T") returns at once or the script fails. One with an end
 * begins now; the script goes on; its result and the moment are looked at when they are there, at
 * the latest before the next call and at the end. */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

typedef int64_t (*CallFn)(DrillRun *run, const DrillEvent *event);

/* -- descriptors -- */

int
drill_call_live_fd(const DrillRun *run, int script)
{
  for (guint i = run->fds->len; i > 0; i--) {
    const DrillFd *fd = &g_array_index(run->fds, DrillFd, i - 1);
    if (fd->script == script)
      return fd->live;
  }
  return -1;
}

static void
forget_fd(DrillRun *run, int script)
{
  for (guint i = run->fds->len; i > 0; i--)
    if (g_array_index(run->fds, DrillFd, i - 1).script == script)
      g_array_remove_index(run->fds, i - 1);
  for (guint i = run->listening->len; i > 0; i--)
    if (g_array_index(run->listening, int, i - 1) == script)
      g_array_remove_index(run->listening, i - 1);
  if (run->flow.fd == script)
    run->flow.fd = -1;
}

bool
drill_call_fd(DrillRun *run, const DrillEvent *event, int64_t *script, int *live)
{
  if (!drill_value_argument(run, event, 0, script))
    return false;
  *live = drill_call_live_fd(run, (int)*script);
  return true;
}

/* What the result will be called: a script may give it another number than we did. */
static int
name_fd(DrillRun *run, const DrillEvent *event, int live)
{
  const DrillValue *result = event->call->result;
  DrillFd fd = {live, live};
  if (result->kind == DRILL_VALUE_NUMBER && result->number >= 0)
    fd.script = (int)result->number;
  g_array_append_val(run->fds, fd);
  return fd.script;
}

/* -- opening -- */

static int64_t
call_socket(DrillRun *run, const DrillEvent *event)
{
  int64_t domain = run->config.family == 6 || run->config.mapped ? LINUX_AF_INET6 : LINUX_AF_INET;
  int64_t type, protocol;
  const DrillValue *first = drill_value_at(event->call, 0);
  if (first != NULL && first->kind != DRILL_VALUE_ANY && !drill_value_number(run, first, &domain))
    return 0;
  if (!drill_value_argument(run, event, 1, &type) ||
      !drill_value_argument(run, event, 2, &protocol))
    return 0;
  int64_t fd = sock_socket(run->sock, (int)domain, (int)type, (int)protocol);
  return fd < 0 ? fd : name_fd(run, event, (int)fd);
}

static int64_t
call_bind(DrillRun *run, const DrillEvent *event)
{
  int64_t script;
  int fd;
  SockAddress address = {NET_ADDRESS_NONE, run->config.bind_port};
  if (!drill_call_fd(run, event, &script, &fd) ||
      !drill_value_address(run, drill_value_at(event->call, 1), &address))
    return 0;
  return sock_bind(run->sock, fd, &address);
}

static int64_t
call_listen(DrillRun *run, const DrillEvent *event)
{
  int64_t script, backlog;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd) || !drill_value_argument(run, event, 1, &backlog))
    return 0;
  int64_t result = sock_listen(run->sock, fd, backlog);
  int listener = (int)script;
  if (result == 0) {
    g_array_append_val(run->listening, listener);
    run->flow.over = true; /* the next SYN is for this one */
    if (run->flow.fd < 0)
      run->flow.known = false;
  }
  return result;
}

static int64_t
call_connect(DrillRun *run, const DrillEvent *event)
{
  int64_t script;
  int fd;
  SockAddress to = {drill_world_peer_address(run), run->config.connect_port};
  if (!drill_call_fd(run, event, &script, &fd) ||
      !drill_value_address(run, drill_value_at(event->call, 1), &to))
    return 0;
  if (sock_is_datagram(run->sock, fd)) {
    int64_t connected = sock_connect(run->sock, fd, &to, NULL);
    drill_flow_datagrams(run, (int)script, to.port);
    return connected;
  }
  bool first = sock_conn(run->sock, fd) == NULL;
  int64_t result = sock_connect(run->sock, fd, &to, &run->pending.wait);
  if (first && sock_conn(run->sock, fd) != NULL)
    drill_flow_connect(run, (int)script);
  return result;
}

static int64_t
accept_with(DrillRun *run, const DrillEvent *event, int flags)
{
  int64_t script;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd))
    return 0;
  return sock_accept(run->sock, fd, flags, &run->pending.wait);
}

static int64_t
call_accept(DrillRun *run, const DrillEvent *event)
{
  return accept_with(run, event, 0);
}

static int64_t
call_accept4(DrillRun *run, const DrillEvent *event)
{
  int64_t flags;
  return drill_value_argument(run, event, 3, &flags) ? accept_with(run, event, (int)flags) : 0;
}

/* The connection that was accepted is the script's from now on. */
static int64_t
accepted(DrillRun *run, const DrillEvent *event, int64_t live)
{
  if (live < 0)
    return live;
  int script = name_fd(run, event, (int)live);
  SockAddress local, peer;
  sock_names(run->sock, (int)live, &local, &peer);
  if (run->flow.known && peer.port == run->flow.peer_port && local.port == run->flow.host_port)
    run->flow.fd = script;
  return script;
}

/* -- the rest -- */

static int64_t
call_shutdown(DrillRun *run, const DrillEvent *event)
{
  int64_t script, how;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd) || !drill_value_argument(run, event, 1, &how))
    return 0;
  return sock_shutdown(run->sock, fd, (int)how);
}

static int64_t
call_close(DrillRun *run, const DrillEvent *event)
{
  int64_t script;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd))
    return 0;
  forget_fd(run, (int)script);
  return sock_close(run->sock, fd, &run->pending.wait);
}

static int64_t
call_fcntl(DrillRun *run, const DrillEvent *event)
{
  int64_t script, command, argument = 0;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd) || !drill_value_argument(run, event, 1, &command))
    return 0;
  if (event->call->count > 2 && !drill_value_argument(run, event, 2, &argument))
    return 0;
  return sock_fcntl(run->sock, fd, (int)command, argument);
}

static int64_t
call_ioctl(DrillRun *run, const DrillEvent *event)
{
  int64_t script, request, wanted = 0, value;
  int fd;
  const DrillValue *written = drill_value_at(event->call, 2);
  bool any = written == NULL || written->kind == DRILL_VALUE_ANY;
  if (!drill_call_fd(run, event, &script, &fd) || !drill_value_argument(run, event, 1, &request) ||
      (!any && !drill_value_number(run, written, &wanted)))
    return 0;
  value = wanted;
  int64_t result = sock_ioctl(run->sock, fd, (int)request, &value);
  if (result == 0 && !any && value != wanted)
    drill_run_fail(run, event, "the call gives %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, value,
                   wanted);
  return result;
}

static const struct {
  const char *name;
  CallFn call;
} calls[] = {
    {"socket", call_socket},
    {"bind", call_bind},
    {"listen", call_listen},
    {"accept", call_accept},
    {"accept4", call_accept4},
    {"connect", call_connect},
    {"read", drill_call_read},
    {"write", drill_call_write},
    {"send", drill_call_send},
    {"sendto", drill_call_sendto},
    {"sendmsg", drill_call_sendmsg},
    {"recv", drill_call_recv},
    {"recvfrom", drill_call_recv},
    {"recvmsg", drill_call_recvmsg},
    {"readv", drill_call_readv},
    {"writev", drill_call_writev},
    {"close", call_close},
    {"shutdown", call_shutdown},
    {"setsockopt", drill_call_setsockopt},
    {"getsockopt", drill_call_getsockopt},
    {"fcntl", call_fcntl},
    {"ioctl", call_ioctl},
    {"poll", drill_call_poll},
};

bool
drill_call_known(const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
    if (strcmp(calls[i].name, name) == 0)
      return true;
  return false;
}

/* -- results -- */

static char *
print_result(int64_t result)
{
  if (result >= 0)
    return g_strdup_printf("%" G_GINT64_FORMAT, result);
  const char *name = sock_errno_name((int)-result);
  return g_strdup_printf("-1 %s", name != NULL ? name : "(an error)");
}

static void
compare_result(DrillRun *run, const DrillEvent *event, int64_t result)
{
  const DrillCall *call = event->call;
  int64_t wanted;
  if (call->result->kind == DRILL_VALUE_ANY)
    return;
  if (!drill_value_number(run, call->result, &wanted))
    return;
  int64_t plain = result < 0 ? -1 : result;
  bool same = plain == wanted;
  if (call->error != NULL) {
    int number = sock_errno_number(call->error);
    if (number == 0) {
      drill_run_unsupported(run, call->error_place, "the error %s", call->error);
      return;
    }
    same = same && result == -number;
    wanted = -number;
  }
  run->compared++;
  if (same)
    return;
  g_autofree char *got = print_result(result), *expected = print_result(wanted);
  drill_run_fail(run, event, "%s() returns %s, not %s", call->name, got, expected);
}

static void
returned(DrillRun *run, const DrillEvent *event, int64_t result)
{
  bool accepts =
      strcmp(event->call->name, "accept") == 0 || strcmp(event->call->name, "accept4") == 0;
  if (accepts)
    result = accepted(run, event, result);
  compare_result(run, event, result);
  if (strcmp(event->call->name, "poll") == 0 && drill_run_going(run))
    drill_call_poll_check(run, event);
}

static void
on_done(SockWait *wait, int64_t result)
{
  DrillRun *run = wait->user;
  run->pending.done = true;
  run->pending.done_at = sim_now(run->sim);
  run->pending.result = result;
}

/* It returned: when it should have, and with what? */
static void
finish_pending(DrillRun *run)
{
  DrillPending *pending = &run->pending;
  const DrillEvent *event = pending->event;
  SimTime end = event->call->end;
  SimTime at = event->when.kind == DRILL_TIME_RELATIVE ? pending->base + end : end;
  if (!event->call->blocks)
    at = pending->base;
  pending->event = NULL;
  bool told = run->job->returns != NULL && event->call->blocks;
  if (told)
    g_array_append_val(run->job->returns, pending->done_at);
  if (!told && !drill_run_in_time(run, pending->done_at, at, at, end)) {
    char wanted[SIM_TIME_TEXT], got[SIM_TIME_TEXT];
    drill_run_fail(run, event, "%s() returns at %s s, not at %s s", event->call->name,
                   sim_time_print(pending->done_at, got), sim_time_print(at, wanted));
  }
  if (drill_run_going(run))
    returned(run, event, pending->result);
}

void
drill_call_check(DrillRun *run, bool end)
{
  DrillPending *pending = &run->pending;
  const DrillEvent *event = pending->event;
  if (event == NULL)
    return;
  if (end && !pending->done) {
    SimTime at = event->when.kind == DRILL_TIME_RELATIVE ? pending->base + event->call->end
                                                         : event->call->end;
    drill_world_reach(run, MAX(at + DRILL_GRACE, sim_now(run->sim)));
  }
  if (pending->done)
    finish_pending(run);
  else if (end && drill_run_going(run))
    drill_run_fail(run, event, "%s() does not return", event->call->name);
}

static void
note(DrillRun *run, const DrillEvent *event)
{
  if (run->record != NULL)
    drill_world_note(run, event->text + strcspn(event->text, event->call->name));
}

/* It must return at once; what little time it may take is the tolerance. */
static void
wait_shortly(DrillRun *run, const DrillEvent *event)
{
  drill_world_reach(run, sim_now(run->sim) + run->config.tolerance);
  if (run->pending.done)
    finish_pending(run);
  else
    drill_run_fail(run, event, "%s() waits, and nothing says until when (+0...TIME %s(...) = ...)",
                   event->call->name, event->call->name);
}

void
drill_call(DrillRun *run, const DrillEvent *event)
{
  drill_call_check(run, true);
  if (!drill_run_going(run))
    return;
  note(run, event);
  DrillPending *pending = &run->pending;
  SimTime started = sim_now(run->sim);
  pending->wait = (SockWait){.done = on_done, .user = run};
  pending->base = run->base - (event->when.kind == DRILL_TIME_RELATIVE ? event->when.from : 0);
  pending->done = false;
  int64_t result = SOCK_PENDING;
  for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
    if (strcmp(calls[i].name, event->call->name) == 0)
      result = calls[i].call(run, event);
  if (!drill_run_going(run))
    return;
  pending->event = event;
  if (result != SOCK_PENDING) {
    pending->done = true;
    pending->done_at = started;
    pending->result = result;
  }
  drill_world_settle(run);
  if (!event->call->blocks)
    pending->base = started;
  if (pending->done)
    finish_pending(run);
  else if (!event->call->blocks)
    wait_shortly(run, event);
}
