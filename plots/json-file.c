/* json-file: how deep a file is nested is looked at before it is parsed: a parser that calls itself
 * would be led as deep, beyond the end of its stack. */
#include "plots/json-file.h"

#include <stdbool.h>

#include "plots/library-json.h"
#include "sim/error.h"
#include "sim/file.h"

#define DEPTH_MOST 32

static guint
line_of(const char *text, const char *at)
{
  guint line = 1;
  for (; text < at; text++)
    line += *text == '\n';
  return line;
}

static bool
check_depth(const char *file, const char *text, GError **error)
{
  int depth = 0;
  bool quoted = false;
  for (const char *p = text; *p != '\0'; p++) {
    if (quoted && *p == '\\' && p[1] != '\0')
      p++;
    else if (*p == '"')
      quoted = !quoted;
    else if (!quoted && (*p == '{' || *p == '['))
      depth++;
    else if (!quoted && (*p == '}' || *p == ']'))
      depth--;
    if (depth > DEPTH_MOST) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: nested too deep (%d levels at most)",
                  file, line_of(text, p), DEPTH_MOST);
      return false;
    }
  }
  return true;
}

JsonParser *
json_file_read(const char *path, GError **error)
{
  if (!sim_library_load(&library_json, error))
    return NULL;
  size_t length;
  g_autofree char *text =
      sim_file_read(path, "the file that a run or a study leaves is wanted", &length, error);
  if (text == NULL || !check_depth(path, text, error))
    return NULL;
  g_autoptr(GError) why = NULL;
  JsonParser *parser = json_parser_new_immutable();
  if (json_parser_load_from_data(parser, text, -1, &why))
    return parser;
  /* "<data>:3:14: Parse error: ..." */
  const char *message = g_str_has_prefix(why->message, "<data>:") ? why->message + 7 : why->message;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%s", path, message);
  g_object_unref(parser);
  return NULL;
}
