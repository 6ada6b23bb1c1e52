/* cmd-show: `roundtrip show`: the ladder of a run or a capture in the terminal.
 *
 * A log of many packets is cut: nobody reads ten thousand arrows. What was chosen with --from,
 * --to or --conn is shown to a much higher number than what was not. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "plots/ladder.h"
#include "scenarios/runner/cmd.h"
#include "sim/error.h"
#include "sim/quantity.h"

#define USAGE                                                                                      \
  "DIR | FILE.pcapng [--ascii] [--raw] [--from T] [--to T] [--conn NAME] [--width N] "             \
  "[--colour auto|always|never]"
#define WIDTH_DEFAULT 100 /* when it is no terminal */
#define WIDTH_LEAST 60
#define WIDTH_MOST 400
#define PACKETS_UNCHOSEN 200
#define PACKETS_CHOSEN 5000

static const char help[] =
    "usage: roundtrip show " USAGE "\n"
    "\n"
    "Draws what went between the nodes of a run (its folder) or in a capture (pcap, pcapng).\n"
    "\n"
    "  --ascii        no letters but ASCII\n"
    "  --raw          sequence numbers as on the wire\n"
    "  --from TIME    only what happens from then on, as \"50 ms\" or 0.05\n"
    "  --to TIME      only what happens until then\n"
    "  --conn NAME    only this connection; a part of its name that no other has is enough\n"
    "  --width N      columns, 60 to 400 (default: those of the terminal)\n"
    "  --colour WHEN  auto (default: on a terminal), always or never\n";

typedef struct Arguments {
  gboolean ascii, raw, help;
  char *from, *to, *conn, *colour; /* owned; NULL: not given */
  gint width;                      /* 0: not given */
  char **paths;                    /* owned; NULL: none */
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
  g_free(arguments->from);
  g_free(arguments->to);
  g_free(arguments->conn);
  g_free(arguments->colour);
  g_strfreev(arguments->paths);
}

static bool
parse_arguments(int argc, char **argv, Arguments *arguments, GError **error)
{
  const GOptionEntry entries[] = {
      {"ascii", 0, 0, G_OPTION_ARG_NONE, &arguments->ascii, NULL, NULL},
      {"raw", 0, 0, G_OPTION_ARG_NONE, &arguments->raw, NULL, NULL},
      {"from", 0, 0, G_OPTION_ARG_STRING, &arguments->from, NULL, NULL},
      {"to", 0, 0, G_OPTION_ARG_STRING, &arguments->to, NULL, NULL},
      {"conn", 0, 0, G_OPTION_ARG_STRING, &arguments->conn, NULL, NULL},
      {"width", 0, 0, G_OPTION_ARG_INT, &arguments->width, NULL, NULL},
      {"colour", 0, 0, G_OPTION_ARG_STRING, &arguments->colour, NULL, NULL},
      {"color", 0, 0, G_OPTION_ARG_STRING, &arguments->colour, NULL, NULL},
      {"help", 'h', 0, G_OPTION_ARG_NONE, &arguments->help, NULL, NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->paths, NULL, NULL},
      G_OPTION_ENTRY_NULL,
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_autoptr(GError) wrong = NULL;
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &wrong)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "show: %s; accepted: %s", wrong->message, USAGE);
    return false;
  }
  guint count = arguments->paths != NULL ? g_strv_length(arguments->paths) : 0;
  if (arguments->help || count == 1)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "show draws one run or capture, %u given; usage: roundtrip show %s", count, USAGE);
  return false;
}

static bool
parse_time(const char *option, const char *text, SimTime *time, GError **error)
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

static bool
parse_colour(const char *when, bool *colour, GError **error)
{
  static const char *const known[] = {"auto", "always", "never", NULL};
  *colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL;
  if (when == NULL || g_str_equal(when, "auto"))
    return true;
  if (!g_strv_contains(known, when)) {
    sim_error_unknown(error, "--colour", when, known);
    return false;
  }
  *colour = g_str_equal(when, "always");
  return true;
}

static bool
parse_width(const Arguments *arguments, guint *width, GError **error)
{
  struct winsize size;
  *width = WIDTH_DEFAULT;
  if (arguments->width != 0 && (arguments->width < WIDTH_LEAST || arguments->width > WIDTH_MOST)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--width: %d to %d columns are accepted, not %d",
                WIDTH_LEAST, WIDTH_MOST, arguments->width);
    return false;
  }
  if (arguments->width != 0)
    *width = (guint)arguments->width;
  else if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    *width = CLAMP(size.ws_col, WIDTH_LEAST, WIDTH_MOST);
  return true;
}

/* A terminal that is not set to UTF-8 gets ASCII without being asked. */
static bool
wants_ascii(const Arguments *arguments)
{
  return arguments->ascii || (isatty(STDOUT_FILENO) && !g_get_charset(NULL));
}

static void
print_advice(const RunLog *log, const Ladder *ladder, const LadderTextOptions *text)
{
  if (ladder->arrows->len <= text->max_rows)
    return;
  const LadderArrow *next = &g_array_index(ladder->arrows, LadderArrow, text->max_rows);
  char from[SIM_TIME_TEXT];
  sim_time_print(next->sent, from);
  printf("choose with --from TIME, --to TIME%s; the next packet: --from %s\n",
         log->conns->len > 1 ? " or --conn NAME" : "", from);
  for (guint i = 0; log->conns->len > 1 && i < MIN(log->conns->len, 10); i++) {
    g_autofree char *name = ladder_clean(log->conns->pdata[i]);
    printf("  --conn %s\n", name);
  }
  if (log->conns->len > 10)
    printf("  and %u more connections\n", log->conns->len - 10);
}

static bool
show(const Arguments *arguments, GError **error)
{
  LadderOptions options = {.to = SIM_TIME_NEVER, .conn = arguments->conn};
  LadderTextOptions text = {.ascii = wants_ascii(arguments)};
  options.raw = arguments->raw;
  if (!parse_time("--from", arguments->from, &options.from, error) ||
      !parse_time("--to", arguments->to, &options.to, error) ||
      !parse_colour(arguments->colour, &text.colour, error) ||
      !parse_width(arguments, &text.width, error))
    return false;
  if (options.from > options.to) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--from %s is later than --to %s",
                arguments->from, arguments->to);
    return false;
  }
  g_autoptr(RunLog) log = run_log_read(arguments->paths[0], error);
  if (log == NULL)
    return false;
  g_autoptr(Ladder) ladder = ladder_new(log, &options, error);
  if (ladder == NULL)
    return false;
  bool chosen = arguments->from != NULL || arguments->to != NULL || arguments->conn != NULL;
  text.max_rows = chosen ? PACKETS_CHOSEN : PACKETS_UNCHOSEN;
  g_autofree char *drawn = ladder_text(ladder, &text);
  fputs(drawn, stdout);
  print_advice(log, ladder, &text);
  return true;
}

static int
run(int argc, char **argv)
{
  GError *error = NULL;
  Arguments arguments = {0};
  int status = EXIT_OK;
  if (!parse_arguments(argc, argv, &arguments, &error))
    status = cmd_fail(error);
  else if (arguments.help)
    fputs(help, stdout);
  else if (!show(&arguments, &error))
    status = cmd_fail(error);
  arguments_clear(&arguments);
  return status;
}

const Command cmd_show = {
    .name = "show",
    .usage = USAGE,
    .summary = "the ladder of a run or a capture in the terminal",
    .run = run,
};
