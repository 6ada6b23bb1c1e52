/* Queue disciplines: the list, and drop-tail's limits to the packet and to the byte. */
#include "models/net/qdisc.h"

#include "tests/unit/net-fixture.h"

static QdiscDroptail
droptail(int64_t packets, int64_t bytes)
{
  QdiscDroptail queue;
  qdisc_droptail.init(&queue, NULL);
  queue.limit_packets = packets;
  queue.limit_bytes = bytes;
  return queue;
}

static Packet
packet_of(uint32_t size)
{
  return (Packet){.protocol = NET_PROTO_UDP, .family = 4, .payload = size - 28};
}

static void
droptail_is_first_in_first_out(void)
{
  QdiscDroptail queue = droptail(10, -1);
  Packet packets[3] = {packet_of(100), packet_of(200), packet_of(300)};
  for (int i = 0; i < 3; i++)
    g_assert_null(qdisc_droptail.enqueue(&queue, &packets[i], 0));
  g_assert_cmpuint(qdisc_droptail.packets(&queue), ==, 3);
  g_assert_cmpuint(qdisc_droptail.bytes(&queue), ==, 600);
  g_assert_true(qdisc_droptail.dequeue(&queue, 0) == &packets[0]);
  g_assert_true(qdisc_droptail.dequeue(&queue, 0) == &packets[1]);
  g_assert_null(qdisc_droptail.enqueue(&queue, &packets[0], 0));
  g_assert_true(qdisc_droptail.dequeue(&queue, 0) == &packets[2]);
  g_assert_true(qdisc_droptail.dequeue(&queue, 0) == &packets[0]);
  g_assert_null(qdisc_droptail.dequeue(&queue, 0));
  g_assert_cmpuint(qdisc_droptail.packets(&queue), ==, 0);
  g_assert_cmpuint(qdisc_droptail.bytes(&queue), ==, 0);
}

static void
droptail_refuses_what_does_not_fit(void)
{
  Packet packets[3] = {packet_of(100), packet_of(100), packet_of(100)};
  QdiscDroptail two = droptail(2, -1);
  g_assert_null(qdisc_droptail.enqueue(&two, &packets[0], 0));
  g_assert_null(qdisc_droptail.enqueue(&two, &packets[1], 0));
  g_assert_cmpstr(qdisc_droptail.enqueue(&two, &packets[2], 0), ==, "queue full");
  g_assert_cmpuint(qdisc_droptail.packets(&two), ==, 2);

  QdiscDroptail bytes = droptail(-1, 299);
  g_assert_null(qdisc_droptail.enqueue(&bytes, &packets[0], 0));
  g_assert_null(qdisc_droptail.enqueue(&bytes, &packets[1], 0));
  g_assert_cmpstr(qdisc_droptail.enqueue(&bytes, &packets[2], 0), ==, "queue full");
  packets[2] = packet_of(99);
  g_assert_null(qdisc_droptail.enqueue(&bytes, &packets[2], 0));

  QdiscDroptail nothing = droptail(0, -1);
  g_assert_cmpstr(qdisc_droptail.enqueue(&nothing, &packets[0], 0), ==, "queue full");
}

static void
droptail_holds_a_hundred_packets_by_default(void)
{
  QdiscDroptail queue;
  qdisc_droptail.init(&queue, NULL);
  g_assert_cmpint(queue.limit_packets, ==, 100);
  g_assert_cmpint(queue.limit_bytes, ==, -1);
}

static void
parameters_reach_the_limits(void)
{
  QdiscDroptail queue = droptail(100, -1);
  SimParamValue packets = {.type = SIM_VALUE_NUMBER, .number = 7};
  SimParamValue bytes = {.type = SIM_VALUE_NUMBER, .number = 3000};
  const SimParam *params = qdisc_droptail.params;
  GError *error = NULL;
  sim_param_set(sim_param_find(params, "packets"), &queue, &packets, &error);
  g_assert_no_error(error);
  sim_param_set(sim_param_find(params, "bytes"), &queue, &bytes, &error);
  g_assert_no_error(error);
  g_assert_cmpint(queue.limit_packets, ==, 7);
  g_assert_cmpint(queue.limit_bytes, ==, 3000);
  SimParamValue none = {.type = SIM_VALUE_NUMBER, .number = -1};
  sim_param_set(sim_param_find(params, "packets"), &queue, &none, &error);
  g_assert_no_error(error);
  g_assert_cmpint(queue.limit_packets, ==, -1);
}

static void
list_knows_the_disciplines(void)
{
  g_assert_true(qdisc_find("droptail") == &qdisc_droptail);
  g_assert_null(qdisc_find("drop-tail"));
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++)
    g_assert_true(qdisc_find((*ops)->name) == *ops);
}

/* A discipline that is not drop-tail sees every packet, also one that finds the link idle. */

typedef struct Counting {
  QdiscDroptail queue;
  unsigned seen;
} Counting;

static void
counting_init(void *state, struct LinkDirection *direction)
{
  qdisc_droptail.init(&((Counting *)state)->queue, direction);
}

static const char *
counting_enqueue(void *state, Packet *packet, SimTime now)
{
  ((Counting *)state)->seen++;
  return qdisc_droptail.enqueue(&((Counting *)state)->queue, packet, now);
}

static Packet *
counting_dequeue(void *state, SimTime now)
{
  return qdisc_droptail.dequeue(&((Counting *)state)->queue, now);
}

static uint32_t
counting_packets(const void *state)
{
  return qdisc_droptail.packets(&((const Counting *)state)->queue);
}

static uint64_t
counting_bytes(const void *state)
{
  return qdisc_droptail.bytes(&((const Counting *)state)->queue);
}

static void
other_disciplines_see_every_packet(void)
{
  static const QdiscOps counting = {
      .name = "counting",
      .state_size = sizeof(Counting),
      .init = counting_init,
      .enqueue = counting_enqueue,
      .dequeue = counting_dequeue,
      .packets = counting_packets,
      .bytes = counting_bytes,
  };
  Fixture f;
  fixture_link(&f, 8000000, 0);
  Counting *state = g_malloc0(counting.state_size);
  counting.init(state, f.way);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  link_set_queue(f.way, &counting, state); /* 2 moves over */
  fixture_run_all(&f);
  fixture_send(&f, 3, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3");
  g_assert_cmpuint(state->seen, ==, 2);
  fixture_free(&f);
}

/* DCTCP's threshold: what finds two waiting is marked, if its sender knows ECN. */
static void
droptail_marks_above_a_threshold(void)
{
  Fixture f;
  fixture_link(&f, 8000000, 0);
  QdiscDroptail *queue = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(queue, f.way);
  queue->mark = 2;
  link_set_queue(f.way, &qdisc_droptail, queue);
  for (unsigned i = 1; i <= 5; i++) { /* 1 is sent at once, 4 and 5 find two and three */
    Packet *packet = fixture_udp(f.net, f.a, f.b, i, 100);
    packet->traffic_class = i == 4 ? NET_ECN_NOT : NET_ECN_ECT0;
    link_send(f.way, packet);
  }
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 4 5");
  const unsigned expected[] = {NET_ECN_ECT0, NET_ECN_ECT0, NET_ECN_ECT0, NET_ECN_NOT, NET_ECN_CE};
  for (unsigned i = 0; i < 5; i++)
    g_assert_cmpuint(fixture_arrival(&f, i)->traffic_class, ==, expected[i]);
  g_assert_cmpuint(link_counters(f.way)->marked, ==, 1);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/qdisc/droptail-is-first-in-first-out", droptail_is_first_in_first_out);
  g_test_add_func("/qdisc/droptail-refuses-what-does-not-fit", droptail_refuses_what_does_not_fit);
  g_test_add_func("/qdisc/droptail-default", droptail_holds_a_hundred_packets_by_default);
  g_test_add_func("/qdisc/parameters-reach-the-limits", parameters_reach_the_limits);
  g_test_add_func("/qdisc/list-knows-the-disciplines", list_knows_the_disciplines);
  g_test_add_func("/qdisc/droptail-marks", droptail_marks_above_a_threshold);
  g_test_add_func("/qdisc/others-see-every-packet", other_disciplines_see_every_packet);
  return g_test_run();
}
