/* reference-table: a file of numbers and words with commas between, read a line at a time by the
 * names of its columns. No field is quoted. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct ReferenceTable {
  char *path;                        /* owned */
  char **lines, **columns, **fields; /* owned */
  guint line;                        /* in the file, of `fields`, from 1 */
  char *wrong;                       /* owned: the first column that was missing or no number */
} ReferenceTable;

/* NULL: there is no such file. */
ReferenceTable *reference_table_open(const char *path, GError **error);
/* Goes to the next line; false: there is none, or something was wrong in this one. */
bool reference_table_next(ReferenceTable *table);
/* A field of this line, borrowed; "" when there is no such column. */
const char *reference_table_text(ReferenceTable *table, const char *column);
/* Nothing counts as 0. */
double reference_table_number(ReferenceTable *table, const char *column);
/* Frees it. False: something was wrong, and the error names the file, line and column. */
bool reference_table_close(ReferenceTable *table, GError **error);
