/* address: IPv4 and IPv6 addresses, and the small numbers that stand for them in packets.
 *
 * A packet carries NetAddressId, an index into the network's table of every address that was ever
 * named (a spoofed one too), so that it stays small and a route is an array look-up. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t NetAddressId; /* index into Net.addresses; 0: none */
#define NET_ADDRESS_NONE 0

typedef struct NetAddress {
  uint8_t family;    /* 4 or 6 */
  uint8_t bytes[16]; /* network order; IPv4 in the first four */
} NetAddress;

#define NET_ADDRESS_TEXT 48
/* "10.0.0.1", "fd00::1" (RFC 5952). Returns `text`. */
char *net_address_print(const NetAddress *address, char text[NET_ADDRESS_TEXT]);
bool net_address_parse(const char *text, NetAddress *address, GError **error);
/* An address that one node can have and be answered at: not "this host" (0.0.0.0, ::), loopback,
 * multicast, broadcast or reserved. */
bool net_address_is_unicast(const NetAddress *address);
/* Do its leading `length` bits agree with those of `prefix`, in the same family? */
bool net_address_within(const NetAddress *address, const NetAddress *prefix, unsigned length);
bool net_address_equal(const NetAddress *a, const NetAddress *b);
