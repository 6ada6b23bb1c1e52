/* Tests of record: the rows and captures that a network and a fake connection leave. */
#include "scenarios/runner/record.h"

#include "tests/unit/fake-tcp.h"
#include "tests/unit/net-fixture.h"
#include "tests/unit/run-folder.h"

#define RATE 8000000 /* a byte a microsecond */
#define DELAY (10 * SIM_MILLISECOND)
#define ISS 1000u
#define IRS 5000u

typedef struct Run {
  Fixture net;
  char *folder;
  Record *record;
} Run;

static void
setup_record(Run *run, RecordSettings settings)
{
  run->folder = folder_new();
  settings.directory = run->folder;
  settings.limit = settings.limit != 0 ? settings.limit : UINT64_MAX;
  GError *error = NULL;
  run->record = record_new(run->net.net, &settings, &error);
  g_assert_no_error(error);
}

static void
setup(Run *run, RecordSettings settings)
{
  fixture_link(&run->net, RATE, DELAY);
  setup_record(run, settings);
}

static void
finish(Run *run, SimTime end)
{
  GError *error = NULL;
  record_finish(run->record, end, &error);
  g_assert_no_error(error);
}

static void
teardown(Run *run)
{
  fixture_free(&run->net);
  folder_free(run->folder);
}

/* A segment of a:1000 to b:80, with what its sender believes. */
static Packet *
segment(const Run *run, bool from_a, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t payload)
{
  const Fixture *net = &run->net;
  Packet *packet =
      fixture_tcp(net->net, from_a ? net->a : net->b, from_a ? net->b : net->a, flags, payload);
  packet->tcp.source_port = from_a ? 1000 : 80;
  packet->tcp.destination_port = from_a ? 80 : 1000;
  packet->tcp.seq = seq;
  packet->tcp.ack = ack;
  packet->tcp.window = 500;
  packet->tcp.iss = from_a ? ISS : IRS;
  packet->tcp.irs = from_a ? IRS : ISS;
  packet->marks = PACKET_HAS_ISS | ((flags & TCP_ACK) ? PACKET_HAS_IRS : 0);
  return packet;
}

static void
send_a(const Run *run, Packet *packet)
{
  link_send(&run->net.link->forward, packet);
}

/* Line `index` of a file is `expected`; the header is line 0. */
static void
assert_line(char **lines, guint index, const char *expected)
{
  g_assert_cmpuint(index, <, g_strv_length(lines));
  g_assert_cmpstr(lines[index], ==, expected);
}

static const RecordSettings only_timeline = {.timeline = true};

static void
test_life(void)
{
  Run run;
  setup(&run, only_timeline);
  Packet *syn = segment(&run, true, TCP_SYN, ISS, 0, 0);
  syn->tcp.options = TCP_OPT_MSS | TCP_OPT_SACK_PERMITTED | TCP_OPT_TIMESTAMPS | TCP_OPT_WSCALE;
  syn->tcp.mss = 1460;
  syn->tcp.ts_value = 77;
  syn->tcp.window_scale = 7;
  syn->tcp.header_length = 40;
  send_a(&run, syn);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
#define SYN_CELLS                                                                                  \
  "a>b,1,a:1000-b:80,10.0.0.1:1000,10.0.0.2:80,TCP,SYN,0,,0,60,500,"                               \
  "mss=1460 sackOK ts=77/0 ws=7,0,,,1000,"
  assert_line(lines, 0,
              "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,"
              "retransmit,state,detail,seq_raw,ack_raw");
  assert_line(lines, 1, "0,send,a," SYN_CELLS);
  assert_line(lines, 2, "0,transmit,a," SYN_CELLS);
  assert_line(lines, 3, "0.01006,receive,b," SYN_CELLS);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  teardown(&run);
}

static void
test_segment(void)
{
  Run run;
  setup(&run, only_timeline);
  Packet *data = segment(&run, true, TCP_PSH | TCP_ACK, ISS + 101, IRS + 1, 50);
  data->window_scale = 7;
  data->retransmit = 2;
  data->cause = PACKET_CAUSE_RTO;
  data->tcp.options = TCP_OPT_TIMESTAMPS | TCP_OPT_SACK;
  data->tcp.ts_value = 9;
  data->tcp.ts_echo = 8;
  data->tcp.sack_count = 2;
  data->tcp.sack[0] = (TcpSackBlock){IRS + 201, IRS + 301};
  data->tcp.sack[1] = (TcpSackBlock){IRS + 1, IRS + 101};
  send_a(&run, data);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
  g_autofree char *expected = g_strdup_printf(
      "0,send,a,a>b,1,a:1000-b:80,10.0.0.1:1000,10.0.0.2:80,TCP,PSH+ACK,101,1,50,90,64000,"
      "\"ts=9/8 sack=201-301,1-101\",2,,%s,1101,5001",
      packet_cause_name(PACKET_CAUSE_RTO));
  assert_line(lines, 1, expected);
  teardown(&run);
}

static void
test_drop(void)
{
  Run run;
  setup(&run, only_timeline);
  LinkRule *rule = g_new0(LinkRule, 1);
  *rule = (LinkRule){.action = RULE_DROP,
                     .match = packet_match_parse(run.net.net, "SYN#1", NULL),
                     .text = g_strdup("drop SYN#1"),
                     .reason = g_strdup("rule SYN#1"),
                     .to = SIM_TIME_NEVER};
  link_add_rule(run.net.link, rule);
  send_a(&run, segment(&run, true, TCP_SYN, ISS, 0, 0));
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
  assert_line(lines, 3,
              "0.00004,drop,a,a>b,1,a:1000-b:80,10.0.0.1:1000,10.0.0.2:80,TCP,SYN,0,,0,40,500,,0,,"
              "rule SYN#1,1000,");
  teardown(&run);
}

static void
test_udp_and_others(void)
{
  Run run;
  setup(&run, only_timeline);
  fixture_send(&run.net, 7, 128);
  Packet *ping = fixture_udp(run.net.net, run.net.a, run.net.b, 1, 28);
  ping->protocol = NET_PROTO_ICMP;
  ping->icmp = (IcmpHeader){.type = 8, .id = 5, .sequence = 3};
  link_send(run.net.way, ping);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
  assert_line(lines, 1, "0,send,a,a>b,1,a:7-b:9,10.0.0.1:7,10.0.0.2:9,UDP,,,,100,128,,,,,,,");
  assert_line(lines, 3, "0,send,a,a>b,2,,10.0.0.1,10.0.0.2,ICMP,echo request,3,,0,28,,,,,,,");
  teardown(&run);
}

static void
emit_timer(Run *run, TcpConn *conn, TcpTimerEvent event, uint32_t backoff)
{
  TcpTimerRecord record = {.time = sim_now(run->net.sim),
                           .conn = conn,
                           .timer = TCP_TIMER_RETRANSMIT,
                           .event = event,
                           .set_at = 50 * SIM_MILLISECOND,
                           .due = 50 * SIM_MILLISECOND + (SIM_SECOND << backoff),
                           .backoff = backoff};
  sim_trace_emit(run->net.sim, TCP_TRACE_TIMER, &record);
}

static void
test_conn_rows(void)
{
  Run run;
  setup(&run, only_timeline);
  TcpHost host = {run.net.b};
  TcpConn conn = fake_conn(&host, run.net.a, run.net.b, 1000, false);
  fake_state(run.net.sim, &conn, TCP_CLOSED, TCP_SYN_SENT);
  emit_timer(&run, &conn, TCP_TIMER_SET, 0);
  emit_timer(&run, &conn, TCP_TIMER_FIRE, 1);
  emit_timer(&run, &conn, TCP_TIMER_CANCEL, 2);
  conn.info.cwnd = 14480;
  TcpRecoveryRecord fast = {.conn = &conn, .to = TCP_RECOVERY_FAST};
  sim_trace_emit(run.net.sim, TCP_TRACE_RECOVERY, &fast);
  conn.info.ssthresh = 7240;
  TcpRecoveryRecord over = {.conn = &conn, .from = TCP_RECOVERY_FAST, .undo = TCP_UNDO_TIMESTAMP};
  sim_trace_emit(run.net.sim, TCP_TRACE_RECOVERY, &over);
  TcpRecoveryRecord probe = {.conn = &conn};
  sim_trace_emit(run.net.sim, TCP_TRACE_RECOVERY, &probe);
  NetNoteRecord note = {.event = "note", .text = "=HYPERLINK(\"x\")\n"};
  sim_trace_emit(run.net.sim, NET_TRACE_NOTE, &note);
  NetNoteRecord call = {
      .event = "call", .node = run.net.a, .conn = "a:1000-b:80", .text = "send 100"};
  sim_trace_emit(run.net.sim, NET_TRACE_NOTE, &call);
  finish(&run, 0);
  g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
#define FROM_CONN "b,,,a:1000-b:80,,,,,,,,,,,,"
  assert_line(lines, 1, "0,state," FROM_CONN "CLOSED>SYN-SENT,,,");
  assert_line(lines, 2, "0,timer-set," FROM_CONN ",\"RTO, due 1.05\",,");
  assert_line(lines, 3, "0,timer-fire," FROM_CONN ",\"RTO, set at 0.05, x2\",,");
  assert_line(lines, 4, "0,timer-cancel," FROM_CONN ",\"RTO, set at 0.05, x4\",,");
  assert_line(lines, 5, "0,note," FROM_CONN "open>fast,loss found: fast recovery; cwnd 14480,,");
  assert_line(lines, 6,
              "0,note," FROM_CONN "fast>open,\"fast recovery is over, it was needless "
              "(timestamps); cwnd 14480, ssthresh 7240\",,");
  assert_line(lines, 7,
              "0,note," FROM_CONN "open>open,\"the probe repaired a loss: the window is cut; cwnd "
              "14480, ssthresh 7240\",,");
  assert_line(lines, 8, "0,note,,,,,,,,,,,,,,,,,\"'=HYPERLINK(\"\"x\"\")\\n\",,");
  assert_line(lines, 9, "0,call,a,,,a:1000-b:80,,,,,,,,,,,,,send 100,,");
  for (guint i = 0; lines[i] != NULL; i++) {
    guint commas = 0;
    bool quoted = false;
    for (const char *at = lines[i]; *at != '\0'; at++) {
      quoted ^= *at == '"';
      commas += *at == ',' && !quoted;
    }
    g_assert_cmpuint(commas, ==, 20);
  }
  teardown(&run);
}

static void
test_tcp(void)
{
  Run run;
  setup(&run, (RecordSettings){.tcp = true});
  TcpHost host = {run.net.a};
  TcpConn conn = fake_conn(&host, run.net.a, run.net.b, 1000, true);
  conn.info.cwnd = 14600;
  conn.info.srtt = 20500 * SIM_MICROSECOND;
  conn.info.rto = SIM_SECOND;
  TcpSampleRecord sample = {.conn = &conn};
  sim_trace_emit(run.net.sim, TCP_TRACE_SAMPLE, &sample);
  conn.info.segments_sent++; /* no column */
  sim_trace_emit(run.net.sim, TCP_TRACE_SAMPLE, &sample);
  sample.time = SIM_MILLISECOND;
  conn.info.ssthresh = 7300;
  conn.info.recovery = TCP_RECOVERY_FAST;
  conn.info.pacing_rate = 125000;
  sim_trace_emit(run.net.sim, TCP_TRACE_SAMPLE, &sample);
  fake_state(run.net.sim, &conn, TCP_CLOSED, TCP_SYN_SENT); /* another one in its place */
  sim_trace_emit(run.net.sim, TCP_TRACE_SAMPLE, &sample);
  finish(&run, SIM_SECOND);
  g_auto(GStrv) lines = folder_lines(run.folder, "tcp.csv");
  assert_line(lines, 0,
              "time,node,conn,cwnd,ssthresh,flight,srtt,rttvar,rto,rcv_wnd,snd_wnd,delivered,lost,"
              "retransmits,recovery,pacing_rate");
  assert_line(lines, 1, "0,a,a:1000-b:80,14600,,0,0.0205,0,1,0,0,0,0,0,open,");
  assert_line(lines, 2, "0.001,a,a:1000-b:80,14600,7300,0,0.0205,0,1,0,0,0,0,0,fast,125000");
  assert_line(lines, 3, lines[2]);
  g_assert_cmpuint(g_strv_length(lines), ==, 4);
  teardown(&run);
}

/* The column's sum over the rows of one direction. */
static uint64_t
sum_column(char **lines, const char *direction, int column)
{
  uint64_t sum = 0;
  for (guint i = 1; lines[i] != NULL; i++) {
    g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
    g_assert_cmpuint(g_strv_length(cells), ==, 10);
    if (strcmp(cells[1], direction) == 0)
      sum += g_ascii_strtoull(cells[column], NULL, 10);
  }
  return sum;
}

static void
assert_sums(const Run *run, char **lines)
{
  const LinkDirection *way = run->net.way;
  const LinkCounters *counters = link_counters(run->net.way);
  g_assert_cmpuint(sum_column(lines, "a>b", 4), ==, counters->sent_bytes);
  g_assert_cmpuint(sum_column(lines, "a>b", 5), ==, counters->sent_packets);
  g_assert_cmpuint(sum_column(lines, "a>b", 6), ==, link_dropped(way));
  g_assert_cmpuint(sum_column(lines, "a>b", 8), ==, counters->delivered_packets);
  g_assert_cmpuint(sum_column(lines, "a>b", 9), ==, counters->delivered_bytes);
  g_assert_cmpuint(sum_column(lines, "b>a", 5), ==, 0);
}

static void
test_links_given(void)
{
  Run run;
  setup(&run, (RecordSettings){.links = true, .interval = SIM_MILLISECOND});
  for (uint16_t i = 0; i < 4; i++)
    fixture_send(&run.net, i, 500); /* half a millisecond each: three wait */
  fixture_run(&run.net, 2500 * SIM_MICROSECOND);
  fixture_send(&run.net, 4, 500);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim)); /* 13 ms */
  g_auto(GStrv) lines = folder_lines(run.folder, "links.csv");
  assert_line(lines, 0,
              "time,link,queue_packets,queue_bytes,sent_bytes,sent_packets,dropped,marked,"
              "delivered_packets,delivered_bytes");
  /* At 1 ms the third begins to leave: what happens at a border belongs to what ends there. */
  assert_line(lines, 1, "0.001,a>b,1,500,2000,4,0,0,0,0");
  assert_line(lines, 2, "0.001,b>a,0,0,0,0,0,0,0,0");
  assert_line(lines, 3, "0.002,a>b,0,0,0,0,0,0,0,0");
  assert_line(lines, 5, "0.003,a>b,0,0,500,1,0,0,0,0");
  assert_line(lines, 21, "0.011,a>b,0,0,0,0,0,0,2,1000"); /* the delay is 10 ms */
  assert_line(lines, 25, "0.013,a>b,0,0,0,0,0,0,1,500");
  g_assert_cmpuint(g_strv_length(lines), ==, 27);
  assert_sums(&run, lines);
  teardown(&run);
}

static void
test_links_default(void)
{
  Run run;
  setup(&run, (RecordSettings){.links = true});
  for (int i = 0; i < 300; i++) {
    fixture_run(&run.net, i * 3 * SIM_MILLISECOND + i * i * SIM_MICROSECOND);
    for (int k = 0; k < i % 150; k++) /* sometimes more than the queue holds */
      fixture_send(&run.net, 1, 40);
  }
  fixture_run_all(&run.net);
  g_assert_cmpuint(link_dropped(run.net.way), >, 0);
  finish(&run, 1234567891011);
  g_auto(GStrv) lines = folder_lines(run.folder, "links.csv");
  g_assert_cmpuint(g_strv_length(lines), ==, 1 + 2 * 200);
  g_assert_true(g_str_has_prefix(lines[1], "0.006172839456,a>b,")); /* 1/200, rounded up */
  g_assert_true(g_str_has_prefix(lines[2 * 200], "1.234567891011,b>a,"));
  assert_sums(&run, lines);
  teardown(&run);
}

static void
test_links_short(void)
{
  Run run;
  setup(&run, (RecordSettings){.links = true});
  fixture_send(&run.net, 1, 40);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim)); /* 10.04 ms */
  g_auto(GStrv) lines = folder_lines(run.folder, "links.csv");
  g_assert_cmpuint(g_strv_length(lines), ==, 1 + 2 * 11);
  g_assert_true(g_str_has_prefix(lines[1], "0.001,"));
  g_assert_true(g_str_has_prefix(lines[22], "0.01004,"));
  assert_sums(&run, lines);
  teardown(&run);
}

static void
test_links_empty(void)
{
  Run run;
  setup(&run, (RecordSettings){.links = true});
  finish(&run, 0);
  g_auto(GStrv) lines = folder_lines(run.folder, "links.csv");
  assert_line(lines, 1, "0,a>b,0,0,0,0,0,0,0,0");
  assert_line(lines, 2, "0,b>a,0,0,0,0,0,0,0,0");
  teardown(&run);
}

/* So many packets that their times are joined: each row still counts exactly what its time says. */
static void
test_links_long(void)
{
  enum { PACKETS = 150000 };
  Run run;
  setup(&run, (RecordSettings){.links = true});
  for (int i = 0; i < PACKETS; i++) { /* one every 97 us, each 28 us long */
    fixture_run(&run.net, i * 97 * SIM_MICROSECOND);
    fixture_send(&run.net, 1, 28);
  }
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_auto(GStrv) lines = folder_lines(run.folder, "links.csv");
  guint rows = (g_strv_length(lines) - 1) / 2;
  g_assert_cmpuint(rows, >=, 190);
  g_assert_cmpuint(rows, <=, 200);
  assert_sums(&run, lines);
  uint64_t counted = 0;
  for (guint i = 1; lines[i] != NULL; i += 2) {
    g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
    double border = g_ascii_strtod(cells[0], NULL);
    counted += g_ascii_strtoull(cells[5], NULL, 10);
    uint64_t expected = (uint64_t)(border / 97e-6 + 1e-6) + 1;
    g_assert_cmpuint(counted, ==, MIN(expected, PACKETS));
  }
  teardown(&run);
}

static void
send_many(Run *run, int count)
{
  for (int i = 0; i < count; i++) {
    send_a(run, segment(run, true, TCP_ACK, ISS + 1 + 100 * (uint32_t)i, IRS + 1, 100));
    fixture_run(&run->net, sim_now(run->net.sim) + SIM_MILLISECOND);
  }
  fixture_run_all(&run->net);
}

/* Everything that a recorder can leave here. */
static const char *const all_files[] = {"timeline.csv", "tcp.csv", "links.csv", "pcap/a.pcapng",
                                        "pcap/b.pcapng"};

static uint64_t
folder_size(const char *folder)
{
  uint64_t size = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(all_files); i++) {
    g_autofree char *path = g_build_filename(folder, all_files[i], NULL);
    GStatBuf status;
    if (g_stat(path, &status) == 0)
      size += (uint64_t)status.st_size;
  }
  return size;
}

static const RecordSettings everything = {
    .timeline = true, .tcp = true, .links = true, .pcap = true};

static void
test_limit(void)
{
  for (uint64_t limit = 1000; limit < 300000; limit = limit * 3 + 1) {
    Run run;
    RecordSettings settings = everything;
    settings.limit = limit;
    setup(&run, settings);
    send_many(&run, 1000);
    g_assert_true(record_truncated(run.record));
    finish(&run, sim_now(run.net.sim));
    uint64_t size = folder_size(run.folder);
    g_assert_cmpuint(size, <=, limit);
    g_assert_cmpuint(size, >, limit / 2);
    g_auto(GStrv) lines = folder_lines(run.folder, "timeline.csv");
    g_assert_cmpuint(g_strv_length(lines), >, 1); /* whole rows */
    g_auto(GStrv) links = folder_lines(run.folder, "links.csv");
    if (limit > 200000) /* all of it, although the rest was cut */
      assert_sums(&run, links);
    teardown(&run);
  }
}

static void
test_files(void)
{
  Run run;
  setup(&run, everything);
  send_many(&run, 1);
  g_autofree char *names = g_strjoinv(" ", (char **)(uintptr_t)record_files(run.record));
  g_assert_cmpstr(names, ==, "links.csv pcap/a.pcapng pcap/b.pcapng tcp.csv timeline.csv");
  record_abandon(run.record);
  g_assert_null(run.net.sim->trace[NET_TRACE_PACKET].listeners);
  g_assert_null(run.net.sim->trace[TCP_TRACE_SAMPLE].listeners);
  teardown(&run);
}

static void
test_no_folder(void)
{
  Fixture net;
  fixture_link(&net, 0, 0);
  RecordSettings settings = everything;
  settings.directory = "/nonexistent";
  settings.limit = UINT64_MAX;
  g_autoptr(GError) error = NULL;
  g_assert_null(record_new(net.net, &settings, &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/timeline.csv"));
  g_assert_null(net.sim->trace[NET_TRACE_PACKET].listeners);
  fixture_free(&net);
}

/* A folder where a capture cannot be made: the run goes on, the end tells. */
static void
test_no_capture(void)
{
  Run run;
  setup(&run, everything);
  folder_put(run.folder, "pcap", "in the way");
  send_many(&run, 3);
  g_assert_cmpuint(run.net.arrivals->len, ==, 3);
  g_autoptr(GError) error = NULL;
  g_assert_false(record_finish(run.record, SIM_SECOND, &error));
  g_assert_nonnull(strstr(error->message, "pcap"));
  teardown(&run);
}

/* Captures. */

typedef struct Seen {
  SimTime time;
  uint32_t captured, original;
  uint16_t id_seq; /* the low half of the TCP sequence number */
  char comment[64];
} Seen;

static uint32_t
read32(const char *at)
{
  uint32_t value;
  memcpy(&value, at, 4);
  return GUINT32_FROM_LE(value);
}

/* The packets of a capture of ours. g_array_unref. */
static GArray *
read_capture(const char *folder, const char *name)
{
  gsize length;
  g_autofree char *bytes = folder_read(folder, name, &length);
  GArray *packets = g_array_new(FALSE, TRUE, sizeof(Seen));
  for (gsize at = 0; at < length; at += read32(bytes + at + 4)) {
    if (read32(bytes + at) != 6)
      continue;
    const char *block = bytes + at;
    Seen seen = {.captured = read32(block + 20), .original = read32(block + 24)};
    uint64_t time = (uint64_t)read32(block + 12) << 32 | read32(block + 16);
    seen.time = (SimTime)time * SIM_NANOSECOND;
    seen.id_seq = (uint16_t)((uint8_t)block[28 + 26] << 8 | (uint8_t)block[28 + 27]);
    gsize option = 28 + (seen.captured + 3) / 4 * 4;
    if (option + 4 < read32(block + 4))
      memcpy(seen.comment, block + option + 4,
             MIN(read32(block + option) >> 16, sizeof seen.comment - 1));
    g_array_append_val(packets, seen);
  }
  return packets;
}

static void
lose(Run *run, const char *which)
{
  LinkRule *rule = g_new0(LinkRule, 1);
  *rule = (LinkRule){.action = RULE_DROP,
                     .match = packet_match_parse(run->net.net, which, NULL),
                     .text = g_strconcat("drop ", which, NULL),
                     .reason = g_strconcat("rule ", which, NULL),
                     .to = SIM_TIME_NEVER};
  link_add_rule(run->net.link, rule);
}

static const RecordSettings only_pcap = {.pcap = true};

static const Seen *
seen_at(const GArray *packets, guint index)
{
  g_assert_cmpuint(index, <, packets->len);
  return &g_array_index(packets, Seen, index);
}

static void
test_capture(void)
{
  Run run;
  setup(&run, only_pcap);
  lose(&run, "DATA#2");
  send_many(&run, 3);
  finish(&run, sim_now(run.net.sim));
  g_autoptr(GArray) sent = read_capture(run.folder, "pcap/a.pcapng");
  g_autoptr(GArray) received = read_capture(run.folder, "pcap/b.pcapng");
  g_assert_cmpuint(sent->len, ==, 3);
  g_assert_cmpuint(received->len, ==, 2);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint(seen_at(sent, i)->time, ==, i * SIM_MILLISECOND);
    g_assert_cmpuint(seen_at(sent, i)->id_seq, ==, ISS + 1 + 100 * i);
    g_assert_cmpuint(seen_at(sent, i)->original, ==, 140);
    g_assert_cmpuint(seen_at(sent, i)->captured, ==, 40); /* counted payload is cut */
    g_assert_cmpstr(seen_at(sent, i)->comment, ==, i == 1 ? "lost on the wire: rule DATA#2" : "");
  }
  g_assert_cmpint(seen_at(received, 0)->time, ==, 10140 * SIM_MICROSECOND);
  g_assert_cmpuint(seen_at(received, 1)->id_seq, ==, ISS + 201);
  teardown(&run);
}

static void
test_capture_full(void)
{
  Run run;
  setup(&run, (RecordSettings){.pcap = true, .full_payload = true});
  send_many(&run, 1);
  finish(&run, sim_now(run.net.sim));
  g_autoptr(GArray) sent = read_capture(run.folder, "pcap/a.pcapng");
  g_assert_cmpuint(seen_at(sent, 0)->captured, ==, 140);
  teardown(&run);
}

/* Given bytes are kept although the packet is gone by the time it is written. */
static void
test_capture_bytes(void)
{
  Run run;
  setup(&run, only_pcap);
  Packet *packet = segment(&run, true, TCP_ACK, ISS + 1, IRS + 1, 5);
  packet_ext(run.net.net, packet)->payload = g_memdup2("hello", 5);
  send_a(&run, packet);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  gsize length;
  g_autofree char *bytes = folder_read(run.folder, "pcap/a.pcapng", &length);
  g_assert_nonnull(memmem(bytes, length, "hello", 5));
  teardown(&run);
}

static void
test_capture_retransmission(void)
{
  Run run;
  setup(&run, only_pcap);
  lose(&run, "SYN");
  TcpHost host = {run.net.a};
  TcpConn conn = fake_conn(&host, run.net.a, run.net.b, 1000, true);
  emit_timer(&run, &conn, TCP_TIMER_FIRE, 1);
  Packet *again = segment(&run, true, TCP_SYN, ISS, 0, 0);
  again->retransmit = 2;
  again->cause = PACKET_CAUSE_RTO;
  send_a(&run, again);
  Packet *data = segment(&run, true, TCP_ACK, ISS + 101, IRS + 1, 100);
  data->retransmit = 1;
  data->cause = PACKET_CAUSE_FAST_RETRANSMIT;
  send_a(&run, data);
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_autoptr(GArray) sent = read_capture(run.folder, "pcap/a.pcapng");
  g_assert_true(g_str_has_prefix(seen_at(sent, 0)->comment,
                                 "retransmission 2 of SYN, after RTO 2 s; lost on the wire: rule"));
  g_assert_cmpstr(seen_at(sent, 1)->comment, ==, "retransmission 1 of byte 101, fast retransmit");
  teardown(&run);
}

static void
test_capture_queue(void)
{
  Run run;
  setup(&run, only_pcap);
  for (uint32_t i = 0; i < 102; i++) /* one leaves, a hundred wait */
    send_a(&run, segment(&run, true, TCP_ACK, ISS + 1 + i, IRS + 1, 1));
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  g_autoptr(GArray) sent = read_capture(run.folder, "pcap/a.pcapng");
  g_assert_cmpuint(sent->len, ==, 102);
  for (guint i = 0; i < 102; i++)
    g_assert_cmpuint(seen_at(sent, i)->id_seq, ==, ISS + 1 + i);
  g_assert_cmpstr(seen_at(sent, 100)->comment, ==, "");
  g_assert_cmpstr(seen_at(sent, 101)->comment, ==, "lost: queue full");
  teardown(&run);
}

/* More packets under way than are held back: all are there, in order. */
static void
test_capture_many(void)
{
  enum { PACKETS = 40000 };
  Run run;
  fixture_link(&run.net, 0, SIM_SECOND);
  setup_record(&run, only_pcap);
  for (uint32_t i = 0; i < PACKETS; i++)
    send_a(&run, segment(&run, true, TCP_ACK, ISS + 1 + i, IRS + 1, 1));
  fixture_run_all(&run.net);
  finish(&run, sim_now(run.net.sim));
  const char *const files[] = {"pcap/a.pcapng", "pcap/b.pcapng"};
  for (int k = 0; k < 2; k++) {
    g_autoptr(GArray) packets = read_capture(run.folder, files[k]);
    g_assert_cmpuint(packets->len, ==, PACKETS);
    for (guint i = 0; i < PACKETS; i++)
      g_assert_cmpuint(seen_at(packets, i)->id_seq, ==, (ISS + 1 + i) & 0xffff);
  }
  teardown(&run);
}

static void
test_same_bytes(void)
{
  Run run[2];
  for (int i = 0; i < 2; i++) {
    setup(&run[i], everything);
    lose(&run[i], "DATA#20,22");
    send_many(&run[i], 50);
    finish(&run[i], sim_now(run[i].net.sim));
  }
  for (size_t i = 0; i < G_N_ELEMENTS(all_files); i++) {
    gsize length[2];
    g_autofree char *first = folder_read(run[0].folder, all_files[i], &length[0]);
    g_autofree char *second = folder_read(run[1].folder, all_files[i], &length[1]);
    g_assert_cmpmem(first, length[0], second, length[1]);
  }
  teardown(&run[0]);
  teardown(&run[1]);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/record/timeline/packet-from-send-to-receive", test_life);
  g_test_add_func("/record/timeline/segment-with-everything", test_segment);
  g_test_add_func("/record/timeline/drop-says-why", test_drop);
  g_test_add_func("/record/timeline/udp-and-others", test_udp_and_others);
  g_test_add_func("/record/timeline/states-timers-calls-notes", test_conn_rows);
  g_test_add_func("/record/tcp/row-only-on-change", test_tcp);
  g_test_add_func("/record/links/given-interval", test_links_given);
  g_test_add_func("/record/links/200th-of-the-run", test_links_default);
  g_test_add_func("/record/links/at-least-1-ms", test_links_short);
  g_test_add_func("/record/links/nothing-happened", test_links_empty);
  g_test_add_func("/record/links/long-run-counts-exactly", test_links_long);
  g_test_add_func("/record/limit-holds-over-all-files", test_limit);
  g_test_add_func("/record/files-are-listed-and-listening-ends", test_files);
  g_test_add_func("/record/no-folder-is-an-error-with-the-path", test_no_folder);
  g_test_add_func("/record/no-capture-is-told-at-the-end", test_no_capture);
  g_test_add_func("/record/pcap/sent-and-received", test_capture);
  g_test_add_func("/record/pcap/full-payload", test_capture_full);
  g_test_add_func("/record/pcap/given-bytes-are-kept", test_capture_bytes);
  g_test_add_func("/record/pcap/retransmission-tells-its-story", test_capture_retransmission);
  g_test_add_func("/record/pcap/lost-in-the-queue", test_capture_queue);
  g_test_add_func("/record/pcap/many-under-way-stay-in-order", test_capture_many);
  g_test_add_func("/record/same-run-same-bytes", test_same_bytes);
  return g_test_run();
}
