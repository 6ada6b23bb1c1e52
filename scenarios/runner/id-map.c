/* id-map: at most half full, so that a search ends soon. */
#include "scenarios/runner/id-map.h"

#include <glib.h>

#define FIRST_CAPACITY 64u

/* The upper half of a product with 2^64 / golden ratio: neighbours come apart. */
static uint32_t
home_of(const IdMap *map, uint64_t key)
{
  return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & map->mask;
}

/* The slot of `key`, or the empty one where it would go. */
static uint32_t
find_slot(const IdMap *map, uint64_t key)
{
  uint32_t slot = home_of(map, key);
  while (map->entries[slot].key != key && map->entries[slot].key != 0)
    slot = (slot + 1) & map->mask;
  return slot;
}

static void
grow(IdMap *map)
{
  IdMap old = *map;
  uint32_t capacity = old.entries == NULL ? FIRST_CAPACITY : 2 * (old.mask + 1);
  map->entries = g_new0(IdMapEntry, capacity);
  map->mask = capacity - 1;
  for (uint32_t i = 0; old.entries != NULL && i <= old.mask; i++)
    if (old.entries[i].key != 0)
      map->entries[find_slot(map, old.entries[i].key)] = old.entries[i];
  g_free(old.entries);
}

void
id_map_clear(IdMap *map)
{
  g_free(map->entries);
  *map = (IdMap){0};
}

bool
id_map_get(const IdMap *map, uint64_t key, uint32_t *value)
{
  if (map->count == 0)
    return false;
  const IdMapEntry *entry = &map->entries[find_slot(map, key)];
  if (entry->key == 0)
    return false;
  *value = entry->value;
  return true;
}

void
id_map_put(IdMap *map, uint64_t key, uint32_t value)
{
  g_assert(key != 0);
  if (map->entries == NULL || 2 * map->count > map->mask)
    grow(map);
  IdMapEntry *entry = &map->entries[find_slot(map, key)];
  map->count += entry->key == 0;
  *entry = (IdMapEntry){.key = key, .value = value};
}

void
id_map_each(const IdMap *map, void (*fn)(uint64_t key, uint32_t value, void *data), void *data)
{
  for (uint32_t i = 0; map->entries != NULL && i <= map->mask; i++)
    if (map->entries[i].key != 0)
      fn(map->entries[i].key, map->entries[i].value, data);
}

bool
id_map_take(IdMap *map, uint64_t key, uint32_t *value)
{
  if (map->count == 0)
    return false;
  uint32_t hole = find_slot(map, key);
  if (map->entries[hole].key == 0)
    return false;
  if (value != NULL)
    *value = map->entries[hole].value;
  /* What stands behind the hole moves into it unless its home lies between the two. */
  for (uint32_t next = (hole + 1) & map->mask; map->entries[next].key != 0;
       next = (next + 1) & map->mask) {
    uint32_t home = home_of(map, map->entries[next].key);
    if (((next - home) & map->mask) < ((next - hole) & map->mask))
      continue;
    map->entries[hole] = map->entries[next];
    hole = next;
  }
  map->entries[hole].key = 0;
  map->count--;
  return true;
}
