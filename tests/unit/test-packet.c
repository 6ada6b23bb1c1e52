/* Packets: identity, copies that share nothing, names. */
#include "models/net/packet.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

static void
new_is_zeroed_but_for_identity(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *first = packet_new(f.net, f.a);
  Packet *second = packet_new(f.net, f.a);
  Packet *other = packet_new(f.net, f.b);
  g_assert_cmpuint(first->id, ==, (uint64_t)f.a->owner.id << 40 | 1);
  g_assert_cmpuint(second->id, ==, first->id + 1);
  g_assert_cmpuint(other->id, ==, (uint64_t)f.b->owner.id << 40 | 1);
  g_assert_cmpuint(first->ttl, ==, 64);
  g_assert_cmpuint(first->family, ==, 4);
  g_assert_cmpuint(first->payload, ==, 0);
  g_assert_null(first->ext);
  packet_free(f.net, first);
  packet_free(f.net, second);
  packet_free(f.net, other);
  fixture_free(&f);
}

static void
family_is_that_of_the_creator(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  NetAddress address;
  g_assert_true(net_address_parse("fd00::1", &address, NULL));
  g_assert_true(node_set_address(f.a, &address, NULL));
  Packet *packet = packet_new(f.net, f.a);
  g_assert_cmpuint(packet->family, ==, 6);
  packet->protocol = NET_PROTO_UDP;
  packet->payload = 100;
  g_assert_cmpuint(packet_size(packet), ==, 40 + 8 + 100);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
copy_shares_no_bytes(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_PSH | TCP_ACK, 5);
  PacketExt *ext = packet_ext(f.net, packet);
  g_assert_true(packet_ext(f.net, packet) == ext);
  ext->payload = (uint8_t *)g_strdup("hello");
  ext->options = g_malloc0(4);
  ext->options_length = 4;
  Packet *copy = packet_copy(f.net, f.b, packet);
  g_assert_cmpuint(copy->id, ==, (uint64_t)f.b->owner.id << 40 | 1);
  g_assert_cmpuint(copy->marks & PACKET_COPY, ==, PACKET_COPY);
  g_assert_cmpuint(packet->marks & PACKET_COPY, ==, 0);
  g_assert_cmpuint(copy->tcp.flags, ==, TCP_PSH | TCP_ACK);
  g_assert_true(copy->ext != ext);
  g_assert_cmpmem(copy->ext->payload, 5, "hello", 5);
  ext->payload[0] = 'j';
  g_assert_cmpmem(copy->ext->payload, 5, "hello", 5);
  packet_free(f.net, packet);
  g_assert_cmpmem(copy->ext->payload, 5, "hello", 5);
  packet_free(f.net, copy);
  g_assert_cmpuint(f.net->packets.live, ==, 0);
  g_assert_cmpuint(f.net->exts.live, ==, 0);
  fixture_free(&f);
}

static void
copy_takes_the_quoted_packet_along(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *about = fixture_tcp(f.net, f.a, f.b, TCP_SYN, 0), *error = packet_new(f.net, f.b);
  packet_ext(f.net, error)->quoted = packet_quote(f.net, about);
  g_assert_cmpuint(error->ext->quoted->id, ==, about->id);
  g_assert_cmpuint(error->ext->quoted->marks, ==, about->marks);
  Packet *copy = packet_copy(f.net, f.b, error);
  packet_free(f.net, error);
  g_assert_cmpuint(copy->ext->quoted->tcp.flags, ==, TCP_SYN);
  g_assert_cmpuint(copy->ext->quoted->id, ==, about->id);
  packet_free(f.net, about);
  packet_free(f.net, copy);
  fixture_free(&f); /* none is left */
}

static void
sequence_space_counts_syn_and_fin(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Packet *packet = fixture_tcp(f.net, f.a, f.b, TCP_SYN, 0);
  g_assert_cmpuint(packet_tcp_length(packet), ==, 1);
  packet->tcp.flags = TCP_FIN | TCP_ACK;
  packet->payload = 10;
  g_assert_cmpuint(packet_tcp_length(packet), ==, 11);
  packet->tcp.header_length = 32;
  g_assert_cmpuint(packet_size(packet), ==, 20 + 32 + 10);
  packet_free(f.net, packet);
  fixture_free(&f);
}

static void
flags_are_written_in_one_order(void)
{
  static const struct {
    uint16_t flags;
    const char *text;
  } cases[] = {
      {0, "none"},
      {TCP_SYN, "SYN"},
      {TCP_ACK | TCP_SYN, "SYN+ACK"},
      {TCP_ACK | TCP_PSH, "PSH+ACK"},
      {TCP_ACK | TCP_FIN | TCP_PSH, "FIN+PSH+ACK"},
      {TCP_SYN | TCP_ECE | TCP_CWR, "SYN+ECE+CWR"},
      {0x1ff, "SYN+FIN+RST+PSH+URG+ACK+ECE+CWR+AE"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    char text[PACKET_FLAGS_TEXT];
    g_assert_cmpstr(packet_flags_print(cases[i].flags, text), ==, cases[i].text);
  }
}

static void
every_cause_has_its_own_name(void)
{
  g_assert_cmpstr(packet_cause_name(PACKET_CAUSE_NEW), ==, "");
  g_assert_cmpstr(packet_cause_name(PACKET_CAUSE_FAST_RETRANSMIT), ==, "fast retransmit");
  for (int i = 0; i < PACKET_CAUSE_COUNT; i++) {
    g_assert_nonnull(packet_cause_name(i));
    for (int j = 0; j < i; j++)
      g_assert_cmpstr(packet_cause_name(i), !=, packet_cause_name(j));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/packet/new-is-zeroed-but-for-identity", new_is_zeroed_but_for_identity);
  g_test_add_func("/packet/family-is-that-of-the-creator", family_is_that_of_the_creator);
  g_test_add_func("/packet/copy-shares-no-bytes", copy_shares_no_bytes);
  g_test_add_func("/packet/copy-takes-the-quoted-packet", copy_takes_the_quoted_packet_along);
  g_test_add_func("/packet/sequence-space-counts-syn-and-fin", sequence_space_counts_syn_and_fin);
  g_test_add_func("/packet/flags-are-written-in-one-order", flags_are_written_in_one_order);
  g_test_add_func("/packet/every-cause-has-its-own-name", every_cause_has_its_own_name);
  return g_test_run();
}
