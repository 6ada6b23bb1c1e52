/* record-private: what record.c and its writers (record-timeline, -tcp, -links, -listeners,
 * -pcap) share.
 * Nobody else includes it. */
#pragma once

#include "models/app/app-load.h"
#include "models/tcp/tcp.h"
#include "scenarios/runner/csv.h"
#include "scenarios/runner/id-map.h"
#include "scenarios/runner/packet-kept.h"
#include "scenarios/runner/record.h"

typedef struct RecordTimeline RecordTimeline;
typedef struct RecordTcp RecordTcp;
typedef struct RecordLinks RecordLinks;
typedef struct RecordPcap RecordPcap;

struct Record {
  Net *net;        /* borrowed */
  char *directory; /* owned */
  uint32_t points; /* at which it listens: SIM_TRACE_BIT() */
  bool full_payload;
  SimTime interval;         /* of links.csv; 0: 1/200 of the run */
  uint64_t limit;           /* bytes over all files */
  uint64_t left;            /* bytes of it that are not written, not in buffers and not reserved */
  uint64_t reserved;        /* bytes of it kept for links.csv when that is written at the end */
  bool truncated;           /* the limit was reached: nothing but links.csv is written any more */
  GError *error;            /* owned: the first; NULL: none. Then nothing is written any more */
  GPtrArray *files;         /* of char *, owned, NULL-terminated only in record_files() */
  ConnNames *names;         /* owned */
  PacketKeptTable *kept;    /* owned */
  RecordTimeline *timeline; /* NULL: not asked for; the others likewise */
  RecordTcp *tcp;
  RecordLinks *links;
  RecordPcap *pcap;
  CsvFile *listeners;
  CsvFile *flows; /* NULL: no flow of a load has ended yet */
};

/* An event of a packet, for the writers. */
typedef struct RecordSeen {
  const NetPacketRecord *event;
  bool looked; /* `kept` is right; record_kept() looks */
  bool viewed; /* `view` is made; record_view() does it */
  PacketKept *kept;
  ConnView view;
} RecordSeen;

/* What is kept of the packet; NULL: nothing. */
static inline PacketKept *
record_kept(const Record *record, RecordSeen *seen)
{
  if (!seen->looked)
    seen->kept = packet_kept(record->kept, seen->event->packet);
  seen->looked = true;
  return seen->kept;
}

/* The name of the connection. Borrowed. */
const char *record_name(const Record *record, const RecordEnd *end);
/* The packet as its flow sees it. */
const ConnView *record_view(Record *record, RecordSeen *seen);
/* Keeps the first error, takes any. */
void record_failed(Record *record, GError *error);

/* So many of those that fitted are written. */
static inline void
record_spend(Record *record, uint64_t bytes)
{
  record->left -= MIN(bytes, record->left);
}

/* Whether `bytes` more fit; when not, the recording ends here. */
static inline bool
record_fits(Record *record, uint64_t bytes)
{
  if (G_LIKELY(bytes <= record->left))
    return true;
  record->truncated = true;
  return false;
}

/* Opens directory/NAME and remembers it. NULL and an error. */
CsvFile *record_open(Record *record, const char *name, const char *header, GError **error);
void record_made(Record *record, char *name); /* takes it */

/* Ends the row when it fits the limit. */
static inline void
record_row(Record *record, CsvFile *file, char *end)
{
  uint64_t bytes = (uint64_t)(end + 1 - (file->buffer + file->used));
  if (!record_fits(record, bytes))
    return;
  csv_end(file, end);
  record_spend(record, bytes);
  if (G_UNLIKELY(file->out.error != 0))
    record_failed(record, csv_error(file));
}

/* Each writer: _new() opens its file; _end() writes what is pending, where there is any; _finish()
 * closes and frees it. False and an error. */
/* The longest row of timeline.csv but for its texts: 3 names of nodes in link and conn each, 2
 * endpoints, options with 4 SACK blocks or 40 raw bytes, 10 numbers; and what csv_put_padded()
 * writes too much. */
#define RECORD_ROW_ROOM 1296
/* Its cells that stay empty between two that do not, as commas. */
enum {
  NODE_TO_CONN = 3,
  CONN_TO_STATE = 12,
  CONN_TO_DETAIL = 13,
  STATE_TO_END = 3,
  DETAIL_TO_END = 2,
};
RecordTimeline *record_timeline_new(Record *record, GError **error);
void record_timeline_packet(Record *record, RecordSeen *seen);
void record_timeline_state(Record *record, const RecordEnd *end, const TcpStateRecord *event);
void record_timeline_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event);
void record_timeline_recovery(Record *record, const RecordEnd *end, const TcpRecoveryRecord *event,
                              const TcpInfo *info);
void record_timeline_note(Record *record, const NetNoteRecord *event);
CsvFile *record_timeline_file(RecordTimeline *timeline); /* borrowed */
bool record_timeline_finish(RecordTimeline *timeline, GError **error);

RecordTcp *record_tcp_new(Record *record, GError **error);
void record_tcp_sample(Record *record, const RecordEnd *end, SimTime time, const TcpInfo *info);
/* It begins: nothing is known of it, also when there was another one with the same key. */
void record_tcp_begin(Record *record, const RecordEnd *end);
bool record_tcp_finish(RecordTcp *tcp, GError **error);

CsvFile *record_listeners_new(Record *record, GError **error);
void record_listeners_row(Record *record, const TcpListenerRecord *event);

RecordLinks *record_links_new(Record *record, GError **error);
void record_links_packet(Record *record, const NetPacketRecord *event);
void record_links_end(Record *record, SimTime end);
bool record_links_finish(RecordLinks *links, GError **error);

void record_flows_flow(Record *record, const AppFlowRecord *flow);

RecordPcap *record_pcap_new(Record *record);
void record_pcap_packet(Record *record, RecordSeen *seen);
void record_pcap_timer(Record *record, const RecordEnd *end, const TcpTimerRecord *event);
void record_pcap_end(Record *record);
bool record_pcap_finish(RecordPcap *pcap, GError **error);
