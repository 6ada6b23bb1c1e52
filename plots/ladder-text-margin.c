/* ladder-text-margin: what stands outside the lifelines.
 *
 * Beside the line stand the states and calls; at the outer edge each armed timer has a lane of two
 * cells for its bracket, with its name where it is set. The nodes between have no margin: what
 * happens to them is written to the right of their line, and their timers only when they fire. */
#include "plots/ladder-text-parts.h"

#define ELLIPSIS "\xe2\x80\xa6"

static bool
is_first(guint node)
{
  return node == 0 || node == G_MAXUINT;
}

static bool
is_last(const TextLadder *t, guint node)
{
  return node == t->n - 1 && node != 0;
}

/* Where a text of this node stands. */
static TextBlock
block_for(const TextLadder *t, guint node, gint width, LadderStyle style)
{
  TextBlock block = {.style = style, .arrow = G_MAXUINT};
  if (is_first(node)) {
    gint lanes = 2 * (gint)t->lanes[0];
    block.to_the_right = true;
    block.x = t->left + lanes;
    block.width = t->left_width - lanes - 1;
  } else if (is_last(t, node)) {
    block.x = t->node_x[node] + 2;
    block.width = t->right_width - 2 * (gint)t->lanes[1] - 1;
  } else {
    gint from = t->node_x[node] + 2, to = t->node_x[node + 1] - 2;
    block.width = width;
    if (!ladder_text_block_room(t, from, to, &block)) {
      block.x = from; /* it waits for the risers to end */
      block.width = to - from;
    }
  }
  return block;
}

static void
write_beside(TextLadder *t, guint node, const char *text, LadderStyle style)
{
  TextBlock block = block_for(t, node, (gint)g_utf8_strlen(text, -1), style);
  if (is_first(node) || is_last(t, node)) {
    ladder_text_block_start(t, block, text);
    return;
  }
  g_autofree char *clean = ladder_clean(text);
  if (!ladder_canvas_is_free(t->canvas, block.x - 1, 2))
    ladder_text_row(t, NULL);
  ladder_text_block_keep(t, block, ladder_break_lines(clean, block.width), 0);
  ladder_text_block_write(t);
}

static guint
conn_number(const TextLadder *t, const char *conn)
{
  const GPtrArray *conns = t->ladder->conns;
  for (guint i = 0; conns->len > 1 && i < conns->len; i++)
    if (conns->pdata[i] == (gconstpointer)conn)
      return i + 1;
  return 0;
}

void
ladder_text_margin_state(TextLadder *t, const LadderState *state)
{
  guint number = conn_number(t, state->conn);
  g_autofree char *text =
      number > 0 ? g_strdup_printf("[%u] %s", number, state->state) : g_strdup(state->state);
  write_beside(t, state->node, text, LADDER_STYLE_STATE);
}

void
ladder_text_margin_note(TextLadder *t, const LadderNote *note)
{
  write_beside(t, note->node, note->text, LADDER_STYLE_NOTE);
}

static gint
lane_x(const TextLadder *t, guint side, guint lane)
{
  return side == 0 ? t->left + 2 * (gint)lane : (gint)t->canvas->width - 1 - 2 * (gint)lane;
}

/* `text` cut to the room beside the lanes, at its outer end. False when the row has no room. */
static bool
write_at_lane(TextLadder *t, guint side, const char *text)
{
  gint lanes = 2 * (gint)t->lanes[side];
  gint room = (side == 0 ? t->left_width - 1 : t->right_width - 1) - lanes;
  g_autofree char *clean = ladder_clean(text);
  if (ladder_canvas_text_width(clean) > room) {
    g_autoptr(GPtrArray) lines = ladder_break_lines(clean, room - 1);
    g_autofree char *cut = g_strconcat(lines->pdata[0], ELLIPSIS, NULL);
    g_free(clean);
    clean = g_steal_pointer(&cut);
  }
  gint width = ladder_canvas_text_width(clean);
  gint x = side == 0 ? t->left + lanes : (gint)t->canvas->width - lanes - width;
  gint space = side == 0 ? x : x - 1; /* one cell between it and a state */
  if (!ladder_canvas_is_free(t->canvas, space, width + 1))
    return false;
  ladder_canvas_text(t->canvas, x, clean, LADDER_STYLE_TIMER);
  return true;
}

void
ladder_text_margin_set(TextLadder *t, guint timer)
{
  const LadderTimer *item = &g_array_index(t->ladder->timers, LadderTimer, timer);
  guint side = is_first(item->node) ? 0 : 1, lane = 0;
  while (lane < t->lanes[side] && t->armed[side][lane] >= 0)
    lane++;
  if ((!is_first(item->node) && !is_last(t, item->node)) || lane >= t->lanes[side])
    return;
  while (!ladder_canvas_is_free(t->canvas, lane_x(t, side, lane), 1) ||
         !write_at_lane(t, side, item->label))
    ladder_text_row(t, NULL);
  ladder_canvas_letter(t->canvas, lane_x(t, side, lane), side == 0 ? 0x250c : 0x2510,
                       LADDER_STYLE_TIMER);
  t->armed[side][lane] = (gint)timer;
}

void
ladder_text_margin_end(TextLadder *t, guint timer)
{
  const LadderTimer *item = &g_array_index(t->ladder->timers, LadderTimer, timer);
  guint side = is_first(item->node) ? 0 : 1, lane = 0;
  while (lane < TEXT_LANES && t->armed[side][lane] != (gint)timer)
    lane++;
  if (lane == TEXT_LANES) {
    g_autofree char *text = g_strdup_printf("%s fires", item->label);
    if (item->fired && !is_first(item->node) && !is_last(t, item->node))
      write_beside(t, item->node, text, LADDER_STYLE_TIMER);
    return;
  }
  const char *word = item->fired ? "fires" : "off";
  while (!ladder_canvas_is_free(t->canvas, lane_x(t, side, lane), 1) ||
         !write_at_lane(t, side, word))
    ladder_text_row(t, NULL);
  ladder_canvas_letter(t->canvas, lane_x(t, side, lane), side == 0 ? 0x2514 : 0x2518,
                       LADDER_STYLE_TIMER);
  t->armed[side][lane] = -1;
}

void
ladder_text_margin_lanes(TextLadder *t)
{
  for (guint side = 0; side < 2; side++)
    for (guint lane = 0; lane < t->lanes[side]; lane++) {
      gint x = lane_x(t, side, lane);
      if (t->armed[side][lane] >= 0 && ladder_canvas_is_free(t->canvas, x, 1))
        ladder_canvas_letter(t->canvas, x, t->gap_row ? 0x2506 : 0x2502, LADDER_STYLE_TIMER);
    }
}
