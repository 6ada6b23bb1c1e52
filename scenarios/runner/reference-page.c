/* reference-page: scenarios/reference.md: chapter by chapter what the language has, in tables. */
#include <string.h>

#include "scenarios/runner/reference.h"

/* Appends a text into a cell of a table. */
static void
append_cell(GString *page, const char *text)
{
  g_string_append(page, "| ");
  for (; text != NULL && *text != '\0'; text++)
    if (*text == '|' || *text == '*' || *text == '_' || *text == '<')
      g_string_append_printf(page, "\\%c", *text);
    else
      g_string_append_c(page, *text);
  g_string_append_c(page, ' ');
}

/* The same as code, in which only the bars matter. */
static void
append_code(GString *page, const char *text)
{
  if (text == NULL || *text == '\0') {
    g_string_append(page, "| ");
    return;
  }
  g_string_append(page, "| `");
  for (; *text != '\0'; text++)
    if (*text == '|')
      g_string_append(page, "\\|");
    else
      g_string_append_c(page, *text);
  g_string_append(page, "` ");
}

static bool
any(const GPtrArray *rows, size_t offset)
{
  for (guint i = 0; i < rows->len; i++)
    if (*(char *const *)(const void *)((const char *)rows->pdata[i] + offset) != NULL)
      return true;
  return false;
}

#define COLUMN(member) offsetof(ReferenceRow, member)

static void
append_rows(GString *page, const ReferenceClass *class)
{
  bool standard = any(class->rows, COLUMN(standard));
  bool other = any(class->rows, COLUMN(other));
  bool accepts = any(class->rows, COLUMN(accepts));
  g_string_append_printf(page, "| %s | type | %s%s%smeaning |\n|---|---|%s%s%s---|\n",
                         class->optional ? "option" : "field",
                         other      ? "`linux` | "
                         : standard ? "default | "
                                    : "",
                         other ? "`rfc9293` | " : "", accepts ? "accepted | " : "",
                         standard || other ? "---|" : "", other ? "---|" : "",
                         accepts ? "---|" : "");
  for (guint i = 0; i < class->rows->len; i++) {
    const ReferenceRow *row = class->rows->pdata[i];
    append_code(page, row->name);
    append_code(page, row->type);
    if (standard || other)
      append_cell(page, row->standard);
    if (other)
      append_cell(page, row->other);
    if (accepts)
      append_cell(page, row->accepts);
    append_cell(page, row->help);
    g_string_append(page, "|\n");
  }
}

static void
append_class(GString *page, const ReferenceClass *class)
{
  g_string_append_printf(page, "\n### %s\n\n%s\n\n", class->name, class->help);
  append_rows(page, class);
}

static void
append_functions(GString *page, const char *owner, const BindFunction *functions)
{
  g_string_append(page, "\n| call | meaning |\n|---|---|\n");
  for (; functions->name != NULL; functions++) {
    g_autofree char *signature = reference_signature(owner, functions);
    append_code(page, signature);
    append_cell(page, functions->help);
    g_string_append(page, "|\n");
  }
}

static void
append_type(GString *page, const BindType *type)
{
  const BindRecord record = {type->class, type->help, type->fields};
  ReferenceClass *class = reference_of_record(&record);
  append_class(page, class);
  reference_class_free(class);
  if (type->assigns != NULL)
    g_string_append_printf(page, "\nThe options of %s may be assigned.\n", type->assigns->name);
  g_autofree char *owner = g_strconcat(type->example, ":", NULL);
  if (type->methods != NULL)
    append_functions(page, owner, type->methods);
}

static void
append_options(GString *page, const BindOptions *options)
{
  if (options == &bind_tcp_set) {
    g_string_append_printf(page, "\n### %s\n\n%s.\n", options->name, options->help);
    return;
  }
  ReferenceClass *class = reference_of_options(options);
  append_class(page, class);
  reference_class_free(class);
}

static void
append_record(GString *page, const BindRecord *record)
{
  ReferenceClass *class = reference_of_record(record);
  append_class(page, class);
  reference_class_free(class);
}

static void
append_group(GString *page, const BindGroup *group)
{
  g_string_append_printf(page, "\n## %s\n\n%c%s.\n", group->title, g_ascii_toupper(*group->help),
                         group->help + 1);
  g_autofree char *owner =
      group->library != NULL ? g_strconcat(group->library, ".", NULL) : g_strdup("");
  if (group->functions != NULL)
    append_functions(page, owner, group->functions);
  for (const BindType *const *type = group->types; type != NULL && *type != NULL; type++)
    append_type(page, *type);
  for (const BindOptions *const *one = group->options; one != NULL && *one != NULL; one++)
    append_options(page, *one);
  for (const BindRecord *const *one = group->records; one != NULL && *one != NULL; one++)
    append_record(page, *one);
}

static void
append_models(GString *page, const char *which, const char *title)
{
  g_autoptr(GPtrArray) models = reference_models(which);
  g_string_append_printf(page, "\n## %s\n", title);
  for (guint i = 0; i < models->len; i++)
    append_class(page, models->pdata[i]);
}

static void
append_aliases(GString *page)
{
  g_autoptr(GPtrArray) aliases = reference_aliases();
  g_string_append(page, "\n## Types\n\n| type | is | meaning |\n|---|---|---|\n");
  for (guint i = 0; i < aliases->len; i++) {
    const ReferenceAlias *alias = aliases->pdata[i];
    append_code(page, alias->name);
    append_code(page, alias->type);
    append_cell(page, alias->help);
    g_string_append(page, "|\n");
  }
}

char *
reference_page(void)
{
  GString *page = g_string_new(
      "<!-- Made by `roundtrip help --reference` from the tables of the program. Do not edit. -->\n"
      "# Reference of the scenario language\n"
      "\n"
      "Every function, method, field and option there is. [README.md](README.md) explains the same "
      "with\n"
      "examples; `roundtrip help NAME` shows an entry of this page in the terminal.\n"
      "[lib/roundtrip.meta.lua](lib/roundtrip.meta.lua) tells editors the same.\n"
      "\n"
      "In a call `name?` may be left out, and `T?` may be nil; `A|B` is one or the other, `T[]` a "
      "list.\n"
      "An option that is not given has its default, or what its line says in brackets.\n");
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++)
    append_group(page, *group);
  append_models(page, "loss", "Loss models: `loss = {kind = ...}`");
  append_models(page, "jitter", "Jitter models: `jitter = {kind = ...}`");
  append_models(page, "queue", "Queue disciplines: `queue = {kind = ...}`");
  append_models(page, "cc", "Congestion controls: `cc = {\"NAME\", ...}`");
  append_aliases(page);
  return g_string_free(page, FALSE);
}
