/* trace: points where a model says what happened, to whoever listens.
 *
 * A point costs one test when nobody listens. A record is a struct of the model's (its type is
 * fixed by the point's number) that lives for the call only. Listeners are called in the order in
 * which they were added; they must not change the simulated world. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The points, by model; the record's type is named beside each. */
typedef enum {
  NET_TRACE_PACKET,   /* NetPacketRecord, models/net/net.h */
  NET_TRACE_NOTE,     /* NetNoteRecord, models/net/net.h */
  TCP_TRACE_STATE,    /* TcpStateRecord, models/tcp/tcp.h */
  TCP_TRACE_TIMER,    /* TcpTimerRecord */
  TCP_TRACE_SAMPLE,   /* TcpSampleRecord */
  TCP_TRACE_LISTENER, /* TcpListenerRecord */
  TCP_TRACE_RECOVERY, /* TcpRecoveryRecord */
  NET_TRACE_DROP, /* NetPacketRecord: drops only, for who must not slow the links down: listening
                     here leaves them unwatched */
  APP_TRACE_FLOW, /* AppFlowRecord, models/app/app-load.h */
  SIM_TRACE_POINTS
} SimTracePointId;

struct Sim;
typedef void (*SimTraceFn)(struct Sim *sim, const void *record, void *data);

typedef struct SimTraceListener {
  SimTraceFn fn;
  void *data;
} SimTraceListener;

typedef struct SimTracePoint {
  GArray *listeners; /* of SimTraceListener; NULL while nobody listens */
  uint32_t changes;  /* of that list so far */
} SimTracePoint;

#define sim_traced(sim, id) G_UNLIKELY((sim)->trace[id].listeners != NULL)

void sim_trace_listen(struct Sim *sim, SimTracePointId id, SimTraceFn fn, void *data);
void sim_trace_ignore(struct Sim *sim, SimTracePointId id, SimTraceFn fn, void *data);
/* Call it under sim_traced(), with a record that is built there. */
void sim_trace_emit(struct Sim *sim, SimTracePointId id, const void *record);
