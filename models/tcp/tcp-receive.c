/* tcp-receive: what arrives: reassembly, the reports about gaps, and handing it to the application.
 *
 * Data is a stretch of stream positions; bytes are kept only where bytes came. What the window
 * offers is in tcp-window.c, when it is acknowledged in tcp-ack.c.
 * Supported standards: RFC 9293 3.10.7.4 (seventh and eighth check), RFC 2018, RFC 2883. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

/* -- reassembly -- */

/* The block that just grew moves to the front (RFC 2018 4); blocks it swallowed go. */
static void
remember_block(TcpConn *conn, TcpRange block)
{
  TcpReceiving *receiving = conn->receiving;
  TcpRange kept[TCP_SACK_BLOCKS];
  unsigned n = 0;
  kept[n++] = block;
  for (unsigned i = 0; i < receiving->recent_count && n < TCP_SACK_BLOCKS; i++)
    if (receiving->recent[i].end < block.start || receiving->recent[i].start > block.end)
      kept[n++] = receiving->recent[i];
  memcpy(receiving->recent, kept, n * sizeof(TcpRange));
  receiving->recent_count = (uint8_t)n;
}

static void
forget_blocks_below(TcpConn *conn, uint64_t position)
{
  TcpReceiving *receiving = conn->receiving;
  unsigned n = 0;
  for (unsigned i = 0; i < receiving->recent_count; i++)
    if (receiving->recent[i].start > position)
      receiving->recent[n++] = receiving->recent[i];
  receiving->recent_count = (uint8_t)n;
}

/* RFC 2883 4: of [start, end) some may have arrived beyond the gap before, whole or in part. */
static void
report_overlap(TcpConn *conn, uint64_t start, uint64_t end)
{
  TcpReceiving *receiving = conn->receiving;
  if (!conn->profile->dsack || !conn->sack_ok)
    return;
  for (uint32_t i = 0; i < receiving->beyond.count; i++) {
    const TcpRange *range = &receiving->beyond.items[i];
    if (range->start < end && range->end > start) {
      receiving->dsack_seq_start = tcp_receive_seq(conn, MAX(start, range->start));
      receiving->dsack_seq_end = tcp_receive_seq(conn, MIN(end, range->end));
      return;
    }
  }
}

static SIM_HOT void
take_in_order(TcpConn *conn, const Packet *packet, uint64_t end)
{
  TcpReceiving *receiving = conn->receiving;
  tcp_ack_owe(conn, TCP_ACK_DELAYED, PACKET_CAUSE_NEW);
  bool had_gap = receiving->beyond.count > 0;
  if (had_gap)
    report_overlap(conn, conn->nxt_position, end);
  conn->nxt_position = end;
  if (had_gap && ranges_advance(&receiving->beyond, end, &end))
    conn->nxt_position = end;
  conn->rcv_nxt = tcp_receive_seq(conn, conn->nxt_position);
  if (had_gap) {
    forget_blocks_below(conn, conn->nxt_position);
    /* RFC 5681 4.2: "SHOULD send an immediate ACK when the incoming segment fills in all or part
     * of a gap". */
    tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
  }
  tcp_window_grow(conn);
  conn->events |= TCP_EVENT_READABLE;
  tcp_window_measure_round(conn, packet);
}

static G_GNUC_NO_INLINE void
out_of_order(TcpConn *conn, uint64_t start, uint64_t end)
{
  report_overlap(conn, start, end);
  remember_block(conn, ranges_add(&conn->receiving->beyond, start, end));
  tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
}

/* Keeps the bytes of a segment, where it carries any. */
static void
keep_bytes(TcpConn *conn, const Packet *packet, uint64_t start, uint64_t end)
{
  if (packet->ext == NULL || packet->ext->payload == NULL || end <= start)
    return;
  uint64_t first = tcp_receive_position(conn, packet->tcp.seq + !!(packet->tcp.flags & TCP_SYN));
  stream_put(&conn->receiving->in, start, packet->ext->payload + (start - first), end - start);
}

/* Where what may be taken of a segment that claims [.., end) ends: at the right edge, and at the
 * FIN. A FIN that lies in the window is noted. */
static uint64_t
note_fin(TcpConn *conn, const Packet *packet, uint64_t end)
{
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint64_t limit = conn->nxt_position + (seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0);
  if (conn->fin_known) {
    limit = MIN(limit, conn->fin_position);
  } else if (packet->tcp.flags & TCP_FIN && end <= limit) {
    conn->fin_known = true;
    conn->fin_position = end;
  }
  return MIN(end, limit);
}

/* What is expected next, and there is nothing about it but how long it is. */
static bool
is_next(const TcpConn *conn, const Packet *packet)
{
  uint32_t room = conn->rcv_wup + conn->rcv_wnd - conn->rcv_nxt;
  return packet->tcp.seq == conn->rcv_nxt && !(packet->tcp.flags & (TCP_SYN | TCP_FIN)) &&
         packet->payload > 0 && (int32_t)room >= (int32_t)packet->payload && packet->ext == NULL &&
         !conn->fin_known && conn->receiving->beyond.count == 0 &&
         conn->profile->receive_memory == 0;
}

/* tcp_receive_data() for that. */
static void
take_next(TcpConn *conn, const Packet *packet)
{
  tcp_work_receiving(conn);
  conn->window_settled = false;
  tcp_ack_measure_segment(conn, packet);
  if (conn->profile->quick_acks)
    tcp_ack_measure_gap(conn);
  take_in_order(conn, packet, conn->nxt_position + packet->payload);
}

static G_GNUC_NO_INLINE SIM_HOT void
take_any(TcpConn *conn, const Packet *packet)
{
  TcpReceiving *receiving = packet->payload > 0 ? tcp_work_receiving(conn) : conn->receiving;
  conn->window_settled = false;
  uint32_t first = packet->tcp.seq + !!(packet->tcp.flags & TCP_SYN);
  uint64_t start = tcp_receive_position(conn, first);
  uint64_t end = start + packet->payload;
  /* The 64-bit difference is signed: what starts below the stream's next byte is trimmed. */
  if ((int64_t)(start - conn->nxt_position) < 0) {
    if (packet->payload > 0 && conn->profile->dsack && conn->sack_ok) {
      receiving->dsack_seq_start = first;
      receiving->dsack_seq_end = end < conn->nxt_position ? first + packet->payload : conn->rcv_nxt;
    }
    start = conn->nxt_position;
  }
  end = note_fin(conn, packet, end);
  if (packet->payload == 0) {
    if (!conn->fin_known || conn->fin_position > conn->nxt_position)
      tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
    return;
  }
  if (end > start)
    tcp_held_add(conn, packet, end);
  tcp_ack_measure_segment(conn, packet);
  if (end <= start) {
    tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_DUPLICATE_ACK);
    return;
  }
  if (conn->profile->quick_acks)
    tcp_ack_measure_gap(conn);
  keep_bytes(conn, packet, start, end);
  if (start == conn->nxt_position) {
    take_in_order(conn, packet, end);
  } else {
    out_of_order(conn, start, end);
  }
}

SIM_HOT void
tcp_receive_data(TcpConn *conn, const Packet *packet)
{
  if (is_next(conn, packet))
    take_next(conn, packet);
  else
    take_any(conn, packet);
}

G_GNUC_NO_INLINE void
tcp_receive_fin(TcpConn *conn)
{
  conn->fin_taken = true;
  conn->rcv_nxt++;
  conn->events |= TCP_EVENT_READABLE;
  tcp_close_on_fin(conn);
  /* Linux leaves the ACK to the application's own FIN, if that comes at once. */
  if (conn->profile->quick_acks && conn->state == TCP_CLOSE_WAIT) {
    conn->pingpong = true;
    tcp_ack_owe(conn, TCP_ACK_DELAYED, PACKET_CAUSE_NEW);
  } else {
    tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
  }
}

/* -- the application takes -- */

/* Would an ACK open the window far beyond the `offered` bytes that are left of it? */
static bool
opens_window(const TcpConn *conn, uint32_t offered)
{
  uint64_t far = MIN(offered + (uint64_t)offered, offered + conn->receive_buffer / 2);
  if (conn->profile->receive_memory == 0 &&
      conn->receive_buffer + ((uint64_t)1 << conn->rcv_scale) < far)
    return false; /* it cannot be so large */
  uint32_t window = tcp_window_now(conn);
  return window > offered && window >= far;
}

/* RFC 9293 3.8.6.2.2: taking data may open the window enough to be worth an ACK: to twice what the
 * peer knows of (Linux), or by half the buffer. */
static SIM_HOT void
after_taking(TcpConn *conn)
{
  if (!tcp_can_receive(conn))
    return;
  tcp_window_adjust(conn);
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint32_t offered = seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0;
  if (conn->profile->quick_acks && conn->ack_due == TCP_ACK_DELAYED &&
      (conn->rcv_nxt - conn->rcv_wup > conn->rcv_mss ||
       (conn->receiving->pushed_data && !conn->pingpong && tcp_receivable(conn) == 0)))
    tcp_send_ack(conn, conn->ack_cause);
  else if (opens_window(conn, offered))
    tcp_send_ack(conn, PACKET_CAUSE_WINDOW_UPDATE);
}

/* The bytes that came with what is about to be taken, if there are any. */
static G_GNUC_NO_INLINE bool
take_bytes(TcpConn *conn, uint64_t count, GByteArray *bytes)
{
  TcpStream *in = &conn->receiving->in;
  bool any = stream_has(in, conn->taken, count);
  if (any && bytes != NULL) {
    guint length = bytes->len;
    g_byte_array_set_size(bytes, length + (guint)count);
    stream_get(in, conn->taken, bytes->data + length, count);
  }
  stream_drop(in, conn->taken + count);
  return any;
}

SIM_HOT uint64_t
tcp_receive(TcpConn *conn, uint64_t max, GByteArray *bytes, bool *is_text)
{
  uint64_t count = MIN(max, tcp_receivable(conn));
  bool any = count > 0 && conn->receiving->in.pieces != NULL && take_bytes(conn, count, bytes);
  if (is_text != NULL)
    *is_text = any;
  if (count == 0)
    return 0;
  conn->taken += count;
  conn->window_settled = false;
  if (conn->receiving->held != NULL)
    tcp_held_taken(conn);
  bool outer = tcp_begin(conn);
  if (!conn->dead)
    after_taking(conn);
  tcp_finish(conn, outer);
  return count;
}
