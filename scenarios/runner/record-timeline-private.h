/* record-timeline-private: what the files of record-timeline share. */
#pragma once

#include "scenarios/runner/packet-map.h"
#include "scenarios/runner/record-private.h"

#define FLAG_SETS 512 /* nine flags */

typedef struct FlagsText {
  uint32_t length; /* 0: not made yet */
  char text[PACKET_FLAGS_TEXT + CSV_PADDING];
} FlagsText;

struct RecordTimeline {
  CsvFile *file;     /* owned */
  PacketMap numbers; /* 0: not yet seen */
  uint32_t packets;  /* numbers given out */
  GPtrArray *places; /* by direction and event: owned; NULL: not yet made */
  FlagsText flags[FLAG_SETS];
};

uint32_t record_timeline_number(RecordTimeline *timeline, uint64_t id);
/* The packet that an ICMP error is about; NULL: it is none. */
const Packet *record_timeline_quoted(const Packet *packet);

/* record-timeline-cells.c */
/* packet to ack_raw, as where there is no detail; what belongs behind the first `cells` bytes. */
char *record_timeline_text(Record *record, char *at, RecordSeen *seen, size_t *cells);
