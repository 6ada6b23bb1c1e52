/* axis: ranges become texts, since a text is what a scenario's param() reads, with its unit.
 *
 * A value of a range is rounded to twelve digits, of a logarithmic one to six: 10ms + 2 x 10ms is
 * "30 ms", not 30.000000000000004, and a run that was made with `-p delay=30ms` is the same run. */
#include "scenarios/runner/study/axis.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/math.h"

#define VALUES_MAX 100000 /* of one range: more is a slip of the step */
#define STEP_DIGITS "%.12g"
#define LOG_DIGITS "%.6g"

/* One "LO..HI[:REST]". */
typedef struct Range {
  double low, high;
  SimQuantityKind kind; /* of its numbers, as far as they are read */
  bool has_kind;        /* false: they were all 0 */
  const char *rest;     /* behind the first ':'; NULL: nothing */
} Range;

void
axis_free(Axis *axis)
{
  g_free(axis->name);
  g_free(axis->where);
  g_ptr_array_unref(axis->values);
  g_clear_pointer(&axis->reads, g_ptr_array_unref);
  g_free(axis);
}

static char *
print_value(SimQuantityKind kind, double value, const char *digits)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (kind == SIM_QUANTITY_SIZE || kind == SIM_QUANTITY_PACKETS) /* there is no half of them */
    value = floor(value + 0.5);
  g_ascii_formatd(text, sizeof text, digits, value);
  return sim_quantity_print(kind, g_ascii_strtod(text, NULL));
}

/* Whether the item is a range and not a text with two dots in it, such as a folder. */
static bool
is_range(const char *item)
{
  return strstr(item, "..") != NULL && (g_ascii_isdigit(*item) || strchr("+-.", *item) != NULL) &&
         item[0] != '\0' && !g_str_has_prefix(item, "..");
}

static bool
fail(GError **error, const char *item, const char *what)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "the range \"%s\": %s", item, what);
  return false;
}

/* Takes the next number of a range. Its numbers have units of one kind or none at all, so that
 * nobody has to guess what the 10 in "10..200ms:10" is; a 0 is the same in every unit. */
static bool
read_number(Range *range, const char *item, const char *text, double *value, GError **error)
{
  SimQuantity quantity;
  g_autofree char *plain = g_strstrip(g_strdup(text));
  if (!sim_quantity_parse(plain, &quantity, error)) {
    g_prefix_error(error, "the range \"%s\": ", item);
    return false;
  }
  *value = quantity.value;
  if (quantity.kind == SIM_QUANTITY_NUMBER && quantity.value == 0)
    return true;
  if (!range->has_kind || quantity.kind == range->kind) {
    range->kind = quantity.kind;
    range->has_kind = true;
    return true;
  }
  bool bare = quantity.kind == SIM_QUANTITY_NUMBER || range->kind == SIM_QUANTITY_NUMBER;
  return fail(error, item,
              bare ? "some of its numbers have a unit and some have none; give one to each, as "
                     "10ms..200ms:10ms (0 needs none)"
                   : "its numbers have units of different kinds");
}

static bool
read_range(const char *item, Range *range, GError **error)
{
  const char *dots = strstr(item, "..");
  const char *colon = strchr(dots, ':');
  g_autofree char *low = g_strndup(item, (gsize)(dots - item));
  g_autofree char *high =
      colon != NULL ? g_strndup(dots + 2, (gsize)(colon - dots - 2)) : g_strdup(dots + 2);
  *range = (Range){.rest = colon != NULL ? colon + 1 : NULL};
  if (!read_number(range, item, low, &range->low, error) ||
      !read_number(range, item, high, &range->high, error))
    return false;
  if (range->low > range->high)
    return fail(error, item, "it is empty, since it begins above its end");
  return true;
}

/* `log:13` or `lin:11`. */
static bool
add_spread(Axis *axis, const char *item, const Range *range, GError **error)
{
  bool logarithmic = g_str_has_prefix(range->rest, "log");
  guint64 count = 0;
  if (range->rest[3] == ':')
    g_ascii_string_to_unsigned(range->rest + 4, 10, 1, VALUES_MAX, &count, NULL);
  if (count == 0)
    return fail(error, item,
                logarithmic ? "how many values? LO..HI:log:N, N from 1 to 100000"
                            : "how many values? LO..HI:lin:N, N from 1 to 100000");
  if (logarithmic && range->low <= 0)
    return fail(error, item, "a logarithmic range begins above 0");
  if (count == 1 && range->low != range->high)
    return fail(error, item, "one value cannot be both ends: N is at least 2");
  for (guint64 i = 0; i < count; i++) {
    double part = count > 1 ? (double)i / (double)(count - 1) : 0;
    double value = logarithmic ? range->low * sim_pow(range->high / range->low, part)
                               : range->low + part * (range->high - range->low);
    g_ptr_array_add(axis->values,
                    print_value(range->kind, value, logarithmic ? LOG_DIGITS : STEP_DIGITS));
  }
  return true;
}

static bool
add_steps(Axis *axis, const char *item, Range *range, GError **error)
{
  double step;
  if (!read_number(range, item, range->rest, &step, error))
    return false;
  if (!(step > 0))
    return fail(error, item, "the step must be more than 0");
  double count = floor((range->high - range->low) / step * (1 + 1e-12) + 1e-9) + 1;
  if (count > VALUES_MAX)
    return fail(error, item, "it has more than 100000 values");
  if (count == 1 && range->high != range->low)
    return fail(error, item,
                "its step is longer than the range; how many values are meant? LO..HI:lin:N");
  for (int i = 0; i < (int)count; i++)
    g_ptr_array_add(axis->values, print_value(range->kind, range->low + i * step, STEP_DIGITS));
  return true;
}

static bool
add_item(Axis *axis, const char *item, bool sampled, bool alone, GError **error)
{
  Range range;
  if (*item == '\0') {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "a value is missing between two commas");
    return false;
  }
  if (!is_range(item)) {
    g_ptr_array_add(axis->values, g_strdup(item));
    return true;
  }
  if (!read_range(item, &range, error))
    return false;
  bool open = range.rest == NULL || strcmp(range.rest, "log") == 0;
  if (open && sampled && alone) {
    axis->drawn = true;
    axis->logarithmic = range.rest != NULL;
    axis->kind = range.kind;
    axis->low = range.low;
    axis->high = range.high;
    return !axis->logarithmic || range.low > 0 ||
           fail(error, item, "a logarithmic range begins above 0");
  }
  if (range.rest == NULL)
    return fail(error, item,
                "its step is missing; accepted: LO..HI:STEP, LO..HI:lin:N, LO..HI:log:N, or "
                "--sample to draw from it");
  if (strncmp(range.rest, "log", 3) == 0 || strncmp(range.rest, "lin", 3) == 0)
    return add_spread(axis, item, &range, error);
  return add_steps(axis, item, &range, error);
}

Axis *
axis_parse(const char *text, bool sampled, GError **error)
{
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text || equals[1] == '\0' || !g_utf8_validate(text, -1, NULL)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\": NAME=VALUE,... or NAME=LO..HI:STEP is wanted, such as "
                "delay=10ms..200ms:10ms",
                text);
    return NULL;
  }
  Axis *axis = g_new0(Axis, 1);
  axis->name = g_strndup(text, (gsize)(equals - text));
  axis->values = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) items = g_strsplit(equals + 1, ",", -1);
  for (char **item = items; *item != NULL; item++)
    if (!add_item(axis, g_strstrip(*item), sampled, items[1] == NULL, error)) {
      g_prefix_error(error, "%s: ", axis->name);
      axis_free(axis);
      return NULL;
    }
  return axis;
}

char *
axis_draw(const Axis *axis, double part)
{
  double value = axis->logarithmic ? axis->low * sim_pow(axis->high / axis->low, part)
                                   : axis->low + part * (axis->high - axis->low);
  return print_value(axis->kind, value, LOG_DIGITS);
}
