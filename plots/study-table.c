/* study-table: all of results.csv in memory, a column an array. */
#include "plots/study-table.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plots/csv-reader.h"
#include "plots/json-file.h"
#include "sim/error.h"
#include "sim/file.h"

#define HEAD_MAX 65536 /* bytes of the first line */

static void
free_param(gpointer data)
{
  StudyParam *param = data;
  g_free(param->name);
  g_free(param->value);
  g_free(param);
}

static void
free_column(gpointer data)
{
  StudyColumn *column = data;
  g_free(column->name);
  g_array_unref(column->numbers);
  g_ptr_array_unref(column->texts);
  g_free(column);
}

void
study_table_free(StudyTable *table)
{
  g_ptr_array_unref(table->params);
  g_ptr_array_unref(table->columns);
  g_free(table);
}

/* -- study.json -- */

/* A member that is a text; NULL: it is not there or something else. */
static const char *
member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  bool text = node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
              json_node_get_value_type(node) == G_TYPE_STRING;
  return text ? json_node_get_string(node) : NULL;
}

static bool
add_param(StudyTable *table, JsonNode *node)
{
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return false;
  JsonObject *object = json_node_get_object(node);
  const char *name = member(object, "name"), *value = member(object, "value");
  if (name == NULL || value == NULL)
    return false;
  SimQuantity quantity;
  StudyParam *param = g_new0(StudyParam, 1);
  param->name = g_strdup(name);
  param->value = g_strdup(value);
  param->text = !sim_quantity_parse(value, &quantity, NULL);
  param->kind = param->text ? SIM_QUANTITY_NUMBER : quantity.kind;
  JsonNode *values = json_object_get_member(object, "values");
  param->varied = values != NULL && JSON_NODE_HOLDS_ARRAY(values) &&
                  json_array_get_length(json_node_get_array(values)) > 1;
  g_ptr_array_add(table->params, param);
  return true;
}

static bool
read_params(StudyTable *table, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename(folder, "study.json", NULL);
  g_autoptr(JsonParser) parser = json_file_read(path, error);
  if (parser == NULL)
    return false;
  JsonNode *root = json_parser_get_root(parser);
  JsonNode *params = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                         ? json_object_get_member(json_node_get_object(root), "parameters")
                         : NULL;
  bool good = params != NULL && JSON_NODE_HOLDS_ARRAY(params);
  JsonArray *array = good ? json_node_get_array(params) : NULL;
  for (guint i = 0; good && i < json_array_get_length(array); i++)
    good = add_param(table, json_array_get_element(array, i));
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the plan of a study", path);
  return good;
}

/* -- results.csv -- */

/* Splits a line of RFC 4180. */
static GPtrArray *
split(const char *line)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  GString *name = g_string_new(NULL);
  bool quoted = false;
  for (const char *at = line;; at++) {
    if (*at == '"' && quoted && at[1] == '"') {
      g_string_append_c(name, '"');
      at++;
    } else if (*at == '"') {
      quoted = !quoted;
    } else if (*at == '\0' || (!quoted && (*at == ',' || *at == '\n' || *at == '\r'))) {
      g_ptr_array_add(names, g_strdup(name->str));
      g_string_truncate(name, 0);
      if (*at != ',')
        break;
    } else {
      g_string_append_c(name, *at);
    }
  }
  g_string_free(name, TRUE);
  g_ptr_array_add(names, NULL);
  return names;
}

static GPtrArray *
read_names(const char *path, GError **error)
{
  char line[HEAD_MAX] = "";
  FILE *file = sim_file_stream(path, "the results of a study are wanted", error);
  if (file == NULL)
    return NULL;
  bool good = fgets(line, sizeof line, file) != NULL;
  fclose(file);
  if (good && g_str_has_prefix(line, "point,seed,status,message"))
    return split(line);
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s is not the results of a study", path);
  return NULL;
}

/* A row under way. */
typedef struct Row {
  StudyTable *table;
  bool failed; /* the run has no results */
} Row;

static bool
store(CsvReader *reader, int number, void *data, GError **error)
{
  Row *row = data;
  const char *text = reader->field->str;
  if (number == 0) {
    row->failed = strcmp(text, "failed") == 0;
    return true;
  }
  StudyColumn *column = row->table->columns->pdata[number - 1];
  char *end;
  double value = g_ascii_strtod(text, &end);
  if (*text == '\0' || *end != '\0')
    value = NAN;
  const char *kept = g_intern_string(text);
  g_array_append_val(column->numbers, value);
  g_ptr_array_add(column->texts, (gpointer)(uintptr_t)kept);
  return true;
}

static void
forget_row(StudyTable *table)
{
  for (guint i = 0; i < table->columns->len; i++) {
    StudyColumn *column = table->columns->pdata[i];
    g_array_set_size(column->numbers, table->rows);
    g_ptr_array_set_size(column->texts, (gint)table->rows);
  }
}

static void
add_column(StudyTable *table, const char *name, int param)
{
  StudyColumn *column = g_new0(StudyColumn, 1);
  *column = (StudyColumn){.name = g_strdup(name),
                          .param = param,
                          .numbers = g_array_new(FALSE, FALSE, sizeof(double)),
                          .texts = g_ptr_array_new()};
  g_ptr_array_add(table->columns, column);
}

/* A sweep writes its plan at its beginning and its results at its end. */
static bool
check_params(const StudyTable *table, const GPtrArray *names, const char *path, GError **error)
{
  for (guint i = 0; i < table->params->len; i++) {
    const StudyParam *param = table->params->pdata[i];
    if (i + 5 < names->len && strcmp(names->pdata[i + 4], param->name) == 0)
      continue;
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_FILE,
        "%s is of another study than study.json beside it, which has a parameter \"%s\": was "
        "the sweep broken off? The same command again ends it",
        path, param->name);
    return false;
  }
  return true;
}

static bool
read_rows(StudyTable *table, const char *path, GError **error)
{
  g_autoptr(GPtrArray) names = read_names(path, error);
  if (names == NULL || !check_params(table, names, path, error))
    return false;
  g_autoptr(GPtrArray) wanted = g_ptr_array_new();
  g_ptr_array_add(wanted, (gpointer)(uintptr_t) "status");
  for (guint i = 4; i + 1 < names->len; i++) { /* behind point, seed, status, message */
    int param = i - 4 < table->params->len ? (int)i - 4 : -1;
    add_column(table, names->pdata[i], param);
    g_ptr_array_add(wanted, names->pdata[i]);
  }
  g_ptr_array_add(wanted, NULL);
  CsvReader reader;
  Row row = {.table = table};
  bool good = csv_reader_open(&reader, path, (const char *const *)wanted->pdata,
                              "the results of a study", error);
  while (good && csv_reader_more(&reader)) {
    good = csv_reader_row(&reader, store, &row, error);
    if (good && !row.failed)
      table->rows++;
    forget_row(table);
  }
  csv_reader_close(&reader);
  return good;
}

StudyTable *
study_table_read(const char *folder, GError **error)
{
  g_autoptr(StudyTable) table = g_new0(StudyTable, 1);
  table->params = g_ptr_array_new_with_free_func(free_param);
  table->columns = g_ptr_array_new_with_free_func(free_column);
  g_autofree char *path = g_build_filename(folder, "results.csv", NULL);
  if (!read_params(table, folder, error) || !read_rows(table, path, error))
    return NULL;
  if (table->rows > 0)
    return g_steal_pointer(&table);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s has no run with results", path);
  return NULL;
}

/* -- asking -- */

const StudyColumn *
study_table_column(const StudyTable *table, const char *what, const char *name, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < table->columns->len; i++) {
    const StudyColumn *column = table->columns->pdata[i];
    if (strcmp(column->name, name) == 0)
      return column;
    g_ptr_array_add(names, column->name);
  }
  g_ptr_array_add(names, NULL);
  sim_error_unknown(error, "parameter or result", name, (const char *const *)names->pdata);
  g_prefix_error(error, "%s: ", what);
  return NULL;
}

double
study_column_number(const StudyColumn *column, guint row)
{
  return g_array_index(column->numbers, double, row);
}

const char *
study_column_text(const StudyColumn *column, guint row)
{
  return column->texts->pdata[row];
}

char *
study_column_print(const StudyTable *table, const StudyColumn *column, guint row)
{
  double number = study_column_number(column, row);
  if (column->param < 0 || isnan(number))
    return g_strdup(study_column_text(column, row));
  const StudyParam *param = table->params->pdata[column->param];
  return sim_quantity_print(param->kind, number);
}
