/* packet-match: which packets a rule means: "SYN#1", "client>DATA#5", "byte 14601#1".
 *
 *   SYN          SYN without ACK          SYN+ACK   both
 *   ACK          no payload, no other flag
 *   FIN RST      with that flag (and any other)
 *   DATA         new segments with payload (not retransmitted)
 *   REXMIT       retransmitted segments with payload
 *   byte N       the segment that carries the N-th byte of its stream (the first is 1), each time
 *   PSH URG ECE CWR AE   with that flag (and any other)
 *   FIN+ACK PSH+ACK ...  exactly these flags; ECE, CWR and AE matter only where they are named
 *   UDP ICMP     packets of that protocol;  ANY  every packet
 *   NODE>...     only packets whose IP source is that node's
 *   #N #N,M #N-M #N+   the N-th that matches the class, the N-th and M-th, a range, from N on
 * Counting is by class and per match, over everything that is offered to it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "models/net/packet.h"

typedef struct PacketMatch PacketMatch;

/* Fields of a table-form match; a field that is not given matches anything. */
typedef struct PacketMatchFields {
  bool has_flags, has_seq, has_ack, has_length, has_source_port, has_destination_port;
  uint16_t flags;    /* exactly these TCP flags */
  uint32_t seq, ack; /* relative, as the timeline shows them */
  uint32_t length;   /* payload */
  uint16_t source_port, destination_port;
  const char *from;     /* sending node's name, NULL: any */
  uint64_t first, last; /* the first to last that match; 0, 0: all */
} PacketMatchFields;

/* A callback form: true when the packet is meant. Sets no error; it is told `data`. */
typedef bool (*PacketMatchFn)(const Packet *packet, void *data);

/* Parses the text form. Node names are looked up in `net` (NULL: only the syntax is checked, and
 * every sender matches). */
PacketMatch *packet_match_parse(struct Net *net, const char *text, GError **error);
PacketMatch *packet_match_fields(struct Net *net, const PacketMatchFields *fields, GError **error);
PacketMatch *packet_match_function(PacketMatchFn fn, void *data, GDestroyNotify free_data);
void packet_match_free(PacketMatch *match);

/* Offers a packet, counts it, and says whether it is meant. */
bool packet_match(PacketMatch *match, const Packet *packet);
/* The text it was made of; a description for the other forms ("function", "flags=SYN"). */
const char *packet_match_text(const PacketMatch *match);
