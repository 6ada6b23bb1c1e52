/* ladder-parts: what the files of the ladder share and nobody else needs. */
#pragma once

#include "plots/ladder.h"

/* ladder-label.c: the words of a ladder. */
typedef struct LadderLabels LadderLabels;
/* An error when a field is unknown, or cwnd is asked for where there is no tcp.csv. */
LadderLabels *ladder_labels_new(const RunLog *log, const LadderOptions *options, GError **error);
void ladder_labels_free(LadderLabels *labels); /* NULL is fine */
/* "SYN seq 0 <mss 1460, sackOK>" for a packet's row; options are in it where `row`'s sender uses
 * them for the first time. `number` of its connection, 0: there is only one. g_free. */
char *ladder_label_packet(LadderLabels *labels, const RunRow *row, guint number);
/* What a timer's detail says: its name, and the time that follows the word ("due", "set"). */
char *ladder_label_timer_name(const char *detail);
bool ladder_label_time_after(const char *detail, const char *word, SimTime *time);

/* ladder-groups.c: nodes that share a lifeline. An error when `text` is not "NAME=PATTERN,...", or
 * a pattern means none of `nodes`. */
typedef struct LadderGroups LadderGroups;
LadderGroups *ladder_groups_new(const char *text, const GPtrArray *nodes, GError **error);
void ladder_groups_free(LadderGroups *groups); /* NULL is fine */
/* The group's name, or `node` itself. */
const char *ladder_groups_of(const LadderGroups *groups, const char *node);

/* ladder-items.c: fills an empty ladder with what `options` chooses of the log. An error when there
 * is no such connection. */
bool ladder_items_collect(Ladder *ladder, const RunLog *log, const LadderOptions *options,
                          GError **error);

/* ladder-nodes.c: brings ladder->nodes into the order of the links and renumbers the items. */
void ladder_nodes_arrange(Ladder *ladder);

/* ladder-axis.c: delays and reach of lost packets, then the gaps. */
void ladder_axis_complete(Ladder *ladder, double gap_factor);
/* When the arrow's drawn line ends: its arrival, or where it was lost. */
SimTime ladder_arrow_end(const LadderArrow *arrow);
/* The longest delay but for those that are far longer than nearly all others; 0: none is known. */
SimTime ladder_axis_longest(const Ladder *ladder);

/* How the times of a ladder are written so that they can be told apart and say its delays to a
 * tenth: in seconds, or in microseconds or nanoseconds where no packet is under way for longer. */
typedef struct LadderClock {
  SimTime unit;
  const char *name; /* "s" */
  int decimals;     /* of the unit */
} LadderClock;
LadderClock ladder_axis_clock(const Ladder *ladder);
/* "1.050" by that clock, rounded. g_free. */
char *ladder_axis_time(SimTime time, LadderClock clock);

/* ladder-boxes.c: texts that keep off each other and off the lines. */
typedef struct LadderLine {
  double x0, y0, x1, y1;
  guint owner; /* the arrow it belongs to, whose own label may touch it */
} LadderLine;
typedef struct LadderBoxes {
  GArray *boxes; /* of LadderBox, placed so far */
  GArray *lines; /* of LadderLine: where labels should not stand */
  guint last;    /* the box that was in the way last: often it is again */
} LadderBoxes;
/* May `box` stand where it is? Touching lines is allowed when `over_lines`. */
bool ladder_boxes_fit(LadderBoxes *boxes, const LadderBox *box, bool over_lines);
/* Do the two rectangles, each turned by its angle, share a point inside? */
bool ladder_boxes_overlap(const LadderBox *a, const LadderBox *b);

/* ladder-lines.c: `text` (clean) in lines of at most `letters`, broken at spaces where it can.
 * Owned strings. */
GPtrArray *ladder_break_lines(const char *text, gint letters);
