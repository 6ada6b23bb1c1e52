/* packet-fate: a number for each packet: under way, whole, or a comment's place in a list. */
#include "scenarios/runner/packet-fate.h"

#include "scenarios/runner/packet-map.h"

enum {
  UNDER_WAY, /* as packet_map_at() says of those that nothing was said of */
  WHOLE,
  FIRST_COMMENT,
};

struct PacketFates {
  PacketMap map;
  GPtrArray *comments; /* of char *, owned: that of number FIRST_COMMENT first */
  GHashTable *known;   /* of these -> their number; look-up only */
};

PacketFates *
packet_fates_new(void)
{
  PacketFates *fates = g_new0(PacketFates, 1);
  packet_map_init(&fates->map);
  fates->comments = g_ptr_array_new_with_free_func(g_free);
  fates->known = g_hash_table_new(g_str_hash, g_str_equal);
  return fates;
}

void
packet_fates_free(PacketFates *fates)
{
  packet_map_clear(&fates->map);
  g_hash_table_unref(fates->known);
  g_ptr_array_unref(fates->comments);
  g_free(fates);
}

/* Takes the comment. */
static uint32_t
number_of(PacketFates *fates, char *comment)
{
  void *known = g_hash_table_lookup(fates->known, comment);
  if (known != NULL) {
    g_free(comment);
    return GPOINTER_TO_UINT(known);
  }
  uint32_t number = FIRST_COMMENT + fates->comments->len;
  g_ptr_array_add(fates->comments, comment);
  g_hash_table_insert(fates->known, comment, GUINT_TO_POINTER(number));
  return number;
}

void
packet_fate_lost(PacketFates *fates, const NetPacketRecord *event)
{
  uint32_t *fate = packet_map_at(&fates->map, event->packet->id);
  if (*fate == UNDER_WAY)
    *fate = number_of(
        fates, g_strconcat(event->on_wire ? "lost on the wire: " : "lost: ", event->reason, NULL));
}

void
packet_fate_arrived(PacketFates *fates, const Packet *packet)
{
  uint32_t *fate = packet_map_at(&fates->map, packet->id);
  if (*fate == UNDER_WAY)
    *fate =
        packet->marks & PACKET_CORRUPT ? number_of(fates, g_strdup("damaged on the wire")) : WHOLE;
}

bool
packet_fate_known(PacketFates *fates, uint64_t packet, const char **comment)
{
  uint32_t fate = *packet_map_at(&fates->map, packet);
  *comment =
      fate >= FIRST_COMMENT ? g_ptr_array_index(fates->comments, fate - FIRST_COMMENT) : NULL;
  return fate != UNDER_WAY;
}
