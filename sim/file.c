/* file: see the header. */
#include "sim/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/error.h"

#define ROOM_LEAST 4096 /* bytes: some files do not say how long they are (/proc) */

/* What is no file; NULL: it is one. */
static const char *
other_than_file(mode_t mode)
{
  switch (mode & S_IFMT) {
  case S_IFREG:
    return NULL;
  case S_IFDIR:
    return "a folder";
  case S_IFIFO:
    return "a pipe";
  case S_IFSOCK:
    return "a socket";
  default:
    return "a device";
  }
}

static void
refuse(const char *path, const char *kind, const char *accepted, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "\"%s\" is %s; %s", path, kind, accepted);
}

static void
fail(const char *path, int why, GError **error)
{
  g_set_error(error, SIM_ERROR, SIM_ERROR_FILE, "cannot read \"%s\": %s", path, g_strerror(why));
}

int
sim_file_open(const char *path, const char *accepted, GError **error)
{
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;
  const char *kind = NULL;
  if (fd < 0 && errno == ENXIO) { /* it is there, and cannot be opened as a file is */
    kind = stat(path, &status) == 0 ? other_than_file(status.st_mode) : NULL;
    refuse(path, kind != NULL ? kind : "no file", accepted, error);
    return -1;
  }
  if (fd < 0 || fstat(fd, &status) != 0) {
    fail(path, errno, error);
  } else {
    kind = other_than_file(status.st_mode);
    if (kind == NULL)
      return fd;
    refuse(path, kind, accepted, error);
  }
  if (fd >= 0)
    close(fd);
  return -1;
}

FILE *
sim_file_stream(const char *path, const char *accepted, GError **error)
{
  int fd = sim_file_open(path, accepted, error);
  FILE *stream = fd >= 0 ? fdopen(fd, "rb") : NULL;
  if (fd >= 0 && stream == NULL) {
    fail(path, errno, error);
    close(fd);
  }
  return stream;
}

/* Its length is what is found, not what it was said to be: a file may grow or shrink meanwhile.
 * NULL: errno says why. */
static char *
read_all(int fd, size_t room, size_t *length)
{
  char *text = g_try_malloc(room);
  for (*length = 0; text != NULL;) {
    ssize_t got = read(fd, text + *length, room - 1 - *length);
    if (got == 0) {
      text[*length] = '\0';
      return text;
    }
    if (got < 0 && errno != EINTR)
      break;
    *length += got > 0 ? (size_t)got : 0;
    if (*length < room - 1)
      continue;
    char *more = room <= SIZE_MAX / 2 ? g_try_realloc(text, room *= 2) : NULL;
    if (more == NULL)
      break;
    text = more;
  }
  int why = errno;
  g_free(text);
  errno = why;
  return NULL;
}

char *
sim_file_read(const char *path, const char *accepted, size_t *length, GError **error)
{
  int fd = sim_file_open(path, accepted, error);
  if (fd < 0)
    return NULL;
  struct stat status;
  size_t room = fstat(fd, &status) == 0 ? (size_t)status.st_size + 2 : 0;
  errno = ENOMEM; /* what refuses memory says so or nothing */
  char *text = read_all(fd, MAX(room, ROOM_LEAST), length);
  if (text == NULL)
    fail(path, errno, error);
  close(fd);
  return text;
}
