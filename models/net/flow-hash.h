/* flow-hash: which of n queues a packet's flow has (RFC 8290 4.1: a hash over the 5-tuple,
 * mixed with a number of the queue's own so that collisions differ from one to the next). */
#pragma once

#include "models/net/packet.h"
#include "sim/rng.h"

static inline uint32_t
flow_hash(const Packet *packet, uint64_t perturbation, uint32_t n)
{
  uint64_t addresses = (uint64_t)packet->source << 32 | packet->destination;
  uint64_t ports = packet->protocol;
  if (packet->protocol == NET_PROTO_TCP)
    ports |= (uint64_t)packet->tcp.source_port << 32 | (uint64_t)packet->tcp.destination_port << 16;
  else if (packet->protocol == NET_PROTO_UDP)
    ports |= (uint64_t)packet->udp.source_port << 32 | (uint64_t)packet->udp.destination_port << 16;
  return (uint32_t)((sim_rng_mix(perturbation, addresses, ports) >> 32) * n >> 32);
}
