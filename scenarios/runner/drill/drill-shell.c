/* drill-shell: what a shell line sets, as far as it is about TCP: sysctls, a route's congestion
 * control and windows, common/defaults.sh.
 *
 * Nothing is executed. What says how the real machine's interface cuts or queues packets (tc,
 * ethtool) is how the simulated one works anyway. The rest is not supported, by name. */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

static const char *
last_part(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* "/proc/sys/net/ipv4/tcp_ecn" and "net/ipv4/tcp_ecn" are "net.ipv4.tcp_ecn". */
static char *
sysctl_name(const char *path)
{
  if (g_str_has_prefix(path, "/proc/sys/"))
    path += strlen("/proc/sys/");
  return g_strdelimit(g_strdup(path), "/", '.');
}

/* NAME=VALUE; without "=" it only asks. */
static void
set_pair(DrillRun *run, DrillPlace place, const char *pair)
{
  const char *equals = strchr(pair, '=');
  if (equals == NULL)
    return;
  g_autofree char *path = g_strndup(pair, (gsize)(equals - pair));
  g_autofree char *name = sysctl_name(g_strstrip(path));
  g_autofree char *value = g_strstrip(g_strdup(equals + 1));
  drill_shell_sysctl(run, place, name, value);
}

static void
run_sysctl(DrillRun *run, const DrillCommand *command)
{
  for (unsigned i = 1; i < command->count && drill_run_going(run); i++)
    if (command->words[i][0] != '-')
      set_pair(run, command->places[i], command->words[i]);
}

/* echo N > /proc/sys/net/ipv4/X */
static void
run_echo(DrillRun *run, const DrillCommand *command)
{
  g_autoptr(GString) value = g_string_new(NULL);
  unsigned i = 1;
  for (; i < command->count && command->words[i][0] != '>'; i++)
    g_string_append_printf(value, "%s%s", value->len > 0 ? " " : "", command->words[i]);
  if (i == command->count)
    return; /* it only says something */
  const char *to = command->words[i][1] != '\0' ? command->words[i] + 1
                   : i + 1 < command->count     ? command->words[i + 1]
                                                : "";
  if (!g_str_has_prefix(to, "/proc/sys/")) {
    drill_run_unsupported(run, command->places[i], "writing to the file \"%s\"", to);
    return;
  }
  g_autofree char *name = sysctl_name(to);
  drill_shell_sysctl(run, command->places[i], name, value->str);
}

static void
set_profile(DrillRun *run, DrillPlace place, const char *param, const char *text)
{
  GError *error = NULL;
  if (drill_setting_apply(&run->profile, param, text, &error))
    return;
  drill_run_unsupported(run, place, "%s", error->message);
  g_error_free(error);
}

/* ip route change ... congctl NAME initcwnd N rto_min T quickack 1; congestion control may be
 * locked ("congctl lock cubic"). The rest of the route is what it is. */
static void
run_ip(DrillRun *run, const DrillCommand *command)
{
  bool route = false;
  for (unsigned i = 1; i < command->count && drill_run_going(run); i++) {
    const char *word = command->words[i];
    const char *value = i + 1 < command->count ? command->words[i + 1] : "";
    DrillPlace place = command->places[i];
    route |= strcmp(word, "route") == 0;
    if (!route)
      continue;
    if (strcmp(value, "lock") == 0)
      value = i + 2 < command->count ? command->words[i + 2] : "";
    if (strcmp(word, "congctl") == 0)
      set_profile(run, place, "cc", value);
    else if (strcmp(word, "initcwnd") == 0)
      set_profile(run, place, "initial_window", value);
    else if (strcmp(word, "rto_min") == 0)
      set_profile(run, place, "min_rto", value);
    else if (strcmp(word, "advmss") == 0)
      set_profile(run, place, "mss", value);
    else if (strcmp(word, "quickack") == 0 || strcmp(word, "initrwnd") == 0 ||
             strcmp(word, "features") == 0 || strcmp(word, "mtu") == 0 ||
             strcmp(word, "window") == 0 || strcmp(word, "fastopen_no_cookie") == 0)
      drill_run_unsupported(run, place, "\"%s\" of a route", word);
  }
}

static void
run_defaults(DrillRun *run, const DrillCommand *command)
{
  drill_shell_defaults(run, command->place);
  if (command->count > 1 && drill_run_going(run))
    set_profile(run, command->places[1], "cc", command->words[1]);
}

static void
run_command(DrillRun *run, const DrillCommand *command)
{
  static const char *const idle[] = {"tc", "ethtool", "true", ":", "sleep", "set", NULL};
  const char *name = command->count > 0 ? last_part(command->words[0]) : ":";
  if (strcmp(name, "sysctl") == 0)
    run_sysctl(run, command);
  else if (strcmp(name, "set_sysctls.py") == 0)
    run_sysctl(run, command);
  else if (strcmp(name, "echo") == 0)
    run_echo(run, command);
  else if (strcmp(name, "ip") == 0)
    run_ip(run, command);
  else if (strcmp(name, "defaults.sh") == 0)
    run_defaults(run, command);
  else if (!g_strv_contains(idle, name) && !g_str_has_prefix(name, "sysctl_restore"))
    drill_run_unsupported(run, command->place, "the shell command \"%s\"", command->words[0]);
}

void
drill_shell_run(DrillRun *run, const DrillCommand *first)
{
  for (; first != NULL && drill_run_going(run); first = first->next)
    run_command(run, first);
  if (run->tcp != NULL) /* sockets to come are like that */
    *tcp_host_profile(run->tcp) = run->profile;
}
