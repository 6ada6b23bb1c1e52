/* cc: congestion control, one const ops struct each, in a file cc-NAME.c and a row in cc.c.
 *
 * The hooks see TcpCc, never the connection. What they decide is cwnd and ssthresh; when a loss is
 * believed to have happened, and what is sent then, is the business of tcp-recovery.c.
 * Parameters are a struct of settings that `params` describes; connections share it and read it
 * only. What a connection has of its own is the state.
 * A profile carries both as pointers (TcpProfile.cc, .cc_settings), so that a control that is in no
 * list, such as one written in Lua, works like the others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/param.h"
#include "sim/time.h"

/* What a connection has measured of its path, for ops with `wants_rate` or `control` (tcp-rate.c).
 * Amounts are bytes; a segment counts as a whole one where the profile counts segments. */
typedef struct TcpCcPath {
  uint64_t delivered;        /* the peer has it, by ACK or SACK */
  uint64_t delivered_marked; /* of it, told by an ACK that echoed a mark (ECN) */
  SimTime delivered_at;      /* when that last grew, or when sending began from nothing in flight */
  uint64_t lost;             /* believed lost so far */
  uint64_t app_limited;  /* samples tell of the application, not of the path, until `delivered` is
                            beyond this; 0: they do not. A congestion control that itself holds
                            back may set it */
  SimTime srtt, min_rtt; /* of the connection; 0: none yet */
  uint64_t random;      /* the key of this connection's random numbers: sim_rng_mix(random, n, 0) */
  uint64_t pacing_rate; /* bytes/s, set by ops with `control`; UINT64_MAX: not limited. For others
                           it follows cwnd (tcp-pacing.c) */
} TcpCcPath;

typedef struct TcpCc {
  uint64_t cwnd;         /* bytes */
  uint64_t ssthresh;     /* bytes; UINT64_MAX before the first loss */
  uint32_t mss;          /* bytes of data in a full segment */
  bool counts_bytes;     /* cwnd may be any number of bytes; false: whole segments, as in Linux */
  uint64_t acked_unused; /* bytes acknowledged that have not yet raised cwnd (RFC 5681 3.1) */
  uint64_t ack_limit;    /* bytes that one ACK may add in slow start; UINT64_MAX: no limit */
  TcpCcPath *path;       /* borrowed; NULL unless the ops want rates or have `control` */
  const void *settings;  /* as ops->params describes them; borrowed; NULL: ops->defaults (never in
                            a connection) */
} TcpCc;

/* What one ACK tells of the path: bytes as in TcpCcPath. */
typedef struct TcpCcSample {
  uint64_t acked;           /* newly arrived, by ACK or SACK */
  uint64_t acked_marked;    /* the same when the ACK echoes a mark, else 0 */
  uint64_t lost;            /* found lost by this ACK */
  uint64_t flight;          /* now */
  uint64_t prior_flight;    /* before it */
  uint64_t delivered;       /* over `interval` */
  SimTime interval;         /* 0: no sample of the rate */
  uint64_t prior_delivered; /* TcpCcPath.delivered when the segment that arrived last was sent: a
                               round trip is over when this reaches what `delivered` was at its
                               beginning; without a sample nothing */
  SimTime rtt;              /* of the last segment that arrived; 0: it was sent more than once */
  bool app_limited;         /* the application, not the path, may have set the pace */
  bool ack_delayed;         /* the peer may have waited with this ACK */
} TcpCcSample;

/* An ACK of new data; for `control` any ACK. */
typedef struct TcpCcAck {
  SimTime now;
  uint64_t acked;    /* bytes newly acknowledged */
  uint64_t flight;   /* bytes in flight before it came */
  SimTime rtt;       /* of this ACK's sample; 0: none */
  SimTime srtt;      /* 0 before the first sample */
  SimTime min_rtt;   /* the least sample of the connection; 0 before the first */
  uint64_t una, nxt; /* stream positions of SND.UNA (this ACK taken) and SND.NXT: a round trip is
                        over when una reaches what nxt was at its beginning */
  const TcpCcSample *sample; /* NULL where TcpCc.path is */
  SimTime next_send_at;      /* with pacing, when the next data may leave; else now */
  bool recovering;           /* fast recovery is under way ... */
  bool repairing;            /* ... or the repair of a time-out */
  bool cwnd_limited;         /* the window was in use: it may grow (RFC 5681 3.1, RFC 7661 4) */
} TcpCcAck;

typedef struct TcpCcOps {
  const char *name; /* "reno" */
  const char *help;
  size_t state_size;      /* bytes of a state of its own, zeroed; 0: TcpCc is enough */
  const SimParam *params; /* of the settings; NULL: none */
  size_t settings_size;   /* bytes; 0: none */
  const void *defaults;   /* the settings when nobody chose any; NULL: none */
  bool cuts_flight;       /* on_loss and on_rto want what is in flight, whatever the profile says */
  bool restart_after_loss; /* a loss found without a time-out is repaired like one, from one segment
                              and by slow start, only without back-off: Tahoe */
  bool paces;              /* pacing is on unless the profile says off */
  bool wants_rate;         /* TcpCc.path and TcpCcAck.sample are there; costs a little an ACK */
  bool needs_ecn;    /* asks for ECN whatever the profile says, sends all packets as ECT(0), and
                        as a receiver echoes each packet's mark exactly (RFC 8257) */
  bool always_marks; /* on_mark is asked whatever `abe` says */
  uint8_t buffered;  /* windows of data that an autotuned send buffer holds; 0: two */
  /* cwnd is the initial window; NULL: nothing to do. */
  void (*init)(TcpCc *cc, void *state, SimTime now);
  void (*on_ack)(TcpCc *cc, void *state, const TcpCcAck *ack); /* not during recovery */
  /* Every ACK, in whatever state, as Linux's cong_control: sets cwnd (and pacing_rate) and stands
   * in for on_ack, for PRR, for what an idle time or an undo would make of cwnd, and for cwnd at
   * the end of recovery. on_loss and on_rto are called as ever, and may leave ssthresh alone; a
   * time-out leaves cwnd at one segment. NULL: none of that. */
  void (*control)(TcpCc *cc, void *state, const TcpCcAck *ack);
  /* Every ACK that finds something in flight, in whatever state, before the others: to measure.
   * NULL: nothing. */
  void (*measure)(TcpCc *cc, void *state, const TcpCcAck *ack);
  /* A mark (ECN), once a round trip: sets ssthresh as on_loss does. Asked where the profile has
   * `abe` (RFC 8511) or always_marks is set; NULL, or else: on_loss. */
  void (*on_mark)(TcpCc *cc, void *state, uint64_t window, SimTime now);
  /* A loss was found without a time-out: sets ssthresh from `window`, which is cwnd or what was in
   * flight as the profile says. cwnd is still what it was before. */
  void (*on_loss)(TcpCc *cc, void *state, uint64_t window, SimTime now);
  /* A retransmission time-out (the first for this data): sets ssthresh; cwnd is set to one
   * segment by the caller. */
  void (*on_rto)(TcpCc *cc, void *state, uint64_t window, SimTime now);
  /* Any retransmission time-out, also one for which nothing is cut; after on_rto. NULL: nothing. */
  void (*on_timeout)(TcpCc *cc, void *state, SimTime now);
  /* Recovery, or the repair of a time-out, is over: cwnd is what the caller made it. NULL: nothing.
   */
  void (*on_recovered)(TcpCc *cc, void *state, SimTime now);
  /* The loss was none (Eifel, DSACK): cwnd and ssthresh are as before it. NULL: nothing more. */
  void (*on_undo)(TcpCc *cc, void *state, SimTime now);
  /* Sending begins again with nothing in flight; cwnd may have lost some of its size. NULL:
   * nothing.
   */
  void (*on_idle)(TcpCc *cc, void *state, SimTime now);
  void (*release)(void *state); /* the state is about to be freed; NULL: nothing to do */
} TcpCcOps;

extern const TcpCcOps cc_bbr, cc_dctcp, cc_reno, cc_cubic, cc_tahoe, cc_newreno, cc_vegas,
    cc_westwood, cc_ledbat, cc_none;

const TcpCcOps *const *cc_list(void);      /* NULL-terminated */
const TcpCcOps *cc_find(const char *name); /* of the list; NULL: no such */

/* The settings in force. */
static inline const void *
cc_settings(const TcpCc *cc, const TcpCcOps *ops)
{
  return cc->settings != NULL ? cc->settings : ops->defaults;
}

/* Copies equal settings to one place: two profiles that say the same are then the same bytes. Its
 * owner keeps it longer than every profile that borrows from it. */
typedef struct TcpCcSettings TcpCcSettings;
TcpCcSettings *cc_settings_new(void);
void cc_settings_free(TcpCcSettings *all);
/* `settings`, ops->settings_size bytes that began as a copy of ops->defaults, as a profile carries
 * them: borrowed from `all`; NULL when they are the defaults. */
const void *cc_settings_share(TcpCcSettings *all, const TcpCcOps *ops, const void *settings);

/* Reno's parts, for those that differ from it in the rest only (cc-reno.c). */
/* Raises cwnd by `acked`, as far as ack_limit and ssthresh let it; returns what is left of it for
 * congestion avoidance. */
uint64_t cc_reno_slow_start(TcpCc *cc, uint64_t acked);
/* One segment for each `window` bytes acknowledged; `window` is cwnd at Reno. */
void cc_reno_add(TcpCc *cc, uint64_t window, uint64_t acked);
void cc_reno_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack);
void cc_reno_halve(TcpCc *cc, void *state, uint64_t window, SimTime now);

/* The settings that reno, newreno and tahoe share, and the hooks that obey them. */
typedef struct CcRenoSettings {
  double alpha;    /* segments that a round trip of congestion avoidance adds */
  double beta;     /* what a loss leaves of the window */
  double beta_ecn; /* what a mark leaves, with `abe` */
  double constant; /* of a segment, that each ACK adds besides */
  bool per_ack;    /* an ACK counts as one segment */
} CcRenoSettings;
extern const SimParam cc_reno_params[];
extern const CcRenoSettings cc_reno_defaults, cc_reno_1988, cc_reno_1990;
void cc_reno_set_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack);
void cc_reno_set_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now);
void cc_reno_set_on_mark(TcpCc *cc, void *state, uint64_t window, SimTime now);
