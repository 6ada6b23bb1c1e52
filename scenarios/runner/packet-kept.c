/* packet-kept: a place for each id, modulo the table's size, and entries from a slab, so that those
 * in use are as many as packets are under way and stay in the processor's caches. */
#include "scenarios/runner/packet-kept.h"

PacketKeptTable *
packet_kept_new(void)
{
  PacketKeptTable *table = g_new0(PacketKeptTable, 1);
  sim_slab_init(&table->slab, "kept packet", sizeof(PacketKept), NULL); /* no more than places */
  return table;
}

void
packet_kept_free(PacketKeptTable *table)
{
  for (size_t i = 0; i < PACKET_KEPT_PLACES; i++)
    if (table->places[i] != NULL)
      sim_slab_free(&table->slab, table->places[i]);
  sim_slab_clear(&table->slab);
  g_free(table);
}

PacketKept *
packet_kept_make(PacketKeptTable *table, const Packet *packet)
{
  PacketKept **place = packet_kept_place(table, packet);
  if (*place == NULL)
    *place = sim_slab_alloc(&table->slab);
  PacketKept *kept = *place;
  kept->packet = *packet;
  kept->text_length = kept->wire_length = 0;
  return kept;
}

void
packet_kept_forget(PacketKeptTable *table, const Packet *packet)
{
  PacketKept **place = packet_kept_place(table, packet);
  if (*place == NULL || (*place)->packet.id != packet->id)
    return;
  sim_slab_free(&table->slab, *place);
  *place = NULL;
}
