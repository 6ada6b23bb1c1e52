/* numbers: reading lists of numbers. */
#include "sim/numbers.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/file.h"
#include "sim/quantity.h"

/* So that an index fits, and nobody's memory is filled by mistake. */
#define COUNT_MAX (UINT32_C(1) << 27)

typedef struct Reader {
  const SimNumbersForm *form;
  GArray *values, *lines;
  const char *name;
  uint32_t line;
} Reader;

/* What is wrong with a number; NULL: nothing. g_free. */
static char *
fault_of(const SimNumbersForm *form, double value)
{
  bool open = form->min == 0 && form->max == 0;
  double max = open ? HUGE_VAL : form->max;
  if (!isfinite(value))
    return g_strdup("this number is too large");
  if (form->whole && value != floor(value))
    return g_strdup("a whole number is wanted");
  if (value >= form->min && value <= max)
    return NULL;
  g_autofree char *bound =
      sim_quantity_print(SIM_QUANTITY_NUMBER, value < form->min ? form->min : max);
  return g_strdup_printf("must be at %s %s", value < form->min ? "least" : "most", bound);
}

static bool
refuse_line(const Reader *reader, GError **error, const char *given, const char *why)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s%s%s", reader->name, reader->line, given,
              *given == '\0' ? "" : ": ", why);
  return false;
}

static bool
read_number(Reader *reader, const char *word, GError **error)
{
  char *end;
  double value = g_ascii_strtod(word, &end);
  g_autofree char *given = g_strdup_printf("\"%.40s\"", word);
  if (!g_ascii_isdigit(*word) && *word != '.' && *word != '-' && *word != '+')
    return refuse_line(reader, error, given, "a number is wanted");
  if (*end != '\0')
    return refuse_line(reader, error, given, "a number without a unit is wanted");
  g_autofree char *fault = fault_of(reader->form, value);
  if (fault != NULL)
    return refuse_line(reader, error, word, fault);
  if (reader->values->len >= COUNT_MAX)
    return refuse_line(reader, error, "", "there are too many numbers in this file");
  g_array_append_val(reader->values, value);
  g_array_append_val(reader->lines, reader->line);
  return true;
}

static bool
read_line(Reader *reader, const char *start, gsize length, GError **error)
{
  g_autofree char *line = g_strndup(start, length);
  line[strcspn(line, "#")] = '\0';
  unsigned columns = 0;
  for (char *at = line;; at += strlen(at) + 1) {
    at += strspn(at, " \t\r,");
    if (*at == '\0')
      break;
    size_t word = strcspn(at, " \t\r,");
    bool last = at[word] == '\0';
    at[word] = '\0';
    if (!read_number(reader, at, error))
      return false;
    columns++;
    if (last)
      break;
  }
  if (columns == 0 || columns == reader->form->columns)
    return true;
  g_autofree char *why =
      reader->form->columns == 1
          ? g_strdup_printf("there are %u numbers in this line; one is wanted", columns)
          : g_strdup_printf("there %s %u number%s in this line; %u are wanted",
                            columns == 1 ? "is" : "are", columns, columns == 1 ? "" : "s",
                            reader->form->columns);
  return refuse_line(reader, error, "", why);
}

static bool
read_lines(Reader *reader, const char *text, gsize length, GError **error)
{
  const char *end = text + length;
  while (text < end) {
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    const char *stop = newline != NULL ? newline : end;
    reader->line++;
    if (memchr(text, '\0', (size_t)(stop - text)) != NULL)
      return refuse_line(reader, error, "", "this is no text file");
    if (!read_line(reader, text, (gsize)(stop - text), error))
      return false;
    text = stop + 1;
  }
  if (reader->values->len > 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s: there are no numbers in this file",
              reader->name);
  return false;
}

static bool
parse(SimNumbers *numbers, const char *text, gsize length, const char *name,
      const SimNumbersForm *form, GError **error)
{
  Reader reader = {.form = form,
                   .values = g_array_new(FALSE, FALSE, sizeof(double)),
                   .lines = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                   .name = name};
  bool good = read_lines(&reader, text, length, error);
  if (good) {
    numbers->count = reader.values->len;
    numbers->file = g_strdup(name);
  }
  numbers->values = (double *)(void *)g_array_free(reader.values, !good);
  numbers->lines = (uint32_t *)(void *)g_array_free(reader.lines, !good);
  return good;
}

bool
sim_numbers_parse(SimNumbers *numbers, const char *text, const char *name,
                  const SimNumbersForm *form, GError **error)
{
  return parse(numbers, text, strlen(text), name, form, error);
}

bool
sim_numbers_read(SimNumbers *numbers, const char *path, const SimNumbersForm *form, GError **error)
{
  size_t length = 0;
  g_autofree char *text =
      sim_file_read(path, "a file of numbers, a row a line, is wanted", &length, error);
  return text != NULL && parse(numbers, text, length, path, form, error);
}

bool
sim_numbers_copy(SimNumbers *numbers, const double *values, uint32_t count,
                 const SimNumbersForm *form, GError **error)
{
  for (uint32_t i = 0; i < count; i++) {
    g_autofree char *fault = fault_of(form, values[i]);
    if (fault == NULL)
      continue;
    g_autofree char *given = sim_quantity_print(SIM_QUANTITY_NUMBER, values[i]);
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: %s", given, fault);
    return false;
  }
  *numbers = (SimNumbers){.values = g_memdup2(values, count * sizeof *values), .count = count};
  return true;
}

void
sim_numbers_clear(SimNumbers *numbers)
{
  g_free(numbers->values);
  g_free(numbers->lines);
  g_free(numbers->file);
  *numbers = (SimNumbers){0};
}

bool
sim_numbers_refuse(const SimNumbers *numbers, uint32_t index, const char *why, GError **error)
{
  g_autofree char *given = sim_quantity_print(SIM_QUANTITY_NUMBER, numbers->values[index]);
  if (numbers->file != NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "%s:%u: %s: %s", numbers->file,
                numbers->lines[index], given, why);
  else
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: %s", given, why);
  return false;
}
