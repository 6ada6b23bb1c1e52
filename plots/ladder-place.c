/* ladder-place: every stroke and every text of a ladder in its place on paper.
 *
 * Time is true: one scale for all that is not a gap. The scale starts where the longest delay
 * gives a slope that reads well, and grows until every text has found room or the paper is used
 * up; what then has none is left out and counted. Texts are placed in the order of their weight:
 * names, gaps, then the margins (a text may slip down a little where two things happen at one
 * moment), labels along their arrows, reasons of losses, and last the times. */
#include "plots/ladder-place-parts.h"

#include <math.h>
#include <string.h>

#include "plots/text-width.h"
#include "sim/error.h"

#define SLOPE 0.24         /* drop of the longest delay, of the width between two nodes */
#define GROWTH 1.2         /* of the scale, from one attempt to the next */
#define ATTEMPTS 11        /* the last is 6.2 times as high as the first */
#define ARROWS_TO_GROW 300 /* with more, one attempt */
#define GAP_LINES 3.8      /* height of a gap, in lines of text */
#define LABEL_LETTERS 9    /* the least room for a label between two nodes */
#define NO_ARROW G_MAXUINT

double
ladder_place_width(const LadderPlace *place, const char *text)
{
  return text_width(text) * place->paper->char_width;
}

double
ladder_place_y(const LadderPlace *place, SimTime time)
{
  return place->top + ladder_y(place->ladder, time, place->second, place->gap);
}

static void
stroke(LadderPlace *place, LadderStrokeKind kind, LadderLine at)
{
  LadderStroke s = {kind, at.x0, at.y0, at.x1, at.y1, at.owner};
  g_array_append_val(place->drawing->strokes, s);
}

bool
ladder_place_box(LadderPlace *place, LadderBox box, const char *text, bool over_lines)
{
  double half = (fabs(cos(box.angle * G_PI / 180)) * box.w) / 2;
  if (box.x - half < -0.5 || box.x + half > place->paper->width + 0.5 || box.y < box.h / 2 - 0.5 ||
      !ladder_boxes_fit(&place->texts, &box, over_lines))
    return false;
  box.text = g_strdup(text);
  g_array_append_val(place->texts.boxes, box);
  return true;
}

bool
ladder_place_is_left(const LadderPlace *place, guint node)
{
  return node == 0 || node == G_MAXUINT;
}

bool
ladder_place_is_right(const LadderPlace *place, guint node)
{
  return node == place->ladder->nodes->len - 1 && node != 0;
}

/* -- columns -- */

/* The lane of each timer of an outer node, so that brackets do not meet. Others have none. */
static void
give_lanes(LadderPlace *place)
{
  const GArray *timers = place->ladder->timers;
  SimTime ends[2][3] = {{-1, -1, -1}, {-1, -1, -1}};
  place->lanes = g_new(guint, timers->len + 1);
  for (guint i = 0; i < timers->len; i++) {
    const LadderTimer *timer = &g_array_index(timers, LadderTimer, i);
    bool right = ladder_place_is_right(place, timer->node);
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
margin_for(const LadderPlace *place, bool right, guint lanes)
{
  const Ladder *ladder = place->ladder;
  double widest = 0, most = LADDER_MARGIN_LETTERS * place->paper->char_width;
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    if (right ? ladder_place_is_right(place, state->node) : state->node == 0)
      widest = MAX(widest, ladder_place_width(place, state->state));
  }
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    if (right ? ladder_place_is_right(place, note->node) : ladder_place_is_left(place, note->node))
      widest = MAX(widest, MIN(most, ladder_place_width(place, note->text)));
  }
  for (guint i = 0; i < ladder->timers->len; i++) {
    const LadderTimer *timer = &g_array_index(ladder->timers, LadderTimer, i);
    if (right ? ladder_place_is_right(place, timer->node) : timer->node == 0)
      widest = MAX(widest, MIN(most, ladder_place_width(place, timer->label)));
  }
  guint last = ladder->nodes->len - 1;
  double name = ladder_place_width(place, ladder->nodes->pdata[right ? last : 0]) / 2;
  double text = widest > 0 ? widest + place->paper->char_width : 0;
  return MAX(text + lanes * LADDER_LANE * place->paper->char_height, MIN(name, most));
}

static bool
set_columns(LadderPlace *place, GError **error)
{
  guint n = place->ladder->nodes->len;
  g_autofree char *last = ladder_axis_time(place->ladder->end, place->decimals);
  give_lanes(place);
  place->times = ladder_place_width(place, last) + 1.8 * place->paper->char_width;
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

LadderLine
ladder_place_arrow_line(const LadderPlace *place, guint index)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = {.owner = index};
  line.x0 = place->node_x[arrow->from];
  line.x1 = line.x0 + (place->node_x[arrow->to] - line.x0) * arrow->reach;
  line.y0 = ladder_place_y(place, arrow->transmitted);
  line.y1 = ladder_place_y(place, ladder_arrow_end(arrow));
  return line;
}

static void
stroke_node(LadderPlace *place, guint node)
{
  const GArray *gaps = place->ladder->gaps;
  double x = place->node_x[node], y = place->top - place->paper->char_height * 0.3;
  for (guint i = 0; i < gaps->len; i++) {
    const LadderGap *gap = &g_array_index(gaps, LadderGap, i);
    double from = ladder_place_y(place, gap->from), to = ladder_place_y(place, gap->to);
    double inset = place->gap * 0.15;
    stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, from + inset, node});
    stroke(place, LADDER_STROKE_GAP, (LadderLine){x, from + inset, x, to - inset, node});
    y = to - inset;
  }
  double end = ladder_place_y(place, place->ladder->end) + place->paper->char_height * 0.5;
  LadderLine whole = {x, place->top, x, end, NO_ARROW};
  g_array_append_val(place->texts.lines, whole);
  stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, end, node});
}

static double
lane_x(const LadderPlace *place, const LadderTimer *timer, guint lane)
{
  double offset = (lane + 0.5) * LADDER_LANE * place->paper->char_height;
  return ladder_place_is_right(place, timer->node) ? place->paper->width - offset
                                                   : place->times + offset;
}

static void
stroke_timer(LadderPlace *place, guint index)
{
  const LadderTimer *timer = &g_array_index(place->ladder->timers, LadderTimer, index);
  guint lane = place->lanes[index];
  if (lane == G_MAXUINT)
    return;
  double x = lane_x(place, timer, lane), tooth = LADDER_LANE * place->paper->char_height * 0.4;
  double y0 = ladder_place_y(place, timer->set), y1 = ladder_place_y(place, timer->end);
  tooth = ladder_place_is_right(place, timer->node) ? -tooth : tooth;
  stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x, y1, index});
  stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x + tooth, y0, index});
  if (timer->end == SIM_TIME_NEVER)
    return;
  LadderStrokeKind kind = timer->fired ? LADDER_STROKE_TIMER_FIRE : LADDER_STROKE_TIMER;
  stroke(place, kind, (LadderLine){x, y1, x + tooth * (timer->fired ? 1.2 : 1), y1, index});
}

static void
stroke_all(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->nodes->len; i++)
    stroke_node(place, i);
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    double x = place->node_x[state->node], y1 = ladder_place_y(place, state->to);
    if (state->to != state->from && strcmp(state->state, "CLOSED") != 0)
      stroke(place, LADDER_STROKE_STATE,
             (LadderLine){x, ladder_place_y(place, state->from), x, y1, i});
  }
  for (guint i = 0; i < ladder->timers->len; i++)
    stroke_timer(place, i);
  for (guint i = 0; i < ladder->arrows->len; i++) {
    const LadderArrow *arrow = &g_array_index(ladder->arrows, LadderArrow, i);
    LadderLine line = ladder_place_arrow_line(place, i);
    stroke(place,
           arrow->lost_at != SIM_TIME_NEVER ? LADDER_STROKE_LOST
           : arrow->row->retransmit > 0     ? LADDER_STROKE_RETRANSMIT
                                            : LADDER_STROKE_ARROW,
           line);
    g_array_append_val(place->texts.lines, line);
    if (arrow->lost_at == SIM_TIME_NEVER)
      continue;
    double half = LADDER_CROSS * place->paper->char_height; /* others' labels keep clear of it */
    LadderLine rising = {line.x1 - half, line.y1 + half, line.x1 + half, line.y1 - half, i};
    LadderLine falling = {line.x1 - half, line.y1 - half, line.x1 + half, line.y1 + half, i};
    g_array_append_val(place->texts.lines, rising);
    g_array_append_val(place->texts.lines, falling);
  }
}

/* -- all of it -- */

static void
place_names(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->nodes->len; i++) {
    g_autofree char *name = ladder_clean(ladder->nodes->pdata[i]);
    LadderBox box = {.kind = LADDER_BOX_NODE, .item = i, .h = place->paper->char_height};
    box.w = ladder_place_width(place, name);
    box.x = place->node_x[i];
    box.x = CLAMP(box.x, box.w / 2, MAX(box.w / 2, place->paper->width - box.w / 2));
    box.y = box.h / 2;
    place->drawing->omitted += ladder_place_box(place, box, name, true) ? 0 : 1;
  }
}

/* A gap's length: in its middle, to the side when a reason of a loss stands close above, which it
 * would seem to go on; and below that when the reason is too wide for it. */
static bool
place_gap(LadderPlace *place, LadderBox box, const char *text)
{
  double line = place->paper->char_height, middle = box.y;
  for (int step = 0; step <= 17; step++) {
    double at = 0.5 + (step % 2 == 0 ? 1 : -1) * ((step % 9 + 1) / 2) * 0.1;
    box.x = place->node_x[0] +
            (place->ladder->nodes->len > 1 ? (place->node_x[1] - place->node_x[0]) * at : box.w);
    box.y = middle + (step < 9 ? 0 : 0.6 * line);
    LadderBox around = box;
    around.h = (step < 9 ? 2.2 : 1) * line;
    if (ladder_boxes_fit(&place->texts, &around, true) && ladder_place_box(place, box, text, true))
      return true;
  }
  return false;
}

static void
place_gaps(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->gaps->len; i++) {
    const LadderGap *gap = &g_array_index(ladder->gaps, LadderGap, i);
    char text[SIM_TIME_TEXT];
    sim_time_print_unit(gap->to - gap->from, 3, text);
    LadderBox box = {.kind = LADDER_BOX_GAP, .item = i, .h = place->paper->char_height};
    box.w = ladder_place_width(place, text);
    box.y = (ladder_place_y(place, gap->from) + ladder_place_y(place, gap->to)) / 2;
    place->drawing->omitted += place_gap(place, box, text) ? 0 : 1;
  }
}

static void
place_time(LadderPlace *place, SimTime time)
{
  double y = ladder_place_y(place, time), letter = place->paper->char_width;
  g_autofree char *text = ladder_axis_time(time, place->decimals);
  LadderBox box = {.kind = LADDER_BOX_TIME, .h = place->paper->char_height, .y = y};
  box.w = ladder_place_width(place, text);
  box.x = place->times - 1.3 * letter - box.w / 2;
  if (!ladder_place_box(place, box, text, true))
    return; /* its neighbour tells the time well enough */
  stroke(place, LADDER_STROKE_TICK,
         (LadderLine){place->times - letter, y, place->times - letter * 0.4, y, 0});
}

static void
place_times(LadderPlace *place)
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
attempt(LadderPlace *place, bool over_lines)
{
  place->drawing = g_new0(LadderDrawing, 1);
  place->drawing->strokes = g_array_new(FALSE, FALSE, sizeof(LadderStroke));
  place->drawing->boxes = g_array_new(FALSE, FALSE, sizeof(LadderBox));
  place->texts.boxes = place->drawing->boxes;
  place->texts.lines = g_array_new(FALSE, FALSE, sizeof(LadderLine));
  place->drawing->width = place->paper->width;
  place->drawing->height = ladder_place_y(place, place->ladder->end) + place->paper->char_height;
  stroke_all(place);
  place_names(place);
  guint failed = ladder_place_reasons(place);
  place_gaps(place);
  failed += ladder_place_margins(place) + ladder_place_timers(place);
  failed += ladder_place_labels(place, over_lines);
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
first_scale(const LadderPlace *place)
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
best_attempt(LadderPlace *place)
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
  LadderPlace place = {.ladder = ladder, .paper = placement};
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
