/* capture-conn: what has to be remembered of a connection to say its packets as a timeline does.
 *
 * Sequence numbers relative to the initial ones (taken from the SYNs seen, else from the first
 * packet), windows after scaling, and how often a segment was sent before. */
#pragma once

#include "plots/capture-decode.h"
#include "plots/run-log.h"

/* The detail of a row whose headers were not captured whole: options may be missing. */
#define CAPTURE_CUT "headers cut"

typedef struct CaptureConn CaptureConn;

/* `name` and `opener` (the endpoint that stands first in it) are the log's. */
CaptureConn *capture_conn_new(const char *name, const char *opener);
void capture_conn_free(CaptureConn *conn);
const char *capture_conn_name(const CaptureConn *conn);

/* Fills in what `row` (its src is set) says of TCP. To be told every packet in turn. */
void capture_conn_describe(CaptureConn *conn, RunLog *log, const CaptureFrame *frame, RunRow *row);
