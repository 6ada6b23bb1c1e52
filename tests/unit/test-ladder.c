/* The items of a ladder, its axis, and texts that keep off each other. */
#include "plots/ladder.h"

#include <math.h>
#include <string.h>

#include "plots/ladder-parts.h"
#include "sim/error.h"
#include "tests/unit/run-folder.h"

#define MS SIM_MILLISECOND

static RunLog *
example(const char *name)
{
  g_autofree char *file = g_strconcat(name, ".csv", NULL);
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "ladder", file, NULL);
  g_autoptr(GError) error = NULL;
  RunLog *log = run_log_read(path, &error);
  g_assert_no_error(error);
  return log;
}

static Ladder *
ladder_of(const RunLog *log, LadderOptions options)
{
  g_autoptr(GError) error = NULL;
  if (options.to == 0)
    options.to = SIM_TIME_NEVER;
  Ladder *ladder = ladder_new(log, &options, &error);
  g_assert_no_error(error);
  return ladder;
}

static const LadderArrow *
arrow_at(const Ladder *ladder, guint index)
{
  g_assert_cmpuint(index, <, ladder->arrows->len);
  return &g_array_index(ladder->arrows, LadderArrow, index);
}

static void
test_arrows(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  const LadderArrow *lost = arrow_at(ladder, 0), *again = arrow_at(ladder, 1);
  g_assert_cmpstr(ladder->nodes->pdata[0], ==, "client");
  g_assert_cmpstr(ladder->nodes->pdata[1], ==, "server");
  g_assert_cmpstr(lost->label, ==, "SYN seq 0 <mss 1460, sackOK, ts, ws 7>");
  g_assert_cmpstr(lost->reason, ==, "rule SYN#1");
  g_assert_cmpint(lost->arrived, ==, SIM_TIME_NEVER);
  g_assert_cmpfloat(lost->reach, >, 0);
  g_assert_cmpfloat(lost->reach, <, 1);
  g_assert_cmpint(lost->delay, >, 50 * MS); /* what others took on this way */
  g_assert_cmpint(lost->delay, <=, again->delay);
  g_assert_cmpstr(again->label, ==, "SYN seq 0 (retransmission 1)");
  g_assert_cmpint(again->sent, ==, SIM_SECOND);
  g_assert_cmpint(again->arrived, ==, SIM_SECOND + 50 * MS + 48 * SIM_MICROSECOND);
  g_assert_cmpint(again->lost_at, ==, SIM_TIME_NEVER);
  g_assert_cmpfloat(again->reach, ==, 1);
}

static void
test_raw(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.raw = true});
  g_assert_cmpstr(arrow_at(ladder, 1)->label, ==, "SYN seq 3000000000 (retransmission 1)");
  g_assert_true(
      g_str_has_prefix(arrow_at(ladder, 2)->label, "SYN+ACK seq 1200000000 ack 3000000001 <"));
}

static void
test_states(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  GString *seen = g_string_new(NULL);
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    g_assert_cmpint(state->from, <=, state->to);
    if (state->node == 1)
      g_string_append_printf(seen, "%s ", state->state);
  }
  g_assert_cmpstr(seen->str, ==,
                  "LISTEN SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED ");
  g_string_free(seen, TRUE);
}

static void
test_timers(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  const LadderTimer *first = &g_array_index(ladder->timers, LadderTimer, 0);
  const LadderTimer *second = &g_array_index(ladder->timers, LadderTimer, 1);
  g_assert_cmpstr(first->label, ==, "RTO 1 s");
  g_assert_true(first->fired);
  g_assert_cmpint(first->end, ==, SIM_SECOND);
  g_assert_cmpstr(second->label, ==, "RTO 2 s");
  g_assert_false(second->fired);
  g_assert_cmpint(second->set, ==, SIM_SECOND);
}

static void
test_chain_in_order(void)
{
  static const char *const order[] = {"client", "r1", "r2", "server"};
  g_autoptr(RunLog) log = example("chain");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  g_assert_cmpuint(ladder->nodes->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr(ladder->nodes->pdata[i], ==, order[i]);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = arrow_at(ladder, i);
    g_assert_cmpint(ABS((gint)arrow->to - (gint)arrow->from), ==, 1);
  }
}

/* Also when it is not the first to send in what is shown. */
static void
test_opener_stays_left(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.from = SIM_SECOND + 40 * MS});
  g_assert_cmpuint(arrow_at(ladder, 0)->from, ==, 1);
  g_assert_cmpstr(ladder->nodes->pdata[0], ==, "client");
}

static void
test_window(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.from = SIM_SECOND, .to = SIM_SECOND});
  g_assert_cmpuint(ladder->arrows->len, ==, 1);
  g_assert_cmpint(arrow_at(ladder, 0)->sent, ==, SIM_SECOND);
  g_assert_cmpint(ladder->start, ==, SIM_SECOND);
}

static void
test_nothing_to_show(void)
{
  g_autoptr(RunLog) log = example("chain");
  g_autoptr(GError) error = NULL, unknown = NULL;
  LadderOptions late = {.from = 1000 * SIM_SECOND, .to = SIM_TIME_NEVER};
  LadderOptions slip = {.to = SIM_TIME_NEVER, .conn = "client:49152-sevrer:80"};
  g_assert_null(ladder_new(log, &slip, &unknown));
  g_assert_error(unknown, SIM_ERROR, SIM_ERROR_NAME);
  g_assert_nonnull(strstr(unknown->message, "did you mean \"client:49152-server:80\""));
  g_assert_null(ladder_new(log, &late, &error)); /* though states last */
  g_assert_nonnull(strstr(error->message, "nothing to show from 1000 s on: the last thing that "));
  g_assert_true(g_str_has_suffix(error->message, "chain.csv is at 0.178 s"));
}

static void
test_part_of_a_connection_name(void)
{
  g_autoptr(RunLog) log = example("chain");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.conn = "49152"});
  g_assert_cmpuint(ladder->conns->len, ==, 1);
}

static void
test_gaps(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  g_assert_cmpuint(ladder->gaps->len, ==, 2);
  const LadderGap *lost = &g_array_index(ladder->gaps, LadderGap, 0);
  const LadderGap *wait = &g_array_index(ladder->gaps, LadderGap, 1);
  /* The line of the lost SYN is drawn up to half of the way; since it was lost nothing happened. */
  g_assert_cmpint(lost->from, >, 20 * MS);
  g_assert_cmpint(lost->idle, >, SIM_SECOND - MS);
  g_assert_cmpint(lost->idle, <=, SIM_SECOND);
  g_assert_cmpint(wait->to - wait->from, >, 59 * SIM_SECOND);
  g_assert_cmpint(wait->idle, ==, wait->to - wait->from);
  double before = -1;
  for (SimTime time = 0; time <= ladder->end; time += 10 * MS) {
    double y = ladder_y(ladder, time, 100, 5);
    g_assert_cmpfloat(y, >, before);
    before = y;
  }
  SimTime busy = ladder->end - ladder->start;
  for (guint i = 0; i < ladder->gaps->len; i++) {
    const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, i);
    busy -= gap->to - gap->from;
  }
  double all = ladder_y(ladder, ladder->end, 100, 5);
  g_assert_cmpfloat(fabs(all - 100 * sim_time_to_seconds(busy) - 10), <, 1e-9);
}

static void
check_apart(const LadderDrawing *drawing)
{
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *a = &g_array_index(drawing->boxes, LadderBox, i);
    g_assert_true(g_utf8_validate(a->text, -1, NULL));
    for (guint k = i + 1; k < drawing->boxes->len; k++) {
      const LadderBox *b = &g_array_index(drawing->boxes, LadderBox, k);
      if (ladder_boxes_overlap(a, b))
        g_error("\"%s\" and \"%s\" overlap", a->text, b->text);
    }
  }
}

/* Remarks in one piece, and no text of a packet on a cross. */
static void
check_readable(const LadderDrawing *drawing, double line_height)
{
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
    if (box->kind != LADDER_BOX_LABEL && box->kind != LADDER_BOX_LOST)
      continue;
    const char *open = strchr(box->text, '(');
    g_assert_true(open == NULL || strchr(open, ')') != NULL);
    for (guint k = 0; k < drawing->strokes->len; k++) {
      const LadderStroke *lost = &g_array_index(drawing->strokes, LadderStroke, k);
      double side = 0.5 * line_height;
      LadderBox cross = {.x = lost->x1, .y = lost->y1, .w = side, .h = side, .angle = box->angle};
      if (lost->kind == LADDER_STROKE_LOST && ladder_boxes_overlap(box, &cross))
        g_error("\"%s\" stands on a cross", box->text);
    }
  }
}

static void
test_place(void)
{
  static const char *const names[] = {"syn-lost", "chain", "simultaneous-open", "burst"};
  static const double widths[] = {300, 480};
  for (guint i = 0; i < G_N_ELEMENTS(names) * G_N_ELEMENTS(widths); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLog) log = example(names[i / 2]);
    g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
    LadderPlacement paper = {.width = widths[i % 2], .char_width = 4.2, .char_height = 9.4};
    g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
    if (drawing == NULL) {
      g_assert_error(error, SIM_ERROR, SIM_ERROR_VALUE);
      g_assert_cmpstr(names[i / 2], ==, "chain"); /* four nodes in a column */
      continue;
    }
    g_assert_cmpuint(drawing->boxes->len, >, ladder->nodes->len);
    check_apart(drawing);
    check_readable(drawing, paper.char_height);
  }
}

/* An ACK, data and a FIN leave at one moment: three arrows in one place, on little paper. */
static void
test_place_bundle(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = example("fin-behind-data");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  LadderPlacement paper = {.width = 300, .max_height = 400, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    bool labelled = false;
    for (guint k = 0; !labelled && k < drawing->boxes->len; k++) {
      const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, k);
      labelled = box->kind == LADDER_BOX_LABEL && box->item == i;
    }
    if (!labelled)
      g_error("\"%s\" has no place", arrow_at(ladder, i)->label);
  }
  check_apart(drawing);
  check_readable(drawing, paper.char_height);
}

/* The fourth packet of a burst is lost near to its sender: its label is at its cross, and nowhere
 * along the others. */
static void
test_place_lost_in_burst(void)
{
  char *run = folder_new();
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "ladder", "burst.csv", NULL);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_auto(GStrv) parts = g_strsplit(text, "loss model", 2);
  g_autofree char *full = g_strjoinv("queue full", parts);
  folder_put(run, "timeline.csv", full);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_assert_no_error(error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  LadderPlacement paper = {.width = 600, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
    g_assert_cmpstr(box->text, !=, "ACK seq 4345 ack 1 len 1448");
    if (box->kind == LADDER_BOX_LOST)
      g_assert_cmpstr(box->text, ==, "ACK seq 4345 ack 1 len 1448, lost: queue full");
  }
  check_apart(drawing);
  folder_free(run);
}

/* A run of `count` segments of 1,000 bytes from `seq` on that leave within a millisecond, the last
 * with PSH. */
static char *
burst_run(int count, int seq)
{
  char *run = folder_new();
  g_autoptr(GString) rows =
      g_string_new("time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,"
                   "win,options,retransmit,state,detail,seq_raw,ack_raw\n");
  for (int end = 0; end < 2; end++)
    for (int i = 0; i < count; i++)
      g_string_append_printf(rows,
                             "%.4f,%s,%s,a>b,%d,c:1-b:80,10.0.0.1:1,10.0.0.2:80,TCP,%s,%d,1,1000,"
                             "1040,65535,,0,,,1,1\n",
                             0.0001 * i + 0.05 * end, end == 0 ? "send" : "receive",
                             end == 0 ? "a" : "b", i + 1, i + 1 < count ? "ACK" : "PSH+ACK",
                             seq + 1000 * i);
  folder_put(run, "timeline.csv", rows->str);
  return run;
}

/* Five of them share a label: what is the same in all, and the numbers that run. Two stand above
 * and below. */
static void
test_place_together(void)
{
  static const char *const labels[][2] = {
      [2] = {"ACK seq 1 ack 1 len 1000", "PSH+ACK seq 1001 ack 1 len 1000"},
      [5] = {"5 segments: seq 1..4001 ack 1 len 1000"},
  };
  for (int count = 2; count <= 5; count += 3) {
    char *run = burst_run(count, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(RunLog) log = run_log_read(run, &error);
    g_assert_no_error(error);
    g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
    LadderPlacement paper = {.width = 400, .char_width = 4.2, .char_height = 9.4};
    g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
    g_assert_no_error(error);
    guint found = 0;
    for (guint i = 0; i < drawing->boxes->len; i++) {
      const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
      if (box->kind != LADDER_BOX_LABEL)
        continue;
      g_assert_cmpstr(box->text, ==, labels[count][found++]);
      g_assert_cmpuint(box->last - box->item, ==, count == 5 ? 4 : 0);
    }
    g_assert_cmpuint(found, ==, count == 5 ? 1 : 2);
    g_assert_cmpuint(drawing->omitted, ==, 0);
    folder_free(run);
  }
}

/* On little paper a label has more lines, but no number is broken in two: it would be another. */
static void
test_numbers_stay_whole(void)
{
  char *run = burst_run(5, 1000001);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_assert_no_error(error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  LadderPlacement paper = {.width = 85, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  g_assert_no_error(error);
  g_autoptr(GString) label = g_string_new(NULL);
  for (guint i = 0; i < drawing->boxes->len; i++) {
    const LadderBox *box = &g_array_index(drawing->boxes, LadderBox, i);
    if (box->kind == LADDER_BOX_LABEL)
      g_string_append_printf(label, "%s ", box->text);
  }
  g_assert_cmpstr(label->str, ==, "5 segments: seq 1000001..1004001 ack 1 len 1000 ");
  folder_free(run);
}

/* Slope: every arrow drops by what its delay takes on the axis. */
static void
test_place_slope(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = example("simultaneous-open");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  LadderPlacement paper = {.width = 400, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  g_assert_no_error(error);
  double first = 0;
  for (guint i = 0; i < drawing->strokes->len; i++) {
    const LadderStroke *stroke = &g_array_index(drawing->strokes, LadderStroke, i);
    if (stroke->kind != LADDER_STROKE_ARROW)
      continue;
    double drop = stroke->y1 - stroke->y0;
    first = first == 0 ? drop : first;
    g_assert_cmpfloat(fabs(drop - first), <, 1e-6); /* all have the same delay */
  }
  g_assert_cmpfloat(first, >, 0);
}

static void
test_boxes(void)
{
  LadderBox a = {.x = 0, .y = 0, .w = 10, .h = 2}, b = {.x = 10, .y = 0, .w = 10, .h = 2};
  g_assert_false(ladder_boxes_overlap(&a, &b)); /* end to end */
  b.x = 9.9;
  g_assert_true(ladder_boxes_overlap(&a, &b));
  b = (LadderBox){.x = 0, .y = 3.5, .w = 10, .h = 2};
  g_assert_false(ladder_boxes_overlap(&a, &b));
  b.angle = 45; /* its corner now reaches into the first */
  g_assert_true(ladder_boxes_overlap(&a, &b));
}

/* -- what scales -- */

static void
test_fields(void)
{
  g_autoptr(RunLog) log = example("syn-lost");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.fields = "win, ack"});
  g_assert_cmpstr(arrow_at(ladder, 1)->label, ==, "SYN win 64240 (retransmission 1)");
  g_assert_cmpstr(arrow_at(ladder, 2)->label, ==, "SYN+ACK ack 1 win 64240");
  g_autoptr(Ladder) options = ladder_of(log, (LadderOptions){.fields = "options"});
  const LadderArrow *again = arrow_at(options, 1); /* said again, with the values */
  g_assert_nonnull(strstr(again->label, "SYN <mss 1460, sackOK, ts "));
  g_assert_nonnull(strstr(again->label, "/0, ws 7>"));
  g_autoptr(GError) error = NULL;
  LadderOptions slip = {.to = SIM_TIME_NEVER, .fields = "seq,wnd"};
  g_assert_null(ladder_new(log, &slip, &error));
  g_assert_nonnull(strstr(error->message, "unknown field \"wnd\""));
}

/* The congestion window of the sender when the packet left, out of tcp.csv. */
static void
test_field_cwnd(void)
{
  char *run = folder_new();
  g_autofree char *path =
      g_test_build_filename(G_TEST_DIST, "golden", "ladder", "syn-lost.csv", NULL);
  g_autofree char *rows = NULL;
  g_assert_true(g_file_get_contents(path, &rows, NULL, NULL));
  folder_put(run, "timeline.csv", rows);
  folder_put(run, "tcp.csv",
             "time,node,conn,cwnd,ssthresh,flight,srtt,rto,delivered,lost,retransmits,recovery\n"
             "0.5,client,client:49152-server:80,14600,,0,0,1,0,0,0,open\n"
             "0.6,server,client:49152-server:80,7777,,0,0,1,0,0,0,open\n"
             "30,client,client:49152-server:80,99,,0,0,1,0,0,0,open\n");
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_assert_no_error(error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.fields = "seq,cwnd"});
  g_assert_cmpstr(arrow_at(ladder, 0)->label, ==, "SYN seq 0");
  g_assert_cmpstr(arrow_at(ladder, 1)->label, ==, "SYN seq 0 cwnd 14600 (retransmission 1)");
  g_assert_cmpstr(arrow_at(ladder, 2)->label, ==, "SYN+ACK seq 0 cwnd 7777");
  folder_free(run);
}

static void
test_group(void)
{
  g_autoptr(RunLog) log = example("chain");
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.group = "path=r*"});
  g_assert_cmpuint(ladder->nodes->len, ==, 3);
  g_assert_cmpstr(ladder->nodes->pdata[1], ==, "path");
  LadderOptions none = {.to = SIM_TIME_NEVER, .group = "path=x*"};
  LadderOptions shape = {.to = SIM_TIME_NEVER, .group = "r1"};
  g_autoptr(GError) error = NULL;
  g_assert_null(ladder_new(log, &none, &error));
  g_assert_nonnull(strstr(error->message, "no node is called \"x*\""));
  g_clear_error(&error);
  g_assert_null(ladder_new(log, &shape, &error));
  g_assert_nonnull(strstr(error->message, "accepted is NAME=PATTERN"));
}

/* A run of `count` packets of 1,500 bytes over a link of 1 Mbit/s and 10 ms: 12 ms each. They are
 * all there at the beginning; packet `held` arrives a second late. Connections c1 to c3 take turns.
 */
static char *
slow_run(int count, int held)
{
  char *run = folder_new();
  GString *rows =
      g_string_new("time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,"
                   "win,options,retransmit,state,detail,seq_raw,ack_raw\n");
#define REST ",c%d:1-b:80,10.0.0.1:1,10.0.0.2:80,TCP,ACK,%d,1,1460,1500,65535,,0,,,1,1\n"
  for (int i = 0; i < count; i++)
    g_string_append_printf(rows, "0,send,a,a>b,%d" REST, i + 1, i % 3 + 1, 1 + 1460 * i);
  for (int i = 0; i < count; i++)
    g_string_append_printf(rows, "%.3f,transmit,a,a>b,%d" REST, 0.012 * i, i + 1, i % 3 + 1,
                           1 + 1460 * i);
  for (int i = 0; i < count; i++)
    if (i + 1 != held)
      g_string_append_printf(rows, "%.3f,receive,b,a>b,%d" REST, 1 + 0.012 * (i + 1) + 0.01, i + 1,
                             i % 3 + 1, 1 + 1460 * i);
  if (held > 0)
    g_string_append_printf(rows, "9,receive,b,a>b,%d" REST, held, (held - 1) % 3 + 1,
                           1 + 1460 * (held - 1));
#undef REST
  folder_put(run, "timeline.csv", rows->str);
  folder_put(
      run, "summary.json",
      "{\"links\": {\"a>b\": {\"rate\": 1000000, \"overhead\": 0, \"rate_varies\": false}}}");
  g_string_free(rows, TRUE);
  return run;
}

/* What waits for the transmitter has a bar, and each packet a band of 12 ms. */
static void
test_bands_and_queues(void)
{
  char *run = slow_run(6, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.serialisation = true});
  LadderPlacement paper = {.width = 480, .max_height = 600, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  g_assert_no_error(error);
  guint queued = 0;
  for (guint i = 0; i < drawing->strokes->len; i++) {
    const LadderStroke *stroke = &g_array_index(drawing->strokes, LadderStroke, i);
    if (stroke->kind != LADDER_STROKE_QUEUED)
      continue;
    const LadderArrow *arrow = arrow_at(ladder, stroke->item);
    double second = (stroke->y1 - stroke->y0) / sim_time_to_seconds(arrow->transmitted);
    g_assert_cmpfloat_with_epsilon(second * 0.012,
                                   g_array_index(drawing->bands, LadderBand, 0).height, 1e-6);
    queued++;
  }
  g_assert_cmpuint(queued, ==, 5); /* the first one found the link idle */
  g_assert_cmpuint(drawing->bands->len, ==, 6);
  for (guint i = 0; i < drawing->bands->len; i++) {
    const LadderBand *band = &g_array_index(drawing->bands, LadderBand, i);
    g_assert_cmpint(arrow_at(ladder, band->item)->serialised, ==, 12 * MS);
    if (i > 0) /* they follow one another without a gap */
      g_assert_cmpfloat_with_epsilon(band->y0, band[-1].y0 + band[-1].height, 1e-6);
  }
  check_apart(drawing);
  folder_put(run, "summary.json",
             "{\"links\": {\"a>b\": {\"rate\": 1000000, \"overhead\": 0, \"rate_varies\": true}}}");
  g_autoptr(Ladder) changed = ladder_of(log, (LadderOptions){.serialisation = true});
  g_assert_cmpint(arrow_at(changed, 0)->serialised, ==, 0);
  folder_free(run);
}

/* One packet that is held back does not stretch the others; its gap is broken under way. */
static void
test_held_back(void)
{
  char *run = slow_run(9, 5);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){0});
  g_assert_cmpuint(ladder->gaps->len, ==, 1);
  const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, 0);
  g_assert_cmpint(gap->to, ==, 9 * SIM_SECOND);
  g_assert_cmpint(gap->from, <, 2 * SIM_SECOND);
  folder_free(run);
}

/* Three connections have numbers, which a legend explains; a choice of two has two. */
static void
test_many_connections(void)
{
  char *run = slow_run(9, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_autoptr(Ladder) ladder = ladder_of(log, (LadderOptions){.conn = "c1,c3:*"});
  g_assert_cmpuint(ladder->conns->len, ==, 2);
  g_assert_cmpuint(ladder->arrows->len, ==, 6);
  g_assert_true(g_str_has_prefix(arrow_at(ladder, 1)->label, "[2] ACK seq 2921"));
  LadderPlacement paper = {.width = 480, .max_height = 600, .char_width = 4.2, .char_height = 9.4};
  g_autoptr(LadderDrawing) drawing = ladder_place(ladder, &paper, &error);
  guint legend = 0;
  for (guint i = 0; i < drawing->boxes->len; i++)
    legend += g_array_index(drawing->boxes, LadderBox, i).kind == LADDER_BOX_CONN;
  g_assert_cmpuint(legend, ==, 2);
  check_apart(drawing);
  LadderOptions none = {.to = SIM_TIME_NEVER, .conn = "d*"};
  g_assert_null(ladder_new(log, &none, &error));
  g_assert_nonnull(
      strstr(error->message, "no connection is called \"d*\"; there are 3, as c1:1-b:80"));
  g_clear_error(&error);
  LadderOptions part = {.to = SIM_TIME_NEVER, .conn = "b:80"};
  g_assert_null(ladder_new(log, &part, &error));
  g_assert_nonnull(
      strstr(error->message, "\"b:80\" is in the names of 3 connections, such as c1:1-b:80"));
  folder_free(run);
}

/* Thousands of packets: a window shows its own. */
static void
test_window_of_thousands(void)
{
  char *run = folder_new();
  g_autoptr(GString) rows =
      g_string_new("time,event,node,link,packet,conn,src,dst,proto,flags,seq,ack,len,size,"
                   "win,options,retransmit,state,detail,seq_raw,ack_raw\n");
  for (int i = 0; i < 5000; i++) /* a packet each 10 ms, which takes 4 ms */
    for (int end = 0; end < 2; end++)
      g_string_append_printf(rows,
                             "%.3f,%s,%s,a>b,%d,c:1-b:80,10.0.0.1:1,10.0.0.2:80,TCP,ACK,%d,1,1460,"
                             "1500,65535,,0,,,1,1\n",
                             0.01 * i + 0.004 * end, end == 0 ? "send" : "receive",
                             end == 0 ? "a" : "b", i + 1, 1 + 1460 * i);
  folder_put(run, "timeline.csv", rows->str);
  g_autoptr(GError) error = NULL;
  g_autoptr(RunLog) log = run_log_read(run, &error);
  g_assert_no_error(error);
  g_autoptr(Ladder) ladder =
      ladder_of(log, (LadderOptions){.from = 20 * SIM_SECOND, .to = 21 * SIM_SECOND});
  g_assert_cmpuint(ladder->arrows->len, ==, 101);
  g_assert_cmpuint(arrow_at(ladder, 0)->row->packet, ==, 2001);
  g_assert_cmpint(arrow_at(ladder, 100)->arrived, ==, 21 * SIM_SECOND + 4 * MS);
  folder_free(run);
}

static void
test_clean(void)
{
  g_autofree char *escape = ladder_clean("\033[31mred\a\r\n");
  g_autofree char *broken = ladder_clean("a\xff"
                                         "b");
  g_autofree char *turned = ladder_clean("a\xe2\x80\xae"
                                         "b");
  g_assert_cmpstr(escape, ==, "?[31mred???");
  g_assert_true(g_utf8_validate(broken, -1, NULL));
  g_assert_cmpstr(turned, ==, "a?b"); /* right-to-left override */
}

static void
test_break_lines(void)
{
  g_autoptr(GPtrArray) lines = ladder_break_lines("SYN+ACK seq 0 ack 1", 16);
  g_autoptr(GPtrArray) narrow = ladder_break_lines("abcdefgh ij", 3);
  g_assert_cmpuint(lines->len, ==, 2);
  g_assert_cmpstr(lines->pdata[0], ==, "SYN+ACK seq 0"); /* not "... ack" */
  g_assert_cmpstr(lines->pdata[1], ==, "ack 1");
  g_assert_cmpuint(narrow->len, ==, 4);
  g_assert_cmpstr(narrow->pdata[2], ==, "gh");
  g_autoptr(GPtrArray) blocks = ladder_break_lines("6001-7001,4001-5001,2001-3001>", 24);
  g_assert_cmpuint(blocks->len, ==, 2);
  g_assert_cmpstr(blocks->pdata[0], ==, "6001-7001,4001-5001,");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ladder/arrows-of-a-lost-syn-and-its-retransmission", test_arrows);
  g_test_add_func("/ladder/raw-sequence-numbers", test_raw);
  g_test_add_func("/ladder/a-listener-becomes-its-connection", test_states);
  g_test_add_func("/ladder/timers-from-set-to-fire-or-cancel", test_timers);
  g_test_add_func("/ladder/a-chain-stands-in-order", test_chain_in_order);
  g_test_add_func("/ladder/the-opener-stays-left", test_opener_stays_left);
  g_test_add_func("/ladder/a-window-keeps-what-is-sent-in-it", test_window);
  g_test_add_func("/ladder/unknown-connection-names-the-nearest", test_nothing_to_show);
  g_test_add_func("/ladder/a-part-of-a-name-chooses-a-connection", test_part_of_a_connection_name);
  g_test_add_func("/ladder/gaps-are-short-and-time-grows", test_gaps);
  g_test_add_func("/ladder/placed-texts-never-overlap", test_place);
  g_test_add_func("/ladder/a-bundle-of-arrows-has-all-its-labels", test_place_bundle);
  g_test_add_func("/ladder/what-is-lost-in-a-burst-is-named-at-its-cross",
                  test_place_lost_in_burst);
  g_test_add_func("/ladder/a-burst-has-one-label", test_place_together);
  g_test_add_func("/ladder/numbers-stay-whole", test_numbers_stay_whole);
  g_test_add_func("/ladder/equal-delays-have-equal-slopes", test_place_slope);
  g_test_add_func("/ladder/fields-on-demand", test_fields);
  g_test_add_func("/ladder/the-window-when-a-packet-left", test_field_cwnd);
  g_test_add_func("/ladder/nodes-share-a-line", test_group);
  g_test_add_func("/ladder/bands-and-queues", test_bands_and_queues);
  g_test_add_func("/ladder/a-packet-that-is-held-back", test_held_back);
  g_test_add_func("/ladder/some-of-many-connections", test_many_connections);
  g_test_add_func("/ladder/a-window-into-thousands", test_window_of_thousands);
  g_test_add_func("/ladder/turned-boxes", test_boxes);
  g_test_add_func("/ladder/clean-text-has-no-control-characters", test_clean);
  g_test_add_func("/ladder/lines-break-before-words-not-numbers", test_break_lines);
  return g_test_run();
}
