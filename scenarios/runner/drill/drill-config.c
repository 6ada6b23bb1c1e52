/* drill-config: the options in a script's first lines. */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

static bool
take_number(DrillRun *run, const DrillSetting *setting, int64_t least, int64_t most,
            int64_t *number)
{
  char *end;
  const char *value = setting->value != NULL ? setting->value : "";
  *number = g_ascii_strtoll(value, &end, 10);
  if (*value != '\0' && *end == '\0' && *number >= least && *number <= most)
    return true;
  drill_run_wrong(run, setting->place,
                  "--%s: a number of %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  " is expected, not \"%s\"",
                  setting->name, least, most, value);
  return false;
}

static void
set_version(DrillRun *run, const DrillSetting *setting)
{
  const char *value = setting->value != NULL ? setting->value : "";
  run->config.mapped = strcmp(value, "ipv4-mapped-ipv6") == 0;
  if (strcmp(value, "ipv6") == 0)
    run->config.family = 6;
  else if (strcmp(value, "ipv4") == 0 || run->config.mapped)
    run->config.family = 4;
  else
    drill_run_wrong(run, setting->place,
                    "--ip_version: ipv4, ipv4-mapped-ipv6 or ipv6 is expected, not \"%s\"", value);
}

static void
set_address(DrillRun *run, const DrillSetting *setting, const char **to)
{
  NetAddress address;
  if (setting->value == NULL || !net_address_parse(setting->value, &address, NULL))
    drill_run_wrong(run, setting->place, "--%s: an address is expected, not \"%s\"", setting->name,
                    setting->value != NULL ? setting->value : "");
  *to = setting->value;
}

/* Where the real tool puts its interface's addresses and its notes: nothing here depends on it. */
static bool
is_of_the_tool(const char *name)
{
  static const char *const names[] = {
      "gateway_ip",      "netmask_ip", "send_omit_free", "verbose",     "dry_run", "speed",
      "wire_client_dev", "debug",      "code_command",   "code_format", NULL};
  return g_strv_contains(names, name);
}

static void
set_one(DrillRun *run, const DrillSetting *setting)
{
  DrillConfig *config = &run->config;
  const char *name = setting->name;
  int64_t number;
  if (strcmp(name, "ip_version") == 0) {
    set_version(run, setting);
  } else if (strcmp(name, "local_ip") == 0) {
    set_address(run, setting, &config->local);
  } else if (strcmp(name, "remote_ip") == 0) {
    set_address(run, setting, &config->remote);
  } else if (strcmp(name, "strict_segments") == 0) {
    config->strict_segments = true;
  } else if (strcmp(name, "tolerance_usecs") == 0) {
    if (take_number(run, setting, 0, 1000000000, &number))
      config->tolerance = number * SIM_MICROSECOND;
  } else if (strcmp(name, "tolerance_percent") == 0) {
    char *end;
    config->tolerance_share =
        g_ascii_strtod(setting->value != NULL ? setting->value : "x", &end) / 100;
    if (*end != '\0' || !(config->tolerance_share >= 0 && config->tolerance_share <= 1000))
      drill_run_wrong(run, setting->place, "--tolerance_percent: a number is expected");
  } else if (strcmp(name, "tcp_ts_tick_usecs") == 0) {
    if (take_number(run, setting, 0, 1000000, &number))
      config->timestamp_tick = number * SIM_MICROSECOND;
  } else if (strcmp(name, "mtu") == 0) {
    if (take_number(run, setting, 68, 65535, &number))
      config->mtu = (uint32_t)number;
  } else if (strcmp(name, "mss") == 0) {
    if (take_number(run, setting, 64, 65495, &number))
      run->profile.mss = (uint64_t)number;
  } else if (strcmp(name, "bind_port") == 0) {
    if (take_number(run, setting, 1, 65535, &number))
      config->bind_port = (uint16_t)number;
  } else if (strcmp(name, "connect_port") == 0) {
    if (take_number(run, setting, 1, 65535, &number))
      config->connect_port = (uint16_t)number;
  } else if (!is_of_the_tool(name)) {
    drill_run_unsupported(run, setting->place, "the option --%s", name);
  }
}

void
drill_config_read(DrillRun *run)
{
  for (const DrillSetting *setting = run->script->settings; setting != NULL;
       setting = setting->next)
    set_one(run, setting);
}
