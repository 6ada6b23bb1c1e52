/* tcp-work: what an end of a connection has only once data moves: a struct for sending, from the
 * first byte that is queued, and one for receiving, from the first byte that arrives. Private to
 * models/tcp.
 *
 * Most ends of most connections send little or receive little, and a simulation of a million idle
 * connections has room for neither. Until then conn->sending and conn->receiving point to one
 * struct of the host that says "nothing yet", which all such connections read and none may write:
 * who writes asks tcp_work_sending() or tcp_work_receiving() first, or knows that something is out.
 * tcp_host_free() asserts that nobody did. */
#pragma once

#include "models/tcp/ranges.h"
#include "models/tcp/stream.h"
#include "models/tcp/tcp.h"

/* A segment that was sent and is not yet acknowledged. In order of sequence numbers. */
typedef struct TcpSegment {
  struct TcpSegment *next;
  SimTime sent_at; /* last time */
  uint32_t seq;
  uint32_t length;     /* payload bytes */
  uint16_t flags;      /* TCP_FIN, TCP_PSH; a SYN is never kept here */
  uint8_t retransmits; /* saturates */
  uint8_t cause;       /* PacketCause of the retransmission that `lost` asks for */
  bool lost;           /* believed lost and not yet sent again */
  bool resent;         /* sent again, and neither arrived nor believed lost since */
  bool sacked;         /* the peer has it, beyond a gap */
  bool rated;          /* it is a TcpRatedSegment */
} TcpSegment;

/* The same with what a sample of the delivery rate starts from; see tcp-rate.c. */
typedef struct TcpRatedSegment {
  TcpSegment segment;    /* first */
  SimTime first_sent_at; /* when what is measured with it began to be sent */
  SimTime delivered_at;  /* TcpCcPath's when it was sent */
  uint64_t delivered;    /* the same */
  bool app_limited;      /* sent while the application left the pipe empty */
} TcpRatedSegment;

typedef struct TcpPacer TcpPacer;           /* tcp-pacing.c */
typedef struct TcpRate TcpRate;             /* tcp-rate.c */
typedef struct TcpValidation TcpValidation; /* tcp-validation.c */

/* The search for the largest MTU that passes (RFC 4821); see tcp-mtu.c. */
typedef struct TcpMtuSearch {
  bool enabled;
  uint16_t low, high;  /* bytes, IP: what is taken to pass; the most that may */
  uint16_t size;       /* of the probe that is out; 0: none */
  uint32_t start, end; /* its sequence numbers */
  SimTime since;       /* when the search (last) began */
} TcpMtuSearch;

#define TCP_CC_ROOM 160 /* bytes: as much as CUBIC's state */

/* What every sending and every ACK needs stands first. */
typedef struct TcpSending {
  TcpSegment *segments, *segments_tail;
  uint32_t segments_out; /* in the list */
  uint32_t lost_out;     /* of the segments believed lost and not sent again */
  uint32_t sacked_out;   /* reported by SACK */
  uint32_t dup_acks;     /* since the last new ACK; each stands for a segment that left */
  uint32_t resent_out;   /* sent again and outstanding */
  uint32_t recover;      /* RFC 6582: snd_nxt when the last recovery began; iss before that */
  uint32_t reordering;   /* segments: what counts as out of order and not as lost; 3 at first */
  uint32_t sacked_end;   /* end of the highest of sacked_out; snd_una when there is none */
  SimTime last_send_at;  /* data; -1: none */
  SimTime stopped_at;    /* when tcp_output() last stopped before a full segment that waits for room
                            in cwnd or in the window; -1: it did not */
  void *cc_state;        /* cc_room, or owned where that is too small; NULL: the ops want none */

  TcpPacer *pacer;           /* owned; NULL: data leaves as soon as it may */
  TcpRate *rate;             /* owned; NULL: the ops want no rates */
  TcpValidation *validation; /* owned; NULL: no RFC 7661 */
  uint64_t push_at; /* stream position of the first PSH in what is not yet sent; UINT64_MAX: none */
  GArray *push_more; /* of uint64_t: of those behind it; owned; NULL: there never was one */
  TcpStream out;
  uint64_t pushed; /* position of the last PSH that was marked */
  SimTime
      first_timeout_at;  /* when the oldest unacknowledged data first timed out; -1: it did not */
  SimTime probing_since; /* user timeout: the first window probe of this stretch; -1: none */

  /* RACK-TLP (RFC 8985), Linux's names in brackets */
  SimTime rack_sent_at; /* when the latest segment that arrived was sent [mstamp]; -1: none */
  SimTime rack_rtt;     /* and its round trip [rtt_us] */
  uint32_t rack_end;    /* and its end [end_seq] */
  uint32_t rack_round;  /* steps grow again when this is acknowledged */
  uint32_t tlp_end;     /* a tail-loss probe's episode ends when this is acknowledged */
  uint32_t max_out;     /* most segments out within the last window (Linux) */
  uint32_t max_out_seq;
  uint32_t cwnd_used;   /* Linux: most segments out since cwnd was last decayed or full */
  SimTime cwnd_stamp;   /* Linux: cwnd was in order */
  uint8_t rack_steps;   /* quarters of min_rtt in the reordering window; 1 at first */
  uint8_t rack_persist; /* recoveries for which they are kept */
  bool rack_advanced;   /* something arrived since the last look */
  bool tlp_out;         /* a tail-loss probe's episode is under way */
  bool tlp_resent;      /* it was old data */
  bool cwnd_limited;    /* cwnd, not the application, stopped the last sending */
  bool reorder_seen;    /* the path has been seen to reorder */
  bool cc_begun;        /* congestion control has begun */
  uint8_t retries;     /* time-outs since something was last acknowledged; the back-off may be more:
                          it stays until there is a round-trip sample (Karn) */
  bool fin_cut_off;    /* Linux: a probe sent the last data without the FIN, which keeps its PSH */
  bool frto;           /* a time-out that may prove spurious is being looked at (RFC 5682) */
  bool new_data_first; /* F-RTO step 2.b: new data goes before what is believed lost */
  bool resent_stamp_set;
  bool undo_armed;
  uint8_t undone; /* TcpUndo that has not been told yet */
  bool rearm_due; /* an ACK asks for tcp_timer_rearm(), unless what it lets out sets the timer */

  uint32_t small_end;  /* minshall: snd_nxt behind the last short segment */
  uint32_t timed_end;  /* timer_tick: what is sent from here on is timed next; iss at first */
  uint64_t urgent_end; /* stream position behind what is urgent; 0: nothing ever was */
  TcpMtuSearch search;

  /* what is believed lost, and what has arrived beyond a gap */
  TcpSegment *lost_hint; /* at or before the first that is lost; valid while lost_out > 0 */
  TcpSegment *sack_last; /* the last one that SACK reported; NULL: none */
  TcpSegment
      *rack_passed;     /* it and all before it are reported, lost or sent again; NULL: unknown */
  SimTime resent_since; /* none of resent_out was sent before; valid while there are some */
  /* What the last SACK option said, in order: all segments that begin in it are marked. */
  TcpSackBlock known[TCP_SACK_BLOCKS];
  uint8_t known_count;
  uint64_t lost_bytes;   /* payload of the lost ... */
  uint64_t sacked_bytes; /* ... and of the reported */

  /* PRR (RFC 9937): segments where the profile counts segments, else bytes; but for prr_cwnd */
  uint64_t prr_cwnd; /* bytes: cwnd before the reduction */
  uint64_t prr_delivered, prr_out;

  /* taking a reduction back */
  uint64_t undo_cwnd, undo_ssthresh; /* bytes; ssthresh 0: nothing to go back to */
  uint32_t undo_marker;              /* snd_una when the reduction began */
  int32_t undo_resent;               /* retransmissions that DSACK has not shown to be needless */
  uint32_t resent_stamp; /* our timestamp clock at this episode's first retransmission */

  /* RFC 6675, without RACK */
  uint32_t sack_dup_acks; /* DupAcks: outside of a recovery, ACKs with news by SACK */
  uint32_t high_rxt;      /* behind HighRxt, the last that this recovery has sent again */
  uint32_t rescue_rxt;    /* behind RescueRxt: no rescue before snd_una is beyond it */
  uint32_t twice_out;     /* sent again in this recovery and not lost; 0 outside ... */
  uint64_t twice_bytes;   /* ... and their payload */

  uint64_t cc_room[TCP_CC_ROOM / sizeof(uint64_t)];
} TcpSending;

typedef struct TcpReceiving {
  TcpRanges beyond; /* what has arrived beyond rcv_nxt */
  TcpStream in;
  uint64_t urgent_end;              /* stream position of the peer's mark; 0: it never set one */
  TcpRange recent[TCP_SACK_BLOCKS]; /* SACK blocks, the most recent first */
  uint8_t recent_count;
  bool pushed_data;                        /* data with PSH waits for its ACK */
  uint32_t dsack_seq_start, dsack_seq_end; /* DSACK for the next ACK; equal: none */
  GArray *held;         /* owned: segments that wait, where memory is counted (tcp-held.c); NULL */
  uint64_t held_memory; /* bytes that they take ... */
  uint16_t held_ratio;  /* ... of which so many 256ths are data; 0: not known yet */
  SimTime ato;          /* Linux's estimate of the gap between segments; 0: none yet */
  SimTime last_data_at; /* arrival of the last data; -1: none */

  /* autotuning */
  SimTime rtt_seen;     /* round trip as the receiver sees it; 0: none */
  uint64_t space_taken; /* `taken` when this round began */
  uint64_t space;       /* bytes taken in the round before */
  SimTime space_at;
  uint64_t round_end; /* without timestamps: position that ends the round that is timed */
  SimTime round_at;
} TcpReceiving;

/* It has none of its own: makes it. Who writes asks tcp_work_sending() or tcp_work_receiving()
 * (tcp-calls.h), which do this where it is needed. */
void tcp_work_begin_sending(TcpConn *conn);
void tcp_work_begin_receiving(TcpConn *conn);
/* Was anything ever queued? */
bool tcp_work_has_sent(const TcpConn *conn);
/* What says "nothing yet". */
void tcp_work_nothing(TcpSending *sending, TcpReceiving *receiving);
void tcp_work_free(TcpConn *conn);
/* The connection is in TIME-WAIT and nobody holds it: it neither sends nor receives any more, and
 * what it had for that goes back to the slabs. */
void tcp_work_rest(TcpConn *conn);
/* The connection is dead: what it has counts as retired (sim/slab.h) until it is freed. */
void tcp_work_retire(TcpConn *conn);
