/* property-check: what has to hold of a connection between any two events: tcp-check.c, and what
 * needs to know how it was before.
 *
 * Looks into models/tcp by its private header, which nobody else outside does. */
#include "models/tcp/tcp-conn.h"

#include "tests/tcp/property.h"

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition))                                                                              \
      property_fail(end->world, "%s: %s", end->name, #condition);                                  \
  } while (0)

static void
check_window(PropertyEnd *end, const TcpConn *conn)
{
  if (!tcp_synchronized(conn))
    return;
  /* RFC 9293 3.8.6: "a TCP receiver SHOULD NOT shrink the window". */
  uint32_t edge = conn->rcv_wup + conn->rcv_wnd;
  CHECK(!end->edge_known || seq_at_or_after(edge, end->edge));
  end->edge = edge;
  end->edge_known = true;
}

static void
check_end(PropertyEnd *end)
{
  const TcpConn *conn = end->conn;
  if (conn != end->watched)
    end->edge_known = false;
  end->watched = conn;
  if (conn == NULL || conn->dead || conn->state == TCP_CLOSED)
    return;
  const char *broken = tcp_check(conn);
  if (broken != NULL)
    property_fail(end->world, "%s: %s", end->name, broken);
  check_window(end, conn);
}

void
property_check(PropertyWorld *world)
{
  check_end(&world->client);
  check_end(&world->server);
}

/* Everybody has let go and nothing is left to happen: nothing is left at all. */
void
property_check_empty(PropertyWorld *world)
{
  for (int i = 0; i < 2; i++) {
    const PropertyEnd *end = i == 0 ? &world->client : &world->server;
    const TcpHost *host = end->host;
    CHECK(host->connections == 0 && host->orphans == 0 && host->fast_open_pending == 0);
    CHECK(host->conns.live == 0 && host->segments.live == 0 && host->rated.live == 0);
    CHECK(host->sendings.live == 0 && host->receivings.live == 0);
    CHECK(world->net->packets.live == 0 && world->net->exts.live == 0);
  }
}
