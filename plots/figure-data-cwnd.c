/* figure-data-cwnd: congestion window, slow-start threshold and bytes in flight against time.
 *
 * One end of one connection gives all three, with its losses marked; when several ends sent a
 * share worth showing, each gives its congestion window only. Values hold until the next row, so
 * curves are steps. Long runs are thinned: of the rows within one of THIN_BINS slices of the time
 * shown, the first, the last, the least and the greatest stay, and no eye sees a difference. */
#include "plots/figure-curves.h"

#include <math.h>
#include <string.h>

#include "plots/tcp-ends.h"

#define THIN_BINS 1000
#define MAX_ENDS 6 /* curves that can be told apart */

/* Which of a row's numbers a curve shows. */
typedef enum { CURVE_CWND, CURVE_SSTHRESH, CURVE_FLIGHT } Curve;

static double
curve_value(const TcpLogRow *row, Curve curve)
{
  if (curve == CURVE_CWND)
    return row->cwnd;
  if (curve == CURVE_FLIGHT)
    return row->flight;
  return isinf(row->ssthresh) ? NAN : row->ssthresh;
}

/* Writes the rows first..last, which stand for one slice of time. */
static void
write_slice(FigureData *data, const GArray *rows, Curve curve, guint first, guint last)
{
  guint keep[4] = {first, first, first, last};
  for (guint i = first; i <= last; i++) {
    double value = curve_value(&g_array_index(rows, TcpLogRow, i), curve);
    double least = curve_value(&g_array_index(rows, TcpLogRow, keep[1]), curve);
    double greatest = curve_value(&g_array_index(rows, TcpLogRow, keep[2]), curve);
    if (value < least || isnan(least))
      keep[1] = i;
    if (value > greatest || isnan(greatest))
      keep[2] = i;
  }
  if (keep[1] > keep[2]) {
    guint swap = keep[1];
    keep[1] = keep[2];
    keep[2] = swap;
  }
  for (guint k = 0; k < G_N_ELEMENTS(keep); k++) {
    const TcpLogRow *row = &g_array_index(rows, TcpLogRow, keep[k]);
    if (k > 0 && keep[k] == keep[k - 1])
      continue;
    figure_data_time(data, row->time);
    figure_data_number(data, curve_value(row, curve), 0);
    figure_data_row(data);
  }
}

static void
write_curve(FigureData *data, const GArray *rows, Curve curve)
{
  SimTime from = g_array_index(rows, TcpLogRow, 0).time;
  SimTime to = g_array_index(rows, TcpLogRow, rows->len - 1).time;
  SimTime slice = MAX((to - from) / THIN_BINS, 1);
  guint first = 0;
  for (guint i = 1; i <= rows->len; i++) {
    SimTime start = g_array_index(rows, TcpLogRow, first).time;
    bool same = i < rows->len && g_array_index(rows, TcpLogRow, i).time / slice == start / slice;
    if (same && rows->len > THIN_BINS)
      continue;
    write_slice(data, rows, curve, first, i - 1);
    first = i;
  }
}

static bool
in_recovery(const TcpLogRow *row, const char *kind)
{
  return strcmp(row->recovery, kind) == 0;
}

/* Where a recovery of this kind begins, at the window it found. */
static void
write_losses(FigureData *data, const GArray *rows, const char *kind)
{
  for (guint i = 1; i < rows->len; i++) {
    const TcpLogRow *row = &g_array_index(rows, TcpLogRow, i);
    const TcpLogRow *before = row - 1;
    if (!in_recovery(row, kind) || in_recovery(before, kind))
      continue;
    figure_data_time(data, row->time);
    figure_data_number(data, before->cwnd, 0);
    figure_data_row(data);
  }
}

/* Stretches of time in fast recovery or after a time-out. */
static void
write_recoveries(FigureData *data, const GArray *rows)
{
  const TcpLogRow *began = NULL;
  for (guint i = 0; i < rows->len; i++) {
    const TcpLogRow *row = &g_array_index(rows, TcpLogRow, i);
    bool inside = in_recovery(row, "fast") || in_recovery(row, "loss");
    if (inside && began == NULL)
      began = row;
    if (began == NULL || (inside && i + 1 < rows->len))
      continue;
    figure_data_time(data, began->time);
    figure_data_time(data, row->time);
    figure_data_row(data);
    began = NULL;
  }
}

static void
write_retransmits(FigureData *data, const GArray *rows)
{
  for (guint i = 1; i < rows->len; i++) {
    const TcpLogRow *row = &g_array_index(rows, TcpLogRow, i);
    if (row->retransmits == row[-1].retransmits)
      continue;
    figure_data_time(data, row->time);
    figure_data_integer(data, row->retransmits);
    figure_data_row(data);
  }
}

/* The rows whose threshold is drawn, which is until the next row: a flow that never lost anything
 * has none. */
static guint
count_thresholds(const GArray *rows)
{
  guint count = 0;
  for (guint i = 0; i + 1 < rows->len; i++)
    count += !isnan(curve_value(&g_array_index(rows, TcpLogRow, i), CURVE_SSTHRESH));
  return count;
}

static void
write_one(FigureData *data, const TcpEnd *end)
{
  static const struct {
    const char *block;
    Curve curve;
  } curves[] = {{"cwnd", CURVE_CWND}, {"ssthresh", CURVE_SSTHRESH}, {"flight", CURVE_FLIGHT}};
  for (guint i = 0; i < G_N_ELEMENTS(curves); i++) {
    figure_data_block(data, curves[i].block, "time bytes", "NaN NaN");
    write_curve(data, end->rows, curves[i].curve);
  }
  figure_data_block(data, "fast", "time bytes (cwnd when recovery began)", "NaN NaN");
  write_losses(data, end->rows, "fast");
  figure_data_set(data, "fasts", data->rows, 0);
  figure_data_block(data, "timeout", "time bytes (cwnd when the timer fired)", "NaN NaN");
  write_losses(data, end->rows, "loss");
  figure_data_set(data, "timeouts", data->rows, 0);
  figure_data_block(data, "recovery", "from to", "NaN NaN");
  write_recoveries(data, end->rows);
  figure_data_block(data, "retransmits", "time count", "NaN NaN");
  write_retransmits(data, end->rows);
  figure_data_set(data, "resent", data->rows, 0);
  figure_data_set(data, "cuts", count_thresholds(end->rows), 0);
}

static void
write_many(FigureData *data, const GPtrArray *ends)
{
  for (guint i = 0; i < ends->len; i++) {
    const TcpEnd *end = g_ptr_array_index(ends, i);
    g_autofree char *block = g_strdup_printf("end-%u", i);
    figure_data_block(data, block, "time bytes; the first row is its name", "NaN NaN");
    figure_data_text(data, tcp_ends_name(ends, i));
    figure_data_row(data);
    write_curve(data, end->rows, CURVE_CWND);
  }
}

static void
set_ranges(FigureData *data, const GPtrArray *ends)
{
  SimTime from = SIM_TIME_NEVER, to = 0;
  double most = 1;
  for (guint i = 0; i < ends->len; i++) {
    const GArray *rows = ((const TcpEnd *)g_ptr_array_index(ends, i))->rows;
    from = MIN(from, g_array_index(rows, TcpLogRow, 0).time);
    to = MAX(to, g_array_index(rows, TcpLogRow, rows->len - 1).time);
    for (guint k = 0; k < rows->len; k++) {
      const TcpLogRow *row = &g_array_index(rows, TcpLogRow, k);
      most = MAX(most, ends->len == 1 ? MAX(row->cwnd, row->flight) : row->cwnd);
    }
  }
  figure_data_set(data, "x_from", sim_time_to_seconds(from), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(to > from ? to : from + 1), 12);
  figure_data_set(data, "y_to", most * 1.1, 0);
  figure_data_set(data, "ends", ends->len, 0);
  figure_data_set_unit(data, most);
}

bool
figure_data_cwnd(FigureData *data, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(data->request->run, error);
  g_autoptr(GPtrArray) ends =
      log != NULL ? tcp_ends_choose(log, data->request, MAX_ENDS, error) : NULL;
  if (ends == NULL)
    return false;
  set_ranges(data, ends);
  if (ends->len == 1)
    write_one(data, g_ptr_array_index(ends, 0));
  else
    write_many(data, ends);
  figure_data_end(data);
  return true;
}

bool
figure_curves_cwnd(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(request->run, error);
  g_autoptr(GPtrArray) ends = log != NULL ? tcp_ends_choose(log, request, MAX_ENDS, error) : NULL;
  if (ends == NULL)
    return false;
  curves->xlabel = "Time";
  curves->ylabel = "Window";
  curves->units = &figure_units_bytes;
  for (guint i = 0; i < ends->len; i++) {
    const GArray *rows = ((const TcpEnd *)g_ptr_array_index(ends, i))->rows;
    FigureCurve *curve = figure_curves_add(curves, tcp_ends_name(ends, i));
    for (guint k = 0; k < rows->len; k++) {
      const TcpLogRow *row = &g_array_index(rows, TcpLogRow, k);
      figure_curve_point(curve, sim_time_to_seconds(row->time), row->cwnd);
    }
  }
  return true;
}
