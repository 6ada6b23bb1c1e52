/* cc-hystart: leaving slow start before the first loss. Private to the congestion controls. */
#pragma once

#include "models/tcp/cc.h"

typedef enum {
  HYSTART_AUTO,  /* Linux's where whole segments are counted, else HyStart++ */
  HYSTART_OFF,   /* slow start ends with a loss */
  HYSTART_LINUX, /* by the length of an ACK train, or by delay */
  HYSTART_PLUS,  /* RFC 9406 */
} HystartKind;

typedef struct Hystart {
  uint64_t round_end;   /* stream position whose ACK begins the next round */
  SimTime round_start;  /* Linux: when this round began */
  SimTime last_ack;     /* Linux: of the train of ACKs */
  SimTime round_min;    /* least round trip of this round; SIM_TIME_NEVER: none yet */
  SimTime last_min;     /* ++: of the round before; SIM_TIME_NEVER: none */
  SimTime baseline_min; /* ++: of the round that began the slower growth */
  uint8_t kind;         /* HystartKind, never AUTO */
  uint8_t samples;      /* of the round, as many as matter */
  uint8_t slow_rounds;  /* ++: rounds of slower growth begun; 0: standard slow start */
  bool found;           /* the end was found: nothing more to do */
  bool restart;         /* Linux: a new round begins here, its end is not yet known */
} Hystart;

void cc_hystart_init(Hystart *hystart, const TcpCc *cc, HystartKind kind);
/* An ACK in slow start. Sets ssthresh where it is to end. `min_rtt`: the least round trip that
 * counts. */
void cc_hystart_on_ack(Hystart *hystart, TcpCc *cc, const TcpCcAck *ack, SimTime min_rtt);
/* How much of what was acknowledged may raise cwnd in slow start. */
uint64_t cc_hystart_share(const Hystart *hystart, TcpCc *cc, uint64_t acked);
/* A loss: slow start was left. */
void cc_hystart_on_loss(Hystart *hystart);
/* A time-out at `now`: slow start begins again. */
void cc_hystart_on_rto(Hystart *hystart, SimTime now);
