/* sock-option: setsockopt() and getsockopt(): which option is which field of the TCP's table.
 *
 * A row is a level, a name and two functions. An option that has no row is not here at all
 * (sock_option_known()): what Linux has and would change nothing in a simulation is not accepted as
 * if it did. */
#include "models/sock/sock-private.h"

#include <string.h>

#include "models/tcp/cc.h"

typedef int64_t (*SetFn)(Socket *socket, const SockValue *value);
typedef int64_t (*GetFn)(Socket *socket, SockValue *value);

static int64_t
give(SockValue *value, int64_t number)
{
  *value = (SockValue){.kind = SOCK_VALUE_NUMBER, .number = number};
  return 0;
}

/* -- flags of the socket -- */

#define FLAG(name, field)                                                                          \
  static int64_t set_##name(Socket *socket, const SockValue *value)                                \
  {                                                                                                \
    socket->field = value->number != 0;                                                            \
    return 0;                                                                                      \
  }                                                                                                \
  static int64_t get_##name(Socket *socket, SockValue *value)                                      \
  {                                                                                                \
    return give(value, socket->field);                                                             \
  }

FLAG(reuse_address, reuse_address)
FLAG(urgent_inline, urgent_inline)
FLAG(reuse_port, reuse_port)

/* -- what can only be asked -- */

static int64_t
get_error(Socket *socket, SockValue *value)
{
  return give(value, -sock_take_error(socket));
}

static int64_t
get_type(Socket *socket, SockValue *value)
{
  return give(value, socket->type);
}

static int64_t
get_protocol(Socket *socket, SockValue *value)
{
  return give(value, socket->protocol);
}

static int64_t
get_domain(Socket *socket, SockValue *value)
{
  return give(value, socket->domain);
}

static int64_t
get_listening(Socket *socket, SockValue *value)
{
  return give(value, socket->listener != NULL);
}

/* -- buffers: Linux doubles what is asked for, and half of it holds data -- */

static int64_t
set_receive_buffer(Socket *socket, const SockValue *value)
{
  int64_t bytes = CLAMP(value->number, 1152, INT32_MAX / 2);
  socket->receive_buffer = 2 * bytes;
  socket->profile.receive_buffer = socket->profile.receive_buffer_max = (uint64_t)bytes;
  socket->profile.receive_memory = 2 * (uint64_t)bytes;
  sock_tcp_apply(socket);
  return 0;
}

static int64_t
get_receive_buffer(Socket *socket, SockValue *value)
{
  return give(value, socket->receive_buffer != 0 ? socket->receive_buffer
                                                 : 2 * (int64_t)socket->profile.receive_buffer);
}

static int64_t
set_send_buffer(Socket *socket, const SockValue *value)
{
  int64_t bytes = CLAMP(value->number, 2304, INT32_MAX / 2);
  socket->send_buffer = 2 * bytes;
  socket->profile.send_buffer = socket->profile.send_buffer_max = (uint64_t)bytes;
  sock_tcp_apply(socket);
  return 0;
}

static int64_t
get_send_buffer(Socket *socket, SockValue *value)
{
  return give(value, socket->send_buffer != 0 ? socket->send_buffer
                                              : 2 * (int64_t)socket->profile.send_buffer);
}

static int64_t
set_receive_least(Socket *socket, const SockValue *value)
{
  socket->receive_least = MAX(value->number, 1);
  sock_retry(socket->host);
  return 0;
}

static int64_t
get_receive_least(Socket *socket, SockValue *value)
{
  return give(value, socket->receive_least);
}

/* -- times that calls wait -- */

/* Linux: microseconds are less than a second, and a time that is negative is none to wait. */
static int64_t
set_timeout(SimTime *timeout, const SockValue *value)
{
  if (value->second < 0 || value->second >= 1000000)
    return -SOCK_EDOM;
  if (value->number == 0 && value->second == 0)
    *timeout = SIM_TIME_NEVER;
  else if (value->number < 0)
    *timeout = 0;
  else
    *timeout = MIN(value->number, 1000000) * SIM_SECOND + value->second * SIM_MICROSECOND;
  return 0;
}

static int64_t
give_timeout(SockValue *value, SimTime timeout)
{
  SimTime told = timeout == SIM_TIME_NEVER ? 0 : timeout;
  *value = (SockValue){.kind = SOCK_VALUE_PAIR,
                       .number = told / SIM_SECOND,
                       .second = told % SIM_SECOND / SIM_MICROSECOND};
  return 0;
}

static int64_t
set_receive_timeout(Socket *socket, const SockValue *value)
{
  return set_timeout(&socket->receive_timeout, value);
}

static int64_t
get_receive_timeout(Socket *socket, SockValue *value)
{
  return give_timeout(value, socket->receive_timeout);
}

static int64_t
set_send_timeout(Socket *socket, const SockValue *value)
{
  return set_timeout(&socket->send_timeout, value);
}

static int64_t
get_send_timeout(Socket *socket, SockValue *value)
{
  return give_timeout(value, socket->send_timeout);
}

static int64_t
set_linger(Socket *socket, const SockValue *value)
{
  int64_t seconds = CLAMP(value->second, 0, 1000000);
  socket->profile.linger = value->number != 0 ? seconds * SIM_SECOND : SIM_TIME_NEVER;
  sock_tcp_apply(socket);
  return 0;
}

static int64_t
get_linger(Socket *socket, SockValue *value)
{
  bool on = socket->profile.linger != SIM_TIME_NEVER;
  *value = (SockValue){.kind = SOCK_VALUE_PAIR,
                       .number = on,
                       .second = on ? socket->profile.linger / SIM_SECOND : 0};
  return 0;
}

/* -- keepalive (RFC 1122 4.2.3.6) -- */

static int64_t
apply_keepalive(Socket *socket)
{
  socket->profile.keepalive_idle = socket->keepalive ? socket->keepalive_idle : SIM_TIME_NEVER;
  sock_tcp_apply(socket);
  return 0;
}

static int64_t
set_keepalive(Socket *socket, const SockValue *value)
{
  socket->keepalive = value->number != 0;
  return apply_keepalive(socket);
}

static int64_t
get_keepalive(Socket *socket, SockValue *value)
{
  return give(value, socket->keepalive);
}

static int64_t
set_keepalive_idle(Socket *socket, const SockValue *value)
{
  if (value->number < 1 || value->number > 32767)
    return -SOCK_EINVAL;
  socket->keepalive_idle = value->number * SIM_SECOND;
  return apply_keepalive(socket);
}

static int64_t
get_keepalive_idle(Socket *socket, SockValue *value)
{
  return give(value, socket->keepalive_idle / SIM_SECOND);
}

/* -- fields of the profile -- */

#define PROFILE_NUMBER(name, lowest, highest, store, load)                                         \
  static int64_t set_##name(Socket *socket, const SockValue *value)                                \
  {                                                                                                \
    TcpProfile *profile = &socket->profile;                                                        \
    int64_t number = value->number;                                                                \
    if (number < (lowest) || number > (highest))                                                   \
      return -SOCK_EINVAL;                                                                         \
    store;                                                                                         \
    sock_tcp_apply(socket);                                                                        \
    return 0;                                                                                      \
  }                                                                                                \
  static int64_t get_##name(Socket *socket, SockValue *value)                                      \
  {                                                                                                \
    const TcpProfile *profile = &socket->profile;                                                  \
    return give(value, (int64_t)(load));                                                           \
  }

PROFILE_NUMBER(no_delay, INT32_MIN, INT32_MAX, profile->nagle = number == 0, !profile->nagle)
PROFILE_NUMBER(defer_accept, 0, 3600, profile->defer_accept = number * SIM_SECOND,
               profile->defer_accept / SIM_SECOND)
PROFILE_NUMBER(cork, INT32_MIN, INT32_MAX, profile->cork = number != 0, profile->cork)
PROFILE_NUMBER(keepalive_interval, 1, 32767, profile->keepalive_interval = number * SIM_SECOND,
               profile->keepalive_interval / SIM_SECOND)
PROFILE_NUMBER(keepalive_probes, 1, 127, profile->keepalive_probes = number,
               profile->keepalive_probes)
PROFILE_NUMBER(syn_retries, 1, 127, profile->syn_retries = number, profile->syn_retries)
PROFILE_NUMBER(user_timeout, 0, INT32_MAX,
               profile->user_timeout = number == 0 ? SIM_TIME_NEVER : number * SIM_MILLISECOND,
               profile->user_timeout == SIM_TIME_NEVER ? 0
                                                       : profile->user_timeout / SIM_MILLISECOND)
PROFILE_NUMBER(fin_timeout, INT32_MIN, 60,
               profile->fin_timeout = number < 0    ? 0
                                      : number == 0 ? 60 * SIM_SECOND
                                                    : number * SIM_SECOND,
               profile->fin_timeout == 0 ? -1 : profile->fin_timeout / SIM_SECOND)
PROFILE_NUMBER(rto_max, 1000, 120000, profile->max_rto = number * SIM_MILLISECOND,
               profile->max_rto / SIM_MILLISECOND)
PROFILE_NUMBER(rto_min, 1, 120000000, profile->min_rto = number * SIM_MICROSECOND,
               profile->min_rto / SIM_MICROSECOND)

static int64_t
set_mss(Socket *socket, const SockValue *value)
{
  if (value->number != 0 && (value->number < 88 || value->number > 32767))
    return -SOCK_EINVAL;
  socket->profile.mss = (uint64_t)value->number;
  sock_tcp_apply(socket);
  return 0;
}

static int64_t
get_mss(Socket *socket, SockValue *value)
{
  TcpInfo info = {0};
  if (socket->conn != NULL)
    tcp_info(socket->conn, &info);
  return give(value, info.mss != 0              ? info.mss
                     : socket->profile.mss != 0 ? (int64_t)socket->profile.mss
                                                : 536);
}

static int64_t
set_quick_ack(Socket *socket, const SockValue *value)
{
  if (socket->conn != NULL)
    tcp_quick_ack(socket->conn, value->number != 0);
  return 0;
}

/* The congestion control is chosen for good when the connection is made. */
static int64_t
set_congestion(Socket *socket, const SockValue *value)
{
  if (value->kind != SOCK_VALUE_TEXT)
    return -SOCK_EINVAL;
  const TcpCcOps *ops = cc_find(value->text);
  if (ops == NULL)
    return -SOCK_ENOENT;
  socket->profile.cc = ops;
  socket->profile.cc_settings = NULL;
  return 0;
}

static int64_t
get_congestion(Socket *socket, SockValue *value)
{
  *value = (SockValue){.kind = SOCK_VALUE_TEXT};
  g_strlcpy(value->text, socket->profile.cc->name, sizeof value->text);
  return 0;
}

/* -- the table -- */

static const struct {
  int level, name;
  SetFn set; /* NULL: it can only be asked */
  GetFn get; /* NULL: it can only be set */
} rows[] = {
    {LINUX_SOL_SOCKET, LINUX_SO_REUSEADDR, set_reuse_address, get_reuse_address},
    {LINUX_SOL_SOCKET, LINUX_SO_REUSEPORT, set_reuse_port, get_reuse_port},
    {LINUX_SOL_SOCKET, LINUX_SO_OOBINLINE, set_urgent_inline, get_urgent_inline},
    {LINUX_SOL_SOCKET, LINUX_SO_ERROR, NULL, get_error},
    {LINUX_SOL_SOCKET, LINUX_SO_TYPE, NULL, get_type},
    {LINUX_SOL_SOCKET, LINUX_SO_PROTOCOL, NULL, get_protocol},
    {LINUX_SOL_SOCKET, LINUX_SO_DOMAIN, NULL, get_domain},
    {LINUX_SOL_SOCKET, LINUX_SO_ACCEPTCONN, NULL, get_listening},
    {LINUX_SOL_SOCKET, LINUX_SO_RCVBUF, set_receive_buffer, get_receive_buffer},
    {LINUX_SOL_SOCKET, LINUX_SO_RCVBUFFORCE, set_receive_buffer, get_receive_buffer},
    {LINUX_SOL_SOCKET, LINUX_SO_SNDBUF, set_send_buffer, get_send_buffer},
    {LINUX_SOL_SOCKET, LINUX_SO_SNDBUFFORCE, set_send_buffer, get_send_buffer},
    {LINUX_SOL_SOCKET, LINUX_SO_RCVLOWAT, set_receive_least, get_receive_least},
    {LINUX_SOL_SOCKET, LINUX_SO_RCVTIMEO, set_receive_timeout, get_receive_timeout},
    {LINUX_SOL_SOCKET, LINUX_SO_SNDTIMEO, set_send_timeout, get_send_timeout},
    {LINUX_SOL_SOCKET, LINUX_SO_LINGER, set_linger, get_linger},
    {LINUX_SOL_SOCKET, LINUX_SO_KEEPALIVE, set_keepalive, get_keepalive},
    {LINUX_SOL_TCP, LINUX_TCP_NODELAY, set_no_delay, get_no_delay},
    {LINUX_SOL_TCP, LINUX_TCP_MAXSEG, set_mss, get_mss},
    {LINUX_SOL_TCP, LINUX_TCP_CORK, set_cork, get_cork},
    {LINUX_SOL_TCP, LINUX_TCP_DEFER_ACCEPT, set_defer_accept, get_defer_accept},
    {LINUX_SOL_TCP, LINUX_TCP_KEEPIDLE, set_keepalive_idle, get_keepalive_idle},
    {LINUX_SOL_TCP, LINUX_TCP_KEEPINTVL, set_keepalive_interval, get_keepalive_interval},
    {LINUX_SOL_TCP, LINUX_TCP_KEEPCNT, set_keepalive_probes, get_keepalive_probes},
    {LINUX_SOL_TCP, LINUX_TCP_SYNCNT, set_syn_retries, get_syn_retries},
    {LINUX_SOL_TCP, LINUX_TCP_LINGER2, set_fin_timeout, get_fin_timeout},
    {LINUX_SOL_TCP, LINUX_TCP_QUICKACK, set_quick_ack, NULL},
    {LINUX_SOL_TCP, LINUX_TCP_CONGESTION, set_congestion, get_congestion},
    {LINUX_SOL_TCP, LINUX_TCP_USER_TIMEOUT, set_user_timeout, get_user_timeout},
    {LINUX_SOL_TCP, LINUX_TCP_RTO_MAX_MS, set_rto_max, get_rto_max},
    {LINUX_SOL_TCP, LINUX_TCP_RTO_MIN_US, set_rto_min, get_rto_min},
};

bool
sock_option_known(int level, int name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].level == level && rows[i].name == name)
      return true;
  return false;
}

int64_t
sock_set_option(SockHost *host, int fd, int level, int name, const SockValue *value)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].level == level && rows[i].name == name && rows[i].set != NULL)
      return rows[i].set(socket, value);
  return -SOCK_ENOPROTOOPT;
}

int64_t
sock_get_option(SockHost *host, int fd, int level, int name, SockValue *value)
{
  Socket *socket = sock_find(host, fd);
  if (socket == NULL)
    return -SOCK_EBADF;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].level == level && rows[i].name == name && rows[i].get != NULL)
      return rows[i].get(socket, value);
  return -SOCK_ENOPROTOOPT;
}
