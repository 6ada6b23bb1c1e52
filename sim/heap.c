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

#include "sim/lines.h"
#include "sim/sim.h"

#define ARITY 4
#define SHIFT 3 /* entries before the first, so that 1 ... 4, 5 ... 8 and so on are aligned */
#define FIRST_CAPACITY 64
#define LARGE 16384 /* entries: 384 KiB */

static inline void
put(SimHeap *heap, uint32_t index, SimTime time, SimHeapSlot slot)
{
  heap->times[index] = time;
  heap->slots[index] = slot;
  slot.event->heap_index = index;
}

/* What stands behind the last entry. */
static inline void
put_never(SimHeap *heap, uint32_t index)
{
  heap->times[index] = SIM_TIME_NEVER;
  heap->slots[index].key = UINT64_MAX;
}

static inline void
move(SimHeap *heap, uint32_t to, uint32_t from)
{
  put(heap, to, heap->times[from], heap->slots[from]);
}

/* Is what stands at `index` earlier than (time, key)? */
static inline bool
is_earlier(const SimHeap *heap, uint32_t index, SimTime time, uint64_t key)
{
  SimTime other = heap->times[index];
  return other < time || (other == time && heap->slots[index].key < key);
}

void
sim_heap_init(SimHeap *heap, uint64_t *memory)
{
  *heap = (SimHeap){.memory = memory};
}

void
sim_heap_clear(SimHeap *heap)
{
  if (heap->capacity > 0) {
    free(heap->times - SHIFT);
    free(heap->slots - SHIFT);
    if (heap->memory != NULL)
      *heap->memory -= (uint64_t)heap->capacity * SIM_HEAP_ENTRY_BYTES;
  }
  *heap = (SimHeap){0};
}

/* An array of `capacity` entries of `size` bytes, and what stands before and behind them, with the
 * first `count` from `old`. */
static void *
renew(void *old, size_t size, uint32_t count, uint32_t capacity)
{
  size_t bytes = ((size_t)capacity + SHIFT + ARITY) * size;
  char *block = sim_lines_alloc(bytes);
  char *array = block + SHIFT * size;
  if (old != NULL) {
    memcpy(array, old, count * size);
    free((char *)old - SHIFT * size);
  }
  return array;
}

static SIM_RARE void
grow(SimHeap *heap)
{
  g_assert(heap->capacity <= SIM_EVENT_IDLE / 2);
#ifdef SIM_HOSTILE
  uint32_t capacity = heap->capacity + 1; /* each insert moves the arrays */
#else
  uint32_t capacity = heap->capacity == 0 ? FIRST_CAPACITY : heap->capacity * 2;
#endif
  heap->times = renew(heap->times, sizeof *heap->times, heap->count, capacity);
  heap->slots = renew(heap->slots, sizeof *heap->slots, heap->count, capacity);
  if (heap->memory != NULL)
    *heap->memory += (uint64_t)(capacity - heap->capacity) * SIM_HEAP_ENTRY_BYTES;
  heap->capacity = capacity;
  for (uint32_t i = heap->count; i < capacity + ARITY; i++)
    put_never(heap, i);
}

#ifdef SIM_HOSTILE

#define CHECKED_AT_ONCE 64 /* entries: all of them at each change */

/* All of it, behind each change, of many now and then: the order, and what each event knows of its
 * place. */
static void
check(SimHeap *heap)
{
  if (heap->unchecked++ < heap->count / CHECKED_AT_ONCE)
    return;
  heap->unchecked = 0;
  uint32_t first = heap->hole ? 1 : 0;
  for (uint32_t i = first; i < first + heap->count; i++) {
    const SimHeapSlot *slot = &heap->slots[i];
    uint32_t parent = i > 0 ? (i - 1) / ARITY : 0;
    g_assert(slot->event->heap_index == i);
    g_assert(i == 0 || parent < first || is_earlier(heap, parent, heap->times[i], slot->key));
  }
}

#else

static inline void
check(SimHeap *heap)
{
}

#endif

/* Moves the hole at `index` towards the root until the new entry fits in it. */
static void
sift_up(SimHeap *heap, uint32_t index, SimTime time, SimHeapSlot slot)
{
  while (index > 0) {
    uint32_t parent = (index - 1) / ARITY;
    if (is_earlier(heap, parent, time, slot.key))
      break;
    move(heap, index, parent);
    index = parent;
  }
  put(heap, index, time, slot);
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
  for (uintptr_t i = 0; i <= ARITY * ARITY * sizeof *heap->times; i += SIM_LINE)
    __builtin_prefetch((const void *)(times + i));
}

/* Moves the hole at `index` towards the leaves until the new entry fits in it. */
static G_GNUC_NO_INLINE void
sift_down(SimHeap *heap, uint32_t index, SimTime time, SimHeapSlot slot)
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
    if (!is_earlier(heap, child, time, slot.key))
      break;
    move(heap, index, child);
    index = child;
  }
  put(heap, index, time, slot);
}

void
sim_heap_insert(SimHeap *heap, SimTime time, uint64_t key, struct SimEvent *event)
{
  SimHeapSlot slot = {key, event};
  if (heap->hole) {
    heap->hole = false;
    heap->count++;
    sift_down(heap, 0, time, slot);
    check(heap);
    return;
  }
  if (G_UNLIKELY(heap->count == heap->capacity))
    grow(heap);
  sift_up(heap, heap->count, time, slot);
  heap->count++;
  check(heap);
}

/* Nobody took the root's place: the last entry does. */
static void
close_hole(SimHeap *heap)
{
  heap->hole = false;
  SimTime time = heap->times[heap->count];
  SimHeapSlot slot = heap->slots[heap->count];
  put_never(heap, heap->count);
  if (heap->count > 0)
    sift_down(heap, 0, time, slot);
}

void
sim_heap_remove(SimHeap *heap, struct SimEvent *event)
{
  if (heap->hole)
    close_hole(heap);
  uint32_t index = event->heap_index, last = heap->count - 1;
  g_assert(index < heap->count && heap->slots[index].event == event);
  event->heap_index = SIM_EVENT_IDLE;
  SimTime time = heap->times[last];
  SimHeapSlot slot = heap->slots[last];
  put_never(heap, last);
  heap->count = last;
  if (index == last)
    return;
  if (index > 0 && !is_earlier(heap, (index - 1) / ARITY, time, slot.key))
    sift_up(heap, index, time, slot);
  else
    sift_down(heap, index, time, slot);
  check(heap);
}

SimTime
sim_heap_next(SimHeap *heap)
{
  if (heap->hole)
    close_hole(heap);
  return heap->count > 0 ? heap->times[0] : SIM_TIME_NEVER;
}

struct SimEvent *
sim_heap_pop(SimHeap *heap)
{
  if (heap->hole)
    close_hole(heap);
  if (heap->count == 0)
    return NULL;
  struct SimEvent *event = heap->slots[0].event;
  event->heap_index = SIM_EVENT_IDLE;
  heap->hole = true;
  heap->count--;
  return event;
}
