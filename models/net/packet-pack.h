/* packet-pack: packets as bytes for another process of the same program.
 *
 * It is the struct as it lies in memory, with its extension, what that owns and the packet that it
 * quotes behind it; pointers say only whether there is something. Nothing of it is meant for a file
 * or for another machine's byte order. */
#pragma once

#include <glib.h>

#include "models/net/packet.h"

/* Appends the packet, which stays the caller's. */
void packet_pack(GByteArray *bytes, const Packet *packet);
/* Makes a packet of `net` from what stands at *at, which moves behind it. The bytes are
 * packet_pack()'s (asserted as far as they end before `end`). */
Packet *packet_unpack(struct Net *net, const uint8_t **at, const uint8_t *end);
