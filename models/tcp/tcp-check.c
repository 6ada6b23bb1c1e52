/* tcp-check: what has to hold of a connection between any two events.
 *
 * Everything is counted anew, over the whole list of what was sent: far too slow for a simulation,
 * and just right behind every event of a test. The property test, the fuzzer and the soak ask it;
 * with -Dhostile=true (or a debug build) each segment, timer and call is followed by it. What needs
 * two looks, such as a window that never shrinks, is left to who looks (tests/tcp/property-check.c,
 * tests/fuzz/fuzz-tcp.c). */
#include "models/tcp/tcp-conn.h"

#define HOLDS(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      *broken = #condition;                                                                        \
      return false;                                                                                \
    }                                                                                              \
  } while (0)

/* The sums over the list of what was sent. */
typedef struct Sums {
  uint32_t out, lost, sacked, resent, twice;
  uint64_t lost_bytes, sacked_bytes, twice_bytes;
} Sums;

static bool
sum_list(const TcpConn *conn, Sums *sum, const char **broken)
{
  const TcpSending *sending = conn->sending;
  Sums sums = {0};
  uint32_t seq = 0;
  bool hint_passed = false, ahead = sending->rack_passed == NULL;
  const TcpSegment *last_sacked = NULL;
  for (const TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next) {
    HOLDS(sums.out == 0 || segment->seq == seq);
    seq = tcp_segment_end(segment);
    HOLDS(seq_after(seq, segment->seq));
    HOLDS(!(segment->lost && segment->sacked));
    HOLDS(!(segment->resent && (segment->lost || segment->sacked)));
    hint_passed |= segment == sending->lost_hint;
    HOLDS(!segment->lost || hint_passed);
    HOLDS(!segment->resent || segment->sent_at >= sending->resent_since);
    HOLDS(ahead || segment->sacked || segment->lost || segment->resent);
    bool twice = tcp_nextseg_recovers(conn) && ahead && segment->resent &&
                 seq_before(segment->seq, sending->high_rxt);
    ahead |= segment == sending->rack_passed;
    if (segment->sacked)
      last_sacked = segment;
    sums.out++;
    sums.lost += segment->lost;
    sums.sacked += segment->sacked;
    sums.resent += segment->resent;
    sums.lost_bytes += segment->lost ? segment->length : 0;
    sums.sacked_bytes += segment->sacked ? segment->length : 0;
    sums.twice += twice;
    sums.twice_bytes += twice ? segment->length : 0;
    HOLDS(segment->next != NULL || segment == sending->segments_tail);
  }
  if (sums.out > 0) {
    /* All that is out, and nothing else: the first may be acknowledged in part. */
    HOLDS(seq == conn->snd_nxt);
    HOLDS(seq_at_or_before(sending->segments->seq, conn->snd_una) || !tcp_synchronized(conn));
    HOLDS(seq_after(tcp_segment_end(sending->segments), conn->snd_una));
  } else if (tcp_synchronized(conn)) {
    HOLDS(sending->segments == NULL && conn->snd_una == conn->snd_nxt);
  }
  HOLDS(ahead && sending->sack_last == last_sacked);
  *sum = sums;
  return true;
}

/* What may be in the network, by the sums: as tcp_pipe() should have it. */
static uint64_t
pipe_of(const TcpConn *conn, const Sums *sums)
{
  const TcpSending *sending = conn->sending;
  bool counts = conn->recovery >= TCP_RECOVERY_FAST || conn->profile->limited_transmit;
  uint64_t out = sums->out + sums->twice,
           gone = sums->lost + (counts ? sums->sacked + sending->dup_acks : 0);
  uint64_t unit = conn->mss;
  if (!conn->profile->cwnd_counts_segments) {
    out = conn->snd_nxt - conn->snd_una - (conn->fin_sent && !conn->fin_acked) + sums->twice_bytes;
    gone = sums->lost_bytes +
           (counts ? sums->sacked_bytes + (uint64_t)sending->dup_acks * conn->mss : 0);
    unit = 1;
  }
  return gone < out ? (out - gone) * unit : 0;
}

static bool
check_sender(const TcpConn *conn, const char **broken)
{
  const TcpSending *sending = conn->sending;
  HOLDS(seq_at_or_before(conn->snd_una, conn->snd_nxt));
  HOLDS(conn->una_position <= conn->written);
  HOLDS(!conn->fin_acked || conn->fin_sent);
  HOLDS(!conn->fin_sent || conn->fin_queued);
  Sums sums;
  if (!sum_list(conn, &sums, broken))
    return false;
  HOLDS(sending->segments_out == sums.out);
  HOLDS(sending->lost_out == sums.lost);
  HOLDS(sending->sacked_out == sums.sacked);
  HOLDS(sending->resent_out == sums.resent);
  HOLDS(sending->lost_bytes == sums.lost_bytes);
  HOLDS(sending->sacked_bytes == sums.sacked_bytes);
  HOLDS(sums.sacked == 0 || conn->sack_ok);
  HOLDS(tcp_pipe(conn) == pipe_of(conn, &sums));
  if (sending->cc_begun && tcp_synchronized(conn)) {
    HOLDS(conn->cc.mss == conn->mss);
    /* PRR's cwnd is what is in flight and what may follow (RFC 9937 6), both perhaps short. */
    bool reduces = conn->profile->prr &&
                   (conn->recovery == TCP_RECOVERY_FAST || conn->recovery == TCP_RECOVERY_CWR);
    HOLDS(conn->cc.cwnd >= conn->mss || (reduces && !conn->profile->cwnd_counts_segments));
    HOLDS(conn->cc.ssthresh >= conn->mss);
  }
  return true;
}

/* Something is out or waits: then a timer goes off that will move it. (Not late in simulated time,
 * where it may be due behind its end: tcp_after().) */
static bool
check_timers(const TcpConn *conn, const char **broken)
{
  if (tcp_now(conn) > SIM_TIME_NEVER / 2)
    return true;
  bool armed = sim_timer_armed(&conn->timers[TCP_SLOT_SEND]);
  if (conn->state == TCP_SYN_SENT || conn->state == TCP_SYN_RECEIVED) {
    HOLDS(armed);
    return true;
  }
  if (conn->state == TCP_TIME_WAIT) {
    HOLDS(sim_timer_armed(&conn->timers[TCP_SLOT_LINGER]));
    return true;
  }
  uint64_t next = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
  bool waits = conn->written > next || (conn->fin_queued && !conn->fin_sent);
  HOLDS(conn->sending->segments == NULL || armed);
  HOLDS(!conn->sending->rearm_due);
  HOLDS(!waits || armed || tcp_pacing_next(conn) > tcp_now(conn));
  HOLDS(conn->ack_due == TCP_ACK_NONE || sim_timer_armed(&conn->timers[TCP_SLOT_ACK]));
  return true;
}

static bool
check_receiver(const TcpConn *conn, const char **broken)
{
  const TcpReceiving *receiving = conn->receiving;
  HOLDS(conn->taken <= conn->nxt_position);
  HOLDS(seq_at_or_before(conn->rcv_wup, conn->rcv_nxt));
  HOLDS(receiving->beyond.count == 0 || receiving->beyond.items[0].start > conn->nxt_position);
  for (uint32_t i = 0; i < receiving->recent_count; i++)
    HOLDS(receiving->recent[i].start < receiving->recent[i].end);
  return true;
}

const char *
tcp_check(const TcpConn *conn)
{
  const char *broken = NULL;
  if (conn->dead || conn->state == TCP_CLOSED)
    return NULL;
  if (!tcp_ports_know(conn))
    broken = "its host knows that its port is taken";
  else if (check_sender(conn, &broken) && check_timers(conn, &broken))
    check_receiver(conn, &broken);
  return broken;
}
