/* numbers: a list of numbers that a scenario gives, in its text or in a file beside it.
 *
 * A file has one row a line, `columns` numbers in each with blanks or a comma between them; what
 * follows a '#' is not read, and empty lines do not count. It is read without regard to the locale.
 * The line of each number is kept, so that whoever looks at them later can say where one is. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SimNumbers {
  double *values;  /* owned; row by row */
  uint32_t *lines; /* owned: of each, in the file; NULL: they are from the scenario's text */
  uint32_t count;
  char *file; /* owned: for messages; NULL: no file */
} SimNumbers;

/* The form of a list: how many a row, and what each may be. */
typedef struct SimNumbersForm {
  unsigned columns;
  double min, max; /* inclusive; both 0: any non-negative number */
  bool whole;      /* whole numbers only */
} SimNumbersForm;

/* Fills zeroed `numbers` from a file. An error names the file and the line. */
bool sim_numbers_read(SimNumbers *numbers, const char *path, const SimNumbersForm *form,
                      GError **error);
/* The same from a text that is called `name`. */
bool sim_numbers_parse(SimNumbers *numbers, const char *text, const char *name,
                       const SimNumbersForm *form, GError **error);
/* The same from an array. */
bool sim_numbers_copy(SimNumbers *numbers, const double *values, uint32_t count,
                      const SimNumbersForm *form, GError **error);
/* Frees what it owns and zeroes it. */
void sim_numbers_clear(SimNumbers *numbers);
/* "FILE:LINE: 12: WHY", or "12: WHY" for the scenario's own. False. */
bool sim_numbers_refuse(const SimNumbers *numbers, uint32_t index, const char *why, GError **error);
