/* link-told: a direction that works the fast way while somebody listens to all that happens on it.
 *
 * Of a packet's life all is known when it is handed over (link-fast.c), and all but one thing
 * happens in an event that there is anyway: when a packet that had to wait begins to leave, nobody
 * does anything. Who listens hears of it at that time, so it gets an event while others wait: the
 * end of the transmission ahead. A packet that finds the transmitter free costs one event, as the
 * fast way.
 *
 * What is told comes in the same order as the watched way tells it. Two things see to that. Events
 * of one direction at the same time fire in the order in which they were scheduled, so the end of a
 * transmission has a key from its beginning, whether or not others wait by then. And who looks at
 * the direction at the very moment of such an end finds that it is over (link_told_settle). */
#include "models/net/link.h"

#include "models/net/link-private.h"

/* `end_key` is its from here on. */
static void
begins_to_leave(LinkDirection *direction, const Packet *packet)
{
  link_trace(direction, NET_PACKET_TRANSMIT, packet, NULL, 0);
  direction->end_key = sim_key_next(&direction->owner, SIM_DELIVERY);
}

static void
wait_for_end(LinkDirection *direction)
{
  sim_schedule_key(direction->sim, &direction->transmitted, direction->next_leaves,
                   direction->end_key);
}

/* A transmission has ended, and the next that waits begins to leave. */
static SIM_HOT void
on_end(Sim *sim, SimEvent *event)
{
  LinkDirection *direction = sim_container(event, LinkDirection, transmitted);
  SimTime now = sim_now(sim);
  while (direction->next_to_leave != NULL && direction->next_leaves <= now) {
    const Packet *packet = direction->next_to_leave;
    link_fast_leaves(direction);
    begins_to_leave(direction, packet);
  }
  if (direction->next_to_leave != NULL)
    wait_for_end(direction);
}

void
link_told_settle(LinkDirection *direction)
{
  if (direction->next_to_leave == NULL || direction->next_leaves > sim_now(direction->sim))
    return;
  sim_cancel(direction->sim, &direction->transmitted);
  on_end(direction->sim, &direction->transmitted);
}

SIM_HOT void
link_told_send(LinkDirection *direction, Packet *packet, uint32_t size)
{
  bool waits = direction->busy_until > sim_now(direction->sim);
  bool others_wait = direction->next_to_leave != NULL;
  if (!waits)
    begins_to_leave(direction, packet);
  link_fast_send(direction, packet, size);
  if (G_UNLIKELY(direction->cut != NULL) && direction->pipe_tail == packet)
    link_cut_entered(direction, packet);
  if (!others_wait && direction->next_to_leave != NULL)
    wait_for_end(direction);
}

void
link_told_begin(LinkDirection *direction)
{
  if (direction->pipe_head != NULL || direction->loss != NULL) {
    link_watched_now(direction);
    return;
  }
  direction->way = LINK_TOLD;
  direction->transmitted.fire = on_end;
}
