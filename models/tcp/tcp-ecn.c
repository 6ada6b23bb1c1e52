/* tcp-ecn: explicit congestion notification: a router marks where it would have dropped.
 *
 * Agreed on by the SYNs (ECE and CWR ask, ECE alone agrees); a SYN that has to be repeated does not
 * ask, since something on the path may dislike the question. New data then goes out as ECT(0),
 * retransmissions, pure ACKs and probes do not. The receiver of a mark says so by ECE on every ACK
 * until a segment with CWR comes; the sender takes ECE for a loss, once a round trip, with nothing
 * to send again (tcp-recovery.c), and says CWR on its next new data.
 * Where the congestion control needs ECN (DCTCP, RFC 8257) a connection asks for it in any case,
 * all of its packets are ECT(0) as in Linux, and it echoes marks exactly: ECE is on an ACK when
 * what it acknowledges was marked, and an ACK goes out whenever that changes.
 * Accurate ECN is in tcp-accecn.c; which of the two is in force is decided here: a client that asks
 * for it takes RFC 3168's answer too, and a server that knows only that sees its question in ours.
 * Supported standards: RFC 3168, RFC 8257 3.2. */
#include "models/tcp/tcp-conn.h"

static bool
needed(const TcpConn *conn)
{
  return conn->profile->cc->needs_ecn;
}

static bool
asks(const TcpConn *conn)
{
  return conn->profile->ecn >= TCP_ECN_ON || needed(conn);
}

static bool
accurate(const TcpConn *conn)
{
  return conn->profile->ecn == TCP_ECN_ACCURATE;
}

/* RFC 3168 6.1.1. */
uint16_t
tcp_ecn_syn_flags(TcpConn *conn)
{
  if (conn->state == TCP_SYN_SENT && accurate(conn))
    return tcp_accecn_ask(conn);
  if (conn->state == TCP_SYN_SENT)
    return asks(conn) && conn->syn_sent == 0 ? TCP_ECE | TCP_CWR : 0;
  if (conn->accecn != NULL)
    return tcp_accecn_synack_flags(conn);
  return conn->ecn ? TCP_ECE : 0;
}

/* The SYN+ACK's answer to our last SYN. */
static void
take_synack(TcpConn *conn, const Packet *synack)
{
  if (accurate(conn) && tcp_accecn_take_synack(conn, synack))
    return;
  uint8_t asked = accurate(conn) ? TCP_ACCECN_ASKS : 1;
  uint16_t flags = synack->tcp.flags & (TCP_ECE | TCP_CWR);
  conn->ecn = asks(conn) && conn->syn_sent <= asked && flags == TCP_ECE;
}

void
tcp_ecn_from_syn(TcpConn *conn, const Packet *syn)
{
  if (syn->tcp.flags & TCP_ACK) {
    take_synack(conn, syn);
    return;
  }
  if (accurate(conn) && tcp_accecn_take_syn(conn, syn))
    return;
  uint16_t flags = syn->tcp.flags & (TCP_ECE | TCP_CWR);
  conn->ecn = (conn->profile->ecn != TCP_ECN_OFF || needed(conn)) && flags == (TCP_ECE | TCP_CWR);
}

/* The answer is then RFC 3168's, which whoever asks for accurate ECN takes too. */
void
tcp_ecn_without_state(TcpConn *conn)
{
  tcp_accecn_free(conn);
  if (!conn->timestamps)
    conn->ecn = false;
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
  if (conn->accecn != NULL)
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
  if (!conn->ecn || packet->payload == 0 || packet->retransmit > 0 || !tcp_accecn_may_mark(conn))
    return;
  packet->traffic_class |= NET_ECN_ECT0;
  if (conn->accecn != NULL)
    return;
  if (conn->ecn_cwr_due)
    packet->tcp.flags |= TCP_CWR;
  conn->ecn_cwr_due = false;
}

/* The SYNs too, until ECN is found to be refused. */
void
tcp_ecn_mark_all(const TcpConn *conn, Packet *packet)
{
  bool may = conn->ecn || (conn->state == TCP_SYN_SENT && packet->tcp.flags & TCP_ECE);
  if (may && needed(conn) && tcp_accecn_may_mark(conn))
    packet->traffic_class |= NET_ECN_ECT0;
}

void
tcp_ecn_write(TcpConn *conn, Packet *packet)
{
  if (conn->accecn != NULL)
    tcp_accecn_write_ace(conn, packet);
  else if (conn->ecn_echo && (packet->tcp.flags & (TCP_ACK | TCP_SYN | TCP_RST)) == TCP_ACK)
    packet->tcp.flags |= TCP_ECE;
}

void
tcp_ecn_on_ack(TcpConn *conn, const Packet *packet, TcpAckSeen *seen)
{
  if (conn->accecn != NULL)
    tcp_accecn_on_ack(conn, packet, seen);
  else
    seen->ecn_echo = conn->ecn && (packet->tcp.flags & (TCP_ECE | TCP_SYN)) == TCP_ECE;
}
