/* app-load: when flows begin, and between whom. What becomes of each is in app-flow.c. */
#include "models/app/app-load.h"

#include "models/app/app-load-private.h"
#include "models/net/part.h"

static void
choose_ends(AppLoad *load, unsigned *from, unsigned *to)
{
  const AppLoadSettings *settings = &load->settings;
  uint64_t pair = load->counters.started;
  uint64_t pairs = (uint64_t)settings->n_from * settings->n_to;
  for (uint64_t tries = 0; tries < 1000; tries++) {
    if (settings->random_ends)
      pair = sim_rng_below(&load->rng, pairs);
    *from = (unsigned)(pair % settings->n_from);
    *to = (unsigned)(settings->n_from == settings->n_to && !settings->random_ends
                         ? pair % settings->n_to
                         : pair / settings->n_from % settings->n_to);
    if (settings->from[*from] != settings->to[*to])
      return; /* nobody talks to itself */
    pair++;
  }
}

static void
schedule_next(AppLoad *load, SimTime time)
{
  if (load->counters.started >= load->settings.count || time > load->settings.until)
    return;
  sim_schedule(load->sim, &load->arrival, time, SIM_APPLICATION,
               &tcp_host_node(load->settings.from[0])->owner);
}

static SIM_HOT void
on_arrival(Sim *sim, SimEvent *event)
{
  AppLoad *load = sim_container(event, AppLoad, arrival);
  const Node *first = tcp_host_node(load->settings.from[0]);
  unsigned from, to;
  net_part_turn(first->net);
  if (!app_part_has(load, first))
    sim->shared++;
  choose_ends(load, &from, &to);
  app_flow_start(load, from, to);
  double gap = MAX(app_dist_draw(&load->settings.gap, &load->rng), 0);
  schedule_next(load, sim_time_add(sim_now(sim), sim_time_from_seconds(gap)));
  net_part_turn(first->net);
}

static bool
listen_everywhere(AppLoad *load, GError **error)
{
  for (unsigned i = 0; i < load->settings.n_to; i++) {
    AppServer *server = &load->servers[i];
    *server = (AppServer){.load = load, .host = load->settings.to[i]};
    server->flows = g_hash_table_new(g_int64_hash, g_int64_equal);
    TcpListenArgs args = {.port = load->settings.port,
                          .profile = load->profile,
                          .accepted = app_flow_accepted,
                          .user = server};
    server->listener = tcp_listen(server->host, &args, error);
    if (server->listener == NULL)
      return false;
  }
  return true;
}

AppLoad *
app_load_new(Sim *sim, const AppLoadSettings *settings, GError **error)
{
  AppLoad *load = g_new0(AppLoad, 1);
  load->sim = sim;
  load->name = g_strdup(settings->name);
  load->settings = *settings;
  load->settings.from = g_memdup2(settings->from, settings->n_from * sizeof *settings->from);
  load->settings.to = g_memdup2(settings->to, settings->n_to * sizeof *settings->to);
  if (settings->profile != NULL)
    load->profile = g_memdup2(settings->profile, sizeof *settings->profile);
  load->servers = g_new0(AppServer, settings->n_to);
  load->quantiles = sim_quantiles_new();
  sim_slab_init(&load->slab, "flow", sizeof(AppFlow), &sim->memory);
  sim_event_init(&load->arrival, on_arrival);
  char *stream = g_strconcat("load ", settings->name, NULL);
  sim_rng_init(&load->rng, sim->seed, stream);
  g_free(stream);
  if (!listen_everywhere(load, error)) {
    for (unsigned i = 0; i < settings->n_to && load->servers[i].listener != NULL; i++)
      tcp_listener_close(load->servers[i].listener);
    app_load_free(load);
    return NULL;
  }
  schedule_next(load, settings->start);
  return load;
}

void
app_load_free(AppLoad *load)
{
  sim_cancel(load->sim, &load->arrival);
  while (load->flows != NULL)
    app_flow_free(load->flows);
  for (unsigned i = 0; i < load->settings.n_to; i++)
    if (load->servers[i].flows != NULL)
      g_hash_table_unref(load->servers[i].flows);
  app_part_end(load);
  sim_slab_clear(&load->slab);
  sim_quantiles_free(load->quantiles);
  app_dist_clear(&load->settings.gap);
  app_dist_clear(&load->settings.request);
  app_dist_clear(&load->settings.response);
  app_dist_clear(&load->settings.think);
  g_free((void *)(uintptr_t)load->settings.from);
  g_free((void *)(uintptr_t)load->settings.to);
  g_free(load->servers);
  g_free(load->profile);
  g_free(load->name);
  g_free(load);
}

void
app_load_count(AppLoad *load, const AppFlowRecord *record, bool completed)
{
  if (completed) {
    double time = sim_time_to_seconds(record->time - record->start);
    load->counters.completed++;
    sim_moments_add(&load->counters.fct, time);
    sim_quantiles_add(load->quantiles, time);
  } else {
    load->counters.failed++;
  }
  if (sim_traced(load->sim, APP_TRACE_FLOW))
    sim_trace_emit(load->sim, APP_TRACE_FLOW, record);
}

const char *
app_load_name(const AppLoad *load)
{
  return load->name;
}

const AppLoadCounters *
app_load_counters(const AppLoad *load)
{
  return &load->counters;
}

const SimSlab *
app_load_slab(const AppLoad *load)
{
  return &load->slab;
}

double
app_load_fct(const AppLoad *load, double q)
{
  return sim_quantiles_value(load->quantiles, q);
}
