/* Files that are written ahead: their bytes, what they take on the disk, and one that is full. */
#include "sim/out-file.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE ((size_t)1 << 20)
#define PIECES 11 /* more than is asked for ahead at a time, and not a multiple of it */

static void
long_file_keeps_no_room_that_it_does_not_need(void)
{
  g_autofree char *folder = g_dir_make_tmp("out-file-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "long", NULL);
  g_autofree char *piece = g_malloc(PIECE);
  SimOutFile file;
  g_assert_true(sim_out_file_open(&file, path));
  for (int i = 0; i < PIECES; i++) {
    memset(piece, 'a' + i, PIECE);
    sim_out_file_write(&file, piece, PIECE);
  }
  sim_out_file_write(&file, "end", 3);
  g_assert_cmpuint(file.size, ==, PIECES * PIECE + 3);
  sim_out_file_close(&file);
  g_assert_cmpint(file.error, ==, 0);

  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  g_assert_cmpuint(length, ==, PIECES * PIECE + 3);
  for (int i = 0; i < PIECES; i++)
    g_assert_true(bytes[(size_t)i * PIECE] == 'a' + i &&
                  bytes[(size_t)(i + 1) * PIECE - 1] == 'a' + i);
  g_assert_cmpstr(bytes + PIECES * PIECE, ==, "end");
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint((int64_t)status.st_blocks * 512, <, (int64_t)(PIECES + 1) * (int64_t)PIECE);
  g_remove(path);
  g_rmdir(folder);
}

static void
first_error_is_kept(void)
{
  SimOutFile file;
  g_assert_false(sim_out_file_open(&file, "/nonexistent/a"));
  g_assert_cmpint(file.error, ==, ENOENT);
  if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip("this system has no /dev/full");
    return;
  }
  g_assert_true(sim_out_file_open(&file, "/dev/full"));
  sim_out_file_write(&file, "x", 1);
  sim_out_file_write(&file, "y", 1);
  g_assert_cmpuint(file.size, ==, 0);
  sim_out_file_close(&file);
  g_assert_cmpint(file.error, ==, ENOSPC);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/out-file/long-file-keeps-no-room-that-it-does-not-need",
                  long_file_keeps_no_room_that_it_does_not_need);
  g_test_add_func("/out-file/first-error-is-kept", first_error_is_kept);
  return g_test_run();
}
