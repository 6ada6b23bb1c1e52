/* cmd-drill: `roundtrip drill`: runs packetdrill scripts against the simulated TCP, or writes one
 * from what a run has recorded. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/drill/drill-batch.h"
#include "scenarios/runner/drill/drill-lex.h"
#include "scenarios/runner/drill/drill-record.h"
#include "sim/error.h"

#define USAGE                                                                                      \
  "FILE.pkt... [--profile NAME] [--set OPTION=VALUE]... [-D NAME=VALUE]... [-j N] [--verbose] "    \
  "[--pcap DIR] | --record RUN [--node NAME]"

static const char about[] =
    "Runs packetdrill scripts: one simulated host is under test, the script is its program and "
    "the\n"
    "other end of its wire. Failures say the script's line, what was expected and what was sent.\n"
    "With --record it writes a script of what a run recorded, to standard output.\n";

static const char more[] =
    "Sysctls, routes and common/defaults.sh in back-quotes set the profile. A script that asks "
    "for\n"
    "what is not there is skipped, with the place: it never counts as passed.\n"
    "Exit status: 0 all passed, or skipped with at least one passed; 1 one failed; 2 a script, or\n"
    "the command line, is wrong, or nothing but skipped ones was there; 3 a file could not be "
    "read\n"
    "or written. scenarios/drill.md is the page on writing scripts.\n";

typedef struct Arguments {
  gboolean verbose;
  char *profile;  /* owned; NULL: the default */
  char **sets;    /* owned; NULL: none */
  char **defines; /* owned; NULL: none */
  char *pcap;     /* owned; NULL: none */
  char *record;   /* owned; NULL: none */
  char *node;     /* owned; NULL: not given */
  gint jobs;      /* 0: as many as there are processors */
  char **paths;   /* owned; NULL: none */
} Arguments;

#define ARG(member) CMD_ARG(Arguments, member)

static const GOptionEntry option_table[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, ARG(profile),
     "how the host behaves: linux (the default), rfc9293 ... (roundtrip list profiles)", "NAME"},
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, ARG(sets),
     "an option of the profile, as \"min_rto=1 s\"; wins over the script's", "OPTION=VALUE"},
    {"define", 'D', 0, G_OPTION_ARG_STRING_ARRAY, ARG(defines),
     "NAME in the script is read as VALUE", "NAME=VALUE"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, ARG(jobs), "so many scripts at once (a processor each)",
     "N"},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, ARG(verbose),
     "tell what passes, too, and draw what happened", NULL},
    {"pcap", 0, 0, G_OPTION_ARG_FILENAME, ARG(pcap),
     "keep what the host sent and received, a file a script", "DIR"},
    {"record", 0, 0, G_OPTION_ARG_FILENAME, ARG(record),
     "write a script from what a run recorded at one host, whose options are those of --profile "
     "and --set",
     "RUN"},
    {"node", 0, 0, G_OPTION_ARG_STRING, ARG(node), "that host (who opened the first connection)",
     "NAME"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(paths), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
arguments_clear(Arguments *arguments)
{
  g_free(arguments->profile);
  g_strfreev(arguments->sets);
  g_strfreev(arguments->defines);
  g_free(arguments->pcap);
  g_free(arguments->record);
  g_free(arguments->node);
  g_strfreev(arguments->paths);
}

static bool
check_arguments(const Arguments *arguments, GError **error)
{
  if (arguments->record != NULL && arguments->paths != NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "drill: --record writes a script and runs none; usage: roundtrip drill %s", USAGE);
  else if (arguments->record == NULL && arguments->paths == NULL)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "drill runs scripts, none given; usage: roundtrip drill %s", USAGE);
  else if (arguments->jobs < 0 || arguments->jobs > 1024)
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "-j: 1 to 1024 is accepted, not %d",
                arguments->jobs);
  else
    return true;
  return false;
}

static bool
parse_arguments(int argc, char **argv, Arguments *arguments, GError **error)
{
  if (!cmd_parse(&cmd_drill, arguments, argc, argv, error))
    return false;
  return check_arguments(arguments, error);
}

/* The profile, and that every --set fits it. */
static const char *
choose_profile(const Arguments *arguments, GError **error)
{
  const char *name = arguments->profile != NULL ? arguments->profile : tcp_profile_names()[0];
  if (tcp_profile_find(name) == NULL) {
    sim_error_unknown(error, "profile", name, tcp_profile_names());
    return NULL;
  }
  TcpProfile scratch = *tcp_profile_find(name);
  for (char **set = arguments->sets; set != NULL && *set != NULL; set++)
    if (!drill_setting_parse(&scratch, *set, error))
      return NULL;
  return name;
}

/* Cuts the texts in two. */
static GArray *
take_defines(const Arguments *arguments, GError **error)
{
  GArray *defines = g_array_new(FALSE, FALSE, sizeof(DrillDefine));
  for (char **text = arguments->defines; text != NULL && *text != NULL; text++) {
    char *equals = strchr(*text, '=');
    if (equals == NULL || equals == *text) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "-D: NAME=VALUE is expected, not \"%s\"",
                  *text);
      g_array_unref(defines);
      return NULL;
    }
    *equals = '\0';
    DrillDefine define = {*text, equals + 1};
    g_array_append_val(defines, define);
  }
  return defines;
}

static bool
make_folder(const char *path, GError **error)
{
  if (path == NULL || g_mkdir_with_parents(path, 0777) == 0)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot make the folder %s: %s", path,
              g_strerror(errno));
  return false;
}

static int
status_of(const DrillTotals *totals)
{
  if (totals->unreadable > 0)
    return EXIT_FILE;
  if (totals->broken > 0)
    return EXIT_WRONG;
  if (totals->failed > 0)
    return EXIT_DIFFERENT;
  return totals->passed > 0 ? EXIT_OK : EXIT_WRONG;
}

static int
run_scripts(const Arguments *arguments, GError **error)
{
  DrillBatch batch = {.profile = choose_profile(arguments, error),
                      .settings = arguments->sets,
                      .pcap = arguments->pcap,
                      .verbose = arguments->verbose,
                      .terminal = terminal_of(STDOUT_FILENO),
                      .threads = arguments->jobs};
  if (batch.profile == NULL || !make_folder(arguments->pcap, error))
    return EXIT_WRONG;
  g_autoptr(GArray) defines = take_defines(arguments, error);
  if (defines == NULL)
    return EXIT_WRONG;
  batch.defines = defines;
  DrillTotals totals;
  drill_batch_run(&batch, arguments->paths, &totals);
  printf("%u passed, %u failed, %u skipped\n", totals.passed, totals.failed, totals.skipped);
  return status_of(&totals);
}

static int
write_script(const Arguments *arguments, GError **error)
{
  DrillRecordArgs args = {.run = arguments->record,
                          .node = arguments->node,
                          .profile = choose_profile(arguments, error),
                          .settings = arguments->sets};
  if (args.profile == NULL)
    return EXIT_WRONG;
  g_autofree char *doubt = NULL;
  g_autofree char *script = drill_record_script(&args, &doubt, error);
  if (script == NULL)
    return EXIT_WRONG;
  fputs(script, stdout);
  if (doubt == NULL)
    return EXIT_OK;
  fprintf(
      stderr,
      "roundtrip: the profile %s does not pass this script as it is (did the run choose other "
      "options for this host? repeat them here by --profile and --set; sizes of buffers go with "
      "autotune=false):\n%s\n",
      args.profile, doubt);
  return EXIT_DIFFERENT;
}

static int
run(int argc, char **argv)
{
  GError *error = NULL;
  Arguments arguments = {0};
  int status = EXIT_OK;
  if (parse_arguments(argc, argv, &arguments, &error)) {
    if (arguments.record != NULL)
      status = write_script(&arguments, &error);
    else
      status = run_scripts(&arguments, &error);
  }
  if (error != NULL)
    status = cmd_fail(error);
  arguments_clear(&arguments);
  return status;
}

const Command cmd_drill = {
    .name = "drill",
    .usage = USAGE,
    .summary = "runs packetdrill scripts against the simulated TCP",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
