/* topic: pages of help/NAME.txt, which are compiled into the program.
 *
 * The first line of a file is its summary. A line "@list NAME" stands for what `roundtrip list
 * NAME` prints, so that a page never repeats a table of the program by hand. */
#include "scenarios/runner/topic.h"

#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/reference.h"
#include "sim/embed.h"

extern const SimEmbedded help_files[];

#define INDENT "  "

/* Appends the list called `name`, indented, so that it stands as it is. */
static void
append_list(GString *text, const char *name)
{
  g_autoptr(GString) list = g_string_new(NULL);
  if (!cmd_list_append(list, name))
    g_error("help: there is no list \"%s\"", name); /* a bug: the file is ours */
  g_auto(GStrv) lines = g_strsplit(g_strchomp(list->str), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf(text, "%s%s\n", *lines[i] != '\0' ? INDENT : "", lines[i]);
}

static char *
expand(const char *body)
{
  g_autoptr(GString) text = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix(lines[i], "@list "))
      append_list(text, lines[i] + strlen("@list "));
    else
      g_string_append_printf(text, "%s\n", lines[i]);
  return g_strconcat(g_strchomp(text->str), "\n", NULL);
}

static void
topic_free(gpointer data)
{
  Topic *topic = data;
  g_free(topic->name);
  g_free(topic->summary);
  g_free(topic->text);
  g_free(topic);
}

/* The parts of the language have pages too. */
static void
add_language(GPtrArray *topics)
{
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++) {
    Topic *topic = g_new0(Topic, 1);
    topic->name = g_strdup((*group)->name);
    topic->summary = g_strdup((*group)->help);
    topic->language = true;
    topic->text = reference_text(*group);
    g_ptr_array_add(topics, topic);
  }
}

GPtrArray *
topics_new(void)
{
  GPtrArray *topics = g_ptr_array_new_with_free_func(topic_free);
  for (const SimEmbedded *file = help_files; file->name != NULL; file++) {
    const char *end = strchr(file->text, '\n');
    Topic *topic = g_new0(Topic, 1);
    topic->name = g_strndup(file->name, strlen(file->name) - strlen(".txt"));
    topic->summary = g_strndup(file->text, (gsize)(end - file->text));
    topic->text = expand(end + 2); /* an empty line is between */
    g_ptr_array_add(topics, topic);
  }
  add_language(topics);
  return topics;
}
