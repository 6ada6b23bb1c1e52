/* reference: what the scenario language has, from the tables of which it is made
 * (bind/bind-table.h): as a page (scenarios/reference.md), as a file that tells editors
 * (scenarios/lib/roundtrip.meta.lua), and as pages of `roundtrip help`. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "scenarios/runner/bind/bind.h"

/* An option, or a field of an object. Owned by its list. */
typedef struct ReferenceRow {
  char *name;
  char *type;     /* "Time|\"off\"" */
  char *standard; /* what it is when it is not given; NULL: it depends, or has to be said */
  char *other;    /* of TCP's options the same with the profile rfc9293; NULL: the rest */
  char *accepts;  /* "from 0 to 1"; NULL: the type says it */
  char *help;
} ReferenceRow;

/* A class: a table of options, an object's fields, a record. Owned by its list. */
typedef struct ReferenceClass {
  char *name; /* "LinkOptions" */
  char *help;
  bool optional;   /* a table of options, whose fields may be left out */
  GPtrArray *rows; /* of ReferenceRow */
} ReferenceClass;

/* A word that stands for other types. */
typedef struct ReferenceAlias {
  char *name; /* "Loss" */
  char *type; /* "Ratio|LossBernoulli|..." */
  char *help;
} ReferenceAlias;

/* A class without rows; a row of a field; rows of parameters with `defaults` (NULL: unknown). */
ReferenceClass *reference_class_new(const char *name, const char *help, bool optional);
void reference_add_field(ReferenceClass *class, const BindField *field);
void reference_add_params(ReferenceClass *class, const SimParam *params, const void *defaults);
/* The class of a table of options, with its defaults. */
ReferenceClass *reference_of_options(const BindOptions *options);
ReferenceClass *reference_of_record(const BindRecord *record);
void reference_class_free(gpointer reference);
/* The models of a chapter of their own, "loss", "jitter", "queue", "cc": ReferenceClass, each. */
GPtrArray *reference_models(const char *which);
/* Of all types (ReferenceAlias) that are not classes. */
GPtrArray *reference_aliases(void);
/* The kinds of models, for loops: "loss", "jitter", "queue", "cc"; NULL-terminated. */
const char *const *reference_model_names(void);

/* "a: A, b?: fun(x: X, y: Y)" at the commas between its parts. g_strfreev. */
char **reference_split(const char *list);
/* "host(name: string, options?: HostOptions) -> Host", behind `owner` ("conn:", "random."; ""). */
char *reference_signature(const char *owner, const BindFunction *function);

/* The three forms; g_free. */
char *reference_page(void);
char *reference_meta(void);
/* A part of the language in plain text, lines of at most 96 but for signatures and tables. */
char *reference_text(const BindGroup *group);
/* What there is to say about a name: "link", "conn:send", "random.normal", "LinkOptions", "Host".
 * NULL: the language has no such name. */
char *reference_find(const char *name);
/* Adds every name that reference_find() knows to an array that frees them by g_free. */
void reference_names(GPtrArray *names);
