/* diff-text: says what differs. Private to diff. */
#pragma once

#include "plots/diff-align.h"
#include "plots/diff.h"

typedef enum {
  DIFF_FLOW,    /* a flow that only one side has */
  DIFF_MISSING, /* a packet that only one side has */
  DIFF_CLASS,   /* another kind of packet */
  DIFF_FLAGS,
  DIFF_SEQ,
  DIFF_ACK,
  DIFF_LENGTH,
  DIFF_OPTIONS,
  DIFF_WINDOW,
  DIFF_TIME,
  DIFF_FATE,
  DIFF_TRANSIT, /* the time it was on the way */
} DiffKind;

typedef struct Difference {
  DiffKind kind;
  const DiffFlowPair *flows;
  DiffPair pair;
  SimTime when;          /* since the start of the trace, on the side where it is earlier */
  DiffInterval interval; /* DIFF_TIME, DIFF_TRANSIT */
} Difference;

/* Both are the caller's to free. */
char *diff_text_sentence(const Difference *difference, const DiffOptions *options);
char *diff_text_ladders(const Difference *difference, const DiffOptions *options, SimTime start_a,
                        SimTime start_b);
