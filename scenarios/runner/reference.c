/* reference: rows from tables: of options by their SimParam, of fields as they are; the defaults of
 * models are those that a model sets when it is put on a link or a node of an empty network. */
#include "scenarios/runner/reference.h"

#include <math.h>
#include <string.h>

#include "models/net/middlebox-firewall.h"
#include "models/net/middlebox-nat.h"
#include "models/tcp/tcp-profile.h"
#include "scenarios/runner/bind/bind-middlebox.h"

#define SECOND_PROFILE "rfc9293"

static void
row_free(gpointer data)
{
  ReferenceRow *row = data;
  if (row == NULL) /* it has been taken */
    return;
  g_free(row->name);
  g_free(row->type);
  g_free(row->standard);
  g_free(row->other);
  g_free(row->accepts);
  g_free(row->help);
  g_free(row);
}

void
reference_class_free(gpointer data)
{
  ReferenceClass *class = data;
  g_free(class->name);
  g_free(class->help);
  g_ptr_array_unref(class->rows);
  g_free(class);
}

ReferenceClass *
reference_class_new(const char *name, const char *help, bool optional)
{
  ReferenceClass *class = g_new0(ReferenceClass, 1);
  class->name = g_strdup(name);
  class->help = g_strdup(help);
  class->optional = optional;
  class->rows = g_ptr_array_new_with_free_func(row_free);
  return class;
}

void
reference_add_field(ReferenceClass *class, const BindField *field)
{
  ReferenceRow *row = g_new0(ReferenceRow, 1);
  row->name = g_strdup(field->name);
  row->type = g_strdup(field->type);
  row->help = g_strconcat(field->help, field->writable ? " (may be assigned)" : "", NULL);
  g_ptr_array_add(class->rows, row);
}

static void
add_fields(ReferenceClass *class, const BindField *fields)
{
  for (; fields != NULL && fields->name != NULL; fields++)
    reference_add_field(class, fields);
}

/* -- rows from a SimParam -- */

static const char *
kind_type(const SimParam *param)
{
  switch (param->kind) {
  case SIM_PARAM_BOOL:
    return "boolean";
  case SIM_PARAM_INTEGER:
    return "integer";
  case SIM_PARAM_PACKETS:
    return "Packets";
  case SIM_PARAM_TIME:
    return "Time";
  case SIM_PARAM_SIZE:
    return "Size";
  case SIM_PARAM_RATE:
    return "Rate";
  case SIM_PARAM_RATIO:
    return "Ratio";
  case SIM_PARAM_NUMBER:
    return "number";
  case SIM_PARAM_NUMBERS:
    return "number[]";
  case SIM_PARAM_FILE:
    return "string";
  case SIM_PARAM_CHOICE:
    break;
  }
  return NULL;
}

/* "Time|"off"|boolean"; true and false stand for "on" and "off". */
static char *
param_type(const SimParam *param)
{
  GString *type = g_string_new(kind_type(param));
  bool on_or_off = false;
  for (const char *const *choice = param->choices; choice != NULL && *choice != NULL; choice++) {
    g_string_append_printf(type, "%s\"%s\"", type->len > 0 ? "|" : "", *choice);
    on_or_off = on_or_off || strcmp(*choice, "on") == 0 || strcmp(*choice, "off") == 0;
  }
  for (const SimParamWord *word = param->words; word != NULL && word->word != NULL; word++) {
    g_string_append_printf(type, "|\"%s\"", word->word);
    on_or_off = on_or_off || strcmp(word->word, "on") == 0 || strcmp(word->word, "off") == 0;
  }
  if (on_or_off)
    g_string_append(type, "|boolean");
  return g_string_free(type, FALSE);
}

/* Whether the field holds what says that nothing was given: a choice or a number that the parameter
 * itself would refuse, no list, no time at all. */
static bool
is_nothing(const SimParam *param, const void *settings)
{
  const char *field = (const char *)settings + param->offset;
  int64_t whole = 0;
  if (param->kind == SIM_PARAM_CHOICE)
    return *(const int *)(const void *)field < 0;
  if (param->kind == SIM_PARAM_NUMBERS || param->kind == SIM_PARAM_FILE)
    return ((const SimNumbers *)(const void *)field)->count == 0;
  if (param->kind == SIM_PARAM_NUMBER || param->kind == SIM_PARAM_RATIO) {
    double number;
    memcpy(&number, field, sizeof number);
    return number < param->min;
  }
  if (param->kind == SIM_PARAM_BOOL)
    return false;
  memcpy(&whole, field, sizeof whole);
  for (const SimParamWord *word = param->words; word != NULL && word->word != NULL; word++)
    if (word->value == whole)
      return false;
  bool time = param->kind == SIM_PARAM_TIME;
  return time ? whole == SIM_TIME_NEVER : whole == -1 || (double)whole < param->min;
}

static char *
standard_of(const SimParam *param, const void *settings)
{
  if (settings == NULL || is_nothing(param, settings))
    return NULL;
  return sim_param_print(param, settings);
}

/* The part of sim_param_accepts() that the type does not say: a range. */
static char *
range_of(const SimParam *param)
{
  g_autofree char *accepts = sim_param_accepts(param);
  char *range = strstr(accepts, ", from ");
  range = range != NULL ? range : strstr(accepts, ", at least ");
  if (range == NULL)
    return NULL;
  char *words = strstr(range, ", \"");
  words = words != NULL ? words : strstr(range, ", or \"");
  if (words != NULL)
    *words = '\0';
  return g_strdup(range + 2);
}

static ReferenceRow *
add_param(ReferenceClass *class, const SimParam *param, const void *defaults)
{
  ReferenceRow *row = g_new0(ReferenceRow, 1);
  row->name = g_strdup(param->name);
  row->type = param_type(param);
  row->standard = standard_of(param, defaults);
  row->accepts = range_of(param);
  row->help = g_strdup(param->help);
  g_ptr_array_add(class->rows, row);
  return row;
}

void
reference_add_params(ReferenceClass *class, const SimParam *params, const void *defaults)
{
  for (; params != NULL && params->name != NULL; params++)
    add_param(class, params, defaults);
}

/* -- middleboxes, whose defaults are known only to one that stands somewhere -- */

static void
add_middlebox(ReferenceClass *class, const MiddleboxOps *ops)
{
  Sim *sim = sim_new(1);
  Net *net = net_new(sim);
  const Middlebox *box = middlebox_new(node_new(net, "router", NODE_ROUTER, NULL), ops);
  reference_add_params(class, ops->params, box->state);
  net_free(net);
  sim_free(sim);
}

/* -- options -- */

static void
add_tcp(ReferenceClass *class, const SimParam *params)
{
  const TcpProfile *first = tcp_profile_find(tcp_profile_names()[0]);
  const TcpProfile *second = tcp_profile_find(SECOND_PROFILE);
  for (; params->name != NULL; params++)
    add_param(class, params, first)->other = standard_of(params, second);
}

/* A rule of a firewall begins with a part that has no name. */
static const BindField rule_action = {"[1]", "\"accept\"|\"drop\"|\"reject\"|\"reset\"",
                                      "what becomes of the packet"};

ReferenceClass *
reference_of_options(const BindOptions *options)
{
  ReferenceClass *class = reference_class_new(options->name, options->help, true);
  if (options == &bind_firewall_rule)
    reference_add_field(class, &rule_action);
  if (options->extras == bind_nat_options.extras)
    add_middlebox(class, &middlebox_nat);
  else if (options->extras == bind_firewall_options.extras)
    add_middlebox(class, &middlebox_firewall);
  else if (options->params == tcp_profile_params || options->params == tcp_keepalive_params)
    add_tcp(class, options->params);
  else
    reference_add_params(class, options->params, options->defaults);
  add_fields(class, options->extras);
  return class;
}

ReferenceClass *
reference_of_record(const BindRecord *record)
{
  ReferenceClass *class = reference_class_new(record->name, record->help, false);
  add_fields(class, record->fields);
  return class;
}

/* -- signatures -- */

char **
reference_split(const char *list)
{
  GPtrArray *parts = g_ptr_array_new();
  int depth = 0;
  const char *start = list;
  for (const char *at = list; at != NULL; at++) {
    depth += (*at == '(' || *at == '<') - (*at == ')' || *at == '>');
    if ((*at == ',' && depth == 0) || *at == '\0') {
      g_ptr_array_add(parts, g_strstrip(g_strndup(start, (gsize)(at - start))));
      start = at + 1;
    }
    if (*at == '\0')
      break;
  }
  g_ptr_array_add(parts, NULL);
  return (char **)g_ptr_array_free(parts, FALSE);
}

char *
reference_signature(const char *owner, const BindFunction *function)
{
  return g_strdup_printf("%s%s(%s)%s%s", owner, function->name,
                         function->parameters != NULL ? function->parameters : "",
                         function->returns != NULL ? " -> " : "",
                         function->returns != NULL ? function->returns : "");
}
