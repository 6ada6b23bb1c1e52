#include "tests/figures/figure-files.h"

#include <stdarg.h>
#include <string.h>

#include "tests/unit/run-folder.h"

/* -- tables -- */

/* The fields of the row at *at, which is moved behind it. */
static char **
read_row(const char **at)
{
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  g_autoptr(GString) field = g_string_new(NULL);
  bool quoted = false;
  const char *c = *at;
  for (; *c != '\0' && (quoted || *c != '\n'); c++)
    if (*c == '"' && quoted && c[1] == '"')
      g_string_append_c(field, *c++);
    else if (*c == '"')
      quoted = !quoted;
    else if (*c == ',' && !quoted) {
      g_ptr_array_add(fields, g_strdup(field->str));
      g_string_truncate(field, 0);
    } else
      g_string_append_c(field, *c);
  g_ptr_array_add(fields, g_strdup(field->str));
  g_ptr_array_add(fields, NULL);
  *at = *c == '\n' ? c + 1 : c;
  return (char **)g_ptr_array_steal(fields, NULL);
}

static void
free_row(gpointer row)
{
  g_strfreev(row);
}

Table *
table_read(const char *folder, const char *file)
{
  g_autofree char *text = folder_read(folder, file, NULL);
  const char *at = text;
  Table *table = g_new0(Table, 1);
  table->header = read_row(&at);
  table->columns = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; table->header[i] != NULL; i++)
    g_hash_table_insert(table->columns, table->header[i], GUINT_TO_POINTER(i + 1));
  table->rows = g_ptr_array_new_with_free_func(free_row);
  while (*at != '\0')
    g_ptr_array_add(table->rows, read_row(&at));
  return table;
}

void
table_free(Table *table)
{
  g_hash_table_unref(table->columns);
  g_strfreev(table->header);
  g_ptr_array_unref(table->rows);
  g_free(table);
}

const char *
table_get(const Table *table, guint row, const char *column)
{
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(table->columns, column));
  if (index == 0)
    g_error("there is no column %s", column);
  return ((char **)table->rows->pdata[row])[index - 1];
}

double
table_number(const Table *table, guint row, const char *column)
{
  return g_ascii_strtod(table_get(table, row, column), NULL);
}

bool
table_is(const Table *table, guint row, const char *column, const char *value)
{
  return strcmp(table_get(table, row, column), value) == 0;
}

/* -- blocks -- */

/* Fields between blanks; a text in quotes is one. */
static char **
split_fields(const char *line)
{
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  while (*line != '\0') {
    bool quoted = *line == '"';
    const char *from = quoted ? line + 1 : line;
    gsize length = strcspn(from, quoted ? "\"" : " ");
    g_ptr_array_add(fields, g_strndup(from, length));
    line = from + length + (quoted && from[length] != '\0' ? 1 : 0);
    while (*line == ' ')
      line++;
  }
  g_ptr_array_add(fields, NULL);
  return (char **)g_ptr_array_steal(fields, NULL);
}

GPtrArray *
block_lines(const char *folder, const char *file, const char *block)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) lines = folder_lines(folder, file);
  g_autofree char *head = g_strconcat("# ", block, NULL);
  bool inside = false;
  for (char **line = lines; *line != NULL; line++)
    if (strcmp(*line, head) == 0)
      inside = true;
    else if (g_str_has_prefix(*line, "# columns"))
      inside = false;
    else if (inside && **line != '\0')
      g_ptr_array_add(rows, g_strdup(*line));
  return rows;
}

GPtrArray *
block_read(const char *folder, const char *file, const char *block)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
  g_autoptr(GPtrArray) lines = block_lines(folder, file, block);
  for (guint i = 0; i < lines->len; i++)
    if (!g_str_has_prefix(lines->pdata[i], "NaN NaN"))
      g_ptr_array_add(rows, split_fields(lines->pdata[i]));
  return rows;
}

const char *
block_get(const GPtrArray *rows, guint row, guint column)
{
  char **fields = rows->pdata[row];
  g_assert_cmpuint(column, <, g_strv_length(fields));
  return fields[column];
}

double
block_number(const GPtrArray *rows, guint row, guint column)
{
  return g_ascii_strtod(block_get(rows, row, column), NULL);
}

/* -- lines -- */

GPtrArray *
lines_new(void)
{
  return g_ptr_array_new_with_free_func(g_free);
}

void
lines_add(GPtrArray *lines, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(lines, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

void
lines_assert_same(const char *what, GPtrArray *expected, GPtrArray *found)
{
  g_ptr_array_sort(expected, compare);
  g_ptr_array_sort(found, compare);
  g_assert_cmpuint(expected->len, >, 0); /* else nothing was tested */
  for (guint i = 0; i < MAX(expected->len, found->len); i++) {
    const char *want = i < expected->len ? expected->pdata[i] : "(the end)";
    const char *have = i < found->len ? found->pdata[i] : "(the end)";
    if (strcmp(want, have) != 0)
      g_error("%s: the run's files have \"%s\", the figure's data \"%s\"", what, want, have);
  }
}

/* -- pictures and scripts -- */

static guint
big_endian(const guint8 *bytes)
{
  return (guint)bytes[0] << 24 | (guint)bytes[1] << 16 | (guint)bytes[2] << 8 | bytes[3];
}

void
png_size(const char *folder, const char *file, guint *width, guint *height)
{
  static const guint8 start[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  gsize length;
  g_autofree char *bytes = folder_read(folder, file, &length);
  const guint8 *at = (const guint8 *)bytes;
  g_assert_cmpuint(length, >, 2000); /* an empty picture is smaller */
  g_assert_cmpmem(at, sizeof start, start, sizeof start);
  g_assert_cmpmem(at + 12, 4, "IHDR", 4);
  g_assert_cmpmem(at + length - 8, 4, "IEND", 4);
  *width = big_endian(at + 16);
  *height = big_endian(at + 20);
}

double
script_number(const char *folder, const char *file, const char *name)
{
  g_autofree char *text = folder_read(folder, file, NULL);
  g_autofree char *mark = g_strdup_printf("\n%s = ", name);
  const char *at = strstr(text, mark);
  if (at == NULL)
    g_error("%s sets no %s", file, name);
  return g_ascii_strtod(at + strlen(mark), NULL);
}
