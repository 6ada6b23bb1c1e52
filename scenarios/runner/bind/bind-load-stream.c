/* bind-load-stream: cbr and on_off: datagrams at a constant rate, steadily or by turns. */
#include "scenarios/runner/bind/bind-load.h"

#include <string.h>

#include "models/app/app-stream.h"
#include "scenarios/runner/bind/bind-dist.h"

#define FIRST_PORT 7001 /* of the first stream; the next has the next one */
#define SIZE_DEFAULT 1500

typedef struct BindStream {
  BindObject object;
  AppStream *stream;          /* the scenario's; NULL: it is being read */
  AppStreamSettings settings; /* until then: the distributions are owned */
} BindStream;

static const BindType stream_type;

typedef struct StreamOptions {
  SimTime start, until;
  uint64_t rate, size;
  int64_t port;
} StreamOptions;

#define STREAM(member) offsetof(StreamOptions, member)

static const SimParam stream_params[] = {
    {.name = "rate",
     .kind = SIM_PARAM_RATE,
     .offset = STREAM(rate),
     .min = 1,
     .max = 1e15,
     .help = "while it sends; it has to be said"},
    {.name = "size",
     .kind = SIM_PARAM_SIZE,
     .offset = STREAM(size),
     .min = 28,
     .max = 65535,
     .help = "IP length of a datagram"},
    {.name = "start",
     .kind = SIM_PARAM_TIME,
     .offset = STREAM(start),

     .help = "when it begins"},
    {.name = "until",
     .kind = SIM_PARAM_TIME,
     .offset = STREAM(until),

     .help = "when it ends"},
    {.name = "port",
     .kind = SIM_PARAM_INTEGER,
     .offset = STREAM(port),
     .min = 1,
     .max = 65535,
     .help = "of the receiver (7001, of the next stream 7002 ...)"},
    {.name = NULL},
};

static const StreamOptions stream_defaults = {.until = SIM_TIME_NEVER, .size = SIZE_DEFAULT};

#define STREAM_ENDS                                                                                \
  {"from", "Host", "who sends"}, {"to", "Host", "who receives"},                                   \
  {                                                                                                \
    "name", "string", "in summary.json"                                                            \
  }

static const BindField cbr_extras[] = {STREAM_ENDS, {.name = NULL}};
static const BindField on_off_extras[] = {
    STREAM_ENDS,
    {"on", "TimeDistribution", "how long it sends (1 s)"},
    {"off", "TimeDistribution", "how long it is silent (1 s)"},
    {.name = NULL}};

static const BindOptions cbr_options = {
    .name = "CbrOptions",
    .what = "option of cbr",
    .params = stream_params,
    .extras = cbr_extras,
    .defaults = &stream_defaults,
    .help = "cbr{...}",
};
static const BindOptions on_off_options = {
    .name = "OnOffOptions",
    .what = "option of on_off",
    .params = stream_params,
    .extras = on_off_extras,
    .defaults = &stream_defaults,
    .help = "on_off{...}",
};

static UdpHost *
end_of_stream(lua_State *L, const char *call, const char *name)
{
  lua_getfield(L, 1, name);
  return bind_load_host(L, -1, call, name, "a host")->udp;
}

static int
make(lua_State *L, const char *call, const BindOptions *known)
{
  Scenario *scenario = bind_scenario(L);
  StreamOptions options = stream_defaults;
  bind_load_read(L, call, "NAME{from = host, to = host, rate = ...}", known, &options);
  if (options.rate == 0)
    bind_error(L, "%s: rate is missing: bits a second, such as \"1 Mbit/s\"", call);
  BindStream *bound = bind_object_new(L, &stream_type, sizeof *bound, 0);
  AppStreamSettings *settings = &bound->settings;
  settings->steady = strcmp(call, "cbr") == 0;
  settings->on = settings->off = app_dist_constant(1);
  bind_dist_read(L, call, "on", false, &settings->on);
  bind_dist_read(L, call, "off", false, &settings->off);
  settings->from = end_of_stream(L, call, "from");
  settings->to = end_of_stream(L, call, "to");
  settings->name = bind_load_name(L, call, scenario->streams->len + 1);
  settings->port =
      (uint16_t)(options.port != 0 ? options.port : FIRST_PORT + (int64_t)scenario->streams->len);
  settings->start = options.start;
  settings->until = options.until;
  settings->rate = options.rate;
  settings->size = (uint32_t)options.size;
  GError *error = NULL;
  AppStream *stream = app_stream_new(scenario->sim, settings, &error);
  *settings = (AppStreamSettings){0}; /* what it had is the stream's, or freed by it */
  if (stream == NULL)
    bind_raise_in(L, call, error);
  bound->stream = stream;
  g_ptr_array_add(scenario->streams, stream);
  lua_settop(L, 2);
  return 1;
}

static int
make_cbr(lua_State *L)
{
  return make(L, "cbr", &cbr_options);
}

static int
make_on_off(lua_State *L)
{
  return make(L, "on_off", &on_off_options);
}

static bool
stream_get(lua_State *L, void *self, const char *field)
{
  const AppStream *stream = ((BindStream *)self)->stream;
  const AppStreamCounters *counters = app_stream_counters(stream);
  if (strcmp(field, "name") == 0)
    lua_pushstring(L, app_stream_name(stream));
  else if (strcmp(field, "sent") == 0)
    lua_pushinteger(L, (lua_Integer)counters->sent);
  else if (strcmp(field, "received") == 0)
    lua_pushinteger(L, (lua_Integer)counters->received);
  else
    lua_pushinteger(L, (lua_Integer)counters->bytes);
  return true;
}

static void
stream_print(void *self, char *text, size_t size)
{
  const BindStream *bound = self;
  g_snprintf(text, size, "stream %s", bound->stream != NULL ? app_stream_name(bound->stream) : "?");
}

static void
stream_collect(void *self)
{
  BindStream *bound = self;
  app_dist_clear(&bound->settings.on);
  app_dist_clear(&bound->settings.off);
}

static const BindField stream_fields[] = {
    {"name", "string", "as it was given, or the call and a number"},
    {"sent", "integer", "datagrams"},
    {"received", "integer", "datagrams"},
    {"bytes", "bytes", "received"},
    {.name = NULL},
};

static const BindType stream_type = {
    .name = "stream",
    .class = "Stream",
    .help = "what has become of a load over UDP",
    .example = "stream",
    .fields = stream_fields,
    .get = stream_get,
    .print = stream_print,
    .collect = stream_collect,
};

static const BindFunction functions[] = {
    {"cbr", make_cbr, "options: CbrOptions", "Stream", "datagrams at a constant rate"},
    {"on_off", make_on_off, "options: OnOffOptions", "Stream",
     "datagrams at a constant rate for a while, then silence, and again"},
    {.name = NULL},
};

static const BindType *const types_of_stream[] = {&stream_type, NULL};
static const BindOptions *const options_of_stream[] = {&cbr_options, &on_off_options, NULL};

const BindGroup bind_group_stream = {
    .name = "streams",
    .title = "Streams",
    .help = "applications in C over UDP",
    .functions = functions,
    .types = types_of_stream,
    .options = options_of_stream,
};
