/* terminal: asks the stream, and the environment about the locale: the program never sets one, so
 * that the C library and GLib know of none. */
#include "scenarios/runner/terminal.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 100 /* when it is no terminal, or one that does not know its width */

/* Whether the environment names a UTF-8 locale: the first of these that is set decides. */
static bool
locale_is_utf8(void)
{
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *value = g_getenv(names[i]);
    if (value != NULL && *value != '\0') {
      g_autofree char *lower = g_ascii_strdown(value, -1);
      return strstr(lower, "utf-8") != NULL || strstr(lower, "utf8") != NULL;
    }
  }
  return false;
}

Terminal
terminal_of(int fd)
{
  Terminal terminal = {.is_terminal = isatty(fd), .width = WIDTH_DEFAULT};
  terminal.unicode = !terminal.is_terminal || locale_is_utf8();
  terminal.colour = terminal.is_terminal && g_getenv("NO_COLOR") == NULL;
  struct winsize size;
  if (terminal.is_terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    terminal.width = CLAMP(size.ws_col, TERMINAL_WIDTH_LEAST, TERMINAL_WIDTH_MOST);
  return terminal;
}
