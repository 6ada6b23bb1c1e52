/* What is known of a stream, asked of a pseudo-terminal and of a file. */
#include "scenarios/runner/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct Pair {
  int master, terminal;
} Pair;

static bool
pair_open(Pair *pair, unsigned short columns)
{
  pair->master = posix_openpt(O_RDWR | O_NOCTTY);
  if (pair->master < 0 || grantpt(pair->master) != 0 || unlockpt(pair->master) != 0) {
    g_test_skip("there are no pseudo-terminals");
    return false;
  }
  pair->terminal = open(ptsname(pair->master), O_RDWR | O_NOCTTY);
  g_assert_cmpint(pair->terminal, >=, 0);
  struct winsize size = {.ws_row = 24, .ws_col = columns};
  g_assert_cmpint(ioctl(pair->terminal, TIOCSWINSZ, &size), ==, 0);
  return true;
}

static void
pair_close(Pair *pair)
{
  close(pair->terminal);
  close(pair->master);
}

static void
set_locale(const char *all, const char *type, const char *language)
{
  all != NULL ? g_setenv("LC_ALL", all, TRUE) : (g_unsetenv("LC_ALL"), TRUE);
  type != NULL ? g_setenv("LC_CTYPE", type, TRUE) : (g_unsetenv("LC_CTYPE"), TRUE);
  language != NULL ? g_setenv("LANG", language, TRUE) : (g_unsetenv("LANG"), TRUE);
}

static void
unicode_follows_the_environment(void)
{
  static const struct {
    const char *all, *type, *language;
    bool unicode;
  } cases[] = {
      {NULL, NULL, "C.UTF-8", true},   {NULL, NULL, "de_DE.utf8", true}, {NULL, NULL, NULL, false},
      {NULL, NULL, "C", false},        {"C", "C.UTF-8", NULL, false},    {"", "C.UTF-8", "C", true},
      {"C.UTF-8", "C", "POSIX", true},
  };
  Pair pair;
  if (!pair_open(&pair, 80))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    set_locale(cases[i].all, cases[i].type, cases[i].language);
    Terminal terminal = terminal_of(pair.terminal);
    g_assert_true(terminal.is_terminal);
    g_assert_cmpint(terminal.unicode, ==, cases[i].unicode);
  }
  pair_close(&pair);
}

static void
width_is_the_window_s_within_limits(void)
{
  static const struct {
    unsigned short columns;
    guint width;
  } cases[] = {{80, 80}, {20, 60}, {1000, 400}, {0, 100}};
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Pair pair;
    if (!pair_open(&pair, cases[i].columns))
      return;
    g_assert_cmpuint(terminal_of(pair.terminal).width, ==, cases[i].width);
    pair_close(&pair);
  }
}

static void
no_color_is_respected(void)
{
  Pair pair;
  if (!pair_open(&pair, 80))
    return;
  g_unsetenv("NO_COLOR");
  g_assert_true(terminal_of(pair.terminal).colour);
  g_setenv("NO_COLOR", "", TRUE);
  g_assert_false(terminal_of(pair.terminal).colour);
  g_unsetenv("NO_COLOR");
  pair_close(&pair);
}

static void
a_file_is_plain_and_unicode(void)
{
  int fd = open("/dev/null", O_WRONLY);
  set_locale(NULL, NULL, "C");
  Terminal terminal = terminal_of(fd);
  g_assert_false(terminal.is_terminal);
  g_assert_false(terminal.colour);
  g_assert_true(terminal.unicode);
  g_assert_cmpuint(terminal.width, ==, 100);
  close(fd);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/terminal/unicode-follows-the-environment", unicode_follows_the_environment);
  g_test_add_func("/terminal/width-is-the-window's-within-limits",
                  width_is_the_window_s_within_limits);
  g_test_add_func("/terminal/no-color-is-respected", no_color_is_respected);
  g_test_add_func("/terminal/a-file-is-plain-and-unicode", a_file_is_plain_and_unicode);
  return g_test_run();
}
