/* tcp-profile: what a TCP does where the standards leave a choice, as one table of constants.
 *
 * A profile is a TcpProfile with every field set; a host, a listener or a connection starts from
 * one and overrides fields by name through tcp_profile_params, from which the scenario language,
 * `roundtrip list profiles` and the reference are made. `cc`, which is a name with a table of its
 * own, and `keepalive`, which is a table, are read apart.
 * Profiles that say the same are the same bytes (tcp-shared.h). */
#pragma once

#include "models/tcp/cc.h"

/* TcpProfile.ecn */
enum { TCP_ECN_OFF, TCP_ECN_PASSIVE, TCP_ECN_ON, TCP_ECN_ACCURATE };
/* TcpProfile.fastopen: Linux's bits. */
enum { TCP_FASTOPEN_CLIENT = 0x01, TCP_FASTOPEN_SERVER = 0x02 };
/* TcpProfile.syn_cookies */
enum { TCP_COOKIES_OFF, TCP_COOKIES_WHEN_FULL, TCP_COOKIES_ALWAYS };
/* TcpProfile.time_wait_reuse */
enum { TCP_REUSE_OFF, TCP_REUSE_LOOPBACK, TCP_REUSE_ON };

/* TcpProfile.pacing */
enum { TCP_PACING_AUTO, TCP_PACING_ON, TCP_PACING_OFF };

/* TcpProfile.cwnd_validation: tcp-validation.c */
enum { TCP_CWND_VALIDATION_OFF, TCP_CWND_VALIDATION_LINUX, TCP_CWND_VALIDATION_RFC7661 };

/* TcpProfile.mtu_probing */
enum { TCP_MTU_PROBING_OFF, TCP_MTU_PROBING_BLACK_HOLE, TCP_MTU_PROBING_ALWAYS };

typedef struct TcpProfile {
  const TcpCcOps *cc;        /* congestion control */
  const void *cc_settings;   /* its settings; borrowed, see cc_settings_share(); NULL: defaults */
  uint64_t mss;              /* bytes of data in a segment without options; 0: from the MTU */
  uint64_t peer_mss_floor;   /* bytes: a peer's MSS below counts as this */
  int64_t initial_window;    /* segments; 0: RFC 3390 */
  int64_t slow_start_limit;  /* segments that one ACK may add in slow start; 0: no limit (Linux) */
  bool cwnd_counts_segments; /* a short segment takes as much of cwnd as a full one (Linux) */
  bool threshold_from_cwnd;  /* after a loss: half of cwnd (Linux), else half of the flight */
  int64_t syn_losses_forgiven; /* so many lost SYNs leave the initial window as it is */
  int64_t window_scale;        /* 0 to 14; -1: not offered; -2: the least that fits the buffer */
  bool timestamps;             /* RFC 7323 */
  bool sack, dsack;            /* RFC 2018, RFC 2883 */
  SimTime initial_rto;         /* RFC 6298 2.1 */
  SimTime min_rto;
  SimTime max_rto;
  int64_t rto_variances; /* RFC 6298's K: the time-out is srtt + K rttvar */
  SimTime timer_tick; /* BSD's slow clock: time-outs are whole ticks and end with one, round trips
                         are counted in ticks and timed one at a time; 0: exact */
  SimTime syn_backoff_from; /* what the handshake's second time-out is the double of (BSD's is not
                               the first); 0: initial_rto */
  SimTime
      connect_timeout; /* a handshake that lasts longer is given up; SIM_TIME_NEVER: by retries */
  SimTime persist_min, persist_max; /* of the persist timer; max 0: max_rto */
  bool
      rto_floor_on_variance; /* srtt + max(min_rto, 4 rttvar) as in Linux; else max(min_rto, ...) */
  int64_t syn_retries;
  int64_t syn_linear_timeouts; /* so many of them without back-off, in addition to syn_retries */
  SimTime syn_after_bad_ack;   /* Linux: an ACK of something never sent shows that the peer knows of
                                  another connection: the SYN goes out again so soon, but only once;
                                  SIM_TIME_NEVER: its timer goes on */
  int64_t synack_retries;
  int64_t retries;        /* of data, until the connection is given up */
  bool retries_as_time;   /* Linux: give up after the time that many retries from min_rto take */
  int64_t orphan_retries; /* the same once the application has closed */
  int64_t backlog;        /* accept queue; it holds one more, and so does the SYN queue */
  int64_t backlog_max;    /* a greater backlog counts as this (Linux's somaxconn) */
  int64_t syn_backlog;    /* without cookies the last quarter of this is for known peers, and here
                             nobody is known (Linux's tcp_max_syn_backlog) */
  int syn_cookies;        /* TCP_COOKIES_... */
  bool listen_drops_syn_fin; /* a SYN with a FIN draws nothing (Linux); else the FIN is ignored */
  bool listen_close_resets;  /* half-open connections of a listener that is closed are reset; else
                                (Linux) forgotten: what comes for them draws the reset */
  bool syn_queue_prunes;     /* while it is half full, old entries get fewer SYN+ACKs (Linux) */
  int fastopen;              /* TCP_FASTOPEN_...: data in the SYN (RFC 7413) */
  SimTime defer_accept;      /* a listener waits so long for data behind a bare third packet; 0: it
                                does not (Linux's TCP_DEFER_ACCEPT) */
  SimTime delayed_ack;       /* 0: every segment is acknowledged at once */
  bool ack_tick;             /* a delayed ACK leaves with the next tick of a clock of that period */
  bool quick_acks;           /* Linux: the first segments of a flow are acknowledged one by one */
  bool cautious_window;      /* Linux's rule for the window that is offered, else RFC 1122's */
  bool nagle;                /* RFC 1122 4.2.3.4 */
  bool minshall;             /* Nagle holds only behind a small segment, not behind a full one */
  bool cork;              /* less than a segment waits, for at most a time-out (Linux's TCP_CORK) */
  bool probe_with_data;   /* a window probe carries one new byte (RFC 1122); else none (Linux) */
  bool limited_transmit;  /* RFC 3042 */
  bool newreno;           /* without SACK, partial ACKs are answered (RFC 6582); else the first new
                             ACK ends fast recovery (RFC 2001) */
  bool keeps_inflation;   /* BSD until 1995: the three duplicates of a recovery that saw no more of
                             them stay in cwnd (without newreno) */
  bool prr;               /* RFC 9937; else cwnd comes down at once */
  bool rack;              /* losses are found by time (RFC 8985); else by counting SACKs */
  bool last_resort;       /* without rack: NextSeg()'s rules 3 and 4 (RFC 6675 4) */
  bool tail_loss_probe;   /* RFC 8985 7 */
  bool frto;              /* RFC 5682 */
  bool undo;              /* of cuts that timestamps or DSACKs show to be needless */
  SimTime time_wait;      /* 2 MSL */
  SimTime fin_timeout;    /* an orphan in FIN-WAIT-2; SIM_TIME_NEVER: none */
  bool fin_wait_2_bucket; /* Linux keeps it as it keeps a TIME-WAIT: tcp-bucket.c */
  bool reset_for_gap_fin; /* a FIN beyond a gap speaks of data that nobody will read, as data does
                             (Linux); else (RFC 9293) it waits for the gap to close */
  int time_wait_reuse;    /* TCP_REUSE_...: tcp_connect() may take over a TIME-WAIT (Linux) */
  bool time_wait_drops_syn; /* a SYN that may not reopen draws nothing (RFC 6191); else an ACK */
  SimTime linger;       /* SO_LINGER: 0: closing resets; else how long close() waits, which is its
                           caller's business; SIM_TIME_NEVER: off */
  int64_t max_orphans;  /* of a host: one more is reset when it is closed */
  uint64_t send_buffer; /* bytes written and not yet acknowledged */
  uint64_t receive_buffer; /* bytes that can be stored */
  bool autotune;           /* both buffers grow as the path asks, to these: */
  uint64_t send_buffer_max, receive_buffer_max;
  uint64_t receive_memory; /* Linux's sk_rcvbuf: bytes that segments take of it by their true size,
                              see tcp-held.c; 0: receive_buffer counts their data alone */
  bool trim_to_window;     /* of a segment that crosses the right edge, the part inside is taken;
                              else (Linux) none of it */
  bool keep_larger_window; /* Linux: nothing but a new ACK lowers the peer's window (or shuts it),
                              and a segment beyond the last is always a window update */
  bool fin_holds_data;     /* Linux: the last data waits when its FIN does not fit the window */
  bool drop_without_timestamp; /* RFC 7323 3.2 SHOULD, once both use them; Linux takes it */
  bool abe;                    /* a mark cuts less than a loss (RFC 8511) */
  int ecn;                /* TCP_ECN_...: never, when the peer asks, always asked for, RFC 9768's */
  SimTime keepalive_idle; /* silence before the first probe; SIM_TIME_NEVER: no keepalive */
  SimTime keepalive_interval; /* between probes */
  int64_t keepalive_probes;   /* unanswered ones until the connection is given up */
  SimTime user_timeout;       /* RFC 5482: data unacknowledged (or behind a shut window, or a
                                 keepalive unanswered) for so long; SIM_TIME_NEVER: none */
  bool idle_restart;          /* RFC 5681 4.1; not with RFC 7661, which replaces it */
  int cwnd_validation;        /* TCP_CWND_VALIDATION_...: a cwnd that is not used */
  int pacing;                 /* TCP_PACING_...: auto is on where the congestion control asks */
  double pacing_ss_ratio;     /* pacing rate over cwnd / srtt while cwnd may double ... */
  double pacing_ca_ratio;     /* ... and once it grows slowly */
  uint64_t max_pacing_rate;   /* bit/s; 0: none; with one, auto is on */
  bool challenge_ack;         /* RFC 5961 */
  bool reset_beyond_hole; /* a reset counts behind what is known to be there out of order, too */
  bool reset_after_fin;   /* ... and with the number of the FIN that came before it (Linux) */
  bool reset_for_half_open_syn; /* another SYN in the window of a half-open connection draws a reset
                                   as it ends it (Linux) */
  bool synack_text;             /* data and FIN in a SYN+ACK are taken; else (Linux) ignored */
  bool rfc1337;                 /* TIME-WAIT ignores resets */
  bool synack_for_repeated_syn; /* SYN-RECEIVED answers a repeated SYN with another SYN+ACK (Linux);
                                   else with the ACK of RFC 9293 3.10.7.4 */
  bool path_mtu_discovery;      /* RFC 1191, 8201: DF, and "too big" is believed */
  int mtu_probing;              /* TCP_MTU_PROBING_...: RFC 4821 */
  uint64_t mtu_probe_base;      /* bytes of data in a segment that it begins with */
  uint64_t mtu_probe_floor;     /* and below which it does not go in a black hole */
  uint64_t mtu_probe_threshold; /* bytes of MTU: a range that is not worth another probe */
  SimTime mtu_probe_interval;   /* until the range is opened upward again */
  bool icmp_ends_opening;       /* any error ends an opening (Linux); else only hard ones */
  bool icmp_hard_errors;        /* hard ones end an open connection (RFC 1122 4.2.3.9), too */
  bool icmp_reverts_backoff;    /* "unreachable" takes a doubling of the time-out back (RFC 6069) */
  int64_t isn;                  /* initial sequence number; -1: by RFC 6528 */
} TcpProfile;

extern const SimParam tcp_profile_params[];
/* The table in the table: keepalive = {idle = ..., interval = ..., probes = ...}. */
extern const SimParam tcp_keepalive_params[];
#define TCP_KEEPALIVE_IDLE (7200 * SIM_SECOND) /* RFC 1122 4.2.3.6: no less than two hours */

/* tcp-profile-bsd.c */
extern const TcpProfile tcp_profile_bsd44, tcp_profile_reno_1990, tcp_profile_tahoe_1988;

/* "linux", "rfc9293", "bsd44" ...; NULL-terminated. The first is the default. */
const char *const *tcp_profile_names(void);
/* NULL when there is no such profile. */
const TcpProfile *tcp_profile_find(const char *name);
