/* topic-man: the manual page, roundtrip(1), from the commands' tables of options and the topics.
 *
 * A paragraph is filled, lines that are indented stand as they are, as everywhere in our texts. */
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/topic.h"

/* Appends a line so that it says of itself nothing to troff. */
static void
append_line(GString *man, const char *line)
{
  if (*line == '.' || *line == '\'')
    g_string_append(man, "\\&");
  for (; *line != '\0'; line++)
    switch (*line) {
    case '\\':
      g_string_append(man, "\\e");
      break;
    case '-':
      g_string_append(man, "\\-");
      break;
    case '^':
      g_string_append(man, "\\(ha");
      break;
    case '~':
      g_string_append(man, "\\(ti");
      break;
    case '\'':
      g_string_append(man, "\\(aq");
      break;
    case '`':
      g_string_append(man, "\\(ga");
      break;
    default:
      g_string_append_c(man, *line);
    }
  g_string_append_c(man, '\n');
}

/* Appends sentences and what stands indented between them. */
static void
append_text(GString *man, const char *text)
{
  bool verbatim = false, open = true; /* open: behind a heading or .PP */
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    bool indented = *lines[i] == ' ';
    bool empty = *lines[i] == '\0';
    if (verbatim && !indented && !empty)
      g_string_append(man, ".fi\n.RE\n.PP\n");
    else if (!verbatim && indented)
      g_string_append(man, open ? ".RS 2\n.nf\n" : ".PP\n.RS 2\n.nf\n");
    if (!empty)
      verbatim = indented;
    if (empty && lines[i + 1] != NULL && *lines[i + 1] != '\0')
      g_string_append(man, verbatim && *lines[i + 1] == ' ' ? ".sp\n" : verbatim ? "" : ".PP\n");
    open = empty;
    if (!empty)
      append_line(man, lines[i] + (indented ? MIN(2, strspn(lines[i], " ")) : 0));
  }
  if (verbatim)
    g_string_append(man, ".fi\n.RE\n");
}

static void
append_option(GString *man, const GOptionEntry *option)
{
  if (*option->long_name == '\0' || (option->flags & G_OPTION_FLAG_HIDDEN) != 0)
    return;
  g_autoptr(GString) entry = g_string_new(NULL);
  if (option->short_name != 0)
    g_string_append_printf(entry, "-%c, ", option->short_name);
  g_string_append_printf(entry, "--%s%s%s", option->long_name,
                         option->arg_description != NULL ? " " : "",
                         option->arg_description != NULL ? option->arg_description : "");
  g_string_append(man, ".TP\n.B ");
  append_line(man, entry->str);
  append_line(man, option->description);
}

static void
append_command(GString *man, const Command *command)
{
  g_autofree char *heading = g_strdup_printf("roundtrip %s", command->name);
  g_autofree char *usage = g_strdup_printf("roundtrip %s %s", command->name, command->usage);
  g_string_append(man, ".SS ");
  append_line(man, heading);
  g_string_append(man, ".B ");
  append_line(man, usage);
  g_string_append(man, ".PP\n");
  append_text(man, command->about);
  for (const GOptionEntry *option = command->options; option != NULL && option->long_name != NULL;
       option++)
    append_option(man, option);
  if (command->more != NULL) {
    g_string_append(man, ".PP\n");
    append_text(man, command->more);
  }
}

char *
topics_man(void)
{
  GString *man = g_string_new(NULL);
  g_string_append_printf(
      man,
      ".\\\" made by roundtrip help --man\n"
      ".TH ROUNDTRIP 1 \"\" \"roundtrip %s\" \"User Commands\"\n"
      ".SH NAME\n"
      "roundtrip \\- simulate TCP, packet by packet\n"
      ".SH SYNOPSIS\n"
      ".B roundtrip\n"
      ".I COMMAND\n"
      ".RI [ ARGUMENT ]...\n"
      ".SH DESCRIPTION\n"
      "Roundtrip simulates hosts, routers, links and a complete TCP. A scenario is a\n"
      "few lines of Lua; every run leaves a timeline, captures and figures.\n"
      ".SH COMMANDS\n",
      cmd_version());
  for (const Command *const *command = commands(); *command != NULL; command++)
    append_command(man, *command);
  g_autoptr(GPtrArray) topics = topics_new();
  for (guint i = 0; i < topics->len; i++) {
    const Topic *topic = topics->pdata[i];
    g_autofree char *heading = g_ascii_strup(topic->name, -1);
    g_string_append_printf(man, ".SH %s\n", heading);
    append_line(man, topic->summary);
    g_string_append(man, ".PP\n");
    append_text(man, topic->text);
  }
  g_string_append(man, ".SH SEE ALSO\n"
                       ".BR gnuplot (1),\n.BR tshark (1),\n.BR lua (1)\n");
  return g_string_free(man, FALSE);
}
