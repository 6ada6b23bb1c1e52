/* cc-bbr: BBR, version 1, as in Linux: a rate and a window that follow a model of the path and not
 * its losses.
 *
 * The model (cc-bbr-model.c) is the most that the path delivered in the last ten round trips and
 * the least round trip of the last ten seconds; their product (BDP) is what fills the path without
 * a queue.
 *
 * There are four modes. In STARTUP both gains are 2.89 = 2/ln 2, and what is in flight doubles each
 * round trip, until three round trips in a row bring less than a quarter more bandwidth. DRAIN lets
 * the queue that this made out, at 1/2.89 of the bandwidth. PROBE_BW has eight phases of about a
 * least round trip each: one at 5/4 of the bandwidth to find more, one at 3/4 to take the queue
 * away again, six at 1. It begins at a random phase, but not at 3/4, and cwnd is two BDPs.
 * PROBE_RTT comes when no smaller round trip was seen for ten seconds: four segments are in flight
 * for 200 ms and a round trip, so that the queues of all such flows empty at once.
 *
 * A loss does not shrink the model. Recovery sends as much as arrives for a round trip and grows
 * from there; cwnd is then what it was before. What is on the way in bunches is allowed for (extra
 * cwnd), and a token-bucket policer is looked for, at whose rate BBR then sends. As in Linux, the
 * kernel's burst of a few segments is allowed for in cwnd, though here each packet is one segment;
 * and all pacing is 1 % below the rate that the gain asks for. Times are exact where the kernel has
 * ticks of 4 ms. Left out: the wait of packets in the sender's own queue, which Linux reads off its
 * pacing layer when another one paces.
 *
 * Version 3, which also heeds losses and marks, is not here: its draft was not at hand when this
 * was written, and a BBR from memory would not be BBR.
 *
 * Sources: Cardwell et al., "BBR: Congestion-Based Congestion Control", ACM Queue 14 (2016);
 * draft-cardwell-iccrg-bbr-congestion-control-00; the behaviour of Linux 6.18's tcp_bbr.c. */
#include "models/tcp/cc-bbr.h"

#include <glib.h>

#include "sim/rng.h"

#define HIGH_GAIN (739.0 / 256) /* 2/ln 2, in the kernel's 256ths */
#define DRAIN_GAIN (88.0 / 256) /* its inverse, the same way */
#define PACING_MARGIN 0.99
#define PHASES 8
#define PHASES_TO_DRAW 7 /* not the second: that one would empty a queue that is not there */
#define LEAST_CWND 4     /* segments */
#define FIRST_CWND 10    /* segments, while nothing is known */
#define SLOW 150000      /* bytes/s, below which the kernel sends segments one by one */
#define FIRST_RTT SIM_MILLISECOND /* a guess, until there is one */

static const double phase_gains[PHASES] = {1.25, 0.75, 1, 1, 1, 1, 1, 1};

#define FIELD(member) offsetof(BbrSettings, member)

static const SimParamWord off_is_zero[] = {{"off", 0}, {NULL, 0}};

static const SimParam params[] = {
    {.name = "startup_gain",
     .kind = SIM_PARAM_NUMBER,
     .offset = FIELD(startup_gain),
     .min = 1.1,
     .max = 10,
     .help = "pacing over the bandwidth while it is being found (2/ln 2 doubles each round trip)"},
    {.name = "cwnd_gain",
     .kind = SIM_PARAM_NUMBER,
     .offset = FIELD(cwnd_gain),
     .min = 1,
     .max = 10,
     .help = "cwnd over the bandwidth-delay product"},
    {.name = "min_rtt_window",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(min_rtt_window),
     .min = 0.01,
     .max = 3600,
     .help = "a least round trip older than this is measured anew (PROBE_RTT)"},
    {.name = "probe_rtt",
     .kind = SIM_PARAM_TIME,
     .offset = FIELD(probe_rtt),
     .min = 1e-3,
     .max = 10,
     .words = off_is_zero,
     .help = "with four segments in flight for so long"},
    {.name = "policers",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(policers),
     .help = "a token-bucket policer is looked for, and its rate kept"},
    {.name = "ack_aggregation",
     .kind = SIM_PARAM_BOOL,
     .offset = FIELD(ack_aggregation),
     .help = "more cwnd where ACKs come in bunches"},
    {.name = NULL},
};

static const BbrSettings defaults = {
    .startup_gain = HIGH_GAIN,
    .cwnd_gain = 2,
    .min_rtt_window = 10 * SIM_SECOND,
    .probe_rtt = 200 * SIM_MILLISECOND,
    .policers = true,
    .ack_aggregation = true,
};

/* -- amounts -- */

/* Segments that the kernel would hand over in one burst: a millisecond's worth. */
static uint64_t
burst(const TcpCc *cc)
{
  uint64_t rate = cc->path->pacing_rate;
  uint64_t bytes = MIN(rate >> 10, 65000);
  return CLAMP(bytes / cc->mss, rate < SLOW ? 1 : 2, 127);
}

/* Bandwidth times least round trip times `gain`, up to whole segments. */
static uint64_t
bdp(const Bbr *bbr, const TcpCc *cc, double bandwidth, double gain)
{
  if (bbr->min_rtt == SIM_TIME_NEVER)
    return (uint64_t)FIRST_CWND * cc->mss;
  double bytes = bandwidth * sim_time_to_seconds(bbr->min_rtt) * gain;
  uint64_t segments = (uint64_t)(bytes / cc->mss);
  return (segments + ((double)segments * cc->mss < bytes)) * cc->mss;
}

/* Room for three bursts, an even number of segments for the sake of delayed ACKs, and two more so
 * that the probing phase gets beyond a small BDP. */
static uint64_t
with_room(const Bbr *bbr, const TcpCc *cc, uint64_t amount)
{
  uint64_t segments = amount / cc->mss + 3 * burst(cc);
  segments += segments & 1;
  if (bbr->mode == BBR_PROBE_BW && bbr->phase == 0)
    segments += 2;
  return segments * cc->mss;
}

static uint64_t
to_fly(const Bbr *bbr, const TcpCc *cc, double gain)
{
  return with_room(bbr, cc, bdp(bbr, cc, cc_bbr_max_bandwidth(bbr), gain));
}

/* What will be in flight when the next segment may leave. */
static uint64_t
flight_then(const Bbr *bbr, const TcpCc *cc, uint64_t flight, const TcpCcAck *ack)
{
  double wait = sim_time_to_seconds(ack->next_send_at - ack->now);
  uint64_t gone = (uint64_t)(cc_bbr_bandwidth(bbr) * wait / cc->mss) * cc->mss;
  if (bbr->pacing_gain > 1)
    flight += burst(cc) * cc->mss;
  return flight > gone ? flight - gone : 0;
}

/* -- pacing -- */

static uint64_t
rate_for(double bandwidth, double gain)
{
  return (uint64_t)(bandwidth * gain * PACING_MARGIN);
}

/* Before anything was delivered: the window over the round trip. */
static void
guess_rate(Bbr *bbr, TcpCc *cc)
{
  SimTime rtt = cc->path->srtt > 0 ? cc->path->srtt : FIRST_RTT;
  bbr->seen_rtt = cc->path->srtt > 0;
  cc->path->pacing_rate =
      rate_for((double)cc->cwnd / sim_time_to_seconds(rtt), cc_bbr_settings(cc)->startup_gain);
}

static void
pace(Bbr *bbr, TcpCc *cc, double gain)
{
  if (!bbr->seen_rtt && cc->path->srtt > 0)
    guess_rate(bbr, cc);
  uint64_t rate = rate_for(cc_bbr_bandwidth(bbr), gain);
  if (bbr->full || rate > cc->path->pacing_rate)
    cc->path->pacing_rate = rate;
}

/* -- modes -- */

static void
next_phase(Bbr *bbr, const TcpCc *cc)
{
  bbr->phase = (bbr->phase + 1) % PHASES;
  bbr->phase_at = cc->path->delivered_at;
}

static void
begin_probe_bw(Bbr *bbr, const TcpCc *cc)
{
  uint64_t drawn = sim_rng_mix(cc->path->random, bbr->draws++, 0) % PHASES_TO_DRAW;
  bbr->mode = BBR_PROBE_BW;
  bbr->phase = (uint8_t)(PHASES - 1 - drawn);
  next_phase(bbr, cc);
}

static bool
phase_is_over(const Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack)
{
  bool long_enough = cc->path->delivered_at - bbr->phase_at > bbr->min_rtt;
  if (bbr->pacing_gain == 1)
    return long_enough;
  uint64_t flight = flight_then(bbr, cc, ack->sample->prior_flight, ack);
  /* More in flight takes its time; what is lost does not fit. */
  if (bbr->pacing_gain > 1)
    return long_enough && (ack->sample->lost > 0 || flight >= to_fly(bbr, cc, bbr->pacing_gain));
  /* Less is over as soon as the queue is gone. */
  return long_enough || flight <= to_fly(bbr, cc, 1);
}

static void
update_drain(Bbr *bbr, TcpCc *cc, const TcpCcAck *ack)
{
  if (bbr->mode == BBR_STARTUP && bbr->full) {
    bbr->mode = BBR_DRAIN;
    cc->ssthresh = to_fly(bbr, cc, 1);
  }
  if (bbr->mode == BBR_DRAIN &&
      flight_then(bbr, cc, ack->sample->flight, ack) <= to_fly(bbr, cc, 1))
    begin_probe_bw(bbr, cc);
}

/* This cwnd is good enough to go back to, unless recovery or PROBE_RTT have cut it. */
static void
save_cwnd(Bbr *bbr, const TcpCc *cc)
{
  bool whole = !bbr->was_fast && !bbr->was_loss && bbr->mode != BBR_PROBE_RTT;
  bbr->prior_cwnd = whole ? cc->cwnd : MAX(bbr->prior_cwnd, cc->cwnd);
}

static void
end_probe_rtt_if_due(Bbr *bbr, TcpCc *cc, SimTime now)
{
  if (bbr->probe_rtt_end == 0 || now <= bbr->probe_rtt_end)
    return;
  bbr->min_rtt_at = now;
  cc->cwnd = MAX(cc->cwnd, bbr->prior_cwnd);
  if (bbr->full)
    begin_probe_bw(bbr, cc);
  else
    bbr->mode = BBR_STARTUP;
}

static void
in_probe_rtt(Bbr *bbr, TcpCc *cc, const TcpCcAck *ack)
{
  TcpCcPath *path = cc->path;
  /* The low rates of now say nothing of the path. */
  path->app_limited = MAX(path->delivered + ack->sample->flight, 1);
  if (bbr->probe_rtt_end == 0 && ack->sample->flight <= (uint64_t)LEAST_CWND * cc->mss) {
    bbr->probe_rtt_end = ack->now + cc_bbr_settings(cc)->probe_rtt;
    bbr->probe_rtt_round = false;
    bbr->round_end = path->delivered;
  } else if (bbr->probe_rtt_end > 0) {
    bbr->probe_rtt_round |= bbr->round_start;
    if (bbr->probe_rtt_round)
      end_probe_rtt_if_due(bbr, cc, ack->now);
  }
}

static void
update_min_rtt(Bbr *bbr, TcpCc *cc, const TcpCcAck *ack)
{
  const BbrSettings *settings = cc_bbr_settings(cc);
  SimTime rtt = ack->sample->rtt;
  bool expired = ack->now > bbr->min_rtt_at + settings->min_rtt_window;
  if (rtt > 0 && (rtt < bbr->min_rtt || (expired && !ack->sample->ack_delayed))) {
    bbr->min_rtt = rtt;
    bbr->min_rtt_at = ack->now;
  }
  if (settings->probe_rtt > 0 && expired && !bbr->idle_restart && bbr->mode != BBR_PROBE_RTT) {
    bbr->mode = BBR_PROBE_RTT;
    save_cwnd(bbr, cc);
    bbr->probe_rtt_end = 0;
  }
  if (bbr->mode == BBR_PROBE_RTT)
    in_probe_rtt(bbr, cc, ack);
  if (ack->sample->delivered > 0)
    bbr->idle_restart = false;
}

static void
update_gains(Bbr *bbr, const TcpCc *cc)
{
  const BbrSettings *settings = cc_bbr_settings(cc);
  switch (bbr->mode) {
  case BBR_STARTUP:
    bbr->pacing_gain = bbr->cwnd_gain = settings->startup_gain;
    break;
  case BBR_DRAIN:
    bbr->pacing_gain =
        settings->startup_gain == HIGH_GAIN ? DRAIN_GAIN : 1 / settings->startup_gain;
    bbr->cwnd_gain = settings->startup_gain;
    break;
  case BBR_PROBE_BW:
    bbr->pacing_gain = bbr->long_term.in_use ? 1 : phase_gains[bbr->phase];
    bbr->cwnd_gain = settings->cwnd_gain;
    break;
  case BBR_PROBE_RTT:
    bbr->pacing_gain = bbr->cwnd_gain = 1;
    break;
  }
}

static void
update_model(Bbr *bbr, TcpCc *cc, const TcpCcAck *ack)
{
  if (cc_bbr_update_bandwidth(bbr, cc, ack))
    begin_probe_bw(bbr, cc);
  cc_bbr_update_aggregation(bbr, cc, ack);
  if (bbr->mode == BBR_PROBE_BW && phase_is_over(bbr, cc, ack))
    next_phase(bbr, cc);
  cc_bbr_update_full(bbr, ack);
  update_drain(bbr, cc, ack);
  update_min_rtt(bbr, cc, ack);
  update_gains(bbr, cc);
}

/* -- cwnd -- */

/* What an ACK lets out around a recovery. True: the first round trip of one, as much as arrives. */
static bool
recover_or_restore(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack, uint64_t *cwnd)
{
  const TcpCcSample *sample = ack->sample;
  bool was = bbr->was_fast || bbr->was_loss, is = ack->recovering || ack->repairing;
  if (sample->lost > 0)
    *cwnd = *cwnd > sample->lost + cc->mss ? *cwnd - sample->lost : cc->mss;
  if (ack->recovering && !bbr->was_fast) {
    bbr->conserving = true;
    bbr->round_end = cc->path->delivered;
    *cwnd = MAX(sample->flight + sample->acked, cc->mss); /* a short segment is at least one */
  } else if (was && !is) {
    *cwnd = MAX(*cwnd, bbr->prior_cwnd);
    bbr->conserving = false;
  }
  bbr->was_fast = ack->recovering;
  bbr->was_loss = ack->repairing;
  if (bbr->conserving)
    *cwnd = MAX(*cwnd, sample->flight + sample->acked);
  return bbr->conserving;
}

static uint64_t
next_cwnd(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack)
{
  uint64_t cwnd = cc->cwnd, acked = ack->sample->acked;
  if (acked == 0 || recover_or_restore(bbr, cc, ack, &cwnd))
    return cwnd;
  uint64_t target = bdp(bbr, cc, cc_bbr_bandwidth(bbr), bbr->cwnd_gain);
  target = with_room(bbr, cc, target + cc_bbr_aggregation_extra(bbr, cc));
  if (bbr->full)
    cwnd = MIN(cwnd + acked, target);
  else if (cwnd < target || cc->path->delivered < (uint64_t)FIRST_CWND * cc->mss)
    cwnd += acked;
  return MAX(cwnd, (uint64_t)LEAST_CWND * cc->mss);
}

static void
bbr_control(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  Bbr *bbr = state;
  update_model(bbr, cc, ack);
  pace(bbr, cc, bbr->pacing_gain);
  cc->cwnd = next_cwnd(bbr, cc, ack);
  if (bbr->mode == BBR_PROBE_RTT)
    cc->cwnd = MIN(cc->cwnd, (uint64_t)LEAST_CWND * cc->mss);
}

/* -- what else happens -- */

static void
bbr_init(TcpCc *cc, void *state, SimTime now)
{
  Bbr *bbr = state;
  *bbr = (Bbr){.mode = BBR_STARTUP};
  cc->ssthresh = UINT64_MAX;
  cc_bbr_model_init(bbr, cc, now);
  update_gains(bbr, cc);
  guess_rate(bbr, cc);
}

static void
bbr_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  save_cwnd(state, cc);
}

static void
bbr_on_timeout(TcpCc *cc, void *state, SimTime now)
{
  Bbr *bbr = state;
  bbr->was_loss = true;
  bbr->was_fast = false;
  if (cc_bbr_model_on_timeout(bbr, cc))
    begin_probe_bw(bbr, cc);
}

/* The loss was none: what slowed STARTUP down was not the path. */
static void
bbr_on_undo(TcpCc *cc, void *state, SimTime now)
{
  Bbr *bbr = state;
  bbr->full_bandwidth = 0;
  bbr->full_rounds = 0;
  cc_bbr_forget_long_term(bbr, cc);
}

/* Sending begins again. Short of data before, it needs no more than the bandwidth now. */
static void
bbr_on_idle(TcpCc *cc, void *state, SimTime now)
{
  Bbr *bbr = state;
  if (cc->path->app_limited == 0)
    return;
  bbr->idle_restart = true;
  bbr->aggregation.began_at = now;
  bbr->aggregation.acked = 0;
  if (bbr->mode == BBR_PROBE_BW)
    pace(bbr, cc, 1);
  else if (bbr->mode == BBR_PROBE_RTT)
    end_probe_rtt_if_due(bbr, cc, now);
}

const TcpCcOps cc_bbr = {
    .name = "bbr",
    .help = "a model of the path (bandwidth, least round trip) sets rate and window; version 1, as "
            "in Linux",
    .state_size = sizeof(Bbr),
    .params = params,
    .settings_size = sizeof(BbrSettings),
    .defaults = &defaults,
    .paces = true,
    .buffered = 3,
    .init = bbr_init,
    .control = bbr_control,
    .on_loss = bbr_on_loss,
    .on_rto = bbr_on_loss,
    .on_timeout = bbr_on_timeout,
    .on_undo = bbr_on_undo,
    .on_idle = bbr_on_idle,
};
