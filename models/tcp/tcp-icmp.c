/* tcp-icmp: what an ICMP error does to the connection that it is about.
 *
 * A message is believed only when the sequence number that it quotes is one of ours that is out
 * (RFC 5927 4.1): who does not see the connection cannot guess it. "Too big" goes to tcp-mtu.c, a
 * source quench nowhere (RFC 6633). The rest is soft: it is kept, and is the reason that is given
 * when the connection times out; nothing else comes of it, since routes come back (RFC
 * 9293 3.9.2.2, MUST-56). Before there is a connection it may end the attempt, so that the next
 * address can be tried (RFC 5461): Linux takes any error for that, the RFC only those that are
 * hard. Each unreachable message also takes one doubling of the time-out back (RFC 6069): the path
 * is known to be broken, not congested. Supported standards: RFC 9293 3.9.2.2, RFC 5461, RFC 5927,
 * RFC 6069, RFC 6633. */
#include "models/tcp/tcp-conn.h"

/* RFC 1122 4.2.3.9: "Destination Unreachable -- codes 2-4: These are hard error conditions". Code 4
 * has become path MTU discovery. */
static bool
is_hard(IcmpKind kind)
{
  return kind == ICMP_PROTOCOL_UNREACHABLE || kind == ICMP_PORT_UNREACHABLE;
}

TcpError
tcp_icmp_reason(const TcpConn *conn, TcpError otherwise)
{
  if (conn->soft_error == ICMP_OTHER)
    return otherwise;
  return conn->soft_error == ICMP_PORT_UNREACHABLE ? TCP_ERROR_REFUSED : TCP_ERROR_UNREACHABLE;
}

static void
give_up(TcpConn *conn)
{
  tcp_conn_die(conn, tcp_icmp_reason(conn, TCP_ERROR_UNREACHABLE));
}

/* Linux drops a half-open connection of a listener for these only. */
static bool
ends_half_open(const TcpConn *conn, IcmpKind kind)
{
  if (conn->opener)
    return conn->profile->icmp_ends_opening || is_hard(kind);
  return conn->profile->icmp_ends_opening &&
         (kind == ICMP_NET_UNREACHABLE || kind == ICMP_HOST_UNREACHABLE ||
          kind == ICMP_TTL_EXCEEDED || kind == ICMP_REASSEMBLY_EXCEEDED ||
          kind == ICMP_PARAMETER_PROBLEM);
}

/* RFC 6069 4: "If a retransmission was sent and its ICMP unreachable message arrives ... undo one
 * retransmission timer backoff". */
static void
revert_backoff(TcpConn *conn, uint32_t seq)
{
  const TcpSegment *head = conn->sending->segments;
  if (!conn->profile->icmp_reverts_backoff || seq != conn->snd_una || head == NULL ||
      conn->backoff == 0 || conn->sending->first_timeout_at < 0)
    return;
  conn->backoff--;
  tcp_timer_rearm_from_head(conn);
}

static void
take(TcpConn *conn, const IcmpError *error)
{
  uint32_t seq = error->quoted->tcp.seq;
  /* RFC 5927 4.1: "TCP SHOULD check that the TCP sequence number contained in the payload of the
   * ICMP error message is within the range SND.UNA =< SEG.SEQ < SND.NXT"; Linux takes SND.NXT too.
   */
  if (conn->state == TCP_TIME_WAIT || seq_before(seq, conn->snd_una) ||
      seq_after(seq, conn->snd_nxt) || error->kind == ICMP_SOURCE_QUENCH)
    return;
  if (error->kind == ICMP_TOO_BIG) {
    tcp_mtu_on_too_big(conn, error->mtu);
    return;
  }
  if (error->kind == ICMP_NET_UNREACHABLE || error->kind == ICMP_HOST_UNREACHABLE)
    revert_backoff(conn, seq);
  bool synchronized = tcp_synchronized(conn);
  if (!synchronized && !conn->opener && !ends_half_open(conn, error->kind))
    return;
  conn->soft_error = (uint8_t)error->kind;
  if (synchronized ? conn->profile->icmp_hard_errors && is_hard(error->kind)
                   : ends_half_open(conn, error->kind))
    give_up(conn);
}

void
tcp_icmp_input(void *self, const IcmpError *error)
{
  const Packet *quoted = error->quoted;
  TcpEndpoints ends = {
      .local = quoted->source,
      .remote = quoted->destination,
      .local_port = quoted->tcp.source_port,
      .remote_port = quoted->tcp.destination_port,
  };
  TcpConn *conn = tcp_host_find(self, &ends);
  if (conn == NULL)
    return;
  bool outer = tcp_begin(conn);
  take(conn, error);
  tcp_finish(conn, outer);
}
