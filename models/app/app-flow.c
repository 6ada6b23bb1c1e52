/* app-flow: the life of a flow.
 *
 * The opener sends the request and the accepting end the response; both ends belong to one AppFlow,
 * so that each knows how much the other will send, as the protocol of a real application would tell
 * it. The accepting end is told which flow it belongs to by the opener's address and port, behind a
 * NAT by those inside. */
#include "models/app/app-load-private.h"
#include "models/net/middlebox-nat.h"

static void client_event(TcpConn *conn, unsigned events, void *user);
static void accepted_event(TcpConn *conn, unsigned events, void *user);

static const TcpUserOps client_ops = {.event = client_event};
static const TcpUserOps accepted_ops = {.event = accepted_event};

/* -- what is told -- */

/* A round is over, or the flow: here, or where flows are counted. */
static void
tell(const AppFlow *flow, bool completed, uint64_t bytes, const char *outcome)
{
  AppLoad *load = flow->load;
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
  if (G_LIKELY(load->part == NULL))
    app_load_count(load, &record, completed);
  else
    app_part_ended(flow, &record, completed);
}

/* -- ending -- */

void
app_flow_free(AppFlow *flow)
{
  AppLoad *load = flow->load;
  if (flow->awaited &&
      g_hash_table_lookup(flow->server->flows, &flow->key) == flow) /* a later one may be there */
    g_hash_table_remove(flow->server->flows, &flow->key);
  if (G_UNLIKELY(load->part != NULL))
    app_part_forget(flow);
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
let_go(AppFlow *flow, TcpConn **end)
{
  TcpConn *conn = *end;
  *end = NULL;
  if (conn != NULL)
    tcp_release(conn);
  if (G_UNLIKELY(flow->load->part != NULL) && end == &flow->client)
    app_part_tell_gone(flow);
  if (flow->client == NULL && flow->accepted == NULL)
    app_flow_free(flow);
}

static void
flow_fail(AppFlow *flow, const char *outcome)
{
  flow->done = true;
  tell(flow, false, flow->request - flow->to_come + flow->response - flow->to_answer, outcome);
}

/* -- rounds -- */

static bool
is_last_round(const AppFlow *flow)
{
  return flow->round >= flow->load->settings.rounds;
}

static SIM_HOT void
send_request(AppFlow *flow)
{
  if (flow->load->settings.endless) {
    while (tcp_send(flow->client, UINT32_MAX, NULL) == UINT32_MAX)
      continue;
    return;
  }
  if (flow->to_send > 0)
    flow->to_send -= tcp_send(flow->client, flow->to_send, NULL);
  if (flow->to_send > 0)
    return; /* the buffer is full: WRITABLE will come */
  if (is_last_round(flow) && flow->response == 0 && !flow->load->settings.server_closes)
    tcp_shutdown(flow->client); /* the FIN goes with the last byte */
}

static uint64_t
draw_size(const AppDist *dist, SimRng *rng)
{
  double size = app_dist_draw(dist, rng);
  return (uint64_t)CLAMP(size + 0.5, 0, 1e15);
}

static void
draw_round(AppFlow *flow, SimRng *rng)
{
  const AppLoadSettings *settings = &flow->load->settings;
  if (settings->idle)
    return;
  flow->request = MAX(draw_size(&settings->request, rng), 1);
  flow->response = draw_size(&settings->response, rng);
  if (settings->rounds > 1) /* or nobody would know when to go on */
    flow->response = MAX(flow->response, 1);
  flow->to_send = flow->to_come = flow->request;
  flow->to_reply = flow->to_answer = flow->response;
}

/* The stream of a later round; returns the think time before it. The first round is drawn from the
 * load's own stream when the flow begins; a later one knows no order among flows, and each end may
 * draw it by itself. */
static SimTime
round_stream(const AppFlow *flow, uint64_t round, SimRng *rng)
{
  const AppLoad *load = flow->load;
  sim_rng_init_within(rng, &load->rng, flow->number, round);
  return sim_time_from_seconds(MAX(app_dist_draw(&load->settings.think, rng), 0));
}

static void
draw_next_round(AppFlow *flow)
{
  SimRng rng;
  round_stream(flow, ++flow->round, &rng);
  draw_round(flow, &rng);
}

static void
on_think(Sim *sim, SimEvent *event)
{
  AppFlow *flow = sim_container(event, AppFlow, think);
  flow->start = sim_now(sim);
  draw_next_round(flow);
  send_request(flow);
}

/* The receiver has the last byte of the round. */
static void
round_end(AppFlow *flow)
{
  AppLoad *load = flow->load;
  tell(flow, true, flow->request + flow->response, "completed");
  if (is_last_round(flow)) {
    flow->done = true;
    return;
  }
  SimRng rng;
  SimTime think = round_stream(flow, flow->round + 1, &rng);
  sim_schedule(load->sim, &flow->think, sim_time_add(sim_now(load->sim), think), SIM_APPLICATION,
               &flow->from->owner);
}

/* -- the accepting end -- */

static SIM_HOT void
send_response(AppFlow *flow)
{
  if (flow->to_come > 0)
    return; /* of the request */
  if (flow->to_reply > 0)
    flow->to_reply -= tcp_send(flow->accepted, flow->to_reply, NULL);
  if (flow->to_reply > 0)
    return;
  if (!is_last_round(flow)) {
    if (!app_part_has(flow->load, flow->from)) /* else the opener does it */
      draw_next_round(flow);
  } else if (flow->load->settings.server_closes)
    tcp_shutdown(flow->accepted);
}

static SIM_HOT void
take_request(AppFlow *flow)
{
  AppLoad *load = flow->load;
  uint64_t taken = tcp_receive(flow->accepted, UINT64_MAX, NULL, NULL);
  load->counters.bytes += taken;
  if (taken == 0 || load->settings.endless)
    return;
  flow->to_come -= MIN(taken, flow->to_come);
  if (flow->to_come > 0)
    return;
  if (flow->response > 0) { /* it cannot know whether the opener is still there */
    send_response(flow);
    return;
  }
  if (!flow->done)
    round_end(flow);
  if (flow->done && load->settings.server_closes)
    tcp_shutdown(flow->accepted);
}

static SIM_HOT void
accepted_event(TcpConn *conn, unsigned events, void *user)
{
  AppFlow *flow = user;
  if (events & TCP_EVENT_READABLE) {
    if (G_UNLIKELY(flow->load->part != NULL))
      app_part_came(flow);
    take_request(flow);
  }
  if (events & TCP_EVENT_WRITABLE)
    send_response(flow);
  /* It is let go when the other side has closed, too. */
  if ((events & TCP_EVENT_CLOSED) || tcp_at_end(conn))
    let_go(flow, &flow->accepted);
}

void
app_flow_accepted(TcpListener *listener, void *user)
{
  AppServer *server = user;
  for (TcpConn *conn; (conn = tcp_accept(listener, NULL, NULL)) != NULL;) {
    TcpEndpoints ends = tcp_endpoints(conn);
    FlowEnd opener = {ends.remote, ends.remote_port};
    middlebox_nat_resolve(tcp_host_node(server->host)->net, NET_PROTO_TCP, &opener);
    uint64_t key = (uint64_t)opener.address << 16 | opener.port;
    AppFlow *flow = g_hash_table_lookup(server->flows, &key);
    if (flow == NULL) { /* its opener has given up meanwhile, or is none of ours */
      tcp_abort(conn);
      tcp_release(conn);
      continue;
    }
    g_hash_table_remove(server->flows, &key);
    flow->awaited = false;
    flow->accepted = conn;
    if (G_UNLIKELY(flow->load->part != NULL))
      app_part_accepted(flow);
    tcp_set_user(conn, &accepted_ops, flow);
    accepted_event(conn, TCP_EVENT_READABLE, flow); /* what came before it was accepted */
  }
}

/* -- the opener -- */

static SIM_HOT void
take_response(AppFlow *flow)
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

static SIM_HOT void
client_event(TcpConn *conn, unsigned events, void *user)
{
  AppFlow *flow = user;
  if (flow->load->settings.idle) {
    if ((events & TCP_EVENT_CONNECTED) && !flow->done)
      round_end(flow);
  } else if (events & (TCP_EVENT_CONNECTED | TCP_EVENT_WRITABLE))
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

void
app_flow_await(AppFlow *flow, uint64_t key)
{
  flow->key = key;
  flow->awaited = true;
  g_hash_table_insert(flow->server->flows, &flow->key, flow);
}

/* The flow between these two; NULL when neither of them is of this process: it has been drawn. */
static AppFlow *
flow_new(AppLoad *load, unsigned from, unsigned to)
{
  AppFlow begun = {.load = load,
                   .server = &load->servers[to],
                   .from = tcp_host_node(load->settings.from[from]),
                   .number = ++load->counters.started,
                   .round = 1,
                   .start = sim_now(load->sim)};
  draw_round(&begun, &load->rng);
  if (!app_part_has(load, begun.from) && !app_part_has(load, tcp_host_node(begun.server->host)))
    return NULL;
  AppFlow *flow = sim_slab_alloc(&load->slab);
  *flow = begun;
  sim_event_init(&flow->think, on_think);
  flow->next = load->flows;
  if (flow->next != NULL)
    flow->next->previous = flow;
  load->flows = flow;
  return flow;
}

static void
flow_open(AppFlow *flow, unsigned from)
{
  AppLoad *load = flow->load;
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
    let_go(flow, &flow->client);
    return;
  }
  /* Only now: where there is no route, the connection is over before it is known. */
  tcp_set_user(flow->client, &client_ops, flow);
  if (tcp_state(flow->client) == TCP_CLOSED) { /* no route */
    flow_fail(flow, tcp_error_name(tcp_error(flow->client)));
    let_go(flow, &flow->client);
    return;
  }
  TcpEndpoints ends = tcp_endpoints(flow->client);
  uint64_t key = (uint64_t)ends.local << 16 | ends.local_port;
  if (app_part_has(load, tcp_host_node(flow->server->host)))
    app_flow_await(flow, key);
  else
    app_part_tell_key(flow, key);
}

void
app_flow_start(AppLoad *load, unsigned from, unsigned to)
{
  AppFlow *flow = flow_new(load, from, to);
  if (flow == NULL)
    return;
  if (app_part_has(load, flow->from))
    flow_open(flow, from);
  else
    app_part_await(flow);
}
