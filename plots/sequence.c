/* sequence: see the header.
 *
 * A packet that routers send on is one segment: its first row counts. What was lost anywhere on its
 * way is lost. The cause of a retransmission is what the timeline says in the detail of its row. */
#include "plots/sequence.h"

#include <math.h>

#include <string.h>

#include "sim/error.h"

const char *const sequence_cause_names[SEQUENCE_CAUSES + 1] = {
    [SEQUENCE_TIMEOUT] = "time-out", [SEQUENCE_FAST] = "fast retransmit",
    [SEQUENCE_SACK] = "SACK",        [SEQUENCE_RACK] = "RACK",
    [SEQUENCE_PROBE] = "probe",      [SEQUENCE_OTHER] = "sent again",
};

/* By the words of models/net/packet.c. */
static SequenceCause
cause_of(const RunRow *row)
{
  static const struct {
    const char *detail;
    SequenceCause cause;
  } causes[] = {
      {"RTO", SEQUENCE_TIMEOUT},        {"fast retransmit", SEQUENCE_FAST},
      {"partial ACK", SEQUENCE_FAST},   {"SACK", SEQUENCE_SACK},
      {"RACK", SEQUENCE_RACK},          {"tail loss probe", SEQUENCE_PROBE},
      {"window probe", SEQUENCE_PROBE}, {"keepalive", SEQUENCE_PROBE},
      {"last resort", SEQUENCE_SACK},   {"rescue", SEQUENCE_PROBE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(causes); i++)
    if (strcmp(row->detail, causes[i].detail) == 0)
      return causes[i].cause;
  return SEQUENCE_OTHER;
}

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

/* What is known while the rows are walked. */
typedef struct Walk {
  Sequence *sequence;
  GHashTable *indices; /* packet -> index of its segment */
  bool raw;
  gint64 highest; /* sent so far */
} Walk;

static void
add_segment(Walk *walk, const RunRow *row)
{
  Sequence *sequence = walk->sequence;
  gpointer packet = GSIZE_TO_POINTER((gsize)row->packet);
  if (row->packet != 0 && g_hash_table_contains(walk->indices, packet))
    return;
  if (sequence->node == NULL)
    sequence->node = row->node;
  if (walk->raw && sequence->base < 0)
    sequence->base = (gint64)(guint32)(row->seq_raw - (guint32)row->seq);
  SequenceSegment segment = {.time = row->time,
                             .seq = row->seq,
                             .length = sequence_length(row),
                             .retransmit = row->retransmit,
                             .cause = cause_of(row),
                             .row = row};
  if (row->packet != 0)
    g_hash_table_insert(walk->indices, packet, GUINT_TO_POINTER(sequence->segments->len));
  walk->highest = MAX(walk->highest, segment.seq + segment.length);
  g_array_append_val(sequence->segments, segment);
}

static void
mark_lost(const Walk *walk, const RunRow *row)
{
  gpointer index, packet = GSIZE_TO_POINTER((gsize)row->packet);
  if (g_hash_table_lookup_extended(walk->indices, packet, NULL, &index))
    g_array_index(walk->sequence->segments, SequenceSegment, GPOINTER_TO_UINT(index)).lost = true;
}

/* "sack=2897-4345,5793-7241" among the options. */
static void
add_sacks(Sequence *sequence, const RunRow *row)
{
  const char *at = strstr(row->options, "sack=");
  if (at == NULL || (at > row->options && at[-1] != ' '))
    return;
  guint first = sequence->sacks->len;
  for (at += strlen("sack="); g_ascii_isdigit(*at);) {
    char *end;
    SequenceSack sack = {.time = row->time};
    sack.start = (gint64)g_ascii_strtoull(at, &end, 10);
    if (*end != '-')
      return;
    sack.end = (gint64)g_ascii_strtoull(end + 1, &end, 10);
    g_array_append_val(sequence->sacks, sack);
    at = *end == ',' ? end + 1 : end;
  }
  if (first == sequence->sacks->len)
    return;
  SequenceSack *block = &g_array_index(sequence->sacks, SequenceSack, first);
  const SequenceSack *second = first + 1 < sequence->sacks->len ? block + 1 : NULL;
  block->duplicate = block->end <= row->ack ||
                     (second != NULL && block->start >= second->start && block->end <= second->end);
}

static void
add_ack(Walk *walk, const RunRow *row)
{
  Sequence *sequence = walk->sequence;
  SequenceAck ack = {row->time, row->ack, row->win >= 0 ? row->ack + row->win : -1, false, row};
  if (sequence->acks->len > 0) {
    const SequenceAck *last = &g_array_index(sequence->acks, SequenceAck, sequence->acks->len - 1);
    ack.duplicate = ack.ack == last->ack && row->len == 0 && walk->highest > ack.ack &&
                    !has_flag(row, "SYN") && !has_flag(row, "FIN");
    ack.ack = MAX(ack.ack, last->ack); /* an old one that came late takes nothing back */
  }
  g_array_append_val(sequence->acks, ack);
  add_sacks(sequence, row);
}

static void
collect(Walk *walk, const RunLog *log, const FigureRequest *request)
{
  const Sequence *sequence = walk->sequence;
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (strcmp(row->conn, sequence->conn) != 0 || row->time < request->from ||
        row->time > request->to)
      continue;
    bool own = strcmp(row->src, sequence->src) == 0;
    if (own && leaves(row) && row->has_seq && sequence_length(row) > 0)
      add_segment(walk, row);
    else if (own && row->event == RUN_DROP)
      mark_lost(walk, row);
    else if (!own && row->has_ack && *row->src != '\0' &&
             (row->event == RUN_CAPTURE || (row->event == RUN_RECEIVE && sequence->node != NULL &&
                                            strcmp(row->node, sequence->node) == 0)))
      add_ack(walk, row);
  }
}

Sequence *
sequence_new(const RunLog *log, const FigureRequest *request, GError **error)
{
  const char *conn;
  if (!run_log_choose_conn(log->conns, request->conn, &conn, error))
    return NULL;
  g_autoptr(Sequence) sequence = g_new0(Sequence, 1);
  sequence->base = -1;
  sequence->segments = g_array_new(FALSE, FALSE, sizeof(SequenceSegment));
  sequence->acks = g_array_new(FALSE, FALSE, sizeof(SequenceAck));
  sequence->sacks = g_array_new(FALSE, FALSE, sizeof(SequenceSack));
  g_autoptr(GHashTable) indices = g_hash_table_new(NULL, NULL);
  Walk walk = {.sequence = sequence, .indices = indices, .raw = request->raw};
  if (choose(log, conn, sequence))
    collect(&walk, log, request);
  sequence->base = MAX(sequence->base, 0);
  if (sequence->segments->len > 0)
    return g_steal_pointer(&sequence);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "%s has no TCP segment of the connection and the time asked for", log->path);
  return NULL;
}

void
sequence_free(Sequence *sequence)
{
  if (sequence == NULL)
    return;
  g_array_unref(sequence->segments);
  g_array_unref(sequence->acks);
  g_array_unref(sequence->sacks);
  g_free(sequence);
}

SequenceRange
sequence_set_axes(const Sequence *sequence, FigureData *data, double room_above)
{
  gint64 low = G_MAXINT64, high = 0, window = 0;
  SimTime from = SIM_TIME_NEVER;
  SequenceRange range = {.longest = 1};
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    low = MIN(low, segment->seq);
    high = MAX(high, segment->seq + segment->length);
    range.longest = MAX(range.longest, segment->length);
    from = MIN(from, segment->time);
    range.to = MAX(range.to, segment->time);
  }
  for (guint i = 0; i < sequence->acks->len; i++) {
    const SequenceAck *ack = &g_array_index(sequence->acks, SequenceAck, i);
    window = MAX(window, ack->edge);
    low = MIN(low, ack->ack);
    from = MIN(from, ack->time);
    range.to = MAX(range.to, ack->time);
  }
  range.span = (double)MAX(high - low, 1);
  double top = MIN(MAX((double)window, (double)high), (double)low + range.span * room_above);
  SimTime to = range.to > from ? range.to : from + 1;
  figure_data_set(data, "x_from", sim_time_to_seconds(from), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(to), 12);
  figure_data_set(data, "y_from", (double)(low + sequence->base) - range.span * 0.02, 0);
  figure_data_set(data, "y_to", top + (double)sequence->base + range.span * 0.04, 0);
  figure_data_set(data, "raw", data->request->raw, 0);
  figure_data_set_unit(data, range.span);
  return range;
}

void
sequence_write_ack(const Sequence *sequence, FigureData *data, const SequenceAck *ack)
{
  figure_data_time(data, ack->time);
  figure_data_integer(data, ack->ack + sequence->base);
  if (ack->edge < 0)
    figure_data_number(data, NAN, 0);
  else
    figure_data_integer(data, ack->edge + sequence->base);
  figure_data_row(data);
}
