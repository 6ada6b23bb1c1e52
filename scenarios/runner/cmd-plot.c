/* cmd-plot: `roundtrip plot`: draws a figure of a run or a study, or of several one after another.
 */
#include "scenarios/runner/cmd.h"

#include <stdio.h>
#include <string.h>

#include "plots/figure-asked.h"
#include "plots/figure.h"
#include "sim/error.h"

#define USAGE                                                                                      \
  "FIGURE DIR... [x=NAME y=NAME by=NAME of=FIGURE ...] [-o FILE.svg|.pdf|.png|.tex|.txt] "         \
  "[--width WIDTH] "                                                                               \
  "[--title TEXT] [--conn NAME] [--link NAME] [--from T] [--to T] [--raw] [--fields LIST] "        \
  "[--group NAME=PATTERN] [--plain] [--script-only] | --list"

static const char about[] =
    "Draws a figure of a run or a study (its folder) with gnuplot, and leaves script and data\n"
    "beside it. What the scenario asked of this figure (width, fields, a window ...) holds again,\n"
    "but for what is said here.\n";

static const char more[] =
    "Of several runs (compare):\n"
    "  of=FIGURE            which figure\n"
    "  layout=overlay       one over another, where the figure has curves (the default then)\n"
    "  layout=panels        side by side, with the same axes\n"
    "\n"
    "Of a study (lines, heatmap, cdf, box, scatter):\n"
    "  x=NAME y=NAME        parameters or results of the study; heatmap: z=NAME, too; cdf: x only\n"
    "  by=NAME              a curve for each value of this parameter (several: by=cc,delay)\n"
    "  NAME=VALUE           only the runs with this value of another parameter\n"
    "  theory=NAMES         formulas laid over: mathis pftk cubic cardwell mm1, with arguments:\n"
    "                       theory=\"pftk(p=loss, rtt=2*delay, b=2), mathis\"\n"
    "  log=x|y|xy|none      which axes are logarithmic (x, when its values are spread so)\n"
    "  yunit=Mbit/s         the unit of the values; xunit, zunit; xlabel=TEXT, ylabel, zlabel\n"
    "\n"
    "Examples\n"
    "  roundtrip plot compare cubic reno of=cwnd -o cwnd.pdf\n"
    "  roundtrip plot lines out/connect-time.study x=loss y=connect_time theory=cardwell\n";

/* What the command line says; strings are owned. */
typedef struct PlotArgs {
  char *output; /* NULL: DIR/figures/FIGURE.svg */
  char *width, *title, *conn, *link, *fields, *group;
  char *from, *to; /* times with their units */
  gboolean raw, plain, script_only, list;
  char **rest;        /* FIGURE DIR... */
  GPtrArray *options; /* of char *, owned: NAME=VALUE, taken out of `rest`; NULL-terminated */
} PlotArgs;

#define ARG(member) CMD_ARG(PlotArgs, member)

static const GOptionEntry option_table[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, ARG(output),
     "the picture, in the format that its ending says; a ladder may be .txt "
     "(DIR/figures/FIGURE.svg, of several runs ./compare.svg)",
     "FILE"},
    {"width", 0, 0, G_OPTION_ARG_STRING, ARG(width),
     "column (85 mm), double (175 mm) or slide (254 mm)", "WIDTH"},
    {"title", 0, 0, G_OPTION_ARG_STRING, ARG(title), "above the figure", "TEXT"},
    {"conn", 0, 0, G_OPTION_ARG_STRING, ARG(conn),
     "only this connection; a part of its name that no other has is enough. A ladder takes "
     "several, with commas between, and patterns: \"client1,client2*\"",
     "NAME"},
    {"link", 0, 0, G_OPTION_ARG_STRING, ARG(link),
     "only this direction of a link, or those with this in their name", "NAME"},
    {"from", 0, 0, G_OPTION_ARG_STRING, ARG(from),
     "only what happens from then on, as \"50 ms\" or 0.05", "TIME"},
    {"to", 0, 0, G_OPTION_ARG_STRING, ARG(to), "only what happens until then", "TIME"},
    {"raw", 0, 0, G_OPTION_ARG_NONE, ARG(raw), "sequence numbers as on the wire", NULL},
    {"fields", 0, 0, G_OPTION_ARG_STRING, ARG(fields),
     "what a ladder says of packets: some of seq,ack,len,win,options,cwnd", "LIST"},
    {"group", 0, 0, G_OPTION_ARG_STRING, ARG(group),
     "nodes of a ladder that share a line, clients=client*; several with commas between",
     "NAME=PATTERN"},
    {"plain", 0, 0, G_OPTION_ARG_NONE, ARG(plain), "without what the scenario asked of this figure",
     NULL},
    {"script-only", 0, 0, G_OPTION_ARG_NONE, ARG(script_only),
     "write script and data, do not start gnuplot", NULL},
    {"list", 0, 0, G_OPTION_ARG_NONE, ARG(list), "say which figures there are", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(rest), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
args_clear(PlotArgs *args)
{
  g_free(args->output);
  g_free(args->width);
  g_free(args->title);
  g_free(args->conn);
  g_free(args->link);
  g_free(args->fields);
  g_free(args->group);
  g_free(args->from);
  g_free(args->to);
  g_strfreev(args->rest);
  g_clear_pointer(&args->options, g_ptr_array_unref);
}

/* What is NAME=VALUE and no folder is an option of the figure. */
static void
take_options(PlotArgs *args)
{
  guint kept = 0;
  args->options = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; args->rest != NULL && args->rest[i] != NULL; i++) {
    bool option = i > 0 && strchr(args->rest[i], '=') != NULL &&
                  !g_file_test(args->rest[i], G_FILE_TEST_EXISTS);
    if (option)
      g_ptr_array_add(args->options, args->rest[i]);
    else
      args->rest[kept++] = args->rest[i];
  }
  if (args->rest != NULL)
    args->rest[kept] = NULL;
  g_ptr_array_add(args->options, NULL);
}

static bool
args_parse(PlotArgs *args, int argc, char **argv, GError **error)
{
  bool good = cmd_parse(&cmd_plot, args, argc, argv, error);
  take_options(args);
  return good;
}

static void
print_list(void)
{
  g_autoptr(GString) text = g_string_new(NULL);
  cmd_list_figures(text);
  fputs(text->str, stdout);
}

/* Takes FILE apart: the format by its ending, the folder, the name. */
static bool
set_output(FigureRequest *request, const char *output, char **folder, char **name, GError **error)
{
  if (!figure_format_parse(output, &request->format)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "-o: the ending of \"%s\" says no format: accepted are .svg, .pdf, .png, .tex and, "
                "for a ladder, .txt",
                output);
    return false;
  }
  *folder = g_path_get_dirname(output);
  *name = g_path_get_basename(output);
  *strrchr(*name, '.') = '\0';
  request->directory = *folder;
  request->basename = *name;
  return true;
}

static bool
is_of_several(const PlotArgs *args)
{
  return g_strv_contains(figure_several_names(), args->rest[0]);
}

/* What is said on the command line wins; one end of a window is a window. */
static void
set_given(const PlotArgs *args, FigureRequest *request)
{
  const struct {
    const char *given, **member;
  } texts[] = {{args->width, &request->width},   {args->title, &request->title},
               {args->conn, &request->conn},     {args->link, &request->link},
               {args->fields, &request->fields}, {args->group, &request->group}};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i].given != NULL)
      *texts[i].member = texts[i].given;
  request->raw = request->raw || args->raw;
  if (args->from != NULL || args->to != NULL) {
    request->from = 0;
    request->to = SIM_TIME_NEVER;
  }
}

/* Makes one figure and says which files it left. */
static bool
plot_one(const PlotArgs *args, const char *run, GError **error)
{
  FigureRequest request = figure_request(args->rest[0], run);
  bool several = is_of_several(args);
  if (several)
    request.runs = (const char *const *)args->rest + 1;
  g_autofree char *folder = NULL, *name = NULL;
  if (!several && !args->plain)
    figure_take_asked(&request);
  set_given(args, &request);
  request.script_only = args->script_only;
  request.options = (const char *const *)args->options->pdata;
  if (!cmd_parse_time("--from", args->from, &request.from, error) ||
      !cmd_parse_time("--to", args->to, &request.to, error))
    return false;
  if (args->output != NULL) {
    if (!set_output(&request, args->output, &folder, &name, error))
      return false;
  } else {
    folder = several ? g_strdup(".") : g_build_filename(run, "figures", NULL);
    request.directory = folder;
  }
  if (!figure_make(&request, error))
    return false;
  g_autofree char *standard = g_strconcat(request.name, ".svg", NULL);
  g_autofree char *picture = g_build_filename(folder, standard, NULL);
  g_autofree char *script = g_build_filename(folder, name != NULL ? name : request.name, NULL);
  if (args->script_only)
    printf("%s.gp\n%s.dat\n", script, script);
  else
    printf("%s\n", args->output != NULL ? args->output : picture);
  return true;
}

static bool
check(const PlotArgs *args, GError **error)
{
  guint count = args->rest == NULL ? 0 : g_strv_length(args->rest);
  if (count < 2) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "plot needs a figure and the folder of a run or a study; usage: roundtrip plot %s",
                USAGE);
    return false;
  }
  bool capture = g_file_test(args->rest[1], G_FILE_TEST_IS_REGULAR);
  if (args->output != NULL && count > 2 && !is_of_several(args)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "plot: -o names one file, and there are %u runs: give one run, or leave -o away to "
                "draw into the figures/ of each",
                count - 1);
    return false;
  }
  if (args->output == NULL && capture) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "plot: \"%s\" is a file, not a run's folder: say with -o where its figure goes",
                args->rest[1]);
    return false;
  }
  return true;
}

static int
run(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  PlotArgs args = {0};
  bool good = args_parse(&args, argc, argv, &error);
  if (good && args.list)
    print_list();
  else if (good && check(&args, &error))
    for (guint i = 1; error == NULL && args.rest[i] != NULL && (i == 1 || !is_of_several(&args));
         i++)
      plot_one(&args, args.rest[i], &error);
  args_clear(&args);
  return error == NULL ? EXIT_OK : cmd_fail(g_steal_pointer(&error));
}

const Command cmd_plot = {
    .name = "plot",
    .usage = USAGE,
    .summary = "a figure of a run or a study, drawn with gnuplot",
    .options = option_table,
    .about = about,
    .more = more,
    .run = run,
};
