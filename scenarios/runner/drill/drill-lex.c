/* drill-lex: see the header. Places are counted on from the last one that was asked for, so that a
 * script is gone through once. */
#include "scenarios/runner/drill/drill-lex.h"

#include <string.h>

#define DEPTH_MOST 100
#define TIME_DIGITS 12    /* behind the point: picoseconds */
#define TIME_MOST 1000000 /* seconds: eleven days */
#define SHOWN 24          /* characters of what came instead */

void
drill_lex_init(DrillLex *lex, DrillScript *script, const char *text, const GArray *defines,
               DrillProblem *problem)
{
  *lex = (DrillLex){.script = script,
                    .problem = problem,
                    .text = text,
                    .at = text,
                    .defines = defines,
                    .counted = text,
                    .place = {1, 1}};
}

bool
drill_lex_failed(const DrillLex *lex)
{
  return lex->problem->kind != DRILL_NO_PROBLEM;
}

static bool
is_name(char c)
{
  return g_ascii_isalnum(c) || c == '_';
}

static bool
starts(const char *at, const char *with)
{
  return strncmp(at, with, strlen(with)) == 0;
}

static DrillPlace
place_of(DrillLex *lex, const char *at)
{
  if (lex->resume != NULL) /* all of a definition stands where its name does */
    return lex->place;
  for (; lex->counted < at; lex->counted++) {
    if (*lex->counted == '\n') {
      lex->place.line++;
      lex->place.column = 1;
    } else if (((uint8_t)*lex->counted & 0xc0) != 0x80) { /* a letter of UTF-8 is one column */
      lex->place.column++;
    }
  }
  return lex->place;
}

static void
skip_comment(DrillLex *lex)
{
  const char *begin = lex->at;
  if (!starts(begin, "/*")) {
    lex->at += strcspn(lex->at, "\n");
    return;
  }
  const char *end = strstr(begin + 2, "*/");
  if (end != NULL)
    lex->at = end + 2;
  else
    drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, begin),
                      "a comment that begins here has no end");
}

/* A defined name begins here: what it stands for is read in its place, once. */
static bool
enter_define(DrillLex *lex)
{
  if (lex->defines == NULL || lex->resume != NULL || !is_name(*lex->at) ||
      g_ascii_isdigit(*lex->at) || (lex->at > lex->text && is_name(lex->at[-1])))
    return false;
  size_t length = 0;
  while (is_name(lex->at[length]))
    length++;
  for (guint i = 0; i < lex->defines->len; i++) {
    const DrillDefine *define = &g_array_index(lex->defines, DrillDefine, i);
    if (strlen(define->name) != length || strncmp(define->name, lex->at, length) != 0)
      continue;
    place_of(lex, lex->at);
    lex->name = lex->at;
    lex->resume = lex->at + length;
    lex->at = define->value;
    return true;
  }
  return false;
}

static bool
at_comment(const DrillLex *lex)
{
  return *lex->at == '#' || (!lex->code && (starts(lex->at, "//") || starts(lex->at, "/*")));
}

/* Does the character that comes next, a white one, end a statement of code? */
static bool
ends_statement(const DrillLex *lex)
{
  return lex->code && lex->open == 0 && *lex->at == '\n';
}

static void
skip(DrillLex *lex)
{
  while (!drill_lex_failed(lex)) {
    if (*lex->at == '\0' && lex->resume != NULL) {
      lex->at = lex->resume;
      lex->resume = NULL;
    } else if (g_ascii_isspace(*lex->at) && !ends_statement(lex)) {
      lex->at++;
    } else if (lex->code && starts(lex->at, "\\\n")) {
      lex->at += 2;
    } else if (at_comment(lex)) {
      skip_comment(lex);
    } else if (!enter_define(lex)) {
      return;
    }
  }
}

char
drill_lex_peek(DrillLex *lex)
{
  skip(lex);
  return drill_lex_failed(lex) ? '\0' : *lex->at;
}

bool
drill_lex_at_end(DrillLex *lex)
{
  return drill_lex_peek(lex) == '\0';
}

DrillPlace
drill_lex_place(DrillLex *lex)
{
  skip(lex);
  return place_of(lex, lex->at);
}

bool
drill_lex_symbol(DrillLex *lex, const char *symbol)
{
  if (drill_lex_peek(lex) == '\0' || !starts(lex->at, symbol))
    return false;
  lex->at += strlen(symbol);
  return true;
}

bool
drill_lex_word(DrillLex *lex, const char *word)
{
  if (drill_lex_peek(lex) == '\0' || !starts(lex->at, word) || is_name(lex->at[strlen(word)]))
    return false;
  lex->at += strlen(word);
  return true;
}

const char *
drill_lex_name(DrillLex *lex)
{
  char first = drill_lex_peek(lex);
  if (!is_name(first) || g_ascii_isdigit(first))
    return NULL;
  const char *begin = lex->at;
  while (is_name(*lex->at))
    lex->at++;
  return drill_script_text(lex->script, begin, (size_t)(lex->at - begin));
}

bool
drill_lex_number(DrillLex *lex, bool is_signed, int64_t *number)
{
  char first = drill_lex_peek(lex);
  const char *at = lex->at;
  bool minus = is_signed && first == '-';
  if (minus)
    at++;
  if (!g_ascii_isdigit(*at))
    return false;
  bool is_hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') && g_ascii_isxdigit(at[2]);
  char *end;
  guint64 value = g_ascii_strtoull(is_hex ? at + 2 : at, &end, is_hex ? 16 : 10);
  if (value > G_MAXINT64) {
    drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, lex->at),
                      "a number of at most 2^63 - 1 is expected");
    return false;
  }
  *number = minus ? -(int64_t)value : (int64_t)value;
  lex->at = end;
  return true;
}

bool
drill_lex_need_number(DrillLex *lex, const char *what, uint64_t most, uint64_t *number)
{
  int64_t value;
  DrillPlace place = drill_lex_place(lex);
  if (!drill_lex_number(lex, false, &value))
    return drill_lex_expected(lex, what);
  if ((uint64_t)value > most)
    drill_problem_set(lex->problem, DRILL_WRONG, place,
                      "%s: 0 to %" G_GUINT64_FORMAT " is accepted, not %" G_GINT64_FORMAT, what,
                      most, value);
  *number = (uint64_t)value;
  return !drill_lex_failed(lex);
}

/* Without a detour over a double: ".1" is exactly that. */
bool
drill_lex_time(DrillLex *lex, SimTime *time)
{
  char first = drill_lex_peek(lex);
  const char *at = lex->at;
  if (!g_ascii_isdigit(first) && !(first == '.' && g_ascii_isdigit(at[1])))
    return false;
  int64_t seconds = 0, part = 0;
  for (; g_ascii_isdigit(*at); at++)
    seconds = MIN(seconds * 10 + (*at - '0'), TIME_MOST + 1);
  if (*at == '.' && g_ascii_isdigit(at[1])) {
    int64_t unit = SIM_SECOND;
    for (at++; g_ascii_isdigit(*at); at++) {
      unit /= 10;
      part += unit * (*at - '0'); /* digits beyond the twelfth are worth nothing */
    }
  }
  if (seconds > TIME_MOST) {
    drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, lex->at),
                      "a time of at most %d s is expected", TIME_MOST);
    return false;
  }
  *time = seconds * SIM_SECOND + part;
  lex->at = at;
  return true;
}

int
drill_lex_hex(DrillLex *lex, uint8_t *bytes, unsigned most)
{
  drill_lex_peek(lex);
  const char *at = lex->at;
  if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
    at += 2;
  unsigned digits = 0;
  while (g_ascii_isxdigit(at[digits]))
    digits++;
  if (digits % 2 != 0 || digits / 2 > most || is_name(at[digits])) {
    drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, lex->at),
                      "hexadecimal digits are expected, two a byte, of at most %u bytes", most);
    return -1;
  }
  for (unsigned i = 0; i < digits / 2; i++)
    bytes[i] =
        (uint8_t)(g_ascii_xdigit_value(at[2 * i]) << 4 | g_ascii_xdigit_value(at[2 * i + 1]));
  lex->at = at + digits;
  return (int)(digits / 2);
}

static char
escaped(char c)
{
  return c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
}

const char *
drill_lex_text(DrillLex *lex)
{
  if (drill_lex_peek(lex) != '"')
    return NULL;
  const char *begin = lex->at, *at = begin + 1;
  g_autoptr(GString) text = g_string_new(NULL);
  for (; *at != '"' && *at != '\0' && *at != '\n'; at++) {
    if (*at == '\\' && at[1] != '\0')
      g_string_append_c(text, escaped(*++at));
    else
      g_string_append_c(text, *at);
  }
  if (*at != '"') {
    drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, begin),
                      "a text that begins here has no end on its line");
    return NULL;
  }
  lex->at = at + 1;
  return drill_script_text(lex->script, text->str, text->len);
}

const char *
drill_lex_between(DrillLex *lex, const char *open, const char *close, DrillPlace *inside)
{
  DrillPlace begin = drill_lex_place(lex);
  if (!drill_lex_symbol(lex, open))
    return NULL;
  const char *first = lex->at, *end = strstr(first, close);
  if (end == NULL) {
    drill_problem_set(lex->problem, DRILL_WRONG, begin, "\"%s\" has no \"%s\"", open, close);
    return NULL;
  }
  *inside = place_of(lex, first);
  lex->at = end + strlen(close);
  return drill_script_text(lex->script, first, (size_t)(end - first));
}

const char *
drill_lex_letters(DrillLex *lex, const char *allowed)
{
  drill_lex_peek(lex);
  size_t length = drill_lex_failed(lex) ? 0 : strspn(lex->at, allowed);
  const char *text = drill_script_text(lex->script, lex->at, length);
  lex->at += length;
  return text;
}

/* What stands here, short enough for a message and fit for a terminal. */
static char *
shown(const char *at)
{
  size_t length = strcspn(at, "\n\r");
  if (*at == '\0')
    return g_strdup("the end");
  if (*at == '\n')
    return g_strdup("the end of the line");
  g_autofree char *cut = g_strndup(at, length);
  g_autofree char *valid = g_utf8_make_valid(cut, -1);
  if (g_utf8_strlen(valid, -1) > SHOWN)
    strcpy(g_utf8_offset_to_pointer(valid, SHOWN - 3), "...");
  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      *c = ' ';
  return g_strdup_printf("\"%s\"", g_strchomp(valid));
}

bool
drill_lex_expected(DrillLex *lex, const char *what)
{
  skip(lex);
  if (drill_lex_failed(lex))
    return false;
  g_autofree char *instead = shown(lex->at);
  drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, lex->at), "%s is expected, not %s",
                    what, instead);
  return false;
}

bool
drill_lex_need(DrillLex *lex, const char *symbol)
{
  if (drill_lex_symbol(lex, symbol))
    return true;
  g_autofree char *quoted = g_strdup_printf("\"%s\"", symbol);
  return drill_lex_expected(lex, quoted);
}

const char *
drill_lex_begin(DrillLex *lex)
{
  skip(lex);
  return lex->resume != NULL ? lex->name : lex->at;
}

const char *
drill_lex_text_since(DrillLex *lex, const char *begin)
{
  const char *end = lex->resume != NULL ? lex->resume : lex->at;
  g_autofree char *text = g_strndup(begin, (gsize)(end - begin));
  g_strstrip(text);
  return drill_script_text(lex->script, text, strlen(text));
}

bool
drill_lex_enter(DrillLex *lex)
{
  if (++lex->depth <= DEPTH_MOST)
    return !drill_lex_failed(lex);
  drill_problem_set(lex->problem, DRILL_WRONG, place_of(lex, lex->at), "this is nested too deeply");
  return false;
}

void
drill_lex_leave(DrillLex *lex)
{
  lex->depth--;
}
