/* tcp-conn: one end of a connection, as the files of this folder share it. Private to models/tcp.
 *
 * Where is what:
 *   segment arrives       tcp_input                                     tcp-input
 *   urgent data           tcp_urgent_write, tcp_urgent_take             tcp-urgent
 *   data in a SYN         tcp_fastopen_begin, tcp_fastopen_on_syn       tcp-fastopen
 *   a SYN for a listener  tcp_listen_input (both queues, SYN cookies)   tcp-listen, tcp-cookie
 *   SYN retransmission    tcp_on_rto_timer -> tcp_handshake_retransmit  tcp-timers, tcp-handshake
 *   data RTO              tcp_on_rto_timer -> tcp_recovery_rto_on_timer tcp-recovery-rto
 *   fast retransmit       tcp_input_ack -> tcp_recovery_on_ack          tcp-input-ack, tcp-recovery
 *   cwnd changes          ops->on_ack, on_loss, on_rto, control         cc-*.c, called by tcp-cwnd
 *   PRR, taking a cut back  tcp_cwnd_prr; tcp_undo                      tcp-cwnd; tcp-undo
 *   a loss found by time  tcp_rack_detect                               tcp-rack
 *   SACK blocks           tcp_sack_take                                 tcp-sack
 *   what SACK sends next  tcp_nextseg_detect, tcp_nextseg_last_resort   tcp-nextseg
 *   tail-loss probe       tcp_rack_on_loss_probe_timer                  tcp-timers, tcp-rack
 *   the RTO value         tcp_rto_current                               tcp-rto
 *   may I send now?       tcp_output (a decision ladder)                tcp-output
 *   may it leave yet?     tcp_pacing_holds                              tcp-pacing
 *   a delivery-rate sample  tcp_rate_take                               tcp-rate
 *   may cwnd grow; idle   tcp_validation_lets_grow, ..._before_sending  tcp-validation
 *   a segment is made     tcp_send_segment, tcp_send_ack ...            tcp-send
 *   the peer's window     tcp_input_ack -> update_window                tcp-input-ack
 *   the offered window    tcp_window_now                                tcp-window
 *   memory, not bytes     tcp_held_space                                tcp-held
 *   what is acknowledged  tcp_ack_wanted                                tcp-ack
 *   the path's MTU        tcp_mtu_look, tcp_mtu_on_too_big              tcp-mtu
 *   an ICMP error         tcp_icmp_input                                tcp-icmp
 *   a congestion mark     tcp_ecn_on_data, tcp_ecn_on_ack               tcp-ecn, tcp-accecn
 *   a state change        tcp_set_state                                 tcp-conn
 *   a reset that comes    tcp_reset_input                               tcp-reset
 *   an orphan's FIN-WAIT-2  tcp_bucket_input                            tcp-bucket
 *   what the user asks    tcp_connect, tcp_send, tcp_info               tcp-user
 *   which port it gets    tcp_ports_choose                              tcp-ports
 *   what idle ends lack   TcpSending, TcpReceiving                      tcp-work
 *
 * Sequence numbers are 32 bits as on the wire; positions in a byte stream are 64 bits and count
 * from its first byte. tcp_send_position() and tcp_receive_position() turn one into the other. */
#pragma once

#include "models/tcp/cc.h"
#include "models/tcp/seq.h"
#include "models/tcp/tcp-shared.h"
#include "models/tcp/tcp-work.h"
#include "models/tcp/tcp.h"
#include "sim/lines.h"
#include "sim/slab.h"
#include "sim/timer.h"

/* The three timer slots: purposes that exclude one another share one. */
typedef enum {
  TCP_SLOT_SEND,   /* retransmission, tail-loss probe, RACK's reordering, persist */
  TCP_SLOT_ACK,    /* delayed ACK */
  TCP_SLOT_LINGER, /* keepalive, then FIN-WAIT-2, then TIME-WAIT */
  TCP_SLOTS
} TcpTimerSlot;

/* Why an ACK is owed. */
typedef enum { TCP_ACK_NONE, TCP_ACK_DELAYED, TCP_ACK_NOW } TcpAckDue;

/* What Fast Open has to do with a connection. */
typedef enum {
  TCP_FAST_OPEN_NOT,
  TCP_FAST_OPEN_ASKED,  /* our SYN asks for a cookie or brings one */
  TCP_FAST_OPEN_GRANTS, /* our SYN+ACK brings one */
  TCP_FAST_OPEN_TAKEN,  /* the peer's SYN brought data: we may answer in SYN-RECEIVED */
} TcpFastOpen;

/* What a client keeps of a server. */
typedef struct TcpFastOpenCookie {
  NetAddressId server;
  uint16_t mss;   /* that it offered */
  uint8_t length; /* 4 to 16 */
  uint8_t bytes[16];
} TcpFastOpenCookie;

typedef struct TcpAccEcn TcpAccEcn; /* tcp-accecn.c */
typedef struct TcpPorts TcpPorts;   /* tcp-ports.c */

/* By cache lines of 64 bytes: what every segment needs, what one that sends needs, what one that
 * receives needs, and then the rest: a simulation may hold millions of them, and most of its time
 * is that of fetching them. What only an end that sends, or only one that receives, has need of at
 * all is in tcp-work.h. */
struct TcpConn {
  TcpConn *hash_next; /* of the host's table */
  TcpEndpoints ends;
  uint16_t events;           /* TCP_EVENT_... to be told when the segment is dealt with */
  uint8_t state;             /* TcpState; changed by tcp_set_state() only */
  bool busy;                 /* an input, timer or call is under way: tcp_finish() comes later */
  TcpHost *host;             /* borrowed */
  const TcpProfile *profile; /* shared with others, see tcp-shared.h */
  const TcpUserOps *ops;     /* NULL: nobody */
  void *user;
  bool dead;           /* out of the host's table; freed by tcp_finish() */
  bool held;           /* the user has not released it */
  bool unread;         /* its user reads no more: once our FIN is out, data draws a RST */
  bool opener;         /* by tcp_connect() */
  bool closed_by_user; /* by tcp_close(): an orphan, until it is done */
  uint8_t fast_open;   /* TcpFastOpen */
  uint8_t soft_error;  /* IcmpKind of the last ICMP error since an ACK came; ICMP_OTHER: none */
  uint8_t keepalives;  /* unanswered keepalive probes */

  /* numbers and options in force */
  uint32_t rcv_nxt;
  uint32_t rcv_wup; /* rcv_nxt when the last ACK was sent */
  uint32_t rcv_wnd; /* what that ACK offered, bytes: right edge is rcv_wup + rcv_wnd */
  uint32_t snd_una, snd_nxt;
  uint32_t snd_wnd;          /* the peer's offer, bytes after scaling */
  uint32_t snd_wl1, snd_wl2; /* seq and ack of the segment that last set snd_wnd */
  uint32_t max_window;       /* the largest snd_wnd so far (RFC 9293 3.8.6.2.1) */
  uint32_t ts_recent;        /* RFC 7323: to be echoed */
  uint32_t last_ack_sent;    /* RFC 7323: Last.ACK.sent */
  uint8_t snd_scale, rcv_scale;
  bool timestamps, sack_ok;
  SimTime heard_at; /* the last segment from the peer */
  uint32_t segments_sent, segments_received;

  /* receiving */
  TcpReceiving *receiving; /* owned, or the host's `nothing_received` */
  uint64_t nxt_position;   /* stream position of rcv_nxt's byte */
  uint64_t taken;          /* bytes the user has taken */
  uint64_t receive_buffer; /* bytes that can be stored, now */
  uint64_t window_limit;   /* Linux's rcv_ssthresh: the window grows as segments come */
  SimTime ts_recent_at;    /* when ts_recent was taken */
  uint16_t rcv_mss;        /* the peer's segment size as seen */
  uint16_t mss;            /* data bytes in a full segment, options taken off */
  bool window_settled;     /* nothing has come or been taken since an ACK offered rcv_wnd */
  bool fin_known;          /* the peer's FIN has arrived ... */
  bool fin_taken;          /* ... and everything before it */
  bool ecn_echo;           /* a mark came: every ACK says so until CWR */
  uint8_t ack_due;         /* TcpAckDue */
  uint8_t ack_cause;       /* PacketCause of the ACK that is due */
  uint8_t quick;           /* ACKs that will be sent at once (Linux) */
  bool pingpong;           /* the application answers what comes: delay (Linux) */
  uint32_t irs;

  /* sending */
  TcpSending *sending;   /* owned, or the host's `nothing_sent`; see tcp-work.h */
  uint64_t una_position; /* stream position of the first byte not acknowledged */
  uint64_t written;      /* bytes the user has queued so far */
  SimTime unacked_since; /* RFC 5482: since when the oldest data is unacknowledged */
  uint32_t iss;
  uint32_t mtu_epoch; /* net->mtu_epoch when path_mtu was looked up */
  uint32_t ts_offset; /* of our timestamp clock */
  uint16_t path_mtu;  /* as far as it is known; see tcp-mtu.c */
  uint16_t syn_data;  /* bytes that our SYN carried (Fast Open) */
  bool scaling;       /* RFC 7323: both scales are in force */
  bool fin_queued, fin_sent, fin_acked;
  bool writer_waits;     /* the send buffer was full: WRITABLE is due when there is room */
  bool push_now;         /* Nagle was switched off: nothing that is queued waits, a cork or not */
  bool ecn;              /* RFC 3168's, or with `accecn` the accurate one */
  bool ecn_cwr_due;      /* cwnd was cut: the next new data says so */
  bool may_fragment;     /* without DF */
  uint8_t recovery;      /* of what is sent: TcpRecovery */
  uint8_t backoff;       /* doublings in force */
  uint8_t probes;        /* unanswered window probes */
  uint8_t probe_backoff; /* doublings of the persist timer */
  uint8_t timer_kind[TCP_SLOTS]; /* TcpTimerKind, what each slot is armed for */

  /* round trip, retransmission and cwnd */
  SimTime srtt, rttvar; /* 0 before the first sample */
  SimTime min_rtt;      /* the least sample; 0 before the first */
  SimTime rto;          /* without back-off */
  uint64_t bytes_sent;
  TcpCc cc;
  SimTimer timers[TCP_SLOTS];
  uint8_t timer_backoff[TCP_SLOTS]; /* doublings in force when it was set */
  uint8_t syn_sent;                 /* SYNs or SYN+ACKs sent so far */

  /* the rest */
  uint8_t error;        /* TcpError */
  uint8_t retired;      /* tcp-work.c: what of it counts as retired */
  bool forgotten;       /* dies with all others of its host, and was not busy then */
  bool young;           /* in its listener's SYN queue, and its first SYN+ACK has time yet */
  bool deferred;        /* its bare third packet was put off (defer_accept) */
  bool queued;          /* it stands in its listener's accept queue, and is not freed there */
  bool orphan;          /* closed by its user, and not done with sending; host->orphans counts it */
  uint8_t family;       /* of its addresses: 4 or 6 */
  uint16_t peer_mss;    /* from its SYN; 536 without one */
  TcpConn *next, *prev; /* of the host's list, in order of creation */
  TcpListener *listener;           /* borrowed; while it has not been accepted, else NULL */
  TcpConn *accept_next;            /* of the listener's accept queue */
  TcpAccEcn *accecn;               /* owned; NULL: accurate ECN was not agreed on */
  uint64_t fin_position;           /* where the FIN stands */
  SimTime challenged_at;           /* the last challenge ACK; -1: none */
  SimTime opened_at, connect_time; /* connect_time: SIM_TIME_NEVER: not yet */
  uint32_t retransmits, lost, timeouts, duplicate_acks; /* what tcp_info() tells */
};

struct TcpListener {
  TcpListener *next, *prev; /* of the host's list */
  TcpHost *host;
  TcpListenArgs args; /* profile is NULL: it was copied */
  TcpProfile profile;
  TcpConn *ready_head, *ready_tail; /* accept queue */
  int64_t backlog;                  /* each of the two queues holds one more */
  uint32_t young;                   /* half-open ones whose first SYN+ACK has time yet */
  SimTime cookie_sent_at;           /* the last SYN cookie; -1: none was sent */
  TcpListenerInfo info;
  bool telling; /* something became ready and its user has not been told */
};

#define TCP_HOST_FIRST_TABLE 4

/* Its first line of 64 bytes is what finding a connection takes, where there are few. */
struct TcpHost {
  _Alignas(SIM_LINE) TcpConn **table; /* hash by endpoints; `first_table`, or owned */
  uint32_t table_size;                /* a power of two */
  uint32_t connections;               /* in the table */
  TcpConn *first_table[TCP_HOST_FIRST_TABLE];
  Net *net;
  Sim *sim;

  Node *node; /* borrowed */
  TcpProfile profile;
  uint32_t orphans;           /* of them closed by their users and not done with sending */
  uint32_t fast_open_pending; /* in SYN-RECEIVED with data from their SYN */
  GArray *fast_open_cookies;  /* of TcpFastOpenCookie, by server; owned; NULL: none was granted */
  TcpConn *first, *last;      /* every connection that is not freed */
  TcpListener *listeners;
  TcpPorts *ports;    /* see tcp-ports.c; owned; NULL: too few connections and listeners for it */
  uint32_t listening; /* listeners */
  SimSlab conns, segments, sendings, receivings;
  SimSlab rated;           /* TcpRatedSegments, in place of segments where rates are measured */
  TcpSending nothing_sent; /* what connections point to that have ... */
  TcpReceiving nothing_received;
  TcpSharedProfiles profiles; /* of connections */
  uint64_t isn_key;           /* RFC 6528's secret, from the run's seed */
  uint16_t next_port;         /* that tcp_connect() tries */
};

#include "models/tcp/tcp-calls.h"
#include "models/tcp/tcp-calls-loss.h"
