/* report: a run as one page for a browser, with everything in it and nothing outside it.
 *
 * report_data() writes what the page shows as JSON: the items of the ladder as ladder_new() finds
 * them (so the page tells the same story as the terminal and the figure), why each packet was sent,
 * the samples of tcp.csv and links.csv, and what run.json and summary.json say. report_page() puts
 * it into the page of plots/report/ (HTML, style, scripts), which draws it. The same run gives the
 * same bytes.
 *
 * Nothing that comes out of a file is trusted: what is wrong in one is an error with its place, and
 * a text (a host's name, the scenario) cannot become markup: JSON has no '<' in it, the page's
 * scripts write texts as texts, and its Content-Security-Policy lets no other script run. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

#define REPORT_PACKETS 50000 /* that a page can hold; a longer run is cut there and says so */

typedef struct ReportRequest {
  const char *run;  /* a run's folder, or a capture */
  const char *conn; /* NULL: all */
  SimTime from, to; /* 0 ... SIM_TIME_NEVER */
} ReportRequest;

ReportRequest report_request(const char *run); /* the defaults */

/* JSON (g_free), or an error: a file that is missing, cut short or no longer what it was. */
char *report_data(const ReportRequest *request, GError **error);
/* The page around such data. g_free. */
char *report_page(const char *data);
/* Both, into the file. */
bool report_make(const ReportRequest *request, const char *file, GError **error);
