/* Wire bytes: known headers byte for byte, and checksums against an arithmetic of their own. */
#include "models/net/wire.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

static void
set_addresses(Fixture *f, const char *a, const char *b)
{
  NetAddress address;
  g_assert_true(net_address_parse(a, &address, NULL));
  g_assert_true(node_set_address(f->a, &address, NULL));
  g_assert_true(net_address_parse(b, &address, NULL));
  g_assert_true(node_set_address(f->b, &address, NULL));
}

/* The bytes from `at` on as hexadecimal digits. g_free. */
static char *
hex(const GByteArray *bytes, unsigned at, unsigned length)
{
  GString *text = g_string_new(NULL);
  g_assert_cmpuint(at + length, <=, bytes->len);
  for (unsigned i = at; i < at + length; i++)
    g_string_append_printf(text, "%02x", bytes->data[i]);
  return g_string_free(text, false);
}

static void
assert_hex(const GByteArray *bytes, unsigned at, const char *expected)
{
  char *text = hex(bytes, at, strlen(expected) / 2);
  g_assert_cmpstr(text, ==, expected);
  g_free(text);
}

/* The one's complement sum as a number modulo 65535 (0 is written 65535), by long division. */
static unsigned
remainder_add(unsigned remainder, const uint8_t *data, unsigned length)
{
  for (unsigned i = 0; i < length; i++)
    remainder = (remainder + data[i] * (i % 2 == 0 ? 256u : 1u)) % 65535;
  return remainder;
}

static bool
ipv4_header_is_right(const GByteArray *bytes)
{
  return remainder_add(0, bytes->data, 20) == 0;
}

static bool
transport_is_right(const GByteArray *bytes, unsigned family, unsigned protocol)
{
  unsigned network = family == 6 ? 40 : 20;
  uint8_t pseudo[4] = {0, protocol, (bytes->len - network) >> 8, (bytes->len - network) & 0xff};
  unsigned remainder = remainder_add(0, pseudo, sizeof pseudo);
  unsigned first = family == 6 ? 8 : 12;
  remainder = remainder_add(remainder, bytes->data + first, network - first);
  return remainder_add(remainder, bytes->data + network, bytes->len - network) == 0;
}

static void
ipv4_header_as_published(void)
{
  /* The worked example of a header checksum that textbooks use: 0xb861. */
  Fixture f;
  fixture_link(&f, 0, 0);
  set_addresses(&f, "192.168.0.1", "192.168.0.199");
  Packet *packet = fixture_udp(f.net, f.a, f.b, 0x1234, 0x73);
  packet->id = 0;
  packet->marks = PACKET_DONT_FRAGMENT;
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  g_assert_cmpuint(bytes->len, ==, 0x73);
  assert_hex(bytes, 0, "45000073000040004011b861c0a80001c0a800c7");
  assert_hex(bytes, 20, "12340009005f");
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
fields_reach_the_ipv4_header(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 1, 60);
  packet->id = UINT64_C(0x123456789abc);
  packet->ttl = 3;
  packet->traffic_class = 0xb8 | NET_ECN_CE;
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  assert_hex(bytes, 0, "45bb003c9abc00000311");
  assert_hex(bytes, 12, "0a0000010a000002");
  g_assert_true(ipv4_header_is_right(bytes));
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
ipv6_header(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  set_addresses(&f, "fd00::1", "2001:db8::5");
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_ACK, 3);
  packet->traffic_class = 0x2a;
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  g_assert_cmpuint(bytes->len, ==, 40 + 20 + 3);
  assert_hex(bytes, 0, "62a0000000170640");
  assert_hex(bytes, 8, "fd000000000000000000000000000001");
  assert_hex(bytes, 24, "20010db8000000000000000000000005");
  g_assert_true(transport_is_right(bytes, 6, 6));
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
tcp_header(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_URG | TCP_PSH | TCP_ACK | TCP_AE, 0);
  packet->tcp.source_port = 0xc000;
  packet->tcp.destination_port = 80;
  packet->tcp.seq = 0x01020304;
  packet->tcp.ack = 0xf1f2f3f4;
  packet->tcp.window = 0xfaf0;
  packet->tcp.urgent = 7;
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  assert_hex(bytes, 20, "c000005001020304f1f2f3f45138faf0");
  assert_hex(bytes, 38, "0007");
  g_assert_true(transport_is_right(bytes, 4, 6));
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

/* Options. */

static void
assert_options(const TcpHeader *header, const PacketExt *ext, const char *expected)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_ACK, 0);
  packet->tcp = *header;
  if (ext != NULL)
    *packet_ext(f.net, packet) = *ext;
  unsigned length = wire_tcp_options_length(header, ext);
  g_assert_cmpuint(length, ==, strlen(expected) / 2);
  packet->tcp.header_length = 20 + length;
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  g_assert_cmpuint(bytes->len, ==, 40 + length);
  g_assert_cmpuint(bytes->data[32] >> 4, ==, 5 + length / 4);
  assert_hex(bytes, 40, expected);
  g_assert_true(transport_is_right(bytes, 4, 6));
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
options_in_the_order_of_linux(void)
{
  enum {
    MSS = TCP_OPT_MSS,
    WS = TCP_OPT_WSCALE,
    SP = TCP_OPT_SACK_PERMITTED,
    TS = TCP_OPT_TIMESTAMPS,
    SACK = TCP_OPT_SACK
  };
  TcpHeader tcp = {
      .mss = 1460,
      .window_scale = 7,
      .ts_value = 0x11223344,
      .ts_echo = 0x55667788,
      .sack_count = 2,
      .sack = {{0xa0, 0xb0}, {0xc0, 0xd0}},
  };
  static const struct {
    uint8_t options;
    const char *expected;
  } cases[] = {
      {0, ""},
      {MSS, "020405b4"},
      {MSS | SP | TS | WS, "020405b4"
                           "0402080a1122334455667788"
                           "01030307"},
      {MSS | TS | WS, "020405b4"
                      "0101080a1122334455667788"
                      "01030307"},
      {MSS | SP | WS, "020405b4"
                      "01010402"
                      "01030307"},
      {MSS | SP, "020405b4"
                 "01010402"},
      {TS, "0101080a1122334455667788"},
      {TS | SACK, "0101080a1122334455667788"
                  "01010512000000a0000000b0000000c0000000d0"},
      {SACK, "01010512000000a0000000b0000000c0000000d0"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    tcp.options = cases[i].options;
    assert_options(&tcp, NULL, cases[i].expected);
  }
}

static void
fast_open_and_raw_options(void)
{
  TcpHeader tcp = {.options = TCP_OPT_FAST_OPEN};
  assert_options(&tcp, &(PacketExt){0}, "22020101");
  PacketExt cookie = {.cookie_length = 8, .cookie = {1, 2, 3, 4, 5, 6, 7, 8}};
  assert_options(&tcp, &cookie,
                 "220a0102030405060708"
                 "0101");
  tcp.options = TCP_OPT_ACCECN;
  PacketExt counts = {.accecn_fields = 3, .accecn = {0x010203, 0x040506, 0x070809}};
  assert_options(&tcp, &counts,
                 "ac0b010203040506070809"
                 "01");
  counts.accecn_ect1_first = true;
  counts.accecn_fields = 2;
  assert_options(&tcp, &counts, "ae08070809040506");
  tcp.options = TCP_OPT_RAW | TCP_OPT_MSS;
  uint8_t *raw = g_malloc(4); /* the packet frees it */
  memcpy(raw, "\xfd\x04\xab\xcd", 4);
  assert_options(&tcp, &(PacketExt){.options = raw, .options_length = 4}, "fd04abcd");
}

/* Checksums. */

static Packet *
random_packet(Fixture *f, SimRng *rng)
{
  bool tcp = sim_rng_chance(rng, 0.5);
  Packet *packet = tcp ? fixture_tcp(f->net, f->a, f->b, sim_rng_below(rng, 0x200), 0)
                       : fixture_udp(f->net, f->a, f->b, 1, 60);
  packet->id = sim_rng_u64(rng);
  packet->payload = sim_rng_below(rng, 1400);
  if (tcp) {
    packet->tcp.seq = sim_rng_u32(rng);
    packet->tcp.ack = sim_rng_u32(rng);
    packet->tcp.window = sim_rng_u32(rng);
    packet->tcp.options = sim_rng_below(rng, 0x20);
    packet->tcp.ts_value = sim_rng_u32(rng);
    packet->tcp.sack_count = 1;
    packet->tcp.header_length = 20 + wire_tcp_options_length(&packet->tcp, NULL);
  }
  if (sim_rng_chance(rng, 0.5)) {
    uint8_t *payload = packet_ext(f->net, packet)->payload = g_malloc(packet->payload + 1);
    for (unsigned i = 0; i < packet->payload; i++)
      payload[i] = sim_rng_u32(rng);
  }
  return packet;
}

static void
random_checksums(void)
{
  for (unsigned family = 4; family <= 6; family += 2) {
    Fixture f;
    SimRng rng;
    GByteArray *bytes = g_byte_array_new(), *cut = g_byte_array_new();
    fixture_link(&f, 0, 0);
    if (family == 6)
      set_addresses(&f, "fd00::1", "fd00::2");
    sim_rng_init(&rng, 1, "random checksums");
    for (unsigned i = 0; i < 2000; i++) {
      Packet *packet = random_packet(&f, &rng);
      g_byte_array_set_size(bytes, 0);
      g_byte_array_set_size(cut, 0);
      wire_write(f.net, packet, bytes);
      wire_write_cut(f.net, packet, cut);
      g_assert_cmpuint(bytes->len, ==, packet_size(packet));
      g_assert_cmpmem(bytes->data, cut->len, cut->data, cut->len);
      bool counted = packet->ext == NULL || packet->ext->payload == NULL;
      g_assert_cmpuint(cut->len, ==, bytes->len - (counted ? packet->payload : 0));
      g_assert_true(family == 6 || ipv4_header_is_right(bytes));
      g_assert_true(transport_is_right(bytes, family, packet->protocol));
      g_assert_true(packet->protocol == NET_PROTO_TCP || bytes->data[family == 6 ? 46 : 26] != 0 ||
                    bytes->data[family == 6 ? 47 : 27] != 0);
      packet->ttl -= 1 + i % 3; /* the next hops */
      packet->traffic_class |= i % 2 == 0 ? NET_ECN_CE : 0;
      g_byte_array_set_size(bytes, 0);
      wire_write_cut(f.net, packet, bytes);
      wire_set_hop(cut->data, packet);
      g_assert_cmpmem(bytes->data, bytes->len, cut->data, cut->len);
      packet->marks |= PACKET_CORRUPT;
      g_byte_array_set_size(bytes, 0);
      wire_write(f.net, packet, bytes);
      g_assert_true(family == 6 || ipv4_header_is_right(bytes));
      g_assert_false(transport_is_right(bytes, family, packet->protocol));
      packet_free(f.net, packet);
    }
    g_byte_array_unref(bytes);
    g_byte_array_unref(cut);
    fixture_free(&f);
  }
}

/* Two bytes of payload that bring the checksum to `wanted`, and what is then written. */
static unsigned
udp_checksum_for(uint16_t wanted, bool corrupt)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 1, 30);
  uint8_t *payload = packet_ext(f.net, packet)->payload = g_malloc0(2);
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  unsigned now = bytes->data[26] << 8 | bytes->data[27];
  unsigned word = (now + 65535 - wanted) % 65535; /* checksum = const - word modulo 65535 */
  payload[0] = word >> 8;
  payload[1] = word & 0xff;
  packet->marks = corrupt ? PACKET_CORRUPT : 0;
  g_byte_array_set_size(bytes, 0);
  wire_write(f.net, packet, bytes);
  g_assert_cmpint(transport_is_right(bytes, 4, NET_PROTO_UDP), ==, !corrupt);
  unsigned written = bytes->data[26] << 8 | bytes->data[27];
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
  return written;
}

static void
udp_never_says_that_it_has_no_checksum(void)
{
  g_assert_cmphex(udp_checksum_for(0x1234, false), ==, 0x1234);
  g_assert_cmphex(udp_checksum_for(0, false), ==, 0xffff);
  g_assert_cmphex(udp_checksum_for(0x1234, true), ==, 0x12cb);
  g_assert_cmphex(udp_checksum_for(0x00ff, true), !=, 0);
}

/* RFC 792 and RFC 1191 4: type, code, checksum, two unused bytes, MTU; then the packet it is about.
 * RFC 4443 2.1: the same behind next header 58, with a pseudo header in its sum. */
static void
icmp_error_quotes_what_it_is_about(void)
{
  for (unsigned family = 4; family <= 6; family += 2) {
    Fixture f;
    fixture_link(&f, 0, 0);
    if (family == 6)
      set_addresses(&f, "fd00::1", "fd00::2");
    Packet *about = fixture_tcp(f.net, f.a, f.b, TCP_ACK, 0);
    about->tcp.source_port = 0x1234;
    about->tcp.destination_port = 0x50;
    about->tcp.seq = 0xcafe0001;
    unsigned network = family == 6 ? 40 : 20;
    GByteArray *quoted = g_byte_array_new(), *bytes = g_byte_array_new();
    wire_write(f.net, about, quoted);
    Packet *error = packet_new(f.net, f.b);
    error->protocol = NET_PROTO_ICMP;
    error->source = node_address(f.b);
    error->destination = node_address(f.a);
    error->icmp = (IcmpHeader){.type = family == 6 ? 2 : 3, .code = family == 6 ? 0 : 4};
    error->icmp.mtu = 1400;
    packet_ext(f.net, error)->quoted = about;
    error->payload = network + 8; /* the least: no more of TCP than ports and sequence number */
    wire_write_cut(f.net, error, bytes);
    g_assert_cmpuint(bytes->len, ==, network + 8 + network + 8);
    g_assert_cmpuint(bytes->data[family == 6 ? 6 : 9], ==, family == 6 ? 58 : 1);
    assert_hex(bytes, network, family == 6 ? "0200" : "0304");
    assert_hex(bytes, network + 4, "00000578");
    g_assert_cmpmem(bytes->data + network + 8, network + 8, quoted->data, network + 8);
    assert_hex(bytes, network + 8 + network, "12340050cafe0001");
    if (family == 6)
      g_assert_true(transport_is_right(bytes, 6, 58));
    else
      g_assert_cmpuint(remainder_add(0, bytes->data + 20, bytes->len - 20), ==, 0);
    g_byte_array_unref(bytes);
    g_byte_array_unref(quoted);
    packet_free(f.net, error);
    fixture_free(&f);
  }
}

static void
writing_appends(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_SYN, 0);
  GByteArray *bytes = g_byte_array_new();
  wire_write(f.net, packet, bytes);
  wire_write(f.net, packet, bytes);
  g_assert_cmpmem(bytes->data, 40, bytes->data + 40, bytes->len - 40);
  g_byte_array_unref(bytes);
  packet_free(f.net, packet);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/wire/ipv4-header-as-published", ipv4_header_as_published);
  g_test_add_func("/wire/fields-reach-the-ipv4-header", fields_reach_the_ipv4_header);
  g_test_add_func("/wire/ipv6-header", ipv6_header);
  g_test_add_func("/wire/tcp-header", tcp_header);
  g_test_add_func("/wire/options-in-the-order-of-linux", options_in_the_order_of_linux);
  g_test_add_func("/wire/fast-open-and-raw-options", fast_open_and_raw_options);
  g_test_add_func("/wire/random-checksums", random_checksums);
  g_test_add_func("/wire/udp-zero-checksum", udp_never_says_that_it_has_no_checksum);
  g_test_add_func("/wire/icmp-error", icmp_error_quotes_what_it_is_about);
  g_test_add_func("/wire/writing-appends", writing_appends);
  return g_test_run();
}
