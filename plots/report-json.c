/* report-json: writes JSON for the page.
 *
 * '<', '>' and '&' are written as escapes, so that no "</script>" and no comment can begin in a
 * text; so are the two line ends of Unicode that JavaScript knows and JSON does not. Numbers are in
 * the shortest form that reads back to the same. */
#include "plots/report-parts.h"

#include <math.h>
#include <string.h>

#define LINE_SEPARATOR 0x2028
#define PARAGRAPH_SEPARATOR 0x2029

static void
put_quoted(GString *out, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  g_string_append_c(out, '"');
  for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    gunichar c = g_utf8_get_char(p);
    if (c == '"' || c == '\\')
      g_string_append_printf(out, "\\%c", (char)c);
    else if (c == '\n')
      g_string_append(out, "\\n");
    else if (c < ' ' || c == 0x7f || c == '<' || c == '>' || c == '&' || c == LINE_SEPARATOR ||
             c == PARAGRAPH_SEPARATOR)
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_unichar(out, c);
  }
  g_string_append_c(out, '"');
}

static void
begin_value(ReportJson *json, const char *name)
{
  if (json->comma)
    g_string_append_c(json->text, ',');
  json->comma = true;
  if (name != NULL) {
    put_quoted(json->text, name);
    g_string_append_c(json->text, ':');
  }
}

void
report_json_init(ReportJson *json)
{
  json->text = g_string_new("{");
  json->comma = false;
  json->strings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  json->list = g_ptr_array_new();
}

void
report_json_clear(ReportJson *json)
{
  if (json->text != NULL)
    g_string_free(json->text, TRUE);
  g_hash_table_unref(json->strings);
  g_ptr_array_unref(json->list);
}

char *
report_json_end(ReportJson *json)
{
  report_json_open(json, "strings", '[');
  for (guint i = 0; i < json->list->len; i++)
    report_json_string(json, NULL, json->list->pdata[i]);
  report_json_close(json, ']');
  report_json_close(json, '}');
  char *text = g_string_free(g_steal_pointer(&json->text), FALSE);
  report_json_clear(json);
  return text;
}

void
report_json_open(ReportJson *json, const char *name, char bracket)
{
  begin_value(json, name);
  g_string_append_c(json->text, bracket);
  json->comma = false;
}

void
report_json_close(ReportJson *json, char bracket)
{
  g_string_append_c(json->text, bracket);
  json->comma = true;
}

void
report_json_string(ReportJson *json, const char *name, const char *value)
{
  begin_value(json, name);
  if (value == NULL)
    g_string_append(json->text, "null");
  else
    put_quoted(json->text, value);
}

void
report_json_integer(ReportJson *json, const char *name, gint64 value)
{
  begin_value(json, name);
  g_string_append_printf(json->text, "%" G_GINT64_FORMAT, value);
}

void
report_json_number(ReportJson *json, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "null";
  for (int digits = 15; isfinite(value) && digits <= 17; digits++) {
    char format[8];
    g_snprintf(format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd(text, sizeof text, format, value);
    if (g_ascii_strtod(text, NULL) == value)
      break;
  }
  begin_value(json, name);
  g_string_append(json->text, text);
}

void
report_json_time(ReportJson *json, const char *name, SimTime value)
{
  char text[SIM_TIME_TEXT];
  begin_value(json, name);
  g_string_append(json->text, value == SIM_TIME_NEVER ? "null" : sim_time_print(value, text));
}

void
report_json_null(ReportJson *json, const char *name)
{
  begin_value(json, name);
  g_string_append(json->text, "null");
}

void
report_json_boolean(ReportJson *json, const char *name, bool value)
{
  begin_value(json, name);
  g_string_append(json->text, value ? "true" : "false");
}

void
report_json_text(ReportJson *json, const char *text)
{
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(json->strings, text));
  if (index == 0) {
    char *key = g_strdup(text);
    g_ptr_array_add(json->list, key);
    index = json->list->len;
    g_hash_table_insert(json->strings, key, GUINT_TO_POINTER(index));
  }
  report_json_integer(json, NULL, index - 1);
}

static void
put_value(ReportJson *json, const char *name, JsonNode *node)
{
  GType type = json_node_get_value_type(node);
  if (type == G_TYPE_STRING)
    report_json_string(json, name, json_node_get_string(node));
  else if (type == G_TYPE_BOOLEAN)
    report_json_boolean(json, name, json_node_get_boolean(node));
  else if (type == G_TYPE_INT64)
    report_json_integer(json, name, json_node_get_int(node));
  else
    report_json_number(json, name, json_node_get_double(node));
}

void
report_json_node(ReportJson *json, const char *name, JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL(node)) {
    report_json_null(json, name);
  } else if (JSON_NODE_HOLDS_VALUE(node)) {
    put_value(json, name, node);
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    report_json_open(json, name, '[');
    for (guint i = 0; i < json_array_get_length(array); i++)
      report_json_node(json, NULL, json_array_get_element(array, i));
    report_json_close(json, ']');
  } else {
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) members = json_object_get_members(object);
    report_json_open(json, name, '{');
    for (GList *member = members; member != NULL; member = member->next)
      report_json_node(json, member->data, json_object_get_member(object, member->data));
    report_json_close(json, '}');
  }
}
