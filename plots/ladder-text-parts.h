/* ladder-text-parts: what the files of the terminal's ladder share. */
#pragma once

#include "plots/ladder-canvas.h"
#include "plots/ladder-parts.h"

#define TEXT_LANES 3    /* brackets side by side in a margin */
#define TEXT_LABEL_AT 3 /* where a label begins, in cells from the lifeline it leaves */

/* A text that goes on over the rows to come, a line in each where its cells are free. */
typedef struct TextBlock {
  gint x, width;     /* its cells */
  bool to_the_right; /* aligned to the right end of them */
  GPtrArray *lines;  /* owned strings */
  guint next;        /* line to write */
  LadderStyle style;
  guint arrow; /* whose label it is; G_MAXUINT: none */
} TextBlock;

/* The vertical part of an arrow that is under way. */
typedef struct TextRiser {
  guint arrow;
  gint x; /* -1: it has none; the number stands at both its ends instead */
} TextRiser;

/* One arrow's geometry: cell of distance u from the lifeline it leaves is x0 + step * u. */
typedef struct TextWay {
  const LadderArrow *arrow;
  guint index;
  gint x0, step; /* +1: to the right */
  gint span;     /* distance of the next lifeline */
  gint target;   /* distance of the lifeline it goes to; 0: back to its own */
  LadderStyle style;
} TextWay;

typedef struct TextLadder {
  const Ladder *ladder;
  const LadderTextOptions *options;
  LadderCanvas *canvas;
  gint *node_x;          /* cells of the lifelines, and of the right edge if there is only one */
  guint n;               /* lifelines */
  gint time_width;       /* cells of the column of times */
  gint left, left_width; /* first cell and cells of the margin left of the first lifeline */
  gint right_width;      /* of the margin right of the last one, which ends the canvas */
  guint lanes[2];        /* in the left and in the right margin */
  gint armed[2][TEXT_LANES]; /* the timer in a lane; -1: none */
  bool *straight;            /* an arrow that takes one row */
  SimTime row_until;         /* what is not later than this may stand in the last row */
  bool gap_row;              /* the last row stands for a gap */
  LadderClock clock;         /* of the times */
  char *last_time;           /* owned: the time written last; NULL: none yet */
  GArray *risers;            /* of TextRiser */
  GPtrArray *blocks;         /* of TextBlock, waiting */
} TextLadder;

/* ladder-text.c */
/* Ends the last row and adds one; `label` is written in the column of times unless NULL. */
void ladder_text_row(TextLadder *t, const char *label);

/* ladder-text-arrow.c */
void ladder_text_arrow_depart(TextLadder *t, guint arrow);
void ladder_text_arrow_end(TextLadder *t, guint arrow); /* arrives, or is lost */

/* ladder-text-riser.c */
/* The best column for the riser, as a distance; 0: none is good enough. */
gint ladder_text_riser_choose(const TextLadder *t, const TextWay *way, const char *label);
/* The cells for a label of `wanted` cells when its line leaves as far as distance `end`
 * (exclusive), with a blank and a bit of line behind it. False: none at all. */
bool ladder_text_riser_room(const TextLadder *t, const TextWay *way, gint end, gint wanted,
                            TextBlock *block);

/* ladder-text-margin.c */
void ladder_text_margin_state(TextLadder *t, const LadderState *state);
void ladder_text_margin_note(TextLadder *t, const LadderNote *note);
void ladder_text_margin_set(TextLadder *t, guint timer);
void ladder_text_margin_end(TextLadder *t, guint timer); /* fires, or is cancelled */
void ladder_text_margin_lanes(TextLadder *t); /* at the end of a row: the brackets' backs */

/* ladder-text-block.c */
/* Room between lifelines for a text of block->width cells, from `a` to `b` inclusive, off the
 * risers and what waits: the first stretch that is wide enough, seen from a, else the widest. Sets
 * x and width of the block; false when there is no stretch of at least 4 cells. */
bool ladder_text_block_room(const TextLadder *t, gint a, gint b, TextBlock *block);
/* The same, for a block that may wait until those before it are written. */
bool ladder_text_block_room_later(const TextLadder *t, gint a, gint b, TextBlock *block);
/* Breaks `text`, writes what can be written now, and keeps the rest. The first line is written
 * before it returns, in a new row if need be. The block is a template: x, width, to_the_right,
 * style and arrow. */
void ladder_text_block_start(TextLadder *t, TextBlock block, const char *text);
void ladder_text_block_keep(TextLadder *t, TextBlock block, GPtrArray *lines, guint next);
void ladder_text_block_write(TextLadder *t); /* in a new row: a line of each where it fits */
bool ladder_text_block_waits(const TextLadder *t, guint arrow); /* of this one; G_MAXUINT: any */
