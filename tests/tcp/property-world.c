/* property-world: the network of a seed and the two applications on it.
 *
 * The wire loses, holds, copies, damages and marks packets. Of some seeds it lies between two
 * routers and lets through less than the links of the hosts; the routers say so, or, where both
 * ends look for themselves (RFC 4821), keep silent.
 * Each application sends a stream of pieces, bytes and counted ones, some urgent, in writes of its
 * own size and with pauses, and reads with pauses, so that the window shuts; one of them may come
 * to an early end. What arrives is compared at once, byte by byte. */
#include "tests/tcp/property.h"

#include <string.h>

#define MOST (60 * 1024)
/* A SYN cookie of Linux tells a segment that comes in place of the third packet from it only when
 * it is more than three bytes further on: so the first segments here are longer. */
#define FIRST 100
/* Far more than any seed has. */
#define EVENTS_MOST 3000000

/* 1 to `most`, and no more than there are. */
static uint64_t
draw_up_to(SimRng *rng, uint64_t most, uint64_t available)
{
  uint64_t count = 1 + sim_rng_below(rng, most);
  return MIN(count, available);
}

static void
pause_or_go_on(PropertyEnd *end, SimTimer *timer)
{
  Sim *sim = end->world->sim;
  if (sim_rng_chance(&end->rng, end->pause))
    sim_timer_set(sim, timer, sim_now(sim) + (SimTime)(sim_rng_uniform(&end->rng) * end->longest),
                  &end->node->owner);
}

static void
take(PropertyEnd *end)
{
  const PropertyEnd *from = end->peer;
  uint64_t most = 1 + sim_rng_below(&end->rng, end->read_most);
  bool text = false;
  GByteArray *bytes = g_byte_array_new();
  uint64_t count = tcp_receive(end->conn, most, bytes, &text);
  if (count == 0 || count > most || end->got + count > from->sent)
    property_fail(end->world,
                  "%s: took %" G_GUINT64_FORMAT " bytes behind %" G_GUINT64_FORMAT
                  " of %" G_GUINT64_FORMAT,
                  end->name, count, end->got, from->sent);
  if (text && bytes->len != count)
    property_fail(end->world, "%s: %u bytes for %" G_GUINT64_FORMAT, end->name, bytes->len, count);
  for (uint64_t i = 0; i < count; i++)
    if ((text ? bytes->data[i] : 0) != from->bytes[end->got + i])
      property_fail(end->world, "%s: byte %" G_GUINT64_FORMAT " is not what was sent", end->name,
                    end->got + i);
  end->got += count;
  g_byte_array_free(bytes, TRUE);
}

static void
read_some(PropertyEnd *end)
{
  while (!sim_timer_armed(&end->reading) && tcp_receivable(end->conn) > 0) {
    take(end);
    pause_or_go_on(end, &end->reading);
  }
  end->saw_end |= tcp_at_end(end->conn);
}

/* The next piece is of one kind, bytes or counted ones. */
static uint64_t
next_piece(const PropertyEnd *end, uint64_t most)
{
  uint64_t count = 1;
  bool text = end->bytes[end->sent] != 0;
  while (count < most && (end->bytes[end->sent + count] != 0) == text)
    count++;
  return count;
}

static void
write_some(PropertyEnd *end)
{
  while (!sim_timer_armed(&end->writing) && end->sent < end->total) {
    uint64_t most = draw_up_to(&end->rng, end->write_most, end->total - end->sent);
    if (end->sent == 0)
      most = MIN(most + FIRST, end->total);
    uint64_t count = next_piece(end, most);
    const uint8_t *bytes = end->bytes[end->sent] != 0 ? end->bytes + end->sent : NULL;
    bool urgent = sim_rng_chance(&end->rng, end->urgent);
    uint64_t room =
        urgent ? tcp_send_urgent(end->conn, count, bytes) : tcp_send(end->conn, count, bytes);
    end->sent += room;
    if (room < count)
      return;
    pause_or_go_on(end, &end->writing);
  }
}

static void
pump(PropertyEnd *end)
{
  if (end->conn == NULL || end->doomed)
    return;
  read_some(end);
  if (tcp_state(end->conn) < TCP_ESTABLISHED)
    return;
  write_some(end);
  if (end->sent == end->total && tcp_may_send(end->conn) && (end->saw_end || !end->waits_for_end))
    tcp_shutdown(end->conn);
  if (end->saw_end && end->sent == end->total)
    tcp_close(end->conn);
}

static void
on_event(TcpConn *conn, unsigned events, void *user)
{
  pump(user);
}

static const TcpUserOps ops = {.event = on_event};

static void
on_reading(Sim *sim, SimTimer *timer)
{
  pump(sim_container(timer, PropertyEnd, reading));
}

static void
on_writing(Sim *sim, SimTimer *timer)
{
  pump(sim_container(timer, PropertyEnd, writing));
}

static void
on_fate(Sim *sim, SimTimer *timer)
{
  PropertyEnd *end = sim_container(timer, PropertyEnd, fate);
  TcpConn *conn = end->conn;
  end->doomed = true;
  if (conn == NULL)
    return;
  switch (end->doom) {
  case PROPERTY_ABORTS:
    tcp_abort(conn);
    break;
  case PROPERTY_VANISHES:
    tcp_vanish(conn);
    break;
  case PROPERTY_RESTARTS:
    tcp_host_restart(end->host);
    break;
  case PROPERTY_CLOSES:
    tcp_close(conn);
    break;
  case PROPERTY_RELEASES:
    end->conn = NULL;
    tcp_release(conn);
    break;
  }
}

/* Only the first is talked to: a copy of its SYN may make another, which nobody wants. */
static void
on_accepted(TcpListener *listener, void *user)
{
  PropertyWorld *world = user;
  if (world->server.conn != NULL || world->server.doomed) {
    tcp_release(tcp_accept(listener, NULL, NULL));
    return;
  }
  world->server.conn = tcp_accept(listener, &ops, &world->server);
  pump(&world->server);
}

static void
on_packet(Sim *sim, const void *data, void *user)
{
  const NetPacketRecord *record = data;
  PropertyWorld *world = user;
  world->events[world->event_count++ % PROPERTY_EVENTS] = (PropertyEvent){
      .time = record->time,
      .what = record->event,
      .node = record->node->name,
      .reason = record->reason,
      .packet = *record->packet,
  };
}

static void
on_timer(Sim *sim, const void *data, void *user)
{
  const TcpTimerRecord *record = data;
  PropertyWorld *world = user;
  world->events[world->event_count++ % PROPERTY_EVENTS] = (PropertyEvent){
      .time = record->time,
      .node = tcp_host_node(tcp_conn_host(record->conn))->name,
      .timer = tcp_timer_name(record->timer),
      .timer_event = record->event,
      .due = record->due,
  };
}

static bool
on_every_event(Sim *sim, void *user)
{
  PropertyWorld *world = user;
  property_check(world);
  if (sim->events > EVENTS_MOST)
    property_fail(world, "it does not end");
  return true;
}

static bool
hold(const Packet *packet, void *user)
{
  PropertyWorld *world = user;
  return sim_rng_chance(&world->chaos, world->hold);
}

static bool
mark(const Packet *packet, void *user)
{
  PropertyWorld *world = user;
  return (packet->traffic_class & 3) != NET_ECN_NOT && sim_rng_chance(&world->chaos, world->mark);
}

static void
add_rule(PropertyWorld *world, RuleAction action, PacketMatchFn match, SimTime delay)
{
  LinkRule *rule = link_rule_new(action, packet_match_function(match, world, NULL));
  rule->delay = delay;
  link_add_rule(world->wire, rule);
}

static void
spoil(LinkDirection *direction, SimRng *rng)
{
  SimParamValue worst = {.type = SIM_VALUE_NUMBER, .number = sim_rng_uniform(rng) * 0.2};
  if (sim_rng_chance(rng, 0.8)) {
    void *state = g_malloc0(loss_bernoulli.state_size);
    const SimParam *p = sim_param_find(loss_bernoulli.params, "p");
    g_assert_true(sim_param_set(p, state, &worst, NULL));
    link_set_loss(direction, &loss_bernoulli, state);
  }
  if (sim_rng_chance(rng, 0.4))
    link_set_duplicate(direction, sim_rng_uniform(rng) * 0.2);
  if (sim_rng_chance(rng, 0.3))
    link_set_corrupt(direction, sim_rng_uniform(rng) * 0.1);
  LinkReorder reorder = {
      .probability = sim_rng_uniform(rng) * 0.2,
      .distance = 1 + (int64_t)sim_rng_below(rng, 8),
      .delay = 100 * SIM_MILLISECOND,
  };
  if (sim_rng_chance(rng, 0.3))
    link_set_reorder(direction, &reorder);
}

static Link *
connect_nodes(Node *a, Node *b, const LinkSettings *settings)
{
  Link *link = link_new(a, b, settings, NULL);
  g_assert_nonnull(link);
  return link;
}

static bool
searches(const PropertyEnd *end)
{
  const TcpProfile *profile = &end->profile;
  return profile->mtu_probing != TCP_MTU_PROBING_OFF && profile->path_mtu_discovery;
}

/* Less than the hosts' links let through, on the way between two routers. */
static void
build_narrow_path(PropertyWorld *world, LinkSettings *settings, SimRng *rng)
{
  Node *nodes[2] = {node_new(world->net, "r1", NODE_ROUTER, NULL),
                    node_new(world->net, "r2", NODE_ROUTER, NULL)};
  LinkSettings edge = link_settings_default();
  edge.delay = SIM_MILLISECOND;
  edge.mtu = settings->mtu;
  world->path_mtu = settings->mtu = 600 + (uint32_t)sim_rng_below(rng, 800);
  connect_nodes(world->client.node, nodes[0], &edge);
  world->wire = connect_nodes(nodes[0], nodes[1], settings);
  connect_nodes(nodes[1], world->server.node, &edge);
  bool silent = searches(&world->client) && searches(&world->server) && sim_rng_chance(rng, 0.5);
  for (int i = 0; i < 2 && !silent; i++)
    world->routers[i] = icmp_host_new(nodes[i]);
}

static void
build(PropertyWorld *world, SimRng *rng)
{
  LinkSettings settings = link_settings_default();
  settings.delay = (SimTime)(1 + sim_rng_below(rng, 100)) * SIM_MILLISECOND;
  settings.rate = sim_rng_chance(rng, 0.3) ? 0 : 1000000 + sim_rng_below(rng, 100000000);
  settings.mtu = sim_rng_chance(rng, 0.2) ? 9000 : 1500;
  if (sim_rng_chance(rng, 0.3))
    build_narrow_path(world, &settings, rng);
  else
    world->wire = connect_nodes(world->client.node, world->server.node, &settings);
  add_rule(world, RULE_MARK, mark, 0);
  add_rule(world, RULE_HOLD, hold, (SimTime)(1 + sim_rng_below(rng, 150)) * SIM_MILLISECOND);
  spoil(&world->wire->forward, rng);
  spoil(&world->wire->backward, rng);
}

static void
fill(PropertyEnd *end, SimRng *rng)
{
  end->total = sim_rng_chance(rng, 0.2) ? sim_rng_below(rng, 100) : sim_rng_below(rng, MOST);
  end->bytes = g_malloc0(end->total + 1);
  for (uint64_t i = 0, count; i < end->total; i += count) {
    count = FIRST + sim_rng_below(rng, 20000);
    count = MIN(count, end->total - i);
    if (sim_rng_chance(rng, 0.6))
      for (uint64_t k = 0; k < count; k++)
        end->bytes[i + k] = (uint8_t)(1 + sim_rng_below(rng, 255));
  }
}

static void
end_init(PropertyWorld *world, PropertyEnd *end, SimRng *rng)
{
  static const uint64_t sizes[] = {10, 1000, 10000, 1000000};
  end->world = world;
  end->node = node_new(world->net, end->name, NODE_HOST, NULL);
  sim_rng_init(&end->rng, world->seed, end->name);
  fill(end, rng);
  end->write_most = sizes[sim_rng_below(rng, end->total < 5000 ? 4 : 3) + (end->total >= 5000)];
  end->read_most = sizes[1 + sim_rng_below(rng, 3)];
  end->urgent = sim_rng_chance(rng, 0.3) ? sim_rng_uniform(rng) * 0.3 : 0;
  end->pause = sim_rng_chance(rng, 0.5) ? sim_rng_uniform(rng) * 0.2 : 0;
  end->longest = (SimTime)(sim_rng_uniform(rng) * 4 * SIM_SECOND);
  sim_timer_init(&end->reading, on_reading);
  sim_timer_init(&end->writing, on_writing);
  sim_timer_init(&end->fate, on_fate);
  if (sim_rng_chance(rng, 0.1))
    end->doom = (PropertyDoom)(1 + sim_rng_below(rng, PROPERTY_RELEASES));
}

void
property_world_init(PropertyWorld *world, uint64_t seed)
{
  SimRng rng;
  sim_rng_init(&rng, seed, "property");
  *world = (PropertyWorld){.seed = seed, .sim = sim_new(seed)};
  world->net = net_new(world->sim);
  world->client.name = "client";
  world->server.name = "server";
  world->client.peer = &world->server;
  world->server.peer = &world->client;
  property_draw_options(world, &rng);
  sim_rng_init(&world->chaos, seed, "chaos");
  end_init(world, &world->client, &rng);
  end_init(world, &world->server, &rng);
  world->server.waits_for_end = sim_rng_chance(&rng, 0.3);
  world->client.early = sim_rng_chance(&rng, 0.5);
  world->hold = sim_rng_chance(&rng, 0.5) ? sim_rng_uniform(&rng) * 0.2 : 0;
  world->mark = sim_rng_uniform(&rng) * 0.1;
  build(world, &rng);
  for (int i = 0; i < 2; i++) {
    PropertyEnd *end = i == 0 ? &world->client : &world->server;
    end->icmp = icmp_host_new(end->node);
    end->host = tcp_host_new(end->node, &end->profile);
  }
  sim_trace_listen(world->sim, NET_TRACE_PACKET, on_packet, world);
  sim_trace_listen(world->sim, TCP_TRACE_TIMER, on_timer, world);
  sim_watch(world->sim, 1, on_every_event, world);
}

static void
connect_client(PropertyWorld *world)
{
  PropertyEnd *client = &world->client;
  uint64_t early = client->early ? next_piece(client, client->total) : 0;
  if (client->total == 0)
    early = 0;
  TcpConnectArgs args = {
      .destination = node_address(world->server.node),
      .port = 80,
      .ops = &ops,
      .user = client,
      .fast_open = client->early,
      .early = early,
      .early_bytes = early > 0 && client->bytes[0] != 0 ? client->bytes : NULL,
  };
  GError *error = NULL;
  client->conn = tcp_connect(client->host, &args, &error);
  g_assert_no_error(error);
  client->sent = tcp_early(client->conn);
}

/* Fast Open needs a cookie, which an earlier connection brings; it may fail to. */
static void
fetch_cookie(PropertyWorld *world)
{
  TcpConnectArgs args = {
      .destination = node_address(world->server.node), .port = 80, .fast_open = true};
  TcpListenArgs listen = {.port = 80};
  TcpListener *listener = tcp_listen(world->server.host, &listen, NULL);
  TcpConn *conn = tcp_connect(world->client.host, &args, NULL);
  sim_run(world->sim, sim_now(world->sim) + 10 * SIM_SECOND);
  if (tcp_state(conn) != TCP_CLOSED)
    tcp_abort(conn);
  tcp_release(conn);
  tcp_listener_close(listener);
  sim_run(world->sim, SIM_TIME_NEVER - 1);
}

static void
set_fate(PropertyEnd *end)
{
  Sim *sim = end->world->sim;
  if (end->doom != 0)
    sim_timer_set(sim, &end->fate,
                  sim_now(sim) + (SimTime)(sim_rng_uniform(&end->rng) * 5 * SIM_SECOND),
                  &end->node->owner);
}

/* An early end may leave the other waiting for somebody who is no more, for as long as it likes. */
static bool
excused(const PropertyWorld *world)
{
  return world->client.doomed || world->server.doomed || !world->patient;
}

static void
check_outcome(const PropertyWorld *world, const PropertyEnd *end)
{
  if (end->conn == NULL)
    property_fail(world, "%s: never had a connection", end->name);
  if (tcp_state(end->conn) != TCP_CLOSED || tcp_error(end->conn) != TCP_OK)
    property_fail(world, "%s: %s (%s), and nothing left to happen", end->name,
                  tcp_state_name(tcp_state(end->conn)), tcp_error_name(tcp_error(end->conn)));
  if (end->got != end->peer->total || !end->saw_end)
    property_fail(world, "%s: only %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes came",
                  end->name, end->got, end->peer->total);
}

/* Lets go of what an excused end may still hold. */
static void
end_let_go(PropertyEnd *end)
{
  TcpConn *conn = end->conn;
  end->conn = NULL;
  if (conn == NULL)
    return;
  if (tcp_state(conn) != TCP_CLOSED)
    tcp_abort(conn);
  tcp_release(conn);
}

static void
world_free(PropertyWorld *world)
{
  sim_trace_ignore(world->sim, NET_TRACE_PACKET, on_packet, world);
  sim_trace_ignore(world->sim, TCP_TRACE_TIMER, on_timer, world);
  for (int i = 0; i < 2; i++) {
    PropertyEnd *end = i == 0 ? &world->client : &world->server;
    tcp_host_free(end->host);
    icmp_host_free(end->icmp);
    if (world->routers[i] != NULL)
      icmp_host_free(world->routers[i]);
    g_free(end->bytes);
  }
  net_free(world->net); /* these look at their slabs */
  sim_free(world->sim);
}

bool
property_world_run(PropertyWorld *world)
{
  if (world->client.early)
    fetch_cookie(world);
  TcpListenArgs args = {.port = 80, .accepted = on_accepted, .user = world};
  world->listener = tcp_listen(world->server.host, &args, NULL);
  g_assert_nonnull(world->listener);
  connect_client(world);
  set_fate(&world->client);
  set_fate(&world->server);
  if (sim_run(world->sim, SIM_TIME_NEVER - 1) != SIM_RUN_EMPTY)
    property_fail(world, "the simulation was stopped");
  if (!excused(world)) {
    check_outcome(world, &world->client);
    check_outcome(world, &world->server);
  }
  bool whole = world->client.got == world->server.total && world->client.saw_end &&
               world->server.got == world->client.total && world->server.saw_end;
  end_let_go(&world->client);
  end_let_go(&world->server);
  tcp_listener_close(world->listener);
  sim_run(world->sim, SIM_TIME_NEVER - 1);
  if (excused(world)) { /* somebody in FIN-WAIT-2 may still wait for a peer that is no more */
    tcp_host_restart(world->client.host);
    tcp_host_restart(world->server.host);
  }
  property_check_empty(world);
  world_free(world);
  return whole;
}
