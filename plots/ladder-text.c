/* ladder-text: the ladder for a terminal.
 *
 * Everything that happens is put in order (by time, and within a moment as the file has it) and
 * written row by row. What happens at one moment shares a row as long as its cells are free; the
 * next moment begins a new row, so that the column of times is true and rows are in its order.
 * Nothing is ever moved or overwritten afterwards: a text that does not fit takes another row.
 * Three files draw: -arrow what goes between the lifelines, -margin what stands beside them,
 * -block texts of several lines. */
#include "plots/ladder-text-parts.h"

#include <string.h>

#define WIDTH_LEAST 60
#define WIDTH_MOST 1000
#define WIDTH_COMFORTABLE 76
#define SEGMENT_LEAST 15     /* cells between two lifelines; with many nodes rows get wider */
#define MARGIN_PERCENT 22    /* of the width, for the texts of a margin */
#define STATE_LETTERS 12     /* "SYN-RECEIVED" */
#define STATE_OFF_LETTERS 15 /* "off ESTABLISHED" */
#define SHORT_PART 20        /* an arrow of less than 1/20 of the longest delay may be one row */

typedef enum { DEPART, END, STATE, NOTE, SET, TIMER_END } EventKind;

typedef struct Event {
  SimTime time;
  guint32 line; /* in the file */
  EventKind kind;
  guint item;
} Event;

void
ladder_text_row(TextLadder *t, const char *label)
{
  if (t->canvas->rows->len > 0) {
    ladder_text_margin_lanes(t);
    for (guint i = 0; i < t->risers->len; i++) {
      const TextRiser *riser = &g_array_index(t->risers, TextRiser, i);
      const LadderArrow *arrow = &g_array_index(t->ladder->arrows, LadderArrow, riser->arrow);
      LadderStyle style = arrow->lost_at != SIM_TIME_NEVER ? LADDER_STYLE_LOST
                          : arrow->row->retransmit > 0     ? LADDER_STYLE_RETRANSMIT
                                                           : LADDER_STYLE_PLAIN;
      if (riser->x >= 0)
        ladder_canvas_line(t->canvas, riser->x, LADDER_DOWN, style);
    }
    if (t->gap_row)
      ladder_canvas_dot_row(t->canvas);
  }
  t->gap_row = false;
  ladder_canvas_add_row(t->canvas);
  for (guint i = 0; i < t->n; i++)
    ladder_canvas_line(t->canvas, t->node_x[i], LADDER_UP | LADDER_DOWN, LADDER_STYLE_PLAIN);
  for (guint i = 0; i < t->risers->len; i++) {
    gint x = g_array_index(t->risers, TextRiser, i).x;
    if (x >= 0)
      ladder_canvas_line(t->canvas, x, LADDER_UP, LADDER_STYLE_PLAIN);
  }
  if (label != NULL)
    ladder_canvas_text(t->canvas, t->time_width - ladder_canvas_text_width(label), label,
                       LADDER_STYLE_TIME);
  ladder_text_block_write(t);
}

/* -- events -- */

static void
add_event(GArray *events, SimTime time, guint32 line, EventKind kind, guint item)
{
  Event event = {time, line, kind, item};
  if (time != SIM_TIME_NEVER)
    g_array_append_val(events, event);
}

static gint
event_compare(gconstpointer a, gconstpointer b)
{
  const Event *x = a, *y = b;
  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

static void
add_arrow_events(GArray *events, const Ladder *ladder, guint count)
{
  for (guint i = 0; i < count; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    SimTime end = arrow->lost_at != SIM_TIME_NEVER ? arrow->lost_at : arrow->arrived;
    add_event(events, arrow->sent, arrow->row->line, DEPART, i);
    add_event(events, end, arrow->end_line, END, i);
  }
}

/* Those of the first `count` arrows, and of all else that is not later than they are. */
static GArray *
collect_events(const Ladder *ladder, guint count)
{
  GArray *events = g_array_new(FALSE, FALSE, sizeof(Event));
  SimTime until = count < ladder->arrows->len
                      ? g_array_index(ladder->arrows, LadderArrow, count).sent
                      : SIM_TIME_NEVER;
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    if (state->from < until)
      add_event(events, state->from, state->line, STATE, i);
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    if (note->time < until)
      add_event(events, note->time, note->line, NOTE, i);
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    if (timer->set >= until || timer->set == timer->end)
      continue;
    add_event(events, timer->set, timer->line, SET, i);
    if (timer->end < until && timer->end <= ladder->end)
      add_event(events, timer->end, timer->end_line, TIMER_END, i);
  }
  add_arrow_events(events, ladder, count);
  g_array_sort(events, event_compare);
  return events;
}

/* Arrows that take no time that can be seen, and during which nothing else happens, become one
 * row; their arrival is no event of its own any more. */
static void
find_straight(TextLadder *t, GArray *events)
{
  const GArray *arrows = t->ladder->arrows;
  SimTime longest = 0;
  t->straight = g_new0(bool, arrows->len + 1);
  for (guint i = 0; i < arrows->len; i++)
    longest = MAX(longest, g_array_index(arrows, LadderArrow, i).delay);
  for (guint i = 0; i < events->len; i++) {
    const Event *event = &g_array_index(events, Event, i);
    if (event->kind != DEPART)
      continue;
    const LadderArrow *arrow = &g_array_index(arrows, LadderArrow, event->item);
    SimTime end = arrow->lost_at != SIM_TIME_NEVER ? arrow->lost_at : arrow->arrived;
    guint next = i + 1;
    while (next < events->len && g_array_index(events, Event, next).time == event->time)
      next++;
    bool alone = next == events->len || g_array_index(events, Event, next).time >= end;
    t->straight[event->item] = end != SIM_TIME_NEVER && arrow->from != arrow->to && alone &&
                               end - arrow->sent <= longest / SHORT_PART;
  }
  guint kept = 0;
  for (guint i = 0; i < events->len; i++) {
    Event event = g_array_index(events, Event, i);
    if (event.kind != END || !t->straight[event.item])
      g_array_index(events, Event, kept++) = event;
  }
  g_array_set_size(events, kept);
}

/* -- columns -- */

/* The most timers of one side that are armed at one time, as far as there are lanes. */
static void
count_lanes(TextLadder *t, const GArray *events)
{
  guint armed[2] = {0, 0}, most = t->options->width < WIDTH_COMFORTABLE ? 2 : TEXT_LANES;
  for (guint i = 0; i < events->len; i++) {
    const Event *event = &g_array_index(events, Event, i);
    if (event->kind != SET && event->kind != TIMER_END)
      continue;
    guint node = g_array_index(t->ladder->timers, LadderTimer, event->item).node;
    guint side = node == 0 ? 0 : 1;
    if (node != 0 && node != t->n - 1)
      continue;
    armed[side] = event->kind == SET ? armed[side] + 1 : MAX(armed[side], 1) - 1;
    t->lanes[side] = MIN(MAX(t->lanes[side], armed[side]), most);
  }
}

static gint
margin_width(const TextLadder *t, guint side, gint most)
{
  const Ladder *ladder = t->ladder;
  guint node = side == 0 ? 0 : t->n - 1;
  gint widest = 0, number = ladder->conns->len > 1 ? 5 : 0;
  if (side == 1 && t->n == 1)
    return 1;
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    if (state->node == node)
      widest = MAX(widest, number + (gint)g_utf8_strlen(state->state, -1));
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    if (timer->node == node)
      widest = MAX(widest, (gint)g_utf8_strlen(timer->label, -1) + 4);
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    if (note->node == node || (side == 0 && note->node == G_MAXUINT))
      widest = MAX(widest, (gint)g_utf8_strlen(note->text, -1));
  }
  gint lanes = 2 * (gint)t->lanes[side];
  gint least = STATE_LETTERS + number;
  if (lanes > 0 && t->options->width >= WIDTH_COMFORTABLE) { /* "off" and a state in one row */
    least = MAX(least, STATE_OFF_LETTERS);
    widest = MAX(widest, least);
  }
  return widest > 0 ? MIN(widest, MAX(most, least)) + lanes + 1 : 1;
}

static void
set_columns(TextLadder *t)
{
  g_autofree char *last = ladder_axis_time(t->ladder->end, t->clock);
  gint width = (gint)CLAMP(t->options->width, WIDTH_LEAST, WIDTH_MOST);
  gint segments = MAX((gint)t->n - 1, 1);
  t->time_width = MAX((gint)strlen(last), (gint)strlen("time/") + (gint)strlen(t->clock.name));
  t->left = t->time_width + 2;
  t->left_width = margin_width(t, 0, width * MARGIN_PERCENT / 100);
  t->right_width = margin_width(t, 1, width * MARGIN_PERCENT / 100);
  while (width - 1 - t->right_width - t->left - t->left_width < segments * SEGMENT_LEAST) {
    gint *wider = t->left_width > t->right_width ? &t->left_width : &t->right_width;
    gint side = wider == &t->left_width ? 0 : 1;
    if (*wider <= STATE_LETTERS + 2 * (gint)t->lanes[side] + 1)
      break;
    --*wider;
  }
  gint first = t->left + t->left_width;
  gint between = MAX(width - 1 - t->right_width - first, segments * SEGMENT_LEAST);
  t->node_x = g_new0(gint, t->n + 1);
  for (gint i = 0; i <= segments; i++)
    t->node_x[i] = first + between * i / segments;
  t->canvas = ladder_canvas_new((guint)(first + between + 1 + t->right_width));
}

/* Names above the lines, each in the room that its neighbours leave; the connections, if there
 * are several, before them. */
static void
write_head(TextLadder *t)
{
  const GPtrArray *conns = t->ladder->conns;
  for (guint i = 0; conns->len > 1 && i < conns->len; i++) {
    g_autofree char *line = g_strdup_printf("[%u] %s", i + 1, (const char *)conns->pdata[i]);
    g_autofree char *clean = ladder_clean(line);
    g_autoptr(GPtrArray) lines = ladder_break_lines(clean, (gint)t->canvas->width - 3);
    ladder_canvas_add_row(t->canvas);
    ladder_canvas_text(t->canvas, 2, lines->pdata[0], LADDER_STYLE_NAME);
  }
  ladder_canvas_add_row(t->canvas);
  g_autofree char *unit = g_strconcat("time/", t->clock.name, NULL);
  ladder_canvas_text(t->canvas, t->time_width - (gint)strlen(unit), unit, LADDER_STYLE_TIME);
  for (guint i = 0; i < t->n; i++) {
    gint from = i == 0 ? t->time_width + 1 : (t->node_x[i - 1] + t->node_x[i]) / 2 + 1;
    gint to = i == t->n - 1 ? (gint)t->canvas->width : (t->node_x[i] + t->node_x[i + 1]) / 2;
    g_autofree char *clean = ladder_clean(t->ladder->nodes->pdata[i]);
    g_autoptr(GPtrArray) lines = ladder_break_lines(clean, to - from);
    if (lines->len == 0)
      continue;
    gint width = ladder_canvas_text_width(lines->pdata[0]);
    gint x = CLAMP(t->node_x[i] - width / 2, from, MAX(from, to - width));
    ladder_canvas_text(t->canvas, x, lines->pdata[0], LADDER_STYLE_NAME);
  }
}

/* -- rows -- */

static void
write_gap(TextLadder *t, SimTime idle)
{
  char time[SIM_TIME_TEXT];
  g_autofree char *text = g_strdup_printf("\xe2\x8b\xae %s", sim_time_print_unit(idle, 3, time));
  gint width = ladder_canvas_text_width(text);
  TextBlock block = {.width = width};
  while (ladder_text_block_waits(t, G_MAXUINT))
    ladder_text_row(t, NULL);
  ladder_text_row(t, NULL);
  t->gap_row = true;
  ladder_canvas_letter(t->canvas, t->time_width - 1, 0x22ee, LADDER_STYLE_TIME);
  if (ladder_text_block_room(t, t->node_x[0] + 3, t->node_x[1] - 2, &block) &&
      block.width >= width && ladder_canvas_is_free(t->canvas, block.x, width))
    ladder_canvas_text(t->canvas, block.x, text, LADDER_STYLE_TIME);
}

static void
begin_moment(TextLadder *t, SimTime time)
{
  SimTime idle = t->last_time != NULL ? time - t->row_until : 0;
  if (idle > t->ladder->gap_threshold)
    write_gap(t, idle);
  g_autofree char *label = ladder_axis_time(time, t->clock);
  bool same = t->last_time != NULL && strcmp(label, t->last_time) == 0;
  ladder_text_row(t, same ? NULL : label);
  g_free(t->last_time);
  t->last_time = g_steal_pointer(&label);
  t->row_until = time;
}

static void
write_event(TextLadder *t, const Event *event)
{
  const Ladder *ladder = t->ladder;
  if (t->last_time == NULL || event->time > t->row_until)
    begin_moment(t, event->time);
  switch (event->kind) {
  case DEPART:
    ladder_text_arrow_depart(t, event->item);
    if (t->straight[event->item]) {
      const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, event->item);
      SimTime end = arrow->lost_at != SIM_TIME_NEVER ? arrow->lost_at : arrow->arrived;
      t->row_until = MAX(t->row_until, end);
    }
    break;
  case END:
    ladder_text_arrow_end(t, event->item);
    break;
  case STATE:
    ladder_text_margin_state(t, &g_array_index(ladder->states, LadderState, event->item));
    break;
  case NOTE:
    ladder_text_margin_note(t, &g_array_index(ladder->notes, LadderNote, event->item));
    break;
  case SET:
    ladder_text_margin_set(t, event->item);
    break;
  case TIMER_END:
    ladder_text_margin_end(t, event->item);
    break;
  }
}

static char *
print(TextLadder *t, guint shown)
{
  g_autofree char *rows = ladder_canvas_print(t->canvas, t->options->ascii, t->options->colour);
  guint left = t->ladder->arrows->len - shown;
  if (left == 0)
    return g_steal_pointer(&rows);
  return g_strdup_printf("%s%s %u more packet%s (%u in all)\n", rows,
                         t->options->ascii ? "..." : "\xe2\x80\xa6", left, left == 1 ? "" : "s",
                         t->ladder->arrows->len);
}

char *
ladder_text(const Ladder *ladder, const LadderTextOptions *options)
{
  TextLadder t = {.ladder = ladder, .options = options, .n = ladder->nodes->len};
  guint shown =
      options->max_rows > 0 ? MIN(options->max_rows, ladder->arrows->len) : ladder->arrows->len;
  t.clock = ladder_axis_clock(ladder);
  t.risers = g_array_new(FALSE, FALSE, sizeof(TextRiser));
  t.blocks = g_ptr_array_new();
  memset(t.armed, -1, sizeof t.armed);
  g_autoptr(GArray) events = collect_events(ladder, shown);
  find_straight(&t, events);
  count_lanes(&t, events);
  set_columns(&t);
  write_head(&t);
  for (guint i = 0; i < events->len; i++)
    write_event(&t, &g_array_index(events, Event, i));
  while (ladder_text_block_waits(&t, G_MAXUINT))
    ladder_text_row(&t, NULL);
  ladder_text_row(&t, NULL); /* ends the last one */
  char *text = print(&t, shown);
  g_ptr_array_unref(t.blocks);
  g_array_unref(t.risers);
  ladder_canvas_free(t.canvas);
  g_free(t.straight);
  g_free(t.node_x);
  g_free(t.last_time);
  return text;
}
