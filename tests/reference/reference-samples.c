/* reference-samples: both kinds of file are tables; each names and counts in its own way. */
#include "tests/reference/reference-samples.h"

#include <string.h>

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

static ReferenceSample
our_sample(ReferenceTable *table, guint64 segment)
{
  const char *state = reference_table_text(table, "recovery");
  return (ReferenceSample){
      .time = (SimTime)(reference_table_number(table, "time") * SIM_SECOND),
      .cwnd = (guint64)reference_table_number(table, "cwnd") / segment,
      .ssthresh = (guint64)reference_table_number(table, "ssthresh") / segment,
      .acked = (guint64)reference_table_number(table, "delivered"),
      .recovering = strcmp(state, "fast") == 0 || strcmp(state, "loss") == 0,
  };
}

GArray *
reference_samples_ours(const char *path, const char *node, guint64 segment, GError **error)
{
  ReferenceTable *table = reference_table_open(path, error);
  if (table == NULL)
    return NULL;
  g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(ReferenceSample));
  while (reference_table_next(table)) {
    if (strcmp(reference_table_text(table, "node"), node) != 0)
      continue;
    ReferenceSample sample = our_sample(table, segment);
    g_array_append_val(samples, sample);
  }
  return reference_table_close(table, error) ? g_steal_pointer(&samples) : NULL;
}
