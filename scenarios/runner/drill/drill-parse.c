/* drill-parse: settings, the shell lines before the first event, events and their times. */
#include "scenarios/runner/drill/drill-parse.h"

#include <string.h>

#include "scenarios/runner/drill/drill-parse-private.h"

/* -- settings: "--tolerance_usecs=1000" -- */

static DrillSetting *
parse_setting(DrillLex *lex)
{
  DrillSetting *setting = drill_script_alloc(lex->script, sizeof *setting);
  setting->place = drill_lex_place(lex);
  drill_lex_symbol(lex, "--");
  setting->name = drill_lex_name(lex);
  if (setting->name == NULL) {
    drill_lex_expected(lex, "an option's name");
    return NULL;
  }
  if (*lex->at == '=') {
    lex->at++;
    size_t length = strcspn(lex->at, " \t\r\n");
    setting->value = drill_script_text(lex->script, lex->at, length);
    lex->at += length;
  }
  return setting;
}

static void
parse_settings(DrillLex *lex)
{
  DrillSetting **last = &lex->script->settings;
  while (drill_lex_peek(lex) == '-' && lex->at[1] == '-') {
    *last = parse_setting(lex);
    if (*last == NULL)
      return;
    last = &(*last)->next;
  }
}

/* -- the shell -- */

static bool
parse_backquoted(DrillLex *lex, DrillCommand **first)
{
  DrillPlace place;
  const char *text = drill_lex_between(lex, "`", "`", &place);
  return text != NULL && drill_parse_shell(lex, text, place, first);
}

static void
parse_setup(DrillLex *lex)
{
  DrillCommand **last = &lex->script->setup;
  while (drill_lex_peek(lex) == '`' && parse_backquoted(lex, last))
    while (*last != NULL)
      last = &(*last)->next;
}

/* -- times -- */

static bool
parse_when(DrillLex *lex, DrillWhen *when)
{
  *when = (DrillWhen){0};
  if (drill_lex_symbol(lex, "*")) {
    when->kind = DRILL_TIME_ANY;
    return true;
  }
  if (drill_lex_symbol(lex, "+"))
    when->kind = DRILL_TIME_RELATIVE;
  else
    when->kind = DRILL_TIME_ABSOLUTE;
  if (!drill_lex_time(lex, &when->from))
    return drill_lex_expected(lex, "an event's time (1.5, +.1, +.1~+.2 or *)");
  when->to = when->from;
  if (!drill_lex_symbol(lex, "~"))
    return true;
  if (when->kind == DRILL_TIME_RELATIVE && !drill_lex_need(lex, "+"))
    return false;
  DrillPlace place = drill_lex_place(lex);
  if (!drill_lex_time(lex, &when->to))
    return drill_lex_expected(lex, "the end of a range of times");
  if (when->to < when->from)
    drill_problem_set(lex->problem, DRILL_WRONG, place, "a range of times ends before it begins");
  return !drill_lex_failed(lex);
}

/* -- events -- */

static void
parse_call_event(DrillLex *lex, DrillEvent *event)
{
  bool blocks = drill_lex_symbol(lex, "...");
  DrillPlace place = drill_lex_place(lex);
  SimTime end = 0;
  if (blocks && !drill_lex_time(lex, &end)) {
    drill_lex_expected(lex, "the time at which the call returns");
    return;
  }
  event->kind = DRILL_EVENT_CALL;
  event->call = drill_parse_call(lex);
  if (event->call == NULL)
    return;
  event->call->blocks = blocks;
  event->call->end = end;
  if (blocks && end < event->when.from)
    drill_problem_set(lex->problem, DRILL_WRONG, place, "the call would return before it begins");
}

static void
parse_code_event(DrillLex *lex, DrillEvent *event)
{
  DrillPlace place;
  const char *text = drill_lex_between(lex, "%{", "}%", &place);
  event->kind = DRILL_EVENT_CODE;
  if (text != NULL)
    drill_parse_code(lex, text, place, &event->code);
}

static void
parse_action(DrillLex *lex, DrillEvent *event)
{
  char next = drill_lex_peek(lex);
  if (next == '<' || next == '>') {
    event->kind = DRILL_EVENT_PACKET;
    event->packet = drill_parse_packet(lex);
  } else if (next == '`') {
    event->kind = DRILL_EVENT_SHELL;
    parse_backquoted(lex, &event->shell);
  } else if (next == '%') {
    parse_code_event(lex, event);
  } else if (next == '.' || g_ascii_isalpha(next) || next == '_') {
    parse_call_event(lex, event);
  } else {
    drill_lex_expected(lex, "a packet (< or >), a call, %{ code }% or a shell line in back-quotes");
  }
}

/* Only an expected packet may come within a span of time. */
static void
check_when(DrillLex *lex, const DrillEvent *event)
{
  bool expected =
      event->kind == DRILL_EVENT_PACKET && event->packet != NULL && !event->packet->inbound;
  if (event->when.from != event->when.to && !expected)
    drill_problem_set(lex->problem, DRILL_WRONG, event->place,
                      "a range of times is for packets that are expected (>)");
}

static DrillEvent *
parse_event(DrillLex *lex)
{
  DrillEvent *event = drill_script_alloc(lex->script, sizeof *event);
  event->place = drill_lex_place(lex);
  const char *begin = drill_lex_begin(lex);
  /* A shell line at the end of a script has no time: it comes last. */
  if (drill_lex_peek(lex) == '`')
    event->when.kind = DRILL_TIME_RELATIVE;
  else if (!parse_when(lex, &event->when))
    return NULL;
  parse_action(lex, event);
  check_when(lex, event);
  if (drill_lex_failed(lex))
    return NULL;
  event->text = drill_lex_text_since(lex, begin);
  return event;
}

static void
parse_events(DrillLex *lex)
{
  DrillEvent **last = &lex->script->events;
  while (!drill_lex_at_end(lex)) {
    *last = parse_event(lex);
    if (*last == NULL)
      return;
    last = &(*last)->next;
  }
}

DrillScript *
drill_parse(const char *path, const char *text, const GArray *defines, DrillProblem *problem)
{
  DrillScript *script = drill_script_new(path);
  DrillLex lex;
  drill_lex_init(&lex, script, text, defines, problem);
  parse_settings(&lex);
  parse_setup(&lex);
  parse_events(&lex);
  if (!drill_lex_failed(&lex))
    return script;
  drill_script_free(script);
  return NULL;
}
