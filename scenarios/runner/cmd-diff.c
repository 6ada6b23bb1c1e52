/* cmd-diff: `roundtrip diff A B`: the first divergence of two runs or captures and its cause, and
 * both ladders side by side around it. Ends with status 0 when there is none, 1 when there is. */
#include <stdio.h>

#include "plots/diff.h"
#include "scenarios/runner/cmd.h"
#include "sim/error.h"

#define USAGE "A B [--tolerance TIME] [--window] [--at NODE]"

static const char about[] =
    "Compares two runs (their folders) or captures (pcap, pcapng): the connections in order of\n"
    "opening, and packet by packet the flags, relative sequence and acknowledgment numbers,\n"
    "length, kinds of TCP options, and the time since what caused the packet.\n";

static const char more[] =
    "Ends with status 0 when there is no difference, with 1 when there is one.\n";

typedef struct Arguments {
  char *tolerance, *at; /* owned; NULL: not given */
  gboolean window;
  char **paths; /* owned; NULL: none */
} Arguments;

#define ARG(member) CMD_ARG(Arguments, member)

static const GOptionEntry option_table[] = {
    {"tolerance", 0, 0, G_OPTION_ARG_STRING, ARG(tolerance),
     "accepted between two intervals (1 ms)", "TIME"},
    {"window", 0, 0, G_OPTION_ARG_NONE, ARG(window), "compare the offered windows too", NULL},
    {"at", 0, 0, G_OPTION_ARG_STRING, ARG(at),
     "compare what this node of a run sent and received; without it two runs are compared by what "
     "was sent and lost, and a run with a capture at the node where the capture was made",
     "NODE"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(paths), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
arguments_clear(Arguments *arguments)
{
  g_free(arguments->tolerance);
  g_free(arguments->at);
  g_strfreev(arguments->paths);
}

static bool
parse_arguments(int argc, char **argv, Arguments *arguments, GError **error)
{
  if (!cmd_parse(&cmd_diff, arguments, argc, argv, error))
    return false;
  guint count = arguments->paths != NULL ? g_strv_length(arguments->paths) : 0;
  if (count == 2)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "diff compares two runs or captures, %u given; usage: roundtrip diff %s", count,
              USAGE);
  return false;
}

static DiffResult *
compare(const Arguments *arguments, GError **error)
{
  DiffOptions options = diff_options();
  options.window = arguments->window;
  options.at = arguments->at;
  if (!cmd_parse_time("--tolerance", arguments->tolerance, &options.tolerance, error))
    return NULL;
  g_autoptr(RunLog) a = run_log_read(arguments->paths[0], error);
  if (a == NULL)
    return NULL;
  g_autoptr(RunLog) b = run_log_read(arguments->paths[1], error);
  if (b == NULL)
    return NULL;
  return diff_runs(a, b, &options, error);
}

static int
print_result(const DiffResult *result)
{
  if (result->equal)
    printf("%s\n", result->sentence);
  else
    printf("first difference: %s\n\n%s", result->sentence, result->ladders);
  return result->equal ? EXIT_OK : EXIT_DIFFERENT;
}

static int
run(int argc, char **argv)
{
  GError *error = NULL;
  Arguments arguments = {0};
  int status = EXIT_OK;
  if (!parse_arguments(argc, argv, &arguments, &error)) {
    status = cmd_fail(error);
  } else {
    g_autoptr(DiffResult) result = compare(&arguments, &error);
    status = result != NULL ? print_result(result) : cmd_fail(error);
  }
  arguments_clear(&arguments);
  return status;
}

const Command cmd_diff = {
    .name = "diff",
    .usage = USAGE,
    .summary = "the first divergence of two runs or captures, its cause, both ladders",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
