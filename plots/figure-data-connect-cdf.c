/* figure-data-connect-cdf: how long connections took to open, seen by those who opened them: from
 * the step into SYN-SENT to ESTABLISHED. Those that never got there count among all. */
#include "plots/figure-curves.h"

#include <string.h>

#include "plots/run-log.h"
#include "sim/error.h"

typedef struct Openings {
  GHashTable *begun; /* "node|conn" -> when [SimTime, owned]; owns its keys; look-up only */
  GArray *times;     /* of double, s: those that opened */
  guint all;
} Openings;

static void
on_state(Openings *openings, const RunRow *row)
{
  bool begins = g_str_has_suffix(row->state, ">SYN-SENT");
  bool opens = g_str_has_suffix(row->state, ">ESTABLISHED");
  if (!begins && !opens)
    return;
  g_autofree char *key = g_strdup_printf("%s|%s", row->node, row->conn);
  if (begins) {
    SimTime *when = g_new(SimTime, 1);
    *when = row->time;
    openings->all++;
    g_hash_table_insert(openings->begun, g_steal_pointer(&key), when);
    return;
  }
  const SimTime *when = g_hash_table_lookup(openings->begun, key);
  if (when == NULL)
    return; /* the end that listened */
  double took = sim_time_to_seconds(row->time - *when);
  g_array_append_val(openings->times, took);
  g_hash_table_remove(openings->begun, key);
}

bool
figure_curves_connect_cdf(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  g_autoptr(GHashTable) chosen = NULL;
  if (log == NULL || !run_log_choose_conns(log->conns, request->conn, &chosen, error))
    return false;
  g_autoptr(GHashTable) begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(double));
  Openings openings = {begun, times, 0};
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (row->event == RUN_STATE && row->time >= request->from && row->time <= request->to &&
        (chosen == NULL || g_hash_table_contains(chosen, row->conn)))
      on_state(&openings, row);
  }
  if (times->len == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "no connection was opened in the time asked for, by what \"%s\" recorded",
                request->run);
    return false;
  }
  curves->exact = false;
  curves->xlabel = "Time to connect";
  curves->ylabel = "Share of connections";
  curves->share = 1;
  g_autofree char *name = openings.all == times->len
                              ? g_strdup_printf("%u connections", openings.all)
                              : g_strdup_printf("%u of %u connections", times->len, openings.all);
  figure_curve_distribution(figure_curves_add(curves, name), times, openings.all);
  return true;
}

bool
figure_data_connect_cdf(FigureData *data, GError **error)
{
  return figure_curves_make(data, figure_curves_connect_cdf, error);
}
