/* heap: sifting in a 4-ary heap.
 *
 * Four children make the tree half as deep as two. A hole is moved instead of swapping entries.
 * Which child is the earliest is pure chance, so it is chosen without a branch, by time alone; that
 * two have the same time is rare, and only then are keys read. Behind the last entry stands
 * "never", so that the last few children are four like all others. In a heap that has outgrown the
 * cache, where a wrong guess would fetch ahead at least, grandchildren are fetched on purpose.
 *
 * Keys are unique among pending events (an owner's counter never repeats), so the order in which
 * events come out does not depend on the order in which they went in. */
#include "sim/heap.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"

#define ARITY 4
#define SHIFT 3 /* entries before the first, so that 1 ... 4, 5 ... 8 and so on are aligned */
#define FIRST_CAPACITY 64
#define LARGE 16384 /* entries: 384 KiB */
#define CACHE_LINE 64

typedef struct Entry {
  SimTime time;
  SimHeapSlot slot;
} Entry;

static inline void
put(SimHeap *heap, uint32_t index, Entry entry)
{
  heap->times[index] = entry.time;
  heap->slots[index] = entry.slot;
  entry.slot.event->heap_index = index;
}

static inline Entry
get(const SimHeap *heap, uint32_t index)
{
  return (Entry){heap->times[index], heap->slots[index]};
}

/* Takes the last entry, number `index`, out of the arrays. */
static inline Entry
take_last(SimHeap *heap, uint32_t index)
{
  Entry last = get(heap, index);
  heap->times[index] = SIM_TIME_NEVER;
  heap->slots[index].key = UINT64_MAX;
  return last;
}

void
sim_heap_init(SimHeap *heap)
{
  *heap = (SimHeap){0};
}

void
sim_heap_clear(SimHeap *heap)
{
  if (heap->capacity > 0) {
    free(heap->times - SHIFT);
    free(heap->slots - SHIFT);
  }
  *heap = (SimHeap){0};
}

/* An array of `capacity` entries of `size` bytes, and what stands before and behind them, with the
 * first `count` from `old`. */
static void *
renew(void *old, size_t size, uint32_t count, uint32_t capacity)
{
  size_t bytes = ((size_t)capacity + SHIFT + ARITY) * size;
  char *block = aligned_alloc(CACHE_LINE, (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
  if (block == NULL)
    g_error("out of memory: %" G_GSIZE_FORMAT " bytes wanted", bytes);
  char *array = block + SHIFT * size;
  if (old != NULL) {
    memcpy(array, old, count * size);
    free((char *)old - SHIFT * size);
  }
  return array;
}

static G_GNUC_NO_INLINE void
grow(SimHeap *heap)
{
  g_assert(heap->capacity <= SIM_EVENT_IDLE / 2);
  uint32_t capacity = heap->capacity == 0 ? FIRST_CAPACITY : heap->capacity * 2;
  heap->times = renew(heap->times, sizeof *heap->times, heap->count, capacity);
  heap->slots = renew(heap->slots, sizeof *heap->slots, heap->count, capacity);
  heap->capacity = capacity;
  for (uint32_t i = heap->count; i < capacity + ARITY; i++)
    take_last(heap, i);
}

/* Moves the hole at `index` towards the root until `entry` fits in it. */
static void
sift_up(SimHeap *heap, uint32_t index, Entry entry)
{
  while (index > 0) {
    uint32_t parent = (index - 1) / ARITY;
    SimTime time = heap->times[parent];
    if (entry.time > time || (entry.time == time && entry.slot.key > heap->slots[parent].key))
      break;
    put(heap, index, get(heap, parent));
    index = parent;
  }
  put(heap, index, entry);
}

/* Of the four from `first` on the one with the least key among those at `time`. */
static G_GNUC_NO_INLINE uint32_t
least_key(const SimHeap *heap, uint32_t first, SimTime time)
{
  uint32_t best = first + ARITY;
  for (uint32_t i = first; i < first + ARITY; i++)
    if (heap->times[i] == time &&
        (best == first + ARITY || heap->slots[i].key < heap->slots[best].key))
      best = i;
  return best;
}

static inline uint32_t
earliest_of_four(const SimHeap *heap, uint32_t first)
{
  const SimTime *times = &heap->times[first];
  SimTime a = times[0], b = times[1], c = times[2], d = times[3];
  uint32_t second = b < a, fourth = d < c;
  SimTime left = second ? b : a, right = fourth ? d : c;
  bool is_right = right < left;
  bool tie = (left == right) | (is_right ? c == d : a == b);
  if (G_UNLIKELY(tie))
    return least_key(heap, first, is_right ? right : left);
  return first + (is_right ? 2 + fourth : second);
}

/* Has what belongs to the children first ... first + 3 brought into the cache, and the times of
 * their children. They may lie beyond the end: fetching ahead of time does no harm there. */
static inline void
fetch(const SimHeap *heap, uint32_t first)
{
  __builtin_prefetch(&heap->slots[first]);
  uint64_t index = (uint64_t)first * ARITY + 1;
  uintptr_t times = (uintptr_t)heap->times + index * sizeof *heap->times;
  for (uintptr_t i = 0; i <= ARITY * ARITY * sizeof *heap->times; i += CACHE_LINE)
    __builtin_prefetch((const void *)(times + i));
}

/* Moves the hole at `index` towards the leaves until `entry` fits in it. */
static void
sift_down(SimHeap *heap, uint32_t index, Entry entry)
{
  uint32_t count = heap->count;
  bool large = count > LARGE;
  for (;;) {
    uint64_t first = (uint64_t)index * ARITY + 1;
    if (first >= count)
      break;
    if (large)
      fetch(heap, (uint32_t)first);
    uint32_t child = earliest_of_four(heap, (uint32_t)first);
    SimTime time = heap->times[child];
    if (time > entry.time || (time == entry.time && heap->slots[child].key > entry.slot.key))
      break;
    put(heap, index, get(heap, child));
    index = child;
  }
  put(heap, index, entry);
}

void
sim_heap_insert(SimHeap *heap, SimTime time, uint64_t key, struct SimEvent *event)
{
  Entry entry = {time, {key, event}};
  if (heap->hole) {
    heap->hole = false;
    heap->count++;
    sift_down(heap, 0, entry);
    return;
  }
  if (G_UNLIKELY(heap->count == heap->capacity))
    grow(heap);
  sift_up(heap, heap->count++, entry);
}

/* Nobody took the root's place: the last entry does. */
static inline void
close_hole(SimHeap *heap)
{
  if (!heap->hole)
    return;
  heap->hole = false;
  Entry last = take_last(heap, heap->count);
  if (heap->count > 0)
    sift_down(heap, 0, last);
}

void
sim_heap_remove(SimHeap *heap, struct SimEvent *event)
{
  close_hole(heap);
  uint32_t index = event->heap_index;
  g_assert(index < heap->count && heap->slots[index].event == event);
  event->heap_index = SIM_EVENT_IDLE;
  Entry last = take_last(heap, --heap->count);
  if (index == heap->count)
    return;
  uint32_t parent = index > 0 ? (index - 1) / ARITY : 0;
  SimTime above = heap->times[parent];
  if (index > 0 &&
      (last.time < above || (last.time == above && last.slot.key < heap->slots[parent].key)))
    sift_up(heap, index, last);
  else
    sift_down(heap, index, last);
}

SimTime
sim_heap_next(SimHeap *heap)
{
  close_hole(heap);
  return heap->count > 0 ? heap->times[0] : SIM_TIME_NEVER;
}

struct SimEvent *
sim_heap_pop(SimHeap *heap)
{
  close_hole(heap);
  if (heap->count == 0)
    return NULL;
  struct SimEvent *event = heap->slots[0].event;
  event->heap_index = SIM_EVENT_IDLE;
  heap->hole = true;
  heap->count--;
  return event;
}
