/* param: a table that says which options a struct of settings has.
 *
 * Every plug-in (congestion control, loss model, queue discipline) and every profile carries one:
 * the Lua binding, `roundtrip list` and the reference are made from it, so that an option exists
 * everywhere or nowhere. A table ends with an entry whose name is NULL. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/numbers.h"
#include "sim/quantity.h"

typedef enum {
  SIM_PARAM_BOOL,    /* bool */
  SIM_PARAM_INTEGER, /* int64_t */
  SIM_PARAM_PACKETS, /* int64_t: 100 or "100 pkt" */
  SIM_PARAM_TIME,    /* SimTime */
  SIM_PARAM_SIZE,    /* uint64_t bytes */
  SIM_PARAM_RATE,    /* uint64_t bit/s; 0 is unlimited */
  SIM_PARAM_RATIO,   /* double, 0 to 1 unless min and max say otherwise */
  SIM_PARAM_NUMBER,  /* double */
  SIM_PARAM_CHOICE,  /* int: index into choices; `true` and `false` stand for "on" and "off" */
  SIM_PARAM_NUMBERS, /* SimNumbers: a list; freed with sim_numbers_clear() by its owner */
  SIM_PARAM_FILE,    /* the same from a text file, `form` of a row */
} SimParamKind;

/* A word that stands for a value which no number can say: {"off", SIM_TIME_NEVER}. `false` is
 * looked up as "off", `true` as "on". A list ends with a NULL word. */
typedef struct SimParamWord {
  const char *word;
  int64_t value; /* stored as it is, without a check against min and max */
} SimParamWord;

typedef struct SimParam {
  const char *name; /* NULL ends the table; "keepalive.idle" is idle in a table called keepalive */
  SimParamKind kind;
  size_t offset;              /* of the field in the struct of settings */
  double min, max;            /* inclusive, in the SI unit; both 0: any non-negative value */
  const SimParamWord *words;  /* INTEGER, TIME, SIZE, RATE: accepted besides numbers; NULL: none */
  const char *const *choices; /* CHOICE: NULL-terminated */
  const char *help;           /* half a sentence: "first retransmission timeout of a SYN" */
  const SimNumbersForm *form; /* NUMBERS, FILE */
} SimParam;

/* A value as a scenario gives it. */
typedef struct SimParamValue {
  enum { SIM_VALUE_BOOL, SIM_VALUE_NUMBER, SIM_VALUE_TEXT, SIM_VALUE_NUMBERS } type;
  bool boolean;
  double number;         /* in the SI unit */
  const char *text;      /* "50 ms", "when full"; of a FILE the path; borrowed */
  const double *numbers; /* borrowed; `count` of them */
  uint32_t count;
} SimParamValue;

/* The entry called `name`, or NULL. */
const SimParam *sim_param_find(const SimParam *params, const char *name);

/* Checks `value` against `param` and stores it in `settings`. On failure nothing is stored and the
 * error says the field, the value and what is accepted. */
bool sim_param_set(const SimParam *param, void *settings, const SimParamValue *value,
                   GError **error);

/* The stored value in the form one would write it ("200 ms", "true", "cubic", "off"). g_free. */
char *sim_param_print(const SimParam *param, const void *settings);

/* What `param` takes, for messages and help: "a time such as "50 ms"", "true or false". g_free. */
char *sim_param_accepts(const SimParam *param);

/* All names as a NULL-terminated array (for sim_error_unknown()). Free the array with g_free. */
const char **sim_param_names(const SimParam *params);
