/* csv: the buffer, and cells without printf. */
#include "scenarios/runner/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sim/error.h"

#define BUFFER_SIZE ((size_t)256 * 1024)
#define FILE_MODE 0666

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
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
  if (fd < 0) {
    file_error(error, "create", path, errno);
    return NULL;
  }
  CsvFile *file = g_new0(CsvFile, 1);
  file->path = g_strdup(path);
  file->fd = fd;
  file->last_time = -1;
  file->capacity = BUFFER_SIZE;
  file->buffer = g_malloc(BUFFER_SIZE);
  csv_end(file, csv_put_word(csv_begin(file, strlen(header) + 1), header));
  return file;
}

static void
flush(CsvFile *file)
{
  size_t done = 0;
  while (done < file->used && file->error == 0) {
    ssize_t count = write(file->fd, file->buffer + done, file->used - done);
    if (count > 0)
      done += (size_t)count;
    else if (count == 0 || errno != EINTR)
      file->error = count == 0 ? ENOSPC : errno;
  }
  file->used = 0;
}

GError *
csv_error(const CsvFile *file)
{
  GError *error = NULL;
  file_error(&error, "write", file->path, file->error);
  return error;
}

bool
csv_close(CsvFile *file, GError **error)
{
  flush(file);
  if (close(file->fd) != 0 && file->error == 0)
    file->error = errno;
  bool good = file->error == 0 || file_error(error, "write", file->path, file->error);
  g_free(file->buffer);
  g_free(file->path);
  g_free(file);
  return good;
}

char *
csv_begin(CsvFile *file, size_t room)
{
  if (G_UNLIKELY(room > file->capacity - file->used)) {
    flush(file);
    if (room > file->capacity) {
      file->capacity = room;
      file->buffer = g_realloc(file->buffer, room);
    }
  }
  return file->buffer + file->used;
}

void
csv_end(CsvFile *file, char *end)
{
  *end++ = '\n';
  size_t used = (size_t)(end - file->buffer);
  file->size += used - file->used;
  file->used = used;
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

/* Digits by the number of bits: so many or one more. */
static int
count_digits(uint64_t value)
{
  static const uint64_t powers[] = {
      UINT64_C(0),
      UINT64_C(10),
      UINT64_C(100),
      UINT64_C(1000),
      UINT64_C(10000),
      UINT64_C(100000),
      UINT64_C(1000000),
      UINT64_C(10000000),
      UINT64_C(100000000),
      UINT64_C(1000000000),
      UINT64_C(10000000000),
      UINT64_C(100000000000),
      UINT64_C(1000000000000),
      UINT64_C(10000000000000),
      UINT64_C(100000000000000),
      UINT64_C(1000000000000000),
      UINT64_C(10000000000000000),
      UINT64_C(100000000000000000),
      UINT64_C(1000000000000000000),
      UINT64_C(10000000000000000000),
  };
  int bits = 64 - __builtin_clzll(value | 1);
  int least = bits * 1233 >> 12; /* bits * log10(2) */
  return least + (value >= powers[least]);
}

/* The last two digits of `value` before `end`. */
static void
put_pair(char *end, uint32_t value)
{
  memcpy(end - 2, digit_pairs + 2 * value, 2);
}

char *
csv_put_u64(char *at, uint64_t value)
{
  if (value < 10) {
    *at = (char)('0' + value);
    return at + 1;
  }
  char *end = at + count_digits(value), *first = end;
  for (; value > UINT32_MAX; value /= 100, first -= 2)
    put_pair(first, (uint32_t)(value % 100));
  uint32_t rest = (uint32_t)value;
  for (; rest >= 100; rest /= 100, first -= 2)
    put_pair(first, rest % 100);
  if (rest >= 10)
    put_pair(first, rest);
  else
    first[-1] = (char)('0' + rest);
  return end;
}

char *
csv_put_i64(char *at, int64_t value)
{
  if (value >= 0)
    return csv_put_u64(at, (uint64_t)value);
  *at++ = '-';
  return csv_put_u64(at, -(uint64_t)value);
}

/* Six digits. */
static char *
put_six(char *at, uint32_t value)
{
  put_pair(at + 2, value / 10000);
  put_pair(at + 4, value / 100 % 100);
  put_pair(at + 6, value % 100);
  return at + 6;
}

static char *
print_time(char *at, SimTime time)
{
  at = csv_put_u64(at, (uint64_t)time / SIM_SECOND);
  uint64_t fraction = (uint64_t)time % SIM_SECOND;
  if (fraction == 0)
    return at;
  *at++ = '.';
  at = put_six(at, (uint32_t)(fraction / SIM_MICROSECOND));
  at = put_six(at, (uint32_t)(fraction % SIM_MICROSECOND));
  while (at[-1] == '0')
    at--;
  return at;
}

char *
csv_put_time(CsvFile *file, char *at, SimTime time)
{
  if (time != file->last_time) {
    file->last_time = time;
    file->time_length = (uint32_t)(print_time(file->time_text, time) - file->time_text);
  }
  memcpy(at, file->time_text, sizeof file->time_text);
  return at + file->time_length;
}
