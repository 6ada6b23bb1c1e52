/* cc-hystart: slow start that ends when the path is full and not when its queue overflows.
 *
 * Both ways watch rounds: one lasts until what was sent when it began is acknowledged. HyStart as
 * Linux has it (Ha and Rhee 2011) sets ssthresh to cwnd, from 16 segments on, as soon as ACKs that
 * follow each other within 2 ms have gone on for half the least round trip, or as soon as eight
 * samples and every one after them in a round lie an eighth above the least round trip.
 * HyStart++ (RFC 9406) compares each round's least round trip with that of the round before; if it
 * has risen, growth goes on at a quarter of the speed for five rounds, the "conservative slow
 * start", and only then is slow start over. If the delay falls meanwhile, the rise was a false
 * alarm, and slow start resumes.
 * Supported standards: RFC 9406. */
#include "models/tcp/cc-hystart.h"

#include <glib.h>

#define SAMPLES 8
#define MIN_RISE (4 * SIM_MILLISECOND)
#define MAX_RISE (16 * SIM_MILLISECOND)
#define RISE_DIVISOR 8

/* Linux */
#define LOW_WINDOW 16 /* segments */
#define TRAIN_GAP (2 * SIM_MILLISECOND)
#define BURST 65536 /* bytes that a sender may hand to its interface at once */

/* RFC 9406 4.3 */
#define GROWTH_DIVISOR 4
#define SLOW_ROUNDS 5
#define UNPACED_LIMIT 8 /* segments that one ACK may add */

void
cc_hystart_init(Hystart *hystart, const TcpCc *cc, HystartKind kind)
{
  *hystart = (Hystart){
      .kind = (uint8_t)kind,
      .round_min = SIM_TIME_NEVER,
      .last_min = SIM_TIME_NEVER,
  };
  if (kind == HYSTART_AUTO)
    hystart->kind = cc->counts_bytes ? HYSTART_PLUS : HYSTART_LINUX;
}

static void
begin_round(Hystart *hystart, const TcpCcAck *ack)
{
  hystart->round_end = ack->nxt;
  hystart->last_min = hystart->round_min;
  hystart->round_min = SIM_TIME_NEVER;
  hystart->samples = 0;
}

static SimTime
rise_allowed(SimTime rtt)
{
  return CLAMP(rtt / RISE_DIVISOR, MIN_RISE, MAX_RISE);
}

/* What a burst adds to the delay of its last ACK at the rate that Linux would pace slow start with
 * (twice cwnd a round trip): up to 1 ms, for four of the largest bursts. */
static SimTime
burst_delay(const TcpCc *cc, const TcpCcAck *ack)
{
  SimTime srtt = MIN(ack->srtt, 10 * SIM_SECOND);
  return MIN(4 * BURST * srtt / (SimTime)(2 * cc->cwnd), SIM_MILLISECOND);
}

static bool
train_is_long(Hystart *hystart, const TcpCc *cc, const TcpCcAck *ack, SimTime min_rtt)
{
  if (ack->now - hystart->last_ack > TRAIN_GAP)
    return false;
  hystart->last_ack = ack->now;
  return ack->now - hystart->round_start > (min_rtt + burst_delay(cc, ack)) / 2;
}

static void
linux_on_ack(Hystart *hystart, TcpCc *cc, const TcpCcAck *ack, SimTime min_rtt)
{
  if (hystart->restart) {
    hystart->restart = false;
    hystart->round_end = ack->nxt;
  }
  if (ack->rtt == 0)
    return;
  if (ack->una > hystart->round_end) {
    begin_round(hystart, ack);
    hystart->round_start = hystart->last_ack = ack->now;
  }
  if (cc->cwnd < (uint64_t)LOW_WINDOW * cc->mss)
    return;
  hystart->found = train_is_long(hystart, cc, ack, min_rtt);
  hystart->round_min = MIN(hystart->round_min, ack->rtt);
  if (hystart->samples < SAMPLES)
    hystart->samples++;
  else
    hystart->found |= hystart->round_min > min_rtt + rise_allowed(min_rtt);
  if (hystart->found)
    cc->ssthresh = cc->cwnd;
}

/* RFC 9406 4.2: "For rounds where at least N_RTT_SAMPLE RTT samples have been obtained and
 * currentRoundMinRTT and lastRoundMinRTT are valid, check to see if delay increase triggers slow
 * start exit". */
static void
compare_rounds(Hystart *hystart)
{
  if (hystart->slow_rounds > 0) {
    if (hystart->round_min < hystart->baseline_min)
      hystart->slow_rounds = 0;
  } else if (hystart->last_min != SIM_TIME_NEVER &&
             hystart->round_min >= hystart->last_min + rise_allowed(hystart->last_min)) {
    hystart->baseline_min = hystart->round_min;
    hystart->slow_rounds = 1;
  }
}

static void
plus_on_ack(Hystart *hystart, TcpCc *cc, const TcpCcAck *ack)
{
  if (ack->una > hystart->round_end) {
    begin_round(hystart, ack);
    if (hystart->slow_rounds > 0 && hystart->slow_rounds++ == SLOW_ROUNDS) {
      hystart->found = true;
      cc->ssthresh = cc->cwnd;
      cc->acked_unused = 0;
      return;
    }
  }
  if (ack->rtt > 0) {
    hystart->round_min = MIN(hystart->round_min, ack->rtt);
    if (hystart->samples < SAMPLES)
      hystart->samples++;
  }
  if (hystart->samples == SAMPLES)
    compare_rounds(hystart);
}

void
cc_hystart_on_ack(Hystart *hystart, TcpCc *cc, const TcpCcAck *ack, SimTime min_rtt)
{
  if (hystart->found || hystart->kind == HYSTART_OFF || cc->cwnd >= cc->ssthresh)
    return;
  if (hystart->kind == HYSTART_LINUX)
    linux_on_ack(hystart, cc, ack, min_rtt);
  else
    plus_on_ack(hystart, cc, ack);
}

uint64_t
cc_hystart_share(const Hystart *hystart, TcpCc *cc, uint64_t acked)
{
  if (hystart->kind != HYSTART_PLUS || hystart->found || cc->cwnd >= cc->ssthresh)
    return acked;
  acked = MIN(acked, MIN(cc->ack_limit, (uint64_t)UNPACED_LIMIT * cc->mss));
  if (hystart->slow_rounds == 0)
    return acked;
  uint64_t unit = cc->counts_bytes ? 1 : cc->mss;
  uint64_t total = cc->acked_unused + acked;
  uint64_t share = total / (GROWTH_DIVISOR * unit) * unit;
  cc->acked_unused = total - GROWTH_DIVISOR * share;
  return share;
}

void
cc_hystart_on_loss(Hystart *hystart)
{
  /* RFC 9406 4.3: "An implementation SHOULD use HyStart++ only for the initial slow start". */
  hystart->found |= hystart->kind == HYSTART_PLUS;
}

void
cc_hystart_on_rto(Hystart *hystart, SimTime now)
{
  bool linux_kind = hystart->kind == HYSTART_LINUX;
  *hystart = (Hystart){
      .kind = hystart->kind,
      .round_start = now,
      .last_ack = now,
      .round_min = SIM_TIME_NEVER,
      .last_min = SIM_TIME_NEVER,
      .found = !linux_kind,
      .restart = linux_kind,
  };
}
