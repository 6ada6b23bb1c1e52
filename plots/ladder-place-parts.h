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
  double legend;      /* height of the connections' names, above all; 0: there is only one */
  guint left_lanes, right_lanes;
  guint *lanes;            /* a timer's lane; G_MAXUINT: not drawn */
  double top, second, gap; /* where time begins; heights of a busy second and of a gap */
  LadderClock clock;
  LadderBoxes texts;
  LadderDrawing *drawing; /* the attempt under way */
} LadderPlace;

/* ladder-place.c */
double ladder_place_width(const LadderPlace *place, const char *text);
double ladder_place_y(const LadderPlace *place, SimTime time);
bool ladder_place_is_left(const LadderPlace *place, guint node);
bool ladder_place_is_right(const LadderPlace *place, guint node);
/* Keeps the box, with a copy of `text`, when it may stand there. */
bool ladder_place_box(LadderPlace *place, LadderBox box, const char *text, bool over_lines);

/* Takes back the boxes from number `before` on. */
void ladder_place_take_back(LadderPlace *place, guint before);

/* ladder-place-strokes.c */
LadderLine ladder_place_arrow_line(const LadderPlace *place, guint index);
void ladder_place_stroke(LadderPlace *place, LadderStrokeKind kind, LadderLine at);
void ladder_place_strokes(LadderPlace *place); /* all of them, and the bands */

/* ladder-place-legend.c: which number stands for which connection, when there are several. */
double ladder_place_legend_height(const LadderPlace *place);
void ladder_place_legend(LadderPlace *place);
/* "[2] ESTABLISHED", or without the number. g_free. */
char *ladder_place_state_text(const LadderPlace *place, const LadderState *state);

/* ladder-place-text.c: what happens at the nodes, in the margins; why packets were lost, at their
 * crosses. */
guint ladder_place_margins(LadderPlace *place);
guint ladder_place_timers(LadderPlace *place);
guint ladder_place_reasons(LadderPlace *place);
/* Does the reason of its loss say what else stands along an arrow? */
bool ladder_place_is_at_cross(const LadderPlace *place, guint arrow);

/* ladder-place-labels.c: what is said of the packets, along their arrows. */
guint ladder_place_labels(LadderPlace *place, bool over_lines);

/* ladder-bundle.c: arrows that share one label. Of each arrow the last one of the bundle that it
 * begins, itself when it is alone, LADDER_FOLLOWS when it is in another's: of arrows on one way
 * that go on with one another, less than `closest` lines of text apart. g_free. */
#define LADDER_FOLLOWS G_MAXUINT
guint *ladder_bundles(const LadderPlace *place, double closest);
/* Is the arrow among those from `first` to `last` on their way? How many are these, and what is
 * there to say of all? */
bool ladder_bundle_has(const LadderPlace *place, guint first, guint last, guint index);
guint ladder_bundle_count(const LadderPlace *place, guint first, guint last);
char *ladder_bundle_text(const LadderPlace *place, guint first, guint last); /* g_free */
