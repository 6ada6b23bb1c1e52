/* calendar: pages, today, and what is far. See calendar.h for the idea.
 *
 * What an event costs: a note taken from the free list and put on its page (that is all that
 * scheduling does, as a rule); when today is over, the next page with something on it is found by a
 * bit a page, and what stands there is today. */
#include "sim/calendar.h"

#include <string.h>

#include "sim/sim.h"

#define FEWEST_PAGES 64
#define PAGES_A_WORD 64
#ifndef SIM_HOSTILE
#define MOST_PAGES (UINT32_C(1) << 20)
#define FIRST_SHIFT 20 /* a microsecond */
#define LONGEST_SHIFT 40
#define LAST_SIGHT ((SimTime)1 << 62) /* 53 days: behind that, all is far */
#define FIRST_NOTES 64
#define FIRST_CROWD 256 /* insertions into a crowd, after which days may be too long */
#define LOOK_EVERY 256  /* days at least, */
#define LOOK_PAGES 4    /* and this part of the pages */
#else
/* So that ordinary runs go every way: days begin too short, are looked at all the time, and of a
 * few seconds only; pages end soon, and a crowd is looked at as it forms. */
#define MOST_PAGES 128
#define FIRST_SHIFT 10
#define LONGEST_SHIFT 34
#define LAST_SIGHT ((SimTime)1 << 44) /* 17.6 seconds */
#define FIRST_NOTES 1
#define FIRST_CROWD 3
#define LOOK_EVERY 3
#define LOOK_PAGES PAGES_A_WORD
#define CHECKED_AT_ONCE 64 /* pending: all of them at each change */
#endif

G_STATIC_ASSERT(SIM_CALENDAR_FEW < SIM_CALENDAR_TODAY);

#ifdef SIM_HOSTILE

/* What is behind each change; of many, now and then. */
static void
check(SimCalendar *calendar)
{
  if (calendar->unchecked++ < sim_calendar_count(calendar) / CHECKED_AT_ONCE)
    return;
  calendar->unchecked = 0;
  sim_calendar_check(calendar);
}

static void
poison(SimCalendar *calendar, uint32_t note)
{
  calendar->notes[note].entry = SIM_CALENDAR_POISON;
}

#else

static inline void
check(SimCalendar *calendar)
{
}

static inline void
poison(SimCalendar *calendar, uint32_t note)
{
}

#endif

static void
count(const SimCalendar *calendar, int64_t bytes)
{
  if (calendar->memory != NULL)
    *calendar->memory += (uint64_t)bytes;
}

static int64_t
bytes_of_pages(uint32_t pages)
{
  return (int64_t)pages * (int64_t)sizeof(uint32_t) + pages / 8;
}

static inline void
today_ends_at(SimCalendar *calendar, SimTime time)
{
  calendar->today_ends = time;
  calendar->in_sight = MIN(time + calendar->span, LAST_SIGHT);
}

static inline bool
all_is_today(const SimCalendar *calendar)
{
  return calendar->today_ends == SIM_TIME_NEVER;
}

/* Empty ones. */
static void
pages_new(SimCalendar *calendar, uint32_t pages, unsigned shift)
{
  calendar->pages = pages;
  calendar->shift = shift;
  calendar->span = (SimTime)pages << shift;
  calendar->page = g_malloc(pages * sizeof *calendar->page);
  memset(calendar->page, 0xff, pages * sizeof *calendar->page); /* SIM_CALENDAR_NONE */
  calendar->written = g_new0(uint64_t, pages / PAGES_A_WORD);
  count(calendar, bytes_of_pages(pages));
}

static void
pages_free(SimCalendar *calendar)
{
  count(calendar, -bytes_of_pages(calendar->pages));
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
sim_calendar_init(SimCalendar *calendar, uint64_t *memory)
{
  *calendar = (SimCalendar){.today_ends = SIM_TIME_NEVER,
                            .in_sight = SIM_TIME_NEVER,
                            .far_next = SIM_TIME_NEVER,
                            .free_note = SIM_CALENDAR_NONE,
                            .memory = memory};
  sim_heap_init(&calendar->crowd, memory);
  sim_heap_init(&calendar->far, memory);
  pages_new(calendar, FEWEST_PAGES, FIRST_SHIFT);
}

void
sim_calendar_clear(SimCalendar *calendar)
{
  sim_heap_clear(&calendar->crowd);
  sim_heap_clear(&calendar->far);
  pages_free(calendar);
  count(calendar, -(int64_t)(calendar->note_capacity * sizeof *calendar->notes));
  g_free(calendar->notes);
  *calendar = (SimCalendar){0};
}

uint64_t
sim_calendar_room(const SimCalendar *calendar)
{
  return (uint64_t)SIM_CALENDAR_TODAY + calendar->crowd.capacity + calendar->note_capacity +
         calendar->far.capacity;
}

uint64_t
sim_calendar_bytes(const SimCalendar *calendar)
{
  uint64_t heaps = (uint64_t)calendar->crowd.capacity + calendar->far.capacity;
  return sizeof calendar->today + heaps * SIM_HEAP_ENTRY_BYTES +
         calendar->note_capacity * sizeof *calendar->notes +
         (uint64_t)bytes_of_pages(calendar->pages);
}

/* -- pages -- */

static SIM_RARE void
more_notes(SimCalendar *calendar)
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
  count(calendar, (int64_t)((now - before) * sizeof *calendar->notes));
  for (uint32_t i = now; i > before; i--) {
    poison(calendar, i - 1);
    calendar->notes[i - 1].next = calendar->free_note;
    calendar->free_note = i - 1;
  }
}

static inline uint32_t
page_of(const SimCalendar *calendar, SimTime time)
{
  return (uint32_t)((uint64_t)time >> calendar->shift) & (calendar->pages - 1);
}

/* On the page of its day, which is in sight. */
static inline void
write_down(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (G_UNLIKELY(calendar->free_note == SIM_CALENDAR_NONE))
    more_notes(calendar);
  uint32_t index = calendar->free_note, page = page_of(calendar, entry.time);
  SimCalendarNote *note = &calendar->notes[index];
  calendar->free_note = note->next;
  note->entry = entry;
  note->next = calendar->page[page];
  calendar->page[page] = index;
  calendar->written[page / PAGES_A_WORD] |= UINT64_C(1) << page % PAGES_A_WORD;
  calendar->noted++;
  entry.event->heap_index = index;
  entry.event->place = SIM_PLACE_PAGE;
}

static inline void
page_is_empty(SimCalendar *calendar, uint32_t page)
{
  calendar->page[page] = SIM_CALENDAR_NONE;
  calendar->written[page / PAGES_A_WORD] &= ~(UINT64_C(1) << page % PAGES_A_WORD);
}

/* Takes a note away, and returns the one behind it. */
static inline uint32_t
free_note(SimCalendar *calendar, uint32_t index)
{
  uint32_t next = calendar->notes[index].next;
  poison(calendar, index);
  calendar->notes[index].next = calendar->free_note;
  calendar->free_note = index;
  calendar->noted--;
  return next;
}

/* How many pages behind `from`, around the end, is the first that is not empty? There is one. */
static inline uint32_t
empty_pages(SimCalendar *calendar, uint32_t from)
{
  uint32_t word = from / PAGES_A_WORD, words = calendar->pages / PAGES_A_WORD;
  uint64_t bits = calendar->written[word] >> from % PAGES_A_WORD;
  if (G_LIKELY(bits != 0))
    return (uint32_t)__builtin_ctzll(bits);
  do {
    calendar->turned++;
    word = (word + 1) & (words - 1);
    bits = calendar->written[word];
  } while (bits == 0);
  uint32_t page = word * PAGES_A_WORD + (uint32_t)__builtin_ctzll(bits);
  return (page - from) & (calendar->pages - 1);
}

/* -- where an entry goes -- */

static inline bool
is_earlier(const SimCalendarEntry *a, const SimCalendarEntry *b)
{
  return a->time < b->time || (a->time == b->time && a->key < b->key);
}

/* In today's array, in which there is room. */
static inline void
sort_in(SimCalendar *calendar, SimCalendarEntry entry)
{
  SimCalendarEntry *at = &calendar->today[calendar->today_count++];
  for (; at > calendar->today && is_earlier(&at[-1], &entry); at--)
    *at = at[-1];
  *at = entry;
  entry.event->heap_index = 0; /* it is pending; where it stands is looked for when it has to go */
  entry.event->place = SIM_PLACE_TODAY;
}

static inline bool
has_room(const SimCalendar *calendar)
{
  return calendar->today_count < SIM_CALENDAR_TODAY && calendar->crowd.count == 0;
}

static void
put_crowd(SimCalendar *calendar, SimCalendarEntry entry)
{
  entry.event->place = SIM_PLACE_CROWD;
  sim_heap_insert(&calendar->crowd, entry.time, entry.key, entry.event);
}

/* For the day under way; without room in the array, all of today is a crowd. */
static inline void
put_today(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (G_LIKELY(has_room(calendar))) {
    sort_in(calendar, entry);
    return;
  }
  for (; calendar->today_count > 0; calendar->today_count--)
    put_crowd(calendar, calendar->today[calendar->today_count - 1]);
  put_crowd(calendar, entry);
}

static void
put_far(SimCalendar *calendar, SimCalendarEntry entry)
{
  entry.event->place = SIM_PLACE_FAR;
  calendar->far_next = MIN(calendar->far_next, entry.time);
  sim_heap_insert(&calendar->far, entry.time, entry.key, entry.event);
}

static SimCalendarEntry
take_far(SimCalendar *calendar)
{
  SimTime time = sim_heap_next(&calendar->far);
  uint64_t key = calendar->far.slots[0].key;
  SimCalendarEntry entry = {time, key, sim_heap_pop(&calendar->far)};
  calendar->far_next = sim_heap_next(&calendar->far);
  return entry;
}

static inline void
put(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (entry.time < calendar->today_ends)
    put_today(calendar, entry);
  else if (G_LIKELY(entry.time < calendar->in_sight))
    write_down(calendar, entry);
  else
    put_far(calendar, entry);
}

/* What has come into sight. */
static G_GNUC_NO_INLINE void
enter_far(SimCalendar *calendar)
{
  for (; calendar->far_next < calendar->in_sight; calendar->entered++)
    put(calendar, take_far(calendar));
}

/* -- how long days are -- */

static SimTime
end_of_day(SimTime time, unsigned shift)
{
  return ((MIN(time, LAST_SIGHT - 1) >> shift) + 1) << shift;
}

/* Each of a heap's entries once more; the heap is cleared. */
static void
put_heap_again(SimCalendar *calendar, SimHeap *heap)
{
  sim_heap_next(heap); /* closes the hole */
  for (uint32_t i = 0; i < heap->count; i++)
    put(calendar, (SimCalendarEntry){heap->times[i], heap->slots[i].key, heap->slots[i].event});
  sim_heap_clear(heap);
}

/* Everything once more, with new pages and an end of today, behind which nothing was before, or
 * SIM_TIME_NEVER. */
static SIM_RARE void
put_again(SimCalendar *calendar, uint32_t pages, unsigned shift, SimTime today_ends)
{
  SimCalendar old = *calendar;
  pages_new(calendar, pages, shift);
  calendar->today_ends = calendar->in_sight = today_ends;
  if (!all_is_today(calendar))
    today_ends_at(calendar, today_ends);
  calendar->today_count = 0;
  calendar->far_next = SIM_TIME_NEVER;
  sim_heap_init(&calendar->crowd, calendar->memory);
  sim_heap_init(&calendar->far, calendar->memory);
  for (uint32_t i = old.today_count; i > 0; i--)
    put(calendar, old.today[i - 1]);
  put_heap_again(calendar, &old.crowd);
  put_heap_again(calendar, &old.far);
  for (uint32_t page = 0; page < old.pages; page++)
    for (uint32_t index = old.page[page]; index != SIM_CALENDAR_NONE;) {
      SimCalendarEntry entry = calendar->notes[index].entry;
      index = free_note(calendar, index);
      put(calendar, entry);
    }
  pages_free(&old);
  look_again(calendar);
}

/* The shift with which `count` entries between two times are one or two a day. */
static unsigned
shift_for(SimTime from, SimTime to, uint32_t count)
{
  uint64_t day = (uint64_t)(MIN(to, LAST_SIGHT) - MIN(from, LAST_SIGHT)) / MAX(count, 1);
  return MIN(day == 0 ? 0 : 64 - (unsigned)__builtin_clzll(day), LONGEST_SHIFT);
}

/* All was today, and the array is full. */
static SIM_RARE void
begin_days(SimCalendar *calendar)
{
  uint32_t half = SIM_CALENDAR_TODAY / 2;
  SimTime first = calendar->today[SIM_CALENDAR_TODAY - 1].time;
  unsigned shift = shift_for(first, calendar->today[half].time, half);
  put_again(calendar, calendar->pages, shift, end_of_day(first, shift));
}

/* Very much is today: were shorter days better? */
static SIM_RARE void
look_at_crowd(SimCalendar *calendar)
{
  SimTime first = sim_heap_next(&calendar->crowd), last = first;
  for (uint32_t i = 0; i < calendar->crowd.count; i++)
    last = MAX(last, calendar->crowd.times[i]);
  unsigned shift = shift_for(first, last, calendar->crowd.count);
  calendar->crowd_to_look = FIRST_CROWD + 2 * calendar->crowd.count;
  if (shift + 1 < calendar->shift)
    put_again(calendar, calendar->pages, shift, end_of_day(first, shift));
}

/* Now and then: are days as long as two or three events take, and is the far heap still? Days that
 * are too full are cut, where that sends little to the far heap. Where much comes from there, more
 * days are kept in sight: by pages, as long as they are not twice what is pending, else by longer
 * days; and by longer days, too, where many empty pages are turned. */
static SIM_RARE void
fit(SimCalendar *calendar)
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
    put_again(calendar, FEWEST_PAGES, shift, SIM_TIME_NEVER);
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
    put_again(calendar, pages, shift, end_of_day(calendar->today_ends - 1, shift));
  else
    look_again(calendar);
}

/* -- the queue -- */

static G_GNUC_NO_INLINE SIM_HOT void
insert_crowded(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (all_is_today(calendar))
    begin_days(calendar);
  put(calendar, entry);
  if (calendar->crowd.count > 0 && --calendar->crowd_to_look == 0)
    look_at_crowd(calendar);
}

SIM_HOT void
sim_calendar_insert(SimCalendar *calendar, SimTime time, uint64_t key, SimEvent *event)
{
  SimCalendarEntry entry = {time, key, event};
  if (time >= calendar->today_ends) {
    put(calendar, entry);
    check(calendar);
    return;
  }
  calendar->straight++;
  if (G_LIKELY(has_room(calendar)))
    sort_in(calendar, entry);
  else
    insert_crowded(calendar, entry);
  check(calendar);
}

/* Nothing is in sight: the days go on where the far heap begins. Where there are none, today is one
 * moment, and what is far then comes with it. */
static SIM_RARE bool
go_far(SimCalendar *calendar)
{
  if (calendar->far.count == 0)
    return false;
  SimTime time = calendar->far_next;
  if (time >= LAST_SIGHT) {
    calendar->today_ends = calendar->in_sight = MIN(time, SIM_TIME_NEVER - 1) + 1;
    sort_in(calendar, take_far(calendar));
    enter_far(calendar);
  } else if (calendar->far.count <= SIM_CALENDAR_FEW) {
    put_again(calendar, FEWEST_PAGES, calendar->shift, SIM_TIME_NEVER);
  } else {
    today_ends_at(calendar, end_of_day(time, calendar->shift));
    enter_far(calendar);
  }
  return true;
}

/* The rest of today's page; what came into sight meanwhile; and a look, when it is time for it. */
static G_GNUC_NO_INLINE SIM_HOT void
settle_day(SimCalendar *calendar, uint32_t index)
{
  while (index != SIM_CALENDAR_NONE) {
    SimCalendarEntry entry = calendar->notes[index].entry;
    index = free_note(calendar, index);
    put_today(calendar, entry);
    calendar->more++;
  }
  enter_far(calendar);
  if (calendar->to_look == 0 || calendar->more > 4 * calendar->days)
    fit(calendar);
}

SIM_HOT bool
sim_calendar_turn(SimCalendar *calendar)
{
  if (G_UNLIKELY(calendar->noted == 0)) {
    bool some = calendar->crowd.count > 0 || go_far(calendar);
    check(calendar);
    return some;
  }
  if (G_UNLIKELY(calendar->crowd.count > 0))
    return true;
  uint64_t day = (uint64_t)calendar->today_ends >> calendar->shift;
  day += empty_pages(calendar, (uint32_t)day & (calendar->pages - 1));
  uint32_t page = (uint32_t)day & (calendar->pages - 1), index = calendar->page[page];
  today_ends_at(calendar, (SimTime)((day + 1) << calendar->shift));
  sort_in(calendar, calendar->notes[index].entry);
  page_is_empty(calendar, page);
  index = free_note(calendar, index);
  calendar->to_look--;
  if (index != SIM_CALENDAR_NONE || calendar->far_next < calendar->in_sight ||
      calendar->to_look == 0)
    settle_day(calendar, index);
  check(calendar);
  return true;
}

SIM_HOT void
sim_calendar_take(SimCalendar *calendar)
{
  if (G_LIKELY(calendar->today_count > 0))
    calendar->today[--calendar->today_count].event->heap_index = SIM_EVENT_IDLE;
  else
    sim_heap_pop(&calendar->crowd);
  check(calendar);
}

/* Out of today's array. */
static void
drop_from_today(SimCalendar *calendar, const SimEvent *event)
{
  uint32_t i = 0;
  while (i < calendar->today_count && calendar->today[i].event != event)
    i++;
  g_assert(i < calendar->today_count);
  for (calendar->today_count--; i < calendar->today_count; i++)
    calendar->today[i] = calendar->today[i + 1];
}

/* From the page that it stands on. */
static void
strike_out(SimCalendar *calendar, const SimEvent *event)
{
  uint32_t index = event->heap_index, page = page_of(calendar, calendar->notes[index].entry.time);
  uint32_t *link = &calendar->page[page];
  while (*link != index)
    link = &calendar->notes[*link].next;
  *link = free_note(calendar, index);
  if (calendar->page[page] == SIM_CALENDAR_NONE)
    page_is_empty(calendar, page);
}

void
sim_calendar_remove(SimCalendar *calendar, SimEvent *event)
{
  switch ((SimPlace)event->place) {
  case SIM_PLACE_TODAY:
    drop_from_today(calendar, event);
    break;
  case SIM_PLACE_CROWD:
    sim_heap_remove(&calendar->crowd, event);
    break;
  case SIM_PLACE_PAGE:
    strike_out(calendar, event);
    break;
  case SIM_PLACE_FAR:
    sim_heap_remove(&calendar->far, event);
    calendar->far_next = sim_heap_next(&calendar->far);
    break;
  }
  event->heap_index = SIM_EVENT_IDLE;
  check(calendar);
}
