/* The loop: order, clock, cancelling, stopping, and two simulations side by side. */
#include "sim/sim.h"

#include "sim/rng.h"

/* An event that writes its name into a log. */
typedef struct Probe {
  SimEvent event;
  GString *log;
  char name;
  struct Probe *cancels; /* the event that it cancels when it fires; NULL: none */
  struct Probe *causes;  /* the delivery that it has happen at once; NULL: none */
  uint64_t key;          /* part_key when it fired */
} Probe;

static void
on_probe(Sim *sim, SimEvent *event)
{
  Probe *probe = sim_container(event, Probe, event);
  g_string_append_c(probe->log, probe->name);
  probe->key = sim->part_key;
  if (probe->cancels != NULL)
    sim_cancel(sim, &probe->cancels->event);
  if (probe->causes != NULL)
    sim_schedule(sim, &probe->causes->event, sim_now(sim), SIM_DELIVERY, &sim->scenario);
}

static Probe
probe(GString *log, char name)
{
  Probe probe = {.log = log, .name = name};
  sim_event_init(&probe.event, on_probe);
  return probe;
}

static void
events_fire_by_time_class_owner_counter(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  SimOwner first = sim_owner_new(sim), second = sim_owner_new(sim);
  Probe a = probe(log, 'a'), b = probe(log, 'b'), c = probe(log, 'c'), d = probe(log, 'd'),
        e = probe(log, 'e'), f = probe(log, 'f'), g = probe(log, 'g');
  sim_schedule(sim, &g.event, 2, SIM_DELIVERY, &first);
  sim_schedule(sim, &f.event, 1, SIM_APPLICATION, &sim->scenario);
  sim_schedule(sim, &e.event, 1, SIM_TIMER, &second);
  sim_schedule(sim, &d.event, 1, SIM_TIMER, &first);
  sim_schedule(sim, &b.event, 1, SIM_DELIVERY, &second);
  sim_schedule(sim, &c.event, 1, SIM_DELIVERY, &second);
  sim_schedule(sim, &a.event, 1, SIM_DELIVERY, &first);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
  g_assert_cmpstr(log->str, ==, "abcdefg");
  g_assert_cmpint(sim_now(sim), ==, 2);
  g_assert_cmpuint(sim->events, ==, 7);
  sim_free(sim);
}

static void
keys_are_made_of_class_owner_counter(void)
{
  SimOwner owner = {.id = 5, .counter = 9};
  g_assert_cmphex(sim_key_next(&owner, SIM_TIMER), ==,
                  UINT64_C(1) << 62 | UINT64_C(5) << 36 | UINT64_C(9));
  g_assert_cmphex(sim_key_next(&owner, SIM_DELIVERY), ==, UINT64_C(5) << 36 | UINT64_C(10));
  SimOwner last = {.id = SIM_OWNER_MAX, .counter = (UINT64_C(1) << SIM_COUNTER_BITS) - 1};
  g_assert_cmphex(sim_key_next(&last, SIM_DELIVERY), ==, (UINT64_C(1) << 62) - 1);
}

static void
owners_are_numbered_from_one(void)
{
  Sim *sim = sim_new(1);
  g_assert_cmpuint(sim->scenario.id, ==, 0);
  g_assert_cmpuint(sim_owner_new(sim).id, ==, 1);
  g_assert_cmpuint(sim_owner_new(sim).id, ==, 2);
  sim_free(sim);
}

static void
cancelled_events_do_not_fire(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Probe a = probe(log, 'a'), b = probe(log, 'b'), c = probe(log, 'c');
  sim_schedule(sim, &a.event, 1, SIM_DELIVERY, &sim->scenario);
  sim_schedule(sim, &b.event, 1, SIM_DELIVERY, &sim->scenario);
  sim_schedule(sim, &c.event, 2, SIM_DELIVERY, &sim->scenario);
  a.cancels = &b; /* an event of the same moment, already next in line */
  g_assert_true(sim_event_pending(&b.event));
  sim_run(sim, SIM_TIME_NEVER);
  g_assert_cmpstr(log->str, ==, "ac");
  g_assert_false(sim_event_pending(&b.event));
  sim_cancel(sim, &b.event); /* nothing happens */
  sim_free(sim);
}

static void
until_is_inclusive_and_moves_the_clock(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Probe a = probe(log, 'a'), b = probe(log, 'b');
  sim_schedule(sim, &a.event, 10, SIM_DELIVERY, &sim->scenario);
  sim_schedule(sim, &b.event, 30, SIM_DELIVERY, &sim->scenario);
  g_assert_cmpint(sim_run(sim, 10), ==, SIM_RUN_UNTIL);
  g_assert_cmpstr(log->str, ==, "a");
  g_assert_cmpint(sim_run(sim, 20), ==, SIM_RUN_UNTIL);
  g_assert_cmpint(sim_now(sim), ==, 20);
  g_assert_cmpint(sim_run(sim, 40), ==, SIM_RUN_EMPTY);
  g_assert_cmpint(sim_now(sim), ==, 30);
  sim_free(sim);
}

static void
an_event_at_never_does_not_happen(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Probe a = probe(log, 'a');
  sim_schedule(sim, &a.event, SIM_TIME_NEVER, SIM_DELIVERY, &sim->scenario);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
  g_assert_cmpint(sim_now(sim), ==, 0);
  g_assert_cmpstr(log->str, ==, "");
  sim_cancel(sim, &a.event);
  sim_free(sim);
}

static void
on_stop(Sim *sim, SimEvent *event)
{
  sim_stop(sim);
}

static void
stop_ends_after_the_event_and_the_run_may_go_on(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Probe a = probe(log, 'a');
  SimEvent stop;
  sim_event_init(&stop, on_stop);
  sim_schedule(sim, &stop, 5, SIM_DELIVERY, &sim->scenario);
  sim_schedule(sim, &a.event, 5, SIM_DELIVERY, &sim->scenario);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_STOPPED);
  g_assert_cmpstr(log->str, ==, "");
  g_assert_cmpint(sim_now(sim), ==, 5);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
  g_assert_cmpstr(log->str, ==, "a");
  sim_free(sim);
}

/* An event that comes again a nanosecond later, for ever. */
static void
on_again(Sim *sim, SimEvent *event)
{
  sim_schedule(sim, event, sim_now(sim) + SIM_NANOSECOND, SIM_TIMER, &sim->scenario);
}

static bool
three_times(Sim *sim, void *data)
{
  int *calls = data;
  g_assert_cmpuint(sim->events, ==, (uint64_t)++ * calls * 100);
  return *calls < 3;
}

static void
watch_is_asked_and_stops_the_run(void)
{
  Sim *sim = sim_new(1);
  int calls = 0;
  SimEvent again;
  sim_event_init(&again, on_again);
  sim_schedule(sim, &again, 0, SIM_TIMER, &sim->scenario);
  sim_watch(sim, 100, three_times, &calls);
  g_assert_cmpint(sim_run(sim, SIM_TIME_NEVER), ==, SIM_RUN_STOPPED);
  g_assert_cmpint(calls, ==, 3);
  g_assert_cmpuint(sim->events, ==, 300);
  sim_watch(sim, 0, NULL, NULL);
  g_assert_cmpint(sim_run(sim, SIM_MICROSECOND), ==, SIM_RUN_UNTIL);
  g_assert_cmpint(calls, ==, 3);
  sim_cancel(sim, &again);
  sim_free(sim);
}

static void
time_never_goes_back(void)
{
  if (g_test_subprocess()) {
    Sim *sim = sim_new(1);
    SimEvent event;
    sim_event_init(&event, on_stop);
    sim->now = SIM_SECOND;
    sim_schedule(sim, &event, SIM_SECOND - 1, SIM_DELIVERY, &sim->scenario);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*at 1 s: assertion failed: time >= sim->now*");
}

static void
free_with_a_pending_event_is_a_bug(void)
{
  if (g_test_subprocess()) {
    Sim *sim = sim_new(1);
    SimEvent event;
    sim_event_init(&event, on_stop);
    sim_schedule(sim, &event, 1, SIM_DELIVERY, &sim->scenario);
    sim_free(sim);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*every owner cancels its events before sim_free()*");
}

/* A walk whose steps depend on everything before, to be compared between threads. */
typedef struct Walk {
  SimEvent event;
  SimRng rng;
  uint64_t hash;
} Walk;

static void
on_walk(Sim *sim, SimEvent *event)
{
  Walk *walk = sim_container(event, Walk, event);
  walk->hash = sim_rng_mix(walk->hash, (uint64_t)sim_now(sim), sim->events);
  if (sim->events < 50000)
    sim_schedule(sim, event, sim_now(sim) + (SimTime)sim_rng_below(&walk->rng, 1000), SIM_TIMER,
                 &sim->scenario);
}

static void *
walk_run(void *seed)
{
  Sim *sim = sim_new(GPOINTER_TO_UINT(seed));
  Walk *walk = g_new0(Walk, 1);
  sim_event_init(&walk->event, on_walk);
  sim_rng_init(&walk->rng, sim->seed, "walk");
  sim_schedule(sim, &walk->event, 0, SIM_TIMER, &sim->scenario);
  sim_run(sim, SIM_TIME_NEVER);
  sim_free(sim);
  return walk;
}

static void
simulations_on_two_threads_do_not_meet(void)
{
  g_autofree Walk *alone = walk_run(GUINT_TO_POINTER(1));
  GThread *one = g_thread_new("one", walk_run, GUINT_TO_POINTER(1));
  GThread *two = g_thread_new("two", walk_run, GUINT_TO_POINTER(2));
  g_autofree Walk *same = g_thread_join(one), *other = g_thread_join(two);
  g_assert_cmphex(same->hash, ==, alone->hash);
  g_assert_cmphex(other->hash, !=, alone->hash);
}

static void
a_part_ends_before_its_end_and_stands_at_its_last_event(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Probe a = probe(log, 'a'), b = probe(log, 'b');
  sim_schedule(sim, &a.event, 10, SIM_DELIVERY, &sim->scenario);
  sim_schedule(sim, &b.event, 30, SIM_DELIVERY, &sim->scenario);
  g_assert_cmpint(sim_next(sim), ==, 10);
  g_assert_true(sim_run_part(sim, 30));
  g_assert_cmpstr(log->str, ==, "a");
  g_assert_cmpint(sim_now(sim), ==, 10);
  g_assert_cmpint(sim_next(sim), ==, 30);
  sim_stop(sim);
  g_assert_false(sim_run_part(sim, 31));
  g_assert_true(sim_run_part(sim, 31));
  g_assert_cmpstr(log->str, ==, "ab");
  g_assert_cmpint(sim_next(sim), ==, SIM_TIME_NEVER);
  sim_free(sim);
}

/* What an event causes at once stands behind it, whoever its owner is. */
static void
the_key_of_a_part_never_falls_within_a_moment(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  SimOwner owner = {.id = 7};
  Probe a = probe(log, 'a'), b = probe(log, 'b'), c = probe(log, 'c');
  a.causes = &b;
  sim_schedule(sim, &a.event, 10, SIM_TIMER, &owner);
  sim_schedule(sim, &c.event, 20, SIM_DELIVERY, &sim->scenario);
  g_assert_true(sim_run_part(sim, 21));
  g_assert_cmpstr(log->str, ==, "abc");
  g_assert_cmphex(a.key, ==, UINT64_C(1) << 62 | UINT64_C(7) << SIM_COUNTER_BITS);
  g_assert_cmphex(b.key, ==, a.key);
  g_assert_cmphex(c.key, <, a.key);
  g_assert_cmpint(sim->part_time, ==, 20);
  sim_free(sim);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sim/events-fire-by-time-class-owner-counter",
                  events_fire_by_time_class_owner_counter);
  g_test_add_func("/sim/keys-are-made-of-class-owner-counter",
                  keys_are_made_of_class_owner_counter);
  g_test_add_func("/sim/owners-are-numbered-from-one", owners_are_numbered_from_one);
  g_test_add_func("/sim/cancelled-events-do-not-fire", cancelled_events_do_not_fire);
  g_test_add_func("/sim/until-is-inclusive-and-moves-the-clock",
                  until_is_inclusive_and_moves_the_clock);
  g_test_add_func("/sim/an-event-at-never-does-not-happen", an_event_at_never_does_not_happen);
  g_test_add_func("/sim/stop-ends-after-the-event-and-the-run-may-go-on",
                  stop_ends_after_the_event_and_the_run_may_go_on);
  g_test_add_func("/sim/watch-is-asked-and-stops-the-run", watch_is_asked_and_stops_the_run);
  g_test_add_func("/sim/a-part-ends-before-its-end-and-stands-at-its-last-event",
                  a_part_ends_before_its_end_and_stands_at_its_last_event);
  g_test_add_func("/sim/the-key-of-a-part-never-falls-within-a-moment",
                  the_key_of_a_part_never_falls_within_a_moment);
  g_test_add_func("/sim/time-never-goes-back", time_never_goes_back);
  g_test_add_func("/sim/free-with-a-pending-event-is-a-bug", free_with_a_pending_event_is_a_bug);
  g_test_add_func("/sim/simulations-on-two-threads-do-not-meet",
                  simulations_on_two_threads_do_not_meet);
  return g_test_run();
}
