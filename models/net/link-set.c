/* link-set: changing a direction while the run goes on.
 *
 * A direction that works the fast way or the told one keeps to it where the arithmetic of what is
 * under way still holds: a new rate or overhead concerns what waits, a new delay also what is on
 * its way, a new drop-tail limit what waits. Otherwise it changes over and is watched from now on.
 */
#include "models/net/link.h"

#include "models/net/link-private.h"

static void
loss_clear(LinkDirection *direction)
{
  if (direction->loss != NULL && direction->loss->clear != NULL)
    direction->loss->clear(direction->loss_state);
  g_free(direction->loss_state);
}

static void
queue_clear(const QdiscOps *ops, void *state)
{
  if (ops->clear != NULL)
    ops->clear(state);
  g_free(state);
}

void
link_set_clear(LinkDirection *direction)
{
  queue_clear(direction->qdisc, direction->qdisc_state);
  loss_clear(direction);
}

/* Whether packets wait the fast way. */
static bool
waits(LinkDirection *direction)
{
  link_fast_advance(direction);
  return direction->next_to_leave != NULL;
}

void
link_set_rate_alone(LinkDirection *direction, uint64_t rate)
{
  const uint64_t scale = 8 * (uint64_t)SIM_SECOND; /* bit/s x ps a byte */
  direction->rate = rate;
  bool whole = rate > 0 && scale % rate == 0 && scale / rate <= UINT32_MAX;
  direction->byte_time = whole ? (uint32_t)(scale / rate) : 0;
}

void
link_set_rate(LinkDirection *direction, uint64_t rate)
{
  if (direction->way == LINK_WATCHED || waits(direction))
    link_watched_now(direction);
  if (direction->extra != NULL)
    link_extra_end_trace(direction);
  direction->rate_varies = direction->rate_varies || sim_now(link_sim(direction)) > 0;
  link_set_rate_alone(direction, rate);
}

void
link_set_delay(LinkDirection *direction, SimTime delay)
{
  if (direction->way == LINK_WATCHED || direction->pipe_head != NULL)
    link_watched_now(direction);
  direction->delay = delay;
}

void
link_set_mtu(LinkDirection *direction, uint32_t mtu)
{
  direction->mtu = mtu;
  direction->link->net->mtu_epoch++;
}

void
link_set_overhead(LinkDirection *direction, uint32_t overhead)
{
  if (direction->way == LINK_WATCHED || waits(direction))
    link_watched_now(direction);
  direction->overhead = overhead;
}

void
link_set_corrupt(LinkDirection *direction, double probability)
{
  if (probability > 0)
    link_watched_now(direction);
  direction->corrupt = probability;
}

void
link_set_duplicate(LinkDirection *direction, double probability)
{
  if (probability > 0)
    link_watched_now(direction);
  direction->duplicate = probability;
}

/* Fast: the model is asked about what leaves from now on. */
static void
ask_from_now(LinkDirection *direction)
{
  SimTime now = sim_now(direction->sim);
  Packet *packet = direction->loss != NULL ? direction->pipe_head : NULL;
  while (packet != NULL && packet->time - direction->delay <= now)
    packet = packet->next;
  direction->unasked = packet;
  link_choose_arrival(direction);
}

void
link_set_loss(LinkDirection *direction, const LossOps *ops, void *state)
{
  /* A function may look at anything in its time, and who listens hears of it in its time. */
  if (ops == &loss_function || (ops != NULL && direction->way == LINK_TOLD))
    link_watched_begin(direction);
  if (direction->way == LINK_WATCHED)
    link_watched_settle(direction);
  else
    link_fast_lose(direction);
  loss_clear(direction);
  direction->loss = ops;
  direction->lossy = ops != NULL;
  direction->loss_state = state;
  if (direction->way != LINK_WATCHED)
    ask_from_now(direction);
}

void
link_set_queue(LinkDirection *direction, const QdiscOps *ops, void *state)
{
  bool plain = ops == &qdisc_droptail && ((const QdiscDroptail *)state)->mark < 0;
  if (direction->way == LINK_WATCHED || !plain || waits(direction))
    link_watched_now(direction);
  const QdiscOps *old_ops = direction->qdisc;
  void *old_state = direction->qdisc_state;
  direction->qdisc = ops;
  direction->qdisc_state = state;
  SimTime now = sim_now(link_sim(direction));
  for (Packet *packet; (packet = qdisc_take(old_ops, old_state, now)) != NULL;) {
    const char *reason = ops->enqueue(state, packet, now);
    if (reason != NULL)
      link_discard(direction, packet, reason, &direction->counters.dropped_queue);
  }
  link_fast_note_limits(direction);
  queue_clear(old_ops, old_state);
}
