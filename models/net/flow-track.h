/* flow-track: the flows that pass a box, as far as a box can know them from their packets.
 *
 * A flow is a pair of ends of one protocol; side 0 began. Of TCP the phase is followed by the flags
 * alone: neither windows nor sequence numbers are looked at. A flow that was silent for the time of
 * its phase is forgotten: it is found no more, and its memory is used again when it is met or when
 * room is needed, without an event of its own, so that a table keeps no run alive. */
#pragma once

#include "models/net/packet.h"
#include "sim/param.h"
#include "sim/sim.h"
#include "sim/slab.h"

typedef struct FlowEnd {
  NetAddressId address;
  uint16_t port; /* of TCP and UDP; the identifier of an ICMP echo; of others 0 */
} FlowEnd;

typedef enum {
  FLOW_OPENING,     /* TCP: no handshake has been seen whole; UDP: nothing came back */
  FLOW_ESTABLISHED, /* one can see both sides talk */
  FLOW_CLOSING,     /* TCP: both FINs, or a reset */
} FlowPhase;

typedef struct Flow {
  struct Flow *next;    /* of its bucket */
  struct Flow *sibling; /* for the user of the table: a list, ... */
  struct Flow **back;   /* ... the pointer in it that points here, ... */
  void *owner;          /* ... and whose list it is; NULL: none */
  FlowEnd end[2];       /* 0: who began */
  SimTime expires;
  uint8_t protocol, phase;
  bool seen[2], fin[2]; /* by side: it has sent; it has sent a FIN */
} Flow;

/* How long a flow may be silent. */
typedef struct FlowTimes {
  SimTime opening, established, closing; /* TCP, by its phase */
  SimTime udp, udp_stream;               /* no answer yet; both have sent */
  SimTime icmp;                          /* an echo and what else there is */
} FlowTimes;

/* The rows of `times`, at `offset` in a struct of settings. */
#define FLOW_TIME_PARAMS(at)                                                                       \
  {.name = "opening_timeout",                                                                      \
   .kind = SIM_PARAM_TIME,                                                                         \
   .offset = (at) + offsetof(FlowTimes, opening),                                                  \
   .help = "TCP: an opening without an answer is forgotten"},                                      \
      {.name = "established_timeout",                                                              \
       .kind = SIM_PARAM_TIME,                                                                     \
       .offset = (at) + offsetof(FlowTimes, established),                                          \
       .help = "TCP: an open connection that is silent"},                                          \
      {.name = "closing_timeout",                                                                  \
       .kind = SIM_PARAM_TIME,                                                                     \
       .offset = (at) + offsetof(FlowTimes, closing),                                              \
       .help = "TCP: one that both have closed, or that was reset"},                               \
      {.name = "udp_timeout",                                                                      \
       .kind = SIM_PARAM_TIME,                                                                     \
       .offset = (at) + offsetof(FlowTimes, udp),                                                  \
       .help = "UDP: nobody has answered"},                                                        \
      {.name = "udp_stream_timeout",                                                               \
       .kind = SIM_PARAM_TIME,                                                                     \
       .offset = (at) + offsetof(FlowTimes, udp_stream),                                           \
       .help = "UDP: both have sent"},                                                             \
  {                                                                                                \
    .name = "icmp_timeout", .kind = SIM_PARAM_TIME, .offset = (at) + offsetof(FlowTimes, icmp),    \
    .help = "echo requests"                                                                        \
  }

/* `flow` leaves the table and is freed after the call. */
typedef void (*FlowRemovedFn)(Flow *flow, void *user);

typedef struct FlowTrack {
  Sim *sim; /* borrowed */
  SimSlab slab;
  Flow **buckets; /* owned, `size` of them, a power of two */
  uint32_t size;
  uint64_t count;        /* in the table; those that are over but not yet met, too */
  uint64_t most;         /* more are not taken */
  SimTime soonest;       /* none of them is over before */
  FlowRemovedFn removed; /* NULL: nobody wants to know */
  void *user;
  const FlowTimes *times; /* borrowed */
} FlowTrack;

void flow_track_init(FlowTrack *track, Sim *sim, const FlowTimes *times);
void flow_track_clear(FlowTrack *track);

/* Source and destination of a packet that is no ICMP error. */
void flow_ends(const Packet *packet, FlowEnd ends[2]);
/* The flow between these ends, in either order; NULL: none. `side`: which one ends[0] is. */
Flow *flow_track_find(FlowTrack *track, uint8_t protocol, const FlowEnd ends[2], int *side);
/* A new one that ends[0] began. NULL: the table is full. */
Flow *flow_track_add(FlowTrack *track, uint8_t protocol, const FlowEnd ends[2]);
/* A packet of it from that side passes. */
void flow_track_take(FlowTrack *track, Flow *flow, int side, const Packet *packet);
/* It was silent for too long. */
bool flow_track_is_over(const FlowTrack *track, const Flow *flow);
void flow_track_remove(FlowTrack *track, Flow *flow);
/* Forgets those that are over. */
void flow_track_sweep(FlowTrack *track);
/* The packet that an ICMP error quotes, when it quotes enough (RFC 1122 3.2.2: its IP header and
 * eight bytes) and there is no error in it; NULL: the packet is no such error. */
Packet *flow_quoted(const Packet *packet);
