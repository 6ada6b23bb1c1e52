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
