/* until: reads the rule and applies it. */
#include "scenarios/runner/study/until.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "sim/quantity.h"
#include "sim/student.h"

Until *
until_parse(const char *text, GError **error)
{
  g_autofree char *plain = g_strdup(text);
  g_strstrip(plain);
  char *close = strchr(plain, ')');
  char *less = close != NULL ? close + 1 + strspn(close + 1, " ") : NULL;
  SimQuantity quantity;
  if (!g_str_has_prefix(plain, "ci(") || close == plain + 3 || less == NULL || *less != '<') {
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_VALUE,
        "the rule \"%s\": accepted: ci(RESULT) < WIDTH, such as \"ci(connect_time) < 2 %%\"", text);
    return NULL;
  }
  if (!sim_quantity_parse(g_strstrip(less + 1), &quantity, error)) {
    g_prefix_error(error, "the rule \"%s\": ", text);
    return NULL;
  }
  if (!(quantity.value > 0)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the rule \"%s\": a width above 0 is wanted, as \"2 %%\"", text);
    return NULL;
  }
  Until *until = g_new0(Until, 1);
  until->result = g_strstrip(g_strndup(plain + 3, (gsize)(close - plain - 3)));
  until->relative = quantity.kind == SIM_QUANTITY_RATIO;
  until->width = quantity.value;
  return until;
}

void
until_free(Until *until)
{
  g_free(until->result);
  g_free(until);
}

bool
until_holds(const Until *until, const SimMoments *moments)
{
  if (moments->n < 2)
    return false;
  double half = sim_student_half(moments);
  return half < until->width * (until->relative ? fabs(moments->mean) : 1) ||
         (half == 0 && moments->mean == 0);
}

guint64
until_more(guint64 seeds, guint64 most)
{
  return MIN(seeds + MAX(5, seeds / 4), most);
}
