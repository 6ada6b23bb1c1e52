/* heap: the event queue, a 4-ary array heap whose entries carry their key.
 *
 * An entry is 24 bytes (time, key, event), so that sifting compares without following a pointer;
 * each event knows its index, so that cancelling is exact. Invariants: entry i is not later than
 * its children 4i+1 ... 4i+4; events[i]->heap_index == i. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"

struct SimEvent;

typedef struct SimHeapEntry {
  SimTime time;
  uint64_t key; /* class, owner, owner's counter: see sim/sim.h */
  struct SimEvent *event;
} SimHeapEntry;

typedef struct SimHeap {
  SimHeapEntry *entries; /* owned */
  uint32_t count;
  uint32_t capacity;
} SimHeap;

void sim_heap_init(SimHeap *heap);
void sim_heap_clear(SimHeap *heap); /* frees the array; the events are not touched */
void sim_heap_insert(SimHeap *heap, SimTime time, uint64_t key, struct SimEvent *event);
void sim_heap_remove(SimHeap *heap, struct SimEvent *event);
struct SimEvent *sim_heap_pop(SimHeap *heap); /* NULL when empty */
