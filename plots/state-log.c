/* state-log: see the header. */
#include "plots/state-log.h"

#include <string.h>

#include "sim/error.h"

const char *const state_names[STATES + 1] = {
    [STATE_CLOSED] = "CLOSED",           [STATE_LISTEN] = "LISTEN",
    [STATE_SYN_SENT] = "SYN-SENT",       [STATE_SYN_RECEIVED] = "SYN-RECEIVED",
    [STATE_ESTABLISHED] = "ESTABLISHED", [STATE_FIN_WAIT_1] = "FIN-WAIT-1",
    [STATE_FIN_WAIT_2] = "FIN-WAIT-2",   [STATE_CLOSING] = "CLOSING",
    [STATE_TIME_WAIT] = "TIME-WAIT",     [STATE_CLOSE_WAIT] = "CLOSE-WAIT",
    [STATE_LAST_ACK] = "LAST-ACK",
};

/* STATES: none of them. */
static StateCode
code_of(const char *name, gsize length)
{
  StateCode code = 0;
  while (code < STATES &&
         (strlen(state_names[code]) != length || strncmp(state_names[code], name, length) != 0))
    code++;
  return code;
}

static bool
is_opener(const char *node, const char *conn)
{
  return g_str_has_prefix(conn, node) && conn[strlen(node)] == ':';
}

typedef struct Builder {
  StateLog *states;
  GHashTable *ends; /* "node|conn" -> index + 1; owns its keys; look-up only */
  GArray *open;     /* of guint: the span an end is in + 1; 0: none */
  SimTime from, to;
} Builder;

static guint
end_of(Builder *builder, const RunRow *row)
{
  g_autofree char *key = g_strdup_printf("%s|%s", row->node, row->conn);
  guint found = GPOINTER_TO_UINT(g_hash_table_lookup(builder->ends, key));
  if (found > 0)
    return found - 1;
  StateEnd end = {row->node, row->conn, is_opener(row->node, row->conn)};
  guint none = 0;
  g_array_append_val(builder->states->ends, end);
  g_array_append_val(builder->open, none);
  g_hash_table_insert(builder->ends, g_steal_pointer(&key),
                      GUINT_TO_POINTER(builder->states->ends->len));
  return builder->states->ends->len - 1;
}

static void
on_row(Builder *builder, const RunRow *row)
{
  const char *sign = strchr(row->state, '>');
  if (row->event != RUN_STATE || sign == NULL || *row->conn == '\0' || row->time > builder->to)
    return;
  StateCode from = code_of(row->state, (gsize)(sign - row->state));
  StateCode to = code_of(sign + 1, strlen(sign + 1));
  if (from == STATES || to == STATES)
    return; /* another version's */
  guint end = end_of(builder, row);
  guint *open = &g_array_index(builder->open, guint, end);
  StateLog *states = builder->states;
  if (*open > 0)
    g_array_index(states->spans, StateSpan, *open - 1).to = row->time;
  *open = 0;
  if (row->time >= builder->from) {
    StateStep step = {end, from, to, row->time};
    g_array_append_val(states->steps, step);
  }
  if (to == STATE_CLOSED)
    return;
  StateSpan span = {.end = end, .state = to, .from = row->time, .to = SIM_TIME_NEVER};
  g_array_append_val(states->spans, span);
  *open = states->spans->len;
}

/* Those that last end with the log; those before the time asked for go. */
static void
finish(Builder *builder)
{
  StateLog *states = builder->states;
  guint kept = 0;
  for (guint i = 0; i < states->spans->len; i++) {
    StateSpan span = g_array_index(states->spans, StateSpan, i);
    span.lasts = span.to == SIM_TIME_NEVER;
    if (span.lasts)
      span.to = states->end;
    if (span.to >= builder->from)
      g_array_index(states->spans, StateSpan, kept++) = span;
  }
  g_array_set_size(states->spans, kept);
}

static gint
by_connection(gconstpointer a, gconstpointer b, gpointer data)
{
  guint x = *(const guint *)a, y = *(const guint *)b;
  const StateLog *states = data;
  const StateEnd *first = &g_array_index(states->ends, StateEnd, x);
  const StateEnd *second = &g_array_index(states->ends, StateEnd, y);
  guint conn_x = x, conn_y = y; /* where the connection appeared first */
  for (guint i = MIN(x, y); i-- > 0;) {
    const char *conn = g_array_index(states->ends, StateEnd, i).conn;
    conn_x = conn == first->conn ? i : conn_x;
    conn_y = conn == second->conn ? i : conn_y;
  }
  if (first->conn != second->conn)
    return conn_x < conn_y ? -1 : 1;
  return second->opener - first->opener;
}

/* Brings the two ends of each connection together. */
static void
order_ends(StateLog *states)
{
  guint n = states->ends->len;
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < n; i++)
    g_array_append_val(order, i);
  g_array_sort_with_data(order, by_connection, states);
  g_autofree guint *place = g_new(guint, n + 1);
  GArray *sorted = g_array_new(FALSE, FALSE, sizeof(StateEnd));
  for (guint i = 0; i < n; i++) {
    guint from = g_array_index(order, guint, i);
    place[from] = i;
    g_array_append_val(sorted, g_array_index(states->ends, StateEnd, from));
  }
  g_array_unref(states->ends);
  states->ends = sorted;
  for (guint i = 0; i < states->spans->len; i++) {
    StateSpan *span = &g_array_index(states->spans, StateSpan, i);
    span->end = place[span->end];
  }
  for (guint i = 0; i < states->steps->len; i++) {
    StateStep *step = &g_array_index(states->steps, StateStep, i);
    step->end = place[step->end];
  }
}

StateLog *
state_log_new(const RunLog *log, const char *conn, SimTime from, SimTime to, GError **error)
{
  g_autoptr(GHashTable) chosen = NULL;
  if (!run_log_choose_conns(log->conns, conn, &chosen, error))
    return NULL;
  g_autoptr(StateLog) states = g_new0(StateLog, 1);
  states->ends = g_array_new(FALSE, FALSE, sizeof(StateEnd));
  states->spans = g_array_new(FALSE, FALSE, sizeof(StateSpan));
  states->steps = g_array_new(FALSE, FALSE, sizeof(StateStep));
  g_autoptr(GHashTable) ends = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint));
  Builder builder = {states, ends, open, from, to};
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    states->end = MIN(row->time, to);
    if (chosen == NULL || g_hash_table_contains(chosen, row->conn))
      on_row(&builder, row);
  }
  finish(&builder);
  order_ends(states);
  if (states->spans->len > 0)
    return g_steal_pointer(&states);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "no connection of \"%s\" has a state in the time asked for", log->path);
  return NULL;
}

void
state_log_free(StateLog *states)
{
  if (states == NULL)
    return;
  g_array_unref(states->ends);
  g_array_unref(states->spans);
  g_array_unref(states->steps);
  g_free(states);
}
