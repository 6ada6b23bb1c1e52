/* cmd: what the subcommands have in common. */
#include "scenarios/runner/cmd.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/runner/terminal.h"
#include "sim/error.h"
#include "sim/quantity.h"

#define STEPS_LEAST 1000.
#define STEPS_MOST 1e15

int
cmd_status(const GError *error)
{
  if (error->domain == G_FILE_ERROR || g_error_matches(error, SIM_ERROR, SIM_ERROR_FILE))
    return EXIT_FILE;
  return g_error_matches(error, SIM_ERROR, SIM_ERROR_LIMIT) ? EXIT_LIMIT : EXIT_WRONG;
}

int
cmd_fail(GError *error)
{
  int status = cmd_status(error);
  fputs("roundtrip: ", stderr);
  terminal_put(stderr, error->message);
  fputc('\n', stderr);
  g_error_free(error);
  return status;
}

/* When `wrong` is about an option that is not among `entries`: an error that names the nearest. */
static bool
explain_option(const GOptionEntry *entries, const GError *wrong, GError **error)
{
  if (!g_error_matches(wrong, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
    return false;
  const char *last = strrchr(wrong->message, ' '); /* GLib's words, in any language, end in it */
  g_autofree char *name = g_strdup(last != NULL ? last + 1 : wrong->message);
  name[strcspn(name, "=")] = '\0';
  g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
  for (; entries->long_name != NULL; entries++)
    if (*entries->long_name != '\0')
      g_ptr_array_add(known, g_strconcat("--", entries->long_name, NULL));
  g_ptr_array_add(known, g_strdup("--help")); /* main.c has it, for all */
  g_ptr_array_add(known, NULL);
  sim_error_unknown(error, "option", name, (const char *const *)known->pdata);
  return true;
}

/* The command's options, each with its place in `arguments`. g_free. */
static GOptionEntry *
entries_for(const Command *command, void *arguments)
{
  size_t count = 0;
  while (command->options[count].long_name != NULL)
    count++;
  GOptionEntry *entries = g_memdup2(command->options, (count + 1) * sizeof *entries);
  for (size_t i = 0; i < count; i++)
    entries[i].arg_data = (char *)arguments + GPOINTER_TO_SIZE(entries[i].arg_data);
  return entries;
}

bool
cmd_parse(const Command *command, void *arguments, int argc, char **argv, GError **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_autoptr(GError) wrong = NULL;
  g_autofree GOptionEntry *entries = entries_for(command, arguments);
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_add_main_entries(context, entries, NULL);
  if (g_option_context_parse(context, &argc, &argv, &wrong))
    return true;
  if (explain_option(entries, wrong, error))
    g_prefix_error(error, "%s: ", command->name);
  else
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: %s; accepted: %s", command->name,
                wrong->message, command->usage);
  return false;
}

bool
cmd_parse_time(const char *option, const char *text, SimTime *time, GError **error)
{
  SimQuantity quantity;
  if (text == NULL)
    return true;
  if (!sim_quantity_parse(text, &quantity, error)) {
    g_prefix_error(error, "%s: ", option);
    return false;
  }
  bool is_number = quantity.kind == SIM_QUANTITY_NUMBER;
  if ((!is_number && quantity.kind != SIM_QUANTITY_TIME) || quantity.value < 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s: a time that is not negative is expected, as %s, not \"%s\"", option,
                sim_quantity_kind_example(SIM_QUANTITY_TIME), text);
    return false;
  }
  *time = is_number ? sim_time_from_seconds(quantity.value) : quantity.time;
  return true;
}

bool
cmd_parse_quantity(const char *option, const char *text, SimParamKind kind, void *value,
                   GError **error)
{
  if (text == NULL)
    return true;
  SimParam param = {.name = option, .kind = kind};
  SimParamValue given = {.type = SIM_VALUE_TEXT, .text = text};
  return sim_param_set(&param, value, &given, error);
}

bool
cmd_check_folder(const char *folder, GError **error)
{
  if (g_strcmp0(folder, "-") != 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "-o -: a folder is wanted, for several files are left; ./- is one of that name");
  return false;
}

bool
cmd_parse_steps(const char *text, uint64_t *steps, GError **error)
{
  int64_t count = 0;
  if (text == NULL)
    return true;
  SimParam param = {
      .name = "--max-steps", .kind = SIM_PARAM_INTEGER, .min = STEPS_LEAST, .max = STEPS_MOST};
  SimParamValue given = {.type = SIM_VALUE_TEXT, .text = text};
  if (!sim_param_set(&param, &count, &given, error))
    return false;
  *steps = (uint64_t)count;
  return true;
}

const char *
cmd_version(void)
{
  return ROUNDTRIP_VERSION;
}
