/* trace: the lists of listeners. */
#include "sim/trace.h"

#include "sim/hot.h"
#include "sim/sim.h"

void
sim_trace_listen(Sim *sim, SimTracePointId id, SimTraceFn fn, void *data)
{
  SimTracePoint *point = &sim->trace[id];
  if (point->listeners == NULL)
    point->listeners = g_array_new(FALSE, FALSE, sizeof(SimTraceListener));
  SimTraceListener listener = {.fn = fn, .data = data};
  g_array_append_val(point->listeners, listener);
  sim->traced |= SIM_TRACE_BIT(id);
}

void
sim_trace_ignore(Sim *sim, SimTracePointId id, SimTraceFn fn, void *data)
{
  SimTracePoint *point = &sim->trace[id];
  for (guint i = 0; point->listeners != NULL && i < point->listeners->len; i++) {
    const SimTraceListener *listener = &g_array_index(point->listeners, SimTraceListener, i);
    if (listener->fn != fn || listener->data != data)
      continue;
    g_array_remove_index(point->listeners, i);
    if (point->listeners->len == 0) {
      g_clear_pointer(&point->listeners, g_array_unref);
      sim->traced &= ~SIM_TRACE_BIT(id);
    }
    return;
  }
}

static bool
is_at(const SimTracePoint *point, guint i, const SimTraceListener *listener)
{
  if (point->listeners == NULL || i >= point->listeners->len)
    return false;
  const SimTraceListener *there = &g_array_index(point->listeners, SimTraceListener, i);
  return there->fn == listener->fn && there->data == listener->data;
}

/* A listener may take itself off the list; then the next one stands in its place. */
static SIM_RARE void
tell_all(Sim *sim, const SimTracePoint *point, const void *record)
{
  guint i = 0;
  for (guint left = point->listeners->len; left > 0; left--) {
    if (point->listeners == NULL || i >= point->listeners->len)
      return;
    SimTraceListener listener = g_array_index(point->listeners, SimTraceListener, i);
    listener.fn(sim, record, listener.data);
    i += is_at(point, i, &listener) ? 1 : 0;
  }
}

SIM_HOT void
sim_trace_emit(Sim *sim, SimTracePointId id, const void *record)
{
  const SimTracePoint *point = &sim->trace[id];
  const SimTraceListener *first = &g_array_index(point->listeners, SimTraceListener, 0);
  if (G_LIKELY(point->listeners->len == 1))
    first->fn(sim, record, first->data);
  else
    tell_all(sim, point, record);
}
