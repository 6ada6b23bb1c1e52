/* ladder-place-labels: what is said of the packets, along their arrows.
 *
 * A label stands above its arrow or below it, in as few lines as fit, its options or its remark on
 * the other side if need be. It is nearer to its own arrow than to any other that runs the same
 * way, or it does not stand there: a label at a neighbour's arrow is worse than none. Arrows too
 * close for labels of their own have one together (ladder-bundle.c): above the first of them, or
 * below the last. Those that look like one arrow, since they leave at one moment, have their labels
 * in a stack, in the order in which they leave. */
#include <math.h>
#include <string.h>

#include "plots/ladder-place-parts.h"

#define OFF_LINES 3.3   /* how far from its arrow a label may stand when nothing nearer is free */
#define OFF_STEP 1.1    /* a line, and a trifle: neighbours do not have quite the same slope */
#define DENSE_LINES 1.1 /* between two arrows: with less a label has no place that is its own */
#define BURST_LINES 4   /* between arrows that share a label when one of them has no room for its */
#define ONE_STROKE 0.15 /* lines of text between arrows that look like one */
#define OVERHANG                                                                                   \
  0.25 /* of its arrow's way: a label that is longer than it stands about its middle */
#define PARALLEL 0.17 /* sine of the angle between arrows whose labels could be mixed up */

/* What a label may touch when there is no better place for it; at last its remark may be broken. */
typedef enum { CLEAR_OF_LINES, ACROSS_ARROWS, ACROSS_ALL, ACROSS_ALL_AND_BROKEN } Crossing;

typedef enum { ABOVE = 1, BELOW = 2 } Sides;

/* A label that looks for its place. */
typedef struct Label {
  guint first, last; /* the arrows that it speaks of; the same: of one */
  LadderLine line;   /* along which it stands; a lost packet's goes on beyond its cross */
  Sides sides;       /* of the line, where it may stand */
} Label;

static double
distance(const LadderLine *line, double x, double y)
{
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0, square = dx * dx + dy * dy;
  double at = square > 0 ? ((x - line->x0) * dx + (y - line->y0) * dy) / square : 0;
  at = CLAMP(at, 0, 1);
  return hypot(x - line->x0 - at * dx, y - line->y0 - at * dy);
}

/* Could a text along `line` be taken for one along `other`? */
static bool
is_parallel(const LadderLine *line, const LadderLine *other)
{
  double ax = line->x1 - line->x0, ay = line->y1 - line->y0;
  double bx = other->x1 - other->x0, by = other->y1 - other->y0;
  return fabs(ax * by - ay * bx) <= PARALLEL * hypot(ax, ay) * hypot(bx, by);
}

/* Is (x, y) nearer to the label's arrows than to any other of that slope? */
static bool
is_nearest(const LadderPlace *place, const Label *label, double x, double y)
{
  const GArray *arrows = place->ladder->arrows;
  double own = INFINITY;
  for (guint i = label->first; i <= label->last; i++)
    if (ladder_bundle_has(place, label->first, label->last, i)) {
      LadderLine line = ladder_place_arrow_line(place, i);
      own = MIN(own, distance(&line, x, y));
    }
  own -= ONE_STROKE * place->paper->char_height;
  for (guint i = 0; i < arrows->len; i++) {
    LadderLine line = ladder_place_arrow_line(place, i);
    if (y + own > line.y0 && y - own < line.y1 && is_parallel(&label->line, &line) &&
        distance(&line, x, y) < own && !ladder_bundle_has(place, label->first, label->last, i))
      return false;
  }
  return true;
}

/* Where the middle of a text stands that is `away` lines of text above the point `at` of the
 * label's way. */
static void
aim(const LadderPlace *place, const Label *label, double at, double away, LadderBox *box)
{
  const LadderLine *line = &label->line;
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0, length = hypot(dx, dy);
  double up = (dx < 0 ? -away : away) * place->paper->char_height / length;
  box->x = line->x0 + dx * at + dy * up;
  box->y = line->y0 + dy * at - dx * up;
}

/* One line of the label, `away` lines of text above the point `at` of its way. */
static bool
try_line(LadderPlace *place, const Label *label, const char *text, double at, double away,
         Crossing over)
{
  const LadderLine *line = &label->line;
  double dx = line->x1 - line->x0, dy = line->y1 - line->y0, height = place->paper->char_height;
  LadderBox box = {.kind = LADDER_BOX_LABEL, .h = height, .item = label->first};
  box.last = label->last;
  box.w = ladder_place_width(place, text);
  box.angle = atan2(dx < 0 ? dy : -dy, fabs(dx)) * (180 / G_PI); /* it runs to the right */
  aim(place, label, at, away, &box);
  double reach = (fabs(dx) * box.w + fabs(dy) * box.h) / (2 * hypot(dx, dy)); /* to its sides */
  bool between =
      box.x - reach >= MIN(line->x0, line->x1) && box.x + reach <= MAX(line->x0, line->x1);
  bool overhangs = !between && (over < ACROSS_ALL || fabs(at - 0.5) > OVERHANG);
  bool among_names = box.y - height / 2 < place->legend + height;
  return !among_names && !overhangs && ladder_place_box(place, box, text, over != CLEAR_OF_LINES);
}

/* The lines of one label around `at`, a part of the arrow's way: the first `above` of them
 * stacked above the arrow, the others below it, `off` lines of text away. All or none. */
static bool
try_label(LadderPlace *place, const Label *label, const GPtrArray *lines, guint above, double at,
          double off, Crossing over)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, label->first);
  guint before = place->texts.boxes->len;
  double up = 0.55 + off, down = 0.6 + off; /* middles of the lines next to the arrow */
  if (arrow->lost_at != SIM_TIME_NEVER) {   /* clear of its own cross */
    up += LADDER_CROSS;
    down += LADDER_CROSS;
  }
  bool fits = true;
  for (guint i = 0; fits && i < lines->len; i++)
    fits = try_line(place, label, lines->pdata[i], at,
                    i < above ? up + (above - 1 - i) : -down - (i - above), over);
  LadderBox middle;
  if (fits && above > 0) {
    aim(place, label, at, up + (above - 1) / 2.0, &middle);
    fits = is_nearest(place, label, middle.x, middle.y);
  }
  if (fits && above < lines->len) {
    aim(place, label, at, -down - (lines->len - above - 1) / 2.0, &middle);
    fits = is_nearest(place, label, middle.x, middle.y);
  }
  if (!fits)
    ladder_place_take_back(place, before);
  return fits;
}

/* The same from the middle of the arrow towards both of its ends; where the labels of others stand
 * along it, at last beside those. */
static bool
try_label_along(LadderPlace *place, const Label *label, const GPtrArray *lines, guint above,
                Crossing over)
{
  bool allowed = (above == 0 || (label->sides & ABOVE) != 0) &&
                 (above == lines->len || (label->sides & BELOW) != 0);
  double farthest = over >= ACROSS_ARROWS ? OFF_LINES : 0;
  for (double off = 0; allowed && off <= farthest; off += OFF_STEP)
    for (int step = 0; step <= 36; step++) {
      double at = 0.5 + (step % 2 == 0 ? 1 : -1) * ((step + 1) / 2) * 0.025;
      if (try_label(place, label, lines, above, at, off, over))
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
place_parted(LadderPlace *place, const Label *label, const char *text, gint letters, Crossing over)
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
  return try_label_along(place, label, lines, above, over);
}

/* The letters of its longest word: half a number would be another number. */
static gint
longest_word(const char *text)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  glong longest = 0;
  for (guint i = 0; words[i] != NULL; i++)
    longest = MAX(longest, g_utf8_strlen(words[i], -1));
  return (gint)longest;
}

static bool
place_text_along(LadderPlace *place, const Label *label, const char *text, Crossing over)
{
  const LadderLine *line = &label->line;
  double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
  gint least = MAX(longest_word(text), 6);
  gint most = MAX((gint)(length * 0.98 / place->paper->char_width), least);
  for (gint letters = most; letters >= MAX(most / 2, least); letters -= MAX(most / 4, 1)) {
    g_autoptr(GPtrArray) lines = ladder_break_lines(text, letters);
    bool whole = over == ACROSS_ALL_AND_BROKEN || !breaks_remark(lines);
    if (lines->len > 1 && place_parted(place, label, text, letters, over))
      return true;
    if ((whole && (try_label_along(place, label, lines, lines->len, over) ||
                   try_label_along(place, label, lines, 0, over))) ||
        place_parted(place, label, text, letters, over))
      return true;
  }
  return false;
}

/* The label of an arrow, or of all from `first` to `last` on its way. */
static bool
place_label(LadderPlace *place, guint first, guint last, Crossing over)
{
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, first);
  Label label = {.first = first, .last = last, .sides = ABOVE | BELOW};
  label.line = ladder_place_arrow_line(place, first);
  if (first != last) {
    g_autofree char *many = ladder_bundle_text(place, first, last);
    label.sides = ABOVE;
    if (place_text_along(place, &label, many, over))
      return true;
    label.line = ladder_place_arrow_line(place, last);
    label.sides = BELOW;
    return place_text_along(place, &label, many, over);
  }
  LadderLine *line = &label.line;
  if (arrow->reach > 0 && arrow->reach < 1) {
    line->x1 = line->x0 + (line->x1 - line->x0) / arrow->reach;
    line->y1 = line->y0 + (line->y1 - line->y0) / arrow->reach;
  }
  g_autofree char *text = ladder_clean(arrow->label);
  return place_text_along(place, &label, text, over);
}

/* -- arrows that look like one -- */

/* Does `index` lie on the arrow `first`, so that nobody sees two? */
static bool
lies_on(const LadderPlace *place, guint first, guint index)
{
  const LadderArrow *one = &g_array_index(place->ladder->arrows, LadderArrow, first);
  const LadderArrow *arrow = &g_array_index(place->ladder->arrows, LadderArrow, index);
  LadderLine a = ladder_place_arrow_line(place, first), b = ladder_place_arrow_line(place, index);
  double near = ONE_STROKE * place->paper->char_height;
  return arrow->from == one->from && arrow->to == one->to && one->lost_at == SIM_TIME_NEVER &&
         arrow->lost_at == SIM_TIME_NEVER && fabs(a.y0 - b.y0) < near && fabs(a.y1 - b.y1) < near;
}

/* Could `index` still lie on `first`, or one behind it? They are sorted by the time at which they
 * leave. */
static bool
leave_together(const LadderPlace *place, guint first, guint index)
{
  double from = ladder_place_arrow_line(place, first).y0;
  double to = ladder_place_arrow_line(place, index).y0;
  return fabs(to - from) < ONE_STROKE * place->paper->char_height;
}

/* Does another arrow lie on this one? */
static bool
is_stacked(const LadderPlace *place, guint index)
{
  for (guint i = index; i-- > 0 && leave_together(place, i, index);)
    if (lies_on(place, i, index))
      return true;
  for (guint i = index + 1; i < place->ladder->arrows->len && leave_together(place, index, i); i++)
    if (lies_on(place, index, i))
      return true;
  return false;
}

/* The labels of `first` and of all that lie on it and have none yet, those that go on with one
 * another as one: half of them above the arrow and the rest below it, or all on one side. `last` as
 * ladder_bundles() has it. False: they are not placed, or `first` is alone. */
static bool
place_stack(LadderPlace *place, const guint *last, guint first, bool *placed, Crossing over)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(guint)); /* lines up to each member's */
  Label label = {.first = first, .sides = ABOVE | BELOW};
  label.line = ladder_place_arrow_line(place, first);
  double length = hypot(label.line.x1 - label.line.x0, label.line.y1 - label.line.y0);
  gint most = MAX((gint)(length * 0.98 / place->paper->char_width), 6);
  const GArray *arrows = place->ladder->arrows;
  for (guint i = first; i < arrows->len && leave_together(place, first, i); i++) {
    const LadderArrow *arrow = &g_array_index(arrows, LadderArrow, i);
    if (placed[i] || !lies_on(place, first, i))
      continue;
    g_autofree char *text =
        last[i] != i ? ladder_bundle_text(place, i, last[i]) : ladder_clean(arrow->label);
    g_autoptr(GPtrArray) own = ladder_break_lines(text, MAX(most, longest_word(text)));
    for (guint k = 0; k < own->len; k++)
      g_ptr_array_add(lines, g_strdup(own->pdata[k]));
    g_array_append_val(members, i);
    g_array_append_val(ends, lines->len);
    label.last = last[i];
  }
  if (members->len < 2)
    return false;
  const guint above[] = {g_array_index(ends, guint, (members->len - 1) / 2), 0, lines->len};
  bool good = false;
  for (guint i = 0; i < G_N_ELEMENTS(above) && !good; i++)
    good = try_label_along(place, &label, lines, above[i], over);
  if (!good)
    return false;
  guint boxes = place->texts.boxes->len - lines->len;
  for (guint i = 0, line = 0; good && i < members->len; i++) {
    Label own = {.first = g_array_index(members, guint, i), .line = label.line};
    double x = 0, y = 0;
    guint from = line, to = g_array_index(ends, guint, i);
    own.last = last[own.first];
    for (; line < to; line++) { /* each speaks of its own */
      LadderBox *box = &g_array_index(place->texts.boxes, LadderBox, boxes + line);
      box->item = own.first;
      box->last = own.last;
      x += box->x / (to - from);
      y += box->y / (to - from);
    }
    good = is_nearest(place, &own, x, y);
  }
  if (!good)
    ladder_place_take_back(place, boxes);
  for (guint i = 0; good && i < members->len; i++)
    placed[g_array_index(members, guint, i)] = true;
  return good;
}

/* -- all of them -- */

/* Takes the labels of the arrows from `first` to `last` on their way out of the drawing, into
 * `taken`. */
static void
take_labels(LadderPlace *place, guint first, guint last, GArray *taken)
{
  GArray *boxes = place->texts.boxes;
  for (guint i = boxes->len; i-- > 0;) {
    const LadderBox *box = &g_array_index(boxes, LadderBox, i);
    if (box->kind != LADDER_BOX_LABEL || !ladder_bundle_has(place, first, last, box->item))
      continue;
    g_array_append_vals(taken, box, 1);
    g_array_remove_index(boxes, i);
  }
}

/* One label for the arrows from `first` to `last`, in place of those that they have. */
static bool
place_together(LadderPlace *place, guint first, guint last)
{
  g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(LadderBox));
  take_labels(place, first, last, taken);
  bool placed = false;
  for (Crossing over = CLEAR_OF_LINES; !placed && over <= ACROSS_ALL_AND_BROKEN; over++)
    placed = place_label(place, first, last, over);
  for (guint i = 0; i < taken->len; i++) {
    LadderBox *box = &g_array_index(taken, LadderBox, i);
    if (placed)
      g_free(box->text);
    else
      g_array_append_vals(place->texts.boxes, box, 1);
  }
  return placed;
}

/* Of a burst in which somebody's label found no room, all share one. */
static void
share_labels(LadderPlace *place, bool *placed)
{
  guint n = place->ladder->arrows->len;
  g_autofree guint *last = ladder_bundles(place, BURST_LINES);
  for (guint i = 0; i < n; i++) {
    bool missing = false;
    if (last[i] == i || last[i] == LADDER_FOLLOWS)
      continue;
    for (guint k = i; k <= last[i]; k++)
      missing = missing || (!placed[k] && ladder_bundle_has(place, i, last[i], k));
    if (!missing || !place_together(place, i, last[i]))
      continue;
    for (guint k = i; k <= last[i]; k++)
      placed[k] = placed[k] || ladder_bundle_has(place, i, last[i], k);
  }
}

/* The number of arrows without a label. Those that can stand clear of all lines are placed first,
 * so that none of the others takes the place beside another's arrow. */
guint
ladder_place_labels(LadderPlace *place, bool over_lines)
{
  guint n = place->ladder->arrows->len, failed = 0;
  g_autofree bool *placed = g_new0(bool, n + 1);
  g_autofree guint *last = ladder_bundles(place, DENSE_LINES);
  for (guint i = 0; i < n; i++)
    placed[i] = last[i] == LADDER_FOLLOWS || ladder_place_is_at_cross(place, i);
  Crossing most = over_lines ? ACROSS_ALL_AND_BROKEN : CLEAR_OF_LINES;
  for (Crossing over = CLEAR_OF_LINES; over <= most; over++)
    for (guint i = 0; i < n; i++)
      placed[i] = placed[i] ||
                  (over <= ACROSS_ARROWS && place_stack(place, last, i, placed, over)) ||
                  (!is_stacked(place, i) && place_label(place, i, last[i], over));
  for (Crossing over = CLEAR_OF_LINES; over <= most;
       over++) /* a stack that has no room falls apart */
    for (guint i = 0; i < n; i++)
      placed[i] = placed[i] || place_label(place, i, last[i], over);
  if (over_lines)
    share_labels(place, placed);
  for (guint i = 0; i < n; i++)
    failed += placed[i] ? 0 : ladder_bundle_count(place, i, last[i]);
  return failed;
}
