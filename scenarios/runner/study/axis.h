/* axis: one parameter that a study varies, and the values it takes.
 *
 *   loss=0,0.01,0.05          a list; each value as -p takes it
 *   delay=10ms..200ms:10ms    from, to, step; both ends count when the steps meet them
 *   loss=1e-4..1e-1:log:13    so many values, each the same multiple of the one before
 *   loss=0..0.1:lin:11        so many values, evenly spread
 *   loss=0,1e-3..1e-1:log:5   a list of all of these
 *   loss=1e-4..1e-1:log       with --sample: drawn between the two (`:log`: evenly in its
 * logarithm)
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/quantity.h"

typedef struct Axis {
  char *name;        /* owned */
  char *where;       /* owned: "FILE:LINE: study: vary"; NULL: the command line */
  GPtrArray *values; /* of char *, owned: as -p takes them */
  GPtrArray
      *reads; /* of char *, owned: SHA-256 of all that is read at each value; NULL: the same */
  SimQuantityKind kind; /* of the unit that its values have; NUMBER: of none, or not known yet */
  /* A range to draw from, with --sample: */
  bool drawn;
  bool logarithmic;
  double low, high; /* in the unit of `kind` */
} Axis;

/* Reads "NAME=...". `sampled`: a range without a step is to be drawn from. */
Axis *axis_parse(const char *text, bool sampled, GError **error);
void axis_free(Axis *axis);
/* The value at a part (0 to 1) of a drawn range, rounded to six digits. g_free. */
char *axis_draw(const Axis *axis, double part);
