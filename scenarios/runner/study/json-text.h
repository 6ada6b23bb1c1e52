/* json-text: the two small texts of JSON that a run has in the database, written and read without a
 * tree of objects: a row of study.db is written every few hundred microseconds. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Appends `text` in quotes. */
void json_text_append_string(GString *to, const char *text);
/* Appends a finite number in the shortest form that reads back to the same. */
void json_text_append_number(GString *to, double value);

/* Reads {"name":number,...} as it was written with these. Calls `add` for each member; its name is
 * borrowed for the call. False: it is something else. */
bool json_text_read_numbers(const char *text,
                            void (*add)(const char *name, double value, void *data), void *data);
