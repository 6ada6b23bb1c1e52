/* middlebox-nat: what only a NAT can do. */
#pragma once

#include "models/net/flow-track.h"
#include "models/net/middlebox.h"

/* What comes from outside to `port` is for to:to_port, from now on, whoever sends it. */
typedef struct MiddleboxForward {
  uint8_t protocol; /* NET_PROTO_TCP or _UDP */
  uint16_t port, to_port;
  NetAddressId to; /* IPv4 */
} MiddleboxForward;
bool middlebox_nat_forward(Middlebox *box, const MiddleboxForward *forward, GError **error);

/* For who knows both ends and not what is between them: while `end` is a port of a NAT, the end
 * inside takes its place. */
void middlebox_nat_resolve(const Net *net, uint8_t protocol, FlowEnd *end);
