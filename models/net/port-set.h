/* port-set: which ports of a range are taken: a host's dynamic ones (RFC 6335 6: 49152 to 65535),
 * or those that a NAT gives out.
 *
 * Who looks for a port tries those that follow, one by one, which is quick while few stand in a row
 * that are taken. Only who has tried PORT_TRIES of them in vain makes a set, which says by 64 ports
 * at a time where the next free one is; so an ordinary host or NAT has none. PortSet is a host's; a
 * NAT keeps its own words.
 * Supported standards: RFC 6335 6. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PORT_FIRST 49152
#define PORT_LAST 65535
#define PORT_TRIES 128 /* ports that are tried before a set is made */
#define PORT_WORDS ((PORT_LAST + 1 - PORT_FIRST) / 64)

typedef struct PortRange {
  uint16_t first, last;
} PortRange;
#define PORT_DYNAMIC ((PortRange){PORT_FIRST, PORT_LAST})

typedef struct PortSet {
  uint64_t taken[PORT_WORDS]; /* a bit a port, from PORT_FIRST */
  uint32_t count;             /* of them */
} PortSet;

/* The one that is tried behind `port`, which is dynamic. */
static inline uint16_t
port_next(uint16_t port)
{
  return port == PORT_LAST ? PORT_FIRST : (uint16_t)(port + 1);
}

/* Where in a set over `range` a port of it is: bits stand in words from the range's first port on.
 */
static inline unsigned
port_word_in(PortRange range, uint16_t port)
{
  return (unsigned)(port - range.first) / 64;
}

static inline uint64_t
port_bit_in(PortRange range, uint16_t port)
{
  return UINT64_C(1) << (port - range.first) % 64;
}

/* How many words there are; bits behind the range's last port are nobody's. */
static inline unsigned
port_words(PortRange range)
{
  return port_word_in(range, range.last) + 1;
}

static inline unsigned
port_word(uint16_t port)
{
  return port_word_in(PORT_DYNAMIC, port);
}

static inline uint64_t
port_bit(uint16_t port)
{
  return port_bit_in(PORT_DYNAMIC, port);
}

/* Any port may be asked about, put and taken out; those below PORT_FIRST never are in a set. */
bool port_set_has(const PortSet *set, uint16_t port);
void port_set_put(PortSet *set, uint16_t port);
void port_set_take_out(PortSet *set, uint16_t port);

/* The taken ports of one word, as bits. */
typedef uint64_t (*PortTakenFn)(unsigned word, const void *user);
/* The first port from `from` on, and then from the range's first on, that is not taken; 0: none. */
uint16_t port_next_free(PortRange range, uint16_t from, PortTakenFn taken, const void *user);
