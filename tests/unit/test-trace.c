/* Trace points: who is told, in which order. */
#include "sim/trace.h"

#include "sim/sim.h"

typedef struct Note {
  GString *log;
  char name;
} Note;

static void
on_record(Sim *sim, const void *record, void *data)
{
  Note *note = data;
  g_string_append_printf(note->log, "%c%d ", note->name, *(const int *)record);
}

static void
emit(Sim *sim, SimTracePointId id, int record)
{
  if (sim_traced(sim, id))
    sim_trace_emit(sim, id, &record);
}

static void
listeners_are_told_in_order(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Note a = {log, 'a'}, b = {log, 'b'};
  emit(sim, NET_TRACE_NOTE, 1);
  sim_trace_listen(sim, NET_TRACE_NOTE, on_record, &b);
  sim_trace_listen(sim, NET_TRACE_NOTE, on_record, &a);
  sim_trace_listen(sim, TCP_TRACE_STATE, on_record, &a);
  emit(sim, NET_TRACE_NOTE, 2);
  emit(sim, TCP_TRACE_STATE, 3);
  emit(sim, NET_TRACE_PACKET, 4);
  g_assert_cmpstr(log->str, ==, "b2 a2 a3 ");
  sim_free(sim); /* with listeners on it */
}

static void
nobody_listens_after_ignore(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Note a = {log, 'a'}, b = {log, 'b'};
  sim_trace_listen(sim, NET_TRACE_NOTE, on_record, &a);
  sim_trace_listen(sim, NET_TRACE_NOTE, on_record, &b);
  sim_trace_ignore(sim, NET_TRACE_NOTE, on_record, &a);
  emit(sim, NET_TRACE_NOTE, 1);
  g_assert_nonnull(sim->trace[NET_TRACE_NOTE].listeners);
  sim_trace_ignore(sim, NET_TRACE_NOTE, on_record, &b);
  sim_trace_ignore(sim, NET_TRACE_NOTE, on_record, &b); /* nothing happens */
  g_assert_null(sim->trace[NET_TRACE_NOTE].listeners);  /* so that sim_traced() is cheap again */
  emit(sim, NET_TRACE_NOTE, 2);
  g_assert_cmpstr(log->str, ==, "b1 ");
  sim_free(sim);
}

/* Hears one record only. */
static void
on_first_record(Sim *sim, const void *record, void *data)
{
  on_record(sim, record, data);
  sim_trace_ignore(sim, NET_TRACE_NOTE, on_first_record, data);
}

static void
who_leaves_takes_no_record_from_the_next(void)
{
  Sim *sim = sim_new(1);
  g_autoptr(GString) log = g_string_new(NULL);
  Note a = {log, 'a'}, b = {log, 'b'}, c = {log, 'c'};
  sim_trace_listen(sim, NET_TRACE_NOTE, on_first_record, &a);
  sim_trace_listen(sim, NET_TRACE_NOTE, on_record, &b);
  sim_trace_listen(sim, NET_TRACE_NOTE, on_first_record, &c);
  emit(sim, NET_TRACE_NOTE, 1);
  emit(sim, NET_TRACE_NOTE, 2);
  g_assert_cmpstr(log->str, ==, "a1 b1 c1 b2 ");
  sim_free(sim);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trace/listeners-are-told-in-order", listeners_are_told_in_order);
  g_test_add_func("/trace/nobody-listens-after-ignore", nobody_listens_after_ignore);
  g_test_add_func("/trace/who-leaves-takes-no-record-from-the-next",
                  who_leaves_takes_no_record_from_the_next);
  return g_test_run();
}
