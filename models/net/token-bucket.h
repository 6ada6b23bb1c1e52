/* token-bucket: so many bytes a second, and `burst` bytes at once.
 *
 * Kept as the time at which the bucket is full again, so that nothing is rounded and nothing has to
 * be filled up: a bucket that is full at `full` lacks rate (full - now) bytes (the generic cell
 * rate algorithm of ITU-T I.371). A packet conforms when the bucket then lacks at most `burst`.
 * The policer drops one that does not; the shaper lets it wait until it does. */
#pragma once

#include <stdbool.h>

#include "sim/time.h"

typedef struct TokenBucket {
  uint64_t rate;  /* bit/s; 0: there is no bucket */
  uint64_t burst; /* bytes */
  SimTime full;   /* when it is full if nobody takes anything; in the past: it is */
} TokenBucket;

static inline SimTime
token_bucket_after(const TokenBucket *bucket, SimTime now, uint32_t bytes)
{
  SimTime from = bucket->full > now ? bucket->full : now;
  return sim_time_add(from, sim_time_to_send(bytes, bucket->rate));
}

/* How long a packet of so many bytes has to wait. One that is larger than the bucket goes when the
 * bucket is full, and the bucket then lacks more than it holds. */
static inline SimTime
token_bucket_wait(const TokenBucket *bucket, SimTime now, uint32_t bytes)
{
  uint64_t room = bytes > bucket->burst ? bytes : bucket->burst;
  SimTime lacking = token_bucket_after(bucket, now, bytes) - now;
  SimTime deep = sim_time_to_send(room, bucket->rate);
  return lacking > deep ? lacking - deep : 0;
}

static inline void
token_bucket_take(TokenBucket *bucket, SimTime now, uint32_t bytes)
{
  bucket->full = token_bucket_after(bucket, now, bytes);
}

/* Takes the bytes if they are there. */
static inline bool
token_bucket_conforms(TokenBucket *bucket, SimTime now, uint32_t bytes)
{
  if (bytes > bucket->burst || token_bucket_wait(bucket, now, bytes) > 0)
    return false;
  token_bucket_take(bucket, now, bytes);
  return true;
}
