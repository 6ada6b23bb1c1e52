/* bind-shape: rate, reorder, policer and shaper of a link: a number, or a table of their own. */
#include "scenarios/runner/bind/bind.h"

/* -- rate = "10 Mbit/s", {trace = "file"} -- */

static const BindField rate_extras[] = {
    {"trace", "string",
     "a file in Mahimahi's format: a line is a time in ms at which 1,500 bytes may leave; it is "
     "repeated"},
    {.name = NULL},
};

const BindOptions bind_rate_options = {
    .name = "RateTrace",
    .what = "option of a rate",
    .extras = rate_extras,
    .help = "rate = {trace = \"file\"}",
};

static void
set_rate_trace(lua_State *L, int index, LinkDirection *direction)
{
  bind_options_check(L, index, &bind_rate_options);
  lua_getfield(L, index, "trace");
  if (lua_isnil(L, -1))
    bind_error(L, "%s: rate = {...}: trace is missing: {trace = \"file\"}, in Mahimahi's format",
               direction->name);
  GError *error = NULL;
  RateTrace *trace = rate_trace_new(bind_file_path(L, -1, "rate", "trace"), &error);
  if (trace == NULL)
    bind_raise_in(L, "rate", error);
  link_set_rate_trace(direction, trace);
}

void
bind_shape_set_rate(lua_State *L, int index, LinkDirection *direction)
{
  static const SimParamWord unlimited[] = {{"unlimited", 0}, {NULL, 0}};
  static const SimParam param = {
      .name = "rate", .kind = SIM_PARAM_RATE, .words = unlimited, .min = 1, .max = 1e15};
  if (lua_type(L, index) == LUA_TTABLE) {
    set_rate_trace(L, index, direction);
    return;
  }
  uint64_t rate = 0;
  bind_value_param(L, index, direction->name, &param, &rate);
  link_set_rate(direction, rate);
}

/* -- reorder = "1 %", {probability =, distance =, delay =} -- */

/* How long a packet waits for those that are to pass it, on a link that falls silent. */
#define REORDER_LONGEST (100 * SIM_MILLISECOND)

#define REORDER(member) offsetof(LinkReorder, member)

static const SimParam reorder_params[] = {
    {.name = "probability",
     .kind = SIM_PARAM_RATIO,
     .offset = REORDER(probability),
     .help = "share of packets that wait"},
    {.name = "distance",
     .kind = SIM_PARAM_INTEGER,
     .offset = REORDER(distance),
     .min = 1,
     .max = 1e6,
     .help = "until so many have passed (1, unless delay is given)"},
    {.name = "delay",
     .kind = SIM_PARAM_TIME,
     .offset = REORDER(delay),
     .max = 3600,
     .help = "but no longer than this (100 ms); alone: they are late by it"},
    {.name = NULL},
};

const BindOptions bind_reorder_options = {
    .name = "ReorderOptions",
    .what = "option of reorder",
    .params = reorder_params,
    .help = "reorder = {...} of a link",
};

void
bind_shape_set_reorder(lua_State *L, int index, LinkDirection *direction)
{
  LinkReorder reorder = {0};
  if (lua_type(L, index) == LUA_TTABLE) {
    bind_options_check(L, index, &bind_reorder_options);
    bind_options_read(L, index, "reorder", reorder_params, &reorder);
  } else {
    SimParam param = {.name = "reorder", .kind = SIM_PARAM_RATIO};
    bind_value_param(L, index, direction->name, &param, &reorder.probability);
  }
  if (reorder.delay == 0) { /* neighbours change places, or as many as were asked for */
    reorder.distance = MAX(reorder.distance, 1);
    reorder.delay = REORDER_LONGEST;
  }
  link_set_reorder(direction, &reorder);
}

/* -- policer, shaper = {rate =, burst =} -- */

#define BURST_DEFAULT 15000 /* ten packets of 1,500 bytes */

typedef struct Bucket {
  uint64_t rate, burst;
} Bucket;

static const SimParam bucket_params[] = {
    {.name = "rate",
     .kind = SIM_PARAM_RATE,
     .offset = offsetof(Bucket, rate),
     .min = 1,
     .max = 1e15,
     .help = "tokens, in bits a second; it has to be said"},
    {.name = "burst",
     .kind = SIM_PARAM_SIZE,
     .offset = offsetof(Bucket, burst),
     .min = 1,
     .max = 1e12,
     .help = "what may pass at once"},
    {.name = NULL},
};

static const Bucket bucket_defaults = {.burst = BURST_DEFAULT};

const BindOptions bind_bucket_options = {
    .name = "TokenBucket",
    .what = "option of a token bucket",
    .params = bucket_params,
    .defaults = &bucket_defaults,
    .help = "policer = {...} and shaper = {...} of a link",
};

/* A table, or false for none. */
static Bucket
read_bucket(lua_State *L, int index, const char *what)
{
  Bucket bucket = bucket_defaults;
  if (lua_type(L, index) == LUA_TBOOLEAN && !lua_toboolean(L, index))
    return bucket;
  char option[32];
  g_snprintf(option, sizeof option, "option of a %s", what);
  BindOptions options = bind_bucket_options;
  options.what = option;
  bind_options_check(L, index, &options);
  bind_options_read(L, index, what, bucket_params, &bucket);
  if (bucket.rate == 0)
    bind_error(L, "%s = {...}: rate is missing: {rate = \"10 Mbit/s\", burst = \"15 kB\"}", what);
  return bucket;
}

void
bind_shape_set_policer(lua_State *L, int index, LinkDirection *direction)
{
  Bucket bucket = read_bucket(L, index, "policer");
  link_set_policer(direction, bucket.rate, bucket.burst);
}

void
bind_shape_set_shaper(lua_State *L, int index, LinkDirection *direction)
{
  Bucket bucket = read_bucket(L, index, "shaper");
  link_set_shaper(direction, bucket.rate, bucket.burst);
}
