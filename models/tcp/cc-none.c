/* cc-none: no congestion control: the window is a number.
 *
 * Losses are repaired as ever, but the window is the same before and after; only a time-out takes
 * the one segment that it resends for a round trip. For lectures (what was there before 1988, or
 * stop and wait with one segment) and for finding out what a path does to a fixed window. */
#include "models/tcp/cc.h"

#include <glib.h>

typedef struct NoneSettings {
  uint64_t window;  /* bytes; 0: by `segments` */
  int64_t segments; /* 0: the initial window */
} NoneSettings;

static const SimParamWord initial[] = {{"initial", 0}, {NULL, 0}};
static const SimParamWord by_segments[] = {{"auto", 0}, {NULL, 0}};

static const SimParam params[] = {
    {.name = "window",
     .kind = SIM_PARAM_SIZE,
     .offset = offsetof(NoneSettings, window),
     .min = 1,
     .max = 1e12,
     .words = by_segments,
     .help = "bytes in flight, at most; auto: by segments"},
    {.name = "segments",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(NoneSettings, segments),
     .min = 1,
     .max = 1e9,
     .words = initial,
     .help = "the same in segments, when no window is given; initial: the initial window"},
    {.name = NULL},
};

static const NoneSettings defaults = {.window = 0, .segments = 0};

typedef struct None {
  uint64_t initial; /* bytes */
} None;

static uint64_t
window_of(const TcpCc *cc, const None *none)
{
  const NoneSettings *settings = cc_settings(cc, &cc_none);
  if (settings->window > 0)
    return MAX(settings->window, cc->mss);
  return settings->segments > 0 ? (uint64_t)settings->segments * cc->mss
                                : MAX(none->initial, cc->mss);
}

static void
none_set(TcpCc *cc, void *state, SimTime now)
{
  cc->cwnd = window_of(cc, state);
}

static void
none_init(TcpCc *cc, void *state, SimTime now)
{
  None *none = state;
  none->initial = cc->cwnd;
  cc->cwnd = window_of(cc, none);
}

static void
none_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  cc->cwnd = window_of(cc, state);
}

static void
none_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  cc->ssthresh = window_of(cc, state);
}

const TcpCcOps cc_none = {
    .name = "none",
    .help = "no congestion control: a fixed window",
    .state_size = sizeof(None),
    .params = params,
    .settings_size = sizeof(NoneSettings),
    .defaults = &defaults,
    .init = none_init,
    .on_ack = none_on_ack,
    .on_loss = none_on_loss,
    .on_rto = none_on_loss,
    .on_recovered = none_set,
    .on_undo = none_set,
    .on_idle = none_set,
};
