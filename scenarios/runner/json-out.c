/* json-out: text is appended as it comes.
 *
 * A run with 100,000 connections writes seven million names and numbers: what is usual (a plain
 * name, a whole number, a new line) is copied, and nothing is printed by printf that need not be.
 */
#include "scenarios/runner/json-out.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"

#define INDENT 2
#define FILE_MODE 0666
#define DIGITS_MIN 15  /* of a double: these always survive ... */
#define DIGITS_MAX 17  /* ... and these always suffice */
#define WHOLE_MAX 1e15 /* up to here a whole number is written without an exponent */

/* Does it stand for itself within quotes? */
static bool
is_plain(const char *value)
{
  const char *at = value;
  while (*at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\')
    at++;
  return *at == '\0';
}

static void
append_text(GString *text, const char *value)
{
  if (is_plain(value)) {
    g_string_append_c(text, '"');
    g_string_append(text, value);
    g_string_append_c(text, '"');
    return;
  }
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  g_string_append_c(text, '"');
  for (const char *at = valid; *at != '\0'; at++) {
    unsigned char byte = (unsigned char)*at;
    if (byte == '"' || byte == '\\')
      g_string_append_printf(text, "\\%c", byte);
    else if (byte == '\n')
      g_string_append(text, "\\n");
    else if (byte < 0x20 || byte == 0x7f)
      g_string_append_printf(text, "\\u%04x", byte);
    else
      g_string_append_c(text, (char)byte);
  }
  g_string_append_c(text, '"');
}

static void
new_line(JsonOut *out)
{
  static const char spaces[] = "\n                                ";
  gssize wanted = 1 + INDENT * out->depth;
  g_assert(wanted < (gssize)sizeof spaces);
  g_string_append_len(out->text, spaces, wanted);
}

/* The comma of the one before, the indentation, the name. */
static void
begin(JsonOut *out, const char *name)
{
  if (!out->empty)
    g_string_append_c(out->text, ',');
  out->empty = false;
  new_line(out);
  if (name == NULL)
    return;
  append_text(out->text, name);
  g_string_append(out->text, ": ");
}

static void
open_group(JsonOut *out, char bracket)
{
  g_string_append_c(out->text, bracket);
  out->depth++;
  out->empty = true;
}

static void
close_group(JsonOut *out, char bracket)
{
  out->depth--;
  if (!out->empty)
    new_line(out);
  g_string_append_c(out->text, bracket);
  out->empty = false;
}

void
json_out_init(JsonOut *out)
{
  *out = (JsonOut){.text = g_string_new(NULL)};
  open_group(out, '{');
}

bool
json_out_write(JsonOut *out, const char *path, GError **error)
{
  close_group(out, '}');
  g_string_append_c(out->text, '\n');
  g_assert(out->depth == 0);
  GError *failed = NULL;
  /* Beside its place and moved there. That waits for the disk only where a file was before: a new
   * one is in a folder which is moved into place when it is whole. */
  bool good = g_file_set_contents_full(
      path, out->text->str, (gssize)out->text->len,
      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_ONLY_EXISTING, FILE_MODE, &failed);
  if (!good)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot write %s: %s", path, failed->message);
  g_clear_error(&failed);
  g_string_free(out->text, TRUE);
  out->text = NULL;
  return good;
}

void
json_out_object(JsonOut *out, const char *name)
{
  begin(out, name);
  open_group(out, '{');
}

void
json_out_object_end(JsonOut *out)
{
  close_group(out, '}');
}

void
json_out_array(JsonOut *out, const char *name)
{
  begin(out, name);
  open_group(out, '[');
}

void
json_out_array_end(JsonOut *out)
{
  close_group(out, ']');
}

void
json_out_string(JsonOut *out, const char *name, const char *value)
{
  begin(out, name);
  if (value == NULL)
    g_string_append(out->text, "null");
  else
    append_text(out->text, value);
}

void
json_out_integer(JsonOut *out, const char *name, uint64_t value)
{
  begin(out, name);
  char digits[24], *at = digits + sizeof digits;
  do
    *--at = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  g_string_append_len(out->text, at, digits + sizeof digits - at);
}

void
json_out_number(JsonOut *out, const char *name, double value)
{
  begin(out, name);
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "null", form[8];
  if (isfinite(value) && value == floor(value) && fabs(value) <= WHOLE_MAX)
    g_ascii_formatd(text, sizeof text, "%.0f", value + 0.0); /* + 0.0: no "-0" */
  for (int digits = DIGITS_MIN; isfinite(value) && digits <= DIGITS_MAX; digits++) {
    if (g_ascii_strtod(text, NULL) == value)
      break;
    g_snprintf(form, sizeof form, "%%.%dg", digits);
    g_ascii_formatd(text, sizeof text, form, value);
  }
  g_string_append(out->text, text);
}

void
json_out_time(JsonOut *out, const char *name, SimTime value)
{
  begin(out, name);
  char text[SIM_TIME_TEXT];
  g_string_append(out->text, value == SIM_TIME_NEVER ? "null" : sim_time_print(value, text));
}

void
json_out_boolean(JsonOut *out, const char *name, bool value)
{
  begin(out, name);
  g_string_append(out->text, value ? "true" : "false");
}
