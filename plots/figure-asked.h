/* figure-asked: what a run's scenario asked of a figure when it was drawn first. */
#pragma once

#include "plots/figure.h"

/* Fills in width, title, conn, link, from, to, raw, fields and group as the scenario's first
 * figure of this name has them, by run.json; leaves what it did not ask for, and everything when
 * there is no such figure. Strings live as long as the program. */
void figure_take_asked(FigureRequest *request);
