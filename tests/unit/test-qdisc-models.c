/* Queue disciplines: CoDel's spacing of drops, PIE's probability by hand, RED's chances, flow
 * queueing and round robin; and for each that it conserves packets and obeys Little's law. */
#include <math.h>
#include <string.h>

#include "models/net/flow-hash.h"
#include "models/net/link.h"
#include "models/net/packet-classes.h"
#include "models/net/qdisc-pie.h"
#include "sim/stats.h"
#include "tests/unit/model-fixture.h"
#include "tests/unit/net-fixture.h"

#define RATE_1_US_PER_BYTE 8000000 /* bit/s */
#define MS SIM_MILLISECOND

static void *
set_queue(LinkDirection *direction, const QdiscOps *ops)
{
  void *state = g_malloc0(ops->state_size);
  ops->init(state, direction);
  link_set_queue(direction, ops, state);
  return state;
}

/* Drops of a listener's, with their times. */
typedef struct Drops {
  GArray *times; /* of SimTime */
  GArray *ids;   /* of uint64_t */
} Drops;

static void
on_record(Sim *sim, const void *data, void *self)
{
  const NetPacketRecord *record = data;
  const Drops *drops = self;
  if (record->event != NET_PACKET_DROP && record->event != NET_PACKET_MARK)
    return;
  g_array_append_val(drops->times, record->time);
  g_array_append_val(drops->ids, record->packet->id);
}

static Drops
listen(Sim *sim, Drops *drops)
{
  drops->times = g_array_new(FALSE, FALSE, sizeof(SimTime));
  drops->ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  sim_trace_listen(sim, NET_TRACE_PACKET, on_record, drops);
  return *drops;
}

static void
ignore(Sim *sim, Drops *drops)
{
  sim_trace_ignore(sim, NET_TRACE_PACKET, on_record, drops);
  g_array_unref(drops->times);
  g_array_unref(drops->ids);
}

static SimTime
drop_time(const Drops *drops, unsigned index)
{
  g_assert_cmpuint(index, <, drops->times->len);
  return g_array_index(drops->times, SimTime, index);
}

static void
send_ecn(Fixture *f, uint16_t number, uint32_t size, uint8_t ecn)
{
  Packet *packet = fixture_udp(f->net, f->a, f->b, number, size);
  packet->traffic_class = ecn;
  link_send(f->way, packet);
}

/* -- CoDel -- */

/* A queue that is always too long: 100 bytes each 0.1 ms leave, and nothing is let through to the
 * target. Drops come 100, 70.71, 57.74, 50, 44.72 ms apart, each at the next dequeue. */
static void
codel_spacing(uint8_t ecn)
{
  Fixture f;
  Drops drops;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_codel);
  model_set(qdisc_codel.params, state, "limit", 1e6);
  listen(f.sim, &drops);
  for (unsigned i = 1; i <= 8000; i++)
    send_ecn(&f, 1, 100, ecn);
  fixture_run(&f, 700 * MS);
  /* The first packet that has waited 5 ms leaves at 5 ms; an interval later dropping begins. */
  g_assert_cmpint(drop_time(&drops, 0), ==, 105 * MS);
  static const double gaps[] = {100, 70.71, 57.74, 50, 44.72};
  double next = 105;
  for (size_t i = 0; i < G_N_ELEMENTS(gaps); i++) {
    next += gaps[i];
    double seen = sim_time_to_seconds(drop_time(&drops, (unsigned)i + 1)) * 1000;
    g_assert_cmpfloat(seen, >=, next - 0.011); /* the figures are rounded */
    g_assert_cmpfloat(seen, <, next + 0.111);  /* one packet's time */
  }
  const LinkCounters *counters = link_counters(f.way);
  g_assert_cmpuint(ecn ? counters->marked : counters->dropped_queue, ==, drops.times->len);
  g_assert_cmpuint(ecn ? counters->dropped_queue : counters->marked, ==, 0);
  ignore(f.sim, &drops);
  fixture_free(&f);
}

static void
codel_drops_as_the_square_root(void)
{
  codel_spacing(NET_ECN_NOT);
}

static void
codel_marks_as_the_square_root(void)
{
  codel_spacing(NET_ECN_ECT0);
}

static void
codel_leaves_a_burst_alone(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_queue(f.way, &qdisc_codel);
  for (unsigned i = 0; i < 1000; i++)
    fixture_send(&f, 1, 100); /* 100 ms: less than an interval above 5 ms */
  fixture_run_all(&f);
  g_assert_cmpuint(link_dropped(f.way), ==, 0);
  for (unsigned i = 0; i < 1002; i++)
    fixture_send(&f, 1, 100); /* one is sent, 1000 wait */
  fixture_run_all(&f);
  g_assert_cmpuint(link_dropped(f.way), ==, 1);
  fixture_free(&f);
}

/* -- PIE -- */

static QdiscPie
pie_at(double drop_prob, double qdelay, double qdelay_old)
{
  return (QdiscPie){
      .target = 15 * MS,
      .t_update = 15 * MS,
      .max_burst = 150 * MS,
      .alpha = 0.125,
      .beta = 1.25,
      .drop_prob = drop_prob,
      .qdelay = (SimTime)(qdelay * 1000) * MS,
      .qdelay_old = (SimTime)(qdelay_old * 1000) * MS,
      .burst_allowance = 20 * MS,
  };
}

/* Worked by hand from RFC 8033 4.2: alpha (qdelay - target) + beta (qdelay - qdelay_old), divided
 * by what the table says for the probability before. */
static void
pie_update_by_hand(void)
{
  static const struct {
    double before, qdelay, qdelay_old, after;
  } rows[] = {
      {0, 0.115, 0.015, (0.125 * 0.1 + 1.25 * 0.1) / 2048},
      {0.000005, 0.035, 0.025, 0.000005 + (0.125 * 0.02 + 1.25 * 0.01) / 512},
      {0.00005, 0.035, 0.025, 0.00005 + 0.015 / 128},
      {0.0005, 0.035, 0.025, 0.0005 + 0.015 / 32},
      {0.005, 0.035, 0.025, 0.005 + 0.015 / 8},
      {0.05, 0.035, 0.025, 0.05 + 0.015 / 2},
      {0.5, 0.035, 0.025, 0.515},
      {0.5, 0.115, 0.015, 0.52},                 /* at most 2 % a step from 10 % on */
      {0.05, 0.005, 0.025, 0.05 - 0.02625 / 2},  /* falling */
      {0.01, 0, 0.015, 0},                       /* never below 0 */
      {0.5, 0, 0, (0.5 - 0.125 * 0.015) * 0.98}, /* idle: it decays */
      {0.999, 0.115, 0.015, 1},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    QdiscPie pie = pie_at(rows[i].before, rows[i].qdelay, rows[i].qdelay_old);
    qdisc_pie_update(&pie);
    g_assert_cmpfloat_with_epsilon(pie.drop_prob, rows[i].after, 1e-12);
    g_assert_cmpint(pie.qdelay_old, ==, pie.qdelay);
    g_assert_cmpint(pie.burst_allowance, ==, 5 * MS);
  }
  QdiscPie idle = pie_at(0, 0, 0);
  qdisc_pie_update(&idle);
  g_assert_cmpint(idle.burst_allowance, ==, 150 * MS);
}

/* Twice what the link can send, without control: a burst passes for 150 ms, then the waiting time
 * comes to its target and half of the packets are dropped. */
static void
pie_keeps_to_its_target(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  QdiscPie *pie = set_queue(f.way, &qdisc_pie);
  SimTime sum = 0;
  unsigned samples = 0;
  for (unsigned i = 0; i < 20000; i++) { /* 20 s, 2 ms of data each ms */
    fixture_send(&f, 1, 1000);
    fixture_send(&f, 2, 1000);
    fixture_run(&f, (i + 1) * MS);
    if (i == 60)
      g_assert_cmpuint(link_dropped(f.way), ==, 0);
    if (i >= 10000) {
      sum += pie->qdelay;
      samples++;
    }
  }
  double mean = sim_time_to_seconds(sum / samples);
  g_assert_cmpfloat(fabs(mean - 0.015), <, 0.003);
  /* Half has to go. The probability is above that: a first packet behind a drop is always kept
   * (5.4). */
  g_assert_cmpfloat(pie->drop_prob, >, 0.5);
  g_assert_cmpfloat(pie->drop_prob, <, 0.95);
  g_assert_cmpfloat(fabs((double)link_dropped(f.way) / 40000 - 0.5), <, 0.02);
  fixture_free(&f);
}

/* -- RED -- */

/* How many packets come from one drop to the next while `length` wait: the gap is uniform between 1
 * and 1 / p_b. Each packet that gets in is taken out again. */
static double
red_mean_gap(unsigned length, bool gentle)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_red);
  model_set(qdisc_red.params, state, "min", 10);
  model_set(qdisc_red.params, state, "max", 30);
  model_set(qdisc_red.params, state, "weight", 1); /* the mean is the length itself */
  model_set(qdisc_red.params, state, "limit", 1000);
  model_set(qdisc_red.params, state, "gentle", gentle);
  Packet *packet;
  model_set(qdisc_red.params, state, "max_p", 1e-9);
  while (qdisc_red.packets(state) < length) {
    packet = fixture_udp(f.net, f.a, f.b, 1, 100);
    if (qdisc_red.enqueue(state, packet, 0) != NULL)
      packet_free(f.net, packet);
  }
  model_set(qdisc_red.params, state, "max_p", 0.1);
  unsigned offered = 0;
  for (unsigned drops = 0; drops < 2000; offered++) {
    packet = fixture_udp(f.net, f.a, f.b, 1, 100);
    if (qdisc_red.enqueue(state, packet, 0) != NULL)
      drops++;
    else
      packet = qdisc_red.dequeue(state, 0);
    packet_free(f.net, packet);
  }
  fixture_free(&f);
  return (double)offered / 2000;
}

static void
red_spreads_its_drops(void)
{
  /* half way between min and max: p_b = 5 %, a gap of 1 to 20 */
  g_assert_cmpfloat(fabs(red_mean_gap(20, true) - 10.5), <, 0.5);
  /* gentle, half way between max and 2 max: 10 % + 45 % = 55 % */
  g_assert_cmpfloat(red_mean_gap(45, true), <, 1.6);
  /* at 30 and not gentle: everything */
  g_assert_cmpfloat(red_mean_gap(30, false), ==, 1);
}

static void
red_marks_between_its_thresholds_only(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_red);
  model_set(qdisc_red.params, state, "weight", 1);
  model_set(qdisc_red.params, state, "max_p", 1);
  link_pause(f.way);
  for (unsigned i = 0; i < 60; i++)
    send_ecn(&f, 1, 100, NET_ECN_ECT0);
  const LinkCounters *counters = link_counters(f.way);
  g_assert_cmpuint(counters->marked, >=, 5);
  g_assert_cmpuint(counters->marked, <=, 10); /* of those that found 5 to 15 */
  g_assert_cmpuint(counters->dropped_queue, ==, 60 - link_queue_packets(f.way));
  g_assert_cmpuint(counters->dropped_queue, >, 30);
  fixture_free(&f);
}

/* Whether a packet gets in. */
static bool
red_takes(Fixture *f, void *state, SimTime now)
{
  Packet *packet = fixture_udp(f->net, f->a, f->b, 1, 100);
  if (qdisc_red.enqueue(state, packet, now) == NULL)
    return true;
  packet_free(f->net, packet);
  return false;
}

/* A packet that an empty queue drops does not end its idle time: the mean goes on falling. */
static void
red_forgets_while_it_drops(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0); /* 1,000 packets of mean_packet a second */
  void *state = set_queue(f.way, &qdisc_red);
  model_set(qdisc_red.params, state, "min", 10);
  model_set(qdisc_red.params, state, "max", 30);
  model_set(qdisc_red.params, state, "max_p", 1e-9);
  model_set(qdisc_red.params, state, "gentle", false);
  model_set(qdisc_red.params, state, "weight", 0.001);
  model_set(qdisc_red.params, state, "limit", 1000);
  while (red_takes(&f, state, 0))
    ;
  for (unsigned i = 0; i < 10; i++) /* the mean is above 30 by more than a packet then */
    g_assert_false(red_takes(&f, state, 0));
  for (Packet *packet; (packet = qdisc_red.dequeue(state, 0)) != NULL;)
    packet_free(f.net, packet);
  g_assert_false(red_takes(&f, state, MS));
  g_assert_false(red_takes(&f, state, 2 * MS));
  g_assert_true(red_takes(&f, state, 1000 * MS)); /* 0.999 to the 1,000th: 12 */
  fixture_free(&f);
}

/* Adaptive: whatever the load, the mean comes between 40 and 60 % of the way. */
static void
red_adapts(void)
{
  static const double loads[] = {1.05, 1.3};
  for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
    Fixture f;
    SimTimeMean level;
    fixture_link(&f, RATE_1_US_PER_BYTE, 0);
    void *state = set_queue(f.way, &qdisc_red);
    model_set(qdisc_red.params, state, "min", 10);
    model_set(qdisc_red.params, state, "max", 30);
    model_set(qdisc_red.params, state, "adaptive", 1);
    for (unsigned k = 0; k < 60000; k++) {
      if (k == 30000)
        sim_time_mean_init(&level, sim_now(f.sim), link_queue_packets(f.way));
      fixture_send(&f, 1, 1000);
      fixture_run(&f, (SimTime)((double)(k + 1) * (double)MS / loads[i]));
      if (k >= 30000)
        sim_time_mean_set(&level, sim_now(f.sim), link_queue_packets(f.way));
    }
    double mean = sim_time_mean_value(&level, sim_now(f.sim));
    g_assert_cmpfloat(mean, >, 15);
    g_assert_cmpfloat(mean, <, 25);
    fixture_free(&f);
  }
}

/* -- flows -- */

/* Packets of two flows, by their port; the size of each flow's. */
static void
two_flows(const QdiscOps *ops, unsigned first, unsigned second, uint32_t size_first,
          uint32_t size_second, unsigned seen[2])
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_queue(f.way, ops);
  fixture_send(&f, 9, 100); /* is sent meanwhile */
  for (unsigned i = 0; i < MAX(first, second); i++) {
    if (i < first)
      fixture_send(&f, 1, size_first);
    if (i < second)
      fixture_send(&f, 2, size_second);
  }
  fixture_run(&f, 100 * MS);
  seen[0] = seen[1] = 0;
  for (unsigned i = 0; i < f.arrivals->len; i++)
    if (fixture_arrival(&f, i)->number <= 2)
      seen[fixture_arrival(&f, i)->number - 1] +=
          fixture_arrival(&f, i)->number == 1 ? size_first : size_second;
  fixture_free(&f);
}

static void
flows_share_by_bytes(void)
{
  const QdiscOps *const disciplines[] = {&qdisc_drr, &qdisc_fq_codel};
  for (size_t i = 0; i < G_N_ELEMENTS(disciplines); i++) {
    unsigned seen[2];
    two_flows(disciplines[i], 900, 90, 100, 1000, seen); /* 100 ms are 100,000 bytes */
    g_assert_cmpint(abs((int)seen[0] - (int)seen[1]), <=, 3000);
    g_assert_cmpuint(seen[0] + seen[1], >, 98000);
  }
}

/* RFC 8290 4.2, "sparse flow optimization": a flow that sends little is served before those that
 * have a queue. */
static void
fq_codel_serves_a_new_flow_first(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_queue(f.way, &qdisc_fq_codel);
  for (unsigned i = 0; i < 50; i++)
    fixture_send(&f, 1, 1500);
  fixture_run(&f, 10 * MS); /* flow 1 has had its quanta and is an old flow */
  fixture_send(&f, 2, 100);
  unsigned waiting = link_queue_packets(f.way);
  g_assert_cmpuint(waiting, >, 30);
  fixture_run_all(&f);
  for (unsigned i = 0; i < f.arrivals->len; i++)
    if (fixture_arrival(&f, i)->number == 2)
      g_assert_cmpint(fixture_arrival(&f, i)->time, <=, 12100 * FIXTURE_US);
  fixture_free(&f);
}

/* RFC 8290 4.1: at the limit the fattest flow loses from its head, up to half of it. */
static void
fq_codel_drops_from_the_fattest(void)
{
  Fixture f;
  Drops drops;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_fq_codel);
  model_set(qdisc_fq_codel.params, state, "limit", 50);
  link_pause(f.way);
  listen(f.sim, &drops);
  for (unsigned i = 0; i < 10; i++)
    fixture_send(&f, 2, 100);
  for (unsigned i = 0; i < 41; i++)
    fixture_send(&f, 1, 100); /* the last is the 51st */
  g_assert_cmpuint(drops.times->len, ==, 21);
  uint64_t first = g_array_index(drops.ids, uint64_t, 0) & 0xffff;
  g_assert_cmpuint(first, ==, 11); /* the head of flow 1 */
  g_assert_cmpuint(link_queue_packets(f.way), ==, 30);
  ignore(f.sim, &drops);
  fixture_free(&f);
}

/* RFC 8290 5.3 reckons with hashing at random: of 100 flows over 1,024 queues a share of
 * 1 - (1 - 1/1024)^99 = 9.2 % has another one in its queue. */
static void
flows_are_hashed_evenly(void)
{
  unsigned collided = 0;
  for (unsigned run = 0; run < 200; run++) {
    unsigned used[1024] = {0}, queues[100];
    for (unsigned i = 0; i < 100; i++) {
      Packet packet = {.protocol = NET_PROTO_UDP, .source = 1, .destination = 2};
      packet.udp.source_port = (uint16_t)(49152 + i);
      packet.udp.destination_port = 80;
      queues[i] = flow_hash(&packet, run, 1024);
      used[queues[i]]++;
    }
    for (unsigned i = 0; i < 100; i++)
      collided += used[queues[i]] > 1;
  }
  g_assert_cmpfloat(fabs(collided / 20000.0 - 0.092), <, 0.012);
}

static PacketMatch *
rule(const char *text)
{
  PacketMatch *match = packet_match_parse(NULL, text, NULL);
  g_assert_nonnull(match);
  return match;
}

static bool
is_one(const Packet *packet, void *data)
{
  return packet->udp.source_port == 1;
}

static void
priority_is_strict(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_priority);
  GError *error = NULL;
  g_assert_false(qdisc_priority.check(state, &error));
  fixture_assert_error(&error, "classes is missing");
  g_assert_true(qdisc_priority.add_class(state, packet_match_function(is_one, NULL, NULL)));
  g_assert_true(qdisc_priority.check(state, &error));
  link_pause(f.way);
  for (unsigned i = 0; i < 3; i++) {
    fixture_send(&f, 2, 100);
    fixture_send(&f, 1, 100);
  }
  link_resume(f.way);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 1 1 2 2 2");
  for (unsigned i = 1; i < PACKET_CLASSES_MAX - 1; i++)
    g_assert_true(qdisc_priority.add_class(state, rule("ANY")));
  PacketMatch *one_more = rule("ANY");
  g_assert_false(qdisc_priority.add_class(state, one_more));
  packet_match_free(one_more);
  fixture_free(&f);
}

static void
drr_has_weights(void)
{
  const double weights[] = {3, 1};
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  void *state = set_queue(f.way, &qdisc_drr);
  g_assert_true(qdisc_drr.add_class(state, packet_match_function(is_one, NULL, NULL)));
  model_set_list(qdisc_drr.params, state, "weights", weights, 2);
  g_assert_true(qdisc_drr.check(state, NULL));
  link_pause(f.way);
  for (unsigned i = 0; i < 400; i++) {
    fixture_send(&f, 1, 500);
    fixture_send(&f, 2, 500);
  }
  link_resume(f.way);
  fixture_run(&f, 200 * MS); /* 400 packets: 300 and 100 */
  unsigned first = 0;
  for (unsigned i = 0; i < f.arrivals->len; i++)
    first += fixture_arrival(&f, i)->number == 1;
  g_assert_cmpint(abs((int)first - 300), <=, 9);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/codel/drops-as-the-square-root", codel_drops_as_the_square_root);
  g_test_add_func("/codel/marks-as-the-square-root", codel_marks_as_the_square_root);
  g_test_add_func("/codel/leaves-a-burst-alone", codel_leaves_a_burst_alone);
  g_test_add_func("/pie/update-by-hand", pie_update_by_hand);
  g_test_add_func("/pie/keeps-to-its-target", pie_keeps_to_its_target);
  g_test_add_func("/red/spreads-its-drops", red_spreads_its_drops);
  g_test_add_func("/red/marks", red_marks_between_its_thresholds_only);
  g_test_add_func("/red/forgets-while-it-drops", red_forgets_while_it_drops);
  g_test_add_func("/red/adapts", red_adapts);
  g_test_add_func("/flows/share-by-bytes", flows_share_by_bytes);
  g_test_add_func("/flows/hashed-evenly", flows_are_hashed_evenly);
  g_test_add_func("/fq-codel/new-flow-first", fq_codel_serves_a_new_flow_first);
  g_test_add_func("/fq-codel/fattest", fq_codel_drops_from_the_fattest);
  g_test_add_func("/priority/strict", priority_is_strict);
  g_test_add_func("/drr/weights", drr_has_weights);
  return g_test_run();
}
