/* cc-ledbat: the congestion control of background transfers (RFC 6817), which keeps its queue at a
 * target and so yields to everyone who fills it further.
 *
 * Each ACK moves the window by (target - queuing delay) / target, scaled so that an empty queue
 * gains GAIN segments a round trip, and never beyond what is in flight plus one segment. The
 * queuing delay is the least of the latest samples less the least of the last ten minutes, kept as
 * one minimum a minute.
 * RFC 6817 measures the delay one way, for which TCP has no clock. Here it is the round trip: a
 * queue on the way back counts too, and so may delayed ACKs, though the minimum hides most of them.
 * There is no slow start but after a loss or time-out, back to ssthresh.
 * Supported standards: RFC 6817 (sender), but for the one-way delay. */
#include "models/tcp/cc.h"

#include <glib.h>

#define LATEST 4        /* CURRENT_FILTER */
#define BASE_MINUTES 10 /* BASE_HISTORY */
#define MINUTE (60 * SIM_SECOND)
#define MIN_CWND 2 /* segments */
#define ALLOWED_INCREASE 1

typedef struct LedbatSettings {
  SimTime target;
  double gain;
} LedbatSettings;

static const SimParam params[] = {
    {.name = "target",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(LedbatSettings, target),
     .min = 1e-6,
     .max = 0.1,
     .help = "queuing delay to keep (RFC 6817: 100 ms or less)"},
    {.name = "gain",
     .kind = SIM_PARAM_NUMBER,
     .offset = offsetof(LedbatSettings, gain),
     .min = 0.01,
     .max = 1,
     .help = "segments a round trip that an empty queue gains (RFC 6817: 1 or less)"},
    {.name = NULL},
};

static const LedbatSettings defaults = {.target = 100 * SIM_MILLISECOND, .gain = 1};

typedef struct Ledbat {
  SimTime latest[LATEST];     /* ring of samples; SIM_TIME_NEVER: none */
  SimTime base[BASE_MINUTES]; /* least of each minute, the current one first; as above */
  SimTime minute_end;
  double fraction; /* bytes by which the window is to change yet, below a unit */
  uint8_t next;    /* where the next sample goes in `latest` */
} Ledbat;

static void
ledbat_init(TcpCc *cc, void *state, SimTime now)
{
  Ledbat *ledbat = state;
  *ledbat = (Ledbat){.minute_end = SIM_TIME_NEVER};
  for (int i = 0; i < LATEST; i++)
    ledbat->latest[i] = SIM_TIME_NEVER;
  for (int i = 0; i < BASE_MINUTES; i++)
    ledbat->base[i] = SIM_TIME_NEVER;
}

static SimTime
least(const SimTime *times, int n)
{
  SimTime min = SIM_TIME_NEVER;
  for (int i = 0; i < n; i++)
    min = MIN(min, times[i]);
  return min;
}

static void
take_sample(Ledbat *ledbat, SimTime rtt, SimTime now)
{
  if (ledbat->minute_end == SIM_TIME_NEVER)
    ledbat->minute_end = now + MINUTE;
  for (; now >= ledbat->minute_end; ledbat->minute_end += MINUTE) {
    for (int i = BASE_MINUTES - 1; i > 0; i--)
      ledbat->base[i] = ledbat->base[i - 1];
    ledbat->base[0] = SIM_TIME_NEVER;
  }
  ledbat->base[0] = MIN(ledbat->base[0], rtt);
  ledbat->latest[ledbat->next] = rtt;
  ledbat->next = (uint8_t)((ledbat->next + 1) % LATEST);
}

/* RFC 6817 2.4.2: "cwnd += GAIN * off_target * bytes_newly_acked * MSS / cwnd". */
static void
move(Ledbat *ledbat, const LedbatSettings *settings, TcpCc *cc, const TcpCcAck *ack)
{
  SimTime queuing = least(ledbat->latest, LATEST) - least(ledbat->base, BASE_MINUTES);
  double off_target = (double)(settings->target - queuing) / (double)settings->target;
  double unit = cc->counts_bytes ? 1 : cc->mss;
  double mss = cc->mss, cwnd = (double)cc->cwnd;
  ledbat->fraction += settings->gain * off_target * (double)ack->acked * mss / cwnd;
  double change = (double)(int64_t)(ledbat->fraction / unit) * unit;
  ledbat->fraction -= change;
  double allowed = MAX((double)ack->flight + ALLOWED_INCREASE * mss, MIN_CWND * mss);
  cc->cwnd = (uint64_t)CLAMP(cwnd + change, MIN_CWND * mss, allowed);
}

static void
ledbat_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Ledbat *ledbat = state;
  if (ack->rtt > 0)
    take_sample(ledbat, ack->rtt, ack->now);
  bool repairing = cc->ssthresh != UINT64_MAX && cc->cwnd < cc->ssthresh;
  if (repairing && ack->cwnd_limited)
    cc_reno_slow_start(cc, ack->acked);
  else if (!repairing && least(ledbat->base, BASE_MINUTES) != SIM_TIME_NEVER)
    move(ledbat, cc_settings(cc, &cc_ledbat), cc, ack);
}

/* RFC 6817 2.4.2: "cwnd = min (cwnd, max (cwnd/2, MIN_CWND * MSS))". */
static void
ledbat_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  Ledbat *ledbat = state;
  ledbat->fraction = 0;
  cc_reno_halve(cc, NULL, window, now);
}

const TcpCcOps cc_ledbat = {
    .name = "ledbat",
    .help = "for the background: keeps its queue at a target and yields (RFC 6817)",
    .state_size = sizeof(Ledbat),
    .params = params,
    .settings_size = sizeof(LedbatSettings),
    .defaults = &defaults,
    .init = ledbat_init,
    .on_ack = ledbat_on_ack,
    .on_loss = ledbat_on_loss,
    .on_rto = ledbat_on_loss,
};
