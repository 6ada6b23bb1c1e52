/* figure-data-goodput: what the applications get, in bits a second: bytes of TCP's stream when all
 * before them are there, whole datagrams of UDP when they arrive.
 *
 * A packet has arrived where it is received and neither sent on nor dropped. What fills a hole
 * delivers all that waited behind it, at that moment. Of one direction of one connection a second
 * curve says what the sender put on the wire, all that was sent twice included. */
#include "plots/figure-curves.h"

#include <string.h>

#include "plots/run-log.h"
#include "sim/error.h"

#define BINS 100
#define MAX_CURVES 6
#define LEAST_SHARE 20 /* a direction is shown that gets at least 1/20 of what the busiest does */

typedef struct Piece {
  gint64 start, end;
} Piece;

/* One direction of one connection. */
typedef struct Way {
  const char *conn, *src; /* the log's */
  gint64 next;            /* the first byte that is still missing; -1: nothing has come */
  GArray *waiting;        /* of Piece, apart and in order, all beyond `next` */
  double got[BINS], sent[BINS];
  double sum; /* of `got`; bytes */
} Way;

typedef struct Ways {
  const RunLog *log;
  const FigureRequest *request;
  GPtrArray *ways;
  GHashTable *known; /* "conn|src" by the two pointers: look-up only */
  SimTime from, width;
} Ways;

static void
way_free(gpointer data)
{
  Way *way = data;
  g_array_unref(way->waiting);
  g_free(way);
}

static guint
row_hash(gconstpointer data)
{
  const Way *way = data;
  return g_direct_hash(way->conn) ^ (g_direct_hash(way->src) << 1);
}

static gboolean
row_equal(gconstpointer a, gconstpointer b)
{
  const Way *x = a, *y = b;
  return x->conn == y->conn && x->src == y->src;
}

static Way *
way_of(Ways *ways, const RunRow *row)
{
  Way key = {.conn = row->conn, .src = row->src};
  Way *way = g_hash_table_lookup(ways->known, &key);
  if (way != NULL)
    return way;
  way = g_new0(Way, 1);
  way->conn = row->conn;
  way->src = row->src;
  way->next = -1;
  way->waiting = g_array_new(FALSE, FALSE, sizeof(Piece));
  g_ptr_array_add(ways->ways, way);
  g_hash_table_add(ways->known, way);
  return way;
}

/* Takes start..end into the stream; the number of bytes that are in order now and were not before.
 */
static gint64
take(Way *way, gint64 start, gint64 end)
{
  GArray *waiting = way->waiting;
  if (way->next < 0)
    way->next = 1; /* behind the SYN, whether it was seen or not */
  start = MAX(start, way->next);
  if (end <= start)
    return 0;
  guint at = 0;
  while (at < waiting->len && g_array_index(waiting, Piece, at).end < start)
    at++;
  while (at < waiting->len && g_array_index(waiting, Piece, at).start <= end) {
    const Piece *met = &g_array_index(waiting, Piece, at);
    start = MIN(start, met->start);
    end = MAX(end, met->end);
    g_array_remove_index(waiting, at);
  }
  if (start > way->next) {
    Piece piece = {start, end};
    g_array_insert_val(waiting, at, piece);
    return 0;
  }
  gint64 before = way->next;
  way->next = end;
  return end - before;
}

static void
count(const Ways *ways, double *bins, SimTime time, double bytes)
{
  if (time >= ways->from && time <= ways->request->to)
    bins[MIN((time - ways->from) / ways->width, BINS - 1)] += bytes;
}

static void
on_arrival(Ways *ways, const RunRow *row)
{
  Way *way = way_of(ways, row);
  double bytes = row->len;
  if (strcmp(row->proto, "TCP") == 0) {
    if (strstr(row->flags, "SYN") != NULL) {
      way->next = -1; /* a name that is used again begins anew */
      g_array_set_size(way->waiting, 0);
    }
    gint64 start = row->seq + (strstr(row->flags, "SYN") != NULL);
    bytes = (double)take(way, start, start + (gint64)row->len);
  }
  count(ways, way->got, row->time, bytes);
  if (row->time >= ways->from && row->time <= ways->request->to)
    way->sum += bytes;
}

/* Which `receive` rows are the last of their packet's way: a bit for each row. */
static guint8 *
find_arrivals(const RunLog *log)
{
  guint8 *last = g_new0(guint8, log->rows->len + 1);
  g_autoptr(GHashTable) at = g_hash_table_new(NULL, NULL); /* packet -> row + 1 */
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    gpointer packet = GSIZE_TO_POINTER((gsize)row->packet);
    if (row->event == RUN_RECEIVE) {
      last[i] = 1;
      g_hash_table_insert(at, packet, GUINT_TO_POINTER(i + 1));
    } else if (row->event == RUN_SEND || row->event == RUN_DROP) {
      guint before = GPOINTER_TO_UINT(g_hash_table_lookup(at, packet));
      if (before > 0)
        last[before - 1] = 0;
    }
  }
  return last;
}

static void
walk(Ways *ways, GHashTable *chosen)
{
  g_autofree guint8 *last = find_arrivals(ways->log);
  g_autoptr(GHashTable) sent = g_hash_table_new(NULL, NULL); /* packets that have left once */
  for (guint i = 0; i < ways->log->rows->len; i++) {
    const RunRow *row = &g_array_index(ways->log->rows, RunRow, i);
    if (row->len == 0 || *row->conn == '\0' || strcmp(row->proto, "ICMP") == 0 ||
        (chosen != NULL && !g_hash_table_contains(chosen, row->conn)))
      continue;
    if (row->event == RUN_RECEIVE && last[i])
      on_arrival(ways, row);
    else if (row->event == RUN_SEND && g_hash_table_add(sent, GSIZE_TO_POINTER((gsize)row->packet)))
      count(ways, way_of(ways, row)->sent, row->time, row->len);
  }
}

static void
keep_busiest(GPtrArray *ways)
{
  for (;;) {
    guint least = 0;
    double most = 0;
    for (guint i = 0; i < ways->len; i++) {
      most = MAX(most, ((Way *)ways->pdata[i])->sum);
      if (((Way *)ways->pdata[i])->sum < ((Way *)ways->pdata[least])->sum)
        least = i;
    }
    if (ways->len == 0 || (ways->len <= MAX_CURVES && most > 0 &&
                           ((Way *)ways->pdata[least])->sum * LEAST_SHARE >= most))
      return;
    g_ptr_array_remove_index(ways, least);
  }
}

static void
add_curve(FigureCurves *curves, const Ways *ways, const char *name, const double *bins)
{
  FigureCurve *curve = figure_curves_add(curves, name);
  for (guint k = 0; k <= BINS; k++)
    figure_curve_point(curve, sim_time_to_seconds(ways->from + k * ways->width),
                       8 * bins[MIN(k, BINS - 1)] / sim_time_to_seconds(ways->width));
}

/* A name for a direction: the connection's, with its sender where both directions are shown. */
static char *
name_of(const GPtrArray *ways, guint index)
{
  const Way *way = ways->pdata[index];
  for (guint i = 0; i < ways->len; i++)
    if (i != index && ((const Way *)ways->pdata[i])->conn == way->conn)
      return g_strdup_printf("%s from %s", way->conn, way->src);
  return g_strdup(way->conn);
}

static bool
take_curves(const FigureRequest *request, FigureCurves *curves, bool with_sent, GError **error)
{
  g_autoptr(RunLog) log = run_log_read(request->run, error);
  g_autoptr(GHashTable) chosen = NULL;
  if (log == NULL || !run_log_choose_conns(log->conns, request->conn, &chosen, error))
    return false;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(way_free);
  g_autoptr(GHashTable) known = g_hash_table_new(row_hash, row_equal);
  Ways ways = {.log = log, .request = request, .ways = list, .known = known, .from = request->from};
  SimTime to = 0; /* the last packet: what comes behind it is silence */
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (row->packet != 0 && row->len > 0 && row->time <= request->to)
      to = row->time;
  }
  ways.width = MAX((to - ways.from) / BINS, 1);
  if (to > ways.from)
    walk(&ways, chosen);
  keep_busiest(list);
  curves->xlabel = "Time";
  curves->ylabel = "Goodput";
  curves->units = &figure_units_rate;
  for (guint i = 0; i < list->len; i++) {
    g_autofree char *name = name_of(list, i);
    bool both = with_sent && list->len == 1;
    add_curve(curves, &ways, both ? "to the application" : name, ((Way *)list->pdata[i])->got);
    if (both)
      add_curve(curves, &ways, "on the wire", ((Way *)list->pdata[i])->sent);
  }
  if (list->len > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "no data arrived in the time asked for, by what \"%s\" recorded", request->run);
  return false;
}

bool
figure_curves_goodput(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  return take_curves(request, curves, false, error);
}

static bool
take_with_sent(const FigureRequest *request, FigureCurves *curves, GError **error)
{
  return take_curves(request, curves, true, error);
}

bool
figure_data_goodput(FigureData *data, GError **error)
{
  return figure_curves_make(data, take_with_sent, error);
}
