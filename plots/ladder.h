/* ladder: where everything stands in a ladder diagram, for show, plot and report alike.
 *
 * Nodes are vertical lines, time runs downwards and is true: an arrow's slope is its delay, a
 * cross stands where a packet was lost, long idle gaps are broken and labelled. The layout knows
 * nothing of terminals or gnuplot: it places items in time, says which texts belong to them, and
 * (ladder_place) gives every text a place where none overlaps another. */
#pragma once

#include "plots/run-log.h"

typedef struct LadderOptions {
  SimTime from, to;   /* only what happens in here; 0 ... SIM_TIME_NEVER */
  const char *conn;   /* only these connections: names, parts of names that no other has, or
                         patterns with '*', with commas between; NULL: all */
  bool raw;           /* sequence numbers as on the wire */
  bool serialisation; /* find out how long packets take to leave, which means to read JSON */
  double gap_factor;  /* an idle gap longer than this times the longest busy stretch is broken;
                         0: the default */
  const char *fields; /* what stands on an arrow behind its flags: "seq,ack,win,options,cwnd"
                         (ladder_fields); NULL: what is news */
  const char *group;  /* nodes that share a lifeline: "clients=c*,servers=s1"; NULL: none */
} LadderOptions;

/* The names that `fields` accepts; NULL-terminated. */
extern const char *const ladder_fields[];

/* One packet over one link (or seen at one place, in a capture). */
typedef struct LadderArrow {
  guint from, to; /* indices into nodes; for a capture the same arrow without slope */
  SimTime sent, transmitted, arrived; /* arrived: SIM_TIME_NEVER when lost */
  SimTime lost_at;                    /* when it was lost: SIM_TIME_NEVER when it was not */
  const RunRow *row;                  /* its send row, with everything else */
  const char *reason;                 /* of its loss; "" */
  char *label;                        /* owned: "SYN seq 0 <mss 1460, sackOK, ts, ws 7>" */
  bool copy;                          /* made by a link */
  double reach;       /* how far it came on its way from `from` to `to`: 1 when it arrived */
  SimTime delay;      /* from transmitted to arrival; of a lost one: what others took; 0: unknown */
  SimTime serialised; /* from its first bit to its last one, at the rate of the link; 0: at once, or
                         the run does not say */
  guint32 end_line;   /* of its arrival or loss in the file, for the order within a moment */
} LadderArrow;

/* A state that a connection's end is in for a while. */
typedef struct LadderState {
  guint node;
  const char *conn;
  SimTime from, to; /* to: SIM_TIME_NEVER when it lasts to the end of the run */
  const char *state;
  guint32 line; /* in the file; 0: the state before the first change */
} LadderState;

/* A timer, from set to fire or cancel. */
typedef struct LadderTimer {
  guint node;
  const char *conn;
  SimTime set, end;       /* end: SIM_TIME_NEVER when still armed at the end */
  bool fired;             /* else cancelled */
  char *label;            /* owned: "RTO 1 s", "delayed ACK 40 ms" */
  guint32 line, end_line; /* in the file */
} LadderTimer;

/* A call or a note in the margin. */
typedef struct LadderNote {
  guint node; /* G_MAXUINT: the scenario */
  SimTime time;
  const char *text;
  bool call;
  guint32 line; /* in the file */
} LadderNote;

/* A stretch in which nothing begins or ends and that is drawn short. Only what takes far longer
 * than the others (a packet that was held back) may be under way meanwhile. */
typedef struct LadderGap {
  SimTime from, to; /* of what is drawn short */
  SimTime
      idle; /* since the last thing that happened: where a lost packet's line ends is only drawn */
} LadderGap;

typedef struct Ladder {
  GPtrArray *nodes; /* of const char *: left to right, as the links connect them */
  GArray *arrows, *states, *timers, *notes, *gaps; /* in order of time */
  GPtrArray *conns; /* of const char *: those shown; labels carry "[1]" when there are several */
  SimTime start, end;
  SimTime gap_threshold; /* a stretch without anything that is longer than this is a gap */
  GStringChunk *text; /* strings that are not the log's; the log must live as long as the ladder */
} Ladder;

/* The items of `log` as `options` chooses them. An error when nothing is left to show. */
Ladder *ladder_new(const RunLog *log, const LadderOptions *options, GError **error);
void ladder_free(Ladder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ladder, ladder_free)

/* -- the drawing (gnuplot) -- */

/* The time axis with its gaps drawn short: how far below ladder->start `time` stands when a busy
 * second is `second` high and a gap `gap`, in any unit. Grows with time. */
double ladder_y(const Ladder *ladder, SimTime time, double second, double gap);

/* What the caller knows about its paper. All lengths in one unit of its choice (points, say). */
typedef struct LadderPlacement {
  double width;      /* of everything: margins, lifelines and what is between them */
  double height;     /* of everything; 0: as high as the texts ask for, up to max_height */
  double max_height; /* used when height is 0; 0: no limit. Exceeded by a half rather than leaving
                        an arrow without its label */
  double second; /* of a busy second, so that several ladders have one scale; 0: as it reads best */
  double char_width, char_height; /* of a letter (on average) and of a line of text */
} LadderPlacement;

typedef enum {
  LADDER_BOX_NODE,  /* a node's name above its line */
  LADDER_BOX_TIME,  /* at a tick, left of everything */
  LADDER_BOX_LABEL, /* of an arrow, along it */
  LADDER_BOX_LOST,  /* "lost: rule SYN#1", at the cross */
  LADDER_BOX_STATE, /* in the margin, where the state begins */
  LADDER_BOX_TIMER, /* at its bracket */
  LADDER_BOX_CALL,
  LADDER_BOX_NOTE,
  LADDER_BOX_GAP,  /* "900 ms" at a broken gap */
  LADDER_BOX_CONN, /* "[1] client:49152-server:80", above all when there are several */
} LadderBoxKind;

/* A text in its place. No two boxes of a drawing overlap. */
typedef struct LadderBox {
  LadderBoxKind kind;
  double x, y;  /* its centre; y grows downwards from 0 at the top, as time does */
  double w, h;  /* along and across the text */
  double angle; /* degrees, counter-clockwise on the page: along a slanted arrow; else 0 */
  char *text;   /* owned; UTF-8 without control characters */
  guint item;   /* index in the array of its kind (arrows for LABEL and LOST, nodes for NODE) */
  guint last;   /* LABEL: it speaks of all arrows from item to this one that go the same way */
} LadderBox;

typedef enum {
  LADDER_STROKE_NODE,       /* a lifeline, between gaps */
  LADDER_STROKE_GAP,        /* a lifeline within a gap: dotted */
  LADDER_STROKE_ARROW,      /* with a head at its end; first transmission */
  LADDER_STROKE_RETRANSMIT, /* the same, retransmission */
  LADDER_STROKE_LOST,       /* without a head: a cross stands at its end */
  LADDER_STROKE_STATE,      /* along a lifeline while the state lasts; neighbours differ in grey */
  LADDER_STROKE_TIMER,      /* a bracket's back and its two teeth, three strokes */
  LADDER_STROKE_TIMER_FIRE, /* the tooth at which it fires: with a head towards the lifeline */
  LADDER_STROKE_TICK,       /* of the time axis */
  LADDER_STROKE_QUEUED,     /* beside a lifeline, while a packet waits there for its transmitter */
} LadderStrokeKind;

typedef struct LadderStroke {
  LadderStrokeKind kind;
  double x0, y0, x1, y1;
  guint item; /* index in the array of its kind; ticks: 0 */
} LadderStroke;

/* What a packet takes of the wire: its first bit goes from (x0, y0) to (x1, y1), its last one from
 * (x0, y0 + height) to (x1, y1 + height). */
typedef struct LadderBand {
  double x0, y0, x1, y1, height;
  guint item; /* arrow */
} LadderBand;

/* Everything in its place: draw the bands, the strokes in order, then the boxes. */
typedef struct LadderDrawing {
  double width, height;
  double second;   /* height of a busy second */
  GArray *bands;   /* of LadderBand: those that are high enough to be seen */
  GArray *strokes; /* of LadderStroke */
  GArray *boxes;   /* of LadderBox */
  guint omitted;   /* texts that found no room at any height that makes sense */
} LadderDrawing;

/* An error when the paper is too narrow for the margins and one label. */
LadderDrawing *ladder_place(const Ladder *ladder, const LadderPlacement *placement, GError **error);
void ladder_drawing_free(LadderDrawing *drawing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LadderDrawing, ladder_drawing_free)

/* `text` as valid UTF-8 without control characters, each replaced by '?': what comes out of a file
 * must not drive a terminal. g_free. */
char *ladder_clean(const char *text);

/* -- the terminal -- */

/* ladder-text.c: the ladder for a terminal. `width` columns (at least 60); Unicode or ASCII;
 * colour by escape sequences. What came out of a file is stripped of control characters. g_free. */
typedef struct LadderTextOptions {
  guint width;
  bool ascii, colour;
  guint max_rows; /* arrows; beyond it the ladder is cut and says so; 0: all */
} LadderTextOptions;
char *ladder_text(const Ladder *ladder, const LadderTextOptions *options);
