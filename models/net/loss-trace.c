/* loss-trace: what was lost before is lost again: a file of one number a packet, in order, 0 for
 * one that arrived and 1 for one that was lost, as a measurement of a real path gives it. At its
 * end it begins anew, unless repeat = false; then nothing more is lost. */
#include "models/net/loss.h"

typedef struct Trace {
  SimNumbers losses;
  bool repeat;
  uint32_t next; /* index of the next packet's; losses.count: the end */
} Trace;

static void
trace_init(void *state)
{
  ((Trace *)state)->repeat = true;
}

static bool
trace_check(const void *state, GError **error)
{
  if (((const Trace *)state)->losses.count > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "file is missing: one number a packet, 0 arrived, 1 lost");
  return false;
}

static bool
trace_lose(void *state, const Packet *packet, SimTime now, SimRng *rng)
{
  Trace *trace = state;
  if (trace->next == trace->losses.count) {
    if (!trace->repeat)
      return false;
    trace->next = 0;
  }
  return trace->losses.values[trace->next++] > 0;
}

static void
trace_clear(void *state)
{
  sim_numbers_clear(&((Trace *)state)->losses);
}

static const SimNumbersForm trace_form = {.columns = 1, .max = 1, .whole = true};

static const SimParam trace_params[] = {
    {.name = "file",
     .kind = SIM_PARAM_FILE,
     .offset = offsetof(Trace, losses),
     .form = &trace_form,
     .help = "a number a line: 0 for a packet that arrived, 1 for one that was lost"},
    {.name = "repeat",
     .kind = SIM_PARAM_BOOL,
     .offset = offsetof(Trace, repeat),
     .help = "begin anew at the end of the file"},
    {.name = NULL},
};

const LossOps loss_trace = {
    .name = "trace",
    .help = "as recorded in a file, packet by packet",
    .state_size = sizeof(Trace),
    .params = trace_params,
    .init = trace_init,
    .check = trace_check,
    .lose = trace_lose,
    .clear = trace_clear,
};
