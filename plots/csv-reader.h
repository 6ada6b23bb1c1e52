/* csv-reader: the rows of a CSV file (RFC 4180), column by column name.
 *
 * The file is read as a whole (one that is mapped kills who reads it, when somebody else cuts it
 * short) and walked once; a field is copied into one scratch buffer. The file is not trusted:
 * whatever does not belong there ends the reading with its file, line and column, and what is no
 * UTF-8 in a field is replaced. Columns that are not known are passed over, so that a later
 * version's file can be read. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/time.h"

typedef struct CsvReader {
  const char *file;         /* for messages; borrowed */
  char *text;               /* owned: all of it; NULL: it could not be read */
  const char *const *names; /* of the columns that are wanted; NULL-terminated; borrowed */
  const char *at, *end;     /* what is left of the file */
  guint32 line;             /* of `at`, from 1 */
  guint32 row_line;         /* in which the row under way began */
  SimTime last_time;        /* of the row above; the rows of all our files are in order of time */
  GString *field;           /* owned: the last field read, without its quotes; valid UTF-8 */
  GArray *columns;          /* owned: of int: which of `names` field i is; -1: none of them */
} CsvReader;

/* Opens `file` and reads its first line, in which every name must be. `what` it has to be: "a
 * timeline". To be closed in any case. */
bool csv_reader_open(CsvReader *reader, const char *file, const char *const *names,
                     const char *what, GError **error);
void csv_reader_close(CsvReader *reader);

/* Is there another row? */
bool csv_reader_more(const CsvReader *reader);
/* Reads one, handing over its fields (reader->field) with the number of their column. */
typedef bool (*CsvReaderFn)(CsvReader *reader, int column, void *data, GError **error);
bool csv_reader_row(CsvReader *reader, CsvReaderFn store, void *data, GError **error);

/* The field as a time in seconds, not before that of the row above. */
bool csv_reader_time(CsvReader *reader, int column, SimTime *time, GError **error);
/* Decimal digits from *text on, which is moved behind them; false when there is none, or when the
 * number is greater than `max`. */
bool csv_reader_digits(const char **text, guint64 max, guint64 *value);

/* Refuse the row, or the field: "timeline.csv:7: seq: "x" is not a sequence number". False. */
bool csv_reader_fail(const CsvReader *reader, const char *what, GError **error);
bool csv_reader_fail_value(const CsvReader *reader, int column, const char *accepted,
                           GError **error);
