/* sim: one simulation: its clock, its pending events and the loop that fires them.
 *
 * An event is embedded in the thing it happens to: scheduling allocates nothing. Events fire in
 * the order (time, class, owner, owner's counter), which depends on nothing but the scenario:
 * - class: deliveries, then timers, then applications, so that what arrives at the very moment of
 *   a time-out still counts;
 * - owner: a node or a link direction, numbered in the order of the scenario, never a timer or a
 *   connection;
 * - counter: how many events this owner has scheduled before.
 * There are no statics: any number of simulations may stand side by side, one a thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/calendar.h"
#include "sim/error.h"
#include "sim/time.h"
#include "sim/trace.h"

typedef struct Sim Sim;
typedef struct SimEvent SimEvent;

typedef enum { SIM_DELIVERY, SIM_TIMER, SIM_APPLICATION } SimClass;

/* key = class << 62 | owner << 36 | counter */
#define SIM_OWNER_MAX ((UINT64_C(1) << 26) - 1)
#define SIM_COUNTER_BITS 36

typedef struct SimOwner {
  uint32_t id;      /* 1, 2, 3 ... in the order of creation; 0 is the scenario itself */
  uint64_t counter; /* events scheduled so far */
} SimOwner;

typedef void (*SimEventFn)(Sim *sim, SimEvent *event);

#define SIM_EVENT_IDLE UINT32_MAX

typedef enum {
  SIM_PLACE_TODAY,
  SIM_PLACE_CROWD,
  SIM_PLACE_PAGE,
  SIM_PLACE_FAR,
  SIM_PLACE_LANE, /* the first lane; the others follow */
} SimPlace;

struct SimEvent {
  SimEventFn fire;
  uint32_t heap_index; /* or of a note, or the number in a lane, by `place`; SIM_EVENT_IDLE when not
                          scheduled */
  uint8_t place;       /* SimPlace: where in the calendar it stands */
  bool disarmed;       /* of a timer: it stands there for nothing (sim/timer.h) */
  bool tentative;      /* what it stands for may turn out not to happen: `fire` is called before any
                          time passes for it, and calls sim_happens() if it does */
};

struct Sim {
  SimTime now; /* read it with sim_now() */
  SimCalendar calendar;
  uint64_t memory;   /* bytes that slabs and the queue have taken, for who sets a limit */
  uint32_t disarmed; /* of what is in the calendar */
  uint64_t events;   /* fired so far */
  uint64_t shared;   /* of these, fired by other processes too, one of which counts them */
  uint64_t seed;     /* of the run: every stream's key is made of it */
  uint32_t owners;   /* given out so far */
  bool stopping;     /* sim_stop() was called */
  SimOwner scenario; /* the owner of what belongs to no node */
  SimTracePoint trace[SIM_TRACE_POINTS];
  uint32_t traced;                     /* SIM_TRACE_BIT() of each point where somebody listens */
  bool (*watch)(Sim *sim, void *data); /* called every watch_every events; false stops the run */
  void *watch_data;
  uint64_t watch_every;
  uint64_t watch_at; /* count of events at which it is called next; UINT64_MAX without a watch */
  SimTime part_time; /* of the event under way; sim_run_part() alone keeps these two */
  uint64_t part_key; /* the greatest key of an event of that moment so far */
};

/* The container of an embedded event: sim_container(event, Link, arrival). */
#define sim_container(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

Sim *sim_new(uint64_t seed);
/* Every event must have been cancelled or fired, or its owner freed first (asserted). */
void sim_free(Sim *sim);

static inline SimTime
sim_now(const Sim *sim)
{
  return sim->now;
}

SimOwner sim_owner_new(Sim *sim); /* the next number */

void sim_event_init(SimEvent *event, SimEventFn fire);

static inline bool
sim_event_pending(const SimEvent *event)
{
  return event->heap_index != SIM_EVENT_IDLE;
}

/* How many events are still to fire. */
static inline uint32_t
sim_pending(const Sim *sim)
{
  return sim_calendar_count(&sim->calendar) - sim->disarmed;
}

/* The key that the next event of `owner` gets; counts it. */
uint64_t sim_key_next(SimOwner *owner, SimClass class);

/* Fires `event` at `time` (not before now, asserted). It must not be pending. */
void sim_schedule(Sim *sim, SimEvent *event, SimTime time, SimClass class, SimOwner *owner);
/* The same with a key that was taken earlier. */
void sim_schedule_key(Sim *sim, SimEvent *event, SimTime time, uint64_t key);
void sim_cancel(Sim *sim, SimEvent *event); /* nothing when it is not pending */

typedef enum {
  SIM_RUN_EMPTY,   /* nothing is left to happen */
  SIM_RUN_UNTIL,   /* the next event is later than `until` */
  SIM_RUN_STOPPED, /* sim_stop(), or the watch said no */
} SimRunEnd;

/* For a tentative event that comes up, which is that of `time`: it happens, and time has passed. */
static inline void
sim_happens(Sim *sim, SimTime time)
{
  sim->now = time;
  sim->events++;
}

/* Fires events up to and including `until`. With SIM_RUN_UNTIL the clock stands at `until`,
 * otherwise at the last event. */
SimRunEnd sim_run(Sim *sim, SimTime until);
void sim_stop(Sim *sim); /* after the event under way; before a run: it ends at once */

/* For a simulation that is run in parts, by several processes (models/net/part.h). When the first
 * event is due that is left to happen; it may be a tentative one. SIM_TIME_NEVER: none is. */
SimTime sim_next(Sim *sim);
/* Fires the events before `end`; the clock stands at the last of them. False: sim_stop(), or the
 * watch said no. */
bool sim_run_part(Sim *sim, SimTime end);

/* A callback for progress, limits and signals, every so many events. NULL takes it away. */
void sim_watch(Sim *sim, uint64_t every, bool (*watch)(Sim *, void *), void *data);
