/* packet-map: a 32-bit number for each packet of a run, 0 until it is given one.
 *
 * A maker counts its packets from 1 without gaps, so that an array a maker does, and a look-up
 * costs two loads. It is four bytes for each packet that was ever asked about, to the end of the
 * run: less than a twentieth of what a file with a row or a block for it takes, and that has a
 * limit. */
#pragma once

#include "models/net/packet.h"

typedef struct PacketMap {
  GPtrArray *makers; /* of GArray of uint32_t, owned, by maker's number; NULL: none yet */
} PacketMap;

void packet_map_init(PacketMap *map);
void packet_map_clear(PacketMap *map);
uint32_t *packet_map_add(PacketMap *map, uint64_t id); /* for packet_map_at() */

/* Valid until the next call. */
static inline uint32_t *
packet_map_at(PacketMap *map, uint64_t id)
{
  guint maker = (guint)(id >> PACKET_ID_COUNT_BITS);
  guint count = (guint)(id & ((UINT64_C(1) << PACKET_ID_COUNT_BITS) - 1));
  GArray *numbers = maker < map->makers->len ? g_ptr_array_index(map->makers, maker) : NULL;
  if (G_UNLIKELY(numbers == NULL || count >= numbers->len))
    return packet_map_add(map, id);
  return &g_array_index(numbers, uint32_t, count);
}
