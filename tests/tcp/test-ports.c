/* test-ports: which port a connection gets where nearly all are taken, and many listeners.
 *
 * The tests of cost have no clock: as a search through all ports, they would outlast their time. */
#include "models/net/link.h"
#include "models/net/port-set.h"
#include "models/tcp/tcp-conn.h"
#include "sim/rng.h"

#define DYNAMIC (PORT_LAST + 1 - PORT_FIRST)

/* A client that connects, and a server that takes all and closes behind the client. */
typedef struct World {
  Sim *sim;
  Net *net;
  Node *nodes[2];
  Link *wire;
  TcpHost *client, *server;
  GPtrArray *open; /* of the client's TcpConn */
  SimRng rng;
  unsigned taken_over, none; /* how often it came to this */
} World;

static void
on_server_event(TcpConn *conn, unsigned events, void *user)
{
  if (events & TCP_EVENT_CLOSED)
    tcp_release(conn);
  else if (tcp_at_end(conn))
    tcp_close(conn);
}

static const TcpUserOps server_ops = {.event = on_server_event};

static void
on_accepted(TcpListener *listener, void *user)
{
  tcp_accept(listener, &server_ops, user);
}

static void
world_listen(TcpHost *host, uint16_t port)
{
  TcpListenArgs args = {.port = port, .accepted = on_accepted};
  g_assert_nonnull(tcp_listen(host, &args, NULL));
}

static void
world_start(World *world)
{
  *world = (World){.sim = sim_new(1)};
  world->net = net_new(world->sim);
  TcpProfile profile = *tcp_profile_find("linux");
  profile.backlog = profile.backlog_max = profile.syn_backlog = 2 * DYNAMIC;
  for (int i = 0; i < 2; i++)
    world->nodes[i] = node_new(world->net, i == 0 ? "client" : "server", NODE_HOST, NULL);
  LinkSettings wire = link_settings_default();
  wire.delay = SIM_MILLISECOND;
  world->wire = link_new(world->nodes[0], world->nodes[1], &wire, NULL);
  world->client = tcp_host_new(world->nodes[0], &profile);
  world->server = tcp_host_new(world->nodes[1], &profile);
  world_listen(world->server, 80);
  world_listen(world->server, 81);
  world->open = g_ptr_array_new();
  sim_rng_init(&world->rng, 7, "ports");
}

static void
world_end(World *world)
{
  for (guint i = 0; i < world->open->len; i++)
    tcp_release(world->open->pdata[i]);
  g_ptr_array_free(world->open, TRUE);
  tcp_host_free(world->client);
  tcp_host_free(world->server);
  net_free(world->net);
  sim_free(world->sim);
}

/* From `from`, 0 any; NULL: there is none. */
static TcpConn *
connect_from(World *world, uint16_t from, uint16_t to, const TcpProfile *profile)
{
  TcpConnectArgs args = {.destination = node_address(world->nodes[1]),
                         .port = to,
                         .from_port = from,
                         .profile = profile};
  GError *error = NULL;
  TcpConn *conn = tcp_connect(world->client, &args, &error);
  if (conn != NULL)
    g_ptr_array_add(world->open, conn);
  else
    g_assert_error(error, SIM_ERROR, SIM_ERROR_STATE);
  g_clear_error(&error);
  return conn;
}

/* What the search has to find: all ports are tried, one after the other. 0: none is free. */
static uint16_t
try_all(World *world, uint16_t to, const TcpProfile *profile)
{
  TcpHost *host = world->client;
  TcpEndpoints ends = {.local = node_address(world->nodes[0]),
                       .remote = node_address(world->nodes[1]),
                       .local_port = host->next_port,
                       .remote_port = to};
  for (int i = 0; i < DYNAMIC; i++, ends.local_port = port_next(ends.local_port)) {
    const TcpConn *there = tcp_host_find(host, &ends);
    if ((there == NULL || tcp_close_may_take_over(there, profile)) &&
        tcp_listener_find(host, ends.local_port) == NULL) {
      world->taken_over += there != NULL;
      return ends.local_port;
    }
  }
  world->none++;
  return 0;
}

static void
connect_and_compare(World *world)
{
  TcpProfile profile = world->client->profile;
  profile.time_wait_reuse = (int)sim_rng_below(&world->rng, TCP_REUSE_ON + 1);
  profile.timestamps = sim_rng_below(&world->rng, 8) > 0;
  uint16_t to = sim_rng_below(&world->rng, 8) > 0 ? 80 : 81;
  uint16_t next = world->client->next_port, port = try_all(world, to, &profile);
  TcpConn *conn = connect_from(world, 0, to, &profile);
  g_assert_cmpuint(conn != NULL ? tcp_endpoints(conn).local_port : 0, ==, port);
  g_assert_cmpuint(world->client->next_port, ==, port != 0 ? port_next(port) : next);
}

static void
let_one_go(World *world, bool in_order)
{
  guint i = (guint)sim_rng_below(&world->rng, world->open->len);
  TcpConn *conn = g_ptr_array_remove_index_fast(world->open, i);
  if (!in_order)
    tcp_vanish(conn);
  tcp_release(conn);
}

static void
toggle_listener(World *world)
{
  uint16_t port = (uint16_t)(PORT_FIRST + sim_rng_below(&world->rng, 200));
  TcpListener *listener = tcp_listener_find(world->client, port);
  if (listener != NULL)
    tcp_listener_close(listener);
  else
    world_listen(world->client, port);
}

static void
same_port_as_trying_all(void)
{
  World world;
  world_start(&world);
  for (int i = 0; i < DYNAMIC - 100; i++)
    connect_from(&world, (uint16_t)(PORT_FIRST + i), 80, NULL);
  world.client->next_port = PORT_FIRST + 5000;
  SimTime until = SIM_SECOND;
  sim_run(world.sim, until);
  for (int i = 0; i < 1500; i++) {
    unsigned what = (unsigned)sim_rng_below(&world.rng, 20);
    if (what < 10)
      connect_and_compare(&world);
    else if (what < 16)
      let_one_go(&world, what < 14);
    else if (what < 18)
      toggle_listener(&world);
    else
      sim_run(world.sim, until += (SimTime)sim_rng_below(&world.rng, 500) * SIM_MILLISECOND);
    for (guint j = 0; i % 100 == 0 && j < world.open->len; j++)
      g_assert_null(tcp_check(world.open->pdata[j]));
  }
  g_assert_cmpuint(world.taken_over, >, 20);
  g_assert_cmpuint(world.none, >, 20);
  world_end(&world);
}

/* One port is free, and the next one that is tried is behind it, each time. */
static void
last_free_port_is_not_searched_for(void)
{
  World world;
  world_start(&world);
  link_pause(&world.wire->forward); /* nobody answers, and no packet piles up */
  for (int i = 0; i < DYNAMIC - 1; i++)
    connect_from(&world, 0, 80, NULL);
  for (int i = 0; i < 200000; i++) {
    TcpConn *conn = connect_from(&world, 0, 80, NULL);
    g_assert_cmpuint(tcp_endpoints(conn).local_port, ==, PORT_LAST);
    g_ptr_array_set_size(world.open, (int)world.open->len - 1);
    tcp_vanish(conn);
    tcp_release(conn);
  }
  world_end(&world);
}

/* What was kept for a crowd goes with it. */
static void
crowd_that_has_gone_leaves_nothing(void)
{
  World world;
  world_start(&world);
  for (int i = 0; i < 2 * PORT_TRIES; i++)
    connect_from(&world, (uint16_t)(PORT_FIRST + i), 80, NULL);
  g_assert_null(world.client->ports);
  TcpConn *conn = connect_from(&world, 0, 80, NULL);
  g_assert_cmpuint(tcp_endpoints(conn).local_port, ==, PORT_FIRST + 2 * PORT_TRIES);
  g_assert_true(tcp_ports_has_crowd(conn));
  while (world.open->len > 0)
    let_one_go(&world, false);
  conn = connect_from(&world, 0, 80, NULL);
  g_assert_false(tcp_ports_has_crowd(conn));
  world_end(&world);
}

static void
all_ports_have_a_listener(void)
{
  World world;
  world_start(&world);
  TcpListener **listeners = g_new(TcpListener *, PORT_LAST + 1);
  for (int round = 0; round < 8; round++) {
    for (unsigned port = 1; port <= PORT_LAST; port++) {
      TcpListenArgs args = {.port = (uint16_t)port};
      listeners[port] = tcp_listen(world.client, &args, NULL);
    }
    TcpListenArgs args = {.port = 4711};
    g_assert_null(tcp_listen(world.client, &args, NULL));
    if (round == 7) /* each port is a listener's */
      g_assert_null(connect_from(&world, 0, 80, NULL));
    for (unsigned port = 1; port <= PORT_LAST; port++)
      tcp_listener_close(listeners[port]);
    g_assert_null(tcp_listener_find(world.client, 4711));
  }
  g_assert_nonnull(connect_from(&world, 0, 80, NULL));
  g_free(listeners);
  world_end(&world);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/tcp/ports/" path, fn)
  TEST("same-port-as-trying-all", same_port_as_trying_all);
  TEST("last-free-port-is-not-searched-for", last_free_port_is_not_searched_for);
  TEST("crowd-that-has-gone-leaves-nothing", crowd_that_has_gone_leaves_nothing);
  TEST("all-ports-have-a-listener", all_ports_have_a_listener);
  return g_test_run();
}
