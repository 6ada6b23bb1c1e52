/* figure-data-fairness: Chiu and Jain's plane: what one flow gets against what another gets, slice
 * of time by slice of time.
 *
 * On the diagonal both get the same; on the falling line both together get what they got at most.
 * Additive increase moves along the first, multiplicative decrease towards the origin, and so the
 * two approach the diagonal (Chiu and Jain 1989). The two flows are those that deliver most, or
 * those that --conn names. */
#include "plots/figure-data.h"

#include <math.h>

#include "plots/tcp-ends.h"
#include "sim/error.h"

#define SLICES 60
#define LEAST_ROUNDS                                                                               \
  4 /* longest smoothed round trips that a slice lasts at least: ACKs come in bursts */
#define MANY 100

typedef struct Plane {
  const TcpEnd *end[2];
  SimTime from, width;
  guint slices;
  double *bytes[2]; /* a slice each; owned */
} Plane;

/* The two that delivered most, in order of appearance. */
static bool
choose(Plane *plane, const GPtrArray *ends, const FigureRequest *request, GError **error)
{
  for (int k = 0; k < 2; k++)
    for (guint i = 0; i < ends->len; i++) {
      const TcpEnd *end = ends->pdata[i];
      if (end != plane->end[0] &&
          (plane->end[k] == NULL || end->delivered > plane->end[k]->delivered))
        plane->end[k] = end;
    }
  if (plane->end[1] == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the figure \"fairness\" needs two flows that share a path; \"%s\" has one",
                request->run);
    return false;
  }
  for (guint i = 0; i < ends->len && ends->pdata[i] != plane->end[0]; i++)
    if (ends->pdata[i] == plane->end[1]) {
      plane->end[1] = plane->end[0];
      plane->end[0] = ends->pdata[i];
    }
  return true;
}

/* From the first moment at which both have begun to the last one of the earlier end. */
static bool
set_time(Plane *plane, const FigureRequest *request, GError **error)
{
  SimTime from = request->from, to = request->to;
  double round = 0; /* s */
  for (int k = 0; k < 2; k++) {
    const GArray *rows = plane->end[k]->rows;
    const TcpLogRow *first = &g_array_index(rows, TcpLogRow, 0);
    const TcpLogRow *last = &g_array_index(rows, TcpLogRow, rows->len - 1);
    from = MAX(from, first->time);
    to = MIN(to, last->time);
    for (const TcpLogRow *row = first; row <= last; row++)
      round = MAX(round, row->srtt);
  }
  if (to <= from) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the two flows of \"%s\" are not there at the same time", request->run);
    return false;
  }
  plane->from = from;
  plane->width = MAX(MAX((to - from) / SLICES, sim_time_from_seconds(round * LEAST_ROUNDS)), 1);
  plane->slices = (guint)MAX((to - from) / plane->width, 1);
  return true;
}

static void
count(Plane *plane, int k)
{
  const GArray *rows = plane->end[k]->rows;
  plane->bytes[k] = g_new0(double, plane->slices);
  double before = 0;
  for (guint i = 0; i < rows->len; i++) {
    const TcpLogRow *row = &g_array_index(rows, TcpLogRow, i);
    double more = row->delivered - (row->delivered >= before ? before : 0);
    before = row->delivered;
    if (row->time < plane->from)
      continue;
    SimTime slice = (row->time - plane->from) / plane->width;
    if (slice < plane->slices)
      plane->bytes[k][slice] += more;
  }
}

/* (x + y)^2 / 2 (x^2 + y^2) of what both got in the whole time. */
static double
jain(const Plane *plane)
{
  double x = 0, y = 0;
  for (guint i = 0; i < plane->slices; i++) {
    x += plane->bytes[0][i];
    y += plane->bytes[1][i];
  }
  return x + y > 0 ? (x + y) * (x + y) / (2 * (x * x + y * y)) : 0;
}

static void
write_all(FigureData *data, const Plane *plane, const GPtrArray *ends)
{
  double seconds = sim_time_to_seconds(plane->width), most = 0, together = 0;
  const double *x = plane->bytes[0], *y = plane->bytes[1];
  for (int k = 0; k < 2; k++) {
    guint index = 0;
    while (ends->pdata[index] != plane->end[k])
      index++;
    figure_data_block(data, k == 0 ? "xlabel" : "ylabel", "text", "\" \"");
    figure_data_text(data, tcp_ends_name(ends, index));
    figure_data_row(data);
  }
  figure_data_block(data, "rates", "bit/s of one, of the other, time the slice ends",
                    "NaN NaN NaN");
  for (guint i = 0; i < plane->slices; i++) {
    double rate[2] = {8 * x[i] / seconds, 8 * y[i] / seconds};
    most = MAX(most, MAX(rate[0], rate[1]));
    together = MAX(together, rate[0] + rate[1]);
    figure_data_short(data, rate[0]);
    figure_data_short(data, rate[1]);
    figure_data_time(data, plane->from + (SimTime)(i + 1) * plane->width);
    figure_data_row(data);
  }
  static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
  double unit = 1;
  guint index = 0;
  for (; most / unit >= 1000 && index + 1 < G_N_ELEMENTS(units); index++)
    unit *= 1000;
  figure_data_set(data, "most", MAX(most, together * 0.6) * 1.05, 6);
  figure_data_set(data, "together", together, 6);
  figure_data_set(data, "jain", jain(plane), 3);
  figure_data_set(data, "unit", unit, 0);
  figure_data_set(data, "slice", seconds, 12);
  g_string_append_printf(data->settings, "unit_name = '%s'\n", units[index]);
  figure_data_end(data);
}

bool
figure_data_fairness(FigureData *data, GError **error)
{
  g_autoptr(TcpLog) log = tcp_log_read(data->request->run, error);
  g_autoptr(GPtrArray) ends = log != NULL ? tcp_ends_choose(log, data->request, MANY, error) : NULL;
  Plane plane = {.from = 0};
  if (ends == NULL || !choose(&plane, ends, data->request, error) ||
      !set_time(&plane, data->request, error))
    return false;
  count(&plane, 0);
  count(&plane, 1);
  data->size.height = data->size.width < 120 ? data->size.width : data->size.height;
  write_all(data, &plane, ends);
  g_free(plane.bytes[0]);
  g_free(plane.bytes[1]);
  return true;
}
