/* run-csv: reads timeline.csv, RFC 4180, column by column name.
 *
 * The file is mapped and walked once; a field is copied into one scratch buffer, and a string
 * that is the same as in the row above (most are) is not looked up again. The file is not
 * trusted: whatever does not belong there ends the reading with its file, line and column.
 * Columns that are not known are passed over, so that a later version's file can be read. */
#include "plots/run-log.h"

#include <string.h>

#include "sim/error.h"

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

typedef struct Reader {
  RunLog *log;
  const char *file;          /* for messages */
  const char *at, *end;      /* what is left of the file */
  guint32 line;              /* of `at`, from 1 */
  guint32 row_line;          /* in which the row under way began */
  GString *field;            /* the last field read, without its quotes */
  GArray *columns;           /* of int: which column field i is; -1: none of ours */
  const char *last[COLUMNS]; /* interned string of the row above; NULL: none yet */
} Reader;

static bool
fail(Reader *reader, const char *column, const char *what, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s%s%s", reader->file, reader->row_line,
              column != NULL ? column : "", column != NULL ? ": " : "", what);
  return false;
}

/* A field that is not what its column holds. The text is shown cut and cleaned: it is not ours. */
static bool
fail_value(Reader *reader, int column, const char *accepted, GError **error)
{
  g_autofree char *shown = g_strescape(reader->field->str, NULL);
  if (strlen(shown) > 40)
    strcpy(shown + 37, "...");
  g_autofree char *what = g_strdup_printf("\"%s\" is not %s", shown, accepted);
  return fail(reader, column_names[column], what, error);
}

static bool
read_quoted(Reader *reader, GError **error)
{
  reader->at++;
  while (reader->at < reader->end) {
    char c = *reader->at++;
    if (c == '"' && (reader->at == reader->end || *reader->at != '"'))
      return true;
    if (c == '"')
      reader->at++;
    if (c == '\n')
      reader->line++;
    g_string_append_c(reader->field, c);
  }
  return fail(reader, NULL, "the file ends within quotes", error);
}

/* Reads one field into reader->field; *last says that the row ends behind it. */
static bool
read_field(Reader *reader, bool *last, GError **error)
{
  g_string_truncate(reader->field, 0);
  if (reader->at < reader->end && *reader->at == '"') {
    if (!read_quoted(reader, error))
      return false;
  } else {
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at != ',' && *reader->at != '\n')
      reader->at++;
    gsize length = (gsize)(reader->at - start);
    if (length > 0 && reader->at < reader->end && *reader->at == '\n' && start[length - 1] == '\r')
      length--;
    g_string_append_len(reader->field, start, (gssize)length);
  }
  if (memchr(reader->field->str, '\0', reader->field->len) != NULL)
    return fail(reader, NULL, "a zero byte: this is not a text file", error);
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at == reader->end)
    return fail(reader, NULL, "the file is cut short in the middle of this line", error);
  *last = *reader->at == '\n';
  if (!*last && *reader->at != ',')
    return fail(reader, NULL, "something stands between a closing quote and the comma", error);
  reader->line += *last ? 1 : 0;
  reader->at++;
  return true;
}

static bool
read_header(Reader *reader, GError **error)
{
  bool last = false, found[COLUMNS] = {false};
  reader->row_line = 1;
  while (!last) {
    if (!read_field(reader, &last, error))
      return false;
    int column = -1;
    for (int i = 0; i < COLUMNS; i++)
      if (!found[i] && strcmp(column_names[i], reader->field->str) == 0)
        column = i;
    if (column >= 0)
      found[column] = true;
    g_array_append_val(reader->columns, column);
  }
  for (int i = 0; i < COLUMNS; i++) {
    if (found[i])
      continue;
    g_autofree char *what =
        g_strdup_printf("this is not a timeline: it has no column \"%s\"", column_names[i]);
    return fail(reader, NULL, what, error);
  }
  return true;
}

/* Decimal digits into *value, none of them after `max` is passed. */
static bool
read_digits(const char **text, guint64 max, guint64 *value)
{
  const char *p = *text;
  guint64 v = 0;
  for (; g_ascii_isdigit(*p); p++) {
    guint64 digit = (guint64)(*p - '0');
    if (v > (max - digit) / 10)
      return false;
    v = v * 10 + digit;
  }
  bool any = p != *text;
  *text = p;
  *value = v;
  return any;
}

static bool
parse_time(const char *text, SimTime *time)
{
  guint64 seconds, part = 0, unit = SIM_SECOND;
  if (!read_digits(&text, INT64_MAX / SIM_SECOND - 1, &seconds))
    return false;
  if (*text == '.')
    for (text++; g_ascii_isdigit(*text) && unit > 1; text++) {
      unit /= 10;
      part += unit * (guint64)(*text - '0');
    }
  *time = (SimTime)(seconds * SIM_SECOND + part);
  return *text == '\0';
}

/* "" gives `empty`. */
static bool
parse_number(const char *text, guint64 max, guint64 empty, guint64 *value)
{
  *value = empty;
  return *text == '\0' || (read_digits(&text, max, value) && *text == '\0');
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
  if (!read_digits(&text, INT64_MAX, &magnitude) || *text != '\0')
    return false;
  *value = negative ? -(gint64)magnitude : (gint64)magnitude;
  return true;
}

static const char *
intern(Reader *reader, int column)
{
  const char *last = reader->last[column];
  if (last == NULL || strcmp(last, reader->field->str) != 0)
    reader->last[column] = run_log_intern(reader->log, reader->field->str);
  return reader->last[column];
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
store_number(Reader *reader, RunRow *row, int column, GError **error)
{
  const char *text = reader->field->str;
  guint64 max = column == COLUMN_PACKET ? G_MAXUINT64 : G_MAXUINT32;
  guint64 value;
  if (column == COLUMN_WIN) {
    if (!parse_number(text, G_MAXINT64, G_MAXUINT64, &value))
      return fail_value(reader, column, "a number of bytes", error);
    row->win = (gint64)value; /* all ones, when empty: -1 */
    return true;
  }
  if (!parse_number(text, max, 0, &value))
    return fail_value(reader, column, "a number", error);
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
store(Reader *reader, RunRow *row, int column, GError **error)
{
  const char *text = reader->field->str;
  const char **strings[COLUMNS] = {
      [COLUMN_NODE] = &row->node,       [COLUMN_LINK] = &row->link,
      [COLUMN_CONN] = &row->conn,       [COLUMN_SRC] = &row->src,
      [COLUMN_DST] = &row->dst,         [COLUMN_PROTO] = &row->proto,
      [COLUMN_FLAGS] = &row->flags,     [COLUMN_STATE] = &row->state,
      [COLUMN_OPTIONS] = &row->options, [COLUMN_DETAIL] = &row->detail,
  };
  if (column < 0)
    return true;
  if (strings[column] != NULL) {
    *strings[column] = intern(reader, column);
    return true;
  }
  switch (column) {
  case COLUMN_TIME:
    return parse_time(text, &row->time) ||
           fail_value(reader, column, "a time in seconds with up to 12 decimals", error);
  case COLUMN_EVENT:
    return parse_event(text, &row->event) || fail_value(reader, column, "a known event", error);
  case COLUMN_SEQ:
    return parse_relative(text, &row->seq, &row->has_seq) ||
           fail_value(reader, column, "a sequence number", error);
  case COLUMN_ACK:
    return parse_relative(text, &row->ack, &row->has_ack) ||
           fail_value(reader, column, "an acknowledgment number", error);
  default:
    return store_number(reader, row, column, error);
  }
}

static bool
read_row(Reader *reader, GError **error)
{
  RunRow row = {.win = -1};
  bool last = false;
  reader->row_line = row.line = reader->line;
  for (guint i = 0; i < reader->columns->len; i++) {
    if (last) {
      g_autofree char *what = g_strdup_printf("the line has %u fields where the first line has %u",
                                              i, reader->columns->len);
      return fail(reader, NULL, what, error);
    }
    if (!read_field(reader, &last, error) ||
        !store(reader, &row, g_array_index(reader->columns, int, i), error))
      return false;
  }
  if (!last)
    return fail(reader, NULL, "the line has more fields than the first line", error);
  GArray *rows = reader->log->rows;
  if (rows->len > 0 && row.time < g_array_index(rows, RunRow, rows->len - 1).time)
    return fail(reader, "time", "before that of the line above", error);
  run_log_add(reader->log, &row);
  return true;
}

RunLog *
run_log_read_csv(const char *path, const char *file, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(GMappedFile) map = g_mapped_file_new(file, FALSE, &reason);
  if (map == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s", reason->message);
    return NULL;
  }
  g_autoptr(RunLog) log = run_log_new(path);
  const char *contents = g_mapped_file_get_contents(map);
  Reader reader = {.log = log, .file = file, .line = 1};
  reader.at = contents != NULL ? contents : "";
  reader.end = reader.at + g_mapped_file_get_length(map);
  reader.field = g_string_new(NULL);
  reader.columns = g_array_new(FALSE, FALSE, sizeof(int));
  bool ok = read_header(&reader, error);
  while (ok && reader.at < reader.end)
    ok = read_row(&reader, error);
  g_string_free(reader.field, TRUE);
  g_array_unref(reader.columns);
  return ok ? g_steal_pointer(&log) : NULL;
}
