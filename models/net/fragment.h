/* fragment: datagrams that are cut to fit a link, and put together again where they were going
 * (RFC 791 3.2, RFC 8200 4.5).
 *
 * A fragment is a packet of its own with `fragment` set; its extension holds the whole datagram, of
 * which it stands for `payload` bytes from its offset on. So nothing is put together from bytes:
 * when all of them have arrived, the whole one is there. */
#pragma once

#include "models/net/node.h"

#define FRAGMENT_TIME                                                                              \
  (30 * SIM_SECOND) /* Linux's ipfrag_time; RFC 1122 3.3.2 has 60 s to 120 s                       \
                     */

/* Cuts `packet`, which may be a fragment itself, into fragments of at most `mtu` bytes, linked by
 * `next` in their order. Takes the packet. NULL: not even eight bytes fit, and it was dropped. */
SIM_RARE Packet *fragment_cut(Node *node, Packet *packet, uint32_t mtu);
/* A fragment has arrived where it was going. Takes it, and returns the datagram when it is whole.
 */
SIM_RARE Packet *fragment_take(Node *node, Packet *packet);
void fragment_free(Node *node); /* by node_free() only: what was never whole */
