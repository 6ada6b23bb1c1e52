/* drill-flow: which connection a script speaks of, and how its numbers are those on the wire.
 *
 * There is one connection at a time. connect() makes the host's next SYN the start of one; a socket
 * that listens makes the next packet of the peer's one, and so does a SYN when the one before is
 * over: that is when the host knows nothing of it any more, not when its descriptor was closed. A
 * SYN that comes before belongs to it; where the host takes it for a new one between the same ports
 * (it may end a TIME-WAIT), its SYN+ACK says so, and numbers begin anew. In a segment with SYN
 * numbers are the script's own; in all others they count from the SYN. The host's initial number is
 * whatever it chose, the peer's is sent as written. */
#include "scenarios/runner/drill/drill-run-private.h"

void
drill_flow_clear(DrillFlow *flow)
{
  if (flow->stamps != NULL)
    g_array_unref(flow->stamps);
  *flow = (DrillFlow){.fd = -1};
}

static void
begin(DrillRun *run, uint8_t protocol)
{
  drill_flow_clear(&run->flow);
  run->flow.known = true;
  run->flow.protocol = protocol;
  run->flow.stamps = g_array_new(FALSE, FALSE, sizeof(DrillStamp));
  run->flow.host_port = run->config.bind_port;
  run->flow.peer_port = run->next_peer_port;
  run->next_peer_port = run->next_peer_port == 65535 ? 40000 : run->next_peer_port + 1;
}

void
drill_flow_connect(DrillRun *run, int fd)
{
  SockAddress local, peer;
  if (!sock_names(run->sock, drill_call_live_fd(run, fd), &local, &peer))
    return;
  begin(run, NET_PROTO_TCP);
  run->flow.active = true;
  run->flow.fd = fd;
  run->flow.host_port = local.port;
  run->flow.peer_port = peer.port;
}

void
drill_flow_datagrams(DrillRun *run, int fd, uint16_t port)
{
  SockAddress local, peer;
  if (!sock_names(run->sock, drill_call_live_fd(run, fd), &local, &peer))
    return;
  DrillFlow *flow = &run->flow;
  if (!flow->known || flow->protocol != NET_PROTO_UDP || flow->host_port != local.port)
    begin(run, NET_PROTO_UDP);
  flow->host_port = local.port;
  flow->peer_port = port;
}

static void
begin_passive(DrillRun *run, uint8_t protocol)
{
  begin(run, protocol);
  if (run->listening->len == 0)
    return;
  SockAddress local, peer;
  int fd = g_array_index(run->listening, int, run->listening->len - 1);
  if (sock_names(run->sock, drill_call_live_fd(run, fd), &local, &peer))
    run->flow.host_port = local.port;
}

static bool
is_opening(const DrillPacket *packet)
{
  return packet->protocol == DRILL_TCP &&
         (packet->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* Which number the peer begins with is known from its SYN; while the host's own SYN waits for an
 * answer a later one may say something else. A connection without a SYN counts from its first
 * packet, and the host's numbers are as they are. */
static void
learn_inbound(DrillRun *run, const DrillPacket *packet)
{
  DrillFlow *flow = &run->flow;
  bool syn = packet->tcp.flags & TCP_SYN;
  if (packet->protocol != DRILL_TCP)
    return;
  TcpConn *conn = flow->fd >= 0 ? sock_conn(run->sock, drill_call_live_fd(run, flow->fd)) : NULL;
  bool opening = conn != NULL && tcp_state(conn) == TCP_SYN_SENT && syn;
  if (flow->peer_seen && !opening)
    return;
  if (!syn && flow->active)
    return;
  flow->peer_seen = true;
  flow->peer_iss = packet->tcp.seq;
  if (!syn)
    flow->bare = flow->host_seen = flow->host_named = true;
}

void
drill_flow_for_inbound(DrillRun *run, const DrillPacket *packet)
{
  DrillFlow *flow = &run->flow;
  bool opens = is_opening(packet) && run->listening->len > 0;
  bool may_begin = opens && (flow->over || flow->bare);
  bool udp = packet->protocol == DRILL_UDP;
  bool other = packet->protocol != DRILL_ICMP && udp != (flow->protocol == NET_PROTO_UDP);
  if (!flow->known || may_begin || other)
    begin_passive(run, udp ? NET_PROTO_UDP : NET_PROTO_TCP);
  flow->reopens = opens && flow->peer_seen;
  if (flow->reopens)
    flow->reopening_seq = packet->tcp.seq;
  learn_inbound(run, packet);
}

/* The peer's last SYN was taken for a new connection between the same ports. */
static void
begin_again(DrillRun *run)
{
  DrillFlow old = run->flow; /* but for its stamps, which go */
  uint16_t next = run->next_peer_port;
  begin(run, NET_PROTO_TCP);
  run->next_peer_port = next;
  run->flow.host_port = old.host_port;
  run->flow.peer_port = old.peer_port;
  run->flow.peer_seen = true;
  run->flow.peer_iss = old.reopening_seq;
}

bool
drill_flow_take(DrillRun *run, const Packet *packet)
{
  DrillFlow *flow = &run->flow;
  if (packet->protocol == NET_PROTO_ICMP)
    return run->expects_icmp;
  if (!flow->known || packet->protocol != flow->protocol)
    return false;
  if (packet->protocol == NET_PROTO_UDP)
    return packet->udp.source_port == flow->host_port &&
           packet->udp.destination_port == flow->peer_port;
  if (packet->tcp.source_port != flow->host_port || packet->tcp.destination_port != flow->peer_port)
    return false;
  if (packet->tcp.flags & TCP_SYN && flow->over && flow->reopens)
    begin_again(run);
  if (packet->tcp.flags & TCP_SYN && !flow->host_seen) {
    flow->host_seen = true;
    flow->host_iss = packet->tcp.seq;
  }
  return true;
}

void
drill_flow_on_state(Sim *sim, const void *data, void *user)
{
  DrillRun *run = user;
  const TcpStateRecord *record = data;
  TcpEndpoints ends = tcp_endpoints(record->conn);
  if ((record->to == TCP_CLOSED || record->to == TCP_LISTEN) && run->flow.known &&
      ends.local_port == run->flow.host_port && ends.remote_port == run->flow.peer_port)
    run->flow.over = true;
}

uint32_t
drill_flow_inbound_seq(const DrillFlow *flow, uint32_t seq, bool syn)
{
  return syn ? seq : flow->peer_iss + seq;
}

uint32_t
drill_flow_inbound_ack(const DrillFlow *flow, uint32_t ack, bool syn)
{
  return flow->host_iss + ack - (syn ? flow->host_base : 0);
}

uint32_t
drill_flow_outbound_seq(const DrillFlow *flow, uint32_t seq, bool syn)
{
  return seq - flow->host_iss + (syn ? flow->host_base : 0);
}

uint32_t
drill_flow_outbound_ack(const DrillFlow *flow, uint32_t ack, bool syn)
{
  return syn ? ack : ack - flow->peer_iss;
}

void
drill_flow_name_stamp(DrillRun *run, uint32_t name, uint32_t value, SimTime time)
{
  DrillStamp stamp = {name, value, time};
  g_array_append_val(run->flow.stamps, stamp);
}

/* The last one of that name. */
const DrillStamp *
drill_flow_stamp(const DrillFlow *flow, uint32_t name)
{
  for (guint i = flow->stamps->len; i > 0; i--) {
    const DrillStamp *stamp = &g_array_index(flow->stamps, DrillStamp, i - 1);
    if (stamp->name == name)
      return stamp;
  }
  return NULL;
}
