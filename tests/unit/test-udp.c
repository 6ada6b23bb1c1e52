/* UDP sockets: who gets a datagram, what an ICMP error does, what is refused. */
#include "models/udp/udp.h"

#include <string.h>

#include "models/icmp/icmp.h"
#include "models/net/port-set.h"
#include "sim/rng.h"
#include "tests/unit/net-fixture.h"

typedef struct Pair {
  Fixture f;
  UdpHost *a, *b;
  IcmpHost *icmp[2];
  unsigned readable, errors;
  UdpError error; /* the last */
} Pair;

static void
start(Pair *pair)
{
  *pair = (Pair){0};
  fixture_link(&pair->f, 0, FIXTURE_MS);
  pair->a = udp_host_new(pair->f.a);
  pair->b = udp_host_new(pair->f.b);
  pair->icmp[0] = icmp_host_new(pair->f.a);
  pair->icmp[1] = icmp_host_new(pair->f.b);
}

static void
end(Pair *pair)
{
  udp_host_free(pair->a);
  udp_host_free(pair->b);
  icmp_host_free(pair->icmp[0]);
  icmp_host_free(pair->icmp[1]);
  fixture_free(&pair->f);
}

static void
on_readable(UdpSocket *socket, void *user)
{
  ((Pair *)user)->readable++;
}

static void
on_error(UdpSocket *socket, const UdpError *error, void *user)
{
  Pair *pair = user;
  pair->errors++;
  pair->error = *error;
}

static const UdpUserOps ops = {on_readable, on_error};

static UdpSocket *
open_on(Pair *pair, UdpHost *host, uint16_t port)
{
  GError *error = NULL;
  UdpOpenArgs args = {.port = port, .ops = &ops, .user = pair};
  UdpSocket *socket = udp_open(host, &args, &error);
  g_assert_no_error(error);
  return socket;
}

static UdpResult
send_to(UdpSocket *socket, const Node *node, uint16_t port, const char *text)
{
  UdpSendArgs args = {
      .destination = node_address(node), .port = port, .length = strlen(text), .bytes = text};
  return udp_send(socket, &args);
}

static void
datagrams_wait_in_order(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 0), *server = open_on(&pair, pair.b, 53);
  g_assert_cmpuint(udp_port(client), ==, 49152);
  g_assert_cmpint(send_to(client, pair.f.b, 53, "one"), ==, UDP_OK);
  UdpSendArgs counted = {.destination = node_address(pair.f.b), .port = 53, .length = 1000};
  counted.ttl = 9;
  counted.traffic_class = NET_ECN_ECT0;
  g_assert_cmpint(udp_send(client, &counted), ==, UDP_OK);
  UdpDatagram got;
  g_assert_false(udp_receive(server, &got));
  fixture_run_all(&pair.f);
  g_assert_cmpuint(pair.readable, ==, 2);
  g_assert_cmpuint(udp_receivable(server), ==, 2);
  g_assert_true(udp_receive(server, &got));
  g_assert_cmpmem(got.bytes, got.length, "one", 3);
  g_assert_cmpuint(got.port, ==, 49152);
  g_assert_cmpuint(got.source, ==, node_address(pair.f.a));
  g_assert_cmpint(got.arrived_at, ==, FIXTURE_MS);
  g_free(got.bytes);
  g_assert_true(udp_receive(server, &got));
  g_assert_cmpuint(got.length, ==, 1000);
  g_assert_null(got.bytes);
  g_assert_cmpuint(got.ttl, ==, 9);
  g_assert_cmpuint(got.traffic_class, ==, NET_ECN_ECT0);
  g_assert_false(udp_receive(server, &got));
  g_assert_cmpint(send_to(client, pair.f.b, 53, "left"), ==, UDP_OK);
  fixture_run_all(&pair.f);
  end(&pair); /* with one that nobody took */
}

static void
a_port_is_taken_once(void)
{
  Pair pair;
  start(&pair);
  GError *error = NULL;
  UdpSocket *socket = open_on(&pair, pair.a, 53);
  g_assert_null(udp_open(pair.a, &(UdpOpenArgs){.port = 53}, &error));
  fixture_assert_error(&error, "host \"a\" already has a UDP socket on port 53");
  udp_close(socket);
  open_on(&pair, pair.a, 53);
  open_on(&pair, pair.a, 49152);
  g_assert_cmpuint(udp_port(open_on(&pair, pair.a, 0)), ==, 49153);
  end(&pair);
}

static void
nobody_there_is_told_to_the_sender(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 0);
  send_to(client, pair.f.b, 7, "hello");
  fixture_run_all(&pair.f);
  g_assert_cmpuint(pair.errors, ==, 1);
  g_assert_cmpint(pair.error.kind, ==, ICMP_PORT_UNREACHABLE);
  g_assert_cmpuint(pair.error.from, ==, node_address(pair.f.b));
  g_assert_cmpuint(pair.error.destination, ==, node_address(pair.f.b));
  g_assert_cmpuint(pair.error.port, ==, 7);
  g_assert_cmpint(udp_take_error(client), ==, ICMP_OTHER); /* not connected */

  udp_connect(client, node_address(pair.f.b), 7);
  UdpSendArgs to_peer = {.length = 10};
  g_assert_cmpint(udp_send(client, &to_peer), ==, UDP_OK);
  fixture_run_all(&pair.f);
  g_assert_cmpint(udp_take_error(client), ==, ICMP_PORT_UNREACHABLE);
  g_assert_cmpint(udp_take_error(client), ==, ICMP_OTHER); /* once */
  end(&pair);
}

static void
a_connected_socket_hears_its_peer_only(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 1000);
  UdpSocket *peer = open_on(&pair, pair.b, 7), *other = open_on(&pair, pair.b, 8);
  udp_connect(client, node_address(pair.f.b), 7);
  g_assert_true(udp_peer(client, NULL, NULL));
  send_to(peer, pair.f.a, 1000, "peer");
  send_to(other, pair.f.a, 1000, "other");
  fixture_run_all(&pair.f);
  g_assert_cmpuint(udp_receivable(client), ==, 1);
  g_assert_cmpuint(pair.errors, ==, 1); /* as if there were no socket: other's */
  udp_connect(client, NET_ADDRESS_NONE, 0);
  send_to(other, pair.f.a, 1000, "other");
  fixture_run_all(&pair.f);
  g_assert_cmpuint(udp_receivable(client), ==, 2);
  end(&pair);
}

static void
soft_errors_are_not_kept(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 1000);
  udp_connect(client, node_address(pair.f.b), 7);
  Packet *about = fixture_udp(pair.f.net, pair.f.a, pair.f.b, 1000, 100);
  about->udp.destination_port = 7;
  static const struct {
    IcmpKind kind;
    bool kept;
  } cases[] = {
      {ICMP_HOST_UNREACHABLE, false},    {ICMP_NET_UNREACHABLE, false},
      {ICMP_TTL_EXCEEDED, false},        {ICMP_PROHIBITED, true},
      {ICMP_PROTOCOL_UNREACHABLE, true}, {ICMP_SOURCE_QUENCH, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    IcmpErrorArgs args = {.kind = cases[i].kind, .about = about};
    node_send(pair.f.b, icmp_error_new(pair.f.net, pair.f.b, &args));
    fixture_run_all(&pair.f);
    g_assert_cmpuint(pair.errors, ==, i + 1); /* all are told */
    g_assert_cmpint(udp_take_error(client), ==, cases[i].kept ? cases[i].kind : ICMP_OTHER);
  }
  about->udp.destination_port = 9; /* not to where it is connected */
  IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about};
  node_send(pair.f.b, icmp_error_new(pair.f.net, pair.f.b, &args));
  fixture_run_all(&pair.f);
  g_assert_cmpuint(pair.errors, ==, G_N_ELEMENTS(cases));
  packet_free(pair.f.net, about);
  end(&pair);
}

static void
what_cannot_be_sent_is_refused(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 0);
  UdpSendArgs args = {.destination = node_address(pair.f.b), .port = 7, .length = 65508};
  g_assert_cmpint(udp_send(client, &args), ==, UDP_TOO_LONG);
  args.length = 1473;
  udp_set_fragmenting(client, UDP_DONT_FRAGMENT);
  g_assert_cmpint(udp_send(client, &args), ==, UDP_TOO_LONG);
  args.length = 1472;
  g_assert_cmpint(udp_send(client, &args), ==, UDP_OK);
  link_down(pair.f.way);
  g_assert_cmpint(udp_send(client, &args), ==, UDP_UNREACHABLE);
  fixture_run_all(&pair.f);
  end(&pair);
}

static void
the_receive_buffer_is_finite(void)
{
  Pair pair;
  start(&pair);
  UdpSocket *client = open_on(&pair, pair.a, 0);
  UdpOpenArgs small = {.port = 7, .receive_buffer = 3000};
  UdpSocket *server = udp_open(pair.b, &small, NULL);
  UdpSendArgs args = {.destination = node_address(pair.f.b), .port = 7, .length = 972};
  for (int i = 0; i < 5; i++) /* of 1000 bytes each */
    udp_send(client, &args);
  fixture_run_all(&pair.f);
  g_assert_cmpuint(udp_receivable(server), ==, 3);
  UdpDatagram got;
  g_assert_true(udp_receive(server, &got));
  udp_send(client, &args);
  fixture_run_all(&pair.f);
  g_assert_cmpuint(udp_receivable(server), ==, 3);
  end(&pair);
}

static void
ipv6_needs_no_address_given(void)
{
  Pair pair;
  start(&pair);
  NetAddress address;
  g_assert_true(net_address_parse("fd00::b", &address, NULL));
  g_assert_true(node_set_address(pair.f.b, &address, NULL));
  UdpSocket *client = open_on(&pair, pair.a, 0), *server = open_on(&pair, pair.b, 7);
  send_to(client, pair.f.b, 7, "six");
  fixture_run_all(&pair.f);
  UdpDatagram got;
  g_assert_true(udp_receive(server, &got));
  g_assert_cmpuint(net_address(pair.f.net, got.source)->family, ==, 6);
  g_assert_cmpmem(got.bytes, got.length, "six", 3);
  g_free(got.bytes);
  UdpSendArgs back = {.destination = got.source, .port = got.port, .length = 65527};
  g_assert_cmpint(udp_send(server, &back), ==, UDP_OK);
  back.length++;
  g_assert_cmpint(udp_send(server, &back), ==, UDP_TOO_LONG);
  end(&pair);
}

/* Twice as many sockets as there are ports come and go; each gets the port that trying one after
 * the other finds. */
static void
same_port_as_trying_all(void)
{
  Pair pair;
  start(&pair);
  UdpSocket **at = g_new0(UdpSocket *, 65536);
  SimRng rng;
  sim_rng_init(&rng, 3, "udp-ports");
  UdpOpenArgs any = {0};
  uint16_t next = PORT_FIRST;
  unsigned none = 0;
  for (int i = 0; i < 40000; i++) {
    unsigned port = PORT_FIRST + (unsigned)sim_rng_below(&rng, 16384);
    if (i % 4 == 0 && at[port] == NULL) {
      at[port] = open_on(&pair, pair.a, (uint16_t)port);
      continue;
    }
    if (at[port] != NULL && i > 25000) {
      udp_close(at[port]);
      at[port] = NULL;
    }
    uint16_t wanted = next;
    int tries = 0;
    for (; tries < 16384 && at[wanted] != NULL; tries++)
      wanted = port_next(wanted);
    UdpSocket *socket = udp_open(pair.a, &any, NULL);
    none += socket == NULL;
    g_assert_cmpint(socket == NULL, ==, tries == 16384);
    if (socket == NULL)
      continue;
    g_assert_cmpuint(udp_port(socket), ==, wanted);
    at[wanted] = socket;
    next = port_next(wanted);
  }
  g_assert_cmpuint(none, >, 20);
  g_free(at);
  end(&pair);
}

/* As a search through all ports this would outlast the test's time. */
static void
last_free_port_is_not_searched_for(void)
{
  Pair pair;
  start(&pair);
  UdpOpenArgs any = {0};
  for (int i = 0; i < 16383; i++)
    udp_open(pair.a, &any, NULL);
  for (int i = 0; i < 500000; i++) {
    UdpSocket *socket = udp_open(pair.a, &any, NULL);
    g_assert_cmpuint(udp_port(socket), ==, PORT_LAST);
    udp_close(socket);
  }
  end(&pair);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/udp/" path, fn)
  TEST("datagrams-wait-in-order", datagrams_wait_in_order);
  TEST("a-port-is-taken-once", a_port_is_taken_once);
  TEST("port-unreachable", nobody_there_is_told_to_the_sender);
  TEST("connected", a_connected_socket_hears_its_peer_only);
  TEST("soft-errors", soft_errors_are_not_kept);
  TEST("refused", what_cannot_be_sent_is_refused);
  TEST("receive-buffer", the_receive_buffer_is_finite);
  TEST("ipv6", ipv6_needs_no_address_given);
  TEST("same-port-as-trying-all", same_port_as_trying_all);
  TEST("last-free-port-is-not-searched-for", last_free_port_is_not_searched_for);
  return g_test_run();
}
