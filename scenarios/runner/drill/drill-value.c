/* drill-value: what an argument of a call means. */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

const DrillValue *
drill_value_at(const DrillCall *call, unsigned index)
{
  const DrillValue *value = call->arguments;
  for (; index > 0 && value != NULL; index--)
    value = value->next;
  return value;
}

static bool
number_of_word(DrillRun *run, const DrillValue *value, int64_t *number)
{
  if (sock_constant(value->text, number))
    return true;
  drill_run_unsupported(run, value->place, "the constant %s", value->text);
  return false;
}

/* htons(8080), inet_addr("...") and their like: one number in another order of bytes, which here is
 * one number. */
static bool
number_of_call(DrillRun *run, const DrillValue *value, int64_t *number)
{
  static const char *const known[] = {"htons", "htonl", "ntohs", "ntohl", NULL};
  if (g_strv_contains(known, value->text) && value->items != NULL && value->items->next == NULL)
    return drill_value_number(run, value->items, number);
  drill_run_unsupported(run, value->place, "%s() as an argument", value->text);
  return false;
}

bool
drill_value_number(DrillRun *run, const DrillValue *value, int64_t *number)
{
  int64_t part;
  switch (value->kind) {
  case DRILL_VALUE_NUMBER:
    *number = value->number;
    return true;
  case DRILL_VALUE_WORD:
    return number_of_word(run, value, number);
  case DRILL_VALUE_CALL:
    return number_of_call(run, value, number);
  case DRILL_VALUE_OR:
    *number = 0;
    for (const DrillValue *item = value->items; item != NULL; item = item->next) {
      if (!drill_value_number(run, item, &part))
        return false;
      *number |= part;
    }
    return true;
  case DRILL_VALUE_LIST:
    if (value->items != NULL && value->items->next == NULL)
      return drill_value_number(run, value->items, number);
    break;
  case DRILL_VALUE_ANY:
  case DRILL_VALUE_TEXT:
  case DRILL_VALUE_STRUCT:
    break;
  }
  drill_run_wrong(run, value->place, "a number is expected here");
  return false;
}

bool
drill_value_argument(DrillRun *run, const DrillEvent *event, unsigned index, int64_t *number)
{
  const DrillValue *value = drill_value_at(event->call, index);
  if (value != NULL)
    return drill_value_number(run, value, number);
  drill_run_wrong(run, event->place, "%s() takes more than %u arguments", event->call->name,
                  event->call->count);
  return false;
}

const DrillValue *
drill_value_field(const DrillValue *value, const char *field)
{
  for (const DrillValue *item = value->items; item != NULL; item = item->next)
    if (item->field != NULL && strcmp(item->field, field) == 0)
      return item;
  return NULL;
}

/* The text in inet_addr("...") or inet_pton(AF_INET6, "...", &...). */
static const DrillValue *
find_text(const DrillValue *value)
{
  for (const DrillValue *item = value->items; item != NULL; item = item->next)
    if (item->kind == DRILL_VALUE_TEXT)
      return item;
  return NULL;
}

static bool
take_address(DrillRun *run, const DrillValue *of, SockAddress *address)
{
  if (of->kind == DRILL_VALUE_ANY)
    return true;
  if (of->kind == DRILL_VALUE_WORD && strcmp(of->text, "INADDR_ANY") == 0) {
    address->address = NET_ADDRESS_NONE;
    return true;
  }
  NetAddress parsed;
  const DrillValue *text = of->kind == DRILL_VALUE_TEXT ? of : find_text(of);
  const char *written = text != NULL ? text->text : "";
  if (g_str_has_prefix(written, "::ffff:"))
    written += strlen("::ffff:");
  if (!net_address_parse(written, &parsed, NULL)) {
    drill_run_wrong(run, of->place, "an address is expected here");
    return false;
  }
  bool any = strcmp(written, "0.0.0.0") == 0 || strcmp(written, "::") == 0;
  address->address = any ? NET_ADDRESS_NONE : net_address_id(run->net, &parsed);
  return true;
}

bool
drill_value_address(DrillRun *run, const DrillValue *value, SockAddress *address)
{
  if (value == NULL || value->kind == DRILL_VALUE_ANY)
    return true;
  if (value->kind != DRILL_VALUE_STRUCT) {
    drill_run_wrong(run, value->place, "an address is expected here: ... or {sa_family=, ...}");
    return false;
  }
  for (const DrillValue *item = value->items; item != NULL; item = item->next) {
    const char *field = item->field != NULL ? item->field : "";
    int64_t port;
    bool is_port = strcmp(field, "sin_port") == 0 || strcmp(field, "sin6_port") == 0;
    bool is_address = g_str_has_suffix(field, "_addr") ||
                      (item->kind == DRILL_VALUE_CALL && strcmp(item->text, "inet_pton") == 0);
    if (is_port) {
      if (item->kind == DRILL_VALUE_ANY)
        continue;
      if (!drill_value_number(run, item, &port))
        return false;
      address->port = (uint16_t)port;
    } else if (is_address && !take_address(run, item, address)) {
      return false;
    }
  }
  return true;
}
