/* tcp-receive: the receiving side: reassembly, the window that is offered, and when to acknowledge.
 *
 * Data is a stretch of stream positions; bytes are kept only where bytes came. The window offered
 * never moves its right edge back (RFC 9293 3.8.6), and opens only by what is worth a segment
 * (RFC 1122 4.2.3.3). Acknowledging follows RFC 1122 4.2.3.2 (every second full segment, and
 * within the delay), or Linux's machine when the profile says quick_acks: at once at the start of
 * a flow, delayed when the application answers ("pingpong"), with a delay that follows the gaps.
 * The buffer grows with the path as Linux's does (dynamic right-sizing).
 * Supported standards: RFC 9293 3.8.6, RFC 1122 4.2.3.2 and 4.2.3.3, RFC 5681 4.2, RFC 2018. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

#define QUICK_ACKS 16                     /* Linux's TCP_MAX_QUICKACKS */
#define DELAY_MAX (200 * SIM_MILLISECOND) /* Linux's TCP_DELACK_MAX */
#define FIN_DELAY SIM_MILLISECOND         /* one tick: Linux's delay before it has seen any data */

/* -- the window -- */

void
tcp_receive_start(TcpConn *conn)
{
  uint32_t mss = conn->state == TCP_CLOSED && conn->irs == 0 && conn->rcv_nxt == 0
                   ? 0
                   : conn->mss;
  if (mss == 0) { /* our SYN goes first: the MSS we shall offer */
    uint32_t mtu = MIN(node_mtu(conn->host->node, conn->ends.remote), 65535);
    mss = MAX(mtu, 128) - 40;
    if (conn->profile.mss > 0)
      mss = (uint32_t)MIN(mss, conn->profile.mss);
  }
  uint64_t window = MIN(conn->receive_buffer, 65535);
  /* Linux offers whole segments in its SYN. */
  if (conn->profile.quick_acks && window > mss)
    window -= window % mss;
  conn->rcv_wnd = (uint32_t)window;
  conn->window_limit = conn->profile.autotune ? window : UINT64_MAX;
  conn->rcv_mss = (uint16_t)MAX(MIN(MIN(mss, 536), window / 2), 88);
  conn->space = conn->receive_buffer;
  conn->space_at = tcp_now(conn);
}

/* What can still be stored. */
static uint64_t
free_space(const TcpConn *conn)
{
  uint64_t used = tcp_receivable(conn) + (conn->beyond.count > 0 ? ranges_bytes(&conn->beyond) : 0);
  return used < conn->receive_buffer ? conn->receive_buffer - used : 0;
}

/* Linux's __tcp_select_window(): nothing while a segment does not fit, whole segments when the
 * field is not scaled, all there is otherwise. */
static uint64_t
linux_window(const TcpConn *conn, uint64_t space, uint32_t offered)
{
  uint64_t mss = MIN(conn->rcv_mss, conn->receive_buffer);
  if (free_space(conn) < MAX(mss, conn->receive_buffer / 16))
    return 0;
  if (conn->rcv_scale > 0)
    return space;
  if (offered + mss <= space || offered > space)
    return space - space % mss;
  return offered;
}

/* RFC 1122 4.2.3.3: the edge stays until it can move by a segment or half the buffer. */
static uint64_t
rfc_window(const TcpConn *conn, uint64_t space, uint32_t offered)
{
  uint64_t step = MIN(conn->receive_buffer / 2, conn->rcv_mss);
  return space < offered + step ? offered : space;
}

uint32_t
tcp_receive_window_now(const TcpConn *conn)
{
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint32_t offered = seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0;
  uint64_t space = MIN(free_space(conn), conn->window_limit);
  uint64_t window = conn->profile.quick_acks ? linux_window(conn, space, offered)
                                             : rfc_window(conn, space, offered);
  /* Never back (RFC 9293 3.8.6), and rounded up to what the field can say: at most one unit is
   * promised too much. */
  uint64_t unit = (uint64_t)1 << conn->rcv_scale;
  window = (MAX(window, offered) + unit - 1) / unit * unit;
  return (uint32_t)MIN(window, (uint64_t)65535 << conn->rcv_scale);
}

uint32_t
tcp_receive_window(TcpConn *conn)
{
  conn->rcv_wnd = tcp_receive_window_now(conn);
  conn->rcv_wup = conn->rcv_nxt;
  return conn->rcv_wnd;
}

/* Linux's tcp_grow_window(): two segments more for each one that comes, up to the buffer. */
static void
grow_window(TcpConn *conn)
{
  if (conn->window_limit < conn->receive_buffer)
    conn->window_limit =
      MIN(conn->window_limit + 2 * (uint64_t)conn->mss, conn->receive_buffer);
}

/* -- reassembly -- */

/* The block that just grew moves to the front (RFC 2018 4); blocks it swallowed go. */
static void
remember_block(TcpConn *conn, TcpRange block)
{
  TcpRange kept[TCP_SACK_BLOCKS];
  unsigned n = 0;
  kept[n++] = block;
  for (unsigned i = 0; i < conn->recent_count && n < TCP_SACK_BLOCKS; i++)
    if (conn->recent[i].end < block.start || conn->recent[i].start > block.end)
      kept[n++] = conn->recent[i];
  memcpy(conn->recent, kept, n * sizeof(TcpRange));
  conn->recent_count = (uint8_t)n;
}

static void
forget_blocks_below(TcpConn *conn, uint64_t position)
{
  unsigned n = 0;
  for (unsigned i = 0; i < conn->recent_count; i++)
    if (conn->recent[i].start > position)
      conn->recent[n++] = conn->recent[i];
  conn->recent_count = (uint8_t)n;
}

/* Linux's guess at the peer's segment size, which says what "a full segment" is. */
static void
measure_segment(TcpConn *conn, const Packet *packet)
{
  if (packet->payload >= conn->rcv_mss)
    conn->rcv_mss = (uint16_t)MIN(packet->payload, 65535);
  if (packet->tcp.flags & TCP_PSH)
    conn->pushed_data = true;
}

static void
add_quick_acks(TcpConn *conn, unsigned most)
{
  unsigned n = conn->rcv_wnd / (2 * (uint32_t)conn->rcv_mss);
  n = MIN(MAX(n, 2), most);
  conn->quick = (uint8_t)MAX(conn->quick, n);
}

/* Linux's tcp_event_data_recv(): how far apart segments come. */
static void
measure_gap(TcpConn *conn)
{
  SimTime now = tcp_now(conn), min = conn->profile.delayed_ack;
  if (conn->last_data_at < 0) {
    add_quick_acks(conn, QUICK_ACKS);
    conn->ato = min;
  } else {
    SimTime gap = now - conn->last_data_at;
    if (gap <= min / 2)
      conn->ato = conn->ato / 2 + min / 2;
    else if (gap < conn->ato)
      conn->ato = MIN(conn->ato / 2 + gap, conn->rto);
    else if (gap > conn->rto)
      add_quick_acks(conn, QUICK_ACKS);
  }
  conn->last_data_at = now;
}

/* The receiver's own round trip: the echo of our clock, or the time a window takes. */
static void
measure_round(TcpConn *conn, const Packet *packet)
{
  SimTime now = tcp_now(conn), rtt;
  if (conn->timestamps && packet->tcp.options & TCP_OPT_TIMESTAMPS && packet->tcp.ts_echo != 0) {
    if (packet->payload < conn->rcv_mss)
      return;
    rtt = MAX((SimTime)(tcp_timestamp(conn) - packet->tcp.ts_echo), 1) * SIM_MILLISECOND;
  } else {
    if (conn->round_end != 0 && conn->nxt_position < conn->round_end)
      return;
    rtt = conn->round_end == 0 ? 0 : now - conn->round_at;
    conn->round_end = conn->nxt_position + conn->rcv_wnd;
    conn->round_at = now;
  }
  if (rtt > 0)
    conn->rtt_seen = conn->rtt_seen == 0 ? rtt : MIN(conn->rtt_seen, rtt);
}

static void
owe_ack(TcpConn *conn, TcpAckDue due, PacketCause cause)
{
  if (due > conn->ack_due || (due == TCP_ACK_NOW && cause != PACKET_CAUSE_NEW))
    conn->ack_cause = (uint8_t)cause;
  conn->ack_due = (uint8_t)MAX(conn->ack_due, due);
}

static void
in_order(TcpConn *conn, uint64_t end)
{
  bool had_gap = conn->beyond.count > 0;
  conn->nxt_position = end;
  if (had_gap && ranges_advance(&conn->beyond, end, &end))
    conn->nxt_position = end;
  conn->rcv_nxt = tcp_receive_seq(conn, conn->nxt_position);
  if (had_gap) {
    forget_blocks_below(conn, conn->nxt_position);
    /* RFC 5681 4.2: "SHOULD send an immediate ACK when the incoming segment fills in all or part
     * of a gap". */
    owe_ack(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
  }
  grow_window(conn);
  conn->events |= TCP_EVENT_READABLE;
}

static void
out_of_order(TcpConn *conn, uint64_t start, uint64_t end)
{
  TcpRange found;
  if (ranges_find(&conn->beyond, start, &found) && found.end >= end && conn->profile.dsack &&
      conn->sack_ok) {
    /* RFC 2883 4.1.2: a duplicate beyond a gap. */
    conn->dsack_seq_start = tcp_receive_seq(conn, start);
    conn->dsack_seq_end = tcp_receive_seq(conn, end);
  }
  remember_block(conn, ranges_add(&conn->beyond, start, end));
  owe_ack(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
}

/* Keeps the bytes of a segment, where it carries any. */
static void
keep_bytes(TcpConn *conn, const Packet *packet, uint64_t start, uint64_t end)
{
  if (packet->ext == NULL || packet->ext->payload == NULL || end <= start)
    return;
  uint64_t first = tcp_receive_position(conn, packet->tcp.seq + !!(packet->tcp.flags & TCP_SYN));
  stream_put(&conn->in, start, packet->ext->payload + (start - first), end - start);
}

void
tcp_receive_data(TcpConn *conn, const Packet *packet)
{
  uint32_t first = packet->tcp.seq + !!(packet->tcp.flags & TCP_SYN);
  uint64_t start = tcp_receive_position(conn, first);
  uint64_t end = start + packet->payload;
  /* The 64-bit difference is signed: what starts below the stream's next byte is trimmed. */
  if ((int64_t)(start - conn->nxt_position) < 0) {
    if (packet->payload > 0 && conn->profile.dsack && conn->sack_ok) {
      conn->dsack_seq_start = first;
      conn->dsack_seq_end =
        end < conn->nxt_position ? first + packet->payload : conn->rcv_nxt;
    }
    start = conn->nxt_position;
  }
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint64_t limit = conn->nxt_position + (seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0);
  bool whole = end <= limit;
  end = MIN(end, limit);
  if (packet->tcp.flags & TCP_FIN && whole && !conn->fin_known) {
    conn->fin_known = true;
    conn->fin_position = end;
  }
  if (packet->payload == 0) {
    if (!conn->fin_known || conn->fin_position > conn->nxt_position)
      owe_ack(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
    return;
  }
  measure_segment(conn, packet);
  if (end <= start) {
    owe_ack(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
    return;
  }
  if (conn->profile.quick_acks)
    measure_gap(conn);
  keep_bytes(conn, packet, start, end);
  if (start == conn->nxt_position) {
    owe_ack(conn, TCP_ACK_DELAYED, PACKET_CAUSE_NEW);
    in_order(conn, end);
    measure_round(conn, packet);
  } else {
    out_of_order(conn, start, end);
  }
}

void
tcp_receive_fin(TcpConn *conn)
{
  conn->fin_taken = true;
  conn->rcv_nxt++;
  conn->events |= TCP_EVENT_READABLE;
  tcp_close_on_fin(conn);
  /* Linux leaves the ACK to the application's own FIN, if that comes at once. */
  if (conn->profile.quick_acks && conn->state == TCP_CLOSE_WAIT) {
    conn->pingpong = true;
    owe_ack(conn, TCP_ACK_DELAYED, PACKET_CAUSE_NEW);
  } else {
    owe_ack(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
  }
}

/* -- acknowledging -- */

static void
delay_ack(TcpConn *conn)
{
  SimTime delay = conn->profile.delayed_ack;
  if (conn->profile.quick_acks) {
    delay = conn->last_data_at < 0 ? FIN_DELAY : conn->ato;
    if (delay > conn->profile.delayed_ack) {
      SimTime most = conn->pingpong || conn->pushed_data ? DELAY_MAX : 500 * SIM_MILLISECOND;
      if (conn->srtt > 0)
        most = MIN(most, MAX(conn->srtt, conn->profile.delayed_ack));
      delay = MIN(delay, most);
    }
  }
  SimTime due = tcp_now(conn) + delay;
  if (!tcp_timer_armed(conn, TCP_TIMER_DELAYED_ACK) ||
      due < conn->timers[TCP_SLOT_ACK].timer.due)
    tcp_timer_set(conn, TCP_TIMER_DELAYED_ACK, due);
}

/* More than one full segment is unacknowledged, and (Linux) the window would move on. */
static bool
second_segment(const TcpConn *conn)
{
  uint32_t unacked = conn->rcv_nxt - conn->rcv_wup;
  if (!conn->profile.quick_acks)
    return unacked >= 2 * (uint32_t)conn->rcv_mss;
  return unacked > conn->rcv_mss && tcp_receive_window_now(conn) >= conn->rcv_wnd;
}

void
tcp_receive_ack_wanted(TcpConn *conn)
{
  if (conn->ack_due == TCP_ACK_NONE || conn->dead)
    return;
  if (conn->ack_due == TCP_ACK_NOW || conn->profile.delayed_ack == 0 || second_segment(conn) ||
      conn->beyond.count > 0 ||
      (conn->profile.quick_acks && conn->quick > 0 && !conn->pingpong))
    tcp_send_ack(conn, conn->ack_cause);
  else
    delay_ack(conn);
}

void
tcp_receive_ack_sent(TcpConn *conn)
{
  conn->ack_due = TCP_ACK_NONE;
  conn->ack_cause = PACKET_CAUSE_NEW;
  conn->pushed_data = false;
  conn->last_ack_sent = conn->rcv_nxt;
  if (conn->quick > 0)
    conn->quick--;
  tcp_timer_cancel(conn, TCP_TIMER_DELAYED_ACK);
}

void
tcp_receive_data_sent(TcpConn *conn)
{
  /* Linux: an answer within the delay means a conversation. */
  if (conn->last_data_at >= 0 && tcp_now(conn) - conn->last_data_at < conn->ato)
    conn->pingpong = true;
}

/* -- the application takes -- */

/* Linux's tcp_rcv_space_adjust(): in each round trip the buffer follows twice what was taken. */
static void
adjust_space(TcpConn *conn)
{
  SimTime now = tcp_now(conn);
  if (!conn->profile.autotune || conn->rtt_seen == 0 || now - conn->space_at < conn->rtt_seen)
    return;
  uint64_t copied = conn->taken - conn->space_taken;
  if (copied > conn->space) {
    uint64_t window = 2 * copied + 16 * (uint64_t)conn->mss;
    window += 2 * (window * (copied - conn->space) / MAX(conn->space, 1));
    window = MIN(window, conn->profile.receive_buffer_max);
    if (window > conn->receive_buffer) {
      conn->receive_buffer = window;
      conn->window_limit = MAX(conn->window_limit, MIN(2 * copied, window));
    }
    conn->space = copied;
  }
  conn->space_taken = conn->taken;
  conn->space_at = now;
}

/* RFC 9293 3.8.6.2.2: taking data may open the window enough to be worth an ACK: to twice what the
 * peer knows of (Linux), or by half the buffer. */
static void
after_taking(TcpConn *conn)
{
  if (!tcp_can_receive(conn))
    return;
  adjust_space(conn);
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint32_t offered = seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0;
  uint32_t window = tcp_receive_window_now(conn);
  if (conn->profile.quick_acks && conn->ack_due == TCP_ACK_DELAYED &&
      (conn->rcv_nxt - conn->rcv_wup > conn->rcv_mss ||
       (conn->pushed_data && !conn->pingpong && tcp_receivable(conn) == 0)))
    tcp_send_ack(conn, conn->ack_cause);
  else if (window > offered &&
           (window >= 2 * (uint64_t)offered || window - offered >= conn->receive_buffer / 2))
    tcp_send_ack(conn, PACKET_CAUSE_WINDOW_UPDATE);
}

uint64_t
tcp_receive(TcpConn *conn, uint64_t max, GByteArray *bytes, bool *is_text)
{
  uint64_t count = MIN(max, tcp_receivable(conn));
  if (is_text != NULL)
    *is_text = stream_has(&conn->in, conn->taken, count);
  if (count == 0)
    return 0;
  if (bytes != NULL && stream_has(&conn->in, conn->taken, count)) {
    guint length = bytes->len;
    g_byte_array_set_size(bytes, length + (guint)count);
    stream_get(&conn->in, conn->taken, bytes->data + length, count);
  }
  conn->taken += count;
  stream_drop(&conn->in, conn->taken);
  bool outer = tcp_begin(conn);
  if (!conn->dead)
    after_taking(conn);
  tcp_finish(conn, outer);
  return count;
}
