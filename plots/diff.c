/* diff: of all pairs of packets (diff-align.c), which differ, and which of these comes first. */
#include "plots/diff.h"

#include <string.h>

#include "plots/diff-align.h"
#include "plots/diff-place.h"
#include "plots/diff-text.h"
#include "sim/error.h"

typedef struct Comparison {
  const DiffOptions *options;
  const DiffTrace *a, *b;
  GPtrArray *flows; /* of DiffFlowPair, owned */
  bool found;
  Difference first; /* when found */
} Comparison;

DiffOptions
diff_options(void)
{
  return (DiffOptions){.tolerance = DIFF_TOLERANCE, .name_a = "A", .name_b = "B"};
}

void
diff_result_free(DiffResult *result)
{
  if (result == NULL)
    return;
  g_free(result->sentence);
  g_free(result->ladders);
  g_free(result);
}

/* -- what differs -- */

/* Keeps the earliest; of two at the same time the one that was found first. */
static void
report(Comparison *comparison, const Difference *difference)
{
  if (comparison->found && difference->when >= comparison->first.when)
    return;
  comparison->found = true;
  comparison->first = *difference;
}

static SimTime
cause_time(const DiffPacket *cause, bool by_arrival)
{
  return by_arrival ? cause->arrived : cause->time;
}

static DiffInterval
interval_of(const DiffPacket *a, const DiffPacket *b)
{
  return (DiffInterval){
      .packet_driven = a->packet_driven,
      .opens = a->cause == DIFF_NONE,
      .class = a->class,
      .nth = a->nth,
      .from_opener = a->direction == 0,
      .row_a = a->row,
      .row_b = b->row,
  };
}

/* The intervals of a pair since its cause; false when they cannot be compared: the cause has no
 * fellow or did not arrive (that differs by itself). */
static bool
find_interval(const Comparison *comparison, const DiffFlowPair *flows, DiffPair pair,
              DiffInterval *interval)
{
  const DiffPacket *a = diff_flow_packet(flows->a, pair.a);
  const DiffPacket *b = diff_flow_packet(flows->b, pair.b);
  SimTime from_a = comparison->a->start, from_b = comparison->b->start;
  if (a->cause != DIFF_NONE) {
    guint cause_b = flows->match_a[a->cause];
    if (cause_b == DIFF_NONE)
      return false;
    from_a = cause_time(diff_flow_packet(flows->a, a->cause), a->by_arrival);
    from_b = cause_time(diff_flow_packet(flows->b, cause_b), a->by_arrival);
    if (from_b == SIM_TIME_NEVER)
      return false;
  }
  *interval = interval_of(a, b);
  interval->a = a->time - from_a;
  interval->b = b->time - from_b;
  return true;
}

/* How long both were on the way; false when one did not arrive or nobody knows. */
static bool
find_transit(const Comparison *comparison, const DiffPacket *a, const DiffPacket *b,
             DiffInterval *interval)
{
  bool known = comparison->a->fates && comparison->b->fates;
  if (!known || a->arrived == SIM_TIME_NEVER || b->arrived == SIM_TIME_NEVER)
    return false;
  *interval = interval_of(a, b);
  interval->transit = true;
  interval->a = a->arrived - a->time;
  interval->b = b->arrived - b->time;
  return true;
}

static bool
fits(const Comparison *comparison, const DiffInterval *interval)
{
  const DiffOptions *options = comparison->options;
  if (options->fits != NULL)
    return options->fits(interval, options->fits_data);
  return ABS(interval->a - interval->b) <= options->tolerance;
}

/* Does this pair differ, and in what first? */
static bool
judge(const Comparison *comparison, const DiffFlowPair *flows, DiffPair pair,
      Difference *difference)
{
  const DiffPacket *a = diff_flow_packet(flows->a, pair.a);
  const DiffPacket *b = diff_flow_packet(flows->b, pair.b);
  if (strcmp(a->class, b->class) != 0)
    difference->kind = DIFF_CLASS;
  else if (strcmp(a->row->flags, b->row->flags) != 0)
    difference->kind = DIFF_FLAGS;
  else if ((guint32)a->row->seq != (guint32)b->row->seq)
    difference->kind = DIFF_SEQ;
  else if ((guint32)a->row->ack != (guint32)b->row->ack)
    difference->kind = DIFF_ACK;
  else if (a->row->len != b->row->len)
    difference->kind = DIFF_LENGTH;
  else if (strcmp(a->kinds, b->kinds) != 0 && !a->cut && !b->cut)
    difference->kind = DIFF_OPTIONS;
  else if (comparison->options->window && a->row->win != b->row->win)
    difference->kind = DIFF_WINDOW;
  else if (find_interval(comparison, flows, pair, &difference->interval) &&
           !fits(comparison, &difference->interval))
    difference->kind = DIFF_TIME;
  else if (comparison->a->fates && comparison->b->fates && (a->lost != NULL) != (b->lost != NULL))
    difference->kind = DIFF_FATE;
  else if (find_transit(comparison, a, b, &difference->interval) &&
           !fits(comparison, &difference->interval))
    difference->kind = DIFF_TRANSIT;
  else
    return false;
  return true;
}

static SimTime
when_of(const Comparison *comparison, const DiffFlowPair *flows, DiffPair pair)
{
  SimTime when = SIM_TIME_NEVER;
  if (pair.a != DIFF_NONE)
    when = diff_flow_packet(flows->a, pair.a)->time - comparison->a->start;
  if (pair.b != DIFF_NONE)
    when = MIN(when, diff_flow_packet(flows->b, pair.b)->time - comparison->b->start);
  return when;
}

static void
compare_flow(Comparison *comparison, const DiffFlowPair *flows)
{
  Difference difference = {.flows = flows};
  if (flows->a == NULL || flows->b == NULL) {
    difference.kind = DIFF_FLOW;
    difference.pair.a = flows->a != NULL ? 0 : DIFF_NONE;
    difference.pair.b = flows->b != NULL ? 0 : DIFF_NONE;
    difference.when = when_of(comparison, flows, difference.pair);
    report(comparison, &difference);
    return;
  }
  for (guint i = 0; i < flows->pairs->len; i++) {
    difference.pair = g_array_index(flows->pairs, DiffPair, i);
    difference.kind = DIFF_MISSING;
    bool both = difference.pair.a != DIFF_NONE && difference.pair.b != DIFF_NONE;
    if (both && !judge(comparison, flows, difference.pair, &difference))
      continue;
    difference.when = when_of(comparison, flows, difference.pair);
    report(comparison, &difference);
  }
}

/* -- the result -- */

static bool
check_trace(const DiffTrace *trace, const RunLog *log, const char *at, GError **error)
{
  if (trace->packets > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: there is no packet to compare%s%s", log->path,
              at != NULL ? " at " : "", at != NULL ? at : "");
  return false;
}

static DiffResult *
result_new(const Comparison *comparison)
{
  DiffResult *result = g_new0(DiffResult, 1);
  result->equal = !comparison->found;
  result->packets = comparison->a->packets;
  result->flows = comparison->a->flows->len;
  if (result->equal) {
    result->sentence = g_strdup_printf("no difference in %u packet%s of %u connection%s",
                                       result->packets, result->packets == 1 ? "" : "s",
                                       result->flows, result->flows == 1 ? "" : "s");
    result->ladders = g_strdup("");
  } else {
    result->sentence = diff_text_sentence(&comparison->first, comparison->options);
    result->ladders = diff_text_ladders(&comparison->first, comparison->options,
                                        comparison->a->start, comparison->b->start);
  }
  return result;
}

DiffResult *
diff_runs(const RunLog *a, const RunLog *b, const DiffOptions *options, GError **error)
{
  const char *at;
  if (!diff_place(a, b, options->at, &at, error))
    return NULL;
  g_autoptr(DiffTrace) trace_a = diff_trace_new(a, a->is_capture ? NULL : at);
  g_autoptr(DiffTrace) trace_b = diff_trace_new(b, b->is_capture ? NULL : at);
  if (a->is_capture && trace_b->packets > 0)
    diff_trace_ignore_noise(trace_a, trace_b);
  if (b->is_capture && trace_a->packets > 0)
    diff_trace_ignore_noise(trace_b, trace_a);
  if (!check_trace(trace_a, a, at, error) || !check_trace(trace_b, b, at, error))
    return NULL;
  Comparison comparison = {.options = options, .a = trace_a, .b = trace_b};
  comparison.flows = diff_align(trace_a, trace_b);
  for (guint i = 0; i < comparison.flows->len; i++)
    compare_flow(&comparison, comparison.flows->pdata[i]);
  DiffResult *result = result_new(&comparison);
  g_ptr_array_unref(comparison.flows);
  return result;
}
