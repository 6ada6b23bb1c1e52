/* drill-call-option: setsockopt() and getsockopt(): which value goes in, and is it the one that
 * comes out? */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

typedef struct Option {
  int fd;
  int level, name;
  const DrillValue *value;
} Option;

static bool
take_option(DrillRun *run, const DrillEvent *event, Option *option)
{
  int64_t script, level, name;
  if (!drill_value_argument(run, event, 0, &script) ||
      !drill_value_argument(run, event, 1, &level) || !drill_value_argument(run, event, 2, &name))
    return false;
  option->fd = drill_call_live_fd(run, (int)script);
  option->level = (int)level;
  option->name = (int)name;
  option->value = drill_value_at(event->call, 3);
  if (option->value == NULL) {
    drill_run_wrong(run, event->place, "%s() takes five arguments", event->call->name);
    return false;
  }
  return true;
}

static bool
check_known(DrillRun *run, const DrillEvent *event, const Option *option)
{
  if (sock_option_known(option->level, option->name))
    return true;
  const DrillValue *place = drill_value_at(event->call, 2);
  drill_run_unsupported(run, place->place, "the socket option %s",
                        place->kind == DRILL_VALUE_WORD ? place->text : "of that number");
  return false;
}

static bool
is_pair(const Option *option)
{
  return option->level == LINUX_SOL_SOCKET &&
         (option->name == LINUX_SO_LINGER || option->name == LINUX_SO_RCVTIMEO ||
          option->name == LINUX_SO_SNDTIMEO);
}

/* {onoff=1, linger=0}, {tv_sec=1, tv_usec=0}: two numbers, with names or without. */
static bool
take_pair(DrillRun *run, const DrillValue *from, SockValue *value)
{
  if (from->kind == DRILL_VALUE_LIST && from->items != NULL)
    from = from->items;
  const DrillValue *first = from->items, *second = first != NULL ? first->next : NULL;
  if (from->kind != DRILL_VALUE_STRUCT || second == NULL) {
    drill_run_wrong(run, from->place,
                    "{onoff=N, linger=N} or {tv_sec=N, tv_usec=N} is expected here");
    return false;
  }
  value->kind = SOCK_VALUE_PAIR;
  return drill_value_number(run, first, &value->number) &&
         drill_value_number(run, second, &value->second);
}

static bool
take_value(DrillRun *run, const Option *option, SockValue *value)
{
  *value = (SockValue){0};
  const DrillValue *from = option->value;
  if (is_pair(option))
    return take_pair(run, from, value);
  if (from->kind == DRILL_VALUE_LIST && from->items != NULL &&
      from->items->kind == DRILL_VALUE_TEXT)
    from = from->items;
  if (from->kind != DRILL_VALUE_TEXT)
    return drill_value_number(run, from, &value->number);
  value->kind = SOCK_VALUE_TEXT;
  g_strlcpy(value->text, from->text, sizeof value->text);
  return true;
}

int64_t
drill_call_setsockopt(DrillRun *run, const DrillEvent *event)
{
  Option option;
  SockValue value;
  if (!take_option(run, event, &option) || !check_known(run, event, &option) ||
      !take_value(run, &option, &value))
    return 0;
  return sock_set_option(run->sock, option.fd, option.level, option.name, &value);
}

static char *
print_value(const Option *option, const SockValue *value)
{
  if (value->kind == SOCK_VALUE_TEXT)
    return g_strdup_printf("\"%s\"", value->text);
  if (value->kind == SOCK_VALUE_PAIR)
    return g_strdup_printf("{%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "}", value->number,
                           value->second);
  bool is_error = option->level == LINUX_SOL_SOCKET && option->name == LINUX_SO_ERROR;
  const char *name = is_error ? sock_errno_name((int)value->number) : NULL;
  return name != NULL ? g_strdup(name) : g_strdup_printf("%" G_GINT64_FORMAT, value->number);
}

/* getsockopt(4, IPPROTO_TCP, TCP_INFO, ..., ...): what is in it, code asks for by name. */
static bool
asks_for_info(DrillRun *run, const Option *option)
{
  return option->level == LINUX_SOL_TCP && option->name == LINUX_TCP_INFO &&
         option->value->kind == DRILL_VALUE_ANY && !sock_is_datagram(run->sock, option->fd);
}

int64_t
drill_call_getsockopt(DrillRun *run, const DrillEvent *event)
{
  Option option;
  SockValue wanted, got = {0};
  int64_t state;
  if (!take_option(run, event, &option))
    return 0;
  if (asks_for_info(run, &option))
    return sock_tcp_info(run->sock, option.fd, "tcpi_state", &state);
  if (!check_known(run, event, &option))
    return 0;
  bool any = option.value->kind == DRILL_VALUE_ANY ||
             (option.value->items != NULL && option.value->items->kind == DRILL_VALUE_ANY);
  if (!any && !take_value(run, &option, &wanted))
    return 0;
  int64_t result = sock_get_option(run->sock, option.fd, option.level, option.name, &got);
  if (any || result < 0)
    return result;
  run->compared++;
  if (wanted.kind == got.kind && wanted.number == got.number && wanted.second == got.second &&
      strcmp(wanted.text, got.text) == 0)
    return result;
  g_autofree char *a = print_value(&option, &wanted), *b = print_value(&option, &got);
  drill_run_fail(run, event, "the option is %s, not %s", b, a);
  return result;
}
