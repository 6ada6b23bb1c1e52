/* link-held: packets that stay aside until others have passed them (RULE_HOLD, reordering).
 *
 * They wait in the order in which they came, each with the number of those that have yet to pass
 * it; only what goes on counts. Each has a time at which it goes on even so, since a direction may
 * fall silent. */
#include "models/net/link-private.h"

typedef struct Held {
  Packet *packet; /* owned; time is when it goes on at the latest */
  uint32_t ahead; /* packets that have yet to pass it; at least 1 */
  SimTime delay;  /* by so much later than the one that releases it */
} Held;

static void
release_arm(LinkDirection *direction)
{
  SimTime first = SIM_TIME_NEVER;
  for (unsigned i = 0; direction->held != NULL && i < direction->held->len; i++) {
    const Held *held = g_ptr_array_index(direction->held, i);
    first = MIN(first, held->packet->time);
  }
  sim_timer_set(link_sim(direction), &direction->release, first, &direction->owner);
}

void
link_held_add(LinkDirection *direction, Packet *packet, uint32_t behind, SimTime delay)
{
  if (direction->held == NULL)
    direction->held = g_ptr_array_new_with_free_func(g_free);
  Held *held = g_new(Held, 1);
  *held = (Held){.packet = packet, .ahead = behind, .delay = delay};
  g_ptr_array_add(direction->held, held);
  release_arm(direction);
}

/* Puts held packet `index` in the pipe behind `after`, or at its front when that is NULL. */
static void
let_go(LinkDirection *direction, unsigned index, Packet *after, SimTime arrival)
{
  Held *held = g_ptr_array_index(direction->held, index);
  held->packet->time = sim_time_add(arrival, held->delay);
  link_pipe_insert(direction, after, held->packet);
  g_ptr_array_remove_index(direction->held, index);
}

void
link_held_passed(LinkDirection *direction, Packet *packet)
{
  if (G_LIKELY(direction->held == NULL || direction->held->len == 0))
    return;
  for (unsigned i = 0; i < direction->held->len;) {
    Held *held = g_ptr_array_index(direction->held, i);
    if (--held->ahead == 0)
      let_go(direction, i, packet, packet->time);
    else
      i++;
  }
  release_arm(direction);
}

static void
on_release(Sim *sim, SimTimer *timer)
{
  LinkDirection *direction = sim_container(timer, LinkDirection, release);
  SimTime now = sim_now(sim);
  for (unsigned i = 0; i < direction->held->len;) {
    const Held *held = g_ptr_array_index(direction->held, i);
    if (held->packet->time <= now)
      let_go(direction, i, NULL, sim_time_add(now, direction->delay));
    else
      i++;
  }
  release_arm(direction);
}

void
link_held_init(LinkDirection *direction)
{
  sim_timer_init(&direction->release, on_release);
}

void
link_held_empty(LinkDirection *direction,
                void (*take)(LinkDirection *direction, Packet *packet, bool on_wire))
{
  sim_timer_cancel(link_sim(direction), &direction->release);
  for (unsigned i = 0; direction->held != NULL && i < direction->held->len; i++) {
    const Held *held = g_ptr_array_index(direction->held, i);
    take(direction, held->packet, true);
  }
  if (direction->held != NULL)
    g_ptr_array_set_size(direction->held, 0);
}
