/* figure-curves: curves with names, for figures that are nothing but that, and for laying the
 * curves of several runs over one another. */
#pragma once

#include "plots/figure-data.h"

typedef struct FigurePoint {
  double x, y;
} FigurePoint;

typedef struct FigureCurve {
  char *name;     /* owned */
  GArray *points; /* of FigurePoint, by x */
} FigureCurve;

/* Units of values, each a thousand times the one before. */
typedef struct FigureUnits {
  double least;         /* what the first one is */
  double most;          /* of one unit: what is more is said in the next one */
  const char *names[6]; /* NULL-terminated */
} FigureUnits;
extern const FigureUnits figure_units_bytes, figure_units_rate, figure_units_time;

/* How they are to be drawn. */
typedef enum {
  FIGURE_STEPS, /* a value holds until the next point */
  FIGURE_LINES,
} FigureStyle;

typedef struct FigureCurves {
  GPtrArray *curves; /* of FigureCurve */
  FigureStyle style;
  bool exact;               /* x is a moment of the run: whole picoseconds */
  const char *xlabel;       /* without a unit: seconds */
  const char *ylabel;       /* "Window" */
  const FigureUnits *units; /* of y; NULL: ylabel says it */
  double share;             /* y ends here: 1 for shares; 0: above the greatest value */
} FigureCurves;


void figure_curves_init(FigureCurves *curves);
void figure_curves_clear(FigureCurves *curves);
/* A new curve at the end. */
FigureCurve *figure_curves_add(FigureCurves *curves, const char *name);
void figure_curve_point(FigureCurve *curve, double x, double y); /* y: NaN where there is none */

/* Which share of `of` has at most this value; sorts `values` (of double). */
void figure_curve_distribution(FigureCurve *curve, GArray *values, guint of);

/* Writes the blocks curve-0 ... and the texts xlabel and ylabel; sets x_from x_to y_to unit
 * unit_name log_x curves and steps. */
void figure_curves_write(const FigureCurves *curves, FigureData *data);

/* The curves of one run, by the kind of figure; each in figure-data-KIND.c. */
typedef bool FigureCurvesFn(const FigureRequest *request, FigureCurves *curves, GError **error);
FigureCurvesFn figure_curves_time_sequence, figure_curves_cwnd, figure_curves_rtt,
    figure_curves_throughput, figure_curves_goodput, figure_curves_queue, figure_curves_fct_cdf,
    figure_curves_connect_cdf, figure_curves_backlog;

/* A figure that is its curves and nothing else. */
bool figure_curves_make(FigureData *data, FigureCurvesFn *take, GError **error);
