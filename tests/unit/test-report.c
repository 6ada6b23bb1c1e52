/* report: what the page's data say, that nothing in them becomes markup, and what is refused. */
#include "plots/report.h"

#include "tests/unit/run-folder.h"

#define HEADER                                                                                     \
  "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"  \
  "state,detail,seq_raw,ack_raw\n"
#define CONN "a:1-b:80"
#define SYN "a>b,1," CONN ",10.0.0.1:1,10.0.0.2:80,TCP,SYN,0,,0,60,64240,mss=1460,0,,,7,\n"
#define ANSWER "b>a,2," CONN ",10.0.0.2:80,10.0.0.1:1,TCP,SYN+ACK,0,1,0,60,65160,mss=1460,0,,,9,8\n"
#define TIMELINE                                                                                   \
  HEADER "0,call,a,,,,,,,,,,,,,,,,\"connect(b, 80)\",,\n"                                          \
         "0,send,a," SYN "0,transmit,a," SYN "0.05,receive,b," SYN "0.05,send,b," ANSWER           \
         "0.05,transmit,b," ANSWER "0.1,receive,a," ANSWER
#define TCP                                                                                        \
  "time,node,conn,cwnd,ssthresh,flight,srtt,rttvar,rto,rcv_wnd,snd_wnd,delivered,lost,"            \
  "retransmits,recovery\n0,"                                                                       \
  "a," CONN ",0,,0,0,0,1,64240,0,0,0,0,open\n"                                                     \
  "0.1,a," CONN ",14480,,0,0.1,0.05,0.3,64240,65160,0,0,0,open\n"
#define LINKS                                                                                      \
  "time,link,queue_packets,queue_bytes,sent_bytes,sent_packets,dropped,marked,delivered_packets,"  \
  "delivered_bytes\n0.1,a>b,2,120,60,1,3,0,1,60\n0.1,b>a,0,0,0,0,0,0,0,0\n"
#define RUN                                                                                        \
  "{\"version\": \"1\", \"scenario\": \"x.lua\", \"sha256\": \"0\", \"seed\": 1,\n"                \
  "\"parameters\": {\"rate\": \"</script><script>alert(1)</script>\"},\n"                          \
  "\"text\": \"-- <!-- & \\u2028 -->\\nlocal a\"}\n"
#define SUMMARY                                                                                    \
  "{\"results\": {\"t\": 0.1}, \"expectations\": [], \"links\": {}, \"rules\": [],\n"              \
  "\"end_time\": 0.1, \"events\": 3, \"ended\": \"finished\", \"unfinished\": []}\n"

static char *
run_new(void)
{
  char *run = folder_new();
  folder_put(run, "timeline.csv", TIMELINE);
  folder_put(run, "tcp.csv", TCP);
  folder_put(run, "links.csv", LINKS);
  folder_put(run, "run.json", RUN);
  folder_put(run, "summary.json", SUMMARY);
  return run;
}

static char *
data_of(const char *run)
{
  GError *error = NULL;
  ReportRequest request = report_request(run);
  char *data = report_data(&request, &error);
  g_assert_no_error(error);
  return data;
}

static void
has(const char *data, const char *part)
{
  if (strstr(data, part) == NULL)
    g_test_message("%s is not in %s", part, data);
  g_assert_nonnull(strstr(data, part));
}

static void
every_item_is_there(void)
{
  char *run = run_new();
  g_autofree char *data = data_of(run);
  has(data, "\"cutFrom\":0,\"noLadder\":null,\"start\":0,\"end\":0.1,\"nodes\":[\"a\",\"b\"],"
            "\"conns\":[\"" CONN "\"]");
  /* from, to, sent, transmitted, arrived, lost, delay, reach */
  has(data, "[0,1,0,0,0.05,null,0.05,1,");
  has(data, "[1,0,0.05,0.05,0.1,null,0.05,1,");
  has(data, "\"tcp\":[{\"node\":\"a\",\"conn\":\"" CONN "\",\"rows\":[[0,0,null,0,null,1],"
            "[0.1,14480,null,0,0.1,0.3]]}]");
  has(data,
      "\"queues\":[{\"link\":\"a\\u003eb\",\"rows\":[[0.1,2,3,0]]}]"); /* b>a carried nothing */
  has(data, "\"results\":{\"t\":0.1}");
  folder_free(run);
}

/* The last two columns of an arrow are its cause. */
static void
a_packet_is_caused_by_a_call_or_a_packet(void)
{
  char *run = run_new();
  g_autofree char *data = data_of(run);
  g_autoptr(GRegex) syn = g_regex_new("\\[0,1,0,0,0\\.05[^\\]]*,(\\d+),(\\d+)\\]", 0, 0, NULL);
  g_autoptr(GRegex) answer = g_regex_new("\\[1,0,0\\.05[^\\]]*,(\\d+),0\\]", 0, 0, NULL);
  g_assert_true(g_regex_match(syn, data, 0, NULL));
  g_assert_true(g_regex_match(answer, data, 0, NULL)); /* arrow 0 came to it */
  has(data, "\"connect(b, 80)\"");
  has(data, "\"packet\"");
  folder_free(run);
}

static void
no_text_is_markup(void)
{
  char *run = run_new();
  g_autofree char *data = data_of(run);
  g_assert_null(strpbrk(data, "<>&"));
  g_assert_null(strstr(data, "\u2028"));
  has(data, "\\u003c/script\\u003e");
  g_autofree char *page = report_page(data);
  g_auto(GStrv) scripts = g_strsplit(page, "<script", -1);
  g_assert_cmpuint(g_strv_length(scripts), ==, 3); /* the data and the page's own */
  has(page, "Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-");
  folder_free(run);
}

static void
the_same_run_gives_the_same_bytes(void)
{
  char *run = run_new(), *other = run_new();
  g_autofree char *one = data_of(run), *two = data_of(other);
  g_autofree char *page = report_page(one), *again = report_page(two);
  g_assert_cmpstr(page, ==, again);
  folder_free(run);
  folder_free(other);
}

static void
a_run_without_samples_has_a_page(void)
{
  char *run = run_new();
  g_autofree char *tcp = g_build_filename(run, "tcp.csv", NULL);
  g_autofree char *links = g_build_filename(run, "links.csv", NULL);
  g_assert_true(g_remove(tcp) == 0 && g_remove(links) == 0);
  g_autofree char *data = data_of(run);
  has(data, "\"tcp\":[],\"queues\":[]");
  folder_free(run);
}

static void
a_run_without_timeline_has_its_graphs(void)
{
  char *run = run_new();
  g_autofree char *timeline = g_build_filename(run, "timeline.csv", NULL);
  g_assert_true(g_remove(timeline) == 0);
  g_autofree char *data = data_of(run);
  has(data, "\"noLadder\":\"this run recorded no timeline");
  has(data, "\"start\":0,\"end\":0.1,\"nodes\":[]");
  has(data, "\"tcp\":[{\"node\":\"a\"");
  ReportRequest part = report_request(run);
  part.to = 1;
  g_autoptr(GError) error = NULL;
  g_assert_null(report_data(&part, &error)); /* who asks for a part of it wants a ladder */
  g_assert_nonnull(error);
  folder_free(run);
}

static void
damaged_files_are_refused_with_their_place(void)
{
  static const struct {
    const char *file, *text, *message;
  } cases[] = {
      {"timeline.csv", HEADER "0,send,a,a>b,1", "*timeline.csv:2: *"},
      {"timeline.csv", HEADER "0,jump" SYN, "*timeline.csv:2: event*"},
      {"tcp.csv", TCP "0.2,a,x,much,,0,0,0,1,0,0,0,0,0,open\n", "*tcp.csv:4: cwnd*"},
      {"links.csv", LINKS "0.2,a>b,-1,0,0,0,0,0,0,0\n", "*links.csv:4: queue_packets*"},
      {"run.json", "{\n\"version\": \"1\",\n", "*run.json:2:*"},
      {"run.json", "[]", "*run.json: not the file that a run leaves*"},
      {"run.json", "", "*run.json: *"},
      {"run.json", "{\"version\": \"1\"}", "*run.json: \"scenario\" is missing*"},
      {"summary.json", "{\"results\": []}", "*summary.json: \"results\" is of another kind*"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *run = run_new();
    folder_put(run, cases[i].file, cases[i].text);
    GError *error = NULL;
    ReportRequest request = report_request(run);
    g_assert_null(report_data(&request, &error));
    g_assert_nonnull(error);
    if (!g_pattern_match_simple(cases[i].message, error->message))
      g_test_message("%s: %s", cases[i].message, error->message);
    g_assert_true(g_pattern_match_simple(cases[i].message, error->message));
    g_error_free(error);
    folder_free(run);
  }
}

/* A folder that is none says so, whatever file of a run would be read first. */
static void
another_folder_is_no_run(void)
{
  char *folder = folder_new();
  GError *error = NULL;
  ReportRequest request = report_request(folder);
  g_assert_null(report_data(&request, &error));
  g_assert_true(
      g_pattern_match_simple("*: this folder holds no run (no run.json in it)", error->message));
  g_error_free(error);
  folder_free(folder);
}

/* A parser that calls itself for each of them would run out of stack. */
static void
nesting_without_end_is_refused(void)
{
  char *run = run_new();
  g_autofree char *deep = g_strnfill(1000000, '[');
  folder_put(run, "summary.json", deep);
  GError *error = NULL;
  ReportRequest request = report_request(run);
  g_assert_null(report_data(&request, &error));
  g_assert_true(g_pattern_match_simple("*summary.json:1: nested too deep*", error->message));
  g_error_free(error);
  folder_free(run);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/report/every-item-is-there", every_item_is_there);
  g_test_add_func("/report/a-packet-is-caused-by-a-call-or-a-packet",
                  a_packet_is_caused_by_a_call_or_a_packet);
  g_test_add_func("/report/no-text-is-markup", no_text_is_markup);
  g_test_add_func("/report/the-same-run-gives-the-same-bytes", the_same_run_gives_the_same_bytes);
  g_test_add_func("/report/a-run-without-samples-has-a-page", a_run_without_samples_has_a_page);
  g_test_add_func("/report/a-run-without-timeline-has-its-graphs",
                  a_run_without_timeline_has_its_graphs);
  g_test_add_func("/report/damaged-files-are-refused-with-their-place",
                  damaged_files_are_refused_with_their_place);
  g_test_add_func("/report/nesting-without-end-is-refused", nesting_without_end_is_refused);
  g_test_add_func("/report/another-folder-is-no-run", another_folder_is_no_run);
  return g_test_run();
}
