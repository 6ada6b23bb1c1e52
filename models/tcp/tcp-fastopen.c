/* tcp-fastopen: data in the SYN (RFC 7413).
 *
 * The first connection to a host asks for a cookie with an empty option; the SYN+ACK brings one,
 * which the client keeps for that address with the MSS that it learnt. From then on its SYN carries
 * cookie and data. A server that finds its own cookie takes the data before the handshake is over:
 * the connection goes into the accept queue at the SYN, may be read, and may answer in
 * SYN-RECEIVED. What goes wrong costs a round trip and no more:
 *
 * - The SYN is lost: it is sent again without data and without the option.
 * - The server does not know the cookie: it acknowledges the SYN alone and grants a new one.
 * - Too many wait for their third packet: it takes the SYN for an ordinary one.
 * - The SYN+ACK covers the SYN only: the data is sent again behind the ACK.
 *
 * A cookie is a keyed hash of the client's address, so that the server keeps nothing either.
 * Left out: Linux's black-hole detection, which 6.18 has off unless it is asked for
 * (tcp_fastopen_blackhole_timeout_sec = 0); data with a FIN in one SYN; the penalty of RFC 7413 5.1
 * for resets of pending connections.
 * Supported standards: RFC 7413. */
#include "models/tcp/tcp-conn.h"

#include <string.h>

#include "sim/rng.h"

#define COOKIE_BYTES 8
#define COOKIE_KEY UINT64_C(0x7413)
#define OPTION_SPACE 40 /* Linux keeps this free in a SYN: middleboxes may add options */

/* -- cookies that the client keeps -- */

static guint
first_at_or_behind(const GArray *cookies, NetAddressId server)
{
  guint low = 0, high = cookies->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(cookies, TcpFastOpenCookie, middle).server < server)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* NULL: none is known for `server`. */
static const TcpFastOpenCookie *
find(const TcpHost *host, NetAddressId server)
{
  const GArray *cookies = host->fast_open_cookies;
  guint i = cookies != NULL ? first_at_or_behind(cookies, server) : 0;
  if (cookies == NULL || i == cookies->len)
    return NULL;
  const TcpFastOpenCookie *cookie = &g_array_index(cookies, TcpFastOpenCookie, i);
  return cookie->server == server ? cookie : NULL;
}

static void
keep(TcpHost *host, const TcpFastOpenCookie *cookie)
{
  if (host->fast_open_cookies == NULL)
    host->fast_open_cookies = g_array_new(FALSE, FALSE, sizeof *cookie);
  GArray *cookies = host->fast_open_cookies;
  guint i = first_at_or_behind(cookies, cookie->server);
  if (i < cookies->len && g_array_index(cookies, TcpFastOpenCookie, i).server == cookie->server)
    g_array_index(cookies, TcpFastOpenCookie, i) = *cookie;
  else
    g_array_insert_val(cookies, i, *cookie);
}

/* -- the client -- */

void
tcp_fastopen_begin(TcpConn *conn, const TcpConnectArgs *args)
{
  if (!args->fast_open || !(conn->profile->fastopen & TCP_FASTOPEN_CLIENT))
    return;
  conn->fast_open = TCP_FAST_OPEN_ASKED;
  const TcpFastOpenCookie *cookie = find(conn->host, conn->ends.remote);
  if (cookie == NULL)
    return;
  /* RFC 7413 4.1.3.1 has the MSS cached, "so that the client can determine the amount of data". */
  uint32_t mss = MIN(tcp_options_own_mss(conn), cookie->mss);
  uint64_t room = mss > OPTION_SPACE ? mss - OPTION_SPACE : 0;
  conn->syn_data = (uint16_t)tcp_send(conn, MIN(args->early, room), args->early_bytes);
}

uint64_t
tcp_early(const TcpConn *conn)
{
  return conn->syn_data;
}

/* Is our first SYN or SYN+ACK being made? Those that follow are ordinary ones, without data and
 * without the option: what dropped the first one may have done so because of them (RFC 7413;
 * measured of Linux, too). */
static bool
is_first(const TcpConn *conn)
{
  return conn->syn_sent <= 1;
}

static void
cookie_for(const TcpHost *host, NetAddressId client, NetAddressId server, uint8_t *bytes)
{
  uint64_t hash = sim_rng_mix(host->isn_key, COOKIE_KEY, (uint64_t)client << 32 | server);
  for (int i = 0; i < COOKIE_BYTES; i++)
    bytes[i] = (uint8_t)(hash >> (8 * i));
}

G_GNUC_NO_INLINE void
tcp_fastopen_write(const TcpConn *conn, Packet *packet)
{
  bool asks = conn->fast_open == TCP_FAST_OPEN_ASKED && conn->state == TCP_SYN_SENT;
  bool grants = conn->fast_open == TCP_FAST_OPEN_GRANTS;
  if (!(asks || grants) || !is_first(conn))
    return;
  PacketExt *ext = packet_ext(conn->host->net, packet);
  packet->tcp.options |= TCP_OPT_FAST_OPEN;
  if (grants) {
    ext->cookie_length = COOKIE_BYTES;
    cookie_for(conn->host, conn->ends.remote, conn->ends.local, ext->cookie);
    return;
  }
  const TcpFastOpenCookie *cookie = find(conn->host, conn->ends.remote);
  ext->cookie_length = cookie != NULL ? cookie->length : 0;
  if (cookie != NULL)
    memcpy(ext->cookie, cookie->bytes, cookie->length);
}

/* The handshake is over by `packet`: how much of the SYN's data did the peer take? The rest is to
 * be sent again: it is as if it had never left. */
static void
settle_syn_data(TcpConn *conn, const Packet *packet)
{
  if (conn->syn_data == 0)
    return;
  uint32_t first = conn->iss + 1;
  uint32_t taken = seq_after(packet->tcp.ack, first) ? packet->tcp.ack - first : 0;
  conn->snd_una = conn->snd_nxt = first + taken;
  conn->una_position = taken;
  stream_drop(&conn->sending->out, taken);
}

void
tcp_fastopen_on_established(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (conn->fast_open != TCP_FAST_OPEN_ASKED)
    return;
  settle_syn_data(conn, packet);
  if (!(tcp->options & TCP_OPT_FAST_OPEN) || packet->ext == NULL || packet->ext->cookie_length == 0)
    return;
  TcpFastOpenCookie cookie = {
      .server = conn->ends.remote, .mss = conn->peer_mss, .length = packet->ext->cookie_length};
  memcpy(cookie.bytes, packet->ext->cookie, cookie.length);
  keep(conn->host, &cookie);
}

/* What waited for the handshake carries its ACK: data that our SYN brought and that was not taken,
 * or that had to wait for a cookie. The latter is, to Linux, the begin of a conversation. */
void
tcp_fastopen_send_waiting(TcpConn *conn)
{
  if (conn->fast_open != TCP_FAST_OPEN_ASKED || conn->written == conn->una_position)
    return;
  if (!tcp_fastopen_is_repeated(conn, conn->una_position))
    conn->pingpong |= conn->profile->quick_acks;
  tcp_output(conn);
}

bool
tcp_fastopen_is_repeated(const TcpConn *conn, uint64_t position)
{
  return position < conn->syn_data;
}

/* -- the server -- */

/* Does this SYN bring a cookie of ours? */
static bool
cookie_is_ours(const TcpHost *host, const Packet *syn)
{
  uint8_t bytes[COOKIE_BYTES];
  cookie_for(host, syn->source, syn->destination, bytes);
  return syn->ext->cookie_length == COOKIE_BYTES &&
         memcmp(syn->ext->cookie, bytes, COOKIE_BYTES) == 0;
}

/* RFC 7413 4.2.2: may the data of this SYN be taken now? A SYN without our cookie is granted one.
 */
static bool
accepts(TcpConn *conn, const Packet *syn)
{
  TcpHost *host = conn->host;
  if (!(conn->profile->fastopen & TCP_FASTOPEN_SERVER) || syn->ext == NULL ||
      !(syn->tcp.options & TCP_OPT_FAST_OPEN))
    return false;
  /* 5.1: "PendingFastOpenRequests"; beyond the limit "the server temporarily disables TFO". */
  if (host->fast_open_pending > conn->listener->backlog)
    return false;
  if (cookie_is_ours(host, syn))
    return syn->payload > 0 && !(syn->tcp.flags & TCP_FIN);
  conn->fast_open = TCP_FAST_OPEN_GRANTS;
  return false;
}

void
tcp_fastopen_on_syn(TcpConn *conn, const Packet *syn)
{
  if (!accepts(conn, syn))
    return;
  conn->fast_open = TCP_FAST_OPEN_TAKEN;
  conn->host->fast_open_pending++;
  conn->snd_una = conn->iss + 1; /* data may go out before our SYN is acknowledged */
  tcp_cwnd_start(conn);
  tcp_receive_data(conn, syn);
}

void
tcp_fastopen_left_syn_received(TcpConn *conn)
{
  if (conn->fast_open == TCP_FAST_OPEN_TAKEN)
    conn->host->fast_open_pending--;
}
