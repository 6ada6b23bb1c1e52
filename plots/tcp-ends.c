/* tcp-ends: see the header. */
#include "plots/tcp-ends.h"

#include <string.h>

#include "plots/run-log.h"
#include "sim/error.h"

#define LEAST_SHARE 10 /* an end is shown that delivered at least 1/10 of what the busiest did */

static void
end_free(gpointer end)
{
  g_array_unref(((TcpEnd *)end)->rows);
  g_free(end);
}

static TcpEnd *
end_of(GPtrArray *ends, const TcpLogRow *row)
{
  for (guint i = ends->len; i-- > 0;) {
    TcpEnd *end = g_ptr_array_index(ends, i);
    if (end->node == row->node && end->conn == row->conn)
      return end;
  }
  TcpEnd *end = g_new0(TcpEnd, 1);
  end->node = row->node;
  end->conn = row->conn;
  end->rows = g_array_new(FALSE, FALSE, sizeof(TcpLogRow));
  g_ptr_array_add(ends, end);
  return end;
}

/* A row in which nothing has changed tells of the connection's end, a minute of TIME-WAIT later. */
static void
drop_silent_end(GArray *rows)
{
  if (rows->len < 2)
    return;
  const TcpLogRow *last = &g_array_index(rows, TcpLogRow, rows->len - 1), *before = last - 1;
  if (last->flight == 0 && before->flight == 0 && last->cwnd == before->cwnd &&
      last->delivered == before->delivered && last->retransmits == before->retransmits)
    g_array_set_size(rows, rows->len - 1);
}

static void
keep_busy(GPtrArray *ends, double most_delivered, guint most)
{
  for (guint i = ends->len; i-- > 0;) {
    const TcpEnd *end = g_ptr_array_index(ends, i);
    drop_silent_end(end->rows);
    if (end->delivered * LEAST_SHARE < most_delivered || end->rows->len == 0 ||
        (most_delivered == 0 && i > 0))
      g_ptr_array_remove_index(ends, i);
  }
  if (ends->len > most)
    g_ptr_array_set_size(ends, (gint)most);
}

GPtrArray *
tcp_ends_choose(const TcpLog *log, const FigureRequest *request, guint most, GError **error)
{
  g_autoptr(GHashTable) chosen = NULL;
  if (!run_log_choose_conns(log->conns, request->conn, &chosen, error))
    return NULL;
  GPtrArray *ends = g_ptr_array_new_with_free_func(end_free);
  double most_delivered = 0;
  for (guint i = 0; i < log->rows->len; i++) {
    const TcpLogRow *row = &g_array_index(log->rows, TcpLogRow, i);
    if (chosen != NULL && !g_hash_table_contains(chosen, row->conn))
      continue;
    TcpEnd *end = end_of(ends, row);
    end->delivered = MAX(end->delivered, row->delivered);
    most_delivered = MAX(most_delivered, row->delivered);
    if (row->time >= request->from && row->time <= request->to)
      g_array_append_val(end->rows, *row);
  }
  keep_busy(ends, most_delivered, most);
  if (ends->len > 0)
    return ends;
  g_ptr_array_unref(ends);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "%s/tcp.csv has no row of the connection and the time asked for", request->run);
  return NULL;
}

const char *
tcp_ends_name(const GPtrArray *ends, guint index)
{
  const TcpEnd *end = g_ptr_array_index(ends, index);
  for (guint i = 0; i < ends->len; i++)
    if (i != index && ((const TcpEnd *)g_ptr_array_index(ends, i))->conn == end->conn)
      return end->node;
  return end->conn;
}
