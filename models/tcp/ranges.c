/* ranges: see the header. Insertion is linear in the number of holes, which is small. */
#include "models/tcp/ranges.h"

#include <glib.h>
#include <string.h>

void
ranges_clear(TcpRanges *ranges)
{
  g_free(ranges->items);
  *ranges = (TcpRanges){0};
}

static void
remove_items(TcpRanges *ranges, uint32_t at, uint32_t n)
{
  memmove(ranges->items + at, ranges->items + at + n, (ranges->count - at - n) * sizeof(TcpRange));
  ranges->count -= n;
}

TcpRange
ranges_add(TcpRanges *ranges, uint64_t start, uint64_t end)
{
  uint32_t at = ranges->count;
  while (at > 0 && ranges->items[at - 1].end >= start)
    at--;
  /* Everything from `at` that begins at or before `end` becomes one with the new range. */
  uint32_t n = 0;
  while (at + n < ranges->count && ranges->items[at + n].start <= end) {
    start = MIN(start, ranges->items[at + n].start);
    end = MAX(end, ranges->items[at + n].end);
    n++;
  }
  if (n > 0) {
    remove_items(ranges, at, n - 1);
  } else {
    if (ranges->count == ranges->capacity) {
      ranges->capacity = MAX(4, ranges->capacity * 2);
      ranges->items = g_renew(TcpRange, ranges->items, ranges->capacity);
    }
    memmove(ranges->items + at + 1, ranges->items + at, (ranges->count - at) * sizeof(TcpRange));
    ranges->count++;
  }
  ranges->items[at] = (TcpRange){start, end};
  return ranges->items[at];
}

bool
ranges_advance(TcpRanges *ranges, uint64_t position, uint64_t *end)
{
  bool reached = false;
  uint32_t n = 0;
  while (n < ranges->count && ranges->items[n].start <= position) {
    if (ranges->items[n].end > position) {
      *end = ranges->items[n].end;
      reached = true;
    }
    n++;
  }
  if (n > 0)
    remove_items(ranges, 0, n);
  return reached;
}

bool
ranges_find(const TcpRanges *ranges, uint64_t position, TcpRange *found)
{
  for (uint32_t i = 0; i < ranges->count; i++)
    if (ranges->items[i].start <= position && position < ranges->items[i].end) {
      *found = ranges->items[i];
      return true;
    }
  return false;
}

uint64_t
ranges_bytes(const TcpRanges *ranges)
{
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < ranges->count; i++)
    bytes += ranges->items[i].end - ranges->items[i].start;
  return bytes;
}
