/* calendar-lane: what is far and comes in the order in which it is to fire.
 *
 * Timers of one length end in the order in which they begin: TIME-WAIT, keepalive, a
 * retransmission's at its least. Such an entry is written behind the last of a lane, and taken from
 * its front when its day comes into sight. In the heap its going alone would move log4(n) others,
 * each a write into another connection's memory. There are a few lanes, and an entry goes to the
 * one whose last is the latest that is not later, so that timers of different lengths keep to
 * different ones (patience sorting); what fits none goes to the heap.
 *
 * What is cancelled is struck out where it stands, so that the others need not move; the first and
 * the last of a lane are never struck out, and no more than half of a long one is. */
#include "sim/calendar-private.h"

#ifndef SIM_HOSTILE
#define FIRST_CAPACITY 64
#define LONG 64 /* entries, from which on a lane is closed up */
#else
#define FIRST_CAPACITY 1
#define LONG 3
#endif

#define NUMBERS (SIM_CALENDAR_NUMBERS - 1) /* as a mask */

static SimCalendarEntry *
entry_at(const SimCalendarLane *lane, uint32_t number)
{
  return &lane->entries[number & (lane->capacity - 1)];
}

/* The entry behind so many others. */
static SimCalendarEntry *
entry_behind(const SimCalendarLane *lane, uint32_t others)
{
  return entry_at(lane, lane->first + others);
}

void
calendar_lanes_init(SimCalendar *calendar)
{
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    calendar->lanes[i] = (SimCalendarLane){.last = -1};
}

void
calendar_lanes_free(SimCalendar *calendar)
{
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    g_free(calendar->lanes[i].entries);
  calendar_count(calendar, -calendar_bytes_of_lanes(calendar));
}

int64_t
calendar_bytes_of_lanes(const SimCalendar *calendar)
{
  int64_t bytes = 0;
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    bytes += (int64_t)(calendar->lanes[i].capacity * sizeof(SimCalendarEntry));
  return bytes;
}

static SIM_RARE void
grow(SimCalendar *calendar, SimCalendarLane *lane)
{
  SimCalendarLane old = *lane;
  g_assert(old.capacity <= NUMBERS / 2);
  lane->capacity = MAX(2 * old.capacity, FIRST_CAPACITY);
  lane->entries = g_new(SimCalendarEntry, lane->capacity);
  for (uint32_t i = 0; i < old.length; i++)
    *entry_behind(lane, i) = *entry_behind(&old, i);
  g_free(old.entries);
  calendar_count(calendar, (int64_t)((lane->capacity - old.capacity) * sizeof(SimCalendarEntry)));
}

/* The one whose last is the latest not behind `time`; NULL: each has later ones. */
static SimCalendarLane *
lane_for(SimCalendar *calendar, SimTime time)
{
  SimCalendarLane *best = NULL;
  for (SimCalendarLane *lane = calendar->lanes; lane < &calendar->lanes[SIM_CALENDAR_LANES]; lane++)
    if (lane->last <= time && (best == NULL || lane->last > best->last))
      best = lane;
  return best;
}

bool
calendar_lane_put(SimCalendar *calendar, SimCalendarEntry entry)
{
  SimCalendarLane *lane = lane_for(calendar, entry.time);
  if (lane == NULL)
    return false;
  if (G_UNLIKELY(lane->length == lane->capacity))
    grow(calendar, lane);
  uint32_t number = (lane->first + lane->length++) & NUMBERS;
  *entry_at(lane, number) = entry;
  lane->last = entry.time;
  entry.event->heap_index = number;
  entry.event->place = (uint8_t)(SIM_PLACE_LANE + (lane - calendar->lanes));
  calendar->in_lanes++;
  return true;
}

/* Neither end is struck out. */
static void
trim(SimCalendarLane *lane)
{
  for (; lane->length > 0 && entry_behind(lane, 0)->event == NULL; lane->length--, lane->struck--)
    lane->first = (lane->first + 1) & NUMBERS;
  while (lane->length > 0 && entry_behind(lane, lane->length - 1)->event == NULL) {
    lane->length--;
    lane->struck--;
  }
  lane->last = lane->length > 0 ? entry_behind(lane, lane->length - 1)->time : -1;
}

/* Those that are struck out go. */
static void
close_up(SimCalendarLane *lane)
{
  uint32_t kept = 0;
  for (uint32_t i = 0; i < lane->length; i++) {
    SimCalendarEntry entry = *entry_behind(lane, i);
    if (entry.event == NULL)
      continue;
    *entry_behind(lane, kept) = entry;
    entry.event->heap_index = (lane->first + kept++) & NUMBERS;
  }
  lane->length = kept;
  lane->struck = 0;
}

SimCalendarEntry
calendar_lane_take(SimCalendar *calendar, SimCalendarLane *lane)
{
  SimCalendarEntry entry = *entry_behind(lane, 0);
  lane->first = (lane->first + 1) & NUMBERS;
  lane->length--;
  calendar->in_lanes--;
  trim(lane);
  return entry;
}

void
calendar_lane_strike(SimCalendar *calendar, const SimEvent *event)
{
  SimCalendarLane *lane = &calendar->lanes[event->place - SIM_PLACE_LANE];
  entry_at(lane, event->heap_index)->event = NULL;
  lane->struck++;
  calendar->in_lanes--;
  trim(lane);
  if (lane->struck > lane->length / 2 && lane->length > LONG)
    close_up(lane);
}

SimTime
calendar_lane_next(const SimCalendarLane *lane)
{
  return lane->length > 0 ? entry_behind(lane, 0)->time : SIM_TIME_NEVER;
}
