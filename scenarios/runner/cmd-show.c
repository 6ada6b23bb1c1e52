/* cmd-show: `roundtrip show`: the ladder of a run or a capture in the terminal.
 *
 * A log of many packets is cut: nobody reads ten thousand arrows. What was chosen with --from,
 * --to or --conn is shown to a much higher number than what was not. */
#include <stdio.h>
#include <unistd.h>

#include "plots/ladder.h"
#include "scenarios/runner/cmd.h"
#include "scenarios/runner/terminal.h"
#include "sim/error.h"

#define USAGE                                                                                      \
  "DIR | FILE.pcapng [--ascii] [--raw] [--from T] [--to T] [--conn NAME] [--fields LIST] "         \
  "[--group NAME=PATTERN] [--width N] [--colour auto|always|never]"
#define WIDTH_NOT_GIVEN G_MININT
#define PACKETS_UNCHOSEN 200
#define PACKETS_CHOSEN 5000

static const char about[] =
    "Draws what went between the nodes of a run (its folder) or in a capture (pcap, pcapng).\n";

typedef struct Arguments {
  gboolean ascii, raw;
  char *from, *to, *conn, *fields, *group, *colour; /* owned; NULL: not given */
  gint width;                                       /* WIDTH_NOT_GIVEN */
  char **paths;                                     /* owned; NULL: none */
} Arguments;

#define ARG(member) CMD_ARG(Arguments, member)

static const GOptionEntry option_table[] = {
    {"ascii", 0, 0, G_OPTION_ARG_NONE, ARG(ascii), "no letters but ASCII", NULL},
    {"raw", 0, 0, G_OPTION_ARG_NONE, ARG(raw), "sequence numbers as on the wire", NULL},
    {"from", 0, 0, G_OPTION_ARG_STRING, ARG(from),
     "only what happens from then on, as \"50 ms\" or 0.05", "TIME"},
    {"to", 0, 0, G_OPTION_ARG_STRING, ARG(to), "only what happens until then", "TIME"},
    {"conn", 0, 0, G_OPTION_ARG_STRING, ARG(conn),
     "only this connection; a part of its name that no other has is enough. Several with commas "
     "between, and patterns: \"client1,client2*\"",
     "NAME"},
    {"fields", 0, 0, G_OPTION_ARG_STRING, ARG(fields),
     "what is said of packets: some of seq,ack,len,win,options,cwnd", "LIST"},
    {"group", 0, 0, G_OPTION_ARG_STRING, ARG(group),
     "nodes that share a line, clients=client*; several with commas between", "NAME=PATTERN"},
    {"width", 0, 0, G_OPTION_ARG_INT, ARG(width), "columns, 60 to 400 (those of the terminal)",
     "N"},
    {"colour", 0, 0, G_OPTION_ARG_STRING, ARG(colour),
     "auto (on a terminal), always or never; also --color", "WHEN"},
    {"color", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, ARG(colour), NULL, NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ARG(paths), NULL, NULL},
    G_OPTION_ENTRY_NULL,
};

static void
arguments_clear(Arguments *arguments)
{
  g_free(arguments->from);
  g_free(arguments->to);
  g_free(arguments->conn);
  g_free(arguments->fields);
  g_free(arguments->group);
  g_free(arguments->colour);
  g_strfreev(arguments->paths);
}

static bool
parse_arguments(int argc, char **argv, Arguments *arguments, GError **error)
{
  if (!cmd_parse(&cmd_show, arguments, argc, argv, error))
    return false;
  guint count = arguments->paths != NULL ? g_strv_length(arguments->paths) : 0;
  if (count == 1)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "show draws one run or capture, %u given; usage: roundtrip show %s", count, USAGE);
  return false;
}

/* What is not given is left as it is: as the terminal has it. */
static bool
parse_colour(const char *when, bool *colour, GError **error)
{
  static const char *const known[] = {"auto", "always", "never", NULL};
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
parse_width(gint given, guint *width, GError **error)
{
  if (given == WIDTH_NOT_GIVEN)
    return true;
  if (given < TERMINAL_WIDTH_LEAST || given > TERMINAL_WIDTH_MOST) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--width: %d to %d columns are accepted, not %d",
                TERMINAL_WIDTH_LEAST, TERMINAL_WIDTH_MOST, given);
    return false;
  }
  *width = (guint)given;
  return true;
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
  LadderOptions options = {.to = SIM_TIME_NEVER,
                           .conn = arguments->conn,
                           .fields = arguments->fields,
                           .group = arguments->group};
  Terminal terminal = terminal_of(STDOUT_FILENO);
  LadderTextOptions text = {.ascii = arguments->ascii || !terminal.unicode,
                            .colour = terminal.colour,
                            .width = terminal.width};
  options.raw = arguments->raw;
  if (!cmd_parse_time("--from", arguments->from, &options.from, error) ||
      !cmd_parse_time("--to", arguments->to, &options.to, error) ||
      !parse_colour(arguments->colour, &text.colour, error) ||
      !parse_width(arguments->width, &text.width, error))
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
  Arguments arguments = {.width = WIDTH_NOT_GIVEN};
  int status = EXIT_OK;
  if (!parse_arguments(argc, argv, &arguments, &error))
    status = cmd_fail(error);
  else if (!show(&arguments, &error))
    status = cmd_fail(error);
  arguments_clear(&arguments);
  return status;
}

const Command cmd_show = {
    .name = "show",
    .usage = USAGE,
    .summary = "the ladder of a run or a capture in the terminal",
    .options = option_table,
    .about = about,
    .run = run,
};
