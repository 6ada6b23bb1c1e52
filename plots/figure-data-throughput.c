/* figure-data-throughput: bits a second against time: what each end of a connection got
 * acknowledged (tcp.csv), or, with --link or when there are no connections, what each direction of
 * a link delivered (links.csv).
 *
 * Links end with the last interval in which something happened. Connections are counted in BINS
 * slices of the time shown. What was delivered in a slice is what the last row within it says more
 * than the last one before. */
#include "plots/figure-curves.h"

#include <string.h>

#include "plots/links-log.h"
#include "plots/tcp-log.h"
#include "sim/error.h"

#define MAX_CURVES 6
#define LEAST_SHARE                                                                                \
  100 /* an end is shown that delivered at least 1/100 of what the busiest did                     \
       */
#define BINS 100

typedef struct Curve {
  char *name;
  const char *node; /* of a connection's end; NULL: a link's */
  GArray *rates;    /* of double, bit/s; a slice each */
  double sum;       /* bytes */
} Curve;

/* Of the time shown. */
typedef struct Slices {
  SimTime from, width;
} Slices;

static void
curve_free(gpointer data)
{
  Curve *curve = data;
  g_free(curve->name);
  g_array_unref(curve->rates);
  g_free(curve);
}

static Curve *
curve_new(GPtrArray *curves, const char *name)
{
  Curve *curve = g_new0(Curve, 1);
  curve->name = g_strdup(name);
  curve->rates = g_array_new(FALSE, TRUE, sizeof(double));
  g_ptr_array_add(curves, curve);
  return curve;
}

/* The slices of a curve as steps, and the end of the last one. */
static void
take_curve(FigureCurves *curves, const Curve *curve, const Slices *slices)
{
  FigureCurve *steps = figure_curves_add(curves, curve->name);
  for (guint k = 0; k <= curve->rates->len; k++) {
    guint slice = MIN(k, curve->rates->len - 1);
    figure_curve_point(steps, sim_time_to_seconds(slices->from + k * slices->width),
                       g_array_index(curve->rates, double, slice));
  }
}

/* -- connections -- */

/* The two ends of a connection, in order of appearance. */
typedef struct Ends {
  const char *node[2];
  Curve *curve[2];  /* borrowed; NULL: that end has no row yet */
  double before[2]; /* bytes delivered by the last row */
} Ends;

static void
count_row(Ends *ends, GPtrArray *curves, const TcpLogRow *row, const Slices *slices)
{
  int end = ends->node[0] == NULL || ends->node[0] == row->node ? 0 : 1;
  if (ends->curve[end] == NULL) {
    ends->node[end] = row->node;
    ends->curve[end] = curve_new(curves, row->conn);
    ends->curve[end]->node = row->node;
    g_array_set_size(ends->curve[end]->rates, BINS);
  }
  /* A name that is used again begins anew. */
  double before = ends->before[end] <= row->delivered ? ends->before[end] : 0;
  double more = row->delivered - before;
  ends->before[end] = row->delivered;
  gint64 slice = (row->time - slices->from) / slices->width;
  if (row->time < slices->from || slice > BINS || more == 0)
    return;
  GArray *rates = ends->curve[end]->rates;
  g_array_index(rates, double, MIN(slice, BINS - 1)) +=
      8 * more / sim_time_to_seconds(slices->width);
  ends->curve[end]->sum += more;
}

static void
count_rows(GPtrArray *curves, const TcpLog *log, const char *conn, const Slices *slices)
{
  g_autoptr(GHashTable) known = g_hash_table_new_full(NULL, NULL, NULL, g_free); /* by conn */
  for (guint i = 0; i < log->rows->len; i++) {
    const TcpLogRow *row = &g_array_index(log->rows, TcpLogRow, i);
    if (conn != NULL && strcmp(row->conn, conn) != 0)
      continue;
    char *key = (char *)(guintptr)row->conn;
    Ends *ends = g_hash_table_lookup(known, key);
    if (ends == NULL) {
      ends = g_new0(Ends, 1);
      g_hash_table_insert(known, key, ends);
    }
    count_row(ends, curves, row, slices);
  }
}

/* Of a connection of which both ends are shown, each says which it is. */
static void
tell_apart(GPtrArray *curves)
{
  for (guint i = 0; i + 1 < curves->len; i++)
    for (guint k = i + 1; k < curves->len; k++) {
      Curve *one = curves->pdata[i], *other = curves->pdata[k];
      if (strcmp(one->name, other->name) != 0)
        continue;
      Curve *both[] = {one, other};
      for (guint end = 0; end < 2; end++) {
        char *name = g_strdup_printf("%s from %s", both[end]->name, both[end]->node);
        g_free(both[end]->name);
        both[end]->name = name;
      }
    }
}

/* The ends worth a curve, the rest thrown away. */
static void
keep_busiest(GPtrArray *curves)
{
  for (;;) {
    guint least = 0;
    double most = 0;
    for (guint i = 0; i < curves->len; i++) {
      most = MAX(most, ((Curve *)curves->pdata[i])->sum);
      if (((Curve *)curves->pdata[i])->sum < ((Curve *)curves->pdata[least])->sum)
        least = i;
    }
    if (curves->len == 0 ||
        (curves->len <= MAX_CURVES && ((Curve *)curves->pdata[least])->sum * LEAST_SHARE >= most &&
         most > 0))
      return;
    g_ptr_array_remove_index(curves, least);
  }
}

static bool
take_connections(const FigureRequest *request, FigureCurves *out, GPtrArray *curves, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(request->run, error);
  const char *conn;
  if (log == NULL || !run_log_choose_conn(log->conns, request->conn, &conn, error))
    return false;
  SimTime from = request->from, to = 0;
  for (guint i = 0; i < log->rows->len; i++) {
    SimTime time = g_array_index(log->rows, TcpLogRow, i).time;
    if (time <= request->to)
      to = MAX(to, time);
  }
  if (to <= from)
    return true; /* no curve */
  Slices slices = {.from = from, .width = MAX((to - from) / BINS, 1)};
  count_rows(curves, log, conn, &slices);
  keep_busiest(curves);
  tell_apart(curves);
  for (guint i = 0; i < curves->len; i++)
    take_curve(out, curves->pdata[i], &slices);
  return true;
}

/* -- links -- */

static void
count_lane(Curve *curve, SimTime from, SimTime to, const GArray *rows, SimTime width)
{
  for (guint i = 0; i < rows->len; i++) {
    const LinksLogRow *row = &g_array_index(rows, LinksLogRow, i);
    SimTime length = i > 0 ? row->time - row[-1].time : row->time;
    if (row->time < from || row->time > to || length * 2 < width)
      continue; /* the last interval may be cut too short to mean anything */
    double rate = 8 * (double)row->delivered_bytes / sim_time_to_seconds(length);
    g_array_append_val(curve->rates, rate);
  }
}

static bool
take_links(const FigureRequest *request, FigureCurves *out, GPtrArray *curves, GError **error)
{
  g_autoptr(LinksLog) log = links_log_read(request->run, error);
  if (log == NULL)
    return false;
  g_autoptr(GPtrArray) lanes =
      links_log_choose(log, request->link, links_log_delivered, MAX_CURVES, error);
  if (lanes == NULL)
    return false;
  const GArray *rows = ((LinksLogLane *)lanes->pdata[0])->rows;
  SimTime width = rows->len > 0 ? g_array_index(rows, LinksLogRow, 0).time : 0;
  SimTime from = width > 0 ? request->from / width * width : 0;
  SimTime to = links_log_busy_until(lanes, request->from, request->to);
  for (guint i = 0; i < lanes->len; i++) {
    const LinksLogLane *lane = lanes->pdata[i];
    Curve *curve = curve_new(curves, lane->name);
    count_lane(curve, request->from, to, lane->rows, width);
    if (curve->rates->len == 0)
      g_ptr_array_remove(curves, curve);
  }
  if (curves->len == 0)
    return true;
  Slices slices = {.from = from, .width = width};
  for (guint i = 0; i < curves->len; i++)
    take_curve(out, curves->pdata[i], &slices);
  return true;
}

bool
figure_curves_throughput(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  g_autoptr(GPtrArray) rates = g_ptr_array_new_with_free_func(curve_free);
  g_autofree char *tcp = g_build_filename(request->run, "tcp.csv", NULL);
  bool good = true;
  curves->xlabel = "Time";
  curves->ylabel = "Throughput";
  curves->units = &figure_units_rate;
  if (request->link == NULL && g_file_test(tcp, G_FILE_TEST_IS_REGULAR))
    good = take_connections(request, curves, rates, error);
  if (good && rates->len == 0 && request->conn == NULL)
    good = take_links(request, curves, rates, error);
  if (good && rates->len == 0)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "nothing was delivered in the time asked for, by what \"%s\" recorded",
                request->run);
  return good && rates->len > 0;
}

bool
figure_data_throughput(FigureData *data, GError **error)
{
  return figure_curves_make(data, figure_curves_throughput, error);
}
