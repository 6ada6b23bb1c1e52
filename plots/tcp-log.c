/* tcp-log: reads tcp.csv (RFC 4180) line by line out of a mapped file.
 *
 * Columns are found by their names in the first line, so that more of them may be added. An empty
 * ssthresh, "inf" or a number beyond any window says that there is none yet. */
#include "plots/tcp-log.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/quantity.h"

enum { TIME, NODE, CONN, CWND, SSTHRESH, FLIGHT, DELIVERED, LOST, RETRANSMITS, RECOVERY, COLUMNS };

static const char *const column_names[COLUMNS] = {"time",        "node",    "conn",      "cwnd",
                                                  "ssthresh",    "flight",  "delivered", "lost",
                                                  "retransmits", "recovery"};

#define NO_SSTHRESH 4.6e18 /* bytes; 2^62: what a count of no limit is at least */

typedef struct Reader {
  TcpLog *log;
  const char *path;
  GHashTable *conns;      /* the set of those in log->conns: look-up only */
  guint line;             /* from 1 */
  gint at[COLUMNS];       /* the column's place in the file */
  GPtrArray *fields;      /* of char *, owned: of the line */
  const char *next, *end; /* what is left of the file */
} Reader;

static bool
fail(const Reader *reader, const char *column, const char *message, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s%s%s", reader->path, reader->line, column,
              *column != '\0' ? ": " : "", message);
  return false;
}

/* Takes the line's next field, and says in *last whether it ends the line. */
static bool
read_field(Reader *reader, bool *last, GError **error)
{
  GString *field = g_string_new(NULL);
  bool quoted = reader->next < reader->end && *reader->next == '"';
  const char *c = reader->next + quoted;
  for (; c < reader->end; c++) {
    if (quoted && *c == '"') {
      if (c + 1 == reader->end || c[1] != '"') {
        quoted = false;
        continue;
      }
      c++;
    } else if (!quoted && (*c == ',' || *c == '\n'))
      break;
    g_string_append_c(field, *c);
  }
  g_ptr_array_add(reader->fields, g_string_free(field, FALSE));
  if (c == reader->end)
    return fail(reader, "", quoted ? "a quoted field is not closed" : "the line is cut short",
                error);
  *last = *c == '\n';
  reader->next = c + 1;
  return true;
}

static bool
read_line(Reader *reader, GError **error)
{
  bool last = false;
  g_ptr_array_set_size(reader->fields, 0);
  reader->line++;
  while (!last)
    if (!read_field(reader, &last, error))
      return false;
  char *text = g_ptr_array_index(reader->fields, reader->fields->len - 1);
  g_strchomp(text); /* RFC 4180 ends a line with CR LF */
  return true;
}

static bool
read_header(Reader *reader, GError **error)
{
  if (!read_line(reader, error))
    return false;
  for (guint column = 0; column < COLUMNS; column++) {
    reader->at[column] = -1;
    for (guint i = 0; i < reader->fields->len; i++)
      if (strcmp(g_ptr_array_index(reader->fields, i), column_names[column]) == 0)
        reader->at[column] = (gint)i;
    if (reader->at[column] < 0)
      return fail(reader, column_names[column], "this column is missing", error);
  }
  return true;
}

static const char *
field(const Reader *reader, guint column)
{
  return g_ptr_array_index(reader->fields, (guint)reader->at[column]);
}

/* A count, not negative; an empty field is `empty`. */
static bool
read_number(const Reader *reader, guint column, double empty, double *value, GError **error)
{
  const char *text = field(reader, column);
  char *end;
  *value = *text == '\0' ? empty : g_ascii_strtod(text, &end);
  if (*text != '\0' && (*end != '\0' || isnan(*value) || *value < 0))
    return fail(reader, column_names[column], "this is no number", error);
  return true;
}

static bool
read_row(Reader *reader, GError **error)
{
  SimQuantity time;
  TcpLogRow row;
  double lost, retransmits;
  g_autofree char *seconds = g_strconcat(field(reader, TIME), " s", NULL);
  if (!sim_quantity_parse(seconds, &time, NULL) || time.time < 0)
    return fail(reader, "time", "this is no time in seconds", error);
  if (!read_number(reader, CWND, 0, &row.cwnd, error) ||
      !read_number(reader, SSTHRESH, INFINITY, &row.ssthresh, error) ||
      !read_number(reader, FLIGHT, 0, &row.flight, error) ||
      !read_number(reader, DELIVERED, 0, &row.delivered, error) ||
      !read_number(reader, LOST, 0, &lost, error) ||
      !read_number(reader, RETRANSMITS, 0, &retransmits, error))
    return false;
  row.time = time.time;
  row.ssthresh = row.ssthresh >= NO_SSTHRESH ? INFINITY : row.ssthresh;
  row.lost = (gint64)MIN(lost, 1e18);
  row.retransmits = (gint64)MIN(retransmits, 1e18);
  row.node = g_string_chunk_insert_const(reader->log->text, field(reader, NODE));
  char *conn = g_string_chunk_insert_const(reader->log->text, field(reader, CONN));
  row.conn = conn;
  row.recovery = g_string_chunk_insert_const(reader->log->text, field(reader, RECOVERY));
  g_array_append_val(reader->log->rows, row);
  if (g_hash_table_add(reader->conns, conn))
    g_ptr_array_add(reader->log->conns, conn);
  return true;
}

static bool
read_rows(Reader *reader, GError **error)
{
  if (!read_header(reader, error))
    return false;
  guint width = reader->fields->len;
  while (reader->next < reader->end) {
    if (!read_line(reader, error))
      return false;
    if (reader->fields->len != width)
      return fail(reader, "", "this line has not as many fields as the first", error);
    if (!read_row(reader, error))
      return false;
  }
  return true;
}

TcpLog *
tcp_log_read(const char *run, GError **error)
{
  g_autofree char *path = g_build_filename(run, "tcp.csv", NULL);
  g_autoptr(GError) cause = NULL;
  GMappedFile *file = g_mapped_file_new(path, FALSE, &cause);
  if (file == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s", cause->message);
    return NULL;
  }
  g_autoptr(TcpLog) log = g_new0(TcpLog, 1);
  log->rows = g_array_new(FALSE, FALSE, sizeof(TcpLogRow));
  log->conns = g_ptr_array_new();
  log->text = g_string_chunk_new(1024);
  const char *text = g_mapped_file_get_contents(file);
  Reader reader = {.log = log, .path = path, .next = text};
  reader.end = text == NULL ? NULL : text + g_mapped_file_get_length(file);
  reader.fields = g_ptr_array_new_with_free_func(g_free);
  reader.conns = g_hash_table_new(NULL, NULL); /* by pointer: the texts are interned */
  bool done = read_rows(&reader, error);
  g_ptr_array_unref(reader.fields);
  g_hash_table_unref(reader.conns);
  g_mapped_file_unref(file);
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
