/* tcp-ends: the ends of connections that a figure of tcp.csv shows, each with its rows. */
#pragma once

#include "plots/figure.h"
#include "plots/tcp-log.h"

/* One end of a connection. */
typedef struct TcpEnd {
  const char *node, *conn; /* the log's */
  double delivered;        /* bytes: the most in any row; a name that is used again begins anew */
  GArray *rows;            /* of TcpLogRow, those in the time asked for */
} TcpEnd;

/* Those that delivered a share worth showing of what the busiest one did, at most `most` of them,
 * in order of appearance; `conn` is one of the log's, or NULL: of all. Where nothing was delivered,
 * the end that began. An error when no row is of the connection and the time asked for.
 * g_ptr_array_unref. */
GPtrArray *tcp_ends_choose(const TcpLog *log, const FigureRequest *request, guint most,
                           GError **error);
/* The name of an end among `ends`: its connection's, or its node's where several share that. */
const char *tcp_ends_name(const GPtrArray *ends, guint index);
