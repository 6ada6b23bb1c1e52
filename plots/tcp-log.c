/* tcp-log: reads tcp.csv (csv-reader.h).
 *
 * An empty ssthresh, "inf" or a number beyond any window says that there is none yet. */
#include "plots/tcp-log.h"

#include <math.h>
#include <string.h>

#include "plots/csv-reader.h"

enum {
  TIME,
  NODE,
  CONN,
  CWND,
  SSTHRESH,
  FLIGHT,
  SRTT,
  RTO,
  DELIVERED,
  LOST,
  RETRANSMITS,
  RECOVERY,
  COLUMNS
};

static const char *const column_names[COLUMNS + 1] = {
    "time", "node",      "conn", "cwnd",        "ssthresh", "flight", "srtt",
    "rto",  "delivered", "lost", "retransmits", "recovery", NULL};

#define NUMBER_MOST 4.6e18 /* 2^62: what stands for no limit is at least that */

typedef struct Rows {
  TcpLog *log;
  TcpLogRow row;     /* under way */
  GHashTable *conns; /* the set of those in log->conns: look-up only */
} Rows;

/* A count, not negative; an empty field is 0. */
static bool
read_number(CsvReader *reader, int column, double *value, GError **error)
{
  const char *text = reader->field->str;
  char *end;
  *value = g_ascii_strtod(text, &end); /* 0 where nothing stands */
  if (*end != '\0' || isnan(*value) || *value < 0)
    return csv_reader_fail_value(reader, column, "a number", error);
  if (*value < NUMBER_MOST || column == SSTHRESH)
    return true;
  return csv_reader_fail_value(reader, column, "a number below 4.6e18", error);
}

static bool
read_ssthresh(CsvReader *reader, double *ssthresh, GError **error)
{
  if (!read_number(reader, SSTHRESH, ssthresh, error))
    return false;
  if (reader->field->len == 0 || *ssthresh >= NUMBER_MOST)
    *ssthresh = INFINITY;
  return true;
}

static bool
store(CsvReader *reader, int column, void *data, GError **error)
{
  Rows *rows = data;
  TcpLogRow *row = &rows->row;
  GStringChunk *texts = rows->log->text;
  const char *text = reader->field->str;
  double number;
  switch (column) {
  case TIME:
    return csv_reader_time(reader, column, &row->time, error);
  case NODE:
    row->node = g_string_chunk_insert_const(texts, text);
    return true;
  case CONN:
    row->conn = g_string_chunk_insert_const(texts, text);
    return true;
  case CWND:
    return read_number(reader, column, &row->cwnd, error);
  case SSTHRESH:
    return read_ssthresh(reader, &row->ssthresh, error);
  case FLIGHT:
    return read_number(reader, column, &row->flight, error);
  case SRTT:
    return read_number(reader, column, &row->srtt, error);
  case RTO:
    return read_number(reader, column, &row->rto, error);
  case DELIVERED:
    return read_number(reader, column, &row->delivered, error);
  case RECOVERY:
    row->recovery = g_string_chunk_insert_const(texts, text);
    return true;
  default:
    if (!read_number(reader, column, &number, error))
      return false;
    *(column == LOST ? &row->lost : &row->retransmits) = (gint64)number;
    return true;
  }
}

static bool
read_rows(CsvReader *reader, Rows *rows, GError **error)
{
  TcpLog *log = rows->log;
  while (csv_reader_more(reader)) {
    rows->row = (TcpLogRow){0};
    if (!csv_reader_row(reader, store, rows, error))
      return false;
    g_array_append_val(log->rows, rows->row);
    char *conn = (char *)(guintptr)rows->row.conn;
    if (g_hash_table_add(rows->conns, conn))
      g_ptr_array_add(log->conns, conn);
  }
  return true;
}

TcpLog *
tcp_log_read(const char *run, GError **error)
{
  g_autofree char *path = g_build_filename(run, "tcp.csv", NULL);
  g_autoptr(TcpLog) log = g_new0(TcpLog, 1);
  log->rows = g_array_new(FALSE, FALSE, sizeof(TcpLogRow));
  log->conns = g_ptr_array_new();
  log->text = g_string_chunk_new(1024);
  Rows rows = {.log = log, .conns = g_hash_table_new(NULL, NULL)}; /* by pointer: interned texts */
  CsvReader reader;
  bool done = csv_reader_open(&reader, path, column_names, "a tcp.csv", error) &&
              read_rows(&reader, &rows, error);
  csv_reader_close(&reader);
  g_hash_table_unref(rows.conns);
  return done ? g_steal_pointer(&log) : NULL;
}

void
tcp_log_free(TcpLog *log)
{
  g_array_unref(log->rows);
  g_ptr_array_unref(log->conns);
  g_string_chunk_free(log->text);
  g_free(log);
}
