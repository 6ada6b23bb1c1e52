/* ladder-place: every stroke and every text of a ladder in its place on paper.
 *
 * Time is true: one scale for all that is not a gap. The scale starts where the longest delay
 * gives a slope that reads well, and grows until every text has found room or the paper is used
 * up; what then has none is left out and counted. Texts are placed in the order of their weight:
 * names, gaps, then the margins (a text may slip down a little where two things happen at one
 * moment), labels along their arrows, reasons of losses, and last the times. */
#include "plots/ladder-parts.h"

#include <math.h>
#include <string.h>

#include "plots/text-width.h"
#include "sim/error.h"

#define SLOPE 0.24         /* drop of the longest delay, of the width between two nodes */
#define GROWTH 1.2         /* of the scale, from one attempt to the next */
#define ATTEMPTS 9         /* the last is 4.3 times as high as the first */
#define ARROWS_TO_GROW 300 /* with more, one attempt */
#define GAP_LINES 2.6      /* height of a gap, in lines of text */
#define LANE 0.9           /* width of a timer's lane, in lines of text */
#define SLIP_LINES 3       /* how far a text in the margin may slip */
#define MARGIN_LETTERS 18  /* of a text in the margin; longer ones are broken */
#define LABEL_LETTERS 9    /* the least room for a label between two nodes */
#define NO_ARROW G_MAXUINT

typedef struct Place {
  const Ladder *ladder;
  const LadderPlacement *paper;
  double *node_x;     /* a node's line */
  double left, right; /* width of the margins beside the outer lines, times apart */
  double times;       /* width of the column of times */
  guint left_lanes, right_lanes;
  guint *lanes;            /* a timer's lane; G_MAXUINT: not drawn */
  double top, second, gap; /* where time begins; heights of a busy second and of a gap */
  int decimals;
  LadderBoxes texts;
  LadderDrawing *drawing; /* the attempt under way */
} Place;

static double
width_of(const Place *place, const char *text)
{
  return text_width(text) * place->paper->char_width;
}

static double
y_of(const Place *place, SimTime time)
{
  return place->top + ladder_y(place->ladder, time, place->second, place->gap);
}

static void
stroke(Place *place, LadderStrokeKind kind, LadderLine at)
{
  LadderStroke s = {kind, at.x0, at.y0, at.x1, at.y1, at.owner};
  g_array_append_val(place->drawing->strokes, s);
}

/* Keeps the box when it may stand there. */
static bool
try_box(Place *place, LadderBox box, const char *text, bool over_lines)
{
  double half = (fabs(cos(box.angle * G_PI / 180)) * box.w) / 2;
  if (box.x - half < -0.5 || box.x + half > place->paper->width + 0.5 || box.y < box.h / 2 - 0.5 ||
      !ladder_boxes_fit(&place->texts, &box, over_lines))
    return false;
  box.text = g_strdup(text);
  g_array_append_val(place->texts.boxes, box);
  return true;
}

static bool
is_left(const Place *place, guint node)
{
  return node == 0 || node == G_MAXUINT;
}

static bool
is_right(const Place *place, guint node)
{
  return node == place->ladder->nodes->len - 1 && node != 0;
}

/* -- columns -- */

/* The lane of each timer of an outer node, so that brackets do not meet. Others have none. */
static void
give_lanes(Place *place)
{
  const GArray *timers = place->ladder->timers;
  SimTime ends[2][3] = {{-1, -1, -1}, {-1, -1, -1}};
  place->lanes = g_new(guint, timers->len + 1);
  for (guint i = 0; i < timers->len; i++) {
    const LadderTimer *timer = &g_array_index(timers, LadderTimer, i);
    bool right = is_right(place, timer->node);
    guint *used = right ? &place->right_lanes : &place->left_lanes;
    place->lanes[i] = G_MAXUINT;
    if ((!right && timer->node != 0) || timer->end == timer->set)
      continue;
    for (guint lane = 0; lane < 3 && place->lanes[i] == G_MAXUINT; lane++) {
      if (ends[right ? 1 : 0][lane] > timer->set)
        continue;
      ends[right ? 1 : 0][lane] = timer->end;
      place->lanes[i] = lane;
      *used = MAX(*used, lane + 1);
    }
  }
}

static double
margin_for(const Place *place, bool right, guint lanes)
{
  const Ladder *ladder = place->ladder;
  double widest = 0, most = MARGIN_LETTERS * place->paper->char_width;
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    if (right ? is_right(place, state->node) : state->node == 0)
      widest = MAX(widest, width_of(place, state->state));
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    if (right ? is_right(place, note->node) : is_left(place, note->node))
      widest = MAX(widest, MIN(most, width_of(place, note->text)));
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    if (right ? is_right(place, timer->node) : timer->node == 0)
      widest = MAX(widest, MIN(most, width_of(place, timer->label)));
  }
  guint last = ladder->nodes->len - 1;
  double name = width_of(place, ladder->nodes->pdata[right ? last : 0]) / 2;
  double text = widest > 0 ? widest + place->paper->char_width : 0;
  return MAX(text + lanes * LANE * place->paper->char_height, MIN(name, most));
}

static bool
set_columns(Place *place, GError **error)
{
  guint n = place->ladder->nodes->len;
  g_autofree char *last = ladder_axis_time(place->ladder->end, place->decimals);
  give_lanes(place);
  place->times = width_of(place, last) + 1.8 * place->paper->char_width;
  place->left = margin_for(place, false, place->left_lanes);
  place->right = margin_for(place, true, place->right_lanes);
  double between = place->paper->width - place->times - place->left - place->right;
  double least = LABEL_LETTERS * place->paper->char_width * MAX(n - 1, 1);
  if (between < least) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "a ladder of %u nodes does not fit into this width: it needs at least %.0f %% more",
                n, ceil((least - between) / place->paper->width * 100));
    return false;
  }
  place->node_x = g_new(double, n);
  for (guint i = 0; i < n; i++)
    place->node_x[i] =
        place->times + place->left + (n > 1 ? between * (double)i / (double)(n - 1) : 0);
  return true;
}

/* -- strokes -- */

static LadderLine
arrow_line(const Place *place, guint index)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = {.owner = index};
  line.x0 = place->node_x[arrow->from];
  line.x1 = line.x0 + (place->node_x[arrow->to] - line.x0) * arrow->reach;
  line.y0 = y_of(place, arrow->transmitted);
  line.y1 = y_of(place, ladder_arrow_end(arrow));
  return line;
}

static void
stroke_node(Place *place, guint node)
{
  const GArray *gaps = place->ladder->gaps;
  double x = place->node_x[node], y = place->top - place->paper->char_height * 0.3;
  for (guint i = 0; i < gaps->len; i++) {
    const LadderGap *gap = &g_array_index(gaps, LadderGap, i);
    double from = y_of(place, gap->from), to = y_of(place, gap->to);
    double inset = place->gap * 0.15;
    stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, from + inset, node});
    stroke(place, LADDER_STROKE_GAP, (LadderLine){x, from + inset, x, to - inset, node});
    y = to - inset;
  }
  double end = y_of(place, place->ladder->end) + place->paper->char_height * 0.5;
  LadderLine whole = {x, place->top, x, end, NO_ARROW};
  g_array_append_val(place->texts.lines, whole);
  stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, end, node});
}

static double
lane_x(const Place *place, const LadderTimer *timer, guint lane)
{
  double offset = (lane + 0.5) * LANE * place->paper->char_height;
  return is_right(place, timer->node) ? place->paper->width - offset : place->times + offset;
}

static void
stroke_timer(Place *place, guint index)
{
  const LadderTimer *timer = &g_array_index(place->ladder->timers, LadderTimer, index);
  guint lane = place->lanes[index];
  if (lane == G_MAXUINT)
    return;
  double x = lane_x(place, timer, lane), tooth = LANE * place->paper->char_height * 0.4;
  double y0 = y_of(place, timer->set), y1 = y_of(place, timer->end);
  tooth = is_right(place, timer->node) ? -tooth : tooth;
  stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x, y1, index});
  stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x + tooth, y0, index});
  if (timer->end == SIM_TIME_NEVER)
    return;
  LadderStrokeKind kind = timer->fired ? LADDER_STROKE_TIMER_FIRE : LADDER_STROKE_TIMER;
  stroke(place, kind, (LadderLine){x, y1, x + tooth * (timer->fired ? 1.2 : 1), y1, index});
}

static void
stroke_all(Place *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->nodes->len; i++)
    stroke_node(place, i);
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    double x = place->node_x[state->node], y1 = y_of(place, state->to);
    if (state->to != state->from && strcmp(state->state, "CLOSED") != 0)
      stroke(place, LADDER_STROKE_STATE, (LadderLine){x, y_of(place, state->from), x, y1, i});
  }
  for (guint i = 0; i < ladder->timers->len; i++)
    stroke_timer(place, i);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    LadderLine line = arrow_line(place, i);
    stroke(place,
           arrow->lost_at != SIM_TIME_NEVER ? LADDER_STROKE_LOST
           : arrow->row->retransmit > 0     ? LADDER_STROKE_RETRANSMIT
                                            : LADDER_STROKE_ARROW,
           line);
    g_array_append_val(place->texts.lines, line);
  }
}

/* -- texts in the margins -- */

/* `text` beside the line of `node`, from `y` downwards where there is room. */
static bool
place_beside(Place *place, guint node, double y, LadderBox box, const char *text)
{
  double letter = place->paper->char_width, line = place->paper->char_height;
  bool left = is_left(place, node);
  double x = place->node_x[left ? 0 : node];
  box.h = line;
  box.w = width_of(place, text);
  box.x = left ? x - letter * 0.7 - box.w / 2 : x + letter * 0.7 + box.w / 2;
  for (int slip = 0; slip <= SLIP_LINES * 4; slip++) {
    box.y = y + slip * line / 4;
    if (try_box(place, box, text, true))
      return true;
  }
  return false;
}

static guint
place_broken(Place *place, guint node, double y, LadderBox box, const char *text)
{
  g_autofree char *clean = ladder_clean(text);
  g_autoptr(GPtrArray) lines = ladder_break_lines(clean, MARGIN_LETTERS);
  guint failed = 0;
  for (guint i = 0; i < lines->len; i++)
    failed +=
        place_beside(place, node, y + i * place->paper->char_height, box, lines->pdata[i]) ? 0 : 1;
  return failed;
}

static guint
place_margins(Place *place)
{
  const Ladder *ladder = place->ladder;
  guint failed = 0;
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    LadderBox box = {.kind = note->call ? LADDER_BOX_CALL : LADDER_BOX_NOTE, .item = i};
    failed += place_broken(place, note->node, y_of(place, note->time), box, note->text);
  }
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    LadderBox box = {.kind = LADDER_BOX_STATE, .item = i};
    failed += place_broken(place, state->node, y_of(place, state->from), box, state->state);
  }
  return failed;
}

/* A timer's name at the head of its bracket, towards the line; where that is taken, lower. */
static guint
place_timers(Place *place)
{
  const GArray *timers = place->ladder->timers;
  double line = place->paper->char_height, letter = place->paper->char_width;
  guint failed = 0;
  for (guint i = 0; i < timers->len; i++) {
    const LadderTimer *timer = &g_array_index(timers, LadderTimer, i);
    if (place->lanes[i] == G_MAXUINT)
      continue;
    g_autofree char *text = ladder_clean(timer->label);
    bool right = is_right(place, timer->node), placed = false;
    double lanes = (right ? place->right_lanes : place->left_lanes) * LANE * line;
    LadderBox box = {.kind = LADDER_BOX_TIMER, .h = line, .item = i};
    box.w = width_of(place, text);
    box.x = right ? place->paper->width - lanes - letter / 2 - box.w / 2
                  : place->times + lanes + letter / 2 + box.w / 2;
    double y0 = y_of(place, timer->set), y1 = y_of(place, timer->end);
    for (double y = y0; !placed && y <= MAX(y1, y0 + line * SLIP_LINES); y += line / 4) {
      box.y = y;
      placed = try_box(place, box, text, true);
    }
    failed += placed ? 0 : 1;
  }
  return failed;
}

/* -- texts along the arrows -- */

/* What a label may touch when there is no better place for it. */
typedef enum { CLEAR_OF_LINES, ACROSS_ARROWS, ACROSS_ALL } Crossing;

/* The lines of one label around `at`, a part of the arrow's way: the first `above` of them
 * stacked above the arrow, the others below it. All or none. */
static bool
try_label(Place *place, const LadderLine *line, const GPtrArray *lines, guint above, double at,
          Crossing over)
{
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0, length = hypot(dx, dy);
  double height = place->paper->char_height;
  guint before = place->texts.boxes->len;
  if (dx < 0) { /* text runs to the right, whatever the arrow does */
    dx = -dx;
    dy = -dy;
  }
  double up_x = dy / length, up_y = -dx / length; /* across the arrow, upwards on the page */
  for (guint i = 0; i < lines->len; i++) {
    double away = i < above ? 0.55 + (above - 1 - i) : -(0.6 + (i - above));
    LadderBox box = {.kind = LADDER_BOX_LABEL, .h = height, .item = line->owner};
    box.w = width_of(place, lines->pdata[i]);
    box.angle = atan2(-dy, dx) * (180 / G_PI);
    box.x = line->x0 + (line->x1 - line->x0) * at + up_x * away * height;
    box.y = line->y0 + (line->y1 - line->y0) * at + up_y * away * height;
    double reach = (dx * box.w + fabs(dy) * box.h) / (2 * length); /* to its sides on the page */
    bool between =
        box.x - reach >= MIN(line->x0, line->x1) && box.x + reach <= MAX(line->x0, line->x1);
    if ((!between && over != ACROSS_ALL) ||
        !try_box(place, box, lines->pdata[i], over != CLEAR_OF_LINES)) {
      for (guint k = before; k < place->texts.boxes->len; k++)
        g_free(g_array_index(place->texts.boxes, LadderBox, k).text);
      g_array_set_size(place->texts.boxes, before);
      return false;
    }
  }
  return true;
}

/* The same from the middle of the arrow towards both of its ends. */
static bool
try_label_along(Place *place, const LadderLine *line, const GPtrArray *lines, guint above,
                Crossing over)
{
  for (int step = 0; step <= 16; step++) {
    double at = 0.5 + (step % 2 == 0 ? 1 : -1) * ((step + 1) / 2) * 0.05;
    if (try_label(place, line, lines, above, at, over))
      return true;
  }
  return false;
}

/* Where a label may be parted into what stands above the arrow and what stands below it: before
 * its options or its remark. NULL: nowhere. */
static const char *
label_part(const char *text)
{
  const char *options = strstr(text, " <"), *remark = strstr(text, " (");
  return options == NULL || (remark != NULL && remark < options) ? remark : options;
}

/* `text` in lines of so many letters, above the arrow and below it. */
static bool
place_parted(Place *place, const LadderLine *line, const char *text, gint letters, Crossing over)
{
  const char *part = label_part(text);
  if (part == NULL)
    return false;
  g_autofree char *head = g_strndup(text, (gsize)(part - text));
  g_autoptr(GPtrArray) lines = ladder_break_lines(head, letters);
  g_autoptr(GPtrArray) rest = ladder_break_lines(part, letters);
  guint above = lines->len;
  for (guint i = 0; i < rest->len; i++)
    g_ptr_array_add(lines, g_strdup(rest->pdata[i]));
  return try_label_along(place, line, lines, above, over);
}

static bool
place_text_along(Place *place, const LadderLine *line, const char *text, Crossing over)
{
  double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
  gint most = (gint)(length * 0.98 / place->paper->char_width);
  for (gint letters = most; letters >= MAX(most / 2, 6); letters -= MAX(most / 4, 1)) {
    g_autoptr(GPtrArray) lines = ladder_break_lines(text, letters);
    if (lines->len > 1 && place_parted(place, line, text, letters, over))
      return true;
    if (try_label_along(place, line, lines, lines->len, over) ||
        try_label_along(place, line, lines, 0, over) ||
        place_parted(place, line, text, letters, over))
      return true;
  }
  return false;
}

/* Does this arrow go on with what the one before it did, too close to have a label of its own? */
static bool
continues(const Place *place, guint index)
{
  if (index == 0)
    return false;
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  const LadderArrow *before = arrow - 1;
  const RunRow *row = arrow->row, *last = before->row;
  if (arrow->from != before->from || arrow->to != before->to || strcmp(row->conn, last->conn) != 0)
    return false;
  bool plain = arrow->lost_at == SIM_TIME_NEVER && before->lost_at == SIM_TIME_NEVER &&
               row->retransmit == 0 && last->retransmit == 0 && !arrow->copy && !before->copy;
  bool data = row->len > 0 && last->len > 0 && row->seq == last->seq + (gint64)last->len;
  bool acks = row->len == 0 && last->len == 0 && strcmp(row->flags, "ACK") == 0 &&
              strcmp(last->flags, "ACK") == 0 && row->ack > last->ack;
  return plain && (data || acks) && strstr(row->flags, "FIN") == NULL &&
         y_of(place, arrow->transmitted) - y_of(place, before->transmitted) <
             place->paper->char_height;
}

/* The label of an arrow; of three and more that follow closely the first one's says how many. */
static bool
place_label(Place *place, guint index, guint followers, Crossing over)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = arrow_line(place, index);
  g_autofree char *many = g_strdup_printf("%s (and %u more)", arrow->label, followers);
  g_autofree char *text = ladder_clean(followers > 0 ? many : arrow->label);
  LadderLine whole = line; /* a lost packet's label may reach beyond its cross */
  if (arrow->reach > 0 && arrow->reach < 1) {
    whole.x1 = line.x0 + (line.x1 - line.x0) / arrow->reach;
    whole.y1 = line.y0 + (line.y1 - line.y0) / arrow->reach;
  }
  return place_text_along(place, &whole, text, over);
}

/* The number of labels without room. */
static guint
place_labels(Place *place, bool over_lines)
{
  guint n = place->ladder->arrows->len, failed = 0;
  for (guint i = 0, next; i < n; i = next) {
    next = i + 1;
    while (next < n && continues(place, next))
      next++;
    if (next - i < 3)
      next = i + 1;
    guint followers = next - i - 1;
    Crossing most = over_lines ? ACROSS_ALL : CLEAR_OF_LINES, over = CLEAR_OF_LINES;
    while (!place_label(place, i, followers, over) && over <= most)
      over++;
    if (over > most)
      failed++;
  }
  return failed;
}

/* Why it was lost: at the cross, on the side away from the sender, or below. */
static bool
place_reason(Place *place, guint index)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = arrow_line(place, index);
  double height = place->paper->char_height;
  g_autofree char *why = g_strdup_printf("lost: %s", arrow->reason);
  g_autofree char *text = ladder_clean(arrow->reason[0] != '\0' ? why : "lost");
  LadderBox box = {.kind = LADDER_BOX_LOST, .h = height, .item = index};
  double sign = line.x1 >= line.x0 ? 1 : -1;
  box.w = width_of(place, text);
  for (int over = 0; over <= 1; over++)
    for (int step = 0; step <= 24; step++) {
      box.x = line.x1 + sign * (box.w / 2 + place->paper->char_width) * (1 - (step % 5) * 0.5);
      box.y = line.y1 + (step / 5 == 0 && step % 5 == 0 ? 0 : height * (0.8 + (step / 5) * 0.5));
      if (try_box(place, box, text, over == 1))
        return true;
    }
  return false;
}

static guint
place_reasons(Place *place)
{
  const GArray *arrows = place->ladder->arrows;
  guint failed = 0;
  for (guint i = 0; i < arrows->len; i++)
    if (g_array_index(arrows, LadderArrow, i).lost_at != SIM_TIME_NEVER)
      failed += place_reason(place, i) ? 0 : 1;
  return failed;
}

/* -- all of it -- */

static void
place_names(Place *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->nodes->len; i++) {
    g_autofree char *name = ladder_clean(ladder->nodes->pdata[i]);
    LadderBox box = {.kind = LADDER_BOX_NODE, .item = i, .h = place->paper->char_height};
    box.w = width_of(place, name);
    box.x = place->node_x[i];
    box.x = CLAMP(box.x, box.w / 2, MAX(box.w / 2, place->paper->width - box.w / 2));
    box.y = box.h / 2;
    place->drawing->omitted += try_box(place, box, name, true) ? 0 : 1;
  }
}

static void
place_gaps(Place *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->gaps->len; i++) {
    const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, i);
    char text[SIM_TIME_TEXT];
    sim_time_print_unit(gap->to - gap->from, 3, text);
    LadderBox box = {.kind = LADDER_BOX_GAP, .item = i, .h = place->paper->char_height};
    box.w = width_of(place, text);
    box.y = (y_of(place, gap->from) + y_of(place, gap->to)) / 2;
    bool placed = false;
    for (int step = 0; !placed && step <= 8; step++) { /* from the middle outwards */
      double at = 0.5 + (step % 2 == 0 ? 1 : -1) * ((step + 1) / 2) * 0.1;
      box.x = ladder->nodes->len > 1 ? place->node_x[0] + (place->node_x[1] - place->node_x[0]) * at
                                     : place->node_x[0] + box.w;
      placed = try_box(place, box, text, true);
    }
    place->drawing->omitted += placed ? 0 : 1;
  }
}

static void
place_time(Place *place, SimTime time)
{
  double y = y_of(place, time), letter = place->paper->char_width;
  g_autofree char *text = ladder_axis_time(time, place->decimals);
  LadderBox box = {.kind = LADDER_BOX_TIME, .h = place->paper->char_height, .y = y};
  box.w = width_of(place, text);
  box.x = place->times - 1.3 * letter - box.w / 2;
  if (!try_box(place, box, text, true))
    return; /* its neighbour tells the time well enough */
  stroke(place, LADDER_STROKE_TICK,
         (LadderLine){place->times - letter, y, place->times - letter * 0.4, y, 0});
}

static void
place_times(Place *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->arrows->len; i++)
    place_time(place, g_array_index(ladder->arrows, LadderArrow, i).sent);
  for (guint i = 0; i < ladder->arrows->len; i++)
    if (g_array_index(ladder->arrows, LadderArrow, i).arrived != SIM_TIME_NEVER)
      place_time(place, g_array_index(ladder->arrows, LadderArrow, i).arrived);
  for (guint i = 0; i < ladder->states->len; i++)
    place_time(place, g_array_index(ladder->states, LadderState, i).from);
}

/* One attempt with the scale that is set; the number of texts without room. */
static guint
attempt(Place *place, bool over_lines)
{
  place->drawing = g_new0(LadderDrawing, 1);
  place->drawing->strokes = g_array_new(FALSE, FALSE, sizeof(LadderStroke));
  place->drawing->boxes = g_array_new(FALSE, FALSE, sizeof(LadderBox));
  place->texts.boxes = place->drawing->boxes;
  place->texts.lines = g_array_new(FALSE, FALSE, sizeof(LadderLine));
  place->drawing->width = place->paper->width;
  place->drawing->height = y_of(place, place->ladder->end) + place->paper->char_height;
  stroke_all(place);
  place_names(place);
  guint failed = place_reasons(place);
  place_gaps(place);
  failed += place_margins(place) + place_timers(place);
  failed += place_labels(place, over_lines);
  place_times(place);
  for (guint i = 0; i < place->texts.boxes->len; i++) { /* what slipped below the last moment */
    const LadderBox *box = &g_array_index(place->texts.boxes, LadderBox, i);
    place->drawing->height = MAX(place->drawing->height, box->y + box->h);
  }
  g_array_unref(place->texts.lines);
  place->drawing->omitted += failed;
  return failed;
}

/* The scale of the first attempt. */
static double
first_scale(const Place *place)
{
  const Ladder *ladder = place->ladder;
  double between = place->paper->width - place->times - place->left - place->right;
  double gaps = ladder->gaps->len * place->gap + place->top + 2 * place->paper->char_height;
  double busy = ladder_y(ladder, ladder->end, 1, 0);
  SimTime longest = 0;
  for (guint i = 0; i < ladder->arrows->len; i++)
    longest = MAX(longest, g_array_index(ladder->arrows, LadderArrow, i).delay);
  if (busy <= 0)
    return 0;
  if (place->paper->height > 0)
    return MAX(place->paper->height - gaps, place->paper->char_height) / busy;
  if (longest == 0)
    return place->paper->width / busy;
  return SLOPE * between / MAX(ladder->nodes->len - 1, 1) / sim_time_to_seconds(longest);
}

static LadderDrawing *
best_attempt(Place *place)
{
  bool fixed = place->paper->height > 0 || place->ladder->arrows->len > ARROWS_TO_GROW;
  int attempts = fixed ? 1 : ATTEMPTS;
  place->second = first_scale(place);
  for (int i = 0; i < attempts; i++, place->second *= GROWTH) {
    if (attempt(place, fixed) == 0)
      return place->drawing;
    double next = place->drawing->height * GROWTH;
    bool last =
        i == attempts - 1 || (place->paper->max_height > 0 && next > place->paper->max_height);
    if (last && fixed)
      break;
    ladder_drawing_free(place->drawing);
    if (last) { /* better a label across a line than none */
      attempt(place, true);
      break;
    }
  }
  return place->drawing;
}

LadderDrawing *
ladder_place(const Ladder *ladder, const LadderPlacement *placement, GError **error)
{
  Place place = {.ladder = ladder, .paper = placement};
  place.decimals = ladder_axis_decimals(ladder);
  place.top = placement->char_height * 3.2; /* a name, and a label above the first arrow */
  place.gap = placement->char_height * GAP_LINES;
  bool ok = set_columns(&place, error);
  LadderDrawing *drawing = ok ? best_attempt(&place) : NULL;
  g_free(place.node_x);
  g_free(place.lanes);
  return drawing;
}

void
ladder_drawing_free(LadderDrawing *drawing)
{
  if (drawing == NULL)
    return;
  for (guint i = 0; i < drawing->boxes->len; i++)
    g_free(g_array_index(drawing->boxes, LadderBox, i).text);
  g_array_unref(drawing->boxes);
  g_array_unref(drawing->strokes);
  g_free(drawing);
}
