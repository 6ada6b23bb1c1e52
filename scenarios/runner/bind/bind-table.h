/* bind-table: the tables that the scenario language is made of.
 *
 * Every function, method, field and option stands in one of them, with its types and its line of
 * the reference. What is registered, accepted and refused is read from the same rows, so that
 * nothing can exist without its line. reference.h makes the page, the file for editors and the
 * pages of help from the list of groups.
 *
 * Types are words of the reference: number, integer, boolean, string, nil, table, function; Time,
 * Size, Rate, Ratio (a text with a unit, or a number in the SI unit); seconds, bytes, rate (such a
 * number, as it is read); names of classes and of tables of options below; T[], A|B, fun(c: C). */
#pragma once

#include <lua.h>

#include "sim/param.h"

/* A function of the language, or a method of an object. A table ends with a NULL name. */
typedef struct BindFunction {
  const char *name;
  lua_CFunction call;     /* NULL: it is made otherwise, and only told of here */
  const char *parameters; /* "port: integer, handler?: fun(conn: Connection)"; NULL: none */
  const char *returns;    /* "Listener"; NULL: nothing */
  const char *help;       /* half a sentence */
} BindFunction;

/* A field of an object, or an option that a SimParam cannot describe. */
typedef struct BindField {
  const char *name; /* NULL ends the table */
  const char *type;
  const char *help;
  bool writable; /* of an object: may be assigned */
} BindField;

/* A table of options that a call takes: those of `params` and those of `extras`. */
typedef struct BindOptions {
  const char *name;        /* of the class: "LinkOptions" */
  const char *what;        /* for messages: "option of a link" */
  const SimParam *params;  /* NULL: none */
  const BindField *extras; /* NULL: none */
  const void
      *defaults;    /* what the fields of `params` are when they are not given; NULL: it depends */
  const char *help; /* where it is used */
} BindOptions;

/* A table that a call returns, or an object that is not of a BindType. */
typedef struct BindRecord {
  const char *name; /* of the class: "PingResult" */
  const char *help;
  const BindField *fields;
} BindRecord;

struct BindType;

/* A part of the language: what bind_base_open() registers, and a chapter of the reference. */
typedef struct BindGroup {
  const char *name;                    /* of its page in help: "network" */
  const char *title;                   /* "Network" */
  const char *help;                    /* half a sentence */
  const char *library;                 /* "random": its functions are random.NAME; NULL: globals */
  const BindFunction *functions;       /* NULL: none */
  const struct BindType *const *types; /* NULL-terminated; NULL: none */
  const BindOptions *const *options;   /* the same */
  const BindRecord *const *records;    /* the same */
  void (*open)(lua_State *L);          /* what else it needs, the language on top; NULL: nothing */
} BindGroup;

/* Those of the whole language, in the order of the reference. NULL-terminated. */
const BindGroup *const *bind_groups(void);
/* Sets the functions that have one in the table on top of the stack. */
void bind_functions_set(lua_State *L, const BindFunction *functions);
