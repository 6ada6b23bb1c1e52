/* ladder: from a log to the items of a ladder, in order and within the chosen time. */
#include "plots/ladder.h"

#include "plots/ladder-parts.h"

#include "sim/error.h"

#define NODES_MOST 64 /* lifelines; more cannot be told apart on any paper */

/* Forgets the states and timers that lie outside the window, and sorts the timers that were moved
 * to where they were last set. */
static void
cut_to_window(Ladder *ladder, const LadderOptions *options)
{
  guint kept = 0;
  for (guint i = 0; i < ladder->states->len; i++) {
    LadderState state = g_array_index(ladder->states, LadderState, i);
    bool initial = state.from == 0 && state.to == 0;
    if (state.from > options->to || state.to < options->from || initial)
      continue;
    state.from = MAX(state.from, options->from);
    g_array_index(ladder->states, LadderState, kept++) = state;
  }
  g_array_set_size(ladder->states, kept);
  kept = 0;
  for (guint i = 0; i < ladder->timers->len; i++) {
    LadderTimer timer = g_array_index(ladder->timers, LadderTimer, i);
    if (timer.set > options->to || timer.end < options->from) {
      g_free(timer.label);
      continue;
    }
    timer.set = MAX(timer.set, options->from);
    g_array_index(ladder->timers, LadderTimer, kept++) = timer;
  }
  g_array_set_size(ladder->timers, kept);
}

static gint
timer_compare(gconstpointer a, gconstpointer b)
{
  const LadderTimer *x = a, *y = b;
  if (x->set != y->set)
    return x->set < y->set ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

static gint
state_compare(gconstpointer a, gconstpointer b)
{
  const LadderState *x = a, *y = b;
  return (x->from > y->from) - (x->from < y->from);
}

static void
take_time(Ladder *ladder, SimTime time)
{
  if (time == SIM_TIME_NEVER)
    return;
  ladder->start = MIN(ladder->start, time);
  ladder->end = MAX(ladder->end, time);
}

/* From the first to the last thing that is shown, within the window. */
static void
find_ends(Ladder *ladder, const LadderOptions *options)
{
  ladder->start = SIM_TIME_NEVER;
  ladder->end = 0;
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    take_time(ladder, arrow->sent);
    take_time(ladder, arrow->arrived);
    take_time(ladder, arrow->lost_at);
  }
  for (guint i = 0; i < ladder->states->len; i++)
    take_time(ladder, g_array_index(ladder->states, LadderState, i).from);
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    take_time(ladder, timer->set);
    if (timer->end <= options->to)
      take_time(ladder, timer->end);
  }
  for (guint i = 0; i < ladder->notes->len; i++)
    take_time(ladder, g_array_index(ladder->notes, LadderNote, i).time);
}

static Ladder *
ladder_empty(void)
{
  Ladder *ladder = g_new0(Ladder, 1);
  ladder->nodes = g_ptr_array_new();
  ladder->conns = g_ptr_array_new();
  ladder->arrows = g_array_new(FALSE, FALSE, sizeof(LadderArrow));
  ladder->states = g_array_new(FALSE, FALSE, sizeof(LadderState));
  ladder->timers = g_array_new(FALSE, FALSE, sizeof(LadderTimer));
  ladder->notes = g_array_new(FALSE, FALSE, sizeof(LadderNote));
  ladder->gaps = g_array_new(FALSE, FALSE, sizeof(LadderGap));
  ladder->text = g_string_chunk_new(1024);
  return ladder;
}

void
ladder_free(Ladder *ladder)
{
  if (ladder == NULL)
    return;
  for (guint i = 0; i < ladder->arrows->len; i++)
    g_free(g_array_index(ladder->arrows, LadderArrow, i).label);
  for (guint i = 0; i < ladder->timers->len; i++)
    g_free(g_array_index(ladder->timers, LadderTimer, i).label);
  g_array_unref(ladder->arrows);
  g_array_unref(ladder->states);
  g_array_unref(ladder->timers);
  g_array_unref(ladder->notes);
  g_array_unref(ladder->gaps);
  g_ptr_array_unref(ladder->nodes);
  g_ptr_array_unref(ladder->conns);
  g_string_chunk_free(ladder->text);
  g_free(ladder);
}

/* Everything found: brings it into shape, or says why there is nothing to show. */
static bool
finish(Ladder *ladder, const LadderOptions *options, GError **error)
{
  cut_to_window(ladder, options);
  g_array_sort(ladder->timers, timer_compare);
  g_array_sort(ladder->states, state_compare);
  if (ladder->nodes->len == 0 ||
      ladder->arrows->len + ladder->states->len + ladder->timers->len + ladder->notes->len == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "nothing to show: no packet, state or note lies in the chosen time%s",
                options->conn != NULL ? " on this connection" : "");
    return false;
  }
  if (ladder->nodes->len > NODES_MOST) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%u nodes are too many for a ladder (at most %d): choose a connection",
                ladder->nodes->len, NODES_MOST);
    return false;
  }
  find_ends(ladder, options);
  ladder_nodes_arrange(ladder);
  ladder_axis_complete(ladder, options->gap_factor);
  return true;
}

/* States last, but a window behind the end has nothing to tell of. */
static bool
check_window(const RunLog *log, const LadderOptions *options, GError **error)
{
  char from[SIM_TIME_TEXT], end[SIM_TIME_TEXT];
  SimTime last = log->rows->len > 0 ? g_array_index(log->rows, RunRow, log->rows->len - 1).time : 0;
  if (options->from <= last)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "nothing to show from %s s on: the last thing that happens in %s is at %s s",
              sim_time_print(options->from, from), log->path, sim_time_print(last, end));
  return false;
}

Ladder *
ladder_new(const RunLog *log, const LadderOptions *options, GError **error)
{
  if (!check_window(log, options, error))
    return NULL;
  g_autoptr(Ladder) ladder = ladder_empty();
  if (!ladder_items_collect(ladder, log, options, error) || !finish(ladder, options, error))
    return NULL;
  return g_steal_pointer(&ladder);
}
