/* property-check: what has to hold of a connection between any two events.
 *
 * Looks into models/tcp by its private header, which nobody else outside does. */
#include "models/tcp/tcp-conn.h"

#include "tests/tcp/property.h"

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition))                                                                              \
      property_fail(end->world, "%s: %s", end->name, #condition);                                  \
  } while (0)

/* The sums over the list of what was sent. */
typedef struct Sums {
  uint32_t out, lost, sacked, resent;
  uint64_t lost_bytes, sacked_bytes;
} Sums;

static Sums
sum_list(const PropertyEnd *end, const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  Sums sums = {0};
  uint32_t seq = 0;
  bool hint_passed = false;
  for (const TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next) {
    CHECK(sums.out == 0 || segment->seq == seq);
    seq = tcp_segment_end(segment);
    CHECK(seq_after(seq, segment->seq));
    CHECK(!(segment->lost && segment->sacked));
    CHECK(!(segment->resent && (segment->lost || segment->sacked)));
    hint_passed |= segment == sending->lost_hint;
    CHECK(!segment->lost || hint_passed);
    sums.out++;
    sums.lost += segment->lost;
    sums.sacked += segment->sacked;
    sums.resent += segment->resent;
    sums.lost_bytes += segment->lost ? segment->length : 0;
    sums.sacked_bytes += segment->sacked ? segment->length : 0;
    CHECK(segment->next != NULL || segment == sending->segments_tail);
  }
  if (sums.out > 0) {
    /* All that is out, and nothing else: the first may be acknowledged in part. */
    CHECK(seq == conn->snd_nxt);
    CHECK(seq_at_or_before(sending->segments->seq, conn->snd_una) || !tcp_synchronized(conn));
    CHECK(seq_after(tcp_segment_end(sending->segments), conn->snd_una));
  } else if (tcp_synchronized(conn)) {
    CHECK(sending->segments == NULL && conn->snd_una == conn->snd_nxt);
  }
  return sums;
}

/* What may be in the network, by the sums: as tcp_pipe() should have it. */
static uint64_t
pipe_of(const TcpConn *conn, const Sums *sums)
{
  const TcpSending *sending = conn->sending;
  bool counts = conn->recovery >= TCP_RECOVERY_FAST || conn->profile->limited_transmit;
  uint64_t out = sums->out, gone = sums->lost + (counts ? sums->sacked + sending->dup_acks : 0);
  uint64_t unit = conn->mss;
  if (!conn->profile->cwnd_counts_segments) {
    out = conn->snd_nxt - conn->snd_una - (conn->fin_sent && !conn->fin_acked);
    gone = sums->lost_bytes +
           (counts ? sums->sacked_bytes + (uint64_t)sending->dup_acks * conn->mss : 0);
    unit = 1;
  }
  return gone < out ? (out - gone) * unit : 0;
}

static void
check_sender(const PropertyEnd *end, const TcpConn *conn)
{
  const TcpSending *sending = conn->sending;
  CHECK(seq_at_or_before(conn->snd_una, conn->snd_nxt));
  CHECK(conn->una_position <= conn->written);
  CHECK(!conn->fin_acked || conn->fin_sent);
  CHECK(!conn->fin_sent || conn->fin_queued);
  Sums sums = sum_list(end, conn);
  CHECK(sending->segments_out == sums.out);
  CHECK(sending->lost_out == sums.lost);
  CHECK(sending->sacked_out == sums.sacked);
  CHECK(sending->resent_out == sums.resent);
  CHECK(sending->lost_bytes == sums.lost_bytes);
  CHECK(sending->sacked_bytes == sums.sacked_bytes);
  CHECK(sums.sacked == 0 || conn->sack_ok);
  CHECK(tcp_pipe(conn) == pipe_of(conn, &sums));
  if (sending->cc_begun && tcp_synchronized(conn)) {
    CHECK(conn->cc.mss == conn->mss);
    /* PRR's cwnd is what is in flight and what may follow (RFC 9937 6), both perhaps short. */
    bool reduces = conn->profile->prr &&
                   (conn->recovery == TCP_RECOVERY_FAST || conn->recovery == TCP_RECOVERY_CWR);
    CHECK(conn->cc.cwnd >= conn->mss || (reduces && !conn->profile->cwnd_counts_segments));
    CHECK(conn->cc.ssthresh >= conn->mss);
  }
}

/* Something is out or waits: then a timer goes off that will move it. */
static void
check_timers(const PropertyEnd *end, const TcpConn *conn)
{
  bool armed = sim_timer_armed(&conn->timers[TCP_SLOT_SEND]);
  if (conn->state == TCP_SYN_SENT || conn->state == TCP_SYN_RECEIVED) {
    CHECK(armed);
    return;
  }
  if (conn->state == TCP_TIME_WAIT) {
    CHECK(sim_timer_armed(&conn->timers[TCP_SLOT_LINGER]));
    return;
  }
  uint64_t next = tcp_send_position(conn, conn->snd_nxt) - conn->fin_sent;
  bool waits = conn->written > next || (conn->fin_queued && !conn->fin_sent);
  CHECK(conn->sending->segments == NULL || armed);
  CHECK(!waits || armed || tcp_pacing_next(conn) > tcp_now(conn));
  CHECK(conn->ack_due == TCP_ACK_NONE || sim_timer_armed(&conn->timers[TCP_SLOT_ACK]));
}

static void
check_receiver(PropertyEnd *end, const TcpConn *conn)
{
  const TcpReceiving *receiving = conn->receiving;
  CHECK(conn->taken <= conn->nxt_position);
  CHECK(seq_at_or_before(conn->rcv_wup, conn->rcv_nxt));
  CHECK(receiving->beyond.count == 0 || receiving->beyond.items[0].start > conn->nxt_position);
  for (uint32_t i = 0; i < receiving->recent_count; i++)
    CHECK(receiving->recent[i].start < receiving->recent[i].end);
  if (!tcp_synchronized(conn))
    return;
  /* RFC 9293 3.8.6: "a TCP receiver SHOULD NOT shrink the window". */
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  CHECK(!end->edge_known || seq_at_or_after(edge, end->edge));
  end->edge = edge;
  end->edge_known = true;
}

static void
check_end(PropertyEnd *end)
{
  const TcpConn *conn = end->conn;
  if (conn != end->watched)
    end->edge_known = false;
  end->watched = conn;
  if (conn == NULL || conn->dead || conn->state == TCP_CLOSED)
    return;
  check_sender(end, conn);
  check_timers(end, conn);
  check_receiver(end, conn);
}

void
property_check(PropertyWorld *world)
{
  check_end(&world->client);
  check_end(&world->server);
}

/* Everybody has let go and nothing is left to happen: nothing is left at all. */
void
property_check_empty(PropertyWorld *world)
{
  for (int i = 0; i < 2; i++) {
    const PropertyEnd *end = i == 0 ? &world->client : &world->server;
    const TcpHost *host = end->host;
    CHECK(host->connections == 0 && host->orphans == 0 && host->fast_open_pending == 0);
    CHECK(host->conns.live == 0 && host->segments.live == 0 && host->rated.live == 0);
    CHECK(host->sendings.live == 0 && host->receivings.live == 0);
    CHECK(world->net->packets.live == 0 && world->net->exts.live == 0);
  }
}
