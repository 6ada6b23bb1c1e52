/* The event queue against a sorted reference. */
#include "sim/heap.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "sim/rng.h"
#include "sim/sim.h"

#define EVENTS 500

typedef struct Entry {
  SimEvent event;
  SimTime time;
  uint64_t key;
  bool pending;
} Entry;

static bool
earlier(const Entry *a, const Entry *b)
{
  return a->time < b->time || (a->time == b->time && a->key < b->key);
}

/* The invariants of sim/heap.h, in full. */
static void
check(const SimHeap *heap)
{
  uint32_t end = heap->count + heap->hole;
  for (uint32_t i = heap->hole; i < end; i++) {
    g_assert_cmpuint(heap->slots[i].event->heap_index, ==, i);
    uint32_t parent = (i - 1) / 4;
    if (i == 0 || (heap->hole && parent == 0))
      continue;
    g_assert_true(
        heap->times[parent] < heap->times[i] ||
        (heap->times[parent] == heap->times[i] && heap->slots[parent].key <= heap->slots[i].key));
  }
  for (uint32_t i = end; i < heap->capacity + 4; i++)
    g_assert_true(heap->times[i] == SIM_TIME_NEVER && heap->slots[i].key == UINT64_MAX);
}

static void
pops_in_order_of_time_and_key(void)
{
  SimHeap heap;
  Entry entries[EVENTS];
  SimRng rng;
  sim_heap_init(&heap, NULL);
  sim_rng_init(&rng, 1, "heap-sort");
  for (uint64_t i = 0; i < EVENTS; i++) {
    sim_event_init(&entries[i].event, NULL);
    entries[i].time = (SimTime)sim_rng_below(&rng, 20); /* many at one time */
    entries[i].key = sim_rng_below(&rng, 1000) << 32 | i;
    sim_heap_insert(&heap, entries[i].time, entries[i].key, &entries[i].event);
    check(&heap);
  }
  const Entry *last = NULL;
  for (int i = 0; i < EVENTS; i++) {
    const Entry *entry = sim_container(sim_heap_pop(&heap), Entry, event);
    g_assert_false(sim_event_pending(&entry->event));
    g_assert_true(last == NULL || earlier(last, entry));
    last = entry;
  }
  g_assert_null(sim_heap_pop(&heap));
  sim_heap_clear(&heap);
}

static void
keys_compare_as_unsigned_and_times_as_signed(void)
{
  SimHeap heap;
  SimEvent events[4];
  sim_heap_init(&heap, NULL);
  for (int i = 0; i < 4; i++)
    sim_event_init(&events[i], NULL);
  sim_heap_insert(&heap, 5, UINT64_MAX, &events[3]);
  sim_heap_insert(&heap, 5, INT64_MAX, &events[2]);
  sim_heap_insert(&heap, 5, 0, &events[1]);
  sim_heap_insert(&heap, -5, UINT64_MAX, &events[0]);
  for (int i = 0; i < 4; i++)
    g_assert_true(sim_heap_pop(&heap) == &events[i]);
  sim_heap_clear(&heap);
}

/* Takes the earliest of the pending ones out of the reference. */
static Entry *
reference_pop(Entry *entries)
{
  Entry *best = NULL;
  for (int i = 0; i < EVENTS; i++)
    if (entries[i].pending && (best == NULL || earlier(&entries[i], best)))
      best = &entries[i];
  if (best != NULL)
    best->pending = false;
  return best;
}

static void
random_inserts_removes_and_pops(void)
{
  SimHeap heap;
  Entry *entries = g_new0(Entry, EVENTS);
  SimRng rng;
  uint64_t key = 0;
  sim_heap_init(&heap, NULL);
  sim_rng_init(&rng, 2, "heap-random");
  for (int i = 0; i < EVENTS; i++)
    sim_event_init(&entries[i].event, NULL);
  for (int step = 0; step < 40000; step++) {
    Entry *entry = &entries[sim_rng_below(&rng, EVENTS)];
    if (sim_rng_below(&rng, 4) == 0) {
      Entry *expected = reference_pop(entries);
      SimEvent *popped = sim_heap_pop(&heap);
      g_assert_true(expected == NULL ? popped == NULL : popped == &expected->event);
    } else if (entry->pending) {
      sim_heap_remove(&heap, &entry->event);
      entry->pending = false;
      g_assert_false(sim_event_pending(&entry->event));
    } else {
      entry->time = (SimTime)sim_rng_below(&rng, 50);
      entry->key = sim_rng_below(&rng, 3) << 62 | key++;
      entry->pending = true;
      sim_heap_insert(&heap, entry->time, entry->key, &entry->event);
    }
    if (step % 16 == 0)
      check(&heap);
  }
  for (Entry *expected; (expected = reference_pop(entries)) != NULL;)
    g_assert_true(sim_heap_pop(&heap) == &expected->event);
  g_assert_null(sim_heap_pop(&heap));
  sim_heap_clear(&heap);
  g_free(entries);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/heap/pops-in-order-of-time-and-key", pops_in_order_of_time_and_key);
  g_test_add_func("/heap/keys-compare-as-unsigned-and-times-as-signed",
                  keys_compare_as_unsigned_and_times_as_signed);
  g_test_add_func("/heap/random-inserts-removes-and-pops", random_inserts_removes_and_pops);
  return g_test_run();
}
