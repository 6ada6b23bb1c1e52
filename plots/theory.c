/* theory: the formulas, and a small reader of their arguments. */
#include "plots/theory.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/math.h"
#include "sim/quantity.h"

/* -- the formulas -- */

#define RATE_ARGUMENTS                                                                             \
  {"p", "p|loss", "probability that a packet is lost"}, {"rtt", "rtt|2*delay", "round-trip time"}, \
      {"mss", "mss|1448", "payload of a segment"},                                                 \
  {                                                                                                \
    "rate", "rate|inf", "of the bottleneck: never more than its payload"                           \
  }

/* Payload of `window` segments a round trip, as long as the bottleneck lets them through. */
static double
limited(double segments_a_second, double mss, double rate)
{
  return MIN(segments_a_second * mss * 8, rate * mss / (mss + 52)); /* IP, TCP, timestamps */
}

static double
mathis(const double *a)
{
  double p = a[0], rtt = a[1], b = a[4];
  return limited(sqrt(3 / (2 * b * p)) / rtt, a[2], a[3]);
}

static double
pftk(const double *a)
{
  double p = a[0], rtt = a[1], b = a[4], t0 = a[5];
  double fast = rtt * sqrt(2 * b * p / 3);
  double slow = t0 * MIN(1, 3 * sqrt(3 * b * p / 8)) * p * (1 + 32 * p * p);
  return limited(1 / (fast + slow), a[2], a[3]);
}

/* Equation 6 of RFC 9438 with its constants, and Reno's window (section 5.1). */
static double
cubic(const double *a)
{
  double p = a[0], rtt = a[1], c = a[4], beta = a[5];
  double factor = sqrt(sqrt(c * (3 + beta) / (4 * (1 - beta))));
  double window = factor * sim_pow(rtt / p, 0.75);
  return limited(MAX(window, sqrt(1.5 / p)) / rtt, a[2], a[3]);
}

static double
cardwell(const double *a)
{
  double forward = a[0], backward = a[1], rtt = a[2], timer = a[3];
  if (forward >= 0.5 || backward >= 0.5)
    return NAN; /* its sum has no end */
  return rtt +
         timer * ((1 - backward) / (1 - 2 * backward) + (1 - forward) / (1 - 2 * forward) - 2);
}

static double
mm1(const double *a)
{
  double load = a[0], service = a[1];
  if (load >= 1)
    return NAN;
  return service > 0 ? service / (1 - load) : load / (1 - load);
}

static const TheoryOps theories[] = {
    {"mathis",
     "Mathis",
     "goodput of Reno [bit/s], without time-outs",
     {RATE_ARGUMENTS, {"b", "1", "segments that an ACK acknowledges"}},
     mathis},
    {"pftk",
     "PFTK",
     "goodput of Reno [bit/s], with time-outs",
     {RATE_ARGUMENTS,
      {"b", "1", "segments that an ACK acknowledges"},
      {"t0", "t0|rtt+200ms|2*delay+200ms", "first retransmission time-out"}},
     pftk},
    {"cubic",
     "CUBIC (RFC 9438)",
     "goodput of CUBIC [bit/s], with periodic loss",
     {RATE_ARGUMENTS, {"c", "0.4", "CUBIC's C"}, {"beta", "0.7", "what a loss leaves"}},
     cubic},
    {"cardwell",
     "Cardwell",
     "mean time to connect [s]",
     {{"pf", "pf|p|loss", "probability that the SYN is lost"},
      {"pr", "pr|p|loss", "probability that the SYN-ACK is lost"},
      {"rtt", "rtt|2*delay", "round-trip time"},
      {"ts", "initial_rto|1 s", "first time-out"}},
     cardwell},
    {"mm1",
     "M/M/1",
     "mean number in the queue, or mean time through it [s]",
     {{"load", "load", "arrivals times service time"},
      {"service", "0", "mean service time; 0: the number, not the time"}},
     mm1},
};

const TheoryOps *const *
theory_list(void)
{
  static const TheoryOps *const list[] = {&theories[0], &theories[1], &theories[2],
                                          &theories[3], &theories[4], NULL};
  return list;
}

/* -- reading -- */

static const TheoryOps *
find_ops(const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS(theories) + 1] = {NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(theories); i++) {
    if (strcmp(theories[i].name, name) == 0)
      return &theories[i];
    names[i] = theories[i].name;
  }
  sim_error_unknown(error, "theory", name, names);
  return NULL;
}

static void
free_call(gpointer data)
{
  TheoryCall *call = data;
  for (size_t i = 0; i < THEORY_ARGUMENTS_MAX; i++)
    g_free(call->expressions[i]);
  g_free(call);
}

/* "rtt=2*delay" */
static bool
read_argument(TheoryCall *call, char *text, GError **error)
{
  const char *names[THEORY_ARGUMENTS_MAX + 1] = {NULL};
  char *equals = strchr(text, '=');
  if (equals != NULL)
    *equals = '\0';
  const char *name = g_strstrip(text);
  for (size_t i = 0; i < THEORY_ARGUMENTS_MAX && call->ops->arguments[i].name != NULL; i++) {
    names[i] = call->ops->arguments[i].name;
    if (equals == NULL || strcmp(names[i], name) != 0)
      continue;
    g_free(call->expressions[i]);
    call->expressions[i] = g_strstrip(g_strdup(equals + 1));
    return true;
  }
  return sim_error_unknown(error, "argument", name, names);
}

static bool
read_call(GPtrArray *calls, char *text, GError **error)
{
  char *open = strchr(text, '('), *close = strrchr(text, ')');
  if ((open == NULL) != (close == NULL) || (close != NULL && (close < open || close[1] != '\0'))) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\": a name is wanted, or NAME(ARGUMENT=VALUE, ...)", text);
    return false;
  }
  if (open != NULL)
    *open = *close = '\0';
  const TheoryOps *ops = find_ops(g_strstrip(text), error);
  if (ops == NULL)
    return false;
  TheoryCall *call = g_new0(TheoryCall, 1);
  call->ops = ops;
  g_ptr_array_add(calls, call);
  g_auto(GStrv) arguments = g_strsplit(open != NULL ? open + 1 : "", ",", -1);
  for (char **argument = arguments; *argument != NULL; argument++)
    if (!read_argument(call, *argument, error)) {
      g_prefix_error(error, "%s: ", ops->name);
      return false;
    }
  return true;
}

GPtrArray *
theory_parse(const char *text, GError **error)
{
  g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func(free_call);
  g_autofree char *copy = g_strdup(text);
  int depth = 0;
  char *start = copy;
  for (char *at = copy;; at++) {
    depth += (*at == '(') - (*at == ')');
    bool end = *at == '\0' || (depth == 0 && (*at == ',' || *at == ';'));
    if (!end)
      continue;
    bool last = *at == '\0';
    *at = '\0';
    if (!read_call(calls, g_strstrip(start), error)) {
      g_prefix_error(error, "theory: ");
      return NULL;
    }
    if (last)
      break;
    start = at + 1;
  }
  return g_steal_pointer(&calls);
}

/* -- values -- */

/* "2*delay", "delay", "10 ms", "inf". */
static bool
read_term(const char *text, TheoryLookup lookup, void *data, double *value)
{
  SimQuantity quantity;
  const char *star = strchr(text, '*');
  if (star != NULL) {
    g_autofree char *left = g_strstrip(g_strndup(text, (gsize)(star - text)));
    g_autofree char *right = g_strstrip(g_strdup(star + 1));
    double a, b;
    bool good = read_term(left, lookup, data, &a) && read_term(right, lookup, data, &b);
    if (good)
      *value = a * b;
    return good;
  }
  if (strcmp(text, "inf") == 0) {
    *value = INFINITY;
    return true;
  }
  if (lookup(text, value, data))
    return true;
  if (!sim_quantity_parse(text, &quantity, NULL))
    return false;
  *value = quantity.value;
  return true;
}

static bool
read_sum(const char *text, TheoryLookup lookup, void *data, double *value)
{
  g_auto(GStrv) terms = g_strsplit(text, "+", -1);
  *value = 0;
  for (char **term = terms; *term != NULL; term++) {
    double one;
    if (!read_term(g_strstrip(*term), lookup, data, &one))
      return false;
    *value += one;
  }
  return true;
}

static bool
read_default(const TheoryArgument *argument, TheoryLookup lookup, void *data, double *value)
{
  g_auto(GStrv) choices = g_strsplit(argument->otherwise, "|", -1);
  for (char **choice = choices; *choice != NULL; choice++)
    if (read_sum(*choice, lookup, data, value))
      return true;
  return false;
}

bool
theory_value(const TheoryCall *call, TheoryLookup lookup, void *data, double *value, GError **error)
{
  double values[THEORY_ARGUMENTS_MAX] = {0};
  for (size_t i = 0; i < THEORY_ARGUMENTS_MAX && call->ops->arguments[i].name != NULL; i++) {
    const TheoryArgument *argument = &call->ops->arguments[i];
    const char *given = call->expressions[i];
    if (given != NULL ? read_sum(given, lookup, data, &values[i])
                      : read_default(argument, lookup, data, &values[i]))
      continue;
    if (given != NULL)
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "theory %s: %s = %s: a number, a quantity or a parameter of the study is wanted, "
                  "or a sum of them",
                  call->ops->name, argument->name, given);
    else
      g_set_error(
          error, SIM_ERROR, SIM_ERROR_VALUE,
          "theory %s needs %s (%s), and the study has no such parameter: theory=\"%s(%s=...)\"",
          call->ops->name, argument->name, argument->help, call->ops->name, argument->name);
    return false;
  }
  *value = call->ops->value(values);
  return true;
}
