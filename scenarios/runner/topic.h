/* topic: the pages of `roundtrip help`, which the manual page has too. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Topic {
  char *name;    /* "units" */
  char *summary; /* half a sentence */
  char *text;    /* lines of at most 104; indented ones stand as they are */
  bool language; /* a part of the scenario language, from its tables */
} Topic;

/* All of them, in the order in which one would read them. g_ptr_array_unref. */
GPtrArray *topics_new(void);
/* The page of the manual in the language of man(7). g_free. */
char *topics_man(void);
