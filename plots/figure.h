/* figure: makes a figure: the data, the gnuplot script beside it, and the picture.
 *
 * A figure is a script plots/NAME.gp, compiled into the program, whose header says
 * what it shows, what it needs and which columns its data has, and a function that writes these
 * data from a run. The script, the shared style and the data stay beside the picture, so that an
 * author can change a label and run gnuplot alone:  gnuplot ladder.gp */
#pragma once

#include "plots/run-log.h"

typedef enum { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG, FIGURE_TEX, FIGURE_TEXT } FigureFormat;

typedef struct FigureRequest {
  const char *name;        /* "ladder" */
  const char *run;         /* the run's folder; of "compare": the first of them */
  const char *const *runs; /* of "compare": all of them, NULL-terminated; else NULL */
  const char *directory;   /* where script, data and picture go */
  const char *basename;    /* of the files, without ending; NULL: name */
  FigureFormat format;
  const char *width;          /* "column", "double" or "slide"; NULL: what the figure asks for */
  const char *title;          /* NULL: none */
  const char *conn;           /* NULL: all; of a ladder several, with commas between */
  const char *link;           /* a direction, or a part of its name; NULL: those worth showing */
  SimTime from, to;           /* 0 ... SIM_TIME_NEVER */
  bool raw;                   /* sequence numbers as on the wire */
  const char *fields, *group; /* of a ladder (ladder.h); NULL: not given */
  const char *const
      *options;     /* "x=loss", NULL-terminated: of a study's figure, of compare; NULL: none */
  bool script_only; /* write script and data, do not start gnuplot */
} FigureRequest;

FigureRequest figure_request(const char *name, const char *run); /* the defaults */

/* Whether the figure, which must be known, takes the options that are set. */
bool figure_check_request(const FigureRequest *request, GError **error);

/* Makes it. An error when the figure is unknown (nearest name given), the run lacks what it needs,
 * a file cannot be written, or gnuplot is missing or fails (its message is passed on). Nothing
 * half-written is left. */
bool figure_make(const FigureRequest *request, GError **error);

/* Those of a run: "ladder", "time-sequence", "cwnd" ...; NULL-terminated. */
const char *const *figure_names(void);
/* Those of a study: "lines" ... */
const char *const *figure_study_names(void);
/* Those of several runs: "compare". */
const char *const *figure_several_names(void);
/* From the script's header. NULL when unknown. */
const char *figure_shows(const char *name);
const char *figure_needs(const char *name);
/* By the ending of a file name (".svg"); false when it is none of them. */
bool figure_format_parse(const char *path, FigureFormat *format);
