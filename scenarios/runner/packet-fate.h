/* packet-fate: what becomes of packets under way: lost somewhere, or received where they were
 * going.
 *
 * Who wants to know holds a fate and asks; it is forgotten when the last who held it lets it go.
 * Packets that nobody waits for cost a look-up. */
#pragma once

#include "models/net/net.h"

typedef struct PacketFates PacketFates;
typedef uint32_t PacketFate; /* until it is released */
#define PACKET_FATE_NONE UINT32_MAX

PacketFates *packet_fates_new(void);
void packet_fates_free(PacketFates *fates);

/* The packet was handed to a link, and one more waits to hear what becomes of it. */
PacketFate packet_fate_hold(PacketFates *fates, uint64_t packet);
void packet_fate_release(PacketFates *fates,
                         PacketFate fate); /* NONE is let through, here and below */

void packet_fate_on_wire(PacketFates *fates, const Packet *packet); /* its first bit has left */
void packet_fate_lost(PacketFates *fates, const NetPacketRecord *event);
void packet_fate_arrived(PacketFates *fates, const Packet *packet);

/* Whether there is no more to know of it: of NONE there never is. */
bool packet_fate_known(const PacketFates *fates, PacketFate fate);
/* "lost on the wire: rule SYN#1"; NULL: it arrived whole, or is not known. Valid until freed. */
const char *packet_fate_comment(const PacketFates *fates, PacketFate fate);
