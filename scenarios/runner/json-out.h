/* json-out: JSON text for people and programs: indented, members in the order of the calls, numbers
 * in the shortest form that reads back to the same double, the same in every locale.
 *
 * (json-glib's generator writes 0.1 as 0.10000000000000001, and knows no times.)
 * In an object every call names its member; in an array `name` is NULL. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

typedef struct JsonOut {
  GString *text; /* owned */
  int depth;     /* objects and arrays that are open */
  bool empty;    /* the innermost one has nothing in it yet */
} JsonOut;

/* Begins with the opening brace of the outermost object. */
void json_out_init(JsonOut *out);
/* Ends the outermost object, writes the file and frees the text. */
bool json_out_write(JsonOut *out, const char *path, GError **error);

void json_out_object(JsonOut *out, const char *name);
void json_out_object_end(JsonOut *out);
void json_out_array(JsonOut *out, const char *name);
void json_out_array_end(JsonOut *out);
/* `value` need not be UTF-8: what is not, is replaced. NULL is null. */
void json_out_string(JsonOut *out, const char *name, const char *value);
void json_out_integer(JsonOut *out, const char *name, uint64_t value);
void json_out_number(JsonOut *out, const char *name, double value); /* inf, nan: null */
void json_out_time(JsonOut *out, const char *name, SimTime value);  /* seconds; NEVER: null */
void json_out_boolean(JsonOut *out, const char *name, bool value);
