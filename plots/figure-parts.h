/* figure-parts: what the files of figure share among themselves. */
#pragma once

#include "plots/figure-data.h"
#include "plots/ladder.h"

/* figure.c: a script of plots/, or "style". */
const char *figure_script(const char *name);
const char *figure_format_ending(FigureFormat format); /* ".svg" */

/* figure-render.c: may the request's files be written under these names? */
bool figure_check_files(const FigureRequest *request, GError **error);
/* Writes script, style and data beside their place, starts gnuplot there, and moves all of it
 * into place. */
bool figure_render(const FigureData *data, GError **error);
/* What a request says of a ladder. */
LadderOptions figure_ladder_options(const FigureRequest *request);
/* The ladder as text, the only figure that has that form. */
bool figure_make_text(const FigureRequest *request, GError **error);
