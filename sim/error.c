/* error: how a slip is recognised, and how a bug of ours stops the program.
 *
 * Names are compared without regard to case, so that "MSS" finds "mss"; a swap of two neighbours
 * counts as one change (the optimal string alignment form of Damerau-Levenshtein). */
#include "sim/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this length a name is no slip of another, and the rows below need no allocation. */
#define NAME_MAX_LENGTH 63

GQuark
sim_error_quark(void)
{
  return g_quark_from_static_string("sim-error");
}

static unsigned
least(unsigned a, unsigned b)
{
  return a < b ? a : b;
}

/* Changes (insert, delete, replace, swap of neighbours) that make `b` of `a`. */
static unsigned
distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
  unsigned rows[3][NAME_MAX_LENGTH + 1];
  unsigned *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    above[j] = (unsigned)j;
  for (size_t i = 1; i <= a_length; i++) {
    char a_char = g_ascii_tolower(a[i - 1]);
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
      char b_char = g_ascii_tolower(b[j - 1]);
      unsigned best = above[j - 1] + (a_char != b_char);
      best = least(best, least(above[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && a_char == g_ascii_tolower(b[j - 2]) &&
          g_ascii_tolower(a[i - 2]) == b_char)
        best = least(best, before[j - 2] + 1);
      row[j] = best;
    }
    unsigned *spare = before;
    before = above;
    above = row;
    row = spare;
  }
  return above[b_length];
}

const char *
sim_error_nearest(const char *name, const char *const *known)
{
  const char *nearest = NULL;
  unsigned nearest_distance = 3;
  size_t length = strlen(name);
  for (; *known != NULL && length <= NAME_MAX_LENGTH; known++) {
    size_t known_length = strlen(*known);
    if (known_length > NAME_MAX_LENGTH)
      continue;
    unsigned changes = distance(name, length, *known, known_length);
    if (changes < nearest_distance && changes * 3 <= MAX(length, known_length)) {
      nearest = *known;
      nearest_distance = changes;
    }
  }
  return nearest;
}

bool
sim_error_unknown(GError **error, const char *what, const char *name, const char *const *known)
{
  GString *text = g_string_new(NULL);
  const char *nearest = sim_error_nearest(name, known);
  g_string_append_printf(text, "unknown %s \"%s\";", what, name);
  if (nearest != NULL)
    g_string_append_printf(text, " did you mean \"%s\"?", nearest);
  g_string_append(text, " accepted: ");
  for (const char *const *entry = known; *entry != NULL; entry++)
    g_string_append_printf(text, "%s%s", entry == known ? "" : ", ", *entry);
  if (*known == NULL)
    g_string_append(text, "none");
  g_set_error_literal(error, SIM_ERROR, SIM_ERROR_NAME, text->str);
  g_string_free(text, TRUE);
  return false;
}

G_NORETURN void
sim_assert_failed(const char *file, int line, const char *condition, SimTime now)
{
  char time[SIM_TIME_TEXT];
  fprintf(stderr, "%s:%d: at %s s: assertion failed: %s\n", file, line, sim_time_print(now, time),
          condition);
  abort();
}
