/* Tests of packet-kept: what is kept belongs to this packet as it is, or it is not there. */
#include "scenarios/runner/packet-kept.h"

#include "tests/unit/net-fixture.h"

typedef struct Kept {
  Fixture net;
  PacketKeptTable *table;
  Packet *packet;
} Kept;

static void
setup(Kept *f)
{
  fixture_link(&f->net, 0, 0);
  f->table = packet_kept_new();
  f->packet = fixture_tcp(f->net.net, f->net.a, f->net.b, TCP_ACK, 1000);
}

static void
teardown(Kept *f)
{
  packet_free(f->net.net, f->packet);
  packet_kept_free(f->table);
  fixture_free(&f->net);
}

/* Whether what was kept of the packet is there; it is from now on. */
static bool
is_known(const Kept *f)
{
  PacketKept *kept = packet_kept(f->table, f->packet);
  g_assert_nonnull(kept);
  g_assert_cmpuint(kept->packet.id, ==, f->packet->id);
  g_assert_cmpuint(kept->text_length, ==, kept->wire_length);
  bool known = kept->wire_length != 0;
  kept->text_length = kept->wire_length = 1;
  return known;
}

static void
it_is_there_on_the_next_hop(void)
{
  Kept f;
  setup(&f);
  g_assert_false(is_known(&f));
  g_assert_true(is_known(&f));
  f.packet->ttl--;
  f.packet->traffic_class |= NET_ECN_CE;
  g_assert_true(is_known(&f));
  packet_kept_forget(f.table, f.packet);
  g_assert_false(is_known(&f));
  teardown(&f);
}

static void
a_packet_that_changed_is_another(void)
{
  Kept f;
  setup(&f);
  g_assert_false(is_known(&f));
  f.packet->source++; /* a NAT */
  g_assert_false(is_known(&f));
  f.packet->tcp.source_port++;
  g_assert_false(is_known(&f));
  f.packet->tcp.options |= TCP_OPT_TIMESTAMPS;
  g_assert_false(is_known(&f));
  f.packet->tcp.irs++; /* the last member */
  g_assert_false(is_known(&f));
  f.packet->marks |= PACKET_CORRUPT;
  g_assert_false(is_known(&f));
  f.packet->payload--;
  g_assert_false(is_known(&f));
  g_assert_true(is_known(&f));
  teardown(&f);
}

static void
a_later_packet_pushes_it_out(void)
{
  Kept f;
  setup(&f);
  uint64_t first = f.packet->id;
  g_assert_false(is_known(&f));
  for (int i = 0; i < 100000; i++) {
    f.packet->id++;
    g_assert_false(is_known(&f));
  }
  f.packet->id = first;
  packet_kept_forget(f.table, f.packet); /* of another packet by now: nothing happens */
  g_assert_false(is_known(&f));
  teardown(&f);
}

static void
of_some_nothing_is_kept(void)
{
  Kept f;
  setup(&f);
  f.packet->fragment = PACKET_MORE_FRAGMENTS;
  g_assert_null(packet_kept(f.table, f.packet));
  f.packet->fragment = 0;
  packet_ext(f.net.net, f.packet);
  g_assert_null(packet_kept(f.table, f.packet));
  packet_kept_forget(f.table, f.packet);
  teardown(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/packet-kept/on-the-next-hop", it_is_there_on_the_next_hop);
  g_test_add_func("/packet-kept/changed", a_packet_that_changed_is_another);
  g_test_add_func("/packet-kept/pushed-out", a_later_packet_pushes_it_out);
  g_test_add_func("/packet-kept/nothing-kept", of_some_nothing_is_kept);
  return g_test_run();
}
