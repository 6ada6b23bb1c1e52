/* test-idle: what an end of a connection costs while nothing moves on it. */
#include "models/tcp/tcp-conn.h"
#include "tests/tcp/lab.h"

#define CONNECTIONS 1000
#define MOST 640 /* bytes for an end of an idle connection, its place in the host's table included */

static TcpConn *
accept_and_keep(TcpListener *listener, GPtrArray *kept)
{
  TcpConn *conn = tcp_accept(listener, NULL, NULL);
  if (conn != NULL)
    g_ptr_array_add(kept, conn);
  return conn;
}

static void
accept_all(TcpListener *listener, void *user)
{
  while (accept_and_keep(listener, user) != NULL)
    ;
}

static size_t
bytes_for_each(const TcpHost *host)
{
  size_t table = host->table_size * sizeof(TcpConn *) / host->connections;
  return host->conns.size + table;
}

static void
no_data_no_structs(void)
{
  Lab *lab = lab_new(&(LabSettings){.seed = 1, .profile = "linux"});
  GPtrArray *kept = g_ptr_array_new();
  TcpListenArgs listen = {.port = 90, .accepted = accept_all, .user = kept};
  tcp_listen(lab->server_host, &listen, NULL);
  TcpConnectArgs connect = {.destination = node_address(lab->server_node), .port = 90};
  for (int i = 0; i < CONNECTIONS; i++) {
    g_ptr_array_add(kept, tcp_connect(lab->client_host, &connect, NULL));
    lab_run(lab, sim_now(lab->sim) + SIM_MILLISECOND);
  }
  lab_run(lab, sim_now(lab->sim) + SIM_SECOND);
  const TcpHost *hosts[] = {lab->client_host, lab->server_host};
  for (int i = 0; i < 2; i++) {
    g_assert_cmpuint(hosts[i]->connections, ==, CONNECTIONS);
    g_assert_cmpuint(hosts[i]->conns.live, ==, CONNECTIONS);
    g_assert_cmpuint(hosts[i]->sendings.live, ==, 0);
    g_assert_cmpuint(hosts[i]->receivings.live, ==, 0);
    g_assert_cmpuint(hosts[i]->segments.live, ==, 0);
    g_test_message("%s: %zu bytes for each end", hosts[i]->node->name, bytes_for_each(hosts[i]));
    g_assert_cmpuint(bytes_for_each(hosts[i]), <=, MOST);
  }
  for (guint i = 0; i < kept->len; i++)
    tcp_release(g_ptr_array_index(kept, i));
  g_ptr_array_unref(kept);
  lab_free(lab);
}

/* One way only: the sender has nothing to receive with, the receiver nothing to send with. */
static void
each_end_has_what_it_needs(void)
{
  Lab *lab = lab_new(&(LabSettings){.seed = 1, .profile = "linux"});
  lab_listen(lab);
  lab_connect(lab);
  lab_send(lab, &lab->client, 10000, NULL);
  lab_run(lab, SIM_SECOND);
  g_assert_cmpuint(lab->server.received_count, ==, 10000);
  g_assert_cmpuint(lab->client_host->sendings.live, ==, 1);
  g_assert_cmpuint(lab->client_host->receivings.live, ==, 0);
  g_assert_cmpuint(lab->server_host->sendings.live, ==, 0);
  g_assert_cmpuint(lab->server_host->receivings.live, ==, 1);
  lab_free(lab);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/idle/no-data-no-structs", no_data_no_structs);
  g_test_add_func("/tcp/idle/each-end-has-what-it-needs", each_end_has_what_it_needs);
  return g_test_run();
}
