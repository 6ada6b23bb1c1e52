/* tcp-ecn: explicit congestion notification: a router marks where it would have dropped.
 *
 * Agreed on by the SYNs (ECE and CWR ask, ECE alone agrees); a SYN that has to be repeated does not
 * ask, since something on the path may dislike the question. New data then goes out as ECT(0),
 * retransmissions, pure ACKs and probes do not. The receiver of a mark says so by ECE on every ACK
 * until a segment with CWR comes; the sender takes ECE for a loss, once a round trip, with nothing
 * to send again (tcp-recovery.c), and says CWR on its next new data.
 * Left out: accurate ECN (RFC 9768) and the smaller cut of RFC 8511.
 * Supported standards: RFC 3168. */
#include "models/tcp/tcp-conn.h"

/* RFC 3168 6.1.1. */
uint16_t
tcp_ecn_syn_flags(const TcpConn *conn)
{
  if (conn->state == TCP_SYN_SENT)
    return conn->profile->ecn == TCP_ECN_ON && conn->syn_sent == 0 ? TCP_ECE | TCP_CWR : 0;
  return conn->ecn ? TCP_ECE : 0;
}

void
tcp_ecn_from_syn(TcpConn *conn, const Packet *syn)
{
  uint16_t flags = syn->tcp.flags & (TCP_ECE | TCP_CWR);
  if (syn->tcp.flags & TCP_ACK)
    conn->ecn = conn->profile->ecn == TCP_ECN_ON && conn->syn_sent == 1 && flags == TCP_ECE;
  else
    conn->ecn = conn->profile->ecn != TCP_ECN_OFF && flags == (TCP_ECE | TCP_CWR);
}

/* RFC 3168 6.1.3: data has arrived. */
void
tcp_ecn_on_data(TcpConn *conn, const Packet *packet)
{
  if (!conn->ecn)
    return;
  if (packet->tcp.flags & TCP_CWR) {
    conn->ecn_echo = false;
    /* The sender's window may be down to a segment: do not keep it waiting (Linux). */
    conn->quick = MAX(conn->quick, 2);
  }
  if ((packet->traffic_class & 3) == NET_ECN_CE && !conn->ecn_echo) {
    conn->ecn_echo = true;
    conn->quick = MAX(conn->quick, 2);
  }
}

/* RFC 3168 6.1.2 and 6.1.5: data goes out. */
void
tcp_ecn_mark_data(TcpConn *conn, Packet *packet)
{
  if (!conn->ecn || packet->payload == 0 || packet->retransmit > 0)
    return;
  packet->traffic_class |= NET_ECN_ECT0;
  if (conn->ecn_cwr_due)
    packet->tcp.flags |= TCP_CWR;
  conn->ecn_cwr_due = false;
}

bool
tcp_ecn_is_echo(const TcpConn *conn, const Packet *packet)
{
  return conn->ecn && (packet->tcp.flags & (TCP_ECE | TCP_SYN)) == TCP_ECE;
}
