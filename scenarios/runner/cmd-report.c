/* cmd-report: `roundtrip report`: a run as one page for a browser. */
#include <stdio.h>
#include <string.h>

#include "plots/report.h"
#include "scenarios/runner/cmd.h"
#include "sim/error.h"

#define USAGE "DIR | FILE.pcapng [-o FILE.html] [--conn NAME] [--from T] [--to T]"

static const char about[] =
    "Writes DIR/report.html: one file that opens in any browser, without a network. The ladder "
    "can\n"
    "be played, stepped (arrow keys), scrubbed and zoomed; a click on a packet shows its headers\n"
    "with the rule behind each field, why it was sent and what became of it.\n";

static const char more[] = "Example\n"
                           "  roundtrip report out/syn-lost\n";

/* What the command line says; strings are owned. */
typedef struct ReportArgs {
  char *output, *conn, *from, *to; /* NULL: not given */
  char **rest;                     /* DIR */
} ReportArgs;

#define ARG(member) CMD_ARG(ReportArgs, member)

static const GOptionEntry option_table[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, ARG(output),
     "where the page goes (DIR/report.html; of a capture it has to be said); - is the standard "
     "output",
     "FILE"},
    {"conn", 0, 0, G_OPTION_ARG_STRING, ARG(conn),
     "only this connection; a part of its name that no other has is enough", "NAME"},
    {"from", 0, 0, G_OPTION_ARG_STRING, ARG(from),
     "only what happens from then on, as \"50 ms\" or 0.05", "TIME"},
    {"to", 0, 0, G_OPTION_ARG_STRING, ARG(to), "only what happens until then", "TIME"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
args_clear(ReportArgs *args)
{
  g_free(args->output);
  g_free(args->conn);
  g_free(args->from);
  g_free(args->to);
  g_strfreev(args->rest);
}

static bool
args_parse(ReportArgs *args, int argc, char **argv, GError **error)
{
  if (!cmd_parse(&cmd_report, args, argc, argv, error))
    return false;
  guint count = args->rest == NULL ? 0 : g_strv_length(args->rest);
  if (count == 1)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "report needs the folder of one run; usage: roundtrip report %s", USAGE);
  return false;
}

static bool
print_page(const ReportRequest *request, GError **error)
{
  g_autofree char *data = report_data(request, error);
  if (data == NULL)
    return false;
  g_autofree char *page = report_page(data);
  fputs(page, stdout); /* main.c looks whether it could be written */
  return true;
}

static bool
make(const ReportArgs *args, GError **error)
{
  ReportRequest request = report_request(args->rest[0]);
  request.conn = args->conn;
  bool folder = g_file_test(request.run, G_FILE_TEST_IS_DIR);
  if (!cmd_parse_time("--from", args->from, &request.from, error) ||
      !cmd_parse_time("--to", args->to, &request.to, error))
    return false;
  if (!folder && args->output == NULL && g_file_test(request.run, G_FILE_TEST_EXISTS)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "report: \"%s\" is a file, not a run's folder: say with -o where the page goes",
                request.run);
    return false;
  }
  if (args->output != NULL && strcmp(args->output, "-") == 0)
    return print_page(&request, error);
  g_autofree char *file = args->output != NULL ? g_strdup(args->output)
                                               : g_build_filename(request.run, "report.html", NULL);
  if (!report_make(&request, file, error))
    return false;
  printf("%s\n", file);
  return true;
}

static int
run(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  ReportArgs args = {0};
  if (args_parse(&args, argc, argv, &error))
    make(&args, &error);
  args_clear(&args);
  return error == NULL ? EXIT_OK : cmd_fail(g_steal_pointer(&error));
}

const Command cmd_report = {
    .name = "report",
    .usage = USAGE,
    .summary = "a run as a page for a browser: played, stepped, explained",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
