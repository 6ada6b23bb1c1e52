/* figure-data-rtt: round-trip times: what was measured, what TCP makes of it (SRTT), and how long
 * it would wait (RTO).
 *
 * Of one end the three; the measurements are those that a look at the packets gives: from the first
 * transmission of a segment to the ACK that covers its end, none of what was sent again (Karn). Of
 * several ends each gives its SRTT. */
#include "plots/figure-curves.h"

#include <math.h>
#include <string.h>

#include "plots/run-log.h"
#include "plots/tcp-ends.h"
#include "sim/error.h"

#define MAX_ENDS 6
#define SPREAD 12 /* from the least SRTT to the greatest RTO: beyond it a logarithmic axis */

/* -- measurements -- */

typedef struct Out {
  gint64 end;   /* the byte behind it */
  SimTime sent; /* SIM_TIME_NEVER: sent again */
} Out;

/* What is out of one sender. */
typedef struct Watch {
  const TcpEnd *end;
  GArray *out; /* of Out, by end */
  const char *src;
} Watch;

static void
on_send(Watch *watch, const RunRow *row)
{
  gint64 end = row->seq + (gint64)row->len + (strstr(row->flags, "SYN") != NULL) +
               (strstr(row->flags, "FIN") != NULL);
  if (end == row->seq)
    return;
  watch->src = row->src;
  for (guint i = 0; row->retransmit > 0 && i < watch->out->len; i++) {
    Out *out = &g_array_index(watch->out, Out, i);
    if (out->end > row->seq && out->end <= end)
      out->sent = SIM_TIME_NEVER;
  }
  Out out = {end, row->retransmit > 0 ? SIM_TIME_NEVER : row->time};
  if (watch->out->len == 0 || g_array_index(watch->out, Out, watch->out->len - 1).end < end)
    g_array_append_val(watch->out, out);
}

/* The last segment that this ACK covers is what it measures; where one of them was sent again, the
 * others had to wait for it. */
static void
on_ack(FigureData *data, Watch *watch, const RunRow *row)
{
  guint covered = 0;
  SimTime sent = 0;
  while (covered < watch->out->len && g_array_index(watch->out, Out, covered).end <= row->ack) {
    SimTime own = g_array_index(watch->out, Out, covered++).sent;
    sent = sent == SIM_TIME_NEVER ? sent : own;
  }
  if (covered == 0)
    return;
  g_array_remove_range(watch->out, 0, covered);
  if (sent == SIM_TIME_NEVER || !figure_data_wants(data, row->time))
    return;
  figure_data_time(data, row->time);
  figure_data_time(data, row->time - sent);
  figure_data_row(data);
}

/* The rows of the block; none when the run recorded no timeline. */
static bool
write_samples(FigureData *data, const TcpEnd *end, GError **error)
{
  g_autofree char *path = g_build_filename(data->request->run, "timeline.csv", NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
    return true;
  g_autoptr(RunLog) log = run_log_read(data->request->run, error);
  if (log == NULL)
    return false;
  Watch watch = {.end = end, .out = g_array_new(FALSE, FALSE, sizeof(Out))};
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (strcmp(row->node, end->node) != 0 || strcmp(row->conn, end->conn) != 0 ||
        strcmp(row->proto, "TCP") != 0)
      continue;
    if (row->event == RUN_SEND && row->has_seq)
      on_send(&watch, row);
    else if (row->event == RUN_RECEIVE && row->has_ack &&
             (watch.src == NULL || strcmp(row->src, watch.src) != 0))
      on_ack(data, &watch, row);
  }
  g_array_unref(watch.out);
  return true;
}

/* -- curves -- */

static void
take_curve(FigureCurves *curves, const TcpEnd *end, const char *name, bool rto)
{
  FigureCurve *curve = figure_curves_add(curves, name);
  for (guint i = 0; i < end->rows->len; i++) {
    const TcpLogRow *row = &g_array_index(end->rows, TcpLogRow, i);
    double value = rto ? row->rto : row->srtt;
    figure_curve_point(curve, sim_time_to_seconds(row->time), value > 0 ? value : NAN);
  }
}

/* Is there anything to draw: a value that holds for a while, or, of `one` end, a measurement, which
 * is a point? An error when there is nothing. */
static bool
check_values(const FigureCurves *curves, bool one, const FigureRequest *request, GError **error)
{
  for (guint i = 0; i < curves->curves->len; i++) {
    const GArray *points = ((FigureCurve *)curves->curves->pdata[i])->points;
    for (guint k = 0; k < points->len; k++)
      if (!isnan(g_array_index(points, FigurePoint, k).y) &&
          (k + 1 < points->len || (one && i == 0)))
        return true;
  }
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "no round trip was measured in the time asked for, by what \"%s\" recorded",
              request->run);
  return false;
}

static void
describe(FigureCurves *curves)
{
  curves->xlabel = "Time";
  curves->ylabel = "Round-trip time";
  curves->units = &figure_units_time;
}

bool
figure_curves_rtt(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(request->run, error);
  g_autoptr(GPtrArray) ends = log != NULL ? tcp_ends_choose(log, request, MAX_ENDS, error) : NULL;
  if (ends == NULL)
    return false;
  describe(curves);
  for (guint i = 0; i < ends->len; i++)
    take_curve(curves, ends->pdata[i], tcp_ends_name(ends, i), false);
  return check_values(curves, false, request, error);
}

/* A logarithmic axis where SRTT would be a line at the bottom. */
static void
set_axis(FigureData *data, const FigureCurves *curves)
{
  double least = INFINITY, most = 0;
  for (guint i = 0; i < curves->curves->len; i++) {
    const GArray *points = ((FigureCurve *)curves->curves->pdata[i])->points;
    for (guint k = 0; k < points->len; k++) {
      double y = g_array_index(points, FigurePoint, k).y;
      least = y > 0 ? MIN(least, y) : least;
      most = y > 0 ? MAX(most, y) : most;
    }
  }
  figure_data_set(data, "log_y", most > SPREAD * least, 0);
  figure_data_set(data, "y_from", isfinite(least) ? least : 0, 12);
}

bool
figure_data_rtt(FigureData *data, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(data->request->run, error);
  g_autoptr(GPtrArray) ends =
      log != NULL ? tcp_ends_choose(log, data->request, MAX_ENDS, error) : NULL;
  if (ends == NULL)
    return false;
  FigureCurves curves;
  figure_curves_init(&curves);
  describe(&curves);
  bool one = ends->len == 1;
  for (guint i = 0; i < ends->len; i++)
    take_curve(&curves, ends->pdata[i], one ? "SRTT" : tcp_ends_name(ends, i), false);
  if (one)
    take_curve(&curves, ends->pdata[0], "RTO", true);
  bool good = check_values(&curves, one, data->request, error);
  set_axis(data, &curves);
  figure_curves_write(&curves, data);
  figure_data_block(data, "samples", "time, round trip [s]", "NaN NaN");
  if (good && one)
    good = write_samples(data, ends->pdata[0], error);
  figure_data_set(data, "samples", data->rows, 0);
  figure_data_set(data, "one_end", one, 0);
  figure_data_end(data);
  figure_curves_clear(&curves);
  return good;
}
