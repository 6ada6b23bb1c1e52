/* bench-heap: the event queue alone (the hold model): with so many events pending, the earliest is
 * taken and put back after an exponential time, again and again.
 *
 *   bench-heap [PENDING]...            1000, 100000 and 1000000 when none is named
 *   bench-heap --count HOLDS PENDING   ours alone, once, for a count of instructions
 *
 * Beside it stands the least that any queue of this kind does: a 4-ary array heap of the same
 * entries that nothing can be cancelled in, in a loop that writes to each event it takes, as the
 * simulator does. Both see the same times. A line each: nanoseconds of CPU time a hold, the least
 * of five turns, which alternate. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/rng.h"
#include "sim/sim.h"

#define HOLDS 1000000
#define TURNS 5
#define TIMES 65536 /* drawn beforehand, so that no logarithm is measured */

typedef struct BareEntry {
  SimTime time;
  uint64_t key;
  SimEvent *event;
} BareEntry;

typedef struct Event {
  SimEvent event;
  uint64_t fired;
} Event;

typedef struct Bench {
  uint32_t pending;
  Event *events;
  SimTime times[TIMES];
} Bench;

static double
cpu_seconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* -- ours -- */

static double
ours(Bench *bench, uint32_t holds)
{
  SimCalendar calendar;
  sim_calendar_init(&calendar, NULL);
  for (uint32_t i = 0; i < bench->pending; i++) {
    sim_event_init(&bench->events[i].event, NULL);
    sim_calendar_insert(&calendar, bench->times[i % TIMES] + i % 7, i, &bench->events[i].event);
  }
  double begin = cpu_seconds();
  for (uint32_t i = 0; i < holds; i++) {
    SimTime now = 0;
    SimEvent *first = sim_calendar_first(&calendar, &now);
    g_assert(first != NULL);
    Event *event = sim_container(first, Event, event);
    sim_calendar_take(&calendar, first);
    event->fired++;
    sim_calendar_insert(&calendar, now + bench->times[i % TIMES], bench->pending + i,
                        &event->event);
  }
  double took = cpu_seconds() - begin;
  sim_calendar_clear(&calendar);
  return took;
}

/* -- the least -- */

static void
bare_insert(BareEntry *entries, uint32_t count, BareEntry entry)
{
  uint32_t index = count;
  while (index > 0 && entries[(index - 1) / 4].time > entry.time) {
    entries[index] = entries[(index - 1) / 4];
    index = (index - 1) / 4;
  }
  entries[index] = entry;
}

/* The root goes; `count` are left. */
static void
bare_pop(BareEntry *entries, uint32_t count)
{
  BareEntry last = entries[count];
  uint32_t index = 0;
  for (uint32_t first = 1; first < count; first = 4 * index + 1) {
    uint32_t child = first, end = MIN(first + 4, count);
    for (uint32_t i = first + 1; i < end; i++)
      if (entries[i].time < entries[child].time)
        child = i;
    if (entries[child].time >= last.time)
      break;
    entries[index] = entries[child];
    index = child;
  }
  entries[index] = last;
}

static double
least(Bench *bench)
{
  BareEntry *entries = g_new(BareEntry, bench->pending + 1);
  for (uint32_t i = 0; i < bench->pending; i++)
    bare_insert(entries, i,
                (BareEntry){bench->times[i % TIMES] + i % 7, i, &bench->events[i].event});
  double begin = cpu_seconds();
  for (uint32_t i = 0; i < HOLDS; i++) {
    BareEntry entry = entries[0];
    bare_pop(entries, bench->pending - 1);
    sim_container(entry.event, Event, event)->fired++;
    entry.time += bench->times[i % TIMES];
    bare_insert(entries, bench->pending - 1, entry);
  }
  double took = cpu_seconds() - begin;
  g_free(entries);
  return took;
}

static Bench *
bench_new(uint32_t pending)
{
  Bench *bench = g_new0(Bench, 1);
  SimRng rng;
  sim_rng_init(&rng, 1, "hold");
  bench->pending = pending;
  bench->events = g_new0(Event, pending);
  for (uint32_t i = 0; i < TIMES; i++)
    bench->times[i] = sim_time_from_seconds(sim_rng_exponential(&rng, 1));
  return bench;
}

static void
bench_free(Bench *bench)
{
  g_free(bench->events);
  g_free(bench);
}

static void
measure(uint32_t pending)
{
  Bench *bench = bench_new(pending);
  double best = HUGE_VAL, bare = HUGE_VAL;
  for (int turn = 0; turn < TURNS; turn++) {
    best = MIN(best, ours(bench, HOLDS));
    bare = MIN(bare, least(bench));
  }
  printf("hold pending=%u ns=%.1f bare=%.1f ratio=%.2f\n", pending, best / HOLDS * 1e9,
         bare / HOLDS * 1e9, best / bare);
  bench_free(bench);
}

static uint32_t
number(const char *text)
{
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  if (*end == '\0' && value > 0 && value <= 100000000)
    return (uint32_t)value;
  fprintf(stderr, "bench-heap: \"%s\": a number from 1 to 100000000 is wanted\n", text);
  exit(2);
}

int
main(int argc, char **argv)
{
  static const uint32_t usual[] = {1000, 100000, 1000000};
  if (argc == 4 && g_str_equal(argv[1], "--count")) {
    Bench *bench = bench_new(number(argv[3]));
    ours(bench, number(argv[2]));
    bench_free(bench);
    return 0;
  }
  for (int i = 1; i < argc; i++)
    measure(number(argv[i]));
  for (size_t i = 0; argc == 1 && i < G_N_ELEMENTS(usual); i++)
    measure(usual[i]);
  return 0;
}
