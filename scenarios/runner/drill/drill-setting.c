/* drill-setting: "OPTION=VALUE" for a profile, as on the command line: the options are those of
 * `roundtrip list profiles`. */
#include <string.h>

#include "models/tcp/cc.h"
#include "scenarios/runner/drill/drill.h"
#include "sim/error.h"

static bool
set_congestion(TcpProfile *profile, const char *name, GError **error)
{
  const TcpCcOps *ops = cc_find(name);
  if (ops == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
                "unknown congestion control \"%s\"; roundtrip list cc has the names", name);
    return false;
  }
  profile->cc = ops;
  profile->cc_settings = NULL;
  return true;
}

static bool
unknown_option(const char *name, GError **error)
{
  const char **names = sim_param_names(tcp_profile_params);
  sim_error_unknown(error, "option", name, names);
  g_free(names);
  return false;
}

bool
drill_setting_apply(TcpProfile *profile, const char *name, const char *text, GError **error)
{
  if (strcmp(name, "cc") == 0)
    return set_congestion(profile, text, error);
  const SimParam *param = sim_param_find(tcp_profile_params, name);
  if (param == NULL)
    return unknown_option(name, error);
  SimParamValue value = {.type = SIM_VALUE_TEXT, .text = text};
  char *end;
  double number = g_ascii_strtod(text, &end);
  if (*end == '\0' && end != text)
    value = (SimParamValue){.type = SIM_VALUE_NUMBER, .number = number};
  if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
    value = (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = *text == 't'};
  return sim_param_set(param, profile, &value, error);
}

bool
drill_setting_parse(TcpProfile *profile, const char *setting, GError **error)
{
  const char *equals = strchr(setting, '=');
  if (equals == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "--set: OPTION=VALUE is expected, not \"%s\"",
                setting);
    return false;
  }
  g_autofree char *name = g_strndup(setting, (gsize)(equals - setting));
  if (drill_setting_apply(profile, name, equals + 1, error))
    return true;
  g_prefix_error(error, "--set %s: ", setting);
  return false;
}
