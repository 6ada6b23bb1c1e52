/* fail-allocation: to be loaded before the C library (LD_PRELOAD), so that memory is refused.
 *
 * Allocations of a process are counted, those of its children from where it stood. ALLOCATION says
 * which fails (1 is the first), ALLOCATIONS=on that all behind it fail, too, and with
 * ALLOCATION_COUNT=FILE a process that ends writes how many there were. For glibc, whose own names
 * of these functions are used. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long counted, wanted;
static int on;

__attribute__((constructor)) static void
begin(void)
{
  const char *number = getenv("ALLOCATION"), *more = getenv("ALLOCATIONS");
  on = more != NULL && strcmp(more, "on") == 0;
  counted = 0;
  wanted = number != NULL ? atol(number) : 0;
}

__attribute__((destructor)) static void
end(void)
{
  const char *path = getenv("ALLOCATION_COUNT");
  long total = counted;
  FILE *file = path != NULL ? fopen(path, "a") : NULL;
  if (file == NULL)
    return;
  fprintf(file, "%ld\n", total);
  fclose(file);
}

static int
is_refused(void)
{
  counted++;
  if (wanted == 0 || counted < wanted || (counted > wanted && !on))
    return 0;
  errno = ENOMEM;
  return 1;
}

/* What is left when nothing is left: pages of one's own. */
void *
mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
  if (on && wanted != 0 && counted >= wanted && fd < 0 && flags & MAP_PRIVATE) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

void *
mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
  return mmap(at, size, protection, flags, fd, offset);
}

void *
malloc(size_t size)
{
  return is_refused() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
  return is_refused() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *block, size_t size)
{
  return is_refused() ? NULL : __libc_realloc(block, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
  return is_refused() ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **block, size_t alignment, size_t size)
{
  if (is_refused())
    return ENOMEM;
  *block = __libc_memalign(alignment, size);
  return *block != NULL ? 0 : ENOMEM;
}
