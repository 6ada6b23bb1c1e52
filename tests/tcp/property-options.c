/* property-options: both profiles of a seed, drawn from what each option accepts.
 *
 * Flags and choices are drawn as they are. A number is drawn between the limits in `sane`, which
 * are those of its option but for what would only make a run long, or is one of its words; an
 * option that is new has to be given a row there. Of most seeds the options are then made patient,
 * so that a connection has no reason to end before everything has arrived. */
#include <math.h>
#include <string.h>

#include "tests/tcp/property.h"

typedef struct Sane {
  const char *name;
  double low, high; /* SI units */
} Sane;

static const Sane sane[] = {
    {"mss", 64, 9000},
    {"peer_mss_floor", 8, 64},
    {"initial_window", 1, 40},
    {"slow_start_limit", 1, 40},
    {"syn_losses_forgiven", 0, 5},
    {"window_scale", 0, 14},
    {"initial_rto", 0.1, 3},
    {"min_rto", 0.001, 1},
    {"max_rto", 2, 60},
    {"rto_variances", 1, 8},
    {"timer_tick", 0.01, 0.5},
    {"syn_backoff_from", 0.1, 12},
    {"connect_timeout", 1, 100},
    {"persist_min", 0, 5},
    {"persist_max", 1, 60},
    {"syn_retries", 0, 20},
    {"syn_linear_timeouts", 0, 8},
    {"syn_after_bad_ack", 0.001, 1},
    {"synack_retries", 0, 20},
    {"retries", 0, 20},
    {"orphan_retries", 0, 20},
    {"backlog", 0, 10},
    {"backlog_max", 0, 10},
    {"syn_backlog", 0, 10},
    {"defer_accept", 0, 5},
    {"delayed_ack", 0.001, 0.5},
    {"time_wait", 0, 5},
    {"fin_timeout", 0, 20},
    {"linger", 0, 20},
    {"max_orphans", 0, 3},
    {"send_buffer", 500, 3e5},
    {"receive_buffer", 1, 3e5},
    {"send_buffer_max", 1, 1e6},
    {"receive_buffer_max", 1, 1e6},
    {"receive_memory", 2304, 1e6},
    {"user_timeout", 0.1, 100},
    {"pacing_ss_ratio", 0.5, 4},
    {"pacing_ca_ratio", 0.5, 4},
    {"max_pacing_rate", 1e5, 1e9},
    {"mtu_probe_base", 48, 1400},
    {"mtu_probe_floor", 48, 500},
    {"mtu_probe_threshold", 1, 200},
    {"mtu_probe_interval", 1, 600},
    {"isn", 0, UINT32_MAX},
    {"idle", 0.1, 60},
    {"interval", 0.1, 10},
    {"probes", 1, 10},
};

static const Sane *
find_sane(const SimParam *param)
{
  for (size_t i = 0; i < G_N_ELEMENTS(sane); i++)
    if (strcmp(sane[i].name, param->name) == 0)
      return &sane[i];
  g_error("the option %s is new: property-options.c has to say between which limits it is drawn",
          param->name);
}

static int64_t
draw_word(const SimParam *param, SimRng *rng)
{
  uint64_t count = 0;
  while (param->words[count].word != NULL)
    count++;
  return param->words[sim_rng_below(rng, count)].value;
}

/* Small ones as often as large ones, by their logarithm. */
static double
draw_number(const SimParam *param, SimRng *rng)
{
  const Sane *limits = find_sane(param);
  double u = sim_rng_uniform(rng);
  if (param->kind == SIM_PARAM_INTEGER || limits->low == 0)
    return limits->low + u * (limits->high + (param->kind == SIM_PARAM_INTEGER) - limits->low);
  return limits->low * pow(limits->high / limits->low, u);
}

static void
draw(const SimParam *param, TcpProfile *profile, SimRng *rng)
{
  void *field = (char *)profile + param->offset;
  uint64_t choices = 0;
  if (param->kind == SIM_PARAM_BOOL) {
    *(bool *)field = sim_rng_chance(rng, 0.5);
    return;
  }
  if (param->kind == SIM_PARAM_CHOICE) {
    while (param->choices[choices] != NULL)
      choices++;
    *(int *)field = (int)sim_rng_below(rng, choices);
    return;
  }
  double number = draw_number(param, rng);
  bool word = param->words != NULL && sim_rng_chance(rng, 0.4);
  if (param->kind == SIM_PARAM_NUMBER || param->kind == SIM_PARAM_RATIO)
    *(double *)field = number;
  else if (word)
    *(int64_t *)field = draw_word(param, rng);
  else if (param->kind == SIM_PARAM_TIME)
    *(SimTime *)field = sim_time_from_seconds(number);
  else
    *(int64_t *)field = (int64_t)number;
}

/* What the tables cannot say of two options together. */
static void
agree(TcpProfile *profile)
{
  profile->max_rto = MAX(profile->max_rto, MAX(profile->min_rto, profile->initial_rto));
  if (profile->persist_max > 0)
    profile->persist_max = MAX(profile->persist_max, profile->persist_min);
  profile->send_buffer_max = MAX(profile->send_buffer_max, profile->send_buffer);
  if (profile->syn_cookies != TCP_COOKIES_OFF) /* see FIRST in property-world.c */
    profile->receive_buffer = MAX(profile->receive_buffer, 1000);
  profile->receive_buffer_max = MAX(profile->receive_buffer_max, profile->receive_buffer);
  if (profile->delayed_ack == 0)
    profile->ack_tick = false;
}

/* Nothing is given up for lack of time, of tries or of a place in a queue. */
static void
be_patient(TcpProfile *profile)
{
  profile->max_rto = MIN(profile->max_rto, 8 * SIM_SECOND);
  profile->connect_timeout = SIM_TIME_NEVER;
  profile->syn_retries = profile->synack_retries = 100;
  profile->retries = profile->orphan_retries = 100;
  profile->retries_as_time = false;
  profile->max_orphans = INT64_MAX;
  profile->linger = SIM_TIME_NEVER;
  profile->user_timeout = SIM_TIME_NEVER;
  profile->keepalive_probes = 60;
  /* What overtakes the third packet, or a keepalive's old number, proves no cookie: a reset. */
  profile->syn_cookies = TCP_COOKIES_OFF;
  profile->icmp_ends_opening = profile->icmp_hard_errors = false;
}

static void
draw_profile(PropertyWorld *world, PropertyEnd *end, SimRng *rng)
{
  TcpProfile *profile = &end->profile;
  *profile = *tcp_profile_find(world->base);
  /* Each option on its own, so that some seeds are near the profile and others far from it. */
  double change = sim_rng_uniform(rng);
  for (const SimParam *param = tcp_profile_params; param->name != NULL; param++)
    if (sim_rng_chance(rng, change))
      draw(param, profile, rng);
  for (const SimParam *param = tcp_keepalive_params; param->name != NULL; param++)
    if (sim_rng_chance(rng, change))
      draw(param, profile, rng);
  uint64_t controls = 0;
  while (cc_list()[controls] != NULL)
    controls++;
  if (sim_rng_chance(rng, 0.9)) {
    profile->cc = cc_list()[sim_rng_below(rng, controls)];
    profile->cc_settings = NULL;
  }
  agree(profile);
  if (world->patient)
    be_patient(profile);
  if (profile->isn >= 0 && sim_rng_chance(rng, 0.7)) /* wraps soon */
    profile->isn = (int64_t)(UINT32_MAX - sim_rng_below(rng, 100000));
}

void
property_draw_options(PropertyWorld *world, SimRng *rng)
{
  uint64_t count = 0;
  while (tcp_profile_names()[count] != NULL)
    count++;
  world->base = tcp_profile_names()[sim_rng_below(rng, count)];
  world->patient = sim_rng_chance(rng, 0.75);
  draw_profile(world, &world->client, rng);
  draw_profile(world, &world->server, rng);
}
