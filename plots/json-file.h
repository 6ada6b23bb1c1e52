/* json-file: a JSON file that a run or a study left, which somebody may have edited. */
#pragma once

#include <json-glib/json-glib.h>

/* The parser that has read the file; g_object_unref. NULL and an error with the file, and the line
 * where there is one, when it cannot be read, is no JSON, or is nested deeper than what we write.
 */
JsonParser *json_file_read(const char *path, GError **error);
