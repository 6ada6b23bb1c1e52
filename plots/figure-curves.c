/* figure-curves: see the header.
 *
 * Long curves are thinned for drawing: of the points within one of THIN_BINS slices of x the first,
 * the last, the least and the greatest stay, and no eye sees a difference. */
#include "plots/figure-curves.h"

#include <math.h>

#define THIN_BINS 1000
#define THIN_ABOVE 4000 /* points; below it each is written */
#define DECIMALS 12
#define SPREAD                                                                                     \
  50 /* shares over more than this, from the median to the greatest: a logarithmic axis */

const FigureUnits figure_units_bytes = {1, 10000, {"B", "kB", "MB", "GB", "TB"}};
const FigureUnits figure_units_rate = {1, 10000, {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"}};
const FigureUnits figure_units_time = {1e-9, 3000, {"ns", "us", "ms", "s"}};

static void
curve_free(gpointer data)
{
  FigureCurve *curve = data;
  g_free(curve->name);
  g_array_unref(curve->points);
  g_free(curve);
}

void
figure_curves_init(FigureCurves *curves)
{
  *curves = (FigureCurves){.curves = g_ptr_array_new_with_free_func(curve_free), .exact = true};
}

void
figure_curves_clear(FigureCurves *curves)
{
  g_clear_pointer(&curves->curves, g_ptr_array_unref);
}

FigureCurve *
figure_curves_add(FigureCurves *curves, const char *name)
{
  FigureCurve *curve = g_new0(FigureCurve, 1);
  curve->name = g_strdup(name);
  curve->points = g_array_new(FALSE, FALSE, sizeof(FigurePoint));
  g_ptr_array_add(curves->curves, curve);
  return curve;
}

void
figure_curve_point(FigureCurve *curve, double x, double y)
{
  FigurePoint point = {x, y};
  g_array_append_val(curve->points, point);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void
figure_curve_distribution(FigureCurve *curve, GArray *values, guint of)
{
  g_array_sort(values, compare);
  for (guint i = 0; i < values->len; i++) {
    double value = g_array_index(values, double, i);
    if (i == 0)
      figure_curve_point(curve, value, 0);
    if (i + 1 == values->len || g_array_index(values, double, i + 1) > value)
      figure_curve_point(curve, value, (double)(i + 1) / of);
  }
}

static void
write_point(FigureData *data, const FigureCurves *curves, const FigurePoint *point)
{
  if (curves->exact)
    figure_data_time(data, sim_time_from_seconds(point->x));
  else
    figure_data_number(data, point->x, DECIMALS);
  figure_data_short(data, point->y);
  figure_data_row(data);
}

/* Points first..last, which stand for one slice of x. */
static void
write_slice(FigureData *data, const FigureCurves *curves, const GArray *points, guint first,
            guint last)
{
  guint keep[4] = {first, first, first, last};
  for (guint i = first; i <= last; i++) {
    double y = g_array_index(points, FigurePoint, i).y;
    if (isnan(g_array_index(points, FigurePoint, keep[1]).y) ||
        y < g_array_index(points, FigurePoint, keep[1]).y)
      keep[1] = i;
    if (isnan(g_array_index(points, FigurePoint, keep[2]).y) ||
        y > g_array_index(points, FigurePoint, keep[2]).y)
      keep[2] = i;
  }
  guint earlier = MIN(keep[1], keep[2]), later = MAX(keep[1], keep[2]);
  keep[1] = earlier;
  keep[2] = later;
  for (guint k = 0; k < G_N_ELEMENTS(keep); k++)
    if (k == 0 || keep[k] != keep[k - 1])
      write_point(data, curves, &g_array_index(points, FigurePoint, keep[k]));
}

static void
write_curve(FigureData *data, const FigureCurves *curves, guint number, double x_to)
{
  const FigureCurve *curve = curves->curves->pdata[number];
  const GArray *points = curve->points;
  g_autofree char *block = g_strdup_printf("curve-%u", number);
  figure_data_block(data, block, "x y; the first row is its name", "NaN NaN");
  figure_data_text(data, curve->name);
  figure_data_row(data);
  if (points->len == 0)
    return;
  double from = g_array_index(points, FigurePoint, 0).x;
  double to = g_array_index(points, FigurePoint, points->len - 1).x;
  double slice = (to - from) / THIN_BINS;
  bool thin = points->len > THIN_ABOVE && slice > 0;
  for (guint first = 0, next; first < points->len; first = next) {
    double bin = thin ? floor(g_array_index(points, FigurePoint, first).x / slice) : 0;
    next = first + 1;
    while (thin && next < points->len &&
           floor(g_array_index(points, FigurePoint, next).x / slice) == bin)
      next++;
    write_slice(data, curves, points, first, next - 1);
  }
  FigurePoint edge = {x_to, g_array_index(points, FigurePoint, points->len - 1).y};
  if (curves->share > 0) /* a share stays what it is */
    write_point(data, curves, &edge);
}

static void
set_unit(FigureData *data, const FigureCurves *curves, double most)
{
  const FigureUnits *units = curves->units;
  double unit = units != NULL ? units->least : 1;
  guint index = 0;
  for (; units != NULL && most / unit >= units->most && units->names[index + 1] != NULL; index++)
    unit *= 1000;
  figure_data_set(data, "unit", unit, unit < 1 ? 9 : 0);
  g_string_append_printf(data->settings, "unit_name = '%s'\n",
                         units != NULL ? units->names[index] : "");
  figure_data_block(data, "xlabel", "text", "\" \"");
  figure_data_text(data, curves->xlabel);
  figure_data_row(data);
  figure_data_block(data, "ylabel", "text", "\" \"");
  figure_data_text(data, curves->ylabel);
  figure_data_row(data);
}

/* Returns where x ends. */
static double
set_ranges(FigureData *data, const FigureCurves *curves)
{
  double from = INFINITY, to = -INFINITY, most = 0, least = INFINITY;
  for (guint i = 0; i < curves->curves->len; i++) {
    const GArray *points = ((FigureCurve *)curves->curves->pdata[i])->points;
    for (guint k = 0; k < points->len; k++) {
      const FigurePoint *point = &g_array_index(points, FigurePoint, k);
      from = MIN(from, point->x);
      to = MAX(to, point->x);
      least = point->x > 0 ? MIN(least, point->x) : least;
      most = isnan(point->y) ? most : MAX(most, point->y);
    }
  }
  if (to < from)
    from = to = 0;
  bool log_x = curves->share > 0 && least < to && to / least > SPREAD;
  if (curves->share > 0) {
    if (isfinite(least))
      figure_data_set(data, "x_least", least * 0.9, DECIMALS);
    from = log_x ? least * 0.9 : MAX(0, from - (to - from) * 0.05);
    to += log_x ? to * 0.1 : to > from ? (to - from) * 0.05 : 0;
  }
  figure_data_set(data, "x_from", from, DECIMALS);
  figure_data_set(data, "x_to", to > from ? to : from + 1e-9, DECIMALS);
  figure_data_set(data, "y_to", curves->share > 0 ? curves->share : MAX(most, 1e-9) * 1.08,
                  DECIMALS);
  figure_data_set(data, "log_x", log_x, 0);
  figure_data_set(data, "curves", curves->curves->len, 0);
  figure_data_set(data, "steps", curves->style == FIGURE_STEPS, 0);
  set_unit(data, curves, most);
  return to;
}

void
figure_curves_write(const FigureCurves *curves, FigureData *data)
{
  double x_to = set_ranges(data, curves);
  for (guint i = 0; i < curves->curves->len; i++)
    write_curve(data, curves, i, x_to);
  figure_data_end(data);
}

bool
figure_curves_make(FigureData *data, FigureCurvesFn *take, GError **error)
{
  FigureCurves curves;
  figure_curves_init(&curves);
  bool good = take(data->request, &curves, error);
  if (good)
    figure_curves_write(&curves, data);
  figure_curves_clear(&curves);
  return good;
}
