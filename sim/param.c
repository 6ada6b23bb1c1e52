/* param: from a value in a scenario to a field in a struct, and back.
 *
 * Every refusal reads "NAME = VALUE: what is wanted", so that the caller only puts file and line
 * in front of it. */
#include "sim/param.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "sim/error.h"

const SimParam *
sim_param_find(const SimParam *params, const char *name)
{
  for (; params->name != NULL; params++)
    if (strcmp(params->name, name) == 0)
      return params;
  return NULL;
}

const char **
sim_param_names(const SimParam *params)
{
  size_t count = 0;
  while (params[count].name != NULL)
    count++;
  const char **names = g_new0(const char *, count + 1);
  for (size_t i = 0; i < count; i++)
    names[i] = params[i].name;
  return names;
}

static void *
field_of(const SimParam *param, void *settings)
{
  return (char *)settings + param->offset;
}

static SimQuantityKind
quantity_kind(const SimParam *param)
{
  switch (param->kind) {
  case SIM_PARAM_TIME:
    return SIM_QUANTITY_TIME;
  case SIM_PARAM_SIZE:
    return SIM_QUANTITY_SIZE;
  case SIM_PARAM_RATE:
    return SIM_QUANTITY_RATE;
  case SIM_PARAM_RATIO:
    return SIM_QUANTITY_RATIO;
  case SIM_PARAM_PACKETS:
    return SIM_QUANTITY_PACKETS;
  case SIM_PARAM_BOOL:
  case SIM_PARAM_INTEGER:
  case SIM_PARAM_NUMBER:
  case SIM_PARAM_CHOICE:
  case SIM_PARAM_NUMBERS:
  case SIM_PARAM_FILE:
    break;
  }
  return SIM_QUANTITY_NUMBER;
}

static char *
value_print(const SimParamValue *value)
{
  if (value->type == SIM_VALUE_BOOL)
    return g_strdup(value->boolean ? "true" : "false");
  if (value->type == SIM_VALUE_TEXT)
    return g_strdup_printf("\"%s\"", value->text);
  if (value->type == SIM_VALUE_NUMBERS)
    return g_strdup("{...}");
  return sim_quantity_print(SIM_QUANTITY_NUMBER, value->number);
}

static G_GNUC_PRINTF(4, 5) bool refuse(const SimParam *param, const SimParamValue *value,
                                       GError **error, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *why = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *given = value_print(value);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s = %s: %s", param->name, given, why);
  return false;
}

/* "a time", "a whole number": what, and such as. */
static const char *
noun(const SimParam *param)
{
  return param->kind == SIM_PARAM_INTEGER ? "whole number"
                                          : sim_quantity_kind_name(quantity_kind(param));
}

static const char *
example(const SimParam *param)
{
  if (param->kind == SIM_PARAM_INTEGER)
    return "10";
  if (param->kind == SIM_PARAM_NUMBER)
    return "0.5";
  return sim_quantity_kind_example(quantity_kind(param));
}

/* Appends what a value may be besides a quantity: ", or "off"", ", "auto" or "off"". */
static void
append_words(GString *text, const SimParam *param)
{
  const SimParamWord *words = param->words;
  for (int i = 0; words != NULL && words[i].word != NULL; i++) {
    bool last = words[i + 1].word == NULL;
    g_string_append_printf(text, "%s%s\"%s\"", i == 0 || !last ? "," : "", last ? " or " : " ",
                           words[i].word);
  }
}

static bool
refuse_type(const SimParam *param, const SimParamValue *value, GError **error)
{
  g_autoptr(GString) words = g_string_new(NULL);
  append_words(words, param);
  return refuse(param, value, error, "a %s is wanted, such as %s%s", noun(param), example(param),
                words->str);
}

/* The range that min and max stand for. */
static void
range_of(const SimParam *param, double *min, double *max)
{
  bool open = param->min == 0 && param->max == 0;
  *min = param->min;
  *max = !open ? param->max : param->kind == SIM_PARAM_RATIO ? 1 : HUGE_VAL;
}

static char *
bound_print(const SimParam *param, double bound)
{
  if (bound == 0)
    return g_strdup("0");
  g_autofree char *text = sim_quantity_print(quantity_kind(param), bound);
  if (param->kind != SIM_PARAM_RATIO)
    return g_steal_pointer(&text);
  g_autofree char *number = sim_quantity_print(SIM_QUANTITY_NUMBER, bound);
  return g_strdup_printf("%s (%s)", number, text);
}

static bool
check_range(const SimParam *param, const SimParamValue *value, double number, GError **error)
{
  double min, max;
  range_of(param, &min, &max);
  if (number >= min && number <= max)
    return true;
  g_autofree char *bound = bound_print(param, number < min ? min : max);
  return refuse(param, value, error, "must be at %s %s", number < min ? "least" : "most", bound);
}

/* The word that a value is, or NULL for a number: booleans stand for "on" and "off". */
static const char *
word_of(const SimParamValue *value)
{
  if (value->type == SIM_VALUE_BOOL)
    return value->boolean ? "on" : "off";
  return value->type == SIM_VALUE_TEXT ? value->text : NULL;
}

static const SimParamWord *
word_find(const SimParam *param, const char *text)
{
  const SimParamWord *word = param->words;
  for (; word != NULL && word->word != NULL; word++)
    if (text != NULL && strcmp(word->word, text) == 0)
      return word;
  return NULL;
}

static const SimParamWord *
word_of_stored(const SimParam *param, int64_t stored)
{
  const SimParamWord *word = param->words;
  for (; word != NULL && word->word != NULL; word++)
    if (word->value == stored)
      return word;
  return NULL;
}

/* Reads a number or a text of the parameter's kind; a bare number is in the SI unit. */
static bool
read_quantity(const SimParam *param, const SimParamValue *value, SimQuantity *quantity,
              GError **error)
{
  SimQuantityKind kind = quantity_kind(param);
  if (value->type == SIM_VALUE_BOOL || value->type == SIM_VALUE_NUMBERS)
    return refuse_type(param, value, error);
  if (value->type == SIM_VALUE_NUMBER) {
    *quantity = (SimQuantity){.kind = SIM_QUANTITY_NUMBER, .value = value->number};
  } else if (!sim_quantity_parse(value->text, quantity, error)) {
    bool number = strpbrk(value->text, "0123456789") != NULL;
    if (number) {
      g_prefix_error(error, "%s = ", param->name);
      return false;
    }
    g_clear_error(error);
    return refuse_type(param, value, error);
  }
  if (isnan(quantity->value) || (quantity->kind != kind && quantity->kind != SIM_QUANTITY_NUMBER))
    return refuse_type(param, value, error);
  if (quantity->kind == SIM_QUANTITY_NUMBER && kind == SIM_QUANTITY_TIME)
    quantity->time = sim_time_from_seconds(quantity->value);
  return true;
}

static bool
set_bool(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  if (value->type != SIM_VALUE_BOOL)
    return refuse(param, value, error, "true or false is wanted");
  *(bool *)field_of(param, settings) = value->boolean;
  return true;
}

/* Numbers beyond 2^53 are not exact as doubles; nothing in a network is that large. */
#define WHOLE_MAX 0x1p53

static bool
check_whole(const SimParam *param, const SimParamValue *value, double number, GError **error)
{
  if (number != floor(number))
    return refuse(param, value, error, "a whole number%s is wanted",
                  param->kind == SIM_PARAM_SIZE ? " of bytes" : "");
  if (fabs(number) > WHOLE_MAX)
    return refuse(param, value, error, "this number is too large");
  return true;
}

static bool
set_time(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  SimQuantity quantity = {0};
  if (!read_quantity(param, value, &quantity, error) ||
      !check_range(param, value, quantity.value, error))
    return false;
  if (quantity.time == SIM_TIME_NEVER)
    return refuse(param, value, error, "simulated time ends before that, after 106 days");
  *(SimTime *)field_of(param, settings) = quantity.time;
  return true;
}

static bool
set_rate(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  SimQuantity quantity = {0};
  if (!read_quantity(param, value, &quantity, error) ||
      !check_range(param, value, quantity.value, error))
    return false;
  if (quantity.value > 0 && quantity.value < 1) /* would be rounded to 0, which is unlimited */
    return refuse(param, value, error, "must be at least 1 bit/s");
  if (quantity.value > WHOLE_MAX)
    return refuse(param, value, error, "this number is too large");
  *(uint64_t *)field_of(param, settings) = (uint64_t)(quantity.value + 0.5);
  return true;
}

static bool
set_number(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  SimQuantity quantity = {0};
  if (!read_quantity(param, value, &quantity, error) ||
      !check_range(param, value, quantity.value, error))
    return false;
  if (param->kind == SIM_PARAM_INTEGER || param->kind == SIM_PARAM_PACKETS ||
      param->kind == SIM_PARAM_SIZE) {
    if (!check_whole(param, value, quantity.value, error))
      return false;
    if (param->kind == SIM_PARAM_SIZE)
      *(uint64_t *)field_of(param, settings) = (uint64_t)quantity.value;
    else
      *(int64_t *)field_of(param, settings) = (int64_t)quantity.value;
    return true;
  }
  if (isinf(quantity.value))
    return refuse(param, value, error, "this number is too large");
  *(double *)field_of(param, settings) = quantity.value;
  return true;
}

/* "reno", "cubic" or "bbr" */
static char *
choices_print(const SimParam *param)
{
  GString *text = g_string_new(NULL);
  const char *const *choices = param->choices;
  for (int i = 0; choices[i] != NULL; i++) {
    const char *between = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";
    g_string_append_printf(text, "%s\"%s\"", between, choices[i]);
  }
  return g_string_free(text, FALSE);
}

static bool
set_choice(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  const char *text = word_of(value);
  for (int i = 0; text != NULL && param->choices[i] != NULL; i++)
    if (strcmp(text, param->choices[i]) == 0) {
      *(int *)field_of(param, settings) = i;
      return true;
    }
  g_autofree char *choices = choices_print(param);
  const char *nearest =
      value->type == SIM_VALUE_TEXT ? sim_error_nearest(text, param->choices) : NULL;
  if (nearest != NULL)
    return refuse(param, value, error, "did you mean \"%s\"? accepted: %s", nearest, choices);
  return refuse(param, value, error, "accepted: %s", choices);
}

/* Stores a word's value, which fits every kind that may have words. */
static void
set_word(const SimParam *param, void *settings, const SimParamWord *word)
{
  if (param->kind == SIM_PARAM_SIZE || param->kind == SIM_PARAM_RATE)
    *(uint64_t *)field_of(param, settings) = (uint64_t)word->value;
  else
    *(int64_t *)field_of(param, settings) = word->value;
}

/* A list that was there is replaced. */
static bool
set_numbers(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  SimNumbers numbers = {0}, *field = field_of(param, settings);
  bool is_file = param->kind == SIM_PARAM_FILE;
  if (value->type != (is_file ? SIM_VALUE_TEXT : SIM_VALUE_NUMBERS)) {
    g_autofree char *accepts = sim_param_accepts(param);
    return refuse(param, value, error, "%s is wanted", accepts);
  }
  if (is_file && !sim_numbers_read(&numbers, value->text, param->form, error))
    return false;
  if (!is_file && !sim_numbers_copy(&numbers, value->numbers, value->count, param->form, error)) {
    g_prefix_error(error, "%s: ", param->name);
    return false;
  }
  sim_numbers_clear(field);
  *field = numbers;
  return true;
}

bool
sim_param_set(const SimParam *param, void *settings, const SimParamValue *value, GError **error)
{
  const SimParamWord *word = word_find(param, word_of(value));
  if (word != NULL) {
    set_word(param, settings, word);
    return true;
  }
  switch (param->kind) {
  case SIM_PARAM_BOOL:
    return set_bool(param, settings, value, error);
  case SIM_PARAM_TIME:
    return set_time(param, settings, value, error);
  case SIM_PARAM_RATE:
    return set_rate(param, settings, value, error);
  case SIM_PARAM_INTEGER:
  case SIM_PARAM_PACKETS:
  case SIM_PARAM_SIZE:
  case SIM_PARAM_RATIO:
  case SIM_PARAM_NUMBER:
    return set_number(param, settings, value, error);
  case SIM_PARAM_CHOICE:
    return set_choice(param, settings, value, error);
  case SIM_PARAM_NUMBERS:
  case SIM_PARAM_FILE:
    return set_numbers(param, settings, value, error);
  }
  g_assert_not_reached();
}

/* INTEGER, PACKETS, TIME, SIZE and RATE: the word that stands for it, or the number. */
static char *
print_whole(const SimParam *param, const char *field)
{
  int64_t stored;
  memcpy(&stored, field, sizeof stored);
  const SimParamWord *word = word_of_stored(param, stored);
  if (word != NULL)
    return g_strdup(word->word);
  if (param->kind == SIM_PARAM_INTEGER)
    return g_strdup_printf("%" G_GINT64_FORMAT, stored);
  if (param->kind != SIM_PARAM_TIME)
    return sim_quantity_print(quantity_kind(param), (double)(uint64_t)stored);
  if (stored == SIM_TIME_NEVER)
    return g_strdup("never");
  return sim_quantity_print(SIM_QUANTITY_TIME, sim_time_to_seconds(stored));
}

/* The file's name, or the list. */
static char *
print_numbers(const SimNumbers *numbers)
{
  if (numbers->file != NULL)
    return g_strdup(numbers->file);
  GString *text = g_string_new("{");
  for (uint32_t i = 0; i < numbers->count; i++) {
    g_autofree char *one = sim_quantity_print(SIM_QUANTITY_NUMBER, numbers->values[i]);
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", one);
  }
  g_string_append_c(text, '}');
  return g_string_free(text, FALSE);
}

char *
sim_param_print(const SimParam *param, const void *settings)
{
  const char *field = (const char *)settings + param->offset;
  double number;
  int choice;
  switch (param->kind) {
  case SIM_PARAM_BOOL:
    return g_strdup(*(const bool *)field ? "true" : "false");
  case SIM_PARAM_INTEGER:
  case SIM_PARAM_PACKETS:
  case SIM_PARAM_TIME:
  case SIM_PARAM_SIZE:
  case SIM_PARAM_RATE:
    return print_whole(param, field);
  case SIM_PARAM_RATIO:
  case SIM_PARAM_NUMBER:
    memcpy(&number, field, sizeof number);
    return sim_quantity_print(quantity_kind(param), number);
  case SIM_PARAM_CHOICE:
    memcpy(&choice, field, sizeof choice);
    return g_strdup(param->choices[choice]);
  case SIM_PARAM_NUMBERS:
  case SIM_PARAM_FILE:
    return print_numbers((const SimNumbers *)(const void *)field);
  }
  g_assert_not_reached();
}

char *
sim_param_accepts(const SimParam *param)
{
  if (param->kind == SIM_PARAM_BOOL)
    return g_strdup("true or false");
  if (param->kind == SIM_PARAM_CHOICE)
    return choices_print(param);
  if (param->kind == SIM_PARAM_NUMBERS)
    return g_strdup("a list of numbers");
  if (param->kind == SIM_PARAM_FILE)
    return g_strdup("a file beside the scenario");
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "a %s such as %s", noun(param), example(param));
  double min, max;
  range_of(param, &min, &max);
  if (min != 0 || isfinite(max)) {
    g_autofree char *low = bound_print(param, min);
    g_autofree char *high = bound_print(param, max);
    if (isfinite(max))
      g_string_append_printf(text, ", from %s to %s", low, high);
    else
      g_string_append_printf(text, ", at least %s", low);
  }
  append_words(text, param);
  return g_string_free(text, FALSE);
}
