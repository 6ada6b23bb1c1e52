/* record: writes what a run leaves while it goes on: timeline.csv, tcp.csv, links.csv, captures,
 * and listeners.csv where that is asked for.
 *
 * All of it listens to trace points; a run without a recorder does the same things. Recording
 * stops when `limit` bytes are written: the run goes on, and record_truncated() says so. Errors of
 * writing (a full disk) are kept, stop the recording, and are given by record_finish(). */
#pragma once

#include "models/net/net.h"
#include "scenarios/runner/conn-names.h"

typedef struct Record Record;

typedef struct RecordSettings {
  const char *directory; /* exists; files are made in it */
  bool timeline, tcp, links, pcap, listeners;
  bool full_payload; /* snaplen = "full" */
  SimTime interval;  /* of links.csv; 0: 1/200 of the run, at least 1 ms (written at the end) */
  uint64_t limit;    /* bytes over all files */
} RecordSettings;

Record *record_new(Net *net, const RecordSettings *settings, GError **error);
/* Writes what is pending, closes the files, frees it in any case. `end` is the simulated end of the
 * run. */
bool record_finish(Record *record, SimTime end, GError **error);
/* Frees it and closes the files without a word, for a run that failed. */
void record_abandon(Record *record);
bool record_truncated(const Record *record);
/* The files it made, relative to the directory, sorted. NULL-terminated; borrowed. */
const char *const *record_files(Record *record);
