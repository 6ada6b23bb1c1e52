/* Tests of conn-names: who stands first, and numbers as people count them. */
#include "scenarios/runner/conn-names.h"

#include <string.h>

#include "tests/unit/fake-tcp.h"
#include "tests/unit/net-fixture.h"

typedef struct Names {
  Fixture net;
  ConnNames *names;
} Names;

static void
setup(Names *names)
{
  fixture_link(&names->net, 0, 0);
  names->names = conn_names_new(names->net.net);
}

static void
teardown(Names *names)
{
  conn_names_free(names->names);
  fixture_free(&names->net);
}

/* A segment of the connection a:1000 to b:80. */
static Packet
segment(const Names *names, bool from_a, uint16_t flags, uint32_t seq, uint32_t ack)
{
  NetAddressId a = node_address(names->net.a), b = node_address(names->net.b);
  Packet packet = {.family = 4,
                   .protocol = NET_PROTO_TCP,
                   .source = from_a ? a : b,
                   .destination = from_a ? b : a};
  packet.tcp = (TcpHeader){.source_port = from_a ? 1000 : 80,
                           .destination_port = from_a ? 80 : 1000,
                           .flags = flags,
                           .seq = seq,
                           .ack = ack,
                           .header_length = 20};
  return packet;
}

static ConnView
view_of(Names *names, const Packet *packet)
{
  ConnView view;
  conn_names_view(names->names, packet, true, &view);
  return view;
}

/* The same, with what its sender believes. */
static ConnView
believed(Names *names, Packet packet, uint32_t iss, uint32_t irs)
{
  packet.marks |= PACKET_HAS_ISS | ((packet.tcp.flags & TCP_ACK) ? PACKET_HAS_IRS : 0);
  packet.tcp.iss = iss;
  packet.tcp.irs = irs;
  return view_of(names, &packet);
}

static void
test_opener_first(void)
{
  Names names;
  setup(&names);
  Packet syn = segment(&names, true, TCP_SYN, 1, 0);
  Packet answer = segment(&names, false, TCP_ACK, 1, 2);
  g_assert_cmpstr(conn_names_of_packet(names.names, &syn), ==, "a:1000-b:80");
  g_assert_cmpstr(conn_names_of_packet(names.names, &answer), ==, "a:1000-b:80");
  teardown(&names);
}

static void
test_answer_first(void)
{
  Names names;
  setup(&names);
  Packet answer = segment(&names, false, TCP_SYN | TCP_ACK, 1, 2);
  g_assert_cmpstr(conn_names_of_packet(names.names, &answer), ==, "a:1000-b:80");
  teardown(&names);
}

static void
test_other_protocols(void)
{
  Names names;
  setup(&names);
  Packet packet = segment(&names, true, 0, 0, 0);
  packet.protocol = NET_PROTO_ICMP;
  g_assert_cmpstr(conn_names_of_packet(names.names, &packet), ==, "");
  packet.protocol = NET_PROTO_UDP; /* ports stand where they do in TCP; another flow */
  g_assert_cmpstr(conn_names_of_packet(names.names, &packet), ==, "a:1000-b:80");
  ConnView udp = view_of(&names, &packet);
  packet.protocol = NET_PROTO_TCP;
  g_assert_true(udp.flow != view_of(&names, &packet).flow);
  teardown(&names);
}

static void
test_spoofed(void)
{
  Names names;
  setup(&names);
  NetAddress address;
  Packet packet = segment(&names, true, TCP_SYN, 1, 0);
  g_assert_true(net_address_parse("fd00::9", &address, NULL));
  packet.source = net_address_id(names.net.net, &address);
  ConnView view = view_of(&names, &packet);
  g_assert_cmpstr(view.flow->name, ==, "[fd00::9]:1000-b:80");
  for (int side = 0; side < 2; side++) {
    static const char *const expected[] = {
        "[fd00::9]:1000-b:80,[fd00::9]:1000,10.0.0.2:80,TCP,",
        "[fd00::9]:1000-b:80,10.0.0.2:80,[fd00::9]:1000,TCP,",
    };
    const char *cells = conn_names_cells(names.names, view.flow, side);
    g_assert_cmpuint(view.flow->cells_length[side], ==, strlen(expected[side]));
    g_assert_cmpmem(cells, strlen(expected[side]), expected[side], strlen(expected[side]));
  }
  teardown(&names);
}

static void
test_conn(void)
{
  Names names;
  setup(&names);
  TcpHost a = {names.net.a}, b = {names.net.b};
  TcpConn opener = fake_conn(&a, a.node, b.node, 1000, true);
  TcpConn other = fake_conn(&b, a.node, b.node, 1000, false);
  int side = -1;
  g_assert_cmpstr(conn_names_of_conn(names.names, &other), ==, "a:1000-b:80");
  g_assert_cmpstr(conn_names_of_conn(names.names, &opener), ==, "a:1000-b:80");
  conn_names_flow(names.names, &other, &side);
  g_assert_cmpint(side, ==, 1);
  Packet syn = segment(&names, true, TCP_SYN, 1, 0);
  g_assert_true(view_of(&names, &syn).flow == conn_names_flow(names.names, &opener, &side));
  g_assert_cmpint(side, ==, 0);
  teardown(&names);
}

/* More flows than the cache has places. */
static void
test_many_flows(void)
{
  Names names;
  setup(&names);
  for (int round = 0; round < 2; round++)
    for (uint16_t port = 1; port < 2000; port++) {
      Packet packet = segment(&names, true, TCP_SYN, 1, 0);
      packet.tcp.source_port = port;
      g_autofree char *name = g_strdup_printf("a:%u-b:80", port);
      g_assert_cmpstr(conn_names_of_packet(names.names, &packet), ==, name);
    }
  teardown(&names);
}

static void
test_handshake(void)
{
  Names names;
  setup(&names);
  const uint32_t iss = 4294967290u, irs = 7000;
  g_assert_cmpint(believed(&names, segment(&names, true, TCP_SYN, iss, 0), iss, 0).seq, ==, 0);
  ConnView view =
      believed(&names, segment(&names, false, TCP_SYN | TCP_ACK, irs, iss + 1), irs, iss);
  g_assert_cmpint(view.seq, ==, 0);
  g_assert_cmpint(view.ack, ==, 1);
  view = believed(&names, segment(&names, true, TCP_ACK, iss + 101, irs + 1), iss, irs);
  g_assert_cmpint(view.seq, ==, 101); /* across zero */
  g_assert_cmpint(view.ack, ==, 1);
  teardown(&names);
}

/* A closed port: the reset belongs to no connection. */
static void
test_reset(void)
{
  Names names;
  setup(&names);
  believed(&names, segment(&names, true, TCP_SYN, 5000, 0), 5000, 0);
  Packet reset = segment(&names, false, TCP_RST | TCP_ACK, 0, 5001);
  ConnView view = view_of(&names, &reset);
  g_assert_cmpint(view.seq, ==, 0);
  g_assert_cmpint(view.ack, ==, 1);
  reset = segment(&names, true, TCP_RST, 5101, 0); /* its number came out of an ACK */
  g_assert_cmpint(view_of(&names, &reset).seq, ==, 101);
  teardown(&names);
}

static void
test_nothing_known(void)
{
  Names names;
  setup(&names);
  Packet packet = segment(&names, true, TCP_ACK, 123456, 654321);
  packet.marks = PACKET_INJECTED;
  ConnView view = view_of(&names, &packet);
  g_assert_cmpint(view.seq, ==, 123456);
  g_assert_cmpint(view.ack, ==, 654321);
  teardown(&names);
}

static void
test_old_duplicate(void)
{
  Names names;
  setup(&names);
  believed(&names, segment(&names, true, TCP_SYN, 100, 0), 100, 0);
  Packet old = segment(&names, true, TCP_SYN, 90, 0);
  old.marks = PACKET_INJECTED;
  g_assert_cmpint(view_of(&names, &old).seq, ==, -10);
  /* The answer believes in the old number, and so does the reset; both count as that SYN does. */
  ConnView answer = believed(&names, segment(&names, false, TCP_SYN | TCP_ACK, 300, 91), 300, 90);
  g_assert_cmpint(answer.ack, ==, -9);
  ConnView reset = believed(&names, segment(&names, true, TCP_RST, 91, 0), 90, 0);
  g_assert_cmpint(reset.seq, ==, -9);
  ConnView real = believed(&names, segment(&names, false, TCP_SYN | TCP_ACK, 300, 101), 300, 100);
  g_assert_cmpint(real.ack, ==, 1);
  teardown(&names);
}

/* An injected SYN stands for its flow only until a connection says better. */
static void
test_injected_first(void)
{
  Names names;
  setup(&names);
  Packet injected = segment(&names, true, TCP_SYN, 90, 0);
  injected.marks = PACKET_INJECTED;
  g_assert_cmpint(view_of(&names, &injected).seq, ==, 0);
  believed(&names, segment(&names, true, TCP_SYN, 100, 0), 100, 0);
  g_assert_cmpint(view_of(&names, &injected).seq, ==, -10);
  teardown(&names);
}

static void
test_reopened(void)
{
  Names names;
  setup(&names);
  believed(&names, segment(&names, true, TCP_SYN, 100, 0), 100, 0);
  believed(&names, segment(&names, true, TCP_ACK, 100 + 5000, 301), 100, 300);
  ConnView view = believed(&names, segment(&names, true, TCP_SYN, 400, 0), 400, 0);
  g_assert_cmpint(view.seq, ==, 0);
  g_assert_cmpstr(view.flow->name, ==, "a:1000-b:80");
  /* Half-open: the other end goes on with what it believes. */
  view = believed(&names, segment(&names, false, TCP_ACK, 301, 5100), 300, 100);
  g_assert_cmpint(view.ack, ==, 5000);
  teardown(&names);
}

/* 10 GB in steps of 1 GB, and acknowledgements half a step behind. */
static void
test_long_stream(void)
{
  Names names;
  setup(&names);
  const uint32_t iss = 4000000000u, irs = 77;
  believed(&names, segment(&names, true, TCP_SYN, iss, 0), iss, 0);
  for (int64_t position = 1; position < INT64_C(10000000000); position += 1000000000) {
    uint32_t seq = iss + (uint32_t)position;
    ConnView view = believed(&names, segment(&names, true, TCP_ACK, seq, irs + 1), iss, irs);
    g_assert_cmpint(view.seq, ==, position);
    Packet ack = segment(&names, false, TCP_ACK, irs + 1, seq - 500000000);
    view = believed(&names, ack, irs, iss);
    g_assert_cmpint(view.ack, ==, position - 500000000);
    ack.marks |= PACKET_HAS_IRS;
    ack.tcp.irs = iss;
    g_assert_cmpint(conn_names_acknowledged(&view, &ack, seq - 400000000), ==,
                    position - 400000000);
    /* An old one, seen on its way, changes nothing. */
    Packet old = segment(&names, true, TCP_ACK, seq - 1000, irs + 1);
    old.marks |= PACKET_HAS_ISS | PACKET_HAS_IRS;
    old.tcp.iss = iss;
    old.tcp.irs = irs;
    conn_names_view(names.names, &old, false, &view);
    g_assert_cmpint(view.seq, ==, position - 1000);
  }
  teardown(&names);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/conn-names/opener-stands-first", test_opener_first);
  g_test_add_func("/conn-names/syn-ack-seen-first-names-the-other", test_answer_first);
  g_test_add_func("/conn-names/protocols-are-apart", test_other_protocols);
  g_test_add_func("/conn-names/spoofed-address-is-its-own-name", test_spoofed);
  g_test_add_func("/conn-names/connection-and-packet-agree", test_conn);
  g_test_add_func("/conn-names/many-flows", test_many_flows);
  g_test_add_func("/conn-names/handshake-counts-from-zero", test_handshake);
  g_test_add_func("/conn-names/reset-without-connection", test_reset);
  g_test_add_func("/conn-names/nothing-known-is-raw", test_nothing_known);
  g_test_add_func("/conn-names/old-duplicate-is-negative", test_old_duplicate);
  g_test_add_func("/conn-names/injected-syn-yields-to-connection", test_injected_first);
  g_test_add_func("/conn-names/reopened-counts-anew", test_reopened);
  g_test_add_func("/conn-names/long-stream-does-not-wrap", test_long_stream);
  return g_test_run();
}
