/* record: writes what a run leaves while it goes on: timeline.csv, tcp.csv, links.csv, captures,
 * and listeners.csv where that is asked for.
 *
 * All of it listens to trace points, or is told by who does; a run without a recorder does the same
 * things. Recording
 * stops when `limit` bytes are written: the run goes on, and record_truncated() says so. Errors of
 * writing (a full disk) are kept, stop the recording, and are given by record_finish(). */
#pragma once

#include "models/tcp/tcp.h"
#include "scenarios/runner/conn-names.h"

typedef struct Record Record;

typedef struct RecordSettings {
  const char *directory; /* exists; files are made in it */
  bool timeline, tcp, links, pcap, listeners;
  bool full_payload; /* snaplen = "full" */
  SimTime interval;  /* of links.csv; 0: 1/200 of the run, at least 1 ms (written at the end) */
  uint64_t limit;    /* bytes over all files */
} RecordSettings;

/* The points at which it listens: a mask of SIM_TRACE_BIT(). 0: there is nothing to record. */
uint32_t record_points(const RecordSettings *settings);
Record *record_new(Net *net, const RecordSettings *settings, GError **error);
/* The same, but it is told what happens to packets, connections and listeners by the functions
 * below, in the order of events (scenarios/runner/parallel/). Of notes and flows it hears itself.
 */
Record *record_new_told(Net *net, const RecordSettings *settings, GError **error);

/* One end of a connection. */
typedef struct RecordEnd {
  uint64_t key; /* of the end among those that are open; not 0 */
  const Node *node;
  ConnEnds ends;
} RecordEnd;

RecordEnd record_end_of(const TcpConn *conn);
void record_take_packet(Record *record, const NetPacketRecord *event);
/* Of these, event->conn is not asked: what it would say is `end`, and `info`. */
void record_take_state(Record *record, const RecordEnd *end, const TcpStateRecord *event);
void record_take_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event);
void record_take_recovery(Record *record, const RecordEnd *end, const TcpRecoveryRecord *event,
                          const TcpInfo *info);
void record_take_sample(Record *record, const RecordEnd *end, const TcpSampleRecord *event,
                        const TcpInfo *info);
void record_take_listener(Record *record, const TcpListenerRecord *event);

/* Writes what is pending, closes the files, frees it in any case. `end` is the simulated end of the
 * run. */
bool record_finish(Record *record, SimTime end, GError **error);
/* Frees it and closes the files without a word, for a run that failed. */
void record_abandon(Record *record);
bool record_truncated(const Record *record);
/* The files it made, relative to the directory, sorted. NULL-terminated; borrowed. */
const char *const *record_files(Record *record);
