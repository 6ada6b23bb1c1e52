/* heap: a 4-ary array heap of events, for what the calendar (calendar.h) cannot divide into days.
 *
 * Times stand in one array and what belongs to them (key, event) in another: choosing the earliest
 * of four children reads 32 bytes of one cache line, and keys only where times are equal. Each
 * event knows its index, so that cancelling is exact. What was popped leaves a hole at the root,
 * which the next insert takes or else the next look at the queue closes: an event that schedules
 * one, as nearly all do, costs one sifting and not two.
 * Invariants: entry i is not later than its children 4i+1 ... 4i+4; the event of slot i has
 * heap_index i; with a hole entry 0 is void and the others are 1 ... count; behind the last entry
 * all is "never", with the greatest key. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/hot.h"
#include "sim/time.h"

struct SimEvent;

typedef struct SimHeapSlot {
  uint64_t key; /* class, owner, owner's counter: see sim/sim.h */
  struct SimEvent *event;
} SimHeapSlot;

#define SIM_HEAP_ENTRY_BYTES (sizeof(SimTime) + sizeof(SimHeapSlot))

typedef struct SimHeap {
  SimTime *times;     /* owned; children side by side within a cache line */
  SimHeapSlot *slots; /* owned; the same */
  uint32_t count;     /* pending: the hole is not counted */
  uint32_t capacity;  /* entries there is room for */
  bool hole;          /* at the root */
  uint64_t *memory;   /* bytes of all that count there; NULL: nobody counts */
#ifdef SIM_HOSTILE
  uint32_t unchecked; /* changes since it was looked at as a whole */
#endif
} SimHeap;

/* What it takes is added to *memory, which outlives it (NULL: not counted). */
void sim_heap_init(SimHeap *heap, uint64_t *memory);
void sim_heap_clear(SimHeap *heap); /* frees the arrays; the events are not touched */
/* `key` is below UINT64_MAX and unique among what is pending. */
void sim_heap_insert(SimHeap *heap, SimTime time, uint64_t key, struct SimEvent *event);
void sim_heap_remove(SimHeap *heap, struct SimEvent *event);
SimTime sim_heap_next(SimHeap *heap);         /* of the first entry; SIM_TIME_NEVER when empty */
struct SimEvent *sim_heap_pop(SimHeap *heap); /* NULL when empty */
