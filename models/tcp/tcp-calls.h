/* tcp-calls: what the files of this folder call of one another, file by file. Private to
 * models/tcp; included by tcp-conn.h, at its end. What has to
 * do with loss, congestion and their measures is in tcp-calls-loss.h. */
#pragma once

#include "models/tcp/tcp-conn.h"

/* tcp-conn.c, tcp-user.c */
TcpConn *tcp_conn_new(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile);
/* Begins with `iss`, before anything was sent. */
void tcp_conn_set_iss(TcpConn *conn, uint32_t iss);
void
tcp_conn_discard(TcpConn *conn); /* frees one that nobody has heard of and no timer is set for */
void tcp_set_state(TcpConn *conn, TcpState state);
/* CLOSED, with the reason; timers off, queues empty, out of the table. */
void tcp_conn_die(TcpConn *conn, TcpError error);
/* Begins and ends every entry from outside: tells the user what happened and frees the dead. */
static inline bool
tcp_begin(TcpConn *conn)
{
  bool outer = !conn->busy;
  conn->busy = true;
  return outer;
}
void tcp_finish(TcpConn *conn, bool outer);
/* What does not hold of the connection, as its condition; NULL: all does (tcp-check.c). */
const char *tcp_check(const TcpConn *conn);
uint64_t tcp_send_room(const TcpConn *conn); /* bytes that tcp_send() would take now */

static inline SimTime
tcp_now(const TcpConn *conn)
{
  return sim_now(conn->host->sim);
}

/* So much later; SIM_TIME_NEVER, at which no timer fires, where simulated time ends before. */
static inline SimTime
tcp_after(const TcpConn *conn, SimTime wait)
{
  return sim_time_add(tcp_now(conn), wait);
}

/* The stream position that `seq` stands for, for what we send and what we receive. */
static inline uint64_t
tcp_send_position(const TcpConn *conn, uint32_t seq)
{
  uint32_t una_data = conn->iss + 1 + (uint32_t)conn->una_position;
  return conn->una_position + (uint64_t)(int64_t)(int32_t)(seq - una_data);
}

static inline uint32_t
tcp_send_seq(const TcpConn *conn, uint64_t position)
{
  return conn->iss + 1 + (uint32_t)position;
}

static inline uint64_t
tcp_receive_position(const TcpConn *conn, uint32_t seq)
{
  uint32_t next_data = conn->irs + 1 + (uint32_t)conn->nxt_position;
  return conn->nxt_position + (uint64_t)(int64_t)(int32_t)(seq - next_data);
}

static inline uint32_t
tcp_receive_seq(const TcpConn *conn, uint64_t position)
{
  return conn->irs + 1 + (uint32_t)position;
}

/* May data still arrive? (ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2) */
static inline bool
tcp_can_receive(const TcpConn *conn)
{
  return conn->state == TCP_ESTABLISHED || conn->state == TCP_FIN_WAIT_1 ||
         conn->state == TCP_FIN_WAIT_2;
}

/* The sequence number behind a segment; its FIN takes one. */
static inline uint32_t
tcp_segment_end(const TcpSegment *segment)
{
  return segment->seq + segment->length + !!(segment->flags & TCP_FIN);
}

TcpSegment *tcp_segment_new(TcpConn *conn); /* zeroed, in no list */
TcpSegment *tcp_segment_copy(TcpConn *conn, const TcpSegment *segment);
void tcp_segment_free(TcpConn *conn, TcpSegment *segment);

/* tcp-work.c: the connection's own, made when it has none. */
static inline TcpSending *
tcp_work_sending(TcpConn *conn)
{
  if (G_UNLIKELY(conn->sending == &conn->host->nothing_sent))
    tcp_work_begin_sending(conn);
  return conn->sending;
}

static inline TcpReceiving *
tcp_work_receiving(TcpConn *conn)
{
  if (G_UNLIKELY(conn->receiving == &conn->host->nothing_received))
    tcp_work_begin_receiving(conn);
  return conn->receiving;
}

/* At or behind ESTABLISHED. */
static inline bool
tcp_synchronized(const TcpConn *conn)
{
  return conn->state >= TCP_ESTABLISHED;
}

/* May data move? At and behind ESTABLISHED, and before it when the SYN brought data. */
static inline bool
tcp_is_open(const TcpConn *conn)
{
  return tcp_synchronized(conn) ||
         (conn->state == TCP_SYN_RECEIVED && conn->fast_open == TCP_FAST_OPEN_TAKEN);
}

/* tcp-host.c */
TcpConn *tcp_host_find(TcpHost *host, const TcpEndpoints *ends);
void tcp_host_insert(TcpHost *host, TcpConn *conn);
void tcp_host_remove(TcpHost *host, TcpConn *conn);
void tcp_host_unlist(TcpHost *host, TcpConn *conn);
uint32_t tcp_host_isn(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile);

/* tcp-ports.c */
/* The next free port towards the other end, written to `ends`; false: there is none. */
bool tcp_ports_choose(TcpHost *host, TcpEndpoints *ends, const TcpProfile *profile);
/* Nobody is between these ends, or only a TIME-WAIT that may be taken over. */
bool tcp_ports_are_free(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile);
/* With host->ports only: a connection is in the host's table, no longer is, is in TIME-WAIT. */
void tcp_ports_insert(const TcpConn *conn);
void tcp_ports_remove(const TcpConn *conn);
void tcp_ports_time_wait(const TcpConn *conn);
bool tcp_ports_has_crowd(const TcpConn *conn); /* are there ports kept, between its ends? */
/* Is what they say of one that is in the table true? */
bool tcp_ports_know(const TcpConn *conn);
void tcp_ports_listen(TcpListener *listener); /* it is in the host's list */
void tcp_ports_unlisten(const TcpListener *listener);
TcpListener *tcp_ports_listener(const TcpPorts *ports, uint16_t port); /* NULL: none */
void tcp_ports_free(TcpHost *host);

/* tcp-options.c */
/* What the peer's SYN said, from its options or from a SYN cookie. */
typedef struct TcpSynOptions {
  uint16_t mss;
  bool timestamps, sack, scaling;
  uint8_t scale;
  uint32_t ts_value;
} TcpSynOptions;
/* What of it is in force, and the MSS. */
void tcp_options_take(TcpConn *conn, const TcpSynOptions *syn);
/* Reads the peer's SYN: MSS, scale, timestamps, SACK-permitted. `reply`: ours was a SYN too. */
void tcp_options_from_syn(TcpConn *conn, const Packet *packet);
/* The MSS that our SYN offers: the MTU less the headers, or less as the profile says. */
uint16_t tcp_options_own_mss(const TcpConn *conn);
/* Adds options to a segment that is about to leave and sets its header length. */
void tcp_options_write(TcpConn *conn, Packet *packet);
uint32_t tcp_timestamp(const TcpConn *conn); /* our clock now */
/* The round trip that the echo of our clock in `packet` tells; 0: none. */
SimTime tcp_options_round_trip(const TcpConn *conn, const Packet *packet);
/* RFC 7323 5.3 R1: is the segment too old? */
bool tcp_options_paws_reject(const TcpConn *conn, const Packet *packet);
/* The same for a reset, too. */
bool tcp_options_is_old(const TcpConn *conn, const Packet *packet);
/* RFC 7323 4.3: which timestamp to echo. */
void tcp_options_take_timestamp(TcpConn *conn, const Packet *packet);

/* tcp-output.c */
/* Is there new data that the peer's window lets out? */
bool tcp_output_has_new(const TcpConn *conn);
/* Sends one segment of new data whatever cwnd says; false: there is none. */
bool tcp_output_new_segment(TcpConn *conn);
/* Sends what may be sent now: retransmissions, data, FIN. */
void tcp_output(TcpConn *conn);
SIM_RARE void
tcp_output_probe(TcpConn *conn);        /* the persist timer: ask for the window, or use it */
void tcp_output_persist(TcpConn *conn); /* the next window probe waits its whole time from now */
SimTime tcp_output_persist_wait(const TcpConn *conn); /* that time, with its back-off */
/* Has it found, at this moment, that a full segment has to wait? More data is no reason to look
 * again. */
bool tcp_output_has_stopped(const TcpConn *conn);
/* cwnd's share that is in use, bytes (RFC 6675's pipe, with duplicate ACKs counted). */
uint64_t tcp_pipe(const TcpConn *conn);

/* tcp-send.c */
void tcp_send_segment(TcpConn *conn, TcpSegment *segment, PacketCause cause);
void tcp_send_ack(TcpConn *conn, PacketCause cause);
void tcp_send_syn(TcpConn *conn, PacketCause cause);
SIM_RARE void tcp_send_reset(TcpConn *conn, PacketCause cause); /* on this connection */
SIM_RARE void tcp_send_probe(TcpConn *conn, PacketCause cause); /* an old, empty segment */
/* RFC 9293 3.10.7.1: the reset that answers a segment nobody wants. Does not take it. */
SIM_RARE void tcp_reply_reset(TcpHost *host, const Packet *packet, PacketCause cause);

/* tcp-input.c */
void tcp_input(void *host, Packet *packet, LinkDirection *arrived_on);
/* The fifth check (tcp-input-ack.c): ACK. False: the segment is to be dropped. */
bool tcp_input_ack(TcpConn *conn, const Packet *packet);
/* The sixth to eighth check of RFC 9293 3.10.7.4: text and FIN. */
void tcp_input_text(TcpConn *conn, const Packet *packet);
/* SND.WND from a segment's window field. */
void tcp_input_window(TcpConn *conn, const Packet *packet);
/* An ACK for a doubtful segment, not too often (RFC 5961 7). */
SIM_RARE void tcp_challenge(TcpConn *conn, PacketCause cause);

/* tcp-handshake.c */
void tcp_handshake_open(TcpConn *conn);
void tcp_handshake_syn_sent(TcpConn *conn, Packet *packet);
void tcp_handshake_take_syn(TcpConn *conn, const Packet *syn); /* what a passive end learns of it */
void tcp_handshake_passive(TcpConn *conn, const Packet *syn);
/* ESTABLISHED by `packet`, whose ACK covers our SYN; false when the accept queue is full and it is
 * to be ignored. */
bool tcp_handshake_established(TcpConn *conn, const Packet *packet);
void tcp_handshake_retransmit(TcpConn *conn);
SimTime tcp_handshake_timeout(const TcpConn *conn);
uint8_t tcp_handshake_backoff(const TcpConn *conn); /* doublings in force */

/* tcp-listen.c */
TcpListener *tcp_listener_find(TcpHost *host, uint16_t port);
/* `iss`: the SYN ended a TIME-WAIT between the same ends, and we begin with this; -1: it did not.
 * Returns a connection in SYN-RECEIVED that the packet is for, when a cookie came back; else NULL.
 */
TcpConn *tcp_listen_input(TcpListener *listener, const Packet *packet, const TcpEndpoints *ends,
                          int64_t iss);
/* The third packet is here: into the accept queue; false when that is full. */
bool tcp_listener_offer(TcpConn *conn, const Packet *packet);
/* Is the third packet put off, since it brings no data? */
bool tcp_listener_defers(TcpConn *conn, const Packet *packet);
bool tcp_listener_is_deferred(const TcpConn *conn); /* no SYN+ACK goes out now */
void tcp_listener_no_longer_young(TcpConn *conn);
int64_t tcp_listener_synack_retries(const TcpConn *conn);
/* A connection that was not accepted is gone. */
void tcp_listener_forget(TcpConn *conn);
void tcp_listener_tell(TcpListener *listener);

/* tcp-urgent.c */
bool tcp_urgent_mode(const TcpConn *conn);                  /* a mark of ours is not acknowledged */
void tcp_urgent_write(const TcpConn *conn, TcpHeader *tcp); /* URG and the pointer */
void tcp_urgent_take(TcpConn *conn, const Packet *packet);

/* tcp-fastopen.c */
void tcp_fastopen_begin(TcpConn *conn, const TcpConnectArgs *args); /* before our SYN */
void tcp_fastopen_write(const TcpConn *conn, Packet *packet);       /* the option */
/* The SYN is taken: its data too, and our SYN+ACK grants a cookie, as the case may be. */
void tcp_fastopen_on_syn(TcpConn *conn, const Packet *syn);
void tcp_fastopen_on_established(TcpConn *conn, const Packet *packet);
void tcp_fastopen_send_waiting(TcpConn *conn);
/* What goes out from here was in our SYN, and was not taken. */
bool tcp_fastopen_is_repeated(const TcpConn *conn, uint64_t position);
void tcp_fastopen_left_syn_received(TcpConn *conn);

/* tcp-cookie.c */
/* Answers a SYN and keeps nothing. */
void tcp_cookie_answer(TcpListener *listener, const Packet *syn, const TcpEndpoints *ends);
/* The connection that a cookie tells of, in LISTEN; NULL: it is none of ours, or too old. */
TcpConn *tcp_cookie_open(TcpListener *listener, const Packet *ack, const TcpEndpoints *ends);

/* tcp-receive.c */
void tcp_receive_data(TcpConn *conn, const Packet *packet);
void tcp_receive_fin(TcpConn *conn);

/* tcp-window.c */
void tcp_window_start(TcpConn *conn); /* the first window, before our SYN */
/* What an ACK that leaves now offers; it becomes rcv_wnd. */
uint32_t tcp_window_offer(TcpConn *conn);
uint32_t tcp_window_now(const TcpConn *conn); /* the same without taking it */
void tcp_window_grow(TcpConn *conn);          /* a segment came in order */
/* The first round of autotuning begins. */
void tcp_window_begin_round(TcpConn *conn);
void tcp_window_measure_round(TcpConn *conn, const Packet *packet);
void tcp_window_adjust(TcpConn *conn); /* the application took data: autotuning */

/* tcp-held.c: where profile->receive_memory is counted */
void tcp_held_add(TcpConn *conn, const Packet *packet, uint64_t end); /* it waits */
void tcp_held_taken(TcpConn *conn); /* the user took some; there is conn->receiving->held */
uint64_t tcp_held_space(const TcpConn *conn); /* bytes of data that fit ... */
uint64_t tcp_held_most(const TcpConn *conn);  /* ... when none wait */

/* tcp-ack.c */
void tcp_ack_owe(TcpConn *conn, TcpAckDue due, PacketCause cause);
void tcp_ack_measure_segment(TcpConn *conn, const Packet *packet);
void tcp_ack_measure_gap(TcpConn *conn);
void tcp_ack_wanted(TcpConn *conn);    /* after data: at once, later, or not */
void tcp_ack_sent(TcpConn *conn);      /* an ACK went out with the segment */
void tcp_ack_data_sent(TcpConn *conn); /* we sent data: pingpong */

/* tcp-icmp.c */
SIM_RARE void tcp_icmp_input(void *host, const IcmpError *error);
/* Why a connection is given up: the last ICMP error, or else `otherwise`. */
TcpError tcp_icmp_reason(const TcpConn *conn, TcpError otherwise);

/* tcp-timers.c */
void tcp_timer_set_slot(TcpConn *conn, TcpTimerKind kind, TcpTimerSlot slot, SimTime due);
void tcp_timer_cancel_slot(TcpConn *conn, TcpTimerSlot slot); /* it is armed */
static inline TcpTimerSlot
tcp_timer_slot(TcpTimerKind kind)
{
  switch (kind) {
  case TCP_TIMER_DELAYED_ACK:
    return TCP_SLOT_ACK;
  case TCP_TIMER_KEEPALIVE:
  case TCP_TIMER_TIME_WAIT:
  case TCP_TIMER_FIN_WAIT_2:
    return TCP_SLOT_LINGER;
  default:
    return TCP_SLOT_SEND;
  }
}
static inline bool
tcp_timer_armed(const TcpConn *conn, TcpTimerKind kind)
{
  TcpTimerSlot slot = tcp_timer_slot(kind);
  return conn->timer_kind[slot] == kind && sim_timer_armed(&conn->timers[slot]);
}
static inline void
tcp_timer_cancel(TcpConn *conn, TcpTimerKind kind)
{
  if (tcp_timer_armed(conn, kind))
    tcp_timer_cancel_slot(conn, tcp_timer_slot(kind));
}
static inline void
tcp_timer_set(TcpConn *conn, TcpTimerKind kind, SimTime due)
{
  tcp_timer_set_slot(conn, kind, tcp_timer_slot(kind), due);
}
void tcp_timers_init(TcpConn *conn);
void tcp_timers_stop(TcpConn *conn);
/* After sending or an ACK: the retransmission timer is on exactly while something is out. */
void tcp_timer_rearm(TcpConn *conn);
/* The retransmission timer, counted from when the oldest segment was sent. */
void tcp_timer_rearm_from_head(TcpConn *conn);

/* tcp-keepalive.c */
void tcp_keepalive_start(TcpConn *conn); /* at ESTABLISHED, and when its options change */
void tcp_keepalive_restart(TcpConn *conn);
void tcp_keepalive_on_timer(TcpConn *conn);

/* tcp-reset.c */
/* One that counts. */
void tcp_reset_take(TcpConn *conn);
/* One that lies in the window: it counts, or is challenged. */
void tcp_reset_input(TcpConn *conn, const TcpHeader *tcp);
/* Has it the number of the peer's FIN, where that counts, too? */
bool tcp_reset_is_after_fin(const TcpConn *conn, uint32_t seq);

/* tcp-bucket.c */
/* Is it an orphan in FIN-WAIT-2, of which no more than a TIME-WAIT is kept (Linux)? */
bool tcp_bucket_is(const TcpConn *conn);
void tcp_bucket_input(TcpConn *conn, const Packet *packet);

/* tcp-close.c */
void tcp_close_on_fin_acked(TcpConn *conn);
void tcp_close_on_fin(TcpConn *conn);
void tcp_close_time_wait(TcpConn *conn);
/* A segment in TIME-WAIT. True: it is a SYN that may begin a new connection, and this one is gone.
 */
bool tcp_close_time_wait_input(TcpConn *conn, const Packet *packet);
/* May tcp_connect() with `profile` take over a TIME-WAIT with `remote` that is old enough? */
bool tcp_close_reuses(const TcpHost *host, NetAddressId remote, const TcpProfile *profile);
/* Since when this one is; SIM_TIME_NEVER: it is in no TIME-WAIT, or has no timestamps. */
SimTime tcp_close_reusable_at(const TcpConn *conn);
/* May tcp_connect() with `profile` take over this connection, now? */
bool tcp_close_may_take_over(const TcpConn *conn, const TcpProfile *profile);
/* The initial number of the connection that follows this one between the same ends. */
uint32_t tcp_close_next_iss(const TcpConn *conn);
void tcp_close_count_orphan(TcpConn *conn); /* the state has changed */
