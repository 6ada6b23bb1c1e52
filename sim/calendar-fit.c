/* calendar-fit: how long days are, and how many are in sight.
 *
 * Both are guesses, from what was pending when days began or a day was crowded, and from counting
 * now and then what went where. A change enters everything once more, so it is made only when the
 * counts say so clearly. */
#include "sim/calendar-private.h"

#include <string.h>

void
calendar_count(const SimCalendar *calendar, int64_t bytes)
{
  if (calendar->memory != NULL)
    *calendar->memory += (uint64_t)bytes;
}

int64_t
calendar_bytes_of_pages(uint32_t pages)
{
  return (int64_t)pages * (int64_t)sizeof(uint32_t) + pages / 8;
}

/* Empty ones. */
void
calendar_pages_new(SimCalendar *calendar, uint32_t pages, unsigned shift)
{
  calendar->pages = pages;
  calendar->shift = shift;
  calendar->span = (SimTime)pages << shift;
  calendar->page = g_malloc(pages * sizeof *calendar->page);
  memset(calendar->page, 0xff, pages * sizeof *calendar->page); /* SIM_CALENDAR_NONE */
  calendar->written = g_new0(uint64_t, pages / PAGES_A_WORD);
  calendar_count(calendar, calendar_bytes_of_pages(pages));
}

void
calendar_pages_free(SimCalendar *calendar)
{
  calendar_count(calendar, -calendar_bytes_of_pages(calendar->pages));
  g_free(calendar->page);
  g_free(calendar->written);
}

/* Counts afresh. */
static void
look_again(SimCalendar *calendar)
{
  calendar->to_look = calendar->days = MAX(LOOK_EVERY, calendar->pages / LOOK_PAGES);
  calendar->straight = calendar->more = calendar->turned = calendar->entered = 0;
  calendar->crowd_to_look = FIRST_CROWD + 2 * calendar->crowd.count;
}

void
calendar_more_notes(SimCalendar *calendar)
{
  uint32_t before = calendar->note_capacity;
  g_assert(before <= SIM_EVENT_IDLE / 2);
#ifdef SIM_HOSTILE
  uint32_t now = before + 1;
#else
  uint32_t now = before == 0 ? FIRST_NOTES : before * 2;
#endif
  calendar->notes = g_renew(SimCalendarNote, calendar->notes, now);
  calendar->note_capacity = now;
  calendar_count(calendar, (int64_t)((now - before) * sizeof *calendar->notes));
  for (uint32_t i = now; i > before; i--) {
    calendar_poison(calendar, i - 1);
    calendar->notes[i - 1].next = calendar->free_note;
    calendar->free_note = i - 1;
  }
}

/* Each of a heap's entries once more; the heap is cleared. */
static void
put_heap_again(SimCalendar *calendar, SimHeap *heap)
{
  sim_heap_next(heap); /* closes the hole */
  for (uint32_t i = 0; i < heap->count; i++)
    calendar_put(calendar,
                 (SimCalendarEntry){heap->times[i], heap->slots[i].key, heap->slots[i].event});
  sim_heap_clear(heap);
}

void
calendar_put_again(SimCalendar *calendar, uint32_t pages, unsigned shift, SimTime today_ends)
{
  SimCalendar old = *calendar;
  calendar_pages_new(calendar, pages, shift);
  calendar->today_ends = calendar->in_sight = today_ends;
  if (!calendar_all_is_today(calendar))
    calendar_today_ends_at(calendar, today_ends);
  calendar->today_count = 0;
  calendar->far_next = SIM_TIME_NEVER;
  sim_heap_init(&calendar->crowd, calendar->memory);
  sim_heap_init(&calendar->far, calendar->memory);
  for (uint32_t i = old.today_count; i > 0; i--)
    calendar_put(calendar, old.today[i - 1]);
  put_heap_again(calendar, &old.crowd);
  put_heap_again(calendar, &old.far);
  for (uint32_t page = 0; page < old.pages; page++)
    for (uint32_t index = old.page[page]; index != SIM_CALENDAR_NONE;) {
      SimCalendarEntry entry = calendar->notes[index].entry;
      index = calendar_free_note(calendar, index);
      calendar_put(calendar, entry);
    }
  calendar_pages_free(&old);
  calendar_look_far(calendar);
  calendar_enter_far(calendar); /* lanes stay, but for what is in sight now */
  look_again(calendar);
}

/* The shift with which `count` entries between two times are one or two a day. */
static unsigned
shift_for(SimTime from, SimTime to, uint32_t count)
{
  uint64_t day = (uint64_t)(MIN(to, LAST_SIGHT) - MIN(from, LAST_SIGHT)) / MAX(count, 1);
  return MIN(day == 0 ? 0 : 64 - (unsigned)__builtin_clzll(day), LONGEST_SHIFT);
}

void
calendar_begin_days(SimCalendar *calendar)
{
  uint32_t half = SIM_CALENDAR_TODAY / 2;
  SimTime first = calendar->today[SIM_CALENDAR_TODAY - 1].time;
  unsigned shift = shift_for(first, calendar->today[half].time, half);
  calendar_put_again(calendar, calendar->pages, shift, calendar_end_of_day(first, shift));
}

void
calendar_look_at_crowd(SimCalendar *calendar)
{
  SimTime first = sim_heap_next(&calendar->crowd), last = first;
  for (uint32_t i = 0; i < calendar->crowd.count; i++)
    last = MAX(last, calendar->crowd.times[i]);
  unsigned shift = shift_for(first, last, calendar->crowd.count);
  calendar->crowd_to_look = FIRST_CROWD + 2 * calendar->crowd.count;
  if (shift + 1 < calendar->shift)
    calendar_put_again(calendar, calendar->pages, shift, calendar_end_of_day(first, shift));
}

/* Now and then: are days as long as two or three events take, and is the far heap still? Days that
 * are too full are cut, where that sends little to the far heap. Where much comes from there, more
 * days are kept in sight: by pages, as long as they are not twice what is pending, else by longer
 * days; and by longer days, too, where many empty pages are turned. */
void
calendar_fit(SimCalendar *calendar)
{
  uint64_t days = calendar->days - calendar->to_look;
  uint64_t fired = days + calendar->more + calendar->straight;
  bool full = fired > 5 * days;
  bool scarce = fired < 2 * days;
  bool many_empty = calendar->turned > 3 * days;
  bool much_far = calendar->entered > fired / 6;
  uint32_t pages = calendar->pages, pending = sim_calendar_count(calendar);
  unsigned shift = calendar->shift;
  if (pending <= SIM_CALENDAR_FEW) {
    calendar_put_again(calendar, FEWEST_PAGES, shift, SIM_TIME_NEVER);
    return;
  }
  if (much_far && pages < MOST_PAGES && pages < pending)
    while (pages < MOST_PAGES && pages < pending)
      pages *= 2;
  else if (full && !much_far)
    shift -= MIN(shift, 62 - (unsigned)__builtin_clzll(fired / days)); /* to two or three a day */
  else if ((much_far || many_empty) && scarce && shift < LONGEST_SHIFT)
    shift++;
  if (pages != calendar->pages || shift != calendar->shift)
    calendar_put_again(calendar, pages, shift,
                       calendar_end_of_day(calendar->today_ends - 1, shift));
  else
    look_again(calendar);
}
