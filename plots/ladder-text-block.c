/* ladder-text-block: texts that need more than one row.
 *
 * A block knows its cells. Each new row offers itself to all that wait, in order; a line is
 * written when its cells are free there. New risers keep out of the cells of waiting blocks, so
 * that none waits for longer than the lines before it take. */
#include "plots/ladder-text-parts.h"

#define LEAST_ROOM 4 /* cells; less is not worth a line of text */

static void
block_free(gpointer data)
{
  TextBlock *block = data;
  g_ptr_array_unref(block->lines);
  g_free(block);
}

static bool
is_obstacle(const TextLadder *t, gint x, bool over_blocks)
{
  for (guint i = 0; i < t->risers->len; i++)
    if (ABS(g_array_index(t->risers, TextRiser, i).x - x) <= 1)
      return true;
  for (guint i = 0; i < t->n; i++)
    if (t->node_x[i] == x)
      return true;
  for (guint i = 0; !over_blocks && i < t->blocks->len; i++) {
    const TextBlock *block = t->blocks->pdata[i];
    if (x >= block->x && x < block->x + block->width)
      return true;
  }
  return false;
}

static bool
find_room(const TextLadder *t, gint a, gint b, bool over_blocks, TextBlock *block)
{
  gint step = b >= a ? 1 : -1, length = 0, wanted = block->width;
  block->width = 0;
  for (gint at = a; block->width < wanted; at += step) {
    bool end = at == b + step;
    if (!end && !is_obstacle(t, at, over_blocks)) {
      length++;
      if (length < wanted)
        continue;
      at += step; /* enough */
    }
    if (length > block->width) {
      block->x = step > 0 ? at - length : at + 1;
      block->width = length;
    }
    length = 0;
    if (end)
      break;
  }
  return block->width >= LEAST_ROOM;
}

bool
ladder_text_block_room(const TextLadder *t, gint a, gint b, TextBlock *block)
{
  return find_room(t, a, b, false, block);
}

bool
ladder_text_block_room_later(const TextLadder *t, gint a, gint b, TextBlock *block)
{
  return find_room(t, a, b, true, block);
}

/* Writes the block's next line into the last row when there is room for it, a space around it. */
static bool
write_line(TextLadder *t, const TextBlock *block)
{
  const char *line = block->lines->pdata[block->next];
  gint width = ladder_canvas_text_width(line);
  gint x = block->to_the_right ? block->x + block->width - width : block->x;
  if (!ladder_canvas_is_free(t->canvas, x, width))
    return false;
  if (x > 0 && !ladder_canvas_is_free(t->canvas, x - 1, 1) &&
      !ladder_canvas_takes_line(t->canvas, x - 1, 0))
    return false; /* another text ends right before it */
  if (x + width < (gint)t->canvas->width && !ladder_canvas_is_free(t->canvas, x + width, 1) &&
      !ladder_canvas_takes_line(t->canvas, x + width, 0))
    return false;
  ladder_canvas_text(t->canvas, x, line, block->style);
  return true;
}

void
ladder_text_block_write(TextLadder *t)
{
  for (guint i = 0; i < t->blocks->len; i++) {
    TextBlock *block = t->blocks->pdata[i];
    if (!write_line(t, block) || ++block->next < block->lines->len)
      continue;
    g_ptr_array_remove_index(t->blocks, i--);
    block_free(block);
  }
}

void
ladder_text_block_keep(TextLadder *t, TextBlock block, GPtrArray *lines, guint next)
{
  if (next >= lines->len) {
    g_ptr_array_unref(lines);
    return;
  }
  block.lines = lines;
  block.next = next;
  g_ptr_array_add(t->blocks, g_memdup2(&block, sizeof block));
}

void
ladder_text_block_start(TextLadder *t, TextBlock block, const char *text)
{
  g_autofree char *clean = ladder_clean(text);
  block.lines = ladder_break_lines(clean, block.width);
  block.next = 0;
  if (block.lines->len == 0) {
    g_ptr_array_unref(block.lines);
    return;
  }
  while (!write_line(t, &block))
    ladder_text_row(t, NULL);
  ladder_text_block_keep(t, block, block.lines, 1);
}

bool
ladder_text_block_waits(const TextLadder *t, guint arrow)
{
  for (guint i = 0; i < t->blocks->len; i++) {
    const TextBlock *block = t->blocks->pdata[i];
    if (arrow == G_MAXUINT || block->arrow == arrow)
      return true;
  }
  return false;
}
