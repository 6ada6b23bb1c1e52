/* terminal: what may be written to a stream: letters, colours, columns. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define TERMINAL_WIDTH_LEAST 60
#define TERMINAL_WIDTH_MOST 400

typedef struct Terminal {
  bool is_terminal, unicode, colour;
  guint width; /* columns; of a terminal within LEAST and MOST; else 100 */
} Terminal;

/* Unicode unless a terminal's locale is not UTF-8; colour on a terminal unless NO_COLOR is set. */
Terminal terminal_of(int fd);
