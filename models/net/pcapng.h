/* pcapng: a capture file as one node would record it: LINKTYPE_RAW, nanoseconds, time 0 is the
 * epoch, a comment where there is a story to tell. */
#pragma once

#include "models/net/net.h"

typedef struct Pcapng Pcapng;

/* Starts a capture. `interface` names it. The file is written through a buffer; errors are kept
 * and given by pcapng_close(). */
Pcapng *pcapng_open(const char *path, const char *interface, const char *application,
                    GError **error);
/* Appends one packet at `time` (rounded down to a nanosecond). Payload that is only a
 * count is cut off unless `full`; payload that is bytes is always there. The original length is
 * always right. `comment` may be NULL. */
void pcapng_write(Pcapng *pcapng, const Net *net, const Packet *packet, SimTime time, bool full,
                  const char *comment);
uint64_t pcapng_size(const Pcapng *pcapng);        /* bytes so far */
bool pcapng_close(Pcapng *pcapng, GError **error); /* frees it in any case */

/* The same in steps, for who makes a packet's block before its comment is known, or has its bytes.
 * A block is made in at most pcapng_room() bytes, and its length is returned. */
size_t pcapng_room(const Packet *packet, uint32_t size, bool full); /* `size`: packet_size() */
size_t pcapng_block(uint8_t *at, const Net *net, const Packet *packet, SimTime time, bool full);
/* `bytes` may be read up to the next multiple of PCAPNG_PADDING. */
#define PCAPNG_PADDING 32u
size_t pcapng_block_of(uint8_t *at, const uint8_t *bytes, size_t length, uint32_t original,
                       SimTime time);
/* Where to make the next one, and that it was made there; its position. It stays in memory until it
 * is settled. */
uint8_t *pcapng_begin(Pcapng *pcapng, size_t room);
uint64_t pcapng_end(Pcapng *pcapng, size_t length);
uint64_t pcapng_position(const Pcapng *pcapng); /* of the next one */
/* For a block that is not settled; a second comment is joined to the first by "; ". By so many
 * bytes the file gets longer. */
size_t pcapng_comment(Pcapng *pcapng, uint64_t position, const char *text);
/* The blocks before `position` are final; pcapng_close() settles all. */
void pcapng_settle(Pcapng *pcapng, uint64_t position);
/* The next block will have what is settled written, so let it be as much as may be. */
bool pcapng_is_full(const Pcapng *pcapng, size_t room);
