/* packet-kept: a place for each id, modulo the table's size, and entries from a slab, so that those
 * in use are as many as packets are under way and stay in the processor's caches. */
#include "scenarios/runner/packet-kept.h"

#include <stddef.h>
#include <string.h>

#include "sim/slab.h"

#define PLACES 8192u /* a power of two */

struct PacketKeptTable {
  SimSlab slab; /* of PacketKept */
  PacketKept *places[PLACES];
};

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
  for (size_t i = 0; i < PLACES; i++)
    if (table->places[i] != NULL)
      sim_slab_free(&table->slab, table->places[i]);
  sim_slab_clear(&table->slab);
  g_free(table);
}

/* Packets of one maker are numbered without gaps; those of another begin elsewhere. */
static PacketKept **
place_of(PacketKeptTable *table, const Packet *packet)
{
  uint32_t elsewhere = packet_maker(packet) * UINT32_C(0x9e3779b1);
  return &table->places[((uint32_t)packet->id + elsewhere) & (PLACES - 1)];
}

#define REST offsetof(Packet, cause) /* behind what stands with TTL and traffic class */

/* All that is on the wire and in the timeline but TTL and traffic class: words side by side,
 * without asking after each. Nothing is between the members but padding that packet_new() zeroed.
 */
static bool
is_same(const Packet *a, const Packet *b)
{
  G_STATIC_ASSERT(offsetof(Packet, traffic_class) == offsetof(Packet, protocol) + 2);
  G_STATIC_ASSERT(REST == offsetof(Packet, marks) + 1 && REST % sizeof(uint64_t) == 0);
  const char *rest_a = (const char *)a + REST, *rest_b = (const char *)b + REST;
  uint64_t differ = (a->source ^ b->source) | (a->destination ^ b->destination) |
                    (a->payload ^ b->payload) | (a->protocol ^ b->protocol) | (a->marks ^ b->marks);
  for (size_t i = 0; i < sizeof(Packet) - REST; i += sizeof(uint64_t)) {
    uint64_t word_a, word_b;
    memcpy(&word_a, rest_a + i, sizeof word_a);
    memcpy(&word_b, rest_b + i, sizeof word_b);
    differ |= word_a ^ word_b;
  }
  return differ == 0;
}

PacketKept *
packet_kept(PacketKeptTable *table, const Packet *packet)
{
  if (packet->ext != NULL || packet->fragment != 0 || packet->protocol == NET_PROTO_ICMP)
    return NULL;
  PacketKept **place = place_of(table, packet);
  PacketKept *kept = *place;
  if (kept != NULL && kept->packet.id == packet->id && is_same(&kept->packet, packet))
    return kept;
  if (kept == NULL)
    kept = *place = sim_slab_alloc(&table->slab);
  kept->packet = *packet;
  kept->text_length = kept->wire_length = 0;
  return kept;
}

void
packet_kept_forget(PacketKeptTable *table, const Packet *packet)
{
  PacketKept **place = place_of(table, packet);
  if (*place == NULL || (*place)->packet.id != packet->id)
    return;
  sim_slab_free(&table->slab, *place);
  *place = NULL;
}
