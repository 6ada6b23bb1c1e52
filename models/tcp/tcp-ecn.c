/* tcp-ecn: explicit congestion notification: a router marks where it would have dropped.
 *
 * Agreed on by the SYNs (ECE and CWR ask, ECE alone agrees); a SYN that has to be repeated does not
 * ask, since something on the path may dislike the question. New data then goes out as ECT(0),
 * retransmissions, pure ACKs and probes do not. The receiver of a mark says so by ECE on every ACK
 * until a segment with CWR comes; the sender takes ECE for a loss, once a round trip, with nothing
 * to send again (tcp-recovery.c), and says CWR on its next new data.
 * Where the congestion control needs ECN (DCTCP, RFC 8257) a connection asks for it in any case,
 * all of its packets are ECT(0) as in Linux, and it echoes marks exactly: ECE is on an ACK when
 * what it acknowledges was marked, and an ACK goes out whenever that changes. Left out: accurate
 * ECN (RFC 9768). Supported standards: RFC 3168, RFC 8257 3.2. */
#include "models/tcp/tcp-conn.h"

static bool
needed(const TcpConn *conn)
{
  return conn->profile->cc->needs_ecn;
}

static bool
asks(const TcpConn *conn)
{
  return conn->profile->ecn == TCP_ECN_ON || needed(conn);
}

/* RFC 3168 6.1.1. */
uint16_t
tcp_ecn_syn_flags(const TcpConn *conn)
{
  if (conn->state == TCP_SYN_SENT)
    return asks(conn) && conn->syn_sent == 0 ? TCP_ECE | TCP_CWR : 0;
  return conn->ecn ? TCP_ECE : 0;
}

void
tcp_ecn_from_syn(TcpConn *conn, const Packet *syn)
{
  uint16_t flags = syn->tcp.flags & (TCP_ECE | TCP_CWR);
  if (syn->tcp.flags & TCP_ACK)
    conn->ecn = asks(conn) && conn->syn_sent == 1 && flags == TCP_ECE;
  else
    conn->ecn = (conn->profile->ecn != TCP_ECN_OFF || needed(conn)) && flags == (TCP_ECE | TCP_CWR);
}

/* RFC 8257 3.2: "If the CE codepoint is set and DCTCP.CE is false, set DCTCP.CE to true and send an
 * immediate ACK. If the CE codepoint is not set and DCTCP.CE is true, set DCTCP.CE to false and
 * send an immediate ACK." What waits for its ACK had the state of before: it is told first. */
static void
echo_exactly(TcpConn *conn, bool marked)
{
  if (marked == conn->ecn_echo)
    return;
  if (conn->ack_due == TCP_ACK_DELAYED)
    tcp_send_ack(conn, conn->ack_cause);
  conn->ecn_echo = marked;
  tcp_ack_owe(conn, TCP_ACK_NOW, PACKET_CAUSE_NEW);
}

/* RFC 3168 6.1.3: data has arrived. */
void
tcp_ecn_on_data(TcpConn *conn, const Packet *packet)
{
  if (!conn->ecn)
    return;
  if (needed(conn)) {
    echo_exactly(conn, (packet->traffic_class & 3) == NET_ECN_CE);
    return;
  }
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

/* The SYNs too, until ECN is found to be refused. */
void
tcp_ecn_mark_all(const TcpConn *conn, Packet *packet)
{
  bool may = conn->ecn || (conn->state == TCP_SYN_SENT && packet->tcp.flags & TCP_ECE);
  if (may && needed(conn))
    packet->traffic_class |= NET_ECN_ECT0;
}

bool
tcp_ecn_is_echo(const TcpConn *conn, const Packet *packet)
{
  return conn->ecn && (packet->tcp.flags & (TCP_ECE | TCP_SYN)) == TCP_ECE;
}
