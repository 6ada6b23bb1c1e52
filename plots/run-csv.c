/* run-csv: reads timeline.csv (csv-reader.h).
 *
 * A string that is the same as in the row above (most are) is not looked up again. */
#include "plots/run-log.h"

#include <string.h>

#include "plots/csv-reader.h"

/* Beyond this no sequence number or window is believed: sums of a few of them stay in range. */
#define NUMBER_MOST ((guint64)1 << 60)

/* The columns that must be there, in the order of the reference page. */
enum {
  COLUMN_TIME,
  COLUMN_EVENT,
  COLUMN_NODE,
  COLUMN_LINK,
  COLUMN_PACKET,
  COLUMN_CONN,
  COLUMN_SRC,
  COLUMN_DST,
  COLUMN_PROTO,
  COLUMN_FLAGS,
  COLUMN_SEQ,
  COLUMN_ACK,
  COLUMN_LEN,
  COLUMN_SIZE,
  COLUMN_WIN,
  COLUMN_OPTIONS,
  COLUMN_RETRANSMIT,
  COLUMN_STATE,
  COLUMN_DETAIL,
  COLUMN_SEQ_RAW,
  COLUMN_ACK_RAW,
  COLUMNS
};

static const char *const column_names[COLUMNS + 1] = {
    "time",       "event", "node",   "link",    "packet",  "conn", "src", "dst",
    "proto",      "flags", "seq",    "ack",     "len",     "size", "win", "options",
    "retransmit", "state", "detail", "seq_raw", "ack_raw", NULL,
};

typedef struct Rows {
  RunLog *log;
  RunRow row;                /* under way */
  const char *last[COLUMNS]; /* interned string of the row above; NULL: none yet */
} Rows;

/* "" gives `empty`. */
static bool
parse_number(const char *text, guint64 max, guint64 empty, guint64 *value)
{
  *value = empty;
  return *text == '\0' || (csv_reader_digits(&text, max, value) && *text == '\0');
}

static bool
parse_relative(const char *text, gint64 *value, bool *has)
{
  bool negative = *text == '-';
  guint64 magnitude;
  *value = 0;
  *has = *text != '\0';
  if (!*has)
    return true;
  text += negative ? 1 : 0;
  if (!csv_reader_digits(&text, NUMBER_MOST, &magnitude) || *text != '\0')
    return false;
  *value = negative ? -(gint64)magnitude : (gint64)magnitude;
  return true;
}

static const char *
intern(Rows *rows, int column, const char *text)
{
  const char *last = rows->last[column];
  if (last == NULL || strcmp(last, text) != 0)
    rows->last[column] = run_log_intern(rows->log, text);
  return rows->last[column];
}

static bool
parse_event(const char *text, RunEvent *event)
{
  for (int i = 0; i < RUN_CAPTURE; i++) {
    if (strcmp(run_event_names[i], text) == 0) {
      *event = (RunEvent)i;
      return true;
    }
  }
  return false;
}

static bool
store_number(CsvReader *reader, RunRow *row, int column, GError **error)
{
  const char *text = reader->field->str;
  guint64 max = column == COLUMN_PACKET ? G_MAXUINT64 : G_MAXUINT32;
  guint64 value;
  if (column == COLUMN_WIN) {
    if (!parse_number(text, NUMBER_MOST, G_MAXUINT64, &value))
      return csv_reader_fail_value(reader, column, "a number of bytes", error);
    row->win = (gint64)value; /* all ones, when empty: -1 */
    return true;
  }
  if (!parse_number(text, max, 0, &value))
    return csv_reader_fail_value(reader, column, "a number", error);
  switch (column) {
  case COLUMN_PACKET:
    row->packet = value;
    break;
  case COLUMN_LEN:
    row->len = (guint32)value;
    break;
  case COLUMN_SIZE:
    row->size = (guint32)value;
    break;
  case COLUMN_RETRANSMIT:
    row->retransmit = (guint32)value;
    break;
  case COLUMN_SEQ_RAW:
    row->seq_raw = (guint32)value;
    break;
  default:
    row->ack_raw = (guint32)value;
    break;
  }
  return true;
}

static bool
store(CsvReader *reader, int column, void *data, GError **error)
{
  Rows *rows = data;
  RunRow *row = &rows->row;
  const char *text = reader->field->str;
  const char **strings[COLUMNS] = {
      [COLUMN_NODE] = &row->node,       [COLUMN_LINK] = &row->link,
      [COLUMN_CONN] = &row->conn,       [COLUMN_SRC] = &row->src,
      [COLUMN_DST] = &row->dst,         [COLUMN_PROTO] = &row->proto,
      [COLUMN_FLAGS] = &row->flags,     [COLUMN_STATE] = &row->state,
      [COLUMN_OPTIONS] = &row->options, [COLUMN_DETAIL] = &row->detail,
  };
  if (strings[column] != NULL) {
    *strings[column] = intern(rows, column, text);
    return true;
  }
  switch (column) {
  case COLUMN_TIME:
    return csv_reader_time(reader, column, &row->time, error);
  case COLUMN_EVENT:
    return parse_event(text, &row->event) ||
           csv_reader_fail_value(reader, column, "a known event", error);
  case COLUMN_SEQ:
    return parse_relative(text, &row->seq, &row->has_seq) ||
           csv_reader_fail_value(reader, column, "a sequence number", error);
  case COLUMN_ACK:
    return parse_relative(text, &row->ack, &row->has_ack) ||
           csv_reader_fail_value(reader, column, "an acknowledgment number", error);
  default:
    return store_number(reader, row, column, error);
  }
}

static bool
read_rows(CsvReader *reader, RunLog *log, GError **error)
{
  Rows rows = {.log = log};
  while (csv_reader_more(reader)) {
    rows.row = (RunRow){.win = -1, .line = reader->line};
    if (!csv_reader_row(reader, store, &rows, error))
      return false;
    run_log_add(log, &rows.row);
  }
  return true;
}

RunLog *
run_log_read_csv(const char *path, const char *file, GError **error)
{
  g_autoptr(RunLog) log = run_log_new(path);
  CsvReader reader;
  bool done = csv_reader_open(&reader, file, column_names, "a timeline", error) &&
              read_rows(&reader, log, error);
  csv_reader_close(&reader);
  return done ? g_steal_pointer(&log) : NULL;
}
