/* run-draw: what is drawn of a run once it is in its folder: the scenario's figures, and the page.
 */
#pragma once

#include "scenarios/runner/bind/scenario.h"

/* What the scenario asked for. */
void run_draw_figures(const Scenario *scenario, const char *directory);
/* The page, or what it shows as data, of a run that has a timeline. */
void run_draw_page(const Scenario *scenario, const char *directory, bool as_data);
