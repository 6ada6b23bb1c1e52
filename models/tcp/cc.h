/* cc: congestion control, one const ops struct each, in a file cc-NAME.c and a row in cc.c.
 *
 * The hooks see TcpCc, never the connection. What they decide is cwnd and ssthresh; when a loss is
 * believed to have happened, and what is sent then, is the business of tcp-recovery.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/param.h"
#include "sim/time.h"

typedef struct TcpCc {
  uint64_t cwnd;         /* bytes */
  uint64_t ssthresh;     /* bytes; UINT64_MAX before the first loss */
  uint32_t mss;          /* bytes of data in a full segment */
  uint64_t acked_unused; /* bytes acknowledged that have not yet raised cwnd (RFC 5681 3.1) */
  uint64_t ack_limit;    /* bytes that one ACK may add in slow start; UINT64_MAX: no limit */
} TcpCc;

/* An ACK of new data. */
typedef struct TcpCcAck {
  SimTime now;
  uint64_t acked;    /* bytes newly acknowledged */
  uint64_t flight;   /* bytes in flight before it came */
  SimTime rtt;       /* of this ACK's sample; 0: none */
  SimTime srtt;      /* 0 before the first sample */
  SimTime min_rtt;   /* the least sample of the connection; 0 before the first */
  uint64_t una, nxt; /* stream positions of SND.UNA (this ACK taken) and SND.NXT: a round trip is
                        over when una reaches what nxt was at its beginning */
  bool cwnd_limited; /* the window was in use: it may grow (RFC 5681 3.1, RFC 7661 4) */
} TcpCcAck;

typedef struct TcpCcOps {
  const char *name; /* "reno" */
  const char *help;
  size_t state_size;                    /* bytes of a state of its own; 0: TcpCc is enough */
  const SimParam *params;               /* of that state; NULL: none */
  void (*init)(TcpCc *cc, void *state); /* cwnd is the initial window; NULL: nothing to do */
  void (*on_ack)(TcpCc *cc, void *state, const TcpCcAck *ack); /* not during recovery */
  /* A loss was found without a time-out: sets ssthresh from what was in flight. */
  void (*on_loss)(TcpCc *cc, void *state, uint64_t flight, SimTime now);
  /* A retransmission time-out (the first for this data): sets ssthresh; cwnd is set to one
   * segment by the caller. */
  void (*on_rto)(TcpCc *cc, void *state, uint64_t flight, SimTime now);
  /* Recovery, or the repair of a time-out, is over: cwnd is what the caller made it. NULL: nothing. */
  void (*on_recovered)(TcpCc *cc, void *state, SimTime now);
  /* The loss was none (Eifel, DSACK): cwnd and ssthresh are as before it. NULL: nothing more. */
  void (*on_undo)(TcpCc *cc, void *state, SimTime now);
  /* Sending begins again after an idle time that cost cwnd some of its size. NULL: nothing. */
  void (*on_idle)(TcpCc *cc, void *state, SimTime now);
} TcpCcOps;

extern const TcpCcOps cc_reno;

const TcpCcOps *const *cc_list(void); /* NULL-terminated */
/* The same names as choices of a parameter, in the same order; NULL-terminated. */
extern const char *const cc_names[];
