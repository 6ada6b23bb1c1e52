/* tcp-profile-bsd: the three BSD stacks in which congestion control came to be, as profiles.
 *
 *   tahoe-1988   4.3BSD-Tahoe, June 1988: Jacobson's slow start, congestion avoidance and fast
 *                retransmit, without fast recovery ("Congestion Avoidance and Control", SIGCOMM
 * '88) reno-1990    4.3BSD-Reno, June 1990: fast recovery (as RFC 2001 describes it later), four
 *                variances in the time-out, and the constant that RFC 2525 calls an error
 *   bsd44        4.4BSD-Lite, 1994: window scaling and timestamps (RFC 1323)
 *
 * Their clocks: a slow one of 500 ms (PR_SLOWHZ 2) counts down every time-out, a fast one of 200 ms
 * (PR_FASTHZ 5) sends delayed ACKs. Sources: the papers; Stevens, "TCP/IP Illustrated" 1 (1994),
 * with Wright and Stevens 2 (1995), where the numbers in brackets are from; RFC 2001; RFC 2525;
 * Brakmo and Peterson, "Performance Problems in BSD4.4 TCP" (1995). Both clocks tick from the
 * beginning of the simulation at every host; real ones have their own phase. Left out: header
 * prediction, source quench, initial sequence numbers from a clock (set `isn` for one's own), the
 * backlog's factor of 1.5. */
#include "models/tcp/tcp-profile.h"

#define SLOW_TICK (500 * SIM_MILLISECOND)

/* What the three have in common. */
#define BSD                                                                                        \
  .peer_mss_floor = 32,                      /* tcp_mss(): "sanity" (vol. 2) */                    \
      .initial_window = 1,                   /* one segment: slow start */                         \
      .slow_start_limit = 1,                 /* "exponentially (maxseg per packet)" */             \
      .initial_rto = 6 * SIM_SECOND,         /* TCPTV_SRTTDFLT 3 s, twice (vol. 1, 18.7) */        \
      .min_rto = SIM_SECOND,                 /* TCPTV_MIN */                                       \
      .max_rto = 64 * SIM_SECOND,            /* TCPTV_REXMTMAX; tcp_backoff[] ends at 64, too */   \
      .timer_tick = SLOW_TICK,               /* */                                                 \
      .connect_timeout = 75 * SIM_SECOND,    /* TCPTV_KEEP_INIT */                                 \
      .syn_retries = 12,                     /* the 75 s end it sooner */                          \
      .syn_after_bad_ack = SIM_TIME_NEVER,   /* */                                                 \
      .synack_retries = 12,                  /* */                                                 \
      .retries = 12,                         /* TCP_MAXRXTSHIFT */                                 \
      .orphan_retries = 12,                  /* */                                                 \
      .persist_min = 5 * SIM_SECOND,         /* TCPTV_PERSMIN */                                   \
      .persist_max = 60 * SIM_SECOND,        /* TCPTV_PERSMAX */                                   \
      .backlog = 5,                          /* SOMAXCONN */                                       \
      .backlog_max = 5,                      /* the same: listen() takes no more */                \
      .syn_backlog = INT64_MAX,              /* */                                                 \
      .listen_close_resets = true,           /* soclose() aborts what is in so_q0 */               \
      .synack_text = true,                   /* tcp_input(): SYN-SENT goes on at "step6" */        \
      .delayed_ack = 200 * SIM_MILLISECOND,  /* the next tick of the fast clock */                 \
      .ack_tick = true,                      /* */                                                 \
      .nagle = true,                         /* RFC 896, in 4.3BSD */                              \
      .probe_with_data = true,               /* tcp_output() with t_force sends a byte */          \
      .time_wait = 60 * SIM_SECOND,          /* 2 TCPTV_MSL */                                     \
      .fin_timeout = 675 * SIM_SECOND,       /* tcp_maxidle 600 s, then TCPTV_KEEPINTVL 75 s */    \
      .time_wait_drops_syn = false,          /* a SYN beyond the old sequence reopens */           \
      .linger = SIM_TIME_NEVER,              /* */                                                 \
      .max_orphans = INT64_MAX,              /* */                                                 \
      .trim_to_window = true,                /* tcp_input()'s "todrop" */                          \
      .keepalive_idle = SIM_TIME_NEVER,      /* off unless asked for, then TCPTV_KEEP_IDLE 2 h */  \
      .keepalive_interval = 75 * SIM_SECOND, /* TCPTV_KEEPINTVL */                                 \
      .keepalive_probes = 8,                 /* TCPTV_KEEPCNT */                                   \
      .user_timeout = SIM_TIME_NEVER,        /* */                                                 \
      .cwnd_validation = TCP_CWND_VALIDATION_OFF,    /* cwnd grows with every ACK */               \
      .mtu_probe_base = 1024, .mtu_probe_floor = 48, /* no path MTU discovery (RFC 1191) yet */    \
      .mtu_probe_threshold = 8, .mtu_probe_interval = 600 * SIM_SECOND, .pacing = TCP_PACING_OFF,  \
  .pacing_ss_ratio = 2, .pacing_ca_ratio = 1.2, .isn = -1

const TcpProfile tcp_profile_bsd44 = {
    BSD,
    .cc = &cc_reno,
    .cc_settings = &cc_reno_1990,
    .window_scale = -2,                  /* the least that lets sb_hiwat through (tcp_usrreq.c) */
    .timestamps = true,                  /* tcp_do_rfc1323 = 1 */
    .rto_variances = 4,                  /* TCP_REXMTVAL: t_srtt / 8 + t_rttvar, scaled by 4 */
    .syn_backoff_from = 12 * SIM_SECOND, /* the same without a sample: SYNs at 0, 6, 30 s */
    .keeps_inflation = true,             /* "t_dupacks > tcprexmtthresh" */
    .send_buffer = 8192,                 /* tcp_sendspace (tcp_usrreq.c) */
    .receive_buffer = 8192,              /* tcp_recvspace */
    .send_buffer_max = 8192,
    .receive_buffer_max = 8192,
    .idle_restart = true, /* tcp_output(): idle for t_rxtcur: snd_cwnd = t_maxseg */
};

const TcpProfile tcp_profile_reno_1990 = {
    BSD,
    .cc = &cc_reno,
    .cc_settings = &cc_reno_1990,
    .mss = 1024, /* an Ethernet's 1460, rounded down to MCLBYTES (vol. 1, 18.4) */
    .window_scale = -1,
    .rto_variances = 4, /* Jacobson, April 1990: four instead of two */
    .syn_backoff_from = 12 * SIM_SECOND,
    .keeps_inflation = true,
    .send_buffer = 8192,
    .receive_buffer = 8192,
    .send_buffer_max = 8192,
    .receive_buffer_max = 8192,
    .idle_restart = true,
};

const TcpProfile tcp_profile_tahoe_1988 = {
    BSD,
    .cc = &cc_tahoe,
    .cc_settings = &cc_reno_1988,
    .mss = 1024,
    .window_scale = -1,
    .rto_variances = 2,  /* ((t_srtt >> 2) + t_rttvar) >> 1: SYNs at 0, 6, 18, 42 s */
    .send_buffer = 4096, /* four clusters of 1,024 bytes */
    .receive_buffer = 4096,
    .send_buffer_max = 4096,
    .receive_buffer_max = 4096,
};
