/* study-table: what a study left, for its figures: study.json (parameters, what was varied) and
 * results.csv (a row a run). Runs without results are left out. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/quantity.h"

typedef struct StudyParam {
  char *name;           /* owned */
  SimQuantityKind kind; /* of a number */
  bool text;            /* it is none */
  char *value;          /* owned: where it is not varied, as printed */
  bool varied;
} StudyParam;

typedef struct StudyColumn {
  char *name;       /* owned */
  int param;        /* in StudyTable.params; -1: a result */
  GArray *numbers;  /* of double, a row each; NaN: no number */
  GPtrArray *texts; /* of char *, borrowed from GLib's interned strings, a row each */
} StudyColumn;

typedef struct StudyTable {
  GPtrArray *params;  /* of StudyParam */
  GPtrArray *columns; /* of StudyColumn: parameters, then results, as in the file */
  guint rows;
} StudyTable;

StudyTable *study_table_read(const char *folder, GError **error);
void study_table_free(StudyTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StudyTable, study_table_free)

/* A column by name; NULL and an error with the names there are. `what` is for the message: "x". */
const StudyColumn *study_table_column(const StudyTable *table, const char *what, const char *name,
                                      GError **error);
double study_column_number(const StudyColumn *column, guint row);
const char *study_column_text(const StudyColumn *column, guint row);
/* A value of a column as one would write it: "50 ms", "cubic". g_free. */
char *study_column_print(const StudyTable *table, const StudyColumn *column, guint row);
