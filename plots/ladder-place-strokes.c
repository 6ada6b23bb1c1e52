/* ladder-place-strokes: the lines of a ladder: lifelines and states, brackets of timers, arrows,
 * and beside them what waits in a queue and what a packet takes of the wire. */
#include "plots/ladder-place-parts.h"

#include <string.h>

#define NO_ARROW G_MAXUINT
#define LEAST_SEEN 0.1   /* lines of text: what is lower cannot be told from a line */
#define QUEUE_ASIDE 0.28 /* from a lifeline to the packets that wait there, in lines of text */

void
ladder_place_stroke(LadderPlace *place, LadderStrokeKind kind, LadderLine at)
{
  LadderStroke s = {kind, at.x0, at.y0, at.x1, at.y1, at.owner};
  g_array_append_val(place->drawing->strokes, s);
}

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
    ladder_place_stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, from + inset, node});
    ladder_place_stroke(place, LADDER_STROKE_GAP,
                        (LadderLine){x, from + inset, x, to - inset, node});
    y = to - inset;
  }
  double end = ladder_place_y(place, place->ladder->end) + place->paper->char_height * 0.5;
  LadderLine whole = {x, place->top, x, end, NO_ARROW};
  g_array_append_val(place->texts.lines, whole);
  ladder_place_stroke(place, LADDER_STROKE_NODE, (LadderLine){x, y, x, end, node});
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
  ladder_place_stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x, y1, index});
  ladder_place_stroke(place, LADDER_STROKE_TIMER, (LadderLine){x, y0, x + tooth, y0, index});
  if (timer->end == SIM_TIME_NEVER)
    return;
  LadderStrokeKind kind = timer->fired ? LADDER_STROKE_TIMER_FIRE : LADDER_STROKE_TIMER;
  ladder_place_stroke(place, kind,
                      (LadderLine){x, y1, x + tooth * (timer->fired ? 1.2 : 1), y1, index});
}

/* A packet that waits for its transmitter: beside the line of the node, on the side where it goes.
 */
static void
stroke_queued(LadderPlace *place, const LadderArrow *arrow, guint index)
{
  double y0 = ladder_place_y(place, arrow->sent), y1 = ladder_place_y(place, arrow->transmitted);
  if (arrow->from == arrow->to || y1 - y0 < LEAST_SEEN * place->paper->char_height)
    return;
  double aside = QUEUE_ASIDE * place->paper->char_height;
  double x = place->node_x[arrow->from] + (arrow->to > arrow->from ? aside : -aside);
  ladder_place_stroke(place, LADDER_STROKE_QUEUED, (LadderLine){x, y0, x, y1, index});
}

/* What it takes of the wire. One that was lost before its last bit had left was no packet on it. */
static void
band(LadderPlace *place, const LadderArrow *arrow, const LadderLine *line)
{
  SimTime whole = arrow->transmitted + arrow->serialised, end = ladder_arrow_end(arrow);
  bool cut = arrow->lost_at != SIM_TIME_NEVER && arrow->lost_at < whole;
  double height = ladder_place_y(place, whole) - line->y0;
  if (arrow->serialised == 0 || cut || whole > end || arrow->from == arrow->to ||
      height < LEAST_SEEN * place->paper->char_height)
    return;
  LadderBand band = {line->x0, line->y0, line->x1, line->y1 - height, height, line->owner};
  g_array_append_val(place->drawing->bands, band);
}

static void
cross(LadderPlace *place, const LadderLine *line)
{
  double half = LADDER_CROSS * place->paper->char_height; /* others' labels keep clear of it */
  double x = line->x1, y = line->y1;
  LadderLine rising = {x - half, y + half, x + half, y - half, line->owner};
  LadderLine falling = {x - half, y - half, x + half, y + half, line->owner};
  g_array_append_val(place->texts.lines, rising);
  g_array_append_val(place->texts.lines, falling);
}

static void
stroke_arrow(LadderPlace *place, guint index)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = ladder_place_arrow_line(place, index);
  LadderStrokeKind kind = arrow->lost_at != SIM_TIME_NEVER ? LADDER_STROKE_LOST
                          : arrow->row->retransmit > 0     ? LADDER_STROKE_RETRANSMIT
                                                           : LADDER_STROKE_ARROW;
  stroke_queued(place, arrow, index);
  band(place, arrow, &line);
  ladder_place_stroke(place, kind, line);
  g_array_append_val(place->texts.lines, line);
  if (kind == LADDER_STROKE_LOST)
    cross(place, &line);
}

void
ladder_place_strokes(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  for (guint i = 0; i < ladder->nodes->len; i++)
    stroke_node(place, i);
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    double x = place->node_x[state->node], y1 = ladder_place_y(place, state->to);
    if (state->to != state->from && strcmp(state->state, "CLOSED") != 0)
      ladder_place_stroke(place, LADDER_STROKE_STATE,
                          (LadderLine){x, ladder_place_y(place, state->from), x, y1, i});
  }
  for (guint i = 0; i < ladder->timers->len; i++)
    stroke_timer(place, i);
  for (guint i = 0; i < ladder->arrows->len; i++)
    stroke_arrow(place, i);
}
