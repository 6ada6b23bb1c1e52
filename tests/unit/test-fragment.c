/* Fragmentation: what is cut, where, and what comes of it at the other end. */
#include "models/net/fragment.h"

#include <string.h>

#include "models/icmp/icmp.h"
#include "models/net/wire.h"
#include "models/udp/udp.h"
#include "tests/unit/net-fixture.h"

/* a - r - b; the second link carries 500 bytes. */
typedef struct Line {
  Fixture f;
  Node *r;
  Link *second;
  IcmpHost *icmp[3];
  UdpHost *udp[2];
  UdpSocket *from, *to;
  unsigned errors;
  UdpError error;
  unsigned fragments; /* received by b */
} Line;

static void
on_error(UdpSocket *socket, const UdpError *error, void *user)
{
  Line *line = user;
  line->errors++;
  line->error = *error;
}

static const UdpUserOps ops = {.error = on_error};

static void
on_packet(Sim *sim, const void *record, void *user)
{
  const NetPacketRecord *event = record;
  Line *line = user;
  if (event->event == NET_PACKET_RECEIVE && event->node == line->f.b)
    line->fragments += event->packet->fragment != 0;
}

static void
start(Line *line, bool ipv6)
{
  *line = (Line){.f = fixture_empty()};
  Fixture *f = &line->f;
  LinkSettings settings = link_settings_default();
  settings.delay = FIXTURE_MS;
  f->a = node_new(f->net, "a", NODE_HOST, NULL);
  line->r = node_new(f->net, "r", NODE_ROUTER, NULL);
  f->b = node_new(f->net, "b", NODE_HOST, NULL);
  f->link = link_new(f->a, line->r, &settings, NULL);
  settings.mtu = ipv6 ? 1280 : 500;
  line->second = link_new(line->r, f->b, &settings, NULL);
  if (ipv6) {
    NetAddress address;
    g_assert_true(net_address_parse("fd00::b", &address, NULL));
    g_assert_true(node_set_address(f->b, &address, NULL));
  }
  Node *nodes[] = {f->a, line->r, f->b};
  for (int i = 0; i < 3; i++)
    line->icmp[i] = icmp_host_new(nodes[i]);
  line->udp[0] = udp_host_new(f->a);
  line->udp[1] = udp_host_new(f->b);
  line->from = udp_open(line->udp[0], &(UdpOpenArgs){.ops = &ops, .user = line}, NULL);
  line->to = udp_open(line->udp[1], &(UdpOpenArgs){.port = 9}, NULL);
  sim_trace_listen(f->sim, NET_TRACE_PACKET, on_packet, line);
}

static void
end(Line *line)
{
  udp_host_free(line->udp[0]);
  udp_host_free(line->udp[1]);
  for (int i = 0; i < 3; i++)
    icmp_host_free(line->icmp[i]);
  fixture_free(&line->f); /* every packet is accounted for */
}

static UdpResult
send_bytes(Line *line, uint32_t length, const uint8_t *bytes)
{
  UdpSendArgs args = {.destination = node_address(line->f.b), .port = 9};
  args.length = length;
  args.bytes = bytes;
  return udp_send(line->from, &args);
}

static void
cut_twice_and_whole_again(void)
{
  Line line;
  start(&line, false);
  uint8_t bytes[3000];
  for (unsigned i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(i * 7 + i / 256);
  g_assert_cmpint(send_bytes(&line, sizeof bytes, bytes), ==, UDP_OK);
  fixture_run_all(&line.f);
  /* 3008 bytes behind IP: 1480, 1480, 48 on the first link; 480 a fragment on the second. */
  g_assert_cmpuint(line.fragments, ==, 4 + 4 + 1);
  g_assert_cmpuint(link_counters(&line.second->forward)->sent_bytes, ==, 3008 + 9 * 20);
  g_assert_cmpuint(
      link_counters(line.f.way != NULL ? line.f.way : &line.f.link->forward)->sent_packets, ==, 3);
  UdpDatagram got;
  g_assert_true(udp_receive(line.to, &got));
  g_assert_cmpmem(got.bytes, got.length, bytes, sizeof bytes);
  g_assert_cmpuint(got.ttl, ==, 63);
  g_free(got.bytes);
  end(&line);
}

static bool
is_third(const Packet *packet, void *data)
{
  return packet->fragment != 0 && (packet->fragment & PACKET_FRAGMENT_OFFSET) * 8 == 960;
}

static bool
is_first(const Packet *packet, void *data)
{
  return packet->fragment != 0 && (packet->fragment & PACKET_FRAGMENT_OFFSET) == 0;
}

static void
one_that_is_missing_loses_the_datagram(void)
{
  for (int first = 0; first < 2; first++) {
    Line line;
    start(&line, false);
    PacketMatch *match = packet_match_function(first ? is_first : is_third, NULL, NULL);
    link_add_rule(line.second, link_rule_new(RULE_DROP, match));
    send_bytes(&line, 1400, NULL);
    fixture_run(&line.f, FRAGMENT_TIME);
    g_assert_cmpuint(line.errors, ==, 0);
    fixture_run_all(&line.f);
    g_assert_cmpuint(udp_receivable(line.to), ==, 0);
    g_assert_cmpint(sim_now(line.f.sim), <=, FRAGMENT_TIME + 5 * FIXTURE_MS);
    /* Without the first fragment nobody knows whom to tell what about. */
    g_assert_cmpuint(line.errors, ==, !first);
    if (!first)
      g_assert_cmpint(line.error.kind, ==, ICMP_REASSEMBLY_EXCEEDED);
    end(&line);
  }
}

static void
order_and_copies_do_not_matter(void)
{
  Line line;
  start(&line, false);
  LinkRule *hold = link_rule_new(RULE_HOLD, packet_match_function(is_first, NULL, NULL));
  hold->delay = 10 * FIXTURE_MS;
  link_add_rule(line.second, hold);
  LinkRule *copy = link_rule_new(RULE_COPY, packet_match_function(is_third, NULL, NULL));
  link_add_rule(line.second, copy);
  send_bytes(&line, 1400, NULL);
  fixture_run_all(&line.f);
  UdpDatagram got;
  g_assert_true(udp_receive(line.to, &got));
  g_assert_cmpuint(got.length, ==, 1400);
  g_assert_cmpuint(udp_receivable(line.to), ==, 0);
  end(&line);
}

static void
damage_to_one_is_damage_to_all(void)
{
  Line line;
  start(&line, false);
  link_add_rule(line.second,
                link_rule_new(RULE_DAMAGE, packet_match_function(is_third, NULL, NULL)));
  link_add_rule(line.second, link_rule_new(RULE_MARK, packet_match_function(is_first, NULL, NULL)));
  send_bytes(&line, 1400, NULL);
  send_bytes(&line, 500, NULL); /* two fragments, of which only the first is marked */
  fixture_run_all(&line.f);
  UdpDatagram got;
  g_assert_true(udp_receive(line.to, &got));
  g_assert_cmpuint(got.length, ==, 500);
  g_assert_cmpuint(got.traffic_class, ==, NET_ECN_CE);
  g_assert_cmpuint(udp_receivable(line.to), ==, 0);
  end(&line);
}

static void
the_path_is_discovered_when_asked(void)
{
  Line line;
  start(&line, false);
  link_set_mtu(&line.second->forward, 1000);
  udp_set_fragmenting(line.from, UDP_DISCOVER_MTU);
  g_assert_cmpint(send_bytes(&line, 1400, NULL), ==, UDP_OK); /* lost: DF */
  fixture_run_all(&line.f);
  g_assert_cmpuint(udp_receivable(line.to), ==, 0);
  g_assert_cmpint(line.error.kind, ==, ICMP_TOO_BIG);
  g_assert_cmpint(send_bytes(&line, 1400, NULL), ==, UDP_OK); /* cut at the source */
  fixture_run_all(&line.f);
  g_assert_cmpuint(udp_receivable(line.to), ==, 1);
  g_assert_cmpuint(line.fragments, ==, 2);
  g_assert_cmpuint(line.errors, ==, 1);
  udp_set_fragmenting(line.from, UDP_DONT_FRAGMENT);
  g_assert_cmpint(send_bytes(&line, 1400, NULL), ==, UDP_TOO_LONG);
  end(&line);
}

/* RFC 8200 4.5: "fragmentation in IPv6 is performed only by source nodes". */
static void
ipv6_routers_do_not_cut(void)
{
  Line line;
  start(&line, true);
  send_bytes(&line, 1400, NULL); /* fits the first link */
  fixture_run_all(&line.f);
  g_assert_cmpuint(line.errors, ==, 1);
  g_assert_cmpint(line.error.kind, ==, ICMP_TOO_BIG);
  udp_set_fragmenting(line.from, UDP_DISCOVER_MTU);
  send_bytes(&line, 1400, NULL);
  fixture_run_all(&line.f);
  send_bytes(&line, 1400, NULL);
  fixture_run_all(&line.f);
  g_assert_cmpuint(udp_receivable(line.to), ==, 1);
  g_assert_cmpuint(line.fragments, ==, 2);
  end(&line);
}

/* The parts on the wire are those of the whole datagram, in order. */
static void
wire_bytes_are_slices(void)
{
  for (unsigned family = 4; family <= 6; family += 2) {
    Fixture f;
    fixture_link(&f, 0, 0);
    Packet *packet = fixture_udp(f.net, f.a, f.b, 0x1234, 2000);
    if (family == 6) {
      packet->family = 6;
      packet->source = node_address_of(f.a, 6);
      packet->destination = node_address_of(f.b, 6);
    }
    unsigned network = family == 6 ? 40 : 20, headers = family == 6 ? 48 : 20;
    GByteArray *all = g_byte_array_new(), *parts = g_byte_array_new(), *one = g_byte_array_new();
    wire_write(f.net, packet, all);
    uint16_t id = packet->id & 0xffff;
    for (Packet *piece = fragment_cut(f.a, packet, 1000), *next; piece != NULL; piece = next) {
      next = piece->next;
      g_byte_array_set_size(one, 0);
      wire_write(f.net, piece, one);
      g_assert_cmpuint(one->len, ==, packet_size(piece));
      g_assert_cmpuint(one->len, <=, 1000);
      if (family == 4) {
        g_assert_cmpuint(one->data[4] << 8 | one->data[5], ==, id);
        g_assert_cmpuint(one->data[6] << 8 | one->data[7], ==, piece->fragment);
        g_assert_cmpuint((one->data[6] << 8 | one->data[7]) & 0x1fff, ==, parts->len / 8);
      } else {
        g_assert_cmpuint(one->data[6], ==, 44);
        g_assert_cmpuint(one->data[40], ==, 17);
        g_assert_cmpuint((one->data[42] << 8 | one->data[43]) >> 3, ==, parts->len / 8);
        g_assert_cmpuint(one->data[43] & 1, ==, next != NULL);
      }
      g_byte_array_append(parts, one->data + headers, one->len - headers);
      packet_free(f.net, piece);
    }
    g_assert_cmpmem(parts->data, parts->len, all->data + network, all->len - network);
    g_byte_array_unref(all);
    g_byte_array_unref(parts);
    g_byte_array_unref(one);
    fixture_free(&f);
  }
}

static void
what_never_gets_whole_is_freed(void)
{
  Line line;
  start(&line, false);
  link_add_rule(line.second, link_rule_new(RULE_DROP, packet_match_function(is_third, NULL, NULL)));
  send_bytes(&line, 1400, NULL);
  fixture_run(&line.f, SIM_SECOND);
  end(&line);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/fragment/" path, fn)
  TEST("cut-twice", cut_twice_and_whole_again);
  TEST("one-is-missing", one_that_is_missing_loses_the_datagram);
  TEST("order-and-copies", order_and_copies_do_not_matter);
  TEST("damage-and-marks", damage_to_one_is_damage_to_all);
  TEST("discovery", the_path_is_discovered_when_asked);
  TEST("ipv6", ipv6_routers_do_not_cut);
  TEST("wire", wire_bytes_are_slices);
  TEST("left-over", what_never_gets_whole_is_freed);
  return g_test_run();
}
