/* The event queue against a reference: the least of all that is pending, looked for one by one. */
#include "sim/calendar.h"

#include <glib.h>
#include <stdbool.h>

#include "sim/rng.h"
#include "sim/sim.h"

#define MOST 3000

typedef struct Entry {
  SimEvent event;
  SimTime time;
  uint64_t key;
} Entry;

typedef struct Fixture {
  SimCalendar calendar;
  uint64_t memory;
  SimRng rng;
  Entry entries[MOST];
  Entry *pending[MOST];
  uint32_t count;
  uint64_t keys;
  SimTime now;
} Fixture;

static Fixture *
fixture_new(const char *stream)
{
  Fixture *f = g_new0(Fixture, 1);
  sim_calendar_init(&f->calendar, &f->memory);
  sim_rng_init(&f->rng, 1, stream);
  for (int i = 0; i < MOST; i++)
    sim_event_init(&f->entries[i].event, NULL);
  return f;
}

static void
fixture_free(Fixture *f)
{
  g_assert_cmpuint(sim_calendar_count(&f->calendar), ==, f->count);
  sim_calendar_check(&f->calendar);
  sim_calendar_clear(&f->calendar);
  g_assert_cmpuint(f->memory, ==, 0);
  g_free(f);
}

/* Of an entry that is not pending, after `delay`. */
static void
insert_key(Fixture *f, SimTime delay, uint64_t key)
{
  Entry *entry = f->entries;
  while (sim_event_pending(&entry->event))
    entry++;
  entry->time = sim_time_add(f->now, delay);
  entry->key = key;
  sim_calendar_insert(&f->calendar, entry->time, entry->key, &entry->event);
  g_assert_true(sim_event_pending(&entry->event));
  f->pending[f->count++] = entry;
}

static void
insert(Fixture *f, SimTime delay)
{
  SimTime first; /* that it was looked at does not change the order, though a day may have begun by
                    it */
  if (sim_rng_below(&f->rng, 2) == 0)
    sim_calendar_first(&f->calendar, &first);
  insert_key(f, delay, sim_rng_below(&f->rng, 3) << 62 | f->keys++);
}

static uint32_t
earliest(const Fixture *f)
{
  uint32_t best = 0;
  for (uint32_t i = 1; i < f->count; i++) {
    const Entry *a = f->pending[i], *b = f->pending[best];
    if (a->time < b->time || (a->time == b->time && a->key < b->key))
      best = i;
  }
  return best;
}

static void
pop(Fixture *f)
{
  uint32_t i = earliest(f);
  Entry *entry = f->pending[i];
  SimTime time;
  SimEvent *event = sim_calendar_first(&f->calendar, &time);
  g_assert_true(event == &entry->event);
  g_assert_cmpint(time, ==, entry->time);
  sim_calendar_take(&f->calendar, event);
  g_assert_false(sim_event_pending(event));
  f->now = time;
  f->pending[i] = f->pending[--f->count];
}

static void
remove_any(Fixture *f)
{
  uint32_t i = (uint32_t)sim_rng_below(&f->rng, f->count);
  sim_calendar_remove(&f->calendar, &f->pending[i]->event);
  g_assert_false(sim_event_pending(&f->pending[i]->event));
  f->pending[i] = f->pending[--f->count];
}

static void
pop_all(Fixture *f)
{
  SimTime time;
  while (f->count > 0)
    pop(f);
  g_assert_null(sim_calendar_first(&f->calendar, &time));
  g_assert_cmpint(time, ==, SIM_TIME_NEVER);
}

/* Delays of all lengths: mostly near, now and then equal, far, or very far. */
static SimTime
any_delay(Fixture *f, SimTime near)
{
  switch (sim_rng_below(&f->rng, 16)) {
  case 0:
    return 0;
  case 1:
    return near;
  case 2:
    return (SimTime)sim_rng_below(&f->rng, (uint64_t)near * 1000);
  case 3:
    return (SimTime)sim_rng_below(&f->rng, 20) * near;
  default:
    return (SimTime)sim_rng_below(&f->rng, (uint64_t)near);
  }
}

/* As many events as `pending` on average, for `steps`, each `near` ahead as a rule. */
static void
churn(Fixture *f, uint32_t pending, SimTime near, int steps)
{
  while (f->count < pending)
    insert(f, any_delay(f, near));
  for (int step = 0; step < steps; step++) {
    if (sim_rng_below(&f->rng, 8) == 0 && f->count > 0)
      remove_any(f);
    else if (f->count > 0 && f->count >= pending)
      pop(f);
    if (f->count < pending + 1)
      insert(f, any_delay(f, near));
    g_assert_cmpuint(sim_calendar_count(&f->calendar), ==, f->count);
    if (step % 64 == 0)
      sim_calendar_check(&f->calendar);
  }
}

static void
order_holds_for_few_and_many(void)
{
  Fixture *f = fixture_new("calendar-few-and-many");
  static const uint32_t pendings[] = {1, 3, 9, 30, 10, 300, 2000, 40, 8, 2, 700};
  for (size_t i = 0; i < G_N_ELEMENTS(pendings); i++) {
    while (f->count > pendings[i])
      pop(f);
    churn(f, pendings[i], 1000000, 6000);
  }
  pop_all(f);
  fixture_free(f);
}

/* Timers of a few lengths, of which most are cancelled before their time, far ahead of what else
 * happens. */
static void
order_holds_for_timers_of_fixed_lengths(void)
{
  Fixture *f = fixture_new("calendar-lengths");
  static const SimTime lengths[] = {60 * SIM_SECOND,       SIM_SECOND,      7200 * SIM_SECOND,
                                    200 * SIM_MILLISECOND, 15 * SIM_SECOND, 3 * SIM_SECOND};
  for (int step = 0; step < 12000; step++) {
    if (f->count < 2500)
      insert(f, lengths[sim_rng_below(&f->rng, G_N_ELEMENTS(lengths))]);
    insert(f, (SimTime)sim_rng_below(&f->rng, SIM_MILLISECOND));
    pop(f);
    if (f->count > 0 && sim_rng_below(&f->rng, 8) < (step < 6000 ? 2 : 8))
      remove_any(f);
    if (step % 64 == 0)
      sim_calendar_check(&f->calendar);
  }
  pop_all(f);
  fixture_free(f);
}

#ifndef SIM_HOSTILE /* whose lanes are two */

static void
timers_of_fixed_lengths_keep_to_lanes(void)
{
  Fixture *f = fixture_new("calendar-lanes");
  static const SimTime lengths[] = {60 * SIM_SECOND, 7200 * SIM_SECOND, 15 * SIM_SECOND};
  for (int i = 0; i < 900; i++) {
    insert(f, lengths[i % 3]);
    insert(f, (SimTime)sim_rng_below(&f->rng, SIM_MILLISECOND));
    insert(f, (SimTime)sim_rng_below(&f->rng, SIM_MILLISECOND));
    pop(f);
    pop(f);
  }
  g_assert_cmpuint(f->calendar.in_lanes, >, 500);  /* some are in sight, */
  g_assert_cmpuint(f->calendar.far.count, <, 100); /* and some came before there were days */
  while (f->count > 0)                             /* what is struck out does not pile up */
    remove_any(f);
  for (int i = 0; i < SIM_CALENDAR_LANES; i++)
    g_assert_cmpuint(f->calendar.lanes[i].length, ==, 0);
  fixture_free(f);
}

#endif

/* The days' length has to follow, from a picosecond to minutes and back. */
static void
order_holds_while_the_pace_changes(void)
{
  Fixture *f = fixture_new("calendar-pace");
  static const SimTime paces[] = {
      1000000, 1, SIM_SECOND, 100, 60 * SIM_SECOND, 10 * SIM_MILLISECOND, SIM_NANOSECOND};
  for (size_t i = 0; i < G_N_ELEMENTS(paces); i++)
    churn(f, 150, paces[i], 8000);
  pop_all(f);
  fixture_free(f);
}

static void
all_at_one_time_go_by_key(void)
{
  Fixture *f = fixture_new("calendar-one-time");
  for (int i = 0; i < 1500; i++)
    insert(f, SIM_SECOND);
  for (int i = 0; i < 200; i++)
    remove_any(f);
  pop_all(f);
  g_assert_cmpint(f->now, ==, SIM_SECOND);
  fixture_free(f);
}

/* Behind the last day that has a page, and at "never". */
static void
order_holds_at_the_end_of_time(void)
{
  Fixture *f = fixture_new("calendar-end");
  for (int i = 0; i < 40; i++) {
    insert(f, SIM_TIME_NEVER);
    insert(f, SIM_TIME_NEVER - 1 - (SimTime)sim_rng_below(&f->rng, 5));
    insert(f, ((SimTime)1 << 62) - 3 + (SimTime)sim_rng_below(&f->rng, 6));
    insert(f, (SimTime)sim_rng_below(&f->rng, 100));
  }
  while (f->count > 45) {
    pop(f);
    SimTime first;
    sim_calendar_first(&f->calendar, &first);
    for (int i = 0; i < 2 && first < SIM_TIME_NEVER; i++)
      if (sim_rng_below(&f->rng, 3) == 0)
        insert(f, first - f->now); /* at the time of the first, which was looked at */
    if (sim_rng_below(&f->rng, 3) == 0)
      insert(f, (SimTime)sim_rng_below(&f->rng, 1000));
    if (f->count > 45 && sim_rng_below(&f->rng, 5) == 0)
      remove_any(f);
  }
  pop_all(f);
  g_assert_cmpint(f->now, ==, SIM_TIME_NEVER);
  fixture_free(f);
}

/* The same, for one moment there: a lesser key that comes after the look goes first. */
static void
a_look_at_the_end_of_time_changes_nothing(void)
{
  Fixture *f = fixture_new("calendar-look");
  SimTime late = (SimTime)1 << 62, first;
  for (int i = 0; i < 40; i++) {
    f->keys = 1000 - (uint64_t)i;
    insert_key(f, late + i / 4, f->keys);
  }
  while (f->count > 0) {
    sim_calendar_first(&f->calendar, &first);
    if (f->keys > 900)
      insert_key(f, first - f->now, --f->keys);
    pop(f);
  }
  fixture_free(f);
}

#ifndef SIM_HOSTILE /* whose days are never right for long */

/* What costs no more for many than for few: a day has few events. */
static void
days_fit_what_happens(void)
{
  Fixture *f = fixture_new("calendar-fit");
  for (uint32_t i = 0; i < 1000; i++)
    insert(f, (SimTime)sim_rng_below(&f->rng, 2 * SIM_MILLISECOND));
  for (int i = 0; i < 20000; i++) {
    pop(f);
    insert(f, (SimTime)sim_rng_below(&f->rng, 2 * SIM_MILLISECOND));
    g_assert_cmpuint(f->calendar.crowd.count, <=, i < 8000 ? MOST : 0);
  }
  g_assert_cmpuint(f->calendar.far.count, <, 200);
  fixture_free(f);
}

#endif

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/calendar/order-holds-for-few-and-many", order_holds_for_few_and_many);
  g_test_add_func("/calendar/order-holds-while-the-pace-changes",
                  order_holds_while_the_pace_changes);
  g_test_add_func("/calendar/order-holds-for-timers-of-fixed-lengths",
                  order_holds_for_timers_of_fixed_lengths);
  g_test_add_func("/calendar/all-at-one-time-go-by-key", all_at_one_time_go_by_key);
  g_test_add_func("/calendar/order-holds-at-the-end-of-time", order_holds_at_the_end_of_time);
  g_test_add_func("/calendar/a-look-at-the-end-of-time-changes-nothing",
                  a_look_at_the_end_of_time_changes_nothing);
#ifndef SIM_HOSTILE
  g_test_add_func("/calendar/timers-of-fixed-lengths-keep-to-lanes",
                  timers_of_fixed_lengths_keep_to_lanes);
  g_test_add_func("/calendar/days-fit-what-happens", days_fit_what_happens);
#endif
  return g_test_run();
}
