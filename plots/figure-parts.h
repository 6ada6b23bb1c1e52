/* figure-parts: what the files of figure share among themselves. */
#pragma once

#include "plots/figure-curves.h"
#include "plots/figure-data.h"
#include "plots/ladder.h"

/* Options that not every figure takes. */
typedef enum {
  FIGURE_TAKES_CONN = 1,
  FIGURE_TAKES_LINK = 2,
  FIGURE_TAKES_TIMES = 4,  /* from and to */
  FIGURE_TAKES_RAW = 8,    /* sequence numbers as on the wire */
  FIGURE_TAKES_LABELS = 16 /* fields and group: the ladder alone */
} FigureTakes;

/* What there is to know of a kind of figure. */
typedef struct FigureKind {
  bool (*write)(FigureData *data, GError **error); /* its data and settings */
  FigureCurvesFn *curves; /* what several runs may share a graph with; NULL: they cannot */
  const char *width;      /* it asks for */
  guint takes;            /* of FigureTakes */
} FigureKind;
const FigureKind *figure_kind(const char *name);       /* NULL: unknown */
bool figure_unknown(const char *name, GError **error); /* an error that names the nearest */
/* Is there what the figure is made from? */
bool figure_has_input(const FigureRequest *request, GError **error);
/* Writes title, data and settings; the size is set. */
bool figure_fill(FigureData *data, const FigureKind *kind, GError **error);

/* figure.c: a script of plots/, or "style". */
const char *figure_script(const char *name);
const char *figure_format_ending(FigureFormat format); /* ".svg" */

/* figure-render.c: may the request's files be written under these names? */
bool figure_check_files(const FigureRequest *request, GError **error);
/* Keeps script and data of `part`, whose basename begins with that of `data`, among its files. */
void figure_add_parts(FigureData *data, const FigureData *part);
/* Writes script, style and data beside their place, starts gnuplot there, and moves all of it
 * into place. */
bool figure_render(const FigureData *data, GError **error);
/* What a request says of a ladder. */
LadderOptions figure_ladder_options(const FigureRequest *request);
/* The ladder as text, the only figure that has that form. */
bool figure_make_text(const FigureRequest *request, GError **error);
