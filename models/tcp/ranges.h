/* ranges: which bytes beyond the next expected one have arrived.
 *
 * A sorted array of disjoint, non-touching [start, end) in 64-bit stream positions. It is empty
 * on a path that neither loses nor reorders, and then costs nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct TcpRange {
  uint64_t start, end; /* stream positions, [start, end) */
} TcpRange;

typedef struct TcpRanges {
  TcpRange *items; /* owned; NULL while empty */
  uint32_t count, capacity;
} TcpRanges;

void ranges_clear(TcpRanges *ranges);
/* Adds [start, end), merging what it overlaps or touches; returns the range that holds it now. */
TcpRange ranges_add(TcpRanges *ranges, uint64_t start, uint64_t end);
/* Removes what lies below `position`; true when a range began at or below it: then *end is how far
 * it reaches (and that range is gone too). */
bool ranges_advance(TcpRanges *ranges, uint64_t position, uint64_t *end);
/* The range that holds `position`, if any. */
bool ranges_find(const TcpRanges *ranges, uint64_t position, TcpRange *found);
uint64_t ranges_bytes(const TcpRanges *ranges);
