/* ladder-place-parts: what the files of ladder_place() share. */
#pragma once

#include "plots/ladder-parts.h"

#define LADDER_LANE 0.9          /* width of a timer's lane, in lines of text */
#define LADDER_CROSS 0.3         /* half of a cross, in lines of text, as ladder.gp draws it */
#define LADDER_MARGIN_LETTERS 20 /* of a text in the margin; longer ones are broken */

/* The drawing under way. Functions that place texts return how many of them found no room. */
typedef struct LadderPlace {
  const Ladder *ladder;
  const LadderPlacement *paper;
  double *node_x;     /* a node's line */
  double left, right; /* width of the margins beside the outer lines, times apart */
  double times;       /* width of the column of times */
  guint left_lanes, right_lanes;
  guint *lanes;            /* a timer's lane; G_MAXUINT: not drawn */
  double top, second, gap; /* where time begins; heights of a busy second and of a gap */
  int decimals;
  LadderBoxes texts;
  LadderDrawing *drawing; /* the attempt under way */
} LadderPlace;

/* ladder-place.c */
double ladder_place_width(const LadderPlace *place, const char *text);
double ladder_place_y(const LadderPlace *place, SimTime time);
bool ladder_place_is_left(const LadderPlace *place, guint node);
bool ladder_place_is_right(const LadderPlace *place, guint node);
LadderLine ladder_place_arrow_line(const LadderPlace *place, guint index);
/* Keeps the box, with a copy of `text`, when it may stand there. */
bool ladder_place_box(LadderPlace *place, LadderBox box, const char *text, bool over_lines);

/* ladder-place-text.c: what happens at the nodes, in the margins; what is said of the packets,
 * along their arrows and at the crosses. */
guint ladder_place_margins(LadderPlace *place);
guint ladder_place_timers(LadderPlace *place);
guint ladder_place_labels(LadderPlace *place, bool over_lines);
guint ladder_place_reasons(LadderPlace *place);
