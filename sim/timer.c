/* timer: pushing back without touching the queue.
 *
 * While a timer is armed its event stands in the queue at `in_queue`, which is never later than
 * `due`. When it comes up too early it goes back in at `due` under the key that was taken when it
 * was pushed back; nothing due then has fired yet, so the order is that of an eager reschedule. A
 * push to the very time at which it stands is done at once: only the key changes there, and it
 * could not be told from the old one when the event comes up. */
#include "sim/timer.h"

/* What the queue fires: the time-out itself, or a stand-in that was left behind by a push. */
static SIM_HOT void
on_event(Sim *sim, SimEvent *event)
{
  SimTimer *timer = sim_container(event, SimTimer, event);
  if (timer->due > sim->now) {
    timer->in_queue = timer->due;
    sim->events--; /* it only stood in */
    sim_schedule_key(sim, event, timer->due, timer->key);
    return;
  }
  timer->due = SIM_TIME_NEVER;
  timer->fire(sim, timer);
}

void
sim_timer_init(SimTimer *timer, SimTimerFn fire)
{
  *timer = (SimTimer){.fire = fire, .due = SIM_TIME_NEVER};
  sim_event_init(&timer->event, on_event);
}

static inline void
rearm(Sim *sim, SimTimer *timer)
{
  sim->disarmed -= timer->event.disarmed;
  timer->event.disarmed = false;
}

/* It is not in the queue, or too late in it. */
static G_GNUC_NO_INLINE SIM_HOT void
put_in_queue(Sim *sim, SimTimer *timer)
{
  sim_cancel(sim, &timer->event);
  timer->in_queue = timer->due;
  sim_schedule_key(sim, &timer->event, timer->due, timer->key);
}

SIM_HOT G_GNUC_NO_INLINE void
sim_timer_set(Sim *sim, SimTimer *timer, SimTime due, SimOwner *owner)
{
  sim_assert(sim, due >= sim->now);
  if (due == SIM_TIME_NEVER) {
    sim_timer_cancel(sim, timer);
    return;
  }
  rearm(sim, timer);
  timer->due = due;
  timer->set_at = sim->now;
  timer->key = sim_key_next(owner, SIM_TIMER);
  if (!sim_event_pending(&timer->event) || due <= timer->in_queue)
    put_in_queue(sim, timer);
}

SIM_HOT void
sim_timer_disarm(Sim *sim, SimTimer *timer)
{
  timer->due = SIM_TIME_NEVER;
  if (sim_event_pending(&timer->event) && !timer->event.disarmed) {
    timer->event.disarmed = true;
    sim->disarmed++;
  }
}

SIM_HOT void
sim_timer_cancel(Sim *sim, SimTimer *timer)
{
  timer->due = SIM_TIME_NEVER;
  rearm(sim, timer);
  sim_cancel(sim, &timer->event);
}
