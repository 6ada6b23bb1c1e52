/* drill-shell-table: Linux's sysctls and the fields of the profile that they are here.
 *
 * Three kinds: those with a meaning here; those that say what is so anyway, and are refused with
 * any other value; and those on which nothing here depends (how segments are cut for hardware, how
 * much memory a machine has), which are read and let go. */
#include <string.h>

#include "scenarios/runner/drill/drill-run-private.h"

typedef enum {
  AS_COUNT, /* the number */
  AS_FLAG,  /* 0: false, else true */
  AS_BIT,   /* true when this bit is set */
  AS_TIME,  /* in a unit */
  AS_INDEX, /* one of words */
} SysctlKind;

static const struct {
  const char *name, *param;
  SysctlKind kind;
  int64_t detail;    /* BIT: the bit; TIME: the unit in picoseconds */
  const char *words; /* INDEX: for 0, 1, 2 ..., with commas between them */
} rows[] = {
    {"tcp_timestamps", "timestamps", AS_FLAG, 0, NULL},
    {"tcp_sack", "sack", AS_FLAG, 0, NULL},
    {"tcp_dsack", "dsack", AS_FLAG, 0, NULL},
    {"tcp_ecn", "ecn", AS_INDEX, 0, "off,on,passive"},
    {"tcp_early_retrans", "tail_loss_probe", AS_BIT, 1, NULL},
    {"tcp_recovery", "rack", AS_BIT, 1, NULL},
    {"tcp_frto", "frto", AS_FLAG, 0, NULL},
    {"tcp_moderate_rcvbuf", "autotune", AS_FLAG, 0, NULL},
    {"tcp_syn_retries", "syn_retries", AS_COUNT, 0, NULL},
    {"tcp_syn_linear_timeouts", "syn_linear_timeouts", AS_COUNT, 0, NULL},
    {"tcp_synack_retries", "synack_retries", AS_COUNT, 0, NULL},
    {"tcp_retries2", "retries", AS_COUNT, 0, NULL},
    {"tcp_orphan_retries", "orphan_retries", AS_COUNT, 0, NULL},
    {"tcp_slow_start_after_idle", "idle_restart", AS_FLAG, 0, NULL},
    {"tcp_rfc1337", "rfc1337", AS_FLAG, 0, NULL},
    {"tcp_rto_min_us", "min_rto", AS_TIME, SIM_MICROSECOND, NULL},
    {"tcp_rto_max_ms", "max_rto", AS_TIME, SIM_MILLISECOND, NULL},
    {"tcp_fastopen", "fastopen", AS_INDEX, 0, "off,client,server,on"},
    {"tcp_syncookies", "syn_cookies", AS_INDEX, 0, "off,when full,always"},
    {"tcp_max_syn_backlog", "syn_backlog", AS_COUNT, 0, NULL},
    {"tcp_max_orphans", "max_orphans", AS_COUNT, 0, NULL},
    {"tcp_tw_reuse", "time_wait_reuse", AS_INDEX, 0, "off,on,loopback"},
    {"tcp_mtu_probing", "mtu_probing", AS_INDEX, 0, "off,when black hole,always"},
    {"tcp_base_mss", "mtu_probe_base", AS_COUNT, 0, NULL},
    {"tcp_mtu_probe_floor", "mtu_probe_floor", AS_COUNT, 0, NULL},
    {"tcp_probe_threshold", "mtu_probe_threshold", AS_COUNT, 0, NULL},
    {"tcp_probe_interval", "mtu_probe_interval", AS_TIME, SIM_SECOND, NULL},
    {"tcp_fin_timeout", "fin_timeout", AS_TIME, SIM_SECOND, NULL},
};

/* What is so here, and cannot be otherwise. */
static const struct {
  const char *name, *value;
} fixed[] = {
    {"tcp_no_metrics_save", "1"}, {"tcp_shrink_window", "0"},       {"tcp_comp_sack_nr", "0"},
    {"tcp_reordering", "3"},      {"tcp_invalid_ratelimit", "500"}, {"tcp_abort_on_overflow", "0"},
};

static const char *const idle[] = {"tcp_min_tso_segs",
                                   "tcp_tso_win_divisor",
                                   "tcp_limit_output_bytes",
                                   "tcp_autocorking",
                                   "tcp_tso_rtt_log",
                                   "tcp_mem",
                                   "tcp_challenge_ack_limit",
                                   "tcp_low_latency",
                                   "tcp_available_congestion_control",
                                   "tcp_allowed_congestion_control",
                                   "ip_local_port_range",
                                   "tcp_retries1",

                                   "tcp_max_tw_buckets",
                                   "tcp_adv_win_scale",
                                   NULL};

static void
set_text(DrillRun *run, DrillPlace place, const char *name, const char *param, const char *text)
{
  GError *error = NULL;
  if (drill_setting_apply(&run->profile, param, text, &error))
    return;
  drill_run_unsupported(run, place, "%s = %s: %s", name, text, error->message);
  g_error_free(error);
}

static bool
take_number(DrillRun *run, DrillPlace place, const char *name, const char *value, int64_t *number)
{
  char *end;
  *number = g_ascii_strtoll(value, &end, 0);
  if (end != value && *end == '\0')
    return true;
  drill_run_wrong(run, place, "%s: a number is expected, not \"%s\"", name, value);
  return false;
}

static void
set_row(DrillRun *run, DrillPlace place, size_t i, const char *value)
{
  int64_t number = 0;
  const char *name = rows[i].name;
  g_autofree char *text = NULL;
  if (!take_number(run, place, name, value, &number))
    return;
  if (rows[i].kind == AS_INDEX) {
    g_auto(GStrv) words = g_strsplit(rows[i].words, ",", -1);
    if (number < 0 || number >= (int64_t)g_strv_length(words)) {
      drill_run_unsupported(run, place, "%s = %s", name, value);
      return;
    }
    text = g_strdup(words[number]);
  } else if (rows[i].kind == AS_FLAG) {
    text = g_strdup(number != 0 ? "true" : "false");
  } else if (rows[i].kind == AS_BIT) {
    text = g_strdup(number & rows[i].detail ? "true" : "false");
  } else if (rows[i].kind == AS_COUNT) {
    text = g_strdup_printf("%" G_GINT64_FORMAT, number);
  } else if (rows[i].kind == AS_TIME) {
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(seconds, sizeof seconds, "%.12g",
                    (double)number * (double)rows[i].detail / 1e12);
    text = g_strdup(seconds);
  }
  set_text(run, place, name, rows[i].param, text);
}

/* "4096 131072 6291456": least, first and most bytes of a buffer. */
static bool
take_buffer(DrillRun *run, DrillPlace place, const char *name, const char *value, int64_t *first,
            int64_t *most)
{
  int64_t numbers[3];
  unsigned n = 0;
  g_auto(GStrv) parts = g_strsplit_set(value, " \t", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0' && (n == 3 || !take_number(run, place, name, *part, &numbers[n++])))
      n = 4;
  if (n != 3 || numbers[1] < 1 || numbers[2] < 1 || numbers[2] > INT32_MAX ||
      numbers[1] > INT32_MAX) {
    drill_run_wrong(run, place, "%s: three numbers are expected, not \"%s\"", name, value);
    return false;
  }
  *first = numbers[1];
  *most = MAX(numbers[2], numbers[1]);
  return true;
}

/* Linux's bookkeeping takes a part of a receive buffer: the profile's numbers are what is left,
 * five eighths of the first size (see linux_profile) and half of the last. */
static void
set_receive_memory(DrillRun *run, DrillPlace place, const char *value)
{
  int64_t first, most;
  if (!take_buffer(run, place, "tcp_rmem", value, &first, &most))
    return;
  run->profile.receive_buffer = (uint64_t)(first * 5 / 8);
  run->profile.receive_buffer_max = (uint64_t)MAX(most / 2, first * 5 / 8);
}

static void
set_send_memory(DrillRun *run, DrillPlace place, const char *value)
{
  int64_t first, most;
  if (!take_buffer(run, place, "tcp_wmem", value, &first, &most))
    return;
  run->profile.send_buffer = (uint64_t)first;
  run->profile.send_buffer_max = (uint64_t)most;
}

static void
set_scaling(DrillRun *run, const char *value)
{
  run->profile.window_scale =
      strcmp(value, "0") == 0 ? -1 : tcp_profile_find(run->job->profile)->window_scale;
}

static void
set_keepalive(DrillRun *run, DrillPlace place, const char *name, const char *value)
{
  int64_t number;
  if (!take_number(run, place, name, value, &number) || number < 1 || number > 1000000)
    return;
  if (strcmp(name, "tcp_keepalive_intvl") == 0)
    run->profile.keepalive_interval = number * SIM_SECOND;
  else if (strcmp(name, "tcp_keepalive_probes") == 0)
    run->profile.keepalive_probes = MIN(number, 127);
  else
    drill_run_unsupported(run, place, "the sysctl net.ipv4.%s (say TCP_KEEPIDLE)", name);
}

static bool
set_special(DrillRun *run, DrillPlace place, const char *name, const char *value)
{
  if (strcmp(name, "tcp_rmem") == 0)
    set_receive_memory(run, place, value);
  else if (strcmp(name, "tcp_wmem") == 0)
    set_send_memory(run, place, value);
  else if (strcmp(name, "tcp_congestion_control") == 0)
    set_text(run, place, name, "cc", value);
  else if (strcmp(name, "tcp_window_scaling") == 0)
    set_scaling(run, value);
  else if (g_str_has_prefix(name, "tcp_keepalive_"))
    set_keepalive(run, place, name, value);
  else
    return false;
  return true;
}

static void
set_sysctl(DrillRun *run, DrillPlace place, const char *name, const char *value)
{
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].name, name) == 0) {
      set_row(run, place, i, value);
      return;
    }
  for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
    if (strcmp(fixed[i].name, name) == 0) {
      if (strcmp(fixed[i].value, value) != 0)
        drill_run_unsupported(run, place, "net.ipv4.%s = %s (here it is always %s)", name, value,
                              fixed[i].value);
      return;
    }
  if (!set_special(run, place, name, value) && !g_strv_contains(idle, name))
    drill_run_unsupported(run, place, "the sysctl net.ipv4.%s", name);
}

void
drill_shell_sysctl(DrillRun *run, DrillPlace place, const char *name, const char *value)
{
  static const char *const idle_core[] = {"net.core.rmem_max",   "net.core.wmem_max",
                                          "net.core.optmem_max", "net.core.default_qdisc",
                                          "net.core.somaxconn",  NULL};
  if (g_str_has_prefix(name, "net.ipv4."))
    set_sysctl(run, place, name + strlen("net.ipv4."), value);
  else if (!g_strv_contains(idle_core, name))
    drill_run_unsupported(run, place, "the sysctl %s", name);
}

/* Another profile than Linux's has its own algorithms; the first so many rows, the sizes of its
 * buffers and what it agrees to, hold for it too. */
#define SIZES 5

void
drill_shell_defaults(DrillRun *run, DrillPlace place)
{
  static const char *const all[][2] = {
      {"tcp_congestion_control", "reno"},
      {"tcp_rmem", "4096 524288 6291456"},
      {"tcp_wmem", "4096 262144 4194304"},
      {"tcp_ecn", "2"},
      {"tcp_fastopen", "1"},
      {"tcp_moderate_rcvbuf", "1"},
      {"tcp_timestamps", "1"},
      {"tcp_window_scaling", "1"},
      {"tcp_sack", "1"},
      {"tcp_dsack", "1"},
      {"tcp_early_retrans", "3"},
      {"tcp_recovery", "1"},
      {"tcp_frto", "2"},
      {"tcp_rto_min_us", "200000"},
      {"tcp_syn_retries", "6"},
      {"tcp_syn_linear_timeouts", "4"},
      {"tcp_synack_retries", "5"},
      {"tcp_retries2", "15"},
      {"tcp_slow_start_after_idle", "1"},
  };
  bool is_linux = strcmp(run->job->profile, "linux") == 0;
  for (size_t i = 0; i < (is_linux ? G_N_ELEMENTS(all) : SIZES); i++)
    set_sysctl(run, place, all[i][0], all[i][1]);
  if (!is_linux) /* what Linux makes of these sizes */
    run->profile.window_scale = 7;
}
