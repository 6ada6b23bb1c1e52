/* drill-parse-call: "setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0". */
#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

static DrillValue *parse_value(DrillLex *lex);

/* Values with commas between them, up to `close`. */
static bool
parse_items(DrillLex *lex, const char *close, DrillValue **first, unsigned *count)
{
  unsigned n = 0;
  bool good = drill_lex_enter(lex);
  if (good && !drill_lex_symbol(lex, close)) {
    do {
      *first = parse_value(lex);
      if (*first == NULL)
        return false;
      first = &(*first)->next;
      n++;
    } while (drill_lex_symbol(lex, ","));
    good = drill_lex_need(lex, close);
  }
  drill_lex_leave(lex);
  if (count != NULL)
    *count = n;
  return good;
}

/* A name: a constant, a function of one, or the name of what follows behind "=". */
static bool
parse_named(DrillLex *lex, DrillValue *value)
{
  value->kind = DRILL_VALUE_WORD;
  value->text = drill_lex_name(lex);
  if (drill_lex_symbol(lex, "(")) {
    value->kind = DRILL_VALUE_CALL;
    if (!parse_items(lex, ")", &value->items, NULL))
      return false;
  }
  if (drill_lex_peek(lex) != '=')
    return true;
  drill_lex_symbol(lex, "=");
  const char *field = value->text;
  if (!drill_lex_enter(lex))
    return false;
  DrillValue *of = parse_value(lex);
  drill_lex_leave(lex);
  if (of == NULL)
    return false;
  *value = *of;
  value->field = field;
  return true;
}

static DrillValue *
parse_single(DrillLex *lex)
{
  DrillValue *value = drill_script_alloc(lex->script, sizeof *value);
  value->place = drill_lex_place(lex);
  char next = drill_lex_peek(lex);
  bool good = true;
  if (drill_lex_symbol(lex, "...")) {
    value->kind = DRILL_VALUE_ANY;
  } else if (drill_lex_symbol(lex, "[")) {
    value->kind = DRILL_VALUE_LIST;
    good = parse_items(lex, "]", &value->items, NULL);
  } else if (drill_lex_symbol(lex, "{")) {
    value->kind = DRILL_VALUE_STRUCT;
    good = parse_items(lex, "}", &value->items, NULL);
  } else if (next == '"') {
    value->kind = DRILL_VALUE_TEXT;
    value->text = drill_lex_text(lex);
    good = value->text != NULL;
  } else if (g_ascii_isalpha(next) || next == '_') {
    good = parse_named(lex, value);
  } else if (drill_lex_symbol(lex, "&")) {
    value->kind = DRILL_VALUE_WORD;
    value->text = drill_lex_name(lex);
    good = value->text != NULL || drill_lex_expected(lex, "a name");
  } else if (drill_lex_number(lex, true, &value->number)) {
    value->kind = DRILL_VALUE_NUMBER;
  } else {
    good = drill_lex_expected(lex, "a value (a number, a name, ..., a list, a text)");
  }
  return good ? value : NULL;
}

static DrillValue *
parse_value(DrillLex *lex)
{
  DrillValue *value = parse_single(lex);
  if (value == NULL || drill_lex_peek(lex) != '|')
    return value;
  DrillValue *all = drill_script_alloc(lex->script, sizeof *all);
  *all = (DrillValue){.kind = DRILL_VALUE_OR, .place = value->place, .field = value->field};
  all->items = value;
  while (drill_lex_symbol(lex, "|")) {
    value->next = parse_single(lex);
    value = value->next;
    if (value == NULL)
      return NULL;
  }
  return all;
}

/* "(Operation now in progress)", "(flags O_RDWR)": words for the reader. */
static bool
parse_remark(DrillLex *lex)
{
  DrillPlace place;
  return drill_lex_peek(lex) != '(' || drill_lex_between(lex, "(", ")", &place) != NULL;
}

static bool
parse_result(DrillLex *lex, DrillCall *call)
{
  call->result = parse_value(lex);
  if (call->result == NULL)
    return false;
  call->error_place = drill_lex_place(lex);
  bool minus_one = call->result->kind == DRILL_VALUE_NUMBER && call->result->number == -1;
  if (minus_one && g_ascii_isalpha(drill_lex_peek(lex)))
    call->error = drill_lex_name(lex);
  return parse_remark(lex);
}

DrillCall *
drill_parse_call(DrillLex *lex)
{
  DrillCall *call = drill_script_alloc(lex->script, sizeof *call);
  call->name = drill_lex_name(lex);
  if (call->name == NULL) {
    drill_lex_expected(lex, "a call's name");
    return NULL;
  }
  if (!drill_lex_need(lex, "(") || !parse_items(lex, ")", &call->arguments, &call->count) ||
      !drill_lex_need(lex, "=") || !parse_result(lex, call))
    return NULL;
  return call;
}
