/* ladder-lines: texts made fit to be drawn: cleaned of what drives a terminal, broken into lines.
 */
#include "plots/ladder-parts.h"

char *
ladder_clean(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *clean = g_string_new(NULL);
  for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    gunichar letter = g_utf8_get_char(p);
    bool drawn = g_unichar_isprint(letter) && !g_unichar_iszerowidth(letter);
    g_string_append_unichar(clean, drawn ? letter : '?');
  }
  return g_string_free(clean, FALSE);
}

/* The longest beginning of `text` that takes at most `width` letters (wide ones count twice), in
 * bytes; it ends at a space where it can, and rather not at one before a number: "seq 0" stays
 * together. What has no space, as a list of SACK blocks, is broken behind a comma. At least one
 * letter. */
static gsize
break_at(const char *text, gint width)
{
  const char *p = text, *space = NULL, *before_number = NULL, *behind_comma = NULL;
  gint used = 0;
  for (; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
    used += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
    if (*p == ' ' && p != text && g_ascii_isdigit(p[1]))
      before_number = p;
    else if (*p == ' ' && p != text)
      space = p;
    else if (used > width)
      break;
    else if (*p == ',')
      behind_comma = p + 1;
  }
  if (*p == '\0' && used <= width)
    return (gsize)(p - text);
  if (space != NULL || before_number != NULL)
    return (gsize)((space != NULL ? space : before_number) - text);
  if (behind_comma != NULL)
    return (gsize)(behind_comma - text);
  return p == text ? (gsize)g_utf8_skip[(guchar)*p] : (gsize)(p - text);
}

GPtrArray *
ladder_break_lines(const char *text, gint letters)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  while (*text == ' ')
    text++;
  while (*text != '\0') {
    gsize length = break_at(text, letters);
    g_ptr_array_add(lines, g_strndup(text, length));
    text += length;
    while (*text == ' ')
      text++;
  }
  return lines;
}
