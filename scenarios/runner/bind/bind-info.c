/* bind-info: what a connection says of itself: what TCP_INFO would say, in bytes and seconds. */
#include "scenarios/runner/bind/bind-conn.h"

#include <math.h>
#include <string.h>

typedef enum {
  INFO_STATE,
  INFO_RECOVERY,
  INFO_ICMP, /* nil: no error */
  INFO_BYTES,
  INFO_COUNT,
  INFO_SCALE, /* 8 bits */
  INFO_BOOL,
  INFO_TIME,
  INFO_SAMPLE /* a time, of which 0 says that there is none */
} InfoKind;

/* The two structs in which a connection tells of itself, side by side. */
typedef struct BindInfo {
  TcpInfo info;
  TcpDetails details;
} BindInfo;

#define INFO(member) offsetof(BindInfo, info.member)
#define DETAIL(member) offsetof(BindInfo, details.member)

/* Fields of conn and of conn:info(). BYTES are 64 bits wide, COUNT 32. */
static const struct {
  const char *name;
  InfoKind kind;
  size_t offset;
} infos[] = {
    {"state", INFO_STATE, INFO(state)},
    {"recovery", INFO_RECOVERY, INFO(recovery)},
    {"cwnd", INFO_BYTES, INFO(cwnd)},
    {"ssthresh", INFO_BYTES, INFO(ssthresh)},
    {"flight", INFO_BYTES, INFO(flight)},
    {"snd_wnd", INFO_BYTES, INFO(snd_wnd)},
    {"rcv_wnd", INFO_BYTES, INFO(rcv_wnd)},
    {"srtt", INFO_TIME, INFO(srtt)},
    {"rttvar", INFO_TIME, INFO(rttvar)},
    {"min_rtt", INFO_SAMPLE, DETAIL(min_rtt)},
    {"rto", INFO_TIME, INFO(rto)},
    {"backoff", INFO_COUNT, INFO(backoff)},
    {"mss", INFO_COUNT, INFO(mss)},
    {"path_mtu", INFO_COUNT, DETAIL(path_mtu)},
    {"soft_error", INFO_ICMP, INFO(soft_error)},
    {"pacing_rate", INFO_BYTES, INFO(pacing_rate)},
    {"bytes_sent", INFO_BYTES, INFO(bytes_sent)},
    {"bytes_acked", INFO_BYTES, INFO(bytes_acked)},
    {"bytes_received", INFO_BYTES, INFO(bytes_received)},
    {"segments_sent", INFO_BYTES, INFO(segments_sent)},
    {"segments_received", INFO_BYTES, INFO(segments_received)},
    {"retransmits", INFO_BYTES, INFO(retransmits)},
    {"lost", INFO_BYTES, INFO(lost)},
    {"reordering", INFO_COUNT, DETAIL(reordering)},
    {"timeouts", INFO_BYTES, INFO(timeouts)},
    {"duplicate_acks", INFO_BYTES, INFO(duplicate_acks_received)},
    {"opened_at", INFO_TIME, INFO(opened_at)},
    {"connect_time", INFO_TIME, INFO(connect_time)},
    {"timestamps", INFO_BOOL, DETAIL(timestamps)},
    {"sack", INFO_BOOL, DETAIL(sack)},
    {"ecn", INFO_BOOL, DETAIL(ecn)},
    {"snd_scale", INFO_SCALE, DETAIL(snd_scale)},
    {"rcv_scale", INFO_SCALE, DETAIL(rcv_scale)},
};

static void
ask(const BindConn *conn, BindInfo *all)
{
  tcp_info(conn->tcp, &all->info);
  tcp_details(conn->tcp, &all->details);
}

static void
push_time(lua_State *L, SimTime time, SimTime none)
{
  if (time == none)
    lua_pushnil(L);
  else
    lua_pushnumber(L, sim_time_to_seconds(time));
}

static void
push_soft_error(lua_State *L, const BindConn *conn, IcmpKind kind)
{
  const NetAddress *remote = net_address(conn->scenario->net, tcp_endpoints(conn->tcp).remote);
  if (kind == ICMP_OTHER)
    lua_pushnil(L);
  else
    lua_pushstring(L, icmp_kind_name(kind, remote->family));
}

static void
push_info(lua_State *L, const BindConn *conn, const BindInfo *all, size_t which)
{
  const char *field = (const char *)all + infos[which].offset;
  uint64_t bytes;
  uint32_t count;
  SimTime time;
  switch (infos[which].kind) {
  case INFO_STATE:
    lua_pushstring(L, tcp_state_name(all->info.state));
    break;
  case INFO_RECOVERY:
    lua_pushstring(L, tcp_recovery_name(all->info.recovery));
    break;
  case INFO_ICMP:
    push_soft_error(L, conn, all->info.soft_error);
    break;
  case INFO_BYTES:
    memcpy(&bytes, field, sizeof bytes);
    if (bytes == UINT64_MAX)
      lua_pushnumber(L, HUGE_VAL);
    else
      lua_pushinteger(L, (lua_Integer)bytes);
    break;
  case INFO_COUNT:
    memcpy(&count, field, sizeof count);
    lua_pushinteger(L, count);
    break;
  case INFO_SCALE:
    lua_pushinteger(L, *(const uint8_t *)field);
    break;
  case INFO_BOOL:
    lua_pushboolean(L, *(const bool *)field);
    break;
  case INFO_TIME:
  case INFO_SAMPLE:
    memcpy(&time, field, sizeof time);
    push_time(L, time, infos[which].kind == INFO_SAMPLE ? 0 : SIM_TIME_NEVER);
    break;
  }
}

static bool
push_endpoint(lua_State *L, const BindConn *conn, const char *field)
{
  TcpEndpoints ends = tcp_endpoints(conn->tcp);
  bool local = g_str_has_prefix(field, "local");
  if (g_str_has_suffix(field, "port")) {
    lua_pushinteger(L, local ? ends.local_port : ends.remote_port);
    return true;
  }
  char text[NET_ADDRESS_TEXT];
  lua_pushstring(L, net_address_print(
                        net_address(conn->scenario->net, local ? ends.local : ends.remote), text));
  return true;
}

bool
bind_info_get(lua_State *L, void *self, const char *field)
{
  BindConn *conn = self;
  BindInfo all;
  ask(conn, &all);
  for (size_t i = 0; i < G_N_ELEMENTS(infos); i++)
    if (strcmp(infos[i].name, field) == 0) {
      push_info(L, conn, &all, i);
      return true;
    }
  return push_endpoint(L, conn, field);
}

int
bind_info_table(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "info");
  BindInfo all;
  ask(conn, &all);
  lua_createtable(L, 0, G_N_ELEMENTS(infos));
  for (size_t i = 0; i < G_N_ELEMENTS(infos); i++) {
    push_info(L, conn, &all, i);
    lua_setfield(L, -2, infos[i].name);
  }
  return 1;
}

/* Those of `infos` first. */
const BindField bind_info_fields[] = {
    {"state", "string", "\"ESTABLISHED\", \"TIME-WAIT\" ..."},
    {"recovery", "string", "\"open\", \"disorder\", \"cwr\", \"fast\" or \"loss\""},
    {"cwnd", "bytes", "congestion window"},
    {"ssthresh", "bytes", "slow-start threshold; math.huge before the first loss"},
    {"flight", "bytes", "sent, and neither acknowledged nor believed lost"},
    {"snd_wnd", "bytes", "what the peer offers"},
    {"rcv_wnd", "bytes", "what this end offers"},
    {"srtt", "seconds", "smoothed round-trip time; 0 before the first sample"},
    {"rttvar", "seconds", "its variation"},
    {"min_rtt", "seconds?", "the least round-trip time; nil before the first sample"},
    {"rto", "seconds", "retransmission time-out, with the back-off in force"},
    {"backoff", "integer", "doublings of the time-out in force"},
    {"mss", "bytes", "the largest segment that this end sends"},
    {"path_mtu", "bytes", "what it takes the path to carry"},
    {"soft_error", "string?", "what ICMP said last, \"host unreachable\"; nil since an ACK came"},
    {"pacing_rate", "number", "bytes a second; math.huge: it does not pace"},
    {"bytes_sent", "bytes", "payload, retransmissions counted again"},
    {"bytes_acked", "bytes", "payload that the peer has acknowledged"},
    {"bytes_received", "bytes", "payload in order"},
    {"segments_sent", "integer", "all of them"},
    {"segments_received", "integer", "all of them"},
    {"retransmits", "integer", "segments that were sent again, SYN and FIN too"},
    {"lost", "integer", "segments believed lost so far"},
    {"reordering", "integer", "segments by which it has seen packets late"},
    {"timeouts", "integer", "how often the retransmission timer fired"},
    {"duplicate_acks", "integer", "that it received"},
    {"opened_at", "seconds", "when connect was called, or the SYN arrived"},
    {"connect_time", "seconds?", "how long the opening took; nil: it is not over"},
    {"timestamps", "boolean", "both ends use the option"},
    {"sack", "boolean", "both ends use the option"},
    {"ecn", "boolean", "both ends use it"},
    {"snd_scale", "integer", "window scale of the peer"},
    {"rcv_scale", "integer", "window scale of this end"},
    {"local_address", "string", "of this end"},
    {"local_port", "integer", "of this end"},
    {"remote_address", "string", "of the peer"},
    {"remote_port", "integer", "of the peer"},
    {.name = NULL},
};
