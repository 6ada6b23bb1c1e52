/* theory: formulas that a study's figure lays over what was simulated.
 *
 *   mathis    Mathis, Semke, Mahdavi, Ott 1997: goodput [bit/s] of Reno without time-outs
 *   pftk      Padhye, Firoiu, Towsley, Kurose 1998: the same with time-outs
 *   cubic     RFC 9438, section 5: goodput [bit/s] of CUBIC with periodic loss, and never below
 *             Reno's
 *   cardwell  Cardwell, Savage, Anderson 2000: mean time to connect [s]
 *   mm1       an M/M/1 queue: mean number in it, or with `service` the mean time through it [s]
 *
 * A formula is called with arguments, `pftk(p=loss, rtt=2*delay+1ms, mss=1460)`: sums of
 * numbers, quantities and parameters of the study, times a number. What is not given is taken from
 * a parameter of that name or of its usual one, or is what theory_arguments says. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define THEORY_ARGUMENTS_MAX 8

typedef struct TheoryArgument {
  const char *name;      /* "rtt" */
  const char *otherwise; /* expressions to try in this order, with | between: "rtt|2*delay" */
  const char *help;
} TheoryArgument;

typedef struct TheoryOps {
  const char *name, *title, *help;
  TheoryArgument arguments[THEORY_ARGUMENTS_MAX]; /* a name of NULL ends them */
  double (*value)(const double *arguments);       /* NaN: it says nothing there */
} TheoryOps;

/* NULL-terminated. */
const TheoryOps *const *theory_list(void);

/* A formula with its arguments, as text. */
typedef struct TheoryCall {
  const TheoryOps *ops;
  char *expressions[THEORY_ARGUMENTS_MAX]; /* owned; NULL: not given */
} TheoryCall;

/* Reads "mathis; pftk(rtt=2*delay)" (with , or ; between). g_ptr_array_unref. */
GPtrArray *theory_parse(const char *text, GError **error);

/* What a name stands for; false: there is no such parameter, or it is no number. */
typedef bool (*TheoryLookup)(const char *name, double *value, void *data);
/* An expression that is unknown, or an argument without value, is an error. */
bool theory_value(const TheoryCall *call, TheoryLookup lookup, void *data, double *value,
                  GError **error);
