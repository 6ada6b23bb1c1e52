/* csv: the buffer, and cells without printf. */
#include "scenarios/runner/csv.h"

#include "sim/error.h"

#define BUFFER_SIZE ((size_t)512 * 1024)

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

static bool
file_error(GError **error, const char *what, const char *path, int code)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot %s %s: %s", what, path, g_strerror(code));
  return false;
}

CsvFile *
csv_open(const char *path, const char *header, GError **error)
{
  SimOutFile out;
  if (!sim_out_file_open(&out, path)) {
    file_error(error, "create", path, out.error);
    return NULL;
  }
  CsvFile *file = g_new0(CsvFile, 1);
  file->path = g_strdup(path);
  file->out = out;
  file->last_time = -1;
  file->capacity = BUFFER_SIZE;
  file->buffer = g_malloc(BUFFER_SIZE);
  csv_end(file, csv_put_word(csv_begin(file, strlen(header) + 1), header));
  return file;
}

static void
flush(CsvFile *file)
{
  sim_out_file_write(&file->out, file->buffer, file->used);
  file->used = 0;
}

GError *
csv_error(const CsvFile *file)
{
  GError *error = NULL;
  file_error(&error, "write", file->path, file->out.error);
  return error;
}

bool
csv_close(CsvFile *file, GError **error)
{
  flush(file);
  sim_out_file_close(&file->out);
  int failed = file->out.error;
  bool good = failed == 0 || file_error(error, "write", file->path, failed);
  g_free(file->buffer);
  g_free(file->path);
  g_free(file);
  return good;
}

char *
csv_make_room(CsvFile *file, size_t room)
{
  flush(file);
  if (room > file->capacity) {
    file->capacity = room;
    file->buffer = g_realloc(file->buffer, room);
  }
  return file->buffer;
}

size_t
csv_text_room(const char *text)
{
  return 4 * strlen(text) + 3; /* every byte as \xHH, quotes around, a ' in front */
}

/* A control character: C0, DEL, or one of C1, which UTF-8 writes as C2 80 to C2 9F. */
static bool
is_control(const char *at)
{
  unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];
  return first < 0x20 || first == 0x7f || (first == 0xc2 && second >= 0x80 && second < 0xa0);
}

static char *
put_escape(char *at, unsigned char byte)
{
  static const char hex[] = "0123456789abcdef";
  *at++ = '\\';
  if (byte == '\n' || byte == '\t' || byte == '\r') {
    *at++ = byte == '\n' ? 'n' : byte == '\t' ? 't' : 'r';
    return at;
  }
  *at++ = 'x';
  *at++ = hex[byte >> 4];
  *at++ = hex[byte & 15];
  return at;
}

char *
csv_put_text(char *at, const char *text)
{
  bool quote = strpbrk(text, ",\"") != NULL;
  if (quote)
    *at++ = '"';
  if (text[0] != '\0' && strchr("=+-@", text[0]) != NULL)
    *at++ = '\'';
  while (*text != '\0') {
    gunichar character = g_utf8_get_char_validated(text, -1);
    int length = (character & 0x80000000u) ? 0 : g_utf8_skip[(unsigned char)*text];
    if (length == 0 || is_control(text)) {
      for (int i = 0; i < MAX(length, 1); i++)
        at = put_escape(at, (unsigned char)*text++);
      continue;
    }
    if (*text == '"')
      *at++ = '"';
    memcpy(at, text, (size_t)length);
    at += length;
    text += length;
  }
  if (quote)
    *at++ = '"';
  return at;
}

/* Digits come in pairs, from the front, without a division: a number below 100^n is turned into
 * one with a binary point, 32 bits behind it, whose integer is the first pair; the rest times 100
 * has the next one there. What is multiplied with is rounded up, so that no pair is too small, and
 * has bits enough for none to be too large in its range (each range was tried whole). */
static inline char *
put_pair(char *at, uint64_t pointed)
{
  memcpy(at, digit_pairs + 2 * (pointed >> 32), 2);
  return at + 2;
}

static inline __attribute__((always_inline)) char *
put_more_pairs(char *at, uint64_t pointed, int pairs)
{
  for (int i = 0; i < pairs; i++) {
    pointed = (pointed & UINT32_MAX) * 100;
    at = put_pair(at, pointed);
  }
  return at;
}

/* The first pair without a zero in front, and so many more. */
static inline __attribute__((always_inline)) char *
put_pairs(char *at, uint64_t pointed, int more)
{
  uint64_t first = pointed >> 32;
  if (first >= 10)
    at = put_pair(at, pointed);
  else
    *at++ = (char)('0' + first);
  return put_more_pairs(at, pointed, more);
}

/* Before the point: one pair of four digits, of six, of eight, of ten (below 2^32). */
static uint64_t
point4(uint64_t value)
{
  return value * ((UINT64_C(1) << 32) / 100 + 1);
}

static uint64_t
point6(uint64_t value)
{
  return value * ((UINT64_C(1) << 32) / 10000 + 1);
}

static uint64_t
point8(uint64_t value)
{
  return (value * ((UINT64_C(1) << 48) / 1000000 + 1) >> 16) + 1;
}

static uint64_t
point10(uint64_t value)
{
  return (value * ((UINT64_C(1) << 57) / 100000000 + 1) >> 25) + 1;
}

SIM_HOT char *
csv_put_u64(char *at, uint64_t value)
{
  if (value < 100)
    return put_pairs(at, value << 32, 0);
  if (value < 10000)
    return put_pairs(at, point4(value), 1);
  if (value < 1000000)
    return put_pairs(at, point6(value), 2);
  if (value < 100000000)
    return put_pairs(at, point8(value), 3);
  if (value <= UINT32_MAX)
    return put_pairs(at, point10(value), 4);
  at = csv_put_u64(at, value / 100000000);
  uint64_t rest = point8(value % 100000000);
  return put_more_pairs(put_pair(at, rest), rest, 3);
}

char *
csv_put_i64(char *at, int64_t value)
{
  if (value >= 0)
    return csv_put_u64(at, (uint64_t)value);
  *at++ = '-';
  return csv_put_u64(at, -(uint64_t)value);
}

static char *
put_six(char *at, uint64_t value)
{
  uint64_t pointed = point6(value);
  return put_more_pairs(put_pair(at, pointed), pointed, 2);
}

/* A fraction of twelve digits without the zeros at its end. */
static char *
put_fraction(char *at, uint64_t fraction)
{
  *at++ = '.';
  at = put_six(at, fraction / SIM_MICROSECOND);
  if (fraction % SIM_MICROSECOND != 0)
    at = put_six(at, fraction % SIM_MICROSECOND);
  while (at[-1] == '0')
    at--;
  return at;
}

char *
csv_put_seconds(char *at, SimTime time)
{
  at = csv_put_u64(at, (uint64_t)time / SIM_SECOND);
  uint64_t fraction = (uint64_t)time % SIM_SECOND;
  return fraction == 0 ? at : put_fraction(at, fraction);
}

SIM_HOT char *
csv_put_new_time(CsvFile *file, char *at, SimTime time)
{
  char *end = csv_put_seconds(at, time);
  file->last_time = time;
  file->time_at = (size_t)(at - file->buffer);
  file->time_length = (uint32_t)(end - at);
  return end;
}
