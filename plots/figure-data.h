/* figure-data: what a figure's function in C writes: its data file and its settings.
 *
 * A data file is blocks of rows that gnuplot finds by their names (`index 'acks'`). Every block
 * has at least one row, if only of NaN, since gnuplot does not count empty ones. Texts are data
 * too, never part of a script: whatever a host is called, gnuplot and LaTeX print it and obey
 * nothing in it. */
#pragma once

#include "plots/figure.h"

typedef struct FigureSize {
  double width, height; /* mm */
  double font;          /* pt */
} FigureSize;

/* What panels of several runs have in common and a figure places its texts by: as asked for, then
 * as it was drawn. */
typedef struct FigureScale {
  double second;   /* points that a second of a ladder takes; 0: as its figure likes */
  double from, to; /* s, the axis of time of states; to 0: as its figure likes */
  double left;     /* points, before that axis, for names; 0: as its figure likes */
} FigureScale;

typedef struct FigureData {
  const FigureRequest *request;
  FigureSize size;   /* as asked for; the figure's function may set the height */
  GString *settings; /* assignments the script starts with: `unit = 1000`; numbers only */
  GString *text;     /* the data file */
  const char *nan;   /* the open block's row of nothing; NULL: no block is open */
  guint rows;        /* in the open block */
  bool in_row;       /* a field was written and its row is not ended */
  FigureScale scale; /* all 0: as its figure likes */
  GPtrArray *parts;  /* of FigurePart, owned: scripts and data of panels; NULL: none */
} FigureData;

/* A further script or data file of a figure. */
typedef struct FigurePart {
  char *ending; /* owned: "-0.gp", behind the figure's name */
  char *text;   /* owned */
} FigurePart;

/* The size that "column", "double" or "slide" stands for. */
bool figure_data_width(const char *name, FigureSize *size, GError **error);

/* One per figure, in figure-data-NAME.c: fills `settings` and `text`. */
bool figure_data_ladder(FigureData *data, GError **error);
bool figure_data_time_sequence(FigureData *data, GError **error);
bool figure_data_cwnd(FigureData *data, GError **error);
bool figure_data_backlog(FigureData *data, GError **error);
/* Of a study, all in figure-data-study.c. */
bool figure_data_lines(FigureData *data, GError **error);
bool figure_data_heatmap(FigureData *data, GError **error);
bool figure_data_cdf(FigureData *data, GError **error);
bool figure_data_box(FigureData *data, GError **error);
bool figure_data_scatter(FigureData *data, GError **error);
bool figure_data_queue(FigureData *data, GError **error);
bool figure_data_throughput(FigureData *data, GError **error);
bool figure_data_fct_cdf(FigureData *data, GError **error);
bool figure_data_topology(FigureData *data, GError **error);
bool figure_data_tcptrace(FigureData *data, GError **error);
bool figure_data_rtt(FigureData *data, GError **error);
bool figure_data_goodput(FigureData *data, GError **error);
bool figure_data_states(FigureData *data, GError **error);
bool figure_data_state_machine(FigureData *data, GError **error);
bool figure_data_connect_cdf(FigureData *data, GError **error);
bool figure_data_fairness(FigureData *data, GError **error);
/* Of several runs: figure-compare.c. */
bool figure_data_compare(FigureData *data, GError **error);

/* A block `name` whose rows have the `columns` (for the reader of the file); `nan` is the row it
 * gets when it has no other. A block ends where the next one begins, the last one by _end(). */
void figure_data_block(FigureData *data, const char *name, const char *columns, const char *nan);
void figure_data_end(FigureData *data);

/* Fields of a row, and its end. */
void figure_data_number(FigureData *data, double value, int decimals); /* NaN: no value */
void figure_data_short(FigureData *data, double value); /* at most nine decimals, none for nothing */
void figure_data_integer(FigureData *data, gint64 value);
void figure_data_time(FigureData *data, SimTime time); /* seconds, exact */
void figure_data_text(FigureData *data, const char *text);
void figure_data_row(FigureData *data);

/* `name = value` in front of the script. */
void figure_data_set(FigureData *data, const char *name, double value, int decimals);
/* Chooses B, kB, MB ... for values up to `most` bytes: sets `unit` (bytes) and `unit_name`. */
void figure_data_set_unit(FigureData *data, double most);

/* Is `time` within what the request asks for? */
bool figure_data_wants(const FigureData *data, SimTime time);
