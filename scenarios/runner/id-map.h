/* id-map: from a 64-bit number (a packet's id, an address) to a 32-bit one, for look-up only.
 *
 * Open addressing with linear probing; removal moves what follows back, so that there are no
 * gravestones. Its order depends on pointers in some uses: who walks over it may only add up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct IdMapEntry {
  uint64_t key; /* 0: empty */
  uint32_t value;
} IdMapEntry;

typedef struct IdMap {
  IdMapEntry *entries; /* owned; NULL until the first is put in */
  uint32_t count;
  uint32_t mask; /* capacity - 1; the capacity is a power of two */
} IdMap;

/* A zeroed IdMap is an empty one. */
void id_map_clear(IdMap *map);
/* False when there is no such key; then *value is not touched. Keys are never 0. */
bool id_map_get(const IdMap *map, uint64_t key, uint32_t *value);
/* Puts it in or replaces it. */
void id_map_put(IdMap *map, uint64_t key, uint32_t value);
/* Calls `fn` with each, in an order that means nothing. It must not change the map. */
void id_map_each(const IdMap *map, void (*fn)(uint64_t key, uint32_t value, void *data),
                 void *data);
/* Takes it out; false when it is not there. *value may be NULL. */
bool id_map_take(IdMap *map, uint64_t key, uint32_t *value);
