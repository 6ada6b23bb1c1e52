/* link-extra: making the extra part of a direction, and its answers while the direction works. */
#include "models/net/link-extra.h"

#include "models/net/link-private.h"

static LinkExtra *
extra_of(LinkDirection *direction)
{
  link_watched_now(direction);
  if (direction->extra == NULL) {
    char *stream = g_strconcat("link ", direction->name, " delay", NULL);
    direction->extra = g_new0(LinkExtra, 1);
    sim_rng_init(&direction->extra->rng, direction->link->net->sim->seed, stream);
    g_free(stream);
  }
  return direction->extra;
}

static void
jitter_clear(LinkExtra *extra)
{
  if (extra->jitter != NULL && extra->jitter->clear != NULL)
    extra->jitter->clear(extra->jitter_state);
  g_free(extra->jitter_state);
}

void
link_set_jitter(LinkDirection *direction, const JitterOps *ops, void *state, bool reorders)
{
  if (ops == NULL && direction->extra == NULL)
    return;
  LinkExtra *extra = extra_of(direction);
  jitter_clear(extra);
  extra->jitter = ops;
  extra->jitter_state = state;
  extra->jitter_reorders = reorders;
}

void
link_set_reorder(LinkDirection *direction, const LinkReorder *reorder)
{
  if (reorder->probability > 0 || direction->extra != NULL)
    extra_of(direction)->reorder = *reorder;
}

void
link_set_rate_trace(LinkDirection *direction, RateTrace *trace)
{
  LinkExtra *extra = extra_of(direction);
  link_set_rate(direction, rate_trace_mean(trace)); /* ends the trace before */
  direction->rate_varies = true;
  extra->trace = trace;
  trace->base = trace->at = sim_now(link_sim(direction));
}

void
link_extra_end_trace(LinkDirection *direction)
{
  g_clear_pointer(&direction->extra->trace, rate_trace_free);
}

void
link_set_policer(LinkDirection *direction, uint64_t rate, uint64_t burst)
{
  if (rate > 0 || direction->extra != NULL)
    extra_of(direction)->policer = (TokenBucket){.rate = rate, .burst = burst};
}

void
link_set_shaper(LinkDirection *direction, uint64_t rate, uint64_t burst)
{
  if (rate > 0 || direction->extra != NULL)
    extra_of(direction)->shaper = (TokenBucket){.rate = rate, .burst = burst};
}

void
link_extra_free(LinkDirection *direction)
{
  LinkExtra *extra = direction->extra;
  if (extra == NULL)
    return;
  jitter_clear(extra);
  if (extra->trace != NULL)
    rate_trace_free(extra->trace);
  g_free(extra);
}

bool
link_extra_polices(LinkDirection *direction, uint32_t size)
{
  LinkExtra *extra = direction->extra;
  return extra != NULL && extra->policer.rate > 0 &&
         !token_bucket_conforms(&extra->policer, sim_now(link_sim(direction)),
                                size + direction->overhead);
}

SimTime
link_extra_shapes(LinkDirection *direction, uint32_t size)
{
  LinkExtra *extra = direction->extra;
  if (extra->shaper.rate == 0)
    return 0;
  SimTime now = sim_now(link_sim(direction));
  SimTime wait = token_bucket_wait(&extra->shaper, now, size + direction->overhead);
  token_bucket_take(&extra->shaper, now, size + direction->overhead);
  return wait;
}

SimTime
link_extra_time_to_send(LinkDirection *direction, uint32_t size)
{
  RateTrace *trace = direction->extra->trace;
  if (trace == NULL)
    return link_time_to_send(direction, size);
  SimTime now = sim_now(link_sim(direction));
  return rate_trace_take(trace, now, size + direction->overhead) - now;
}

LinkDelay
link_extra_delay(LinkDirection *direction)
{
  LinkExtra *extra = direction->extra;
  LinkDelay delay = {.time = direction->delay};
  if (extra->jitter != NULL) {
    SimTime added = extra->jitter->delay(extra->jitter_state, &extra->rng);
    delay.time = added < 0 ? MAX(delay.time + added, 0) : sim_time_add(delay.time, added);
    delay.may_overtake = extra->jitter_reorders;
  }
  if (extra->reorder.probability > 0 && sim_rng_chance(&extra->rng, extra->reorder.probability)) {
    delay.behind = (uint32_t)extra->reorder.distance;
    *(delay.behind > 0 ? &delay.longest : &delay.later) = extra->reorder.delay;
  }
  return delay;
}
