/* ladder-canvas: see the header. The letters that draw lines are chosen when all is in place. */
#include "plots/ladder-canvas.h"

#include <string.h>

#define DOTTED 16 /* beside LADDER_UP ... in LadderCell.lines */

LadderCanvas *
ladder_canvas_new(guint width)
{
  LadderCanvas *canvas = g_new0(LadderCanvas, 1);
  canvas->width = width;
  canvas->rows = g_ptr_array_new_with_free_func(g_free);
  return canvas;
}

void
ladder_canvas_free(LadderCanvas *canvas)
{
  g_ptr_array_unref(canvas->rows);
  g_free(canvas);
}

void
ladder_canvas_add_row(LadderCanvas *canvas)
{
  g_ptr_array_add(canvas->rows, g_new0(LadderCell, canvas->width));
}

static LadderCell *
cell_at(const LadderCanvas *canvas, gint x)
{
  g_assert(canvas->rows->len > 0 && x >= 0 && x < (gint)canvas->width);
  return (LadderCell *)canvas->rows->pdata[canvas->rows->len - 1] + x;
}

bool
ladder_canvas_is_free(const LadderCanvas *canvas, gint x, gint count)
{
  if (x < 0 || x + count > (gint)canvas->width)
    return false;
  for (gint i = 0; i < count; i++) {
    const LadderCell *cell = cell_at(canvas, x + i);
    if (cell->taken || cell->lines != 0)
      return false;
  }
  return true;
}

bool
ladder_canvas_takes_line(const LadderCanvas *canvas, gint x, guint8 lines)
{
  if (x < 0 || x >= (gint)canvas->width)
    return false;
  const LadderCell *cell = cell_at(canvas, x);
  return !cell->taken && (cell->lines & lines) == 0;
}

void
ladder_canvas_line(LadderCanvas *canvas, gint x, guint8 lines, LadderStyle style)
{
  LadderCell *cell = cell_at(canvas, x);
  g_assert(ladder_canvas_takes_line(canvas, x, lines));
  if (cell->lines == 0 || style != LADDER_STYLE_PLAIN)
    cell->style = style;
  cell->lines |= lines;
}

void
ladder_canvas_letter(LadderCanvas *canvas, gint x, gunichar letter, LadderStyle style)
{
  LadderCell *cell = cell_at(canvas, x);
  g_assert(!cell->taken && cell->lines == 0);
  *cell = (LadderCell){.letter = letter, .style = style, .taken = true};
}

void
ladder_canvas_text(LadderCanvas *canvas, gint x, const char *text, LadderStyle style)
{
  for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    gunichar letter = g_utf8_get_char(p);
    if (g_unichar_iscntrl(letter)) /* of a file that was edited: a terminal would obey it */
      letter = 0xfffd;
    ladder_canvas_letter(canvas, x++, letter, style);
    if (!g_unichar_iswide(letter))
      continue;
    LadderCell *half = cell_at(canvas, x++);
    g_assert(!half->taken && half->lines == 0);
    *half = (LadderCell){.style = style, .taken = true};
  }
}

void
ladder_canvas_dot_row(LadderCanvas *canvas)
{
  for (guint x = 0; x < canvas->width; x++) {
    LadderCell *cell = cell_at(canvas, (gint)x);
    if (cell->lines == (LADDER_UP | LADDER_DOWN))
      cell->lines |= DOTTED;
  }
}

gint
ladder_canvas_text_width(const char *text)
{
  gint width = 0;
  for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar)*p])
    width += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
  return width;
}

static const char *
line_unicode(guint8 lines)
{
  static const char *const glyphs[16] = {
      [LADDER_UP] = "│",
      [LADDER_DOWN] = "│",
      [LADDER_UP | LADDER_DOWN] = "│",
      [LADDER_LEFT] = "─",
      [LADDER_RIGHT] = "─",
      [LADDER_LEFT | LADDER_RIGHT] = "─",
      [LADDER_UP | LADDER_LEFT] = "╯",
      [LADDER_UP | LADDER_RIGHT] = "╰",
      [LADDER_DOWN | LADDER_LEFT] = "╮",
      [LADDER_DOWN | LADDER_RIGHT] = "╭",
      [LADDER_UP | LADDER_DOWN | LADDER_LEFT] = "┤",
      [LADDER_UP | LADDER_DOWN | LADDER_RIGHT] = "├",
      [LADDER_UP | LADDER_LEFT | LADDER_RIGHT] = "┴",
      [LADDER_DOWN | LADDER_LEFT | LADDER_RIGHT] = "┬",
      [LADDER_UP | LADDER_DOWN | LADDER_LEFT | LADDER_RIGHT] = "┼",
  };
  return (lines & DOTTED) != 0 ? "┊" : glyphs[lines];
}

static char
line_ascii(guint8 lines)
{
  bool vertical = (lines & (LADDER_UP | LADDER_DOWN)) != 0;
  bool horizontal = (lines & (LADDER_LEFT | LADDER_RIGHT)) != 0;
  if ((lines & DOTTED) != 0)
    return ':';
  return vertical && horizontal ? '+' : vertical ? '|' : '-';
}

static char
letter_ascii(gunichar letter)
{
  static const struct {
    gunichar letter;
    char ascii;
  } table[] = {
      {0x25b6, '>'}, {0x25c0, '<'}, {0x2717, 'X'}, {0x22ee, ':'}, {0x250c, '+'},
      {0x2514, '+'}, {0x2510, '+'}, {0x2518, '+'}, {0x2502, '|'}, {0x2506, ':'},
      {0xb5, 'u'},   {0x2192, '>'}, {0x2026, '.'},
  };
  if (letter < 0x80)
    return (char)letter;
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    if (table[i].letter == letter)
      return table[i].ascii;
  return '?';
}

static void
print_cell(GString *text, const LadderCell *cell, bool ascii)
{
  if (cell->lines != 0 && ascii)
    g_string_append_c(text, line_ascii(cell->lines));
  else if (cell->lines != 0)
    g_string_append(text, line_unicode(cell->lines));
  else if (cell->letter != 0 && ascii)
    g_string_append_c(text, letter_ascii(cell->letter));
  else if (cell->letter != 0)
    g_string_append_unichar(text, cell->letter);
  else if (!cell->taken || ascii) /* in ASCII a wide letter became one '?' */
    g_string_append_c(text, ' ');
}

static bool
is_blank(const LadderCell *cell)
{
  return cell->lines == 0 && (!cell->taken || cell->letter == ' ');
}

static void
print_row(GString *text, const LadderCell *row, guint width, bool ascii, bool colour)
{
  static const char *const codes[LADDER_STYLES] = {
      [LADDER_STYLE_PLAIN] = "",
      [LADDER_STYLE_NAME] = "\033[1m",
      [LADDER_STYLE_TIME] = "\033[2m",
      [LADDER_STYLE_STATE] = "\033[32m",
      [LADDER_STYLE_TIMER] = "\033[36m",
      [LADDER_STYLE_NOTE] = "\033[34m",
      [LADDER_STYLE_RETRANSMIT] = "\033[33m",
      [LADDER_STYLE_LOST] = "\033[31m",
  };
  guint end = width;
  guint8 style = LADDER_STYLE_PLAIN;
  while (end > 0 && is_blank(&row[end - 1]) && !(row[end - 1].taken && row[end - 1].letter == 0))
    end--;
  for (guint x = 0; x < end; x++) {
    bool blank = is_blank(&row[x]);
    if (colour && !blank && row[x].style != style) {
      if (style != LADDER_STYLE_PLAIN)
        g_string_append(text, "\033[0m");
      style = row[x].style;
      g_string_append(text, codes[style]);
    }
    print_cell(text, &row[x], ascii);
  }
  if (style != LADDER_STYLE_PLAIN)
    g_string_append(text, "\033[0m");
  g_string_append_c(text, '\n');
}

char *
ladder_canvas_print(const LadderCanvas *canvas, bool ascii, bool colour)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < canvas->rows->len; i++)
    print_row(text, canvas->rows->pdata[i], canvas->width, ascii, colour);
  return g_string_free(text, FALSE);
}
