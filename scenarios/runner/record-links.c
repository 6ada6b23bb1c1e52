/* record-links: links.csv: what each direction of each link did, interval by interval.
 *
 * An interval covers what happens after its beginning up to and including its end; the first one
 * includes time 0. Everything is counted from the packets' events, so that the order of events is
 * not touched and the columns add up to the links' own counters exactly:
 * - with an interval given, rows are written when an event shows that a border has passed;
 * - else the run's length, and so the interval, is known at the end only. Till then each direction
 *   keeps what happened per tick: a tick is 2^shift ps, at first one, and only ticks in which
 *   something happened are kept. When there are too many, ticks become longer until half are left.
 *   At the end the interval is a whole number of ticks: exactly 1/200 of the run unless the run had
 *   so many packets that ticks were joined, and then the next whole tick above. */
#include <string.h>

#include "models/net/link.h"
#include "scenarios/runner/record-private.h"

#define HEADER                                                                                     \
  "time,link,queue_packets,queue_bytes,sent_bytes,sent_packets,dropped,marked,"                    \
  "delivered_packets,delivered_bytes"
#define ROW_ROOM 400 /* a direction's name and nine numbers */
#define ROW_BYTES 80 /* of an ordinary row: what is kept of the limit for each at the end */
#define INTERVALS 200
#define INTERVAL_MIN SIM_MILLISECOND
#define TICKS_MAX (128u * 1024) /* over all directions, and so many more for each: */
#define TICKS_MAX_A_LANE 2048u

typedef struct Tick {
  int64_t number; /* covers (number - 1, number] ticks; of an interval: unused */
  uint64_t sent_bytes, delivered_bytes;
  uint32_t sent_packets, delivered_packets, dropped, marked;
  uint32_t queue_packets; /* waiting at its end */
  uint64_t queue_bytes;
} Tick;

/* One direction. */
typedef struct Lane {
  const LinkDirection *direction; /* borrowed */
  uint32_t waiting_packets;
  uint64_t waiting_bytes;
  Tick now;      /* with a given interval: the one under way */
  GArray *ticks; /* of Tick, else; in order of time */
  guint cursor;  /* at the end: the first of `ticks` that was not yet written */
} Lane;

struct RecordLinks {
  CsvFile *file;    /* owned */
  GPtrArray *lanes; /* of Lane, owned; by the direction's number as an owner; NULL: none */
  guint lane_count;
  IdMap waiting;    /* packet in a queue -> its IP bytes */
  SimTime interval; /* 0: 1/200 of the run */
  SimTime border;   /* the end of the interval under way, when one is given */
  unsigned shift;   /* a tick is 1 << shift picoseconds */
  guint tick_count; /* over all lanes */
};

static void
lane_free(void *data)
{
  Lane *lane = data;
  if (lane == NULL)
    return;
  g_array_unref(lane->ticks);
  g_free(lane);
}

RecordLinks *
record_links_new(Record *record, GError **error)
{
  CsvFile *file = record_open(record, "links.csv", HEADER, error);
  if (file == NULL)
    return NULL;
  RecordLinks *links = g_new0(RecordLinks, 1);
  links->file = file;
  links->lanes = g_ptr_array_new_with_free_func(lane_free);
  links->interval = links->border = record->interval;
  return links;
}

bool
record_links_finish(RecordLinks *links, GError **error)
{
  bool good = csv_close(links->file, error);
  g_ptr_array_unref(links->lanes);
  id_map_clear(&links->waiting);
  g_free(links);
  return good;
}

/* NULL when nothing ever happened on it. */
static Lane *
find_lane(const RecordLinks *links, const LinkDirection *direction)
{
  guint index = direction->owner.id;
  return index < links->lanes->len ? g_ptr_array_index(links->lanes, index) : NULL;
}

/* Keeps so many bytes of the limit back, in place of those that were. */
static void
reserve(Record *record, uint64_t bytes)
{
  uint64_t free = record->left + record->reserved;
  record->reserved = MIN(bytes, free);
  record->left = free - record->reserved;
}

static Lane *
make_lane(Record *record, const LinkDirection *direction)
{
  RecordLinks *links = record->links;
  guint index = direction->owner.id;
  if (index >= links->lanes->len)
    g_ptr_array_set_size(links->lanes, (gint)index + 1);
  Lane *lane = g_new0(Lane, 1);
  lane->direction = direction;
  lane->ticks = g_array_new(FALSE, FALSE, sizeof(Tick));
  g_ptr_array_index(links->lanes, index) = lane;
  links->lane_count++;
  /* At most a tenth, so that a small limit is not all kept for this. */
  uint64_t rows = (uint64_t)2 * record->net->links->len * INTERVALS * ROW_BYTES;
  if (links->interval == 0)
    reserve(record, MIN(rows, record->limit / 10));
  return lane;
}

/* Writing. */

static void
write_row(Record *record, SimTime time, const LinkDirection *direction, const Tick *sums)
{
  CsvFile *file = record->links->file;
  char *at = csv_begin(file, ROW_ROOM);
  at = csv_put_time(file, at, time);
  *at++ = ',';
  at = csv_put_word(at, direction->name);
  const uint64_t cells[] = {sums->queue_packets,     sums->queue_bytes,    sums->sent_bytes,
                            sums->sent_packets,      sums->dropped,        sums->marked,
                            sums->delivered_packets, sums->delivered_bytes};
  for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
    *at++ = ',';
    at = csv_put_u64(at, cells[i]);
  }
  record_row(record, file, at);
}

/* Adds `next`, which is later, to `sums`. */
static void
add(Tick *sums, const Tick *next)
{
  sums->sent_bytes += next->sent_bytes;
  sums->sent_packets += next->sent_packets;
  sums->dropped += next->dropped;
  sums->marked += next->marked;
  sums->delivered_packets += next->delivered_packets;
  sums->delivered_bytes += next->delivered_bytes;
  sums->queue_packets = next->queue_packets;
  sums->queue_bytes = next->queue_bytes;
}

/* The sums of a lane's ticks that end by `border`, from its cursor on. */
static Tick
take_interval(Lane *lane, int64_t last_tick)
{
  Tick sums = {0};
  if (lane->cursor > 0) { /* the queue stands where it stood */
    const Tick *before = &g_array_index(lane->ticks, Tick, lane->cursor - 1);
    sums.queue_packets = before->queue_packets;
    sums.queue_bytes = before->queue_bytes;
  }
  for (; lane->cursor < lane->ticks->len; lane->cursor++) {
    const Tick *tick = &g_array_index(lane->ticks, Tick, lane->cursor);
    if (tick->number > last_tick)
      break;
    add(&sums, tick);
  }
  return sums;
}

/* A given interval is over: its sums, and the queue goes on. */
static Tick
take_now(Lane *lane)
{
  Tick sums = lane->now;
  sums.queue_packets = lane->waiting_packets;
  sums.queue_bytes = lane->waiting_bytes;
  lane->now = (Tick){0};
  return sums;
}

/* A row for each direction, in order of creation; `last_tick` when no interval is given. */
static void
write_rows(Record *record, SimTime border, int64_t last_tick)
{
  RecordLinks *links = record->links;
  for (guint i = 0; i < 2 * record->net->links->len; i++) {
    const Link *link = g_ptr_array_index(record->net->links, i / 2);
    const LinkDirection *direction = i % 2 == 0 ? &link->forward : &link->backward;
    Lane *lane = find_lane(links, direction);
    Tick sums = {0};
    if (lane != NULL)
      sums = links->interval != 0 ? take_now(lane) : take_interval(lane, last_tick);
    write_row(record, border, direction, &sums);
  }
}

/* Counting. */

/* How many bits two ticks' numbers have to lose until both are one: a tick of 2^n others has the
 * number ceil(number / 2^n), which is ((number - 1) >> n) + 1. */
static unsigned
bits_apart(const Tick *a, const Tick *b)
{
  uint64_t differ = (uint64_t)(a->number - 1) ^ (uint64_t)(b->number - 1);
  return 64 - (unsigned)__builtin_clzll(differ);
}

/* By how many bits ticks have to become longer for no more than `most` to be left. */
static unsigned
bits_to_lose(const RecordLinks *links, guint most)
{
  guint joined[65] = {
      0}; /* pairs of neighbours that become one with so many bits lost; 64: never */
  for (guint i = 0; i < links->lanes->len; i++) {
    const Lane *lane = g_ptr_array_index(links->lanes, i);
    for (guint k = 1; lane != NULL && k < lane->ticks->len; k++)
      joined[bits_apart(&g_array_index(lane->ticks, Tick, k - 1),
                        &g_array_index(lane->ticks, Tick, k))]++;
  }
  guint left = links->tick_count;
  unsigned bits = 0;
  while (left > most)
    left -= joined[++bits];
  return bits;
}

/* Joins neighbours of one lane that come into the same tick, as long now as 2^bits were. */
static void
join_lane(RecordLinks *links, Lane *lane, unsigned bits)
{
  GArray *ticks = lane->ticks;
  guint kept = 0;
  for (guint i = 0; i < ticks->len; i++) {
    Tick tick = g_array_index(ticks, Tick, i);
    tick.number = ((tick.number - 1) >> bits) + 1;
    Tick *last = kept > 0 ? &g_array_index(ticks, Tick, kept - 1) : NULL;
    if (last != NULL && last->number == tick.number)
      add(last, &tick);
    else
      g_array_index(ticks, Tick, kept++) = tick;
  }
  links->tick_count -= ticks->len - kept;
  g_array_set_size(ticks, kept);
}

static void
join_ticks(RecordLinks *links, guint most)
{
  unsigned bits = bits_to_lose(links, most / 2);
  links->shift += bits;
  for (guint i = 0; i < links->lanes->len; i++) {
    Lane *lane = g_ptr_array_index(links->lanes, i);
    if (lane != NULL)
      join_lane(links, lane, bits);
  }
}

/* Where what happens now on `lane` is counted. */
static Tick *
tick_now(RecordLinks *links, Lane *lane, SimTime time)
{
  if (links->interval != 0)
    return &lane->now;
  guint most = TICKS_MAX + TICKS_MAX_A_LANE * links->lane_count;
  if (G_UNLIKELY(links->tick_count >= most))
    join_ticks(links, most);
  int64_t number = (time + (INT64_C(1) << links->shift) - 1) >> links->shift;
  GArray *ticks = lane->ticks;
  if (ticks->len == 0 || g_array_index(ticks, Tick, ticks->len - 1).number != number) {
    Tick fresh = {.number = number};
    g_array_append_val(ticks, fresh);
    links->tick_count++;
  }
  return &g_array_index(ticks, Tick, ticks->len - 1);
}

static void
leave_queue(RecordLinks *links, Lane *lane, uint64_t packet)
{
  uint32_t bytes;
  if (!id_map_take(&links->waiting, packet, &bytes))
    return; /* lost after its transmission */
  lane->waiting_packets--;
  lane->waiting_bytes -= bytes;
}

G_GNUC_NO_INLINE void
record_links_packet(Record *record, const NetPacketRecord *event)
{
  RecordLinks *links = record->links;
  const LinkDirection *direction = event->direction;
  if (direction == NULL)
    return;
  while (links->interval != 0 && event->time > links->border && !record->truncated) {
    write_rows(record, links->border, 0);
    links->border = sim_time_add(links->border, links->interval);
  }
  Lane *lane = find_lane(links, direction);
  if (lane == NULL)
    lane = make_lane(record, direction);
  Tick *tick = tick_now(links, lane, event->time);
  uint32_t size = packet_size(event->packet);
  if (event->event == NET_PACKET_SEND) {
    tick->sent_packets++;
    tick->sent_bytes += size;
    id_map_put(&links->waiting, event->packet->id, size);
    lane->waiting_packets++;
    lane->waiting_bytes += size;
  } else if (event->event == NET_PACKET_TRANSMIT) {
    leave_queue(links, lane, event->packet->id);
  } else if (event->event == NET_PACKET_DROP) {
    tick->dropped++;
    leave_queue(links, lane, event->packet->id);
  } else if (event->event == NET_PACKET_MARK) {
    tick->marked++;
  } else if (event->event == NET_PACKET_RECEIVE) {
    tick->delivered_packets++;
    tick->delivered_bytes += size;
  }
  tick->queue_packets = lane->waiting_packets;
  tick->queue_bytes = lane->waiting_bytes;
}

static SimTime
default_interval(const RecordLinks *links, SimTime end)
{
  SimTime tick = INT64_C(1) << links->shift;
  SimTime interval = MAX((end + INTERVALS - 1) / INTERVALS, INTERVAL_MIN);
  return (interval + tick - 1) / tick * tick;
}

void
record_links_end(Record *record, SimTime end)
{
  RecordLinks *links = record->links;
  bool given = links->interval != 0;
  SimTime interval = given ? links->interval : default_interval(links, end);
  SimTime border = given ? links->border : interval;
  /* What was kept back for this file is there now, and a limit that was reached stands. */
  bool truncated = record->truncated;
  reserve(record, 0);
  record->truncated = given && truncated;
  for (; border < end && !record->truncated; border = sim_time_add(border, interval))
    write_rows(record, border, border >> links->shift);
  if (!record->truncated)
    write_rows(record, end, INT64_MAX); /* the last is shorter, or whole */
  record->truncated |= truncated;
}
