/* drill-call-data: calls that move data: how much, with which flags, and where to. */
#include "scenarios/runner/drill/drill-run-private.h"

/* What a flag asks for has to be there: it is never passed over. */
static bool
check_flags(DrillRun *run, const DrillEvent *event, int64_t flags, int64_t known)
{
  static const struct {
    const char *name;
    int64_t flag;
  } others[] = {{"MSG_OOB", LINUX_MSG_OOB},          {"MSG_PEEK", LINUX_MSG_PEEK},
                {"MSG_TRUNC", LINUX_MSG_TRUNC},      {"MSG_EOR", LINUX_MSG_EOR},
                {"MSG_WAITALL", LINUX_MSG_WAITALL},  {"MSG_ERRQUEUE", LINUX_MSG_ERRQUEUE},
                {"MSG_MORE", LINUX_MSG_MORE},        {"MSG_ZEROCOPY", LINUX_MSG_ZEROCOPY},
                {"MSG_FASTOPEN", LINUX_MSG_FASTOPEN}};
  int64_t rest = flags & ~(known | LINUX_MSG_DONTWAIT | LINUX_MSG_NOSIGNAL);
  if (rest == 0)
    return true;
  for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
    if (rest & others[i].flag) {
      drill_run_unsupported(run, event->place, "%s() with %s", event->call->name, others[i].name);
      return false;
    }
  drill_run_unsupported(run, event->place, "%s() with the flag 0x%x", event->call->name,
                        (unsigned)rest);
  return false;
}

static int64_t
send_with(DrillRun *run, const DrillEvent *event, int64_t count, int64_t flags,
          const SockAddress *to)
{
  int64_t script;
  int fd;
  if (!drill_call_fd(run, event, &script, &fd) ||
      !check_flags(run, event, flags, LINUX_MSG_OOB | LINUX_MSG_FASTOPEN))
    return 0;
  if (count < 0)
    return -SOCK_EFAULT;
  if (sock_is_datagram(run->sock, fd)) {
    if (to != NULL) /* which port it has is known only when it has sent something */
      sock_bind(run->sock, fd, &(SockAddress){0});
    if (to != NULL)
      drill_flow_datagrams(run, (int)script, to->port);
  }
  return sock_send(run->sock, fd, (uint64_t)count, (int)flags, to, &run->pending.wait);
}

static int64_t
receive_with(DrillRun *run, const DrillEvent *event, int64_t count, int64_t flags)
{
  int64_t script;
  int fd;
  int64_t known = LINUX_MSG_OOB | LINUX_MSG_PEEK | LINUX_MSG_TRUNC | LINUX_MSG_WAITALL;
  if (!drill_call_fd(run, event, &script, &fd) || !check_flags(run, event, flags, known))
    return 0;
  if (count < 0)
    return -SOCK_EFAULT;
  return sock_receive(run->sock, fd, (uint64_t)count, (int)flags, NULL, &run->pending.wait);
}

int64_t
drill_call_write(DrillRun *run, const DrillEvent *event)
{
  int64_t count;
  return drill_value_argument(run, event, 2, &count) ? send_with(run, event, count, 0, NULL) : 0;
}

int64_t
drill_call_read(DrillRun *run, const DrillEvent *event)
{
  int64_t count;
  return drill_value_argument(run, event, 2, &count) ? receive_with(run, event, count, 0) : 0;
}

int64_t
drill_call_send(DrillRun *run, const DrillEvent *event)
{
  int64_t count, flags;
  if (!drill_value_argument(run, event, 2, &count) || !drill_value_argument(run, event, 3, &flags))
    return 0;
  return send_with(run, event, count, flags, NULL);
}

int64_t
drill_call_recv(DrillRun *run, const DrillEvent *event)
{
  int64_t count, flags;
  if (!drill_value_argument(run, event, 2, &count) || !drill_value_argument(run, event, 3, &flags))
    return 0;
  return receive_with(run, event, count, flags);
}

int64_t
drill_call_sendto(DrillRun *run, const DrillEvent *event)
{
  int64_t count, flags, script = -1;
  SockAddress to = {drill_world_peer_address(run), run->config.connect_port};
  if (!drill_value_argument(run, event, 0, &script) ||
      !drill_value_argument(run, event, 2, &count) ||
      !drill_value_argument(run, event, 3, &flags) ||
      !drill_value_address(run, drill_value_at(event->call, 4), &to))
    return 0;
  int fd = drill_call_live_fd(run, (int)script);
  bool opens = flags & LINUX_MSG_FASTOPEN && sock_conn(run->sock, fd) == NULL;
  int64_t result = send_with(run, event, count, flags, &to);
  if (opens && sock_conn(run->sock, fd) != NULL)
    drill_flow_connect(run, (int)script);
  return result;
}

/* The bytes in "[{..., 1000}, {..., 2000}]". */
static bool
sum_vectors(DrillRun *run, const DrillValue *list, int64_t *sum)
{
  *sum = 0;
  if (list == NULL || list->kind != DRILL_VALUE_LIST) {
    drill_run_wrong(run, list != NULL ? list->place : (DrillPlace){0, 0},
                    "a list of {..., LENGTH} is expected here");
    return false;
  }
  for (const DrillValue *item = list->items; item != NULL; item = item->next) {
    int64_t length;
    const DrillValue *second =
        item->kind == DRILL_VALUE_STRUCT && item->items != NULL ? item->items->next : NULL;
    if (second == NULL) {
      drill_run_wrong(run, item->place, "{..., LENGTH} is expected here");
      return false;
    }
    if (!drill_value_number(run, second, &length))
      return false;
    *sum += length;
  }
  return true;
}

int64_t
drill_call_writev(DrillRun *run, const DrillEvent *event)
{
  int64_t count;
  if (!sum_vectors(run, drill_value_at(event->call, 1), &count))
    return 0;
  return send_with(run, event, count, 0, NULL);
}

int64_t
drill_call_readv(DrillRun *run, const DrillEvent *event)
{
  int64_t count;
  if (!sum_vectors(run, drill_value_at(event->call, 1), &count))
    return 0;
  return receive_with(run, event, count, 0);
}

/* "{msg_name(...)=..., msg_iov(1)=[{..., 100}], msg_flags=0}": its bytes and flags. */
static bool
take_message(DrillRun *run, const DrillEvent *event, int64_t *count, int64_t *flags)
{
  const DrillValue *message = drill_value_at(event->call, 1);
  if (message == NULL || message->kind != DRILL_VALUE_STRUCT) {
    drill_run_wrong(run, event->place, "%s() takes {msg_iov(N)=[{..., LENGTH}], ...}",
                    event->call->name);
    return false;
  }
  const DrillValue *control = drill_value_field(message, "msg_control");
  if (control != NULL && control->kind != DRILL_VALUE_ANY && control->items != NULL) {
    drill_run_unsupported(run, control->place, "control data");
    return false;
  }
  return drill_value_argument(run, event, 2, flags) &&
         sum_vectors(run, drill_value_field(message, "msg_iov"), count);
}

int64_t
drill_call_sendmsg(DrillRun *run, const DrillEvent *event)
{
  int64_t count, flags;
  if (!take_message(run, event, &count, &flags))
    return 0;
  SockAddress to = {drill_world_peer_address(run), run->config.connect_port};
  const DrillValue *name = drill_value_field(drill_value_at(event->call, 1), "msg_name");
  if (!drill_value_address(run, name, &to))
    return 0;
  return send_with(run, event, count, flags, &to);
}

int64_t
drill_call_recvmsg(DrillRun *run, const DrillEvent *event)
{
  int64_t count, flags;
  return take_message(run, event, &count, &flags) ? receive_with(run, event, count, flags) : 0;
}
