/* ladder-place-text: the texts of a ladder, each where there is room for it.
 *
 * A margin's text may slip down a little where two things happen at one moment. A label stands
 * above its arrow or below it, in as few lines as fit, its options or its remark on the other side
 * if need be; packets that follow one another too closely for labels of their own have one
 * together, which says how many they are. What is lost early amid a burst has its label at its
 * cross: along the way that it did not go, it would be taken for that of the arrow beside it. */
#include "plots/ladder-place-parts.h"

#include <math.h>
#include <string.h>

#define OFF_LINES 3    /* how far from its arrow a label may stand when nothing nearer is free */
#define BESIDE_LINES 2 /* how close another arrow is that a label might belong to */
#define SLIP_LINES 3   /* how far a text in the margin may slip */

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

/* -- texts along the arrows -- */

/* What a label may touch when there is no better place for it; at last its remark may be broken. */
typedef enum { CLEAR_OF_LINES, ACROSS_ARROWS, ACROSS_ALL, ACROSS_ALL_AND_BROKEN } Crossing;

/* The lines of one label around `at`, a part of the arrow's way: the first `above` of them
 * stacked above the arrow, the others below it, `off` lines of text away. All or none. */
static bool
try_label(LadderPlace *place, const LadderLine *line, const GPtrArray *lines, guint above,
          double at, double off, Crossing over)
{
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0, length = hypot(dx, dy);
  double height = place->paper->char_height;
  guint before = place->texts.boxes->len;
  if (dx < 0) { /* text runs to the right, whatever the arrow does */
    dx = -dx;
    dy = -dy;
  }
  double up_x = dy / length, up_y = -dx / length; /* across the arrow, upwards on the page */
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, line->owner);
  if (arrow->lost_at != SIM_TIME_NEVER)
    off += LADDER_CROSS; /* clear of its own */
  for (guint i = 0; i < lines->len; i++) {
    double away = i < above ? 0.55 + off + (above - 1 - i) : -(0.6 + off + (i - above));
    LadderBox box = {.kind = LADDER_BOX_LABEL, .h = height, .item = line->owner};
    box.w = ladder_place_width(place, lines->pdata[i]);
    box.angle = atan2(-dy, dx) * (180 / G_PI);
    box.x = line->x0 + (line->x1 - line->x0) * at + up_x * away * height;
    box.y = line->y0 + (line->y1 - line->y0) * at + up_y * away * height;
    double reach = (dx * box.w + fabs(dy) * box.h) / (2 * length); /* to its sides on the page */
    bool between =
        box.x - reach >= MIN(line->x0, line->x1) && box.x + reach <= MAX(line->x0, line->x1);
    bool among_names = box.y - height / 2 < place->legend + height;
    if (among_names || (!between && over < ACROSS_ALL) ||
        !ladder_place_box(place, box, lines->pdata[i], over != CLEAR_OF_LINES)) {
      ladder_place_take_back(place, before);
      return false;
    }
  }
  return true;
}

/* The same from the middle of the arrow towards both of its ends; in a bundle of arrows, where the
 * labels of others stand along it, at last beside those. */
static bool
try_label_along(LadderPlace *place, const LadderLine *line, const GPtrArray *lines, guint above,
                Crossing over)
{
  double farthest = over >= ACROSS_ARROWS ? OFF_LINES : 0;
  for (double off = 0; off <= farthest; off++)
    for (int step = 0; step <= 36; step++) {
      double at = 0.5 + (step % 2 == 0 ? 1 : -1) * ((step + 1) / 2) * 0.025;
      if (try_label(place, line, lines, above, at, off, over))
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

/* Whether a remark, "(retransmission 1)", has been broken in two. */
static bool
breaks_remark(const GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++) {
    const char *open = strrchr(lines->pdata[i], '(');
    if (open != NULL && strchr(open, ')') == NULL)
      return true;
  }
  return false;
}

/* `text` in lines of so many letters, above the arrow and below it. */
static bool
place_parted(LadderPlace *place, const LadderLine *line, const char *text, gint letters,
             Crossing over)
{
  const char *part = label_part(text);
  if (part == NULL)
    return false;
  g_autofree char *head = g_strndup(text, (gsize)(part - text));
  g_autoptr(GPtrArray) lines = ladder_break_lines(head, letters);
  g_autoptr(GPtrArray) rest = ladder_break_lines(part, letters);
  guint above = lines->len;
  if (over != ACROSS_ALL_AND_BROKEN && breaks_remark(rest))
    return false;
  for (guint i = 0; i < rest->len; i++)
    g_ptr_array_add(lines, g_strdup(rest->pdata[i]));
  return try_label_along(place, line, lines, above, over);
}

static bool
place_text_along(LadderPlace *place, const LadderLine *line, const char *text, Crossing over)
{
  double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
  gint most = (gint)(length * 0.98 / place->paper->char_width);
  for (gint letters = most; letters >= MAX(most / 2, 6); letters -= MAX(most / 4, 1)) {
    g_autoptr(GPtrArray) lines = ladder_break_lines(text, letters);
    bool whole = over == ACROSS_ALL_AND_BROKEN || !breaks_remark(lines);
    if (lines->len > 1 && place_parted(place, line, text, letters, over))
      return true;
    if ((whole && (try_label_along(place, line, lines, lines->len, over) ||
                   try_label_along(place, line, lines, 0, over))) ||
        place_parted(place, line, text, letters, over))
      return true;
  }
  return false;
}

/* Does this arrow go on with what the one before it did, too close to have a label of its own? */
static bool
continues(const LadderPlace *place, guint index)
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
         ladder_place_y(place, arrow->transmitted) - ladder_place_y(place, before->transmitted) <
             place->paper->char_height;
}

/* Does another arrow on this way start close to this one and go farther? */
static bool
goes_beside(const LadderPlace *place, const LadderArrow *arrow, const LadderArrow *other)
{
  double apart =
      ladder_place_y(place, other->transmitted) - ladder_place_y(place, arrow->transmitted);
  return other->from == arrow->from && other->to == arrow->to && other->reach > arrow->reach &&
         fabs(apart) < BESIDE_LINES * place->paper->char_height;
}

/* "ACK seq 1001 ack 1, lost: rule DATA#2" for an arrow that is too short for its label, with others
 * beside it, when that has room before the node where it did not arrive. g_free; NULL: it is
 * labelled as others are. */
static char *
label_at_cross(const LadderPlace *place, guint index, const char *lost)
{
  const GArray *arrows = place->ladder->arrows;
  const LadderArrow *arrow = &g_array_index(arrows, LadderArrow, index);
  LadderLine line = ladder_place_arrow_line(place, index);
  g_autofree char *label = ladder_clean(arrow->label);
  bool beside = (index > 0 && goes_beside(place, arrow, arrow - 1)) ||
                (index + 1 < arrows->len && goes_beside(place, arrow, arrow + 1));
  if (arrow->lost_at == SIM_TIME_NEVER || !beside ||
      hypot(line.x1 - line.x0, line.y1 - line.y0) > ladder_place_width(place, label))
    return NULL;
  g_autofree char *text = g_strdup_printf("%s, %s", label, lost);
  double room = fabs(place->node_x[arrow->to] - line.x1) - 2 * place->paper->char_width;
  return ladder_place_width(place, text) < room ? g_steal_pointer(&text) : NULL;
}

/* What stands at the cross of a lost packet. g_free. */
static char *
reason_of(const LadderPlace *place, guint index, bool *labelled)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  g_autofree char *why = g_strdup_printf("lost: %s", arrow->reason);
  g_autofree char *text = ladder_clean(arrow->reason[0] != '\0' ? why : "lost");
  char *whole = label_at_cross(place, index, text);
  *labelled = whole != NULL;
  return whole != NULL ? whole : g_steal_pointer(&text);
}

/* The label of an arrow; of three and more that follow closely the first one's says how many. */
static bool
place_label(LadderPlace *place, guint index, guint followers, Crossing over)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine line = ladder_place_arrow_line(place, index);
  g_autofree char *many = g_strdup_printf("%s (and %u more)", arrow->label, followers);
  g_autofree char *text = ladder_clean(followers > 0 ? many : arrow->label);
  LadderLine whole = line; /* a lost packet's label may reach beyond its cross */
  if (arrow->reach > 0 && arrow->reach < 1) {
    whole.x1 = line.x0 + (line.x1 - line.x0) / arrow->reach;
    whole.y1 = line.y0 + (line.y1 - line.y0) / arrow->reach;
  }
  return place_text_along(place, &whole, text, over);
}

/* How many arrows behind this one share its label. */
static guint
followers(const LadderPlace *place, guint index)
{
  guint next = index + 1;
  while (next < place->ladder->arrows->len && continues(place, next))
    next++;
  return next - index < 3 ? 0 : next - index - 1;
}

/* The number of labels without room. Those that can stand clear of all lines are placed first, so
 * that none of the others takes the place beside another's arrow. */
guint
ladder_place_labels(LadderPlace *place, bool over_lines)
{
  guint n = place->ladder->arrows->len, failed = 0;
  g_autofree bool *placed = g_new0(bool, n + 1);
  for (guint i = 0; i < n; i++)
    if (g_array_index(place->ladder->arrows, LadderArrow, i).lost_at != SIM_TIME_NEVER)
      g_free(reason_of(place, i, &placed[i]));
  Crossing most = over_lines ? ACROSS_ALL_AND_BROKEN : CLEAR_OF_LINES;
  for (Crossing over = CLEAR_OF_LINES; over <= most; over++) {
    failed = 0;
    for (guint i = 0, more; i < n; i += 1 + more) {
      more = followers(place, i);
      placed[i] = placed[i] || place_label(place, i, more, over);
      failed += placed[i] ? 0 : 1;
    }
  }
  return failed;
}

/* Why it was lost: at the cross, on the side away from the sender, or below. */
static bool
place_reason(LadderPlace *place, guint index)
{
  LadderLine line = ladder_place_arrow_line(place, index);
  double height = place->paper->char_height;
  bool labelled;
  g_autofree char *text = reason_of(place, index, &labelled);
  LadderBox box = {.kind = LADDER_BOX_LOST, .h = height, .item = index};
  double sign = line.x1 >= line.x0 ? 1 : -1;
  /* Behind a flat arrow a trifle lower, so that its label can pass above the reason. */
  double aside = line.y1 - line.y0 < 0.1 * fabs(line.x1 - line.x0) ? LADDER_CROSS / 2 : 0;
  box.w = ladder_place_width(place, text);
  for (int over = 0; over <= 1; over++)
    for (int step = 0; step <= 24; step++) {
      box.x = line.x1 + sign * (box.w / 2 + place->paper->char_width) * (1 - (step % 5) * 0.5);
      box.y = line.y1 + height * (step == 0 ? aside : 0.8 + (step / 5) * 0.5);
      if (ladder_place_box(place, box, text, over == 1))
        return true;
    }
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
