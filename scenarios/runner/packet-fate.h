/* packet-fate: what became of each packet: under way, arrived where it was going, or lost
 * somewhere. What is known first stays. */
#pragma once

#include "models/net/net.h"

typedef struct PacketFates PacketFates;

PacketFates *packet_fates_new(void);
void packet_fates_free(PacketFates *fates);

void packet_fate_lost(PacketFates *fates, const NetPacketRecord *event);
void packet_fate_arrived(PacketFates *fates, const Packet *packet);

/* False: it is under way. *comment says what there is to say of it: "lost on the wire: rule SYN#1";
 * NULL: nothing, it arrived whole, or it is under way. Valid until freed. */
bool packet_fate_known(PacketFates *fates, uint64_t packet, const char **comment);
