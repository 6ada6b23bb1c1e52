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
#define SLOPE_LEAST 0.06   /* the same, of a ladder that would be too high */
#define GROWTH 1.2         /* of the scale, from one attempt to the next */
#define ATTEMPTS 11        /* the last is 6.2 times as high as the first */
#define EXCESS 1.5         /* so much of the greatest height may be used for the sake of a label */
#define WORTH 0.75         /* so many of the texts without room have to be left for it */
#define ARROWS_TO_GROW 300 /* with more, one attempt */
#define GAP_LINES                                                                                  \
  4.4 /* height of a gap, in lines of text: its own length, what is said above and below it */
#define LABEL_LETTERS 9 /* the least room for a label between two nodes */

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

void
ladder_place_take_back(LadderPlace *place, guint before)
{
  for (guint i = before; i < place->texts.boxes->len; i++)
    g_free(g_array_index(place->texts.boxes, LadderBox, i).text);
  g_array_set_size(place->texts.boxes, before);
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
    g_autofree char *text = ladder_place_state_text(place, state);
    if (right ? ladder_place_is_right(place, state->node) : state->node == 0)
      widest = MAX(widest, ladder_place_width(place, text));
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
  g_autofree char *last = ladder_axis_time(place->ladder->end, place->clock);
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
    box.y = place->legend + box.h / 2;
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
    sim_time_print_unit(gap->idle, 3, text);
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
  g_autofree char *text = ladder_axis_time(time, place->clock);
  LadderBox box = {.kind = LADDER_BOX_TIME, .h = place->paper->char_height, .y = y};
  box.w = ladder_place_width(place, text);
  box.x = place->times - 1.3 * letter - box.w / 2;
  if (!ladder_place_box(place, box, text, true))
    return; /* its neighbour tells the time well enough */
  ladder_place_stroke(place, LADDER_STROKE_TICK,
                      (LadderLine){place->times - letter, y, place->times - letter * 0.4, y, 0});
}

/* The unit of the times, above the first of them; seconds need no word. */
static void
place_unit(LadderPlace *place)
{
  double letter = place->paper->char_width, line = place->paper->char_height;
  if (place->clock.unit == SIM_SECOND)
    return;
  LadderBox box = {.kind = LADDER_BOX_TIME, .h = line, .y = place->top - 1.2 * line};
  box.w = ladder_place_width(place, place->clock.name);
  box.x = place->times - 1.3 * letter - box.w / 2;
  place->drawing->omitted += ladder_place_box(place, box, place->clock.name, true) ? 0 : 1;
}

static void
place_times(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  place_unit(place);
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
  place->drawing->bands = g_array_new(FALSE, FALSE, sizeof(LadderBand));
  place->texts.boxes = place->drawing->boxes;
  place->texts.lines = g_array_new(FALSE, FALSE, sizeof(LadderLine));
  place->drawing->second = place->second;
  place->drawing->width = place->paper->width;
  place->drawing->height = ladder_place_y(place, place->ladder->end) + place->paper->char_height;
  ladder_place_strokes(place);
  ladder_place_legend(place);
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

/* The scale of the first attempt: a slope that reads well, and less when that is higher than the
 * paper may get. */
static double
first_scale(const LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  double between = place->paper->width - place->times - place->left - place->right;
  double gaps = ladder->gaps->len * place->gap + place->top + 2 * place->paper->char_height;
  double busy = ladder_y(ladder, ladder->end, 1, 0);
  SimTime longest = ladder_axis_longest(ladder);
  if (busy <= 0)
    return 0;
  if (place->paper->height > 0)
    return MAX(place->paper->height - gaps, place->paper->char_height) / busy;
  if (longest == 0)
    return place->paper->width / busy;
  double part = between / MAX(ladder->nodes->len - 1, 1), seconds = sim_time_to_seconds(longest);
  double fitting = (place->paper->max_height - gaps) / busy;
  if (place->paper->max_height <= 0 || fitting >= SLOPE * part / seconds)
    return SLOPE * part / seconds;
  return MAX(fitting, SLOPE_LEAST * part / seconds);
}

/* Growing as long as the paper allows, until all texts have room clear of the arrows; then, better
 * a label across an arrow, or one for several, than none, and better a longer paper than no label.
 * When some have no room at all, it is no higher than helps a good part of them. */
static LadderDrawing *
best_attempt(LadderPlace *place)
{
  bool fixed = place->paper->height > 0 || place->paper->second > 0 ||
               place->ladder->arrows->len > ARROWS_TO_GROW;
  bool over_lines = fixed;
  place->second = place->paper->second > 0 ? place->paper->second : first_scale(place);
  double most = place->paper->max_height > 0 ? place->paper->max_height : INFINITY;
  LadderDrawing *best = NULL; /* of those that may cross lines */
  for (int i = 0; attempt(place, over_lines) > 0 && !fixed && i < ATTEMPTS; i++) {
    double next = place->drawing->height * GROWTH;
    bool last = next > most;
    if (over_lines && (best == NULL || place->drawing->omitted <= WORTH * best->omitted)) {
      ladder_drawing_free(best);
      best = g_steal_pointer(&place->drawing);
    }
    if (over_lines && next > most * EXCESS)
      break;
    if (over_lines || !last)
      place->second *= GROWTH;
    over_lines = over_lines || last || i == ATTEMPTS - 2;
    ladder_drawing_free(place->drawing);
  }
  if (best == NULL ||
      (place->drawing != NULL && place->drawing->omitted <= WORTH * best->omitted)) {
    ladder_drawing_free(best);
    return place->drawing;
  }
  ladder_drawing_free(place->drawing);
  return best;
}

LadderDrawing *
ladder_place(const Ladder *ladder, const LadderPlacement *placement, GError **error)
{
  LadderPlace place = {.ladder = ladder, .paper = placement};
  place.clock = ladder_axis_clock(ladder);
  place.legend = ladder_place_legend_height(&place);
  /* A name, and a label above the first arrow. */
  place.top = place.legend + placement->char_height * 3.2;
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
  g_array_unref(drawing->bands);
  g_array_unref(drawing->strokes);
  g_free(drawing);
}
