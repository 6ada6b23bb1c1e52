/* What queueing theory says of a link: M/M/1, M/D/1 and M/M/1/K within 2 % at loads of .5, .8 and
 * .9; Little's law and the conservation of packets for every discipline. */
#include <math.h>

#include "models/net/link.h"
#include "tests/unit/model-fixture.h"
#include "tests/unit/net-fixture.h"

#define RATE_1_US_PER_BYTE 8000000 /* bit/s */
#define MEAN_SIZE 10000            /* bytes: 10 ms */
#define SERVICE 0.01               /* s */

/* -- one queue against its formula: the fast way of a link -- */

typedef struct Load {
  Fixture f;
  SimEvent arrival;
  SimRng rng;
  double gap;     /* mean time between two packets, s */
  unsigned left;  /* packets to send */
  bool constant;  /* their size, or it is exponential */
  GArray *inside; /* of SimTime: when those that are in the link came, from `first` on */
  guint first;
  double sojourn;  /* sum over those that have left, s */
  double services; /* the same of their own times */
  uint64_t passed;
} Load;

static void
on_arrival(void *self, Packet *packet, LinkDirection *way)
{
  Load *load = self;
  SimTime came = g_array_index(load->inside, SimTime, load->first++);
  load->sojourn += sim_time_to_seconds(sim_now(load->f.sim) - came);
  load->services += packet_size(packet) * 1e-6;
  load->passed++;
  packet_free(load->f.net, packet);
}

/* At least the headers. */
static uint32_t
exponential_size(SimRng *rng, double mean, double most)
{
  double size = sim_rng_exponential(rng, mean) + 0.5;
  return (uint32_t)CLAMP(size, 28, most);
}

static void
on_load(Sim *sim, SimEvent *event)
{
  Load *load = sim_container(event, Load, arrival);
  uint32_t size = MEAN_SIZE;
  if (!load->constant)
    size = exponential_size(&load->rng, MEAN_SIZE, 1e9);
  uint64_t dropped = link_dropped(load->f.way);
  SimTime now = sim_now(sim);
  fixture_send(&load->f, 1, size);
  if (link_dropped(load->f.way) == dropped)
    g_array_append_val(load->inside, now);
  if (--load->left > 0)
    sim_schedule(sim, &load->arrival,
                 now + sim_time_from_seconds(sim_rng_exponential(&load->rng, load->gap)),
                 SIM_APPLICATION, &sim->scenario);
}

/* Runs `packets` through a drop-tail queue of so many places besides the transmitter; -1: any. */
static void
run_load(Load *load, double rho, bool constant, int64_t places, unsigned packets)
{
  *load = (Load){.gap = SERVICE / rho, .left = packets, .constant = constant};
  fixture_link(&load->f, RATE_1_US_PER_BYTE, 0);
  load->inside = g_array_new(FALSE, FALSE, sizeof(SimTime));
  link_set_mtu(load->f.way, 1000000000);
  QdiscDroptail *queue = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(queue, load->f.way);
  queue->limit_packets = places;
  link_set_queue(load->f.way, &qdisc_droptail, queue);
  node_set_protocol(load->f.b, NET_PROTO_UDP, NULL, NULL);
  node_set_protocol(load->f.b, NET_PROTO_UDP, on_arrival, load);
  sim_rng_init(&load->rng, 20261128, "load");
  sim_event_init(&load->arrival, on_load);
  sim_schedule(load->f.sim, &load->arrival, 0, SIM_APPLICATION, &load->f.sim->scenario);
  fixture_run_all(&load->f);
  g_assert_cmpint(load->f.way->way, ==, LINK_FAST);
}

static void
free_load(Load *load)
{
  g_array_unref(load->inside);
  fixture_free(&load->f);
}

static void
assert_within_2_percent(const char *what, double rho, double seen, double expected)
{
  g_test_message("%s at %g: %g, by theory %g (%+.2f %%)", what, rho, seen, expected,
                 100 * (seen / expected - 1));
  if (fabs(seen / expected - 1) > 0.02)
    g_error("%s at %g: %g, by theory %g", what, rho, seen, expected);
}

static const double loads[] = {0.5, 0.8, 0.9};
static const unsigned packets_for[] = {500000, 1500000, 4000000};

/* The mean time in the system is S / (1 - rho). */
static void
m_m_1(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
    Load load;
    run_load(&load, loads[i], false, -1, packets_for[i]);
    assert_within_2_percent("M/M/1", loads[i], load.sojourn / (double)load.passed,
                            SERVICE / (1 - loads[i]));
    free_load(&load);
  }
}

/* The mean wait is half of M/M/1's: S rho / (2 (1 - rho)). */
static void
m_d_1(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
    Load load;
    run_load(&load, loads[i], true, -1, packets_for[i]);
    double wait = (load.sojourn - load.services) / (double)load.passed;
    assert_within_2_percent("M/D/1", loads[i], wait, SERVICE * loads[i] / (2 * (1 - loads[i])));
    free_load(&load);
  }
}

/* With K = 5 in all: the share that is refused is (1 - rho) rho^K / (1 - rho^(K + 1)), and the mean
 * number inside follows from the same distribution. */
static void
m_m_1_k(void)
{
  enum { K = 5 };
  for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
    Load load;
    double rho = loads[i];
    run_load(&load, rho, false, K - 1, 2000000);
    double p[K + 1], inside = 0;
    for (int n = 0; n <= K; n++) {
      p[n] = (1 - rho) * pow(rho, n) / (1 - pow(rho, K + 1));
      inside += n * p[n];
    }
    const LinkCounters *counters = link_counters(load.f.way);
    double refused = (double)counters->dropped_queue / (double)counters->sent_packets;
    assert_within_2_percent("M/M/1/K: refused", rho, refused, p[K]);
    double seconds = sim_time_to_seconds(sim_now(load.f.sim));
    assert_within_2_percent("M/M/1/K: inside", rho, load.sojourn / seconds, inside);
    free_load(&load);
  }
}

/* -- every discipline: Little's law and conservation -- */

/* Twenty flows, half of them with ECN, at a load that overflows the queue now and then. What waits
 * is looked at by a clock of its own, and the times of waiting come from the packets' records, so
 * that the two sides of Little's law are measured apart. */
typedef struct Watch {
  Fixture f;
  SimEvent arrival;
  SimTimer look;
  SimRng rng;
  unsigned left, looks;
  double waiting; /* sum of the looks, packets */
  double waited;  /* sum over packets, s */
  GArray *came;   /* of SimTime, by the packet's count */
  uint64_t base;
} Watch;

static void
on_send(Sim *sim, SimEvent *event)
{
  Watch *watch = sim_container(event, Watch, arrival);
  uint16_t flow = (uint16_t)sim_rng_below(&watch->rng, 20) + 1;
  uint32_t size = exponential_size(&watch->rng, 900, 1500);
  Packet *packet = fixture_udp(watch->f.net, watch->f.a, watch->f.b, flow, size);
  packet->traffic_class = flow % 2 == 0 ? NET_ECN_ECT0 : NET_ECN_NOT;
  link_send(watch->f.way, packet);
  /* Loads of 0.6 and 1.5 by turns of half a second. */
  double load = sim_now(sim) / (SIM_SECOND / 2) % 2 == 0 ? 0.6 : 1.5;
  if (--watch->left > 0)
    sim_schedule(sim, &watch->arrival,
                 sim_now(sim) +
                     sim_time_from_seconds(sim_rng_exponential(&watch->rng, 700e-6 / load)),
                 SIM_APPLICATION, &sim->scenario);
}

static void
on_look(Sim *sim, SimTimer *timer)
{
  Watch *watch = sim_container(timer, Watch, look);
  uint32_t waiting = link_queue_packets(watch->f.way);
  const LinkCounters *counters = link_counters(watch->f.way);
  g_assert_cmpuint(counters->sent_packets, ==,
                   counters->transmitted_packets + counters->dropped_queue + waiting);
  watch->waiting += waiting;
  watch->looks++;
  if (watch->left > 0)
    sim_timer_set(sim, timer, sim_now(sim) + 213 * FIXTURE_US, &sim->scenario);
}

static void
on_record(Sim *sim, const void *data, void *self)
{
  Watch *watch = self;
  const NetPacketRecord *record = data;
  if (record->event == NET_PACKET_SEND) {
    if (watch->base == 0)
      watch->base = record->packet->id;
    g_array_append_val(watch->came, record->time);
  } else if (record->event == NET_PACKET_TRANSMIT || record->event == NET_PACKET_DROP) {
    SimTime came = g_array_index(watch->came, SimTime, (guint)(record->packet->id - watch->base));
    watch->waited += sim_time_to_seconds(record->time - came);
  }
}

static bool
of_low_ports(const Packet *packet, void *data)
{
  return packet->udp.source_port <= 5;
}

static void
watch_discipline(const QdiscOps *ops)
{
  Watch watch = {.left = 150000, .came = g_array_new(FALSE, FALSE, sizeof(SimTime))};
  fixture_link(&watch.f, RATE_1_US_PER_BYTE, 0);
  void *state = g_malloc0(ops->state_size);
  ops->init(state, watch.f.way);
  model_set(ops->params, state, ops == &qdisc_droptail ? "packets" : "limit", 60);
  if (ops->add_class != NULL)
    ops->add_class(state, packet_match_function(of_low_ports, NULL, NULL));
  link_set_queue(watch.f.way, ops, state);
  sim_trace_listen(watch.f.sim, NET_TRACE_PACKET, on_record, &watch);
  sim_rng_init(&watch.rng, 4, "load");
  sim_event_init(&watch.arrival, on_send);
  sim_timer_init(&watch.look, on_look);
  sim_schedule(watch.f.sim, &watch.arrival, 0, SIM_APPLICATION, &watch.f.sim->scenario);
  sim_timer_set(watch.f.sim, &watch.look, 0, &watch.f.sim->scenario);
  fixture_run_all(&watch.f);

  const LinkCounters *counters = link_counters(watch.f.way);
  double seconds = sim_time_to_seconds(sim_now(watch.f.sim));
  double mean = watch.waiting / watch.looks, law = watch.waited / seconds;
  g_test_message("%s: %.3f packets wait, lambda W = %.3f; %u dropped, %u marked", ops->name, mean,
                 law, (unsigned)counters->dropped_queue, (unsigned)counters->marked);
  g_assert_cmpfloat(fabs(mean / law - 1), <, 0.01);
  g_assert_cmpfloat(mean, >, 0.5);
  g_assert_cmpuint(counters->sent_packets, ==, 150000);
  g_assert_cmpuint(counters->sent_packets, ==,
                   counters->delivered_packets + link_dropped(watch.f.way));
  g_assert_cmpuint(counters->dropped_queue, >, 100);
  g_assert_cmpuint(watch.f.arrivals->len, ==, counters->delivered_packets);
  sim_trace_ignore(watch.f.sim, NET_TRACE_PACKET, on_record, &watch);
  g_array_unref(watch.came);
  fixture_free(&watch.f);
}

static void
little_and_conservation(void)
{
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++)
    watch_discipline(*ops);
}

/* A link that is cut, and a discipline that takes another's place, with packets in it. */
static void
nothing_is_lost_on_a_change(void)
{
  for (const QdiscOps *const *ops = qdisc_list(); *ops != NULL; ops++) {
    Fixture f;
    fixture_link(&f, RATE_1_US_PER_BYTE, FIXTURE_MS);
    void *state = g_malloc0((*ops)->state_size);
    (*ops)->init(state, f.way);
    link_set_queue(f.way, *ops, state);
    for (unsigned i = 0; i < 12; i++)
      fixture_send(&f, i % 3, 100);
    QdiscDroptail *queue = g_malloc0(qdisc_droptail.state_size);
    qdisc_droptail.init(queue, f.way);
    link_set_queue(f.way, &qdisc_droptail, queue);
    g_assert_cmpuint(link_queue_packets(f.way), ==, 11);
    state = g_malloc0((*ops)->state_size);
    (*ops)->init(state, f.way);
    link_set_queue(f.way, *ops, state);
    g_assert_cmpuint(link_queue_packets(f.way), ==, 11);
    g_assert_cmpuint(link_queue_bytes(f.way), ==, 1100);
    fixture_run(&f, 250 * FIXTURE_US);
    link_down(f.way);
    g_assert_cmpuint(link_queue_packets(f.way), ==, 0);
    g_assert_cmpuint(link_queue_bytes(f.way), ==, 0);
    g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 12);
    link_up(f.way);
    for (unsigned i = 0; i < 12; i++)
      fixture_send(&f, i % 3, 100);
    fixture_run(&f, FIXTURE_MS);
    fixture_free(&f); /* with packets everywhere */
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/queueing/m-m-1", m_m_1);
  g_test_add_func("/queueing/m-d-1", m_d_1);
  g_test_add_func("/queueing/m-m-1-k", m_m_1_k);
  g_test_add_func("/queueing/little-and-conservation", little_and_conservation);
  g_test_add_func("/queueing/changes", nothing_is_lost_on_a_change);
  return g_test_run();
}
