/* sim: the loop.
 *
 * The clock moves only here, to the time of the event that is about to fire, and never back: the
 * calendar gives events in order and nothing can be scheduled before now. An event at
 * SIM_TIME_NEVER (a delay that went beyond the range of time) may be pending, but does not count as
 * something left to happen. */
#include "sim/sim.h"

#include <stddef.h>

Sim *
sim_new(uint64_t seed)
{
  Sim *sim = g_new0(Sim, 1);
  sim->seed = seed;
  sim->watch_at = UINT64_MAX;
  sim_calendar_init(&sim->calendar, &sim->memory);
  return sim;
}

void
sim_free(Sim *sim)
{
  sim_assert(sim, sim_calendar_count(&sim->calendar) == 0 &&
                      "every owner cancels its events before sim_free()");
  for (int id = 0; id < SIM_TRACE_POINTS; id++)
    if (sim->trace[id].listeners != NULL)
      g_array_unref(sim->trace[id].listeners);
  sim_calendar_clear(&sim->calendar);
  g_free(sim);
}

SimOwner
sim_owner_new(Sim *sim)
{
  sim_assert(sim, sim->owners < SIM_OWNER_MAX);
  return (SimOwner){.id = ++sim->owners};
}

void
sim_event_init(SimEvent *event, SimEventFn fire)
{
  *event = (SimEvent){.fire = fire, .heap_index = SIM_EVENT_IDLE};
}

SIM_HOT uint64_t
sim_key_next(SimOwner *owner, SimClass class)
{
  g_assert(owner->counter < UINT64_C(1) << SIM_COUNTER_BITS);
  return (uint64_t) class << 62 | (uint64_t)owner->id << SIM_COUNTER_BITS | owner->counter++;
}

SIM_HOT void
sim_schedule(Sim *sim, SimEvent *event, SimTime time, SimClass class, SimOwner *owner)
{
  sim_schedule_key(sim, event, time, sim_key_next(owner, class));
}

SIM_HOT void
sim_schedule_key(Sim *sim, SimEvent *event, SimTime time, uint64_t key)
{
  sim_assert(sim, time >= sim->now);
  sim_assert(sim, !sim_event_pending(event));
  sim_calendar_insert(&sim->calendar, time, key, event);
}

void
sim_cancel(Sim *sim, SimEvent *event)
{
  if (sim_event_pending(event))
    sim_calendar_remove(&sim->calendar, event);
}

/* Asks the watch and says when to ask it next. */
static SIM_RARE void
ask_watch(Sim *sim)
{
  sim->watch_at = sim->events + sim->watch_every;
  if (!sim->watch(sim, sim->watch_data))
    sim->stopping = true;
}

/* A timer that was cancelled comes up: time does not pass for it. */
static SIM_RARE void
throw_away(Sim *sim, SimEvent *event)
{
  sim_calendar_take(&sim->calendar, event);
  event->disarmed = false;
  sim->disarmed--;
}

SIM_HOT SimRunEnd
sim_run(Sim *sim, SimTime until)
{
  sim_assert(sim, until >= sim->now);
  SimTime next;
  while (!sim->stopping) {
    SimEvent *event = sim_calendar_first(&sim->calendar, &next);
    if (G_UNLIKELY(next == SIM_TIME_NEVER))
      return SIM_RUN_EMPTY;
    if (G_UNLIKELY(event->disarmed)) {
      throw_away(sim, event);
      continue;
    }
    if (G_UNLIKELY(next > until)) {
      sim->now = until;
      return SIM_RUN_UNTIL;
    }
    sim_calendar_take(&sim->calendar, event);
    if (!event->tentative)
      sim_happens(sim, next);
    event->fire(sim, event); /* may free what contains the event */
    if (G_UNLIKELY(sim->events >= sim->watch_at))
      ask_watch(sim);
  }
  sim->stopping = false; /* so that the run may go on */
  return SIM_RUN_STOPPED;
}

/* The first event that is left to happen, and its time; NULL and SIM_TIME_NEVER: none is. */
static SimEvent *
first_left(Sim *sim, SimTime *time)
{
  SimEvent *event;
  while ((event = sim_calendar_first(&sim->calendar, time)) != NULL && *time != SIM_TIME_NEVER) {
    if (!event->disarmed)
      return event;
    throw_away(sim, event);
  }
  *time = SIM_TIME_NEVER;
  return NULL;
}

SimTime
sim_next(Sim *sim)
{
  SimTime next;
  first_left(sim, &next);
  return next;
}

bool
sim_run_part(Sim *sim, SimTime end)
{
  SimTime next;
  for (SimEvent *event; !sim->stopping && (event = first_left(sim, &next)) != NULL && next < end;) {
    uint64_t key = sim_calendar_first_key(&sim->calendar);
    sim->part_key = next == sim->part_time ? MAX(sim->part_key, key) : key;
    sim->part_time = next;
    sim_calendar_take(&sim->calendar, event);
    if (!event->tentative)
      sim_happens(sim, next);
    event->fire(sim, event);
    if (G_UNLIKELY(sim->events >= sim->watch_at))
      ask_watch(sim);
  }
  bool goes_on = !sim->stopping;
  sim->stopping = false;
  return goes_on;
}

void
sim_stop(Sim *sim)
{
  sim->stopping = true;
}

void
sim_watch(Sim *sim, uint64_t every, bool (*watch)(Sim *, void *), void *data)
{
  bool wanted = watch != NULL && every > 0;
  sim->watch = wanted ? watch : NULL;
  sim->watch_data = data;
  sim->watch_every = every;
  sim->watch_at = wanted ? sim->events + every : UINT64_MAX;
}
