/* state-log: which state each end of each connection was in, and from when to when, out of a
 * timeline. */
#pragma once

#include "plots/run-log.h"

/* TCP's states, in the order of a connection's life; STATE_CLOSED is the last one's end. */
typedef enum {
  STATE_CLOSED,
  STATE_LISTEN,
  STATE_SYN_SENT,
  STATE_SYN_RECEIVED,
  STATE_ESTABLISHED,
  STATE_FIN_WAIT_1,
  STATE_FIN_WAIT_2,
  STATE_CLOSING,
  STATE_TIME_WAIT,
  STATE_CLOSE_WAIT,
  STATE_LAST_ACK,
  STATES,
} StateCode;

extern const char *const state_names[]; /* "CLOSED" ...; NULL-terminated */

/* A state that an end is in for a while. */
typedef struct StateSpan {
  guint end; /* in StateLog.ends */
  StateCode state;
  SimTime from, to; /* to: of the log's end when `lasts` */
  bool lasts;
} StateSpan;

/* A step from one state to another. */
typedef struct StateStep {
  guint end;
  StateCode from, to;
  SimTime time;
} StateStep;

typedef struct StateEnd {
  const char *node, *conn; /* the run log's */
  bool opener;             /* its connection's name begins with it */
} StateEnd;

typedef struct StateLog {
  GArray *ends;  /* of StateEnd, connection by connection, the opener first */
  GArray *spans; /* of StateSpan, in order of their beginning; none of CLOSED */
  GArray *steps; /* of StateStep, in order of time */
  SimTime end;   /* the last row of the timeline */
} StateLog;

/* Of the connections that `conn` means (run_log_choose_conns), what happens from `from` to `to`. An
 * error when no connection has a state there. */
StateLog *state_log_new(const RunLog *log, const char *conn, SimTime from, SimTime to,
                        GError **error);
void state_log_free(StateLog *states);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StateLog, state_log_free)
