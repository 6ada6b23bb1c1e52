/* study-plot: what the figures of a study have in common: the table, the rows that are meant, in
 * groups, and the scales of the axes. */
#pragma once

#include "plots/figure-data.h"
#include "plots/study-options.h"
#include "plots/study-table.h"

typedef struct StudyAxis {
  const StudyColumn *column;
  bool category;    /* a text: its values stand side by side */
  GPtrArray *names; /* owned: of char *, owned: of a category, in order of appearance */
  bool logarithmic;
  double least;  /* of its values, before that; infinite: there are none */
  double unit;   /* what numbers are divided by */
  bool has_unit; /* the label says it; otherwise each value does, or it has none */
  char *label;   /* owned: "loss", "delay [ms]" */
} StudyAxis;

/* The rows with one value of each `by`. */
typedef struct StudyGroup {
  bool has_unit; /* the label says it; otherwise each value does, or it has none */
  char *label;   /* owned: "cubic, delay 50 ms"; "" when there is one group only */
  GArray *rows;  /* of guint */
} StudyGroup;

typedef struct StudyPlot {
  StudyTable *table;     /* owned */
  StudyOptions *options; /* owned */
  StudyAxis axes[3];     /* x, y, z; a NULL column: there is none */
  GPtrArray *groups;     /* of StudyGroup, in order of appearance */
} StudyPlot;

/* Reads and sorts. With `categories`, x (and y with z) are places side by side whatever they are.
 * An error when a parameter that was varied is neither on an axis, in `by` nor fixed. */
StudyPlot *study_plot_new(const FigureData *data, bool categories, GError **error);
void study_plot_free(StudyPlot *plot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StudyPlot, study_plot_free)

/* Where a row stands on an axis, in its unit; NaN: nowhere. */
double study_plot_place(const StudyPlot *plot, int axis, guint row);
/* Blocks xlabel, ylabel, zlabel, xtics, ytics, and the settings of the axes. */
void study_plot_write_axes(const StudyPlot *plot, FigureData *data);
/* The blocks theory-0 ... over x from `low` to `high` (in its unit): in the first row the title and
 * the group's number; and the setting `theories`, their number. */
bool study_plot_write_theories(const StudyPlot *plot, FigureData *data, double low, double high,
                               GError **error);

/* Means of y (or z) at the places of x, for a group: sorted by x. Elements are StudyMean. */
typedef struct StudyMean {
  double x, mean, low, high; /* low and high: the 95 % interval; NaN below two values */
  guint n;
} StudyMean;
GArray *study_plot_means(const StudyPlot *plot, const StudyGroup *group);
