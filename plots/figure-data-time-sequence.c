/* figure-data-time-sequence: Stevens' graph: sequence numbers against time, seen at the sender.
 *
 * Every segment as it leaves the sender (sequence.h), those sent again and those that were lost
 * marked; below them the line of what is acknowledged, above them the edge of the offered window,
 * both as the sender comes to know them. Segments of long runs that stand closer than a line's
 * width are drawn as one. */
#include "plots/figure-curves.h"

#include "plots/sequence.h"

#define MERGE_BINS 1200  /* slices of time within which segments in a row become one bar */
#define MERGE_ABOVE 2000 /* segments; below it each is drawn */
#define DOT_SHARE 150    /* a segment that is shorter than 1/150 of the axis is drawn as a dot */
#define ROOM_ABOVE 1.25  /* how far above the data the window's edge may take the axis */

/* Joins first transmissions that follow one another within a slice of time. */
static void
merge(Sequence *sequence)
{
  GArray *segments = sequence->segments;
  if (segments->len <= MERGE_ABOVE)
    return;
  SimTime from = g_array_index(segments, SequenceSegment, 0).time;
  SimTime to = g_array_index(segments, SequenceSegment, segments->len - 1).time;
  SimTime slice = MAX((to - from) / MERGE_BINS, 1);
  guint kept = 0;
  for (guint i = 1; i < segments->len; i++) {
    SequenceSegment *last = &g_array_index(segments, SequenceSegment, kept);
    const SequenceSegment *next = &g_array_index(segments, SequenceSegment, i);
    if (last->retransmit == 0 && next->retransmit == 0 && !last->lost && !next->lost &&
        last->seq + last->length == next->seq && next->time / slice == last->time / slice)
      last->length += next->length;
    else
      g_array_index(segments, SequenceSegment, ++kept) = *next;
  }
  g_array_set_size(segments, kept + 1);
}

static void
write_segments(FigureData *data, const Sequence *sequence, const char *block, SequenceWhich which)
{
  figure_data_block(data, block, "time seq length retransmit", "NaN NaN NaN NaN");
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    if (!sequence_belongs(segment, which))
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
    const SequenceAck *ack = &g_array_index(acks, SequenceAck, i);
    bool last = i + 1 == acks->len;
    if (!last && slice > 1 && ack[1].time / slice == ack->time / slice)
      continue;
    sequence_write_ack(sequence, data, ack);
  }
}

bool
figure_data_time_sequence(FigureData *data, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  g_autoptr(Sequence) sequence = log != NULL ? sequence_new(log, data->request, error) : NULL;
  if (sequence == NULL)
    return false;
  merge(sequence);
  SequenceRange range = sequence_set_axes(sequence, data, ROOM_ABOVE);
  figure_data_set(data, "dots", (double)range.longest * DOT_SHARE < range.span, 0);
  write_segments(data, sequence, "segments", SEQUENCE_FIRST);
  write_segments(data, sequence, "again", SEQUENCE_AGAIN);
  figure_data_set(data, "resent", data->rows, 0);
  write_segments(data, sequence, "lost", SEQUENCE_LOST);
  figure_data_set(data, "lost", data->rows, 0);
  write_acks(data, sequence, range.to);
  figure_data_end(data);
  return true;
}

/* What is acknowledged, of one run: a line that several runs may share a graph with. */
bool
figure_curves_time_sequence(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  g_autoptr(Sequence) sequence = log != NULL ? sequence_new(log, request, error) : NULL;
  if (sequence == NULL)
    return false;
  curves->xlabel = "Time";
  curves->ylabel = request->raw ? "Acknowledged sequence number" : "Acknowledged";
  curves->units = request->raw ? NULL : &figure_units_bytes;
  FigureCurve *curve = figure_curves_add(curves, sequence->conn);
  for (guint i = 0; i < sequence->acks->len; i++) {
    const SequenceAck *ack = &g_array_index(sequence->acks, SequenceAck, i);
    figure_curve_point(curve, sim_time_to_seconds(ack->time), (double)(ack->ack + sequence->base));
  }
  return true;
}
