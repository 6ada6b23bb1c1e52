/* tcp-window: the window that is offered to the peer, and the buffer behind it.
 *
 * The right edge never moves back (RFC 9293 3.8.6), and opens only by what is worth a segment (RFC
 * 1122 4.2.3.3). The buffer grows with the path as Linux's does (dynamic right-sizing).
 * Supported standards: RFC 9293 3.8.6, RFC 1122 4.2.3.3, RFC 7323 2. */
#include "models/tcp/tcp-conn.h"

void
tcp_window_start(TcpConn *conn)
{
  /* Linux offers whole segments in its SYN. Options are known when the peer's SYN came first. */
  uint32_t mss = tcp_options_own_mss(conn) - (conn->timestamps ? 12 : 0);
  uint64_t window = conn->receive_buffer;
  if (conn->profile->cautious_window) {
    /* Of a buffer that is its own choice it keeps a fifth back, until segments have shown how much
     * of it they waste. */
    if (conn->profile->autotune && conn->profile->receive_buffer_max > window)
      window -= window / 5;
    if (window > mss)
      window -= window % mss;
  }
  /* RFC 7323 2.2: the field of a SYN is not scaled. Linux (since 6.10) counts on what it would have
   * said, had the field room for it: what comes within that is taken. */
  if (!conn->profile->cautious_window)
    window = MIN(window, 65535);
  conn->rcv_wnd = (uint32_t)MIN(window, (uint64_t)65535 << 14);
  conn->window_limit = conn->profile->cautious_window ? window : UINT64_MAX;
  conn->rcv_mss = (uint16_t)MAX(MIN(MIN(mss, 536), window / 2), 88);
}

/* Linux's tcp_init_buffer_space(): growth begins when a round trip brings more than this. The round
 * counts from the SYN. */
void
tcp_window_begin_round(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  uint32_t mss = tcp_options_own_mss(conn) - (conn->timestamps ? 12 : 0);
  receiving->space = MIN(MIN(conn->window_limit, conn->rcv_wnd), 10 * (uint64_t)mss);
  receiving->space_at = conn->opened_at;
}

/* What can still be stored. */
static SIM_HOT uint64_t
free_space(const TcpConn *conn)
{
  const TcpReceiving *receiving = conn->receiving;
  if (conn->profile->receive_memory > 0)
    return tcp_held_space(conn);
  uint64_t used =
      tcp_receivable(conn) + (receiving->beyond.count > 0 ? ranges_bytes(&receiving->beyond) : 0);
  return used < conn->receive_buffer ? conn->receive_buffer - used : 0;
}

/* What can be stored when everything has been taken. */
static uint64_t
full_space(const TcpConn *conn)
{
  uint64_t buffer = conn->receive_buffer;
  return conn->profile->receive_memory > 0 ? MIN(buffer, tcp_held_most(conn)) : buffer;
}

/* Linux's __tcp_select_window(): nothing while a segment does not fit, whole segments when the
 * field is not scaled (and the last offer while there is room for that), all there is otherwise. */
static uint64_t
linux_window(const TcpConn *conn, uint64_t space)
{
  /* A buffer, or a limit, that is less than a segment has room for what it has: a window that waits
   * for more would stay shut. */
  uint64_t full = full_space(conn);
  uint64_t mss = MAX(MIN(MIN(conn->rcv_mss, full), conn->window_limit), 1);
  if (free_space(conn) < MAX(mss, full / 16))
    return 0;
  if (conn->rcv_scale > 0)
    return space;
  if (conn->rcv_wnd + mss <= space || conn->rcv_wnd > space)
    return space - space % mss;
  return conn->rcv_wnd;
}

/* RFC 1122 4.2.3.3: the edge stays until it can move by a segment or half the buffer. */
static uint64_t
rfc_window(const TcpConn *conn, uint64_t space, uint32_t offered)
{
  uint64_t step = MIN(full_space(conn) / 2, conn->rcv_mss);
  return space < offered + step ? offered : space;
}

/* To what the scaled window field can say. */
static uint64_t
round_up(const TcpConn *conn, uint64_t bytes)
{
  uint64_t rest = ((uint64_t)1 << conn->rcv_scale) - 1;
  return (bytes + rest) & ~rest;
}

SIM_HOT uint32_t
tcp_window_now(const TcpConn *conn)
{
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  uint32_t offered = seq_after(edge, conn->rcv_nxt) ? edge - conn->rcv_nxt : 0;
  uint64_t space = MIN(free_space(conn), conn->window_limit);
  uint64_t window =
      conn->profile->cautious_window ? linux_window(conn, space) : rfc_window(conn, space, offered);
  /* Never back (RFC 9293 3.8.6), and rounded up to what the field can say while that is at most one
   * unit more than there is room for. Else the field says a little less than we would still take
   * (RFC 7323 2.4), or the edge would creep on with every ACK. */
  window = MAX(window, offered);
  uint64_t rounded = round_up(conn, window);
  if (rounded <= round_up(conn, free_space(conn)))
    window = rounded;
  return MAX((uint32_t)MIN(window, (uint64_t)65535 << conn->rcv_scale), offered);
}

/* Who only sends offers the same again and again: nothing has come or been taken. */
uint32_t
tcp_window_offer(TcpConn *conn)
{
  if (conn->rcv_nxt == conn->rcv_wup && conn->window_settled)
    return conn->rcv_wnd;
  conn->window_settled = true;
  conn->rcv_wnd = tcp_window_now(conn);
  conn->rcv_wup = conn->rcv_nxt;
  return conn->rcv_wnd;
}

/* Linux's tcp_grow_window(): two segments more for each one that comes, up to the buffer; and an
 * ACK at once, so that the peer knows. */
void
tcp_window_grow(TcpConn *conn)
{
  if (conn->window_limit >= conn->receive_buffer)
    return;
  conn->window_limit = MIN(conn->window_limit + 2 * (uint64_t)conn->mss, conn->receive_buffer);
  conn->quick |= 1;
}

/* The receiver's own round trip: the echo of our clock, or the time a window takes. */
SIM_HOT void
tcp_window_measure_round(TcpConn *conn, const Packet *packet)
{
  TcpReceiving *receiving = conn->receiving;
  SimTime now = tcp_now(conn), rtt;
  if (conn->timestamps && packet->tcp.options & TCP_OPT_TIMESTAMPS && packet->tcp.ts_echo != 0) {
    if (packet->payload < conn->rcv_mss)
      return;
    rtt = tcp_options_round_trip(conn, packet);
  } else {
    if (receiving->round_end != 0 && conn->nxt_position < receiving->round_end)
      return;
    rtt = receiving->round_end == 0 ? 0 : now - receiving->round_at;
    receiving->round_end = conn->nxt_position + conn->rcv_wnd;
    receiving->round_at = now;
  }
  if (rtt > 0)
    receiving->rtt_seen = receiving->rtt_seen == 0 ? rtt : MIN(receiving->rtt_seen, rtt);
}

/* Linux's tcp_rcv_space_adjust(): in each round trip the buffer follows twice what was taken. */
void
tcp_window_adjust(TcpConn *conn)
{
  TcpReceiving *receiving = conn->receiving;
  SimTime now = tcp_now(conn);
  if (!conn->profile->autotune || receiving->rtt_seen == 0 ||
      now - receiving->space_at < receiving->rtt_seen)
    return;
  uint64_t copied = conn->taken - receiving->space_taken;
  if (copied > receiving->space) {
    uint64_t window = 2 * copied;
    window += 2 * (window * (copied - receiving->space) / MAX(receiving->space, 1));
    window = MIN(window, conn->profile->receive_buffer_max);
    if (window > conn->receive_buffer) {
      conn->receive_buffer = window;
      conn->window_limit = MAX(conn->window_limit, MIN(2 * copied, window));
    }
    receiving->space = copied;
  }
  receiving->space_taken = conn->taken;
  receiving->space_at = now;
}
