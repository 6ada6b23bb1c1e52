/* timeline.csv as rows, and what is said of a file that is not one. */
#include "plots/run-log.h"

#include "sim/error.h"
#include "tests/unit/run-folder.h"

#define HEADER                                                                                     \
  "time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,win,options,retransmit,"  \
  "state,detail,seq_raw,ack_raw\n"
#define SYN                                                                                        \
  "0.05,send,client,client>server,7,client:1-server:2,10.0.0.1:1,10.0.0.2:2,TCP,SYN,0,,0,60,"      \
  "64240,mss=1460 sackOK,2,,RTO,4294967295,\n"

static RunLog *
read_text(const char *text, gssize length, GError **error)
{
  char *folder = folder_new();
  g_autofree char *path = g_build_filename(folder, "timeline.csv", NULL);
  g_assert_true(g_file_set_contents(path, text, length, NULL));
  RunLog *log = run_log_read(folder, error);
  folder_free(folder);
  return log;
}

static const RunRow *
row_at(const RunLog *log, guint index)
{
  g_assert_cmpuint(index, <, log->rows->len);
  return &g_array_index(log->rows, RunRow, index);
}

static void
test_every_column(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = read_text(HEADER SYN, -1, &error);
  g_assert_no_error(error);
  const RunRow *row = row_at(log, 0);
  g_assert_cmpint(row->time, ==, 50 * SIM_MILLISECOND);
  g_assert_cmpint(row->event, ==, RUN_SEND);
  g_assert_cmpstr(row->node, ==, "client");
  g_assert_cmpstr(row->link, ==, "client>server");
  g_assert_cmpuint(row->packet, ==, 7);
  g_assert_cmpstr(row->conn, ==, "client:1-server:2");
  g_assert_cmpstr(row->src, ==, "10.0.0.1:1");
  g_assert_cmpstr(row->dst, ==, "10.0.0.2:2");
  g_assert_cmpstr(row->proto, ==, "TCP");
  g_assert_cmpstr(row->flags, ==, "SYN");
  g_assert_true(row->has_seq);
  g_assert_cmpint(row->seq, ==, 0);
  g_assert_false(row->has_ack);
  g_assert_cmpuint(row->len, ==, 0);
  g_assert_cmpuint(row->size, ==, 60);
  g_assert_cmpint(row->win, ==, 64240);
  g_assert_cmpstr(row->options, ==, "mss=1460 sackOK");
  g_assert_cmpuint(row->retransmit, ==, 2);
  g_assert_cmpstr(row->state, ==, "");
  g_assert_cmpstr(row->detail, ==, "RTO");
  g_assert_cmpuint(row->seq_raw, ==, G_MAXUINT32);
  g_assert_cmpuint(row->line, ==, 2);
  g_assert_cmpstr(log->nodes->pdata[0], ==, "client");
  g_assert_cmpstr(log->conns->pdata[0], ==, "client:1-server:2");
  g_assert_false(log->is_capture);
}

static void
test_empty_fields(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = read_text(HEADER "1,note,,,,,,,,,,,,,,,,,hello,,\n", -1, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(row_at(log, 0)->node, ==, "");
  g_assert_cmpint(row_at(log, 0)->win, ==, -1);
  g_assert_false(row_at(log, 0)->has_seq);
  g_assert_cmpuint(log->nodes->len, ==, 0);
}

static void
test_quotes(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = read_text(
      HEADER "1,note,,,,,,,,,,,,,,,,,\"say \"\"a, b\"\"\nand c\",,\r\n2,note,,,,,,,,,,,,,,,,,d,,\n",
      -1, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(row_at(log, 0)->detail, ==, "say \"a, b\"\nand c");
  g_assert_cmpstr(row_at(log, 1)->detail, ==, "d");
  g_assert_cmpuint(row_at(log, 1)->line, ==, 4);
}

/* What looks for the end of a letter must not find the end of the text behind it. */
static void
test_no_utf8(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log =
      read_text(HEADER "1,note,a\xf0,,,,,,,,,,,,,,,\"A>\xe4\",d\xff\xc3\xa9,,\n", -1, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(row_at(log, 0)->node, ==, "a\xef\xbf\xbd");
  g_assert_cmpstr(row_at(log, 0)->state, ==, "A>\xef\xbf\xbd");
  g_assert_cmpstr(row_at(log, 0)->detail, ==, "d\xef\xbf\xbd\xc3\xa9");
}

static void
test_columns_of_a_later_version(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *header = g_strndup(HEADER, sizeof HEADER - 2);
  g_autofree char *text = g_strconcat(header, ",colour\n3,note,,,,,,,,,,,,,,,,,d,,,blue\n", NULL);
  g_autoptr(RunLog) log = read_text(text, -1, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(row_at(log, 0)->detail, ==, "d");
}

static void
test_every_picosecond(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = read_text(
      HEADER "1.000000000001,note,,,,,,,,,,,,,,,,,a,,\n1.1,note,,,,,,,,,,,,,,,,,b,,\n", -1, &error);
  g_assert_no_error(error);
  g_assert_cmpint(row_at(log, 0)->time, ==, SIM_SECOND + 1);
  g_assert_cmpint(row_at(log, 1)->time, ==, SIM_SECOND + 100 * SIM_MILLISECOND);
}

/* What is wrong with the second line, and what the message has to hold. */
static void
test_refusals(void)
{
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"", "timeline.csv:1: the file is cut short"},
      {"a,b,c\n", "has no column \"time\""},
      {HEADER "0.05,send,client", ":2: the file is cut short"},
      {HEADER "0.05,send,client\n", ":2: the line has 3 fields where the first line has 21"},
      {HEADER "1,note,,,,,,,,,,,,,,,,,d,,,\n", ":2: the line has more fields"},
      {HEADER "x,note,,,,,,,,,,,,,,,,,d,,\n", ":2: time: \"x\" is not a time"},
      {HEADER "1e3,note,,,,,,,,,,,,,,,,,d,,\n", ":2: time: \"1e3\" is not a time"},
      {HEADER "99999999999,note,,,,,,,,,,,,,,,,,d,,\n", ":2: time:"},
      {HEADER "1.0000000000001,note,,,,,,,,,,,,,,,,,d,,\n", ":2: time:"},
      {HEADER "1,nose,,,,,,,,,,,,,,,,,d,,\n", ":2: event: \"nose\" is not a known event"},
      {HEADER "1,capture,,,,,,,,,,,,,,,,,d,,\n", ":2: event:"},
      {HEADER "1,note,,,-1,,,,,,,,,,,,,,d,,\n", ":2: packet: \"-1\" is not a number"},
      {HEADER "1,note,,,,,,,,,x,,,,,,,,d,,\n", ":2: seq: \"x\" is not a sequence number"},
      {HEADER "1,note,,,,,,,,,,,,,,,,,d,4294967296,\n", ":2: seq_raw: \"4294967296\""},
      {HEADER "1,note,,,,,,,,,9223372036854775807,,,,,,,,d,,\n",
       ":2: seq: \"9223372036854775807\""},
      {HEADER "1,note,,,,,,,,,,-9223372036854775807,,,,,,,d,,\n", ":2: ack:"},
      {HEADER "1,note,,,,,,,,,,,,,9223372036854775807,,,,d,,\n", ":2: win:"},
      {HEADER "2,note,,,,,,,,,,,,,,,,,d,,\n1,note,,,,,,,,,,,,,,,,,d,,\n",
       ":3: time: before that of the line above"},
      {HEADER "1,note,,,,,,,,,,,,,,,,,\"d,,\n", ":2: the file ends within quotes"},
      {HEADER "1,note,,,,,,,,,,,,,,,,,\"d\"e,,\n", ":2: something stands between"},
      {HEADER "1,\033[31m,,,,,,,,,,,,,,,,,d,,\n", "\\033[31m"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    RunLog *log = read_text(cases[i].text, -1, &error);
    g_assert_null(log);
    g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
    if (strstr(error->message, cases[i].says) == NULL)
      g_error("expected \"%s\" in \"%s\"", cases[i].says, error->message);
  }
}

static void
test_zero_byte(void)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(read_text(HEADER "1,no\0te\n", sizeof(HEADER "1,no\0te\n") - 1, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(error->message, "zero byte"));
}

static void
test_no_run(void)
{
  char *folder = folder_new();
  g_autofree char *missing = g_build_filename(folder, "missing", NULL);
  g_autoptr(GError) error = NULL, other = NULL;
  g_assert_null(run_log_read(folder, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(error->message, "holds no run"));
  g_assert_null(run_log_read(missing, &other));
  g_assert_error(other, SIM_ERROR, SIM_ERROR_FILE);
  g_assert_nonnull(strstr(other->message, "no such file"));
  folder_free(folder);
}

/* A file that ends anywhere is refused or gives the rows that were whole, never anything else. */
static void
test_cut_anywhere(void)
{
  static const char text[] = HEADER SYN "1,note,,,,,,,,,,,,,,,,,\"d\",,\n";
  for (gssize length = 0; length < (gssize)sizeof text - 1; length++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLog) log = read_text(text, length, &error);
    if (log == NULL)
      g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
    else
      g_assert_true(length == (gssize)sizeof HEADER - 1 ||
                    length == (gssize)sizeof(HEADER SYN) - 1);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/run-log/every-column-is-read", test_every_column);
  g_test_add_func("/run-log/empty-fields-have-their-sentinels", test_empty_fields);
  g_test_add_func("/run-log/quotes-commas-and-lines-within-a-field", test_quotes);
  g_test_add_func("/run-log/what-is-no-utf8-is-replaced", test_no_utf8);
  g_test_add_func("/run-log/columns-it-does-not-know-are-passed-over",
                  test_columns_of_a_later_version);
  g_test_add_func("/run-log/times-are-exact", test_every_picosecond);
  g_test_add_func("/run-log/what-is-no-timeline-is-refused-with-its-place", test_refusals);
  g_test_add_func("/run-log/a-zero-byte-is-refused", test_zero_byte);
  g_test_add_func("/run-log/a-folder-without-a-run", test_no_run);
  g_test_add_func("/run-log/a-file-cut-anywhere", test_cut_anywhere);
  return g_test_run();
}
