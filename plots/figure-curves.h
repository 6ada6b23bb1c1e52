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

/* How they are to be drawn. */
typedef enum {
  FIGURE_STEPS, /* a value holds until the next point */
  FIGURE_LINES,
} FigureStyle;

typedef struct FigureCurves {
  GPtrArray *curves; /* of FigureCurve */
  FigureStyle style;
  bool times;               /* x is a time in seconds */
  const char *xlabel;       /* without a unit when `times` is set */
  const char *ylabel;       /* "Window" */
  const char *const *units; /* of y, each a thousand times the one before; NULL: ylabel says it */
  double share;             /* y ends here: 1 for shares; 0: above the greatest value */
} FigureCurves;

extern const char *const figure_units_bytes[], *const figure_units_rate[]; /* NULL-terminated */

void figure_curves_init(FigureCurves *curves);
void figure_curves_clear(FigureCurves *curves);
/* A new curve at the end. */
FigureCurve *figure_curves_add(FigureCurves *curves, const char *name);
void figure_curve_point(FigureCurve *curve, double x, double y); /* y: NaN where there is none */

/* Which share of `of` has at most this value; sorts `values` (of double). */
void figure_curve_distribution(FigureCurve *curve, GArray *values, guint of);

/* Writes the blocks curve-0 ... and the texts xlabel and ylabel; sets x_from x_to y_to unit log_x
 * curves and steps. */
void figure_curves_write(const FigureCurves *curves, FigureData *data);

/* The curves of one run, by the kind of figure; each in figure-data-KIND.c. */
typedef bool FigureCurvesFn(const FigureRequest *request, FigureCurves *curves, GError **error);
FigureCurvesFn figure_curves_time_sequence, figure_curves_cwnd, figure_curves_rtt,
    figure_curves_throughput, figure_curves_goodput, figure_curves_queue, figure_curves_fct_cdf,
    figure_curves_connect_cdf, figure_curves_backlog;

/* A figure that is its curves and nothing else. */
bool figure_curves_make(FigureData *data, FigureCurvesFn *take, GError **error);
