/* study-options: what a figure of a study is asked for: "x=loss", "by=cc", "theory=mathis".
 *
 *   x, y, z       columns of results.csv: parameters or results
 *   by            a curve for each value of this parameter (several: by=cc,delay)
 *   log           the logarithmic axes: "x", "y", "xy", "none"; otherwise x when its values are so
 *   xunit, yunit, zunit     a unit the values are divided by and labelled with: yunit=Mbit/s
 *   xlabel, ylabel, zlabel  in place of the column's name
 *   theory        formulas to lay over (theory.h)
 *   NAME=VALUE    only the runs with this value of another parameter */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct StudyFilter {
  char *name, *value; /* owned */
} StudyFilter;

typedef struct StudyOptions {
  char *x, *y, *z; /* owned, as all of these; NULL: not given */
  char *log;
  char *unit[3], *label[3]; /* of x, y, z */
  char **by;                /* NULL-terminated */
  GPtrArray *theories;      /* of TheoryCall; NULL: none */
  GPtrArray *filters;       /* of StudyFilter */
} StudyOptions;

/* Reads the options of the figure `name`; `texts` may be NULL. */
StudyOptions *study_options_read(const char *name, const char *const *texts, GError **error);
void study_options_free(StudyOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StudyOptions, study_options_free)
/* Whether they can be read. */
bool study_options_check(const char *name, const char *const *texts, GError **error);
