/* ladder-axis: time as it is drawn: how far a lost packet came, and which gaps are broken.
 *
 * A lost packet has no arrival. Its line is drawn with the slope of those that came through the
 * same way, up to the place that fits the reason: an overflowing queue stands at the sender, a
 * packet that was thrown away by a node had got there, and what a wire loses is lost between.
 *
 * A gap is a stretch in which nothing is under way and nothing happens, longer than gap_factor
 * times the longest busy stretch (arrows that follow each other or overlap), and in any case than
 * a few of the longest delays. Drawn true it would take more paper than all that there is to see. A
 * packet that takes several times as long as nearly all others (an old duplicate that was held
 * somewhere) counts at its two ends only: the gap is broken while it is under way. */
#include "plots/ladder-parts.h"

#define GAP_FACTOR 1.0     /* the default */
#define GAP_DELAYS 3       /* no stretch of so many of the longest delays is drawn true */
#define NEARLY_ALL 0.8     /* of the arrows ... */
#define FAR_LONGER 4       /* ... are not late by this factor */
#define GAP_PART_OF_ALL 50 /* without any busy stretch: a gap is longer than 1/50 of the whole */
#define LOST_IN_QUEUE 0.12 /* reach of what a full queue refused */
#define LOST_AT_ONCE 0.05  /* a loss noted before this part of the way: the place is unknown, */
#define LOST_BETWEEN 0.5   /* and it is drawn here */
#define DECIMALS_WITHOUT_DELAY 3
#define LOST_LEAST 0.2
#define LOST_MOST 0.85

SimTime
ladder_arrow_end(const LadderArrow *arrow)
{
  if (arrow->lost_at == SIM_TIME_NEVER)
    return arrow->arrived != SIM_TIME_NEVER ? arrow->arrived : arrow->transmitted + arrow->delay;
  SimTime drawn = arrow->transmitted + (SimTime)((double)arrow->delay * arrow->reach);
  return arrow->reach < 1 ? MAX(drawn, arrow->sent) : MAX(arrow->lost_at, arrow->sent);
}

/* The least delay seen from one node to another, in either direction if need be. */
typedef struct Delays {
  guint n;
  SimTime *least; /* n x n; SIM_TIME_NEVER: none seen */
} Delays;

static SimTime
delay_of(const Delays *delays, guint from, guint to)
{
  SimTime there = delays->least[from * delays->n + to];
  SimTime back = delays->least[to * delays->n + from];
  return there != SIM_TIME_NEVER ? there : back != SIM_TIME_NEVER ? back : 0;
}

static double
reach_of(const LadderArrow *arrow, bool in_node)
{
  if (in_node)
    return 1;
  if (g_str_has_prefix(arrow->reason, "queue"))
    return LOST_IN_QUEUE;
  if (arrow->delay == 0)
    return LOST_BETWEEN;
  double part = (double)(arrow->lost_at - arrow->transmitted) / (double)arrow->delay;
  return part < LOST_AT_ONCE ? LOST_BETWEEN : CLAMP(part, LOST_LEAST, LOST_MOST);
}

static void
complete_lost(Ladder *ladder)
{
  Delays delays = {.n = ladder->nodes->len};
  gsize cells = (gsize)delays.n * delays.n;
  delays.least = g_new(SimTime, cells + 1);
  for (gsize i = 0; i < cells; i++)
    delays.least[i] = SIM_TIME_NEVER;
  for (guint i = 0; i < ladder->arrows->len; i++) {
    LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    SimTime *least = &delays.least[arrow->from * delays.n + arrow->to];
    if (arrow->arrived == SIM_TIME_NEVER)
      continue;
    arrow->delay = arrow->arrived - arrow->transmitted;
    *least = MIN(*least, arrow->delay);
  }
  for (guint i = 0; i < ladder->arrows->len; i++) {
    LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    if (arrow->arrived != SIM_TIME_NEVER)
      continue;
    bool in_node = arrow->reach == 1; /* as ladder.c left it */
    arrow->delay = delay_of(&delays, arrow->from, arrow->to);
    if (arrow->lost_at != SIM_TIME_NEVER)
      arrow->reach = reach_of(arrow, in_node);
  }
  g_free(delays.least);
}

/* A stretch that may not be broken: an arrow under way, or one moment. */
typedef struct Span {
  SimTime from, to;
  SimTime last; /* something happened: before `to` when only a line is drawn up to there */
} Span;

static gint
span_compare(gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;
  return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

static void
add_span(GArray *spans, const Ladder *ladder, SimTime from, SimTime to, SimTime last)
{
  if (from == SIM_TIME_NEVER || from < ladder->start || from > ladder->end)
    return;
  Span span = {from, CLAMP(to, from, ladder->end), CLAMP(last, from, ladder->end)};
  g_array_append_val(spans, span);
}

static void
add_moment(GArray *spans, const Ladder *ladder, SimTime time)
{
  add_span(spans, ladder, time, time, time);
}

/* When the last thing happened to a packet: it arrived, was lost, or left. */
static SimTime
last_of(const LadderArrow *arrow)
{
  if (arrow->arrived != SIM_TIME_NEVER)
    return arrow->arrived;
  return arrow->lost_at != SIM_TIME_NEVER ? arrow->lost_at : arrow->transmitted;
}

static gint
time_compare(gconstpointer a, gconstpointer b)
{
  const SimTime *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

SimTime
ladder_axis_longest(const Ladder *ladder)
{
  g_autoptr(GArray) delays = g_array_new(FALSE, FALSE, sizeof(SimTime));
  for (guint i = 0; i < ladder->arrows->len; i++) {
    SimTime delay = g_array_index(ladder->arrows, LadderArrow, i).delay;
    if (delay > 0)
      g_array_append_val(delays, delay);
  }
  if (delays->len == 0)
    return 0;
  g_array_sort(delays, time_compare);
  SimTime usual = g_array_index(delays, SimTime, (guint)(NEARLY_ALL * (delays->len - 1)));
  guint last = delays->len - 1;
  while (g_array_index(delays, SimTime, last) > FAR_LONGER * usual)
    last--;
  return g_array_index(delays, SimTime, last);
}

static GArray *
collect_spans(const Ladder *ladder, SimTime longest)
{
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    SimTime end = ladder_arrow_end(arrow);
    bool held = arrow->delay > longest;
    add_span(spans, ladder, arrow->sent, held ? arrow->transmitted : end,
             held ? arrow->transmitted : last_of(arrow));
    if (held)
      add_moment(spans, ladder, end);
  }
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    add_moment(spans, ladder, state->from);
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    add_moment(spans, ladder, timer->set);
    add_moment(spans, ladder, timer->end);
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    add_moment(spans, ladder, note->time);
  }
  add_moment(spans, ladder, ladder->start);
  add_moment(spans, ladder, ladder->end);
  g_array_sort(spans, span_compare);
  return spans;
}

static void
find_gaps(Ladder *ladder, const GArray *spans)
{
  SimTime busy_to = ladder->start, last = ladder->start;
  for (guint i = 0; i < spans->len; i++) {
    const Span *span = &g_array_index(spans, Span, i);
    if (span->from - busy_to > ladder->gap_threshold) {
      LadderGap gap = {busy_to, span->from, span->from - last};
      g_array_append_val(ladder->gaps, gap);
    }
    busy_to = MAX(busy_to, span->to);
    last = MAX(last, span->last);
  }
}

void
ladder_axis_complete(Ladder *ladder, double gap_factor)
{
  complete_lost(ladder);
  SimTime delay = ladder_axis_longest(ladder);
  g_autoptr(GArray) spans = collect_spans(ladder, delay);
  SimTime longest = 0, from = ladder->start, to = ladder->start;
  for (guint i = 0; i < spans->len; i++) {
    const Span *span = &g_array_index(spans, Span, i);
    if (span->from > to)
      from = span->from;
    to = MAX(to, span->to);
    longest = MAX(longest, to - from);
  }
  if (longest == 0)
    ladder->gap_threshold = (ladder->end - ladder->start) / GAP_PART_OF_ALL;
  else
    ladder->gap_threshold = (SimTime)((double)longest * (gap_factor > 0 ? gap_factor : GAP_FACTOR));
  if (delay > 0)
    ladder->gap_threshold = MIN(ladder->gap_threshold, GAP_DELAYS * delay);
  find_gaps(ladder, spans);
}

double
ladder_y(const Ladder *ladder, SimTime time, double second, double gap_height)
{
  double y = 0;
  SimTime at = ladder->start;
  time = CLAMP(time, ladder->start, ladder->end);
  for (guint i = 0; i < ladder->gaps->len; i++) {
    const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, i);
    if (time <= gap->from)
      break;
    y += sim_time_to_seconds(gap->from - at) * second;
    if (time < gap->to)
      return y + gap_height * ((double)(time - gap->from) / (double)(gap->to - gap->from));
    y += gap_height;
    at = gap->to;
  }
  return y + sim_time_to_seconds(time - at) * second;
}

LadderClock
ladder_axis_clock(const Ladder *ladder)
{
  static const struct {
    SimTime longest; /* of the delays */
    LadderClock clock;
  } clocks[] = {{100 * SIM_NANOSECOND, {SIM_NANOSECOND, "ns", 3}},
                {10 * SIM_MICROSECOND, {SIM_MICROSECOND, "us", 3}},
                {SIM_TIME_NEVER, {SIM_SECOND, "s", 6}}};
  SimTime least = SIM_TIME_NEVER, longest = ladder_axis_longest(ladder);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    if (arrow->delay > 0)
      least = MIN(least, arrow->delay);
  }
  if (least == SIM_TIME_NEVER) /* a capture, which knows of no delay */
    return (LadderClock){SIM_SECOND, "s", DECIMALS_WITHOUT_DELAY};
  guint k = 0;
  while (longest >= clocks[k].longest)
    k++;
  LadderClock clock = clocks[k].clock;
  int most = clock.decimals;
  clock.decimals = 0;
  for (SimTime step = clock.unit; clock.decimals < most && step > least / 10; step /= 10)
    clock.decimals++;
  return clock;
}

char *
ladder_axis_time(SimTime time, LadderClock clock)
{
  SimTime step = clock.unit;
  for (int i = 0; i < clock.decimals; i++)
    step /= 10;
  SimTime rounded = time / step + (time % step >= (step + 1) / 2 ? 1 : 0);
  SimTime per_unit = clock.unit / step;
  if (clock.decimals == 0)
    return g_strdup_printf("%" G_GINT64_FORMAT, rounded);
  return g_strdup_printf("%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, rounded / per_unit,
                         clock.decimals, rounded % per_unit);
}
