/* reference-samples: what the sender's congestion state was, as a list in time order: TCP_INFO as
 * the kernel gave it every 10 ms, or a run's tcp.csv, which has every change. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef struct ReferenceSample {
  SimTime time;
  guint64 cwnd;     /* segments */
  guint64 ssthresh; /* segments; 0: none yet */
  guint64 acked;    /* bytes of data acknowledged */
  bool recovering;  /* in fast recovery, or in what follows a time-out */
} ReferenceSample;

/* Arrays of ReferenceSample; NULL with an error that names file, line and column. The second reads
 * a run's folder, takes the rows of one node and divides by the size of a segment. */
GArray *reference_samples_kernel(const char *path, GError **error);
GArray *reference_samples_ours(const char *run, const char *node, guint64 segment, GError **error);
