/* figure-data-tcptrace: the time-sequence graph as Ostermann's tcptrace draws it: every segment as
 * a bar from its first to its last byte, the ACK line with its duplicates ticked, the edge of the
 * window, the blocks of SACK as they come in, and what was sent again marked by its cause.
 *
 * Nothing is merged or thinned: a long run is looked at through a window (--from, --to). */
#include "plots/figure-data.h"

#include "plots/sequence.h"

#define TICKS_ABOVE 80  /* a segment that is higher than 1/80 of the axis has ticks at its ends */
#define ROOM_ABOVE 1.15 /* how far above the data the window's edge may take the axis */

static void
write_segments(FigureData *data, const Sequence *sequence, const char *block, SequenceWhich which)
{
  figure_data_block(data, block, "time seq length retransmit cause packet",
                    "NaN NaN NaN NaN NaN NaN");
  for (guint i = 0; i < sequence->segments->len; i++) {
    const SequenceSegment *segment = &g_array_index(sequence->segments, SequenceSegment, i);
    if (!sequence_belongs(segment, which))
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
    sequence_write_ack(sequence, data, ack);
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

bool
figure_data_tcptrace(FigureData *data, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  g_autoptr(Sequence) sequence = log != NULL ? sequence_new(log, data->request, error) : NULL;
  if (sequence == NULL)
    return false;
  SequenceRange range = sequence_set_axes(sequence, data, ROOM_ABOVE);
  figure_data_set(data, "ticks", (double)range.longest * TICKS_ABOVE > range.span, 0);
  write_segments(data, sequence, "segments", SEQUENCE_FIRST);
  write_segments(data, sequence, "again", SEQUENCE_AGAIN);
  count_causes(data, sequence);
  write_segments(data, sequence, "lost", SEQUENCE_LOST);
  figure_data_set(data, "lost", data->rows, 0);
  write_acks(data, sequence);
  write_sacks(data, sequence, false);
  write_sacks(data, sequence, true);
  figure_data_end(data);
  return true;
}
