/* Timers that are pushed back lazily fire in the order of timers that are not. */
#include "sim/timer.h"

#include "sim/rng.h"

#define TIMERS 24
#define OWNERS 3
#define STEPS 60000

static void
count(Sim *sim, SimTimer *timer)
{
  sim_stop(sim); /* so that a test sees the moment */
}

static void
fires_once_when_due(void)
{
  Sim *sim = sim_new(1);
  SimTimer timer;
  sim_timer_init(&timer, count);
  g_assert_false(sim_timer_armed(&timer));
  sim_timer_set(sim, &timer, 100, &sim->scenario);
  g_assert_true(sim_timer_armed(&timer));
  g_assert_cmpint(timer.set_at, ==, 0);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_STOPPED);
  g_assert_cmpint(sim_now(sim), ==, 100);
  g_assert_false(sim_timer_armed(&timer));
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
  sim_free(sim);
}

static SimTime
next_of(Sim *sim)
{
  SimTime time;
  sim_calendar_first(&sim->calendar, &time);
  return time;
}

static void
pushed_back_leaves_the_queue_alone(void)
{
  Sim *sim = sim_new(1);
  SimTimer timer;
  sim_timer_init(&timer, count);
  sim_timer_set(sim, &timer, 100, &sim->scenario);
  sim_timer_set(sim, &timer, 200, &sim->scenario);
  sim_timer_set(sim, &timer, 300, &sim->scenario);
  g_assert_cmpint(next_of(sim), ==, 100);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_STOPPED);
  g_assert_cmpint(sim_now(sim), ==, 300);
  g_assert_cmpuint(sim->events, ==, 1); /* at 100 it only went back in */
  sim_free(sim);
}

static void
pulled_forward_moves_at_once(void)
{
  Sim *sim = sim_new(1);
  SimTimer timer;
  sim_timer_init(&timer, count);
  sim_timer_set(sim, &timer, 300, &sim->scenario);
  sim_timer_set(sim, &timer, 200, &sim->scenario);
  g_assert_cmpint(next_of(sim), ==, 200);
  sim_timer_set(sim, &timer, 0, &sim->scenario); /* now is allowed */
  sim_run(sim, SIM_TIME_NEVER);
  g_assert_cmpint(sim_now(sim), ==, 0);
  g_assert_cmpuint(sim_calendar_count(&sim->calendar), ==, 0);
  sim_free(sim);
}

static void
cancelled_leaves_the_queue(void)
{
  Sim *sim = sim_new(1);
  SimTimer timer;
  sim_timer_init(&timer, count);
  sim_timer_set(sim, &timer, 100, &sim->scenario);
  sim_timer_set(sim, &timer, 200, &sim->scenario);
  sim_timer_cancel(sim, &timer);
  sim_timer_cancel(sim, &timer);
  g_assert_false(sim_timer_armed(&timer));
  g_assert_cmpuint(sim_calendar_count(&sim->calendar), ==, 0);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
  g_assert_cmpint(sim_now(sim), ==, 0); /* nothing is left that would move the clock */
  sim_timer_set(sim, &timer, 50, &sim->scenario);
  sim_timer_set(sim, &timer, SIM_TIME_NEVER, &sim->scenario);
  g_assert_false(sim_timer_armed(&timer));
  g_assert_cmpuint(sim_calendar_count(&sim->calendar), ==, 0);
  sim_free(sim);
}

/* One of two worlds that do the same things: with SimTimer, or with an event that is rescheduled
 * each time. What is done at each firing is drawn from a stream, so that the worlds stay the same
 * only as long as they fire in the same order. */
typedef struct World World;

typedef struct Lazy {
  SimTimer timer;
  World *world;
} Lazy;

typedef struct Eager {
  SimEvent event;
  World *world;
} Eager;

struct World {
  Sim *sim;
  bool lazy;
  SimRng rng;
  SimOwner owners[OWNERS];
  Lazy timers[TIMERS];
  Eager events[TIMERS];
  GString *log; /* one line a firing: time and number */
  int fired;
};

static void
world_set(World *world, uint64_t which, SimTime due, uint64_t owner)
{
  if (world->lazy) {
    sim_timer_set(world->sim, &world->timers[which].timer, due, &world->owners[owner]);
    return;
  }
  sim_cancel(world->sim, &world->events[which].event);
  sim_schedule(world->sim, &world->events[which].event, due, SIM_TIMER, &world->owners[owner]);
}

static void
world_cancel(World *world, uint64_t which)
{
  if (world->lazy)
    sim_timer_cancel(world->sim, &world->timers[which].timer);
  else
    sim_cancel(world->sim, &world->events[which].event);
}

static void
world_fired(World *world, long which)
{
  g_string_append_printf(world->log, "%" G_GINT64_FORMAT " %ld\n", sim_now(world->sim), which);
  if (++world->fired == STEPS)
    sim_stop(world->sim);
  for (int i = 0; i < 4; i++) { /* mostly pushed back; times coincide often */
    uint64_t other = sim_rng_below(&world->rng, TIMERS), owner = sim_rng_below(&world->rng, OWNERS);
    SimTime due = sim_now(world->sim) + (SimTime)sim_rng_below(&world->rng, 12);
    if (sim_rng_below(&world->rng, 10) == 0)
      world->lazy &&other % 2 == 0 ? sim_timer_disarm(world->sim, &world->timers[other].timer)
                                   : world_cancel(world, other);
    else
      world_set(world, other, due, owner);
  }
}

static void
on_lazy(Sim *sim, SimTimer *timer)
{
  Lazy *lazy = sim_container(timer, Lazy, timer);
  world_fired(lazy->world, lazy - lazy->world->timers);
}

static void
on_eager(Sim *sim, SimEvent *event)
{
  Eager *eager = sim_container(event, Eager, event);
  world_fired(eager->world, eager - eager->world->events);
}

static World *
world_run(bool lazy)
{
  World *world = g_new0(World, 1);
  world->sim = sim_new(7);
  world->lazy = lazy;
  world->log = g_string_new(NULL);
  sim_rng_init(&world->rng, world->sim->seed, "timers");
  for (int i = 0; i < OWNERS; i++)
    world->owners[i] = sim_owner_new(world->sim);
  for (int i = 0; i < TIMERS; i++) {
    world->timers[i].world = world->events[i].world = world;
    sim_timer_init(&world->timers[i].timer, on_lazy);
    sim_event_init(&world->events[i].event, on_eager);
    world_set(world, (uint64_t)i, i / 4, (uint64_t)i % OWNERS);
  }
  sim_run(world->sim, SIM_TIME_NEVER);
  return world;
}

static void
world_free(World *world)
{
  for (uint64_t i = 0; i < TIMERS; i++)
    world_cancel(world, i);
  sim_free(world->sim);
  g_string_free(world->log, TRUE);
  g_free(world);
}

static void
order_is_that_of_eager_timers(void)
{
  World *lazy = world_run(true), *eager = world_run(false);
  g_assert_cmpint(lazy->fired, ==, STEPS);
  g_assert_cmpint(lazy->fired, ==, eager->fired);
  g_assert_cmpstr(lazy->log->str, ==, eager->log->str);
  g_assert_cmpuint(lazy->sim->events, ==, eager->sim->events);
  world_free(lazy);
  world_free(eager);
}

static void
disarmed_is_thrown_away_unseen(void)
{
  Sim *sim = sim_new(1);
  SimTimer timer;
  sim_timer_init(&timer, count);
  sim_timer_set(sim, &timer, 100, &sim->scenario);
  sim_timer_disarm(sim, &timer);
  sim_timer_disarm(sim, &timer);
  g_assert_false(sim_timer_armed(&timer));
  g_assert_cmpuint(sim_pending(sim), ==, 0);
  sim_timer_set(sim, &timer, 200, &sim->scenario); /* what stands at 100 stands in for it */
  g_assert_cmpuint(sim_pending(sim), ==, 1);
  g_assert_cmpint(next_of(sim), ==, 100);
  sim_timer_disarm(sim, &timer);
  g_assert_cmpint(sim_run(sim, 50), ==, SIM_RUN_EMPTY);
  g_assert_cmpint(sim_now(sim), ==, 0);
  g_assert_cmpuint(sim->events, ==, 0);
  g_assert_cmpuint(sim_calendar_count(&sim->calendar), ==, 0);
  sim_timer_set(sim, &timer, 300, &sim->scenario);
  sim_timer_disarm(sim, &timer);
  sim_timer_cancel(sim, &timer); /* its memory may go */
  g_assert_cmpuint(sim_calendar_count(&sim->calendar), ==, 0);
  sim_free(sim);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/timer/fires-once-when-due", fires_once_when_due);
  g_test_add_func("/timer/pushed-back-leaves-the-queue-alone", pushed_back_leaves_the_queue_alone);
  g_test_add_func("/timer/pulled-forward-moves-at-once", pulled_forward_moves_at_once);
  g_test_add_func("/timer/cancelled-leaves-the-queue", cancelled_leaves_the_queue);
  g_test_add_func("/timer/disarmed-is-thrown-away-unseen", disarmed_is_thrown_away_unseen);
  g_test_add_func("/timer/order-is-that-of-eager-timers", order_is_that_of_eager_timers);
  return g_test_run();
}
