/* figure-files: what the tests of figures read: rows of a run's CSV files, blocks of a figure's
 * data, and pictures. On purpose not the readers of plots/: what they get wrong shall show. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Table {
  char **header;       /* owned */
  GHashTable *columns; /* name -> index + 1 */
  GPtrArray *rows;     /* of char **, owned: a field each */
} Table;

/* FOLDER/FILE as RFC 4180 has it. The test fails when it is not there. */
Table *table_read(const char *folder, const char *file);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)
/* The field of a row in the column of that name, which must be there. Borrowed. */
const char *table_get(const Table *table, guint row, const char *column);
double table_number(const Table *table, guint row, const char *column);
bool table_is(const Table *table, guint row, const char *column, const char *value);

/* The lines of a block of a figure's data file, without comments. */
GPtrArray *block_lines(const char *folder, const char *file, const char *block);
/* Its rows, each as its fields (quotes taken off), but for those that stand where there is nothing.
 */
GPtrArray *block_read(const char *folder, const char *file, const char *block);
const char *block_get(const GPtrArray *rows, guint row, guint column);
double block_number(const GPtrArray *rows, guint row, guint column);

/* Lists of texts: do both hold the same, as often? The test says the first that one has alone. */
GPtrArray *lines_new(void);
void lines_add(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);
void lines_assert_same(const char *what, GPtrArray *expected, GPtrArray *found);

/* The size of a PNG in pixels. The test fails when it is none. */
void png_size(const char *folder, const char *file, guint *width, guint *height);
/* `NAME = VALUE` in a figure's script. */
double script_number(const char *folder, const char *file, const char *name);
