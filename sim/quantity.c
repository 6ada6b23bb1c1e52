/* quantity: reading and writing numbers with units.
 *
 * A number is kept as its decimal digits until the very end: a unit is a small whole factor times
 * a power of ten (times a power of two, which a double takes without loss), so the one rounding is
 * that of the result. */
#include "sim/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/error.h"

#define DIGITS_MAX 64 /* significant digits a number may have */
#define CARRY_MAX 3   /* more digits that a unit's factor may bring */
#define EXPONENT_MAX 100000
#define WHOLE_MAX 0x1p53 /* whole numbers beyond are not exact in a double */

/* Without its sign the value is digits[0 ... count-1] x 10^exponent. */
typedef struct Decimal {
  bool negative;
  int count; /* 0: the value is 0 */
  int exponent;
  char digits[DIGITS_MAX + CARRY_MAX]; /* each 0 to 9; the first is not 0 */
} Decimal;

/* One unit is factor x 10^power x binary. */
typedef struct Unit {
  const char *name;
  SimQuantityKind kind;
  int factor;
  int power;
  double binary; /* 0 stands for 1 */
} Unit;

static const Unit plain_units[] = {
    {"", SIM_QUANTITY_NUMBER, 1, 0, 0},        {"s", SIM_QUANTITY_TIME, 1, 0, 0},
    {"ms", SIM_QUANTITY_TIME, 1, -3, 0},       {"us", SIM_QUANTITY_TIME, 1, -6, 0},
    {"\u00b5s", SIM_QUANTITY_TIME, 1, -6, 0}, /* micro sign */
    {"\u03bcs", SIM_QUANTITY_TIME, 1, -6, 0}, /* Greek mu */
    {"ns", SIM_QUANTITY_TIME, 1, -9, 0},       {"ps", SIM_QUANTITY_TIME, 1, -12, 0},
    {"min", SIM_QUANTITY_TIME, 6, 1, 0},       {"h", SIM_QUANTITY_TIME, 36, 2, 0},
    {"%", SIM_QUANTITY_RATIO, 1, -2, 0},       {"pkt", SIM_QUANTITY_PACKETS, 1, 0, 0},
    {"packet", SIM_QUANTITY_PACKETS, 1, 0, 0}, {"packets", SIM_QUANTITY_PACKETS, 1, 0, 0},
    {"BDP", SIM_QUANTITY_BDP, 1, 0, 0},
};

/* These take a prefix. */
static const Unit scaled_units[] = {
    {"bit/s", SIM_QUANTITY_RATE, 1, 0, 0},  {"bps", SIM_QUANTITY_RATE, 1, 0, 0},
    {"B/s", SIM_QUANTITY_RATE, 8, 0, 0},    {"B", SIM_QUANTITY_SIZE, 1, 0, 0},
    {"bit", SIM_QUANTITY_SIZE, 125, -3, 0},
};

static const struct Prefix {
  const char *name;
  int power;
  double binary;
} prefixes[] = {
    {"", 0, 0},        {"k", 3, 0},       {"M", 6, 0},       {"G", 9, 0},       {"T", 12, 0},
    {"Ki", 0, 0x1p10}, {"Mi", 0, 0x1p20}, {"Gi", 0, 0x1p30}, {"Ti", 0, 0x1p40},
};

/* For "did you mean". */
static const char *const unit_names[] = {
    "ms",     "us",    "ns",    "ps",    "min",  "bit/s",  "kbit/s",  "Mbit/s", "Gbit/s",
    "Tbit/s", "bps",   "kbps",  "Mbps",  "Gbps", "Tbps",   "B/s",     "kB/s",   "MB/s",
    "GB/s",   "KiB/s", "MiB/s", "GiB/s", "kB",   "MB",     "GB",      "TB",     "KiB",
    "MiB",    "GiB",   "TiB",   "bit",   "pkt",  "packet", "packets", "BDP",    NULL,
};

/* Reads an exponent, if there is one, and returns what follows. */
static const char *
exponent_read(Decimal *decimal, const char *text)
{
  if (*text != 'e' && *text != 'E')
    return text;
  const char *digit = text + 1;
  bool negative = *digit == '-';
  if (*digit == '-' || *digit == '+')
    digit++;
  if (!g_ascii_isdigit(*digit))
    return text;
  int exponent = 0;
  for (; g_ascii_isdigit(*digit); digit++)
    exponent = MIN(exponent * 10 + (*digit - '0'), EXPONENT_MAX);
  decimal->exponent += negative ? -exponent : exponent;
  return digit;
}

/* Reads sign, digits, fraction and exponent; returns what follows, or NULL when there is no number
 * or it has too many digits. */
static const char *
decimal_read(Decimal *decimal, const char *text)
{
  *decimal = (Decimal){.negative = *text == '-'};
  if (*text == '-' || *text == '+')
    text++;
  bool any = false, fraction = false;
  for (; g_ascii_isdigit(*text) || (*text == '.' && !fraction); text++) {
    if (*text == '.') {
      fraction = true;
      continue;
    }
    any = true;
    decimal->exponent -= fraction;
    if (*text == '0' && decimal->count == 0)
      continue;
    if (decimal->count == DIGITS_MAX)
      return NULL;
    decimal->digits[decimal->count++] = (char)(*text - '0');
  }
  return any ? exponent_read(decimal, text) : NULL;
}

static void
decimal_multiply(Decimal *decimal, int factor)
{
  char digits[DIGITS_MAX + CARRY_MAX];
  int at = DIGITS_MAX + CARRY_MAX;
  int carry = 0;
  for (int i = decimal->count - 1; i >= 0 || carry > 0; i--) {
    int product = carry + (i >= 0 ? decimal->digits[i] * factor : 0);
    digits[--at] = (char)(product % 10);
    carry = product / 10;
  }
  decimal->count = DIGITS_MAX + CARRY_MAX - at;
  memcpy(decimal->digits, digits + at, (size_t)decimal->count);
}

/* The nearest double. */
static double
decimal_to_double(const Decimal *decimal)
{
  char text[DIGITS_MAX + CARRY_MAX + 16];
  if (decimal->count == 0)
    return 0;
  for (int i = 0; i < decimal->count; i++)
    text[i] = (char)('0' + decimal->digits[i]);
  g_snprintf(text + decimal->count, 16, "e%d", decimal->exponent);
  double value = g_ascii_strtod(text, NULL);
  return decimal->negative ? -value : value;
}

/* The nearest picosecond, half a one upwards; SIM_TIME_NEVER when out of range. */
static SimTime
decimal_to_time(const Decimal *decimal)
{
  int whole = decimal->count + decimal->exponent + 12; /* digits before the point */
  if (decimal->count == 0)
    return 0;
  if (whole > 19)
    return SIM_TIME_NEVER;
  uint64_t time = 0;
  for (int i = 0; i < whole; i++)
    time = time * 10 + (i < decimal->count ? (uint64_t)decimal->digits[i] : 0);
  if (whole >= 0 && whole < decimal->count && decimal->digits[whole] >= 5)
    time++;
  if (time >= (uint64_t)SIM_TIME_NEVER)
    return SIM_TIME_NEVER;
  return decimal->negative ? -(SimTime)time : (SimTime)time;
}

static bool
unit_find(const char *name, Unit *unit)
{
  for (size_t i = 0; i < G_N_ELEMENTS(plain_units); i++)
    if (strcmp(name, plain_units[i].name) == 0) {
      *unit = plain_units[i];
      return true;
    }
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
    size_t length = strlen(prefixes[i].name);
    if (strncmp(name, prefixes[i].name, length) != 0)
      continue;
    for (size_t j = 0; j < G_N_ELEMENTS(scaled_units); j++)
      if (strcmp(name + length, scaled_units[j].name) == 0) {
        *unit = scaled_units[j];
        unit->power += prefixes[i].power;
        unit->binary = prefixes[i].binary;
        return true;
      }
  }
  return false;
}

static SIM_RARE bool
refuse(GError **error, const char *text, const char *why)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "\"%s\": %s", text, why);
  return false;
}

static bool
refuse_unit(GError **error, const char *text, const char *unit)
{
  const char *nearest = sim_error_nearest(unit, unit_names);
  g_autofree char *hint =
      nearest == NULL ? g_strdup("") : g_strdup_printf(" did you mean \"%s\"?", nearest);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "\"%s\": unknown unit \"%s\";%s accepted: h min s ms us ns ps; bit/s bps B/s; B bit "
              "(these with k M G T Ki Mi Gi Ti); %%; pkt; BDP",
              text, unit, hint);
  return false;
}

bool
sim_quantity_parse(const char *text, SimQuantity *quantity, GError **error)
{
  Decimal decimal;
  Unit unit;
  const char *name = decimal_read(&decimal, text);
  if (name == NULL && decimal.count == DIGITS_MAX)
    return refuse(error, text, "this number has more than 64 digits");
  if (name == NULL)
    return refuse(error, text,
                  "a number is wanted, with a unit (time h min s ms us ns ps, rate bit/s bps B/s, "
                  "size B bit, ratio %, pkt, BDP) or without");
  if (name[0] == ' ' && name[1] != '\0')
    name++;
  if (!unit_find(name, &unit))
    return refuse_unit(error, text, name);
  decimal_multiply(&decimal, unit.factor);
  decimal.exponent += unit.power;
  SimQuantity read = {.kind = unit.kind, .value = decimal_to_double(&decimal)};
  if (unit.binary > 0)
    read.value *= unit.binary;
  if (unit.kind == SIM_QUANTITY_TIME)
    read.time = decimal_to_time(&decimal);
  if (isinf(read.value))
    return refuse(error, text, "this number is too large");
  if (read.time == SIM_TIME_NEVER)
    return refuse(error, text, "simulated time ends before that, after 106 days");
  if (unit.kind == SIM_QUANTITY_SIZE || unit.kind == SIM_QUANTITY_PACKETS) {
    if (fabs(read.value) > WHOLE_MAX)
      return refuse(error, text, "this number is too large");
    if (read.value != floor(read.value))
      return refuse(error, text,
                    unit.kind == SIM_QUANTITY_SIZE ? "a whole number of bytes is wanted"
                                                   : "a whole number of packets is wanted");
  }
  *quantity = read;
  return true;
}

static const struct {
  const char *name, *example;
} kinds[] = {
    [SIM_QUANTITY_NUMBER] = {"number", "1500 or 0.05"},
    [SIM_QUANTITY_TIME] = {"time", "\"50 ms\" or 0.05"},
    [SIM_QUANTITY_RATE] = {"rate", "\"10 Mbit/s\" or 1e7"},
    [SIM_QUANTITY_SIZE] = {"size", "\"64 KiB\" or 65536"},
    [SIM_QUANTITY_RATIO] = {"ratio", "\"1 %\" or 0.01"},
    [SIM_QUANTITY_PACKETS] = {"number of packets", "\"100 pkt\""},
    [SIM_QUANTITY_BDP] = {"multiple of the bandwidth-delay product", "\"1 BDP\""},
};

const char *
sim_quantity_kind_name(SimQuantityKind kind)
{
  return kinds[kind].name;
}

const char *
sim_quantity_kind_example(SimQuantityKind kind)
{
  return kinds[kind].example;
}

/* The fewest digits that read back to the same value, which is finite and not 0. */
static Decimal
decimal_shortest(double value)
{
  char text[32];
  for (int digits = 1; digits <= 17; digits++) {
    char format[8];
    g_snprintf(format, sizeof format, "%%.%de", digits - 1);
    g_ascii_formatd(text, sizeof text, format, value);
    if (g_ascii_strtod(text, NULL) == value)
      break;
  }
  Decimal decimal;
  decimal_read(&decimal, text);
  return decimal;
}

/* Units that sim_quantity_print() chooses from, the first of equals; a whole one is taken only
 * where the value is a whole number of it. */
static const struct {
  SimQuantityKind kind;
  int power;
  double whole; /* 0 for a unit of 10^power */
  double below; /* the mantissa it suits is 1 or more, and less than this */
  const char *suffix;
} print_units[] = {
    {SIM_QUANTITY_NUMBER, 0, 0, HUGE_VAL, ""},
    {SIM_QUANTITY_TIME, 0, 0, 1000, " s"},
    {SIM_QUANTITY_TIME, -3, 0, 1000, " ms"},
    {SIM_QUANTITY_TIME, -6, 0, 1000, " us"},
    {SIM_QUANTITY_TIME, -9, 0, 1000, " ns"},
    {SIM_QUANTITY_TIME, -12, 0, 1000, " ps"},
    {SIM_QUANTITY_TIME, 0, 60, 1000, " min"},
    {SIM_QUANTITY_TIME, 0, 3600, 1000, " h"},
    {SIM_QUANTITY_RATE, 0, 0, 1000, " bit/s"},
    {SIM_QUANTITY_RATE, 3, 0, 1000, " kbit/s"},
    {SIM_QUANTITY_RATE, 6, 0, 1000, " Mbit/s"},
    {SIM_QUANTITY_RATE, 9, 0, 1000, " Gbit/s"},
    {SIM_QUANTITY_RATE, 12, 0, 1000, " Tbit/s"},
    {SIM_QUANTITY_SIZE, 0, 0, 10000, " B"}, /* so that a segment of 1460 B keeps its name */
    {SIM_QUANTITY_SIZE, 3, 0, 1000, " kB"},
    {SIM_QUANTITY_SIZE, 6, 0, 1000, " MB"},
    {SIM_QUANTITY_SIZE, 9, 0, 1000, " GB"},
    {SIM_QUANTITY_SIZE, 12, 0, 1000, " TB"},
    {SIM_QUANTITY_SIZE, 0, 0x1p10, 1024, " KiB"},
    {SIM_QUANTITY_SIZE, 0, 0x1p20, 1024, " MiB"},
    {SIM_QUANTITY_SIZE, 0, 0x1p30, 1024, " GiB"},
    {SIM_QUANTITY_SIZE, 0, 0x1p40, 1024, " TiB"},
    {SIM_QUANTITY_RATIO, -2, 0, HUGE_VAL, " %"},
    {SIM_QUANTITY_PACKETS, 0, 0, HUGE_VAL, " pkt"},
    {SIM_QUANTITY_BDP, 0, 0, HUGE_VAL, " BDP"},
};

/* Appends digits x 10^exponent, plainly unless that is far from the point. */
static void
append_decimal(GString *text, const Decimal *decimal)
{
  int point = decimal->count + decimal->exponent; /* digits before the point */
  bool plain = point > -6 && point <= 21;
  int before = plain ? point : 1;
  if (decimal->negative)
    g_string_append_c(text, '-');
  if (before <= 0)
    g_string_append(text, "0.");
  for (int i = before; i < 0; i++)
    g_string_append_c(text, '0');
  for (int i = 0; i < MAX(decimal->count, before); i++) {
    if (i == before && i > 0)
      g_string_append_c(text, '.');
    g_string_append_c(text, (char)('0' + (i < decimal->count ? decimal->digits[i] : 0)));
  }
  if (!plain)
    g_string_append_printf(text, "e%d", point - 1);
}

/* `value` in print_units[unit], or NULL where it has to be whole and is not. */
static char *
print_in(size_t unit, double value)
{
  double whole = print_units[unit].whole;
  if (whole > 0 && (fmod(value, whole) != 0 || fabs(value) > WHOLE_MAX))
    return NULL;
  Decimal decimal = decimal_shortest(whole > 0 ? value / whole : value);
  while (decimal.count > 1 && decimal.digits[decimal.count - 1] == 0) {
    decimal.count--;
    decimal.exponent++;
  }
  decimal.exponent -= print_units[unit].power;
  GString *text = g_string_new(NULL);
  append_decimal(text, &decimal);
  g_string_append(text, print_units[unit].suffix);
  return g_string_free(text, FALSE);
}

/* How well a unit suits: 0 when the mantissa is neither small nor large, 2 when it takes an
 * exponent. */
static int
rank_of(size_t unit, double value, const char *text)
{
  double mantissa = fabs(value) / (print_units[unit].whole > 0 ? print_units[unit].whole : 1);
  for (int power = print_units[unit].power; power < 0; power++)
    mantissa *= 10;
  for (int power = print_units[unit].power; power > 0; power--)
    mantissa /= 10;
  if (isinf(print_units[unit].below) || (mantissa >= 1 && mantissa < print_units[unit].below))
    return 0;
  return strchr(text, 'e') != NULL ? 2 : 1; /* no unit's name has that letter */
}

char *
sim_quantity_print(SimQuantityKind kind, double value)
{
  char *best = NULL;
  int best_rank = 0;
  for (size_t unit = 0; unit < G_N_ELEMENTS(print_units); unit++) {
    if (print_units[unit].kind != kind)
      continue;
    if (value == 0 || !isfinite(value)) {
      const char *word = value == 0 ? "0" : isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
      return g_strconcat(word, print_units[unit].suffix, NULL);
    }
    g_autofree char *text = print_in(unit, value);
    if (text == NULL)
      continue;
    int rank = rank_of(unit, value, text);
    if (best != NULL && (rank > best_rank || (rank == best_rank && strlen(text) >= strlen(best))))
      continue;
    g_free(best);
    best = g_steal_pointer(&text);
    best_rank = rank;
  }
  return best;
}
