/* tcp-ports: which port a new connection gets; a host's many listeners.
 *
 * A connection gets the first port, from the host's `next_port` on, at which nobody listens and
 * that no connection to the same other end has; one in TIME-WAIT may be taken over. Ordinarily a
 * handful of look-ups find it, and a handful of listeners stand in a list. TcpPorts is for hosts
 * with many of either; it is made when the first search takes long, or with the listener that is
 * one too many, and holds
 *
 * - the listeners by their ports, and the set of those ports;
 * - a crowd for each other end (address and port) towards which a search took long: the ports that
 *   connections have, kept up to date as they come and go, until the last has gone.
 *
 * Both choose the same port: a crowd is a shorter way to the same answer. Whether a TIME-WAIT may
 * be taken over depends on the time and on who asks, so a crowd knows when the first of each 64
 * ports may be, and looks at them then.
 * Supported standards: RFC 6335 6 (the dynamic ports). Left out: RFC 6056's random choice; readers
 * of a scenario expect the next port. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

#include "models/net/port-set.h"
#include "sim/rng.h"

#define LISTENERS_IN_A_LIST 16

typedef struct Crowd {
  TcpEndpoints between; /* first: by them it is found; the local port is 0 */
  PortSet ports;
  SimTime reusable_at[PORT_WORDS]; /* no TIME-WAIT of these 64 may be taken over before */
} Crowd;

struct TcpPorts {
  GHashTable *listeners; /* TcpListener by its port; look-up only */
  PortSet listening;
  GHashTable *crowds; /* of Crowd, owned; look-up only */
};

static unsigned
hash_between(gconstpointer key)
{
  const TcpEndpoints *ends = key;
  return (unsigned)sim_rng_mix(ends->local, ends->remote, ends->remote_port);
}

static gboolean
same_between(gconstpointer a, gconstpointer b)
{
  return memcmp(a, b, sizeof(TcpEndpoints)) == 0;
}

/* -- listeners -- */

static void
put_listener(TcpPorts *ports, TcpListener *listener)
{
  g_hash_table_insert(ports->listeners, GUINT_TO_POINTER(listener->args.port), listener);
  port_set_put(&ports->listening, listener->args.port);
}

/* The host's, made where there was none. */
static TcpPorts *
ports_of(TcpHost *host)
{
  if (host->ports != NULL)
    return host->ports;
  TcpPorts *ports = host->ports = g_new0(TcpPorts, 1);
  ports->listeners = g_hash_table_new(NULL, NULL);
  ports->crowds = g_hash_table_new_full(hash_between, same_between, g_free, NULL);
  for (TcpListener *listener = host->listeners; listener != NULL; listener = listener->next)
    put_listener(ports, listener);
  return ports;
}

void
tcp_ports_listen(TcpListener *listener)
{
  TcpHost *host = listener->host;
  host->listening++;
  if (host->ports != NULL)
    put_listener(host->ports, listener);
  else if (host->listening > LISTENERS_IN_A_LIST)
    ports_of(host);
}

void
tcp_ports_unlisten(const TcpListener *listener)
{
  TcpHost *host = listener->host;
  host->listening--;
  if (host->ports == NULL)
    return;
  g_hash_table_remove(host->ports->listeners, GUINT_TO_POINTER(listener->args.port));
  port_set_take_out(&host->ports->listening, listener->args.port);
}

TcpListener *
tcp_ports_listener(const TcpPorts *ports, uint16_t port)
{
  return g_hash_table_lookup(ports->listeners, GUINT_TO_POINTER(port));
}

/* -- crowds -- */

/* NULL: between these ends there is none. */
static Crowd *
crowd_find(const TcpHost *host, const TcpEndpoints *ends)
{
  if (host->ports == NULL || g_hash_table_size(host->ports->crowds) == 0)
    return NULL;
  TcpEndpoints between = *ends;
  between.local_port = 0;
  return g_hash_table_lookup(host->ports->crowds, &between);
}

/* Looks at the connections of 64 ports anew. Returns those that may be taken over now. */
static uint64_t
crowd_look(TcpHost *host, Crowd *crowd, unsigned word)
{
  TcpEndpoints ends = crowd->between;
  SimTime now = sim_now(host->sim);
  uint64_t reusable = 0;
  crowd->reusable_at[word] = SIM_TIME_NEVER;
  for (unsigned i = 0; i < 64; i++) {
    ends.local_port = (uint16_t)(PORT_FIRST + word * 64 + i);
    const TcpConn *conn = tcp_host_find(host, &ends);
    if (conn == NULL)
      continue;
    port_set_put(&crowd->ports, ends.local_port);
    SimTime at = tcp_close_reusable_at(conn);
    crowd->reusable_at[word] = MIN(crowd->reusable_at[word], at);
    if (at <= now)
      reusable |= port_bit(ends.local_port);
  }
  return reusable;
}

static Crowd *
crowd_new(TcpHost *host, const TcpEndpoints *ends)
{
  Crowd *crowd = g_new0(Crowd, 1);
  crowd->between = *ends;
  crowd->between.local_port = 0;
  for (unsigned word = 0; word < PORT_WORDS; word++)
    crowd_look(host, crowd, word);
  g_hash_table_add(ports_of(host)->crowds, crowd);
  return crowd;
}

void
tcp_ports_insert(const TcpConn *conn)
{
  Crowd *crowd = crowd_find(conn->host, &conn->ends);
  if (crowd != NULL)
    port_set_put(&crowd->ports, conn->ends.local_port);
}

void
tcp_ports_remove(const TcpConn *conn)
{
  Crowd *crowd = crowd_find(conn->host, &conn->ends);
  if (crowd == NULL)
    return;
  port_set_take_out(&crowd->ports, conn->ends.local_port);
  if (crowd->ports.count == 0)
    g_hash_table_remove(conn->host->ports->crowds, crowd);
}

void
tcp_ports_time_wait(const TcpConn *conn)
{
  Crowd *crowd = crowd_find(conn->host, &conn->ends);
  if (crowd == NULL || conn->ends.local_port < PORT_FIRST)
    return;
  SimTime *at = &crowd->reusable_at[port_word(conn->ends.local_port)];
  *at = MIN(*at, tcp_close_reusable_at(conn));
}

bool
tcp_ports_has_crowd(const TcpConn *conn)
{
  return crowd_find(conn->host, &conn->ends) != NULL;
}

bool
tcp_ports_know(const TcpConn *conn)
{
  const Crowd *crowd = crowd_find(conn->host, &conn->ends);
  uint16_t port = conn->ends.local_port;
  if (crowd == NULL || port < PORT_FIRST)
    return true;
  return port_set_has(&crowd->ports, port) &&
         crowd->reusable_at[port_word(port)] <= tcp_close_reusable_at(conn);
}

/* -- the choice -- */

typedef struct Search {
  TcpHost *host;
  Crowd *crowd;
  bool reuses; /* a TIME-WAIT may be taken over */
} Search;

static uint64_t
taken(unsigned word, const void *user)
{
  const Search *search = user;
  TcpHost *host = search->host;
  uint64_t connected = search->crowd->ports.taken[word];
  if (search->reuses && search->crowd->reusable_at[word] <= sim_now(host->sim))
    connected &= ~crowd_look(host, search->crowd, word);
  return connected | host->ports->listening.taken[word];
}

bool
tcp_ports_are_free(TcpHost *host, const TcpEndpoints *ends, const TcpProfile *profile)
{
  const TcpConn *there = tcp_host_find(host, ends);
  return there == NULL || tcp_close_may_take_over(there, profile);
}

bool
tcp_ports_choose(TcpHost *host, TcpEndpoints *ends, const TcpProfile *profile)
{
  uint16_t from = host->next_port;
  Crowd *crowd = crowd_find(host, ends);
  for (unsigned tries = 0; crowd == NULL && tries < PORT_TRIES; tries++) {
    ends->local_port = host->next_port;
    host->next_port = port_next(host->next_port);
    if (tcp_ports_are_free(host, ends, profile) &&
        tcp_listener_find(host, ends->local_port) == NULL)
      return true;
  }
  if (crowd == NULL)
    crowd = crowd_new(host, ends);
  Search search = {host, crowd, tcp_close_reuses(host, ends->remote, profile)};
  ends->local_port = port_next_free(PORT_DYNAMIC, from, taken, &search);
  host->next_port = ends->local_port != 0 ? port_next(ends->local_port) : from;
  return ends->local_port != 0;
}

void
tcp_ports_free(TcpHost *host)
{
  if (host->ports == NULL)
    return;
  g_hash_table_unref(host->ports->listeners);
  g_hash_table_unref(host->ports->crowds);
  g_free(host->ports);
  host->ports = NULL;
}
