/* calendar-private: what calendar.c (the queue) and calendar-fit.c (how long days are, and how many
 * are in sight) share: where an entry goes. Nobody else includes it. */
#pragma once

#include "sim/calendar.h"
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

/* calendar-fit.c: empty pages; frees them; what they take; counts what the calendar takes; more
 * room for notes. */
void calendar_pages_new(SimCalendar *calendar, uint32_t pages, unsigned shift);
void calendar_pages_free(SimCalendar *calendar);
int64_t calendar_bytes_of_pages(uint32_t pages);
void calendar_count(const SimCalendar *calendar, int64_t bytes);
SIM_RARE void calendar_more_notes(SimCalendar *calendar);
/* Everything once more, with new pages and an end of today, behind which nothing was before, or
 * SIM_TIME_NEVER. */
SIM_RARE void calendar_put_again(SimCalendar *calendar, uint32_t pages, unsigned shift,
                                 SimTime today_ends);
/* All was today, and the array is full. */
SIM_RARE void calendar_begin_days(SimCalendar *calendar);
/* Very much is today: were shorter days better? */
SIM_RARE void calendar_look_at_crowd(SimCalendar *calendar);
/* It is time to look whether days are as long as they should be. */
SIM_RARE void calendar_fit(SimCalendar *calendar);

/* calendar-lane.c: empty lanes; frees them; what they take. */
void calendar_lanes_init(SimCalendar *calendar);
void calendar_lanes_free(SimCalendar *calendar);
int64_t calendar_bytes_of_lanes(const SimCalendar *calendar);
/* False: it fits none. */
bool calendar_lane_put(SimCalendar *calendar, SimCalendarEntry entry);
SimTime calendar_lane_next(const SimCalendarLane *lane); /* SIM_TIME_NEVER: it is empty */
/* The first, which there is. */
SimCalendarEntry calendar_lane_take(SimCalendar *calendar, SimCalendarLane *lane);
/* An event that is in a lane no longer is. */
void calendar_lane_strike(SimCalendar *calendar, const SimEvent *event);

/* calendar.c: when the first of what is far is due; what has come into sight, to its page. */
void calendar_look_far(SimCalendar *calendar);
void calendar_enter_far(SimCalendar *calendar);

#ifdef SIM_HOSTILE

/* What is behind each change; of many, now and then. */
static inline void
calendar_check(SimCalendar *calendar)
{
  if (calendar->unchecked++ < sim_calendar_count(calendar) / CHECKED_AT_ONCE)
    return;
  calendar->unchecked = 0;
  sim_calendar_check(calendar);
}

static inline void
calendar_poison(SimCalendar *calendar, uint32_t note)
{
  calendar->notes[note].entry = SIM_CALENDAR_POISON;
}

#else

static inline void
calendar_check(SimCalendar *calendar)
{
}

static inline void
calendar_poison(SimCalendar *calendar, uint32_t note)
{
}

#endif

static inline void
calendar_today_ends_at(SimCalendar *calendar, SimTime time)
{
  calendar->today_ends = time;
  calendar->in_sight = MIN(time + calendar->span, LAST_SIGHT);
}

/* Of the day of `time`, with that shift. */
static inline SimTime
calendar_end_of_day(SimTime time, unsigned shift)
{
  return ((MIN(time, LAST_SIGHT - 1) >> shift) + 1) << shift;
}

static inline bool
calendar_all_is_today(const SimCalendar *calendar)
{
  return calendar->today_ends == SIM_TIME_NEVER;
}

static inline uint32_t
calendar_page_of(const SimCalendar *calendar, SimTime time)
{
  return (uint32_t)((uint64_t)time >> calendar->shift) & (calendar->pages - 1);
}

/* On the page of its day, which is in sight. */
static inline void
calendar_write_down(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (G_UNLIKELY(calendar->free_note == SIM_CALENDAR_NONE))
    calendar_more_notes(calendar);
  uint32_t index = calendar->free_note, page = calendar_page_of(calendar, entry.time);
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

/* Takes a note away, and returns the one behind it. */
static inline uint32_t
calendar_free_note(SimCalendar *calendar, uint32_t index)
{
  uint32_t next = calendar->notes[index].next;
  calendar_poison(calendar, index);
  calendar->notes[index].next = calendar->free_note;
  calendar->free_note = index;
  calendar->noted--;
  return next;
}

static inline bool
calendar_is_earlier(const SimCalendarEntry *a, const SimCalendarEntry *b)
{
  return a->time < b->time || (a->time == b->time && a->key < b->key);
}

/* In today's array, in which there is room. */
static inline void
calendar_sort_in(SimCalendar *calendar, SimCalendarEntry entry)
{
  SimCalendarEntry *at = &calendar->today[calendar->today_count++];
  for (; at > calendar->today && calendar_is_earlier(&at[-1], &entry); at--)
    *at = at[-1];
  *at = entry;
  entry.event->heap_index = 0; /* it is pending; where it stands is looked for when it has to go */
  entry.event->place = SIM_PLACE_TODAY;
}

static inline bool
calendar_has_room(const SimCalendar *calendar)
{
  return calendar->today_count < SIM_CALENDAR_TODAY && calendar->crowd.count == 0;
}

static inline void
calendar_put_crowd(SimCalendar *calendar, SimCalendarEntry entry)
{
  entry.event->place = SIM_PLACE_CROWD;
  sim_heap_insert(&calendar->crowd, entry.time, entry.key, entry.event);
}

/* For the day under way; without room in the array, all of today is a crowd. */
static inline void
calendar_put_today(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (G_LIKELY(calendar_has_room(calendar))) {
    calendar_sort_in(calendar, entry);
    return;
  }
  for (; calendar->today_count > 0; calendar->today_count--)
    calendar_put_crowd(calendar, calendar->today[calendar->today_count - 1]);
  calendar_put_crowd(calendar, entry);
}

static inline void
calendar_put_far(SimCalendar *calendar, SimCalendarEntry entry)
{
  calendar->far_next = MIN(calendar->far_next, entry.time);
  /* Behind the last day, keys count too. */
  if (entry.time < LAST_SIGHT && calendar_lane_put(calendar, entry))
    return;
  entry.event->place = SIM_PLACE_FAR;
  sim_heap_insert(&calendar->far, entry.time, entry.key, entry.event);
}

static inline void
calendar_put(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (entry.time < calendar->today_ends)
    calendar_put_today(calendar, entry);
  else if (G_LIKELY(entry.time < calendar->in_sight))
    calendar_write_down(calendar, entry);
  else
    calendar_put_far(calendar, entry);
}
