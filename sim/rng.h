/* rng: named streams of random numbers, counter-based (Philox 4x32-10 of Random123).
 *
 * A stream is keyed by the run's seed and its own name, so adding a flow or a link does not move
 * the numbers of another, and the variants of a study share common random numbers. A stream's
 * state is its position only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct SimRng {
  uint32_t key[2];   /* the seed */
  uint32_t name[2];  /* hash of the name: the upper half of the counter */
  uint64_t block;    /* next block of four words */
  uint32_t words[4]; /* the block under way */
  uint32_t left;     /* words of it not yet used */
  bool spare_ready;  /* the normal distribution makes two at a time */
  double spare;
} SimRng;

void sim_rng_init(SimRng *rng, uint64_t seed, const char *name);
/* A stream of its own for one of very many things, named by two numbers within a named stream. */
void sim_rng_init_within(SimRng *rng, const SimRng *stream, uint64_t a, uint64_t b);
uint32_t sim_rng_u32(SimRng *rng);
uint64_t sim_rng_u64(SimRng *rng);
double sim_rng_uniform(SimRng *rng);             /* [0, 1), 53 bits */
uint64_t sim_rng_below(SimRng *rng, uint64_t n); /* 0 ... n-1 without bias; n > 0 */
bool sim_rng_chance(SimRng *rng, double p);      /* true with probability p */
double sim_rng_exponential(SimRng *rng, double mean);
double sim_rng_normal(SimRng *rng, double mean, double deviation);
/* Pareto with the given mean: shape > 1, scale = mean (shape - 1) / shape. */
double sim_rng_pareto(SimRng *rng, double mean, double shape);

/* A 64-bit hash of `name`, the same everywhere and for good (it decides which numbers come). */
uint64_t sim_rng_hash(const char *name);
/* Keyed hash of a few words: Philox as a pseudo-random function (for RFC 6528 and the like). */
uint64_t sim_rng_mix(uint64_t key, uint64_t a, uint64_t b);
