/* tcp-log: tcp.csv of a run's folder as rows in memory.
 *
 * As strict as run-log: a line that is cut short or holds something else is an error with its
 * file, line and column. Columns that were added at the end are passed over. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

/* A row: what changed at one end of one connection. Strings are owned by the log. */
typedef struct TcpLogRow {
  SimTime time;
  const char *node, *conn;  /* "client", "client:49152-server:80" */
  double cwnd, ssthresh;    /* bytes; ssthresh is INFINITY until the first loss */
  double flight;            /* bytes */
  double srtt, rto;         /* seconds; srtt is 0 before the first sample */
  double delivered;         /* bytes */
  gint64 lost, retransmits; /* segments so far */
  const char *recovery;     /* "open", "disorder", "fast", "loss" */
} TcpLogRow;

typedef struct TcpLog {
  GArray *rows;     /* of TcpLogRow, in order of time */
  GPtrArray *conns; /* of const char *, in order of first appearance */
  GStringChunk *text;
} TcpLog;

/* Reads RUN/tcp.csv. */
TcpLog *tcp_log_read(const char *run, GError **error);
void tcp_log_free(TcpLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TcpLog, tcp_log_free)
