/* slab: objects of one size, from a free list, counted.
 *
 * Allocation costs about two nanoseconds and returns zeroed memory only on request. The number of
 * live objects must be zero when the slab is cleared; a test fails otherwise. Built with
 * SIM_SLAB_MALLOC (-Dsanitize=true) every object is a malloc of its own, for AddressSanitizer. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/hot.h"

typedef struct SimSlab {
  const char *name;  /* for messages: "packet" */
  size_t size;       /* bytes an object, a multiple of 16 */
  void *free_list;   /* linked through the first word */
  GPtrArray *chunks; /* owned blocks of growing size */
  uint64_t *memory;  /* bytes of all that count there; NULL: nobody counts */
  uint64_t bytes;    /* of all chunks */
  uint64_t live;     /* objects handed out and not yet freed */
  uint64_t retired;  /* of them: their work is over, and only who holds them keeps them */
  uint64_t peak; /* most of the others at one time: when the held ones go may be chance, as where
                    Lua's collector decides */
} SimSlab;

/* What it takes is added to *memory, which outlives it (NULL: not counted). */
void sim_slab_init(SimSlab *slab, const char *name, size_t size, uint64_t *memory);
void *sim_slab_alloc(SimSlab *slab);      /* uninitialised; never NULL */
void *sim_slab_alloc_zero(SimSlab *slab); /* zeroed */
void sim_slab_free(SimSlab *slab, void *object);

/* One more object has done its work; one that had is about to be freed. */
static inline void
sim_slab_retire(SimSlab *slab)
{
  slab->retired++;
}

static inline void
sim_slab_unretire(SimSlab *slab)
{
  slab->retired--;
}

/* Frees the memory. Objects still live are a leak: says so with the name and stops. */
void sim_slab_clear(SimSlab *slab);
