/* timer: a time-out that is pushed back far more often than it fires.
 *
 * Pushing back an armed timer only writes down the new due time and order key; the event that is
 * already in the queue finds out when it comes up and goes back in with that key. The order of
 * firing is the same as if it had been rescheduled each time. Pulling forward reschedules.
 * Disarming leaves the event in the queue as well, for a timer that will soon be armed again: it is
 * thrown away when it comes up, unseen: no time passes for it, and it does not count as something
 * that is left to happen. Cancelling takes it out, as is needed before the timer's memory goes. */
#pragma once

#include "sim/sim.h"

typedef struct SimTimer SimTimer;
typedef void (*SimTimerFn)(Sim *sim, SimTimer *timer);

struct SimTimer {
  SimEvent event;
  SimTimerFn fire;
  SimTime due;      /* SIM_TIME_NEVER when not armed */
  SimTime set_at;   /* when it was last armed or pushed back */
  SimTime in_queue; /* the time under which `event` stands in the queue */
  uint64_t key;     /* the order key of `due` */
};

void sim_timer_init(SimTimer *timer, SimTimerFn fire);
/* Arms or re-arms. `due` may be now, not before; SIM_TIME_NEVER disarms. */
void sim_timer_set(Sim *sim, SimTimer *timer, SimTime due, SimOwner *owner);
void sim_timer_disarm(Sim *sim, SimTimer *timer);
void sim_timer_cancel(Sim *sim, SimTimer *timer);

static inline bool
sim_timer_armed(const SimTimer *timer)
{
  return timer->due != SIM_TIME_NEVER;
}
