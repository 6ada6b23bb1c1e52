/* ladder-canvas: rows of terminal cells, each of which is written once.
 *
 * A cell holds a letter, or lines as a set of the directions in which they leave it. Two lines
 * may share a cell when they leave it in different directions: that makes corners, branches and
 * crossings by themselves. Anything else in an occupied cell is a bug of the layout's, and stops.
 * Rows are added at the bottom only. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  LADDER_STYLE_PLAIN,
  LADDER_STYLE_NAME,
  LADDER_STYLE_TIME,
  LADDER_STYLE_STATE,
  LADDER_STYLE_TIMER,
  LADDER_STYLE_NOTE,
  LADDER_STYLE_RETRANSMIT,
  LADDER_STYLE_LOST,
  LADDER_STYLES
} LadderStyle;

enum { LADDER_UP = 1, LADDER_DOWN = 2, LADDER_LEFT = 4, LADDER_RIGHT = 8 };

typedef struct LadderCell {
  gunichar letter; /* 0: none */
  guint8 lines;    /* LADDER_UP ...; 0: none */
  guint8 style;    /* LadderStyle */
  bool taken;      /* by a letter, or by the right half of a wide one */
} LadderCell;

typedef struct LadderCanvas {
  guint width;     /* cells a row */
  GPtrArray *rows; /* of LadderCell[width] */
} LadderCanvas;

LadderCanvas *ladder_canvas_new(guint width);
void ladder_canvas_free(LadderCanvas *canvas);
void ladder_canvas_add_row(LadderCanvas *canvas);

/* All of these are about the last row. */
/* Are the cells from `x` to `x` + `count` - 1 empty, and within the canvas? */
bool ladder_canvas_is_free(const LadderCanvas *canvas, gint x, gint count);
/* Would lines in these directions touch nothing but crossing lines? */
bool ladder_canvas_takes_line(const LadderCanvas *canvas, gint x, guint8 lines);
void ladder_canvas_line(LadderCanvas *canvas, gint x, guint8 lines, LadderStyle style);
void ladder_canvas_letter(LadderCanvas *canvas, gint x, gunichar letter, LadderStyle style);
/* `text` is clean (ladder_clean()); it takes ladder_canvas_text_width() cells. */
void ladder_canvas_text(LadderCanvas *canvas, gint x, const char *text, LadderStyle style);
/* The vertical lines of this row are drawn dotted: time is left out here. */
void ladder_canvas_dot_row(LadderCanvas *canvas);

gint ladder_canvas_text_width(const char *text);
/* Everything, rows ended by newlines, without trailing spaces. g_free. */
char *ladder_canvas_print(const LadderCanvas *canvas, bool ascii, bool colour);
