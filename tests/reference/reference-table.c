/* reference-table: the whole file in memory; errors are kept until the end, so that a reader asks
 * for its columns without looking at each. */
#include "tests/reference/reference-table.h"

#include <string.h>

#include "sim/error.h"

ReferenceTable *
reference_table_open(const char *path, GError **error)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, error))
    return NULL;
  ReferenceTable *table = g_new0(ReferenceTable, 1);
  table->path = g_strdup(path);
  table->lines = g_strsplit(text, "\n", -1);
  table->columns = g_strsplit(table->lines[0] != NULL ? table->lines[0] : "", ",", -1);
  table->line = 1;
  return table;
}

bool
reference_table_next(ReferenceTable *table)
{
  const char *line = table->lines[table->line];
  if (table->wrong != NULL || line == NULL || line[0] == '\0')
    return false;
  g_strfreev(table->fields);
  table->line++;
  table->fields = g_strsplit(line, ",", -1);
  return true;
}

const char *
reference_table_text(ReferenceTable *table, const char *column)
{
  guint index = 0;
  while (table->columns[index] != NULL && strcmp(table->columns[index], column) != 0)
    index++;
  if (table->columns[index] != NULL && index < g_strv_length(table->fields))
    return table->fields[index];
  if (table->wrong == NULL)
    table->wrong = g_strdup(column);
  return "";
}

double
reference_table_number(ReferenceTable *table, const char *column)
{
  const char *text = reference_table_text(table, column);
  char *end;
  double number = g_ascii_strtod(text, &end);
  if (*end != '\0' && table->wrong == NULL)
    table->wrong = g_strdup(column);
  return number;
}

bool
reference_table_close(ReferenceTable *table, GError **error)
{
  bool good = table->wrong == NULL;
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: column %s is missing or no number",
                table->path, table->line, table->wrong);
  g_free(table->path);
  g_strfreev(table->lines);
  g_strfreev(table->columns);
  g_strfreev(table->fields);
  g_free(table->wrong);
  g_free(table);
  return good;
}
