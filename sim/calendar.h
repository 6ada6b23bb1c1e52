/* calendar: the event queue: what is pending, in the order in which it is to fire.
 *
 * A calendar queue (R. Brown, "Calendar queues", CACM 31(10), 1988) whose days are small: nearly
 * all that is scheduled lies in the near future, and is put on the page of its day without being
 * sorted. Only today is in order, in a short array. What lies beyond the last page waits in a lane,
 * if it comes in the order of its times (calendar-lane.c), else in a heap, and is entered as its
 * day comes into sight. So an event costs the same whether a hundred or a million are pending, and
 * no event but its own is touched by it. While no more than a few are pending, all of them are
 * today, and the array is the whole queue. Days are as long as an event or two take, and there are
 * as many pages as keep the far heap still, by counting now and then what went where (calendar.c,
 * "fit"). When a guess is wrong, or very much happens at one time, today is in a heap as well
 * (`crowd`), and costs what a heap costs.
 *
 * Order: by time, then key. Keys are unique among what is pending, so the order does not depend on
 * where an entry waited, nor on when the days' length was changed.
 * Invariants: all that is earlier than today_ends is in `today`, the latest first, or in `crowd`,
 * of which one is empty; page n & (pages - 1) holds exactly what has time >> shift == n and is not
 * today, for the days from today_ends to in_sight; the rest is in `far`, or in `lanes`, each in the
 * order of times. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/heap.h"
#include "sim/time.h"

struct SimEvent;

/* The most that today's array holds; so few that everything is today. */
#ifndef SIM_HOSTILE
#define SIM_CALENDAR_TODAY 24
#define SIM_CALENDAR_FEW 8
#define SIM_CALENDAR_LANES 4
#else
#define SIM_CALENDAR_TODAY 3
#define SIM_CALENDAR_FEW 2
#define SIM_CALENDAR_LANES 2
#endif

typedef struct SimCalendarEntry {
  SimTime time;
  uint64_t key;
  struct SimEvent *event;
} SimCalendarEntry;

/* On a page, or in the list of those that are free. */
typedef struct SimCalendarNote {
  SimCalendarEntry entry;
  uint32_t next; /* index of a note; SIM_CALENDAR_NONE: the last */
} SimCalendarNote;

/* A ring of entries in the order of their times, numbered around the end of what is below
 * SIM_CALENDAR_NUMBERS, so that no number is SIM_EVENT_IDLE; of those that are struck out the event
 * is NULL. */
#define SIM_CALENDAR_NUMBERS (UINT32_C(1) << 31)
typedef struct SimCalendarLane {
  SimCalendarEntry *entries; /* owned; number n stands at n & (capacity - 1) */
  uint32_t capacity;         /* a power of two; 0: none yet */
  uint32_t first;            /* the first one's number */
  uint32_t length;           /* from the first to the last */
  uint32_t struck;           /* of these, struck out */
  SimTime last;              /* of the last; -1: it is empty */
} SimCalendarLane;

#define SIM_CALENDAR_NONE UINT32_MAX
/* What a free note holds in a hostile build. */
#define SIM_CALENDAR_POISON ((SimCalendarEntry){-1, UINT64_MAX, NULL})

typedef struct SimCalendar {
  uint32_t today_count;
  uint32_t noted;         /* on pages */
  SimTime today_ends;     /* SIM_TIME_NEVER while all is today */
  SimTime in_sight;       /* today_ends and all pages, as far as time is divided into days */
  SimTime far_next;       /* of the first in `far` and `lanes`; SIM_TIME_NEVER: none */
  uint32_t *page;         /* owned; the first note of each; SIM_CALENDAR_NONE: empty */
  uint64_t *written;      /* owned; a bit a page: it is not empty */
  SimCalendarNote *notes; /* owned */
  uint32_t free_note;     /* SIM_CALENDAR_NONE: none */
  uint32_t note_capacity;
  unsigned shift; /* a day is 2^shift ps */
  uint32_t pages; /* a power of two, at least 64 */
  SimTime span;   /* of all pages */
  SimHeap crowd;
  SimHeap far;
  SimCalendarLane lanes[SIM_CALENDAR_LANES];
  uint32_t in_lanes;                          /* not struck out */
  SimCalendarEntry today[SIM_CALENDAR_TODAY]; /* the first to fire is the last */

  /* since the last look at what follows */
  uint32_t to_look;       /* days that have to begin until the next one */
  uint32_t days;          /* after so many it comes, or four times as many of `more` */
  uint32_t straight;      /* scheduled for the day under way */
  uint32_t more;          /* notes behind the first of their page, when its day began */
  uint32_t turned;        /* words of `written` in which nothing was found */
  uint32_t entered;       /* of what was far */
  uint32_t crowd_to_look; /* insertions into the crowd until it is looked at */

  uint64_t *memory; /* bytes of all that count there; NULL: nobody counts */
#ifdef SIM_HOSTILE
  uint32_t unchecked; /* changes since it was looked at as a whole */
#endif
} SimCalendar;

/* What it takes is added to *memory, which outlives it (NULL: not counted). */
void sim_calendar_init(SimCalendar *calendar, uint64_t *memory);
void sim_calendar_clear(SimCalendar *calendar); /* frees it; the events are not touched */
/* `key` is below UINT64_MAX and unique among what is pending. */
void sim_calendar_insert(SimCalendar *calendar, SimTime time, uint64_t key, struct SimEvent *event);
/* It is pending (asserted). */
void sim_calendar_remove(SimCalendar *calendar, struct SimEvent *event);
/* Begins the next day when today is over; false when nothing is pending. */
bool sim_calendar_turn(SimCalendar *calendar);
/* Takes out `first`, which sim_calendar_first() has just returned. */
void sim_calendar_take(SimCalendar *calendar, struct SimEvent *first);

/* Whether all of it is as said above (asserted): for tests, and at each change in a hostile build.
 */
void sim_calendar_check(const SimCalendar *calendar);

/* How many entries it has room for, and the bytes of all of it. */
uint64_t sim_calendar_room(const SimCalendar *calendar);
uint64_t sim_calendar_bytes(const SimCalendar *calendar);

static inline uint32_t
sim_calendar_count(const SimCalendar *calendar)
{
  return calendar->today_count + calendar->crowd.count + calendar->noted + calendar->far.count +
         calendar->in_lanes;
}

/* The first entry's event, and its time; NULL and SIM_TIME_NEVER when nothing is pending. */
static inline struct SimEvent *
sim_calendar_first(SimCalendar *calendar, SimTime *time)
{
  *time = SIM_TIME_NEVER;
  if (G_UNLIKELY(calendar->today_count == 0) && !sim_calendar_turn(calendar))
    return NULL;
  if (G_UNLIKELY(calendar->today_count == 0)) {
    *time = sim_heap_next(&calendar->crowd);
    return calendar->crowd.slots[0].event;
  }
  const SimCalendarEntry *first = &calendar->today[calendar->today_count - 1];
  *time = first->time;
  return first->event;
}

/* The first entry's key; behind sim_calendar_first(), which has found one. */
static inline uint64_t
sim_calendar_first_key(const SimCalendar *calendar)
{
  return calendar->today_count > 0 ? calendar->today[calendar->today_count - 1].key
                                   : calendar->crowd.slots[0].key;
}
