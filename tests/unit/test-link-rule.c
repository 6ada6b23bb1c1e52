/* Rules: what each action does to a packet, its window, its counting. */
#include "models/net/link-rule.h"

#include "tests/unit/net-fixture.h"

#define RATE_1_US_PER_BYTE 8000000 /* bit/s */

static LinkRule *
add(Fixture *f, RuleAction action, const char *text)
{
  GError *error = NULL;
  PacketMatch *match = packet_match_parse(f->net, text, &error);
  g_assert_no_error(error);
  return link_add_rule(f->link, link_rule_new(action, match));
}

/* Packets 1 to n of 100 bytes, handed over at once; 1 us a byte and 1 ms on the way. */
static void
start(Fixture *f)
{
  fixture_link(f, RATE_1_US_PER_BYTE, FIXTURE_MS);
}

static void
send_to(Fixture *f, unsigned last)
{
  for (unsigned i = 1; i <= last; i++)
    fixture_send(f, i, 100);
}

static void
texts(void)
{
  LinkRule *rule = link_rule_new(RULE_HOLD, packet_match_parse(NULL, "SYN+ACK#1", NULL));
  g_assert_cmpstr(rule->text, ==, "hold SYN+ACK#1");
  g_assert_cmpstr(rule->reason, ==, "rule SYN+ACK#1");
  g_assert_cmpint(rule->from, ==, 0);
  g_assert_cmpint(rule->to, ==, SIM_TIME_NEVER);
  link_rule_free(rule);
}

static void
drop_uses_its_time_on_the_wire(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_DROP, "UDP#2");
  send_to(&f, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 3");
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 1300 * FIXTURE_US);
  g_assert_cmpuint(rule->hits, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->dropped_rule, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->transmitted_packets, ==, 3);
  fixture_free(&f);
}

static void
every_rule_counts_what_others_drop(void)
{
  Fixture f;
  start(&f);
  LinkRule *first = add(&f, RULE_DROP, "UDP#1");
  LinkRule *second = add(&f, RULE_DROP, "UDP#2");
  LinkRule *again = add(&f, RULE_DROP, "UDP#1");
  send_to(&f, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "3");
  g_assert_cmpuint(first->hits, ==, 1);
  g_assert_cmpuint(second->hits, ==, 1);
  g_assert_cmpuint(again->hits, ==, 0); /* it came too late to do anything */
  fixture_free(&f);
}

static void
whole_link_counts_both_directions(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_DROP, "UDP#2");
  fixture_send(&f, 1, 100);
  fixture_run(&f, 50 * FIXTURE_US);
  link_send(&f.link->backward, fixture_udp(f.net, f.b, f.a, 2, 100));
  fixture_run_all(&f);
  fixture_assert_order(&f, "1");
  fixture_free(&f);
}

static void
one_direction_leaves_the_other_alone(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = link_rule_new(RULE_DROP, packet_match_parse(NULL, "UDP", NULL));
  rule->direction = &f.link->backward;
  link_add_rule(f.link, rule);
  g_assert_cmpint(f.way->way, ==, LINK_FAST);
  fixture_send(&f, 1, 100);
  link_send(&f.link->backward, fixture_udp(f.net, f.b, f.a, 2, 100));
  fixture_run_all(&f);
  fixture_assert_order(&f, "1");
  fixture_free(&f);
}

static void
window_includes_its_ends_and_counts_inside(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_DROP, "UDP#2+");
  rule->from = 200 * FIXTURE_US; /* transmissions end at 100, 200, 300 ... */
  rule->to = 400 * FIXTURE_US;
  send_to(&f, 6);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 5 6"); /* 2 is the first in the window */
  g_assert_cmpuint(rule->hits, ==, 2);
  fixture_free(&f);
}

static void
hold_by_time_is_overtaken(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_HOLD, "UDP#1");
  rule->delay = 250 * FIXTURE_US;
  send_to(&f, 5);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2 3 1 4 5"); /* 1 at 1350 */
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 1350 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 4)->time, ==, 1500 * FIXTURE_US);
  g_assert_cmpuint(link_counters(f.way)->held, ==, 1);
  fixture_free(&f);
}

static void
hold_by_time_to_the_moment_of_another(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_HOLD, "UDP#1");
  rule->delay = 200 * FIXTURE_US; /* it was on the way first, so it comes first */
  send_to(&f, 4);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2 1 3 4");
  fixture_free(&f);
}

static void
hold_behind_arrives_directly_behind(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_HOLD, "UDP#1");
  rule->behind = 2;
  send_to(&f, 4);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2 3 1 4");
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 1300 * FIXTURE_US);
  fixture_free(&f);
}

static void
hold_behind_does_not_count_the_lost(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_HOLD, "UDP#1")->behind = 2;
  add(&f, RULE_DROP, "UDP#2");
  send_to(&f, 5);
  fixture_run_all(&f);
  fixture_assert_order(&f, "3 4 1 5");
  fixture_free(&f);
}

static void
hold_behind_lets_several_go_in_order(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_HOLD, "UDP#1")->behind = 1;
  add(&f, RULE_HOLD, "UDP#2")->behind = 1;
  send_to(&f, 4);
  fixture_run_all(&f);
  fixture_assert_order(&f, "3 1 2 4");
  fixture_free(&f);
}

static void
hold_behind_ends_after_a_segment_lifetime(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_HOLD, "UDP#1-2")->behind = 1;
  send_to(&f, 2);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2");
  SimTime end = 100 * FIXTURE_US + LINK_HOLD_LONGEST;
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, end + FIXTURE_MS);
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, end + 100 * FIXTURE_US + FIXTURE_MS);
  fixture_free(&f);
}

static void
held_is_lost_with_the_link(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_HOLD, "UDP#1")->behind = 1;
  send_to(&f, 1);
  fixture_run(&f, FIXTURE_MS);
  link_down(f.way);
  link_up(f.way);
  fixture_send(&f, 2, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2");
  g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 1);
  fixture_free(&f);
}

static void
copy_arrives_directly_behind(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_COPY, "UDP#1");
  send_to(&f, 2);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 1 2");
  const Arrival *original = fixture_arrival(&f, 0), *copy = fixture_arrival(&f, 1);
  g_assert_cmpint(copy->time, ==, original->time);
  g_assert_cmpuint(original->marks, ==, 0);
  g_assert_cmpuint(copy->marks, ==, PACKET_COPY);
  g_assert_cmpuint(copy->id, !=, original->id);
  g_assert_cmpuint(link_counters(f.way)->duplicated, ==, 1);
  fixture_free(&f);
}

static void
copy_later(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_COPY, "UDP#1")->delay = 150 * FIXTURE_US;
  send_to(&f, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 1 3");
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 1250 * FIXTURE_US);
  fixture_free(&f);
}

static void
copies_keep_their_place_beside_a_held_packet(void)
{
  Fixture f;
  start(&f);
  link_set_rate(f.way, 0); /* everything arrives at one time, but for what is held */
  add(&f, RULE_HOLD, "UDP#1")->delay = FIXTURE_MS;
  add(&f, RULE_COPY, "UDP#2");
  add(&f, RULE_COPY, "UDP#2");
  send_to(&f, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2 2 2 3 1");
  g_assert_cmpuint(fixture_arrival(&f, 0)->marks, ==, 0);
  g_assert_cmpuint(fixture_arrival(&f, 1)->id + 1, ==, fixture_arrival(&f, 2)->id);
  fixture_free(&f);
}

static void
copy_arrives_though_the_original_is_lost(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_COPY, "UDP#1")->delay = 150 * FIXTURE_US;
  add(&f, RULE_DROP, "UDP#1");
  send_to(&f, 1);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1");
  g_assert_cmpuint(fixture_arrival(&f, 0)->marks, ==, PACKET_COPY);
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 1250 * FIXTURE_US);
  fixture_free(&f);
}

static void
damage_is_found_by_the_receiver(void)
{
  Fixture f;
  start(&f);
  LinkRule *rule = add(&f, RULE_DAMAGE, "UDP#2");
  send_to(&f, 3);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 3");
  g_assert_cmpuint(rule->hits, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->corrupted, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->delivered_packets, ==, 3);
  g_assert_cmpuint(f.b->received, ==, 3);
  fixture_free(&f);
}

static void
on_record(Sim *sim, const void *data, void *marks)
{
  const NetPacketRecord *record = data;
  if (record->event != NET_PACKET_MARK)
    return;
  g_assert_cmpstr(record->reason, ==, "rule UDP#2");
  ++*(unsigned *)marks;
}

static void
mark_sets_congestion_experienced(void)
{
  Fixture f;
  unsigned marks = 0;
  start(&f);
  sim_trace_listen(f.sim, NET_TRACE_PACKET, on_record, &marks);
  add(&f, RULE_MARK, "UDP#2");
  send_to(&f, 1);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 2, 100);
  packet->traffic_class = 0x28 | NET_ECN_ECT0; /* a code point of its own stays */
  link_send(f.way, packet);
  fixture_run_all(&f);
  g_assert_cmpuint(fixture_arrival(&f, 0)->traffic_class, ==, 0);
  g_assert_cmpuint(fixture_arrival(&f, 1)->traffic_class, ==, 0x28 | NET_ECN_CE);
  g_assert_cmpuint(marks, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->marked, ==, 1);
  sim_trace_ignore(f.sim, NET_TRACE_PACKET, on_record, &marks);
  fixture_free(&f);
}

static void
rule_made_while_packets_wait(void)
{
  Fixture f;
  start(&f);
  send_to(&f, 4);
  fixture_run(&f, 150 * FIXTURE_US); /* 2 is being sent */
  add(&f, RULE_DROP, "UDP#1");
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 3 4");
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 1400 * FIXTURE_US);
  fixture_free(&f);
}

/* A rule's own function may send into the same direction, or cut it. */

static bool
sends_another(const Packet *packet, void *data)
{
  Fixture *f = data;
  if (packet->udp.source_port < 3)
    fixture_send(f, packet->udp.source_port + 10, 100);
  return false;
}

static void
function_that_sends_does_not_overtake(void)
{
  for (int unlimited = 0; unlimited < 2; unlimited++) {
    Fixture f;
    start(&f);
    if (unlimited)
      link_set_rate(f.way, 0);
    PacketMatch *match = packet_match_function(sends_another, &f, NULL);
    link_add_rule(f.link, link_rule_new(RULE_DROP, match));
    send_to(&f, 3);
    fixture_run_all(&f);
    /* Unlimited: each is through, with what it caused, before the next is handed over. */
    fixture_assert_order(&f, unlimited ? "1 11 2 12 3" : "1 2 3 11 12");
    fixture_free(&f);
  }
}

static bool
cuts(const Packet *packet, void *data)
{
  Fixture *f = data;
  if (packet->udp.source_port == 2)
    link_down(f->way);
  return false;
}

static void
function_that_cuts_the_link(void)
{
  Fixture f;
  start(&f);
  link_add_rule(f.link, link_rule_new(RULE_DROP, packet_match_function(cuts, &f, NULL)));
  send_to(&f, 4);
  fixture_run_all(&f);
  fixture_assert_order(&f, "");
  g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 4);
  fixture_free(&f);
}

/* Another rule's copy was made by then: it is lost as well. */
static void
function_that_cuts_the_link_behind_a_copy(void)
{
  Fixture f;
  start(&f);
  add(&f, RULE_COPY, "UDP#2");
  link_add_rule(f.link, link_rule_new(RULE_DROP, packet_match_function(cuts, &f, NULL)));
  send_to(&f, 4);
  fixture_run_all(&f);
  fixture_assert_order(&f, "");
  g_assert_cmpuint(link_counters(f.way)->duplicated, ==, 1);
  g_assert_cmpuint(link_counters(f.way)->dropped_down, ==, 5);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/link-rule/" path, fn)
  TEST("texts", texts);
  TEST("drop-uses-its-time-on-the-wire", drop_uses_its_time_on_the_wire);
  TEST("every-rule-counts-what-others-drop", every_rule_counts_what_others_drop);
  TEST("whole-link-counts-both-directions", whole_link_counts_both_directions);
  TEST("one-direction-leaves-the-other-alone", one_direction_leaves_the_other_alone);
  TEST("window-includes-its-ends", window_includes_its_ends_and_counts_inside);
  TEST("hold-by-time-is-overtaken", hold_by_time_is_overtaken);
  TEST("hold-by-time-to-the-moment-of-another", hold_by_time_to_the_moment_of_another);
  TEST("hold-behind-arrives-directly-behind", hold_behind_arrives_directly_behind);
  TEST("hold-behind-does-not-count-the-lost", hold_behind_does_not_count_the_lost);
  TEST("hold-behind-lets-several-go-in-order", hold_behind_lets_several_go_in_order);
  TEST("hold-behind-ends-after-a-segment-lifetime", hold_behind_ends_after_a_segment_lifetime);
  TEST("held-is-lost-with-the-link", held_is_lost_with_the_link);
  TEST("copy-arrives-directly-behind", copy_arrives_directly_behind);
  TEST("copy-later", copy_later);
  TEST("copies-beside-a-held-packet", copies_keep_their_place_beside_a_held_packet);
  TEST("copy-arrives-though-the-original-is-lost", copy_arrives_though_the_original_is_lost);
  TEST("damage-is-found-by-the-receiver", damage_is_found_by_the_receiver);
  TEST("mark-sets-congestion-experienced", mark_sets_congestion_experienced);
  TEST("rule-made-while-packets-wait", rule_made_while_packets_wait);
  TEST("function-that-sends-does-not-overtake", function_that_sends_does_not_overtake);
  TEST("function-that-cuts-the-link", function_that_cuts_the_link);
  TEST("function-that-cuts-the-link-behind-a-copy", function_that_cuts_the_link_behind_a_copy);
  return g_test_run();
}
