/* calendar-check: the invariants of calendar.h, each entry looked at. */
#include "sim/calendar.h"
#include "sim/sim.h"

static bool
is_before(const SimCalendarEntry *a, const SimCalendarEntry *b)
{
  return a->time < b->time || (a->time == b->time && a->key < b->key);
}

static void
check_today(const SimCalendar *calendar)
{
  g_assert(calendar->today_count <= SIM_CALENDAR_TODAY);
  g_assert(calendar->today_count == 0 || calendar->crowd.count == 0);
  for (uint32_t i = 0; i < calendar->today_count; i++) {
    const SimCalendarEntry *entry = &calendar->today[i];
    /* "Never" ends no day, but comes, when nothing else is left. */
    g_assert(entry->time < calendar->today_ends || entry->time == SIM_TIME_NEVER);
    g_assert(i == 0 || is_before(entry, &entry[-1]));
    g_assert(entry->event->place == SIM_PLACE_TODAY && sim_event_pending(entry->event));
  }
}

/* All of a heap's entries are in [from, to], and know it. Its order is its own affair (heap.c). */
static void
check_heap(const SimHeap *heap, SimTime from, SimTime to, SimPlace place)
{
  uint32_t first = heap->hole ? 1 : 0;
  for (uint32_t i = first; i < first + heap->count; i++) {
    g_assert(heap->times[i] >= from && heap->times[i] <= to);
    g_assert(heap->slots[i].event->place == place && heap->slots[i].event->heap_index == i);
  }
}

/* The number of entries of a lane that are not struck out. */
static uint32_t
check_lane(const SimCalendar *calendar, const SimCalendarLane *lane)
{
  uint32_t struck = 0;
  SimTime before = calendar->in_sight;
  for (uint32_t i = 0; i < lane->length; i++) {
    uint32_t number = (lane->first + i) & (SIM_CALENDAR_NUMBERS - 1);
    const SimCalendarEntry *entry = &lane->entries[number & (lane->capacity - 1)];
    g_assert(entry->time >= before);
    before = entry->time;
    if (entry->event == NULL) {
      g_assert(i > 0 && i < lane->length - 1);
      struck++;
      continue;
    }
    g_assert(entry->event->place == SIM_PLACE_LANE + (lane - calendar->lanes));
    g_assert(entry->event->heap_index == number);
    g_assert(entry->time >= calendar->far_next);
  }
  g_assert(lane->length <= lane->capacity && lane->struck == struck);
  g_assert(lane->last == (lane->length > 0 ? before : -1));
  return lane->length - struck;
}

/* The number of notes on a page. */
static uint32_t
check_page(const SimCalendar *calendar, uint32_t page)
{
  uint32_t count = 0;
  for (uint32_t index = calendar->page[page]; index != SIM_CALENDAR_NONE;
       index = calendar->notes[index].next) {
    const SimCalendarEntry *entry = &calendar->notes[index].entry;
    uint64_t day = (uint64_t)entry->time >> calendar->shift;
    g_assert(entry->time >= calendar->today_ends && entry->time < calendar->in_sight);
    g_assert((day & (calendar->pages - 1)) == page);
    g_assert(entry->event->place == SIM_PLACE_PAGE && entry->event->heap_index == index);
    count++;
  }
  uint64_t bit = calendar->written[page / 64] >> page % 64 & 1;
  g_assert(bit == (count > 0));
  return count;
}

static uint32_t
check_free_notes(const SimCalendar *calendar)
{
  uint32_t count = 0;
  for (uint32_t index = calendar->free_note; index != SIM_CALENDAR_NONE; count++) {
    const SimCalendarNote *note = &calendar->notes[index];
#ifdef SIM_HOSTILE
    g_assert(note->entry.time == SIM_CALENDAR_POISON.time && note->entry.event == NULL);
#endif
    index = note->next;
  }
  return count;
}

void
sim_calendar_check(const SimCalendar *calendar)
{
  uint32_t noted = 0;
  check_today(calendar);
  check_heap(&calendar->crowd, 0, calendar->today_ends - 1, SIM_PLACE_CROWD);
  for (uint32_t page = 0; page < calendar->pages; page++)
    noted += check_page(calendar, page);
  g_assert(noted == calendar->noted);
  g_assert(noted + check_free_notes(calendar) == calendar->note_capacity);
  check_heap(&calendar->far, calendar->in_sight, SIM_TIME_NEVER, SIM_PLACE_FAR);
  uint32_t in_lanes = 0;
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    in_lanes += check_lane(calendar, &calendar->lanes[i]);
  g_assert(in_lanes == calendar->in_lanes);
  g_assert(calendar->far.count + in_lanes > 0 ? calendar->far_next >= calendar->in_sight
                                              : calendar->far_next == SIM_TIME_NEVER);
}
