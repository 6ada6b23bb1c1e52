/* trace: the lists of listeners. */
#include "sim/trace.h"

#include "sim/sim.h"

void
sim_trace_listen(Sim *sim, SimTracePointId id, SimTraceFn fn, void *data)
{
  SimTracePoint *point = &sim->trace[id];
  if (point->listeners == NULL)
    point->listeners = g_array_new(FALSE, FALSE, sizeof(SimTraceListener));
  SimTraceListener listener = {.fn = fn, .data = data};
  g_array_append_val(point->listeners, listener);
  point->changes++;
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
    point->changes++;
    if (point->listeners->len == 0)
      g_clear_pointer(&point->listeners, g_array_unref);
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

/* Tells listener `i` and those behind. A listener
 * may add another, or take itself off the list; then the next one stands in its place. */
static void
tell_others(Sim *sim, const SimTracePoint *point, guint i, const void *record)
{
  while (point->listeners != NULL && i < point->listeners->len) {
    SimTraceListener listener = g_array_index(point->listeners, SimTraceListener, i);
    listener.fn(sim, record, listener.data);
    i += is_at(point, i, &listener) ? 1 : 0;
  }
}

void
sim_trace_emit(Sim *sim, SimTracePointId id, const void *record)
{
  const SimTracePoint *point = &sim->trace[id];
  SimTraceListener first = g_array_index(point->listeners, SimTraceListener, 0);
  bool alone = point->listeners->len == 1;
  uint32_t changes = point->changes;
  first.fn(sim, record, first.data);
  if (G_UNLIKELY(!alone || changes != point->changes))
    tell_others(sim, point, is_at(point, 0, &first) ? 1 : 0, record);
}
