/* tcp-host: the TCP of one node: which connections it has, and how a segment finds its own.
 *
 * Connections stand in a hash table by their endpoints (look-up only) and in a list in the order
 * of their creation, which is the order of everything that is done to all of them.
 * Supported standards: RFC 6528 (initial sequence numbers). */
#include "models/tcp/tcp-conn.h"

#include <stdlib.h>
#include <string.h>

#include "models/net/port-set.h"
#include "sim/lines.h"
#include "sim/rng.h"

/* Neighbouring ports stand side by side. Connections that are under way at one time have mostly
 * been opened one after another, so that a few lines of a large table are all that is looked at. */
static uint32_t
hash_ends(const TcpEndpoints *ends)
{
  uint64_t addresses = (uint64_t)ends->local << 32 | ends->remote;
  return (uint32_t)(addresses * UINT64_C(0x9E3779B97F4A7C15) >> 32) + ends->local_port +
         ends->remote_port;
}

G_STATIC_ASSERT(sizeof(TcpEndpoints) == 2 * sizeof(NetAddressId) + 2 * sizeof(uint16_t));

static bool
same_ends(const TcpEndpoints *a, const TcpEndpoints *b)
{
  return memcmp(a, b, sizeof *a) == 0; /* it has no gaps */
}

SIM_HOT TcpConn *
tcp_host_find(TcpHost *host, const TcpEndpoints *ends)
{
  TcpConn *conn = host->table[hash_ends(ends) & (host->table_size - 1)];
  while (conn != NULL && !same_ends(&conn->ends, ends))
    conn = conn->hash_next;
  return conn;
}

static void
grow_table(TcpHost *host)
{
  uint32_t old_size = host->table_size;
  TcpConn **old = host->table;
  host->table_size = old_size * 2;
  host->table = g_new0(TcpConn *, host->table_size);
  for (uint32_t i = 0; i < old_size; i++)
    while (old[i] != NULL) {
      TcpConn *conn = old[i];
      old[i] = conn->hash_next;
      uint32_t slot = hash_ends(&conn->ends) & (host->table_size - 1);
      conn->hash_next = host->table[slot];
      host->table[slot] = conn;
    }
  if (old != host->first_table)
    g_free(old);
}

void
tcp_host_insert(TcpHost *host, TcpConn *conn)
{
  if (host->connections >= host->table_size)
    grow_table(host);
  uint32_t slot = hash_ends(&conn->ends) & (host->table_size - 1);
  conn->hash_next = host->table[slot];
  host->table[slot] = conn;
  host->connections++;
  if (G_UNLIKELY(host->ports != NULL))
    tcp_ports_insert(conn);
  conn->prev = host->last;
  if (host->last != NULL)
    host->last->next = conn;
  else
    host->first = conn;
  host->last = conn;
}

void
tcp_host_remove(TcpHost *host, TcpConn *conn)
{
  TcpConn **at = &host->table[hash_ends(&conn->ends) & (host->table_size - 1)];
  while (*at != conn)
    at = &(*at)->hash_next;
  *at = conn->hash_next;
  host->connections--;
  if (G_UNLIKELY(host->ports != NULL))
    tcp_ports_remove(conn);
}

void
tcp_host_unlist(TcpHost *host, TcpConn *conn)
{
  if (conn->prev != NULL)
    conn->prev->next = conn->next;
  else
    host->first = conn->next;
  if (conn->next != NULL)
    conn->next->prev = conn->prev;
  else
    host->last = conn->prev;
}

/* RFC 6528 3: "ISN = M + F(localip, localport, remoteip, remoteport, secretkey)", M a clock of
 * four microseconds. */
uint32_t
tcp_host_isn(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile)
{
  if (profile->isn >= 0)
    return (uint32_t)profile->isn;
  uint64_t f = sim_rng_mix(host->isn_key, (uint64_t)ends->local << 32 | ends->remote,
                           (uint64_t)ends->local_port << 16 | ends->remote_port);
  return (uint32_t)f + (uint32_t)(sim_now(host->sim) / (4 * SIM_MICROSECOND));
}

TcpHost *
tcp_host_new(Node *node, const TcpProfile *profile)
{
  TcpHost *host = sim_lines_alloc_zero(sizeof *host);
  host->node = node;
  host->net = node->net;
  host->sim = node->net->sim;
  host->profile = *profile;
  host->table = host->first_table;
  host->table_size = TCP_HOST_FIRST_TABLE;
  host->next_port = PORT_FIRST;
  sim_slab_init(&host->conns, "connection", sizeof(TcpConn), &host->sim->memory);
  sim_slab_init(&host->segments, "segment", sizeof(TcpSegment), &host->sim->memory);
  sim_slab_init(&host->rated, "rated segment", sizeof(TcpRatedSegment), &host->sim->memory);
  sim_slab_init(&host->sendings, "sending side", sizeof(TcpSending), &host->sim->memory);
  sim_slab_init(&host->receivings, "receiving side", sizeof(TcpReceiving), &host->sim->memory);
  tcp_work_nothing(&host->nothing_sent, &host->nothing_received);
  char *name = g_strconcat("tcp isn ", node->name, NULL);
  host->isn_key = sim_rng_mix(host->sim->seed, sim_rng_hash(name), 0);
  g_free(name);
  node_set_protocol(node, NET_PROTO_TCP, tcp_input, host);
  node_set_error(node, NET_PROTO_TCP, tcp_icmp_input);
  return host;
}

void
tcp_host_each(const TcpHost *host, void (*each)(const TcpConn *conn, void *data), void *data)
{
  for (const TcpConn *conn = host->first; conn != NULL; conn = conn->next)
    each(conn, data);
}

/* Every connection becomes CLOSED without a word. All are dead before the first user hears of it,
 * and none can be freed before its turn: users may release others, and open new ones. */
static void
forget_all(TcpHost *host, bool release)
{
  TcpConn *last = host->last, *next;
  for (TcpConn *conn = host->first; conn != NULL; conn = conn->next) {
    conn->forgotten = tcp_begin(conn);
    if (release) {
      conn->held = false;
      conn->ops = NULL;
    }
    if (conn->queued)
      tcp_listener_forget(conn);
    tcp_conn_die(conn, TCP_ERROR_ABORTED);
  }
  for (TcpConn *conn = host->first; conn != NULL && last != NULL; conn = next) {
    bool end = conn == last;
    next = conn->next;
    bool outer = conn->forgotten;
    conn->forgotten = false;
    tcp_finish(conn, outer);
    if (end)
      return;
  }
}

/* Did somebody write to what says "nothing yet"? */
static bool
nothing_is_untouched(const TcpHost *host)
{
  TcpSending sending;
  TcpReceiving receiving;
  tcp_work_nothing(&sending, &receiving);
  return memcmp(&sending, &host->nothing_sent, sizeof sending) == 0 &&
         memcmp(&receiving, &host->nothing_received, sizeof receiving) == 0;
}

void
tcp_host_free(TcpHost *host)
{
  sim_assert(host->sim, nothing_is_untouched(host));
  forget_all(host, true);
  while (host->listeners != NULL)
    tcp_listener_close(host->listeners);
  tcp_ports_free(host);
  node_set_protocol(host->node, NET_PROTO_TCP, NULL, NULL);
  sim_slab_clear(&host->conns);
  sim_slab_clear(&host->segments);
  sim_slab_clear(&host->rated);
  sim_slab_clear(&host->sendings);
  sim_slab_clear(&host->receivings);
  if (host->fast_open_cookies != NULL)
    g_array_free(host->fast_open_cookies, TRUE);
  if (host->table != host->first_table)
    g_free(host->table);
  free(host);
}

Node *
tcp_host_node(const TcpHost *host)
{
  return host->node;
}

TcpProfile *
tcp_host_profile(TcpHost *host)
{
  return &host->profile;
}

void
tcp_host_restart(TcpHost *host)
{
  forget_all(host, false);
}

uint32_t
tcp_host_connections(const TcpHost *host)
{
  return host->connections;
}

uint32_t
tcp_host_orphans(const TcpHost *host)
{
  return host->orphans;
}
