/* state-diagram: RFC 9293's figure 5 as data: where its states stand, and its edges. */
#pragma once

#include "plots/state-log.h"

#define STATE_END_CLOSED STATES   /* CLOSED has two places, as in the RFC: this is the lower one */
#define STATE_PLACES (STATES + 1) /* places are StateCode, and that one */
#define STATE_EDGE_POINTS 4

/* A point of an edge, from the centre of a state: in halves of a box's width and height. */
typedef struct StateAnchor {
  guint8 place;
  double x, y;
} StateAnchor;

typedef enum { STATE_LABEL_LEFT, STATE_LABEL_CENTRE, STATE_LABEL_RIGHT } StateAlign;

typedef struct StateEdge {
  guint8 from, to;                       /* places */
  const char *event, *action;            /* the RFC's; "": none */
  StateAnchor points[STATE_EDGE_POINTS]; /* in order; at the last one is the arrow's head */
  guint count;                           /* of points */
  double label_x, label_y; /* of the label's first line: from the middle of the edge's level or
                              longest part, in letters and in lines */
  StateAlign align;
} StateEdge;

/* Column (0 to 2) and row (0 to 6) of each place. */
extern const double state_places[STATE_PLACES][2];

#define STATE_EDGES 21
extern const StateEdge state_edges[STATE_EDGES];
/* The edge of the RFC's note 2, which its figure leaves out: from FIN-WAIT-1 to TIME-WAIT. */
#define STATE_EDGE_NOTE_2 15
