/* file: reading what a user names, or what stands in a folder that is not trusted.
 *
 * Only ordinary files are read. A named pipe would wait for a writer that never comes, a device may
 * never end or do something because it was opened, and of a folder a library says something
 * that does not help. So a file is opened without waiting, and looked at before it is read. What
 * can be read from a pipe has an option of its own (`run --stdin`). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A descriptor to close(), at the file's start; -1 and an error: "x" is a named pipe; ACCEPTED.
 * `accepted` says what is wanted in its place: "a scenario is a file of Lua, such as first.lua". */
int sim_file_open(const char *path, const char *accepted, GError **error);
/* The same as a stream to fclose(); NULL. */
FILE *sim_file_stream(const char *path, const char *accepted, GError **error);
/* All of it, with a zero byte behind it that does not count, to g_free(); NULL. */
char *sim_file_read(const char *path, const char *accepted, size_t *length, GError **error);
