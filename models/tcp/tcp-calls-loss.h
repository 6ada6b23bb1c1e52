/* tcp-calls-loss: the second part of tcp-calls.h: loss, congestion, and what is measured of the
 * path. Private to models/tcp; included by tcp-conn.h, at its end. */
#pragma once

#include "models/tcp/tcp-conn.h"

/* tcp-recovery.c */
#define TCP_DUP_THRESHOLD 3
typedef struct TcpAckSeen {
  uint32_t prior_una;
  uint32_t echo;                     /* the timestamp it echoes; 0: none */
  bool outstanding;                  /* something was in flight before it */
  bool advanced;                     /* SND.UNA moved */
  bool ecn_echo;                     /* the peer has seen a mark */
  uint32_t marked_segments;          /* accurate ECN: so many ... */
  uint64_t marked_bytes;             /* ... of so many bytes */
  bool never_resent;                 /* something sent once, before `recover`, has arrived */
  bool dsack;                        /* it reports a duplicate ... */
  bool dsack_of_probe;               /* ... of the tail-loss probe */
  bool keep_timer;                   /* RACK has armed the timer: it is not to be set again */
  uint32_t newly_sacked, newly_lost; /* segments */
  uint32_t delivered;                /* segments that arrived, by ACK or SACK */
  uint64_t delivered_bytes;
  uint32_t sacked_end; /* the scoreboard's new end while blocks are taken */
  SimTime sack_rtt;    /* of the last segment that SACK reported and that was sent once; 0: none */
  uint32_t acked_segments;
  uint64_t acked_bytes;
  SimTime rtt;     /* of the oldest segment acknowledged, if all were sent once; 0: none */
  uint64_t flight; /* before it */
  bool duplicate;  /* RFC 5681 section 2 */
} TcpAckSeen;
void tcp_recovery_on_ack(TcpConn *conn, TcpAckSeen *seen);
/* The same for an ACK of data that was sent once, in its order, while recovery is open and nothing
 * is lost, reported or sent again. */
void tcp_recovery_on_ack_in_order(TcpConn *conn, const TcpAckSeen *seen);
void tcp_recovery_set(TcpConn *conn, TcpRecovery to, bool timeout); /* the state */
void tcp_recovery_leave(TcpConn *conn); /* all is repaired, or nothing was to be */
void tcp_recovery_detect(TcpConn *conn, TcpAckSeen *seen); /* what RACK or the SACKs tell */
/* A trace record: from `from` to the state that recovery is in, which may be the same. */
void tcp_recovery_tell(TcpConn *conn, TcpRecovery from, bool timeout);
/* The segment that is to be sent again next; NULL: none. */
TcpSegment *tcp_recovery_next(TcpConn *conn);
/* 1 when it was not believed lost before, else 0. */
uint32_t tcp_recovery_mark_lost(TcpConn *conn, TcpSegment *segment, PacketCause cause);
/* RACK's timer has marked segments. */
SIM_RARE void tcp_recovery_on_late_loss(TcpConn *conn);

/* tcp-recovery-rto.c */
SIM_RARE void tcp_recovery_rto_on_timer(TcpConn *conn);
SIM_RARE void tcp_recovery_rto_on_ack(TcpConn *conn, TcpAckSeen *seen); /* in TCP_RECOVERY_LOSS */

/* tcp-undo.c */
SIM_RARE void tcp_undo_arm(TcpConn *conn); /* a cut begins that may prove needless */
/* Does the ACK answer a segment sent before the first retransmission? */
bool tcp_undo_echo_is_older(const TcpConn *conn, const TcpAckSeen *seen);
TcpUndo tcp_undo_proof(const TcpConn *conn, const TcpAckSeen *seen); /* that the cut was needless */
/* Takes the cut back; `losses_too`: nothing is believed lost any more. */
SIM_RARE void tcp_undo(TcpConn *conn, bool losses_too, TcpUndo proof);

/* tcp-sack.c */
void tcp_sack_take(TcpConn *conn, const Packet *packet, TcpAckSeen *seen); /* the option */
/* A segment has arrived, by ACK or by SACK, for the first time. */
void tcp_sack_delivered(TcpConn *conn, TcpSegment *segment, TcpAckSeen *seen);
void tcp_sack_forget(TcpConn *conn);
/* The hints into the list of segments, and what is known of the last blocks, are void. */
void tcp_sack_unhint(TcpSending *sending);
/* It is not believed lost any more; not outstanding as a retransmission any more. */
void tcp_sack_clear_lost(TcpConn *conn, TcpSegment *segment);
void tcp_sack_clear_resent(TcpConn *conn, TcpSegment *segment);

/* tcp-nextseg.c: recovery by SACK without RACK (RFC 6675) */
static inline bool
tcp_nextseg_governs(const TcpConn *conn)
{
  return conn->sack_ok && !conn->profile->rack;
}
/* ... and is under way. */
static inline bool
tcp_nextseg_recovers(const TcpConn *conn)
{
  return conn->recovery == TCP_RECOVERY_FAST && tcp_nextseg_governs(conn);
}
/* Outside of a recovery: is this the duplicate ACK with which one begins? Then the first segment
 * is marked. */
bool tcp_nextseg_begins(TcpConn *conn, TcpAckSeen *seen);
void tcp_nextseg_begin(TcpConn *conn); /* it has; nothing is sent again yet */
/* Marks what IsLost() is true of, and what is above HighRxt. */
void tcp_nextseg_detect(TcpConn *conn, TcpAckSeen *seen);
void tcp_nextseg_set_pipe(TcpConn *conn); /* in recovery: what counts twice in tcp_pipe() */
/* NextSeg()'s rules 3 and 4, with the cause in the segment, when cwnd has room; NULL: nothing. */
TcpSegment *tcp_nextseg_last_resort(TcpConn *conn);
void tcp_nextseg_sent(TcpConn *conn, const TcpSegment *segment); /* again, for segment->cause */
void tcp_nextseg_end(TcpConn *conn);

/* tcp-rack.c */
void tcp_rack_advance(TcpConn *conn, const TcpSegment *segment); /* it has arrived */
void tcp_rack_detect(TcpConn *conn, TcpAckSeen *seen);
void tcp_rack_on_dsack(TcpConn *conn, const TcpAckSeen *seen);
SIM_RARE void tcp_rack_on_reorder_timer(TcpConn *conn);
bool tcp_rack_is_recent(const TcpConn *conn, const TcpSegment *segment);
/* Arms the tail-loss probe in place of the RTO, when there is to be one. */
bool tcp_rack_schedule_probe(TcpConn *conn, bool advancing);
SIM_RARE void tcp_rack_on_loss_probe_timer(TcpConn *conn);
void tcp_rack_on_probe_ack(TcpConn *conn, const Packet *packet, const TcpAckSeen *seen);

/* tcp-cwnd.c */
void tcp_cwnd_start(TcpConn *conn);  /* at ESTABLISHED: initial window */
void tcp_cwnd_begin(TcpConn *conn);  /* with the first data */
void tcp_cwnd_change(TcpConn *conn); /* the profile has another control, or other settings */
/* The congestion control's state, while the profile is still the one that made it. */
void tcp_cwnd_free_state(TcpConn *conn);
const void *tcp_cwnd_settings(const TcpProfile *profile); /* in force: never NULL where there are */
uint64_t tcp_cwnd_restart_window(const TcpConn *conn);    /* the initial window, SYN lost or not */
/* At least a segment, and whole ones where the profile counts segments. */
void tcp_cwnd_set(TcpConn *conn, uint64_t cwnd);
/* After every ACK: cwnd follows by PRR, by growth (when `grows`), or as ops->control says. */
void tcp_cwnd_on_ack(TcpConn *conn, const TcpAckSeen *seen, bool grows);
SIM_RARE void tcp_cwnd_reduce(TcpConn *conn);
SIM_RARE void tcp_cwnd_reduce_for_mark(TcpConn *conn);
void tcp_cwnd_prr(TcpConn *conn, const TcpAckSeen *seen);
void tcp_cwnd_sent(TcpConn *conn, const TcpSegment *segment);
SIM_RARE void tcp_cwnd_recovered(TcpConn *conn);
SIM_RARE void tcp_cwnd_on_rto(TcpConn *conn, bool cut);
SIM_RARE void tcp_cwnd_undo(TcpConn *conn);
void tcp_cwnd_settled(TcpConn *conn);
/* Tahoe: a loss, however it was found, begins again with one segment. */
bool tcp_cwnd_restarts(const TcpConn *conn);

/* The ops have `control`, which sets cwnd alone. */
bool tcp_cwnd_is_controlled(const TcpConn *conn);
const TcpCcOps *tcp_cwnd_ops(const TcpConn *conn);
/* The end of a reduction: cwnd is ssthresh. */
void tcp_cwnd_to_threshold(TcpConn *conn);

/* tcp-validation.c */
void tcp_validation_configure(TcpConn *conn); /* with the first data; options or cc are others */
/* Before anything is sent: what an idle time, or five minutes of little use, make of cwnd. */
void tcp_validation_before_sending(TcpConn *conn);
void tcp_validation_sent(TcpConn *conn, bool limited); /* `limited`: cwnd stopped it */
bool tcp_validation_lets_grow(const TcpConn *conn);
void tcp_validation_on_ack(TcpConn *conn, const TcpAckSeen *seen);
void tcp_validation_in_order(TcpConn *conn); /* cwnd is what it should be, now */
/* The part of cwnd that a loss or a mark now may blame: bytes; 0: all of it. */
uint64_t tcp_validation_used(const TcpConn *conn);
/* A cut was made, of `used`; 0: of all, or not for a loss. */
void tcp_validation_begin_recovery(TcpConn *conn, uint64_t used);
void tcp_validation_resent(TcpConn *conn, const TcpSegment *segment); /* any data segment */
/* True: the recovery was one of a window that was not validated, and cwnd is set. */
bool tcp_validation_recovered(TcpConn *conn);
void tcp_validation_reset(TcpConn *conn); /* time-out, undo: nothing is known of what is used */

/* tcp-pacing.c */
void tcp_pacing_configure(TcpConn *conn); /* with the first data, and when its options change */
void tcp_pacing_stop(TcpConn *conn);
/* Has data to wait for its time? Then the timer is on that calls tcp_output(). */
bool tcp_pacing_holds(TcpConn *conn);
void tcp_pacing_sent(TcpConn *conn, uint32_t length); /* there is a pacer */
uint64_t tcp_pacing_rate(const TcpConn *conn);        /* bytes/s; UINT64_MAX: not paced */
SimTime tcp_pacing_next(const TcpConn *conn); /* when the next data may leave; now, or later */

/* tcp-rate.c; those for each segment and each ACK are called where the ops want rates (there is
 * sending->rate), the others do nothing where they do not. */
void tcp_rate_configure(TcpConn *conn);                    /* the ops are new */
void tcp_rate_on_send(TcpConn *conn, TcpSegment *segment); /* it is in the list */
/* The application has written so little that cwnd will not be used. Before what it writes now. */
void tcp_rate_check_app_limited(TcpConn *conn);
void tcp_rate_begin_ack(TcpConn *conn);
void tcp_rate_on_delivered(TcpConn *conn, TcpSegment *segment); /* for the first time */
/* The ACK is dealt with: what it told. Good until the next. */
const TcpCcSample *tcp_rate_take(TcpConn *conn, const TcpAckSeen *seen);

/* Segments were of `before` bytes, and are of another size from now on. */
SIM_RARE void tcp_cwnd_rescale(TcpConn *conn, uint32_t before);
/* The threshold for a recovery that is not from congestion: cwnd is nearly kept (Linux). */
void tcp_cwnd_keep_threshold(TcpConn *conn);

/* tcp-mtu.c */
void tcp_mtu_look(TcpConn *conn);  /* the MTU of the path, and the MSS that follows */
void tcp_mtu_start(TcpConn *conn); /* at ESTABLISHED */
SIM_RARE void tcp_mtu_on_too_big(TcpConn *conn, uint32_t mtu); /* a router said so */
SIM_RARE void tcp_mtu_on_timeout(TcpConn *conn);               /* is it a black hole? */
/* Cuts a segment of the list behind `length` bytes. */
SIM_RARE void tcp_mtu_split(TcpConn *conn, TcpSegment *segment, uint32_t length);
typedef enum {
  TCP_MTU_PROBE_NONE, /* it is not the time */
  TCP_MTU_PROBE_WAIT, /* nothing else is to be sent before there is room for one */
  TCP_MTU_PROBE_SEND, /* new data of `length` */
} TcpMtuProbe;
SIM_RARE TcpMtuProbe tcp_mtu_probe(TcpConn *conn, uint64_t unsent, uint32_t *length);
SIM_RARE void tcp_mtu_probe_sent(TcpConn *conn, const TcpSegment *segment);
SIM_RARE void tcp_mtu_on_ack(TcpConn *conn);
/* Losses were found. True: they are the probe's, and are repaired. */
SIM_RARE bool tcp_mtu_probe_lost(TcpConn *conn);

/* tcp-rto.c */
/* Linux's measure: has data timed out for as long as `retries` retransmissions take? */
bool tcp_rto_is_past(const TcpConn *conn, int64_t retries);
/* Is the segment that was just acknowledged one that is timed? */
bool tcp_rto_is_timed(const TcpConn *conn);
void tcp_rto_on_sample(TcpConn *conn, SimTime rtt);
SimTime tcp_rto_current(const TcpConn *conn); /* with back-off */
bool tcp_rto_gives_up(const TcpConn *conn);   /* too many or too long */

/* tcp-ecn.c */
uint16_t tcp_ecn_syn_flags(TcpConn *conn); /* for our SYN or SYN+ACK */
void tcp_ecn_from_syn(TcpConn *conn, const Packet *syn);
void tcp_ecn_without_state(TcpConn *conn); /* what a SYN cookie cannot remember is not agreed on */
void tcp_ecn_on_data(TcpConn *conn, const Packet *packet);
void tcp_ecn_write(TcpConn *conn, Packet *packet); /* what the flags of a segment say of marks */
void tcp_ecn_mark_data(TcpConn *conn, Packet *packet);
void tcp_ecn_mark_all(const TcpConn *conn, Packet *packet); /* of those that need ECN */
/* What an ACK says of marks, when it is known what it acknowledges. */
void tcp_ecn_on_ack(TcpConn *conn, const Packet *packet, TcpAckSeen *seen);

/* tcp-accecn.c; the first seven may be asked of any connection, the others only where
 * conn->accecn is set. */
#define TCP_ACCECN_ASKS 2                     /* SYNs, or SYN+ACKs, that ask for it or agree */
uint16_t tcp_accecn_ask(const TcpConn *conn); /* for our SYN */
/* Agreed on by the peer's SYN? By its SYN+ACK? */
bool tcp_accecn_take_syn(TcpConn *conn, const Packet *syn);
bool tcp_accecn_take_synack(TcpConn *conn, const Packet *synack);
void tcp_accecn_on_repeated_syn(TcpConn *conn, const Packet *syn);
void tcp_accecn_on_third(TcpConn *conn, const Packet *packet);
bool tcp_accecn_may_mark(const TcpConn *conn); /* may we send ECT? */
void tcp_accecn_free(TcpConn *conn);
uint16_t tcp_accecn_synack_flags(TcpConn *conn);
SIM_RARE void tcp_accecn_on_segment(TcpConn *conn,
                                    const Packet *packet); /* acceptable, not a SYN */
SIM_RARE void tcp_accecn_on_ack(TcpConn *conn, const Packet *packet, TcpAckSeen *seen);
SIM_RARE void tcp_accecn_write_ace(TcpConn *conn, Packet *packet);
SIM_RARE void tcp_accecn_write_option(TcpConn *conn, Packet *packet); /* behind all other options */
