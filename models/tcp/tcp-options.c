/* tcp-options: what the options of a segment mean (RFC 9293 3.2, RFC 7323, RFC 2018, RFC 2883).
 *
 * An option is in force when both SYNs carried it. The window in a SYN is never scaled (RFC 7323
 * 2.2), a scale above 14 counts as 14 (2.3), and MSS is data without options, so what options take
 * in each segment comes off the data (RFC 6691). */
#include "models/tcp/tcp-conn.h"

#include "models/net/wire.h"

#define TIMESTAMP_TICK SIM_MILLISECOND
/* RFC 7323 5.5: a timestamp that is older than this proves nothing. */
#define PAWS_IDLE (24 * 24 * 3600 * SIM_SECOND)

uint32_t
tcp_timestamp(const TcpConn *conn)
{
  return conn->ts_offset + (uint32_t)(tcp_now(conn) / TIMESTAMP_TICK);
}

/* Our clock has one tick a millisecond: less than that counts as one. An echo from the future is no
 * echo of ours. */
SimTime
tcp_options_round_trip(const TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (!conn->timestamps || !(tcp->options & TCP_OPT_TIMESTAMPS) || tcp->ts_echo == 0)
    return 0;
  int32_t ticks = (int32_t)(tcp_timestamp(conn) - tcp->ts_echo);
  return ticks < 0 ? 0 : MAX(ticks, 1) * TIMESTAMP_TICK;
}

/* What we put in our own SYN: the MTU less 40 (60 for IPv6), or what the profile says. */
uint16_t
tcp_options_own_mss(const TcpConn *conn)
{
  uint32_t mtu = MIN(node_mtu(conn->host->node, conn->ends.remote), 65535);
  uint32_t network = net_address(conn->host->net, conn->ends.remote)->family == 6 ? 40 : 20;
  uint32_t mss = MAX(mtu, network + 20 + 64) - network - 20;
  return (uint16_t)(conn->profile->mss > 0 ? MIN(mss, conn->profile->mss) : mss);
}

static uint8_t
own_scale(const TcpConn *conn)
{
  if (conn->profile->window_scale >= 0)
    return (uint8_t)conn->profile->window_scale;
  uint64_t buffer =
      conn->profile->autotune ? conn->profile->receive_buffer_max : conn->profile->receive_buffer;
  uint8_t scale = 0;
  while (scale < 14 && (buffer >> scale) > 65535)
    scale++;
  return scale;
}

void
tcp_options_take(TcpConn *conn, const TcpSynOptions *syn)
{
  conn->peer_mss = syn->mss;
  conn->timestamps = conn->profile->timestamps && syn->timestamps;
  conn->sack_ok = conn->profile->sack && syn->sack;
  conn->scaling = syn->scaling && conn->profile->window_scale != -1;
  conn->snd_scale = conn->scaling ? MIN(syn->scale, 14) : 0;
  conn->rcv_scale = conn->scaling ? own_scale(conn) : 0;
  if (conn->timestamps) {
    conn->ts_recent = syn->ts_value;
    conn->ts_recent_at = tcp_now(conn);
  }
  tcp_mtu_look(conn);
}

void
tcp_options_from_syn(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  bool says_mss = tcp->options & TCP_OPT_MSS && tcp->mss > 0;
  TcpSynOptions syn = {
      .mss = says_mss ? (uint16_t)MAX(tcp->mss, conn->profile->peer_mss_floor) : 536,
      .timestamps = tcp->options & TCP_OPT_TIMESTAMPS,
      .ts_value = tcp->ts_value,
      .sack = tcp->options & TCP_OPT_SACK_PERMITTED,
      .scaling = tcp->options & TCP_OPT_WSCALE,
      .scale = tcp->window_scale,
  };
  tcp_options_take(conn, &syn);
}

static G_GNUC_NO_INLINE void
write_syn_options(TcpConn *conn, TcpHeader *tcp)
{
  bool reply = tcp->flags & TCP_ACK;
  /* A SYN+ACK says only what the SYN said too; a first SYN offers. */
  tcp->options = TCP_OPT_MSS;
  tcp->mss = tcp_options_own_mss(conn);
  if (reply ? conn->scaling : conn->profile->window_scale != -1) {
    tcp->options |= TCP_OPT_WSCALE;
    tcp->window_scale = own_scale(conn);
  }
  if (reply ? conn->sack_ok : conn->profile->sack)
    tcp->options |= TCP_OPT_SACK_PERMITTED;
  if (reply ? conn->timestamps : conn->profile->timestamps)
    tcp->options |= TCP_OPT_TIMESTAMPS;
}

/* Is there something to report? */
static bool
has_blocks(const TcpReceiving *receiving)
{
  return receiving->recent_count > 0 || receiving->dsack_seq_start != receiving->dsack_seq_end;
}

/* The most recent block first (RFC 2018 4); a duplicate is reported before them (RFC 2883 4). With
 * data only what fits the path beside it: the ACK that the gap drew at once has told the rest. */
static G_GNUC_NO_INLINE void
write_sack(TcpConn *conn, Packet *packet)
{
  TcpReceiving *receiving = conn->receiving;
  TcpHeader *tcp = &packet->tcp;
  unsigned most = conn->timestamps ? 3 : 4;
  unsigned n = 0;
  if (packet->payload > 0) {
    uint32_t room = conn->mss > packet->payload ? conn->mss - packet->payload : 0;
    most = room < 4 ? 0 : MIN(most, (room - 4) / 8);
  }
  if (most > 0 && receiving->dsack_seq_start != receiving->dsack_seq_end) {
    tcp->sack[n++] = (TcpSackBlock){receiving->dsack_seq_start, receiving->dsack_seq_end};
    receiving->dsack_seq_start = receiving->dsack_seq_end = 0;
  }
  for (unsigned i = 0; i < receiving->recent_count && n < most; i++)
    tcp->sack[n++] = (TcpSackBlock){tcp_receive_seq(conn, receiving->recent[i].start),
                                    tcp_receive_seq(conn, receiving->recent[i].end)};
  if (n > 0) {
    tcp->options |= TCP_OPT_SACK;
    tcp->sack_count = (uint8_t)n;
  }
}

void
tcp_options_write(TcpConn *conn, Packet *packet)
{
  TcpHeader *tcp = &packet->tcp;
  if (tcp->flags & TCP_SYN) {
    write_syn_options(conn, tcp);
    tcp_fastopen_write(conn, packet);
  } else {
    if (conn->timestamps)
      tcp->options |= TCP_OPT_TIMESTAMPS;
    if (has_blocks(conn->receiving) && conn->sack_ok && tcp->flags & TCP_ACK &&
        !(tcp->flags & TCP_RST))
      write_sack(conn, packet);
  }
  if (conn->accecn != NULL)
    tcp_accecn_write_option(conn, packet);
  if (tcp->options & TCP_OPT_TIMESTAMPS) {
    tcp->ts_value = tcp_timestamp(conn);
    tcp->ts_echo = tcp->flags & TCP_ACK ? conn->ts_recent : 0;
  }
  if (tcp->options != 0)
    tcp->header_length = (uint8_t)(20 + wire_tcp_options_length(tcp, packet->ext));
}

/* RFC 7323 5.3 R1: "If there is a Timestamps option in the arriving segment, SEG.TSval <
 * TS.Recent, TS.Recent is valid, and the RST bit is not set, then treat the arriving segment as
 * not acceptable". */
bool
tcp_options_paws_reject(const TcpConn *conn, const Packet *packet)
{
  return !(packet->tcp.flags & TCP_RST) && tcp_options_is_old(conn, packet);
}

bool
tcp_options_is_old(const TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  return conn->timestamps && tcp->options & TCP_OPT_TIMESTAMPS &&
         seq_before(tcp->ts_value, conn->ts_recent) &&
         tcp_now(conn) - conn->ts_recent_at < PAWS_IDLE;
}

/* RFC 7323 4.3 (2): "If SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent, then SEG.TSval is
 * copied to TS.Recent". */
void
tcp_options_take_timestamp(TcpConn *conn, const Packet *packet)
{
  const TcpHeader *tcp = &packet->tcp;
  if (conn->timestamps && tcp->options & TCP_OPT_TIMESTAMPS &&
      seq_at_or_after(tcp->ts_value, conn->ts_recent) &&
      seq_at_or_before(tcp->seq, conn->last_ack_sent)) {
    conn->ts_recent = tcp->ts_value;
    conn->ts_recent_at = tcp_now(conn);
  }
}
