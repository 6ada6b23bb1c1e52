/* wire: the bytes of a packet as they would stand on a real wire. Nothing else makes any. */
#pragma once

#include "models/net/net.h"

/* The IP packet with every header right: lengths, checksums, TCP options in Linux's order (MSS,
 * SACK-permitted, timestamps, NOP, window scale; NOP NOP timestamps; NOP NOP SACK). A payload that
 * is only a count is zeros. A packet that is marked corrupt has one byte flipped, so that its
 * checksum does not match. Appends to `bytes`. */
void wire_write(const Net *net, const Packet *packet, GByteArray *bytes);
/* The same into memory, where packet_size() bytes have room; returns their end. */
uint8_t *wire_put(uint8_t *at, const Net *net, const Packet *packet);
/* The same without a payload that is only a count; every length and checksum is the whole one's. */
void wire_write_cut(const Net *net, const Packet *packet, GByteArray *bytes);
uint8_t *wire_put_cut(uint8_t *at, const Net *net, const Packet *packet);

/* The packet's TTL and traffic class, into bytes that were made of it before these changed. */
void wire_set_hop(uint8_t *bytes, const Packet *packet);

/* The length that the options of `header` take, padded to four bytes. TCP sets header_length from
 * it. */
uint8_t wire_tcp_options_length(const TcpHeader *header, const PacketExt *ext);
