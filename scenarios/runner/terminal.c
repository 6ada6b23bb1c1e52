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

/* Characters that are not seen but change what is. */
static bool
is_obeyed(gunichar letter)
{
  if (letter == '\n' || letter == '\t')
    return false;
  bool control = letter < 0x20 || (letter >= 0x7f && letter < 0xa0);
  bool turns = (letter >= 0x202a && letter <= 0x202e) || (letter >= 0x2066 && letter <= 0x2069);
  return control || turns || letter == 0x2028 || letter == 0x2029;
}

char *
terminal_plain(const char *text)
{
  GString *plain = g_string_new(NULL);
  while (*text != '\0') {
    gunichar letter = g_utf8_get_char_validated(text, -1);
    bool valid = letter != (gunichar)-1 && letter != (gunichar)-2;
    size_t length = valid ? (size_t)g_utf8_skip[(guchar)*text] : 1;
    if (valid && !is_obeyed(letter))
      g_string_append_len(plain, text, (gssize)length);
    else
      for (size_t i = 0; i < length; i++)
        g_string_append_printf(plain, "\\x%02x", (unsigned char)text[i]);
    text += length;
  }
  return g_string_free(plain, FALSE);
}

void
terminal_put(FILE *stream, const char *text)
{
  g_autofree char *plain = terminal_plain(text);
  fputs(plain, stream);
}
