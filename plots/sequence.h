/* sequence: the segments of one direction of one connection as they leave their sender, and the
 * ACKs as they come back to it: what Stevens' graph and tcptrace's are drawn from. */
#pragma once

#include "plots/figure-data.h"

/* Why a segment was sent again, in classes that a graph can tell apart. */
typedef enum {
  SEQUENCE_TIMEOUT, /* the retransmission timer */
  SEQUENCE_FAST,    /* three duplicate ACKs, or the next hole of a recovery by partial ACKs */
  SEQUENCE_SACK,    /* a hole that SACK showed, or may show */
  SEQUENCE_RACK,    /* lost by time */
  SEQUENCE_PROBE,   /* a tail-loss probe, SACK's rescue, a window probe, keep-alive */
  SEQUENCE_OTHER,   /* path MTU, a repeated SYN, Fast Open; a capture, which does not say */
  SEQUENCE_CAUSES,
} SequenceCause;

extern const char *const sequence_cause_names[]; /* "time-out" ...; NULL-terminated */

/* A segment as it left the sender. */
typedef struct SequenceSegment {
  SimTime time;
  gint64 seq, length; /* SYN and FIN count one */
  guint32 retransmit; /* 0: first transmission */
  SequenceCause cause;
  bool lost;
  const RunRow *row; /* the log's */
} SequenceSegment;

typedef struct SequenceAck {
  SimTime time;
  gint64 ack, edge; /* edge: ack + window; -1: not known */
  bool duplicate;   /* the same ACK without data, while something was out */
  const RunRow *row;
} SequenceAck;

/* A block of SACK, at the time its ACK came. */
typedef struct SequenceSack {
  SimTime time;
  gint64 start, end;
  bool duplicate; /* RFC 2883: the first block tells of what had been received before */
} SequenceSack;

typedef struct Sequence {
  const char *conn, *src; /* whose segments; the log's */
  const char *node;       /* where the sender stands; NULL: none seen */
  gint64 base;            /* to be added to relative numbers: 0, or the ISN when raw */
  GArray *segments, *acks, *sacks;
} Sequence;

/* Which segments a block of a figure's data holds. */
typedef enum { SEQUENCE_FIRST, SEQUENCE_AGAIN, SEQUENCE_LOST } SequenceWhich;

static inline bool
sequence_belongs(const SequenceSegment *segment, SequenceWhich which)
{
  return which == SEQUENCE_LOST ? segment->lost
                                : (segment->retransmit > 0) == (which == SEQUENCE_AGAIN);
}

/* The part of a graph that has something in it. */
typedef struct SequenceRange {
  SimTime to;     /* the last of what is shown */
  double span;    /* of sequence numbers, without the window's edge; at least 1 */
  gint64 longest; /* segment; at least 1 */
} SequenceRange;

/* Sets the axes (x_from, x_to, y_from, y_to) and their unit; the window's edge may take the upper
 * one so many times `span` above the lower end. */
SequenceRange sequence_set_axes(const Sequence *sequence, FigureData *data, double room_above);

/* One row of the block of ACKs: time, ack, edge. */
void sequence_write_ack(const Sequence *sequence, FigureData *data, const SequenceAck *ack);

/* Of the connection asked for, or the one with most payload, the direction that carries more of it.
 * An error when there is no segment. `log` has to live as long. */
Sequence *sequence_new(const RunLog *log, const FigureRequest *request, GError **error);
void sequence_free(Sequence *sequence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sequence, sequence_free)
