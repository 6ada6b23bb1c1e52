/* tcp-cookie: SYN cookies (RFC 4987 3.6): a listener that keeps nothing for a SYN.
 *
 * What a half-open connection would remember goes out as the initial sequence number of the SYN+ACK
 * and comes back in the ACK: a keyed hash of the ends and of the minute, the peer's number, and
 * which of four MSS was the peer's. With timestamps the low six bits of ours carry the rest, as in
 * Linux: the peer's scale (four bits, 15: none), SACK, ECN. Without them these options are not
 * agreed on. The price: a SYN+ACK that is lost is not sent again, since nobody knows that it was
 * (the peer repeats its SYN), a third packet that is lost leaves the peer alone with its belief
 * until it sends data, and the first round-trip sample may be up to 63 ms too long. To write the
 * SYN+ACK a TcpConn is made up as for any other SYN, and forgotten when it is sent; it has no state
 * that anybody hears of. Supported standards: RFC 4987 3.6 and appendix A; the encoding is
 * Linux 6.18's. */
#include "models/tcp/tcp-conn.h"

#include "sim/rng.h"

#define COUNTER (60 * SIM_SECOND) /* the hash changes each minute */
#define COUNTER_AGE 2 /* and a cookie is good while its minute was one of the last two */
#define DATA_BITS 24
#define DATA_MASK ((1u << DATA_BITS) - 1)
#define SIZES 4

/* In the low bits of our timestamp. */
#define STAMP_BITS 6
#define STAMP_SCALE 0x0f /* all ones: no window scaling */
#define STAMP_SACK 0x10
#define STAMP_ECN 0x20
#define STAMP_MASK 0x3f

static const uint16_t sizes_4[SIZES] = {536, 1300, 1440, 1460};
static const uint16_t sizes_6[SIZES] = {1220, 1420, 1440, 8940};

static const uint16_t *
sizes_of(const TcpHost *host, const TcpEndpoints *ends)
{
  return net_address(host->net, ends->remote)->family == 6 ? sizes_6 : sizes_4;
}

static uint32_t
hash(const TcpHost *host, const TcpEndpoints *ends, uint32_t count, uint64_t which)
{
  uint64_t key = sim_rng_mix(host->isn_key, which, (uint64_t)ends->local << 32 | ends->remote);
  return (uint32_t)sim_rng_mix(key, (uint64_t)ends->local_port << 16 | ends->remote_port, count);
}

static uint32_t
minute(const TcpHost *host)
{
  return (uint32_t)(sim_now(host->sim) / COUNTER);
}

/* The initial sequence number that answers `seq` and says `data` (24 bits) when it comes back. */
static uint32_t
bake(const TcpHost *host, const TcpEndpoints *ends, uint32_t seq, uint32_t data)
{
  uint32_t count = minute(host);
  return hash(host, ends, 0, 1) + seq + (count << DATA_BITS) +
         ((hash(host, ends, count, 2) + data) & DATA_MASK);
}

/* Which of the sizes a cookie says; -1: it is not ours, or too old. */
static int
read_cookie(const TcpHost *host, const TcpEndpoints *ends, uint32_t cookie, uint32_t seq)
{
  cookie -= hash(host, ends, 0, 1) + seq;
  uint32_t age = (minute(host) - (cookie >> DATA_BITS)) & (UINT32_MAX >> DATA_BITS);
  if (age >= COUNTER_AGE)
    return -1;
  uint32_t data = (cookie - hash(host, ends, minute(host) - age, 2)) & DATA_MASK;
  return data < SIZES ? (int)data : -1;
}

static uint32_t
largest_size(const uint16_t *sizes, uint16_t mss)
{
  uint32_t i = SIZES - 1;
  while (i > 0 && mss < sizes[i])
    i--;
  return i;
}

/* Sets our clock so that the SYN+ACK's timestamp, the latest that is not ahead, says the options.
 */
static void
put_in_timestamp(TcpConn *conn)
{
  uint32_t now = tcp_timestamp(conn), bits = conn->scaling ? conn->snd_scale : STAMP_SCALE;
  if (conn->sack_ok)
    bits |= STAMP_SACK;
  if (conn->ecn)
    bits |= STAMP_ECN;
  uint32_t stamp = (now & ~(uint32_t)STAMP_MASK) | bits;
  if (seq_after(stamp, now))
    stamp -= STAMP_MASK + 1;
  conn->ts_offset += stamp - now;
}

void
tcp_cookie_answer(TcpListener *listener, const Packet *syn, const TcpEndpoints *ends)
{
  TcpHost *host = listener->host;
  TcpConn *conn = tcp_conn_new(host, ends, &listener->profile);
  conn->state = TCP_SYN_RECEIVED;
  tcp_handshake_take_syn(conn, syn);
  if (conn->timestamps)
    put_in_timestamp(conn);
  else
    conn->scaling = conn->sack_ok = false;
  tcp_ecn_without_state(conn);
  uint32_t size = largest_size(sizes_of(host, ends), conn->peer_mss);
  tcp_conn_set_iss(conn, bake(host, ends, syn->tcp.seq, size));
  conn->snd_nxt = conn->iss + 1;
  tcp_send_syn(conn, PACKET_CAUSE_SYN_COOKIE);
  tcp_conn_discard(conn);
}

TcpConn *
tcp_cookie_open(TcpListener *listener, const Packet *ack, const TcpEndpoints *ends)
{
  const TcpHeader *tcp = &ack->tcp;
  TcpHost *host = listener->host;
  int size = read_cookie(host, ends, tcp->ack - 1, tcp->seq - 1);
  if (size < 0)
    return NULL;
  TcpConn *conn = tcp_conn_new(host, ends, &listener->profile);
  conn->state = TCP_LISTEN;
  conn->irs = tcp->seq - 1;
  conn->rcv_nxt = conn->rcv_wup = conn->last_ack_sent = tcp->seq;
  tcp_conn_set_iss(conn, tcp->ack - 1);
  conn->snd_nxt = conn->iss + 1;
  TcpSynOptions syn = {.mss = sizes_of(host, ends)[size]};
  if (tcp->options & TCP_OPT_TIMESTAMPS) {
    uint32_t said = tcp->ts_echo & STAMP_MASK;
    syn.timestamps = true;
    syn.ts_value = tcp->ts_value;
    syn.sack = said & STAMP_SACK;
    syn.scaling = (said & STAMP_SCALE) != STAMP_SCALE;
    syn.scale = said & STAMP_SCALE;
    conn->ecn = said & STAMP_ECN && conn->profile->ecn != TCP_ECN_OFF;
  }
  tcp_options_take(conn, &syn);
  tcp_window_start(conn);
  return conn;
}
