/* cc-bbr: what the two halves of BBR share: cc-bbr-model.c estimates the path, cc-bbr.c decides
 * from that how fast and how much to send. Private to them.
 *
 * Bandwidths are bytes/s, amounts bytes, and every amount that a decision needs is a whole number
 * of segments, as the kernel's are. */
#pragma once

#include "models/tcp/cc.h"

typedef struct BbrSettings {
  double startup_gain;    /* of pacing and cwnd while the bandwidth is being found */
  double cwnd_gain;       /* cwnd over the bandwidth-delay product in PROBE_BW */
  SimTime min_rtt_window; /* how long a least round trip is believed */
  SimTime probe_rtt;      /* how long the pipe is kept empty to measure it anew; 0: never */
  bool policers;          /* look for token-bucket policers (long-term sampling) */
  bool ack_aggregation;   /* more cwnd where ACKs come in bunches */
} BbrSettings;

typedef enum { BBR_STARTUP, BBR_DRAIN, BBR_PROBE_BW, BBR_PROBE_RTT } BbrMode;

/* A maximum over a window of round trips: the best, and the best of what came after each (as
 * Linux's win_minmax), so that no list of samples has to be kept. */
typedef struct BbrBest {
  uint32_t round;
  double value;
} BbrBest;

/* Long-term sampling: from the first loss, over at least four round trips, again and again. */
typedef struct BbrLongTerm {
  bool sampling;
  bool in_use; /* two intervals in a row agree: a policer, whose rate is `bandwidth` */
  double bandwidth;
  uint32_t rounds;          /* of this interval; while in_use, since then */
  uint64_t delivered, lost; /* TcpCcPath's, when it began */
  SimTime began_at;
} BbrLongTerm;

/* How much more came at once than the bandwidth explains. */
typedef struct BbrAggregation {
  SimTime began_at;  /* of this epoch */
  uint64_t acked;    /* in it */
  uint64_t extra[2]; /* the most of this and of the last few round trips */
  uint8_t current;   /* index in `extra` */
  uint8_t rounds;    /* that `current` has lasted */
} BbrAggregation;

typedef struct Bbr {
  /* the model */
  BbrBest best[3];       /* of the delivery rate */
  uint32_t round;        /* round trips so far */
  uint64_t round_end;    /* the next begins when what was sent at this `delivered` has arrived */
  bool round_start;      /* with this ACK */
  bool full;             /* the pipe was filled once: the bandwidth is known */
  uint8_t full_rounds;   /* round trips without much more bandwidth */
  double full_bandwidth; /* the last that counted as much more */
  SimTime min_rtt;       /* SIM_TIME_NEVER: none yet */
  SimTime min_rtt_at;    /* when it was seen */
  BbrLongTerm long_term;
  BbrAggregation aggregation;

  /* what is done */
  BbrMode mode;
  uint8_t phase;    /* of PROBE_BW's eight */
  SimTime phase_at; /* when it began */
  double pacing_gain, cwnd_gain;
  SimTime probe_rtt_end; /* 0: cwnd is not yet down */
  bool probe_rtt_round;  /* a whole round trip has passed since */
  bool idle_restart;
  bool seen_rtt;           /* the pacing rate rests on a round trip, not on a guess */
  bool conserving;         /* the first round trip of recovery: as much leaves as arrives */
  bool was_fast, was_loss; /* the state of recovery at the ACK before */
  uint64_t prior_cwnd;     /* to go back to after recovery and PROBE_RTT */
  uint64_t draws;          /* random numbers used */
} Bbr;

static inline const BbrSettings *
cc_bbr_settings(const TcpCc *cc)
{
  return (const BbrSettings *)cc_settings(cc, &cc_bbr);
}

void cc_bbr_model_init(Bbr *bbr, const TcpCc *cc, SimTime now);
/* The most that was delivered in ten round trips; or what the policer lets through. */
double cc_bbr_max_bandwidth(const Bbr *bbr);
double cc_bbr_bandwidth(const Bbr *bbr);
/* An ACK: rounds, bandwidth, policers. True: a policer's rate is given up, PROBE_BW begins anew. */
bool cc_bbr_update_bandwidth(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack);
void cc_bbr_update_aggregation(Bbr *bbr, const TcpCc *cc, const TcpCcAck *ack);
void cc_bbr_update_full(Bbr *bbr, const TcpCcAck *ack);
/* A time-out counts as a loss and as the end of a round trip. True as above. */
bool cc_bbr_model_on_timeout(Bbr *bbr, const TcpCc *cc);
void cc_bbr_forget_long_term(Bbr *bbr, const TcpCc *cc);
/* Bytes that may be added to cwnd for ACKs in bunches. */
uint64_t cc_bbr_aggregation_extra(const Bbr *bbr, const TcpCc *cc);
