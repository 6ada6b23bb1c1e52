/* csv-reader: see the header. A name is looked for once, in the first line; after that a field is
 * known by its place. */
#include "plots/csv-reader.h"

#include <string.h>

#include "sim/error.h"
#include "sim/file.h"

#define SHOWN_MOST 40 /* bytes of a field in a message */

bool
csv_reader_fail(const CsvReader *reader, const char *what, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s", reader->file, reader->row_line, what);
  return false;
}

/* The text is shown cut and cleaned: it is not ours. */
bool
csv_reader_fail_value(const CsvReader *reader, int column, const char *accepted, GError **error)
{
  g_autofree char *shown = g_strescape(reader->field->str, NULL);
  if (strlen(shown) > SHOWN_MOST)
    memcpy(shown + SHOWN_MOST - 3, "...", 4);
  g_autofree char *what =
      g_strdup_printf("%s: \"%s\" is not %s", reader->names[column], shown, accepted);
  return csv_reader_fail(reader, what, error);
}

static bool
read_quoted(CsvReader *reader, GError **error)
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
  return csv_reader_fail(reader, "the file ends within quotes", error);
}

static void
read_plain(CsvReader *reader)
{
  const char *start = reader->at;
  while (reader->at < reader->end && *reader->at != ',' && *reader->at != '\n')
    reader->at++;
  gsize length = (gsize)(reader->at - start);
  if (length > 0 && reader->at < reader->end && *reader->at == '\n' && start[length - 1] == '\r')
    length--;
  g_string_append_len(reader->field, start, (gssize)length);
}

/* Reads one field; *last says that the row ends behind it. */
static bool
read_field(CsvReader *reader, bool *last, GError **error)
{
  g_string_truncate(reader->field, 0);
  if (reader->at < reader->end && *reader->at == '"') {
    if (!read_quoted(reader, error))
      return false;
  } else {
    read_plain(reader);
  }
  if (memchr(reader->field->str, '\0', reader->field->len) != NULL)
    return csv_reader_fail(reader, "a zero byte: this is not a text file", error);
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at == reader->end)
    return csv_reader_fail(reader, "the file is cut short in the middle of this line", error);
  *last = *reader->at == '\n';
  if (!*last && *reader->at != ',')
    return csv_reader_fail(reader, "something stands between a closing quote and the comma", error);
  reader->line += *last ? 1 : 0;
  reader->at++;
  if (!g_utf8_validate(reader->field->str, (gssize)reader->field->len, NULL)) {
    g_autofree char *valid = g_utf8_make_valid(reader->field->str, (gssize)reader->field->len);
    g_string_assign(reader->field, valid);
  }
  return true;
}

static bool
read_header(CsvReader *reader, const char *what, GError **error)
{
  guint count = 0;
  while (reader->names[count] != NULL)
    count++;
  g_autofree bool *found = g_new0(bool, count + 1);
  reader->row_line = 1;
  for (bool last = false; !last;) {
    if (!read_field(reader, &last, error))
      return false;
    int column = -1;
    for (guint i = 0; i < count; i++)
      if (!found[i] && strcmp(reader->names[i], reader->field->str) == 0)
        column = (int)i;
    if (column >= 0)
      found[column] = true;
    g_array_append_val(reader->columns, column);
  }
  for (guint i = 0; i < count; i++) {
    if (found[i])
      continue;
    g_autofree char *text =
        g_strdup_printf("this is not %s: it has no column \"%s\"", what, reader->names[i]);
    return csv_reader_fail(reader, text, error);
  }
  return true;
}

bool
csv_reader_open(CsvReader *reader, const char *file, const char *const *names, const char *what,
                GError **error)
{
  *reader = (CsvReader){.file = file, .names = names, .line = 1};
  g_autofree char *accepted = g_strdup_printf("%s is wanted", what);
  size_t length;
  reader->text = sim_file_read(file, accepted, &length, error);
  if (reader->text == NULL)
    return false;
  reader->at = reader->text;
  reader->end = reader->at + length;
  reader->field = g_string_new(NULL);
  reader->columns = g_array_new(FALSE, FALSE, sizeof(int));
  return read_header(reader, what, error);
}

void
csv_reader_close(CsvReader *reader)
{
  if (reader->text == NULL)
    return;
  g_string_free(reader->field, TRUE);
  g_array_unref(reader->columns);
  g_free(reader->text);
}

bool
csv_reader_more(const CsvReader *reader)
{
  return reader->at < reader->end;
}

bool
csv_reader_row(CsvReader *reader, CsvReaderFn store, void *data, GError **error)
{
  bool last = false;
  reader->row_line = reader->line;
  for (guint i = 0; i < reader->columns->len; i++) {
    if (last) {
      g_autofree char *what = g_strdup_printf("the line has %u fields where the first line has %u",
                                              i, reader->columns->len);
      return csv_reader_fail(reader, what, error);
    }
    if (!read_field(reader, &last, error))
      return false;
    int column = g_array_index(reader->columns, int, i);
    if (column >= 0 && !store(reader, column, data, error))
      return false;
  }
  return last || csv_reader_fail(reader, "the line has more fields than the first line", error);
}

bool
csv_reader_digits(const char **text, guint64 max, guint64 *value)
{
  const char *p = *text;
  guint64 v = 0;
  for (; g_ascii_isdigit(*p); p++) {
    guint64 digit = (guint64)(*p - '0');
    if (digit > max || v > (max - digit) / 10)
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
  if (!csv_reader_digits(&text, SIM_TIME_NEVER / SIM_SECOND - 1, &seconds))
    return false;
  if (*text == '.')
    for (text++; g_ascii_isdigit(*text) && unit > 1; text++) {
      unit /= 10;
      part += unit * (guint64)(*text - '0');
    }
  *time = (SimTime)(seconds * SIM_SECOND + part);
  return *text == '\0';
}

bool
csv_reader_time(CsvReader *reader, int column, SimTime *time, GError **error)
{
  if (!parse_time(reader->field->str, time))
    return csv_reader_fail_value(reader, column, "a time in seconds with up to 12 decimals", error);
  if (*time < reader->last_time)
    return csv_reader_fail(reader, "time: before that of the line above", error);
  reader->last_time = *time;
  return true;
}
