/* cmd: what every subcommand is made of: one file cmd-NAME.c, one row in main.c's table. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/param.h"
#include "sim/time.h"

/* Exit statuses. */
enum {
  EXIT_OK = 0,
  EXIT_DIFFERENT = 1, /* an expect, a script or a comparison failed */
  EXIT_WRONG = 2,     /* the command line or the scenario is wrong */
  EXIT_FILE = 3,      /* a file could not be read or written */
  EXIT_LIMIT = 4,     /* a limit was exceeded */
  EXIT_INTERRUPTED = 130,
};

/* The tables of options are what is parsed, what --help prints and what the manual page is made of.
 * In them arg_data says where the value goes by its place in the struct of arguments. */
#define CMD_ARG(type, member) GSIZE_TO_POINTER(offsetof(type, member))

typedef struct Command {
  const char *name;            /* "run" */
  const char *usage;           /* "SCENARIO [-p NAME=VALUE]..." */
  const char *summary;         /* one line for `roundtrip help` */
  const GOptionEntry *options; /* each with its meaning, or hidden; NULL: none */
  const char *about;           /* sentences before the options, lines of up to 96; NULL: none */
  const char *more;            /* behind them: examples, exit statuses; NULL: none */
  void (*list)(GString *text); /* adds what only the program knows, its topics; NULL: nothing */
  int (*run)(int argc, char **argv); /* argv[0] is the subcommand's name; returns an exit status */
} Command;

extern const Command cmd_run, cmd_show, cmd_diff, cmd_plot, cmd_report, cmd_lab, cmd_sweep,
    cmd_merge, cmd_drill, cmd_list, cmd_help;

const Command *const *commands(void); /* NULL-terminated, in main.c */

int cmd_status(const GError *error); /* the exit status that suits it */
/* Prints "roundtrip: MESSAGE" on standard error and returns cmd_status(). Takes the error. */
int cmd_fail(GError *error);
/* Takes the command's options out of the command line into its struct of arguments, which owns the
 * strings. An error says what is wrong and what the command accepts. */
bool cmd_parse(const Command *command, void *arguments, int argc, char **argv, GError **error);
/* What --help prints (cmd-usage.c). g_free. */
char *cmd_usage(const Command *command);
/* Appends `words` and a newline, broken between words so that no line is longer than 96, the first
 * beginning in `column`, each further one behind `margin` spaces. */
void cmd_append_wrapped(GString *text, const char *words, int column, int margin);
/* The figures that there are, with what each shows and needs (cmd-list.c). */
void cmd_list_figures(GString *text);
/* Its options, with `indent` in front. */
void cmd_usage_options(GString *text, const Command *command, const char *indent);
/* The time of an option, "50 ms" or seconds, not negative. NULL, not given, leaves *time alone. */
bool cmd_parse_time(const char *option, const char *text, SimTime *time, GError **error);
/* The value of an option, of any kind of quantity; to be kept in *value as sim_param_set() does.
 * NULL, not given, leaves it alone. */
bool cmd_parse_quantity(const char *option, const char *text, SimParamKind kind, void *value,
                        GError **error);
/* Whether a folder can be meant by --output: "-" would be one of that name. NULL, not given, is
 * good. */
bool cmd_check_folder(const char *folder, GError **error);
/* The value of --max-steps, at least a thousand. NULL leaves *steps alone. */
bool cmd_parse_steps(const char *text, uint64_t *steps, GError **error);
/* Appends what `roundtrip list NAME` prints; false: there is no such list. */
bool cmd_list_append(GString *text, const char *name);
/* The program's version: "0.1.0". */
const char *cmd_version(void);
