/* reference-csv: reads the traces that were measured on Linux.
 *
 * Columns: t_ms (when it entered the link), dir (c2s, s2c), class, idx, flags (S SA PA ...), seq
 * and ack (relative), len, win (unscaled), ttl_out_ms (when it left the link; empty when it was
 * lost), fate (ok, or how it was lost), sport, dport, opts. No field is quoted. */
#include "tests/reference/reference-csv.h"

#include <string.h>

#include "sim/error.h"

#define HEADER "t_ms,dir,class,idx,flags,seq,ack,len,win,ttl_out_ms,fate,sport,dport,opts"

enum {
  COLUMN_TIME,
  COLUMN_DIRECTION,
  COLUMN_CLASS,
  COLUMN_INDEX,
  COLUMN_FLAGS,
  COLUMN_SEQ,
  COLUMN_ACK,
  COLUMN_LEN,
  COLUMN_WIN,
  COLUMN_OUT,
  COLUMN_FATE,
  COLUMN_SPORT,
  COLUMN_DPORT,
  COLUMN_OPTIONS,
  COLUMNS
};

/* "50.051" -> picoseconds, exactly; false when it is no such number. */
static bool
parse_ms(const char *text, SimTime *time)
{
  char *end;
  guint64 ms = g_ascii_strtoull(text, &end, 10), us = 0;
  if (end == text || !g_ascii_isdigit(text[0]) || *end != '.' || strlen(end) != 4)
    return false;
  us = g_ascii_strtoull(end + 1, &end, 10);
  *time = (SimTime)ms * SIM_MILLISECOND + (SimTime)us * SIM_MICROSECOND;
  return *end == '\0';
}

static bool
parse_number(const char *text, guint64 max, guint64 *number)
{
  return g_ascii_string_to_unsigned(text, 10, 0, max, number, NULL);
}

/* "PA" -> "PSH+ACK"; NULL: an unknown letter. */
static const char *
flags_text(RunLog *log, const char *letters)
{
  static const struct {
    char letter;
    const char *name;
  } flags[] = {{'S', "SYN"}, {'F', "FIN"}, {'R', "RST"}, {'P', "PSH"},
               {'U', "URG"}, {'A', "ACK"}, {'E', "ECE"}, {'W', "CWR"}};
  g_autoptr(GString) text = g_string_new(NULL);
  size_t known = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
    if (strchr(letters, flags[i].letter) == NULL)
      continue;
    g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "", flags[i].name);
    known++;
  }
  return known == strlen(letters) && known > 0 ? run_log_intern(log, text->str) : NULL;
}

static const char *
endpoint(RunLog *log, bool client, guint64 port)
{
  g_autofree char *text =
      g_strdup_printf("%s:%" G_GUINT64_FORMAT, client ? "10.0.0.1" : "10.0.0.2", port);
  return run_log_intern(log, text);
}

/* Fills the send row of one line. Returns the name of the column that is wrong, NULL: none. */
static const char *
parse_line(RunLog *log, char **fields, RunRow *row)
{
  guint64 seq, ack, len, win, sport, dport;
  bool client = strcmp(fields[COLUMN_DIRECTION], "c2s") == 0;
  if (!client && strcmp(fields[COLUMN_DIRECTION], "s2c") != 0)
    return "dir";
  if (!parse_ms(fields[COLUMN_TIME], &row->time))
    return "t_ms";
  if (!parse_number(fields[COLUMN_SEQ], G_MAXUINT32, &seq))
    return "seq";
  if (!parse_number(fields[COLUMN_ACK], G_MAXUINT32, &ack))
    return "ack";
  if (!parse_number(fields[COLUMN_LEN], G_MAXUINT16, &len))
    return "len";
  if (!parse_number(fields[COLUMN_WIN], G_MAXUINT16, &win))
    return "win";
  if (!parse_number(fields[COLUMN_SPORT], G_MAXUINT16, &sport))
    return "sport";
  if (!parse_number(fields[COLUMN_DPORT], G_MAXUINT16, &dport))
    return "dport";
  row->flags = flags_text(log, fields[COLUMN_FLAGS]);
  if (row->flags == NULL)
    return "flags";
  row->event = RUN_SEND;
  row->node = client ? "client" : "server";
  row->link = client ? "client>server" : "server>client";
  row->src = endpoint(log, client, sport);
  row->dst = endpoint(log, !client, dport);
  row->proto = "TCP";
  row->seq = (gint64)seq;
  row->ack = (gint64)ack;
  row->has_seq = true;
  row->has_ack = strchr(fields[COLUMN_FLAGS], 'A') != NULL;
  row->len = (guint32)len;
  row->win = (gint64)win;
  row->options = run_log_intern(log, fields[COLUMN_OPTIONS]);
  row->conn = row->state = row->detail = "";
  return NULL;
}

/* Where and when the packet of `sent` ended. False when its columns are wrong. */
static bool
parse_end(RunLog *log, char **fields, const RunRow *sent, RunRow *row)
{
  *row = *sent;
  if (strcmp(fields[COLUMN_FATE], "ok") == 0) {
    row->event = RUN_RECEIVE;
    row->node = strcmp(sent->node, "client") == 0 ? "server" : "client";
    return parse_ms(fields[COLUMN_OUT], &row->time);
  }
  row->event = RUN_DROP;
  row->detail = run_log_intern(log, fields[COLUMN_FATE]);
  return fields[COLUMN_OUT][0] == '\0' && fields[COLUMN_FATE][0] != '\0';
}

/* Times first; what arrives counts before what is sent at the same time, and the order of the
 * file keeps the rest. */
static int
compare_rows(const void *a, const void *b)
{
  const RunRow *row_a = a, *row_b = b;
  if (row_a->time != row_b->time)
    return row_a->time < row_b->time ? -1 : 1;
  bool arrives_a = row_a->event == RUN_RECEIVE, arrives_b = row_b->event == RUN_RECEIVE;
  if (arrives_a != arrives_b)
    return arrives_a ? -1 : 1;
  return row_a->line < row_b->line ? -1 : row_a->line > row_b->line;
}

static bool
read_lines(RunLog *log, char **lines, GArray *rows, GError **error)
{
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto(GStrv) fields = g_strsplit(lines[i], ",", -1);
    const char *wrong = "number of columns";
    RunRow row = {.packet = i, .line = i + 1}, end;
    if (g_strv_length(fields) == COLUMNS)
      wrong = parse_line(log, fields, &row);
    if (wrong == NULL && !parse_end(log, fields, &row, &end))
      wrong = "ttl_out_ms or fate";
    if (wrong != NULL) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s", log->path, i + 1, wrong);
      return false;
    }
    g_array_append_val(rows, row);
    g_array_append_val(rows, end);
  }
  return true;
}

RunLog *
reference_csv_read(const char *path, GError **error)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, error))
    return NULL;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  if (lines[0] == NULL || strcmp(lines[0], HEADER) != 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:1: the header should be %s", path, HEADER);
    return NULL;
  }
  g_autoptr(RunLog) log = run_log_new(path);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RunRow));
  if (!read_lines(log, lines, rows, error))
    return NULL;
  g_array_sort(rows, compare_rows);
  for (guint i = 0; i < rows->len; i++)
    run_log_add(log, &g_array_index(rows, RunRow, i));
  return g_steal_pointer(&log);
}
