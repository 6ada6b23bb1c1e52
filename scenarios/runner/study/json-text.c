/* json-text: numbers in the form of printf's %.17g or shorter; the reader knows \\", \\\\ and
 * \\u00XX, which is all that the writer makes. */
#include "scenarios/runner/study/json-text.h"

#include <string.h>

#define DIGITS_MIN 15 /* of a double: these always survive ... */
#define DIGITS_MAX 17 /* ... and these always suffice */

void
json_text_append_string(GString *to, const char *text)
{
  g_string_append_c(to, '"');
  for (const guchar *at = (const guchar *)text; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf(to, "\\%c", *at);
    else if (*at < 0x20)
      g_string_append_printf(to, "\\u%04x", *at);
    else
      g_string_append_c(to, (char)*at);
  g_string_append_c(to, '"');
}

void
json_text_append_number(GString *to, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE], form[8];
  for (int digits = DIGITS_MIN; digits <= DIGITS_MAX; digits++) {
    g_snprintf(form, sizeof form, "%%.%dg", digits);
    g_ascii_formatd(text, sizeof text, form, value + 0.0); /* + 0.0: no "-0" */
    if (g_ascii_strtod(text, NULL) == value)
      break;
  }
  g_string_append(to, text);
}

/* The string that begins at *at, behind which it is moved. */
static bool
read_string(const char **at, GString *name)
{
  g_string_truncate(name, 0);
  if (*(*at)++ != '"')
    return false;
  for (; **at != '"'; ++*at) {
    if (**at == '\0')
      return false;
    if (**at != '\\') {
      g_string_append_c(name, **at);
    } else if ((*at)[1] == 'u' && strlen(*at) >= 6) {
      char digits[5] = {(*at)[2], (*at)[3], (*at)[4], (*at)[5], '\0'};
      g_string_append_c(name, (char)g_ascii_strtoull(digits, NULL, 16));
      *at += 5;
    } else {
      ++*at;
      if (**at == '\0')
        return false;
      g_string_append_c(name, **at);
    }
  }
  ++*at;
  return true;
}

bool
json_text_read_numbers(const char *text, void (*add)(const char *name, double value, void *data),
                       void *data)
{
  g_autoptr(GString) name = g_string_new(NULL);
  const char *at = text;
  if (*at++ != '{')
    return false;
  while (*at != '}') {
    char *end;
    if (!read_string(&at, name) || *at++ != ':')
      return false;
    double value = g_ascii_strtod(at, &end);
    if (end == at || (*end != ',' && *end != '}'))
      return false;
    add(name->str, value, data);
    at = *end == ',' ? end + 1 : end;
  }
  return at[1] == '\0';
}
