/* packet-map: making room for a packet that is new. */
#include "scenarios/runner/packet-map.h"

static void
free_numbers(void *numbers)
{
  if (numbers != NULL)
    g_array_unref(numbers);
}

void
packet_map_init(PacketMap *map)
{
  map->makers = g_ptr_array_new_with_free_func(free_numbers);
}

void
packet_map_clear(PacketMap *map)
{
  g_ptr_array_unref(map->makers);
}

uint32_t *
packet_map_add(PacketMap *map, uint64_t id)
{
  guint maker = (guint)(id >> PACKET_ID_COUNT_BITS);
  guint count = (guint)(id & ((UINT64_C(1) << PACKET_ID_COUNT_BITS) - 1));
  if (maker >= map->makers->len)
    g_ptr_array_set_size(map->makers, (gint)maker + 1);
  GArray *numbers = g_ptr_array_index(map->makers, maker);
  if (numbers == NULL) {
    numbers = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    g_ptr_array_index(map->makers, maker) = numbers;
  }
  g_array_set_size(numbers, count + 1);
  return &g_array_index(numbers, uint32_t, count);
}
