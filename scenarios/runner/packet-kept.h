/* packet-kept: what was made of a packet, kept until it arrives. A packet is seen three times on
 * each hop, and all but its TTL and its traffic class is nearly always the same: its cells of the
 * timeline and its bytes in captures are made once and copied.
 *
 * An entry is found by the packet's id and compared with the packet: who changes one on its way (a
 * NAT, a rule) gets a fresh entry. A packet that never arrives is pushed out by a later one. */
#pragma once

#include "models/net/net.h"
#include "scenarios/runner/conn-names.h"
#include "scenarios/runner/csv.h"

#define PACKET_KEPT_TEXT 224u /* bytes of a row's text; longer ones are not kept */
#define PACKET_KEPT_WIRE 96u

typedef struct PacketKept {
  Packet packet; /* as it was then */
  /* Of the timeline: "17,client:49152-server:80,...,0,,,2483547630,1978939464", the rest of a row
   * without a detail. */
  uint16_t text_length;  /* 0: not made */
  uint16_t cells_length; /* of the text: a detail stands behind so much of it */
  uint32_t epoch;        /* of the flow, when the cells were made */
  const ConnFlow *flow;
  int64_t position[2]; /* of the flow's streams, then */
  char text[PACKET_KEPT_TEXT + CSV_PADDING];
  /* Of captures: without payload that is only a count. */
  uint16_t wire_length; /* 0: not made */
  uint8_t wire[PACKET_KEPT_WIRE];
} PacketKept;

typedef struct PacketKeptTable PacketKeptTable;

PacketKeptTable *packet_kept_new(void);
void packet_kept_free(PacketKeptTable *table);

/* The packet's entry, empty when it is new or the packet has changed. NULL: it is of a kind of
 * which nothing is kept (with an extension, in fragments, ICMP). */
PacketKept *packet_kept(PacketKeptTable *table, const Packet *packet);
void packet_kept_forget(PacketKeptTable *table, const Packet *packet); /* it is seen no more */
