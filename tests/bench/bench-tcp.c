/* bench-tcp: what a TCP segment costs, and what an idle connection takes, without Lua and without
 * traces.
 *
 *   bench-tcp bulk [MEGABYTES] [PROFILE]   one transfer over one wire: CPU time a segment (data and
 *                                          ACK alike), that of the wire alone taken off
 *   bench-tcp idle [CONNECTIONS]           bytes of memory for an end of an idle connection
 *
 * "The wire alone": as many packets of the same sizes handed from node to node, and freed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/net/link.h"
#include "models/tcp/tcp.h"

typedef struct Bench {
  Sim *sim;
  Net *net;
  Node *client, *server;
  Link *wire;
  TcpHost *client_host, *server_host;
  TcpListener *listener;
  uint64_t to_send; /* bytes */
  uint64_t received;
  GPtrArray *accepted; /* of TcpConn */
  SimEvent next;       /* the wire alone: the next packet is handed over */
  uint64_t packets;    /* still to hand over */
} Bench;

static double
cpu_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
send_more(TcpConn *conn, Bench *bench)
{
  bench->to_send -= tcp_send(conn, bench->to_send, NULL);
  if (bench->to_send == 0 && tcp_may_send(conn))
    tcp_shutdown(conn);
}

static void
on_client(TcpConn *conn, unsigned events, void *user)
{
  Bench *bench = user;
  if (events & (TCP_EVENT_CONNECTED | TCP_EVENT_WRITABLE) && bench->to_send > 0)
    send_more(conn, bench);
  if (events & TCP_EVENT_READABLE && tcp_at_end(conn))
    tcp_close(conn);
}

static void
on_server(TcpConn *conn, unsigned events, void *user)
{
  Bench *bench = user;
  if (events & TCP_EVENT_READABLE)
    bench->received += tcp_receive(conn, UINT64_MAX, NULL, NULL);
  if (events & TCP_EVENT_READABLE && tcp_at_end(conn))
    tcp_close(conn);
}

static const TcpUserOps client_ops = {.event = on_client}, server_ops = {.event = on_server};

static void
on_accepted(TcpListener *listener, void *user)
{
  Bench *bench = user;
  for (TcpConn *conn; (conn = tcp_accept(listener, &server_ops, bench)) != NULL;)
    g_ptr_array_add(bench->accepted, conn);
}

static void
bench_init(Bench *bench, const TcpProfile *profile)
{
  *bench = (Bench){.sim = sim_new(1), .accepted = g_ptr_array_new()};
  bench->net = net_new(bench->sim);
  bench->client = node_new(bench->net, "client", NODE_HOST, NULL);
  bench->server = node_new(bench->net, "server", NODE_HOST, NULL);
  LinkSettings settings = link_settings_default();
  settings.rate = 100000000;
  settings.delay = 10 * SIM_MILLISECOND;
  bench->wire = link_new(bench->client, bench->server, &settings, NULL);
  bench->client_host = tcp_host_new(bench->client, profile);
  bench->server_host = tcp_host_new(bench->server, profile);
  TcpListenArgs args = {.port = 80, .accepted = on_accepted, .user = bench};
  bench->listener = tcp_listen(bench->server_host, &args, NULL);
}

static void
bench_free(Bench *bench)
{
  tcp_host_free(bench->client_host);
  tcp_host_free(bench->server_host);
  net_free(bench->net);
  sim_free(bench->sim);
  g_ptr_array_unref(bench->accepted);
}

static TcpConn *
open_one(Bench *bench, uint16_t port)
{
  TcpConnectArgs args = {.destination = node_address(bench->server),
                         .port = 80,
                         .from_port = port,
                         .ops = &client_ops,
                         .user = bench};
  return tcp_connect(bench->client_host, &args, NULL);
}

/* -- the wire alone -- */

static void
discard(void *self, Packet *packet, LinkDirection *arrived_on)
{
  packet_free(self, packet);
}

/* Two packets of data and an ACK come to three hops. */
static void
hand_over(Sim *sim, SimEvent *event)
{
  Bench *bench = sim_container(event, Bench, next);
  Packet *packet = packet_new(bench->net, bench->client);
  packet->protocol = NET_PROTO_UDP;
  packet->source = node_address(bench->client);
  packet->destination = node_address(bench->server);
  packet->family = 4;
  packet->payload = bench->packets % 3 == 0 ? 24 : 1472;
  node_send(bench->client, packet);
  if (--bench->packets > 0)
    sim_schedule(sim, event, sim_now(sim) + 120 * SIM_MICROSECOND, SIM_APPLICATION,
                 &bench->client->owner);
}

static double
wire_seconds(uint64_t packets)
{
  Bench bench;
  bench_init(&bench, tcp_profile_find("linux"));
  bench.packets = packets;
  node_set_protocol(bench.server, NET_PROTO_UDP, discard, bench.net);
  sim_event_init(&bench.next, hand_over);
  sim_schedule(bench.sim, &bench.next, 0, SIM_APPLICATION, &bench.client->owner);
  double begun = cpu_now();
  sim_run(bench.sim, SIM_TIME_NEVER - 1);
  double seconds = cpu_now() - begun;
  node_set_protocol(bench.server, NET_PROTO_UDP, NULL, NULL);
  bench_free(&bench);
  return seconds;
}

static void
release(void *conn, void *user)
{
  tcp_release(conn);
}

static int
bulk(uint64_t megabytes, const char *name)
{
  const TcpProfile *known = tcp_profile_find(name);
  if (known == NULL || megabytes == 0) {
    fprintf(stderr, "bench-tcp: bulk takes a number of megabytes and a profile\n");
    return 2;
  }
  /* The window covers the path and half of its queue: the link is full and nothing is lost. */
  TcpProfile profile = *known;
  profile.receive_buffer = 350000;
  profile.autotune = false;
  profile.send_buffer = 700000;
  Bench bench;
  bench_init(&bench, &profile);
  bench.to_send = megabytes * 1000000;
  TcpConn *conn = open_one(&bench, 0);
  double begun = cpu_now();
  sim_run(bench.sim, SIM_TIME_NEVER - 1);
  double seconds = cpu_now() - begun;
  TcpInfo info;
  tcp_info(conn, &info);
  uint64_t segments = info.segments_sent + info.segments_received;
  uint64_t received = bench.received;
  tcp_release(conn);
  g_ptr_array_foreach(bench.accepted, release, NULL);
  bench_free(&bench);
  double wire = wire_seconds(segments);
  printf("%" G_GUINT64_FORMAT " segments, %.1f ns each, of which the wire %.1f; TCP %.1f ns, both "
         "ends; %.2f M hops per CPU second\n",
         segments, seconds / (double)segments * 1e9, wire / (double)segments * 1e9,
         (seconds - wire) / (double)segments * 1e9, (double)segments / seconds * 1e-6);
  return received == megabytes * 1000000 ? 0 : 1;
}

static uint64_t
resident_bytes(void)
{
  unsigned long size = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file != NULL && fscanf(file, "%lu %lu", &size, &resident) != 2)
    resident = 0;
  if (file != NULL)
    fclose(file);
  return (uint64_t)resident * 4096;
}

static int
idle(uint64_t connections)
{
  TcpProfile profile = *tcp_profile_find("linux");
  profile.backlog = 65535;
  Bench bench;
  bench_init(&bench, &profile);
  uint64_t before = resident_bytes();
  GPtrArray *opened = g_ptr_array_new();
  for (uint64_t i = 0; i < connections; i++) {
    /* Ports run out at 64,000 of one pair of hosts; the idle end is what is measured. */
    if (i % 50 == 0)
      sim_run(bench.sim, sim_now(bench.sim) + 50 * SIM_MILLISECOND);
    g_ptr_array_add(opened, open_one(&bench, (uint16_t)(1024 + i)));
  }
  sim_run(bench.sim, sim_now(bench.sim) + 10 * SIM_SECOND);
  uint64_t after = resident_bytes();
  uint32_t established = tcp_host_connections(bench.server_host);
  printf("%u connections established, %.0f bytes for each end\n", established,
         (double)(after - before) / (double)established / 2);
  g_ptr_array_foreach(opened, release, NULL);
  g_ptr_array_foreach(bench.accepted, release, NULL);
  bench_free(&bench);
  g_ptr_array_unref(opened);
  return established == connections ? 0 : 1;
}

int
main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  uint64_t number = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 0;
  if (strcmp(what, "bulk") == 0)
    return bulk(argc > 2 ? number : 100, argc > 3 ? argv[3] : "linux");
  if (strcmp(what, "idle") == 0)
    return idle(argc > 2 ? number : 60000);
  fprintf(stderr, "usage: bench-tcp bulk [MEGABYTES] [PROFILE] | idle [CONNECTIONS]\n");
  return 2;
}
