/* jitter-trace: what was measured: a file of one time in seconds a line, one for each packet in
 * order, added to the direction's delay. At its end it begins anew. */
#include "models/net/jitter.h"

typedef struct Trace {
  SimNumbers delays; /* seconds */
  uint32_t next;     /* index of the next packet's */
} Trace;

static bool
trace_check(const void *state, GError **error)
{
  if (((const Trace *)state)->delays.count > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "file is missing: a time in seconds a line, one for each packet");
  return false;
}

static SimTime
trace_delay(void *state, SimRng *rng)
{
  Trace *trace = state;
  if (trace->next == trace->delays.count)
    trace->next = 0;
  return jitter_time(trace->delays.values[trace->next++]);
}

static void
trace_clear(void *state)
{
  sim_numbers_clear(&((Trace *)state)->delays);
}

static const SimNumbersForm trace_form = {.columns = 1, .min = -3600, .max = 3600};

static const SimParam trace_params[] = {
    {.name = "file",
     .kind = SIM_PARAM_FILE,
     .offset = offsetof(Trace, delays),
     .form = &trace_form,
     .help = "a time in seconds a line, one for each packet"},
    {.name = NULL},
};

const JitterOps jitter_trace = {
    .name = "trace",
    .help = "as recorded in a file, packet by packet",
    .state_size = sizeof(Trace),
    .params = trace_params,
    .check = trace_check,
    .delay = trace_delay,
    .clear = trace_clear,
};
