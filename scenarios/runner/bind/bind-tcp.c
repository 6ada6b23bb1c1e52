/* bind-tcp: tcp = {...}: the options of TCP, read over a profile. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

const BindOptions bind_keepalive_options = {
    .name = "KeepaliveOptions",
    .what = "keepalive option",
    .params = tcp_keepalive_params,
    .help = "the option keepalive of TCP",
};

static const BindField tcp_extras[] = {
    {"cc", "string|CongestionSettings", "congestion control, by its name or with its settings"},
    {"keepalive", "boolean|KeepaliveOptions",
     "probes of a silent connection; true: after two hours"},
    {"profile", "string", "what the other options begin with; roundtrip list profiles"},
    {.name = NULL},
};

const BindOptions bind_tcp_all = {
    .name = "TcpOptions",
    .what = "tcp option",
    .params = tcp_profile_params,
    .extras = tcp_extras,
    .help = "tcp = {...} of a host, a listener, a connection or a load; the nearest wins",
};

/* Those that can change while a connection lives. */
static const BindField tcp_set_extras[] = {
    {"cc", "string|CongestionSettings", "congestion control, by its name or with its settings"},
    {"keepalive", "boolean|KeepaliveOptions",
     "probes of a silent connection; true: after two hours"},
    {.name = NULL},
};

const BindOptions bind_tcp_set = {
    .name = "TcpSetOptions",
    .what = "tcp option",
    .params = tcp_profile_params,
    .extras = tcp_set_extras,
    .help = "what conn:set changes: the options of TCP but for the profile",
};

/* A buffer that was given is what was asked for: it does not grow beyond, as after Linux's
 * SO_RCVBUF, unless its ceiling is given too. */
static void
fix_buffer(lua_State *L, int index, const char *option, const char *ceiling, uint64_t given,
           uint64_t *max)
{
  bool fixed = lua_getfield(L, index, option) != LUA_TNIL;
  bool has_ceiling = lua_getfield(L, index, ceiling) != LUA_TNIL;
  lua_pop(L, 2);
  if ((fixed && !has_ceiling) || *max < given)
    *max = given;
}

/* keepalive = {idle = ..., interval = ..., probes = ...}, true (RFC 1122's two hours) or false. */
static void
read_keepalive(lua_State *L, int index, const char *where, TcpProfile *profile)
{
  lua_getfield(L, index, "keepalive");
  if (lua_isboolean(L, -1)) {
    profile->keepalive_idle = lua_toboolean(L, -1) ? TCP_KEEPALIVE_IDLE : SIM_TIME_NEVER;
  } else if (!lua_isnil(L, -1)) {
    bind_options_check(L, -1, &bind_keepalive_options);
    if (profile->keepalive_idle == SIM_TIME_NEVER)
      profile->keepalive_idle = TCP_KEEPALIVE_IDLE;
    char what[80];
    g_snprintf(what, sizeof what, "%s: keepalive", where);
    bind_options_read(L, -1, what, tcp_keepalive_params, profile);
  }
  lua_pop(L, 1);
}

void
bind_tcp_option_fields(lua_State *L, int index, const char *where, TcpProfile *profile)
{
  bind_options_read(L, index, where, tcp_profile_params, profile);
  bind_cc_read(L, index, where, profile);
  read_keepalive(L, index, where, profile);
  fix_buffer(L, index, "receive_buffer", "receive_buffer_max", profile->receive_buffer,
             &profile->receive_buffer_max);
  fix_buffer(L, index, "send_buffer", "send_buffer_max", profile->send_buffer,
             &profile->send_buffer_max);
}

void
bind_tcp_options(lua_State *L, int index, const char *where, TcpProfile *profile)
{
  char what[64];
  g_snprintf(what, sizeof what, "%s: tcp", where);
  index = lua_absindex(L, index);
  if (!bind_options_check(L, index, &bind_tcp_all))
    return;
  lua_getfield(L, index, "profile");
  if (!lua_isnil(L, -1)) {
    const char *name = bind_value_text(L, -1, what, "profile");
    const TcpProfile *found = tcp_profile_find(name);
    if (found == NULL)
      bind_error_unknown(L, "tcp profile", name, tcp_profile_names());
    *profile = *found;
  }
  lua_pop(L, 1);
  bind_tcp_option_fields(L, index, what, profile);
}
