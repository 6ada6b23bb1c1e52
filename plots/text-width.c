/* text-width: the widths of printable ASCII; of other letters a wide guess. */
#include "plots/text-width.h"

#include <glib.h>

#define FIRST 0x20
#define LAST 0x7e
#define EAST 0x1100      /* from here on scripts are written in squares of the font's size */
#define OTHER_PERCENT 72 /* accented Latin, Greek, Cyrillic */
#define SQUARE_PERCENT 100

/* Hundredths of the font's size. */
static const guint8 percent[LAST - FIRST + 1] = {
    /* clang-format off */
     32,  40,  46,  84,  64,  95,  78,  27,  39,  39,  50,  84,  32,  36,  32,  34,
     64,  64,  64,  64,  64,  64,  64,  64,  64,  64,  34,  34,  84,  84,  84,  56,
    102,  68,  69,  72,  77,  67,  61,  78,  75,  29,  50,  67,  56,  86,  75,  79,
     67,  79,  72,  67,  61,  73,  68,  99,  69,  67,  69,  39,  34,  39,  84,  56,
     50,  61,  63,  55,  63,  62,  35,  63,  63,  28,  28,  58,  28,  97,  63,  61,
     63,  63,  41,  52,  39,  63,  59,  82,  59,  59,  52,  64,  34,  64,  84,
    /* clang-format on */
};

double
text_width(const char *text)
{
  guint64 sum = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_find_next_char(at, NULL)) {
    gunichar c = g_utf8_get_char(at);
    if (c >= FIRST && c <= LAST)
      sum += percent[c - FIRST];
    else
      sum += c >= EAST ? SQUARE_PERCENT : OTHER_PERCENT;
  }
  return (double)sum / 100 / TEXT_WIDTH_LETTER;
}
