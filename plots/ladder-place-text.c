/* ladder-place-text: what happens at the nodes of a ladder, and at the crosses of lost packets,
 * each where there is room for it.
 *
 * A margin's text may slip down a little where two things happen at one moment. What is lost early
 * amid a burst has its label at its cross: along the way that it did not go, it would be taken for
 * that of the arrow beside it. */
#include "plots/ladder-place-parts.h"

#include <math.h>
#include <string.h>

#define BESIDE_LINES 2 /* how close another arrow is that a label might belong to */
#define CROSS_LINES 3  /* of text at a cross */
#define SLIP_LINES 5   /* how far a text in the margin may slip */

/* -- texts in the margins -- */

/* Lines of text that belong together, beside a node. */
typedef struct Beside {
  guint node;
  double y; /* where the first line wants to stand */
  LadderBox box;
  const GPtrArray *lines;
  double w; /* of the longest */
} Beside;

/* All of them at `y`, on that side; none when one has no room. */
static bool
try_beside(LadderPlace *place, const Beside *text, bool left, double y, bool over)
{
  double letter = place->paper->char_width, line = place->paper->char_height;
  double x = place->node_x[ladder_place_is_left(place, text->node) ? 0 : text->node];
  LadderBox whole = text->box;
  whole.w = text->w;
  whole.h = line * text->lines->len;
  whole.x = left ? x - letter * 0.7 - whole.w / 2 : x + letter * 0.7 + whole.w / 2;
  whole.y = y + line * (text->lines->len - 1) / 2.0;
  if (!ladder_boxes_fit(&place->texts, &whole, over))
    return false;
  guint before = place->texts.boxes->len;
  for (guint i = 0; i < text->lines->len; i++) {
    LadderBox box = text->box;
    box.h = line;
    box.w = ladder_place_width(place, text->lines->pdata[i]);
    box.x = left ? x - letter * 0.7 - box.w / 2 : x + letter * 0.7 + box.w / 2;
    box.y = y + i * line;
    if (!ladder_place_box(place, box, text->lines->pdata[i], over)) {
      ladder_place_take_back(place, before);
      return false;
    }
  }
  return true;
}

/* From its place downwards where there is room. A node between others has arrows on both sides: its
 * texts stand where they cross none, if there is such a place. */
static bool
place_beside(LadderPlace *place, const Beside *text)
{
  bool first = ladder_place_is_left(place, text->node);
  bool outer = first || ladder_place_is_right(place, text->node);
  /* Rather on the other side than far below, rather below than across an arrow. */
  static const int slips[][2] = {{0, 4}, {5, SLIP_LINES * 4}};
  for (int over = outer ? 1 : 0; over <= 1; over++)
    for (guint far = 0; far < G_N_ELEMENTS(slips); far++)
      for (int side = 0; side < (outer ? 1 : 2); side++)
        for (int slip = slips[far][0]; slip <= slips[far][1]; slip++)
          if (try_beside(place, text, first || side == 1,
                         text->y + slip * place->paper->char_height / 4, over == 1))
            return true;
  return false;
}

/* In one block; where that has no room, line by line. */
static guint
place_broken(LadderPlace *place, guint node, double y, LadderBox box, const char *text)
{
  g_autofree char *clean = ladder_clean(text);
  g_autoptr(GPtrArray) lines = ladder_break_lines(clean, LADDER_MARGIN_LETTERS);
  Beside all = {.node = node, .y = y, .box = box, .lines = lines};
  for (guint i = 0; i < lines->len; i++)
    all.w = MAX(all.w, ladder_place_width(place, lines->pdata[i]));
  if (place_beside(place, &all))
    return 0;
  guint failed = 0;
  for (guint i = 0; i < lines->len; i++) {
    GPtrArray one = {.pdata = &lines->pdata[i], .len = 1};
    Beside line = {.node = node, .box = box, .lines = &one};
    line.y = y + i * place->paper->char_height;
    line.w = ladder_place_width(place, lines->pdata[i]);
    failed += lines->len > 1 && place_beside(place, &line) ? 0 : 1;
  }
  return failed;
}

guint
ladder_place_margins(LadderPlace *place)
{
  const Ladder *ladder = place->ladder;
  guint failed = 0;
  for (guint i = 0; i < ladder->notes->len; i++) {
    const LadderNote *note = &g_array_index(ladder->notes, LadderNote, i);
    LadderBox box = {.kind = note->call ? LADDER_BOX_CALL : LADDER_BOX_NOTE, .item = i};
    failed += place_broken(place, note->node, ladder_place_y(place, note->time), box, note->text);
  }
  for (guint i = 0; i < ladder->states->len; i++) {
    const LadderState *state = &g_array_index(ladder->states, LadderState, i);
    LadderBox box = {.kind = LADDER_BOX_STATE, .item = i};
    g_autofree char *text = ladder_place_state_text(place, state);
    failed += place_broken(place, state->node, ladder_place_y(place, state->from), box, text);
  }
  return failed;
}

/* A timer's name at the head of its bracket, towards the line; where that is taken, lower. */
guint
ladder_place_timers(LadderPlace *place)
{
  const GArray *timers = place->ladder->timers;
  double line = place->paper->char_height, letter = place->paper->char_width;
  guint failed = 0;
  for (guint i = 0; i < timers->len; i++) {
    const LadderTimer *timer = &g_array_index(timers, LadderTimer, i);
    if (place->lanes[i] == G_MAXUINT)
      continue;
    g_autofree char *text = ladder_clean(timer->label);
    bool right = ladder_place_is_right(place, timer->node), placed = false;
    double lanes = (right ? place->right_lanes : place->left_lanes) * LADDER_LANE * line;
    LadderBox box = {.kind = LADDER_BOX_TIMER, .h = line, .item = i};
    box.w = ladder_place_width(place, text);
    box.x = right ? place->paper->width - lanes - letter / 2 - box.w / 2
                  : place->times + lanes + letter / 2 + box.w / 2;
    double y0 = ladder_place_y(place, timer->set), y1 = ladder_place_y(place, timer->end);
    /* A letter from what stands beside it, which it would seem to go on; close by when there is
     * no such place. */
    for (int close = 0; !placed && close <= 1; close++)
      for (double y = y0; !placed && y <= MAX(y1, y0 + line * SLIP_LINES); y += line / 4) {
        LadderBox apart = box;
        apart.y = box.y = y;
        apart.w += close ? 0 : 2 * letter;
        placed = ladder_boxes_fit(&place->texts, &apart, true) &&
                 ladder_place_box(place, box, text, true);
      }
    failed += placed ? 0 : 1;
  }
  return failed;
}

/* -- texts at the crosses -- */

/* Does another arrow on this way start close to this one and go farther? */
static bool
goes_beside(const LadderPlace *place, const LadderArrow *arrow, const LadderArrow *other)
{
  double apart =
      ladder_place_y(place, other->transmitted) - ladder_place_y(place, arrow->transmitted);
  return other->from == arrow->from && other->to == arrow->to && other->reach > arrow->reach &&
         fabs(apart) < BESIDE_LINES * place->paper->char_height;
}

static bool
has_others_beside(const LadderPlace *place, const LadderArrow *arrow)
{
  const GArray *arrows = place->ladder->arrows;
  for (guint i = 0; i < arrows->len; i++)
    if (goes_beside(place, arrow, &g_array_index(arrows, LadderArrow, i)))
      return true;
  return false;
}

/* "ACK seq 1001 ack 1, lost: rule DATA#2" for an arrow that is too short for its label, with others
 * beside it: in lines that end before the node where it did not arrive, or are no longer than the
 * reason itself. NULL: it is labelled as others are. */
static GPtrArray *
label_at_cross(const LadderPlace *place, guint index, const char *lost)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = ladder_place_arrow_line(place, index);
  g_autofree char *label = ladder_clean(arrow->label);
  double length = hypot(line.x1 - line.x0, line.y1 - line.y0);
  if (!has_others_beside(place, arrow) || length > ladder_place_width(place, label))
    return NULL;
  g_autofree char *text = g_strdup_printf("%s, %s", label, lost);
  gint room = (gint)(fabs(place->node_x[arrow->to] - line.x1) / place->paper->char_width) - 2;
  GPtrArray *lines = ladder_break_lines(text, MAX(room, (gint)g_utf8_strlen(lost, -1)));
  if (lines->len <= CROSS_LINES)
    return lines;
  g_ptr_array_unref(lines);
  return NULL;
}

/* What stands at the cross of a lost packet, in lines. */
static GPtrArray *
reason_of(const LadderPlace *place, guint index, bool *labelled)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  g_autofree char *why = g_strdup_printf("lost: %s", arrow->reason);
  g_autofree char *text = ladder_clean(arrow->reason[0] != '\0' ? why : "lost");
  GPtrArray *lines = label_at_cross(place, index, text);
  *labelled = lines != NULL;
  if (lines == NULL) {
    lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lines, g_steal_pointer(&text));
  }
  return lines;
}

bool
ladder_place_is_at_cross(const LadderPlace *place, guint arrow)
{
  if (g_array_index(place->ladder->arrows, LadderArrow, arrow).lost_at == SIM_TIME_NEVER)
    return false;
  bool labelled;
  g_ptr_array_unref(reason_of(place, arrow, &labelled));
  return labelled;
}

/* The lines below one another, each moved to the side by `aside` of half of its width and a letter;
 * all or none. */
static bool
try_reason(LadderPlace *place, const LadderLine *line, const GPtrArray *lines, double aside,
           double y, bool over)
{
  guint before = place->texts.boxes->len;
  for (guint i = 0; i < lines->len; i++) {
    LadderBox box = {.kind = LADDER_BOX_LOST, .h = place->paper->char_height, .item = line->owner};
    box.w = ladder_place_width(place, lines->pdata[i]);
    box.x = line->x1 + aside * (box.w / 2 + place->paper->char_width);
    box.y = y + i * box.h;
    if (!ladder_place_box(place, box, lines->pdata[i], over)) {
      ladder_place_take_back(place, before);
      return false;
    }
  }
  return true;
}

/* Why it was lost: at the cross, on the side away from the sender, or below. */
static bool
place_reason(LadderPlace *place, guint index)
{
  LadderLine line = ladder_place_arrow_line(place, index);
  double height = place->paper->char_height;
  bool labelled;
  g_autoptr(GPtrArray) lines = reason_of(place, index, &labelled);
  double sign = line.x1 >= line.x0 ? 1 : -1;
  /* Behind a flat arrow a trifle lower, so that its label can pass above the reason. */
  double flat = line.y1 - line.y0 < 0.1 * fabs(line.x1 - line.x0) ? LADDER_CROSS / 2 : 0;
  double beside = flat - (lines->len - 1) / 2.0;
  for (int over = 0; over <= 1; over++)
    for (int step = 0; step <= 24; step++)
      if (try_reason(place, &line, lines, sign * (1 - (step % 5) * 0.5),
                     line.y1 + height * (step == 0 ? beside : 0.8 + (step / 5) * 0.5), over == 1))
        return true;
  return false;
}

guint
ladder_place_reasons(LadderPlace *place)
{
  const GArray *arrows = place->ladder->arrows;
  guint failed = 0;
  for (guint i = 0; i < arrows->len; i++)
    if (g_array_index(arrows, LadderArrow, i).lost_at != SIM_TIME_NEVER)
      failed += place_reason(place, i) ? 0 : 1;
  return failed;
}
