/* run-log: what a run left, or what a capture holds, as rows in memory.
 *
 * The one way in which show, plot, diff and report look at a run: timeline.csv of a run's folder,
 * or a capture (pcap, pcapng, ours or another's) read with libpcap. Files are not trusted: a line
 * that is cut short or holds something else is an error with its file, line and column. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef enum {
  RUN_SEND,
  RUN_TRANSMIT,
  RUN_RECEIVE,
  RUN_DROP,
  RUN_MARK,
  RUN_DUPLICATE,
  RUN_STATE,
  RUN_TIMER_SET,
  RUN_TIMER_FIRE,
  RUN_TIMER_CANCEL,
  RUN_CALL,
  RUN_NOTE,
  RUN_CAPTURE, /* only from a capture: seen at one place, node is that place */
} RunEvent;

extern const char *const run_event_names[]; /* "send", "timer-set" ...; NULL-terminated */

/* A row of timeline.csv; strings are owned by the log (interned), valid UTF-8 and never NULL: "" is
 * empty. */
typedef struct RunRow {
  SimTime time;
  RunEvent event;
  const char *node, *link;   /* link: "client>server" */
  guint64 packet;            /* 0: none */
  const char *conn;          /* "client:49152-server:80", the opener first */
  const char *src, *dst;     /* "10.0.0.1:49152" */
  const char *proto, *flags; /* "TCP", "SYN+ACK" */
  gint64 seq, ack;           /* relative; meaningful when has_seq, has_ack */
  bool has_seq, has_ack;
  guint32 len, size;   /* payload, IP length */
  gint64 win;          /* bytes after scaling; -1: none */
  const char *options; /* "mss=1460 sackOK ts=1/0 ws=7" */
  guint32 retransmit;  /* 0 first, 1 first retransmission ... */
  const char *state;   /* "SYN-SENT>ESTABLISHED" */
  const char *detail;
  guint32 seq_raw, ack_raw;
  guint32 line; /* in the file, for messages; the packet's number in a capture */
} RunRow;

typedef struct RunLog {
  char *path;         /* owned: as given */
  GArray *rows;       /* of RunRow, in time order */
  GPtrArray *nodes;   /* of const char *, in order of first appearance */
  GPtrArray *conns;   /* of const char *, in order of first appearance */
  GStringChunk *text; /* the strings */
  GHashTable *known;  /* the names in nodes and conns; look-up only */
  bool is_capture;    /* one place only: when a packet left and arrived is not both known */
} RunLog;

/* Reads a run's folder (its timeline.csv) or a capture file. */
RunLog *run_log_read(const char *path, GError **error);
void run_log_free(RunLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunLog, run_log_free)

/* The one of `conns` that is called `wanted`, else the only one with `wanted` in its name. NULL for
 * `wanted`: *conn is NULL, which means all. An error says which there are. */
bool run_log_choose_conn(const GPtrArray *conns, const char *wanted, const char **conn,
                         GError **error);

/* Several of them: names, parts or patterns with '*' ("client*:80"), with commas between. *chosen
 * is the set of the log's own strings, to be unreferenced; NULL, for `wanted` NULL, means all. */
bool run_log_choose_conns(const GPtrArray *conns, const char *wanted, GHashTable **chosen,
                          GError **error);

/* For the readers: an empty log; the log's own copy of `text`; a row at the end (with strings of
 * run_log_intern(), not before the last one in time), whose node and conn are noted. */
RunLog *run_log_new(const char *path);
const char *run_log_intern(RunLog *log, const char *text);
void run_log_add(RunLog *log, const RunRow *row);
/* run-csv.c: reads a timeline.csv into a new log, whose path is `path`. */
RunLog *run_log_read_csv(const char *path, const char *file, GError **error);
/* capture.c: reads a pcap or pcapng file into a new log. Times count from the first packet unless
 * the file is one of ours (it says so in its section's application). */
RunLog *run_log_read_capture(const char *path, GError **error);
