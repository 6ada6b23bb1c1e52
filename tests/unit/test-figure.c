/* test-figure: data files say what the run's files say, texts are harmless, nothing is left half,
 * and every figure comes out in every format (where there is a gnuplot). */
#include "plots/figure.h"

#include <math.h>
#include <string.h>

#include "plots/text-width.h"
#include "sim/error.h"
#include "tests/figures/figure-files.h"
#include "tests/unit/run-folder.h"

#define TIMELINE                                                                                   \
  "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"  \
  "state,detail,seq_raw,ack_raw\n"
#define LISTENERS                                                                                  \
  "time,node,port,half_open,ready,dropped,overflows,deferred,cookies_sent,cookies_received,"       \
  "cookies_failed\n"
#define TCP                                                                                        \
  "time,node,conn,cwnd,ssthresh,flight,srtt,rttvar,rto,rcv_wnd,snd_wnd,delivered,lost,"            \
  "retransmits,recovery\n"

#define LINKS                                                                                      \
  "time,link,queue_packets,queue_bytes,sent_bytes,sent_packets,dropped,marked,delivered_packets,"  \
  "delivered_bytes\n"
#define FLOWS "time,load,flow,from,to,start,duration,bytes,outcome\n"

/* A packet of TCP over the one link, in the rows of its life. */
typedef struct TestPacket {
  const char *from, *to, *flags;
  const char *sent, *end; /* seconds; end: received, or lost */
  int number, seq, ack, length, retransmit;
  bool lost;
} TestPacket;

static void
append_event(GString *rows, const TestPacket *p, const char *time, const char *event,
             const char *node, const char *client, const char *server)
{
  g_string_append_printf(rows, "%s,%s,\"%s\",\"%s>%s\",%d,\"%s:1-%s:80\",%s,%s,TCP,%s,%d,", time,
                         event, node, p->from, p->to, p->number, client, server,
                         p->from == client ? "10.0.0.1:1" : "10.0.0.2:80",
                         p->from == client ? "10.0.0.2:80" : "10.0.0.1:1", p->flags, p->seq);
  if (p->ack >= 0)
    g_string_append_printf(rows, "%d", p->ack);
  g_string_append_printf(rows, ",%d,%d,65535,%s,%d,,%s,%u,%d\n", p->length, p->length + 40,
                         strstr(p->flags, "SYN") != NULL ? "mss=1460 sackOK ts=1/0 ws=7" : "",
                         p->retransmit, strcmp(event, "drop") == 0 ? "rule SYN#1" : "",
                         1000u + (guint)p->seq, 2000 + p->ack);
}

static void
append_state(GString *rows, const char *time, const char *node, const char *step,
             const char *client, const char *server)
{
  g_string_append_printf(rows, "%s,state,\"%s\",,,\"%s:1-%s:80\",,,,,,,,,,,,%s,,,\n", time, node,
                         client, server, step);
}

/* A SYN that is lost, its retransmission, and 20 segments of data, one of them lost and repeated.
 * The names stand in quotes; `client` must not need RFC 4180's doubling. */
static char *
timeline(const char *client, const char *server)
{
  GString *rows = g_string_new(TIMELINE);
  const TestPacket opening[] = {
      {client, server, "SYN", "0", "0.025", 1, 0, -1, 0, 0, true},
      {client, server, "SYN", "1", "1.05", 2, 0, -1, 0, 1, false},
      {server, client, "SYN+ACK", "1.05", "1.1", 3, 0, 1, 0, 0, false},
      {client, server, "ACK", "1.1", "1.15", 4, 1, 1, 0, 0, false},
  };
  const struct {
    const char *time, *node, *step;
  } steps[] = {{"0", client, "CLOSED>SYN-SENT"},
               {NULL, NULL, NULL}, /* the second SYN leaves */
               {"1.05", server, "LISTEN>SYN-RECEIVED"},
               {"1.1", client, "SYN-SENT>ESTABLISHED"}};
  for (guint i = 0; i < G_N_ELEMENTS(opening); i++) {
    const TestPacket *p = &opening[i];
    if (steps[i].time != NULL)
      append_state(rows, steps[i].time, steps[i].node, steps[i].step, client, server);
    append_event(rows, p, p->sent, "send", p->from, client, server);
    append_event(rows, p, p->sent, "transmit", p->from, client, server);
    append_event(rows, p, p->end, p->lost ? "drop" : "receive", p->lost ? p->from : p->to, client,
                 server);
  }
  append_state(rows, "1.15", server, "SYN-RECEIVED>ESTABLISHED", client, server);
  for (int i = 0; i < 20; i++) {
    g_autofree char *sent = g_strdup_printf("%d.2", i + 2);
    g_autofree char *got = g_strdup_printf("%d.25", i + 2);
    g_autofree char *acked = g_strdup_printf("%d.3", i + 2);
    bool again = i == 11;
    TestPacket data = {client, server, "ACK", sent,   got, 10 + 2 * i, 1 + 1000 * (again ? 10 : i),
                       1,      1000,   again, i == 10};
    TestPacket ack = {server, client,          "ACK", got, acked, 11 + 2 * i,
                      1,      1001 + 1000 * i, 0,     0,   false};
    append_event(rows, &data, sent, "send", client, client, server);
    append_event(rows, &data, sent, "transmit", client, client, server);
    append_event(rows, &data, got, data.lost ? "drop" : "receive", server, client, server);
    if (data.lost)
      continue;
    append_event(rows, &ack, got, "send", server, client, server);
    append_event(rows, &ack, got, "transmit", server, client, server);
    append_event(rows, &ack, acked, "receive", client, client, server);
  }
  return g_string_free(rows, FALSE);
}

static char *
run_new(const char *client, const char *server)
{
  char *run = folder_new();
  g_autofree char *rows = timeline(client, server);
  folder_put(run, "timeline.csv", rows);
  folder_put(run, "tcp.csv",
             TCP "1.1,client,client:1-server:80,14600,,0,0.1,0.05,1,65535,65535,0,0,0,open\n"
                 "2.2,client,client:1-server:80,16000,,1000,0.1,0.05,1,65535,65535,1000,0,0,open\n"
                 "3.2,client,client:1-server:80,8000,8000,1000,0.1,0.05,1,65535,65535,2000,1,1,"
                 "fast\n"
                 "4.2,client,client:1-server:80,9000,8000,500,0.1,0.05,1,65535,65535,3000,1,1,"
                 "open\n"
                 "4.2,server,client:1-server:80,14600,,0,0.1,0.05,1,65535,65535,0,0,0,open\n");
  folder_put(run, "listeners.csv",
             LISTENERS "1,server,80,1,0,0,0,0,0,0,0\n"
                       "1.5,server,81,9,9,9,0,0,0,0,0\n"
                       "2,server,80,2,0,0,0,0,0,0,0\n"
                       "2.0005,server,80,1,1,0,0,0,0,0,0\n"
                       "4,server,80,1,0,3,1,0,7,2,1\n");
  folder_put(run, "links.csv",
             LINKS "1,client>server,40,60000,100,2,0,0,10,12500\n"
                   "1,server>client,3,120,100,2,0,0,10,400\n"
                   "2,client>server,50,75000,100,2,4,1,20,25000\n"
                   "2,server>client,0,0,100,2,0,0,0,0\n"
                   "2.1,client>server,0,0,0,0,0,0,1,1500\n"
                   "2.1,server>client,0,0,0,0,0,0,0,0\n");
  folder_put(run, "flows.csv",
             FLOWS "1,web,1,client,server,0,1,1000,completed\n"
                   "2,\"a \"\"load\"\"\",1,client,server,0,2,1000,completed\n"
                   "3,web,2,client,server,2.5,0.5,1000,completed\n"
                   "9,web,3,client,server,0,9,0,timed out\n");
  folder_put(
      run, "summary.json",
      "{\"nodes\": {\"client\": {\"kind\": \"host\"}, \"home\": {\"kind\": \"nat\"},"
      "\"server\": {\"kind\": \"host\"}}, \"links\": {"
      "\"client>home\": {\"from\": \"client\", \"to\": \"home\", \"rate\": null, \"delay\": 0},"
      "\"home>client\": {\"from\": \"home\", \"to\": \"client\", \"rate\": null, \"delay\": 0},"
      "\"home>server\": {\"from\": \"home\", \"to\": \"server\", \"rate\": 1000000, \"delay\": "
      "0.05},"
      "\"server>home\": {\"from\": \"server\", \"to\": \"home\", \"rate\": 1000000, \"delay\": "
      "0.05}}}");
  return run;
}

/* The figure "fairness" needs two flows. */
static void
put_flows(const char *run, const char *figure)
{
  if (strcmp(figure, "fairness") == 0)
    folder_put(run, "tcp.csv",
               TCP "1,client,a,14600,,0,0.1,0.05,1,65535,65535,0,0,0,open\n"
                   "1,client,b,14600,,0,0.1,0.05,1,65535,65535,0,0,0,open\n"
                   "2,client,a,14600,,0,0.1,0.05,1,65535,65535,8000,0,0,open\n"
                   "3,client,b,14600,,0,0.1,0.05,1,65535,65535,4000,0,0,open\n"
                   "3,client,a,14600,,0,0.1,0.05,1,65535,65535,9000,0,0,open\n");
}

static FigureRequest
request_of(const char *name, const char *run, const char *folder)
{
  FigureRequest request = figure_request(name, run);
  request.directory = folder;
  return request;
}

static void
make(const FigureRequest *request)
{
  GError *error = NULL;
  bool made = figure_make(request, &error);
  g_assert_no_error(error);
  g_assert_true(made);
}

static bool
has_gnuplot(void)
{
  g_autofree char *path = g_find_program_in_path("gnuplot");
  if (path == NULL)
    g_test_skip("gnuplot is not installed");
  return path != NULL;
}

static double
field_of(const GPtrArray *rows, guint row, guint column)
{
  g_assert_cmpuint(row, <, rows->len);
  g_auto(GStrv) fields = g_strsplit(rows->pdata[row], " ", -1);
  g_assert_cmpuint(column, <, g_strv_length(fields));
  return g_ascii_strtod(fields[column], NULL);
}

static guint
files_in(const char *folder)
{
  guint count = 0;
  GDir *dir = g_dir_open(folder, 0, NULL);
  while (dir != NULL && g_dir_read_name(dir) != NULL)
    count++;
  if (dir != NULL)
    g_dir_close(dir);
  return count;
}

static void
test_headers(void)
{
  guint count = 0;
  for (const char *const *name = figure_names(); *name != NULL; name++, count++) {
    g_assert_cmpuint(strlen(figure_shows(*name)), >, 40);
    g_assert_true(g_str_has_suffix(figure_needs(*name), ".csv") ||
                  g_str_has_suffix(figure_needs(*name), ".json"));
  }
  g_assert_cmpuint(count, >=, 3);
  g_assert_null(figure_shows("nothing"));
}

static void
test_ladder_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("ladder", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) again = block_lines(folder, "ladder.dat", "again");
  g_autoptr(GPtrArray) lost = block_lines(folder, "ladder.dat", "lost");
  g_autoptr(GPtrArray) arrows = block_lines(folder, "ladder.dat", "arrows");
  g_assert_cmpuint(lost->len, ==, 2);
  g_assert_cmpuint(again->len, ==, 2);
  g_assert_cmpuint(arrows->len, ==, 2 + 18 + 19);
  /* The columns behind the four of its ends: sent, end, packet, seq, ack, length, retransmit. */
  g_assert_cmpfloat(field_of(lost, 0, 4), ==, 0);
  g_assert_cmpfloat(field_of(lost, 0, 5), ==, 0.025);
  g_assert_cmpfloat(field_of(again, 0, 4), ==, 1);
  g_assert_cmpfloat(field_of(again, 0, 5), ==, 1.05);
  g_assert_cmpfloat(field_of(again, 0, 10), ==, 1);
  g_assert_cmpfloat(field_of(again, 1, 7), ==, 10001);
  g_assert_cmpfloat(field_of(again, 1, 9), ==, 1000);
  g_assert_cmpfloat(field_of(arrows, 0, 4), ==, 1.05);
  g_assert_cmpfloat(field_of(arrows, 0, 8), ==, 1);
  for (guint i = 0; i < arrows->len; i++) { /* time runs downwards, all of it on the paper */
    g_assert_cmpfloat(field_of(arrows, i, 3), >, field_of(arrows, i, 1));
    g_assert_cmpfloat(field_of(arrows, i, 1), >, 0);
    if (i > 0)
      g_assert_cmpfloat(field_of(arrows, i, 1), >=, field_of(arrows, i - 1, 1));
  }
  folder_free(run);
  folder_free(folder);
}

typedef struct Rectangle {
  double x, y, w, h, angle;
} Rectangle;

/* Is there a direction, of a side of `a`, along which the two are apart? */
static bool
apart(const Rectangle *a, const Rectangle *b)
{
  double turn = (b->angle - a->angle) * G_PI / 180, own = a->angle * G_PI / 180;
  double dx = b->x - a->x, dy = b->y - a->y;
  double along = fabs(dx * cos(own) - dy * sin(own)), across = fabs(dx * sin(own) + dy * cos(own));
  double reach = (fabs(cos(turn)) * b->w + fabs(sin(turn)) * b->h) / 2;
  double rise = (fabs(sin(turn)) * b->w + fabs(cos(turn)) * b->h) / 2;
  const double rounding = 0.05;
  return along + rounding >= a->w / 2 + reach || across + rounding >= a->h / 2 + rise;
}

static void
read_boxes(GArray *boxes, const char *folder, const char *block)
{
  g_autoptr(GPtrArray) rows = block_lines(folder, "ladder.dat", block);
  for (guint i = 0; i < rows->len; i++) {
    Rectangle box = {field_of(rows, i, 0), field_of(rows, i, 1), field_of(rows, i, 2),
                     field_of(rows, i, 3), field_of(rows, i, 4)};
    if (box.w > 0)
      g_array_append_val(boxes, box);
  }
}

/* In each width no two texts overlap, and every text is on the paper. */
static void
test_ladder_boxes(void)
{
  const char *const blocks[] = {"names",       "times", "labels", "reasons",   "state-names",
                                "timer-names", "calls", "notes",  "gap-times", NULL};
  const char *const widths[] = {"column", "double", "slide", NULL};
  const double points[] = {85 * 72 / 25.4, 175 * 72 / 25.4, 254 * 72 / 25.4};
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("ladder", run, folder);
  request.script_only = true;
  for (guint w = 0; widths[w] != NULL; w++) {
    g_autoptr(GArray) boxes = g_array_new(FALSE, FALSE, sizeof(Rectangle));
    request.width = widths[w];
    make(&request);
    for (guint b = 0; blocks[b] != NULL; b++)
      read_boxes(boxes, folder, blocks[b]);
    g_assert_cmpuint(boxes->len, >, 20);
    for (guint i = 0; i < boxes->len; i++) {
      const Rectangle *a = &g_array_index(boxes, Rectangle, i);
      double half = cos(a->angle * G_PI / 180) * a->w / 2;
      g_assert_cmpfloat(a->x - half, >=, -1);
      g_assert_cmpfloat(a->x + half, <=, points[w] + 1);
      for (guint k = 0; k < i; k++) {
        const Rectangle *b = &g_array_index(boxes, Rectangle, k);
        g_assert_true(apart(a, b) || apart(b, a));
      }
    }
  }
  folder_free(run);
  folder_free(folder);
}

static void
test_time_sequence_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("time-sequence", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) segments = block_lines(folder, "time-sequence.dat", "segments");
  g_autoptr(GPtrArray) again = block_lines(folder, "time-sequence.dat", "again");
  g_autoptr(GPtrArray) lost = block_lines(folder, "time-sequence.dat", "lost");
  g_autoptr(GPtrArray) acks = block_lines(folder, "time-sequence.dat", "acks");
  g_assert_cmpuint(segments->len, ==, 1 + 19); /* the SYN counts one */
  g_assert_cmpuint(again->len, ==, 2);
  g_assert_cmpuint(lost->len, ==, 2);
  g_assert_cmpuint(acks->len, ==, 1 + 19);
  g_assert_cmpfloat(field_of(segments, 1, 0), ==, 2.2);
  g_assert_cmpfloat(field_of(segments, 1, 1), ==, 1);
  g_assert_cmpfloat(field_of(segments, 1, 2), ==, 1000);
  g_assert_cmpfloat(field_of(again, 1, 0), ==, 13.2);
  g_assert_cmpfloat(field_of(again, 1, 1), ==, 10001);
  g_assert_cmpfloat(field_of(lost, 1, 0), ==, 12.2);
  g_assert_cmpfloat(field_of(acks, 1, 0), ==, 2.3);
  g_assert_cmpfloat(field_of(acks, 1, 1), ==, 1001);
  g_assert_cmpfloat(field_of(acks, 1, 2), ==, 1001 + 65535);
  request.raw = true; /* the ISN of the client is 1000 */
  make(&request);
  g_autoptr(GPtrArray) raw = block_lines(folder, "time-sequence.dat", "segments");
  g_assert_cmpfloat(field_of(raw, 1, 1), ==, 1001);
  folder_free(run);
  folder_free(folder);
}

static void
test_cwnd_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("cwnd", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) cwnd = block_lines(folder, "cwnd.dat", "cwnd");
  g_autoptr(GPtrArray) ssthresh = block_lines(folder, "cwnd.dat", "ssthresh");
  g_autoptr(GPtrArray) fast = block_lines(folder, "cwnd.dat", "fast");
  g_autoptr(GPtrArray) timeout = block_lines(folder, "cwnd.dat", "timeout");
  g_autoptr(GPtrArray) retransmits = block_lines(folder, "cwnd.dat", "retransmits");
  g_assert_cmpuint(cwnd->len, ==, 4); /* the server sent nothing: it is not drawn */
  g_assert_cmpfloat(field_of(cwnd, 1, 0), ==, 2.2);
  g_assert_cmpfloat(field_of(cwnd, 1, 1), ==, 16000);
  g_assert_cmpstr(ssthresh->pdata[0], ==, "1.1 NaN");
  g_assert_cmpfloat(field_of(ssthresh, 3, 1), ==, 8000);
  g_assert_cmpuint(fast->len, ==, 1);
  g_assert_cmpfloat(field_of(fast, 0, 0), ==, 3.2);
  g_assert_cmpfloat(field_of(fast, 0, 1), ==, 16000); /* what the loss found */
  g_assert_cmpuint(timeout->len, ==, 1);
  g_assert_cmpstr(timeout->pdata[0], ==, "NaN NaN");
  g_assert_cmpuint(retransmits->len, ==, 1);
  folder_free(run);
  folder_free(folder);
}

/* The key of a flow that lost nothing, or only at its very end, does not speak of a threshold. */
static void
test_cwnd_without_threshold(void)
{
  char *run = folder_new();
  FigureRequest request = request_of("cwnd", run, run);
  request.script_only = true;
  for (int cuts = 0; cuts < 2; cuts++) {
    g_autofree char *rows = g_strdup_printf(TCP "1,client,c,14600,,0,0,0,1,1,1,0,0,0,open\n"
                                                "2,client,c,14600,%s,0,0,0,1,1,1,8,0,0,open\n"
                                                "3,client,c,14600,8000,0,0,0,1,1,1,9,0,0,open\n",
                                            cuts > 0 ? "8000" : "");
    folder_put(run, "tcp.csv", rows);
    make(&request);
    g_autofree char *script = folder_read(run, "cwnd.gp", NULL);
    g_assert_nonnull(strstr(script, cuts > 0 ? "\ncuts = 1\n" : "\ncuts = 0\n"));
  }
  folder_free(run);
}

/* Two connections one after another between the same ports have one name; what the first one
 * delivered is not forgotten when the second one begins at 0. */
static void
test_cwnd_of_a_name_used_again(void)
{
  char *run = folder_new();
  folder_put(run, "tcp.csv",
             TCP "1,client,c,14600,,0,0,0,1,1,1,0,0,0,open\n"
                 "2,client,c,20000,,0,0,0,1,1,1,50000,0,0,open\n"
                 "3,client,c,14600,,0,0,0,1,1,1,0,0,0,open\n");
  FigureRequest request = request_of("cwnd", run, run);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) cwnd = block_lines(run, "cwnd.dat", "cwnd");
  g_assert_cmpuint(cwnd->len, ==, 3);
  folder_free(run);
}

/* Of a long run one slice of time holds several rows; its greatest value stays, also when there is
 * none yet in its first row. */
static void
test_cwnd_thinned(void)
{
  char *run = folder_new();
  g_autoptr(GString) rows = g_string_new(TCP);
  for (int i = 0; i < 5001; i++)
    g_string_append_printf(rows, "1.%04d,client,c,14600,%s,0,0,0,1,1,1,%d,0,0,open\n", i,
                           i < 2    ? ""
                           : i == 2 ? "50000"
                                    : "8000",
                           i);
  folder_put(run, "tcp.csv", rows->str);
  FigureRequest request = request_of("cwnd", run, run);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) ssthresh = block_lines(run, "cwnd.dat", "ssthresh");
  g_assert_cmpuint(ssthresh->len, <, 4000);
  g_assert_cmpstr(ssthresh->pdata[0], ==, "1 NaN");
  double greatest = 0;
  for (guint i = 1; i < ssthresh->len; i++)
    greatest = fmax(greatest, field_of(ssthresh, i, 1));
  g_assert_cmpfloat(greatest, ==, 50000);
  folder_free(run);
}

/* The busiest listener's queues; of what changes within a thousandth of the run the greatest and
 * the last value stay. */
static void
test_backlog_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("backlog", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) syn = block_lines(folder, "backlog.dat", "syn-queue");
  g_autoptr(GPtrArray) accepted = block_lines(folder, "backlog.dat", "accept-queue");
  g_autoptr(GPtrArray) dropped = block_lines(folder, "backlog.dat", "dropped");
  g_autoptr(GPtrArray) cookies = block_lines(folder, "backlog.dat", "cookies");
  g_assert_cmpuint(syn->len, ==, 4);
  g_assert_cmpfloat(field_of(syn, 0, 0), ==, 1);
  g_assert_cmpfloat(field_of(syn, 0, 1), ==, 1);
  g_assert_cmpfloat(field_of(syn, 1, 0), ==, 2);
  g_assert_cmpfloat(field_of(syn, 1, 1), ==, 2);
  g_assert_cmpfloat(field_of(syn, 2, 0), ==, 2.0005);
  g_assert_cmpfloat(field_of(syn, 2, 1), ==, 1);
  g_assert_cmpfloat(field_of(accepted, accepted->len - 1, 0), ==, 4);
  g_assert_cmpfloat(field_of(accepted, accepted->len - 1, 1), ==, 0);
  g_assert_cmpfloat(field_of(dropped, dropped->len - 1, 0), ==, 4);
  g_assert_cmpfloat(field_of(dropped, dropped->len - 1, 1), ==, 3);
  g_assert_cmpfloat(field_of(cookies, cookies->len - 1, 0), ==, 4);
  g_assert_cmpfloat(field_of(cookies, cookies->len - 1, 1), ==, 7);
  folder_free(run);
  folder_free(folder);
}

/* tcp.csv is not trusted. */
/* One direction has a queue worth showing; with a name in common there are two. */
static void
test_queue_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("queue", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) lane = block_lines(folder, "queue.dat", "lane-0");
  g_assert_cmpstr(lane->pdata[0], ==, "\"client>server\"");
  g_assert_cmpfloat(field_of(lane, 2, 1), ==, 50);
  g_assert_cmpuint(lane->len, ==, 4);
  g_autoptr(GPtrArray) drops = block_lines(folder, "queue.dat", "drops");
  g_assert_cmpstr(drops->pdata[0], ==, "2 4");
  g_autoptr(GPtrArray) marks = block_lines(folder, "queue.dat", "marks");
  g_assert_cmpstr(marks->pdata[0], ==, "2 1");
  request.link = "client";
  make(&request);
  g_autoptr(GPtrArray) second = block_lines(folder, "queue.dat", "lane-1");
  g_assert_cmpstr(second->pdata[0], ==, "\"server>client\"");
  request.link = "router";
  GError *error = NULL;
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "unknown direction of a link \"router\""));
  g_clear_error(&error);
  request.link = NULL;
  request.from = 3 * SIM_SECOND;
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "no row of the link and the time asked for"));
  g_clear_error(&error);
  folder_put(run, "links.csv", LINKS "1,client>server,-4,0,0,0,0,0,0,0\n");
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "links.csv:2: queue_packets: \"-4\" is not a number"));
  g_clear_error(&error);
  folder_free(run);
  folder_free(folder);
}

/* 3,000 bytes in 4.2 s by a connection; 12,500 in a second and 25,000 in the next by a link. */
static void
test_throughput_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("throughput", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) curve = block_lines(folder, "throughput.dat", "curve-0");
  g_assert_cmpstr(curve->pdata[0], ==, "\"client:1-server:80\"");
  double bits = 0;
  for (guint i = 1; i + 1 < curve->len; i++)
    bits += field_of(curve, i, 1) * 0.042;
  g_assert_cmpfloat_with_epsilon(bits, 24000, 10);
  request.link = "client>server";
  make(&request);
  g_autoptr(GPtrArray) link = block_lines(folder, "throughput.dat", "curve-0");
  g_assert_cmpstr(link->pdata[1], ==, "0 100000");
  g_assert_cmpstr(link->pdata[2], ==, "1 200000");
  g_assert_cmpstr(link->pdata[3], ==, "2 200000"); /* the end of the last step */
  g_assert_cmpuint(link->len, ==, 4);
  /* Nothing happens any more after the second second, though the run goes on. */
  folder_put(run, "links.csv",
             LINKS "1,client>server,0,0,0,0,0,0,9,12500\n2,client>server,0,0,0,0,0,0,18,25000\n"
                   "3,client>server,0,0,0,0,0,0,0,0\n4,client>server,0,0,0,0,0,0,0,0\n");
  static const char *const kinds[] = {"throughput", "queue"};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    request.name = kinds[i];
    make(&request);
    g_autofree char *script = g_strconcat(kinds[i], ".gp", NULL);
    g_assert_cmpfloat(script_number(folder, script, "x_to"), ==, 2);
  }
  folder_free(run);
  folder_free(folder);
}

static void
test_fct_data(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("fct-cdf", run, folder);
  request.script_only = true;
  make(&request);
  g_autoptr(GPtrArray) web = block_lines(folder, "fct-cdf.dat", "curve-0");
  g_assert_cmpuint(web->len, ==, 5); /* without the one that failed; from 0, and to the edge */
  g_assert_cmpstr(web->pdata[1], ==, "0.500000000000 0");
  g_assert_cmpstr(web->pdata[2], ==, "0.500000000000 0.5");
  g_assert_cmpstr(web->pdata[3], ==, "1.000000000000 1");
  g_autoptr(GPtrArray) other = block_lines(folder, "fct-cdf.dat", "curve-1");
  g_assert_cmpuint(other->len, ==, 4);
  folder_put(run, "flows.csv", FLOWS "1,web,1,client,server,0,9,0,reset\n");
  GError *error = NULL;
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "flows.csv has no flow that was completed"));
  g_clear_error(&error);
  folder_put(run, "flows.csv", FLOWS "1,web,1,client,server,0,soon,0,completed\n");
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "flows.csv:2: duration: \"soon\" is not a time"));
  g_clear_error(&error);
  folder_free(run);
  folder_free(folder);
}

static void
test_broken_tcp(void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"time,node\n1,a\n", "*tcp.csv:1: this is not a tcp.csv: it has no column \"conn\""},
      {TCP "1.1,client,c,14600,,0,0,0,1,1,1,0,0,0\n", "*tcp.csv:2: the line has 14 fields*"},
      {TCP "1.1,client,c,many,,0,0,0,1,1,1,0,0,0,open\n",
       "*tcp.csv:2: cwnd: \"many\" is not a number"},
      {TCP "soon,client,c,1,,0,0,0,1,1,1,0,0,0,open\n",
       "*tcp.csv:2: time: \"soon\" is not a time*"},
      {TCP "1.1,\"client,c,1,,0,0,0,1,1,1,0,0,0,open\n", "*tcp.csv:2: *within quotes*"},
      {TCP "1.1,client,c,1,,0,0,0,1,1,1,0,0,0,op", "*tcp.csv:2: *cut short*"},
      {TCP "1.1,client,c,1e300,,0,0,0,1,1,1,0,0,0,open\n", "*tcp.csv:2: cwnd: *below 4.6e18"},
      {TCP "1.1,client,c,1,,0,0,0,1,1,1,0,0,0,open\n1,client,c,1,,0,0,0,1,1,1,0,0,0,open\n",
       "*tcp.csv:3: time: before that of the line above"},
      {TCP, "*no row of the connection*"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *run = folder_new();
    GError *error = NULL;
    FigureRequest request = request_of("cwnd", run, run);
    folder_put(run, "tcp.csv", cases[i].text);
    g_assert_false(figure_make(&request, &error));
    g_assert_true(g_pattern_match_simple(cases[i].message, error->message));
    g_assert_cmpuint(files_in(run), ==, 1);
    g_clear_error(&error);
    folder_free(run);
  }
}

/* A host whose name would be a command to a shell, to gnuplot or to LaTeX. */
static void
test_harmless_names(void)
{
  const char *const evil = "a`touch pwned`{b}_c^d$(touch pwned)\\input{x}'%n";
  const FigureFormat formats[] = {FIGURE_SVG, FIGURE_TEX};
  if (!has_gnuplot())
    return;
  char *run = run_new(evil, "server"), *folder = folder_new();
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
    FigureRequest request = request_of("ladder", run, folder);
    request.format = formats[i];
    request.title = "\"; system('touch pwned') # `touch pwned` \\today {x}_y";
    make(&request);
    g_assert_false(folder_has(folder, "pwned"));
    g_assert_false(folder_has(run, "pwned"));
    g_assert_false(g_file_test("pwned", G_FILE_TEST_EXISTS));
  }
  g_autofree char *svg = folder_read(folder, "ladder.svg", NULL);
  g_autofree char *tex = folder_read(folder, "ladder.tex", NULL);
  g_autofree char *script = folder_read(folder, "ladder.gp", NULL);
  g_assert_nonnull(strstr(svg, evil));
  g_assert_nonnull(strstr(svg, "system('touch pwned') # `touch pwned` \\today {x}_y"));
  g_assert_null(strstr(script, "pwned"));
  g_assert_null(strstr(tex, "\\input"));
  g_assert_null(strstr(tex, "\\today"));
  g_assert_nonnull(strstr(tex, "\\{b\\}\\_c\\textasciicircum{}d\\$(touch"));
  folder_free(run);
  folder_free(folder);
}

static void
test_bad_basename(void)
{
  const char *const names[] = {"a'b", "a`b", "$(x)", "-x", "|x", "<x", "a\nb", "", "a/b", NULL};
  char *run = run_new("client", "server");
  for (guint i = 0; names[i] != NULL; i++) {
    GError *error = NULL;
    FigureRequest request = request_of("cwnd", run, run);
    request.basename = names[i];
    g_assert_false(figure_make(&request, &error));
    g_assert_error(error, SIM_ERROR, SIM_ERROR_VALUE);
    g_clear_error(&error);
  }
  g_assert_cmpuint(files_in(run), ==, 6);
  folder_free(run);
}

/* An author's own file of that name is not overwritten. */
static void
test_keeps_foreign_files(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("cwnd", run, folder);
  GError *error = NULL;
  request.script_only = true;
  folder_put(folder, "cwnd.dat", "my measurements\n");
  g_assert_false(figure_make(&request, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_clear_error(&error);
  g_autofree char *kept = folder_read(folder, "cwnd.dat", NULL);
  g_assert_cmpstr(kept, ==, "my measurements\n");
  g_assert_cmpuint(files_in(folder), ==, 1);
  request.basename = "other";
  make(&request);
  make(&request); /* our own files are */
  g_assert_cmpuint(files_in(folder), ==, 4);
  folder_free(run);
  folder_free(folder);
}

static void
test_mistakes(void)
{
  char *run = run_new("client", "server"), *empty = folder_new();
  GError *error = NULL;
  FigureRequest request = request_of("lader", run, run);
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "\"ladder\""));
  g_clear_error(&error);
  request = request_of("cwnd", run, run);
  request.width = "colum";
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "\"column\""));
  g_clear_error(&error);
  request = request_of("cwnd", empty, empty);
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "tcp.csv"));
  g_clear_error(&error);
  request = request_of("cwnd", run, run);
  request.format = FIGURE_TEXT;
  g_assert_false(figure_make(&request, &error));
  g_assert_nonnull(strstr(error->message, "no text form"));
  g_clear_error(&error);
  request = request_of("time-sequence", run, run);
  request.conn = "nobody";
  g_assert_false(figure_make(&request, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_NAME);
  g_assert_nonnull(strstr(error->message, "client:1-server:80"));
  g_clear_error(&error);
  request = request_of("cwnd", run, run);
  request.raw = true;
  g_assert_false(figure_make(&request, &error));
  g_assert_cmpstr(error->message, ==, "\"raw\": the figure \"cwnd\" takes no such option");
  g_clear_error(&error);
  request = request_of("ladder", run, run);
  request.from = 2 * SIM_SECOND;
  request.to = SIM_SECOND;
  g_assert_false(figure_make(&request, &error));
  g_assert_cmpstr(error->message, ==, "from 2 s is later than to 1 s");
  g_clear_error(&error);
  request = request_of("cwnd", run, empty);
  request.script_only = true;
  request.conn = "server:80"; /* a part of the name will do */
  make(&request);
  g_assert_cmpuint(files_in(run), ==, 6);
  folder_free(run);
  folder_free(empty);
}

/* What compare is asked for is looked at before anything is drawn. */
static void
test_compare_mistakes(void)
{
  static const struct {
    const char *runs, *options, *says;
  } mistakes[] = {
      {"2", "", "say which figure, of=NAME"},
      {"2", "of=cwn", "did you mean \"cwnd\""},
      {"2", "of=compare", "a figure of one run is wanted"},
      {"1", "of=cwnd", "needs 2 to 12 runs, 1 given"},
      {"2", "of=ladder layout=overlay", "cannot be laid over another"},
      {"2", "of=cwnd layout=pannels", "did you mean \"panels\""},
      {"2", "of=cwnd x=loss", "takes no such option"},
  };
  char *run = run_new("client", "server"), *folder = folder_new();
  for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
    const char *runs[] = {run, *mistakes[i].runs == '2' ? run : NULL, NULL};
    g_auto(GStrv) options = g_strsplit(mistakes[i].options, " ", -1);
    FigureRequest request = request_of("compare", run, folder);
    GError *error = NULL;
    request.runs = runs;
    request.options = (const char *const *)(*mistakes[i].options != '\0' ? options : NULL);
    request.script_only = true;
    g_assert_false(figure_make(&request, &error));
    if (strstr(error->message, mistakes[i].says) == NULL)
      g_error("%s: %s", mistakes[i].options, error->message);
    g_clear_error(&error);
  }
  g_assert_cmpuint(files_in(folder), ==, 0);
  folder_free(run);
  folder_free(folder);
}

/* Without gnuplot the message says so, and nothing is left, not even the folder in between. */
static void
test_no_gnuplot(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("cwnd", run, folder);
  g_autofree char *path = g_strdup(g_getenv("PATH"));
  GError *error = NULL;
  g_setenv("PATH", "/nonexistent", TRUE);
  g_assert_false(figure_make(&request, &error));
  g_setenv("PATH", path, TRUE);
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(error->message, "gnuplot"));
  g_assert_nonnull(strstr(error->message, "install"));
  g_assert_cmpuint(files_in(folder), ==, 0);
  g_clear_error(&error);
  folder_free(run);
  folder_free(folder);
}

static void
test_formats(void)
{
  static const struct {
    const char *ending, *start, *other; /* other: a second file */
  } formats[] = {{".svg", "<?xml", NULL},
                 {".pdf", "%PDF", NULL},
                 {".png", "\211PNG", NULL},
                 {".tex", "% GNUPLOT", "-inc.pdf"}};
  if (!has_gnuplot())
    return;
  char *run = run_new("client", "server"), *folder = folder_new();
  for (const char *const *name = figure_names(); *name != NULL; name++)
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
      FigureRequest request = request_of(*name, run, folder);
      g_assert_true(figure_format_parse(formats[i].ending, &request.format));
      put_flows(run, *name);
      make(&request);
      g_autofree char *file = g_strconcat(*name, formats[i].ending, NULL);
      g_autofree char *bytes = folder_read(folder, file, NULL);
      g_autofree char *start = g_strndup(bytes, strlen(formats[i].start));
      g_assert_cmpstr(start, ==, formats[i].start);
      g_autofree char *other = g_strconcat(*name, formats[i].other, NULL);
      g_assert_true(formats[i].other == NULL || folder_has(folder, other));
    }
  folder_free(run);
  folder_free(folder);
}

/* The same bytes in another folder, and by gnuplot alone on what is left beside the picture. */
static void
test_same_bytes(void)
{
  if (!has_gnuplot())
    return;
  char *run = run_new("client", "server"), *one = folder_new(), *two = folder_new();
  for (const char *const *name = figure_names(); *name != NULL; name++) {
    g_autofree char *file = g_strconcat(*name, ".svg", NULL);
    g_autofree char *script = g_strconcat("gnuplot ", *name, ".gp", NULL);
    FigureRequest request = request_of(*name, run, one);
    put_flows(run, *name);
    make(&request);
    request.directory = two;
    make(&request);
    g_autofree char *first = folder_read(one, file, NULL);
    g_autofree char *second = folder_read(two, file, NULL);
    g_assert_cmpstr(first, ==, second);
    g_auto(GStrv) argv = g_strsplit(script, " ", -1);
    int status;
    g_assert_true(
        g_spawn_sync(two, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_autofree char *alone = folder_read(two, file, NULL);
    g_assert_cmpstr(first, ==, alone);
  }
  folder_free(run);
  folder_free(one);
  folder_free(two);
}

static void
test_text(void)
{
  char *run = run_new("client", "server"), *folder = folder_new();
  FigureRequest request = request_of("ladder", run, folder);
  request.format = FIGURE_TEXT;
  make(&request);
  g_autofree char *text = folder_read(folder, "ladder.txt", NULL);
  g_assert_nonnull(strstr(text, "SYN+ACK"));
  g_assert_cmpuint(files_in(folder), ==, 1);
  folder_free(run);
  folder_free(folder);
}

static void
test_text_width(void)
{
  g_assert_cmpfloat(text_width(""), ==, 0);
  g_assert_cmpfloat(text_width("iiii"), <, text_width("WWWW") / 2);
  g_assert_cmpfloat(text_width("SYN-RECEIVED"), >, 12);
  g_assert_cmpfloat(text_width("\303\251"), >, text_width("e"));
  g_assert_cmpfloat_with_epsilon(text_width("ab"), text_width("a") + text_width("b"), 1e-12);
}

/* The width in mm that the ladder of `rows` is made for when none is asked for. */
static double
ladder_width(const char *rows)
{
  char *run = folder_new(), *folder = folder_new();
  folder_put(run, "timeline.csv", rows);
  FigureRequest request = request_of("ladder", run, folder);
  request.script_only = true;
  make(&request);
  g_autofree char *path = g_build_filename(folder, "ladder.gp", NULL);
  g_autofree char *script = NULL;
  g_assert_true(g_file_get_contents(path, &script, NULL, NULL));
  const char *at = strstr(script, "figure_width = ");
  g_assert_nonnull(at);
  double found = g_ascii_strtod(at + strlen("figure_width = "), NULL);
  folder_free(run);
  folder_free(folder);
  return found;
}

static void
test_ladder_width(void)
{
  g_autofree char *two = timeline("client", "server");
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "ladder", "chain.csv", NULL);
  g_autofree char *chain = NULL;
  g_assert_true(g_file_get_contents(path, &chain, NULL, NULL));
  g_assert_cmpfloat(ladder_width(two), ==, 85);
  g_assert_cmpfloat(ladder_width(chain), ==, 175);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/figure/headers-say-what-is-shown", test_headers);
  g_test_add_func("/figure/ladder-data-are-the-timeline's", test_ladder_data);
  g_test_add_func("/figure/ladder-texts-do-not-overlap", test_ladder_boxes);
  g_test_add_func("/figure/time-sequence-data-are-the-timeline's", test_time_sequence_data);
  g_test_add_func("/figure/cwnd-data-are-the-samples", test_cwnd_data);
  g_test_add_func("/figure/cwnd-key-without-a-threshold", test_cwnd_without_threshold);
  g_test_add_func("/figure/cwnd-of-a-name-used-again", test_cwnd_of_a_name_used_again);
  g_test_add_func("/figure/cwnd-of-a-long-run-keeps-its-extremes", test_cwnd_thinned);
  g_test_add_func("/figure/backlog-data", test_backlog_data);
  g_test_add_func("/figure/queue-data-are-the-links'", test_queue_data);
  g_test_add_func("/figure/throughput-of-connections-and-links", test_throughput_data);
  g_test_add_func("/figure/fct-cdf-counts-completed-flows", test_fct_data);
  g_test_add_func("/figure/broken-tcp-csv-is-named", test_broken_tcp);
  g_test_add_func("/figure/names-are-harmless", test_harmless_names);
  g_test_add_func("/figure/bad-file-names-are-refused", test_bad_basename);
  g_test_add_func("/figure/foreign-files-are-kept", test_keeps_foreign_files);
  g_test_add_func("/figure/mistakes-are-explained", test_mistakes);
  g_test_add_func("/figure/compare-says-what-is-wrong", test_compare_mistakes);
  g_test_add_func("/figure/no-gnuplot-says-so-and-leaves-nothing", test_no_gnuplot);
  g_test_add_func("/figure/every-figure-in-every-format", test_formats);
  g_test_add_func("/figure/svg-has-the-same-bytes", test_same_bytes);
  g_test_add_func("/figure/ladder-as-text", test_text);
  g_test_add_func("/figure/ladder-of-three-nodes-is-wider-than-a-column", test_ladder_width);
  g_test_add_func("/figure/text-width-follows-the-letters", test_text_width);
  return g_test_run();
}
