/* cmd-help: `roundtrip help`: the commands, and pages on what a scenario is made of (topic.h). */
#include <stdio.h>
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/reference.h"
#include "scenarios/runner/topic.h"
#include "sim/error.h"

typedef struct HelpArgs {
  gboolean man, reference, meta;
  char **rest; /* owned: TOPIC */
} HelpArgs;

#define ARG(member) CMD_ARG(HelpArgs, member)

static const GOptionEntry option_table[] = {
    {"man", 0, 0, G_OPTION_ARG_NONE, ARG(man),
     "print the manual page: roundtrip help --man | man -l -", NULL},
    {"reference", 0, 0, G_OPTION_ARG_NONE, ARG(reference),
     "print the reference of the scenario language, which is scenarios/reference.md", NULL},
    {"meta", 0, 0, G_OPTION_ARG_NONE, ARG(meta),
     "print what tells editors of the scenario language, which is scenarios/lib/roundtrip.meta.lua",
     NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
list_some(GString *text, const GPtrArray *topics, bool language)
{
  for (guint i = 0; i < topics->len; i++) {
    const Topic *topic = topics->pdata[i];
    if (topic->language == language)
      g_string_append_printf(text, "  %-13s %s\n", topic->name, topic->summary);
  }
}

static void
list_topics(GString *text)
{
  g_autoptr(GPtrArray) topics = topics_new();
  g_string_append(text, "Topics\n");
  list_some(text, topics, false);
  g_string_append(text,
                  "\nThe scenario language; its names are known too: roundtrip help conn:send\n");
  list_some(text, topics, true);
}

static void
print_overview(void)
{
  g_autoptr(GString) text = g_string_new("Usage: roundtrip COMMAND ...\n\nA network simulator for "
                                         "teaching and studying TCP, packet by packet.\n\n"
                                         "Commands\n");
  for (const Command *const *command = commands(); *command != NULL; command++)
    g_string_append_printf(text, "  %-13s %s\n", (*command)->name, (*command)->summary);
  g_string_append(text, "\nroundtrip help NAME says more of one of them, and of these\n\n");
  list_topics(text);
  g_string_append(text, "\nExample\n  roundtrip run scenarios/handshake/syn-lost.lua\n");
  fputs(text->str, stdout);
}

/* Of the many names of the language only the nearest is named. */
static bool
unknown_topic(const char *name, const GPtrArray *topics, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const Command *const *command = commands(); *command != NULL; command++)
    g_ptr_array_add(names, g_strdup((*command)->name));
  for (guint i = 0; i < topics->len; i++)
    g_ptr_array_add(names, g_strdup(((const Topic *)topics->pdata[i])->name));
  g_ptr_array_add(names, NULL);
  g_autoptr(GPtrArray) language = g_ptr_array_new_with_free_func(g_free);
  reference_names(language);
  g_ptr_array_add(language, NULL);
  const char *nearest = sim_error_nearest(name, (const char *const *)language->pdata);
  if (nearest == NULL || sim_error_nearest(name, (const char *const *)names->pdata) != NULL)
    return sim_error_unknown(error, "topic of help", name, (const char *const *)names->pdata);
  g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
              "unknown topic of help \"%s\"; did you mean \"%s\"?", name, nearest);
  return false;
}

/* The page of a topic, of a command, or of a name of the language. */
static bool
print_page(const char *name, GError **error)
{
  g_autoptr(GPtrArray) topics = topics_new();
  for (guint i = 0; i < topics->len; i++) {
    const Topic *topic = topics->pdata[i];
    if (strcmp(topic->name, name) == 0) {
      fputs(topic->text, stdout);
      return true;
    }
  }
  for (const Command *const *command = commands(); *command != NULL; command++)
    if (strcmp((*command)->name, name) == 0) {
      g_autofree char *usage = cmd_usage(*command);
      fputs(usage, stdout);
      return true;
    }
  g_autofree char *found = reference_find(name);
  if (found == NULL)
    return unknown_topic(name, topics, error);
  fputs(found, stdout);
  return true;
}

static bool
help(const HelpArgs *args, GError **error)
{
  if (args->man || args->reference || args->meta) {
    g_autofree char *whole = args->man         ? topics_man()
                             : args->reference ? reference_page()
                                               : reference_meta();
    fputs(whole, stdout);
    return true;
  }
  if (args->rest == NULL) {
    print_overview();
    return true;
  }
  if (args->rest[1] == NULL)
    return print_page(args->rest[0], error);
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "help: one topic at a time: \"%s\" is too much",
              args->rest[1]);
  return false;
}

static int
run(int argc, char **argv)
{
  GError *error = NULL;
  HelpArgs args = {0};
  bool good = cmd_parse(&cmd_help, &args, argc, argv, &error) && help(&args, &error);
  g_strfreev(args.rest);
  return good ? EXIT_OK : cmd_fail(error);
}

const Command cmd_help = {
    .name = "help",
    .usage = "[TOPIC] | --man | --reference | --meta",
    .summary = "this page, or one on a topic",
    .options = option_table,
    .about =
        "Says what the commands and the topics are, or what there is to say about one of them.\n",
    .list = list_topics,
    .run = run,
};
