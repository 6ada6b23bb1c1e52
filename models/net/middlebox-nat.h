/* middlebox-nat: what only a NAT can do. */
#pragma once

#include "models/net/middlebox.h"

/* What comes from outside to `port` is for to:to_port, from now on, whoever sends it. */
typedef struct MiddleboxForward {
  uint8_t protocol; /* NET_PROTO_TCP or _UDP */
  uint16_t port, to_port;
  NetAddressId to; /* IPv4 */
} MiddleboxForward;
bool middlebox_nat_forward(Middlebox *box, const MiddleboxForward *forward, GError **error);
