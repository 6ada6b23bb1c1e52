/* tcp-mtu: how large a segment may be, and what happens when the answer changes.
 *
 * The path's MTU is the least of the first link's and of what routers have said (models/net/
 * path-mtu.h), less what the search below has not yet shown to pass. When it falls, what is out and
 * too large is cut to the new size and sent again at once: it is known to be gone and says nothing
 * about congestion, so that no window is cut; Linux's tcp_simple_retransmit() does it in the state
 * that follows a time-out. cwnd, where it counts segments, keeps their number.
 *
 * Where no router says anything, packetization-layer discovery (RFC 4821, as in Linux) finds out: a
 * black hole is suspected when segments keep timing out, and segments shrink until something
 * passes; from there a segment of twice the distance, now and then, tries what passes too. A probe
 * that is lost says only that it was too large.
 * Left out: RFC 8899 (its datagram form), and a probe by anything but new data.
 * Supported standards: RFC 1191, RFC 8201, RFC 4821, RFC 9293 3.7.1 to 3.7.5. */
#include "models/tcp/tcp-conn.h"

#include "models/net/path-mtu.h"

#define BLACK_HOLE_RETRIES 3 /* Linux's tcp_retries1 (RFC 9293 3.8.3, R1) */
#define PROBE_CWND_LEAST 11  /* segments: Linux probes only when so many may be out */

/* IP's and TCP's headers, with the options that every segment carries. */
static uint32_t
headers(const TcpConn *conn)
{
  uint32_t network = net_address(conn->host->net, conn->ends.remote)->family == 6 ? 40 : 20;
  return network + 20 + (conn->timestamps ? 12 : 0);
}

/* The MTU that a segment of `mss` bytes of data fills, and the other way round. */
static uint32_t
mtu_of(const TcpConn *conn, uint32_t mss)
{
  return mss + headers(conn);
}

static uint32_t
mss_of(const TcpConn *conn, uint32_t mtu)
{
  uint32_t options = conn->timestamps ? 12 : 0;
  uint32_t most = MAX(conn->peer_mss, options) - options; /* RFC 6691: options come off */
  if (conn->profile->mss > 0)
    most = (uint32_t)MIN(most, conn->profile->mss - options);
  uint32_t length = mtu > headers(conn) ? mtu - headers(conn) : 0;
  return MAX(MIN(most, length), 8);
}

/* Takes the size that is right now into use. */
static void
use_mtu(TcpConn *conn)
{
  TcpMtuSearch *search = &conn->sending->search;
  if (search->enabled)
    search->high = MIN(search->high, conn->path_mtu);
  uint32_t mtu = search->enabled ? MIN(conn->path_mtu, search->low) : conn->path_mtu;
  uint16_t before = conn->mss;
  conn->mss = (uint16_t)mss_of(conn, mtu);
  conn->cc.mss = conn->mss;
  if (before != conn->mss && conn->cc.cwnd > 0)
    tcp_cwnd_rescale(conn, before);
}

G_GNUC_NO_INLINE void
tcp_mtu_look(TcpConn *conn)
{
  Node *node = conn->host->node;
  uint32_t mtu = node_mtu(node, conn->ends.remote);
  conn->mtu_epoch = conn->host->net->mtu_epoch;
  if (mtu == 0) /* no route now: what was known still holds */
    return;
  conn->may_fragment =
      !conn->profile->path_mtu_discovery || path_mtu_is_locked(node, conn->ends.remote);
  conn->path_mtu = (uint16_t)MIN(mtu, UINT16_MAX);
  use_mtu(conn);
}

/* -- a router says "too big" -- */

void
tcp_mtu_split(TcpConn *conn, TcpSegment *segment, uint32_t length)
{
  TcpSending *sending = conn->sending;
  TcpSegment *rest = tcp_segment_copy(conn, segment);
  segment->next = rest;
  if (sending->segments_tail == segment)
    sending->segments_tail = rest;
  rest->seq += length;
  rest->length -= length;
  segment->length = length;
  segment->flags = 0; /* PSH and FIN stand at the end */
  sending->segments_out++;
  sending->lost_out += rest->lost;
  sending->resent_out += rest->resent;
  sending->known_count = 0; /* a segment may begin now within a block */
  if (tcp_nextseg_recovers(conn))
    tcp_nextseg_set_pipe(conn);
}

/* RFC 1191 6.4 and RFC 8201 5.4: what was too large is sent again; "the retransmission should not
 * be treated as a loss". */
static void
send_again_in_new_sizes(TcpConn *conn)
{
  TcpSending *sending = conn->sending;
  uint32_t marked = 0;
  for (TcpSegment *segment = sending->segments; segment != NULL; segment = segment->next)
    if (segment->length > conn->mss)
      marked += tcp_recovery_mark_lost(conn, segment, PACKET_CAUSE_PATH_MTU);
  conn->lost -= marked;
  if (sending->lost_out == 0)
    return;
  if (!conn->sack_ok)
    sending->dup_acks = MIN(sending->dup_acks, sending->segments_out - sending->lost_out);
  if (conn->recovery != TCP_RECOVERY_LOSS) {
    tcp_cwnd_keep_threshold(conn);
    sending->recover = conn->snd_nxt;
    sending->undo_armed = sending->frto = sending->tlp_out = false;
    sending->undo_ssthresh = 0;
    sending->twice_out = sending->twice_bytes = 0;
    conn->recovery = TCP_RECOVERY_LOSS;
  }
  tcp_output(conn);
}

void
tcp_mtu_on_too_big(TcpConn *conn, uint32_t mtu)
{
  if (!conn->profile->path_mtu_discovery)
    return;
  path_mtu_learn(conn->host->node, conn->ends.remote, mtu);
  if (!tcp_synchronized(conn))
    return; /* looked up when the handshake is over */
  uint32_t before = conn->path_mtu;
  tcp_mtu_look(conn);
  if (conn->path_mtu < before)
    send_again_in_new_sizes(conn);
}

/* -- the search (RFC 4821) -- */

/* RFC 4821 7.2: "search_high" is what both ends' MSS let pass, "search_low" what is "likely to
 * work".
 */
static void
begin_search(TcpConn *conn, uint32_t low_mss)
{
  TcpMtuSearch *search = &tcp_work_sending(conn)->search;
  search->enabled = true;
  search->size = 0;
  search->low = (uint16_t)mtu_of(conn, low_mss);
  search->high = (uint16_t)MIN(mtu_of(conn, mss_of(conn, UINT16_MAX)), conn->path_mtu);
  search->low = MIN(search->low, search->high);
  search->since = tcp_now(conn);
}

G_GNUC_NO_INLINE void
tcp_mtu_start(TcpConn *conn)
{
  tcp_mtu_look(conn);
  if (conn->profile->mtu_probing == TCP_MTU_PROBING_ALWAYS)
    begin_search(conn, (uint32_t)conn->profile->mtu_probe_base);
  use_mtu(conn);
}

/* RFC 4821 7.7: "Full-Stop Timeout": segments keep timing out although small ones may pass. The
 * first time the search begins, then its lower end is halved, as in Linux. */
void
tcp_mtu_on_timeout(TcpConn *conn)
{
  const TcpProfile *profile = conn->profile;
  TcpMtuSearch *search = &conn->sending->search;
  if (profile->mtu_probing == TCP_MTU_PROBING_OFF || !tcp_rto_is_past(conn, BLACK_HOLE_RETRIES))
    return;
  if (!search->enabled) {
    begin_search(conn, (uint32_t)profile->mtu_probe_base);
  } else {
    uint64_t mss = MIN(mss_of(conn, search->low) / 2, profile->mtu_probe_base);
    search->low = (uint16_t)mtu_of(conn, (uint32_t)MAX(mss, profile->mtu_probe_floor));
  }
  use_mtu(conn);
}

/* After the interval the range is opened upward again: the path may have changed. */
static void
search_again_in_time(TcpConn *conn)
{
  TcpMtuSearch *search = &conn->sending->search;
  if (tcp_now(conn) - search->since >= conn->profile->mtu_probe_interval)
    begin_search(conn, conn->mss);
}

TcpMtuProbe
tcp_mtu_probe(TcpConn *conn, uint64_t unsent, uint32_t *length)
{
  const TcpSending *sending = conn->sending;
  const TcpMtuSearch *search = &sending->search;
  uint64_t pipe = tcp_pipe(conn), mss = conn->mss;
  if (search->size != 0 || conn->recovery != TCP_RECOVERY_OPEN ||
      conn->cc.cwnd < PROBE_CWND_LEAST * mss || conn->receiving->recent_count > 0)
    return TCP_MTU_PROBE_NONE;
  *length = mss_of(conn, (search->low + search->high) / 2u);
  uint64_t needed = *length + (sending->reordering + 1) * mss;
  if (*length <= mss || search->high < search->low + conn->profile->mtu_probe_threshold) {
    search_again_in_time(conn);
    return TCP_MTU_PROBE_NONE;
  }
  if (unsent < needed || conn->snd_wnd < needed)
    return TCP_MTU_PROBE_NONE;
  if (conn->snd_nxt - conn->snd_una + needed > conn->snd_wnd)
    return TCP_MTU_PROBE_WAIT;
  if (pipe + 2 * mss > conn->cc.cwnd)
    return pipe > 0 ? TCP_MTU_PROBE_WAIT : TCP_MTU_PROBE_NONE;
  return TCP_MTU_PROBE_SEND;
}

/* Two segments' worth has left as one. */
static void
count_probe(TcpConn *conn, bool sent)
{
  if (conn->profile->cwnd_counts_segments)
    conn->cc.cwnd += sent ? -(uint64_t)conn->mss : conn->mss;
}

void
tcp_mtu_probe_sent(TcpConn *conn, const TcpSegment *segment)
{
  TcpMtuSearch *search = &conn->sending->search;
  search->size = (uint16_t)mtu_of(conn, segment->length);
  search->start = segment->seq;
  search->end = tcp_segment_end(segment);
  count_probe(conn, true);
}

void
tcp_mtu_on_ack(TcpConn *conn)
{
  TcpMtuSearch *search = &conn->sending->search;
  if (search->size == 0 || seq_before(conn->snd_una, search->end))
    return;
  uint64_t segments = conn->cc.cwnd / conn->mss;
  uint64_t fewer = segments * mtu_of(conn, conn->mss) / search->size;
  search->low = search->size;
  search->size = 0;
  use_mtu(conn);
  if (conn->profile->cwnd_counts_segments) /* as many bytes, not as many segments */
    conn->cc.cwnd = MAX(fewer, 1) * conn->mss;
  tcp_cwnd_keep_threshold(conn);
}

/* RFC 4821 7.6.2: "the probe ... was lost, and no other segment": congestion control is not told.
 */
bool
tcp_mtu_probe_lost(TcpConn *conn)
{
  TcpMtuSearch *search = &conn->sending->search;
  if (search->size == 0 || conn->snd_una != search->start || conn->recovery > TCP_RECOVERY_DISORDER)
    return false;
  search->high = search->size - 1;
  search->size = 0;
  count_probe(conn, false);
  send_again_in_new_sizes(conn);
  return true;
}
