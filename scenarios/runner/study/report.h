/* report: what a study says at its end, on the standard output. */
#pragma once

#include "scenarios/runner/study/study.h"

/* The points with the mean and the interval of each result; whose runs failed, and why. */
bool report_print(const Study *study, GError **error);
