/* reference-meta: scenarios/lib/roundtrip.meta.lua: the language in the annotations of
 * lua-language-server (LuaCATS), so that an editor completes and checks scenarios. */
#include <string.h>

#include "scenarios/runner/reference.h"

/* A parameter "name?: type" taken apart; both g_free. */
static void
take_apart(const char *parameter, char **name, char **type)
{
  const char *colon = strchr(parameter, ':');
  *name = g_strndup(parameter, (gsize)(colon - parameter));
  *type = g_strdup(colon + 1 + strspn(colon + 1, " "));
}

/* `header` is "function " or "function Host:". */
static void
append_function(GString *meta, const char *header, const BindFunction *function)
{
  g_autoptr(GString) names = g_string_new(NULL);
  g_auto(GStrv) parameters =
      reference_split(function->parameters != NULL ? function->parameters : "");
  g_auto(GStrv) returns = reference_split(function->returns != NULL ? function->returns : "");
  g_string_append_printf(meta, "\n---%s\n", function->help);
  for (guint i = 0; parameters[i] != NULL && *parameters[i] != '\0'; i++) {
    g_autofree char *name = NULL, *type = NULL;
    take_apart(parameters[i], &name, &type);
    g_string_append_printf(meta, "---@param %s %s\n", name, type);
    if (g_str_has_suffix(name, "?"))
      name[strlen(name) - 1] = '\0';
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", name);
  }
  for (guint i = 0; returns[i] != NULL && *returns[i] != '\0'; i++)
    g_string_append_printf(meta, "---@return %s\n", returns[i]);
  g_string_append_printf(meta, "%s%s(%s) end\n", header, function->name, names->str);
}

static void
append_class(GString *meta, const ReferenceClass *class)
{
  g_string_append_printf(meta, "\n---%s\n---@class %s\n", class->help, class->name);
  for (guint i = 0; i < class->rows->len; i++) {
    const ReferenceRow *row = class->rows->pdata[i];
    bool optional = class->optional && *row->name != '[' && strcmp(row->name, "kind") != 0;
    g_string_append_printf(meta, "---@field %s%s %s %s", row->name, optional ? "?" : "", row->type,
                           row->help);
    if (row->standard != NULL)
      g_string_append_printf(meta, "; default: %s", row->standard);
    if (row->accepts != NULL)
      g_string_append_printf(meta, "; %s", row->accepts);
    g_string_append_c(meta, '\n');
  }
}

/* Moves what can be assigned into the class of an object: a field that is read as a number may be
 * given a text with a unit. */
static void
add_assignable(ReferenceClass *class, const BindOptions *options)
{
  ReferenceClass *assigns = reference_of_options(options);
  for (guint i = 0; i < assigns->rows->len; i++) {
    ReferenceRow *row = assigns->rows->pdata[i], *same = NULL;
    for (guint k = 0; k < class->rows->len && same == NULL; k++)
      if (strcmp(((ReferenceRow *)class->rows->pdata[k])->name, row->name) == 0)
        same = class->rows->pdata[k];
    if (same == NULL) {
      assigns->rows->pdata[i] = NULL;
      g_ptr_array_add(class->rows, row);
      continue;
    }
    char *either = g_strdup_printf("%s|%s", same->type, row->type);
    g_free(same->type);
    same->type = either;
  }
  reference_class_free(assigns);
}

static void
append_type(GString *meta, const BindType *type)
{
  const BindRecord record = {type->class, type->help, type->fields};
  ReferenceClass *class = reference_of_record(&record);
  if (type->assigns != NULL)
    add_assignable(class, type->assigns);
  append_class(meta, class);
  reference_class_free(class);
  g_string_append_printf(meta, "local %s = {}\n", type->class);
  g_autofree char *header = g_strdup_printf("function %s:", type->class);
  for (const BindFunction *method = type->methods; method != NULL && method->name != NULL; method++)
    append_function(meta, header, method);
}

static void
append_library(GString *meta, const BindGroup *group)
{
  g_string_append_printf(meta, "\n---%s\n---@class %s\n---@overload fun(): number\n%s = {}\n",
                         group->help, group->library, group->library);
}

static void
append_group(GString *meta, const BindGroup *group)
{
  g_string_append_printf(meta, "\n-- %s\n", group->title);
  for (const BindOptions *const *one = group->options; one != NULL && *one != NULL; one++) {
    ReferenceClass *class = reference_of_options(*one);
    append_class(meta, class);
    reference_class_free(class);
  }
  for (const BindRecord *const *one = group->records; one != NULL && *one != NULL; one++) {
    ReferenceClass *class = reference_of_record(*one);
    append_class(meta, class);
    reference_class_free(class);
  }
  for (const BindType *const *type = group->types; type != NULL && *type != NULL; type++)
    append_type(meta, *type);
  if (group->library != NULL)
    append_library(meta, group);
  g_autofree char *header = group->library != NULL ? g_strdup_printf("function %s.", group->library)
                                                   : g_strdup("function ");
  for (const BindFunction *one = group->functions; one != NULL && one->name != NULL; one++)
    append_function(meta, header, one);
}

char *
reference_meta(void)
{
  GString *meta =
      g_string_new("---@meta\n"
                   "-- The scenario language for lua-language-server. Made by `roundtrip help "
                   "--meta` from the tables of the\n"
                   "-- program. Do not edit. scenarios/README.md says how an editor is told.\n");
  g_autoptr(GPtrArray) aliases = reference_aliases();
  for (guint i = 0; i < aliases->len; i++) {
    const ReferenceAlias *alias = aliases->pdata[i];
    g_string_append_printf(meta, "\n---%s\n---@alias %s %s\n", alias->help, alias->name,
                           alias->type);
  }
  for (const char *const *which = reference_model_names(); *which != NULL; which++) {
    g_autoptr(GPtrArray) models = reference_models(*which);
    for (guint i = 0; i < models->len; i++)
      append_class(meta, models->pdata[i]);
  }
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++)
    append_group(meta, *group);
  return g_string_free(meta, FALSE);
}
