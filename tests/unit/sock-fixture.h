/* sock-fixture: two hosts with sockets and one link of 1 ms between them, for the tests of
 * models/sock. */
#pragma once

#include "models/sock/sock.h"

#include "models/icmp/icmp.h"
#include "tests/unit/net-fixture.h"

typedef struct Hosts {
  Fixture f;
  TcpHost *tcp[2];
  UdpHost *udp[2];
  IcmpHost *icmp[2];
  SockHost *a, *b;
} Hosts;

static inline void
start(Hosts *hosts)
{
  *hosts = (Hosts){0};
  fixture_link(&hosts->f, 0, FIXTURE_MS);
  Node *nodes[] = {hosts->f.a, hosts->f.b};
  for (int i = 0; i < 2; i++) {
    hosts->tcp[i] = tcp_host_new(nodes[i], tcp_profile_find("linux"));
    hosts->udp[i] = udp_host_new(nodes[i]);
    hosts->icmp[i] = icmp_host_new(nodes[i]);
  }
  hosts->a = sock_host_new(hosts->tcp[0], hosts->udp[0]);
  hosts->b = sock_host_new(hosts->tcp[1], hosts->udp[1]);
}

static inline void
end(Hosts *hosts)
{
  sock_host_free(hosts->a);
  sock_host_free(hosts->b);
  for (int i = 0; i < 2; i++) {
    tcp_host_free(hosts->tcp[i]);
    udp_host_free(hosts->udp[i]);
    icmp_host_free(hosts->icmp[i]);
  }
  fixture_free(&hosts->f);
}

static inline int
stream(SockHost *host, int flags)
{
  return (int)sock_socket(host, LINUX_AF_INET, LINUX_SOCK_STREAM | flags, 0);
}

static inline int
datagrams(SockHost *host)
{
  return (int)sock_socket(host, LINUX_AF_INET, LINUX_SOCK_DGRAM, 0);
}

static inline SockAddress
on_b(const Hosts *hosts, uint16_t port)
{
  return (SockAddress){node_address(hosts->f.b), port};
}

/* What a wait came to; SOCK_PENDING until then. */
static inline void
on_done(SockWait *wait, int64_t result)
{
  *(int64_t *)wait->user = result;
}

/* A listener on b, and a connection from a: the three descriptors. */
typedef struct Open {
  int listener, client, server;
} Open;

static inline Open
open_pair(Hosts *hosts, uint16_t port)
{
  Open open = {.listener = stream(hosts->b, 0), .client = stream(hosts->a, 0)};
  SockAddress at = on_b(hosts, port);
  g_assert_cmpint(sock_bind(hosts->b, open.listener, &at), ==, 0);
  g_assert_cmpint(sock_listen(hosts->b, open.listener, 5), ==, 0);
  int64_t accepted = SOCK_PENDING, connected = SOCK_PENDING;
  SockWait accepting = {.done = on_done, .user = &accepted};
  SockWait connecting = {.done = on_done, .user = &connected};
  g_assert_cmpint(sock_accept(hosts->b, open.listener, 0, &accepting), ==, SOCK_PENDING);
  g_assert_cmpint(sock_connect(hosts->a, open.client, &at, &connecting), ==, SOCK_PENDING);
  fixture_run(&hosts->f, sim_now(hosts->f.sim) + 10 * FIXTURE_MS);
  g_assert_cmpint(connected, ==, 0);
  g_assert_cmpint(accepted, >=, 3);
  open.server = (int)accepted;
  return open;
}

static inline int64_t
number_of(SockHost *host, int fd, int level, int name)
{
  SockValue value = {0};
  g_assert_cmpint(sock_get_option(host, fd, level, name, &value), ==, 0);
  return value.number;
}
