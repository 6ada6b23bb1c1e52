/* study-axis: an axis of a study's figure; for study-plot.c. */
#pragma once

#include "plots/study-plot.h"

/* Makes the axis `which` (0: x, 1: y, 2: z) of the column `name`, for the rows that are shown. With
 * `category` its values stand side by side whatever they are. */
bool study_axis_open(StudyPlot *plot, int which, const char *name, const GArray *rows,
                     bool category, GError **error);
