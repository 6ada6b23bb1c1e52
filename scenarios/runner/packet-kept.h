/* packet-kept: what was made of a packet, kept until it arrives. A packet is seen three times on
 * each hop, and all but its TTL and its traffic class is nearly always the same: its cells of the
 * timeline and its bytes in captures are made once and copied.
 *
 * An entry is found by the packet's id and compared with the packet: who changes one on its way (a
 * NAT, a rule) gets a fresh entry. A packet that never arrives is pushed out by a later one. */
#pragma once

#include <stddef.h>
#include <string.h>

#include "models/net/net.h"
#include "scenarios/runner/conn-names.h"
#include "sim/slab.h"

#define PACKET_KEPT_TEXT 224u /* bytes of a row's text; longer ones are not kept */
#define PACKET_KEPT_WIRE 128u /* IPv6 and TCP with all that it may have are 100 */

typedef struct PacketKept {
  Packet packet; /* as it was then */
  /* Of the timeline: "17,client:49152-server:80,...,0,,,2483547630,1978939464", the rest of a row
   * without a detail. */
  uint16_t text_length;  /* 0: not made */
  uint16_t cells_length; /* of the text: a detail stands behind so much of it */
  uint32_t epoch;        /* of the flow, when the cells were made */
  const ConnFlow *flow;
  char text[PACKET_KEPT_TEXT];
  /* Of captures: without payload that is only a count. */
  uint16_t wire_length; /* 0: not made */
  uint8_t wire[PACKET_KEPT_WIRE];
} PacketKept;

#define PACKET_KEPT_PLACES 8192u /* a power of two */

typedef struct PacketKeptTable {
  SimSlab slab; /* of PacketKept */
  PacketKept *places[PACKET_KEPT_PLACES];
} PacketKeptTable;

PacketKeptTable *packet_kept_new(void);
void packet_kept_free(PacketKeptTable *table);

void packet_kept_forget(PacketKeptTable *table, const Packet *packet);      /* it is seen no more */
PacketKept *packet_kept_make(PacketKeptTable *table, const Packet *packet); /* for packet_kept() */

/* Packets of one maker are numbered without gaps; those of another begin elsewhere. */
static inline PacketKept **
packet_kept_place(PacketKeptTable *table, const Packet *packet)
{
  uint32_t elsewhere = packet_maker(packet) * UINT32_C(0x9e3779b1);
  return &table->places[((uint32_t)packet->id + elsewhere) & (PACKET_KEPT_PLACES - 1)];
}

/* Behind what stands with TTL and traffic class. */
#define PACKET_KEPT_REST offsetof(Packet, cause)

/* All that is on the wire and in the timeline but TTL and traffic class: words side by side,
 * without asking after each. Nothing is between the members but padding that packet_new() zeroed.
 */
static inline bool
packet_kept_is_same(const Packet *a, const Packet *b)
{
  G_STATIC_ASSERT(offsetof(Packet, traffic_class) == offsetof(Packet, protocol) + 2);
  G_STATIC_ASSERT(PACKET_KEPT_REST == offsetof(Packet, marks) + 1 &&
                  PACKET_KEPT_REST % sizeof(uint64_t) == 0);
  const char *rest_a = (const char *)a + PACKET_KEPT_REST,
             *rest_b = (const char *)b + PACKET_KEPT_REST;
  uint64_t differ = (a->source ^ b->source) | (a->destination ^ b->destination) |
                    (a->payload ^ b->payload) | (a->protocol ^ b->protocol) | (a->marks ^ b->marks);
  for (size_t i = 0; i < sizeof(Packet) - PACKET_KEPT_REST; i += sizeof(uint64_t)) {
    uint64_t word_a, word_b;
    memcpy(&word_a, rest_a + i, sizeof word_a);
    memcpy(&word_b, rest_b + i, sizeof word_b);
    differ |= word_a ^ word_b;
  }
  return differ == 0;
}

/* The packet's entry, empty when it is new or the packet has changed. NULL: it is of a kind of
 * which nothing is kept (with an extension, in fragments, ICMP). */
static inline PacketKept *
packet_kept(PacketKeptTable *table, const Packet *packet)
{
  if (G_UNLIKELY(packet->ext != NULL || packet->fragment != 0 ||
                 packet->protocol == NET_PROTO_ICMP))
    return NULL;
  PacketKept *kept = *packet_kept_place(table, packet);
  if (G_LIKELY(kept != NULL && kept->packet.id == packet->id &&
               packet_kept_is_same(&kept->packet, packet)))
    return kept;
  return packet_kept_make(table, packet);
}
