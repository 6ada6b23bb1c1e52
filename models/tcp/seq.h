/* seq: sequence arithmetic modulo 2^32 (RFC 9293 3.4). Two numbers are compared by the sign of
 * their difference, which is right while they are less than 2^31 apart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline bool
seq_before(uint32_t a, uint32_t b)
{
  return (int32_t)(a - b) < 0;
}

static inline bool
seq_at_or_before(uint32_t a, uint32_t b)
{
  return (int32_t)(a - b) <= 0;
}

static inline bool
seq_after(uint32_t a, uint32_t b)
{
  return (int32_t)(a - b) > 0;
}

static inline bool
seq_at_or_after(uint32_t a, uint32_t b)
{
  return (int32_t)(a - b) >= 0;
}

static inline uint32_t
seq_max(uint32_t a, uint32_t b)
{
  return seq_after(a, b) ? a : b;
}
