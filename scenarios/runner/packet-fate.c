/* packet-fate: fates stand in an array, unused ones in a list through it, and are found by packet.
 */
#include "scenarios/runner/packet-fate.h"

#include "scenarios/runner/id-map.h"

typedef struct Fate {
  uint64_t packet;     /* its id */
  uint32_t holders;    /* 0: this place is unused */
  uint32_t next;       /* of an unused one: the next; PACKET_FATE_NONE ends the list */
  bool known;          /* lost, or arrived where it was going */
  bool on_wire;        /* its first bit has left on this hop */
  const char *comment; /* borrowed from comments; NULL: it arrived whole */
} Fate;

struct PacketFates {
  GArray *fates;   /* of Fate */
  uint32_t unused; /* the first of the list */
  IdMap by_packet; /* packet -> index in fates */
  GStringChunk *comments;
};

PacketFates *
packet_fates_new(void)
{
  PacketFates *fates = g_new0(PacketFates, 1);
  fates->fates = g_array_new(FALSE, TRUE, sizeof(Fate));
  fates->unused = PACKET_FATE_NONE;
  fates->comments = g_string_chunk_new(1024);
  return fates;
}

void
packet_fates_free(PacketFates *fates)
{
  g_array_unref(fates->fates);
  id_map_clear(&fates->by_packet);
  g_string_chunk_free(fates->comments);
  g_free(fates);
}

static Fate *
fate_at(const PacketFates *fates, PacketFate index)
{
  return &g_array_index(fates->fates, Fate, index);
}

/* NULL: nobody waits for it. */
static Fate *
fate_of(const PacketFates *fates, uint64_t packet)
{
  PacketFate index;
  return id_map_get(&fates->by_packet, packet, &index) ? fate_at(fates, index) : NULL;
}

static PacketFate
fate_new(PacketFates *fates, uint64_t packet)
{
  PacketFate index = fates->unused;
  if (index != PACKET_FATE_NONE) {
    fates->unused = fate_at(fates, index)->next;
  } else {
    index = fates->fates->len;
    g_array_set_size(fates->fates, index + 1);
  }
  *fate_at(fates, index) = (Fate){.packet = packet};
  id_map_put(&fates->by_packet, packet, index);
  return index;
}

PacketFate
packet_fate_hold(PacketFates *fates, uint64_t packet)
{
  PacketFate index;
  if (!id_map_get(&fates->by_packet, packet, &index))
    index = fate_new(fates, packet);
  Fate *fate = fate_at(fates, index);
  fate->holders++;
  fate->on_wire = false;
  return index;
}

void
packet_fate_release(PacketFates *fates, PacketFate index)
{
  if (index == PACKET_FATE_NONE)
    return;
  Fate *fate = fate_at(fates, index);
  if (--fate->holders > 0)
    return;
  id_map_take(&fates->by_packet, fate->packet, NULL);
  fate->next = fates->unused;
  fates->unused = index;
}

void
packet_fate_on_wire(PacketFates *fates, const Packet *packet)
{
  Fate *fate = fate_of(fates, packet->id);
  if (fate != NULL)
    fate->on_wire = true;
}

void
packet_fate_lost(PacketFates *fates, const NetPacketRecord *event)
{
  Fate *fate = fate_of(fates, event->packet->id);
  if (fate == NULL || fate->known)
    return;
  bool on_wire = fate->on_wire && event->direction != NULL;
  g_autofree char *comment =
      g_strconcat(on_wire ? "lost on the wire: " : "lost: ", event->reason, NULL);
  fate->known = true;
  fate->comment = g_string_chunk_insert_const(fates->comments, comment);
}

void
packet_fate_arrived(PacketFates *fates, const Packet *packet)
{
  Fate *fate = fate_of(fates, packet->id);
  if (fate == NULL || fate->known)
    return;
  fate->known = true;
  if (packet->marks & PACKET_CORRUPT)
    fate->comment = "damaged on the wire";
}

bool
packet_fate_known(const PacketFates *fates, PacketFate index)
{
  return index == PACKET_FATE_NONE || fate_at(fates, index)->known;
}

const char *
packet_fate_comment(const PacketFates *fates, PacketFate index)
{
  return index == PACKET_FATE_NONE ? NULL : fate_at(fates, index)->comment;
}
