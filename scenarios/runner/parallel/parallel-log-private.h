/* parallel-log-private: the records, which are structs as they lie in memory, for the same program
 * elsewhere. Where a pointer would say whose something is, a number stands beside it. */
#pragma once

#include "models/net/part.h"
#include "scenarios/runner/parallel/parallel-log.h"

#define LOG_NO_DIRECTION UINT32_MAX

typedef enum {
  LOG_STATE, /* for the summary, as the next three */
  LOG_OPEN,
  LOG_DROP,
  LOG_LISTENER, /* for both */
  LOG_FLOW,     /* AppPartEnd, for the loads, which tell the recorder */
  LOG_CAME,     /* AppPartCame, likewise */
  LOG_PACKET,   /* for the recorder, as all below */
  LOG_END_STATE,
  LOG_END_TIMER,
  LOG_END_RECOVERY,
  LOG_END_SAMPLE,
} LogKind;

typedef struct LogHead {
  NetPartMoment moment;
  uint32_t kind;   /* LogKind */
  uint32_t length; /* of what follows */
} LogHead;

typedef struct LogState {
  SummaryState state; /* its pointers mean nothing */
  uint32_t node;
} LogState;

typedef struct LogOpen {
  uint64_t key;
  TcpInfo info;
  TcpError error;
} LogOpen;

typedef struct LogListener {
  uint64_t key;
  TcpListenerRecord record; /* its pointers mean nothing */
  uint32_t node;
} LogListener;

/* LOG_DROP and LOG_PACKET; behind it the reason and the packet. */
typedef struct LogPacket {
  NetPacketRecord record;   /* its pointers mean nothing */
  uint32_t node, direction; /* the latter by net_part_direction(), or LOG_NO_DIRECTION */
  uint32_t reason_length;   /* with its end; 0: none */
} LogPacket;

/* LOG_END_...; where `info` is not asked for it is left out. */
typedef struct LogEnd {
  RecordEnd end; /* its pointer means nothing, nor those of `event` */
  uint32_t node;
  union {
    TcpStateRecord state;
    TcpTimerRecord timer;
    TcpRecoveryRecord recovery;
    TcpSampleRecord sample;
  } event;
  TcpInfo info;
} LogEnd;
