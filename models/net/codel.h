/* codel: controlled delay (RFC 8289), the state machine that CoDel and FQ-CoDel share.
 *
 * A packet's time in the queue decides, not the queue's length. While every packet of an interval
 * (100 ms) has waited longer than the target (5 ms), there is a standing queue: one packet is
 * dropped, the next an interval / sqrt(2) later, then interval / sqrt(3) ..., until one has waited
 * less than the target. A packet of a sender that knows ECN is marked instead. */
#pragma once

#include <stdbool.h>

#include "models/net/packet-fifo.h"
#include "sim/time.h"

struct LinkDirection;

typedef struct CodelSettings {
  SimTime target;   /* the delay that is acceptable */
  SimTime interval; /* about the longest round trip */
  bool ecn;         /* mark what can be marked */
} CodelSettings;

CodelSettings codel_settings_default(void);

/* The variables of RFC 8289 5.2, with its names; zeroed at the beginning. */
typedef struct Codel {
  SimTime first_above_time; /* when the delay will have been above for an interval; 0: it is not */
  SimTime drop_next;
  uint32_t count; /* packets dropped since dropping began */
  uint32_t lastcount;
  bool dropping;
} Codel;

/* Takes the next packet to send out of `fifo`, whose packets have in `time` when they came; those
 * that are dropped on the way are accounted for. NULL: it is empty. */
Packet *codel_dequeue(Codel *codel, const CodelSettings *settings, PacketFifo *fifo,
                      struct LinkDirection *direction);
