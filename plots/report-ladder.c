/* report-ladder: the items of a ladder as JSON, and why each packet was sent.
 *
 * Why: a node sends because something has just happened to it, at the same moment: a packet came,
 * a timer fired, the application called. The last such row of the same node and connection before
 * the sending is the cause. Nothing else is guessed; what a pacing timer lets go, or an application
 * in C, has no cause here. What TCP itself says of it (RTO, duplicate ACK) is in the row. */
#include "plots/report-parts.h"

#include <string.h>

typedef enum { CAUSE_NONE, CAUSE_PACKET, CAUSE_TIMER, CAUSE_CALL } CauseKind;

typedef struct Cause {
  CauseKind kind;
  const char *text; /* of a timer or a call; borrowed from the log */
  guint arrow;      /* of a packet: the arrow that had arrived */
} Cause;

/* What happened last at a node. */
typedef struct Latest {
  const RunRow *row;
  guint arrow; /* of a packet that arrived; G_MAXUINT: outside of what is shown */
} Latest;

static void
note_latest(GHashTable *nodes, const RunRow *row, guint arrow)
{
  Latest *latest = g_hash_table_lookup(nodes, row->node);
  if (latest == NULL) {
    latest = g_new(Latest, 1);
    g_hash_table_insert(nodes, (gpointer)(guintptr)row->node, latest);
  }
  *latest = (Latest){row, arrow};
}

static Cause
cause_of(GHashTable *nodes, const RunRow *sent)
{
  const Latest *latest = g_hash_table_lookup(nodes, sent->node);
  if (latest == NULL || latest->row->time != sent->time || sent->event != RUN_SEND)
    return (Cause){CAUSE_NONE};
  const RunRow *row = latest->row;
  bool same = row->conn == sent->conn || row->conn[0] == '\0' || sent->conn[0] == '\0';
  if (!same)
    return (Cause){CAUSE_NONE};
  if (row->event == RUN_CALL)
    return (Cause){CAUSE_CALL, .text = row->detail};
  if (row->event == RUN_TIMER_FIRE)
    return (Cause){CAUSE_TIMER, .text = row->detail};
  return latest->arrow == G_MAXUINT ? (Cause){CAUSE_NONE}
                                    : (Cause){CAUSE_PACKET, .arrow = latest->arrow};
}

/* One for each arrow, in a walk over the rows of the log. */
static GArray *
find_causes(const RunLog *log, const Ladder *ladder)
{
  GArray *causes = g_array_new(FALSE, TRUE, sizeof(Cause));
  g_autoptr(GHashTable) nodes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  g_autoptr(GHashTable) packets = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    const LadderArrow *next = causes->len < ladder->arrows->len
                                  ? &g_array_index(ladder->arrows, LadderArrow, causes->len)
                                  : NULL;
    if (next != NULL && next->row == row) {
      Cause cause = cause_of(nodes, row);
      g_array_append_val(causes, cause);
      g_hash_table_insert(packets, (gpointer)(guintptr)&row->packet, GUINT_TO_POINTER(causes->len));
    } else if (row->event == RUN_RECEIVE) {
      guint arrow = GPOINTER_TO_UINT(g_hash_table_lookup(packets, &row->packet));
      note_latest(nodes, row, arrow > 0 ? arrow - 1 : G_MAXUINT);
    } else if (row->event == RUN_CALL || row->event == RUN_TIMER_FIRE) {
      note_latest(nodes, row, G_MAXUINT);
    }
  }
  g_array_set_size(causes, ladder->arrows->len);
  return causes;
}

static void
put_optional(ReportJson *json, bool has, gint64 value)
{
  if (has)
    report_json_integer(json, NULL, value);
  else
    report_json_null(json, NULL);
}

/* Without the number of its connection, which the page puts there when it shows several. */
static const char *
label_of(const LadderArrow *arrow)
{
  const char *end = arrow->label[0] == '[' ? strstr(arrow->label, "] ") : NULL;
  return end != NULL ? end + 2 : arrow->label;
}

static void
put_cause(ReportJson *json, const Cause *cause)
{
  static const char *const kinds[] = {"", "packet", "timer", "call"};
  report_json_text(json, kinds[cause->kind]);
  if (cause->kind == CAUSE_PACKET)
    report_json_integer(json, NULL, cause->arrow);
  else if (cause->kind == CAUSE_NONE)
    report_json_null(json, NULL);
  else
    report_json_text(json, cause->text);
}

/* In the order of `arrow_columns`. */
static void
put_arrow(ReportJson *json, const LadderArrow *arrow, const Cause *cause)
{
  const RunRow *row = arrow->row;
  report_json_open(json, NULL, '[');
  report_json_integer(json, NULL, arrow->from);
  report_json_integer(json, NULL, arrow->to);
  report_json_time(json, NULL, arrow->sent);
  report_json_time(json, NULL, arrow->transmitted);
  report_json_time(json, NULL, arrow->arrived);
  report_json_time(json, NULL, arrow->lost_at);
  report_json_time(json, NULL, arrow->delay);
  report_json_number(json, NULL, arrow->reach);
  const char *texts[] = {row->conn, row->src,     row->dst,    row->proto,    row->flags,
                         row->link, row->options, row->detail, arrow->reason, label_of(arrow)};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    report_json_text(json, texts[i]);
  put_optional(json, row->has_seq, row->seq);
  put_optional(json, row->has_ack, row->ack);
  put_optional(json, row->has_seq, row->seq_raw);
  put_optional(json, row->has_ack, row->ack_raw);
  put_optional(json, row->win >= 0, row->win);
  report_json_integer(json, NULL, row->len);
  report_json_integer(json, NULL, row->size);
  report_json_integer(json, NULL, row->retransmit);
  report_json_integer(json, NULL, arrow->copy);
  report_json_integer(json, NULL, (gint64)row->packet);
  report_json_integer(json, NULL, row->line);
  report_json_integer(json, NULL, arrow->end_line);
  put_cause(json, cause);
  report_json_close(json, ']');
}

static const char *const arrow_columns[] = {
    "from",    "to",      "sent",      "transmitted", "arrived",    "lost",  "delay",
    "reach",   "conn",    "src",       "dst",         "proto",      "flags", "link",
    "options", "why",     "reason",    "label",       "seq",        "ack",   "seqRaw",
    "ackRaw",  "win",     "len",       "size",        "retransmit", "copy",  "packet",
    "line",    "endLine", "causeKind", "cause",       NULL};

/* Which of them are numbers in the table of texts. */
static const char *const arrow_texts[] = {"conn",    "src", "dst",    "proto", "flags",     "link",
                                          "options", "why", "reason", "label", "causeKind", NULL};

static void
put_names(ReportJson *json, const char *name, const char *const *names)
{
  report_json_open(json, name, '[');
  for (; *names != NULL; names++)
    report_json_string(json, NULL, *names);
  report_json_close(json, ']');
}

static void
put_states(ReportJson *json, const Ladder *ladder)
{
  report_json_open(json, "states", '[');
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    report_json_open(json, NULL, '[');
    report_json_integer(json, NULL, state->node);
    report_json_text(json, state->conn);
    report_json_time(json, NULL, state->from);
    report_json_time(json, NULL, state->to);
    report_json_text(json, state->state);
    report_json_integer(json, NULL, state->line);
    report_json_close(json, ']');
  }
  report_json_close(json, ']');
}

static void
put_timers(ReportJson *json, const Ladder *ladder)
{
  report_json_open(json, "timers", '[');
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    report_json_open(json, NULL, '[');
    report_json_integer(json, NULL, timer->node);
    report_json_text(json, timer->conn);
    report_json_time(json, NULL, timer->set);
    report_json_time(json, NULL, timer->end);
    report_json_text(json, timer->label);
    report_json_integer(json, NULL, timer->fired);
    report_json_integer(json, NULL, timer->line);
    report_json_integer(json, NULL, timer->end_line);
    report_json_close(json, ']');
  }
  report_json_close(json, ']');
}

static void
put_notes(ReportJson *json, const Ladder *ladder)
{
  report_json_open(json, "notes", '[');
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    report_json_open(json, NULL, '[');
    report_json_integer(json, NULL, note->node == G_MAXUINT ? -1 : (gint64)note->node);
    report_json_time(json, NULL, note->time);
    report_json_text(json, note->text);
    report_json_integer(json, NULL, note->call);
    report_json_integer(json, NULL, note->line);
    report_json_close(json, ']');
  }
  report_json_close(json, ']');
}

static void
put_list(ReportJson *json, const char *name, const GPtrArray *names)
{
  report_json_open(json, name, '[');
  for (guint i = 0; i < names->len; i++)
    report_json_string(json, NULL, names->pdata[i]);
  report_json_close(json, ']');
}

void
report_put_ladder(ReportJson *json, const RunLog *log, const Ladder *ladder)
{
  g_autoptr(GArray) causes = find_causes(log, ladder);
  report_json_time(json, "start", ladder->start);
  report_json_time(json, "end", ladder->end);
  put_list(json, "nodes", ladder->nodes);
  put_list(json, "conns", ladder->conns);
  put_names(json, "arrowColumns", arrow_columns);
  put_names(json, "arrowTexts", arrow_texts);
  report_json_open(json, "arrows", '[');
  for (guint i = 0; i < ladder->arrows->len; i++)
    put_arrow(json, &g_array_index(ladder->arrows, LadderArrow, i),
              &g_array_index(causes, Cause, i));
  report_json_close(json, ']');
  put_states(json, ladder);
  put_timers(json, ladder);
  put_notes(json, ladder);
  report_json_open(json, "gaps", '[');
  for (guint i = 0; i < ladder->gaps->len; i++) {
    const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, i);
    report_json_open(json, NULL, '[');
    report_json_time(json, NULL, gap->from);
    report_json_time(json, NULL, gap->to);
    report_json_time(json, NULL, gap->idle);
    report_json_close(json, ']');
  }
  report_json_close(json, ']');
}
