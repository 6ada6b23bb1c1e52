/* The language of rules: what each class means, how it is counted, and what a slip is told. */
#include "models/net/packet-match.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

/* Whether `text` means a TCP segment with these flags, payload and number of retransmissions. */
static bool
means(const char *text, uint16_t flags, uint32_t payload, uint8_t retransmit)
{
  GError *error = NULL;
  PacketMatch *match = packet_match_parse(NULL, text, &error);
  g_assert_no_error(error);
  Packet packet = {
      .protocol = NET_PROTO_TCP, .family = 4, .payload = payload, .retransmit = retransmit};
  packet.tcp.flags = flags;
  bool meant = packet_match(match, &packet);
  packet_match_free(match);
  return meant;
}

static void
classes(void)
{
  g_assert_true(means("SYN", TCP_SYN, 0, 0));
  g_assert_true(means("SYN", TCP_SYN | TCP_ECE | TCP_CWR, 0, 0)); /* asks for ECN */
  g_assert_true(means("SYN", TCP_SYN, 100, 0));                   /* Fast Open */
  g_assert_false(means("SYN", TCP_SYN | TCP_ACK, 0, 0));
  g_assert_true(means("SYN+ACK", TCP_SYN | TCP_ACK, 0, 0));
  g_assert_true(means("SYN+ACK", TCP_SYN | TCP_ACK | TCP_ECE, 0, 0));
  g_assert_true(means("ACK+SYN", TCP_SYN | TCP_ACK, 0, 0));
  g_assert_false(means("SYN+ACK", TCP_SYN, 0, 0));
  g_assert_true(means("ACK", TCP_ACK, 0, 0));
  g_assert_true(means("ACK", TCP_ACK | TCP_ECE, 0, 0));
  g_assert_false(means("ACK", TCP_ACK, 1, 0));
  g_assert_false(means("ACK", TCP_ACK | TCP_FIN, 0, 0));
  g_assert_true(means("FIN", TCP_ACK | TCP_FIN, 10, 0));
  g_assert_true(means("RST", TCP_RST, 0, 0));
  g_assert_true(means("RST", TCP_RST | TCP_ACK, 0, 0));
  g_assert_true(means("DATA", TCP_ACK, 1, 0));
  g_assert_false(means("DATA", TCP_ACK, 0, 0));
  g_assert_false(means("DATA", TCP_ACK, 1, 1));
  g_assert_true(means("REXMIT", TCP_ACK, 1, 1));
  g_assert_false(means("REXMIT", TCP_SYN, 0, 1)); /* a repeated SYN without data is SYN#2 */
  g_assert_true(means("PSH+ACK", TCP_PSH | TCP_ACK, 1, 0));
  g_assert_false(means("PSH+ACK", TCP_PSH | TCP_ACK | TCP_FIN, 1, 0));
  g_assert_true(means("FIN+PSH+ACK", TCP_PSH | TCP_ACK | TCP_FIN, 1, 0));
  g_assert_true(means("ANY", TCP_RST, 0, 0));
  g_assert_false(means("UDP", TCP_SYN, 0, 0));
  g_assert_false(means("ICMP", TCP_SYN, 0, 0));
}

static void
udp_is_no_tcp_class(void)
{
  Packet packet = {.protocol = NET_PROTO_UDP, .family = 4, .payload = 100};
  static const char *const tcp[] = {"SYN", "ACK", "DATA", "REXMIT", "byte 1", "RST", "PSH+ACK"};
  for (size_t i = 0; i < G_N_ELEMENTS(tcp); i++) {
    PacketMatch *match = packet_match_parse(NULL, tcp[i], NULL);
    g_assert_false(packet_match(match, &packet));
    packet_match_free(match);
  }
  PacketMatch *match = packet_match_parse(NULL, "UDP", NULL);
  g_assert_true(packet_match(match, &packet));
  packet_match_free(match);
}

/* The hits among ten data packets, as a string of digits (0 is the tenth). */
static void
assert_hits(const char *text, const char *expected)
{
  GError *error = NULL;
  PacketMatch *match = packet_match_parse(NULL, text, &error);
  g_assert_no_error(error);
  Packet data = {.protocol = NET_PROTO_TCP, .family = 4, .payload = 10};
  data.tcp.flags = TCP_ACK;
  Packet pure = data;
  pure.payload = 0;
  char hits[16] = "";
  for (int i = 1; i <= 10; i++) {
    g_assert_false(packet_match(match, &pure)); /* is not counted either */
    if (packet_match(match, &data))
      hits[strlen(hits)] = '0' + i % 10;
  }
  g_assert_cmpstr(hits, ==, expected);
  packet_match_free(match);
}

static void
counts(void)
{
  assert_hits("DATA", "1234567890");
  assert_hits("DATA#1", "1");
  assert_hits("DATA#2,4,9", "249");
  assert_hits("DATA#2-4", "234");
  assert_hits("DATA#8+", "890");
  assert_hits("DATA#1,3-4,9+", "13490");
  assert_hits(" DATA #3 ", "3");
}

static void
sender_is_the_ip_source(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  PacketMatch *match = packet_match_parse(f.net, "b>SYN#2", NULL);
  Packet *from_a = fixture_tcp(f.net, f.a, f.b, TCP_SYN, 0);
  Packet *from_b = fixture_tcp(f.net, f.b, f.a, TCP_SYN, 0);
  g_assert_false(packet_match(match, from_a));
  g_assert_false(packet_match(match, from_b)); /* b's first */
  g_assert_false(packet_match(match, from_a));
  g_assert_true(packet_match(match, from_b));
  g_assert_cmpstr(packet_match_text(match), ==, "b>SYN#2");
  packet_match_free(match);
  packet_free(f.net, from_a);
  packet_free(f.net, from_b);
  fixture_free(&f);
}

static void
byte_is_relative_to_the_isn(void)
{
  Packet packet = {
      .protocol = NET_PROTO_TCP, .family = 4, .payload = 1460, .marks = PACKET_HAS_ISS};
  packet.tcp.flags = TCP_ACK;
  packet.tcp.iss = UINT32_MAX - 5; /* the numbers wrap */
  packet.tcp.seq = packet.tcp.iss + 1 + 14600;
  static const struct {
    const char *text;
    bool meant;
  } cases[] = {
      {"byte 14600", false}, {"byte 14601", true}, {"byte 16060", true},
      {"byte 16061", false}, {"byte 1", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    PacketMatch *match = packet_match_parse(NULL, cases[i].text, NULL);
    g_assert_cmpint(packet_match(match, &packet), ==, cases[i].meant);
    packet_match_free(match);
  }
  PacketMatch *second = packet_match_parse(NULL, "byte 14601#2", NULL);
  g_assert_false(packet_match(second, &packet));
  packet.retransmit = 1;
  g_assert_true(packet_match(second, &packet));
  packet_match_free(second);

  PacketMatch *any = packet_match_parse(NULL, "byte 14601", NULL);
  packet.marks = PACKET_INJECTED;
  g_assert_false(packet_match(any, &packet)); /* of no stream */
  packet_match_free(any);
}

static void
byte_1_of_a_syn_with_data(void)
{
  Packet packet = {.protocol = NET_PROTO_TCP, .family = 4, .payload = 5, .marks = PACKET_HAS_ISS};
  packet.tcp.flags = TCP_SYN;
  packet.tcp.iss = packet.tcp.seq = 1000;
  PacketMatch *match = packet_match_parse(NULL, "byte 1", NULL);
  g_assert_true(packet_match(match, &packet));
  packet.payload = 0;
  g_assert_false(packet_match(match, &packet));
  packet_match_free(match);
}

static void
slips_are_explained(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"SIN#1", "unknown packet class \"SIN\"; did you mean \"SYN\"?"},
      {"syn", "unknown packet class \"syn\""},
      {"SYN+AKC", "unknown packet class \"SYN+AKC\"; did you mean \"SYN+ACK\"?"},
      {"c>SYN", "unknown node \"c\""},
      {"c>SYN", "accepted: a, b"},
      {"", "the packet class is missing"},
      {"#1", "the packet class is missing"},
      {"SYN#", "after '#' come numbers from 1 on"},
      {"SYN#0", "after '#' come numbers from 1 on"},
      {"SYN#3-1", "after '#' come numbers from 1 on"},
      {"SYN#1,", "after '#' come numbers from 1 on"},
      {"SYN#-1", "after '#' come numbers from 1 on"},
      {"SYN#1 2", "after '#' come numbers from 1 on"},
      {"SYN#99999999999999999999", "after '#' come numbers from 1 on"},
      {"byte 0", "\"byte\" is followed by a relative sequence number from 1"},
      {"byte x", "\"byte\" is followed by a relative sequence number from 1"},
      {"byte 4294967296", "\"byte\" is followed by a relative sequence number from 1"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    GError *error = NULL;
    g_assert_null(packet_match_parse(f.net, cases[i].text, &error));
    fixture_assert_error(&error, cases[i].says);
  }
  fixture_free(&f);
}

static void
fields_all_have_to_agree(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_PSH | TCP_ACK, 100);
  packet->marks |= PACKET_HAS_ISS | PACKET_HAS_IRS;
  packet->tcp.iss = 5000;
  packet->tcp.seq = 5001;
  packet->tcp.irs = 7000;
  packet->tcp.ack = 7011;
  packet->tcp.source_port = 1234;
  packet->tcp.destination_port = 80;
  PacketMatchFields all = {
      .has_flags = true,
      .flags = TCP_PSH | TCP_ACK,
      .has_seq = true,
      .seq = 1,
      .has_ack = true,
      .ack = 11,
      .has_length = true,
      .length = 100,
      .has_source_port = true,
      .source_port = 1234,
      .has_destination_port = true,
      .destination_port = 80,
      .from = "a",
  };
  PacketMatch *match = packet_match_fields(f.net, &all, NULL);
  g_assert_cmpstr(packet_match_text(match), ==,
                  "from=a flags=PSH+ACK seq=1 ack=11 len=100 sport=1234 dport=80");
  g_assert_true(packet_match(match, packet));
  packet->tcp.flags |= TCP_FIN;
  g_assert_false(packet_match(match, packet));
  packet->tcp.flags = TCP_PSH | TCP_ACK;
  packet->tcp.seq++;
  g_assert_false(packet_match(match, packet));
  packet->tcp.seq--;
  packet->tcp.ack++;
  g_assert_false(packet_match(match, packet));
  packet->tcp.ack--;
  packet->payload++;
  g_assert_false(packet_match(match, packet));
  packet->payload--;
  packet->tcp.destination_port++;
  g_assert_false(packet_match(match, packet));
  packet->tcp.destination_port--;
  packet->source = node_address(f.b);
  g_assert_false(packet_match(match, packet));
  packet->source = node_address(f.a);
  g_assert_true(packet_match(match, packet));
  packet_match_free(match);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
fields_count_and_check(void)
{
  Packet packet = {.protocol = NET_PROTO_UDP, .family = 4, .payload = 10};
  PacketMatchFields second = {.has_length = true, .length = 10, .first = 2, .last = 2};
  PacketMatch *match = packet_match_fields(NULL, &second, NULL);
  g_assert_cmpstr(packet_match_text(match), ==, "len=10#2");
  g_assert_false(packet_match(match, &packet));
  g_assert_true(packet_match(match, &packet));
  g_assert_false(packet_match(match, &packet));
  packet_match_free(match);

  GError *error = NULL;
  PacketMatchFields wrong = {.first = 3, .last = 2};
  g_assert_null(packet_match_fields(NULL, &wrong, &error));
  fixture_assert_error(&error, "the last is not before the first");
}

static bool
is_short(const Packet *packet, void *data)
{
  return packet->payload < *(uint32_t *)data;
}

static void
function_is_told_its_data(void)
{
  uint32_t limit = 50;
  Packet packet = {.protocol = NET_PROTO_UDP, .payload = 49};
  PacketMatch *match = packet_match_function(is_short, &limit, NULL);
  g_assert_true(packet_match(match, &packet));
  packet.payload = 50;
  g_assert_false(packet_match(match, &packet));
  g_assert_cmpstr(packet_match_text(match), ==, "function");
  packet_match_free(match);

  /* What it was given is freed with it: the sanitized build would tell. */
  packet_match_free(packet_match_function(is_short, g_malloc(4), g_free));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/packet-match/classes", classes);
  g_test_add_func("/packet-match/udp-is-no-tcp-class", udp_is_no_tcp_class);
  g_test_add_func("/packet-match/counts", counts);
  g_test_add_func("/packet-match/sender-is-the-ip-source", sender_is_the_ip_source);
  g_test_add_func("/packet-match/byte-is-relative-to-the-isn", byte_is_relative_to_the_isn);
  g_test_add_func("/packet-match/byte-1-of-a-syn-with-data", byte_1_of_a_syn_with_data);
  g_test_add_func("/packet-match/slips-are-explained", slips_are_explained);
  g_test_add_func("/packet-match/fields-all-have-to-agree", fields_all_have_to_agree);
  g_test_add_func("/packet-match/fields-count-and-check", fields_count_and_check);
  g_test_add_func("/packet-match/function-is-told-its-data", function_is_told_its_data);
  return g_test_run();
}
