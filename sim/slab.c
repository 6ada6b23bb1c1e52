/* slab: free lists.
 *
 * Chunks double from 1 KiB to 256 KiB and are never given back before the slab is cleared, so the
 * memory of a run is that of its busiest moment. A fresh chunk is threaded in the order of
 * addresses; after that the list is last in, first out, which keeps the cache warm. Objects start
 * at a cache line when their size is a multiple of one.
 *
 * The hostile build (-Dhostile=true) has chunks of two objects and fills what is free with a value
 * that nobody may have changed when it is handed out again. */
#include "sim/slab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/lines.h"

#define ALIGNMENT 16
#define FIRST_CHUNK ((size_t)1 << 10)
#define LAST_CHUNK ((size_t)256 << 10)

void
sim_slab_init(SimSlab *slab, const char *name, size_t size, uint64_t *memory)
{
  *slab = (SimSlab){
      .name = name, .size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, .memory = memory};
  g_assert(slab->size > 0);
  slab->chunks = g_ptr_array_new_with_free_func(free);
}

static void
count(SimSlab *slab, size_t bytes)
{
  slab->bytes += bytes;
  if (slab->memory != NULL)
    *slab->memory += bytes;
}

#ifdef SIM_SLAB_MALLOC

static void *
take(SimSlab *slab)
{
  if (slab->live * slab->size > slab->bytes)
    count(slab, slab->size);
  return sim_lines_alloc(slab->size);
}

static void
give_back(SimSlab *slab, void *object)
{
  free(object);
}

#else

#ifdef SIM_HOSTILE

#define POISON 0xdb

/* Behind the word that the free list needs. */
static void
poison(const SimSlab *slab, void *object)
{
  memset((char *)object + sizeof(void *), POISON, slab->size - sizeof(void *));
}

/* Nobody may have written to what was free. */
static void
check_poison(const SimSlab *slab, const void *object)
{
  const unsigned char *bytes = object;
  for (size_t i = sizeof(void *); i < slab->size; i++)
    if (bytes[i] != POISON) {
      fprintf(stderr, "slab \"%s\": written to behind its end of life, at byte %zu\n", slab->name,
              i);
      abort();
    }
}

#else

static void
poison(const SimSlab *slab, void *object)
{
}

static void
check_poison(const SimSlab *slab, const void *object)
{
}

#endif

static SIM_RARE void
add_chunk(SimSlab *slab)
{
#ifdef SIM_HOSTILE
  size_t objects = 2;
#else
  size_t bytes = MIN(FIRST_CHUNK << MIN(slab->chunks->len, 16), LAST_CHUNK);
  size_t objects = MAX(bytes / slab->size, 1);
#endif
  char *chunk = sim_lines_alloc(objects * slab->size);
  g_ptr_array_add(slab->chunks, chunk);
  count(slab, objects * slab->size);
  for (size_t i = objects; i > 0; i--) {
    void **object = (void **)(void *)(chunk + (i - 1) * slab->size);
    *object = slab->free_list;
    slab->free_list = object;
    poison(slab, object);
  }
}

static void *
take(SimSlab *slab)
{
  if (G_UNLIKELY(slab->free_list == NULL))
    add_chunk(slab);
  void **object = slab->free_list;
  slab->free_list = *object;
  check_poison(slab, object);
  return object;
}

static void
give_back(SimSlab *slab, void *object)
{
  *(void **)object = slab->free_list;
  slab->free_list = object;
  poison(slab, object);
}

#endif

SIM_HOT void *
sim_slab_alloc(SimSlab *slab)
{
  uint64_t working = ++slab->live - slab->retired;
  if (working > slab->peak)
    slab->peak = working;
  return take(slab);
}

SIM_HOT void *
sim_slab_alloc_zero(SimSlab *slab)
{
  return memset(sim_slab_alloc(slab), 0, slab->size);
}

SIM_HOT void
sim_slab_free(SimSlab *slab, void *object)
{
  g_assert(slab->live > 0);
  slab->live--;
  give_back(slab, object);
}

void
sim_slab_clear(SimSlab *slab)
{
  if (slab->live > 0) {
    fprintf(stderr, "slab \"%s\": %" PRIu64 " still live\n", slab->name, slab->live);
    abort();
  }
  if (slab->memory != NULL)
    *slab->memory -= slab->bytes;
  g_ptr_array_unref(slab->chunks);
  *slab = (SimSlab){.name = slab->name};
}
