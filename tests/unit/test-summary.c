/* Tests of summary: the three files read back with json-glib. */
#include "scenarios/runner/summary.h"

#include <json-glib/json-glib.h>

#include "models/net/middlebox.h"
#include "tests/unit/fake-tcp.h"
#include "tests/unit/net-fixture.h"
#include "tests/unit/run-folder.h"

typedef struct Run {
  Fixture net;
  Summary *summary;
  char *folder;
  JsonParser *parser; /* the file read last */
} Run;

static void
setup(Run *run)
{
  *run = (Run){.folder = folder_new(), .parser = json_parser_new()};
  fixture_link(&run->net, 8000000, SIM_MILLISECOND);
  run->summary = summary_new(run->net.net, SUMMARY_CONNECTIONS);
}

static void
teardown(Run *run)
{
  summary_free(run->summary);
  fixture_free(&run->net);
  folder_free(run->folder);
  g_object_unref(run->parser);
}

static SummaryRun
plain_run(void)
{
  return (SummaryRun){.scenario = "x/my.lua",
                      .scenario_text = "-- nothing\n",
                      .seed = 1,
                      .ended = "finished",
                      .end_time = 1500 * SIM_MILLISECOND,
                      .events = 42};
}

static void
write_run(Run *run, const SummaryRun *what)
{
  SummaryMachine machine = {.wall_s = 0.25, .cpu_s = 0.1, .loop_cpu_s = 0.05, .output = "out/my"};
  GError *error = NULL;
  summary_write(run->summary, what, &machine, run->folder, &error);
  g_assert_no_error(error);
}

static JsonObject *
read_file(Run *run, const char *name)
{
  g_autofree char *text = folder_read(run->folder, name, NULL);
  GError *error = NULL;
  json_parser_load_from_data(run->parser, text, -1, &error);
  g_assert_no_error(error);
  return json_node_get_object(json_parser_get_root(run->parser));
}

static JsonObject *
member(JsonObject *object, const char *name)
{
  if (!json_object_has_member(object, name))
    g_error("no member \"%s\"", name);
  return json_object_get_object_member(object, name);
}

static void
assert_members(JsonObject *object, const char *expected)
{
  g_autoptr(GList) names = json_object_get_members(object);
  GString *text = g_string_new(NULL);
  for (GList *at = names; at != NULL; at = at->next)
    g_string_append_printf(text, "%s%s", text->len > 0 ? " | " : "", (const char *)at->data);
  g_assert_cmpstr(text->str, ==, expected);
  g_string_free(text, TRUE);
}

static void
test_run_part(void)
{
  Run run;
  setup(&run);
  const char *names[] = {"connect_time", "a"};
  const double values[] = {1.1, 3};
  char text[] = "one RTO", seen[] = "connect_time = 1.1", other[] = "fails", none[] = "";
  const SummaryExpectation expectations[] = {{text, true, seen, 17}, {other, false, none, 18}};
  const char *unfinished[] = {"my.lua:3: receive", NULL};
  SummaryRun what = plain_run();
  what.result_names = names;
  what.result_values = values;
  what.n_results = 2;
  what.expectations = expectations;
  what.n_expectations = 2;
  what.unfinished = unfinished;
  write_run(&run, &what);
  JsonObject *all = read_file(&run, "summary.json");
  assert_members(
      all, "results | expectations | connections | listeners | links | rules | end_time | events | "
           "ended | unfinished | nodes | memory");
  assert_members(member(all, "nodes"), "a | b");
  JsonObject *results = member(all, "results");
  assert_members(results, "connect_time | a");
  g_assert_cmpfloat(json_object_get_double_member(results, "connect_time"), ==, 1.1);
  JsonArray *list = json_object_get_array_member(all, "expectations");
  g_assert_cmpuint(json_array_get_length(list), ==, 2);
  JsonObject *first = json_array_get_object_element(list, 0);
  g_assert_cmpstr(json_object_get_string_member(first, "seen"), ==, "connect_time = 1.1");
  g_assert_true(json_object_get_boolean_member(first, "passed"));
  g_assert_cmpint(json_object_get_int_member(first, "line"), ==, 17);
  g_assert_false(json_object_get_boolean_member(json_array_get_object_element(list, 1), "passed"));
  g_assert_cmpfloat(json_object_get_double_member(all, "end_time"), ==, 1.5);
  g_assert_cmpint(json_object_get_int_member(all, "events"), ==, 42);
  list = json_object_get_array_member(all, "unfinished");
  g_assert_cmpstr(json_array_get_string_element(list, 0), ==, "my.lua:3: receive");
  teardown(&run);
}

static void
test_connection(void)
{
  Run run;
  setup(&run);
  Sim *sim = run.net.sim;
  TcpHost a = {run.net.a}, b = {run.net.b};
  TcpConn opener = fake_conn(&a, a.node, b.node, 1000, true);
  TcpConn other = fake_conn(&b, a.node, b.node, 1000, false);
  fake_state(sim, &opener, TCP_CLOSED, TCP_SYN_SENT);
  fake_state(sim, &other, TCP_LISTEN, TCP_ESTABLISHED);
  opener.info.segments_sent = 5;
  opener.info.bytes_sent = 100;
  opener.info.segments_received = 3;
  opener.info.connect_time = 1100 * SIM_MILLISECOND;
  opener.info.retransmits = 2;
  other.info.segments_sent = 4;
  other.info.bytes_sent = 1000;
  other.info.segments_received = 4;
  other.info.bytes_received = 100;
  other.info.ssthresh = 7300;
  opener.error = TCP_ERROR_RESET;
  fixture_run(&run.net, SIM_SECOND);
  fake_state(sim, &opener, TCP_ESTABLISHED, TCP_CLOSED);
  opener.info.segments_sent = 99; /* it may be freed now: nobody looks any more */
  SummaryRun what = plain_run();
  summary_take_conn(&other, run.summary);
  write_run(&run, &what);
  JsonObject *conns = member(read_file(&run, "summary.json"), "connections");
  assert_members(conns, "a:1000-b:80");
  JsonObject *conn = member(conns, "a:1000-b:80");
  g_assert_cmpstr(json_object_get_string_member(conn, "opener"), ==, "a");
  g_assert_cmpfloat(json_object_get_double_member(conn, "connect_time"), ==, 1.1);
  g_assert_cmpint(json_object_get_int_member(conn, "sent_packets"), ==, 9);
  g_assert_cmpint(json_object_get_int_member(conn, "sent_bytes"), ==, 1100);
  g_assert_cmpint(json_object_get_int_member(conn, "delivered_packets"), ==, 7);
  g_assert_cmpint(json_object_get_int_member(conn, "retransmits"), ==, 2);
  JsonArray *ends = json_object_get_array_member(conn, "ends");
  g_assert_cmpuint(json_array_get_length(ends), ==, 2);
  JsonObject *end = json_array_get_object_element(ends, 0);
  g_assert_cmpstr(json_object_get_string_member(end, "node"), ==, "a");
  g_assert_cmpstr(json_object_get_string_member(end, "state"), ==, "CLOSED");
  g_assert_cmpstr(json_object_get_string_member(end, "error"), ==, "reset");
  g_assert_cmpfloat(json_object_get_double_member(end, "closed_at"), ==, 1);
  g_assert_true(json_object_get_null_member(end, "ssthresh"));
  end = json_array_get_object_element(ends, 1);
  g_assert_cmpstr(json_object_get_string_member(end, "state"), ==, "ESTABLISHED");
  g_assert_true(json_object_get_null_member(end, "closed_at"));
  g_assert_true(json_object_get_null_member(end, "error"));
  g_assert_cmpint(json_object_get_int_member(end, "ssthresh"), ==, 7300);
  teardown(&run);
}

/* The list is full: an end joins a connection that is listed, and others are added up. */
static void
test_full(void)
{
  Run run;
  setup(&run);
  summary_free(run.summary);
  run.summary = summary_new(run.net.net, 1);
  Sim *sim = run.net.sim;
  TcpHost a = {run.net.a}, b = {run.net.b};
  TcpConn first = fake_conn(&a, a.node, b.node, 1000, true);
  TcpConn joins = fake_conn(&b, a.node, b.node, 1000, false);
  TcpConn opener = fake_conn(&a, a.node, b.node, 1001, true);
  TcpConn other = fake_conn(&b, a.node, b.node, 1001, false);
  TcpConn again = fake_conn(&a, a.node, b.node, 1000, true);
  fake_state(sim, &first, TCP_CLOSED, TCP_SYN_SENT);
  fake_state(sim, &opener, TCP_CLOSED, TCP_SYN_SENT);
  fake_state(sim, &joins, TCP_LISTEN, TCP_SYN_RECEIVED);
  fake_state(sim, &other, TCP_LISTEN, TCP_SYN_RECEIVED);
  opener.info.segments_sent = 5;
  opener.info.bytes_sent = 100;
  other.info.segments_sent = 4;
  other.info.retransmits = 3;
  opener.error = TCP_ERROR_RESET;
  fake_state(sim, &opener, TCP_ESTABLISHED, TCP_CLOSED);
  fake_state(sim, &first, TCP_ESTABLISHED, TCP_CLOSED);
  fake_state(sim, &again, TCP_CLOSED, TCP_SYN_SENT); /* of a listed flow: not listed itself */
  again.info.segments_sent = 1;
  SummaryRun what = plain_run();
  summary_take_conn(&joins, run.summary);
  summary_take_conn(&other, run.summary);
  summary_take_conn(&again, run.summary);
  write_run(&run, &what);
  JsonObject *all = read_file(&run, "summary.json"), *conns = member(all, "connections");
  assert_members(conns, "a:1000-b:80");
  JsonObject *conn = member(conns, "a:1000-b:80");
  g_assert_cmpuint(json_array_get_length(json_object_get_array_member(conn, "ends")), ==, 2);
  JsonObject *rest = member(all, "connections_not_listed");
  g_assert_cmpint(json_object_get_int_member(rest, "connections"), ==, 2);
  g_assert_cmpint(json_object_get_int_member(rest, "ends"), ==, 3);
  g_assert_cmpint(json_object_get_int_member(rest, "open_ends"), ==, 2);
  g_assert_cmpint(json_object_get_int_member(rest, "sent_packets"), ==, 10);
  g_assert_cmpint(json_object_get_int_member(rest, "sent_bytes"), ==, 100);
  g_assert_cmpint(json_object_get_int_member(rest, "retransmits"), ==, 3);
  assert_members(member(rest, "errors"), "reset");
  teardown(&run);
}

static void
test_memory(void)
{
  Run run;
  setup(&run);
  SimSlab one = {.name = "thing", .size = 32, .peak = 3},
          two = {.name = "thing", .size = 32, .peak = 2};
  SimSlab other = {.name = "other", .size = 16, .peak = 0};
  const SimSlab *const slabs[] = {&one, &other, &two};
  SummaryRun what = plain_run();
  what.slabs = slabs;
  what.n_slabs = G_N_ELEMENTS(slabs);
  write_run(&run, &what);
  JsonObject *memory = member(read_file(&run, "summary.json"), "memory");
  assert_members(memory, "thing | other | event place | total_bytes");
  JsonObject *things = member(memory, "thing");
  g_assert_cmpint(json_object_get_int_member(things, "most"), ==, 5);
  g_assert_cmpint(json_object_get_int_member(things, "bytes"), ==, 160);
  gint64 queue = json_object_get_int_member(member(memory, "event place"), "bytes");
  g_assert_cmpint(json_object_get_int_member(memory, "total_bytes"), ==, 160 + queue);
  teardown(&run);
}

/* Half-open: the client comes back while the server's old end is still there. */
static void
test_reopened(void)
{
  Run run;
  setup(&run);
  Sim *sim = run.net.sim;
  TcpHost a = {run.net.a}, b = {run.net.b};
  TcpConn opener = fake_conn(&a, a.node, b.node, 1000, true);
  TcpConn old = fake_conn(&b, a.node, b.node, 1000, false), fresh = old;
  fake_state(sim, &opener, TCP_CLOSED, TCP_SYN_SENT);
  fake_state(sim, &old, TCP_LISTEN, TCP_ESTABLISHED);
  fake_state(sim, &opener, TCP_SYN_SENT, TCP_CLOSED);
  opener.info.segments_sent = 7; /* at the same address as the first */
  fake_state(sim, &opener, TCP_CLOSED, TCP_SYN_SENT);
  fake_state(sim, &old, TCP_ESTABLISHED, TCP_CLOSED);
  fake_state(sim, &fresh, TCP_LISTEN, TCP_ESTABLISHED);
  SummaryRun what = plain_run();
  summary_take_conn(&opener, run.summary);
  summary_take_conn(&fresh, run.summary);
  write_run(&run, &what);
  JsonObject *conns = member(read_file(&run, "summary.json"), "connections");
  assert_members(conns, "a:1000-b:80 | a:1000-b:80.2");
  JsonObject *first = member(conns, "a:1000-b:80"), *second = member(conns, "a:1000-b:80.2");
  g_assert_cmpint(json_object_get_int_member(first, "sent_packets"), ==, 0);
  g_assert_cmpint(json_object_get_int_member(second, "sent_packets"), ==, 7);
  g_assert_cmpuint(json_array_get_length(json_object_get_array_member(first, "ends")), ==, 2);
  g_assert_cmpuint(json_array_get_length(json_object_get_array_member(second, "ends")), ==, 2);
  teardown(&run);
}

static LinkRule *
drop_rule(Net *net, const char *which)
{
  LinkRule *rule = g_new0(LinkRule, 1);
  *rule = (LinkRule){.action = RULE_DROP,
                     .match = packet_match_parse(net, which, NULL),
                     .text = g_strconcat("drop ", which, NULL),
                     .reason = g_strconcat("rule ", which, NULL),
                     .to = SIM_TIME_NEVER};
  return rule;
}

static void
test_links(void)
{
  Run run;
  setup(&run);
  TcpHost a = {run.net.a};
  TcpConn opener = fake_conn(&a, run.net.a, run.net.b, 7, true);
  fake_state(run.net.sim, &opener, TCP_CLOSED, TCP_SYN_SENT);
  for (int i = 0; i < 103; i++) { /* one leaves, a hundred wait, two find no room */
    Packet *packet = fixture_tcp(run.net.net, run.net.a, run.net.b, TCP_ACK, 60);
    packet->tcp.source_port = 7;
    packet->tcp.destination_port = 80;
    link_send(run.net.way, packet);
  }
  g_assert_cmpint(run.net.way->way, ==, LINK_FAST); /* the summary does not slow a link down */
  fixture_run_all(&run.net);
  link_add_rule(run.net.link, drop_rule(run.net.net, "SYN#1"));
  LinkRule *rule = link_add_rule(run.net.link, drop_rule(run.net.net, "UDP#1"));
  rule->direction = run.net.way;
  fixture_send(&run.net, 1, 128);
  fixture_run_all(&run.net);
  SummaryRun what = plain_run();
  summary_take_conn(&opener, run.summary);
  write_run(&run, &what);
  JsonObject *all = read_file(&run, "summary.json"), *links = member(all, "links");
  assert_members(links, "a>b | b>a");
  JsonObject *way = member(links, "a>b"), *drops = member(way, "dropped_packets");
  g_assert_cmpint(json_object_get_int_member(way, "sent_packets"), ==, 104);
  g_assert_cmpint(json_object_get_int_member(way, "sent_bytes"), ==, 10428);
  g_assert_cmpint(json_object_get_int_member(way, "delivered_packets"), ==, 101);
  g_assert_cmpstr(json_object_get_string_member(way, "from"), ==, "a");
  g_assert_cmpstr(json_object_get_string_member(way, "to"), ==, "b");
  g_assert_cmpint(json_object_get_int_member(way, "rate"), ==, (gint64)run.net.way->rate);
  g_assert_cmpint(json_object_get_int_member(way, "mtu"), ==, 1500);
  g_assert_true(json_object_has_member(way, "delay"));
  assert_members(drops, "queue full | rule UDP#1");
  g_assert_cmpint(json_object_get_int_member(drops, "queue full"), ==, 2);
  g_assert_cmpint(json_object_get_int_member(drops, "rule UDP#1"), ==, 1);
  assert_members(member(member(links, "b>a"), "dropped_packets"), "");
  drops = member(member(member(all, "connections"), "a:7-b:80"), "dropped_packets");
  assert_members(drops, "queue full"); /* the connection's only */
  JsonArray *rules = json_object_get_array_member(all, "rules");
  JsonObject *syn = json_array_get_object_element(rules, 0);
  g_assert_cmpstr(json_object_get_string_member(syn, "rule"), ==, "drop SYN#1");
  g_assert_cmpstr(json_object_get_string_member(syn, "link"), ==, "a-b");
  g_assert_cmpint(json_object_get_int_member(syn, "hits"), ==, 0);
  JsonObject *udp = json_array_get_object_element(rules, 1);
  g_assert_cmpstr(json_object_get_string_member(udp, "link"), ==, "a>b");
  g_assert_cmpint(json_object_get_int_member(udp, "hits"), ==, 1);
  teardown(&run);
}

static Packet *
drop_all(Middlebox *box, Packet *packet, LinkDirection *from)
{
  middlebox_drop(box, packet, "not today");
  return NULL;
}

static void
test_nodes(void)
{
  static const SimParam params[] = {{.name = NULL}};
  static const MiddleboxCounter counters[] = {{"so_many", 0}, {NULL, 0}};
  static const MiddleboxOps ops = {.name = "wall",
                                   .state_size = sizeof(uint64_t),
                                   .params = params,
                                   .counters = counters,
                                   .arrive = drop_all};
  Run run;
  setup(&run);
  Middlebox *box = middlebox_new(run.net.b, &ops);
  *(uint64_t *)box->state = 7;
  fixture_send(&run.net, 1, 128);
  fixture_send(&run.net, 2, 128);
  fixture_run_all(&run.net);
  SummaryRun what = plain_run();
  write_run(&run, &what);
  JsonObject *nodes = member(read_file(&run, "summary.json"), "nodes");
  assert_members(nodes, "a | b");
  JsonObject *host = member(nodes, "a"), *wall = member(nodes, "b");
  assert_members(host, "kind | addresses | dropped_packets");
  g_assert_cmpstr(json_object_get_string_member(host, "kind"), ==, "host");
  JsonArray *addresses = json_object_get_array_member(host, "addresses");
  g_assert_cmpstr(json_array_get_string_element(addresses, 0), ==, "10.0.0.1");
  assert_members(wall, "kind | addresses | dropped_packets | looked_at | so_many");
  g_assert_cmpstr(json_object_get_string_member(wall, "kind"), ==, "wall");
  g_assert_cmpint(json_object_get_int_member(wall, "looked_at"), ==, 2);
  g_assert_cmpint(json_object_get_int_member(wall, "so_many"), ==, 7);
  g_assert_cmpint(json_object_get_int_member(member(wall, "dropped_packets"), "not today"), ==, 2);
  teardown(&run);
}

/* A listener that is closed stays; another one at its place is another entry. */
static void
test_listeners(void)
{
  Run run;
  setup(&run);
  TcpListenerRecord record = {
      .listener = (const void *)&run, .node = run.net.a, .port = 80, .info = {.half_open = 3}};
  Sim *sim = run.net.sim;
  sim_trace_emit(sim, TCP_TRACE_LISTENER, &record);
  record.info = (TcpListenerInfo){.dropped = 7, .cookies_sent = 2};
  record.closed = true;
  sim_trace_emit(sim, TCP_TRACE_LISTENER, &record);
  record.closed = false;
  record.info.dropped = 1;
  sim_trace_emit(sim, TCP_TRACE_LISTENER, &record);
  SummaryRun what = plain_run();
  write_run(&run, &what);
  JsonArray *all = json_object_get_array_member(read_file(&run, "summary.json"), "listeners");
  g_assert_cmpuint(json_array_get_length(all), ==, 2);
  JsonObject *first = json_array_get_object_element(all, 0);
  g_assert_cmpint(json_object_get_int_member(first, "port"), ==, 80);
  g_assert_cmpint(json_object_get_int_member(first, "half_open"), ==, 0);
  g_assert_cmpint(json_object_get_int_member(first, "dropped"), ==, 7);
  g_assert_cmpint(json_object_get_int_member(first, "cookies_sent"), ==, 2);
  JsonObject *second = json_array_get_object_element(all, 1);
  g_assert_cmpint(json_object_get_int_member(second, "dropped"), ==, 1);
  teardown(&run);
}

static void
test_run_json(void)
{
  Run run;
  setup(&run);
  const char *const choices[] = {"reno", "cubic", NULL};
  const SummaryParam params[] = {
      {"delay", "50 ms", "one way", "time", "20 ms", .min = "1 ms"},
      {"cc", "reno", "", "text", "reno", .choices = choices},
  };
  SummaryRun what = plain_run();
  what.params = params;
  what.n_params = 2;
  what.until = "10 s";
  what.seed = UINT64_C(18446744073709551615);
  FigureRequest figure = {
      .name = "ladder", .fields = "seq", .from = 160 * SIM_MILLISECOND, .to = SIM_TIME_NEVER};
  what.figures = &figure;
  what.n_figures = 1;
  write_run(&run, &what);
  g_autofree char *text = folder_read(run.folder, "run.json", NULL);
  /* printf -- '-- nothing\n' | sha256sum */
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "-- nothing\n", -1);
  g_autofree char *expected = g_strdup_printf("{\n"
                                              "  \"program\": \"roundtrip\",\n"
                                              "  \"version\": \"0.1.0\",\n"
                                              "  \"scenario\": \"my.lua\",\n"
                                              "  \"sha256\": \"%s\",\n"
                                              "  \"parameters\": {\n"
                                              "    \"delay\": \"50 ms\",\n"
                                              "    \"cc\": \"reno\"\n"
                                              "  },\n"
                                              "  \"seed\": 18446744073709551615,\n"
                                              "  \"until\": \"10 s\",\n"
                                              "  \"text\": \"-- nothing\\n\",\n"
                                              "  \"declared\": [\n"
                                              "    {\n"
                                              "      \"name\": \"delay\",\n"
                                              "      \"help\": \"one way\",\n"
                                              "      \"kind\": \"time\",\n"
                                              "      \"default\": \"20 ms\",\n"
                                              "      \"min\": \"1 ms\",\n"
                                              "      \"max\": null,\n"
                                              "      \"choices\": []\n"
                                              "    },\n"
                                              "    {\n"
                                              "      \"name\": \"cc\",\n"
                                              "      \"help\": \"\",\n"
                                              "      \"kind\": \"text\",\n"
                                              "      \"default\": \"reno\",\n"
                                              "      \"min\": null,\n"
                                              "      \"max\": null,\n"
                                              "      \"choices\": [\n"
                                              "        \"reno\",\n"
                                              "        \"cubic\"\n"
                                              "      ]\n"
                                              "    }\n"
                                              "  ],\n"
                                              "  \"figures\": [\n"
                                              "    {\n"
                                              "      \"name\": \"ladder\",\n"
                                              "      \"fields\": \"seq\",\n"
                                              "      \"from\": \"0.16 s\"\n"
                                              "    }\n"
                                              "  ]\n"
                                              "}\n",
                                              sum);
  g_assert_cmpstr(text, ==, expected);
  teardown(&run);
}

static void
test_machine(void)
{
  Run run;
  setup(&run);
  SummaryRun what = plain_run();
  write_run(&run, &what);
  JsonObject *all = read_file(&run, "machine.json");
  assert_members(all, "wall_s | cpu_s | loop_cpu_s | peak_rss_bytes | host | scenario | output");
  g_assert_cmpfloat(json_object_get_double_member(all, "wall_s"), ==, 0.25);
  g_assert_cmpint(json_object_get_int_member(all, "peak_rss_bytes"), >, 100000);
  g_assert_cmpstr(json_object_get_string_member(all, "scenario"), ==, "x/my.lua");
  g_assert_cmpstr(json_object_get_string_member(all, "output"), ==, "out/my");
  teardown(&run);
}

static void
test_no_folder(void)
{
  Run run;
  setup(&run);
  SummaryRun what = plain_run();
  SummaryMachine machine = {.output = "out/my"};
  g_autoptr(GError) error = NULL;
  g_assert_false(summary_write(run.summary, &what, &machine, "/nonexistent", &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/summary.json"));
  teardown(&run);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/summary/run-and-expectations", test_run_part);
  g_test_add_func("/summary/connection-with-both-ends", test_connection);
  g_test_add_func("/summary/connection-opened-again-is-another", test_reopened);
  g_test_add_func("/summary/the-list-is-full", test_full);
  g_test_add_func("/summary/memory-by-kind", test_memory);
  g_test_add_func("/summary/links-rules-and-drops-by-reason", test_links);
  g_test_add_func("/summary/nodes-and-what-they-dropped", test_nodes);
  g_test_add_func("/summary/listeners", test_listeners);
  g_test_add_func("/summary/run-json-whole", test_run_json);
  g_test_add_func("/summary/machine-json", test_machine);
  g_test_add_func("/summary/no-folder-is-an-error-with-the-path", test_no_folder);
  return g_test_run();
}
