/* run-folder: a folder of its own for a test, and what is in it. */
#pragma once

#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static inline char *
folder_new(void)
{
  GError *error = NULL;
  char *folder = g_dir_make_tmp("roundtrip-test-XXXXXX", &error);
  g_assert_no_error(error);
  return folder;
}

static inline int
folder_remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
  return remove(path);
}

/* Removes it with all that is in it, and frees the name. */
static inline void
folder_free(char *folder)
{
  nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free(folder);
}

static inline bool
folder_has(const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

static inline void
folder_put(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  GError *error = NULL;
  g_file_set_contents(path, text, -1, &error);
  g_assert_no_error(error);
}

/* The file's bytes, with a NUL behind them. g_free. */
static inline char *
folder_read(const char *folder, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text = NULL;
  GError *error = NULL;
  g_file_get_contents(path, &text, length, &error);
  g_assert_no_error(error);
  return text;
}

/* The lines of a file. g_strfreev. Not by g_strsplit(): AddressSanitizer measures the rest of the
 * text at each of its strstr(), which takes a minute for a long timeline. */
static inline char **
folder_lines(const char *folder, const char *name)
{
  gsize length;
  g_autofree char *text = folder_read(folder, name, &length);
  GPtrArray *lines = g_ptr_array_new();
  const char *at = text, *end = text + length, *line_end;
  for (; (line_end = memchr(at, '\n', (gsize)(end - at))) != NULL; at = line_end + 1)
    g_ptr_array_add(lines, g_strndup(at, (gsize)(line_end - at)));
  g_assert_true(length > 0 && at == end); /* the last line is whole */
  g_ptr_array_add(lines, NULL);
  return (char **)g_ptr_array_free(lines, FALSE);
}
