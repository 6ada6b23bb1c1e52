/* cc-fixture: a congestion control under the hand of a test: the connection around it is what the
 * test says in ACKs and losses. */
#pragma once

#include "models/tcp/cc.h"

#include <glib.h>

#define MSS 1000

typedef struct Driver {
  const TcpCcOps *ops;
  TcpCc cc;
  void *state;
  SimTime now, rtt, srtt, min_rtt;
  uint64_t una;
  bool idle;     /* the application sends less than cwnd */
  bool marked;   /* the next ACKs echo a mark */
} Driver;

static inline Driver
driver_with(const TcpCcOps *ops, uint32_t segments, bool counts_bytes, const void *settings)
{
  Driver d = {
      .ops = ops,
      .cc = {.cwnd = (uint64_t)segments * MSS,
             .ssthresh = UINT64_MAX,
             .mss = MSS,
             .counts_bytes = counts_bytes,
             .ack_limit = UINT64_MAX,
             .settings = settings},
      .state = g_malloc0(MAX(ops->state_size, 1)),
      .now = SIM_SECOND,
      .rtt = 100 * SIM_MILLISECOND,
  };
  if (ops->wants_rate)
    d.cc.path = g_new0(TcpCcPath, 1);
  if (ops->init != NULL)
    ops->init(&d.cc, d.state, d.now);
  return d;
}

static inline Driver
driver_new(const TcpCcOps *ops, uint32_t segments)
{
  return driver_with(ops, segments, false, NULL);
}

static inline void
driver_free(Driver *d)
{
  g_free(d->state);
  g_free(d->cc.path);
}

/* An ACK of `segments` at d->now, with d->rtt for its sample; a window is in flight. */
static inline void
driver_ack(Driver *d, uint32_t segments)
{
  if (d->rtt > 0) {
    d->srtt = d->srtt == 0 ? d->rtt : d->srtt + (d->rtt - d->srtt) / 8;
    d->min_rtt = d->min_rtt == 0 ? d->rtt : MIN(d->min_rtt, d->rtt);
  }
  uint64_t flight = MAX(d->cc.cwnd, (uint64_t)segments * MSS);
  d->una += (uint64_t)segments * MSS;
  TcpCcAck ack = {.now = d->now,
                  .acked = (uint64_t)segments * MSS,
                  .flight = flight,
                  .rtt = d->rtt,
                  .srtt = d->srtt,
                  .min_rtt = d->min_rtt,
                  .una = d->una,
                  .nxt = d->una + flight - (uint64_t)segments * MSS,
                  .cwnd_limited = !d->idle};
  if (d->cc.path != NULL) {
    d->cc.path->delivered += ack.acked;
    d->cc.path->delivered_marked += d->marked ? ack.acked : 0;
  }
  if (d->ops->measure != NULL)
    d->ops->measure(&d->cc, d->state, &ack);
  d->ops->on_ack(&d->cc, d->state, &ack);
}

/* A window's worth of single ACKs, evenly over one round trip (or over `spread` at its end). */
static inline void
driver_round(Driver *d, SimTime spread)
{
  uint64_t n = d->cc.cwnd / MSS;
  SimTime end = d->now + d->rtt;
  for (uint64_t i = 1; i <= n; i++) {
    d->now = end - spread + spread * (SimTime)i / (SimTime)n;
    driver_ack(d, 1);
  }
}

/* Found and repaired at once: cwnd is ssthresh afterwards, as after recovery. */
static inline void
driver_loss(Driver *d)
{
  d->ops->on_loss(&d->cc, d->state, d->cc.cwnd, d->now);
  if (!d->cc.counts_bytes)
    d->cc.ssthresh -= d->cc.ssthresh % MSS;
  d->cc.cwnd = d->cc.ssthresh;
  if (d->ops->on_recovered != NULL)
    d->ops->on_recovered(&d->cc, d->state, d->now);
}

static inline void
driver_rto(Driver *d)
{
  d->ops->on_rto(&d->cc, d->state, d->cc.cwnd, d->now);
  if (!d->cc.counts_bytes)
    d->cc.ssthresh -= d->cc.ssthresh % MSS;
  d->cc.cwnd = MSS;
}

static inline uint64_t
driver_cwnd(const Driver *d)
{
  return d->cc.cwnd / MSS;
}
