/* ladder-text-arrow: the way of an arrow through the cells.
 *
 * An arrow leaves its lifeline in the row of its sending, with its label on the line, turns down
 * at its riser, and enters the other lifeline in the row of its arrival:
 *
 *     ├─ SYN seq 0 ───╮                       │
 *     │               ╰──────────────────────▶│
 *
 * The columns next to the lifelines are kept free of risers, so that every arrow can leave and
 * arrive. A packet that takes no time to speak of is an arrow in one row. */
#include "plots/ladder-text-parts.h"

#define CROSS 0x2717

static TextWay
way_of(const TextLadder *t, guint index)
{
  const LadderArrow *arrow = &g_array_index(t->ladder->arrows, LadderArrow, index);
  TextWay way = {.arrow = arrow, .index = index, .x0 = t->node_x[arrow->from]};
  bool last = arrow->from == t->n - 1 && t->n > 1;
  bool right = arrow->to > arrow->from || (arrow->to == arrow->from && !last);
  way.step = right ? 1 : -1;
  way.span = ABS(t->node_x[right ? arrow->from + 1 : arrow->from - 1] - way.x0);
  way.target = ABS(t->node_x[arrow->to] - way.x0);
  way.style = arrow->lost_at != SIM_TIME_NEVER ? LADDER_STYLE_LOST
              : arrow->row->retransmit > 0     ? LADDER_STYLE_RETRANSMIT
                                               : LADDER_STYLE_PLAIN;
  return way;
}

static guint8
forward(const TextWay *way)
{
  return way->step > 0 ? LADDER_RIGHT : LADDER_LEFT;
}

static guint8
backward(const TextWay *way)
{
  return way->step > 0 ? LADDER_LEFT : LADDER_RIGHT;
}

/* A horizontal line from distance `a` to `b` >= a, both inclusive, over what may be crossed; cells
 * that hold the label are left out. */
static void
draw_line(TextLadder *t, const TextWay *way, gint a, gint b)
{
  for (gint u = a; u <= b; u++) {
    gint x = way->x0 + way->step * u;
    if (ladder_canvas_takes_line(t->canvas, x, LADDER_LEFT | LADDER_RIGHT))
      ladder_canvas_line(t->canvas, x, LADDER_LEFT | LADDER_RIGHT, way->style);
  }
}

/* May a line go from `a` to `b` in the last row? */
static bool
line_free(const TextLadder *t, const TextWay *way, gint a, gint b)
{
  for (gint u = MIN(a, b); u <= MAX(a, b); u++)
    if (!ladder_canvas_takes_line(t->canvas, way->x0 + way->step * u, LADDER_LEFT | LADDER_RIGHT))
      return false;
  return true;
}

/* Writes the label's first line where it was given room, and keeps the others for the rows to
 * come. Returns the distance of its far end. */
static gint
draw_label(TextLadder *t, const TextWay *way, TextBlock block, const char *label)
{
  GPtrArray *lines = ladder_break_lines(label, block.width);
  gint width = ladder_canvas_text_width(lines->pdata[0]);
  gint x = way->step > 0 ? block.x : block.x + block.width - width;
  gint widest = 0;
  ladder_canvas_text(t->canvas, x, lines->pdata[0], way->style);
  for (guint i = 0; i < lines->len; i++)
    widest = MAX(widest, ladder_canvas_text_width(lines->pdata[i]));
  if (way->step < 0)
    block.x += block.width - widest;
  block.width = widest; /* the rest of the room is free for others */
  ladder_text_block_keep(t, block, lines, 1);
  return way->step > 0 ? x + width - way->x0 : way->x0 - x + 1;
}

/* Leaves a blank on both sides of the label: the line stops short of it. */
static void
draw_line_around(TextLadder *t, const TextWay *way, gint end, gint label_from, gint label_to)
{
  ladder_canvas_line(t->canvas, way->x0, forward(way), way->style);
  if (label_from > label_to) {
    draw_line(t, way, 1, end);
    return;
  }
  draw_line(t, way, 1, label_from - 2);
  if (label_to + 1 < end)
    draw_line(t, way, label_to + 2, end);
  else if (label_to + 1 == end)
    draw_line(t, way, end, end);
}

/* Where the label's cells lie as distances. */
static void
label_distances(const TextWay *way, const TextBlock *block, const char *line, gint *from, gint *to)
{
  gint width = ladder_canvas_text_width(line);
  gint x = way->step > 0 ? block->x : block->x + block->width - width;
  *from = way->step > 0 ? x - way->x0 : way->x0 - (x + width - 1);
  *to = *from + width - 1;
}

/* The line as far as `end` with its label on it. The label may be empty. */
static void
draw_departure(TextLadder *t, const TextWay *way, gint end, const TextBlock *block,
               const char *label)
{
  gint from = 1, to = 0;
  if (block != NULL && label[0] != '\0') {
    g_autoptr(GPtrArray) lines = ladder_break_lines(label, block->width);
    label_distances(way, block, lines->pdata[0], &from, &to);
    draw_label(t, way, *block, label);
  }
  draw_line_around(t, way, end, from, to);
}

/* The free cell for a cross that is nearest to `wish`, rather before than behind it. */
static gint
place_for_cross(const TextLadder *t, const TextWay *way, gint wish, gint least, gint most)
{
  for (gint u = wish; u >= least; u--)
    if (ladder_canvas_is_free(t->canvas, way->x0 + way->step * u, 1))
      return u;
  for (gint u = wish + 1; u < most; u++)
    if (ladder_canvas_is_free(t->canvas, way->x0 + way->step * u, 1))
      return u;
  return most; /* next to a lifeline, where no riser stands */
}

static void
head(TextLadder *t, const TextWay *way, gint u, gint step)
{
  ladder_canvas_letter(t->canvas, way->x0 + way->step * u, step > 0 ? 0x25b6 : 0x25c0, way->style);
}

/* Are other arrows under way? */
static bool
has_company(const TextLadder *t, const TextWay *way)
{
  for (guint i = 0; i < t->risers->len; i++)
    if (g_array_index(t->risers, TextRiser, i).arrow != way->index)
      return true;
  return false;
}

/* Why it was lost: beside the cross where there is room, else in the rows below, where it says
 * which packet it is about if it could be another's. */
static void
draw_reason(TextLadder *t, const TextWay *way, gint cross)
{
  g_autofree char *why = g_strdup_printf("lost: %s", way->arrow->reason);
  g_autofree char *text = ladder_clean(way->arrow->reason[0] != '\0' ? why : "lost");
  gint width = ladder_canvas_text_width(text);
  gint near = way->x0 + way->step * (cross + 2), far = way->x0 + way->step * (way->span - 2);
  TextBlock block = {.style = LADDER_STYLE_LOST, .arrow = way->index, .width = width};
  bool beside = cross + 2 <= way->span - 2 && ladder_text_block_room(t, near, far, &block) &&
                block.width == width && block.x == (way->step > 0 ? near : near - width + 1) &&
                ladder_canvas_is_free(t->canvas, block.x, width);
  if (beside) {
    ladder_canvas_text(t->canvas, block.x, text, LADDER_STYLE_LOST);
    return;
  }
  if (has_company(t, way)) {
    g_autofree char *label = ladder_clean(way->arrow->label);
    g_autofree char *reason = g_steal_pointer(&text);
    text = g_strdup_printf("%s, %s", label, reason);
  }
  block.width = ladder_canvas_text_width(text);
  gint begin = way->x0 + way->step * TEXT_LABEL_AT;
  if (!ladder_text_block_room_later(t, far, begin, &block)) {
    block.x = MIN(far, begin);
    block.width = ABS(far - begin) + 1;
  }
  ladder_text_block_keep(t, block, ladder_break_lines(text, block.width), 0);
}

/* One row: the whole arrow, or as far as it came. */
static void
depart_straight(TextLadder *t, const TextWay *way, const char *label)
{
  bool lost = way->arrow->lost_at != SIM_TIME_NEVER;
  gint letters = (gint)g_utf8_strlen(label, -1), from, to = 0;
  TextBlock block;
  bool room = ladder_text_riser_room(t, way, way->span - (lost ? 4 : 1), letters, &block);
  gint end = way->target - 1;
  if (lost) {
    end = (gint)(way->arrow->reach * (way->target - 1));
    if (room) {
      g_autoptr(GPtrArray) lines = ladder_break_lines(label, block.width);
      label_distances(way, &block, lines->pdata[0], &from, &to);
      end = MAX(end, to + 4);
    }
    end = CLAMP(end, TEXT_LABEL_AT, way->target - 1);
    end = place_for_cross(t, way, end, room ? to + 2 : 2, way->target - 1);
  }
  draw_departure(t, way, end - 1, room ? &block : NULL, label);
  if (!lost) {
    head(t, way, end, way->step);
    return;
  }
  ladder_canvas_letter(t->canvas, way->x0 + way->step * end, CROSS, way->style);
  draw_reason(t, way, end);
}

static void
depart_numbered(TextLadder *t, const TextWay *way, const char *label)
{
  g_autofree char *text = g_strdup_printf("%s \xe2\x86\x92 #%u", label, way->index + 1);
  TextRiser riser = {way->index, -1};
  TextBlock block;
  bool room = ladder_text_riser_room(t, way, way->span, (gint)g_utf8_strlen(text, -1), &block);
  draw_departure(t, way, 1, room ? &block : NULL, text);
  g_array_append_val(t->risers, riser);
}

static void
depart_with_riser(TextLadder *t, const TextWay *way, gint u, const char *label)
{
  TextRiser riser = {way->index, way->x0 + way->step * u};
  TextBlock block;
  ladder_text_riser_room(t, way, u, (gint)g_utf8_strlen(label, -1), &block);
  draw_departure(t, way, u - 1, &block, label);
  ladder_canvas_line(t->canvas, riser.x, backward(way), way->style);
  g_array_append_val(t->risers, riser);
}

void
ladder_text_arrow_depart(TextLadder *t, guint arrow)
{
  TextWay way = way_of(t, arrow);
  g_autofree char *label = ladder_clean(way.arrow->label);
  /* A row in which nothing else stands between the lifelines: then all that is left to mind are
   * the risers and the waiting texts. */
  gint reach = t->straight[arrow] ? way.target - 1 : way.span - 1;
  while (!line_free(t, &way, 1, reach) ||
         !ladder_canvas_takes_line(t->canvas, way.x0, forward(&way)))
    ladder_text_row(t, NULL);
  if (t->straight[arrow]) {
    depart_straight(t, &way, label);
    return;
  }
  gint u = ladder_text_riser_choose(t, &way, label);
  if (u > 0)
    depart_with_riser(t, &way, u, label);
  else
    depart_numbered(t, &way, label);
}

/* An arrow without riser comes in: its number, and the head. */
static void
end_numbered(TextLadder *t, const TextWay *way)
{
  g_autofree char *text = g_strdup_printf("#%u", way->index + 1);
  bool lost = way->arrow->lost_at != SIM_TIME_NEVER;
  gint width = ladder_canvas_text_width(text), edge = way->target;
  gint a = way->x0 + way->step * (edge - 4), b = way->x0 + way->step * (edge - way->span + 2);
  TextBlock block = {.width = MAX(width, 4)};
  bool fits = ladder_text_block_room(t, a, b, &block) && block.width >= width;
  gint x = way->step > 0 ? block.x + block.width - width : block.x;
  if (fits)
    ladder_canvas_text(t->canvas, x, text, way->style);
  gint near = !fits ? edge - 3 : (way->step > 0 ? x + width - way->x0 : way->x0 - x + 1);
  draw_line(t, way, near + 1, edge - 2);
  if (lost)
    ladder_canvas_letter(t->canvas, way->x0 + way->step * (edge - 1), CROSS, way->style);
  else
    head(t, way, edge - 1, way->step);
  if (lost)
    draw_reason(t, way, edge - 1);
}

static void
end_with_riser(TextLadder *t, const TextWay *way, gint x)
{
  gint u = (x - way->x0) * way->step;
  if (way->arrow->lost_at != SIM_TIME_NEVER) {
    gint far = (way->target > 0 ? way->target : way->span) - 1;
    gint wish = CLAMP((gint)(way->arrow->reach * far), MIN(u + 3, far), far);
    gint end = place_for_cross(t, way, wish, u + 2, far);
    ladder_canvas_line(t->canvas, x, forward(way), way->style);
    draw_line(t, way, u + 1, end - 1);
    ladder_canvas_letter(t->canvas, way->x0 + way->step * end, CROSS, way->style);
    draw_reason(t, way, end);
  } else if (way->target == 0) { /* back to where it came from */
    ladder_canvas_line(t->canvas, x, backward(way), way->style);
    draw_line(t, way, 2, u - 1);
    head(t, way, 1, -way->step);
  } else {
    ladder_canvas_line(t->canvas, x, forward(way), way->style);
    draw_line(t, way, u + 1, way->target - 2);
    head(t, way, way->target - 1, way->step);
  }
}

void
ladder_text_arrow_end(TextLadder *t, guint arrow)
{
  TextWay way = way_of(t, arrow);
  gint x = -1;
  guint at = 0;
  while (at < t->risers->len && g_array_index(t->risers, TextRiser, at).arrow != arrow)
    at++;
  if (at == t->risers->len)
    return;
  x = g_array_index(t->risers, TextRiser, at).x;
  while (x >= 0 && ladder_text_block_waits(t, arrow))
    ladder_text_row(t, NULL);
  if (x < 0 && way.target == 0) { /* it comes back to its own line, from the other side */
    way.x0 += way.step * way.span;
    way.step = -way.step;
    way.target = way.span;
  }
  bool lost = way.arrow->lost_at != SIM_TIME_NEVER, back = way.target == 0 && !lost;
  gint u = x >= 0 ? (x - way.x0) * way.step : way.target - way.span;
  gint last = back ? 1 : (way.target > 0 ? way.target : way.span) - 1;
  while (!line_free(t, &way, back ? u - 1 : u + 1, last) ||
         (x >= 0 && !ladder_canvas_takes_line(t->canvas, x, LADDER_LEFT | LADDER_RIGHT)))
    ladder_text_row(t, NULL);
  g_array_remove_index(t->risers, at);
  if (x < 0)
    end_numbered(t, &way);
  else
    end_with_riser(t, &way, x);
}
