/* csv: a file of comma-separated rows (RFC 4180, lines end in LF), written through a large buffer.
 *
 * A row is made by hand, without printf: csv_begin() gives room, the csv_put_...() functions write
 * a cell each and return its end, csv_end() keeps the row. Between the two nothing is in the file,
 * so that a row is there whole or not at all. The first error of writing is kept, later rows are
 * thrown away, and csv_close() tells. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sim/out-file.h"
#include "sim/time.h"

typedef struct CsvFile {
  char *path; /* owned; for messages */
  SimOutFile out;
  char *buffer;         /* owned */
  size_t used;          /* bytes of whole rows in the buffer */
  size_t capacity;      /* bytes of the buffer */
  SimTime last_time;    /* the time that was put last; -1: none */
  size_t time_at;       /* where, in the buffer; it is still there when a row was kept since */
  uint32_t time_length; /* its bytes */
} CsvFile;

/* Makes the file and writes `header`, a line without its end. NULL and an error. */
CsvFile *csv_open(const char *path, const char *header, GError **error);
/* Writes what is in the buffer, closes and frees in any case. False and an error when any write
 * failed since csv_open(). */
bool csv_close(CsvFile *file, GError **error);
GError *csv_error(const CsvFile *file); /* "cannot write PATH: ..."; file->out.error is not 0 */

char *csv_make_room(CsvFile *file, size_t room); /* for csv_begin() */

/* Room for a row of at most `room` bytes. */
static inline char *
csv_begin(CsvFile *file, size_t room)
{
  if (G_UNLIKELY(room > file->capacity - file->used))
    return csv_make_room(file, room);
  return file->buffer + file->used;
}

/* The row ends before `end`: a line end is put there (within the room) and the row is kept. */
static inline void
csv_end(CsvFile *file, char *end)
{
  *end++ = '\n';
  file->used = (size_t)(end - file->buffer);
}

/* Bytes of whole rows so far. */
static inline uint64_t
csv_size(const CsvFile *file)
{
  return file->out.size + file->used;
}

/* Room that csv_put_text() may need for `text`. */
size_t csv_text_room(const char *text);
/* Text of which nothing is known: control characters and what is no UTF-8 as \n, \t, \xHH; a
 * first character that a spreadsheet takes for a formula (= + - @) gets ' in front; quotes where
 * RFC 4180 asks for them. */
char *csv_put_text(char *at, const char *text);
char *csv_put_u64(char *at, uint64_t value);
char *csv_put_i64(char *at, int64_t value);
/* The form of sim_time_print(); `time` is not negative. SIM_TIME_TEXT bytes may be written. */
char *csv_put_seconds(char *at, SimTime time);
char *csv_put_new_time(CsvFile *file, char *at, SimTime time); /* for csv_put_time() */

/* The same for a time that is likely to be that of the row before; `at` is in the file's buffer. */
static inline char *
csv_put_time(CsvFile *file, char *at, SimTime time)
{
  if (time != file->last_time || file->time_at >= file->used)
    return csv_put_new_time(file, at, time);
  memmove(at, file->buffer + file->time_at, SIM_TIME_TEXT); /* rows may be shorter */
  return at + file->time_length;
}

/* Text that is known to need no quotes. */
static inline char *
csv_put_plain(char *at, const char *text, size_t length)
{
  memcpy(at, text, length);
  return at + length;
}

static inline char *
csv_put_word(char *at, const char *word)
{
  return csv_put_plain(at, word, strlen(word));
}

/* Where csv_put_padded() reads and writes too much. */
#define CSV_PADDING 32

/* The same by so many bytes at a time: `text` may be read, and the row written, that far. */
static inline char *
csv_put_padded(char *at, const char *text, size_t length)
{
  for (size_t done = 0; done < length; done += CSV_PADDING)
    memcpy(at + done, text + done, CSV_PADDING);
  return at + length;
}

/* `count` commas: that many cells end here, all but the first of them empty. */
static inline char *
csv_put_commas(char *at, int count)
{
  memset(at, ',', (size_t)count);
  return at + count;
}
