/* test-icmp: what an ICMP error does to a connection, and what it must not do; the size of segments
 * when a router says "too big", and when nobody says anything. */
#include "models/net/link-rule.h"
#include "models/net/path-mtu.h"
#include "tests/tcp/lab.h"

#define MS SIM_MILLISECOND

/* An error about the client's segment with this relative sequence number, as ICMP hands it on. */
static void
tell(Lab *l, IcmpKind kind, uint32_t mtu, uint32_t relative)
{
  TcpEndpoints ends = tcp_endpoints(l->client.conn);
  Packet quoted = {
      .protocol = NET_PROTO_TCP,
      .family = 4,
      .source = ends.local,
      .destination = ends.remote,
      .tcp = {.source_port = ends.local_port,
              .destination_port = ends.remote_port,
              .seq = relative /* the profile's isn is 0 */},
  };
  IcmpError error = {
      .kind = kind,
      .mtu = mtu,
      .from = node_address(l->server_node),
      .quoted = &quoted,
      .quoted_length = 8,
  };
  node_error(l->client_node, &error);
}

static void
nothing(Lab *l)
{
}

/* Runs to `time` and leaves the clock there. */
static void
advance(Lab *l, SimTime time)
{
  lab_at(l, time, nothing);
  lab_run(l, time);
}

static void
known_isn(TcpProfile *profile, bool server)
{
  profile->isn = 0;
  profile->cc = &cc_reno;
  profile->timestamps = false;
}

static void
no_sack(TcpProfile *profile, bool server)
{
  known_isn(profile, server);
  profile->sack = false;
}

static void
probe_always(TcpProfile *profile, bool server)
{
  known_isn(profile, server);
  profile->mtu_probing = TCP_MTU_PROBING_ALWAYS;
}

static void
probe_black_holes(TcpProfile *profile, bool server)
{
  known_isn(profile, server);
  profile->mtu_probing = TCP_MTU_PROBING_BLACK_HOLE;
}

static Lab *
lab(const char *profile, void (*tune)(TcpProfile *, bool))
{
  LabSettings settings = {.seed = 1, .profile = profile, .tune = tune};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  return l;
}

/* -- errors -- */

static void
host_unreachable(Lab *l)
{
  tell(l, ICMP_HOST_UNREACHABLE, 0, 0);
}

static void
port_unreachable(Lab *l)
{
  tell(l, ICMP_PORT_UNREACHABLE, 0, 0);
}

static void
source_quench(Lab *l)
{
  tell(l, ICMP_SOURCE_QUENCH, 0, 0);
}

/* How an opening ends whose SYN draws `kind` (told 20 ms after it) and no answer. */
static TcpError
opening(const char *profile, void (*error)(Lab *), SimTime *ended)
{
  Lab *l = lab(profile, known_isn);
  lab_rule(l, RULE_DROP, "SYN", 0);
  lab_connect(l);
  lab_at(l, 20 * MS, error);
  for (SimTime t = 0; tcp_state(l->client.conn) != TCP_CLOSED; t += 10 * MS)
    lab_run(l, *ended = t);
  TcpError why = tcp_error(l->client.conn);
  lab_free(l);
  return why;
}

static void
an_opening_ends_at_once_in_linux(void)
{
  SimTime ended;
  g_assert_cmpint(opening("linux", host_unreachable, &ended), ==, TCP_ERROR_UNREACHABLE);
  g_assert_cmpint(ended, ==, 20 * MS);
  g_assert_cmpint(opening("linux", port_unreachable, &ended), ==, TCP_ERROR_REFUSED);
  g_assert_cmpint(ended, ==, 20 * MS);
  g_assert_cmpint(opening("linux", source_quench, &ended), ==, TCP_ERROR_TIMED_OUT);
}

/* RFC 9293 3.9.2.2, MUST-56: soft errors MUST NOT abort; but they say why it came to nothing. */
static void
a_soft_error_is_the_reason_of_a_time_out(void)
{
  SimTime ended;
  g_assert_cmpint(opening("rfc9293", host_unreachable, &ended), ==, TCP_ERROR_UNREACHABLE);
  g_assert_cmpint(ended, >, 60 * SIM_SECOND);
  g_assert_cmpint(opening("rfc9293", port_unreachable, &ended), ==, TCP_ERROR_REFUSED);
  g_assert_cmpint(ended, ==, 20 * MS); /* hard */
}

static Lab *
with_data_out(const char *profile, uint64_t count)
{
  Lab *l = lab(profile, known_isn);
  lab_connect(l);
  lab_run(l, 150 * MS);
  lab_send(l, &l->client, count, NULL);
  return l;
}

static void
an_open_connection_goes_on(void)
{
  static const IcmpKind kinds[] = {ICMP_HOST_UNREACHABLE, ICMP_NET_UNREACHABLE, ICMP_TTL_EXCEEDED,
                                   ICMP_PORT_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE};
  for (int rfc = 0; rfc < 2; rfc++) {
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
      Lab *l = with_data_out(rfc ? "rfc9293" : "linux", 1000);
      lab_run(l, 170 * MS);
      tell(l, kinds[i], 0, 1);
      bool ends = rfc && i >= 3; /* RFC 1122 4.2.3.9: codes 2 to 4 are hard there */
      g_assert_cmpint(tcp_state(l->client.conn), ==, ends ? TCP_CLOSED : TCP_ESTABLISHED);
      if (!ends) {
        TcpInfo info;
        tcp_info(l->client.conn, &info);
        g_assert_cmpint(info.soft_error, ==, kinds[i]);
        lab_run(l, 600 * MS);
        tcp_info(l->client.conn, &info);
        g_assert_cmpint(info.soft_error, ==, ICMP_OTHER); /* an ACK came */
        g_assert_cmpuint(l->server.received_count, ==, 1000);
      }
      lab_free(l);
    }
  }
}

/* RFC 5927 4.1. */
static void
what_is_not_out_is_not_believed(void)
{
  Lab *l = with_data_out("linux", 1000);
  lab_run(l, 170 * MS);
  static const uint32_t wrong[] = {0, 1002, 90001, 0x80000001};
  TcpInfo info;
  for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
    tell(l, ICMP_HOST_UNREACHABLE, 0, wrong[i]);
    tell(l, ICMP_TOO_BIG, 600, wrong[i]);
    tcp_info(l->client.conn, &info);
    g_assert_cmpint(info.soft_error, ==, ICMP_OTHER);
    g_assert_cmpuint(info.mss, ==, 1460);
  }
  tell(l, ICMP_HOST_UNREACHABLE, 0, 1001); /* Linux: SND.NXT is in the range */
  tcp_info(l->client.conn, &info);
  g_assert_cmpint(info.soft_error, ==, ICMP_HOST_UNREACHABLE);
  lab_free(l);
}

/* RFC 6069: what says that the path is broken takes back-off, one doubling a message. */
static void
unreachable_takes_a_doubling_back(void)
{
  Lab *l = lab("linux", known_isn);
  lab_rule(l, RULE_DROP, "DATA", 0);
  lab_rule(l, RULE_DROP, "REXMIT", 0);
  lab_connect(l);
  lab_run(l, 150 * MS);
  lab_send(l, &l->client, 1000, NULL);
  lab_run(l, 3 * SIM_SECOND);
  TcpInfo before, after;
  tcp_info(l->client.conn, &before);
  g_assert_cmpuint(before.backoff, ==, 3);
  tell(l, ICMP_TTL_EXCEEDED, 0, 1);        /* not this one */
  tell(l, ICMP_HOST_UNREACHABLE, 0, 1001); /* nor about another segment */
  tcp_info(l->client.conn, &after);
  g_assert_cmpuint(after.backoff, ==, 3);
  tell(l, ICMP_HOST_UNREACHABLE, 0, 1);
  tcp_info(l->client.conn, &after);
  g_assert_cmpuint(after.backoff, ==, 2);
  g_assert_cmpint(after.rto, ==, before.rto / 2);
  lab_free(l);
}

static void
a_half_open_connection_is_dropped_for_some(void)
{
  static const struct {
    IcmpKind kind;
    bool dropped;
  } cases[] = {
      {ICMP_HOST_UNREACHABLE, true}, {ICMP_TTL_EXCEEDED, true}, {ICMP_PORT_UNREACHABLE, false}};
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Lab *l = lab("linux", known_isn);
    lab_rule(l, RULE_DROP, "ACK", 0);
    lab_connect(l);
    lab_run(l, 120 * MS);
    g_assert_cmpuint(tcp_listener_half_open(l->listener), ==, 1);
    TcpEndpoints ends = tcp_endpoints(l->client.conn);
    Packet quoted = {.protocol = NET_PROTO_TCP,
                     .source = ends.remote,
                     .destination = ends.local,
                     .tcp = {.source_port = 80, .destination_port = ends.local_port}};
    quoted.tcp.source_port = ends.remote_port;
    IcmpError error = {.kind = cases[i].kind, .quoted = &quoted, .quoted_length = 8};
    node_error(l->server_node, &error);
    g_assert_cmpuint(tcp_listener_half_open(l->listener), ==, !cases[i].dropped);
    lab_free(l);
  }
}

/* -- the path's MTU -- */

/* The case of the drill scripts: one segment becomes two, at once, in order, PSH at the end. */
static void
too_big_is_sent_again_in_smaller_pieces(void)
{
  Lab *l = with_data_out("linux", 1460);
  lab_run(l, 170 * MS);
  tell(l, ICMP_TOO_BIG, 1000, 1);
  lab_expect(l, "c>s SYN 0:0(0)", "s>c SYN+ACK 0:0(0) ack 1", "c>s ACK 1:1(0) ack 1",
             "c>s PSH+ACK 1:1461(1460) ack 1", "c>s ACK 1:961(960) ack 1",
             "c>s PSH+ACK 961:1461(500) ack 1");
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 960);
  g_assert_cmpuint(info.path_mtu, ==, 1000);
  g_assert_cmpuint(info.lost, ==, 0); /* nothing was */
  g_assert_cmpuint(info.timeouts, ==, 0);
  g_assert_cmpuint(info.cwnd, ==, 10 * 960); /* as many segments as before */
  g_assert_cmpuint(info.ssthresh, ==, UINT64_MAX);
  lab_free(l);
}

static void
a_whole_flight_is_cut(void (*tune)(TcpProfile *, bool), const char *profile)
{
  Lab *l = lab(profile, tune);
  lab_connect(l);
  lab_run(l, 150 * MS);
  lab_send(l, &l->client, 100000, NULL);
  lab_run(l, 160 * MS);
  tell(l, ICMP_TOO_BIG, 800, 1);
  lab_run(l, 60 * SIM_SECOND);
  g_assert_cmpuint(l->server.received_count, ==, 100000);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 760);
  g_assert_cmpint(info.recovery, ==, TCP_RECOVERY_OPEN);
  g_assert_cmpuint(info.timeouts, ==, 0);
  lab_free(l);
}

static void
flights_of_every_kind_are_cut(void)
{
  a_whole_flight_is_cut(known_isn, "linux");
  a_whole_flight_is_cut(no_sack, "linux");
  a_whole_flight_is_cut(known_isn, "rfc9293");
  a_whole_flight_is_cut(no_sack, "rfc9293");
}

static void
other_connections_know_until_it_is_forgotten(void)
{
  Lab *l = with_data_out("linux", 1460);
  lab_run(l, 170 * MS);
  tell(l, ICMP_TOO_BIG, 1000, 1);
  tell(l, ICMP_TOO_BIG, 1200, 1); /* a larger one is not believed */
  g_assert_cmpuint(node_mtu(l->client_node, node_address(l->server_node)), ==, 1000);
  g_assert_cmpuint(node_mtu(l->server_node, node_address(l->client_node)), ==, 1500);
  advance(l, 599 * SIM_SECOND);
  g_assert_cmpuint(node_mtu(l->client_node, node_address(l->server_node)), ==, 1000);
  advance(l, 601 * SIM_SECOND);
  lab_send(l, &l->client, 1460, NULL);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 1460); /* the same connection looks again */
  g_assert_cmpuint(node_mtu(l->client_node, node_address(l->server_node)), ==, 1500);
  lab_free(l);
}

/* A smaller path than an IPv4 host believes in is left to its routers: no DF. */
static void
no_smaller_than_552(void)
{
  Lab *l = with_data_out("linux", 1460);
  lab_run(l, 170 * MS);
  tell(l, ICMP_TOO_BIG, 68, 1);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 552 - 40);
  g_assert_true(path_mtu_is_locked(l->client_node, node_address(l->server_node)));
  lab_free(l);
}

static void
no_discovery(TcpProfile *profile, bool server)
{
  known_isn(profile, server);
  profile->path_mtu_discovery = false;
}

static void
without_discovery_nothing_is_believed(void)
{
  Lab *l = lab("linux", no_discovery);
  lab_connect(l);
  lab_run(l, 150 * MS);
  lab_send(l, &l->client, 1460, NULL);
  tell(l, ICMP_TOO_BIG, 1000, 1);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 1460);
  lab_free(l);
}

/* -- RFC 4821 -- */

static bool
is_large(const Packet *packet, void *data)
{
  return packet_size(packet) > GPOINTER_TO_UINT(data);
}

/* Whatever is larger than `mtu` disappears, and nobody says so. */
static void
black_hole(Lab *l, uint32_t mtu)
{
  PacketMatch *match = packet_match_function(is_large, GUINT_TO_POINTER(mtu), NULL);
  link_add_rule(l->wire, link_rule_new(RULE_DROP, match));
}

static void
a_black_hole_is_got_through(void)
{
  for (int probing = 0; probing < 2; probing++) {
    Lab *l = lab("linux", probing ? probe_black_holes : known_isn);
    black_hole(l, 1000);
    lab_connect(l);
    lab_send(l, &l->client, 50000, NULL);
    lab_run(l, 30 * SIM_SECOND);
    TcpInfo info;
    tcp_info(l->client.conn, &info);
    g_assert_cmpuint(l->server.received_count, ==, probing ? 50000 : 0);
    /* 1024 bytes do not pass; half of that does, and from there it goes up to what fits 1000. */
    g_assert_cmpuint(info.mss, >=, probing ? 512 : 1460);
    g_assert_cmpuint(info.mss, <=, probing ? 960 : 1460);
    lab_free(l);
  }
}

/* "always": from 1024 bytes upward, by halves of what is uncertain, to within eight bytes. */
static void
the_search_ends_below_the_paths_mtu(void)
{
  Lab *l = lab("linux", probe_always);
  black_hole(l, 1400);
  lab_connect(l);
  lab_send(l, &l->client, 3000000, NULL);
  lab_run(l, 150 * MS);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, ==, 1024);
  lab_run(l, 60 * SIM_SECOND);
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(l->server.received_count, ==, 3000000);
  g_assert_cmpuint(info.mss, >, 1360 - 8);
  g_assert_cmpuint(info.mss, <=, 1360);
  g_assert_cmpuint(info.timeouts, ==, 0); /* only probes were lost, and none cut the window */
  g_assert_cmpuint(info.ssthresh, ==, UINT64_MAX);
  lab_free(l);
}

static void
the_search_opens_again_after_its_interval(void)
{
  Lab *l = lab("linux", probe_always);
  black_hole(l, 1400);
  lab_connect(l);
  lab_send(l, &l->client, 3000000, NULL);
  lab_run(l, 60 * SIM_SECOND);
  LinkRule *hole = g_ptr_array_index(l->wire->rules, 0);
  hole->to = 60 * SIM_SECOND; /* the path is wide from now on */
  lab_send(l, &l->client, 3000000, NULL);
  lab_run(l, 120 * SIM_SECOND);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, <=, 1360); /* ten minutes are not over */
  advance(l, 700 * SIM_SECOND);
  lab_send(l, &l->client, 3000000, NULL);
  lab_run(l, 800 * SIM_SECOND);
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.mss, >, 1460 - 8);
  g_assert_cmpuint(l->server.received_count, ==, 9000000);
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/icmp/" path, fn)
  TEST("syn-sent-ends-in-linux", an_opening_ends_at_once_in_linux);
  TEST("syn-sent-soft-error-is-the-reason", a_soft_error_is_the_reason_of_a_time_out);
  TEST("established-goes-on", an_open_connection_goes_on);
  TEST("not-out-not-believed", what_is_not_out_is_not_believed);
  TEST("rfc6069-backoff-reverted", unreachable_takes_a_doubling_back);
  TEST("syn-received", a_half_open_connection_is_dropped_for_some);
  TEST("mtu/one-segment-becomes-two", too_big_is_sent_again_in_smaller_pieces);
  TEST("mtu/whole-flights", flights_of_every_kind_are_cut);
  TEST("mtu/cached-and-forgotten", other_connections_know_until_it_is_forgotten);
  TEST("mtu/least", no_smaller_than_552);
  TEST("mtu/switched-off", without_discovery_nothing_is_believed);
  TEST("probing/black-hole", a_black_hole_is_got_through);
  TEST("probing/search", the_search_ends_below_the_paths_mtu);
  TEST("probing/interval", the_search_opens_again_after_its_interval);
  return g_test_run();
}
