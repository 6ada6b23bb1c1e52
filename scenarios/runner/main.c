/* roundtrip: the program. The first argument names a subcommand; each is one file, cmd-NAME.c, and
 * one row of the table below.
 *
 * The locale is never set: numbers are read and written the same everywhere. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/runner/cmd.h"
#include "scenarios/runner/last-words.h"
#include "scenarios/runner/study/worker.h"
#include "sim/error.h"

static const Command *const table[] = {
    &cmd_run,   &cmd_show,  &cmd_diff,  &cmd_plot, &cmd_report, &cmd_lab,
    &cmd_sweep, &cmd_merge, &cmd_drill, &cmd_list, &cmd_help,   NULL,
};

const Command *const *
commands(void)
{
  return table;
}

static int
unknown_command(const char *name)
{
  const char *names[G_N_ELEMENTS(table)] = {NULL};
  for (size_t i = 0; table[i] != NULL; i++)
    names[i] = table[i]->name;
  GError *error = NULL;
  sim_error_unknown(&error, "command", name, names);
  if (g_str_has_suffix(name, ".lua"))
    g_prefix_error(&error, "to run a scenario: roundtrip run %s; ", name);
  return cmd_fail(error);
}

/* Whether standard output is a pipe that nobody reads from any more. */
static bool
nobody_reads(void)
{
  struct pollfd out = {.fd = STDOUT_FILENO};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* What a command printed is part of its work: a full disk must not look like success. Who reads
 * only the beginning (| head) has what he wanted: then the program ends as others do, without a
 * word, and after its work. */
static int
finish(int status)
{
  bool written = fflush(stdout) == 0 && !ferror(stdout);
  if (written || status == EXIT_WRONG)
    return status;
  if (nobody_reads()) {
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
  }
  return cmd_fail(g_error_new(SIM_ERROR, SIM_ERROR_FILE, "cannot write the standard output: %s",
                              g_strerror(errno)));
}

/* Files that are opened later must not get the numbers of those that every program has, or a line
 * that is printed would land in a capture. What was closed fails when it is written to. */
static void
fill_descriptors(void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
      _exit(EXIT_FILE);
}

/* Signals that would end the program in the middle of a file: the calls fail, and say so. */
static void
ignore_signals(void)
{
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

/* Whether one of the arguments asks how the command is used. */
static bool
asks_for_help(int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      return true;
  return false;
}

static int
call(const Command *command, int argc, char **argv)
{
  if (!asks_for_help(argc, argv))
    return command->run(argc, argv);
  g_autofree char *text = cmd_usage(command);
  fputs(text, stdout);
  return EXIT_OK;
}

int
main(int argc, char **argv)
{
  fill_descriptors();
  ignore_signals();
  last_words_prepare();
  char help[] = "help";
  char *as_help[] = {help, NULL};
  if (argc < 2) {
    cmd_help.run(1, as_help);
    return EXIT_WRONG;
  }
  const char *name = argv[1];
  if (strcmp(name, WORKER_WORD) == 0) /* for a sweep's own use */
    return worker_main();
  if (strcmp(name, "--version") == 0) {
    printf("roundtrip %s\n", cmd_version());
    return finish(EXIT_OK);
  }
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
    return finish(cmd_help.run(1, as_help));
  for (size_t i = 0; table[i] != NULL; i++)
    if (strcmp(table[i]->name, name) == 0)
      return finish(call(table[i], argc - 1, argv + 1));
  return unknown_command(name);
}
