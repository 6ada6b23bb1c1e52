/* calendar: pages, today, and what is far. See calendar.h for the idea.
 *
 * What an event costs: a note taken from the free list and put on its page (that is all that
 * scheduling does, as a rule); when today is over, the next page with something on it is found by a
 * bit a page, and what stands there is today. */
#include "sim/calendar.h"

#include "sim/calendar-private.h"

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
  calendar_lanes_init(calendar);
  calendar_pages_new(calendar, FEWEST_PAGES, FIRST_SHIFT);
}

void
sim_calendar_clear(SimCalendar *calendar)
{
  sim_heap_clear(&calendar->crowd);
  sim_heap_clear(&calendar->far);
  calendar_lanes_free(calendar);
  calendar_pages_free(calendar);
  calendar_count(calendar, -(int64_t)(calendar->note_capacity * sizeof *calendar->notes));
  g_free(calendar->notes);
  *calendar = (SimCalendar){0};
}

uint64_t
sim_calendar_room(const SimCalendar *calendar)
{
  uint64_t room = (uint64_t)SIM_CALENDAR_TODAY + calendar->crowd.capacity +
                  calendar->note_capacity + calendar->far.capacity;
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    room += calendar->lanes[i].capacity;
  return room;
}

uint64_t
sim_calendar_bytes(const SimCalendar *calendar)
{
  uint64_t heaps = (uint64_t)calendar->crowd.capacity + calendar->far.capacity;
  return sizeof calendar->today + heaps * SIM_HEAP_ENTRY_BYTES +
         calendar->note_capacity * sizeof *calendar->notes +
         (uint64_t)calendar_bytes_of_pages(calendar->pages) +
         (uint64_t)calendar_bytes_of_lanes(calendar);
}

static inline void
page_is_empty(SimCalendar *calendar, uint32_t page)
{
  calendar->page[page] = SIM_CALENDAR_NONE;
  calendar->written[page / PAGES_A_WORD] &= ~(UINT64_C(1) << page % PAGES_A_WORD);
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

void
calendar_look_far(SimCalendar *calendar)
{
  SimTime next = sim_heap_next(&calendar->far);
  for (uint32_t i = 0; i < SIM_CALENDAR_LANES; i++)
    next = MIN(next, calendar_lane_next(&calendar->lanes[i]));
  calendar->far_next = next;
}

static SimCalendarEntry
take_far_heap(SimCalendar *calendar)
{
  SimTime time = sim_heap_next(&calendar->far);
  uint64_t key = calendar->far.slots[0].key;
  return (SimCalendarEntry){time, key, sim_heap_pop(&calendar->far)};
}

/* One of those that are due then: before the last day, which of them does not matter. */
static SimCalendarEntry
take_far(SimCalendar *calendar)
{
  SimCalendarLane *lane = calendar->lanes, *end = &calendar->lanes[SIM_CALENDAR_LANES];
  while (lane < end && (lane->length == 0 || calendar_lane_next(lane) != calendar->far_next))
    lane++;
  SimCalendarEntry entry =
      lane < end ? calendar_lane_take(calendar, lane) : take_far_heap(calendar);
  calendar_look_far(calendar);
  return entry;
}

G_GNUC_NO_INLINE void
calendar_enter_far(SimCalendar *calendar)
{
  for (; calendar->far_next < calendar->in_sight; calendar->entered++)
    calendar_put(calendar, take_far(calendar));
}

/* -- the queue -- */

static void
put_in_crowd(SimCalendar *calendar, SimCalendarEntry entry)
{
  if (calendar_all_is_today(calendar))
    calendar_begin_days(calendar);
  calendar_put(calendar, entry);
  if (calendar->crowd.count > 0 && --calendar->crowd_to_look == 0)
    calendar_look_at_crowd(calendar);
}

/* A crowd, a time that is out of sight, or no note is left. */
static G_GNUC_NO_INLINE SIM_HOT void
insert_anywhere(SimCalendar *calendar, SimTime time, uint64_t key, SimEvent *event)
{
  SimCalendarEntry entry = {time, key, event};
  if (time >= calendar->today_ends) {
    calendar_put(calendar, entry);
  } else {
    calendar->straight++;
    put_in_crowd(calendar, entry);
  }
  calendar_check(calendar);
}

/* As a rule nothing is called here, so that nothing has to be kept on the stack. */
SIM_HOT void
sim_calendar_insert(SimCalendar *calendar, SimTime time, uint64_t key, SimEvent *event)
{
  SimCalendarEntry entry = {time, key, event};
  if (time >= calendar->today_ends) {
    if (G_UNLIKELY(time >= calendar->in_sight || calendar->free_note == SIM_CALENDAR_NONE)) {
      insert_anywhere(calendar, time, key, event);
      return;
    }
    calendar_write_down(calendar, entry);
  } else {
    if (G_UNLIKELY(!calendar_has_room(calendar))) {
      insert_anywhere(calendar, time, key, event);
      return;
    }
    calendar->straight++;
    calendar_sort_in(calendar, entry);
  }
  calendar_check(calendar);
}

/* Nothing is in sight: the days go on where what is far begins. Where there are none, today is one
 * moment, and what is far then comes with it. */
static SIM_RARE bool
go_far(SimCalendar *calendar)
{
  uint32_t count = calendar->far.count + calendar->in_lanes;
  if (count == 0)
    return false;
  SimTime time = calendar->far_next;
  if (time >= LAST_SIGHT) {
    calendar->today_ends = calendar->in_sight = MIN(time, SIM_TIME_NEVER - 1) + 1;
    calendar_sort_in(calendar, take_far(calendar));
    calendar_enter_far(calendar);
  } else if (count <= SIM_CALENDAR_FEW) {
    calendar_put_again(calendar, FEWEST_PAGES, calendar->shift, SIM_TIME_NEVER);
  } else {
    calendar_today_ends_at(calendar, calendar_end_of_day(time, calendar->shift));
    calendar_enter_far(calendar);
  }
  return true;
}

/* The rest of today's page; what came into sight meanwhile; and a look, when it is time for it. */
static G_GNUC_NO_INLINE SIM_HOT void
settle_day(SimCalendar *calendar, uint32_t index)
{
  while (index != SIM_CALENDAR_NONE) {
    SimCalendarEntry entry = calendar->notes[index].entry;
    index = calendar_free_note(calendar, index);
    calendar_put_today(calendar, entry);
    calendar->more++;
  }
  calendar_enter_far(calendar);
  if (calendar->to_look == 0 || calendar->more > 4 * calendar->days)
    calendar_fit(calendar);
}

SIM_HOT bool
sim_calendar_turn(SimCalendar *calendar)
{
  if (G_UNLIKELY(calendar->noted == 0)) {
    bool some = calendar->crowd.count > 0 || go_far(calendar);
    calendar_check(calendar);
    return some;
  }
  if (G_UNLIKELY(calendar->crowd.count > 0))
    return true;
  uint64_t day = (uint64_t)calendar->today_ends >> calendar->shift;
  day += empty_pages(calendar, (uint32_t)day & (calendar->pages - 1));
  uint32_t page = (uint32_t)day & (calendar->pages - 1), index = calendar->page[page];
  calendar_today_ends_at(calendar, (SimTime)((day + 1) << calendar->shift));
  calendar_sort_in(calendar, calendar->notes[index].entry);
  page_is_empty(calendar, page);
  index = calendar_free_note(calendar, index);
  calendar->to_look--;
  if (index != SIM_CALENDAR_NONE || calendar->far_next < calendar->in_sight ||
      calendar->to_look == 0)
    settle_day(calendar, index);
  calendar_check(calendar);
  return true;
}

SIM_HOT void
sim_calendar_take(SimCalendar *calendar, SimEvent *first)
{
  if (G_LIKELY(calendar->today_count > 0)) {
    calendar->today_count--;
    first->heap_index = SIM_EVENT_IDLE;
  } else {
    sim_heap_pop(&calendar->crowd);
  }
  calendar_check(calendar);
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
  uint32_t index = event->heap_index,
           page = calendar_page_of(calendar, calendar->notes[index].entry.time);
  uint32_t *link = &calendar->page[page];
  while (*link != index)
    link = &calendar->notes[*link].next;
  *link = calendar_free_note(calendar, index);
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
    calendar_look_far(calendar);
    break;
  case SIM_PLACE_LANE:
  default:
    calendar_lane_strike(calendar, event);
    calendar_look_far(calendar);
    break;
  }
  event->heap_index = SIM_EVENT_IDLE;
  calendar_check(calendar);
}
