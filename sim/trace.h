/* trace: points where a model says what happened, to whoever listens.
 *
 * A point costs one test when nobody listens. A record is a struct of the model's (its type is
 * fixed by the point's number) that lives for the call only. Listeners are called in the order in
 * which they were added; they must not change the simulated world. Who begins to listen while a
 * record is told hears of the next one. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The points, by model; the record's type is named beside each. */
typedef enum {
  NET_TRACE_PACKET, /* NetPacketRecord, models/net/net.h */
  NET_TRACE_HOP,    /* NetPacketRecord: what is sent, received and dropped, for who need not hear of
                       a drop in its time: links work as if nobody listened */
  NET_TRACE_NOTE,   /* NetNoteRecord, models/net/net.h */
  TCP_TRACE_STATE,  /* TcpStateRecord, models/tcp/tcp.h */
  TCP_TRACE_TIMER,  /* TcpTimerRecord */
  TCP_TRACE_SAMPLE, /* TcpSampleRecord */
  TCP_TRACE_LISTENER, /* TcpListenerRecord */
  TCP_TRACE_RECOVERY, /* TcpRecoveryRecord */
  NET_TRACE_DROP,     /* NetPacketRecord: drops only, likewise */
  APP_TRACE_FLOW,     /* AppFlowRecord, models/app/app-load.h */
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
} SimTracePoint;

/* Whether anybody listens at a point, or at one of several (a mask of their bits). */
#define SIM_TRACE_BIT(id) (UINT32_C(1) << (id))
#define sim_traced_any(sim, mask) G_UNLIKELY(((sim)->traced & (mask)) != 0)
#define sim_traced(sim, id) sim_traced_any(sim, SIM_TRACE_BIT(id))

void sim_trace_listen(struct Sim *sim, SimTracePointId id, SimTraceFn fn, void *data);
void sim_trace_ignore(struct Sim *sim, SimTracePointId id, SimTraceFn fn, void *data);
/* Call it under sim_traced(), with a record that is built there. */
void sim_trace_emit(struct Sim *sim, SimTracePointId id, const void *record);
