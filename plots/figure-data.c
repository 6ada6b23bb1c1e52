/* figure-data: writes data files field by field, and quotes texts for gnuplot and LaTeX.
 *
 * gnuplot reads a text in double quotes from a data file as it reads a string of a script: a
 * backslash begins an escape, but nothing is substituted, so doubling backslashes and replacing
 * the double quote (which cannot be escaped there) is all it needs. The scripts switch enhanced
 * text off. For LaTeX its ten special characters are spelled out. */
#include "plots/figure-data.h"

#include <math.h>
#include <string.h>

void
figure_data_end(FigureData *data)
{
  if (data->nan != NULL && data->rows == 0)
    g_string_append_printf(data->text, "%s\n", data->nan);
  data->nan = NULL;
}

void
figure_data_block(FigureData *data, const char *name, const char *columns, const char *nan)
{
  figure_data_end(data);
  g_string_append_printf(data->text, "\n\n# columns: %s\n# %s\n", columns, name);
  data->nan = nan;
  data->rows = 0;
}

static void
start_field(FigureData *data)
{
  if (data->in_row)
    g_string_append_c(data->text, ' ');
  data->in_row = true;
}

static void
append_number(GString *out, double value, int decimals)
{
  char format[16], text[G_ASCII_DTOSTR_BUF_SIZE];
  g_snprintf(format, sizeof format, "%%.%df", decimals);
  g_ascii_formatd(text, sizeof text, format, value);
  g_string_append(out, text);
}

void
figure_data_number(FigureData *data, double value, int decimals)
{
  start_field(data);
  if (isnan(value))
    g_string_append(data->text, "NaN");
  else
    append_number(data->text, value, decimals);
}

void
figure_data_short(FigureData *data, double value)
{
  gsize start = data->text->len;
  figure_data_number(data, value, 9);
  if (strchr(data->text->str + start, '.') == NULL)
    return;
  gsize length = data->text->len;
  while (data->text->str[length - 1] == '0')
    length--;
  g_string_truncate(data->text, data->text->str[length - 1] == '.' ? length - 1 : length);
}

void
figure_data_integer(FigureData *data, gint64 value)
{
  start_field(data);
  g_string_append_printf(data->text, "%" G_GINT64_FORMAT, value);
}

void
figure_data_time(FigureData *data, SimTime time)
{
  char text[SIM_TIME_TEXT];
  start_field(data);
  g_string_append(data->text, time == SIM_TIME_NEVER ? "NaN" : sim_time_print(time, text));
}

/* What LaTeX needs for `c`; NULL: itself. Backslashes are doubled for gnuplot. */
static const char *
tex_escape(char c)
{
  switch (c) {
  case '\\':
    return "\\\\textbackslash{}";
  case '{':
    return "\\\\{";
  case '}':
    return "\\\\}";
  case '$':
    return "\\\\$";
  case '&':
    return "\\\\&";
  case '#':
    return "\\\\#";
  case '%':
    return "\\\\%";
  case '_':
    return "\\\\_";
  case '^':
    return "\\\\textasciicircum{}";
  case '~':
    return "\\\\textasciitilde{}";
  case '<':
    return "\\\\textless{}";
  case '>':
    return "\\\\textgreater{}";
  case '|':
    return "\\\\textbar{}";
  case '"':
    return "''";
  default:
    return NULL;
  }
}

void
figure_data_text(FigureData *data, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  bool tex = data->request->format == FIGURE_TEX;
  start_field(data);
  g_string_append_c(data->text, '"');
  if (tex && (*valid == '[' || *valid == '{'))
    g_string_append(data->text, "{}"); /* the terminal takes a leading [ for a position */
  for (const char *c = valid; *c != '\0'; c++) {
    const char *escape = tex ? tex_escape(*c) : NULL;
    bool two = (guchar)c[0] == 0xc2 && (guchar)c[1] < 0xa0; /* U+0080 to U+009F, controls, too */
    if (g_ascii_iscntrl(*c) || two)
      g_string_append_c(data->text, ' ');
    else if (escape != NULL)
      g_string_append(data->text, escape);
    else if (*c == '"')
      g_string_append(data->text, "\u201d");
    else if (*c == '\\')
      g_string_append(data->text, "\\\\");
    else
      g_string_append_c(data->text, *c);
    c += two;
  }
  g_string_append_c(data->text, '"');
}

void
figure_data_row(FigureData *data)
{
  g_string_append_c(data->text, '\n');
  data->in_row = false;
  data->rows++;
}

void
figure_data_set(FigureData *data, const char *name, double value, int decimals)
{
  g_string_append_printf(data->settings, "%s = ", name);
  append_number(data->settings, value, decimals);
  g_string_append_c(data->settings, '\n');
}

void
figure_data_set_unit(FigureData *data, double most)
{
  static const char *const names[] = {"B", "kB", "MB", "GB", "TB"};
  guint index = 0;
  double unit = 1;
  /* 20 kB reads better than 20000 B, and 9000 kB better than 9 MB with its decimals. */
  for (; most / unit >= 10000 && index + 1 < G_N_ELEMENTS(names); index++)
    unit *= 1000;
  figure_data_set(data, "unit", unit, 0);
  g_string_append_printf(data->settings, "unit_name = '%s'\n", names[index]);
}

bool
figure_data_wants(const FigureData *data, SimTime time)
{
  return time >= data->request->from && time <= data->request->to;
}
