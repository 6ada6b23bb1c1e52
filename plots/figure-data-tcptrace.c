/* figure-data-tcptrace: the time-sequence graph as Ostermann's tcptrace draws it: every segment as
 * a bar from its first to its last byte, the ACK line with its duplicates ticked, the edge of the
 * window, the blocks of SACK as they come in, and what was sent again marked by its cause.
 *
 * Nothing is merged or thinned: a long run is looked at through a window (--from, --to). */
#include "plots/figure-data.h"

#include <math.h>

#include "plots/sequence.h"

#define TICKS_ABOVE 80  /* a segment that is higher than 1/80 of the axis has ticks at its ends */
#define ROOM_ABOVE 1.15 /* how far above the data the window's edge may take the axis */

typedef enum { FIRST, AGAIN, LOST } Which;

static void
write_segments(FigureData *data, const Sequence *sequence, const char *block, Which which)
{
  figure_data_block(data, block, "time seq length retransmit cause packet",
                    "NaN NaN NaN NaN NaN NaN");
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    if (which == LOST ? !segment->lost : (segment->retransmit > 0) != (which == AGAIN))
      continue;
    figure_data_time(data, segment->time);
    figure_data_integer(data, segment->seq + sequence->base);
    figure_data_integer(data, segment->length);
    figure_data_integer(data, segment->retransmit);
    figure_data_integer(data, segment->cause);
    figure_data_integer(data, (gint64)segment->row->packet);
    figure_data_row(data);
  }
}

/* How many there are of each cause, for the key: cause_0 ... */
static void
count_causes(FigureData *data, const Sequence *sequence)
{
  guint counts[SEQUENCE_CAUSES] = {0};
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    if (segment->retransmit > 0)
      counts[segment->cause]++;
  }
  figure_data_block(data, "causes", "text count", "\" \" 0");
  for (guint i = 0; i < SEQUENCE_CAUSES; i++) {
    g_autofree char *name = g_strdup_printf("cause_%u", i);
    figure_data_set(data, name, counts[i], 0);
    figure_data_text(data, sequence_cause_names[i]);
    figure_data_integer(data, counts[i]);
    figure_data_row(data);
  }
}

static void
write_acks(FigureData *data, const Sequence *sequence)
{
  figure_data_block(data, "acks", "time ack edge", "NaN NaN NaN");
  for (guint i = 0; i < sequence->acks->len; i++) {
    const SequenceAck *ack = &g_array_index(sequence->acks, SequenceAck, i);
    figure_data_time(data, ack->time);
    figure_data_integer(data, ack->ack + sequence->base);
    if (ack->edge < 0)
      figure_data_number(data, NAN, 0);
    else
      figure_data_integer(data, ack->edge + sequence->base);
    figure_data_row(data);
  }
  figure_data_block(data, "duplicates", "time ack", "NaN NaN");
  for (guint i = 0; i < sequence->acks->len; i++) {
    const SequenceAck *ack = &g_array_index(sequence->acks, SequenceAck, i);
    if (!ack->duplicate)
      continue;
    figure_data_time(data, ack->time);
    figure_data_integer(data, ack->ack + sequence->base);
    figure_data_row(data);
  }
  figure_data_set(data, "duplicates", data->rows, 0);
}

static void
write_sacks(FigureData *data, const Sequence *sequence, bool duplicate)
{
  figure_data_block(data, duplicate ? "dsacks" : "sacks", "time start end", "NaN NaN NaN");
  for (guint i = 0; i < sequence->sacks->len; i++) {
    const SequenceSack *sack = &g_array_index(sequence->sacks, SequenceSack, i);
    if (sack->duplicate != duplicate)
      continue;
    figure_data_time(data, sack->time);
    figure_data_integer(data, sack->start + sequence->base);
    figure_data_integer(data, sack->end + sequence->base);
    figure_data_row(data);
  }
  figure_data_set(data, duplicate ? "dsacks" : "sacks", data->rows, 0);
}

static void
set_ranges(FigureData *data, const Sequence *sequence)
{
  gint64 low = G_MAXINT64, high = 0, window = 0, longest = 1;
  SimTime from = SIM_TIME_NEVER, to = 0;
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    low = MIN(low, segment->seq);
    high = MAX(high, segment->seq + segment->length);
    longest = MAX(longest, segment->length);
    from = MIN(from, segment->time);
    to = MAX(to, segment->time);
  }
  for (guint i = 0; i < sequence->acks->len; i++) {
    const SequenceAck *ack = &g_array_index(sequence->acks, SequenceAck, i);
    window = MAX(window, ack->edge);
    low = MIN(low, ack->ack);
    to = MAX(to, ack->time);
    from = MIN(from, ack->time);
  }
  double span = (double)MAX(high - low, 1);
  double top = MIN(MAX((double)window, (double)high), (double)low + span * ROOM_ABOVE);
  figure_data_set(data, "x_from", sim_time_to_seconds(from), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(to > from ? to : from + 1), 12);
  figure_data_set(data, "y_from", (double)(low + sequence->base) - span * 0.02, 0);
  figure_data_set(data, "y_to", top + (double)sequence->base + span * 0.04, 0);
  figure_data_set(data, "ticks", (double)longest * TICKS_ABOVE > span, 0);
  figure_data_set(data, "raw", data->request->raw, 0);
  figure_data_set_unit(data, span);
}

bool
figure_data_tcptrace(FigureData *data, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  g_autoptr(Sequence) sequence = log != NULL ? sequence_new(log, data->request, error) : NULL;
  if (sequence == NULL)
    return false;
  set_ranges(data, sequence);
  write_segments(data, sequence, "segments", FIRST);
  write_segments(data, sequence, "again", AGAIN);
  count_causes(data, sequence);
  write_segments(data, sequence, "lost", LOST);
  figure_data_set(data, "lost", data->rows, 0);
  write_acks(data, sequence);
  write_sacks(data, sequence, false);
  write_sacks(data, sequence, true);
  figure_data_end(data);
  return true;
}
