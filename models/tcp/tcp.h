/* tcp: the Transmission Control Protocol as its users see it (RFC 9293).
 *
 * One TcpHost stands on each node that speaks TCP. Connections are made by tcp_connect() or come
 * out of a listener by tcp_accept(). Data is counted; bytes are kept only where bytes were given.
 *
 * Callbacks: `event` is called when a segment or a timer has been dealt with to the end, so that
 * it may call any function here, tcp_release() too. `state` is called in the middle and may not.
 *
 * Lifetime: a connection belongs to its host. Its user holds it until tcp_release(); it is freed
 * when it is released and CLOSED, or with the host. */
#pragma once

#include "models/net/node.h"
#include "models/tcp/tcp-profile.h"

typedef struct TcpHost TcpHost;
typedef struct TcpConn TcpConn;
typedef struct TcpListener TcpListener;

typedef enum {
  TCP_CLOSED,
  TCP_LISTEN,
  TCP_SYN_SENT,
  TCP_SYN_RECEIVED,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT_1,
  TCP_FIN_WAIT_2,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_LAST_ACK,
  TCP_TIME_WAIT,
  TCP_STATES
} TcpState;

const char *tcp_state_name(TcpState state); /* "SYN-SENT", as in the RFC */

/* Why a connection is no more. */
typedef enum {
  TCP_OK, /* it is, or it was closed in order */
  TCP_ERROR_TIMED_OUT,
  TCP_ERROR_REFUSED,     /* a reset in SYN-SENT */
  TCP_ERROR_RESET,       /* a reset later */
  TCP_ERROR_UNREACHABLE, /* no route, or a router said so (TcpInfo.soft_error) */
  TCP_ERROR_ABORTED,     /* by its own user: tcp_abort(), tcp_vanish(), a restart */
} TcpError;

const char *tcp_error_name(TcpError error); /* "timed out", "refused", "reset", "unreachable" ... */

enum {
  TCP_EVENT_CONNECTED = 0x01, /* ESTABLISHED for the first time */
  TCP_EVENT_READABLE = 0x02,  /* more data, or the end of it */
  TCP_EVENT_WRITABLE = 0x04,  /* room in a send buffer that was full */
  TCP_EVENT_CLOSED = 0x08,    /* CLOSED; tcp_error() says why */
  TCP_EVENT_LOSS = 0x10,      /* entered recovery */
  TCP_EVENT_TIMEOUT = 0x20,   /* a retransmission time-out */
  TCP_EVENT_RECOVERED = 0x40, /* recovery is over */
  TCP_EVENT_URGENT = 0x80,    /* the peer has set a mark ahead of what was taken (RFC 6093) */
};

typedef struct TcpUserOps {
  void (*event)(TcpConn *conn, unsigned events, void *user); /* TCP_EVENT_...; NULL: not told */
  void (*state)(TcpConn *conn, TcpState from, TcpState to, void *user); /* NULL: not told */
} TcpUserOps;

/* -- hosts -- */

/* A TCP on `node` (a host) whose connections start from `profile` (copied). Freed with
 * tcp_host_free(), before the network. */
TcpHost *tcp_host_new(Node *node, const TcpProfile *profile);
void tcp_host_free(TcpHost *host);
Node *tcp_host_node(const TcpHost *host);
/* What it keeps its objects in, one after another. */
void tcp_host_slabs(const TcpHost *host, void (*each)(const SimSlab *slab, void *data), void *data);
/* The host's own profile, to be changed before connections are made. */
TcpProfile *tcp_host_profile(TcpHost *host);
/* Forgets every connection without a word (their users hear CLOSED, "aborted"); listeners stay. */
void tcp_host_restart(TcpHost *host);
/* Each that is not freed, the first made first. */
void tcp_host_each(const TcpHost *host, void (*each)(const TcpConn *conn, void *data), void *data);
/* Connections that are not CLOSED. */
uint32_t tcp_host_connections(const TcpHost *host);
/* Those of them that their users have closed and that still have something to send. */
uint32_t tcp_host_orphans(const TcpHost *host);

/* -- opening -- */

typedef struct TcpListenArgs {
  uint16_t port;
  const TcpProfile *profile; /* copied; NULL: the host's */
  /* A connection is ready for tcp_accept(). Called like `event`. May be NULL. */
  void (*accepted)(TcpListener *listener, void *user);
  void *user;
} TcpListenArgs;

/* NULL and an error when the port is taken. */
TcpListener *tcp_listen(TcpHost *host, const TcpListenArgs *args, GError **error);
/* The oldest connection that is ready, NULL: none. The caller is its user from now on. */
TcpConn *tcp_accept(TcpListener *listener, const TcpUserOps *ops, void *user);
/* Stops listening; connections not yet accepted are reset. Frees it. */
void tcp_listener_close(TcpListener *listener);
uint32_t tcp_listener_ready(const TcpListener *listener);     /* in the accept queue */
uint32_t tcp_listener_half_open(const TcpListener *listener); /* in SYN-RECEIVED */

typedef struct TcpListenerInfo {
  uint32_t half_open;      /* now in SYN-RECEIVED, the SYN queue */
  uint32_t ready;          /* now in the accept queue */
  uint32_t most_half_open; /* at any time */
  uint32_t most_ready;
  uint64_t dropped;          /* SYNs and third packets that found a queue full */
  uint64_t overflows;        /* of them, those for which it was the accept queue */
  uint64_t deferred;         /* third packets put off (defer_accept) */
  uint64_t cookies_sent;     /* SYN+ACKs for which nothing was kept */
  uint64_t cookies_received; /* that came back and were good */
  uint64_t cookies_failed;   /* that were wrong or too old: reset */
} TcpListenerInfo;

void tcp_listener_info(const TcpListener *listener, TcpListenerInfo *info);

typedef struct TcpConnectArgs {
  NetAddressId destination;
  uint16_t port;
  uint16_t from_port;        /* 0: the next free one from 49152 */
  const TcpProfile *profile; /* copied; NULL: the host's */
  const TcpUserOps *ops;
  void *user;
  /* Fast Open (RFC 7413), where the profile has the client's half: the SYN asks for a cookie, or,
   * with one that is known, carries as much of `early` as it can hold (tcp_early() says how much).
   * What it does not hold is the caller's to send. */
  bool fast_open;
  uint64_t early;          /* bytes */
  const void *early_bytes; /* copied; NULL: only a count */
} TcpConnectArgs;

/* Sends a SYN. NULL and an error (SIM_ERROR_STATE) when the port is in use; with no route to the
 * destination the connection is returned CLOSED with TCP_ERROR_UNREACHABLE. */
TcpConn *tcp_connect(TcpHost *host, const TcpConnectArgs *args, GError **error);

uint64_t tcp_early(const TcpConn *conn); /* bytes that went out in the SYN */

/* -- a connection -- */

/* Queues up to `count` bytes and returns how many found room; `bytes` are copied, NULL: only a
 * count. 0 also when the sending side is closed. */
uint64_t tcp_send(TcpConn *conn, uint64_t count, const void *bytes);
/* Can more be queued (now or later)? False once the sending side is closed. */
bool tcp_may_send(const TcpConn *conn);
/* Takes up to `max` bytes that have arrived in order; appends them to `bytes` (which may be NULL)
 * when the sender gave bytes: *is_text then. Counted ones between them are zeros. */
uint64_t tcp_receive(TcpConn *conn, uint64_t max, GByteArray *bytes, bool *is_text);
uint64_t tcp_receivable(const TcpConn *conn); /* bytes that wait to be taken */
bool tcp_at_end(const TcpConn *conn);         /* everything was taken and nothing more will come */
/* Urgent data is a mark in the stream (RFC 6093): behind the last of these bytes. As tcp_send(). */
uint64_t tcp_send_urgent(TcpConn *conn, uint64_t count, const void *bytes);
/* Bytes that can be taken before the one that the peer's mark stands behind: 0: that is the next
 * one (SIOCATMARK); UINT64_MAX: there is no mark ahead. */
uint64_t tcp_before_mark(const TcpConn *conn);

void tcp_shutdown(TcpConn *conn); /* FIN behind what is queued; receiving goes on */
/* The user will read no more: what comes once our FIN is out draws a RST (RFC 1122 4.2.2.13). */
void tcp_stop_reading(TcpConn *conn);
/* Both; RST when there is unread data (RFC 1122 4.2.2.13), when `linger` is 0, or when the host has
 * `max_orphans` already. */
void tcp_close(TcpConn *conn);
/* After tcp_close(): is there still something that the peer has not acknowledged? For who waits
 * because of `linger`. */
bool tcp_lingers(const TcpConn *conn);
void tcp_abort(TcpConn *conn);  /* RST, and nothing more */
void tcp_vanish(TcpConn *conn); /* forgotten without a word */
/* The user lets go: no more callbacks. An open connection is closed first as by tcp_close(). */
void tcp_release(TcpConn *conn);

/* Linux's TCP_QUICKACK, an act and no option: an ACK that is delayed leaves now, and the guess that
 * the application will answer is dropped (or, `on` false, taken up). */
void tcp_quick_ack(TcpConn *conn, bool on);

/* Changes options that may change later (Nagle, delayed ACK, buffers, congestion control ...).
 * `profile` is the whole table, derived from tcp_conn_profile(). */
const TcpProfile *tcp_conn_profile(const TcpConn *conn);
void tcp_conn_set_profile(TcpConn *conn, const TcpProfile *profile);
/* For connections that will come. */
void tcp_listener_set_profile(TcpListener *listener, const TcpProfile *profile);

/* The connection that a hook of TcpCcOps is called for, to look at. */
const TcpConn *tcp_conn_of_cc(const TcpCc *cc);

typedef struct TcpEndpoints {
  NetAddressId local, remote;
  uint16_t local_port, remote_port;
} TcpEndpoints;

TcpEndpoints tcp_endpoints(const TcpConn *conn);
TcpHost *tcp_conn_host(const TcpConn *conn);
TcpState tcp_state(const TcpConn *conn);
TcpError tcp_error(const TcpConn *conn);
bool tcp_conn_is_opener(const TcpConn *conn); /* made by tcp_connect() */
void *tcp_user(const TcpConn *conn);
void tcp_set_user(TcpConn *conn, const TcpUserOps *ops, void *user);

typedef enum {
  TCP_RECOVERY_OPEN,     /* nothing is known to be lost */
  TCP_RECOVERY_DISORDER, /* duplicate ACKs, not yet enough of them */
  TCP_RECOVERY_CWR,      /* cwnd comes down because of a mark, nothing is lost (RFC 3168) */
  TCP_RECOVERY_FAST,     /* fast recovery (RFC 5681, 6582) */
  TCP_RECOVERY_LOSS,     /* after a time-out */
} TcpRecovery;

const char *tcp_recovery_name(TcpRecovery recovery); /* "open", "disorder", "cwr" ... */

/* What TCP_INFO would say. Bytes and picoseconds. */
typedef struct TcpInfo {
  TcpState state;
  TcpRecovery recovery;
  uint64_t cwnd;             /* bytes */
  uint64_t ssthresh;         /* bytes; UINT64_MAX before the first loss */
  uint64_t flight;           /* bytes sent and neither acknowledged nor believed lost */
  uint64_t snd_wnd, rcv_wnd; /* offered by the peer and to the peer, bytes */
  SimTime srtt, rttvar;      /* 0 before the first sample */
  SimTime rto;               /* with the back-off in force */
  uint32_t backoff;          /* doublings in force */
  uint32_t mss;              /* bytes of data in a full segment now */
  uint32_t path_mtu;         /* bytes; 0 before it was needed */
  IcmpKind soft_error;       /* the last ICMP error since an ACK came; ICMP_OTHER: none */
  uint64_t pacing_rate;      /* bytes/s, payload; UINT64_MAX: not paced */
  uint64_t bytes_sent;       /* payload, retransmissions counted again */
  uint64_t bytes_acked;      /* payload the peer acknowledged */
  uint64_t bytes_received;   /* payload that arrived in order */
  uint64_t segments_sent, segments_received;
  uint64_t retransmits; /* segments, SYN and FIN too */
  uint64_t lost;        /* segments believed lost so far */
  uint64_t timeouts;    /* of the retransmission timer */
  uint64_t duplicate_acks_received;
  SimTime opened_at;    /* tcp_connect(), or the SYN's arrival */
  SimTime connect_time; /* from opened_at to ESTABLISHED; SIM_TIME_NEVER: not yet */
} TcpInfo;

void tcp_info(const TcpConn *conn, TcpInfo *info);

/* The rest of what Linux's TCP_INFO has: asked for by a program, never per segment. */
typedef struct TcpDetails {
  bool timestamps, sack, scaling, ecn; /* agreed on */
  uint8_t snd_scale, rcv_scale;
  uint16_t own_mss;           /* as our SYN said */
  uint16_t rcv_mss;           /* the peer's segment size as seen */
  uint32_t path_mtu;          /* IP bytes; 0: no route */
  uint32_t timeouts_in_a_row; /* of the oldest data, or of the SYN */
  uint32_t probes;            /* unanswered: of a shut window, or keepalives */
  uint32_t segments_out;      /* sent and not acknowledged */
  uint32_t segments_sacked, segments_lost, segments_resent; /* of them */
  uint32_t reordering;                                      /* segments: what is no loss yet */
  uint64_t queued;                                          /* bytes written and not acknowledged */
  uint64_t unsent;                                          /* bytes written and not sent */
  uint64_t send_room;                                       /* bytes that a write would take now */
  uint64_t window_limit;    /* Linux's rcv_ssthresh; UINT64_MAX: none */
  uint64_t receive_space;   /* bytes taken in the last round trip: receive autotuning */
  SimTime receive_rtt;      /* the round trip as the receiver sees it; 0: none */
  SimTime min_rtt;          /* 0 before the first sample */
  SimTime ack_timeout;      /* delay of an ACK now; 0: none yet */
  SimTime data_sent_at;     /* -1: never */
  SimTime data_received_at; /* -1: never */
  SimTime heard_at;         /* the last segment from the peer */
} TcpDetails;

void tcp_details(const TcpConn *conn, TcpDetails *details);

/* -- what it tells (sim/trace.h) -- */

typedef struct TcpStateRecord {
  SimTime time;
  const TcpConn *conn;
  TcpState from, to; /* to CLOSED, or back to LISTEN: the connection is over, and may be freed
                        when the record has been taken */
} TcpStateRecord;

typedef enum {
  TCP_TIMER_RETRANSMIT, /* SYN, SYN+ACK, data and FIN */
  TCP_TIMER_REORDER,    /* RACK: what is late may still come */
  TCP_TIMER_LOSS_PROBE, /* TLP: the tail of a flight draws no ACK */
  TCP_TIMER_KEEPALIVE,
  TCP_TIMER_DELAYED_ACK,
  TCP_TIMER_PERSIST,
  TCP_TIMER_TIME_WAIT,
  TCP_TIMER_FIN_WAIT_2,
  TCP_TIMERS
} TcpTimerKind;

const char *tcp_timer_name(TcpTimerKind timer); /* "RTO", "delayed ACK", "persist" ... */

typedef enum { TCP_TIMER_SET, TCP_TIMER_FIRE, TCP_TIMER_CANCEL } TcpTimerEvent;

typedef struct TcpTimerRecord {
  SimTime time;
  const TcpConn *conn;
  TcpTimerKind timer;
  TcpTimerEvent event; /* a restart has no record; FIRE says when it was (last) set */
  SimTime set_at, due;
  uint32_t backoff; /* RTO: doublings in force when it was set */
} TcpTimerRecord;

/* How a cut of the window was shown to be needless. */
typedef enum {
  TCP_UNDO_NONE,
  TCP_UNDO_TIMESTAMP,   /* the ACK was for the original (RFC 3522) */
  TCP_UNDO_DSACK,       /* every retransmission was a duplicate (RFC 3708) */
  TCP_UNDO_FORWARD_RTO, /* data sent only once arrived (RFC 5682) */
} TcpUndo;

/* Recovery begins or ends, or a cut is taken back. A disorder that comes to nothing has no record.
 */
typedef struct TcpRecoveryRecord {
  SimTime time;
  const TcpConn *conn;
  TcpRecovery from, to; /* the same when a tail-loss probe repaired a loss, which cuts the window,
                           or when something is undone that was over */
  bool timeout;         /* it begins with a time-out */
  TcpUndo undo;
} TcpRecoveryRecord;

/* Something of TcpInfo may have changed. */
typedef struct TcpSampleRecord {
  SimTime time;
  const TcpConn *conn;
} TcpSampleRecord;

/* What a listener counts has changed, or it is closed. */
typedef struct TcpListenerRecord {
  SimTime time;
  const TcpListener *listener;
  const Node *node;
  uint16_t port;
  bool closed; /* the last record of this listener */
  TcpListenerInfo info;
} TcpListenerRecord;
