/* fuzz-tcp: segments that libFuzzer makes up meet a connection in any state.
 *
 * The input begins with a profile and a state, to which well-formed segments lead. What follows is
 * a list of steps of one host: its user opens, listens, writes, reads and closes, time passes, and
 * segments come. Their sequence numbers are near what the connection expects, or anywhere; flags,
 * windows and options are whatever the input says. After each step everything must hold that holds
 * between two events (models/tcp/tcp-check.c), and the right edge of the window may not have moved
 * back; at the end nothing may be left. How many segments came in which state is written at the end
 * of a run that has the variable FUZZ_COUNTS. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/net/link.h"
#include "models/net/wire.h"
#include "models/tcp/cc.h"
#include "models/tcp/tcp-conn.h"

#define PORT 80
#define PEER_PORT 5000
#define PAYLOAD_MOST 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct World {
  const uint8_t *data; /* what is left of the input */
  size_t size;
  Sim *sim;
  Net *net;
  Node *node, *peer;
  TcpHost *host;
  TcpListener *listener;
  TcpConn *conn; /* NULL: none; ours until it is released */
  uint32_t edge; /* of the window that was offered */
  bool edge_known;
  uint32_t peer_port;
} World;

static uint64_t counts[TCP_STATES]; /* segments by the state that they met */

static void
tell_counts(void)
{
  uint64_t all = 0;
  for (int state = 0; state < TCP_STATES; state++) {
    all += counts[state];
    fprintf(stderr, "segments in %s: %llu\n", tcp_state_name((TcpState)state),
            (unsigned long long)counts[state]);
  }
  fprintf(stderr, "segments in all: %llu\n", (unsigned long long)all);
}

static uint32_t
take(World *world, unsigned bytes)
{
  uint32_t value = 0;
  for (; bytes > 0; bytes--) {
    uint8_t byte = 0;
    if (world->size > 0) {
      byte = *world->data++;
      world->size--;
    }
    value = value << 8 | byte;
  }
  return value;
}

/* The connection that segments are for: the user's, or one that the peer has begun. */
static TcpConn *
target(const World *world)
{
  return world->conn != NULL ? world->conn : world->host->last;
}

static void
check(World *world)
{
  for (const TcpConn *each = world->host->first; each != NULL; each = each->next) {
    const char *broken = tcp_check(each);
    if (broken != NULL) {
      fprintf(stderr, "in %s: broken: %s\n", tcp_state_name(tcp_state(each)), broken);
      abort();
    }
  }
  const TcpConn *conn = world->conn;
  if (conn == NULL || conn->dead || !tcp_synchronized(conn)) {
    world->edge_known = false;
    return;
  }
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  if (world->edge_known && seq_before(edge, world->edge)) {
    fprintf(stderr, "the window shrank from the right\n");
    abort();
  }
  world->edge = edge;
  world->edge_known = true;
}

static void
run_for(World *world, SimTime time)
{
  sim_run(world->sim, sim_now(world->sim) + time);
}

/* Near `base`, at one of its neighbours, or anywhere. */
static uint32_t
near(World *world, uint32_t base, uint32_t range)
{
  uint32_t how = take(world, 1);
  switch (how % 8) {
  case 0:
  case 1:
  case 2:
    return base;
  case 3:
    return base + (how >> 3) % 4 - 2;
  case 4:
    return base + take(world, 1);
  case 5:
    return base - take(world, 1);
  case 6:
    return base + take(world, 2) % (range + 1);
  default:
    return take(world, 4);
  }
}

static void
put_options(World *world, Packet *packet)
{
  TcpHeader *tcp = &packet->tcp;
  const TcpConn *conn = target(world);
  uint32_t which = take(world, 1);
  tcp->options = (uint8_t)(which & (TCP_OPT_MSS | TCP_OPT_WSCALE | TCP_OPT_SACK_PERMITTED |
                                    TCP_OPT_TIMESTAMPS | TCP_OPT_SACK | TCP_OPT_FAST_OPEN));
  if (tcp->options & TCP_OPT_MSS)
    tcp->mss = (uint16_t)take(world, 2);
  if (tcp->options & TCP_OPT_WSCALE)
    tcp->window_scale = (uint8_t)(take(world, 1) % 16);
  if (tcp->options & TCP_OPT_TIMESTAMPS) {
    tcp->ts_value = near(world, conn != NULL ? conn->ts_recent : 0, 1000);
    tcp->ts_echo = near(world, 0, 1000);
  }
  if (tcp->options & TCP_OPT_SACK) {
    tcp->sack_count = (uint8_t)(1 + take(world, 1) % TCP_SACK_BLOCKS);
    for (int i = 0; i < tcp->sack_count; i++) {
      tcp->sack[i].start = near(world, conn != NULL ? conn->snd_una : 0, 20000);
      tcp->sack[i].end = near(world, tcp->sack[i].start + 1, 5000);
    }
  }
  if (tcp->options & TCP_OPT_FAST_OPEN) {
    PacketExt *ext = packet_ext(world->net, packet);
    ext->cookie_length = (uint8_t)(take(world, 1) % 2 ? 8 : 0);
    for (int i = 0; i < ext->cookie_length; i++)
      ext->cookie[i] = (uint8_t)take(world, 1);
  }
  while (wire_tcp_options_length(tcp, packet->ext) > 40 && tcp->sack_count > 1)
    tcp->sack_count--;
  if (wire_tcp_options_length(tcp, packet->ext) > 40)
    tcp->options &= (uint8_t) ~(TCP_OPT_SACK | TCP_OPT_FAST_OPEN);
  if (!(tcp->options & TCP_OPT_SACK))
    tcp->sack_count = 0;
  tcp->header_length = (uint8_t)(20 + wire_tcp_options_length(tcp, packet->ext));
}

/* From the peer to the connection, or to the listener. */
static Packet *
packet_for(World *world, const TcpConn *conn)
{
  Packet *packet = packet_new(world->net, world->peer);
  packet->protocol = NET_PROTO_TCP;
  packet->family = 4;
  packet->source = node_address(world->peer);
  packet->destination = node_address(world->node);
  packet->tcp.source_port = (uint16_t)(conn != NULL ? conn->ends.remote_port : world->peer_port);
  packet->tcp.destination_port = conn != NULL ? conn->ends.local_port : PORT;
  packet->tcp.header_length = 20;
  return packet;
}

static void
deliver(World *world, Packet *packet)
{
  const TcpConn *conn = target(world);
  TcpState none = world->listener != NULL ? TCP_LISTEN : TCP_CLOSED;
  counts[conn != NULL ? tcp_state(conn) : none]++;
  node_send(world->peer, packet);
  run_for(world, 0);
}

/* The one that a well-behaved peer would send now. */
static void
well_formed(World *world, uint16_t flags)
{
  const TcpConn *conn = target(world);
  Packet *packet = packet_for(world, conn);
  packet->tcp.flags = flags;
  packet->tcp.seq = conn != NULL ? conn->rcv_nxt : 1000;
  packet->tcp.ack = conn != NULL && (flags & TCP_ACK) ? conn->snd_nxt : 0;
  packet->tcp.window = 65535;
  deliver(world, packet);
}

static void
accept_one(World *world)
{
  if (world->conn == NULL && world->listener != NULL)
    world->conn = tcp_accept(world->listener, NULL, NULL);
}

static void
close_side(World *world)
{
  if (world->conn != NULL)
    tcp_shutdown(world->conn);
}

/* Leads to a state, by the ways of RFC 9293's figure 5. */
static void
reach(World *world, uint32_t state)
{
  if (state == TCP_SYN_SENT || state == TCP_CLOSED || state == TCP_LISTEN ||
      world->listener == NULL)
    return;
  well_formed(world, TCP_SYN);
  if (state == TCP_SYN_RECEIVED)
    return;
  well_formed(world, TCP_ACK);
  accept_one(world);
  switch (state) {
  case TCP_FIN_WAIT_1:
    close_side(world);
    break;
  case TCP_FIN_WAIT_2:
  case TCP_TIME_WAIT:
    close_side(world);
    well_formed(world, TCP_ACK);
    if (state == TCP_TIME_WAIT)
      well_formed(world, TCP_FIN | TCP_ACK);
    break;
  case TCP_CLOSING:
    close_side(world);
    well_formed(world, TCP_FIN);
    break;
  case TCP_CLOSE_WAIT:
  case TCP_LAST_ACK:
    well_formed(world, TCP_FIN | TCP_ACK);
    if (state == TCP_LAST_ACK)
      close_side(world);
    break;
  default:
    break;
  }
}

static void
segment(World *world)
{
  const TcpConn *conn = target(world);
  bool live = conn != NULL;
  Packet *packet = packet_for(world, conn);
  packet->traffic_class = (uint8_t)(take(world, 1) % 4);
  TcpHeader *tcp = &packet->tcp;
  tcp->flags = (uint16_t)(take(world, 2) & 0x1ff);
  if (live && take(world, 1) % 4 != 0) /* most segments have it */
    tcp->flags |= TCP_ACK;
  tcp->seq = near(world, live ? conn->rcv_nxt : 0, 65535);
  uint32_t acknowledged = near(world, live ? conn->snd_nxt : 0, 65535);
  if (live && take(world, 1) % 2 == 0)
    acknowledged = near(world, conn->snd_una, conn->snd_nxt - conn->snd_una);
  tcp->ack = tcp->flags & TCP_ACK ? acknowledged : 0;
  tcp->window = (uint16_t)take(world, 2);
  tcp->urgent = tcp->flags & TCP_URG ? (uint16_t)take(world, 2) : 0;
  packet->payload = take(world, 1) % 2 ? take(world, 2) % PAYLOAD_MOST : 0;
  put_options(world, packet);
  deliver(world, packet);
}

static void
open_one(World *world)
{
  if (world->conn != NULL) {
    tcp_release(world->conn);
    world->conn = NULL;
    world->edge_known = false;
    world->peer_port++;
    return;
  }
  TcpConnectArgs args = {.destination = node_address(world->peer),
                         .port = PEER_PORT,
                         .fast_open = take(world, 1) % 2,
                         .early = take(world, 1)};
  world->conn = tcp_connect(world->host, &args, NULL);
}

/* A step of the user's, or of time. */
static void
act(World *world, uint32_t what)
{
  TcpConn *conn = world->conn;
  switch (what) {
  case 0:
    open_one(world);
    return;
  case 1:
    run_for(world, (SimTime)take(world, 1) * SIM_MILLISECOND);
    return;
  case 2:
    run_for(world, (SimTime)take(world, 1) * SIM_SECOND);
    return;
  case 3:
    accept_one(world);
    return;
  default:
    break;
  }
  if (conn == NULL)
    return;
  switch (what) {
  case 4:
    tcp_send(conn, take(world, 2), NULL);
    break;
  case 5:
    tcp_receive(conn, take(world, 2), NULL, NULL);
    break;
  case 6:
    tcp_shutdown(conn);
    break;
  case 7:
    tcp_close(conn);
    break;
  case 8:
    tcp_send_urgent(conn, take(world, 1), NULL);
    break;
  case 9:
    tcp_quick_ack(conn, take(world, 1) % 2);
    break;
  case 10:
    if (take(world, 1) % 16 == 0)
      tcp_abort(conn);
    break;
  default:
    break;
  }
}

static void
swallow(void *net, Packet *packet, LinkDirection *arrived_on)
{
  packet_free(net, packet);
}

static void
build(World *world)
{
  static const TcpCcOps *const controls[] = {&cc_reno, &cc_cubic, &cc_bbr, &cc_dctcp};
  static const char *const profiles[] = {"linux", "rfc9293", "bsd44", "reno-1990"};
  uint32_t how = take(world, 1), switches = take(world, 1);
  world->peer_port = PEER_PORT;
  world->sim = sim_new(1);
  world->net = net_new(world->sim);
  world->node = node_new(world->net, "host", NODE_HOST, NULL);
  world->peer = node_new(world->net, "peer", NODE_HOST, NULL);
  LinkSettings wire = link_settings_default();
  wire.rate = 0;
  link_new(world->node, world->peer, &wire, NULL);
  TcpProfile profile = *tcp_profile_find(profiles[how % 4]);
  if (how % 4 < 2) {
    profile.cc = controls[how / 4 % 4];
    profile.rfc1337 = switches & 1;
    profile.nagle = switches & 2;
    profile.sack = switches & 4;
    profile.timestamps = switches & 8;
  }
  profile.isn = (how & 64) != 0 ? UINT32_MAX - 100 : 1;
  world->host = tcp_host_new(world->node, &profile);
  node_set_protocol(world->peer, NET_PROTO_TCP, swallow, world->net);
  TcpListenArgs args = {.port = PORT};
  if (how & 128 || take(world, 1) % 4 != 0)
    world->listener = tcp_listen(world->host, &args, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static bool counting;
  World world = {.data = data, .size = size};
  if (!counting && g_getenv("FUZZ_COUNTS") != NULL)
    counting = atexit(tell_counts) == 0;
  build(&world);
  uint32_t state = take(&world, 1) % TCP_STATES;
  if (state == TCP_SYN_SENT)
    open_one(&world);
  reach(&world, state);
  while (world.size > 0) {
    uint32_t step = take(&world, 1);
    if (step < 160)
      segment(&world);
    else
      act(&world, step % 11);
    check(&world);
  }
  if (world.conn != NULL)
    tcp_release(world.conn);
  tcp_host_free(world.host);
  sim_run(world.sim, SIM_TIME_NEVER);
  net_free(world.net); /* slabs say what is left */
  sim_free(world.sim);
  return 0;
}
