/* Fates: what is known first stays, and packets of many makers. */
#include "scenarios/runner/packet-fate.h"

#include "scenarios/runner/packet-map.h"
#include "tests/unit/net-fixture.h"

static void
assert_fate(PacketFates *fates, uint64_t packet, bool known, const char *comment)
{
  const char *said;
  g_assert_true(packet_fate_known(fates, packet, &said) == known);
  g_assert_cmpstr(said, ==, comment);
}

static void
first_fate_stays(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  PacketFates *fates = packet_fates_new();
  Packet *whole = fixture_udp(f.net, f.a, f.b, 1, 100),
         *hurt = fixture_udp(f.net, f.b, f.a, 2, 100);
  Packet *lost = fixture_udp(f.net, f.a, f.b, 3, 100),
         *early = fixture_udp(f.net, f.a, f.b, 4, 100);
  assert_fate(fates, lost->id, false, NULL);
  hurt->marks |= PACKET_CORRUPT;
  packet_fate_arrived(fates, whole);
  packet_fate_arrived(fates, hurt);
  NetPacketRecord drop = {.packet = lost, .reason = "loss model", .on_wire = true};
  packet_fate_lost(fates, &drop);
  drop.on_wire = false;
  packet_fate_lost(fates, &drop); /* is no news */
  drop.packet = early;
  packet_fate_lost(fates, &drop);
  drop.packet = hurt; /* dropped where it arrived */
  packet_fate_lost(fates, &drop);
  assert_fate(fates, whole->id, true, NULL);
  assert_fate(fates, hurt->id, true, "damaged on the wire");
  assert_fate(fates, lost->id, true, "lost on the wire: loss model");
  assert_fate(fates, early->id, true, "lost: loss model");
  packet_free(f.net, whole);
  packet_free(f.net, hurt);
  packet_free(f.net, lost);
  packet_free(f.net, early);
  packet_fates_free(fates);
  fixture_free(&f);
}

static void
each_packet_has_a_number(void)
{
  PacketMap map;
  packet_map_init(&map);
  for (uint64_t maker = 70; maker > 0; maker -= 7)
    for (uint64_t count = 1; count <= 300; count += maker)
      *packet_map_at(&map, maker << PACKET_ID_COUNT_BITS | count) =
          (uint32_t)(maker * 1000 + count);
  for (uint64_t maker = 0; maker <= 80; maker++)
    for (uint64_t count = 0; count <= 310; count++) {
      bool given = maker > 0 && maker % 7 == 0 && maker <= 70 && count <= 300 &&
                   count % maker == 1 % maker && count > 0;
      g_assert_cmpuint(*packet_map_at(&map, maker << PACKET_ID_COUNT_BITS | count), ==,
                       given ? maker * 1000 + count : 0);
    }
  packet_map_clear(&map);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/packet-fate/first-fate-stays", first_fate_stays);
  g_test_add_func("/packet-fate/each-packet-has-a-number", each_packet_has_a_number);
  return g_test_run();
}
