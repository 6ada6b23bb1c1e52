/* reference-samples: the kernel counts in segments and milliseconds, tcp.csv in bytes and seconds.
 */
#include "tests/reference/reference-samples.h"

#include <math.h>
#include <string.h>

#include "plots/tcp-log.h"
#include "tests/reference/reference-table.h"

#define KERNEL_NONE 0x7fffffff /* ssthresh before the first loss */
#define KERNEL_RECOVERY 3      /* ca_state: open, disorder, CWR, recovery, loss */

static ReferenceSample
kernel_sample(ReferenceTable *table)
{
  double ssthresh = reference_table_number(table, "ssthresh");
  double acked = reference_table_number(table, "bytes_acked"); /* with the SYN's one */
  return (ReferenceSample){
      .time = (SimTime)(reference_table_number(table, "t_ms") * SIM_MILLISECOND),
      .cwnd = (guint64)reference_table_number(table, "cwnd"),
      .ssthresh = ssthresh >= KERNEL_NONE ? 0 : (guint64)ssthresh,
      .acked = acked >= 1 ? (guint64)acked - 1 : 0,
      .recovering = reference_table_number(table, "ca_state") >= KERNEL_RECOVERY,
  };
}

GArray *
reference_samples_kernel(const char *path, GError **error)
{
  ReferenceTable *table = reference_table_open(path, error);
  if (table == NULL)
    return NULL;
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(ReferenceSample));
  while (reference_table_next(table)) {
    ReferenceSample sample = kernel_sample(table);
    g_array_append_val(samples, sample);
  }
  return reference_table_close(table, error) ? g_steal_pointer(&samples) : NULL;
}

GArray *
reference_samples_ours(const char *run, const char *node, guint64 segment, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(run, error);
  if (log == NULL)
    return NULL;
  GArray *samples = g_array_new(FALSE, FALSE, sizeof(ReferenceSample));
  for (guint i = 0; i < log->rows->len; i++) {
    const TcpLogRow *row = &g_array_index(log->rows, TcpLogRow, i);
    if (strcmp(row->node, node) != 0)
      continue;
    ReferenceSample sample = {
        .time = row->time,
        .cwnd = (guint64)row->cwnd / segment,
        .ssthresh = isfinite(row->ssthresh) ? (guint64)row->ssthresh / segment : 0,
        .acked = (guint64)row->delivered,
        .recovering = strcmp(row->recovery, "fast") == 0 || strcmp(row->recovery, "loss") == 0,
    };
    g_array_append_val(samples, sample);
  }
  return samples;
}
