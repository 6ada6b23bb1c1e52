/* rate-trace: opportunities to send, one after the other, round and round. */
#include "models/net/rate-trace.h"

#include "sim/error.h"

static const SimNumbersForm form = {.columns = 1, .max = 1e12, .whole = true};

static SimTime
period(const RateTrace *trace)
{
  return (SimTime)trace->times.values[trace->times.count - 1] * SIM_MILLISECOND;
}

static bool
check(const RateTrace *trace, GError **error)
{
  const SimNumbers *times = &trace->times;
  for (uint32_t i = 1; i < times->count; i++)
    if (times->values[i] < times->values[i - 1])
      return sim_numbers_refuse(times, i, "the times of a trace do not go back", error);
  if (times->values[times->count - 1] > 0)
    return true;
  return sim_numbers_refuse(times, times->count - 1,
                            "the last time of a trace is its length and must be above 0", error);
}

RateTrace *
rate_trace_new(const char *path, GError **error)
{
  RateTrace *trace = g_new0(RateTrace, 1);
  if (sim_numbers_read(&trace->times, path, &form, error) && check(trace, error))
    return trace;
  rate_trace_free(trace);
  return NULL;
}

void
rate_trace_free(RateTrace *trace)
{
  sim_numbers_clear(&trace->times);
  g_free(trace);
}

/* Begins the next opportunity. */
static void
begin_next(RateTrace *trace)
{
  SimTime offset = (SimTime)trace->times.values[trace->next] * SIM_MILLISECOND;
  trace->at = sim_time_add(trace->base, offset);
  trace->left = RATE_TRACE_BYTES;
  if (++trace->next == trace->times.count) {
    trace->next = 0;
    trace->base = sim_time_add(trace->base, period(trace));
  }
}

/* Passes over whole rounds that nobody used. */
static void
skip_rounds(RateTrace *trace, SimTime now)
{
  SimTime round = period(trace);
  if (trace->base == SIM_TIME_NEVER || now - trace->base <= round)
    return;
  trace->base += (now - trace->base - 1) / round * round;
  trace->next = 0;
  trace->left = 0;
}

SimTime
rate_trace_take(RateTrace *trace, SimTime now, uint32_t bytes)
{
  skip_rounds(trace, now);
  while (trace->at < now || trace->left == 0)
    begin_next(trace);
  while (bytes > trace->left) {
    bytes -= trace->left;
    begin_next(trace);
  }
  trace->left -= bytes;
  return trace->at;
}

uint64_t
rate_trace_mean(const RateTrace *trace)
{
  double bits = 8.0 * RATE_TRACE_BYTES * trace->times.count;
  return (uint64_t)(bits / sim_time_to_seconds(period(trace)) + 0.5);
}
