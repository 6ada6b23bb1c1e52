/* terminal: what may be written to a stream: letters, colours, columns. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

#define TERMINAL_WIDTH_LEAST 60
#define TERMINAL_WIDTH_MOST 400

typedef struct Terminal {
  bool is_terminal, unicode, colour;
  guint width; /* columns; of a terminal within LEAST and MOST; else 100 */
} Terminal;

/* Unicode unless a terminal's locale is not UTF-8; colour on a terminal unless NO_COLOR is set. */
Terminal terminal_of(int fd);

/* A text of a scenario or a file as it may be printed: what a terminal would obey is written out, as
 * "\x1b" (control characters but line ends and tabs, and what is no UTF-8), and so are the marks that
 * turn the direction of writing. g_free. */
char *terminal_plain(const char *text);
/* Prints it so. */
void terminal_put(FILE *stream, const char *text);
