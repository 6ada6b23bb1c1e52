/* Links: when packets arrive and which are lost; that both ways of working agree to the picosecond;
 * that packets are conserved whatever happens to a direction. */
#include "models/net/link.h"
#include "models/net/link-private.h"
#include "models/net/net-account.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

#define RATE_1_US_PER_BYTE 8000000 /* bit/s */

/* Times. */

static void
arrives_after_its_transmission_and_the_delay(void)
{
  Fixture f;
  fixture_link(&f, 10000000, 50 * FIXTURE_MS);
  fixture_send(&f, 1, 1250);
  fixture_send(&f, 2, 1250);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2");
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 51 * FIXTURE_MS);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 52 * FIXTURE_MS);
  g_assert_cmpuint(f.sim->events, ==, 2); /* one a packet */
  g_assert_cmpint(f.way->way, ==, LINK_FAST);
  fixture_free(&f);
}

static void
overhead_takes_time_and_no_room(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  link_set_overhead(f.way, 38);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  g_assert_cmpuint(link_queue_bytes(f.way), ==, 100);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 138 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 276 * FIXTURE_US);
  g_assert_cmpuint(link_counters(f.way)->delivered_bytes, ==, 200);
  fixture_free(&f);
}

static void
unlimited_rate_keeps_order_and_queues_nothing(void)
{
  for (int watched = 0; watched < 2; watched++) {
    Fixture f;
    fixture_link(&f, 0, 5 * FIXTURE_MS);
    if (watched)
      link_set_duplicate(f.way, 1e-300);
    for (int i = 1; i <= 3; i++)
      fixture_send(&f, i, 1500);
    g_assert_cmpuint(link_queue_packets(f.way), ==, 0);
    fixture_run_all(&f);
    fixture_assert_order(&f, "1 2 3");
    g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 5 * FIXTURE_MS);
    fixture_free(&f);
  }
}

/* Queues. */

static void
set_droptail(LinkDirection *direction, int64_t packets, int64_t bytes)
{
  QdiscDroptail *queue = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(queue, direction);
  queue->limit_packets = packets;
  queue->limit_bytes = bytes;
  link_set_queue(direction, &qdisc_droptail, queue);
}

static void
queue_full_drops_the_tail(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, FIXTURE_MS);
  set_droptail(f.way, 2, -1);
  g_assert_cmpint(f.way->way, ==, LINK_FAST);
  for (int i = 1; i <= 4; i++)
    fixture_send(&f, i, 100); /* 1 is being sent, 2 and 3 wait */
  g_assert_cmpuint(link_queue_packets(f.way), ==, 2);
  g_assert_cmpuint(link_queue_bytes(f.way), ==, 200);
  fixture_run(&f, 100 * FIXTURE_US); /* 2 begins to leave at this very moment */
  g_assert_cmpuint(link_queue_packets(f.way), ==, 1);
  fixture_send(&f, 5, 100);
  fixture_send(&f, 6, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 5");
  const LinkCounters *counters = link_counters(f.way);
  g_assert_cmpuint(counters->sent_packets, ==, 6);
  g_assert_cmpuint(counters->transmitted_packets, ==, 4);
  g_assert_cmpuint(counters->transmitted_bytes, ==, 400);
  g_assert_cmpuint(counters->dropped_queue, ==, 2);
  g_assert_cmpuint(link_dropped(f.way), ==, 2);
  fixture_free(&f);
}

static void
queue_limit_in_bytes(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_droptail(f.way, -1, 250);
  fixture_send(&f, 1, 1000); /* larger than the limit, but it does not wait */
  fixture_send(&f, 2, 100);
  fixture_send(&f, 3, 200); /* does not fit */
  fixture_send(&f, 4, 150); /* fits to the byte */
  fixture_send(&f, 5, 29);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 4");
  fixture_free(&f);
}

static void
queue_of_nothing_sends_one_at_a_time(void)
{
  for (int watched = 0; watched < 2; watched++) {
    Fixture f;
    fixture_link(&f, RATE_1_US_PER_BYTE, 0);
    set_droptail(f.way, 0, -1);
    if (watched)
      link_set_duplicate(f.way, 1e-300);
    fixture_send(&f, 1, 100);
    fixture_send(&f, 2, 100);
    fixture_run(&f, 100 * FIXTURE_US);
    fixture_send(&f, 3, 100);
    fixture_run_all(&f);
    fixture_assert_order(&f, "1 3");
    fixture_free(&f);
  }
}

static void
a_smaller_queue_drops_what_does_not_fit(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  for (int i = 1; i <= 5; i++)
    fixture_send(&f, i, 100);
  set_droptail(f.way, 2, -1);
  g_assert_cmpuint(link_queue_packets(f.way), ==, 2);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3");
  g_assert_cmpuint(link_counters(f.way)->dropped_queue, ==, 2);
  fixture_free(&f);
}

static void
larger_than_the_mtu_is_dropped(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  link_set_mtu(f.way, 576);
  fixture_send(&f, 1, 577);
  fixture_send(&f, 2, 576);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2");
  g_assert_cmpuint(link_counters(f.way)->dropped_mtu, ==, 1);
  fixture_free(&f);
}

/* Changes while packets are under way. */

static void
new_rate_holds_from_the_next_transmission(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 50 * FIXTURE_US);
  link_set_rate(f.way, 2 * RATE_1_US_PER_BYTE);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 100 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 150 * FIXTURE_US);
  fixture_free(&f);
}

static void
new_delay_lets_nobody_overtake(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 10 * FIXTURE_MS);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 100 * FIXTURE_US); /* 1 has left, 2 is being sent */
  link_set_delay(f.way, FIXTURE_MS);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2");
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 10100 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 10100 * FIXTURE_US);
  fixture_send(&f, 3, 100);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 11200 * FIXTURE_US);
  fixture_free(&f);
}

static void
down_loses_what_is_under_way(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, FIXTURE_MS);
  for (int i = 1; i <= 4; i++)
    fixture_send(&f, i, 100);
  fixture_run(&f, 1150 * FIXTURE_US); /* 1 has arrived */
  link_down(f.way);
  fixture_send(&f, 5, 100);
  fixture_run(&f, 5 * FIXTURE_MS);
  link_up(f.way);
  fixture_send(&f, 6, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 6");
  g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 4);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 6100 * FIXTURE_US);
  fixture_free(&f);
}

static void
paused_transmitter_finishes_and_waits(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_droptail(f.way, 2, -1);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 50 * FIXTURE_US);
  link_pause(f.way);
  fixture_send(&f, 3, 100);
  fixture_send(&f, 4, 100); /* the queue overflows */
  fixture_run(&f, FIXTURE_MS);
  fixture_assert_order(&f, "1");
  link_resume(f.way);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3");
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 1100 * FIXTURE_US);
  fixture_free(&f);
}

static void
paused_while_idle_queues_even_the_first(void)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  link_pause(f.way);
  fixture_send(&f, 1, 100);
  g_assert_cmpuint(link_queue_packets(f.way), ==, 1);
  fixture_run_all(&f);
  fixture_assert_order(&f, "");
  fixture_free(&f); /* with a packet in the queue */
}

/* Names. */

static void
names_are_unique(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  LinkSettings settings = link_settings_default();
  g_assert_cmpuint(settings.mtu, ==, 1500);
  Link *second = link_new(f.a, f.b, &settings, NULL);
  Link *third = link_new(f.b, f.a, &settings, NULL);
  g_assert_cmpstr(f.link->name, ==, "a-b");
  g_assert_cmpstr(f.link->backward.name, ==, "b>a");
  g_assert_cmpstr(second->name, ==, "a-b.2");
  g_assert_cmpstr(second->forward.name, ==, "a>b.2");
  g_assert_cmpstr(third->name, ==, "b-a.3"); /* "b>a" is a direction of the first */
  g_assert_true(net_link(f.net, "a-b.2") == second);
  g_assert_true(net_link(f.net, "b>a.3") == third);
  g_assert_null(net_link(f.net, "b-a"));
  g_assert_true(link_toward(third, f.a) == &third->forward);
  g_assert_true(link_toward(third, f.b) == &third->backward);
  for (unsigned number = 4; number <= 40; number++) {
    g_autofree char *name = g_strdup_printf("a-b.%u", number);
    g_assert_cmpstr(link_new(f.a, f.b, &settings, NULL)->name, ==, name);
  }
  GError *error = NULL;
  g_assert_null(link_new(f.a, f.a, &settings, &error));
  fixture_assert_error(&error, "two different nodes; both ends are \"a\"");
  fixture_free(&f);
}

/* What a listener sees. */

typedef struct Log {
  GString *text;
  uint64_t base; /* first packet's id - 1 */
} Log;

static void
on_record(Sim *sim, const void *data, void *log_pointer)
{
  static const char *const names[] = {"send", "transmit", "receive", "drop", "mark", "duplicate"};
  const NetPacketRecord *record = data;
  Log *log = log_pointer;
  if (log->base == 0)
    log->base = record->packet->id - 1;
  g_assert_cmpint(record->time, ==, sim_now(sim));
  g_string_append_printf(log->text, "%d %s %s %d", (int)(record->time / FIXTURE_US),
                         names[record->event], record->node->name,
                         (int)(record->packet->id - log->base));
  if (record->original != 0)
    g_string_append_printf(log->text, " of %d", (int)(record->original - log->base));
  if (record->reason != NULL)
    g_string_append_printf(log->text, " (%s)", record->reason);
  g_string_append_c(log->text, '\n');
}

static void
listener_sees_a_life_in_time_order(void)
{
  Fixture f;
  Log log = {.text = g_string_new(NULL)};
  fixture_link(&f, RATE_1_US_PER_BYTE, 500 * FIXTURE_US);
  set_droptail(f.way, 1, -1);
  sim_trace_listen(f.sim, NET_TRACE_PACKET, on_record, &log);
  for (int i = 1; i <= 3; i++)
    fixture_send(&f, i, 100);
  fixture_run(&f, 150 * FIXTURE_US);
  link_down(f.way);
  fixture_send(&f, 4, 100);
  link_up(f.way);
  fixture_send(&f, 5, 100);
  fixture_run_all(&f);
  g_assert_cmpstr(log.text->str, ==,
                  "0 send a 1\n"
                  "0 transmit a 1\n"
                  "0 send a 2\n"
                  "0 send a 3\n"
                  "0 drop a 3 (queue full)\n"
                  "100 transmit a 2\n"
                  "150 drop a 1 (link down)\n"
                  "150 drop a 2 (link down)\n"
                  "150 send a 4\n"
                  "150 drop a 4 (link down)\n"
                  "150 send a 5\n"
                  "150 transmit a 5\n"
                  "750 receive b 5\n");
  g_string_free(log.text, true);
  sim_trace_ignore(f.sim, NET_TRACE_PACKET, on_record, &log);
  fixture_free(&f);
}

static void
listener_that_comes_late_sees_what_waits_leave(void)
{
  Fixture f;
  Log log = {.text = g_string_new(NULL)};
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 20 * FIXTURE_US);
  sim_trace_listen(f.sim, NET_TRACE_PACKET, on_record, &log);
  log.base = (uint64_t)f.a->owner.id << 40;
  fixture_send(&f, 3, 100);
  fixture_run_all(&f);
  g_assert_cmpstr(log.text->str, ==,
                  "20 send a 3\n"
                  "100 transmit a 2\n"
                  "100 receive b 1\n"
                  "200 transmit a 3\n"
                  "200 receive b 2\n"
                  "300 receive b 3\n");
  g_string_free(log.text, true);
  sim_trace_ignore(f.sim, NET_TRACE_PACKET, on_record, &log);
  fixture_free(&f);
}

/* Models. */

static void
corrupt_and_duplicate_with_certainty(void)
{
  Fixture f;
  Log log = {.text = g_string_new(NULL)};
  fixture_link(&f, RATE_1_US_PER_BYTE, FIXTURE_MS);
  link_set_duplicate(f.way, 1);
  sim_trace_listen(f.sim, NET_TRACE_PACKET, on_record, &log);
  fixture_send(&f, 1, 100);
  fixture_run(&f, 500 * FIXTURE_US);
  link_set_duplicate(f.way, 0);
  link_set_corrupt(f.way, 1);
  fixture_send(&f, 2, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 1");
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 1100 * FIXTURE_US);
  g_assert_cmpuint(fixture_arrival(&f, 1)->marks, ==, PACKET_COPY);
  g_assert_cmpstr(log.text->str, ==,
                  "0 send a 1\n"
                  "0 transmit a 1\n"
                  "100 duplicate a 2 of 1 (duplication)\n"
                  "500 send a 3\n"
                  "500 transmit a 3\n"
                  "1100 receive b 1\n"
                  "1100 receive b 2\n"
                  "1600 receive b 3\n"
                  "1600 drop b 3 (checksum)\n");
  const LinkCounters *counters = link_counters(f.way);
  g_assert_cmpuint(counters->duplicated, ==, 1);
  g_assert_cmpuint(counters->corrupted, ==, 1);
  g_string_free(log.text, true);
  sim_trace_ignore(f.sim, NET_TRACE_PACKET, on_record, &log);
  fixture_free(&f);
}

static void
set_bernoulli(LinkDirection *direction, double p)
{
  void *state = g_malloc0(loss_bernoulli.state_size);
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = p};
  g_assert_true(sim_param_set(sim_param_find(loss_bernoulli.params, "p"), state, &value, NULL));
  link_set_loss(direction, &loss_bernoulli, state);
}

/* The numbers that arrive of 200 under a loss of 10 %. */
static char *
arrivals_under_loss(const char *rule)
{
  Fixture f;
  fixture_link(&f, RATE_1_US_PER_BYTE, 0);
  set_droptail(f.way, -1, -1);
  set_bernoulli(f.way, 0.1);
  if (rule != NULL)
    link_add_rule(f.link, link_rule_new(RULE_DROP, packet_match_parse(NULL, rule, NULL)));
  for (int i = 1; i <= 200; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  const LinkCounters *counters = link_counters(f.way);
  g_assert_cmpuint(counters->delivered_packets + counters->dropped_loss + counters->dropped_rule,
                   ==, 200);
  char *order = fixture_order(&f);
  fixture_free(&f);
  return order;
}

static void
a_rule_does_not_move_the_losses_of_others(void)
{
  char *without = arrivals_under_loss(NULL);
  char *with = arrivals_under_loss("UDP#1");
  g_assert_true(g_str_has_prefix(without, "1 ")); /* else the test shows nothing */
  g_assert_cmpstr(with, ==, without + 2);
  g_assert_cmpuint(strlen(without), <, 691); /* of "1 2 ... 200": some were lost */
  g_free(without);
  g_free(with);
}

/* The numbers that are not damaged of 200, where a function loses the first `lost`. */
static bool
loses_the_first(const Packet *packet, SimTime now, void *data)
{
  return packet->udp.source_port <= *(const uint16_t *)data;
}

static char *
arrivals_under_corruption(uint16_t lost)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  link_set_corrupt(f.way, 0.3);
  void *state = g_malloc0(loss_function.state_size);
  loss_function_set(state, loses_the_first, &lost, NULL);
  link_set_loss(f.way, &loss_function, state);
  for (int i = 1; i <= 200; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  char *order = fixture_order(&f);
  fixture_free(&f);
  return order;
}

static void
a_loss_does_not_move_the_damage_of_others(void)
{
  char *without = arrivals_under_corruption(0);
  char *with = arrivals_under_corruption(20);
  g_assert_true(g_str_has_suffix(without, with));
  g_assert_cmpuint(strlen(with), <, strlen(without));
  g_assert_cmpuint(strlen(with), >, 300);
  g_free(without);
  g_free(with);
}

static void
on_hop(Sim *sim, const void *data, void *self)
{
  static const char *const names[] = {
      [NET_PACKET_SEND] = "send", [NET_PACKET_RECEIVE] = "receive", [NET_PACKET_DROP] = "drop"};
  const NetPacketRecord *record = data;
  g_assert_nonnull(names[record->event]);
  g_string_append_printf(self, "%d %s%s, ", (int)(record->time / FIXTURE_US), names[record->event],
                         record->on_wire ? " on the wire" : "");
}

/* Who need not hear of drops in their time leaves a direction as fast as it is. */
static void
listener_to_hops_changes_nothing(void)
{
  Fixture f;
  g_autoptr(GString) log = g_string_new(NULL);
  fixture_link(&f, RATE_1_US_PER_BYTE, 500 * FIXTURE_US);
  set_droptail(f.way, 1, -1);
  sim_trace_listen(f.sim, NET_TRACE_HOP, on_hop, log);
  for (int i = 1; i <= 3; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  g_assert_cmpuint(f.sim->events, ==, 2);
  set_bernoulli(f.way, 1);
  fixture_send(&f, 4, 100);
  fixture_run_all(&f);
  g_assert_cmpint(f.way->way, ==, LINK_FAST);
  g_assert_cmpstr(log->str, ==,
                  "0 send, 0 send, 0 send, 0 drop, 600 receive, 700 receive, 700 send, "
                  "800 drop on the wire, ");
  sim_trace_ignore(f.sim, NET_TRACE_HOP, on_hop, log);
  fixture_free(&f);
}

/* The ways of working agree. */

typedef enum {
  RUN_FAST,           /* as long as it may */
  RUN_TOLD,           /* the same with a listener */
  RUN_WATCHED,        /* from the start, with a listener */
  RUN_LISTENER_LATER, /* the rest: fast, and changes over at a random moment */
  RUN_RATE_LATER,
  RUN_RULE_LATER,
  RUN_QUEUE_LATER,
  RUN_KINDS
} RunKind;

#define OFFERED 400
#define TICK (50 * FIXTURE_US)

/* One offered packet, or a change of settings; an event of either a low or a high owner, so that
 * events at the end of a transmission fall before and after it. */
typedef struct Offer {
  SimEvent event;
  struct Trial *trial;
  uint16_t number;
  uint32_t size;
} Offer;

typedef struct Trial {
  Fixture f;
  SimOwner low, high; /* below and above the direction's */
  RunKind kind;
  Offer offers[OFFERED];
  SimEvent change, speed, stretch, loss;
  uint32_t queue_seen; /* a checksum of the queue lengths that were seen */
  GArray *heard;       /* of Heard: what the listener was told */
  unsigned told;       /* of it, on a direction that worked the told way */
  SimTime delay, new_delay;
  uint64_t rate, new_rate;
} Trial;

static void
ignore_record(Sim *sim, const void *record, void *data)
{
}

typedef struct Heard {
  SimTime time;
  uint64_t packet;
  uint64_t event;
} Heard;

static void
on_trial_record(Sim *sim, const void *data, void *self)
{
  const NetPacketRecord *record = data;
  Trial *trial = self;
  Heard heard = {record->time, record->packet->id, record->event};
  g_array_append_val(trial->heard, heard);
  trial->told += trial->f.way->way == LINK_TOLD;
}

static void
on_offer(Sim *sim, SimEvent *event)
{
  Offer *offer = sim_container(event, Offer, event);
  Trial *trial = offer->trial;
  fixture_send(&trial->f, offer->number, offer->size);
  trial->queue_seen = trial->queue_seen * 31 + link_queue_packets(trial->f.way);
  trial->queue_seen = trial->queue_seen * 31 + (uint32_t)link_queue_bytes(trial->f.way);
  if (offer->number % 16 == 0)
    trial->queue_seen =
        trial->queue_seen * 31 + (uint32_t)link_counters(trial->f.way)->dropped_loss;
}

static void
on_change(Sim *sim, SimEvent *event)
{
  Trial *trial = sim_container(event, Trial, change);
  LinkDirection *way = trial->f.way;
  const QdiscDroptail *queue = way->qdisc_state;
  if (trial->kind == RUN_LISTENER_LATER)
    sim_trace_listen(sim, NET_TRACE_PACKET, ignore_record, NULL);
  else if (trial->kind == RUN_RATE_LATER)
    link_set_rate(way, way->rate);
  else if (trial->kind == RUN_RULE_LATER)
    link_add_rule(trial->f.link, link_rule_new(RULE_DROP, packet_match_parse(NULL, "SYN", NULL)));
  else if (trial->kind == RUN_QUEUE_LATER)
    set_droptail(way, queue->limit_packets, queue->limit_bytes);
}

/* In every kind of run: the same new rate and delay at the same time. */
static void
on_speed(Sim *sim, SimEvent *event)
{
  Trial *trial = sim_container(event, Trial, speed);
  link_set_rate(trial->f.way, trial->new_rate);
}

static void
on_stretch(Sim *sim, SimEvent *event)
{
  Trial *trial = sim_container(event, Trial, stretch);
  link_set_delay(trial->f.way, trial->new_delay);
}

/* The model's probability, or whether there is one. */
static void
on_loss(Sim *sim, SimEvent *event)
{
  Trial *trial = sim_container(event, Trial, loss);
  if (trial->f.way->loss != NULL)
    link_set_loss(trial->f.way, NULL, NULL);
  else
    set_bernoulli(trial->f.way, 0.5);
}

static SimOwner *
either(Trial *trial, SimRng *rng)
{
  return sim_rng_chance(rng, 0.5) ? &trial->low : &trial->high;
}

/* Times and sizes are multiples of one tick's worth, so that many things happen at once. */
static void
trial_schedule(Trial *trial, SimRng *rng)
{
  Sim *sim = trial->f.sim;
  SimTime now = 0;
  for (unsigned i = 0; i < OFFERED; i++) {
    Offer *offer = &trial->offers[i];
    now += TICK * (SimTime)sim_rng_below(rng, 8) * (SimTime)sim_rng_below(rng, 3);
    *offer = (Offer){.trial = trial, .number = i, .size = 50 * (1 + sim_rng_below(rng, 10))};
    sim_event_init(&offer->event, on_offer);
    SimClass class = sim_rng_chance(rng, 0.8) ? SIM_DELIVERY : SIM_APPLICATION;
    sim_schedule(sim, &offer->event, now, class, either(trial, rng));
  }
  sim_event_init(&trial->change, on_change);
  sim_event_init(&trial->speed, on_speed);
  sim_event_init(&trial->stretch, on_stretch);
  sim_event_init(&trial->loss, on_loss);
  SimTime ticks = now / TICK;
  SimTime change = TICK * (SimTime)sim_rng_below(rng, ticks);
  sim_schedule(sim, &trial->change, change, SIM_DELIVERY, either(trial, rng));
  SimTime speed = TICK * (SimTime)sim_rng_below(rng, 2 * ticks); /* now and then never */
  sim_schedule(sim, &trial->speed, speed, SIM_DELIVERY, either(trial, rng));
  SimTime stretch = TICK * (SimTime)sim_rng_below(rng, 2 * ticks);
  sim_schedule(sim, &trial->stretch, stretch, SIM_DELIVERY, either(trial, rng));
  SimTime loss = TICK * (SimTime)sim_rng_below(rng, 2 * ticks);
  sim_schedule(sim, &trial->loss, loss, SIM_DELIVERY, either(trial, rng));
}

/* Everything about the trial follows from `seed`, but for what `kind` says. */
static Trial *
trial_run(RunKind kind, unsigned seed)
{
  Trial *trial = g_new0(Trial, 1);
  SimRng rng;
  sim_rng_init(&rng, seed, "trial");
  static const SimTime delays[] = {0, TICK, 7 * TICK, 1000 * TICK};
  static const uint64_t rates[] = {0, RATE_1_US_PER_BYTE, 3 * RATE_1_US_PER_BYTE, 7654321};
  trial->kind = kind;
  trial->delay = delays[sim_rng_below(&rng, G_N_ELEMENTS(delays))];
  trial->new_delay = delays[sim_rng_below(&rng, G_N_ELEMENTS(delays))];
  trial->rate = rates[sim_rng_below(&rng, G_N_ELEMENTS(rates))];
  trial->new_rate = rates[sim_rng_below(&rng, G_N_ELEMENTS(rates))];
  fixture_link(&trial->f, trial->rate, trial->delay);
  trial->high = sim_owner_new(trial->f.sim);
  bool bytes = sim_rng_chance(&rng, 0.5);
  set_droptail(trial->f.way, bytes ? -1 : (int64_t)sim_rng_below(&rng, 6),
               bytes ? 50 * (int64_t)sim_rng_below(&rng, 40) : -1);
  if (sim_rng_chance(&rng, 0.5))
    set_bernoulli(trial->f.way, 0.3);
  trial->heard = g_array_new(FALSE, FALSE, sizeof(Heard));
  if (kind == RUN_WATCHED)
    link_watched_now(trial->f.way);
  if (kind == RUN_WATCHED || kind == RUN_TOLD)
    sim_trace_listen(trial->f.sim, NET_TRACE_PACKET, on_trial_record, trial);
  trial_schedule(trial, &rng);
  fixture_run_all(&trial->f);
  return trial;
}

static void
trial_free(Trial *trial)
{
  if (trial->kind == RUN_WATCHED || trial->kind == RUN_TOLD)
    sim_trace_ignore(trial->f.sim, NET_TRACE_PACKET, on_trial_record, trial);
  else if (trial->kind == RUN_LISTENER_LATER)
    sim_trace_ignore(trial->f.sim, NET_TRACE_PACKET, ignore_record, NULL);
  g_array_unref(trial->heard);
  fixture_free(&trial->f);
  g_free(trial);
}

static void
assert_same(const Trial *a, const Trial *b)
{
  g_assert_cmpuint(a->f.arrivals->len, ==, b->f.arrivals->len);
  for (unsigned i = 0; i < a->f.arrivals->len; i++) {
    g_assert_cmpuint(fixture_arrival(&a->f, i)->number, ==, fixture_arrival(&b->f, i)->number);
    g_assert_cmpint(fixture_arrival(&a->f, i)->time, ==, fixture_arrival(&b->f, i)->time);
  }
  g_assert_cmpuint(a->queue_seen, ==, b->queue_seen);
  const LinkCounters *left = link_counters(a->f.way), *right = link_counters(b->f.way);
  g_assert_cmpmem(left, sizeof *left, right, sizeof *right);
}

static void
all_ways_give_the_same_times_and_drops(void)
{
  unsigned fast_to_the_end = 0, drops = 0;
  for (unsigned seed = 1; seed <= 150; seed++) {
    Trial *fast = trial_run(RUN_FAST, seed);
    fast_to_the_end += fast->f.way->way == LINK_FAST;
    drops += link_dropped(fast->f.way);
    for (RunKind kind = RUN_TOLD; kind < RUN_KINDS; kind++) {
      Trial *other = trial_run(kind, seed);
      assert_same(fast, other);
      trial_free(other);
    }
    trial_free(fast);
  }
  g_assert_cmpuint(fast_to_the_end, >, 20); /* the test compares what it says */
  g_assert_cmpuint(drops, >, 1000);
}

/* In the order in which the watched way tells it. */
static void
told_way_tells_what_the_watched_one_does(void)
{
  unsigned told = 0;
  for (unsigned seed = 1; seed <= 300; seed++) {
    Trial *trial = trial_run(RUN_TOLD, seed), *watched = trial_run(RUN_WATCHED, seed);
    g_assert_cmpuint(watched->told, ==, 0);
    told += trial->told;
    g_assert_cmpmem(trial->heard->data, trial->heard->len * sizeof(Heard), watched->heard->data,
                    watched->heard->len * sizeof(Heard));
    trial_free(trial);
    trial_free(watched);
  }
  g_assert_cmpuint(told, >, 50000);
}

/* A small mesh of routers where everything takes multiples of a tick: whether somebody listens must
 * not show in what arrives, nor in which order. */

#define ROUTERS 5
#define HOSTS 4
#define MESH_PACKETS 300

typedef struct Mesh {
  Fixture f;
  Node *hosts[HOSTS];
  uint8_t from[MESH_PACKETS], to[MESH_PACKETS];
} Mesh;

typedef struct MeshOffer {
  SimEvent event;
  Mesh *mesh;
  unsigned number;
  uint32_t size;
} MeshOffer;

static void
on_mesh_offer(Sim *sim, SimEvent *event)
{
  MeshOffer *offer = sim_container(event, MeshOffer, event);
  Mesh *mesh = offer->mesh;
  Node *from = mesh->hosts[mesh->from[offer->number]];
  Node *to = mesh->hosts[mesh->to[offer->number]];
  node_send(from, fixture_udp(mesh->f.net, from, to, offer->number, offer->size));
}

static void
mesh_build(Mesh *mesh, SimRng *rng)
{
  Node *routers[ROUTERS];
  Net *net = mesh->f.net;
  for (unsigned i = 0; i < ROUTERS; i++) {
    char name[2] = {'r' + (char)i, '\0'};
    routers[i] = node_new(net, name, NODE_ROUTER, NULL);
  }
  for (unsigned i = 0; i < HOSTS; i++) {
    char name[2] = {'a' + (char)i, '\0'};
    mesh->hosts[i] = node_new(net, name, NODE_HOST, NULL);
    fixture_sink(&mesh->f, mesh->hosts[i]);
  }
  for (unsigned i = 0; i < ROUTERS + HOSTS + 3; i++) {
    LinkSettings settings = link_settings_default();
    settings.delay = TICK * (SimTime)sim_rng_below(rng, 3);
    settings.rate = sim_rng_chance(rng, 0.3) ? 0 : RATE_1_US_PER_BYTE;
    Node *a = i < ROUTERS + HOSTS ? g_ptr_array_index(net->nodes, i)
                                  : routers[sim_rng_below(rng, ROUTERS)];
    Node *b = routers[(i + 1 + sim_rng_below(rng, ROUTERS - 1)) % ROUTERS];
    if (a == b)
      continue;
    Link *link = link_new(a, b, &settings, NULL);
    set_droptail(&link->forward, 3, -1);
    set_droptail(&link->backward, 3, -1);
  }
}

/* "number@time" of every arrival. g_free. */
static char *
mesh_run(unsigned seed, bool listen)
{
  Mesh mesh = {.f = fixture_empty()};
  MeshOffer *offers = g_new0(MeshOffer, MESH_PACKETS);
  SimRng rng;
  sim_rng_init(&rng, seed, "mesh");
  mesh_build(&mesh, &rng);
  if (listen)
    sim_trace_listen(mesh.f.sim, NET_TRACE_PACKET, ignore_record, NULL);
  for (unsigned i = 0; i < MESH_PACKETS; i++) {
    offers[i] = (MeshOffer){.mesh = &mesh, .number = i, .size = 50 * (1 + sim_rng_below(&rng, 4))};
    mesh.from[i] = sim_rng_below(&rng, HOSTS);
    mesh.to[i] = sim_rng_below(&rng, HOSTS);
    sim_event_init(&offers[i].event, on_mesh_offer);
    sim_schedule(mesh.f.sim, &offers[i].event, TICK * (SimTime)sim_rng_below(&rng, 300),
                 sim_rng_chance(&rng, 0.5) ? SIM_DELIVERY : SIM_APPLICATION,
                 &mesh.hosts[mesh.from[i]]->owner);
  }
  fixture_run_all(&mesh.f);
  GString *text = g_string_new(NULL);
  for (unsigned i = 0; i < mesh.f.arrivals->len; i++)
    g_string_append_printf(text, "%u@%" G_GINT64_FORMAT " ", fixture_arrival(&mesh.f, i)->number,
                           (gint64)fixture_arrival(&mesh.f, i)->time);
  if (listen)
    sim_trace_ignore(mesh.f.sim, NET_TRACE_PACKET, ignore_record, NULL);
  fixture_free(&mesh.f);
  g_free(offers);
  return g_string_free(text, false);
}

static void
listening_changes_nothing_in_a_mesh(void)
{
  for (unsigned seed = 1; seed <= 60; seed++) {
    char *silent = mesh_run(seed, false);
    char *watched = mesh_run(seed, true);
    g_assert_cmpstr(silent, ==, watched);
    g_assert_cmpuint(strlen(silent), >, 500);
    g_free(silent);
    g_free(watched);
  }
}

/* Conservation. */

static unsigned
pipe_length(const LinkDirection *way)
{
  unsigned length = 0;
  SimTime before = 0;
  for (const Packet *packet = way->pipe_head; packet != NULL; packet = packet->next) {
    g_assert_cmpint(packet->time, >=, before);
    before = packet->time;
    length++;
  }
  return length;
}

static void
assert_conserved(LinkDirection *way)
{
  const LinkCounters *counters = link_counters(way);
  unsigned waiting = link_queue_packets(way);
  unsigned inside = pipe_length(way);
  if (way->way == LINK_WATCHED)
    inside += waiting + (way->transmitting != NULL) + (way->held != NULL ? way->held->len : 0);
  g_assert_cmpuint(counters->sent_packets + counters->duplicated, ==,
                   counters->delivered_packets + link_dropped(way) + inside);
}

static void
random_step(Fixture *f, SimRng *rng, unsigned number)
{
  static const char *const texts[] = {"UDP#3+", "UDP#2-9", "UDP#1", "ANY#40,50,60"};
  switch (sim_rng_below(rng, 24)) {
  case 0:
    link_set_rate(f->way, sim_rng_chance(rng, 0.2) ? 0 : RATE_1_US_PER_BYTE);
    break;
  case 1:
    link_set_delay(f->way, TICK * (SimTime)sim_rng_below(rng, 40));
    break;
  case 2:
    set_droptail(f->way, (int64_t)sim_rng_below(rng, 20), -1);
    break;
  case 3:
    set_bernoulli(f->way, 0.2);
    break;
  case 4:
    link_set_corrupt(f->way, 0.2);
    break;
  case 5:
    link_set_duplicate(f->way, 0.2);
    break;
  case 6:
    link_pause(f->way);
    break;
  case 7:
    link_resume(f->way);
    break;
  case 8:
    link_down(f->way);
    link_up(f->way);
    break;
  case 9: {
    const char *text = texts[sim_rng_below(rng, G_N_ELEMENTS(texts))];
    LinkRule *rule = link_rule_new(sim_rng_below(rng, 5), packet_match_parse(NULL, text, NULL));
    rule->delay = TICK * (SimTime)sim_rng_below(rng, 60);
    rule->behind = sim_rng_below(rng, 4);
    link_add_rule(f->link, rule);
    break;
  }
  default:
    fixture_send(f, number, 50 * (1 + sim_rng_below(rng, 10)));
  }
}

static void
packets_are_conserved_whatever_happens(void)
{
  for (unsigned seed = 1; seed <= 40; seed++) {
    Fixture f;
    SimRng rng;
    sim_rng_init(&rng, seed, "conservation");
    fixture_link(&f, RATE_1_US_PER_BYTE, 5 * TICK);
    for (unsigned i = 0; i < 500; i++) {
      random_step(&f, &rng, i);
      assert_conserved(f.way);
      fixture_run(&f, sim_now(f.sim) + TICK * (SimTime)sim_rng_below(&rng, 5));
      assert_conserved(f.way);
    }
    if (seed % 2 == 0) { /* the others are freed with packets under way */
      link_resume(f.way);
      fixture_run_all(&f);
      assert_conserved(f.way);
      g_assert_cmpuint(f.net->packets.live, ==, 0);
    }
    fixture_free(&f);
  }
}

/* Whatever a link is doing, its packets are accounted for; and one that is lost sight of is found.
 */
static void
every_packet_is_accounted_for(void)
{
  Fixture f;
  GError *error = NULL;
  fixture_link(&f, RATE_1_US_PER_BYTE, FIXTURE_MS);
  for (int i = 1; i <= 5; i++)
    fixture_send(&f, i, 100);
  g_assert_true(net_account(f.net, &error)); /* fast: they stand in the pipe */
  link_set_duplicate(f.way, 1);
  link_set_reorder(f.way, &(LinkReorder){.probability = 0.5, .distance = 2, .delay = FIXTURE_MS});
  for (int i = 0; i < 40; i++) {
    fixture_run(&f, i * 100 * FIXTURE_US);
    g_assert_true(net_account(f.net, &error));
    fixture_send(&f, 1, 150);
  }
  f.way->counters.delivered_packets++;
  g_assert_false(net_account(f.net, &error));
  fixture_assert_error(&error, "a>b: 45 packets sent and");
  f.way->counters.delivered_packets--;
  f.b->received++;
  g_assert_false(net_account(f.net, &error));
  fixture_assert_error(&error, "packets delivered are not");
  f.b->received--;
  uint64_t live = f.net->packets.live;
  f.net->packets.live = 1;
  g_assert_false(net_account(f.net, &error));
  fixture_assert_error(&error, "are under way or wait in nodes, but");
  f.net->packets.live = live;
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/link/" path, fn)
  TEST("arrives-after-its-transmission-and-the-delay",
       arrives_after_its_transmission_and_the_delay);
  TEST("overhead-takes-time-and-no-room", overhead_takes_time_and_no_room);
  TEST("unlimited-rate-keeps-order", unlimited_rate_keeps_order_and_queues_nothing);
  TEST("queue-full-drops-the-tail", queue_full_drops_the_tail);
  TEST("queue-limit-in-bytes", queue_limit_in_bytes);
  TEST("queue-of-nothing-sends-one-at-a-time", queue_of_nothing_sends_one_at_a_time);
  TEST("a-smaller-queue-drops-what-does-not-fit", a_smaller_queue_drops_what_does_not_fit);
  TEST("larger-than-the-mtu-is-dropped", larger_than_the_mtu_is_dropped);
  TEST("new-rate-holds-from-the-next-transmission", new_rate_holds_from_the_next_transmission);
  TEST("new-delay-lets-nobody-overtake", new_delay_lets_nobody_overtake);
  TEST("down-loses-what-is-under-way", down_loses_what_is_under_way);
  TEST("paused-transmitter-finishes-and-waits", paused_transmitter_finishes_and_waits);
  TEST("paused-while-idle-queues-even-the-first", paused_while_idle_queues_even_the_first);
  TEST("names-are-unique", names_are_unique);
  TEST("listener-sees-a-life-in-time-order", listener_sees_a_life_in_time_order);
  TEST("late-listener-sees-what-waits-leave", listener_that_comes_late_sees_what_waits_leave);
  TEST("listener-to-hops-changes-nothing", listener_to_hops_changes_nothing);
  TEST("corrupt-and-duplicate-with-certainty", corrupt_and_duplicate_with_certainty);
  TEST("a-rule-does-not-move-losses", a_rule_does_not_move_the_losses_of_others);
  TEST("a-loss-does-not-move-damage", a_loss_does_not_move_the_damage_of_others);
  TEST("all-ways-give-the-same-times-and-drops", all_ways_give_the_same_times_and_drops);
  TEST("told-way-tells-what-the-watched-one-does", told_way_tells_what_the_watched_one_does);
  TEST("listening-changes-nothing-in-a-mesh", listening_changes_nothing_in_a_mesh);
  TEST("packets-are-conserved", packets_are_conserved_whatever_happens);
  g_test_add_func("/link/account", every_packet_is_accounted_for);
  return g_test_run();
}
