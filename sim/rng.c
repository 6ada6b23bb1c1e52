/* rng: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * key = the seed; counter = (block number, hash of the stream's name), 64 bits each. Every block
 * gives four words. What turns words into distributions uses sim/math.h, not the C library, so
 * that a seed means the same run everywhere. */
#include "sim/rng.h"

#include <glib.h>
#include <math.h>

#include "sim/math.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#define WORDS 4

/* FNV-1a over the bytes, then the finaliser of splitmix64 so that similar names are far apart. */
uint64_t
sim_rng_hash(const char *name)
{
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *name != '\0'; name++)
    hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
  hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
  return hash ^ hash >> 31;
}

static void
block_make(const uint32_t key[2], uint64_t low, uint64_t high, uint32_t words[WORDS])
{
  philox4x32_ctr_t counter = {
      {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)}};
  philox4x32_key_t seed = {{key[0], key[1]}};
  philox4x32_ctr_t made = philox4x32(counter, seed);
  for (int i = 0; i < WORDS; i++)
    words[i] = made.v[i];
}

void
sim_rng_init(SimRng *rng, uint64_t seed, const char *name)
{
  uint64_t hash = sim_rng_hash(name);
  *rng = (SimRng){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                  .name = {(uint32_t)hash, (uint32_t)(hash >> 32)}};
}

void
sim_rng_init_within(SimRng *rng, const SimRng *stream, uint64_t a, uint64_t b)
{
  uint64_t hash = sim_rng_mix((uint64_t)stream->name[1] << 32 | stream->name[0], a, b);
  *rng = (SimRng){.key = {stream->key[0], stream->key[1]},
                  .name = {(uint32_t)hash, (uint32_t)(hash >> 32)}};
}

uint32_t
sim_rng_u32(SimRng *rng)
{
  if (rng->left == 0) {
    block_make(rng->key, rng->block++, (uint64_t)rng->name[1] << 32 | rng->name[0], rng->words);
    rng->left = WORDS;
  }
  return rng->words[WORDS - rng->left--];
}

uint64_t
sim_rng_u64(SimRng *rng)
{
  uint64_t low = sim_rng_u32(rng);
  return (uint64_t)sim_rng_u32(rng) << 32 | low;
}

double
sim_rng_uniform(SimRng *rng)
{
  return (double)(sim_rng_u64(rng) >> 11) * 0x1p-53;
}

/* Lemire's method: the upper half of a 128-bit product, and the few values that would come once
 * too often are drawn again. */
uint64_t
sim_rng_below(SimRng *rng, uint64_t n)
{
  __extension__ typedef unsigned __int128 Product;
  g_assert(n > 0);
  Product product = (Product)sim_rng_u64(rng) * n;
  if ((uint64_t)product < n) {
    uint64_t surplus = -n % n; /* 2^64 mod n */
    while ((uint64_t)product < surplus)
      product = (Product)sim_rng_u64(rng) * n;
  }
  return (uint64_t)(product >> 64);
}

/* One number is drawn whatever p is, so that variants of a study that differ in p stay in step. */
bool
sim_rng_chance(SimRng *rng, double p)
{
  return sim_rng_uniform(rng) < p;
}

double
sim_rng_exponential(SimRng *rng, double mean)
{
  return -mean * sim_log(1 - sim_rng_uniform(rng)); /* (0, 1], so never the log of 0 */
}

/* Marsaglia's polar method: a point in the unit disc gives two independent values. */
double
sim_rng_normal(SimRng *rng, double mean, double deviation)
{
  if (rng->spare_ready) {
    rng->spare_ready = false;
    return mean + deviation * rng->spare;
  }
  double x, y, square;
  do {
    x = 2 * sim_rng_uniform(rng) - 1;
    y = 2 * sim_rng_uniform(rng) - 1;
    square = x * x + y * y;
  } while (square >= 1 || square <= 0);
  double factor = sqrt(-2 * sim_log(square) / square);
  rng->spare = y * factor;
  rng->spare_ready = true;
  return mean + deviation * (x * factor);
}

double
sim_rng_pareto(SimRng *rng, double mean, double shape)
{
  g_assert(shape > 1); /* a smaller one has no mean */
  double scale = mean * (shape - 1) / shape;
  return scale * sim_pow(1 - sim_rng_uniform(rng), -1 / shape);
}

uint64_t
sim_rng_mix(uint64_t key, uint64_t a, uint64_t b)
{
  uint32_t words[WORDS];
  block_make((uint32_t[2]){(uint32_t)key, (uint32_t)(key >> 32)}, a, b, words);
  return (uint64_t)words[1] << 32 | words[0];
}
