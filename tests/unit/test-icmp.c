/* ICMP: what a node tells the sender of a packet that it drops, and who hears of it.
 *
 * a - r - b, where a's UDP keeps the last error that it was told. */
#include "models/icmp/icmp.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

typedef struct Line {
  Fixture f;
  Node *r;
  Link *second;      /* r-b */
  IcmpHost *icmp[3]; /* of a, r, b */
  unsigned errors;
  IcmpError error; /* the last; `quoted` is not to be used */
  uint16_t port;   /* source port that it quotes */
  uint64_t quoted_id;
} Line;

static void
on_error(void *self, const IcmpError *error)
{
  Line *line = sim_container((Fixture *)self, Line, f);
  line->errors++;
  line->error = *error;
  line->port = error->quoted->udp.source_port;
  line->quoted_id = error->quoted->id;
}

static void
start(Line *line)
{
  *line = (Line){.f = fixture_empty()};
  Fixture *f = &line->f;
  LinkSettings settings = link_settings_default();
  settings.delay = FIXTURE_MS;
  f->a = node_new(f->net, "a", NODE_HOST, NULL);
  line->r = node_new(f->net, "r", NODE_ROUTER, NULL);
  f->b = node_new(f->net, "b", NODE_HOST, NULL);
  f->link = link_new(f->a, line->r, &settings, NULL);
  line->second = link_new(line->r, f->b, &settings, NULL);
  f->way = &f->link->forward;
  fixture_sink(f, f->a);
  fixture_sink(f, f->b);
  node_set_error(f->a, NET_PROTO_UDP, on_error);
  Node *nodes[] = {f->a, line->r, f->b};
  for (int i = 0; i < 3; i++)
    line->icmp[i] = icmp_host_new(nodes[i]);
}

static void
end(Line *line)
{
  for (int i = 0; i < 3; i++)
    icmp_host_free(line->icmp[i]);
  fixture_free(&line->f);
}

static void
use_ipv6(Line *line)
{
  NetAddress address;
  g_assert_true(net_address_parse("fd00::a", &address, NULL));
  g_assert_true(node_set_address(line->f.a, &address, NULL));
  g_assert_true(net_address_parse("fd00::b", &address, NULL));
  g_assert_true(node_set_address(line->f.b, &address, NULL));
}

/* A UDP packet from a to b. */
static Packet *
udp(Line *line, uint16_t number, uint32_t size)
{
  return fixture_udp(line->f.net, line->f.a, line->f.b, number, size);
}

static void
assert_told(const Line *line, unsigned errors, IcmpKind kind, const Node *from, uint16_t port)
{
  g_assert_cmpuint(line->errors, ==, errors);
  g_assert_cmpint(line->error.kind, ==, kind);
  g_assert_true(node_has_address(from, line->error.from));
  g_assert_cmpuint(line->port, ==, port);
}

static void
every_reason_is_told(void)
{
  Line line;
  start(&line);
  Fixture *f = &line.f;
  Packet *packet = udp(&line, 1, 100);
  uint64_t id = packet->id;
  packet->ttl = 1;
  node_send(f->a, packet);
  fixture_run_all(f);
  assert_told(&line, 1, ICMP_TTL_EXCEEDED, line.r, 1);
  g_assert_cmpuint(line.error.type, ==, 11);
  g_assert_cmpuint(line.error.code, ==, 0);
  g_assert_cmpuint(line.error.quoted_length, ==, 80);
  g_assert_cmpuint(line.quoted_id, ==, id);

  NetAddress nobody;
  g_assert_true(net_address_parse("192.0.2.1", &nobody, NULL));
  packet = udp(&line, 2, 100);
  packet->destination = net_address_id(f->net, &nobody);
  node_send(f->a, packet);
  fixture_run_all(f);
  assert_told(&line, 2, ICMP_NET_UNREACHABLE, line.r, 2);

  link_down(&line.second->forward);
  node_send(f->a, udp(&line, 3, 100));
  fixture_run_all(f);
  assert_told(&line, 3, ICMP_HOST_UNREACHABLE, line.r, 3);
  link_up(&line.second->forward);

  node_set_protocol(f->b, NET_PROTO_UDP, NULL, NULL);
  node_send(f->a, udp(&line, 4, 100));
  fixture_run_all(f);
  assert_told(&line, 4, ICMP_PROTOCOL_UNREACHABLE, f->b, 4);
  g_assert_cmpuint(icmp_host_counters(line.icmp[1])->errors_sent, ==, 3);
  g_assert_cmpuint(icmp_host_counters(line.icmp[0])->errors_received, ==, 4);
  end(&line);
}

static void
what_may_not_be_fragmented_is_too_big(void)
{
  Line line;
  start(&line);
  link_set_mtu(&line.second->forward, 1000);
  Packet *packet = udp(&line, 1, 1001);
  packet->marks |= PACKET_DONT_FRAGMENT;
  node_send(line.f.a, packet);
  fixture_run_all(&line.f);
  assert_told(&line, 1, ICMP_TOO_BIG, line.r, 1);
  g_assert_cmpuint(line.error.mtu, ==, 1000);
  g_assert_cmpuint(line.error.quoted_length, ==, 528); /* 576 less 20, 8 and the quoted 20 */
  packet = udp(&line, 2, 1000);
  packet->marks |= PACKET_DONT_FRAGMENT;
  node_send(line.f.a, packet);
  fixture_run_all(&line.f);
  g_assert_cmpuint(line.errors, ==, 1);
  fixture_assert_order(&line.f, "2");

  /* The first link is told of by the sender's own node. */
  link_set_mtu(line.f.way, 900);
  packet = udp(&line, 3, 901);
  packet->marks |= PACKET_DONT_FRAGMENT;
  node_send(line.f.a, packet);
  fixture_run_all(&line.f);
  assert_told(&line, 2, ICMP_TOO_BIG, line.f.a, 3);
  g_assert_cmpuint(line.error.mtu, ==, 900);
  end(&line);
}

/* RFC 1122 3.2.2, RFC 4443 2.4 (e). */
static void
some_packets_draw_no_error(void)
{
  Line line;
  start(&line);
  Fixture *f = &line.f;
  Packet *about = udp(&line, 1, 100);
  IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about};
  Packet *error = icmp_error_new(f->net, f->b, &args);
  error->ttl = 1; /* an error that expires on its way to a */
  node_send(f->b, error);
  packet_free(f->net, about);

  static const char *const sources[] = {"224.0.0.9", "255.255.255.255", "0.0.0.0", "127.0.0.1"};
  for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
    NetAddress address;
    g_assert_true(net_address_parse(sources[i], &address, NULL));
    Packet *packet = udp(&line, 2, 100);
    packet->source = net_address_id(f->net, &address);
    packet->ttl = 1;
    node_send(f->a, packet);
    packet = udp(&line, 3, 100);
    packet->destination = net_address_id(f->net, &address);
    packet->ttl = 1;
    node_send(f->a, packet);
  }
  fixture_run_all(f);
  g_assert_cmpuint(line.errors, ==, 0);
  g_assert_cmpuint(icmp_host_counters(line.icmp[1])->errors_sent, ==, 0);
  end(&line);
}

static void
expire(Line *line, unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    Packet *packet = udp(line, 1, 100);
    packet->ttl = 1;
    node_send(line->f.a, packet);
  }
}

static void
errors_come_in_a_burst_and_then_once_a_second(void)
{
  Line line;
  start(&line);
  expire(&line, 8);
  fixture_run(&line.f, 900 * FIXTURE_MS);
  g_assert_cmpuint(line.errors, ==, 6);
  g_assert_cmpuint(icmp_host_counters(line.icmp[1])->errors_suppressed, ==, 2);
  fixture_run(&line.f, 2500 * FIXTURE_MS);
  expire(&line, 8);
  fixture_run(&line.f, 2600 * FIXTURE_MS);
  g_assert_cmpuint(line.errors, ==, 8); /* 2.5 s later: two more */
  fixture_run(&line.f, 30 * SIM_SECOND);
  expire(&line, 8);
  fixture_run(&line.f, 31 * SIM_SECOND);
  g_assert_cmpuint(line.errors, ==, 14); /* no more than six are saved up */
  icmp_host_set_rate(line.icmp[1], 0);
  expire(&line, 8);
  fixture_run_all(&line.f);
  g_assert_cmpuint(line.errors, ==, 22);

  icmp_host_set_rate(line.icmp[1], ICMP_RATE_INTERVAL);
  link_set_mtu(&line.second->forward, 1000);
  for (unsigned i = 0; i < 20; i++) {
    Packet *packet = udp(&line, 1, 1001);
    packet->marks |= PACKET_DONT_FRAGMENT;
    node_send(line.f.a, packet);
  }
  fixture_run_all(&line.f);
  g_assert_cmpuint(line.errors, ==, 42); /* path MTU discovery waits for them */
  end(&line);
}

static void
a_quote_that_is_too_short_is_not_believed(void)
{
  Line line;
  start(&line);
  Packet *about = udp(&line, 1, 100);
  for (uint32_t length = 27; length <= 28; length++) {
    IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about, .quote_length = length};
    node_send(line.f.b, icmp_error_new(line.f.net, line.f.b, &args));
    fixture_run_all(&line.f);
    g_assert_cmpuint(line.errors, ==, length - 27);
  }
  g_assert_cmpuint(line.error.quoted_length, ==, 8);
  /* Nor one about a packet that somebody else sent. */
  about->source = node_address(line.r);
  IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about};
  Packet *error = icmp_error_new(line.f.net, line.f.b, &args);
  error->destination = node_address(line.f.a);
  node_send(line.f.b, error);
  fixture_run_all(&line.f);
  g_assert_cmpuint(line.errors, ==, 1);
  packet_free(line.f.net, about);
  end(&line);
}

/* What b's echo reply looks like when it arrives at a. */
typedef struct Reply {
  unsigned count;
  IcmpHeader icmp;
  uint32_t payload;
  char bytes[6];
} Reply;

static void
on_reply(void *self, Packet *packet, LinkDirection *arrived_on)
{
  Reply *reply = self;
  reply->count++;
  reply->icmp = packet->icmp;
  reply->payload = packet->payload;
  memcpy(reply->bytes, packet->ext->payload, 5);
  packet_free(arrived_on->link->net, packet);
}

static void
echo_of(Line *line, uint8_t request, uint8_t reply_type)
{
  Fixture *f = &line->f;
  Reply reply = {0};
  icmp_host_free(line->icmp[0]);
  node_set_protocol(f->a, NET_PROTO_ICMP, on_reply, &reply);
  Packet *packet = udp(line, 1, 100);
  packet->protocol = NET_PROTO_ICMP;
  packet->icmp = (IcmpHeader){.type = request, .id = 77, .sequence = 5};
  packet->payload = 5;
  packet_ext(f->net, packet)->payload = (uint8_t *)g_strdup("hello");
  node_send(f->a, packet);
  fixture_run_all(f);
  g_assert_cmpuint(reply.count, ==, 1);
  g_assert_cmpuint(reply.icmp.type, ==, reply_type);
  g_assert_cmpuint(reply.icmp.id, ==, 77);
  g_assert_cmpuint(reply.icmp.sequence, ==, 5);
  g_assert_cmpuint(reply.payload, ==, 5);
  g_assert_cmpstr(reply.bytes, ==, "hello");
  g_assert_cmpuint(icmp_host_counters(line->icmp[2])->echoes_answered, ==, 1);
  node_set_protocol(f->a, NET_PROTO_ICMP, NULL, NULL);
  line->icmp[0] = icmp_host_new(f->a);
}

static void
an_echo_comes_back_with_its_data(void)
{
  Line line;
  start(&line);
  echo_of(&line, 8, 0);
  end(&line);
  start(&line);
  use_ipv6(&line);
  echo_of(&line, 128, 129);
  end(&line);
}

static void
ipv6_has_types_of_its_own(void)
{
  Line line;
  start(&line);
  use_ipv6(&line);
  Fixture *f = &line.f;
  Packet *packet = udp(&line, 1, 100);
  packet->ttl = 1;
  node_send(f->a, packet);
  fixture_run_all(f);
  assert_told(&line, 1, ICMP_TTL_EXCEEDED, line.r, 1);
  g_assert_cmpuint(line.error.type, ==, 3);
  /* The router had no IPv6 address and was given one. */
  char text[NET_ADDRESS_TEXT];
  net_address_print(net_address(f->net, line.error.from), text);
  g_assert_cmpstr(text, ==, "fd00::1");

  link_set_mtu(&line.second->forward, 1280);
  node_send(f->a, udp(&line, 2, 1400)); /* IPv6 knows no DF: routers never fragment */
  fixture_run_all(f);
  assert_told(&line, 2, ICMP_TOO_BIG, line.r, 2);
  g_assert_cmpuint(line.error.type, ==, 2);
  g_assert_cmpuint(line.error.mtu, ==, 1280);
  g_assert_cmpuint(line.error.quoted_length, ==, 1280 - 88); /* two IPv6 headers and ICMP's */
  Packet *about = udp(&line, 1, 100);
  IcmpErrorArgs quench = {.kind = ICMP_SOURCE_QUENCH, .about = about};
  g_assert_null(icmp_error_new(f->net, f->b, &quench));
  packet_free(f->net, about);
  end(&line);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/icmp/" path, fn)
  TEST("every-reason-is-told", every_reason_is_told);
  TEST("too-big-with-the-mtu", what_may_not_be_fragmented_is_too_big);
  TEST("what-draws-no-error", some_packets_draw_no_error);
  TEST("rate-limit", errors_come_in_a_burst_and_then_once_a_second);
  TEST("short-quotes", a_quote_that_is_too_short_is_not_believed);
  TEST("echo", an_echo_comes_back_with_its_data);
  TEST("ipv6", ipv6_has_types_of_its_own);
  return g_test_run();
}
