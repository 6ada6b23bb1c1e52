/* figure-data-queue: what waits in front of the links, and what is dropped and marked there.
 *
 * One direction gives its queue as an area, with the intervals in which packets were dropped or
 * marked below the axis; several give a curve each. Without --link those are shown whose queue ever
 * held a tenth of what the longest did; where none held anything, those that carried most. Time
 * ends with the last interval in which something happened. */
#include "plots/figure-curves.h"
#include "plots/links-log.h"
#include "sim/error.h"

#define MAX_LANES 6

static double
longest(const LinksLogLane *lane)
{
  double most = 0;
  for (guint i = 0; i < lane->rows->len; i++)
    most = MAX(most, (double)g_array_index(lane->rows, LinksLogRow, i).queue_packets);
  return most;
}

static GPtrArray *
choose(const LinksLog *log, const FigureRequest *request, GError **error)
{
  double most = 0;
  for (guint i = 0; i < log->lanes->len; i++)
    most = MAX(most, longest(log->lanes->pdata[i]));
  return links_log_choose(log, request->link, most > 0 ? longest : links_log_delivered, MAX_LANES,
                          error);
}

static void
write_lane(FigureData *data, const LinksLogLane *lane)
{
  for (guint i = 0; i < lane->rows->len; i++) {
    const LinksLogRow *row = &g_array_index(lane->rows, LinksLogRow, i);
    if (!figure_data_wants(data, row->time))
      continue;
    figure_data_time(data, row->time);
    figure_data_integer(data, (gint64)row->queue_packets);
    figure_data_row(data);
  }
}

/* The intervals in which `count` packets met that fate. */
static void
write_events(FigureData *data, const LinksLogLane *lane, bool marks)
{
  for (guint i = 0; i < lane->rows->len; i++) {
    const LinksLogRow *row = &g_array_index(lane->rows, LinksLogRow, i);
    guint64 count = marks ? row->marked : row->dropped;
    if (count == 0 || !figure_data_wants(data, row->time))
      continue;
    figure_data_time(data, row->time);
    figure_data_integer(data, (gint64)count);
    figure_data_row(data);
  }
}

static bool
set_ranges(FigureData *data, const GPtrArray *lanes, GError **error)
{
  SimTime from = SIM_TIME_NEVER;
  SimTime to = links_log_busy_until(lanes, data->request->from, data->request->to);
  double most = 1;
  for (guint i = 0; i < lanes->len; i++) {
    const GArray *rows = ((LinksLogLane *)lanes->pdata[i])->rows;
    for (guint k = 0; k < rows->len; k++) {
      const LinksLogRow *row = &g_array_index(rows, LinksLogRow, k);
      if (!figure_data_wants(data, row->time))
        continue;
      from = MIN(from, k > 0 ? row[-1].time : 0);
      most = MAX(most, (double)row->queue_packets);
    }
  }
  if (from == SIM_TIME_NEVER) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s/links.csv has no row of the link and the time asked for", data->request->run);
    return false;
  }
  figure_data_set(data, "x_from", sim_time_to_seconds(MAX(from, data->request->from)), 12);
  figure_data_set(data, "x_to", sim_time_to_seconds(to), 12);
  figure_data_set(data, "y_to", most * 1.08, 6);
  figure_data_set(data, "lanes", lanes->len, 0);
  return true;
}

bool
figure_data_queue(FigureData *data, GError **error)
{
  g_autoptr(LinksLog) log = links_log_read(data->request->run, error);
  if (log == NULL)
    return false;
  g_autoptr(GPtrArray) lanes = choose(log, data->request, error);
  if (lanes == NULL || !set_ranges(data, lanes, error))
    return false;
  for (guint i = 0; i < lanes->len; i++) {
    const LinksLogLane *lane = lanes->pdata[i];
    g_autofree char *block = g_strdup_printf("lane-%u", i);
    figure_data_block(data, block, "time packets; the first row is its name", "NaN NaN");
    figure_data_text(data, lane->name);
    figure_data_row(data);
    write_lane(data, lane);
  }
  const LinksLogLane *first = lanes->pdata[0];
  figure_data_block(data, "drops", "time packets (dropped in the interval that ends then)",
                    "NaN NaN");
  if (lanes->len == 1)
    write_events(data, first, false);
  guint losses = data->rows;
  figure_data_set(data, "drops", losses, 0);
  figure_data_block(data, "marks", "time packets (marked in the interval that ends then)",
                    "NaN NaN");
  if (lanes->len == 1)
    write_events(data, first, true);
  figure_data_set(data, "marks", data->rows, 0);
  figure_data_set(data, "strip", losses + data->rows > 0, 0);
  figure_data_end(data);
  return true;
}

bool
figure_curves_queue(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(LinksLog) log = links_log_read(request->run, error);
  g_autoptr(GPtrArray) lanes = log != NULL ? choose(log, request, error) : NULL;
  if (lanes == NULL)
    return false;
  curves->xlabel = "Time";
  curves->ylabel = "Queue [packets]";
  curves->style = FIGURE_LINES;
  SimTime to = links_log_busy_until(lanes, request->from, request->to);
  for (guint i = 0; i < lanes->len; i++) {
    const LinksLogLane *lane = lanes->pdata[i];
    FigureCurve *curve = figure_curves_add(curves, lane->name);
    for (guint k = 0; k < lane->rows->len; k++) {
      const LinksLogRow *row = &g_array_index(lane->rows, LinksLogRow, k);
      if (row->time >= request->from && row->time <= to)
        figure_curve_point(curve, sim_time_to_seconds(row->time), (double)row->queue_packets);
    }
  }
  return true;
}
