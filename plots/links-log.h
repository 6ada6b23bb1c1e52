/* links-log: links.csv of a run's folder as rows in memory: what each direction of each link did in
 * each interval. As strict as run-log; columns that are not known are passed over. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef struct LinksLogRow {
  SimTime time;                       /* the end of the interval */
  guint64 queue_packets, queue_bytes; /* waiting then */
  guint64 dropped, marked;            /* in the interval; packets */
  guint64 delivered_packets, delivered_bytes;
} LinksLogRow;

/* A direction with its rows. */
typedef struct LinksLogLane {
  char *name;   /* owned: "client>server" */
  GArray *rows; /* of LinksLogRow, in order of time */
} LinksLogLane;

typedef struct LinksLog {
  GPtrArray *lanes; /* of LinksLogLane, owned, in order of first appearance */
} LinksLog;

/* Reads RUN/links.csv. */
LinksLog *links_log_read(const char *run, GError **error);
void links_log_free(LinksLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinksLog, links_log_free)

/* The end of the last interval in [from, to] in which something happened on one of the lanes:
 * silence, such as TIME-WAIT, is not drawn. The last interval of all when nothing did; 0: there is
 * none. */
SimTime links_log_busy_until(const GPtrArray *lanes, SimTime from, SimTime to);

/* Bytes that it delivered in all. */
double links_log_delivered(const LinksLogLane *lane);

/* Those directions whose name has `wanted` in it (or is it), and of which `weight` is the most: at
 * most `most` of them, each at least a tenth of the greatest; in order of appearance. NULL for
 * `wanted`: of all. An error when there is none of that name. g_ptr_array_unref. */
GPtrArray *links_log_choose(const LinksLog *log, const char *wanted,
                            double (*weight)(const LinksLogLane *lane), guint most, GError **error);
