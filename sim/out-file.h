/* out-file: writing a file from its beginning to its end in large pieces, without a buffer.
 *
 * The first error is kept; after it nothing is written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct SimOutFile {
  int fd;
  int error;      /* errno of the first failure; 0: none */
  uint64_t size;  /* bytes written */
  uint64_t ahead; /* bytes for which there is room on the disk; UINT64_MAX: never asked again */
} SimOutFile;

/* Makes the file, or empties it. False: file->error says why. */
bool sim_out_file_open(SimOutFile *file, const char *path);
void sim_out_file_write(SimOutFile *file, const void *bytes, size_t count);
void sim_out_file_close(SimOutFile *file);
