/* tcp-send: the one place where segments are made: headers, options, the window field, and what an
 * ACK on its way out changes. When something is sent is decided elsewhere (tcp-output.c, tcp-ack.c,
 * tcp-handshake.c, tcp-close.c).
 * Supported standards: RFC 9293 3.1, 3.10.7.1. */
#include "models/tcp/tcp-conn.h"

SIM_INLINE Packet *
packet_for(TcpConn *conn, uint16_t flags, uint32_t seq)
{
  TcpHost *host = conn->host;
  Packet *packet = packet_new_of(host->net, host->node, conn->family);
  packet->protocol = NET_PROTO_TCP;
  packet->source = conn->ends.local;
  packet->destination = conn->ends.remote;
  packet->marks = PACKET_HAS_ISS | (conn->may_fragment ? 0 : PACKET_DONT_FRAGMENT) |
                  (conn->state != TCP_SYN_SENT ? PACKET_HAS_IRS : 0);
  TcpHeader *tcp = &packet->tcp;
  tcp->source_port = conn->ends.local_port;
  tcp->destination_port = conn->ends.remote_port;
  tcp->seq = seq;
  tcp->flags = flags;
  tcp->header_length = 20;
  tcp->iss = conn->iss;
  tcp->irs = conn->irs; /* 0 in SYN-SENT */
  if (flags & TCP_ACK)
    tcp->ack = conn->rcv_nxt;
  return packet;
}

/* What says more than where the sender stands. */
static G_GNUC_NO_INLINE void
mark(TcpConn *conn, Packet *packet)
{
  tcp_ecn_write(conn, packet);
  tcp_ecn_mark_all(conn, packet);
  tcp_urgent_write(conn, &packet->tcp);
}

/* The window field, and everything that an ACK on its way out changes. */
static SIM_HOT void
finish_packet(TcpConn *conn, Packet *packet)
{
  TcpHeader *tcp = &packet->tcp;
  if (tcp->flags & TCP_SYN) {
    tcp->window = (uint16_t)MIN(conn->rcv_wnd, 65535);
    conn->rcv_wup = conn->rcv_nxt;
  } else if (tcp->flags & TCP_RST) {
    tcp->window = (uint16_t)MIN(conn->rcv_wnd >> conn->rcv_scale, 65535);
    packet->window_scale = conn->rcv_scale;
  } else {
    tcp->window = (uint16_t)MIN(tcp_window_offer(conn) >> conn->rcv_scale, 65535);
    packet->window_scale = conn->rcv_scale;
  }
  if (tcp->flags & TCP_SYN || conn->ecn || conn->ecn_echo || conn->accecn != NULL ||
      tcp_urgent_mode(conn))
    mark(conn, packet);
  tcp_options_write(conn, packet);
  if (tcp->flags & TCP_ACK && !(tcp->flags & TCP_RST))
    tcp_ack_sent(conn);
  conn->segments_sent++;
  node_send(conn->host->node, packet);
}

SIM_HOT void
tcp_send_ack(TcpConn *conn, PacketCause cause)
{
  Packet *packet = packet_for(conn, TCP_ACK, conn->snd_nxt);
  packet->cause = (uint8_t)cause;
  finish_packet(conn, packet);
}

/* The bytes that stand at `seq`, where any were given there. */
static G_GNUC_NO_INLINE void
copy_some_payload(TcpConn *conn, Packet *packet, uint32_t seq)
{
  TcpSending *sending = conn->sending;
  uint64_t position = tcp_send_position(conn, seq);
  if (!stream_has(&sending->out, position, packet->payload))
    return;
  PacketExt *ext = packet_ext(conn->host->net, packet);
  ext->payload = g_malloc(packet->payload);
  stream_get(&sending->out, position, ext->payload, packet->payload);
}

static inline void
copy_payload(TcpConn *conn, Packet *packet, uint32_t seq)
{
  if (conn->sending->out.pieces != NULL)
    copy_some_payload(conn, packet, seq);
}

G_GNUC_NO_INLINE void
tcp_send_syn(TcpConn *conn, PacketCause cause)
{
  uint16_t flags = conn->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;
  Packet *packet = packet_for(conn, flags | tcp_ecn_syn_flags(conn), conn->iss);
  packet->cause = (uint8_t)cause;
  packet->retransmit = conn->syn_sent;
  if (conn->syn_sent > 0) {
    conn->retransmits++;
  } else if (conn->syn_data > 0) {
    packet->payload = conn->syn_data;
    copy_payload(conn, packet, conn->iss + 1);
    conn->bytes_sent += conn->syn_data;
  }
  if (conn->syn_sent < UINT8_MAX)
    conn->syn_sent++;
  finish_packet(conn, packet);
}

void
tcp_send_reset(TcpConn *conn, PacketCause cause)
{
  Packet *packet = packet_for(conn, TCP_RST | TCP_ACK, conn->snd_nxt);
  packet->cause = (uint8_t)cause;
  finish_packet(conn, packet);
}

/* RFC 9293 3.10.7.1: "If the ACK bit is off, sequence number zero is used, <SEQ=0>
 * <ACK=SEG.SEQ+SEG.LEN> <CTL=RST,ACK>; if the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>". */
void
tcp_reply_reset(TcpHost *host, const Packet *packet, PacketCause cause)
{
  const TcpHeader *in = &packet->tcp;
  Packet *reset = packet_new(host->net, host->node);
  reset->protocol = NET_PROTO_TCP;
  reset->source = packet->destination;
  reset->destination = packet->source;
  reset->family = packet->family;
  reset->cause = (uint8_t)cause;
  reset->marks |= PACKET_DONT_FRAGMENT;
  TcpHeader *tcp = &reset->tcp;
  tcp->source_port = in->destination_port;
  tcp->destination_port = in->source_port;
  tcp->header_length = 20;
  if (in->flags & TCP_ACK) {
    tcp->flags = TCP_RST;
    tcp->seq = in->ack;
  } else {
    tcp->flags = TCP_RST | TCP_ACK;
    tcp->ack = in->seq + packet_tcp_length(packet);
  }
  /* Its numbers are the sender's: seen from there, ours are its irs. */
  tcp->iss = in->irs;
  tcp->irs = in->iss;
  if (packet->marks & PACKET_HAS_IRS)
    reset->marks |= PACKET_HAS_ISS;
  if (packet->marks & PACKET_HAS_ISS)
    reset->marks |= PACKET_HAS_IRS;
  node_send(host->node, reset);
}

/* An old, empty segment, which draws an ACK that tells the window: Linux's probe. */
void
tcp_send_probe(TcpConn *conn, PacketCause cause)
{
  Packet *packet = packet_for(conn, TCP_ACK, conn->snd_una - 1);
  packet->cause = (uint8_t)cause;
  finish_packet(conn, packet);
}

/* What an undo will have to know of. */
static void
note_resent(TcpConn *conn, TcpSegment *segment)
{
  TcpSending *sending = conn->sending;
  if (!segment->resent) {
    segment->resent = true;
    if (sending->resent_out == 0)
      sending->resent_since = tcp_now(conn);
    sending->resent_out++;
  }
  sending->undo_resent = MAX(sending->undo_resent, 0) + 1;
  if (!sending->resent_stamp_set) {
    sending->resent_stamp = tcp_timestamp(conn);
    sending->resent_stamp_set = true;
  }
}

SIM_HOT void
tcp_send_segment(TcpConn *conn, TcpSegment *segment, PacketCause cause)
{
  TcpSending *sending = conn->sending;
  bool again = cause != PACKET_CAUSE_NEW && cause != PACKET_CAUSE_MTU_PROBE;
  if (again && G_UNLIKELY(segment->length > conn->mss))
    tcp_mtu_split(conn, segment, conn->mss);
  Packet *packet = packet_for(conn, TCP_ACK | segment->flags, segment->seq);
  packet->cause = (uint8_t)cause;
  packet->payload = segment->length;
  copy_payload(conn, packet, segment->seq);
  if (again) {
    sending->search.size = 0; /* RFC 4821 7.6.4: with other losses a probe is inconclusive */
    if (segment->retransmits < UINT8_MAX)
      segment->retransmits++;
    conn->retransmits++;
    tcp_sack_clear_lost(conn, segment);
    note_resent(conn, segment);
  }
  packet->retransmit = segment->retransmits;
  tcp_ecn_mark_data(conn, packet);
  tcp_cwnd_sent(conn, segment);
  segment->sent_at = tcp_now(conn);
  if (sending->rate != NULL)
    tcp_rate_on_send(conn, segment);
  if (sending->pacer != NULL)
    tcp_pacing_sent(conn, segment->length);
  sending->last_send_at = segment->sent_at;
  conn->bytes_sent += segment->length;
  if (segment->length > 0)
    tcp_ack_data_sent(conn);
  finish_packet(conn, packet);
  /* RFC 6298 5.1; and the head that is sent again gets its whole time. */
  if (tcp_timer_armed(conn, TCP_TIMER_PERSIST))
    return;
  bool armed = sim_timer_armed(&conn->timers[TCP_SLOT_SEND]);
  if (again ? !armed || segment == sending->segments
            : !armed && !tcp_rack_schedule_probe(conn, false))
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, tcp_after(conn, tcp_rto_current(conn)));
}
