/* figure-data-time-sequence: Stevens' graph: sequence numbers against time, seen at the sender.
 *
 * Of one connection, the direction that carries more payload: every segment as it leaves the
 * sender, those sent again and those that were lost marked; below them the line of what is
 * acknowledged, above them the edge of the offered window, both as the sender comes to know them.
 * Without a connection's name it is the one with most payload. Segments of long runs that stand
 * closer than a line's width are drawn as one. */
#include "plots/figure-data.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"

#define MERGE_BINS 1200  /* slices of time within which segments in a row become one bar */
#define MERGE_ABOVE 2000 /* segments; below it each is drawn */
#define DOT_SHARE 150    /* a segment that is shorter than 1/150 of the axis is drawn as a dot */
#define ROOM_ABOVE 1.25  /* how far above the data the window's edge may take the axis */

/* A segment, or several in a row, as it left the sender. */
typedef struct Segment {
  SimTime time;
  gint64 seq, length; /* SYN and FIN count one */
  guint32 retransmit; /* 0: first transmission */
  bool lost;
} Segment;

typedef struct Ack {
  SimTime time;
  gint64 ack, edge; /* edge: ack + window; -1: not known */
} Ack;

typedef struct Sequence {
  const char *conn, *src; /* whose segments; the log's */
  const char *node;       /* where the sender stands; NULL: none seen */
  gint64 base;            /* added to relative numbers: 0, or the ISN when raw */
  GArray *segments, *acks;
} Sequence;

static bool
is_tcp(const RunRow *row)
{
  return strcmp(row->proto, "TCP") == 0 && *row->conn != '\0';
}

static bool
has_flag(const RunRow *row, const char *flag)
{
  return strstr(row->flags, flag) != NULL;
}

static gint64
sequence_length(const RunRow *row)
{
  return (gint64)row->len + has_flag(row, "SYN") + has_flag(row, "FIN");
}

static bool
leaves(const RunRow *row)
{
  return row->event == RUN_SEND || row->event == RUN_CAPTURE;
}

/* Finds the connection and the direction with most payload. */
static bool
choose(const RunLog *log, const char *conn, Sequence *sequence)
{
  typedef struct Flow {
    const char *conn, *src;
    guint64 bytes;
  } Flow;
  g_autoptr(GArray) flows = g_array_new(FALSE, FALSE, sizeof(Flow));
  /* Where the last look-up ended: rows of one flow stand together. */
  for (guint i = 0, k = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (!leaves(row) || !is_tcp(row) || (conn != NULL && strcmp(row->conn, conn) != 0))
      continue;
    for (guint tried = 0; tried <= flows->len; tried++, k++) {
      if (tried == flows->len) {
        Flow flow = {row->conn, row->src, 0};
        k = flows->len;
        g_array_append_val(flows, flow);
      }
      k = k < flows->len ? k : 0;
      Flow *flow = &g_array_index(flows, Flow, k);
      if (strcmp(flow->conn, row->conn) == 0 && strcmp(flow->src, row->src) == 0)
        break;
    }
    g_array_index(flows, Flow, k).bytes += row->len;
  }
  guint best = 0;
  for (guint k = 1; k < flows->len; k++)
    if (g_array_index(flows, Flow, k).bytes > g_array_index(flows, Flow, best).bytes)
      best = k;
  if (flows->len == 0)
    return false;
  sequence->conn = g_array_index(flows, Flow, best).conn;
  sequence->src = g_array_index(flows, Flow, best).src;
  return true;
}

/* A segment leaves its sender: the first row of its packet, since routers send it on. */
static void
add_segment(Sequence *sequence, GHashTable *indices, const RunRow *row, bool raw)
{
  gpointer packet = GSIZE_TO_POINTER((gsize)row->packet);
  if (row->packet != 0 && g_hash_table_contains(indices, packet))
    return;
  if (sequence->node == NULL)
    sequence->node = row->node;
  if (raw && sequence->base < 0)
    sequence->base = (gint64)(guint32)(row->seq_raw - (guint32)row->seq);
  Segment segment = {row->time, row->seq, sequence_length(row), row->retransmit, false};
  if (row->packet != 0)
    g_hash_table_insert(indices, packet, GUINT_TO_POINTER(sequence->segments->len));
  g_array_append_val(sequence->segments, segment);
}

static void
mark_lost(Sequence *sequence, GHashTable *indices, const RunRow *row)
{
  gpointer index;
  gpointer packet = GSIZE_TO_POINTER((gsize)row->packet);
  if (g_hash_table_lookup_extended(indices, packet, NULL, &index))
    g_array_index(sequence->segments, Segment, GPOINTER_TO_UINT(index)).lost = true;
}

static void
add_ack(Sequence *sequence, const RunRow *row)
{
  Ack ack = {row->time, row->ack, row->win >= 0 ? row->ack + row->win : -1};
  if (sequence->acks->len > 0) {
    const Ack *last = &g_array_index(sequence->acks, Ack, sequence->acks->len - 1);
    ack.ack = MAX(ack.ack, last->ack); /* an old one that came late takes nothing back */
  }
  g_array_append_val(sequence->acks, ack);
}

static void
collect(Sequence *sequence, const RunLog *log, const FigureData *data)
{
  g_autoptr(GHashTable) indices = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (strcmp(row->conn, sequence->conn) != 0 || !figure_data_wants(data, row->time))
      continue;
    bool own = strcmp(row->src, sequence->src) == 0;
    if (own && leaves(row) && row->has_seq && sequence_length(row) > 0)
      add_segment(sequence, indices, row, data->request->raw);
    else if (own && row->event == RUN_DROP)
      mark_lost(sequence, indices, row);
    else if (!own && row->has_ack && *row->src != '\0' &&
             (row->event == RUN_CAPTURE || (row->event == RUN_RECEIVE && sequence->node != NULL &&
                                            strcmp(row->node, sequence->node) == 0)))
      add_ack(sequence, row);
  }
  sequence->base = MAX(sequence->base, 0);
}

/* Joins first transmissions that follow one another within a slice of time. */
static void
merge(Sequence *sequence)
{
  GArray *segments = sequence->segments;
  if (segments->len <= MERGE_ABOVE)
    return;
  SimTime from = g_array_index(segments, Segment, 0).time;
  SimTime to = g_array_index(segments, Segment, segments->len - 1).time;
  SimTime slice = MAX((to - from) / MERGE_BINS, 1);
  guint kept = 0;
  for (guint i = 1; i < segments->len; i++) {
    Segment *last = &g_array_index(segments, Segment, kept);
    const Segment *next = &g_array_index(segments, Segment, i);
    if (last->retransmit == 0 && next->retransmit == 0 && !last->lost && !next->lost &&
        last->seq + last->length == next->seq && next->time / slice == last->time / slice)
      last->length += next->length;
    else
      g_array_index(segments, Segment, ++kept) = *next;
  }
  g_array_set_size(segments, kept + 1);
}

typedef enum { FIRST, AGAIN, LOST } Which;

static void
write_segments(FigureData *data, const Sequence *sequence, const char *block, Which which)
{
  figure_data_block(data, block, "time seq length retransmit", "NaN NaN NaN NaN");
  for (guint i = 0; i < sequence->segments->len; i++) {
    const Segment *segment = &g_array_index(sequence->segments, Segment, i);
    if (which == LOST ? !segment->lost : (segment->retransmit > 0) != (which == AGAIN))
      continue;
    figure_data_time(data, segment->time);
    figure_data_integer(data, segment->seq + sequence->base);
    figure_data_integer(data, segment->length);
    figure_data_integer(data, segment->retransmit);
    figure_data_row(data);
  }
}

static void
write_acks(FigureData *data, const Sequence *sequence, SimTime to)
{
  const GArray *acks = sequence->acks;
  SimTime slice = acks->len <= MERGE_ABOVE ? 1 : MAX(to / MERGE_BINS, 1);
  figure_data_block(data, "acks", "time ack edge", "NaN NaN NaN");
  for (guint i = 0; i < acks->len; i++) {
    const Ack *ack = &g_array_index(acks, Ack, i);
    bool last = i + 1 == acks->len;
    if (!last && slice > 1 && ack[1].time / slice == ack->time / slice)
      continue;
    figure_data_time(data, ack->time);
    figure_data_integer(data, ack->ack + sequence->base);
    if (ack->edge < 0)
      figure_data_number(data, NAN, 0);
    else
      figure_data_integer(data, ack->edge + sequence->base);
    figure_data_row(data);
  }
}

static void
set_ranges(FigureData *data, const Sequence *sequence, SimTime *last_time)
{
  gint64 low = G_MAXINT64, high = 0, window = 0, longest = 1;
  SimTime from = SIM_TIME_NEVER, to = 0;
  for (guint i = 0; i < sequence->segments->len; i++) {
    const Segment *segment = &g_array_index(sequence->segments, Segment, i);
    low = MIN(low, segment->seq);
    high = MAX(high, segment->seq + segment->length);
    longest = MAX(longest, segment->length);
    from = MIN(from, segment->time);
    to = MAX(to, segment->time);
  }
  for (guint i = 0; i < sequence->acks->len; i++) {
    const Ack *ack = &g_array_index(sequence->acks, Ack, i);
    window = MAX(window, ack->edge);
    to = MAX(to, ack->time);
  }
  double span = (double)MAX(high - low, 1);
  double top = MIN(MAX((double)window, (double)high), (double)low + span * ROOM_ABOVE);
  *last_time = to;
  figure_data_set(data, "x_from", sim_time_to_seconds(from), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(to > from ? to : from + 1), 12);
  figure_data_set(data, "y_from", (double)(low + sequence->base) - span * 0.02, 0);
  figure_data_set(data, "y_to", top + (double)sequence->base + span * 0.04, 0);
  figure_data_set(data, "raw", data->request->raw, 0);
  figure_data_set(data, "dots", (double)longest * DOT_SHARE < span, 0);
  figure_data_set_unit(data, span);
}

bool
figure_data_time_sequence(FigureData *data, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  const char *conn;
  if (log == NULL || !run_log_choose_conn(log->conns, data->request->conn, &conn, error))
    return false;
  Sequence sequence = {.base = -1};
  bool found = choose(log, conn, &sequence);
  g_autoptr(GArray) segments = g_array_new(FALSE, FALSE, sizeof(Segment));
  g_autoptr(GArray) acks = g_array_new(FALSE, FALSE, sizeof(Ack));
  sequence.segments = segments;
  sequence.acks = acks;
  if (found)
    collect(&sequence, log, data);
  if (segments->len == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s has no TCP segment of the connection and the time asked for", log->path);
    return false;
  }
  merge(&sequence);
  SimTime to;
  set_ranges(data, &sequence, &to);
  write_segments(data, &sequence, "segments", FIRST);
  write_segments(data, &sequence, "again", AGAIN);
  figure_data_set(data, "resent", data->rows, 0);
  write_segments(data, &sequence, "lost", LOST);
  figure_data_set(data, "lost", data->rows, 0);
  write_acks(data, &sequence, to);
  figure_data_end(data);
  return true;
}
