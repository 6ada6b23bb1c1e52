/* cc-cubic: what the two accounts of CUBIC share: cc-cubic.c has the parameters and RFC 9438's
 * text, cc-cubic-linux.c the kernel's arithmetic in whole segments. Private to them. */
#pragma once

#include "models/tcp/cc-hystart.h"

typedef struct CubicSettings {
  double c;        /* segments / s^3: how steep the curve is (RFC 9438 5.1) */
  double beta;     /* what a loss leaves of the window (RFC 9438 4.6) */
  double beta_ecn; /* what a mark leaves, with `abe` (RFC 8511) */
  bool fast_convergence;
  bool tcp_friendliness; /* never below Reno's window (RFC 9438 4.3) */
  int hystart;           /* HystartKind */
} CubicSettings;

/* Linux. Windows in segments, times in jiffies but for k. */
typedef struct CubicLinux {
  uint32_t every;       /* segments acknowledged for one more of cwnd */
  uint32_t last_max;    /* cwnd before the last loss, or less by fast convergence; 0: none */
  uint32_t last_cwnd;   /* when `every` was computed last */
  uint32_t last_at;     /* then */
  uint32_t origin;      /* the curve's plateau */
  uint32_t k;           /* from the start of the epoch to the plateau, 1/1024 s */
  uint32_t epoch_start; /* 0: the next ACK begins it */
  uint32_t acked;       /* segments, not yet counted in `reno` */
  uint32_t reno;        /* the window that Reno would have */
} CubicLinux;

/* RFC 9438. Windows in segments. */
typedef struct CubicCurve {
  double w_max;        /* W_max; 0: cwnd when the next epoch begins */
  double k;            /* K, seconds */
  double w_est;        /* Reno's window */
  double cwnd_prior;   /* cwnd at the last loss */
  SimTime epoch_start; /* -1: the next ACK begins it */
} CubicCurve;

typedef struct CubicText {
  CubicCurve now, before; /* the last loss, for when that was none */
  double fraction;        /* bytes below one that cwnd has not got yet */
} CubicText;

typedef struct Cubic {
  Hystart hystart;
  SimTime min_rtt;  /* Linux: without what is seen right after a loss; 0: none yet */
  SimTime last_ack; /* when it came */
  union {
    CubicLinux kernel; /* whole segments */
    CubicText text;    /* TcpCc.counts_bytes */
  };
} Cubic;

/* Congestion avoidance: `acked` bytes. */
void cc_cubic_linux_avoid(CubicLinux *cubic, const CubicSettings *settings, TcpCc *cc,
                          uint64_t acked, SimTime min_rtt, SimTime now);
/* A round trip to learn from? Not in the first second of an epoch, when the queue of before is
 * still there. */
bool cc_cubic_linux_counts_rtt(const CubicLinux *cubic, SimTime now);
void cc_cubic_linux_on_loss(CubicLinux *cubic, const CubicSettings *settings, TcpCc *cc,
                            uint64_t window);
void cc_cubic_linux_on_idle(CubicLinux *cubic, SimTime idle, SimTime now);
