/* tcp-urgent: what RFC 6093 leaves of urgent data: a mark in the stream, and no data beside it.
 *
 * The sender's mark stands behind the last byte that was given as urgent; while it is not
 * acknowledged every segment that begins before it says so (URG and a pointer relative to its own
 * number), one that is empty or asks for a shut window too, and nothing before the mark waits for
 * Nagle or a cork. The receiver delivers every byte in its order ("in-line", RFC 6093 4), tells its
 * user that a mark is coming, and says how far away it is. Left out: taking the last urgent byte
 * out of the stream, which RFC 6093 3.2 warns of and which sockets do unless SO_OOBINLINE is set.
 * Supported standards: RFC 9293 3.8.5, RFC 6093. */
#include "models/tcp/tcp-conn.h"

#define POINTER_MOST 65535

bool
tcp_urgent_mode(const TcpConn *conn)
{
  return conn->sending->urgent_end > conn->una_position;
}

uint64_t
tcp_send_urgent(TcpConn *conn, uint64_t count, const void *bytes)
{
  uint64_t most = tcp_may_send(conn) ? MIN(count, tcp_send_room(conn)) : 0;
  if (most == 0) {
    conn->writer_waits |= count > 0 && tcp_may_send(conn);
    return 0;
  }
  bool outer = tcp_begin(conn);
  /* "points to the sequence number of the octet following the urgent data" (RFC 9293 MUST-62) */
  tcp_work_sending(conn)->urgent_end = conn->written + most;
  uint64_t taken = tcp_send(conn, most, bytes);
  conn->writer_waits |= taken < count;
  tcp_finish(conn, outer);
  return taken;
}

void
tcp_urgent_write(const TcpConn *conn, TcpHeader *tcp)
{
  if (!tcp_urgent_mode(conn) || tcp->flags & (TCP_SYN | TCP_RST))
    return;
  int64_t ahead = (int64_t)(conn->sending->urgent_end - tcp_send_position(conn, tcp->seq));
  if (ahead <= 0)
    return;
  tcp->flags |= TCP_URG;
  tcp->urgent = (uint16_t)MIN(ahead, POINTER_MOST);
}

/* RFC 9293 3.10.7.4, sixth: "If the URG bit is set, RCV.UP <- max(RCV.UP,SEG.UP), and signal to the
 * user that the remote side has urgent data if the urgent pointer (RCV.UP) is in advance of the
 * data consumed." */
void
tcp_urgent_take(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (!(tcp->flags & TCP_URG) || tcp->urgent == 0 || !tcp_can_receive(conn))
    return;
  uint64_t end = tcp_receive_position(conn, tcp->seq) + tcp->urgent;
  TcpReceiving *receiving = tcp_work_receiving(conn);
  if ((int64_t)(end - conn->taken) <= 0 || end <= receiving->urgent_end)
    return;
  receiving->urgent_end = end;
  conn->events |= TCP_EVENT_URGENT;
}

uint64_t
tcp_before_mark(const TcpConn *conn)
{
  uint64_t end = conn->receiving->urgent_end;
  return end > conn->taken ? end - 1 - conn->taken : UINT64_MAX;
}
