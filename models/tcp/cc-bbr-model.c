/* cc-bbr-model: what BBR believes of the path: its bandwidth, whether the pipe was filled, whether
 * a policer sits on it, and how much the ACKs are bunched. See cc-bbr.c. */
#include "models/tcp/cc-bbr.h"

#include <glib.h>

#define BANDWIDTH_ROUNDS 10 /* one cycle of gains and two round trips more */
#define FULL_GROWTH 1.25    /* less than this a round trip ... */
#define FULL_ROUNDS 3       /* ... so many times: the pipe is full */

#define LONG_ROUNDS 4              /* the least of an interval; four times as many are too many */
#define LONG_LOSS (50.0 / 256)     /* lost over delivered that make one look for a policer */
#define LONG_RATIO (1.0 / 8)       /* two intervals agree within this, ... */
#define LONG_DIFFERENCE (4000 / 8) /* ... or within so many bytes/s */
#define LONG_ROUNDS_MOST 48        /* a policer's rate is believed for so long */

#define EXTRA_ROUNDS 5
#define EXTRA_MOST (100 * SIM_MILLISECOND) /* at the bandwidth */
#define EPOCH_MOST (1 << 20)               /* segments in an epoch */

static void
begin_interval(BbrLongTerm *term, const TcpCcPath *path)
{
  term->began_at = path->delivered_at;
  term->delivered = path->delivered;
  term->lost = path->lost;
  term->rounds = 0;
}

void
cc_bbr_forget_long_term(Bbr *bbr, const TcpCc *cc)
{
  bbr->long_term = (BbrLongTerm){0};
  begin_interval(&bbr->long_term, cc->path);
}

void
cc_bbr_model_init(Bbr *bbr, const TcpCc *cc, SimTime now)
{
  bbr->round_end = cc->path->delivered;
  bbr->min_rtt = cc->path->min_rtt > 0 ? cc->path->min_rtt : SIM_TIME_NEVER;
  bbr->min_rtt_at = now;
  bbr->aggregation.began_at = now;
  cc_bbr_forget_long_term(bbr, cc);
}

/* -- the windowed maximum -- */

double
cc_bbr_max_bandwidth(const Bbr *bbr)
{
  return bbr->best[0].value;
}

double
cc_bbr_bandwidth(const Bbr *bbr)
{
  return bbr->long_term.in_use ? bbr->long_term.bandwidth : bbr->best[0].value;
}

static void
drop_best(BbrBest best[3], BbrBest now)
{
  best[0] = best[1];
  best[1] = best[2];
  best[2] = now;
}

/* The best falls out of the window, or a second and a third choice become due, a quarter and half a
 * window later. */
static void
age(BbrBest best[3], BbrBest now)
{
  uint32_t old = now.round - best[0].round;
  if (old > BANDWIDTH_ROUNDS) {
    drop_best(best, now);
    if (now.round - best[0].round > BANDWIDTH_ROUNDS)
      drop_best(best, now);
  } else if (best[1].round == best[0].round && old > BANDWIDTH_ROUNDS / 4) {
    best[1] = best[2] = now;
  } else if (best[2].round == best[1].round && old > BANDWIDTH_ROUNDS / 2) {
    best[2] = now;
  }
}

static void
take_bandwidth(BbrBest best[3], BbrBest now)
{
  if (now.value >= best[0].value || now.round - best[2].round > BANDWIDTH_ROUNDS) {
    best[0] = best[1] = best[2] = now;
    return;
  }
  if (now.value >= best[1].value)
    best[1] = best[2] = now;
  else if (now.value >= best[2].value)
    best[2] = now;
  age(best, now);
}

/* -- policers -- */

static void
interval_done(Bbr *bbr, const TcpCc *cc, double bandwidth)
{
  BbrLongTerm *term = &bbr->long_term;
  double apart = ABS(bandwidth - term->bandwidth);
  if (term->bandwidth > 0 && (apart <= LONG_RATIO * term->bandwidth || apart <= LONG_DIFFERENCE)) {
    term->bandwidth = (bandwidth + term->bandwidth) / 2;
    term->in_use = true;
    term->rounds = 0;
    bbr->pacing_gain = 1;
    return;
  }
  term->bandwidth = bandwidth;
  begin_interval(term, cc->path);
}

/* Sampling starts with the first loss, when a token bucket has run dry, and an interval ends with
 * one: what passes in between is the policed rate. */
static void
sample_long_term(Bbr *bbr, const TcpCc *cc, bool losses, bool app_limited)
{
  BbrLongTerm *term = &bbr->long_term;
  const TcpCcPath *path = cc->path;
  if (!term->sampling) {
    if (!losses)
      return;
    begin_interval(term, path);
    term->sampling = true;
  }
  if (app_limited) {
    cc_bbr_forget_long_term(bbr, cc);
    return;
  }
  term->rounds += bbr->round_start;
  if (term->rounds < LONG_ROUNDS)
    return;
  if (term->rounds > 4 * LONG_ROUNDS) {
    cc_bbr_forget_long_term(bbr, cc);
    return;
  }
  uint64_t delivered = path->delivered - term->delivered, lost = path->lost - term->lost;
  SimTime over = path->delivered_at - term->began_at;
  if (losses && delivered > 0 && (double)lost >= LONG_LOSS * (double)delivered &&
      over >= SIM_MILLISECOND)
    interval_done(bbr, cc, (double)delivered / sim_time_to_seconds(over));
}

/* True: the policer's rate was believed for long enough. */
static bool
update_long_term(Bbr *bbr, const TcpCc *cc, const TcpCcSample *sample)
{
  BbrLongTerm *term = &bbr->long_term;
  if (!term->in_use) {
    sample_long_term(bbr, cc, sample->lost > 0, sample->app_limited);
    return false;
  }
  if (bbr->mode != BBR_PROBE_BW || !bbr->round_start || ++term->rounds < LONG_ROUNDS_MOST)
    return false;
  cc_bbr_forget_long_term(bbr, cc);
  return true;
}

/* -- an ACK -- */

static uint64_t
whole(const TcpCc *cc, double bytes)
{
  return (uint64_t)(bytes / cc->mss) * cc->mss;
}

bool
cc_bbr_update_bandwidth(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack)
{
  const TcpCcSample *sample = ack->sample;
  bbr->round_start = false;
  if (sample->interval == 0)
    return false;
  if (sample->prior_delivered >= bbr->round_end) {
    bbr->round_end = cc->path->delivered;
    bbr->round++;
    bbr->round_start = true;
    bbr->conserving = false;
  }
  bool anew = cc_bbr_settings(cc)->policers && update_long_term(bbr, cc, sample);
  double bandwidth = (double)sample->delivered / sim_time_to_seconds(sample->interval);
  /* A sample of the application's own pace says at least that much. */
  if (!sample->app_limited || bandwidth >= cc_bbr_max_bandwidth(bbr))
    take_bandwidth(bbr->best, (BbrBest){bbr->round, bandwidth});
  return anew;
}

void
cc_bbr_update_full(Bbr *bbr, const TcpCcAck *ack)
{
  if (bbr->full || !bbr->round_start || ack->sample->app_limited)
    return;
  if (cc_bbr_max_bandwidth(bbr) >= bbr->full_bandwidth * FULL_GROWTH) {
    bbr->full_bandwidth = cc_bbr_max_bandwidth(bbr);
    bbr->full_rounds = 0;
    return;
  }
  bbr->full = ++bbr->full_rounds >= FULL_ROUNDS;
}

void
cc_bbr_update_aggregation(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack)
{
  BbrAggregation *bunch = &bbr->aggregation;
  const TcpCcSample *sample = ack->sample;
  if (!cc_bbr_settings(cc)->ack_aggregation || sample->acked == 0 || sample->interval == 0)
    return;
  if (bbr->round_start && ++bunch->rounds >= EXTRA_ROUNDS) {
    bunch->rounds = 0;
    bunch->current = !bunch->current;
    bunch->extra[bunch->current] = 0;
  }
  SimTime at = cc->path->delivered_at;
  double bytes = cc_bbr_bandwidth(bbr) * sim_time_to_seconds(at - bunch->began_at);
  uint64_t expected = whole(cc, bytes);
  if (bunch->acked <= expected || bunch->acked + sample->acked >= (uint64_t)EPOCH_MOST * cc->mss) {
    bunch->acked = 0;
    bunch->began_at = at;
    expected = 0;
  }
  bunch->acked += sample->acked;
  uint64_t extra = MIN(bunch->acked - expected, cc->cwnd);
  bunch->extra[bunch->current] = MAX(bunch->extra[bunch->current], extra);
}

uint64_t
cc_bbr_aggregation_extra(const Bbr *bbr, const TcpCc *cc)
{
  if (!bbr->full)
    return 0;
  uint64_t extra = MAX(bbr->aggregation.extra[0], bbr->aggregation.extra[1]);
  return MIN(extra, whole(cc, cc_bbr_bandwidth(bbr) * sim_time_to_seconds(EXTRA_MOST)));
}

bool
cc_bbr_model_on_timeout(Bbr *bbr, const TcpCc *cc)
{
  const TcpCcSample sample = {.lost = cc->mss};
  bbr->full_bandwidth = 0;
  bbr->round_start = true;
  return cc_bbr_settings(cc)->policers && update_long_term(bbr, cc, &sample);
}
