/* cmd-usage: what `roundtrip COMMAND --help` prints, made from the command's table of options. */
#include <string.h>

#include "scenarios/runner/cmd.h"

#define COLUMNS 96       /* of a line */
#define ENTRY_LONGEST 26 /* of "--name ARG": what is longer has its meaning on the next line */

/* "-o, --output DIR". g_free. */
static char *
print_entry(const GOptionEntry *option)
{
  GString *text = g_string_new(NULL);
  if (option->short_name != 0)
    g_string_append_printf(text, "-%c, ", option->short_name);
  g_string_append_printf(text, "--%s", option->long_name);
  if (option->arg_description != NULL)
    g_string_append_printf(text, " %s", option->arg_description);
  return g_string_free(text, FALSE);
}

static bool
is_shown(const GOptionEntry *option)
{
  return *option->long_name != '\0' && (option->flags & G_OPTION_FLAG_HIDDEN) == 0;
}

void
cmd_append_wrapped(GString *text, const char *words, int column, int margin)
{
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  for (guint i = 0; list[i] != NULL; i++) {
    int length = (int)strlen(list[i]);
    if (i > 0 && column + 1 + length > COLUMNS) {
      g_string_append_printf(text, "\n%*s", margin, "");
      column = margin;
    } else if (i > 0) {
      g_string_append_c(text, ' ');
      column++;
    }
    g_string_append(text, list[i]);
    column += length;
  }
  g_string_append_c(text, '\n');
}

void
cmd_usage_options(GString *text, const Command *command, const char *indent)
{
  int width = 0;
  for (const GOptionEntry *option = command->options; option->long_name != NULL; option++) {
    g_autofree char *entry = print_entry(option);
    if (is_shown(option) && strlen(entry) <= ENTRY_LONGEST)
      width = MAX(width, (int)strlen(entry));
  }
  int margin = (int)strlen(indent) + width + 2;
  for (const GOptionEntry *option = command->options; option->long_name != NULL; option++) {
    g_autofree char *entry = print_entry(option);
    if (!is_shown(option))
      continue;
    if ((int)strlen(entry) > width)
      g_string_append_printf(text, "%s%s\n%*s", indent, entry, margin, "");
    else
      g_string_append_printf(text, "%s%-*s  ", indent, width, entry);
    cmd_append_wrapped(text, option->description, margin, margin);
  }
}

char *
cmd_usage(const Command *command)
{
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "Usage: roundtrip %s ", command->name);
  cmd_append_wrapped(text, command->usage, (int)text->len, (int)strlen("Usage: roundtrip ") + 2);
  if (command->about != NULL)
    g_string_append_printf(text, "\n%s", command->about);
  if (command->options != NULL) {
    g_string_append(text, "\nOptions\n");
    cmd_usage_options(text, command, "  ");
  }
  if (command->list != NULL) {
    g_string_append_c(text, '\n');
    command->list(text);
  }
  if (command->more != NULL)
    g_string_append_printf(text, "\n%s", command->more);
  return g_string_free(text, FALSE);
}
