/* reference-text: the reference in the terminal: a part of the language as a page of help, or what
 * there is to say about one name. */
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/reference.h"

#define NAME_MOST 24  /* columns of a name in front of its meaning */
#define HELP_MARGIN 6 /* columns in front of what a function does */

static void
append_functions(GString *text, const char *owner, const BindFunction *functions)
{
  for (; functions != NULL && functions->name != NULL; functions++) {
    g_autofree char *signature = reference_signature(owner, functions);
    g_string_append(text, "  ");
    cmd_append_wrapped(text, signature, 2, HELP_MARGIN);
    g_string_append_printf(text, "%*s", HELP_MARGIN, "");
    cmd_append_wrapped(text, functions->help, HELP_MARGIN, HELP_MARGIN);
  }
}

static void
append_class(GString *text, const ReferenceClass *class)
{
  int width = 0;
  for (guint i = 0; i < class->rows->len; i++)
    width = MAX(width, (int)strlen(((const ReferenceRow *)class->rows->pdata[i])->name));
  width = MIN(width, NAME_MOST);
  g_string_append_printf(text, "\n%s: ", class->name);
  cmd_append_wrapped(text, class->help, (int)strlen(class->name) + 2, 2);
  g_string_append_c(text, '\n');
  for (guint i = 0; i < class->rows->len; i++) {
    const ReferenceRow *row = class->rows->pdata[i];
    g_autoptr(GString) values = g_string_new(row->type);
    if (row->accepts != NULL)
      g_string_append_printf(values, ", %s", row->accepts);
    if (row->standard != NULL)
      g_string_append_printf(values, "; default: %s", row->standard);
    g_string_append_printf(text, "  %-*s  ", width, row->name);
    cmd_append_wrapped(text, row->help, width + 4, width + 4);
    g_string_append_printf(text, "%*s", width + 4, "");
    cmd_append_wrapped(text, values->str, width + 4, width + 4);
  }
}

static void
append_options(GString *text, const BindOptions *options)
{
  ReferenceClass *class = reference_of_options(options);
  append_class(text, class);
  reference_class_free(class);
}

static void
append_record(GString *text, const BindRecord *record)
{
  ReferenceClass *class = reference_of_record(record);
  append_class(text, class);
  reference_class_free(class);
}

static void
append_type(GString *text, const BindType *type)
{
  const BindRecord record = {type->class, type->help, type->fields};
  g_autofree char *owner = g_strconcat(type->example, ":", NULL);
  append_record(text, &record);
  if (type->assigns != NULL)
    g_string_append_printf(text, "\nThe options of %s may be assigned.\n", type->assigns->name);
  if (type->methods != NULL)
    g_string_append(text, "\n");
  append_functions(text, owner, type->methods);
}

static char *
owner_of(const BindGroup *group)
{
  return group->library != NULL ? g_strconcat(group->library, ".", NULL) : g_strdup("");
}

char *
reference_text(const BindGroup *group)
{
  GString *text = g_string_new(NULL);
  g_autofree char *owner = owner_of(group);
  append_functions(text, owner, group->functions);
  for (const BindType *const *type = group->types; type != NULL && *type != NULL; type++)
    append_type(text, *type);
  for (const BindRecord *const *one = group->records; one != NULL && *one != NULL; one++)
    append_record(text, *one);
  if (group->options != NULL)
    g_string_append(text, "\nOptions, of which roundtrip help says more by name:\n");
  for (const BindOptions *const *one = group->options; one != NULL && *one != NULL; one++)
    g_string_append_printf(text, "  %s, %s\n", (*one)->name, (*one)->help);
  return g_string_free(text, FALSE);
}

/* -- one name -- */

/* Appends the tables of options that the function's parameters name. */
static void
append_mentioned(GString *text, const BindFunction *function)
{
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++)
    for (const BindOptions *const *one = (*group)->options; one != NULL && *one != NULL; one++) {
      const char *at =
          function->parameters != NULL ? strstr(function->parameters, (*one)->name) : NULL;
      bool whole = at != NULL && !g_ascii_isalnum(at[strlen((*one)->name)]) &&
                   (at == function->parameters || !g_ascii_isalnum(at[-1]));
      if (whole)
        append_options(text, *one);
    }
}

/* The functions among `functions` that are called so, with or without `owner` in front. */
static void
find_functions(GString *text, const char *owner, const BindFunction *functions, const char *name)
{
  for (; functions != NULL && functions->name != NULL; functions++) {
    g_autofree char *full = g_strconcat(owner, functions->name, NULL);
    if (strcmp(full, name) != 0 && strcmp(functions->name, name) != 0)
      continue;
    const BindFunction only[] = {*functions, {.name = NULL}};
    append_functions(text, owner, only);
    append_mentioned(text, functions);
  }
}

static void
find_in_group(GString *text, const BindGroup *group, const char *name)
{
  g_autofree char *owner = owner_of(group);
  find_functions(text, owner, group->functions, name);
  for (const BindType *const *type = group->types; type != NULL && *type != NULL; type++) {
    g_autofree char *example = g_strconcat((*type)->example, ":", NULL);
    g_autofree char *class = g_strconcat((*type)->class, ":", NULL);
    find_functions(text, strncmp(name, class, strlen(class)) == 0 ? class : example,
                   (*type)->methods, name);
    if (strcmp((*type)->class, name) == 0)
      append_type(text, *type);
  }
  for (const BindOptions *const *one = group->options; one != NULL && *one != NULL; one++)
    if (strcmp((*one)->name, name) == 0)
      append_options(text, *one);
  for (const BindRecord *const *one = group->records; one != NULL && *one != NULL; one++)
    if (strcmp((*one)->name, name) == 0)
      append_record(text, *one);
}

/* Words that stand for other types. */
static void
find_alias(GString *text, const char *name)
{
  g_autoptr(GPtrArray) aliases = reference_aliases();
  for (guint i = 0; i < aliases->len; i++) {
    const ReferenceAlias *alias = aliases->pdata[i];
    if (strcmp(alias->name, name) == 0)
      g_string_append_printf(text, "%s: %s\n\n  %s\n", name, alias->help, alias->type);
  }
}

/* Models by their class: "LossBurst". */
static void
find_model(GString *text, const char *name)
{
  for (const char *const *which = reference_model_names(); *which != NULL; which++) {
    g_autoptr(GPtrArray) models = reference_models(*which);
    for (guint i = 0; i < models->len; i++)
      if (strcmp(((const ReferenceClass *)models->pdata[i])->name, name) == 0)
        append_class(text, models->pdata[i]);
  }
}

char *
reference_find(const char *name)
{
  GString *text = g_string_new(NULL);
  find_alias(text, name);
  find_model(text, name);
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++)
    find_in_group(text, *group, name);
  if (text->len == 0) {
    g_string_free(text, TRUE);
    return NULL;
  }
  if (*text->str == '\n')
    g_string_erase(text, 0, 1);
  return g_string_free(text, FALSE);
}

static void
add_functions(GPtrArray *names, const char *owner, const BindFunction *functions)
{
  for (; functions != NULL && functions->name != NULL; functions++) {
    g_ptr_array_add(names, g_strconcat(owner, functions->name, NULL));
    g_ptr_array_add(names, g_strdup(functions->name));
  }
}

void
reference_names(GPtrArray *names)
{
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++) {
    g_autofree char *owner = owner_of(*group);
    add_functions(names, owner, (*group)->functions);
    for (const BindType *const *type = (*group)->types; type != NULL && *type != NULL; type++) {
      g_autofree char *example = g_strconcat((*type)->example, ":", NULL);
      add_functions(names, example, (*type)->methods);
      g_ptr_array_add(names, g_strdup((*type)->class));
    }
    for (const BindOptions *const *one = (*group)->options; one != NULL && *one != NULL; one++)
      g_ptr_array_add(names, g_strdup((*one)->name));
    for (const BindRecord *const *one = (*group)->records; one != NULL && *one != NULL; one++)
      g_ptr_array_add(names, g_strdup((*one)->name));
  }
}
