/* app-load: the life of a flow.
 *
 * The opener sends the request and the accepting end the response; both ends belong to one Flow, so
 * that each knows how much the other will send, as the protocol of a real application would tell
 * it. The accepting end is told which flow it belongs to by the opener's address and port. */
#include "models/app/app-load.h"

typedef struct Flow {
  AppLoad *load;
  struct Flow *next, *previous; /* in the load's list */
  struct Server *server;        /* where it goes */
  Node *from;                   /* whence; borrowed */
  TcpConn *client, *accepted;   /* both ends; NULL: not yet, or let go */
  uint64_t key;                 /* the client's address and port, in server->flows */
  uint64_t number, rounds;      /* rounds that are left */
  uint64_t request, response;   /* bytes of the round under way */
  uint64_t to_send, to_come;    /* of the request: not yet queued, not yet taken */
  uint64_t to_reply, to_answer; /* of the response: the same */
  SimTime start;                /* of the round */
  SimEvent think;               /* the next round begins */
  bool done;                    /* nothing more is to be said */
} Flow;

/* One of the hosts that a load's flows go to. */
typedef struct Server {
  AppLoad *load;
  TcpHost *host;
  TcpListener *listener;
  GHashTable *flows; /* key -> Flow that was not accepted yet; look-up only */
} Server;

struct AppLoad {
  Sim *sim;
  char *name;
  AppLoadSettings settings; /* its arrays are owned */
  TcpProfile *profile;      /* owned; NULL: the hosts' */
  Server *servers;          /* owned: settings.n_to of them */
  SimRng rng;
  SimEvent arrival;
  SimSlab slab;
  Flow *flows; /* all that are alive */
  AppLoadCounters counters;
  SimQuantiles *quantiles;
};

static void client_event(TcpConn *conn, unsigned events, void *user);
static void accepted_event(TcpConn *conn, unsigned events, void *user);

static const TcpUserOps client_ops = {.event = client_event};
static const TcpUserOps accepted_ops = {.event = accepted_event};

/* -- what is told -- */

static void
tell(const Flow *flow, uint64_t bytes, const char *outcome)
{
  const AppLoad *load = flow->load;
  if (!sim_traced(load->sim, APP_TRACE_FLOW))
    return;
  AppFlowRecord record = {
      .time = sim_now(load->sim),
      .name = load->name,
      .flow = flow->number,
      .from = flow->from,
      .to = tcp_host_node(flow->server->host),
      .start = flow->start,
      .bytes = bytes,
      .outcome = outcome,
  };
  sim_trace_emit(load->sim, APP_TRACE_FLOW, &record);
}

/* -- ending -- */

static void
flow_free(Flow *flow)
{
  AppLoad *load = flow->load;
  if (g_hash_table_lookup(flow->server->flows, &flow->key) == flow) /* a later one may be there */
    g_hash_table_remove(flow->server->flows, &flow->key);
  sim_cancel(load->sim, &flow->think);
  if (flow->previous != NULL)
    flow->previous->next = flow->next;
  else
    load->flows = flow->next;
  if (flow->next != NULL)
    flow->next->previous = flow->previous;
  sim_slab_free(&load->slab, flow);
}

/* Lets one end go, and the flow when both have gone. */
static void
let_go(Flow *flow, TcpConn **end)
{
  TcpConn *conn = *end;
  *end = NULL;
  if (conn != NULL)
    tcp_release(conn);
  if (flow->client == NULL && flow->accepted == NULL)
    flow_free(flow);
}

static void
flow_fail(Flow *flow, const char *outcome)
{
  flow->load->counters.failed++;
  flow->done = true;
  tell(flow, flow->request - flow->to_come + flow->response - flow->to_answer, outcome);
}

/* -- rounds -- */

static void
send_request(Flow *flow)
{
  if (flow->load->settings.endless) {
    while (tcp_send(flow->client, UINT32_MAX, NULL) > 0)
      continue;
    return;
  }
  while (flow->to_send > 0) {
    uint64_t queued = tcp_send(flow->client, flow->to_send, NULL);
    if (queued == 0)
      return;
    flow->to_send -= queued;
  }
  const AppLoadSettings *settings = &flow->load->settings;
  bool last = flow->rounds == 1 && flow->response == 0;
  if (last && !settings->server_closes)
    tcp_shutdown(flow->client); /* the FIN goes with the last byte */
}

static uint64_t
draw_size(const AppDist *dist, SimRng *rng)
{
  double size = app_dist_draw(dist, rng);
  return (uint64_t)CLAMP(size + 0.5, 0, 1e15);
}

static void
round_begin(Flow *flow)
{
  AppLoad *load = flow->load;
  flow->start = sim_now(load->sim);
  flow->request = MAX(draw_size(&load->settings.request, &load->rng), 1);
  flow->response = draw_size(&load->settings.response, &load->rng);
  flow->to_send = flow->to_come = flow->request;
  flow->to_reply = flow->to_answer = flow->response;
}

static void
on_think(Sim *sim, SimEvent *event)
{
  Flow *flow = sim_container(event, Flow, think);
  round_begin(flow);
  send_request(flow);
}

/* The receiver has the last byte of the round. */
static void
round_end(Flow *flow)
{
  AppLoad *load = flow->load;
  double time = sim_time_to_seconds(sim_now(load->sim) - flow->start);
  load->counters.completed++;
  sim_moments_add(&load->counters.fct, time);
  sim_quantiles_add(load->quantiles, time);
  tell(flow, flow->request + flow->response, "completed");
  if (flow->rounds != UINT64_MAX)
    flow->rounds--;
  if (flow->rounds == 0) {
    flow->done = true;
    return;
  }
  SimTime think = sim_time_from_seconds(MAX(app_dist_draw(&load->settings.think, &load->rng), 0));
  sim_schedule(load->sim, &flow->think, sim_time_add(sim_now(load->sim), think), SIM_APPLICATION,
               &flow->from->owner);
}

/* -- the accepting end -- */

static void
send_response(Flow *flow)
{
  while (flow->to_reply > 0) {
    uint64_t queued = tcp_send(flow->accepted, flow->to_reply, NULL);
    if (queued == 0)
      return;
    flow->to_reply -= queued;
  }
  if (flow->rounds == 1 && flow->load->settings.server_closes)
    tcp_shutdown(flow->accepted);
}

static void
take_request(Flow *flow)
{
  AppLoad *load = flow->load;
  uint64_t taken = tcp_receive(flow->accepted, UINT64_MAX, NULL, NULL);
  load->counters.bytes += taken;
  if (taken == 0 || load->settings.endless || flow->done)
    return;
  flow->to_come -= MIN(taken, flow->to_come);
  if (flow->to_come > 0)
    return;
  if (flow->response > 0) {
    send_response(flow);
    return;
  }
  round_end(flow);
  if (flow->done && load->settings.server_closes)
    tcp_shutdown(flow->accepted);
}

static void
accepted_event(TcpConn *conn, unsigned events, void *user)
{
  Flow *flow = user;
  if (events & TCP_EVENT_READABLE)
    take_request(flow);
  if (events & TCP_EVENT_WRITABLE)
    send_response(flow);
  /* It is let go when the other side has closed, too. */
  if ((events & TCP_EVENT_CLOSED) || tcp_at_end(conn))
    let_go(flow, &flow->accepted);
}

static void
on_accepted(TcpListener *listener, void *user)
{
  Server *server = user;
  for (TcpConn *conn; (conn = tcp_accept(listener, NULL, NULL)) != NULL;) {
    TcpEndpoints ends = tcp_endpoints(conn);
    uint64_t key = (uint64_t)ends.remote << 16 | ends.remote_port;
    Flow *flow = g_hash_table_lookup(server->flows, &key);
    if (flow == NULL) { /* its opener has given up meanwhile, or is none of ours */
      tcp_abort(conn);
      tcp_release(conn);
      continue;
    }
    g_hash_table_remove(server->flows, &key);
    flow->accepted = conn;
    tcp_set_user(conn, &accepted_ops, flow);
    accepted_event(conn, TCP_EVENT_READABLE, flow); /* what came before it was accepted */
  }
}

/* -- the opener -- */

static void
take_response(Flow *flow)
{
  uint64_t taken = tcp_receive(flow->client, UINT64_MAX, NULL, NULL);
  flow->load->counters.bytes += taken;
  if (taken == 0 || flow->done)
    return;
  flow->to_answer -= MIN(taken, flow->to_answer);
  if (flow->to_answer > 0)
    return;
  round_end(flow);
  if (flow->done && !flow->load->settings.server_closes)
    tcp_shutdown(flow->client);
}

static void
client_event(TcpConn *conn, unsigned events, void *user)
{
  Flow *flow = user;
  if (events & (TCP_EVENT_CONNECTED | TCP_EVENT_WRITABLE))
    send_request(flow);
  if (events & TCP_EVENT_READABLE)
    take_response(flow);
  bool over = (events & TCP_EVENT_CLOSED) != 0;
  if (!flow->done && (over || tcp_at_end(conn)))
    flow_fail(flow, over ? tcp_error_name(tcp_error(conn)) : "closed");
  /* A round without a response may be over before its FIN has been answered. */
  if (over || (flow->done && tcp_at_end(conn)))
    let_go(flow, &flow->client);
}

/* -- beginning -- */

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
flow_start(AppLoad *load)
{
  unsigned from, to;
  choose_ends(load, &from, &to);
  Flow *flow = sim_slab_alloc_zero(&load->slab);
  flow->load = load;
  flow->server = &load->servers[to];
  flow->from = tcp_host_node(load->settings.from[from]);
  flow->number = ++load->counters.started;
  flow->rounds = load->settings.rounds;
  sim_event_init(&flow->think, on_think);
  flow->next = load->flows;
  if (flow->next != NULL)
    flow->next->previous = flow;
  load->flows = flow;
  round_begin(flow);
  TcpConnectArgs args = {
      .destination = node_address(tcp_host_node(flow->server->host)),
      .port = load->settings.port,
      .profile = load->profile,
  };
  GError *error = NULL;
  flow->client = tcp_connect(load->settings.from[from], &args, &error);
  if (flow->client == NULL) { /* no port is free any more */
    flow_fail(flow, "no port");
    g_error_free(error);
    flow_free(flow);
    return;
  }
  /* Only now: where there is no route, the connection is over before it is known. */
  tcp_set_user(flow->client, &client_ops, flow);
  TcpEndpoints ends = tcp_endpoints(flow->client);
  flow->key = (uint64_t)ends.local << 16 | ends.local_port;
  if (tcp_state(flow->client) == TCP_CLOSED) { /* no route */
    flow_fail(flow, tcp_error_name(tcp_error(flow->client)));
    let_go(flow, &flow->client);
    return;
  }
  g_hash_table_insert(flow->server->flows, &flow->key, flow);
}

static void
schedule_next(AppLoad *load, SimTime time)
{
  if (load->counters.started >= load->settings.count || time > load->settings.until)
    return;
  sim_schedule(load->sim, &load->arrival, time, SIM_APPLICATION,
               &tcp_host_node(load->settings.from[0])->owner);
}

static void
on_arrival(Sim *sim, SimEvent *event)
{
  AppLoad *load = sim_container(event, AppLoad, arrival);
  flow_start(load);
  double gap = MAX(app_dist_draw(&load->settings.gap, &load->rng), 0);
  schedule_next(load, sim_time_add(sim_now(sim), sim_time_from_seconds(gap)));
}

static bool
listen_everywhere(AppLoad *load, GError **error)
{
  for (unsigned i = 0; i < load->settings.n_to; i++) {
    Server *server = &load->servers[i];
    *server = (Server){.load = load, .host = load->settings.to[i]};
    server->flows = g_hash_table_new(g_int64_hash, g_int64_equal);
    TcpListenArgs args = {.port = load->settings.port,
                          .profile = load->profile,
                          .accepted = on_accepted,
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
  load->servers = g_new0(Server, settings->n_to);
  load->quantiles = sim_quantiles_new();
  sim_slab_init(&load->slab, "flow", sizeof(Flow));
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
    flow_free(load->flows);
  for (unsigned i = 0; i < load->settings.n_to; i++)
    if (load->servers[i].flows != NULL)
      g_hash_table_unref(load->servers[i].flows);
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

double
app_load_fct(const AppLoad *load, double q)
{
  return sim_quantiles_value(load->quantiles, q);
}
